"""The order in which one line of mixed directions is read: Arabic and Hebrew with digits and Latin words.

Explicit embeddings, isolates and tabs are left out: captions with such characters are refused.
Source: Unicode 15, UAX #9: P2 to P3, W1 to W7, N0 to N2, I1 to I2, L1 to L2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

_CLOSING = dict(zip("([{⟦⟨⟪〈《「『【〔（［｛", ")]}⟧⟩⟫〉》」』】〕）］｝", strict=True))
_OPENING = {close: open_ for open_, close in _CLOSING.items()}
_NEUTRAL = frozenset({"WS", "ON"})
# Where all letters and digits are that make a text run leftwards, or number in Arabic.
_LEFTWARDS = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_MOST_OPEN_BRACKETS = 63


def runs_leftwards(text: str) -> bool:
    """Whether a paragraph begins at the right, which its first letter tells."""  # P2, P3
    if not _LEFTWARDS.search(text):
        return False
    given = map(unicodedata.bidirectional, text)
    return next((kind != "L" for kind in given if kind in ("L", "R", "AL")), False)


def visual_runs(text: str, *, leftwards: bool | None = None) -> tuple[tuple[int, int, int], ...]:
    """Stretches of one direction from left to right, as (start, end, level); odd levels run leftwards.

    ``leftwards`` says whether the paragraph begins at the right, when ``text`` is only a line of it.
    """
    base = int(runs_leftwards(text) if leftwards is None else leftwards)
    if text and not base and not _LEFTWARDS.search(text):
        return ((0, len(text), 0),)
    levels = _levels(text, base)
    runs: list[tuple[int, int, int]] = []
    for level, places in groupby(range(len(text)), key=levels.__getitem__):
        stretch = list(places)
        runs.append((stretch[0], stretch[-1] + 1, level))
    for reversing in range(max(levels, default=0), 0, -1):  # L2
        runs = [
            run
            for higher, group in groupby(runs, key=lambda run: run[2] >= reversing)
            for run in (reversed(list(group)) if higher else group)
        ]
    return tuple(runs)


def embedding_levels(text: str) -> tuple[int, ...]:
    """For each character how deeply its direction is nested; even from left to right, odd from right to left."""
    return _levels(text, int(runs_leftwards(text)))


def _levels(text: str, base: int) -> tuple[int, ...]:
    given = [unicodedata.bidirectional(character) or "L" for character in text]
    seen = [place for place, kind in enumerate(given) if kind != "BN"]
    kinds = [given[place] for place in seen]
    _resolve_weak(kinds, "LR"[base])
    _resolve_brackets([text[place] for place in seen], kinds, [given[place] for place in seen], "LR"[base])
    _resolve_neutral(kinds, "LR"[base])
    levels = [base] * len(text)
    for place, kind in zip(seen, kinds, strict=True):
        levels[place] = base + _raised(kind, base)
    for place, kind in enumerate(given):
        if kind == "BN" and place:
            levels[place] = levels[place - 1]
    for place in range(len(text) - 1, -1, -1):  # L1
        if given[place] not in ("WS", "BN"):
            break
        levels[place] = base
    return tuple(levels)


def _raised(kind: str, base: int) -> int:
    if base % 2:
        return int(kind != "R")  # I2
    return {"L": 0, "R": 1}.get(kind, 2)  # I1


def _resolve_weak(kinds: list[str], base: str) -> None:
    """W1 to W7, in place."""
    before, strong = base, base
    for place, kind in enumerate(kinds):
        if kind == "NSM":
            kind = before
        before = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        kinds[place] = "AN" if kind == "EN" and strong == "AL" else kind
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for place in range(1, len(kinds) - 1):
        left, kind, right = kinds[place - 1 : place + 2]
        if left == right and ((left == "EN" and kind in ("ES", "CS")) or (left == "AN" and kind == "CS")):
            kinds[place] = left
    _resolve_terminators(kinds)
    kinds[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]
    strong = base
    for place, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"


def _resolve_terminators(kinds: list[str]) -> None:
    """W5: currency and per cent signs beside a number belong to it."""
    for order in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        before = ""
        for place in order:
            if kinds[place] == "ET" and before == "EN":
                kinds[place] = "EN"
            before = kinds[place]


def _resolve_brackets(text: Sequence[str], kinds: list[str], given: Sequence[str], base: str) -> None:
    """N0: both brackets of a pair go the same way."""
    for opened, closed in _bracket_pairs(text, kinds):
        inside = {_strong(kind) for kind in kinds[opened + 1 : closed]} & {"L", "R"}
        if not inside:
            continue
        before = next((_strong(kind) for kind in reversed(kinds[:opened]) if _strong(kind)), base)
        direction = base if base in inside or before == base else before
        for place in (opened, closed):
            kinds[place] = direction
            for mark in range(place + 1, len(kinds)):
                if given[mark] != "NSM":
                    break
                kinds[mark] = direction


def _bracket_pairs(text: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    """BD16."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        if kinds[place] != "ON":
            continue
        if character in _CLOSING:
            if len(opened) == _MOST_OPEN_BRACKETS:
                return []
            opened.append((character, place))
        elif wanted := _OPENING.get(character):
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == wanted:
                    pairs.append((opened[depth][1], place))
                    del opened[depth:]
                    break
    return sorted(pairs)


def _strong(kind: str) -> str:
    """L, R (numbers count as R) or nothing."""
    return "R" if kind in ("R", "EN", "AN") else "L" if kind == "L" else ""


def _resolve_neutral(kinds: list[str], base: str) -> None:
    """N1 and N2, in place."""
    place = 0
    for neutral, group in groupby(list(kinds), key=_NEUTRAL.__contains__):
        end = place + len(list(group))
        if neutral:
            before = _strong(kinds[place - 1]) if place else base
            after = _strong(kinds[end]) if end < len(kinds) else base
            kinds[place:end] = [before if before == after else base] * (end - place)
        place = end
