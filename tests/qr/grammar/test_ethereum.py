import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.qr.grammar import ethereum
from scanly.qr.grammar.ethereum import ethereum_address, keccak_256

# EIP-55, test cases.
SOUND = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]


def test_the_hash_of_nothing_and_of_abc_are_the_published_ones():
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"


def test_with_the_padding_of_sha3_it_is_sha3(monkeypatch):
    monkeypatch.setattr(ethereum, "_PADDING", 0x06)
    for size in (0, 1, 40, 134, 135):
        data = bytes(range(size))
        assert keccak_256(data) == hashlib.sha3_256(data).digest()


@pytest.mark.parametrize("address", SOUND)
def test_addresses_of_the_proposal_are_taken(address):
    assert ethereum_address(address) == address
    assert ethereum_address(address.lower()) == address.lower()


@given(st.sampled_from(SOUND[4:]), st.data())
def test_one_other_capital_is_noticed(address, data):
    letters = [at for at, char in enumerate(address) if at > 1 and char.isalpha()]
    at = data.draw(st.sampled_from(letters))
    with pytest.raises(Invalid, match="capitals that do not fit"):
        ethereum_address(address[:at] + address[at].swapcase() + address[at + 1 :])


@pytest.mark.parametrize(
    "address", ["", "asha.eth", "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", SOUND[0] + "0", "0x" + "g" * 40]
)
def test_other_forms_are_refused(address):
    with pytest.raises(Invalid, match="40 digits"):
        ethereum_address(address)
