"""The objects of a stranger's PDF, read with care: what is missing or of another kind is None, never an exception."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import cast

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from scanly.press.page import UPRIGHT
from scanly.qr.artwork import Matrix

# What libqpdf and pikepdf raise for files, objects and streams that are damaged or too large.
DAMAGED = (
    pikepdf.PdfError,
    pikepdf.DataDecodingError,
    pikepdf.ForeignObjectError,
    pikepdf.DeletedObjectError,
    ValueError,
    RuntimeError,
    OverflowError,
    OSError,
)
# The most that one stream may unpack to; a page of plain drawing is a thousandth of it.
MAX_STREAM_BYTES = 256_000_000
# Deeper arrays and dictionaries are made to break readers.
MAX_NESTING = 100

# Left, bottom, right, top in points of the page, y upwards.
Bounds = tuple[float, float, float, float]
# The number and generation of an object; (0, 0) for one that stands inside another.
Identity = tuple[int, int]


@contextmanager
def bounded() -> Generator[None, None, None]:
    """libqpdf unpacks nothing beyond the limits meanwhile, in the whole process."""
    before = pikepdf.settings.set_qpdf_limits(
        parser_max_nesting=MAX_NESTING,
        flate_max_memory=MAX_STREAM_BYTES,
        png_max_memory=MAX_STREAM_BYTES,
        run_length_max_memory=MAX_STREAM_BYTES,
        tiff_max_memory=MAX_STREAM_BYTES,
    )
    try:
        yield
    finally:
        pikepdf.settings.set_qpdf_limits(**before)  # pyright: ignore[reportArgumentType] - its own values


def item(holder: object, *keys: str) -> object:
    """What the dictionaries hold under one key after the other, or None."""
    for key in keys:
        if not isinstance(holder, (Dictionary, Stream)):
            return None
        holder = cast(object, holder.get(key))
    return holder


def items(holder: object) -> Iterator[tuple[str, object]]:
    """Keys (without slash) and values of a dictionary."""
    if isinstance(holder, (Dictionary, Stream)):
        for key in list(holder.keys()):
            yield key.removeprefix("/"), cast(object, holder.get(key))


def elements(holder: object) -> list[object]:
    """What an array holds; nothing for anything else."""
    return [cast(object, holder[index]) for index in range(len(holder))] if isinstance(holder, Array) else []


def name(value: object) -> str:
    """A name without its slash, or an empty string."""
    return str(value).removeprefix("/") if isinstance(value, Name) else ""


def text(value: object) -> str:
    """A text string, or an empty one."""
    return str(value) if isinstance(value, String) else ""


def number(value: object, default: float = 0.0) -> float:
    """A number that is one."""
    if isinstance(value, bool | Object) or value is None:
        return default
    try:
        found = float(cast(float, value))
    except (TypeError, ValueError, OverflowError):
        return default
    return found if abs(found) < 1e9 else default


def numbers(value: object) -> tuple[float, ...]:
    """The numbers of an array."""
    return tuple(number(each) for each in elements(value))


def matrix(value: object) -> Matrix:
    """An array of six numbers as a matrix, or the one that changes nothing."""
    found = numbers(value)
    return (found[0], found[1], found[2], found[3], found[4], found[5]) if len(found) == 6 else UPRIGHT


def bounds(value: object) -> Bounds | None:
    """A rectangle with its corners in order."""
    found = numbers(value)
    if len(found) != 4:
        return None
    left, bottom, right, top = found
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def identity(value: object) -> Identity:
    return value.objgen if isinstance(value, Object) else (0, 0)


def filters(stream: object) -> tuple[str, ...]:
    """The names of what a stream was packed with, outermost first."""
    held = item(stream, "/Filter")
    return (name(held),) if isinstance(held, Name) else tuple(name(each) for each in elements(held))


def moved(corner: Bounds, by: Matrix) -> Bounds:
    """The upright bounds of a rectangle after a matrix."""
    left, bottom, right, top = corner
    a, b, c, d, e, f = by
    if b == 0 == c:
        x0, x1, y0, y1 = a * left + e, a * right + e, d * bottom + f, d * top + f
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    xs = (a * left + c * bottom, a * right + c * bottom, a * left + c * top, a * right + c * top)
    ys = (b * left + d * bottom, b * right + d * bottom, b * left + d * top, b * right + d * top)
    return min(xs) + e, min(ys) + f, max(xs) + e, max(ys) + f


def common(one: Bounds, other: Bounds) -> Bounds | None:
    """Where both are, or None; a line has no width and is somewhere nevertheless."""
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left <= right and bottom <= top else None


def around(one: Bounds, other: Bounds) -> Bounds:
    """The bounds of both."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def meets(one: Bounds, other: Bounds) -> bool:
    """Whether they share more than an edge."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def within(inner: Bounds, outer: Bounds, slack: float = 0.0) -> bool:
    """Whether one lies in the other, or stands out by no more than ``slack``."""
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )
