import pytest

from scanly.core.errors import Invalid, NotFound
from scanly.qr.drawing import draw
from scanly.qr.encoding import encode
from scanly.qr.payloads import build, types
from scanly.qr.proof import confirm
from scanly.qr.style import Style

EXAMPLES = [
    pytest.param(name, fields, text, id=f"{name}-{number}")
    for name, kind in types().items()
    for number, (fields, text) in enumerate(kind.examples)
]


@pytest.mark.parametrize(("name", "fields", "text"), EXAMPLES)
def test_every_example_builds_its_text_and_reads_back_byte_by_byte(name, fields, text):
    assert build(name, fields).text() == text
    confirm(draw(encode(text), Style(), "png"), "png", text)


@pytest.mark.parametrize("name", types())
def test_every_type_is_described_and_has_examples(name):
    kind = types()[name]
    assert kind.summary.endswith(".")
    assert len(kind.examples) >= 2
    assert all(field.help and not field.help.endswith(".") for field in kind.fields)


@pytest.mark.parametrize(
    ("name", "fields", "problems"),
    [
        ("wifi", {"sid": "Cafe"}, {"sid": 'Did you mean "ssid"?', "ssid": "is missing."}),
        ("wifi", {"ssid": "", "password": "x" * 8}, {"ssid": "is missing."}),
        ("wifi", {"ssid": "Cafe", "security": "none", "hidden": "maybe"}, {"hidden": "neither yes nor no"}),
        ("wifi", {"ssid": "Cafe", "security": "WPA2-EAP"}, {"security": "Company networks"}),
        ("wifi", {"ssid": "x" * 33, "password": "short"}, {"ssid": "33 bytes", "password": "5 characters"}),
        ("url", {}, {"target": "is missing."}),
        ("url", {"target": "javascript:alert(1)"}, {"target": "Only http:// and https://"}),
        ("url", {"target": "https://example.com", "colour": "red"}, {"colour": "There are target."}),
        ("text", {"text": "ring\a"}, {"text": "U+0007"}),
    ],
)
def test_wrong_fields_are_all_named_with_what_to_do(name, fields, problems):
    with pytest.raises(Invalid) as refused:
        build(name, fields)
    told = {problem.field: str(problem) for problem in refused.value.problems}
    assert told.keys() == problems.keys()
    for field, sentence in problems.items():
        assert sentence in told[field]


def test_an_unknown_type_is_not_found_and_the_nearest_is_named():
    with pytest.raises(NotFound, match='Did you mean "wifi"'):
        build("wi-fi", {})


def test_field_names_and_choices_are_compared_without_case_and_hyphens():
    payload = build(
        "wifi", {"SSID": "Home", "Pass-Word": "correct horse", "security": "wpa3", "hidden": "YES"}
    )
    assert payload.text() == "WIFI:T:WPA;R:1;S:Home;H:true;P:correct horse;;"


def test_values_keep_their_spaces():
    assert build("wifi", {"ssid": " Cafe ", "security": "none"}).text() == "WIFI:T:nopass;S: Cafe ;;"
