"""A network for guests: its name and password, and the code that a phone joins it by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from scanly.core.errors import Invalid
from scanly.qr.payloads.wifi import Payload
from scanly.sites.fields import At, Field, check_record, record_schema

if TYPE_CHECKING:
    from scanly.sites.page import Page

EXAMPLE = {"network": "Asha Guests", "password": "masala chai"}
_PARTS = {
    "network": Field("text", label="Name of the network", required=True, translated=False, most=32),
    "password": Field("text", label="Password", translated=False, most=64),
    "security": Field("choice", label="Security", choices=("WPA", "WPA3", "WEP", "none"), default="WPA"),
    "hidden": Field("yes", label="The network does not show its name", default=False),
}


class Network(NamedTuple):
    """What to type, and the content of the code that spares it."""

    network: str
    password: str
    code: str


def check(field: Field, value: Any, at: At) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        at.wrong("must have parts.", f"There are {', '.join(_PARTS)}.")
        return None
    before = len(at.found)
    found = check_record(_PARTS, cast("dict[str, Any]", value), at)
    if len(at.found) > before:
        return None
    try:
        _payload(found)
    except Invalid as error:
        for problem in error.problems:
            at.step("network" if problem.field == "ssid" else problem.field).take(problem)
        return None
    return found


def schema(field: Field) -> dict[str, Any]:
    return record_schema(_PARTS)


def view(field: Field, value: dict[str, Any], page: Page) -> Network:
    return Network(value["network"], value.get("password", ""), _payload(value).text())


def _payload(value: dict[str, Any]) -> Payload:
    """Raises Invalid."""
    names = {"network": "ssid"}
    return msgspec.convert({names.get(name, name): part for name, part in value.items()}, Payload)
