"""What holds for every block: its example is whole, each field shows, nothing is left empty, it fits any phone."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import imported
from tests.sites import sketches

from scanly.sites.blocks import block_type, block_types
from scanly.sites.fields import About, At, Field, Found, check_record
from scanly.sites.model import Block
from scanly.sites.page import Mode
from scanly.sites.render import Rendered, render

every_block = pytest.mark.parametrize("name", block_types())
Path = tuple[str | int, ...]
IN_2100_MS = 4_102_444_800_000

# Elements that stand on a page for another reason than the text in them.
MAY_BE_EMPTY = {
    "img",
    "input",
    "source",
    "textarea",
    "hr",
    "br",
    "svg",
    "path",
    "rect",
    "meta",
    "link",
    "main",
    "style",
}


def drawn(*blocks: Block, language: str = "en", mode: Mode = "live") -> Rendered:
    site = sketches.site(*blocks)
    return render(site, sketches.setting(site, language, mode=mode))


def parsed(page: Rendered) -> Any:
    """The document as a tree; whatever a browser would have to guess is an error."""
    html5lib = imported("html5lib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        return parser.parse(page.html.decode())


def checked(name: str, values: dict[str, Any]) -> tuple[dict[str, Any], list[Found]]:
    found: list[Found] = []
    return check_record(block_type(name).fields, values, At((), found, About(sketches.LANGUAGES))), found


@every_block
@pytest.mark.parametrize("mode", ["live", "export"])
@pytest.mark.parametrize("language", sketches.LANGUAGES)
def test_an_example_is_valid_html_in_every_direction(name: str, language: str, mode: Mode) -> None:
    tree = parsed(drawn(sketches.block(name), language=language, mode=mode))
    elements = [each for each in tree.iter() if isinstance(each.tag, str)]
    ids = [each.get("id") for each in elements if each.get("id")]
    assert len(ids) == len(set(ids))
    assert not [each.tag for each in elements if each.get("style")]
    named = ("for", "aria-labelledby", "aria-describedby")
    assert {each.get(key) for each in elements for key in named if each.get(key)} <= set(ids)


@every_block
def test_reading_what_was_read_changes_nothing(name: str) -> None:
    once, found = checked(name, block_type(name).example)
    inline = next((key for key, field in block_type(name).fields.items() if field.inline), None)
    again, found_again = checked(name, once)
    assert (again, found + found_again) == (once, []), inline


@every_block
def test_an_example_gives_every_field(name: str) -> None:
    """Once is enough where items of groups have the same fields as items without one."""
    given = list(_given(block_type(name)))
    shown = {path[-1] for path, rows in given if rows}
    assert [path for path, rows in given if not rows and path[-1] not in shown] == []


@every_block
def test_every_field_is_seen_on_the_page(name: str) -> None:
    """At once, or when some other field that hides it is not given (a coupon's code, while they are counted)."""
    whole, _ = checked(name, block_type(name).example)
    optional = [path for path, rows in _given(block_type(name)) if rows]
    for path in optional:
        bases = [whole, *(_without(whole, other) for other in optional if other != path and len(other) == 1)]
        assert any(_seen(name, base) != _seen(name, _without(base, path)) for base in bases), path


@every_block
@pytest.mark.parametrize("mode", ["live", "export"])
def test_what_is_not_given_leaves_nothing_empty(name: str, mode: Mode) -> None:
    values, found = checked(name, _least(block_type(name).fields, block_type(name).example))
    assert found == []
    tree = parsed(drawn(Block(name, name, values), mode=mode))
    empty = [
        each.tag
        for each in tree.iter()
        if isinstance(each.tag, str)
        and _kind(each) not in MAY_BE_EMPTY
        and not "".join(each.itertext()).strip()
        and not any(_kind(inner) in MAY_BE_EMPTY for inner in each.iter() if inner is not each)
    ]
    assert empty == []


def _kind(element: Any) -> str:
    """Its tag, whatever namespace it is in."""
    return str(element.tag).rpartition("}")[2]


def _seen(name: str, values: dict[str, Any]) -> list[object]:
    """What a block is drawn as today, in a file, and when everything in it is over; and until when that is true."""
    site = sketches.site(Block(name, name, values))
    moments: list[dict[str, Any]] = [{}, {"mode": "export"}, {"now_ms": IN_2100_MS}]
    pages = [render(site, sketches.setting(site, **moment)) for moment in moments]
    return [(page.html, page.valid_until_ms) for page in pages]


def _given(kind: Any) -> Iterator[tuple[Path, list[Any]]]:
    """Every field that may be left out with its path in the example, and the values that it has there."""
    yield from _given_in(kind.fields, kind.example, ())


def _given_in(
    fields: dict[str, Field], example: dict[str, Any], path: Path
) -> Iterator[tuple[Path, list[Any]]]:
    for name, field in fields.items():
        if field.inline or field.kind == "yes":
            continue
        rows = [example[name]] if name in example else []
        if not field.required and field.default is None:
            yield (*path, name), rows
        if field.of and rows:
            items = list(enumerate(rows[0])) if isinstance(rows[0], list) else [(None, rows[0])]
            for key, inner in field.of.items():
                where = [(number, item) for number, item in items if key in item]
                number, item = where[0] if where else (None, {})
                step = () if number is None else (number,)
                yield from _given_in({key: inner}, item, (*path, name, *step))


def _without(values: Any, path: Path) -> Any:
    step, *rest = path
    if isinstance(values, list):
        return [_without(each, tuple(rest)) if number == step else each for number, each in enumerate(values)]
    if not rest:
        return {key: value for key, value in values.items() if key != step}
    if step not in values:
        return values
    return {key: _without(value, tuple(rest)) if key == step else value for key, value in values.items()}


def _least(fields: dict[str, Field], example: dict[str, Any]) -> dict[str, Any]:
    """The example with no more than must be given."""
    found = {key: value for key, value in example.items() if key not in fields and key != "holidays"}
    some = any(field.required for field in fields.values())
    for name, field in fields.items():
        if name in example and (field.required or (not some and not found)):
            value = example[name]
            found[name] = [_least(field.of, row) for row in value] if field.of else value
    return found


HOSTILE = "'\"><img src=x onerror=alert(1)><script>alert(1)</script><svg/onload=alert(1)>{{ 111*1001 }}"


def _hostile(value: Any, field: Field) -> Any:
    """Markup wherever an owner may write what he wants."""
    match field.kind:
        case "text" | "rich":
            return HOSTILE[: field.most or len(HOSTILE)]
        case "picture":
            return {"file": value["file"], "shows": HOSTILE}
        case "list" if field.of:
            return [{key: _hostile(one, field.of[key]) for key, one in row.items()} for row in value]
        case "list" if field.each:
            return [_hostile(one, field.each) for one in value]
        case "group":
            return {key: _hostile(one, field.of[key]) for key, one in value.items()}
        case _:
            return value


@every_block
@pytest.mark.parametrize("mode", ["live", "export"])
def test_what_an_owner_writes_is_never_markup(name: str, mode: Mode) -> None:
    kind = block_type(name)
    values = {
        key: _hostile(one, kind.fields[key]) if key in kind.fields else one
        for key, one in kind.example.items()
    }
    tree = parsed(drawn(sketches.block(name, values, title=HOSTILE), mode=mode))
    elements = [each for each in tree.iter() if isinstance(each.tag, str)]
    assert [each.get("type") for each in elements if each.tag == "script"] == ["application/ld+json"]
    assert not [key for each in elements for key in each.attrib if key.startswith("on")]
    assert not [each for each in elements if each.tag == "img" and each.get("src") == "x"]
    assert "111111" not in "".join(tree.itertext())


# In a browser.

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3


def _crowded(value: Any, field: Field) -> Any:
    """The value as long as it may become, up to 80 letters without a gap; figures of eight digits."""
    match field.kind:
        case "text":
            return LONG[: min(field.most or 80, 80)]
        case "money":
            return 98_765_432
        case "list" if field.of:
            return [{key: _crowded(one, field.of[key]) for key, one in row.items()} for row in value]
        case _:
            return value


def _crowded_block(name: str) -> Block:
    kind = block_type(name)
    fields = kind.fields
    return sketches.block(
        name, {key: _crowded(one, fields[key]) if key in fields else one for key, one in kind.example.items()}
    )


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size"), [("en", "100%"), ("hi", "200%"), ("ar", "200%")])
def test_nothing_is_wider_than_a_small_phone(chromium: Any, language: str, size: str) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    page.set_content(drawn(*map(_crowded_block, block_types()), language=language).html.decode())
    page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    wide = page.locator("main *, header *").evaluate_all(
        "all => all.filter(one => !one.closest('.vh, .hp, svg'))"
        ".map(one => [one.getBoundingClientRect(), one.outerHTML])"
        ".filter(([box]) => box.width && (box.left < -1 || box.right > 321)).map(([, html]) => html.slice(0, 90))"
    )
    assert (page.evaluate("document.documentElement.scrollWidth"), wide) == (320, [])
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_axe_finds_nothing_to_mend(chromium: Any, language: str, scheme: str) -> None:
    axe = imported("axe_playwright_python.sync_playwright").Axe()
    page = chromium.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.set_content(drawn(*map(sketches.block, block_types()), language=language).html.decode())
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    found = axe.run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    page.close()


@pytest.mark.browser
def test_what_is_tapped_is_large_enough_for_a_thumb(chromium: Any) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    page.set_content(drawn(*map(sketches.block, block_types())).html.decode())
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    sizes = page.locator("main .btn, main button, main summary, main label.check, main a").evaluate_all(
        "all => all.map(one => [one.getBoundingClientRect().height, one.matches('.btn, button, summary, .check'),"
        " one.outerHTML.slice(0, 80)])"
    )
    assert len(sizes) > 50
    assert [html for height, row, html in sizes if height < (44 if row else 18)] == []
    page.close()
