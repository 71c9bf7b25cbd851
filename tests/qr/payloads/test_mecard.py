import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import build, mecard

KEYS = ("N", "SOUND", "TEL", "EMAIL", "NOTE", "ADR", "BDAY", "URL", "ORG")


def read_like_zxing(text: str) -> dict[str, list[str]]:
    """The fields as ZXing's AddressBookDoCoMoResultParser takes them: wherever a key stands, up to a bare ``;``."""
    assert text.startswith("MECARD:")
    found = {key: matches(f"{key}:", text) for key in KEYS}
    name = found["N"][0]
    if "," in name:
        last, _, first = name.partition(",")
        found["N"] = [f"{first} {last}"]
    return {key: values for key, values in found.items() if values}


def matches(prefix: str, text: str) -> list[str]:
    values = []
    at = text.find(prefix)
    while at >= 0:
        start = end = at + len(prefix)
        while text[end] != ";" or escaped(text, end):
            end += 1
        values.append(unescaped(text[start:end]))
        at = text.find(prefix, end + 1)
    return [value for value in values if value]


def unescaped(value: str) -> str:
    plain, is_escaped = "", False
    for char in value:
        if char == "\\" and not is_escaped:
            is_escaped = True
        else:
            plain, is_escaped = plain + char, False
    return plain


def escaped(text: str, at: int) -> bool:
    backslashes = len(text[:at]) - len(text[:at].rstrip("\\"))
    return backslashes % 2 == 1


# From ZXing's ParsedReaderResultTestCase and AddressBookParsedResultTestCase: its reader finds the same in ours.
@pytest.mark.parametrize(
    ("published", "fields"),
    [
        ("MECARD:N:Sean Owen;;", {"name": "Sean Owen"}),
        ("MECARD:TEL:+12125551212;N:Sean Owen;;", {"name": "Sean Owen", "phone": "+12125551212"}),
        (
            "MECARD:NOTE:ZXing Team;N:Sean Owen;URL:https://google.com;EMAIL:srowen@example.org;;",
            {
                "name": "Sean Owen",
                "note": "ZXing Team",
                "url": "https://google.com",
                "email": "srowen@example.org",
            },
        ),
        (
            (
                "MECARD:N:Foo Bar;ORG:Company;TEL:+15555555555;EMAIL:foo.bar@xyz.com;ADR:City, 10001;"
                "NOTE:This is the memo.;;"
            ),
            {
                "name": "Foo Bar",
                "organisation": "Company",
                "phone": "+1 555-555-5555",
                "email": "foo.bar@xyz.com",
                "address": "City, 10001",
                "note": "This is the memo.",
            },
        ),
    ],
)
def test_the_published_cards_are_reproduced(published, fields):
    text = mecard.Payload(**fields).text()
    assert read_like_zxing(text) == read_like_zxing(published)
    assert text.startswith("MECARD:N:")
    assert text.endswith(";;")


LINE = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=40),
    st.text(st.sampled_from("\\;:,NTEL "), min_size=1, max_size=40),
    st.sampled_from(["x;TEL:+15551212", "x\\;TEL:+15551212", "N:Mallory;;", "MECARD:N:Mallory;;", "x\\"]),
).filter(lambda text: text.strip(" "))


@given(
    name=LINE.filter(lambda text: "," not in text and text.split()),
    organisation=LINE,
    address=LINE,
    note=LINE,
)
def test_an_address_book_gets_the_very_values_and_no_others(name, organisation, address, note):
    card = build(
        "mecard",
        {
            "name": name,
            "phone": "+12125551212, +442079460958",
            "organisation": organisation,
            "url": "https://example.com/a;b",
            "address": address,
            "note": note,
        },
    )
    assert read_like_zxing(card.text()) == {
        "N": [" ".join(name.split())],
        "TEL": ["+12125551212", "+442079460958"],
        "ORG": [organisation.strip(" ")],
        "URL": ["https://example.com/a;b"],
        "ADR": [address.strip(" ")],
        "NOTE": [note.strip(" ")],
    }


def test_a_name_with_a_comma_is_turned_round_by_the_phone():
    text = mecard.Payload(name="Owen, Sean").text()
    assert text == "MECARD:N:Owen,Sean;;"
    assert read_like_zxing(text) == {"N": ["Sean Owen"]}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, {"name"}),
        ({"note": "two\nlines"}, {"note"}),
        (
            {"name": "a,b,c", "phone": "555", "email": "x", "url": "x", "address": "\r"},
            {"name", "phone", "email", "url", "address"},
        ),
    ],
)
def test_everything_wrong_is_told_at_once(fields, told):
    with pytest.raises(Invalid) as refused:
        mecard.Payload(**({"name": "Sean Owen"} | fields))
    assert {problem.field for problem in refused.value.problems} == told


def test_a_card_of_this_kind_has_no_job_title():
    with pytest.raises(Invalid, match="title: mecard has no such field"):
        build("mecard", {"name": "Sean Owen", "title": "Engineer"})
