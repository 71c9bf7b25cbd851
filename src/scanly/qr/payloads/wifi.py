"""A wireless network that the phone joins.

Source: WPA3 Specification 3, 7 (URI grammar) as Android and iOS read it: values are escaped by backslash,
never percent-encoded or quoted; ZXing "Barcode Contents". Field order T, R, S, H, P.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scanly.core.errors import Invalid, Problem
from scanly.core.text import count, has_control

_ENTERPRISE = "Company networks that ask for a user name (EAP) cannot be joined by scanning"

_WPA_PASSWORD = re.compile(r"[ -~]{8,63}|[0-9A-Fa-f]{64}")
_WEP_KEY = re.compile(r"[ -~]{5}|[ -~]{13}|[0-9A-Fa-f]{10}|[0-9A-Fa-f]{26}")
# R:1 makes Android refuse anything weaker than WPA3.
_KINDS = {"WPA": "T:WPA;", "WPA3": "T:WPA;R:1;", "WEP": "T:WEP;", "none": "T:nopass;"}


class Payload(msgspec.Struct, frozen=True):
    """A network by name; ``WPA`` covers WPA, WPA2 and mixed WPA3, ``WPA3`` is WPA3 only."""

    ssid: Annotated[str, Meta(description="Name of the network, up to 32 bytes")]
    password: Annotated[str, Meta(description="Its password; leave it out for an open network")] = ""
    security: Annotated[
        Literal["WPA", "WPA3", "WEP", "none"],
        Meta(description=f"WPA (also for WPA2), WPA3, WEP or none. {_ENTERPRISE}"),
    ] = "WPA"
    hidden: Annotated[bool, Meta(description="Yes when the network does not show its name")] = False

    def __post_init__(self) -> None:
        problems = [*_ssid_problems(self.ssid), *_password_problems(self.password, self.security)]
        if problems:
            raise Invalid(problems=tuple(problems))

    def text(self) -> str:
        hidden = "H:true;" if self.hidden else ""
        password = f"P:{_escaped(self.password)};" if self.password else ""
        return f"WIFI:{_KINDS[self.security]}S:{_escaped(self.ssid)};{hidden}{password};"


def _escaped(value: str) -> str:
    return re.sub(r'([\\;,:"])', r"\\\1", value)


def _ssid_problems(ssid: str) -> list[Problem]:
    length = len(ssid.encode("utf-8", "surrogatepass"))
    if not 1 <= length <= 32:
        return [Problem("ssid", f"has {count(length, 'byte')}.", "A network name has 1 to 32.")]
    if has_control(ssid):
        return [Problem("ssid", "holds an invisible character.", "Type it instead of pasting it.")]
    return []


def _password_problems(password: str, security: str) -> list[Problem]:
    if security == "none":
        hint = "Leave it out, or set security to WPA."
        return [Problem("password", "An open network has no password.", hint)] if password else []
    if not password:
        hint = "Give it, or set security to none."
        return [Problem("password", f"A {security} network needs its password.", hint)]
    if security == "WEP":
        hint = "It has 5 or 13 plain characters, or 10 or 26 hexadecimal digits."
        return [] if _WEP_KEY.fullmatch(password) else [Problem("password", "is not a WEP key.", hint)]
    if _WPA_PASSWORD.fullmatch(password):
        return []
    message = f"is not a {security} password ({count(len(password), 'character')})."
    hint = (
        "It has 8 to 63 plain characters (letters without accents, digits, signs), or 64 hexadecimal digits."
    )
    return [Problem("password", message, hint)]


EXAMPLES = (
    ({"ssid": "Cafe", "password": "space is silent"}, "WIFI:T:WPA;S:Cafe;P:space is silent;;"),
    (
        {"ssid": "Ten;;Chars", "password": "0123456789", "security": "WEP"},
        r"WIFI:T:WEP;S:Ten\;\;Chars;P:0123456789;;",
    ),
    ({"ssid": "test", "password": "my_password\\"}, r"WIFI:T:WPA;S:test;P:my_password\\;;"),
    (
        {"ssid": "Home", "password": "correct horse", "security": "wpa3"},
        "WIFI:T:WPA;R:1;S:Home;P:correct horse;;",
    ),
    ({"ssid": "Guests", "security": "none", "hidden": "yes"}, "WIFI:T:nopass;S:Guests;H:true;;"),
)
