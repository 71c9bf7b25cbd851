"""Colours and inks: what is not in inks at all, what is in too many, and what overprints that must not.

Source: ISO 32000-1, 8.6 (colour spaces), 8.6.7 (overprint control); limits as offset printers ask for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scanly.core.text import fold
from scanly.press.preflight.content.marks import Mark
from scanly.press.preflight.content.objects import common
from scanly.press.preflight.content.spaces import EVERY_PLATE, PROCESS_INKS, Space
from scanly.press.preflight.findings import Expectation
from scanly.press.preflight.frame import Frame
from scanly.press.preflight.ledger import Ledger
from scanly.press.preflight.view import View

HAIRLINE_PT = 0.25
# Text in several inks, or left open in a ground, that is smaller than that fills in.
SMALL_TYPE_PT = 5.0
# Up to this size text has strokes that plates out of register spoil.
RICH_BLACK_TYPE_PT = 12.0
# Shares of ink below that are not printed.
_TRACE = 0.02
_THINGS = {"fill": "An area", "stroke": "A line", "text": "Text", "image": "A picture", "shading": "A blend"}

Met = Iterator[tuple[str, str]]


@dataclass(slots=True)
class Spots:
    """The spot inks of the whole file: under which names, with which replacements."""

    replacements: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])

    def add(self, space: Space, page: int) -> None:
        if space.family == "Separation" and space.colorants[0] not in (EVERY_PLATE, "None"):
            self.replacements.setdefault(space.colorants[0], {}).setdefault(space.replacement, page)

    def look(self, ledger: Ledger) -> None:
        """Inks that are meant to be one and print on two plates, or look different where they are replaced."""
        alike: dict[str, list[str]] = {}
        for name, replacements in self.replacements.items():
            first, *others = replacements.values()
            for page in others:
                what = f'The spot ink "{name}" has another replacement on page {first}.'
                ledger.meet("spot-replacements", what, page=page)
            if name in PROCESS_INKS:
                what = f'"{name}" is a spot ink here, but it is the name of a process ink.'
                ledger.meet("spot-process-name", what, page=first)
            alike.setdefault(fold(name), []).append(name)
        for names in alike.values():
            if len(names) > 1:
                quoted = " and ".join(f'"{name}"' for name in names)
                page = min(self.replacements[names[-1]].values())
                ledger.meet("spot-spellings", f"One spot ink seems to be spelled {quoted}.", page=page)


def look_at_inks(view: View, spots: Spots) -> None:
    """Every rule about colours for everything that is printed; the same colour twice is looked at once."""
    told: dict[tuple[object, ...], list[tuple[str, str]]] = {}
    for mark in view.seen():
        size_pt = _size_pt(mark, view.frame)
        # What is cut off is only held to what holds for the whole file.
        rules = _PRINTED_RULES if common(mark.bounds, view.frame.bleed) else _MARK_RULES
        key = (mark.kind, mark.paint, mark.overprint, mark.is_box, round(size_pt, 2), rules is _MARK_RULES)
        if key not in told:
            spots.add(mark.paint.space.real, view.number)
            told[key] = [met for rule in rules for met in rule(mark, size_pt, view.expect)]
        for code, what in told[key]:
            view.meet(code, what, mark.bounds)


def _size_pt(mark: Mark, frame: Frame) -> float:
    if mark.is_box and mark.kind == "fill":
        left, bottom, right, top = mark.bounds
        return min(right - left, top - bottom) * frame.unit
    return mark.size_pt * frame.unit


def _space_rules(mark: Mark, _: float, expect: Expectation) -> Met:
    space, thing = mark.paint.space.real, _THINGS[mark.kind]
    managed = not space.is_device
    match space.kind:
        case "rgb" if managed:
            yield ("rgb-managed" if not expect.rgb else "icc-colour"), f"{thing} is in RGB with a profile."
        case "rgb":
            yield ("rgb" if not expect.rgb else "icc-colour"), f"{thing} is in RGB."
        case "lab":
            yield "lab", f"{thing} is in Lab."
        case "unknown":
            yield "space-unknown", f'{thing} is in a colour space that is not known ("{space.family[:40]}").'
        case "cmyk" | "grey" if managed:
            yield "icc-colour", f"{thing} has a profile of its own."
        case _:
            pass


def _amount_rules(mark: Mark, _: float, expect: Expectation) -> Met:
    inks = mark.paint.heaviest()
    total = 100 * sum(inks.values())
    if total > expect.ink_limit_percent + 0.5 and EVERY_PLATE not in inks:
        shares = ", ".join(f"{ink} {share:.0%}" for ink, share in inks.items())
        thing = _THINGS[mark.kind]
        yield (
            "ink-limit",
            f"{thing} takes {total:.0f} % of ink ({shares}); {expect.ink_limit_percent:g} % dry.",
        )


def _overprint_rules(mark: Mark, _: float, __: Expectation) -> Met:
    if not mark.overprint or mark.kind in ("image", "shading"):
        return
    inks = mark.paint.inks()
    if inks == {} and mark.paint.space.kind in ("cmyk", "grey"):
        yield "white-overprint", f"{_THINGS[mark.kind]} in white overprints: it will not be seen."
    elif inks and mark.paint.space.kind == "cmyk" and set(inks) != {"Black"}:
        yield "colour-overprint", f"{_THINGS[mark.kind]} in colour overprints what lies below."


def _text_rules(mark: Mark, size_pt: float, _: Expectation) -> Met:
    inks = mark.paint.inks()
    if mark.kind != "text" or inks is None:
        return
    printed = {ink for ink, share in inks.items() if share > _TRACE}
    if inks.get("Black", 0) > 0.5 and len(printed & set(PROCESS_INKS)) > 1 and size_pt <= RICH_BLACK_TYPE_PT:
        yield "rich-black-text", f"Black text of {size_pt:.1f} pt is mixed from {len(printed)} inks."
    elif size_pt < SMALL_TYPE_PT and len(printed) > 1:
        yield "small-coloured-text", f"Text of {size_pt:.1f} pt is mixed from {len(printed)} inks."
    if size_pt < SMALL_TYPE_PT and inks == {}:
        yield "small-reversed-text", f"White text of {size_pt:.1f} pt is left open in what lies below."


def _line_rules(mark: Mark, size_pt: float, _: Expectation) -> Met:
    if size_pt >= HAIRLINE_PT - 0.005 or mark.paint.is_white():
        return
    if mark.kind == "stroke" or (mark.kind == "fill" and mark.is_box):
        yield "hairline", f"A line is {size_pt:.2f} pt thin."


_Rule = Callable[[Mark, float, Expectation], Met]
_MARK_RULES: tuple[_Rule, ...] = (_space_rules,)
_PRINTED_RULES: tuple[_Rule, ...] = (
    *_MARK_RULES,
    _amount_rules,
    _overprint_rules,
    _text_rules,
    _line_rules,
)
