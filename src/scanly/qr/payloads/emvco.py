"""A payment string that a bank or wallet issued, checked and, if asked, given an amount.

Source: EMVCo, QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.qr.grammar import tlv
from scanly.qr.grammar.amount import emv_money
from scanly.qr.grammar.rules import refuse, settle, wrong


class Payload(msgspec.Struct, frozen=True):
    """The issued string; with an amount it serves one payment, else nothing in it changes."""

    issued: Annotated[str, Meta(description="The whole string of the merchant's code, 000201… to 6304…")]
    amount: Annotated[str, Meta(description="Amount to ask for, such as 12.50, in the code's currency")] = ""

    def __post_init__(self) -> None:
        refuse(settle(self, {"issued": _issued, "amount": emv_money}))

    def text(self) -> str:
        return tlv.with_amount(self.issued, self.amount) if self.amount else self.issued


def _issued(text: str) -> str:
    typed = text.strip()
    found = tlv.unseal(typed)
    tlv.accounts(found)
    for name, what in (("53", "currency"), ("58", "country")):
        if name not in found:
            raise wrong(f"names no {what} ({name}).", "Copy it again from the code itself.")
    if not any("02" <= name <= "51" for name in found):
        raise wrong("names no account to pay to (02 to 51).", "Copy it again from the code itself.")
    return typed


_BEST_TRANSPORT = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN"
    "5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***"
    "0708A60086670902ME91320016A0112233449988770708123456786304A13A"
)

EXAMPLES = (
    ({"issued": _BEST_TRANSPORT}, _BEST_TRANSPORT),
    (
        {
            "issued": "00020101021129370016A000000677010111011300668999999995802TH53037646304FE29",
            "amount": "4.22",
        },
        "00020101021229370016A0000006770101110113006689999999954044.225802TH53037646304B3C0",
    ),
)
