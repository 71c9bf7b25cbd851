from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.payloads import build

BECH32 = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
BASE58 = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
ETHER = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
OFFER = (
    "lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k2uckyypwa3eyt44h6txtxquqh7lz"
    "5djge4afgfjn7k4rgrkuag0jsd5xvxg"
)
LNURL = (
    "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJ"
    "XXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS"
)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"address": BASE58}, f"bitcoin:{BASE58}"),
        ({"address": BASE58, "label": "Luke-Jr"}, f"bitcoin:{BASE58}?label=Luke-Jr"),
        (
            {"address": BASE58, "amount": "20.3", "label": "Luke-Jr"},
            f"bitcoin:{BASE58}?amount=20.3&label=Luke-Jr",
        ),
        ({"address": BECH32.upper()}, f"BITCOIN:{BECH32.upper()}"),
        ({"address": BECH32.upper(), "amount": "50"}, f"bitcoin:{BECH32.upper()}?amount=50"),
        ({"address": OFFER}, f"bitcoin:?lno={OFFER}"),
        ({"address": OFFER, "label": "Café"}, f"bitcoin:?lno={OFFER}&label=Caf%C3%A9"),
        ({"address": LNURL.lower()}, f"LIGHTNING:{LNURL}"),
        ({"scheme": "Ethereum", "address": ETHER}, f"ethereum:{ETHER}@1"),
        ({"scheme": "ethereum", "address": ETHER, "amount": "2.014"}, f"ethereum:{ETHER}@1?value=2.014e18"),
    ],
)
def test_texts_have_the_form_of_the_proposals(fields, text):
    assert build("crypto", fields).text() == text


@given(st.decimals("0.000000000000000001", 1000, places=18))
def test_ethers_are_whole_weis(amount):
    text = build("crypto", {"scheme": "ethereum", "address": ETHER, "amount": f"{amount:f}"}).text()
    number, _, exponent = text.partition("?value=")[2].partition("e")
    assert exponent == "18"
    assert Decimal(number).scaleb(18) == int(amount.scaleb(18))


@given(st.text("A&=?#%+ @/é\n\u202e", max_size=30))
def test_no_parameter_can_be_added(label):
    text = accepted("crypto", {"address": BECH32, "amount": "1", "label": label})
    if text is not None:
        address, _, query = text.partition("?")
        assert address == f"bitcoin:{BECH32}"
        assert "+" not in query and "#" not in query
        expected = [("amount", "1")] + ([("label", label.strip(" "))] if label else [])
        assert parse_qsl(query, keep_blank_values=True, strict_parsing=True) == expected


@pytest.mark.parametrize(
    "invoice",
    ["lnbc2500u1pvjluezpp5qqqsyq", "LNBC1PVJLUEZPP5", "lnbcrt50n1p", "lntb20m1pvjlue", "lnbc2500000000p1pvj"],
)
def test_a_lightning_invoice_is_not_for_print(invoice):
    assert refusals("crypto", {"address": invoice}) == {
        "address": "address: A Lightning invoice can be paid once and expires, mostly within the hour. "
        "Print an offer (lno1…) or an LNURL instead."
    }


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({}, {"address": "is missing"}),
        ({"address": BASE58[:-1] + "b"}, {"address": "wrong checksum. A character is mistyped"}),
        ({"address": ETHER}, {"address": "Set scheme to ethereum."}),
        ({"address": BECH32, "scheme": "ethereum"}, {"address": "is not an Ethereum address"}),
        ({"address": ETHER.swapcase(), "scheme": "ethereum"}, {"address": "is not an Ethereum address"}),
        (
            {"address": "0xfb6916095ca1df60bb79Ce92ce3ea74c37c5d359", "scheme": "ethereum"},
            {"address": "capitals that do not fit"},
        ),
        ({"address": f"bitcoin:{BECH32}"}, {"address": "Give the address alone"}),
        ({"address": f"{BECH32}?amount=1"}, {"address": "is not a Bitcoin address"}),
        ({"address": f"lightning:{LNURL}"}, {"address": "Give the address alone"}),
        ({"address": BECH32, "scheme": "dogecoin"}, {"scheme": '"dogecoin" is not one of bitcoin, ethereum'}),
        ({"address": BECH32, "amount": "0.000000001"}, {"amount": "at most 8"}),
        ({"address": BECH32, "amount": "21000001"}, {"amount": "at most 21000000"}),
        ({"address": BECH32, "amount": "1e-3"}, {"amount": "is not an amount"}),
        ({"address": ETHER, "scheme": "ethereum", "label": "Asha"}, {"label": "carry no label"}),
        ({"address": LNURL, "amount": "1", "label": "A"}, {"amount": "An LNURL", "label": "An LNURL"}),
        ({"address": "x", "amount": "0", "label": "\n"}, {"address": "", "amount": "", "label": ""}),
    ],
)
def test_what_is_wrong_is_told(fields, problems):
    told = refusals("crypto", fields)
    assert told.keys() == problems.keys()
    assert all(sentence in told[field] for field, sentence in problems.items())
