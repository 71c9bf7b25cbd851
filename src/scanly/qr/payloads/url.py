"""A web address, opened by every phone.

Source: RFC 3986; its rule for what is a safe address is `scanly.core.address`.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.address import web_address


class Payload(msgspec.Struct, frozen=True):
    """An address in its normal spelling; capitals in scheme and host are kept, they make smaller codes."""

    target: Annotated[str, Meta(description="The address to open, such as https://example.com/menu")]

    def __post_init__(self) -> None:
        normal = web_address(self.target)
        if normal.lower() != self.target.lower():
            msgspec.structs.force_setattr(self, "target", normal)

    def text(self) -> str:
        return self.target


EXAMPLES = (
    ({"target": "https://example.com/menu?table=4"}, "https://example.com/menu?table=4"),
    ({"target": "HTTPS://GO.EXAMPLE.COM/ABC1234"}, "HTTPS://GO.EXAMPLE.COM/ABC1234"),
    ({"target": "https://münchen.example/straße"}, "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
)
