"""Flyers, to be handed out or laid into a bag: a front that invites, a back that tells how."""

from scanly.press.designs.piece import Format

TITLE = "Flyer"
ABOUT = "To hand out or to lay into a bag, with a back"
USUAL = "classic"
FORMATS = (
    Format("A6", 105, 148, "as large as a postcard"),
    Format("A5", 148, 210, "half of an A4 sheet"),
    Format("DL", 99, 210, "a third of an A4 sheet, for long envelopes"),
    Format("square", 148, 148, "for a display"),
    Format("4x6in", 101.6, 152.4, "as large as a postcard; 4 × 6 in"),
    Format("half-letter", 139.7, 215.9, "half of a Letter sheet; 5.5 × 8.5 in"),
    Format("rack-card", 101.6, 228.6, "for a rack; 4 × 9 in"),
)
