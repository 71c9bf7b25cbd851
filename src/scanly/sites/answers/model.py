"""What a visitor sends and gets back, as values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

import msgspec

from scanly.core.ids import AnswerId
from scanly.sites.model import Text

Status = Literal["new", "seen", "done", "spam"]
STATUSES: tuple[Status, ...] = get_args(Status)
# The same words from the same visitor within this time are one answer: somebody pressed Send twice.
SAME_MS = 10 * 60_000

FieldKind = Literal["line", "lines", "phone", "choice", "yes", "day", "slot", "count"]


class Choice(NamedTuple):
    """One of several answers: what is sent, and its English words."""

    value: str
    label: str


class FormField(msgspec.Struct, frozen=True):
    """One thing that a form asks. ``label`` is English words of the catalogue, ``own`` the owner's own."""

    name: str
    kind: FieldKind
    label: str = ""
    own: Text | None = None
    required: bool = False
    most: int = 80
    autocomplete: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field, as English words of the catalogue with what stands in them."""

    words: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came: what was typed by field, and what is wrong with it; with all of it under an empty name."""

    values: Mapping[str, str]
    wrong: Mapping[str, Wrong] = field(default_factory=dict[str, Wrong])


@dataclass(frozen=True, slots=True)
class Sender:
    """Whoever sends a form. ``key`` tells visitors apart for as long as its salt lives, and is never kept."""

    key: bytes
    language: str

    def token(self, *about: str) -> str:
        """32 letters and digits, the same for the same sender and words; nobody else can make them."""
        return hashlib.blake2b("\0".join(about).encode(), key=self.key, digest_size=16).hexdigest()


class Answer(msgspec.Struct, frozen=True):
    """One answer in the inbox. ``type`` is its block's, ``slot_ms`` the booked moment."""

    id: AnswerId
    site_id: int
    release: str
    block: str
    type: str
    fields: dict[str, str]
    consent: str
    language: str
    created_ms: int
    status: Status = "new"
    slot_ms: int | None = None


class Lead(msgspec.Struct, frozen=True):
    """An answer with the address of its site, as the inbox lists it."""

    answer: Answer
    slug: str
    host: str


class Coupon(msgspec.Struct, frozen=True):
    """One of a counted supply; ``number`` is the how-manieth it was."""

    number: int
    created_ms: int


class Stamping(NamedTuple):
    """A stamp is marked now; ``full`` is how many a card takes, and two are at least ``apart_ms`` apart."""

    full: int
    apart_ms: int
    now_ms: int


class Card(msgspec.Struct, frozen=True):
    """A stamp card; one that was never stamped is not kept anywhere."""

    stamps: int = 0
    rewards: int = 0
    stamped_ms: int = 0


@dataclass(frozen=True, slots=True)
class Thanks:
    """It is in the inbox; ``again`` where it was there already, as in what follows."""

    again: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Booked:
    """A seat is taken; ``token`` shows it again."""

    token: str
    again: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A coupon is given out; ``token`` shows it again."""

    token: str
    again: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Started:
    """A stamp card; ``token`` is the card."""

    token: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """An order as a message that the visitor sends by himself."""

    text: str
    whatsapp: str
    sms: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The form comes back with what was typed; ``taken`` where somebody else was faster with the seat."""

    filled: Filled
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """There is nothing left of it, or its time has passed."""


Reply = Thanks | Booked | Claimed | Started | Prepared | Refused | Over
