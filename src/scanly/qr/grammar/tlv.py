"""Payment strings of the form id, length, value, with a checksum at the end.

Source: EMVCo Merchant-Presented Mode 1.1, data objects and their ids (lengths in characters), CRC (ID 63).
"""

from __future__ import annotations

import re
from binascii import crc_hqx
from collections.abc import Iterable, Mapping

from scanly.core.text import has_control
from scanly.qr.grammar.rules import shown, wrong

_CRC_HEAD = "6304"
_MOST_CHARACTERS = 512

Items = Iterable[tuple[str, str]]


def write(items: Items) -> str:
    """The items in this order, without those that have no value; a value has up to 99 characters."""
    return "".join(f"{name}{len(value):02}{value}" for name, value in items if value)


def seal(items: Items) -> str:
    """The whole string, its checksum added."""
    return _with_checksum(write(items))


def parse(text: str) -> dict[str, str]:
    """Values by two-digit id, in their order. Raises Invalid for a torn one or an id that comes twice."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = re.match(r"([0-9]{2})([0-9]{2})", text[at : at + 4])
        value = text[at + 4 : at + 4 + int(head[2])] if head else ""
        if not head or not value or len(value) != int(head[2]):
            hint = "A character is missing, added or changed; copy it again from the code itself."
            raise wrong(f"breaks off at character {at + 1} ({shown(text[at : at + 12])}).", hint)
        if head[1] in found:
            raise wrong(f"has the field {head[1]} twice.", "Copy it again from the code itself.")
        found[head[1]] = value
        at += 4 + len(value)
    return found


def unseal(text: str) -> dict[str, str]:
    """The fields of a whole string. Raises Invalid where form or checksum is wrong."""
    if has_control(text):
        raise wrong("holds an invisible character.", "It is one line; copy it again from the code itself.")
    if len(text) > _MOST_CHARACTERS:
        raise wrong(f"has {len(text):,} characters.", f"A payment string has at most {_MOST_CHARACTERS}.")
    found = parse(text)
    if next(iter(found.items()), None) != ("00", "01") or next(reversed(found)) != "63":
        hint = "It begins with 000201 and ends with 6304 and four digits; copy it from the code itself."
        raise wrong(f"{shown(text)} is not a payment string.", hint)
    right = _with_checksum(text[: -len(_CRC_HEAD) - 4])[-4:]
    if text[-4:] != right:
        message = f"has the checksum {shown(text[-4:])}, but its characters give {right}."
        raise wrong(message, "It was changed on its way; copy it again from the code itself.")
    return found


def accounts(found: Mapping[str, str]) -> list[dict[str, str]]:
    """The fields of each payment scheme's template (26 to 51); 00 is the scheme's name. Raises Invalid."""
    return [parse(value) for name, value in found.items() if "26" <= name <= "51"]


def with_amount(text: str, amount: str) -> str:
    """A whole string that asks for ``amount``: one use (01 = 12), the amount (54), and a new checksum.

    The other fields stay as they are, in their order.
    """
    kept = [(name, value) for name, value in unseal(text).items() if name not in ("00", "01", "54", "63")]
    place = next((place for place, (name, _) in enumerate(kept) if name > "54"), len(kept))
    return seal([("00", "01"), ("01", "12"), *kept[:place], ("54", amount), *kept[place:]])


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE over the UTF-8 bytes, as four capital hexadecimal digits."""
    return f"{crc_hqx(text.encode(), 0xFFFF):04X}"


def _with_checksum(body: str) -> str:
    return f"{body}{_CRC_HEAD}{crc(body + _CRC_HEAD)}"
