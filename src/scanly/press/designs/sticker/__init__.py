"""Stickers with a line along which a plotter cuts: round, square, rounded, and for windows."""

from scanly.press.designs.piece import Format

TITLE = "Sticker"
ABOUT = "For a counter, a box, a till or a window; with a line for the cutting plotter"
USUAL = "ring"
FORMATS = (
    Format("round-70", 70, 70, "round, for a counter or a jar", 250, "round"),
    Format("round-50", 50, 50, "round, for a cup or a bag", 200, "round"),
    Format("round-100", 100, 100, "round, for a door", 400, "round"),
    Format("round-3in", 76.2, 76.2, "round, 3 in", 250, "round"),
    Format("square-50", 50, 50, "square, for packaging", 200),
    Format("square-70", 70, 70, "square, for a counter", 250),
    Format("square-100", 100, 100, "square, for a door", 400),
    Format("rounded-50", 50, 50, "square with round corners, for packaging", 200, "rounded"),
    Format("rounded-70", 70, 70, "square with round corners, for a counter", 250, "rounded"),
    Format("rounded-100", 100, 100, "square with round corners, for a door", 400, "rounded"),
    Format("window", 100, 150, "upright, for a shop window", 500, "rounded"),
    Format("window-4x6in", 101.6, 152.4, "upright, for a shop window; 4 × 6 in", 500, "rounded"),
)
