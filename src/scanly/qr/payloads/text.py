"""Plain text, shown by the phone.

Source: ISO/IEC 18004:2015, 7.4.5 (byte mode); UTF-8 without a byte order mark.
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.errors import Invalid

# Line ends and tabs are part of a text; other control characters and a byte order mark confuse phones.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff]")


class Payload(msgspec.Struct, frozen=True):
    """The text exactly as given."""

    content: Annotated[str, Meta(description="The text to show")] = msgspec.field(name="text")

    def __post_init__(self) -> None:
        if not self.content:
            raise Invalid.field("text", "is empty.", hint="Give the text to show.")
        unwanted = _UNWANTED.search(self.content)
        if unwanted:
            code = f"U+{ord(unwanted[0]):04X}"
            where = f"character {unwanted.start() + 1}"
            raise Invalid.field(
                "text", f"holds the control character {code}.", hint="Remove it.", where=where
            )

    def text(self) -> str:
        return self.content


EXAMPLES = (
    ({"text": "Table 4\nBack in five minutes"}, "Table 4\nBack in five minutes"),
    ({"text": "नमस्ते, Grüße"}, "नमस्ते, Grüße"),
)
