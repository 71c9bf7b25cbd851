"""``scanly print poster``, ``tent``, ``card``, ``sticker``, ``flyer``, ``designs``: designed pieces for links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Argument, Option

from scanly.cli import looks, output
from scanly.cli.print_finish import (
    PREVIEW_DPI,
    Finishing,
    require_suffix,
    with_finishing,
    write_pages,
    written,
)
from scanly.cli.print_options import length_mm, require_different, with_options
from scanly.cli.print_preview import write_picture
from scanly.cli.printed import AllowLocal, BaseUrlOption, require_reachable
from scanly.cli.session import Session
from scanly.core.errors import Invalid
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.press.designs.piece import Piece
    from scanly.press.designs.reading import Choices
    from scanly.press.designs.subject import Subject
    from scanly.press.page import Page
    from scanly.qr.style import Style


@dataclass(frozen=True, slots=True)
class Wording:
    """What a piece says and looks like, as it was typed."""

    design: str
    form: str
    call: str
    line: str
    language: str
    style: str
    font: str


_WORDING: Mapping[str, tuple[object, object]] = {
    "design": (
        Annotated[
            str,
            Option(
                help='Its design: see "scanly print designs".', metavar="NAME", show_default="the usual one"
            ),
        ],
        "",
    ),
    "form": (
        Annotated[
            str,
            Option("--format", help="Its size, such as A4.", metavar="NAME", show_default="the usual one"),
        ],
        "",
    ),
    "call": (
        Annotated[
            str,
            Option(
                help="What to do with the code: menu, pay, book …, or your own words.",
                show_default="what suits the page",
            ),
        ],
        "",
    ),
    "line": (Annotated[str, Option(help="A sentence under the name.", show_default="the page's own")], ""),
    "language": (
        Annotated[
            str,
            Option(
                help="A language of pages, such as hi or pt-BR.", metavar="LANG", show_default="the page's"
            ),
        ],
        "",
    ),
    "style": (Annotated[str, Option(help='A named style for the code: see "scanly qr styles".')], ""),
    "font": (Annotated[str, Option(help="A TTF or OTF file for all words.", metavar="FILE")], ""),
}
_GAP: tuple[object, object] = (
    Annotated[
        str,
        Option(help="What lies between them, such as 4mm.", show_default="0mm for cards, 6mm for stickers"),
    ],
    "",
)
_TENT: Mapping[str, tuple[object, object]] = {
    "back_call": (
        Annotated[str, Option(help="What the back panel asks for instead.", show_default="as in front")],
        "",
    ),
    "back_line": (
        Annotated[str, Option(help="The back panel's sentence instead.", show_default="as in front")],
        "",
    ),
}
_CARD: Mapping[str, tuple[object, object]] = {
    "ten_up": (Annotated[bool, Option("--ten-up", help="Ten on a sheet, with marks to cut along.")], False),
    "paper": (Annotated[str, Option(help="The sheet for --ten-up.", show_default="A4")], ""),
    "gap": _GAP,
}
_STICKER: Mapping[str, tuple[object, object]] = {
    "mirrored": (Annotated[bool, Option("--mirrored", help="For the inside of glass.")], False),
    "white": (Annotated[bool, Option("--white", help="White ink behind it, for clear foil.")], False),
    "white_name": (Annotated[str, Option(help="What the shop calls white ink.", show_default="White")], ""),
    "cut_name": (
        Annotated[str, Option(help="What the plotter calls its line.", show_default="CutContour")],
        "",
    ),
    "paper": (
        Annotated[str, Option(help="As many as fit on such a sheet.", show_default="one by itself")],
        "",
    ),
    "gap": _GAP,
}


@dataclass(frozen=True, slots=True)
class Own:
    """What only one kind of piece is told: ``options`` of its designs; the ``paper`` that several are laid on, and
    the gap between them; what its ``white`` ink is called."""

    options: Mapping[str, object] = field(default_factory=dict[str, object])
    paper: str = ""
    gap_mm: float | None = None
    white: str = ""


def _tent(given: Mapping[str, Any]) -> Own:
    return Own({name: text for name, text in given.items() if text})


def _card(given: Mapping[str, Any]) -> Own:
    if given["paper"] and not given["ten_up"]:
        raise typer.BadParameter("--paper is the sheet for --ten-up: add that.")
    return _on_paper({}, given["paper"] or ("A4" if given["ten_up"] else ""), given["gap"])


def _sticker(given: Mapping[str, Any]) -> Own:
    options = {"mirror": given["mirrored"], "cut_name": given["cut_name"]}
    said = {name: value for name, value in options.items() if value}
    white = given["white_name"] or ("White" if given["white"] else "")
    require_different({"white-name": white, "cut-name": given["cut_name"]})
    return replace(_on_paper(said, given["paper"], given["gap"]), white=white)


def _on_paper(options: Mapping[str, object], paper: str, gap: str) -> Own:
    if gap and not paper:
        raise typer.BadParameter(
            "--gap lies between several on a sheet: add --ten-up, or --paper for stickers."
        )
    gap_mm = length_mm(gap, "gap") if gap else None
    if gap_mm is not None and gap_mm < 0:
        raise Invalid.field("gap", f'With "{gap}" they overlap.', hint="Write 0mm or more.")
    return Own(options, paper, gap_mm)


_OWN: Mapping[str, tuple[Mapping[str, tuple[object, object]], Callable[[Mapping[str, Any]], Own]]] = {
    "poster": ({}, lambda _: Own()),
    "tent": (_TENT, _tent),
    "card": (_CARD, _card),
    "sticker": (_STICKER, _sticker),
    "flyer": ({}, lambda _: Own()),
}
KINDS: Mapping[str, str] = {
    "poster": "Make a poster for a link, in your name and colours.",
    "tent": "Make a table tent: one sheet, folded, reads from each side.",
    "card": "Make a business card with a code, front and back.",
    "sticker": "Make a sticker with a line for the cutting plotter.",
    "flyer": "Make a flyer, front and back.",
}


def command_for(kind: str) -> Callable[..., None]:
    """The command that makes pieces of a kind."""
    options, build = _OWN[kind]

    @with_options("wording", _WORDING, lambda given: Wording(**given))
    @with_options("own", options, build)
    @with_finishing
    def piece(
        context: typer.Context,
        *,
        codes: Annotated[list[str], Argument(help="The codes of links, a piece for each.", metavar="CODE")],
        out: Annotated[
            Path, Option("-o", "--output", help="A .pdf file for the press, or a .png file to look at.")
        ],
        wording: Wording,
        own: Own,
        finishing: Finishing,
        base_url: BaseUrlOption = None,
        verify: looks.Verify = True,
        allow_local: AllowLocal = False,
    ) -> None:
        session = Session.of(context)
        job = _Job(kind, tuple(codes), out, wording, own, finishing)
        job.make(session, base_url, verify=verify, allow_local=allow_local)

    piece.__doc__ = KINDS[kind]
    return piece


@dataclass(frozen=True, slots=True)
class _Job:
    """All that was typed about pieces."""

    kind: str
    codes: tuple[str, ...]
    out: Path
    wording: Wording
    own: Own
    finishing: Finishing

    def make(self, session: Session, base_url: str | None, *, verify: bool, allow_local: bool) -> None:
        """Makes the file. Raises Invalid, NotFound."""
        from scanly.press.designs.cautions import cautions
        from scanly.press.designs.reading import read_subject
        from scanly.press.pdf.plates import Plates

        suffix = require_suffix(self.out, ".pdf", ".png")
        if suffix == ".png" and len(self.codes) > 1:
            raise typer.BadParameter("A picture shows one piece: name one code, or a .pdf file.")
        self._refuse_idle()

        async def work(app: App, workspace: Workspace) -> tuple[list[Page], int]:
            require_reachable(app.base_url, allow_local=allow_local)
            choices = self._choices()
            pages: list[Page] = []
            for code in self.codes:
                subject = await read_subject(app.call(), workspace, code, app.base_url, app.media, choices)
                pages += (made := self._pages(subject))
                for sentence in () if session.quiet else cautions(subject, made):
                    output.tell(sentence)
            return pages, app.clock()

        pages, now_ms = session.run_in_workspace(work, {"base_url": base_url})
        finish = replace(
            self.finishing.finish(f"{self.kind.capitalize()}: {', '.join(self.codes)}", now_ms),
            plates=Plates(white=self.own.white),
        )
        if suffix == ".png":
            write_picture(self.out, written(pages, finish), len(pages), PREVIEW_DPI)
        else:
            write_pages(self.out, pages, finish, verify=verify)
        self._tell(session, pages)

    def _refuse_idle(self) -> None:
        """Raises Invalid for options that would do nothing."""
        if self.own.white and self.finishing.rgb:
            raise Invalid.field("white", "Office printers have no such ink.", hint="Leave --rgb out.")
        if self.wording.language:
            from scanly.sites.words.language import find_language

            find_language(self.wording.language)

    def _choices(self) -> Choices:
        from scanly.press.designs.reading import Choices

        wording = self.wording
        return Choices(
            language=wording.language,
            call=wording.call,
            line=wording.line,
            font=str(Path(wording.font).expanduser().absolute()) if wording.font else "",
            style=self._style(),
            inks="rgb" if self.finishing.rgb else "cmyk",
            profile=self.finishing.read_profile(),
        )

    def _style(self) -> Style:
        from scanly.qr.style import Style
        from scanly.qr.styles import find_style

        return find_style(self.wording.style).style if self.wording.style else Style()

    def _pages(self, subject: Subject) -> Sequence[Page]:
        from scanly.press.designs import make

        piece = make(self.kind, self.wording.design, self.wording.form, subject, **self.own.options)
        return self._laid(piece).pages

    def _laid(self, piece: Piece) -> Piece:
        """The piece, or many of it on a sheet."""
        if not self.own.paper:
            return piece
        from scanly.press.designs.repeating import sticker_sheet, ten_up

        many = ten_up if self.kind == "card" else sticker_sheet
        if self.own.gap_mm is None:
            return many(piece, self.own.paper)
        return many(piece, self.own.paper, gap_mm=self.own.gap_mm)

    def _tell(self, session: Session, pages: Sequence[Page]) -> None:
        first = pages[0]
        if session.json:
            output.as_json({
                "file": str(self.out),
                "kind": self.kind,
                "codes": self.codes,
                "pages": len(pages),
                "width_mm": first.width_mm,
                "height_mm": first.height_mm,
            })  # fmt: skip
        elif not session.quiet:
            size = f"{first.width_mm:g} × {first.height_mm:g} mm"
            output.say(
                f"{self.out}: {count(len(self.codes), self.kind)}, {count(len(pages), 'page')} of {size}."
            )
            if not self.finishing.bleed_mm and not self.finishing.rgb and any(map(_bleeds, pages)):
                output.tell("It has no bleed, for a printer of your own; for a print shop add --bleed 3mm.")


def _bleeds(page: Page) -> bool:
    """Whether anything reaches beyond the trim, so that no white shows where a cut is a little off."""
    from scanly.press.page import bounds

    drawn = bounds(page.items)
    return drawn is not None and not page.trim.holds(drawn)


def designs(
    context: typer.Context,
    kind: Annotated[
        str, Argument(help="poster, tent, card, sticker or flyer; none for all.", metavar="KIND")
    ] = "",
) -> None:
    """List the designs of posters, tents, cards, stickers and flyers, and their sizes."""
    from scanly.press import designs as press

    session = Session.of(context)
    if kind:
        press.find_kind(kind)
    kinds = [kind] if kind else [name for name in KINDS if name in press.kinds()]
    if session.json:
        output.as_json([each for name in kinds for each in _objects(name)])
        return
    for number, name in enumerate(kinds):
        if number:
            output.say()
        found = press.find_kind(name)
        output.say(f"{name}: {found.ABOUT}")
        usual = found.USUAL
        rows = [
            (f"{each} (usual)" if each == usual else each, design.ABOUT)
            for each, design in press.designs(name).items()
        ]
        output.table(("design", "what it is"), rows)
        sizes = [
            (form.name, f"{form.width_mm:g} × {form.height_mm:g} mm", form.about) for form in found.FORMATS
        ]
        output.table(("format", "size", "for"), sizes)


def _objects(kind: str) -> Sequence[Mapping[str, object]]:
    from scanly.press import designs as press

    found = press.find_kind(kind)
    formats = [
        {"name": form.name, "width_mm": form.width_mm, "height_mm": form.height_mm, "about": form.about}
        for form in found.FORMATS
    ]
    return [
        {
            "name": name,
            "kind": kind,
            "title": design.TITLE,
            "about": design.ABOUT,
            "usual": name == found.USUAL,
            "formats": formats,
        }
        for name, design in press.designs(kind).items()
    ]
