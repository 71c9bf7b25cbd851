"""``scanly qr``: one code, a spreadsheet of codes, and what a finished file says when it is read back."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from typer import Argument, Option

from scanly.cli import looks, output
from scanly.cli.bulk import bulk, reprint
from scanly.cli.printed import AllowLocal, BaseUrlOption, Compact, require_reachable
from scanly.cli.session import PARTLY_DONE, Session, group
from scanly.core.errors import Invalid, Unavailable
from scanly.core.text import printable

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.qr.payloads import Demands
    from scanly.qr.proof import Proof
    from scanly.qr.style import Style
    from scanly.qr.symbol import Symbol

app = group()

_SHOWN_CHARS = 100


@app.command()
@looks.with_look
def make(
    context: typer.Context,
    *,
    content: Annotated[str, Argument(help="An address or a text; empty with --set.", metavar="CONTENT")] = "",
    out: Annotated[
        Path | None, Option("-o", "--output", help="The file, or - for stdout; none draws it here.")
    ] = None,
    form: Annotated[
        str, Option("--format", help="svg, png, pdf or eps, where the file's name does not say.")
    ] = "",
    kind: Annotated[str, Option("--type", help='What it holds: see "scanly qr types".')] = "",
    values: Annotated[
        list[str] | None, Option("--set", help="A field of the type: ssid=Cafe.", metavar="NAME=VALUE")
    ] = None,
    dynamic: Annotated[
        bool, Option("--dynamic", help="Put a short address into the code, which can be changed later.")
    ] = False,
    code: Annotated[str, Option(help="The code of the short address.")] = "",
    compact: Compact = False,
    style: Style,
    distance: looks.Distance = None,
    base_url: BaseUrlOption = None,
    verify: looks.Verify = True,
    allow_local: AllowLocal = False,
) -> None:
    """Make one code."""
    from scanly.qr.drawing import make_symbol

    session = Session.of(context)
    format_ = _format(form, out)
    text, demands = _payload(kind, content, values or [])
    if dynamic:
        text = _short_address(session, text, code, base_url, compact=compact, allow_local=allow_local)
    elif code or compact:
        raise typer.BadParameter("--code and --compact belong to --dynamic")
    symbol = make_symbol(text, style, demands)
    if out is None and not format_:
        from scanly.qr import terminal

        sys.stdout.write(terminal.draw(symbol, colour=sys.stdout.isatty()) + "\n")
        return
    wanted = _Wanted(text, looks.distance_mm(distance) if distance else None) if verify else None
    data, proof = _drawn(symbol, style, format_, demands, wanted)
    _hand_over(session, out, data, _Made(text, symbol, style, proof))


app.command()(bulk)
app.command()(reprint)


def _format(form: str, out: Path | None) -> str:
    """The format of one file, empty for the terminal; known before a link is made that no file would show."""
    to_file = out is not None and str(out) != "-"
    chosen = form.lower() or (out.suffix.removeprefix(".").lower() if out and to_file else "")
    if out and to_file and not out.parent.is_dir():
        raise Unavailable(f"{out} cannot be written: there is no folder {out.parent}.")
    if out or chosen:
        looks.require_format(chosen)
    return chosen


def _payload(kind: str, content: str, values: list[str]) -> tuple[str, Demands]:
    """The text of the code, and what its type's standard fixes about the symbol."""
    from scanly.qr.payloads import FREE, build, types

    fields: dict[str, str] = {}
    for value in values:
        name, equals, said = value.partition("=")
        if not equals:
            raise typer.BadParameter(f'"--set {value}" needs the form NAME=VALUE')
        fields[name] = said
    chosen = kind or ("url" if content.lower().startswith(("http://", "https://")) else "text")
    if content and chosen in types():
        fields.setdefault(types()[chosen].fields[0].name, content)
    built = build(chosen, fields).text()
    return built, types()[chosen].demands if chosen in types() else FREE


def _short_address(
    session: Session, target: str, code: str, base_url: str | None, *, compact: bool, allow_local: bool
) -> str:
    from scanly.links.actions import add_link
    from scanly.links.model import LinkDraft

    async def work(app: App, workspace: Workspace) -> str:
        base = app.base_url
        require_reachable(base, allow_local=allow_local)
        draft = LinkDraft(target, code, compact=compact)
        made = await add_link(app.call(), workspace.id, draft, printed_host=base.host)
        return replace(base, capitals=compact).short_url(made.host, made.code)

    return session.run_in_workspace(work, {"base_url": base_url})


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made, to be told; without ``proof`` nobody read it back."""

    content: str
    symbol: Symbol
    style: Style
    proof: Proof | None


class _Wanted(NamedTuple):
    """What a code must say when it is read back, and from how far."""

    content: str
    distance_mm: float | None


def _drawn(
    symbol: Symbol, style: Style, format_: str, demands: Demands, wanted: _Wanted | None
) -> tuple[bytes, Proof | None]:
    """The file, and how well it reads when it is to be read back. Raises Invalid when it would not."""
    from scanly.qr.drawing import artwork_of, write
    from scanly.qr.proof import verify

    artwork = artwork_of(symbol, style, demands=demands)
    data = write(artwork, format_)
    if wanted is None:
        return data, None
    proof = verify(data, format_, wanted.content, width_modules=artwork.width, distance_mm=wanted.distance_mm)
    if not proof.ok and not style.forced:
        reasons = " ".join(proof.reasons)
        raise Invalid(
            f"The finished {format_.upper()} was refused with grade {proof.grade}. {reasons}",
            hint="Mend that, or add --force to have it all the same.",
        )
    return data, proof


def _hand_over(session: Session, out: Path | None, data: bytes, made: _Made) -> None:
    from scanly.core.files import write_whole

    if out is None or str(out) == "-":
        sys.stdout.buffer.write(data)
        return
    write_whole(out, data)
    proof, symbol = made.proof, made.symbol
    if session.json:
        told: dict[str, object] = {"file": str(out), "content": made.content, "symbol": symbol.name}
        graded = {"grade": proof.grade, "ok": proof.ok, "problems": proof.reasons} if proof else {}
        output.as_json(told | {"verified": proof is not None} | graded)
    elif not session.quiet:
        grade = f"grade {proof.grade}, reads as" if proof else "not read back, holds"
        output.tell(f"{out}: {symbol.name}, {grade} {_in_a_line(made.content)}")
        for reason in (*(proof.reasons if proof else ()), *made.style.cautions()):
            output.tell(f"  {reason}")


def _in_a_line(content: str) -> str:
    """The content as far as it fits on one line; what breaks lines becomes a blank."""
    line = printable(" ".join(content.split()))
    return line if len(line) <= _SHOWN_CHARS else f"{line[: _SHOWN_CHARS - 1]}…"


@app.command()
def check(
    context: typer.Context,
    files: Annotated[list[Path], Argument(help="SVG, PNG, JPEG, PDF or EPS files.", metavar="FILE…")],
    distance: looks.Distance = None,
) -> None:
    """Read finished files back and say whether they will scan."""
    import msgspec

    from scanly.core.errors import ScanlyError
    from scanly.qr.proof import inspect

    session = Session.of(context)
    distance_mm = looks.distance_mm(distance) if distance else None
    found: list[dict[str, object]] = []
    for file in files:
        try:
            found += [msgspec.to_builtins(reading) for reading in inspect(file, distance_mm=distance_mm)]
        except ScanlyError as error:
            found.append({"file": str(file), "ok": False, "grade": "F", "problems": [str(error)]})
    if session.json:
        output.as_json(found)
    else:
        columns = (
            *("file", "page", "symbol", "grade", "module_mm", "contrast", "quiet_zone_modules"),
            *("content", "problems"),
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
def types_(
    context: typer.Context,
    only: Annotated[str, Argument(help="One of them; all without it.", metavar="[TYPE]")] = "",
) -> None:
    """What a code can hold, with fields and an example each."""
    from scanly.qr.payloads import find_type, types

    session = Session.of(context)
    kinds = [find_type(only)] if only else list(types().values())
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
                for kind in kinds
            ]
        )
        return
    rows: list[tuple[str, str, str]] = []
    for kind in kinds:
        rows.append((kind.name, "", kind.summary))
        rows += [
            ("", field.name + ("" if field.required else " (optional)"), field.help) for field in kind.fields
        ]
        example = " ".join(f'--set {name}="{value}"' for name, value in kind.examples[0][0].items())
        rows.append(("", "", f"scanly qr make --type {kind.name} {example}"))
    output.table(("type", "field", ""), rows)


@app.command("styles")
def styles_(context: typer.Context) -> None:
    """What a code can look like: named styles, frames, and every field of a style."""
    import msgspec

    from scanly.qr.looks.frame import frames
    from scanly.qr.style import Style
    from scanly.qr.styles import styles

    session = Session.of(context)
    fields = msgspec.json.schema(Style)["$defs"]["Style"]["properties"]
    if session.json:
        output.as_json(
            {
                "styles": [msgspec.to_builtins(style) for style in styles().values()],
                "frames": [{"name": name, "about": about} for name, about in frames().items()],
                "fields": fields,
            }
        )
        return
    rows = [(style.name, style.about) for style in styles().values()]
    output.table(("style", ""), [*rows, ("", "scanly qr make https://example.com --style ocean -o code.svg")])
    output.table(("frame", ""), list(frames().items()))
    described = [
        (name, " | ".join(field.get("enum", ())) or _default(field["default"]), field["description"])
        for name, field in fields.items()
    ]
    output.table(("field", "choices, or usual value", ""), described)


def _default(value: object) -> str:
    return "" if value == "" else str(value).lower() if isinstance(value, bool) else str(value)
