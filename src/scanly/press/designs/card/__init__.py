"""Business cards with a code, front and back; ten of them on a sheet with ``repeating.ten_up``."""

from scanly.press.designs.piece import Format

TITLE = "Business card"
ABOUT = "To hand over; front and back, also ten up on a sheet"
USUAL = "classic"
FORMATS = (
    Format("85x55", 85, 55, "usual in Europe and India", 200),
    Format("3.5x2in", 88.9, 50.8, "usual in the United States and Canada; 3.5 × 2 in", 200),
    Format("91x55", 91, 55, "usual in Japan", 200),
    Format("90x54", 90, 54, "usual in China", 200),
)
