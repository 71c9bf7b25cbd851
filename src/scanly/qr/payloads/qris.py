"""An Indonesian merchant's QRIS code, drawn anew and, if asked, given an amount.

It cannot be made from a name and a number: the string is issued by the merchant's bank or wallet.

Source: Bank Indonesia, QRIS (ASPI, National Standard QR Code for Payment, Merchant-Presented Mode), on EMVCo
Merchant-Presented Mode 1.1.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.qr.grammar import tlv
from scanly.qr.grammar.amount import emv_money
from scanly.qr.grammar.rules import refuse, settle, shown, wrong

_SCHEME = "ID.CO.QRIS.WWW"


class Payload(msgspec.Struct, frozen=True):
    """The issued string; with an amount it serves one payment, else nothing in it changes."""

    issued: Annotated[
        str,
        Meta(
            description="The whole string of the merchant's own QRIS code, which its bank or wallet issued; "
            "it cannot be made from a name and a number"
        ),
    ]
    amount: Annotated[str, Meta(description="Rupiah to ask for, such as 25000")] = ""

    def __post_init__(self) -> None:
        refuse(settle(self, {"issued": _issued, "amount": emv_money}))

    def text(self) -> str:
        return tlv.with_amount(self.issued, self.amount) if self.amount else self.issued


def _issued(text: str) -> str:
    typed = text.strip()
    found = tlv.unseal(typed)
    merchants = [account for account in tlv.accounts(found) if account.get("00") == _SCHEME]
    if not merchants or (found.get("53"), found.get("58")) != ("360", "ID"):
        hint = f"It names {_SCHEME}, currency 360 and country ID; for other schemes take the type emvco."
        raise wrong(f"{shown(text)} is not a QRIS string.", hint)
    number = merchants[0].get("02", "")
    if not re.fullmatch(r"ID[0-9]{13}", number):
        raise wrong(f"names the merchant {shown(number)}.", "A merchant's number (NMID) is ID and 13 digits.")
    return typed


_SHOP = (
    "00020101021126610014ID.CO.BANK.WWW01189360000000000000010210M0000000010303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10200000000010303UMI5204581253033605802ID5913WARUNG CONTOH6007BANDUNG61054011162070703A016304DAC1"
)

EXAMPLES = (
    ({"issued": _SHOP}, _SHOP),
    (
        {"issued": _SHOP, "amount": "25000"},
        (
            "00020101021226610014ID.CO.BANK.WWW01189360000000000000010210M0000000010303UMI51440014ID.CO.QRIS.WWW"
            "0215ID10200000000010303UMI5204581253033605405250005802ID5913WARUNG CONTOH6007BANDUNG61054011162070703A01"
            "6304E1EE"
        ),
    ),
)
