"""The tiny markup of rich texts, made into HTML that holds nothing but what is written here.

Everything is escaped first; then ``**bold**``, ``*italic*``, ``- lists`` and ``[words](address)`` become elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\s]{1,500})\)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<![*\w])\*(?=[^\s*])([^*\n<]+?)(?<=[^\s*])\*(?![*\w])")
_ITEM = re.compile(r"\s*[-*•] +(.+)")
_MAY_LEAD = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"']{3,500}", re.IGNORECASE)


def addresses(text: str) -> list[str]:
    """Where the links of a text lead."""
    return [found[2] for found in _LINK.finditer(text)]


def may_lead(address: str) -> bool:
    """Whether a link in a text may lead there."""
    from scanly.core.errors import Invalid
    from scanly.sites.leading import check_address

    try:
        check_address(address)
    except Invalid:
        return False
    return bool(_MAY_LEAD.fullmatch(address))


def to_html(text: str, attrs: Callable[[str], str]) -> Markup:
    """Paragraphs and lists; ``attrs`` gives the ``href`` of a link to an address."""
    from markupsafe import Markup

    parts = [_part(part, attrs) for part in re.split(r"\n\s*\n", text.strip())]
    return Markup("".join(parts))  # noqa: S704 - every part is made of escaped text


def to_plain(text: str) -> str:
    """The words alone, in one line."""
    words = _BOLD.sub(r"\1", _LINK.sub(r"\1", text))
    lines = (_ITEM.sub(r"\1", line).strip() for line in _ITALIC.sub(r"\1", words).splitlines())
    return " ".join(line for line in lines if line)


def _part(part: str, attrs: Callable[[str], str]) -> str:
    """One paragraph with its lists; a line break stays one."""
    out: list[str] = []
    lines: list[str] = []
    items: list[str] = []

    def close_lines() -> None:
        if lines:
            out.append(f"<p>{'<br>'.join(lines)}</p>")
            lines.clear()

    def close_items() -> None:
        if items:
            out.append(f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>")
            items.clear()

    for line in part.split("\n"):
        item = _ITEM.fullmatch(line)
        if item:
            close_lines()
            items.append(_inline(item[1], attrs))
        elif line.strip():
            close_items()
            lines.append(_inline(line.strip(), attrs))
    close_lines()
    close_items()
    return "".join(out)


def _inline(text: str, attrs: Callable[[str], str]) -> str:
    """Links are cut out first, so that an address is never read as markup."""
    out, at = "", 0
    for found in _LINK.finditer(text):
        out += _emphasis(text[at : found.start()])
        words = _emphasis(found[1])
        out += f"<a {attrs(found[2])}>{words}</a>" if may_lead(found[2]) else words
        at = found.end()
    return out + _emphasis(text[at:])


def _emphasis(text: str) -> str:
    from markupsafe import escape

    bold = _BOLD.sub(r"<strong>\1</strong>", str(escape(text)))
    return _ITALIC.sub(r"<em>\1</em>", bold)
