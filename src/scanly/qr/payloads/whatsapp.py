"""A WhatsApp chat, with a message ready to be sent.

Source: WhatsApp, "How to use click to chat" (``wa.me``, digits only, ``text`` percent-encoded).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.errors import Problem
from scanly.qr.grammar.message import message
from scanly.qr.grammar.percent import encoded, query
from scanly.qr.grammar.phone import e164
from scanly.qr.grammar.rules import refuse, settle


class Payload(msgspec.Struct, frozen=True):
    """Whom to write to, what to write, or both; without a number, people choose the chat."""

    number: Annotated[
        str,
        Meta(
            description="The number with its country code; without it, people choose whom to send the text to"
        ),
    ] = ""
    message: Annotated[str, Meta(description="The message, ready to be sent")] = msgspec.field(
        name="text", default=""
    )

    def __post_init__(self) -> None:
        problems = settle(self, {"number": e164, "message": message})
        if not self.number and not self.message:
            hint = "Give the number to write to, the text to send, or both."
            problems.append(Problem("number", "is missing, and so is text.", hint))
        refuse(problems)

    def text(self) -> str:
        return f"https://wa.me/{self.number.removeprefix('+')}{query({'text': encoded(self.message)})}"


EXAMPLES = (
    ({"number": "+1 (555) 123-4567"}, "https://wa.me/15551234567"),
    (
        {"number": "+15551234567", "text": "I'm interested in your car for sale"},
        "https://wa.me/15551234567?text=I%27m%20interested%20in%20your%20car%20for%20sale",
    ),
    (
        {"text": "I'm inquiring about the apartment listing"},
        "https://wa.me/?text=I%27m%20inquiring%20about%20the%20apartment%20listing",
    ),
)
