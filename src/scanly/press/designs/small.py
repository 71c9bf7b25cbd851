"""What small pieces need besides: texts that give way where room is scarce, boxes that run off the edge."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanly.core.errors import Invalid
from scanly.press.designs.layout import LEAST_PT, Align, Layout, Text, Upright, ink_of
from scanly.press.designs.piece import BLEED_MM
from scanly.press.page import MM_PER_PT, Box, Item, Shape, Words
from scanly.qr.ink import WHITE, Ink

# A text is rather shortened or broken than made smaller than this share of its size.
_LEAST_SHARE = 0.8
# How much smaller texts get, all together, before one is left out, and before there is said to be no room.
_SHARES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
_LAST_SHARES = (0.7, 0.65, 0.6, 0.55, 0.5)
_LONGEST_WORD = 20
# What a shortened line does not end with.
_DASHES = ",;:.-–—"
_SLACK_MM = 1e-6


def bled(layout: Layout, box: Box, ink: Ink) -> Shape:
    """A box full of ink, beyond the trim on the sides where it touches it."""
    trim = layout.trim
    left = box.x - (BLEED_MM if box.x <= _SLACK_MM else 0)
    top = box.y - (BLEED_MM if box.y <= _SLACK_MM else 0)
    right = box.right + (BLEED_MM if box.right >= trim.right - _SLACK_MM else 0)
    bottom = box.bottom + (BLEED_MM if box.bottom >= trim.bottom - _SLACK_MM else 0)
    return layout.area(Box(left, top, right - left, bottom - top), ink)


def ground(layout: Layout, ink: Ink) -> tuple[Shape, ...]:
    """The whole side in one ink; nothing where that is the paper's own."""
    return () if ink == WHITE else (layout.area(layout.bleed, ink),)


def packed(
    layout: Layout, texts: Sequence[Text], room: Box, *, align: Align = "centre", upright: Upright = "middle"
) -> tuple[Words, ...]:
    """Texts under each other as ``Layout.stack`` sets them. Where they would be too high, all of them get smaller;
    if that does not help, the line under the name is left out, and at last very long words are hyphenated.

    Raises Invalid where there is no room still.
    """
    needed = [text for text in texts if text.field != "line"]
    hyphenated = [replace(text, text=_hyphenated(text.text)) for text in needed]
    all_shares = (*_SHARES, *_LAST_SHARES)
    for kept, shares in ((texts, _SHARES), (needed, all_shares), (hyphenated, all_shares)):
        for share in shares:
            words = _stacked(layout, [_smaller(text, share, room) for text in kept], room, align, upright)
            if words is not None:
                return words
    raise _refusal(layout, needed or texts, room)


def _refusal(layout: Layout, texts: Sequence[Text], room: Box) -> Invalid:
    """What is said about the longest text, and how much of it would fit."""
    longest = max(texts, key=lambda text: len(text.text))

    def is_too_long(kept: int) -> bool:
        tried = [replace(text, text=text.text[:kept]) if text is longest else text for text in texts]
        least = [_smaller(text, _LAST_SHARES[-1], room) for text in tried]
        return _stacked(layout, least, room, "start", "top") is None

    fit = bisect_left(range(len(longest.text)), True, lo=1, key=is_too_long) - 1
    message = f'There is no room for "{longest.text[:60]}"; about {fit} characters fit.'
    return Invalid.field(longest.field, message, hint="Shorten it, or choose a larger format.")


def _hyphenated(text: str) -> str:
    """Very long words cut in their middle."""
    words = text.split(" ")
    halves = (f"{word[: len(word) // 2]}- {word[len(word) // 2 :]}" for word in words)
    return " ".join(
        half if len(word) > _LONGEST_WORD and word.isascii() and word.isalpha() else word
        for word, half in zip(words, halves, strict=True)
    )


def _stacked(
    layout: Layout, texts: Sequence[Text], room: Box, align: Align, upright: Upright
) -> tuple[Words, ...] | None:
    """None where it does not fit."""
    try:
        words = layout.stack(texts, room, align=align, upright=upright)
    except Invalid:
        return None
    if not words:
        return words
    top, bottom = top_of(words), end_of(words)
    if bottom - top > room.height + _SLACK_MM or min(one.size_pt for one in words) < LEAST_PT - _SLACK_MM:
        return None
    # Letters that reach below their line stay within the room.
    shift = max(room.y - top, 0.0) + min(room.bottom - bottom, 0.0)
    return tuple(replace(one, y=one.y + shift) for one in words)


def _smaller(text: Text, share: float, room: Box) -> Text:
    size, height = max(share * text.size_mm, LEAST_PT * MM_PER_PT), min(share * text.height_mm, room.height)
    return replace(text, size_mm=size, height_mm=height, gap_mm=share * text.gap_mm)


def under_logo(
    layout: Layout,
    texts: Sequence[Text],
    room: Box,
    *,
    logo_mm: float,
    align: Align = "centre",
    paper: bool = False,
) -> tuple[tuple[Item, ...], float]:
    """A logo at the top of a room and texts under it, or only the texts; and where they end.

    With ``paper``, the logo is on white.
    """
    if layout.subject.logo is None:
        words = packed(layout, texts, room, align=align, upright="top")
        return words, end_of(words)
    box = replace(room, height=logo_mm)
    logo = layout.logo(box, align=align, panel=WHITE if paper else None)
    top = box.bottom + 0.28 * logo_mm
    words = packed(layout, texts, replace(room, y=top, height=room.bottom - top), align=align, upright="top")
    return (*logo, *words), end_of(words)


def above(words: Sequence[Words], room: Box, gap_mm: float) -> Box:
    """What is left of a room above words at its bottom."""
    return replace(room, height=top_of(words) - gap_mm - room.y) if words else room


def below(top_mm: float, room: Box) -> Box:
    """What is left of a room from ``top_mm`` on."""
    return replace(room, y=top_mm, height=room.bottom - top_mm)


def shortened(layout: Layout, text: Text, width_mm: float) -> Text:
    """A text that ends earlier, with an ellipsis, where it does not fit into ``width_mm``; empty if no word does."""
    if not text.text or fits(layout, text, width_mm):
        return text
    words = text.text.split()
    ways = [replace(text, text="")]
    ways += [
        replace(text, text=" ".join(words[:kept]).rstrip(_DASHES) + "…") for kept in range(1, len(words))
    ]
    fitting = bisect_left(ways, True, lo=1, key=lambda way: not fits(layout, way, width_mm))
    return ways[fitting - 1]


def broken(layout: Layout, text: Text, width_mm: float) -> Text:
    """An address that goes on in a second line, from its first slash or a dot, where it is too long for one, and in
    more where nothing else helps."""
    ways = [replace(text, text=way) for way in _ways_to_break(text.text)]
    return next((way for way in ways if fits(layout, way, width_mm)), ways[-1])


def _ways_to_break(address: str) -> Iterator[str]:
    """Whole, after the host, at a dot of the host, and where it must in two or three pieces of like length."""
    yield address
    host, slash, path = address.partition("/")
    yield f"{host}\n{slash}{path}"
    labels = host.split(".")
    for kept in range(len(labels) - 1, 0, -1):
        yield f"{'.'.join(labels[:kept])}\n.{'.'.join(labels[kept:])}{slash}{path}"
    for pieces in (2, 3):
        length = -(-len(address) // pieces)
        yield "\n".join(address[start : start + length] for start in range(0, len(address), length))


def fits(layout: Layout, text: Text, width_mm: float) -> bool:
    """Whether a text fits into ``width_mm`` without getting much smaller."""
    try:
        lines = layout.stack([text], Box(0, 0, width_mm, text.height_mm))
    except Invalid:
        return False
    return all(line.size_pt * MM_PER_PT >= _LEAST_SHARE * text.size_mm for line in lines)


def top_of(words: Sequence[Words]) -> float:
    """Where the ink of words begins."""
    return min(ink_of(one).y for one in words)


def end_of(words: Sequence[Words]) -> float:
    """Where the ink of words ends."""
    return max(ink_of(one).bottom for one in words)
