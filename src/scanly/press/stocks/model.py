"""A label stock: which labels lie where on a sheet, or one after another on a roll."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scanly.core.errors import Invalid
from scanly.press.page import Box
from scanly.press.stocks.names import mm

Kind = Literal["sheet", "roll"]
LabelShape = Literal["rect", "round", "oval"]

MOST_IN_A_ROW = 200
# What rounding of published figures to hundredths may add up to over a sheet.
SLACK_MM = 0.06
# How far sheets commonly lie off in a printer; nothing that counts is nearer to a label's edge.
DRIFT_MM = 1.5


@dataclass(frozen=True)
class Stock:
    """Labels of one size in a grid; ``left_mm`` and ``top_mm`` lead to the first, a pitch to the next.

    On a roll the page is one label, its width across the print head. ``radius_mm`` is None where the corners are
    rounded or unknown; a round label's is half its width. ``nominal`` is the size that the maker sells it by.
    Raises Invalid when labels would lie beyond the page or upon each other.
    """

    name: str
    maker: str
    part: str
    kind: Kind
    page: str
    page_width_mm: float
    page_height_mm: float
    columns: int
    rows: int
    label_width_mm: float
    label_height_mm: float
    left_mm: float
    top_mm: float
    pitch_x_mm: float
    pitch_y_mm: float
    radius_mm: float | None = None
    shape: LabelShape = "rect"
    source: str = ""
    verification: str = ""
    nominal: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (1 <= self.columns <= MOST_IN_A_ROW and 1 <= self.rows <= MOST_IN_A_ROW):
            message = f"{self.columns} × {self.rows} labels are no sheet."
            raise self._wrong(message, f"Give 1 to {MOST_IN_A_ROW} columns and as many rows.")
        if not all(map(math.isfinite, self._lengths)):
            raise self._wrong("A length is no number.", "Write millimetres such as 63.5.")
        if not (self.label_width_mm > 0 and self.label_height_mm > 0):
            raise self._wrong(f"A label of {self.size} has no area.", "Give its width and height in mm.")
        self._require_within()
        self._require_apart()
        self._require_shape()

    @property
    def verified(self) -> bool:
        """False where nobody could compare the figures with the maker's; ``verification`` says why."""
        return not self.verification.startswith("unverified")

    @property
    def labels_per_sheet(self) -> int:
        return self.columns * self.rows

    @property
    def size(self) -> str:
        """One label, for people."""
        if self.shape == "round":
            return f"{mm(self.label_width_mm)} mm round"
        return f"{mm(self.label_width_mm)} × {mm(self.label_height_mm)} mm"

    @property
    def summary(self) -> str:
        """Its grid and one label, for people."""
        if self.kind == "roll":
            return f"a roll of {self.size}"
        return f"{self.columns} × {self.rows} labels of {self.size} on {self.page}"

    @cached_property
    def slots(self) -> tuple[Box, ...]:
        """Where labels are, row by row from the top left."""
        return tuple(
            Box(
                self.left_mm + column * self.pitch_x_mm,
                self.top_mm + row * self.pitch_y_mm,
                self.label_width_mm,
                self.label_height_mm,
            )
            for row in range(self.rows)
            for column in range(self.columns)
        )

    @property
    def safe_inset_mm(self) -> float:
        """How far inside a label's edge text and codes stay: what printers drift, and what round corners take.

        Small labels cannot spare that much: there it is a tenth of the shorter side.
        """
        drift = min(DRIFT_MM, min(self.label_width_mm, self.label_height_mm) / 10)
        if self.shape == "rect":
            return max(drift, (self.radius_mm or 0) * (1 - math.sqrt(0.5)))
        # The box whose corners touch the ellipse with these semi-axes, all sides equally far in.
        a, b = self.label_width_mm / 2, self.label_height_mm / 2
        return drift + (1 / a + 1 / b - math.sqrt(2 / (a * b))) / (1 / a**2 + 1 / b**2)

    @property
    def _lengths(self) -> tuple[float, ...]:
        sides = self.page_width_mm, self.page_height_mm, self.label_width_mm, self.label_height_mm
        return *sides, self.left_mm, self.top_mm, self.pitch_x_mm, self.pitch_y_mm, self.radius_mm or 0

    def _require_within(self) -> None:
        right = self.left_mm + (self.columns - 1) * self.pitch_x_mm + self.label_width_mm
        bottom = self.top_mm + (self.rows - 1) * self.pitch_y_mm + self.label_height_mm
        for edge, length, place in (
            (right, self.page_width_mm, "wide"),
            (bottom, self.page_height_mm, "high"),
        ):
            if edge > length + SLACK_MM:
                message = f"The labels reach to {mm(edge)} mm, but {self.page} is {mm(length)} mm {place}."
                raise self._wrong(message, "Check the margin, the pitch and how many there are.")
        if self.left_mm < -SLACK_MM or self.top_mm < -SLACK_MM:
            message = f"The labels begin {mm(-min(self.left_mm, self.top_mm))} mm outside {self.page}."
            raise self._wrong(message, "Check how many there are, their size and the pitch.")

    def _require_apart(self) -> None:
        for count, pitch, side, word in (
            (self.columns, self.pitch_x_mm, self.label_width_mm, "wide"),
            (self.rows, self.pitch_y_mm, self.label_height_mm, "high"),
        ):
            if count > 1 and pitch < side - SLACK_MM:
                message = f"Labels that are {mm(side)} mm {word} overlap at a pitch of {mm(pitch)} mm."
                raise self._wrong(message, f"Give a pitch of {mm(side)} mm or more.")

    def _require_shape(self) -> None:
        if self.shape == "round" and abs(self.label_width_mm - self.label_height_mm) > SLACK_MM:
            raise self._wrong("A round label is as wide as it is high.", 'Write shape "oval" for this one.')
        longest = min(self.label_width_mm, self.label_height_mm) / 2
        if self.radius_mm is not None and not -SLACK_MM <= self.radius_mm <= longest + SLACK_MM:
            message = f"Corners of such a label cannot have a radius of {mm(self.radius_mm)} mm."
            raise self._wrong(message, f"Give 0 to {mm(longest)} mm.")

    def _wrong(self, message: str, hint: str) -> Invalid:
        return Invalid.field("stock", message, hint=hint, where=self.name)
