"""A UPI payment in India: to a personal id, or as issued by a payment provider.

A personal id gets payee, amount and note, nothing else: with a reference or a merchant's category that its
bank did not issue, apps take it for a merchant and refuse to pay. An issued string is not changed by one byte.

Source: NPCI, UPI Linking Specification 1.6 (parameters of ``upi://pay``).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from msgspec import Meta

from scanly.core.errors import Problem
from scanly.core.text import has_control
from scanly.qr.grammar.amount import money
from scanly.qr.grammar.rules import line, refuse, settle, shown, wrong

_ID = re.compile(r"[A-Za-z0-9._-]{2,256}@(?:[A-Za-z][A-Za-z0-9-]{1,63}|[A-Za-z0-9.]+\.npci)")
_ISSUED = re.compile(r"upi://pay\?(?:[^#]*&)?pa=[^&#]+(?:@|%40)[^&#]+.*")
_NO_REFERENCE = "Put it into note; a shop gives the string that its payment provider issued as signed."


class Payload(msgspec.Struct, frozen=True):
    """Payee, amount and note, or a string as issued."""

    upi: Annotated[str, Meta(description="The UPI id to be paid, such as asha@upi")] = ""
    name: Annotated[str, Meta(description="Name of the payee, up to 99 characters")] = ""
    amount: Annotated[
        str, Meta(description="Rupees, such as 120 or 120.50; without it the payer types it")
    ] = ""
    note: Annotated[str, Meta(description="What it is for, up to 50 characters")] = ""
    reference: Annotated[
        str, Meta(description="Not for personal ids, which apps would refuse with one: use note or signed")
    ] = ""
    currency: Annotated[Literal["INR"], Meta(description="UPI pays in INR only")] = "INR"
    signed: Annotated[
        str, Meta(description="The whole string as the payment provider issued it; then nothing else")
    ] = ""

    def __post_init__(self) -> None:
        if self.signed:
            refuse([*settle(self, {"signed": _issued}), *_beside_signed(self)])
            return
        problems = settle(self, {"upi": _id, "name": line(99), "amount": money, "note": line(50)})
        for field in ("upi", "name"):
            if not getattr(self, field):
                problems.append(Problem(field, "is missing.", "Give the payee's UPI id and name, or signed."))
        if self.reference:
            message = "An order reference makes apps refuse a payment to a personal id."
            problems.append(Problem("reference", message, _NO_REFERENCE))
        refuse(problems)

    def text(self) -> str:
        if self.signed:
            return self.signed
        values = {"pa": self.upi, "pn": self.name, "am": self.amount, "cu": self.currency, "tn": self.note}
        return "upi://pay?" + "&".join(
            f"{key}={quote(value, safe='@')}" for key, value in values.items() if value
        )


def _id(text: str) -> str:
    typed = text.strip(" ")
    if _ID.fullmatch(typed):
        return typed
    hint = "Write it as the payment app shows it, like asha@upi."
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[A-Za-z]+", typed):
        hint = f"That is an e-mail address. {hint}"
    raise wrong(f"{shown(text)} is not a UPI id.", hint)


def _issued(text: str) -> str:
    if has_control(text) or not _ISSUED.fullmatch(text):
        hint = "It begins with upi://pay? and names the payee (pa=); copy it from the code itself."
        raise wrong(f"{shown(text)} is not a UPI payment in one line.", hint)
    return text


def _beside_signed(payload: Payload) -> list[Problem]:
    beside = [field for field in ("upi", "name", "amount", "note", "reference") if getattr(payload, field)]
    hint = "Leave it out, or ask the payment provider for another string."
    return [Problem(field, "cannot be added to an issued string.", hint) for field in beside]


EXAMPLES = (
    (
        {"upi": "asha@upi", "name": "Asha Kirana", "amount": "120", "note": "Rice"},
        "upi://pay?pa=asha@upi&pn=Asha%20Kirana&am=120.00&cu=INR&tn=Rice",
    ),
    (
        {"upi": "asha@upi", "name": "आशा"},
        "upi://pay?pa=asha@upi&pn=%E0%A4%86%E0%A4%B6%E0%A4%BE&cu=INR",
    ),
    (
        {
            "signed": "upi://pay?tr=202101345671229366&tid=121313202101345671229366&pa=juspay@axisbank&mc=1234"
            "&pn=Merchant%20Inc&am=1.00&cu=INR&tn=Pay%20for%20merchant"
        },
        (
            "upi://pay?tr=202101345671229366&tid=121313202101345671229366&pa=juspay@axisbank&mc=1234"
            "&pn=Merchant%20Inc&am=1.00&cu=INR&tn=Pay%20for%20merchant"
        ),
    ),
)
