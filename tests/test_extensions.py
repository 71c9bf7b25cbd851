"""Every extension that is found by folder, with its own example."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

import scanly
from scanly.analytics import dimensions
from scanly.analytics.counting.packed import FIRST_EXTENSION, PARTS, REPEATS
from scanly.analytics.counting.rows import FIELDS
from scanly.core import document
from scanly.core.extend import discover
from scanly.core.paths import asset
from scanly.core.settings import Settings
from scanly.links import conditions, exports
from scanly.links.conditions import Setting
from scanly.links.exports import Plan, StaticLink
from scanly.links.simulation import Simulated
from scanly.ops import checks
from scanly.ops.checks import Finding, Site
from scanly.press import barcodes, designs
from scanly.press.labels import elements
from scanly.press.labels.preview import sample
from scanly.press.labels.schema import template_schema
from scanly.press.labels.template import find_template, templates
from scanly.press.labels.template_file import read as read_template
from scanly.press.page import Barcode, Box, expected
from scanly.press.stocks import find_stock
from scanly.press.stocks.files import read_stocks
from scanly.qr import payloads
from scanly.qr.drawing import draw
from scanly.qr.encoding import encode
from scanly.qr.proof import confirm
from scanly.qr.style import Style
from scanly.sites import fields
from scanly.sites.blocks import block_type, block_types
from scanly.sites.fields import At, Field, Found, check_record, kinds
from scanly.sites.look.themes import list_themes
from scanly.sites.page import Page
from tests.conftest import NOW_MS, Installation, imported
from tests.press.designs.samples import subject
from tests.sites import sketches

SOURCE = Path(scanly.__file__).parent
# Packages whose files are extensions; each has its tests below.
EXTENDED: tuple[ModuleType, ...] = (
    payloads,
    checks,
    conditions,
    exports,
    fields,
    dimensions,
    barcodes,
    elements,
    *(importlib.import_module(f"{designs.__name__}.{kind}") for kind in designs.kinds()),
)
EXAMPLES = [
    pytest.param(name, fields, text, id=f"{name}-{number}")
    for name, kind in payloads.types().items()
    for number, (fields, text) in enumerate(kind.examples)
]


def test_every_folder_that_is_searched_for_extensions_is_tested_here():
    searched = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "discover(" in path.read_text(encoding="utf-8") and path.name != "extend.py"
    }
    assert searched == {
        "qr/payloads/__init__.py",
        "ops/doctor.py",
        "links/conditions/__init__.py",
        "links/exports/__init__.py",
        "sites/fields/__init__.py",
        "analytics/dimensions/__init__.py",
        "press/barcodes/__init__.py",
        "press/designs/__init__.py",
        "press/labels/elements/__init__.py",
    }


@pytest.mark.parametrize("package", EXTENDED, ids=lambda package: package.__name__)
def test_every_file_in_the_folder_is_found_and_says_what_it_is(package):
    found = discover(package)
    files = {Path(path).stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(found) == files
    assert files
    assert all((module.__doc__ or "").partition("\n")[0].endswith(".") for module in found.values())


def test_every_package_can_be_imported_by_itself():
    names = [
        info.name for info in pkgutil.walk_packages([str(SOURCE)], "scanly.") if "__main__" not in info.name
    ]
    assert len(names) > 100
    for name in names:
        if ".migrations." not in name:
            importlib.import_module(name)


@pytest.mark.parametrize(("name", "fields", "text"), EXAMPLES)
def test_every_payload_s_example_is_drawn_and_read_back(name, fields, text):
    assert payloads.build(name, fields).text() == text
    for form in ("svg", "png"):
        confirm(draw(encode(text), Style(), form), form, text)


@pytest.mark.parametrize("name", payloads.types())
def test_every_payload_says_its_source_and_describes_its_fields(name):
    module = discover(payloads)[name]
    assert "Source:" in str(module.__doc__)
    assert all(field.help for field in payloads.types()[name].fields)


@pytest.mark.parametrize("name", discover(checks))
def test_every_check_has_a_title_and_says_what_to_do_about_what_it_finds(name, installation: Installation):
    check = discover(checks)[name]
    assert check.TITLE
    site = Site(installation.folder, Settings(), NOW_MS)
    found: list[Finding] = asyncio.run(check.run(site))
    assert all(each.level in ("ok", "warning", "error") and each.sentence.endswith(".") for each in found)
    assert all(each.hint for each in found if each.level != "ok")


@pytest.mark.parametrize("name", discover(conditions))
def test_every_condition_s_example_is_read_and_explained(name):
    module = discover(conditions)[name]
    assert set(module.EXAMPLES) == set(module.CONDITIONS)
    for word, example in module.EXAMPLES.items():
        condition = conditions.parse({word: example}, Setting("Asia/Kolkata"))
        (step,) = conditions.explain(condition, Simulated(NOW_MS))
        assert step.name == word
        assert step.fact


@pytest.mark.parametrize("name", exports.formats())
def test_every_export_format_tells_where_a_link_leads_and_what_to_do_with_its_files(name):
    known = exports.format_named(name)
    assert known.SUMMARY
    assert isinstance(known.PASSES_QUERY, bool)
    plan = Plan("example", ("go.example.com",), (), {"en": b"It is closed."}, b"There is no such code.")
    written: dict[str, bytes] = {}
    for path, piece in known.files(plan, [StaticLink(plan.hosts, "menu", "https://example.com/menu-card")]):
        written[path] = written.get(path, b"") + piece
    assert any(b"menu" in path.encode() + content for path, content in written.items())
    assert any(b"https://example.com/menu-card" in content for content in written.values())
    assert known.usage(plan)


# A kind that says nothing without more than its name.
FULLER = {
    "choice": Field("choice", choices=("", "other")),
    "list": Field("list", each=Field("text")),
    "group": Field("group", of={"name": Field("text")}),
}


@pytest.mark.parametrize("name", kinds())
def test_every_kind_of_field_reads_its_own_example_describes_it_and_shows_it(name):
    kind, field = kinds()[name], FULLER.get(name, Field(name))
    found: list[Found] = []
    value = kind.check(field, kind.EXAMPLE, At((), found))
    assert not found
    schema = kind.schema(field)
    imported("jsonschema").validate(kind.EXAMPLE, schema)
    site = sketches.site()
    page = Page(site, sketches.setting(site))
    if value is not None:
        kind.view(field, value, page)
    for wrong in ({"no": [1]}, [{"no": 1}], "\u202e"):
        kind.check(field, wrong, At((), refused := list[Found]()))
        assert refused


# Numbers stand in rollups, which are kept for ever: one that is here is never changed, nor given to another.
NUMBERS = {
    16: "country",
    17: "city",
    20: "device",
    21: "model",
    22: "os",
    23: "browser",
    24: "app",
    25: "language",
    32: "referrer",
    33: "source",
    34: "medium",
    35: "campaign",
    36: "term",
    37: "content",
    38: "rule",
}


def test_the_numbers_of_dimensions_are_for_ever():
    found = [(dimension.NUMBER, name) for name, dimension in dimensions.DIMENSIONS.items()]
    assert sorted(found) == sorted(NUMBERS.items())
    assert all(FIRST_EXTENSION <= number < REPEATS for number, _ in found)


@pytest.mark.parametrize("name", discover(dimensions))
def test_every_dimension_counts_its_examples_and_says_them_to_people(name):
    dimension = dimensions.DIMENSIONS[name]
    assert dimension.PART in PARTS and dimension.FIELD in FIELDS
    assert all(dimension.TITLE[language] for language in ("en", "hi"))
    for found, value in dimension.EXAMPLES:
        assert dimension.value(found) == value
        assert not value or dimension.label(value, "en")
    assert any(value for _, value in dimension.EXAMPLES) and any(not value for _, value in dimension.EXAMPLES)


@pytest.mark.parametrize("name", block_types())
def test_every_block_says_what_it_is_for_and_has_an_example_that_is_right(name):
    kind = block_type(name)
    assert kind.title
    assert kind.about.endswith(".")
    check_record(kind.fields, kind.example, At((), found := list[Found](), sketches.ABOUT))
    assert not found


@pytest.mark.parametrize("name", list_themes())
def test_every_theme_says_what_it_is(name):
    theme = list_themes()[name]
    assert theme.title
    assert theme.about


@pytest.mark.parametrize("file", sorted(set(asset("stocks").iterdir()) - {asset("stocks", "README.md")}))
def test_every_stock_file_is_read_and_its_stocks_are_sound(file):
    for name, stock in read_stocks(file).items():
        assert find_stock(name) == stock
        assert stock.source
        assert stock.verification.startswith(("verified: ", "unverified: "))


@pytest.mark.parametrize("name", barcodes.BARCODES)
def test_every_barcode_s_examples_are_put_into_their_normal_form_and_drawn(name):
    kind = barcodes.BARCODES[name]
    assert kind.TITLE
    assert kind.ABOUT.endswith(".")
    assert "Source:" in str(discover(barcodes)[name].__doc__)
    for typed, normal in kind.EXAMPLES:
        assert kind.check(typed) == kind.check(normal) == normal
        drawn = barcodes.draw(name, typed, Box(0, 0, 200, 60))
        assert isinstance(drawn[0], Barcode)
        assert drawn[0].content


@pytest.mark.parametrize("name", elements.kinds())
def test_every_element_of_labels_is_read_from_its_example_drawn_and_described(name):
    kind = elements.kinds()[name]
    assert kind.ABOUT.endswith(".")
    assert all(field.about.endswith(".") for field in kind.FIELDS.values())
    cells = {"name": "Rosa", "gtin": "4006381333931", "photo": "bakery.svg"}
    page = {"width": 90, "height": 40}
    said = {
        "template": "a",
        "title": "A",
        "page": page,
        "example": cells,
        "elements": [{name: {**kind.EXAMPLE}}],
    }
    template = read_template(document.write(said), Path("a.yaml"))
    assert template.draw(sample(cells, asset("starters", "pictures")))
    schema = template_schema()
    imported("jsonschema").validate(said, schema)
    wrong = said | {"elements": [{name: {**kind.EXAMPLE, "colr": "#000"}}]}
    assert not imported("jsonschema").Draft202012Validator(schema).is_valid(wrong)


@pytest.mark.parametrize("name", templates())
def test_every_template_of_labels_says_what_it_is_for_and_draws_its_example(name):
    template = find_template(name)
    assert template.name == name
    assert template.title
    assert template.about.endswith(".")
    template.require(template.example)
    items = template.draw(sample(template.example, template.file.parent))
    assert "qr" in [symbol.symbology for symbol in expected(items)]
    text = templates()[name].read_text(encoding="utf-8")
    imported("jsonschema").validate(document.read(text).value, template_schema())


def test_titles_of_checks_are_not_used_twice():
    titles = [check.TITLE for check in discover(checks).values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("kind", "design"), [(kind, design) for kind in designs.kinds() for design in designs.designs(kind)]
)
def test_every_design_has_a_title_of_its_own_and_its_usual_format_holds_the_code(kind, design):
    module, about = designs.designs(kind)[design], subject()
    assert module.TITLE
    assert module.ABOUT
    symbols = [each for page in designs.make(kind, design, "", about).pages for each in expected(page.items)]
    assert {symbol.content for symbol in symbols} == {about.content}
