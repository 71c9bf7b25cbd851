import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qr import emv
from tests.qr.payloads.refusals import refusals

from scanly.qr.grammar import tlv
from scanly.qr.payloads import build

BEST_TRANSPORT = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT"
    "6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A6008667"
    "0902ME91320016A0112233449988770708123456786304A13A"
)
PIX_DYNAMIC = (
    "00020101021226720014br.gov.bcb.pix2550bx.com.br/pix/8b3da2f3-9a41-40d1-a91a-bd93113bd4415204000053039865406123.45"
    "5802BR5913Fulano de Tal6008BRASILIA62190515RP12345678-2019630445C8"
)
PIX = (
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal"
    "6008BRASILIA62070503***63041D3D"
)


@pytest.mark.parametrize("issued", [BEST_TRANSPORT, PIX_DYNAMIC, PIX])
def test_an_issued_string_is_not_changed_by_one_byte(issued):
    assert build("emvco", {"issued": issued}).text() == issued
    assert build("emvco", {"issued": f" {issued}\n"}).text() == issued


@given(st.sampled_from([BEST_TRANSPORT, PIX_DYNAMIC, PIX]), st.decimals("0.01", "9999999", places=2))
def test_an_amount_makes_it_serve_one_payment_and_changes_nothing_else(issued, amount):
    read = emv.read(build("emvco", {"issued": issued, "amount": f"{amount:f}"}).text())
    before = emv.read(issued)
    assert read.pop("63")
    assert before.pop("63")
    assert read == before | {"01": "12", "54": f"{amount:f}"}


def sealed(*items: tuple[str, str]) -> str:
    return tlv.seal([("00", "01"), *items])


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"issued": "is missing"}),
        ({"issued": PIX.replace("Fulano", "Beltrano")}, {"issued": "breaks off at character"}),
        ({"issued": PIX.replace("Fulano", "Fulana")}, {"issued": "checksum"}),
        ({"issued": PIX, "amount": "12,50"}, {"amount": "Write 12.50, with a dot."}),
        ({"issued": "https://example.com", "amount": "x"}, {"issued": "breaks off", "amount": "amount"}),
        ({"issued": sealed(("26", "0003ABC"), ("58", "BR"))}, {"issued": "names no currency (53)"}),
        ({"issued": sealed(("26", "0003ABC"), ("53", "986"))}, {"issued": "names no country (58)"}),
        ({"issued": sealed(("53", "986"), ("58", "BR"))}, {"issued": "names no account"}),
        ({"issued": sealed(("26", "00AABC"), ("53", "986"), ("58", "BR"))}, {"issued": "breaks off"}),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("emvco", fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
