"""A PayNow payment in Singapore, to a mobile number or a business (UEN).

Source: Association of Banks in Singapore, PayNow QR (fields of SG.PAYNOW), on EMVCo Merchant-Presented Mode
1.1; ACRA, Unique Entity Number (forms A to C).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.qr.grammar import tlv
from scanly.qr.grammar.amount import emv_money
from scanly.qr.grammar.dates import DAY, SECOND, date_like
from scanly.qr.grammar.rules import ascii_line, refuse, settle, shown, wrong

# Businesses, local companies, all others; banks hand out up to three more characters for branches.
_UEN = re.compile(
    r"(?:[0-9]{8}[A-Z]|(?:18|19|20)[0-9]{7}[A-Z]|[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z])[A-Z0-9]{0,3}"
)
_MOBILE = re.compile(r"(?:\+65)?([89][0-9]{7})")


class Payload(msgspec.Struct, frozen=True):
    """A payment in Singapore dollars."""

    key: Annotated[str, Meta(description="Mobile number in Singapore, or the UEN of a business")]
    name: Annotated[str, Meta(description="Name of the payee, up to 25 plain characters")] = ""
    amount: Annotated[str, Meta(description="Dollars, such as 12.50; without it the payer types it")] = ""
    reference: Annotated[str, Meta(description="Number of the bill, up to 25 plain characters")] = ""
    editable: Annotated[
        bool, Meta(description="Yes when the payer may change the amount; always so where none is given")
    ] = False
    expiry: Annotated[
        str,
        Meta(description="Last day, such as 2027-09-28, or moment in Singapore, such as 2027-09-28T18:30:00"),
    ] = ""
    key_type: Annotated[
        Literal["auto", "mobile", "uen"], Meta(description="mobile or uen; auto finds it out")
    ] = "auto"

    def __post_init__(self) -> None:
        rules = {"name": ascii_line(25), "reference": ascii_line(25), "amount": emv_money}
        refuse(settle(self, {"key": self._key, **rules, "expiry": date_like(DAY, SECOND)}))

    def text(self) -> str:
        account = [
            ("00", "SG.PAYNOW"),
            ("01", "0" if self.key.startswith("+") else "2"),
            ("02", self.key),
            ("03", "1" if self.editable or not self.amount else "0"),
            ("04", re.sub("[^0-9]", "", self.expiry)),
        ]
        return tlv.seal(
            [
                ("00", "01"),
                ("01", "12" if self.amount else "11"),
                ("26", tlv.write(account)),
                ("52", "0000"),
                ("53", "702"),
                ("54", self.amount),
                ("58", "SG"),
                ("59", self.name or "NA"),
                ("60", "Singapore"),
                ("62", tlv.write([("01", self.reference)])),
            ]
        )

    def _key(self, text: str) -> str:
        plain = re.sub(r"[\s().-]", "", text).upper()
        mobile = _MOBILE.fullmatch(plain)
        if mobile and self.key_type != "uen":
            return f"+65{mobile[1]}"
        if _UEN.fullmatch(plain) and self.key_type != "mobile":
            return plain
        hints = {
            "mobile": "It has 8 digits and begins with 8 or 9, like +65 9123 4567.",
            "uen": "It has 9 or 10 characters, like 53312345A, 201403121W or T08GA0028A.",
        }
        hint = hints.get(self.key_type) or f"Mobile number: {hints['mobile']} UEN: {hints['uen']}"
        raise wrong(f"{shown(text)} is not a PayNow key.", hint)


EXAMPLES = (
    (
        {
            "key": "201403121W",
            "name": "ACME Pte Ltd.",
            "amount": "500",
            "editable": "yes",
            "expiry": "2020-12-31",
            "reference": "TQINV-10001",
        },
        (
            "00020101021226490009SG.PAYNOW010120210201403121W0301104082020123152040000530370254035005802SG"
            "5913ACME Pte Ltd.6009Singapore62150111TQINV-1000163044001"
        ),
    ),
    (
        {"key": "+65 9123 4567"},
        "00020101021126380009SG.PAYNOW010100211+6591234567030115204000053037025802SG5902NA6009Singapore6304B5DB",
    ),
)
