"""The rules for codes: that they can be printed as fine as they are, will be read, and are each what they should be.

Source: ISO/IEC 18004:2015, 6.3.8 (quiet zone); GS1 General Specifications, 5.2.3 (EAN and UPC quiet zones); module
sizes as offset (0.25 mm) and digital presses (0.33 mm) hold them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from scanly.core.errors import Invalid
from scanly.core.text import fold, printable
from scanly.press.preflight.content.objects import meets
from scanly.press.preflight.content.spaces import PROCESS_INKS
from scanly.press.preflight.findings import CodeFacts
from scanly.press.preflight.ledger import Ledger
from scanly.press.preflight.symbols import Symbol, covering, near_edge_mm
from scanly.press.preflight.view import View
from scanly.press.serials import gaps, parse_serial

LEAST_MODULE_MM, WANTED_MODULE_MM = 0.25, 0.33
# A picture of a code is blurred where pixels are larger.
PICTURE_PPI = 600.0
# Light modules of clear ground that a symbol needs at each end; measuring is exact to one.
_QUIET_MODULES: Mapping[str, int] = {"EAN-13": 7, "EAN-8": 7, "UPC-A": 9, "Code 128": 10, "ITF": 10}
# Their number is the article's, so it is on every piece.
_ARTICLES = ("EAN", "UPC", "ITF")
_FAILING, _WEAK = "F", "CD"
# With more black ink than that, other inks are there for depth, not for colour.
_DARK = 0.7
# Shares of ink below that are not printed.
_TRACE = 0.02
# What inks are called that lie under all others or over them.
_LAYERS = ("white", "weiss", "blanc", "bianc", "varnish", "vernis", "lack", "spotuv")
# Numbers that are met less often are chance.
_LEAST_SERIES = 3
_MOST_GAPS = 20

Met = Iterator[tuple[str, str]]


def look_at_codes(view: View, symbols: Iterable[Symbol]) -> None:
    """Every rule for every symbol of a page."""
    for symbol in symbols:
        for rule in _RULES:
            for code, what in rule(view, symbol):
                view.meet(code, what, symbol.where)


def look_at_series(codes: Iterable[CodeFacts], ledger: Ledger) -> None:
    """What is there twice, and what is missing between others, in the whole file."""
    known = [code for code in codes if code.content]
    single = [code for code in known if not code.symbol.startswith(_ARTICLES)]
    pieces = [piece for _, page in groupby(single, key=_page_of) for piece in _pieces(list(page), ledger)]
    pieces.sort(key=lambda code: (code.content, code.page, code.place.y, code.place.x))
    for content, group in groupby(pieces, key=lambda code: code.content):
        first, *others = group
        for again in others:
            what = f"{_quoted(content)} is there {len(others) + 1} times, first on page {first.page}."
            ledger.meet("code-duplicate", what, page=again.page, place=again.place)
    for gap in _gaps(sorted(code.content for code in known)):
        ledger.meet("serial-gap", gap)


def _page_of(code: CodeFacts) -> int:
    return code.page


def _pieces(page: list[CodeFacts], ledger: Ledger) -> list[CodeFacts]:
    """The codes of a page, each once where all are there as often: so one piece stands on a sheet many times."""
    times = Counter(code.content for code in page)
    (most, *others) = set(times.values())
    if others or most == 1:
        return page
    firsts = list({code.content: code for code in reversed(page)}.values())
    for code in firsts:
        what = f"{_quoted(code.content)} is there {most} times on the page, as on a sheet of one piece."
        ledger.meet("code-repeated", what, page=code.page, place=code.place)
    return firsts


def _gaps(contents: list[str]) -> Iterator[str]:
    """Gaps in series of numbers that are dense enough to be meant as one."""
    members: dict[tuple[str, str], set[int]] = {}
    for content in contents:
        try:
            serial = parse_serial(content)
        except Invalid:
            continue
        members.setdefault((serial.before, serial.after), set()).add(serial.number)
    told = 0
    for gap in gaps(contents):
        numbers = members.get((gap.first.before, gap.first.after), set())
        span = max(numbers, default=0) - min(numbers, default=0) + 1
        if len(numbers) >= _LEAST_SERIES and span <= 2 * len(numbers) and told < _MOST_GAPS:
            told += 1
            missing = f"{gap.count} numbers are missing" if gap.count > 1 else "One number is missing"
            yield f'{missing}: "{printable(str(gap))[:120]}".'


def _quoted(content: str) -> str:
    return f'"{printable(content)[:80]}"'


def _named(symbol: Symbol) -> str:
    return f"The {symbol.facts.symbol} {_quoted(symbol.facts.content)}"


def _reading(_: View, symbol: Symbol) -> Met:
    facts = symbol.facts
    if not facts.content:
        yield "code-unreadable", "A code is here, but it cannot be read."
    elif facts.grade and facts.grade in _FAILING:
        yield "code-failing", f"{_named(symbol)} gets the grade {facts.grade}: {facts.problems[0]}"
    elif facts.grade and facts.grade in _WEAK:
        yield "code-weak", f"{_named(symbol)} gets the grade {facts.grade}: {facts.problems[0]}"


def _size(_: View, symbol: Symbol) -> Met:
    module_mm = symbol.facts.module_mm
    if module_mm is None or not symbol.facts.content:
        return
    # Corners are known to a pixel, so modules to a hundredth.
    if module_mm < LEAST_MODULE_MM * 0.985:
        yield "code-small", f"{_named(symbol)} has modules of {module_mm:.2f} mm."
    elif module_mm < WANTED_MODULE_MM * 0.985:
        yield "code-fine", f"{_named(symbol)} has modules of {module_mm:.2f} mm."


def _quiet(_: View, symbol: Symbol) -> Met:
    facts = symbol.facts
    needed = next((modules for kind, modules in _QUIET_MODULES.items() if facts.symbol.startswith(kind)), 0)
    if facts.quiet_zone_modules < needed - 1:
        yield (
            "code-quiet-zone",
            f"{_named(symbol)} has {facts.quiet_zone_modules:g} modules of clear ground at an end, not {needed}.",
        )


def _edge(view: View, symbol: Symbol) -> Met:
    distance_mm = near_edge_mm(view, symbol.where)
    if distance_mm < 0:
        yield "code-cut", f"{_named(symbol)} is cut off at the edge."
    elif distance_mm < view.expect.safe_mm - 0.1:
        yield "code-near-trim", f"{_named(symbol)} is {distance_mm:.1f} mm from the cut."


def _plates(view: View, symbol: Symbol) -> Met:
    """One ink is always in register with itself."""
    kinds = {mark.paint.space.real.kind for mark in symbol.marks}
    if kinds & {"rgb", "lab"}:
        if not view.expect.rgb:
            yield (
                "code-screen-colours",
                f"{_named(symbol)} is in RGB: its black will be mixed from four inks.",
            )
        return
    held = [(mark.kind, _colouring(view.plates.known(mark) or {})) for mark in symbol.marks]
    mixed = [(kind, inks) for kind, inks in held if len(inks) > 1]
    if not mixed:
        return
    kind, inks = mixed[0]
    shares = ", ".join(f"{ink} {share:.0%}" for ink, share in inks.items())
    if kind == "shading":
        yield "code-blend", f"{_named(symbol)} is a blend of several inks (up to {shares})."
        return
    is_black = inks.get("Black", 0) > _DARK
    code, called = ("code-rich-black", "rich black") if is_black else ("code-many-inks", "several inks")
    yield code, f"{_named(symbol)} is printed in {called} ({shares})."


def _colouring(held: Mapping[str, float]) -> Mapping[str, float]:
    """The inks that make the colour: beside process black, a plate of another ink is white or varnish."""
    shares = {ink: share for ink, share in held.items() if share > _TRACE}
    process = {ink: share for ink, share in shares.items() if ink in PROCESS_INKS}
    if process.get("Black", 0) > _DARK:
        return process
    return {ink: share for ink, share in shares.items() if not fold(ink).startswith(_LAYERS)}


def _overprint(view: View, symbol: Symbol) -> Met:
    """Black over other inks is another black, and over a white layer the layer is there only if it was kept."""
    for mark in symbol.marks:
        if not mark.overprint or mark.kind == "text":
            continue
        below = [
            other
            for other in view.content.marks[: symbol.last]
            if other.kind in ("fill", "image", "shading")
            and other not in symbol.marks
            and not other.paint.is_white()
            and set(view.plates.of(other) or ()) & set(PROCESS_INKS)
            and meets(other.bounds, symbol.where)
        ]
        if below:
            yield "code-overprint", f"{_named(symbol)} overprints what lies below it."
        return


def _picture(_: View, symbol: Symbol) -> Met:
    ppi = symbol.facts.image_ppi
    if ppi is not None and ppi < PICTURE_PPI - 0.5:
        yield "code-is-picture", f"{_named(symbol)} is a picture of {ppi:.0f} ppi."


def _covering(view: View, symbol: Symbol) -> Met:
    over = next(covering(view, symbol), None)
    if over is not None:
        what = {"text": "text", "image": "a picture"}.get(over.kind, "an area")
        yield "code-covered", f"Over {_named(symbol)[0].lower()}{_named(symbol)[1:]} lies {what}."


_RULES: tuple[Callable[[View, Symbol], Met], ...] = (
    _reading,
    _size,
    _quiet,
    _edge,
    _plates,
    _overprint,
    _picture,
    _covering,
)
