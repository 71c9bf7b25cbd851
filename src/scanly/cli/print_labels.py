"""The options about sheets of labels: what each label bears, where it goes, what it is printed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from typer import Option

from scanly.cli.print_options import with_options

WHITE, VARNISH = "White", "Varnish"


@dataclass(frozen=True, slots=True)
class Bearing:
    """What each label bears, as it was typed."""

    template: str
    backs: str
    size: str
    text: str
    text_size: str
    align: str
    rtl: bool
    barcode: str
    image: str


@dataclass(frozen=True, slots=True)
class Laying:
    """Where labels go on their sheets, as it was typed."""

    stock: str
    order: str
    start: int
    turn: str
    nudge: str
    scale: str
    printer: str
    cut_lines: bool


@dataclass(frozen=True, slots=True)
class Inking:
    """Inks beside the four of a press, as they were typed."""

    spot: str
    white: str
    varnish: str
    bwr: str
    converts: bool


_BEARING: Mapping[str, tuple[object, object]] = {
    "template": (
        Annotated[str, Option(help='A template of your own or of Scanly\'s: see "scanly print templates".')],
        "",
    ),
    "size": (
        Annotated[
            str, Option(help="The code's width, such as 30mm.", show_default="as large as the label allows")
        ],
        "",
    ),
    "text": (
        Annotated[str, Option(help='What stands beside the code: "{name}\\nTable {table}".', metavar="TEXT")],
        "",
    ),
    "text_size": (
        Annotated[
            str,
            Option(
                help="Its size in points, or a range that it may shrink in: 9-6.",
                metavar="PT",
                show_default="what suits the label",
            ),
        ],
        "",
    ),
    "align": (
        Annotated[
            str,
            Option(
                help="start, centre or end of its lines.", show_default="start beside, centre below codes"
            ),
        ],
        "",
    ),
    "rtl": (Annotated[bool, Option("--rtl", help="The code on the right, for Arabic, Hebrew, Urdu.")], False),
    "barcode": (
        Annotated[
            str,
            Option(
                help='A linear barcode of a column: "ean13:{gtin}", "code128:{code}".', metavar="KIND:TEXT"
            ),
        ],
        "",
    ),
    "image": (
        Annotated[str, Option(help='A picture file, named by a column: "{photo}".', metavar="FILE")],
        "",
    ),
    "backs": (
        Annotated[str, Option(help="A template that is printed behind each label.", metavar="TEMPLATE")],
        "",
    ),
}
_LAYING: Mapping[str, tuple[object, object]] = {
    "stock": (
        Annotated[
            str,
            Option(
                help='The labels: see "scanly print stocks"; or a grid such as A4:3x8.',
                metavar="NAME",
                show_default="one label a page, with --template",
            ),
        ],
        "",
    ),
    "order": (
        Annotated[
            str, Option(help="row, column, or stack: each pile of cut labels is in order.", metavar="ORDER")
        ],
        "row",
    ),
    "start": (Annotated[int, Option(min=1, help="The first label on a used sheet.", metavar="N")], 1),
    "turn": (
        Annotated[
            str,
            Option(help="The edge the sheet is turned over for --backs: long or short.", show_default="long"),
        ],
        "",
    ),
    "nudge": (
        Annotated[str, Option(help="Moves everything right and down, in mm: 0.3,-0.2.", metavar="X,Y")],
        "",
    ),
    "scale": (
        Annotated[str, Option(help="Stretches everything: 1.002, or 1.002,0.999.", metavar="S[,S]")],
        "",
    ),
    "printer": (
        Annotated[
            str, Option(help='Nudge and scale of a printer: see "scanly print calibrate".', metavar="NAME")
        ],
        "",
    ),
    "cut_lines": (
        Annotated[bool, Option("--cut-lines", help="Lines round all labels, to cut along.")],
        False,
    ),
}
_INKING: Mapping[str, tuple[object, object]] = {
    "spot": (
        Annotated[
            str,
            Option(
                help='Codes, text and bars in a spot ink: "PANTONE 286 C", or "NAME; c m y k" in per cent.',
                metavar="NAME",
            ),
        ],
        "",
    ),
    "white": (Annotated[bool, Option("--white", help="White ink under the labels, for clear foil.")], False),
    "white_name": (Annotated[str, Option(help="What the shop calls white ink.", show_default=WHITE)], ""),
    "varnish": (
        Annotated[bool, Option("--varnish", help="Varnish over the labels, but not on codes.")],
        False,
    ),
    "varnish_name": (Annotated[str, Option(help="What the shop calls varnish.", show_default=VARNISH)], ""),
    "bwr": (
        Annotated[
            str,
            Option(
                help="Thinner modules and bars for inks that spread: 0 to 15 % of a module, each side.",
                metavar="PERCENT",
            ),
        ],
        "0",
    ),
    "convert_rgb": (
        Annotated[bool, Option("--convert-rgb", help="Turn colours of RGB pictures into the four inks.")],
        False,
    ),
}


def _inking(given: Mapping[str, Any]) -> Inking:
    return Inking(
        spot=given["spot"],
        white=given["white_name"] or (WHITE if given["white"] else ""),
        varnish=given["varnish_name"] or (VARNISH if given["varnish"] else ""),
        bwr=given["bwr"],
        converts=given["convert_rgb"],
    )


with_bearing = with_options("bearing", _BEARING, lambda given: Bearing(**given))
with_laying = with_options("laying", _LAYING, lambda given: Laying(**given))
with_inking = with_options("inking", _INKING, _inking)
