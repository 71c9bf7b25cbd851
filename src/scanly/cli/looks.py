"""The options about a code's look, the same for one code and for a spreadsheet of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer import Option

from scanly.core.errors import Invalid

if TYPE_CHECKING:
    from scanly.qr.style import Style

# The options that each become a field of the style, by the name of that field.
_OPTIONS: Mapping[str, object] = {
    "level": Annotated[
        str | None,
        Option(
            "--ecc",
            metavar="L|M|Q|H",
            help="Error correction; raised where it costs no space.",
            show_default="the style's, M",
        ),
    ],
    "size_mm": Annotated[
        str | None, Option("--size", help="Width from edge to edge, such as 30mm.", show_default="30mm")
    ],
    "dpi": Annotated[int | None, Option(help="Pixels per inch of a PNG.", show_default="300")],
    "dark": Annotated[
        str | None,
        Option(help="#rrggbb, cmyk(…), spot(…), linear(45, …, …) or radial(…, …).", show_default="black"),
    ],
    "light": Annotated[str | None, Option(help='Colour of the ground, or "none".', show_default="white")],
    "module_shape": Annotated[
        str | None, Option("--shape", help="square, rounded, dots, diamond, gapped or bars.", metavar="SHAPE")
    ],
    "eyes": Annotated[
        str | None,
        Option("--eyes", help="square, rounded, circle or leaf, for frames and pupils.", metavar="SHAPE"),
    ],
    "logo": Annotated[str | None, Option(help="A PNG, JPEG or SVG file for the middle.", metavar="FILE")],
    "frame": Annotated[str | None, Option(help='What is drawn around: see "scanly qr styles".')],
    "caption": Annotated[str | None, Option(help="A call to action, in any language.")],
    "font": Annotated[str | None, Option(help="A TTF or OTF file for the caption.", metavar="FILE")],
    "quiet_zone_modules": Annotated[
        int | None, Option("--border", help="Quiet zone in modules.", show_default="4")
    ],
    "micro": Annotated[
        bool | None, Option("--micro", help="A Micro QR code: for short texts on the smallest labels.")
    ],
    "forced": Annotated[bool | None, Option("--force", help="Hand it over although it may not scan.")],
}
_NAMED = Annotated[str, Option("--style", help='A named style, or a .toml file: see "scanly qr styles".')]
_MORE = Annotated[
    list[str] | None,
    Option("--look", help="Any other field of a style, such as logo_ratio=0.15.", metavar="NAME=VALUE"),
]
Verify = Annotated[bool, Option("--verify/--no-verify", help="Read every file back with decoders.")]
Distance = Annotated[
    str | None,
    Option("--distance", help="How far away people stand, such as 2m or 40cm.", show_default="any"),
]

_EYES = ("eye_shape", "pupil_shape")
_WANTED: Mapping[type[object], str] = {bool: "true or false", int: "a whole number", float: "a number"}
_UNIT_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0}


def with_look(command: Callable[..., None], *, without: Collection[str] = ()) -> Callable[..., None]:
    """The command with all options about looks in the place of its argument ``style``, which they become.

    Fields ``without`` options can still be set with ``--look``.
    """
    options = {name: option for name, option in _OPTIONS.items() if name not in without}

    @wraps(command)
    def run(**given: Any) -> None:
        name, more = given.pop("named_style"), given.pop("look")
        fields = {field: given.pop(field) for field in options}
        command(**given, style=_style(name, fields, more))

    looks = [
        Parameter("named_style", Parameter.KEYWORD_ONLY, default="", annotation=_NAMED),
        *(
            Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
            for name, option in options.items()
        ),
        Parameter("look", Parameter.KEYWORD_ONLY, default=None, annotation=_MORE),
    ]
    # The type of the style is known to type checkers only, and not needed here.
    known = signature(command, eval_str=True, locals={"Style": object}).parameters.values()
    own = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in known]
    place = [each.name for each in own].index("style")
    vars(run)["__signature__"] = Signature([*own[:place], *looks, *own[place + 1 :]])
    del run.__annotations__["style"]
    return run


def _style(name: str, given: Mapping[str, object], more: list[str] | None) -> Style:
    """The named style with what was ``given`` (None: not) and NAME=VALUE pairs on top. Raises Invalid."""
    import msgspec

    from scanly.qr.style import Style
    from scanly.qr.styles import find_style

    start = find_style(name).style if name else Style()
    changes = {field: value for field, value in given.items() if value is not None}
    if "size_mm" in changes:
        changes |= {"size_mm": millimetres(str(changes["size_mm"])), "module_mm": 0.0}
    if "level" in changes:
        changes["level"] = str(changes["level"]).upper()
    for path in changes.keys() & {"logo", "font"}:
        # So that it can be found from any folder.
        changes[path] = str(Path(str(changes[path])).expanduser().absolute())
    if changes.get("module_shape") == "bars":
        changes["module_shape"] = "vertical-bars"
    if "eyes" in changes:
        changes |= dict.fromkeys(_EYES, changes.pop("eyes"))
    changes |= dict(_pair(text) for text in more or ())
    return msgspec.structs.replace(start, **changes)


def _pair(text: str) -> tuple[str, object]:
    """A field of a style and its value. Raises Invalid for a field that there is not."""
    import msgspec

    from scanly.core.text import fold, nearest
    from scanly.qr.style import Style

    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f'"--look {text}" needs the form NAME=VALUE')
    fields = {fold(field.name): field for field in msgspec.structs.fields(Style)}
    field = fields.get(fold(name))
    if field is None:
        names = [field.name for field in fields.values()]
        hint = nearest(name, names) or f"There are {', '.join(names)}."
        raise Invalid.field("look", f'A style has no field "{name}".', hint=hint)
    kind = cast(type[object], type(field.default))
    try:
        return field.name, msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        wanted = _WANTED.get(kind, "a text")
        raise Invalid.field(field.name, f'"{value}" cannot be used.', hint=f"Write {wanted}.") from error


def millimetres(size: str) -> float:
    """``30mm`` or ``30`` as a number. Raises Invalid."""
    try:
        return float(size.lower().removesuffix("mm").strip().replace(",", "."))
    except ValueError as error:
        raise Invalid.field("size", f'"{size}" is not a size.', hint="Write it like 30mm.") from error


def distance_mm(text: str) -> float:
    """``2m``, ``40cm`` or ``400mm`` in millimetres. Raises Invalid."""
    found = re.fullmatch(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*(mm|cm|m)\s*", text.lower())
    if not found:
        raise Invalid.field("distance", f'"{text}" is not a distance.', hint="Write it like 2m or 40cm.")
    return float(found[1].replace(",", ".")) * _UNIT_MM[found[2]]


def require_format(form: str) -> None:
    """Raises Invalid for a format that no code can be drawn in."""
    from scanly.core.text import nearest
    from scanly.qr.drawing import FORMATS

    if form not in FORMATS:
        hint = nearest(form, FORMATS) or f"Use {', '.join(FORMATS)}."
        raise Invalid.field("format", f'"{form}" is not a format for codes.', hint=hint)
