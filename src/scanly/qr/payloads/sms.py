"""A text message, ready to be sent.

The message stands as it is, unescaped: everything after the second colon belongs to it.

Source: ZXing "Barcode Contents" (``smsto:``), which phones read more evenly than ``sms:`` (RFC 5724).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.qr.grammar.message import message
from scanly.qr.grammar.phone import e164
from scanly.qr.grammar.rules import refuse, settle


class Payload(msgspec.Struct, frozen=True):
    """A number, and the message that waits to be sent to it."""

    number: Annotated[str, Meta(description="The number with its country code, such as +91 98765 43210")]
    message: Annotated[str, Meta(description="The message, ready to be sent")] = msgspec.field(
        name="text", default=""
    )

    def __post_init__(self) -> None:
        refuse(settle(self, {"number": e164, "message": message}))

    def text(self) -> str:
        return f"SMSTO:{self.number}" + (f":{self.message}" if self.message else "")


EXAMPLES = (
    ({"number": "+15551212", "text": "My message"}, "SMSTO:+15551212:My message"),
    ({"number": "+15551212", "text": "Directions: Do this"}, "SMSTO:+15551212:Directions: Do this"),
    ({"number": "+1 555 1212"}, "SMSTO:+15551212"),
)
