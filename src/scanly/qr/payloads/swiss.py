"""A Swiss QR-bill, with structured addresses.

Source: SIX, Swiss Implementation Guidelines QR-bill 2.3 (in force since 22 November 2025): lines
joined by LF, empty ones kept.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.core.errors import Problem
from scanly.qr.grammar.amount import money
from scanly.qr.grammar.iban import iban, is_qr_iban
from scanly.qr.grammar.reference import creditor_reference, qr_reference
from scanly.qr.grammar.rules import Rule, line, refuse, settle, shown, too_long, unspaced, wrong
from scanly.qr.payloads import Demands

DEMANDS = Demands(level="M", max_version=25, plain=True, symbol_mm=46, clear_mm=5, emblem="swiss-cross")

_MOST_BYTES = 997
_EMPTY_PARTY = ("",) * 7
# Basic Latin, Latin-1, Latin Extended-A, Romanian letters, the euro sign.
_CHARACTERS = re.compile("[ -~\xa0-\u017f\u0218-\u021b\u20ac]*")


class Payload(msgspec.Struct, frozen=True):
    """A bill of a creditor, open for every payer or made out to a debtor."""

    iban: Annotated[
        str, Meta(description="Account of the creditor in CH or LI; QR-IBANs need a QR reference")
    ]
    name: Annotated[str, Meta(description="Name of the creditor, up to 70 characters")]
    postcode: Annotated[str, Meta(description="The creditor's postcode, without the country's letters")]
    town: Annotated[str, Meta(description="The creditor's town, up to 35 characters")]
    street: Annotated[str, Meta(description="The creditor's street without number, up to 70 characters")] = ""
    number: Annotated[str, Meta(description="The creditor's house number, up to 16 characters")] = ""
    country: Annotated[str, Meta(description="The creditor's country in two letters; CH if left out")] = "CH"
    amount: Annotated[str, Meta(description="Such as 1949.75; without it the payer fills it in")] = ""
    currency: Annotated[Literal["CHF", "EUR"], Meta(description="CHF or EUR")] = "CHF"
    reference: Annotated[
        str,
        Meta(description="27 digits with a QR-IBAN; with another IBAN a creditor reference (RF…) or none"),
    ] = ""
    message: Annotated[str, Meta(description="What it is for, up to 140 characters")] = msgspec.field(
        name="text", default=""
    )
    debtor_name: Annotated[str, Meta(description="Name of the payer; without it nobody is named")] = ""
    debtor_street: Annotated[str, Meta(description="The payer's street without number")] = ""
    debtor_number: Annotated[str, Meta(description="The payer's house number")] = ""
    debtor_postcode: Annotated[str, Meta(description="The payer's postcode")] = ""
    debtor_town: Annotated[str, Meta(description="The payer's town")] = ""
    debtor_country: Annotated[str, Meta(description="The payer's country in two letters; CH if left out")] = (
        ""
    )

    def __post_init__(self) -> None:
        problems = settle(self, _RULES)
        problems += _debtor_problems(self)
        if not problems:
            problems = [*_reference_problems(self), *too_long(self.text(), _MOST_BYTES)]
        refuse(problems)

    def text(self) -> str:
        kind = "NON" if not self.reference else "SCOR" if self.reference.startswith("RF") else "QRR"
        creditor = (self.name, self.street, self.number, self.postcode, self.town, self.country)
        debtor = (
            self.debtor_name,
            self.debtor_street,
            self.debtor_number,
            self.debtor_postcode,
            self.debtor_town,
            self.debtor_country or "CH",
        )
        lines = (
            *("SPC", "0200", "1", self.iban),
            *("S", *creditor),
            *_EMPTY_PARTY,
            *(self.amount, self.currency),
            *(("S", *debtor) if self.debtor_name else _EMPTY_PARTY),
            *(kind, self.reference, self.message, "EPD"),
        )
        return "\n".join(lines)


def _iban(text: str) -> str:
    number = iban(text)
    if number[:2] not in ("CH", "LI"):
        raise wrong(f"{shown(text)} is an account in {number[:2]}.", "A QR-bill needs one in CH or LI.")
    return number


def _reference(text: str) -> str:
    return creditor_reference(text) if unspaced(text)[:2].upper() == "RF" else qr_reference(text)


def _line(most_characters: int) -> Rule:
    """One line in the characters that Swiss payments carry."""
    limited = line(most_characters)

    def rule(text: str) -> str:
        composed = limited(unicodedata.normalize("NFC", text))
        strange = _CHARACTERS.sub("", composed)
        if strange:
            message = f"{shown(text)} holds {shown(strange[0])}."
            raise wrong(message, "Write it in Latin letters; accents are fine.")
        return composed

    return rule


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text.strip(" ")):
        raise wrong(f"{shown(text)} is not a country in two letters.", "Write it like CH or DE.")
    return text.strip(" ").upper()


_ADDRESS: dict[str, Rule] = {
    "name": _line(70),
    "street": _line(70),
    "number": _line(16),
    "postcode": _line(16),
    "town": _line(35),
    "country": _country,
}
_DEBTOR = {f"debtor_{field}": rule for field, rule in _ADDRESS.items()}
_RULES = {
    "iban": _iban,
    "amount": money,
    "reference": _reference,
    "message": _line(140),
    **_ADDRESS,
    **_DEBTOR,
}


def _debtor_problems(payload: Payload) -> list[Problem]:
    """A payer is named with a whole address, or not at all."""
    if not any(getattr(payload, field) for field in _DEBTOR):
        return []
    missing = [
        field for field in ("debtor_name", "debtor_postcode", "debtor_town") if not getattr(payload, field)
    ]
    hint = "Give the payer's name, postcode and town, or nothing of the payer."
    return [Problem(field, "is missing.", hint) for field in missing]


def _reference_problems(payload: Payload) -> list[Problem]:
    qr_kind = bool(payload.reference) and not payload.reference.startswith("RF")
    if is_qr_iban(payload.iban) == qr_kind:
        return []
    if qr_kind:
        hint = "Give the QR-IBAN that the bank issued with it, or a creditor reference (RF…), or none."
        return [Problem("reference", "A QR reference needs a QR-IBAN.", hint)]
    hint = "Give the 27 digits of the QR reference, or the account's ordinary IBAN."
    return [Problem("reference", "A QR-IBAN needs a QR reference.", hint)]


EXAMPLES = (
    (
        {
            "iban": "CH44 3199 9123 0008 8901 2",
            "name": "Max Muster & Söhne",
            "street": "Musterstrasse",
            "number": "123",
            "postcode": "8000",
            "town": "Seldwyla",
            "amount": "1949.75",
            "reference": "21 00000 00003 13947 14300 09017",
            "text": "Order from 15.10.2020",
            "debtor_name": "Simon Muster",
            "debtor_street": "Musterstrasse",
            "debtor_number": "1",
            "debtor_postcode": "8000",
            "debtor_town": "Seldwyla",
        },
        (
            "SPC\n0200\n1\nCH4431999123000889012\nS\nMax Muster & Söhne\nMusterstrasse\n123\n8000\nSeldwyla\nCH\n"
            "\n\n\n\n\n\n\n1949.75\nCHF\nS\nSimon Muster\nMusterstrasse\n1\n8000\nSeldwyla\nCH\n"
            "QRR\n210000000003139471430009017\nOrder from 15.10.2020\nEPD"
        ),
    ),
    (
        {
            "iban": "CH93 0076 2011 6238 5295 7",
            "name": "Verein Quartierfest",
            "postcode": "8000",
            "town": "Seldwyla",
            "reference": "RF18 5390 0754 7034",
        },
        (
            "SPC\n0200\n1\nCH9300762011623852957\nS\nVerein Quartierfest\n\n\n8000\nSeldwyla\nCH\n"
            "\n\n\n\n\n\n\n\nCHF\n\n\n\n\n\n\n\nSCOR\nRF18539007547034\n\nEPD"
        ),
    ),
)
