"""Whom a payment by UPI goes to: the id that a payment app shows, such as ``asha@upi``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scanly.core.errors import Invalid
from scanly.qr.payloads.upi import Payload
from scanly.sites.fields import At, Field, as_word

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = "asha@upi"
MOST = 320


@dataclass(frozen=True, slots=True)
class Payee:
    """An id that can be paid."""

    id: str

    def pay(self, name: str, amount: Decimal | None = None, note: str | None = None) -> str:
        """The ``upi:`` address of a payment; without an amount (in rupees), the payer types it."""
        rupees = "" if amount is None else f"{amount:f}"
        return Payload(upi=self.id, name=name, amount=rupees, note=note or "").text()


def check(field: Field, value: Any, at: At) -> str | None:
    word = as_word(value, at, f"Such as {EXAMPLE}.")
    if not word:
        return None
    try:
        return Payload(upi=word, name="-").upi
    except Invalid as error:
        for problem in error.problems:
            at.take(problem)
        return None


def schema(field: Field) -> dict[str, Any]:
    return {"type": "string", "maxLength": MOST, "pattern": "@"}


def view(field: Field, value: str, page: Page) -> Payee:
    return Payee(value)
