"""What a template gets to see of the values of fields: texts, figures, moments and numbers that can be tapped."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

from scanly.sites.leading import Target

if TYPE_CHECKING:
    from markupsafe import Markup

    from scanly.sites.page import Page


class Phrase(str):
    """A text of the owner's. ``attr`` marks it up where it is in another language than the page."""

    __slots__ = ("attr",)
    attr: Markup


@dataclass(frozen=True, slots=True)
class Rich:
    """A text of several lines: ``html`` holds elements, ``plain`` the words alone."""

    html: Markup
    plain: str
    attr: Markup


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    day: datetime.date
    text: str

    @property
    def iso(self) -> str:
        return self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment on the shop's clocks; ``whole_day`` when no time was given."""

    ms: int
    iso: str
    text: str
    day: Day
    whole_day: bool


@dataclass(frozen=True, slots=True)
class Phone:
    """``digits`` are international, without the plus."""

    text: str
    digits: str
    _page: Page

    @property
    def attrs(self) -> Markup:
        return self._page.link(f"tel:+{self.digits}").attrs

    def whatsapp(self, words: str | None = None) -> Target:
        """A chat with this number, with words ready to be sent. Source: WhatsApp, click to chat."""
        return self._page.link(f"https://wa.me/{self.digits}{_query('text', words)}")

    def sms(self, words: str | None = None) -> Target:
        return self._page.link(f"sms:+{self.digits}{_query('body', words)}")


# Source: RFC 6068, 2 (what of an address of mail may stand in one of the web).
_IN_MAIL = "@!$*+"


@dataclass(frozen=True, slots=True)
class Email:
    text: str
    _page: Page

    @property
    def attrs(self) -> Markup:
        return self._page.link(f"mailto:{quote(self.text, safe=_IN_MAIL)}").attrs


@dataclass(frozen=True, slots=True)
class Nested:
    html: Markup


def _query(name: str, words: str | None) -> str:
    return f"?{name}={quote(words, safe='')}" if words else ""
