import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cnpj, cpf
from tests.qr import emv
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.payloads import build

RANDOM = "123e4567-e12b-12d1-a456-426655440000"
PAYEE = {"name": "Fulano de Tal", "city": "BRASILIA"}


def key_of(typed: str, key_type: str = "auto") -> str | None:
    text = accepted("pix", PAYEE | {"key": typed, "key_type": key_type})
    return emv.read(text)["26.01"] if text else None


@pytest.mark.parametrize(
    ("typed", "key_type", "key"),
    [
        (RANDOM.upper(), "random", RANDOM),
        ("Fulano@Example.com.br", "email", "fulano@example.com.br"),
        ("+55 (61) 91234-5678", "phone", "+5561912345678"),
        ("123.456.789-09", "cpf", "12345678909"),
        ("00.038.166/0001-05", "cnpj", "00038166000105"),
        ("12.ABC.345/01DE-35", "cnpj", "12ABC34501DE35"),
    ],
)
def test_every_kind_of_key_is_recognised_and_put_into_its_form(typed, key_type, key):
    assert key_of(typed) == key_of(typed, key_type) == key_of(key) == key


def test_an_e_mail_key_has_up_to_77_characters():
    longest = "x" * 68 + "@a.com.br"
    assert key_of(longest) == longest
    assert key_of(f"x{longest}") is None


def test_a_static_code_has_the_manual_s_fields():
    text = build("pix", PAYEE | {"key": RANDOM, "amount": "10.5", "reference": "ABC123"}).text()
    fields = emv.read(text)
    assert list(fields) == [
        "00",
        "26",
        "26.00",
        "26.01",
        "52",
        "53",
        "54",
        "58",
        "59",
        "60",
        "62",
        "62.05",
        "63",
    ]
    assert fields["26.00"] == "br.gov.bcb.pix"
    assert (fields["52"], fields["53"], fields["54"], fields["58"]) == ("0000", "986", "10.50", "BR")
    assert (fields["59"], fields["60"], fields["62.05"]) == ("Fulano de Tal", "BRASILIA", "ABC123")


@given(st.text("0123456789", min_size=11, max_size=11))
def test_a_cpf_is_judged_as_another_library_judges_it(digits):
    sound = digits[:9] + cpf._calc_check_digits(digits[:9])
    for typed in (digits, sound):
        # A number of one digit alone is issued to nobody.
        assert (key_of(typed, "cpf") == typed) == (cpf.is_valid(typed) and len(set(typed)) > 1)


@given(st.text("0123456789ABCXYZ", min_size=12, max_size=12), st.text("0123456789", min_size=2, max_size=2))
def test_a_cnpj_is_judged_as_another_library_judges_it(base, check):
    sound = base + cnpj.calc_check_digits(base)
    for typed in (base + check, sound):
        assert (key_of(typed, "cnpj") == typed) == (cnpj.is_valid(typed) and len(set(typed)) > 1)


@given(
    name=st.text(st.sampled_from("Aé6304👩\u200d🍳e\u0301ß\n "), max_size=30),
    city=st.text(st.sampled_from("Aé99\u0301ñ\x00"), max_size=20),
    reference=st.text(st.sampled_from("aZ0-é*\n"), max_size=30),
)
def test_no_field_can_be_added(name, city, reference):
    text = accepted("pix", {"key": RANDOM, "name": name, "city": city, "reference": reference})
    if text is not None:
        assert text.isascii()
        fields = emv.read(text)
        assert fields.keys() == {
            "00",
            "26",
            "26.00",
            "26.01",
            "52",
            "53",
            "58",
            "59",
            "60",
            "62",
            "62.05",
            "63",
        }
        assert fields["62.05"] == (reference or "***")


def test_accents_are_left_out_and_what_is_too_long_is_told_not_cut():
    fields = emv.read(build("pix", {"key": RANDOM, "name": "Padaria São João", "city": "São Paulo"}).text())
    assert (fields["59"], fields["60"]) == ("Padaria Sao Joao", "Sao Paulo")
    told = refusals("pix", {"key": RANDOM, "name": "x" * 26, "city": "São José dos Campos"})
    assert told == {
        "name": "name: has 26 characters. Shorten it to 25.",
        "city": "city: has 19 characters. Shorten it to 15.",
    }


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"key": "is missing"}),
        ({"key": "61912345678"}, {"key": "if it is a phone number, write it with +55"}),
        ({"key": "+1 212 555 1212"}, {"key": "Write it with +55"}),
        ({"key": "61 91234-5678", "key_type": "phone"}, {"key": "Write it with +55"}),
        ({"key": "111.111.111-11"}, {"key": "check digits are wrong"}),
        ({"key": "00.038.166/0001-06"}, {"key": "is not a CNPJ"}),
        ({"key": "fulano@localhost"}, {"key": "is not an e-mail key"}),
        ({"key": "x" * 70 + "@a.com.br"}, {"key": "up to 77"}),
        ({"key": "123e4567"}, {"key": "or a random key"}),
        ({"key": RANDOM, "key_type": "evp"}, {"key_type": '"evp" is not one of'}),
        (
            {"key": RANDOM, "reference": "RP12345678-2019"},
            {"reference": "without spaces, hyphens or accents"},
        ),
        ({"key": RANDOM, "reference": "a" * 26}, {"reference": "up to 25"}),
        ({"key": RANDOM, "amount": "12,50"}, {"amount": "Write 12.50, with a dot."}),
        ({"key": RANDOM, "name": "Straße"}, {"name": 'holds "ß". Write it in plain letters'}),
        (
            {"key": "1", "amount": "0", "reference": "-", "city": "☕"},
            dict.fromkeys(("key", "amount", "reference", "city"), ""),
        ),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("pix", PAYEE | fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
