"""``scanly qr``: one code, a spreadsheet of codes, and what a finished file says when it is read back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import PARTLY_DONE, Session, group
from scanly.core import text
from scanly.core.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.codes.bulk import Summary
    from scanly.links.hosts import BaseUrl
    from scanly.qr.style import Style

app = group()

BaseUrlOption = Annotated[
    str | None, Option(help="The address printed into dynamic codes, such as https://go.example.com.")
]
Verify = Annotated[bool, Option("--verify/--no-verify", help="Read every file back with a decoder.")]
AllowLocal = Annotated[bool, Option("--allow-local", help="Make codes that only this machine can open.")]
Ecc = Annotated[str, Option(help="Error correction: L, M, Q or H; raised where it costs no space.")]
Size = Annotated[str, Option(help="Outer edge, quiet zone included.")]
Dpi = Annotated[int, Option(help="Pixels per inch of a PNG.")]
Colour = Annotated[str, Option(help="Such as #000000.")]
Border = Annotated[int, Option(help="Quiet zone in modules.")]


@app.command()
def make(
    context: typer.Context,
    content: Annotated[str, Argument(help="An address or a text; empty with --set.", metavar="CONTENT")] = "",
    out: Annotated[
        Path | None, Option("-o", "--output", help="The file, or - for stdout; none draws it here.")
    ] = None,
    form: Annotated[
        str, Option("--format", help="svg, png or pdf, where the file's name does not say.")
    ] = "",
    kind: Annotated[str, Option("--type", help='What it holds: see "scanly qr types".')] = "",
    values: Annotated[
        list[str] | None, Option("--set", help="A field of the type: ssid=Cafe.", metavar="NAME=VALUE")
    ] = None,
    dynamic: Annotated[
        bool, Option("--dynamic", help="Put a short address into the code, which can be changed later.")
    ] = False,
    code: Annotated[str, Option(help="The code of the short address.")] = "",
    ecc: Ecc = "M",
    size: Size = "30mm",
    dpi: Dpi = 300,
    dark: Colour = "#000000",
    light: Colour = "#ffffff",
    border: Border = 4,
    base_url: BaseUrlOption = None,
    verify: Verify = True,
    allow_local: AllowLocal = False,
) -> None:
    """Make one code."""
    from scanly.core.files import write_whole
    from scanly.qr import terminal
    from scanly.qr.drawing import draw
    from scanly.qr.encoding import encode
    from scanly.qr.proof import confirm

    session = Session.of(context)
    style = _style(ecc, size, (dark, light), border, dpi)
    chosen = _form(form, out)
    payload = _payload_text(kind, content, values or [])
    if dynamic:
        payload = _short_address(session, payload, code, base_url, allow_local=allow_local)
    symbol = encode(payload, level=style.level, boost=style.boost)
    if out is None and not chosen:
        sys.stdout.write(terminal.draw(symbol, colour=sys.stdout.isatty()) + "\n")
        return
    data = draw(symbol, style, chosen)
    if verify:
        confirm(data, chosen, payload)
    if out is None or str(out) == "-":
        sys.stdout.buffer.write(data)
        return
    write_whole(out, data)
    if session.json:
        output.as_json({"file": str(out), "content": payload, "symbol": symbol.name, "verified": verify})
    elif not session.quiet:
        output.tell(f"{out}: {symbol.name}, {style.size_mm:g} mm, reads as {payload}")


def _form(form: str, out: Path | None) -> str:
    """The format of one file, empty for the terminal; known before a link is made that no file would show."""
    to_file = out is not None and str(out) != "-"
    chosen = form or (out.suffix.removeprefix(".").lower() if out and to_file else "")
    if out and to_file and not out.parent.is_dir():
        raise Unavailable(f"{out} cannot be written: there is no folder {out.parent}.")
    if out or chosen:
        _require_format(chosen)
    return chosen


def _short_address(
    session: Session, target: str, code: str, base_url: str | None, *, allow_local: bool
) -> str:
    from scanly.links.actions import add_link
    from scanly.links.model import LinkDraft

    async def work(app: App, workspace: Workspace) -> str:
        base = app.base_url
        _require_reachable(base, allow_local=allow_local)
        made = await add_link(app.call(), workspace.id, LinkDraft(target, code), printed_host=base.host)
        return base.short_url(made.host, made.code)

    return session.run_in_workspace(work, {"base_url": base_url})


def _require_reachable(base: BaseUrl, *, allow_local: bool) -> None:
    if base.local and not allow_local:
        raise Invalid(
            f"Phones cannot open {base}: codes with that address would be dead on paper.",
            hint="Give the address they reach with --base-url https://…, or add --allow-local for a test.",
        )


def _payload_text(kind: str, content: str, values: list[str]) -> str:
    from scanly.qr.payloads import build, types

    fields: dict[str, str] = {}
    for value in values:
        name, equals, said = value.partition("=")
        if not equals:
            raise typer.BadParameter(f'"--set {value}" needs the form name=value')
        fields[name] = said
    chosen = kind or ("url" if content.lower().startswith(("http://", "https://")) else "text")
    if content and chosen in types():
        fields.setdefault(types()[chosen].fields[0].name, content)
    return build(chosen, fields).text()


def _style(ecc: str, size: str, colours: tuple[str, str], border: int, dpi: int) -> Style:
    from typing import cast

    from scanly.qr.style import Style
    from scanly.qr.symbol import Level

    dark, light = colours
    level = cast(Level, ecc.upper())
    return Style(
        dark=dark, light=light, quiet_zone_modules=border, size_mm=_millimetres(size), dpi=dpi, level=level
    )


def _millimetres(size: str) -> float:
    try:
        return float(size.lower().removesuffix("mm").strip())
    except ValueError as error:
        raise Invalid.field("size", f'"{size}" is not a size.', hint="Write it like 30mm.") from error


@app.command()
def bulk(
    context: typer.Context,
    source: Annotated[Path, Argument(help="A CSV, TSV or XLSX file.", metavar="FILE")],
    out: Annotated[Path, Option("-o", "--output", help="A folder for the files, or a .zip file.")],
    formats: Annotated[str, Option("--format", help="svg, png, pdf: one, or several with commas.")] = "svg",
    dynamic: Annotated[
        bool, Option("--dynamic/--static", help="A short address per row, or the content itself.")
    ] = True,
    name_template: Annotated[str, Option(help='File names, such as "{table}-{code}".')] = "",
    column_map: Annotated[
        list[str] | None, Option("--map", help="A column's meaning: Titel=title.", metavar="COLUMN=NAME")
    ] = None,
    sheet: Annotated[str | None, Option(help="The sheet of a workbook.", show_default="the first")] = None,
    ecc: Ecc = "M",
    size: Size = "30mm",
    dpi: Dpi = 300,
    dark: Colour = "#000000",
    light: Colour = "#ffffff",
    border: Border = 4,
    jobs: Annotated[int, Option(min=1, max=64, help="Processes that draw at the same time.")] = 1,
    resume: Annotated[bool, Option("--resume", help="Go on where a run was cut off.")] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what is wrong with the rows; make nothing.")
    ] = False,
    base_url: BaseUrlOption = None,
    verify: Verify = True,
    allow_local: AllowLocal = False,
) -> None:
    """Make one code per row of a spreadsheet."""
    from scanly.codes import bulk as bulk_run
    from scanly.codes import pack

    session = Session.of(context)
    style = _style(ecc, size, (dark, light), border, dpi)
    mapping = tuple(_pair(each) for each in column_map or ())
    folder = pack.folder_of(out)

    async def work(app: App, workspace: Workspace) -> Summary:
        base = app.base_url
        if dynamic and not dry_run:
            _require_reachable(base, allow_local=allow_local)
        order = bulk_run.Order(
            source=source,
            folder=folder,
            formats=_formats(formats),
            base_url=base,
            style=style,
            dynamic=dynamic,
            name_template=name_template,
            mapping=mapping,
            sheet=sheet,
            jobs=jobs,
            resume=resume,
            verify=verify,
        )
        if dry_run:
            return bulk_run.check(order)
        pack.refuse_finished(out, resume=resume)
        with output.progress("Codes", quiet=session.quiet) as progress:
            return await bulk_run.run(app.call(), workspace.id, order, progress)

    summary = session.run_in_workspace(work, {"base_url": base_url})
    if not dry_run:
        pack.finish(folder, out)
    _tell_bulk(session, summary, out, dry_run=dry_run)
    if summary.failed:
        raise typer.Exit(PARTLY_DONE)


def _pair(text_given: str) -> tuple[str, str]:
    column, equals, name = text_given.rpartition("=")
    if not equals:
        raise typer.BadParameter(f'"--map {text_given}" needs the form COLUMN=NAME')
    return column, name


def _formats(given: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip().lower() for part in given.split(",") if part.strip()))
    for form in wanted or ("",):
        _require_format(form)
    return wanted


def _require_format(form: str) -> None:
    from scanly.core.text import nearest
    from scanly.qr.drawing import FORMATS

    if form not in FORMATS:
        hint = nearest(form, FORMATS) or f"Use {', '.join(FORMATS)}."
        raise Invalid.field("format", f'"{form}" is not a format for codes.', hint=hint)


def _tell_bulk(session: Session, summary: Summary, out: Path, *, dry_run: bool) -> None:
    if session.json:
        output.as_json(summary)
        return
    for problem in summary.problems:
        output.tell(problem)
    if dry_run:
        output.say(
            f"{text.count(summary.ok, 'row')} can be made, {summary.failed:,} cannot. Nothing was made."
        )
        return
    before = f", {text.count(summary.made_before, 'row')} done before" if summary.made_before else ""
    failed = f"; {summary.failed:,} failed, see results.csv" if summary.failed else ""
    output.say(
        f"{out}: {text.count(summary.ok, 'code')} of {text.count(summary.total, 'row')}{before}{failed}."
    )


@app.command()
def check(
    context: typer.Context,
    files: Annotated[list[Path], Argument(help="SVG, PNG, JPEG or PDF files.", metavar="FILE…")],
) -> None:
    """Read finished files back and say whether they will scan."""
    import msgspec

    from scanly.core.errors import ScanlyError
    from scanly.qr.proof import inspect

    session = Session.of(context)
    found: list[dict[str, object]] = []
    for file in files:
        try:
            found += [msgspec.to_builtins(reading) for reading in inspect(file)]
        except ScanlyError as error:
            found.append({"file": str(file), "ok": False, "grade": "F", "problems": [str(error)]})
    if session.json:
        output.as_json(found)
    else:
        columns = (
            "file",
            "page",
            "symbol",
            "grade",
            "module_mm",
            "contrast",
            "quiet_zone_modules",
            "content",
            "problems",
        )
        rows = [tuple(_shown(reading.get(name, "")) for name in columns) for reading in found]
        output.table([name.replace("_", " ") for name in columns], rows)
    if not all(reading["ok"] for reading in found):
        raise typer.Exit(PARTLY_DONE)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return "\n".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - JSON values


@app.command("types")
def types_(context: typer.Context) -> None:
    """What a code can hold, with fields and an example each."""
    from scanly.qr.payloads import types

    session = Session.of(context)
    if session.json:
        output.as_json(
            [
                {
                    "name": kind.name,
                    "summary": kind.summary,
                    "fields": [
                        {
                            "name": field.name,
                            "help": field.help,
                            "required": field.required,
                            "choices": field.choices,
                        }
                        for field in kind.fields
                    ],
                    "example": dict(kind.examples[0][0]),
                    "text": kind.examples[0][1],
                }
                for kind in types().values()
            ]
        )
        return
    rows: list[tuple[str, str, str]] = []
    for kind in types().values():
        rows.append((kind.name, "", kind.summary))
        rows += [
            ("", field.name + ("" if field.required else " (optional)"), field.help) for field in kind.fields
        ]
        example = " ".join(f'--set {name}="{value}"' for name, value in kind.examples[0][0].items())
        rows.append(("", "", f"scanly qr make --type {kind.name} {example}"))
    output.table(("type", "field", ""), rows)
