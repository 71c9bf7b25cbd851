from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import bitcoin as judge

from scanly.core.errors import Invalid
from scanly.qr.grammar.bitcoin import bitcoin_address, lightning_offer, lnurl

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LNURL = (
    "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJ"
    "XXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS"
)
OFFER = (
    "lno1pqps7sjqpgtyzm3qv4uxzmtsd3jjqer9wd3hy6tsw35k7msjzfpy7nz5yqcnygrfdej82um5wf5k2uckyypwa3eyt44h6txtxquqh7lz"
    "5djge4afgfjn7k4rgrkuag0jsd5xvxg"
)


def base58check(payload: bytes) -> str:
    whole = payload + sha256(sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(whole, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(whole) - len(whole.lstrip(b"\0"))) + text


def taken(text: str) -> bool:
    try:
        return bitcoin_address(text) == text
    except Invalid:
        return False


@given(st.sampled_from([0x00, 0x05, 0x6F, 0x30]), st.binary(min_size=20, max_size=20))
def test_base58_addresses_of_the_main_network_are_taken(version, digest):
    address = base58check(bytes([version]) + digest)
    assert taken(address) == judge.is_valid(address) == (version in (0x00, 0x05))


@given(st.binary(min_size=20, max_size=20), st.data())
def test_one_wrong_character_is_always_noticed(digest, data):
    address = base58check(b"\0" + digest)
    at = data.draw(st.integers(0, len(address) - 1))
    other = data.draw(st.sampled_from(BASE58).filter(lambda char: char != address[at]))
    assert not taken(address[:at] + other + address[at + 1 :])
    assert not taken(address + other)
    assert not taken(address[:at] + address[at + 1 :])


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "1111111111111111111114oLvT2",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "BC1SW50QGDZ25J",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    ],
)
def test_addresses_of_the_proposals_are_taken(address):
    assert taken(address)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W", "has a wrong checksum"),
        ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "belongs to another network"),
        ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "belongs to a test network"),
        ("tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut", "It begins with bc1, 1 or 3"),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "wrong checksum"),
        ("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", "wrong checksum"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "wrong checksum"),
        ("bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", "not a Bitcoin address"),
        ("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "not a Bitcoin address"),
        ("bc1pw5dgrnzv", "not a Bitcoin address"),
        (
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
            "not a Bitcoin address",
        ),
        ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "not a Bitcoin address"),
        ("bc1qW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "not a Bitcoin address"),
        ("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", "not a Bitcoin address"),
        ("bc1gmk9yu", "not a Bitcoin address"),
        ("", "not a Bitcoin address"),
        ("0OIl", "not a Bitcoin address"),
    ],
)
def test_addresses_that_the_proposals_call_wrong_are_refused(address, sentence):
    with pytest.raises(Invalid) as refused:
        bitcoin_address(address)
    assert sentence in str(refused.value)


def test_an_lnurl_is_written_in_capitals():
    assert lnurl(LNURL) == lnurl(LNURL.lower()) == LNURL


@pytest.mark.parametrize(
    "text", [LNURL[:-1] + "T", LNURL[:40] + LNURL[40:].lower(), "LNURL1", "lnurl1" + "q" * 20, OFFER]
)
def test_a_mistyped_lnurl_is_refused(text):
    with pytest.raises(Invalid, match="not a sound LNURL"):
        lnurl(text)


def test_an_lnurl_that_leads_to_plain_http_is_refused():
    # http://example.com, by the reference encoder of BIP-173.
    with pytest.raises(Invalid, match="does not lead to an https address"):
        lnurl(encoded("lnurl", b"http://example.com"))
    assert lnurl(encoded("lnurl", b"https://example.com"))
    assert lnurl(encoded("lnurl", b"http://abcdef.onion/pay"))
    with pytest.raises(Invalid):
        lnurl(encoded("lnurl", b"http://evil.com/.onion"))


def encoded(human: str, octets: bytes) -> str:
    """bech32 with another implementation of the same checksum."""
    bits = "".join(f"{octet:08b}" for octet in octets)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    spread = [ord(char) >> 5 for char in human] + [0] + [ord(char) & 31 for char in human]
    checksum = judge.bech32_checksum(spread + values + [0] * 6) ^ 1
    values += [checksum >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{human}1" + "".join("qpzry9x8gf2tvdw0s3jn54khce6mua7l"[value] for value in values)


def test_an_offer_is_kept_in_one_case():
    assert lightning_offer(OFFER) == OFFER
    assert lightning_offer(OFFER.upper()) == OFFER.upper()
    for wrong in (OFFER.capitalize(), "lno1", OFFER + "b", OFFER + "&amount=1"):
        with pytest.raises(Invalid, match="not a Lightning offer"):
            lightning_offer(wrong)
