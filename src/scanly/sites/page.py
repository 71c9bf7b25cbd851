"""What the templates of blocks see of the page they stand on, as ``site``: its words, its moment, its links."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast
from zoneinfo import ZoneInfo

from scanly.core.clock import at
from scanly.sites import leading
from scanly.sites.answers.guard import HONEYPOT
from scanly.sites.fields import Field, Record
from scanly.sites.leading import Target, check_address
from scanly.sites.look.pictures import Shown
from scanly.sites.model import Site, State, language_path
from scanly.sites.times.local_time import begin_ms, day_end_ms, is_day
from scanly.sites.times.today import business_ms
from scanly.sites.views import Day, Email, Moment, Money, Nested, Phone, Phrase, Rich
from scanly.sites.words import markup
from scanly.sites.words.language import Language, find_language

if TYPE_CHECKING:
    from markupsafe import Markup

    from scanly.media.model import Picture
    from scanly.sites.answers.model import FormField

Mode = Literal["live", "preview", "export"]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a page is rendered.

    ``base`` is the scheme and host that the page is found under, ``path`` what follows it (empty for a host's front);
    ``pictures`` are by the names of their files; ``guest`` is who was invited by name; ``files`` are the names under
    which an export keeps the page of each language.
    """

    language: str
    now_ms: int
    base: str
    path: str
    pictures: Mapping[str, Picture] = field(default_factory=dict[str, "Picture"])
    state: State = field(default_factory=State)
    mode: Mode = "live"
    guest: str = ""
    files: Mapping[str, str] = field(default_factory=dict[str, str])


class Drawn(Record):
    """A block as its own template sees it: its fields, and what it is called."""

    __slots__ = ("id", "title", "type")

    def __init__(
        self, fields: dict[str, Field], values: dict[str, Any], page: Page, name: str, kind: str
    ) -> None:
        super().__init__(fields, values, page)
        self.id, self.type = name, kind
        self.title: Phrase | str | None = None


class Page:
    """One rendering of a site. Whatever a template asks for is noted: links for the counter, and when it gets old."""

    def __init__(self, site: Site, setting: Setting) -> None:
        self.facts, self.setting = site, setting
        self.words: Language = find_language(setting.language, site.country)
        self.zone = ZoneInfo(site.time_zone)
        self.clicks: dict[str, str] = {}
        self.valid_until_ms: int | None = None
        self.types: set[str] = set()
        self.headings: set[str] = set()
        self.block_id = "page"

    # What is said.

    @property
    def language(self) -> str:
        return self.words.tag

    @property
    def direction(self) -> str:
        return self.words.direction

    @property
    def mode(self) -> Mode:
        return self.setting.mode

    @property
    def currency(self) -> str:
        return self.facts.currency

    @property
    def guest(self) -> str:
        return self.setting.guest

    def t(self, words: str, **values: object) -> str:
        return self.words.t(words, **values)

    def n(self, one: str, many: str, number: int, **values: object) -> str:
        return self.words.n(one, many, number, **values)

    def phrase(self, value: Any, *, translated: bool = True) -> Phrase:
        """A text in the page's language, or in the nearest that it is written in."""
        text, tag = self.in_language(value)
        said = Phrase(text)
        said.attr = self._attr(tag if translated else self.language)
        return said

    def in_language(self, value: Any) -> tuple[str, str]:
        """A text and the language it is in: the page's, else the site's first, else whatever there is."""
        if not isinstance(value, dict):
            return str(value), self.facts.language
        said = cast("dict[str, str]", value)
        for tag in (self.language, self.facts.language, *said):
            if tag in said:
                return said[tag], tag
        return "", self.language

    def rich(self, value: Any) -> Rich:
        text, tag = self.in_language(value)
        html = markup.to_html(text, lambda address: self.link(address).attrs)
        return Rich(html, markup.to_plain(text), self._attr(tag))

    def _attr(self, tag: str) -> Markup:
        from markupsafe import Markup

        if tag == self.language:
            return Markup()
        other = find_language(tag).direction
        return Markup(f' lang="{tag}"' + (f' dir="{other}"' if other != self.direction else ""))  # noqa: S704 - a tag of ours

    @property
    def description(self) -> Phrase:
        """One sentence about the page: the owner's, else the line under the name, else the title."""
        if self.facts.description:
            return self.phrase(self.facts.description)
        boards = [
            block for block in self.facts.blocks if block.type == "name-board" and "line" in block.values
        ]
        return self.phrase(boards[0].values["line"] if boards else self.facts.title)

    @property
    def address(self) -> str:
        """The page's own, in its language."""
        return f"{self.setting.base}{self.path}"

    @property
    def path(self) -> str:
        """The same without its host."""
        return language_path(self.setting.path, self.facts.languages, self.language)

    # Figures, days and times.

    def money(self, amount: Decimal) -> str:
        return self.words.money(amount, self.currency)

    def money_of(self, value: str) -> Money:
        amount = Decimal(value)
        return Money(amount, self.money(amount))

    @cached_property
    def now(self) -> datetime.datetime:
        """On the shop's clocks."""
        return at(self.now_ms, self.zone)

    @property
    def now_ms(self) -> int:
        return self.setting.now_ms

    @property
    def today(self) -> datetime.date:
        """The day on the shop's clocks; whatever depends on it is true until it ends."""
        today = self.now.date()
        self.until(day_end_ms(today, self.zone))
        return today

    def date(self, day: datetime.date, *, weekday: bool = False) -> str:
        """In words; with the year unless it is this one."""
        this_year = self.now.year
        self.until(day_end_ms(datetime.date(this_year, 12, 31), self.zone))
        return self.words.date(day, weekday=weekday, year=day.year != this_year)

    def time(self, clock: datetime.time | datetime.datetime) -> str:
        return self.words.time(clock)

    def day(self, iso: str) -> Day:
        day = datetime.date.fromisoformat(iso)
        return Day(day, self.date(day))

    def moment(self, iso: str) -> Moment:
        found = datetime.datetime.fromisoformat(iso)
        whole = is_day(iso)
        day = Day(found.date(), self.date(found.date(), weekday=True))
        text = day.text if whole else self.t("{date}, {time}", date=day.text, time=self.time(found))
        return Moment(begin_ms(iso, self.zone), iso, text, day, whole)

    def until(self, ms: int) -> None:
        """Says that this rendering is true only before ``ms``; the past is not taken."""
        if ms > self.now_ms and (self.valid_until_ms is None or ms < self.valid_until_ms):
            self.valid_until_ms = ms

    def lasts(self, day: Day) -> bool:
        """Whether a day has not ended yet."""
        end = day_end_ms(day.day, self.zone)
        self.until(end)
        return self.now_ms < end

    def serves(self, day: Day) -> bool:
        """Whether it is that day, and the shop has not closed for it yet."""
        begin, end = business_ms(self.facts, day.day, self.zone)
        self.until(begin)
        self.until(end)
        return begin <= self.now_ms < end

    # Where it leads.

    def link(self, address: str) -> Target:
        """A link of the block that is being drawn, counted if it leads away. Raises Invalid for what may not be."""
        address = check_address(address)
        if self.mode != "live" or address[0] in "#/":
            return leading.target(address)
        key = f"{self.block_id}/{leading.key_of(address)}"
        self.clicks[key] = address
        return leading.target(address, f"{self.setting.path}/go/{key}", self.setting.base)

    def own(self, path: str) -> str:
        """A file beside the page, such as ``contact.vcf``, in its language; with its host where the page is a file."""
        language = "" if self.language == self.facts.language else f"?l={self.language}"
        return f"{self.setting.base if self.mode == 'export' else ''}{self.setting.path}/{path}{language}"

    def phone(self, value: str) -> Phone:
        from scanly.qr.grammar.phone import e164

        return Phone(value, e164(value).removeprefix("+"), self)

    def email(self, value: str) -> Email:
        return Email(value, self)

    # What visitors do.

    def form(self, it: Any) -> Markup | None:
        """The beginning of a form with what guards it; None in a file, where nothing would take it."""
        from markupsafe import Markup

        if self.mode == "export":
            return None
        begin = Markup(
            '<form method="post" action="{action}"><input type="hidden" name="language" value="{tag}">'
            '<p class="hp" aria-hidden="true"><label for="{id}_{trap}">{trap}</label>'
            '<input id="{id}_{trap}" name="{trap}" tabindex="-1" autocomplete="off"></p>'
        )
        action = f"{self.setting.path}/forms/{it.id}"
        return begin.format(action=action, tag=self.language, id=it.id, trap=HONEYPOT)

    def asks(self, it: Drawn) -> tuple[FormField, ...]:
        """What the form of a block asks."""
        from scanly.sites.answers.forms import fields_of

        block = self.facts.block(it.id)
        return (fields_of(block) if block else None) or ()

    def claimed(self, block_id: str) -> int:
        return self.setting.state.claimed.get(block_id, 0)

    def taken(self, block_id: str) -> Mapping[int, int]:
        return self.setting.state.taken.get(block_id, {})

    # Pictures.

    def picture(self, value: dict[str, Any]) -> Shown | None:
        found = self.setting.pictures.get(value["file"])
        if found is None:
            return None
        shows = self.phrase(value["shows"]) if "shows" in value else None
        return Shown(found, shows, self)

    def icon(self, name: str) -> Markup:
        """A small drawing of our own, for the eye alone."""
        from markupsafe import Markup

        from scanly.sites.look.icons import drawn

        return Markup(drawn(name))  # noqa: S704 - a drawing of ours

    def qr(self, text: str) -> Markup:
        """A QR code as an inline drawing that is named for those who cannot see it."""
        from markupsafe import Markup

        from scanly.sites.look.inline import code

        return Markup(code(text, self.t("QR code")))  # noqa: S704 - drawn by us

    def media(self, file: str) -> str:
        """The address of a kept file."""
        return f"/media/{file}"

    def nested(self, name: str, values: dict[str, Any]) -> Nested:
        """A block inside the one that is being drawn."""
        from scanly.sites.blocks import block_macro, block_type

        self.types.add(name)
        record = Drawn(block_type(name).fields, values, self, f"{self.block_id}-{name}", name)
        return Nested(block_macro(name)(record, self))
