"""The options about addresses that go onto paper, and the checks that keep dead ones from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option

from scanly.core.errors import Invalid

if TYPE_CHECKING:
    from scanly.links.hosts import BaseUrl

BaseUrlOption = Annotated[
    str | None, Option(help="The address printed into dynamic codes, such as https://go.example.com.")
]
AllowLocal = Annotated[bool, Option("--allow-local", help="Make codes that only this machine can open.")]
Compact = Annotated[
    bool,
    Option("--compact", help="Short addresses in capitals, which make smaller symbols; codes are drawn so."),
]


def require_reachable(base: BaseUrl, *, allow_local: bool) -> None:
    """Raises Invalid when phones cannot open the base address."""
    if base.local and not allow_local:
        raise Invalid(
            f"Phones cannot open {base}: codes with that address would be dead on paper.",
            hint="Give the address they reach with --base-url https://…, or add --allow-local for a test.",
        )
