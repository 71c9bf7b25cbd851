import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.payloads import build, vcard


def read(text: str) -> dict[str, list[object]]:
    """What vobject finds, by property."""
    card = vobject.readOne(text)
    return {name: [line.value for line in lines] for name, lines in card.contents.items()}


LINE = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), min_size=1, max_size=40),
    st.text(st.sampled_from('\\;:,nN="'), min_size=1, max_size=20),
    st.sampled_from(["x;y", "x\\", "\\n", "TEL:+1", "END:VCARD", ";CHARSET=x:y"]),
).filter(lambda text: text.strip(" "))
NAME = LINE.map(lambda text: " ".join(text.replace(",", ";").split()))
LINES = st.lists(
    st.one_of(LINE, st.sampled_from(["END:VCARD", "TEL:+15551212", " folded", "\ttab", "BEGIN:VCARD"])),
    min_size=1,
    max_size=4,
)


@given(
    family=NAME,
    given_name=NAME,
    organisation=LINE,
    title=LINE,
    address=LINES,
    note=LINES,
    line_end=st.sampled_from(["\n", "\r\n", "\r", "\u2028"]),
    version=st.sampled_from(["3.0", "4.0"]),
)
def test_an_address_book_gets_the_very_values_and_no_others(
    family, given_name, organisation, title, address, note, line_end, version
):
    card = build(
        "vcard",
        {
            "name": f"{family}, {given_name}",
            "organisation": organisation,
            "title": title,
            "address": line_end.join(address),
            "note": line_end.join(note),
            "version": version,
        },
    )
    found = read(card.text())
    assert found.keys() == {"version", "n", "fn", "org", "title", "adr", "note"}
    assert all(len(values) == 1 for values in found.values())
    assert found["version"] == [version]
    assert (found["n"][0].family, found["n"][0].given, found["n"][0].additional) == (family, given_name, "")
    assert found["fn"] in ([f"{given_name} {family}"], [f"{family} {given_name}"])
    assert found["org"] == [[organisation.strip(" ")]]
    assert found["title"] == [title.strip(" ")]
    assert found["adr"][0].street == "\n".join(address)
    assert (found["adr"][0].city, found["adr"][0].country) == ("", "")
    assert found["note"] == ["\n".join(note)]


def test_lines_end_in_cr_lf_and_come_in_the_order_of_the_standard():
    text = vcard.Payload(name="Sean Owen", note="a\nb").text()
    assert (
        text == "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Owen;Sean;;;\r\nFN:Sean Owen\r\nNOTE:a\\nb\r\nEND:VCARD\r\n"
    )


# ZXing's AddressBookParsedResultTestCase: what its reader takes out of a note, and how it stands in the code.
@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("foo\nbar", r"NOTE:foo\nbar"),
        ("foo;bar", r"NOTE:foo\;bar"),
        ("foo\\bar", r"NOTE:foo\\bar"),
        ("foo,bar", r"NOTE:foo\,bar"),
    ],
)
def test_the_published_escapes_are_reproduced(note, line):
    assert line in vcard.Payload(name="Sean", note=note).text().split("\r\n")


# RFC 2426, 3.1.2, and ZXing: one name alone is a given name.
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Public, John Quinlan", "N:Public;John Quinlan;;;"),
        ("Sean Owen", "N:Owen;Sean;;;"),
        ("Sean", "N:;Sean;;;"),
        ("山田 太郎", "N:山田;太郎;;;"),
    ],
)
def test_names_have_five_parts(name, line):
    assert line in vcard.Payload(name=name).text().split("\r\n")


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        (
            "3.0",
            [
                "TEL;TYPE=CELL:+12125551212",
                "TEL;TYPE=WORK:+442079460958",
                "TEL;TYPE=FAX:+442079460959",
                "TEL;TYPE=HOME:+390669812345",
                "TEL;TYPE=CELL:+919876543210",
            ],
        ),
        (
            "4.0",
            [
                "TEL;TYPE=cell;VALUE=uri:tel:+12125551212",
                "TEL;TYPE=work;VALUE=uri:tel:+442079460958",
                "TEL;TYPE=fax;VALUE=uri:tel:+442079460959",
                "TEL;TYPE=home;VALUE=uri:tel:+390669812345",
                "TEL;TYPE=cell;VALUE=uri:tel:+919876543210",
            ],
        ),
    ],
)
def test_several_numbers_each_say_what_they_are(version, lines):
    phone = "+1 212 555 1212, work +44 20 7946 0958,FAX: +44 20 7946 0959, home +39 06 69812345, mobile +91 98765 43210"
    card = vcard.Payload(name="Sean", phone=phone, version=version)
    assert [line for line in card.text().split("\r\n") if line.startswith("TEL")] == lines
    assert vcard.Payload(name="Sean", phone=card.phone, version=version) == card


def test_addresses_of_mail_and_web_are_not_escaped():
    text = vcard.Payload(
        name="Sean", email="a@example.org, b@example.org", url="https://example.com/a,b;c"
    ).text()
    assert read(text)["email"] == ["a@example.org", "b@example.org"]
    assert "URL:https://example.com/a,b;c\r\n" in text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "name: is missing."),
        ({"name": "Sean\r\nEND:VCARD"}, "name: "),
        ({"name": "Q, Co, Ltd"}, "a company's name belongs into organisation"),
        ({"phone": "work 555"}, 'phone: "555" has no + and country code'),
        ({"phone": "office +1 212 555 1212"}, 'phone: "office +1 212 555 1212" is not a telephone number.'),
        ({"phone": "+1 212 555 1212,"}, 'phone: "" is not a telephone number.'),
        ({"email": "a@example.org\r\nTEL:+1"}, "email: "),
        ({"url": "example.com"}, "url: "),
        ({"organisation": "a\u2028b"}, "organisation: "),
        ({"note": "\0"}, "note: holds the control character U+0000"),
    ],
)
def test_what_cannot_stand_in_a_card_is_refused_with_what_to_do(fields, sentence):
    with pytest.raises(Invalid) as refused:
        vcard.Payload(**({"name": "Sean Owen"} | fields))
    assert sentence in str(refused.value)
