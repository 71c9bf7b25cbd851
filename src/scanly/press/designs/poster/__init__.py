"""Posters, to be hung on a wall or in a window and read from some steps away."""

from scanly.press.designs.piece import Format

TITLE = "Poster"
ABOUT = "For a wall, a door or a window"
USUAL = "classic"
FORMATS = (
    Format("A4", 210, 297, "for a door or a counter", 900),
    Format("A6", 105, 148, "for a shelf or a till", 400),
    Format("A5", 148, 210, "for a counter", 600),
    Format("A3", 297, 420, "for a window", 1250),
    Format("A2", 420, 594, "for a wall", 1800),
    Format("half-letter", 139.7, 215.9, "for a counter; 5.5 × 8.5 in", 600),
    Format("letter", 215.9, 279.4, "for a door or a counter; 8.5 × 11 in", 900),
    Format("tabloid", 279.4, 431.8, "for a window; 11 × 17 in", 1200),
    Format("12x18in", 304.8, 457.2, "for a window; 12 × 18 in", 1300),
    Format("18x24in", 457.2, 609.6, "for a wall; 18 × 24 in", 1900),
)
