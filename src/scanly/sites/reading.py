"""The file of a site: YAML or JSON becomes a checked `Site`, or every fault with its line and column; and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from scanly.core import document
from scanly.core.document import Document
from scanly.core.errors import Invalid, Problem, ScanlyError
from scanly.core.text import nearest
from scanly.sites.blocks import block_type, block_types
from scanly.sites.entries import BLOCK_FIELDS, KEYS, SITE_FIELDS
from scanly.sites.fields import About, At, Found, check_field, check_record, shown
from scanly.sites.look.themes import list_themes, look_of, read_theme
from scanly.sites.model import Block, Show, Site
from scanly.sites.texts import walk
from scanly.sites.words.language import LANGUAGES

MOST_BLOCKS = 100
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
ID = re.compile(r"[a-z][a-z0-9-]{0,62}")
# What a page calls itself, without its head and foot.
MAIN = "main"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a site is given that its file does not say: the workspace's."""

    time_zone: str = "UTC"
    currency: str = "EUR"
    language: str = "en"


# The text of a file beside the site's own; raises Invalid when there is none.
Beside = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Read:
    """A site and the document it was read from, so that what is said of it later has its line, too."""

    site: Site
    document: Document


def read_site(text: str, defaults: Defaults, beside: Beside | None = None) -> Site:
    """The site in a YAML or JSON text. Raises Invalid with every fault, each at its line and column."""
    return read_file(text, defaults, beside).site


def read_file(text: str, defaults: Defaults, beside: Beside | None = None) -> Read:
    """The same, with the document. Raises as `read_site`."""
    found = document.read(text)
    faults: list[Found] = []
    at = At((), faults)
    site = None
    if isinstance(found.value, dict):
        site = _site(cast("dict[str, Any]", found.value), at, defaults, beside)
    else:
        at.wrong("It is no site.", "Begin with: site: my-shop")
    if site is None or faults:
        raise Invalid(problems=located(found, faults))
    return Read(site, found)


def recheck(site: Site) -> None:
    """Proves that a site from elsewhere is one that could have been read here. Raises Invalid."""
    for block in site.blocks:
        inline = (name for name, field in block_type(block.type).fields.items() if field.inline)
        if any(not isinstance(block.values.get(name, {}), dict) for name in inline):
            raise Invalid.field("blocks", f'"{block.id[:60]}" cannot be read.')
    own = {"theme": {"file": "theme.toml"}} if site.own_theme else {}
    faults: list[Found] = []
    found = _site(as_file(site) | own, At((), faults), Defaults(), lambda _: site.own_theme)
    if faults:
        raise Invalid(
            problems=tuple(Problem(document.shown(each.path), each.message, each.hint) for each in faults)
        )
    if found != site:
        raise Invalid(f'"{site.slug[:60]}" is not kept as Scanly keeps a site.')


def located(found: Document, faults: Iterable[Found]) -> tuple[Problem, ...]:
    """What is wrong, with lines and columns, in their order."""
    problems = [found.problem(each.path, each.message, each.hint, at_key=each.at_key) for each in faults]
    return tuple(sorted(problems, key=_place))


def _place(problem: Problem) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", problem.where))


def _site(said: Mapping[str, Any], at: At, defaults: Defaults, beside: Beside | None) -> Site | None:
    for name in said:
        if name not in KEYS:
            hint = nearest(name, KEYS) or f"There are {', '.join(KEYS)}."
            at.step(name).wrong("is not known here.", hint, at_key=True)
    languages = _languages(said.get("languages", [defaults.language]), at.step("languages"))
    inside = At((), at.found, About(languages))
    facts = {
        name: check_field(field, said.get(name), inside.step(name)) for name, field in SITE_FIELDS.items()
    }
    facts = {"time_zone": defaults.time_zone, "currency": defaults.currency} | {
        name: value for name, value in facts.items() if value is not None
    }
    _check_facts(facts, at)
    theme = _theme(said.get("theme"), at.step("theme"), beside)
    slug = _slug(said.get("site"), at.step("site"))
    blocks = _blocks(said.get("blocks"), inside.step("blocks"))
    if at.found:
        return None
    site = msgspec.convert(facts | theme | {"slug": slug, "languages": languages}, Site)
    site = msgspec.structs.replace(site, blocks=blocks)
    _check_look(site, at)
    _check_fragments(site, at)
    return site


def _slug(value: Any, at: At) -> str:
    if value is None:
        at.wrong("is missing.", "The page's name in its address, such as asha-kirana.")
    elif not isinstance(value, str | int) or isinstance(value, bool) or not SLUG.fullmatch(str(value)):
        at.wrong(
            f"{shown(value)} cannot stand in an address.", "Use a–z, 0–9 and hyphens, such as asha-kirana."
        )
    return str(value)


def _languages(value: Any, at: At) -> tuple[str, ...]:
    """The tags that are ours; English when there is none, so that the rest can be checked."""
    several = cast("list[Any]", value if isinstance(value, list) else [value])
    tags: list[str] = []
    for number, tag in enumerate(several):
        there = at.step(number) if isinstance(value, list) else at
        if tag not in LANGUAGES:
            hint = nearest(str(tag), LANGUAGES) or f"There are {', '.join(LANGUAGES)}."
            there.wrong(f"{shown(tag)} is not one of the languages.", hint)
        elif tag in tags:
            there.wrong(f"{shown(tag)} stands twice.", "Keep one of them.")
        else:
            tags.append(str(tag))
    if not several:
        at.wrong("is an empty list.", "Such as [en, hi].")
    return tuple(tags) or ("en",)


def _check_facts(facts: Mapping[str, Any], at: At) -> None:
    from scanly.links.moments import find_zone

    try:
        find_zone(facts["time_zone"], field="time_zone")
    except Invalid as error:
        at.step("time_zone").take(error.problems[0])
    if not re.fullmatch("[A-Z]{3}", facts["currency"]):
        at.step("currency").wrong(
            f"{shown(facts['currency'])} is not a currency.", "Such as INR, EUR or USD."
        )
    if "country" in facts and not re.fullmatch("[A-Z]{2}", facts["country"]):
        at.step("country").wrong(f"{shown(facts['country'])} is not a country.", "Two letters, such as IN.")


def _theme(value: Any, at: At, beside: Beside | None) -> dict[str, str]:
    """``theme`` by name, or the owner's own from a file beside the site's."""
    if value is None:
        return {}
    if isinstance(value, dict):
        said = cast("dict[str, Any]", value)
        file = said.get("file")
        if len(said) != 1 or not isinstance(file, str):
            at.wrong("must be a name or a file.", "Such as theme: kirana, or theme: {file: own.toml}.")
            return {}
        return _own_theme(file, at.step("file"), beside)
    if not isinstance(value, str) or value not in list_themes():
        known = list_themes()
        at.wrong(
            f"{shown(value)} is not a theme.", nearest(str(value), known) or f"There are {', '.join(known)}."
        )
        return {}
    return {"theme": value}


def _own_theme(file: str, at: At, beside: Beside | None) -> dict[str, str]:
    if beside is None:
        at.wrong(
            "names a file, and there is none beside this text.", "Use one of the themes that Scanly brings."
        )
        return {}
    try:
        text = beside(file)
        read_theme(text, file)
    except ScanlyError as error:
        at.wrong(error.message, error.hint)
        return {}
    return {"own_theme": text}


def _check_look(site: Site, at: At) -> None:
    """What only shows when theme and brand come together."""
    try:
        look_of(site)
    except ScanlyError as error:
        at.wrong(error.message, error.hint)


def _blocks(value: Any, at: At) -> tuple[Block, ...]:
    if not isinstance(value, list) or not value:
        at.wrong("must be a list of blocks.", 'Such as "- name-board: {name: Asha}".')
        return ()
    entries = cast("list[Any]", value)
    if len(entries) > MOST_BLOCKS:
        at.wrong(f"has {len(entries)} blocks.", f"{MOST_BLOCKS} are the limit.")
    taken: set[str] = set()
    found: list[Block] = []
    for number, entry in enumerate(entries[:MOST_BLOCKS]):
        block = _block(entry, at.step(number), taken)
        if block is not None:
            taken.add(block.id)
            found.append(block)
    heads = [block for block in found if block_type(block.type).frame == "header"]
    if len(heads) > 1:
        at.wrong(f"has {len(heads)} name boards.", "A page has one name over its door.")
    return tuple(found)


def _block(entry: Any, at: At, taken: set[str]) -> Block | None:
    """``{type: {…}}``, or the type alone."""
    if isinstance(entry, str):
        entry = {entry: None}
    if not isinstance(entry, dict) or len(cast("dict[str, Any]", entry)) != 1:
        at.wrong("must be one block.", 'Such as "- text: {text: Hello}".')
        return None
    ((name, said),) = cast("dict[str, Any]", entry).items()
    if name not in block_types():
        hint = nearest(name, block_types()) or f"There are {', '.join(block_types())}."
        at.step(name).wrong("is not a block.", hint, at_key=True)
        return None
    if said is not None and not isinstance(said, dict):
        at.step(name).wrong("must have parts.", f"There are {', '.join(block_type(name).fields)}.")
        return None
    return _known_block(name, cast("dict[str, Any]", said or {}), at.step(name), taken)


def _known_block(name: str, said: dict[str, Any], at: At, taken: set[str]) -> Block | None:
    fields = block_type(name).fields
    # A type may have a field of its own by one of these names.
    shared = {key: field for key, field in BLOCK_FIELDS.items() if key not in fields}
    common = {key: check_field(field, said.get(key), at.step(key)) for key, field in shared.items()}
    values = check_record(fields, {key: value for key, value in said.items() if key not in shared}, at)
    needs = block_type(name).needs
    if needs and not any(each in values for each in needs):
        at.wrong("says nothing yet.", f"Give it one of {', '.join(needs)}.")
    given = common.get("id")
    problem = _id_problem(given, taken) if given is not None else ""
    if problem:
        at.step("id").wrong(f"{shown(given)} {problem}", "Use a–z, 0–9 and hyphens, each name once.")
        return None
    show = cast("dict[str, str]", common.get("show") or {})
    # Both are in ISO's long form, where a day alone begins like its moments.
    if show.get("to") and show["to"] < show.get("from", "")[: len(show["to"])]:
        at.step("show").step("to").wrong("is before it begins.", "Give a later day or time.")
    return Block(
        given or _free_id(name, taken),
        name,
        values,
        common.get("title"),
        bool(common.get("hidden")),
        Show(show.get("from", ""), show.get("to", "")),
    )


def _id_problem(given: str, taken: set[str]) -> str:
    if given == MAIN:
        return "is the page's own."
    if given in taken:
        return "stands twice."
    return "" if ID.fullmatch(given) else "cannot stand in an address."


def _free_id(name: str, taken: set[str]) -> str:
    """The type's name, or with the first number that is free."""
    number = 1
    while (found := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    return found


def _check_fragments(site: Site, at: At) -> None:
    """A link to a part of the page leads to one that is there."""
    ids = [block.id for block in site.blocks] + [MAIN]
    for path, field, value in walk(site):
        if field.kind == "link" and value.startswith("#") and value[1:] not in ids:
            hint = nearest(value[1:], ids) or f"There are {', '.join(sorted(ids))}."
            At((*at.path, *path), at.found).wrong(f"{shown(value)} is no block of this page.", hint)


def write_site(site: Site) -> str:
    """The site as a YAML file that reads back as the same site, but for an own theme, which is a file of its own."""
    return document.write(as_file(site))


def as_file(site: Site) -> dict[str, Any]:
    """What the file of a site says, as plain values; what is as usual is left out."""
    facts = {name: getattr(site, name) for name in SITE_FIELDS}
    usual = {name: field.default for name, field in SITE_FIELDS.items()}
    plain = {
        name: value
        for name, value in facts.items()
        if value is not None and value is not False and value not in ("", usual[name])
    }
    said: dict[str, Any] = {"site": site.slug, "title": plain.pop("title"), "languages": list(site.languages)}
    said |= {"theme": site.theme} if not site.own_theme else {}
    taken: set[str] = set()
    blocks: list[dict[str, Any]] = []
    for block in site.blocks:
        blocks.append({block.type: _said(block, named=block.id != _free_id(block.type, taken))})
        taken.add(block.id)
    return said | plain | {"blocks": blocks}


def _said(block: Block, *, named: bool) -> dict[str, Any]:
    fields = block_type(block.type).fields
    inline = next((name for name, field in fields.items() if field.inline), "")
    values = {name: value for name, value in block.values.items() if name != inline}
    values |= cast("dict[str, Any]", block.values.get(inline, {}))
    show = {name: text for name, text in (("from", block.show.start), ("to", block.show.end)) if text}
    more = {
        "id": block.id if named else None,
        "title": block.title,
        "hidden": block.hidden or None,
        "show": show or None,
    }
    return {name: value for name, value in more.items() if value is not None} | values
