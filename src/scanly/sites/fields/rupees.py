"""An amount to be paid by UPI, which knows rupees only; as payment apps take it.

Source: NPCI, UPI Linking Specification 1.6 (``am``), as `qr.grammar.amount` reads it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from scanly.core.errors import Invalid
from scanly.qr.payloads.upi import Payload
from scanly.sites.fields import At, Field, money
from scanly.sites.views import Money

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = 120


def check(field: Field, value: Any, at: At) -> str | None:
    amount = money.check(field, value, at)
    if amount is None:
        return None
    try:
        return Payload(upi="a.b@upi", name="-", amount=amount).amount
    except Invalid as error:
        for problem in error.problems:
            at.take(problem)
        return None


def schema(field: Field) -> dict[str, Any]:
    return money.schema(field)


def view(field: Field, value: str, page: Page) -> Money:
    amount = Decimal(value)
    return Money(amount, page.words.money(amount, "INR"))
