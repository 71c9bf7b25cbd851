"""``scanly print templates``: labels of one's own, listed, checked and looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import PARTLY_DONE, Session
from scanly.core.errors import ScanlyError
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.press.labels.template import Template


def templates(
    context: typer.Context,
    *,
    names: Annotated[
        list[str] | None,
        Argument(
            help="A template by its name, or a .yaml file of your own; none for all.", metavar="FILE|NAME"
        ),
    ] = None,
    out: Annotated[
        Path | None, Option("-o", "--output", help="A picture of one with its example, a .png file.")
    ] = None,
    schema: Annotated[
        bool, Option("--schema", help="The JSON Schema of such files, with which editors help to write them.")
    ] = False,
) -> None:
    """List templates for labels, check one's own, look at one."""
    from scanly.press.labels.template import templates as known

    session = Session.of(context)
    if schema:
        from scanly.press.labels.schema import template_schema

        output.as_json(template_schema())
        return
    if out is not None:
        _preview(session, names or [], out)
        return
    found: list[Template] = []
    problems: list[str] = []
    for name in names or known((_own_folder(session),)):
        try:
            found.append(template_of(session, name))
        except ScanlyError as error:
            if names and len(names) == 1:
                raise
            problems.append(f"{name}: {error}")
    for problem in problems:
        output.tell(problem)
    if session.json:
        output.as_json([_object(each) for each in found])
    elif names and len(found) == 1:
        _show(found[0])
    else:
        _list(found)
    if problems:
        raise typer.Exit(PARTLY_DONE)


def template_of(session: Session, name: str) -> Template:
    """The template of that name, also one from the folder ``labels`` of the data folder. Raises NotFound, Invalid."""
    from scanly.press.labels.template import find_template

    return find_template(name, (_own_folder(session),))


def _own_folder(session: Session) -> Path:
    return session.folder.root / "labels"


def _preview(session: Session, names: Sequence[str], out: Path) -> None:
    from scanly.cli.print_finish import require_suffix
    from scanly.core.files import in_folder, write_whole
    from scanly.press.labels.preview import preview_png

    if len(names) != 1:
        raise typer.BadParameter("-o makes a picture of one template: name one.")
    require_suffix(out, ".png")
    template = template_of(session, names[0])
    write_whole(in_folder(out), preview_png(template, template.example))
    if session.json:
        output.as_json([_object(template) | {"file": str(out)}])
    elif not session.quiet:
        output.say(f"{out}: {template.title}, {_size(template)}, with its example.")


def _list(found: Sequence[Template]) -> None:
    rows = [(each.name, _size(each), each.title, ", ".join(sorted(each.columns))) for each in found]
    output.table(("template", "size", "what it is", "columns"), rows)
    output.tell(
        f"{count(len(found), 'template')}. Print with one: scanly print sheet FILE --template NAME -o OUT.pdf"
    )


def _show(template: Template) -> None:
    output.fields({
        "template": template.name,
        "what it is": template.title,
        "about": template.about,
        "size": _size(template),
        "elements": ", ".join(put.name for put in template.elements),
        "columns": ", ".join(sorted(template.columns)),
        "example": "; ".join(f"{name}: {value}" for name, value in template.example.items()),
    })  # fmt: skip


def _size(template: Template) -> str:
    if template.shape == "round":
        return f"{template.width_mm:g} mm round"
    return f"{template.width_mm:g} × {template.height_mm:g} mm"


def _object(template: Template) -> dict[str, object]:
    return {
        "name": template.name,
        "title": template.title,
        "about": template.about,
        "width_mm": template.width_mm,
        "height_mm": template.height_mm,
        "bleed_mm": template.bleed_mm,
        "shape": template.shape,
        "columns": sorted(template.columns),
        "example": template.example,
    }
