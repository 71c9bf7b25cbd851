"""A credit transfer in euro (GiroCode): the bank's app fills in the form.

Source: EPC069-12, Quick Response Code Guidelines 3.0 (2022): version 002, UTF-8, lines joined by LF.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.core.errors import Problem
from scanly.qr.grammar.amount import decimal
from scanly.qr.grammar.iban import iban
from scanly.qr.grammar.reference import creditor_reference
from scanly.qr.grammar.rules import line, refuse, settle, shown, too_long, unspaced, wrong
from scanly.qr.payloads import Demands

DEMANDS = Demands(level="M", max_version=13)

_MOST_BYTES = 331
_EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"


class Payload(msgspec.Struct, frozen=True):
    """A transfer to an account; reference or text, never both."""

    iban: Annotated[str, Meta(description="Account of the payee")]
    name: Annotated[str, Meta(description="Name of the payee, up to 70 characters")]
    amount: Annotated[str, Meta(description="Euro, such as 12.30; without it the payer types it")] = ""
    message: Annotated[
        str, Meta(description="What it is for, up to 140 characters, on the payee's statement")
    ] = msgspec.field(name="text", default="")
    reference: Annotated[
        str, Meta(description="Creditor reference instead of text, such as RF18 5390 0754 7034")
    ] = ""
    purpose: Annotated[str, Meta(description="Purpose code of up to 4 letters or digits, such as CHAR")] = ""
    bic: Annotated[
        str, Meta(description="BIC of the payee's bank; only needed outside the European Economic Area")
    ] = ""
    note: Annotated[
        str, Meta(description="A note to the payer, up to 70 characters; it is not transferred")
    ] = ""
    currency: Annotated[Literal["EUR"], Meta(description="These transfers are in EUR only")] = "EUR"

    def __post_init__(self) -> None:
        problems = settle(self, _RULES)
        if self.reference and self.message:
            problems.append(Problem("reference", "A transfer has a reference or a text.", "Leave one out."))
        if not problems and not self.bic and self.iban[:2] not in _EEA.split():
            message = f"is missing: {self.iban[:2]} is outside the European Economic Area."
            problems.append(Problem("bic", message, "Give the BIC of the payee's bank."))
        refuse(problems or too_long(self.text(), _MOST_BYTES))

    def text(self) -> str:
        lines = (
            "BCD",
            "002",
            "1",
            "SCT",
            self.bic,
            self.name,
            self.iban,
            self.amount and f"{self.currency}{self.amount}",
            self.purpose,
            self.reference,
            self.message,
            self.note,
        )
        return "\n".join(lines).rstrip("\n")


def _bic(text: str) -> str:
    bic = unspaced(text).upper()
    if not re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", bic):
        raise wrong(f"{shown(text)} is not a BIC.", "It has 8 or 11 characters, like COBADEFFXXX.")
    return bic


def _purpose(text: str) -> str:
    purpose = text.strip(" ").upper()
    if not re.fullmatch(r"[A-Z0-9]{1,4}", purpose):
        raise wrong(f"{shown(text)} is not a purpose code.", "It has up to 4 letters or digits, like CHAR.")
    return purpose


_RULES = {
    "iban": iban,
    "name": line(70),
    "amount": decimal(places=2, most="999999999.99"),
    "message": line(140),
    "reference": creditor_reference,
    "purpose": _purpose,
    "bic": _bic,
    "note": line(70),
}


EXAMPLES = (
    (
        {
            "iban": "BE72 0000 0000 1616",
            "bic": "BPOTBEB1",
            "name": "Red Cross of Belgium",
            "amount": "1",
            "purpose": "CHAR",
            "text": "Urgency fund",
            "note": "Sample EPC QR code",
        },
        (
            "BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1\nCHAR\n\nUrgency fund\n"
            "Sample EPC QR code"
        ),
    ),
    (
        {
            "iban": "DE71 1102 2033 0123 4567 89",
            "bic": "BHBLDEHHXXX",
            "name": "Franz Mustermänn",
            "amount": "12.3",
            "purpose": "GDDS",
            "reference": "RF18 5390 0754 7034",
        },
        (
            "BCD\n002\n1\nSCT\nBHBLDEHHXXX\nFranz Mustermänn\nDE71110220330123456789\nEUR12.3\nGDDS\n"
            "RF18539007547034"
        ),
    ),
    (
        {
            "iban": "DE33100205000001194700",
            "name": "Wikimedia Foerdergesellschaft",
            "amount": "20",
            "text": "Spende fuer Wikipedia",
        },
        (
            "BCD\n002\n1\nSCT\n\nWikimedia Foerdergesellschaft\nDE33100205000001194700\nEUR20\n\n\n"
            "Spende fuer Wikipedia"
        ),
    ),
)
