"""A telephone number that the phone offers to call.

Source: RFC 3966, 5.1.4 (global numbers), without visual separators; extensions are left out, dialers ignore them.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.qr.grammar.phone import e164
from scanly.qr.grammar.rules import refuse, settle


class Payload(msgspec.Struct, frozen=True):
    """A number in its international form."""

    number: Annotated[str, Meta(description="The number with its country code, such as +91 98765 43210")]

    def __post_init__(self) -> None:
        refuse(settle(self, {"number": e164}))

    def text(self) -> str:
        return f"tel:{self.number}"


EXAMPLES = (
    ({"number": "+15551212"}, "tel:+15551212"),
    ({"number": "+1-201-555-0123"}, "tel:+12015550123"),
    ({"number": "+44 (0)20 7946 0958"}, "tel:+442079460958"),
)
