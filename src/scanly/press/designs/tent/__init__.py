"""Table tents: one sheet that is folded to stand on a table and reads from both sides, or from three."""

from scanly.press.designs.folding import Folded

TITLE = "Table tent"
ABOUT = "For a table or a counter; one sheet, folded, reads from each side"
USUAL = "classic"
FORMATS = (
    Folded("A6", 148, 210, "panels of A6, folded from A5"),
    Folded("A5", 210, 297, "panels of A5, folded from A4", 400),
    Folded("A6-tall", 105, 297, "upright panels of A6, from half of an A4 sheet, cut lengthwise"),
    Folded("4x6in", 152.4, 203.2, "panels of 6 × 4 in, from a Letter sheet"),
    Folded("half-letter", 215.9, 279.4, "panels of 8.5 × 5.5 in, folded from Letter", 400),
    Folded("prism", 284, 190, "a triangle of three panels, 90 × 190 mm, from A4", panels=3, flap_mm=14),
    Folded("prism-dl", 312, 210, "a triangle of three panels, 99 × 210 mm, from SRA3", panels=3, flap_mm=15),
    Folded(
        "prism-letter", 266.7, 190.5, "a triangle, 3.33 × 7.5 in, from a Letter sheet", panels=3, flap_mm=12.7
    ),
)
