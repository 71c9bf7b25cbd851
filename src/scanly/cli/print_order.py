"""From what is typed about sheets of labels to the order that the press gets."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scanly.cli.print_finish import Finishing
from scanly.cli.print_labels import Bearing, Inking, Laying
from scanly.cli.print_options import length_mm, one_of, one_or_two, pair, per_cent, require_different
from scanly.cli.print_stocks import stock_of
from scanly.cli.print_templates import template_of
from scanly.cli.session import Session
from scanly.core.errors import Invalid

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.codes.order import Order
    from scanly.press.imposition import Adjustment, Edge, Imposition
    from scanly.press.imposition import Order as Laid
    from scanly.press.labels.model import Label
    from scanly.press.labels.standard import Align, Wishes
    from scanly.press.labels.template import Template
    from scanly.press.sheets.order import SheetOrder
    from scanly.press.stocks import Stock
    from scanly.qr.style import Style

# What ink gains on paper is never more; in per cent of a module.
_MOST_REDUCTION = 15
# What a spot ink looks like where nobody has said: like black.
_UNSEEN_SPOT = "0 0 0 100"
# How far a template may be off the label that it is printed on.
_SAME_SIZE_MM = 0.5
_ORDERS: tuple[Laid, ...] = ("row", "column", "stack")
_EDGES: tuple[Edge, ...] = ("long", "short")
_ALIGNS: tuple[Align, ...] = ("start", "centre", "end")


def in_spot(style: Style, spot: str) -> Style:
    """The style with dark modules in a spot ink (``NAME`` or ``NAME; c m y k``), if there is one. Raises Invalid."""
    if not spot:
        return style
    import msgspec

    from scanly.qr.ink import parse_ink
    from scanly.qr.style import Style

    if style.dark != Style().dark:
        hint = "Leave out --dark (or the style), or --spot."
        raise Invalid.field("spot", f"Codes are {style.dark} already.", hint=hint)
    name, _, seen = (part.strip() for part in spot.partition(";"))
    try:
        parse_ink(f"cmyk({seen or _UNSEEN_SPOT})")
    except Invalid as error:
        hint = 'Write four inks in per cent, like "PANTONE 286 C; 100 66 0 2".'
        raise Invalid.field("spot", f'"{seen}" is no colour to show for {name}.', hint=hint) from error
    dark = f"spot({name}; {seen or _UNSEEN_SPOT})"
    parse_ink(dark, field="spot")
    return msgspec.structs.replace(style, dark=dark)


@dataclass(frozen=True, slots=True)
class Wish:
    """All that was typed about the sheets."""

    out: Path
    laying: Laying
    bearing: Bearing
    finishing: Finishing
    inking: Inking
    style: Style
    copies: int
    serial_from: str

    def prepare(self, session: Session) -> Callable[[App, Workspace, Order], Awaitable[SheetOrder]]:
        """What completes the order within the workspace; what needs none is judged at once. Raises Invalid."""
        self._refuse_idle()
        label, stock = self._label_and_stock(session)
        imposition = self._imposition(stock)
        back = self._back(session, stock)
        adjustment = self._adjustment()
        reduction = per_cent(self.inking.bwr, "bwr", _MOST_REDUCTION) / 100

        async def complete(app: App, workspace: Workspace, rows: Order) -> SheetOrder:
            from scanly.press.sheets.layers import Layers
            from scanly.press.sheets.order import SheetOrder

            return SheetOrder(
                rows=rows,
                out=self.out,
                imposition=imposition,
                label=label,
                finish=self.finishing.finish(rows.source.stem, app.clock()),
                adjustment=await self._of_printer(app, workspace) if self.laying.printer else adjustment,
                copies=self.copies,
                serial_from=self.serial_from,
                back=back,
                layers=Layers(self.inking.white, self.inking.varnish, self.laying.cut_lines),
                bar_reduction=reduction,
                converts=self.inking.converts,
            )

        return complete

    def _label_and_stock(self, session: Session) -> tuple[Label, Stock]:
        from scanly.press.labels.standard import blank_of, standard_label

        if self.bearing.template:
            self._refuse_beside_template()
            template = template_of(session, self.bearing.template)
            stock = stock_of(session, self.laying.stock or f"{_grid(template)}:1x1")
            _require_same_size(template, stock)
            return template, stock
        if not self.laying.stock:
            hint = 'See "scanly print stocks", or give a grid such as A4:3x8.'
            raise Invalid.field("stock", "No labels are named to print on.", hint=hint)
        stock = stock_of(session, self.laying.stock)
        return standard_label(blank_of(stock), self._wishes()), stock

    def _refuse_idle(self) -> None:
        """Raises Invalid for an option that would do nothing beside the others."""
        bearing, inking = self.bearing, self.inking
        if self.finishing.rgb:
            for name in ("spot", "white", "varnish"):
                if getattr(inking, name):
                    raise Invalid.field(name, "Office printers have no such ink.", hint="Leave --rgb out.")
            if inking.converts:
                raise Invalid.field(
                    "convert-rgb", "With --rgb, pictures stay as they are.", hint="Leave one out."
                )
        spot = inking.spot.partition(";")[0].strip()
        require_different({"spot": spot, "white-name": inking.white, "varnish-name": inking.varnish})
        if self.laying.turn and not bearing.backs:
            raise Invalid.field("turn", "Nothing is printed on the back.", hint="Add --backs TEMPLATE.")
        if (bearing.text_size or bearing.align) and not (bearing.text or bearing.template):
            raise Invalid.field("text", "There is none to be set so.", hint='Add --text "{name}".')

    def _back(self, session: Session, stock: Stock) -> Label | None:
        if not self.bearing.backs:
            return None
        template = template_of(session, self.bearing.backs)
        _require_same_size(template, stock)
        return template

    def _refuse_beside_template(self) -> None:
        """Raises Invalid for what a template says itself."""
        bearing = self.bearing
        given = {
            "text": bearing.text,
            "text_size": bearing.text_size,
            "align": bearing.align,
            "rtl": bearing.rtl,
            "barcode": bearing.barcode,
            "image": bearing.image,
            "size": bearing.size,
        }
        for name, value in given.items():
            if value:
                hint = f"Leave --{name.replace('_', '-')} out, or --template."
                raise Invalid.field(name, "A template says itself what it bears.", hint=hint)

    def _wishes(self) -> Wishes:
        from scanly.press.labels.standard import Wishes
        from scanly.press.type.setting import Face
        from scanly.qr.ink import BLACK, parse_ink

        bearing = self.bearing
        size_pt, least_pt = sizes_pt(bearing.text_size) if bearing.text_size else (0.0, 0.0)
        return Wishes(
            text=bearing.text,
            barcode=bearing.barcode,
            image=bearing.image,
            size_mm=length_mm(bearing.size, "size") if bearing.size else 0.0,
            size_pt=size_pt,
            least_pt=least_pt,
            align=self._align(),
            face=Face(font=self.style.font),
            rtl=bearing.rtl,
            ink=parse_ink(self.style.dark, field="spot") if self.inking.spot else BLACK,
        )

    def _align(self) -> Align | None:
        if not self.bearing.align:
            return None
        align: Align = one_of(self.bearing.align, "align", _ALIGNS)
        return align

    def _imposition(self, stock: Stock) -> Imposition:
        from scanly.press.imposition import Imposition

        laying = self.laying
        return Imposition(
            stock,
            one_of(laying.order, "order", _ORDERS),
            laying.start,
            one_of(laying.turn or "long", "turn", _EDGES),
        )

    def _adjustment(self) -> Adjustment:
        """What was typed. Raises Invalid."""
        from scanly.press.imposition import Adjustment

        laying = self.laying
        if laying.printer and (laying.nudge or laying.scale):
            hint = "Leave --nudge and --scale out, or --printer."
            raise Invalid.field("printer", "A printer has its own nudge and scale.", hint=hint)
        return Adjustment(
            pair(laying.nudge, "nudge", "0.3,-0.2") if laying.nudge else (0.0, 0.0),
            one_or_two(laying.scale, "scale", "1.002 or 1.002,0.999") if laying.scale else (1.0, 1.0),
        )

    async def _of_printer(self, app: App, workspace: Workspace) -> Adjustment:
        from scanly.press.imposition import Adjustment
        from scanly.press.printers.actions import show_printer

        found = (await show_printer(app.call(), workspace.id, self.laying.printer)).correction
        return Adjustment(found.nudge_mm, found.scale)


def sizes_pt(text: str) -> tuple[float, float]:
    """``9`` or ``9-6``, with or without pt: a size and the least one (0: as usual). Raises Invalid."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*(?:pt)?\s*(?:[-–]\s*([0-9.]+)\s*(?:pt)?\s*)?", text)
    try:
        size, least = (float(each or 0) for each in found.groups()) if found else (0.0, 0.0)
    except ValueError:
        size = least = 0.0
    if not size:
        hint = "Write points like 9, or 9-6 for text that may shrink."
        raise Invalid.field("text-size", f'"{text}" is no size of text.', hint=hint)
    return max(size, least), min(size, least)


def _grid(template: Template) -> str:
    return f"{template.width_mm:g}x{template.height_mm:g}mm"


def _require_same_size(template: Template, stock: Stock) -> None:
    """Raises Invalid with both sizes."""
    across, down = (
        stock.label_width_mm - template.width_mm,
        stock.label_height_mm - template.height_mm,
    )
    if max(abs(across), abs(down)) > _SAME_SIZE_MM:
        message = (
            f"{template.name} is {template.width_mm:g} × {template.height_mm:g} mm, a label {stock.size}."
        )
        hint = f"Choose labels of its size: scanly print stocks {template.width_mm:g}; or change its page."
        raise Invalid.field("template", message, hint=hint)
