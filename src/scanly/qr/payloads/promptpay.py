"""A Thai PromptPay payment to a phone number, a tax or citizen id, or an e-wallet.

Source: Bank of Thailand, Thai QR Code Payment Standard (tag 29, credit transfer), on EMVCo Merchant-Presented
Mode 1.1; Department of Provincial Administration (check digit of the 13-digit number).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.qr.grammar import tlv
from scanly.qr.grammar.amount import emv_money
from scanly.qr.grammar.rules import refuse, settle, shown, wrong

_PHONE = re.compile(r"(?:\+66|0)([689][0-9]{8})")


class Payload(msgspec.Struct, frozen=True):
    """A payment in baht; the payer's bank shows the name that belongs to the key."""

    key: Annotated[
        str, Meta(description="Thai mobile number, tax or citizen id (13 digits), e-wallet id (15)")
    ]
    amount: Annotated[str, Meta(description="Baht, such as 120.50; without it the payer types it")] = ""
    key_type: Annotated[
        Literal["auto", "phone", "tax-id", "e-wallet"],
        Meta(description="phone, tax-id or e-wallet; auto finds it out"),
    ] = "auto"

    def __post_init__(self) -> None:
        refuse(settle(self, {"key": self._key, "amount": emv_money}))

    def text(self) -> str:
        by_length = {13: "02", 15: "03"}
        phone = self.key.startswith("+")
        key = ("01", f"00{self.key[1:]}") if phone else (by_length[len(self.key)], self.key)
        return tlv.seal(
            [
                ("00", "01"),
                ("01", "12" if self.amount else "11"),
                ("29", tlv.write([("00", "A000000677010111"), key])),
                ("58", "TH"),
                ("53", "764"),
                ("54", self.amount),
            ]
        )

    def _key(self, text: str) -> str:
        plain = re.sub(r"[\s().-]", "", text)
        phone = _PHONE.fullmatch(plain)
        if phone and self.key_type in ("auto", "phone"):
            return f"+66{phone[1]}"
        if re.fullmatch(r"[0-9]{13}", plain) and self.key_type in ("auto", "tax-id"):
            return _checked_id(plain)
        if re.fullmatch(r"[0-9]{15}", plain) and self.key_type in ("auto", "e-wallet"):
            return plain
        hint = "A mobile number is like 089 999 9999, a tax or citizen id has 13 digits, an e-wallet id 15."
        raise wrong(f"{shown(text)} is not a PromptPay key.", hint)


def _checked_id(digits: str) -> str:
    """Weights 13 down to 2; the last digit fills up to 11."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(13, 1, -1), strict=False))
    if int(digits[-1]) != (11 - total % 11) % 10:
        message = f"{shown(digits)} is not a tax or citizen id: its check digit is wrong."
        raise wrong(message, "Compare it with the document.")
    return digits


EXAMPLES = (
    (
        {"key": "089 999 9999"},
        "00020101021129370016A000000677010111011300668999999995802TH53037646304FE29",
    ),
    (
        {"key": "+66 89 999 9999", "amount": "4.22"},
        "00020101021229370016A000000677010111011300668999999995802TH530376454044.2263049DF5",
    ),
)
