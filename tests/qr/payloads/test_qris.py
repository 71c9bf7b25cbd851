import pytest
from tests.qr import emv
from tests.qr.payloads.refusals import refusals

from scanly.qr.grammar import tlv
from scanly.qr.payloads import build, types

QRIS = [("00", "ID.CO.QRIS.WWW"), ("02", "ID1020000000001"), ("03", "UMI")]


def shop(account: list[tuple[str, str]] = QRIS, **other: str) -> str:
    fields = {"00": "01", "01": "11", "26": tlv.write([("00", "ID.CO.BANK.WWW")]), "51": tlv.write(account)}
    fields |= {"52": "5812", "53": "360", "58": "ID", "59": "WARUNG CONTOH", "60": "BANDUNG", "61": "40111"}
    return tlv.seal((fields | {name[1:]: value for name, value in other.items()}).items())


def test_a_shops_code_is_drawn_as_issued():
    assert build("qris", {"issued": shop()}).text() == shop()
    emv.read(shop())


def test_an_amount_makes_it_serve_one_payment_and_changes_nothing_else():
    read = emv.read(build("qris", {"issued": shop(), "amount": "25000"}).text())
    assert read.pop("63") != emv.read(shop())["63"]
    assert read == {name: value for name, value in emv.read(shop()).items() if name != "63"} | {
        "01": "12",
        "54": "25000",
    }


def test_it_says_that_it_cannot_be_made_from_a_name_and_a_number():
    told = refusals("qris", {"name": "Warung", "key": "08123456789"})
    assert "it cannot be made from a name and a number" in told["issued"]
    assert told.keys() == {"issued", "name", "key"}
    assert [field.name for field in types()["qris"].fields] == ["issued", "amount"]


@pytest.mark.parametrize(
    ("issued", "sentence"),
    [
        (shop([("00", "SG.PAYNOW")]), "is not a QRIS string"),
        (shop(_53="702"), "is not a QRIS string"),
        (shop(_58="SG"), "for other schemes take the type emvco"),
        (shop([("00", "ID.CO.QRIS.WWW"), ("02", "ID123")]), 'names the merchant "ID123"'),
        (shop([("00", "ID.CO.QRIS.WWW")]), "is ID and 13 digits"),
        (shop().replace("BANDUNG", "BANDUNK"), "checksum"),
    ],
)
def test_what_is_wrong_is_told(issued, sentence):
    assert sentence in refusals("qris", {"issued": issued})["issued"]


def test_thousands_are_not_taken_for_decimals():
    told = refusals("qris", {"issued": shop(), "amount": "25.000"})
    assert "no mark between thousands" in told["amount"]
