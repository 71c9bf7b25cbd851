"""Anything that an owner may write: values for every kind of field, blocks and whole sites made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from scanly.sites.blocks import block_type, block_types
from scanly.sites.entries import SITE_FIELDS
from scanly.sites.fields import About, At, Field, Found, check_record
from scanly.sites.fields import block as small_blocks
from scanly.sites.model import Block, Show, Site
from scanly.sites.words.language import LANGUAGES

ZONES = ("Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
# Near the moment of the tests: a year's end, and the days on which clocks change in Berlin, New York and Lord Howe.
DAYS = (
    *("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-12-31", "2027-01-01"),
    *("2026-10-25", "2026-11-01", "2027-03-14", "2027-03-28", "2026-10-04", "1970-01-01", "2999-12-31"),
)
_TITLE = Field("text", most=120)
CLOCKS = ("00:00", "00:30", "01:59", "02:00", "02:30", "03:00", "09:00", "17:45", "23:59")
_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co"))
_WORDS = st.one_of(
    st.sampled_from(
        (
            "Asha",
            "<b>&\"'",
            "दुकान",
            "متجر",
            "{name} {n} {style} %s {{ x }}",
            "</script>",
            "&#106;",
            "🙂",
            "0",
            "#",
        )
    ),
    st.text(_LETTERS, min_size=1, max_size=12),
)
_RICH = st.sampled_from(
    (
        "**Open** on *all* days.\n\n- tea\n- [more](https://example.com/a?b=1&c=2)\n\n[call](tel:+919876543210)",
        "*a **b* c**",
        "- \n-  x\n* y",
        "[a](mailto:a@b.example)",
        "**a*b**c*",
        "__ `x` ![y](z) [a](b",
    )
)
_HOURS = st.sampled_from(
    (
        "09:00-21:00",
        "09:00-13:00, 16:00-21:00",
        "closed",
        "24 hours",
        "by appointment",
        "20:00-03:00",
        "02:15-02:45",
    )
)


def _long(words: str, most: int) -> str:
    return (words * most)[:most].strip() or "x" * most


@st.composite
def texts(draw: st.DrawFn, field: Field) -> Any:
    """A line or, now and then, one as long as it may be; the same for all languages or one for each."""
    most = field.most or (5_000 if field.kind == "rich" else 300)
    words = (_WORDS | _RICH) if field.kind == "rich" else _WORDS

    def one() -> str:
        said = draw(words)
        return _long(said, min(most, 600)) if draw(st.integers(0, 9)) == 0 else said[:most]

    if field.translated and draw(st.booleans()):
        return {
            tag: one()
            for tag in draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
        }
    return one()


def _hours() -> st.SearchStrategy[dict[str, Any]]:
    holidays = st.dictionaries(
        st.sampled_from((*DAYS[:5], "12-24", "01-01", "IN-MH", "DE")), _HOURS, min_size=1, max_size=3
    )
    days = st.dictionaries(
        st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), _HOURS, min_size=1
    )
    return st.builds(lambda week, off: week | ({"holidays": off} if off else {}), days, st.none() | holidays)


def _slots() -> st.SearchStrategy[dict[str, Any]]:
    amounts = st.fixed_dictionaries(
        {},
        optional={
            "every": st.sampled_from((15, 30, 480, "1 hour")),
            "ahead": st.integers(1, 20),
            "notice": st.integers(0, 48),
            "seats": st.integers(1, 3),
        },
    )
    return st.builds(
        lambda hours, more: hours | more,
        _hours().map(lambda week: {k: v for k, v in week.items() if k != "holidays"}),
        amounts,
    )


def _moments() -> st.SearchStrategy[str]:
    return st.builds(
        lambda day, clock: f"{day} {clock}" if clock else day,
        st.sampled_from(DAYS),
        st.sampled_from(("", *CLOCKS)),
    )


def _pictures() -> st.SearchStrategy[dict[str, Any]]:
    shows = texts(Field("text", most=250))
    return st.fixed_dictionaries(
        {"file": st.sampled_from(("a.jpg", "b.png", "missing.webp", "d/é e.svg"))}, optional={"shows": shows}
    )


@st.composite
def values(draw: st.DrawFn, field: Field) -> Any:
    """A value of a field, as its file may say it."""
    match field.kind:
        case "text" | "rich":
            return draw(texts(field))
        case "choice":
            return draw(st.sampled_from(field.choices))
        case "yes":
            return draw(st.booleans())
        case "number":
            least, most = field.least or 0, field.most or 1_000_000
            return draw(st.sampled_from((least, most)) | st.integers(least, most))
        case "group":
            return draw(records(field.of))
        case "list":
            one = records(field.of) if field.each is None else values(field.each)
            return draw(
                st.lists(
                    one,
                    min_size=max(1, field.least or 0),
                    max_size=max(field.least or 0, min(field.most or 3, 3)),
                )
            )
        case "block":
            name = draw(st.sampled_from(field.choices or small_blocks.SMALL))
            return {name: draw(records(block_type(name).fields))}
        case _:
            return draw(_OTHERS[field.kind])


_OTHERS: Mapping[str, st.SearchStrategy[Any]] = {
    "colour": st.from_regex("#[0-9a-f]{6}", fullmatch=True),
    "countdown": _moments(),
    "date": st.sampled_from(DAYS),
    "email": st.sampled_from(("asha@example.com", "a+b'c%25&d@example.co.in".replace("'", ""))),
    "handles": st.dictionaries(
        st.sampled_from(("instagram", "youtube", "whatsapp")), st.just("asha.kirana"), min_size=1
    ),
    "hours": _hours(),
    "link": st.sampled_from(
        (
            "https://example.com/?a=1&b=<2>",
            "tel:+919876543210",
            "mailto:a@example.com?subject=x",
            "geo:1.5,2.5",
            "#main",
            "/s/other/hi",
            "sms:+919876543210?body=a%20b",
            "upi://pay?pa=a@b&am=1",
            "http://xn--p1ai/",
        )
    ),
    "moment": _moments(),
    "money": st.sampled_from((0, 120, "49.50", "999999999999", "0.005", 12.5)),
    "phone": st.sampled_from(("+91 98765 43210", "+49 (30) 1234567")),
    "picture": _pictures(),
    "place": st.sampled_from(("18.52,73.85", "https://maps.example.com/x", "मंदिर के सामने", "मंदिर " * 50)),
    "rupees": st.sampled_from((1, "120.50", "99999")),
    "slots": _slots(),
    "upi": st.sampled_from(("asha@upi", "9876543210@ybl")),
    "video": st.sampled_from(
        (
            "https://www.youtube.com/watch?v=jNQXAC9IVRw",
            "https://example.com/x",
            "https://open.spotify.com/track/1",
        )
    ),
    "wifi": st.fixed_dictionaries(
        {
            "network": st.sampled_from(("Asha; Guests", "x")),
            "password": st.sampled_from(("masala chai", 'a"b;c:d,12')),
        }
    ),
}


@st.composite
def records(draw: st.DrawFn, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Values of the required fields and of some others."""
    said = {}
    for name, field in fields.items():
        if field.required or draw(st.integers(0, 3)):
            said[name] = draw(values(field))
    return said


@st.composite
def shows(draw: st.DrawFn) -> Show:
    """From then on, until then, between both or always."""
    moments = st.none() | _moments().map(lambda moment: moment.replace(" ", "T"))
    start, end = draw(moments), draw(moments)
    if start and end and end < start:
        start, end = end, start
    return Show(start or "", end or "")


def read(fields: Mapping[str, Field], said: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values as they are after reading, None where one of them is refused."""
    found: list[Found] = []
    checked = check_record(dict(fields), dict(said), At((), found, About(LANGUAGES)))
    return None if found else checked


@st.composite
def blocks(draw: st.DrawFn, name: str, block_id: str = "") -> Block | None:
    """A block of a type, None where what was written is refused."""
    kind = block_type(name)
    checked = read(kind.fields, draw(records(kind.fields)))
    if checked is None or (kind.needs and not any(each in checked for each in kind.needs)):
        return None
    show = draw(shows()) if draw(st.integers(0, 3)) == 0 else Show()
    titled = read({"title": _TITLE}, {"title": draw(texts(_TITLE))}) if draw(st.booleans()) else None
    return Block(
        block_id or name, name, checked, (titled or {}).get("title"), draw(st.integers(0, 9)) == 0, show
    )


@st.composite
def sites(draw: st.DrawFn, names: tuple[str, ...] = ()) -> Site:
    """A site of blocks of these types, or of a few of any, no two of the same."""
    chosen = names or draw(st.lists(st.sampled_from(block_types()), min_size=1, max_size=5))
    found = [draw(blocks(name)) for name in dict.fromkeys(chosen)]
    said = {
        "title": draw(texts(_TITLE).filter(bool)),
        "description": draw(st.none() | texts(Field("text", most=300))),
        "kind": draw(st.sampled_from(("business", "cafe", "event", "person", "agency", "school"))),
        "logo": draw(st.none() | st.just({"file": "a.jpg", "shows": "Logo"})),
        "time_zone": draw(st.sampled_from(ZONES)),
        "currency": draw(st.sampled_from(("INR", "EUR", "JPY", "KWD", "ZZZ"))),
        "country": draw(st.sampled_from(("", "IN", "DE", "MX", "ZZ"))) or None,
    }
    facts = read(SITE_FIELDS, said) or {"title": "Asha"}
    return Site("asha", languages=LANGUAGES, blocks=tuple(block for block in found if block), **facts)
