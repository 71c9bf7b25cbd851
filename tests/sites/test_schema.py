import pytest
from tests.conftest import imported
from tests.sites.test_reading import FAULTS, INDIA, KIRANA

from scanly.core import document
from scanly.sites.blocks import block_type, block_types
from scanly.sites.reading import as_file, read_site
from scanly.sites.schema import site_schema


@pytest.fixture(scope="module")
def judge():
    jsonschema = imported("jsonschema")
    jsonschema.Draft202012Validator.check_schema(site_schema())
    return jsonschema.Draft202012Validator(site_schema())


@pytest.mark.parametrize("name", block_types())
def test_every_block_s_example_fits_the_schema_as_it_is_typed_and_as_it_is_written(name, judge):
    typed = {
        "site": "x",
        "title": "X",
        "languages": ["en", "hi", "ar", "es"],
        "blocks": [{name: block_type(name).example}],
    }
    assert not list(judge.iter_errors(typed))
    others = [
        {each: block_type(each).example} for each in ("pay-me", "order", "ask-for-a-time") if each != name
    ]
    site = read_site(document.write({**typed, "blocks": [*typed["blocks"], *others]}), INDIA)
    assert not list(judge.iter_errors(as_file(site)))


# What a schema cannot see: what depends on other places, on calendars, or on the text of YAML.
BEYOND = (
    "twice",
    "name boards",
    "time zone",
    "anchors",
    "tags",
    "cannot be read",
    "none beside",
    "invisible",
    "language of this",
    "up to 2999",
    "limit is",
    "page's own",
    "before it begins",
)


SEEN = [fault[:2] for fault in FAULTS if not any(each in fault[3] for each in BEYOND)]


@pytest.mark.parametrize(("there", "instead"), SEEN)
def test_the_schema_finds_what_reading_finds(there, instead, judge):
    assert list(judge.iter_errors(document.read(KIRANA.replace(there, instead, 1)).value))


def test_every_field_says_what_it_is_for():
    def untold(fields, path):
        for name, field in fields.items():
            if not field.label and not field.help:
                yield f"{path}.{name}"

    assert not [each for name in block_types() for each in untold(block_type(name).fields, name)]
