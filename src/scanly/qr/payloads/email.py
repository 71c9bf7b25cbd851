"""An e-mail, addressed and begun.

Source: RFC 6068, 2 (syntax), 5 (line breaks as ``%0D%0A``) and 6 (examples).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.qr.grammar.mailbox import mailboxes
from scanly.qr.grammar.message import message
from scanly.qr.grammar.percent import encoded, query
from scanly.qr.grammar.rules import line, refuse, settle


class Payload(msgspec.Struct, frozen=True):
    """Receivers, subject and the beginning of the text."""

    to: Annotated[str, Meta(description="Whom to write to; commas between several addresses")]
    subject: Annotated[str, Meta(description="The subject, in one line")] = ""
    body: Annotated[str, Meta(description="How the e-mail begins")] = ""
    cc: Annotated[str, Meta(description="Who gets a copy; commas between several addresses")] = ""

    def __post_init__(self) -> None:
        rules = {"to": mailboxes, "subject": line(255), "body": message, "cc": mailboxes}
        refuse(settle(self, rules))

    def text(self) -> str:
        fields = {
            "cc": _encoded_mailboxes(self.cc),
            "subject": encoded(self.subject),
            "body": encoded(self.body.replace("\n", "\r\n")),
        }
        return f"mailto:{_encoded_mailboxes(self.to)}{query(fields)}"


def _encoded_mailboxes(addresses: str) -> str:
    """``@`` and the commas between addresses are part of the grammar; a ``+`` is not, readers make it a space."""
    return encoded(addresses).replace("%40", "@").replace("%2C", ",")


EXAMPLES = (
    ({"to": "chris@example.com"}, "mailto:chris@example.com"),
    (
        {"to": "infobot@example.com", "body": "send current-issue\nsend index"},
        "mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index",
    ),
    (
        {"to": "joe@example.com", "cc": "bob@example.com", "body": "hello"},
        "mailto:joe@example.com?cc=bob@example.com&body=hello",
    ),
    (
        {"to": "user@example.org", "subject": "café", "body": "café"},
        "mailto:user@example.org?subject=caf%C3%A9&body=caf%C3%A9",
    ),
)
