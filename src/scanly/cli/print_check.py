"""``scanly print check``: what a print shop would find wrong with a PDF, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.print_finish import standard_of
from scanly.cli.print_options import length_mm, per_cent
from scanly.cli.session import PARTLY_DONE, Session
from scanly.core.errors import ScanlyError
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.press.preflight.findings import Expectation, Facts, PreflightReport

# The inks of a press on each other, all full.
_MOST_INK_PERCENT = 400.0
_SHOWN_CODES = 50


def check(
    context: typer.Context,
    *,
    files: Annotated[list[Path], Argument(help="PDF files, whoever made them.", metavar="FILE")],
    standard: Annotated[
        str, Option(help="Also what forbids calling it PDF/X-1a, PDF/X-3 or PDF/X-4.", metavar="STANDARD")
    ] = "",
    ink_limit: Annotated[
        str, Option(help="The most ink in one place, in per cent: 240 for newsprint.", metavar="PERCENT")
    ] = "300",
    bleed: Annotated[str, Option(help="How far colour has to go beyond the edge; 0mm for none.")] = "3mm",
    rgb: Annotated[
        bool, Option("--rgb", help="For office printers, which take colours of the screen.")
    ] = False,
    codes: Annotated[bool, Option("--codes/--no-codes", help="Look for codes and read them.")] = True,
) -> None:
    """Check any PDF as a print shop would."""
    session = Session.of(context)
    expect = _expectation(standard, ink_limit, bleed, rgb=rgb, codes=codes)
    reports, problems = _checked(session, files, expect)
    for problem in problems:
        output.tell(f"scanly: {problem}")
    if session.json:
        output.as_json(reports)
    else:
        for number, report in enumerate(reports):
            if number:
                output.say()
            _show(report, quiet=session.quiet)
    if problems or not all(report.ok for report in reports):
        raise typer.Exit(PARTLY_DONE)


def _expectation(standard: str, ink_limit: str, bleed: str, *, rgb: bool, codes: bool) -> Expectation:
    from scanly.press.preflight.findings import Expectation

    return Expectation(
        standard=standard_of(standard, "standard") if standard else "",
        ink_limit_percent=per_cent(ink_limit, "ink-limit", _MOST_INK_PERCENT),
        bleed_mm=length_mm(bleed, "bleed"),
        rgb=rgb,
        codes=codes,
    )


def _checked(
    session: Session, files: Sequence[Path], expect: Expectation
) -> tuple[list[PreflightReport], list[ScanlyError]]:
    """Reports, and why there is none of a file, which stops no other. Raises that for a file by itself."""
    from scanly.press.preflight import check_pdf

    reports: list[PreflightReport] = []
    problems: list[ScanlyError] = []
    for file in files:
        try:
            with output.progress(file.name, quiet=session.quiet or session.json) as progress:
                reports.append(check_pdf(file, expect=expect, progress=progress))
        except ScanlyError as error:
            if len(files) == 1:
                raise
            problems.append(error)
    return reports, problems


def _show(report: PreflightReport, *, quiet: bool) -> None:
    output.say(f"{report.file}: {_verdict(report)}")
    if report.findings:
        output.table(("", "page", "place", "what is wrong", "what to do"), report.rows())
    if not quiet:
        output.fields(dict(_facts(report.facts)))
        _show_codes(report.facts)


def _verdict(report: PreflightReport) -> str:
    errors, warnings = report.count("error"), report.count("warning")
    if not errors and not warnings:
        return "a print shop can take it."
    found = [count(errors, "error")] if errors else []
    found += [count(warnings, "warning")] if warnings else []
    return f"{' and '.join(found)}{'' if errors else '; a print shop can take it'}."


def _facts(facts: Facts) -> Iterator[tuple[str, str]]:
    """What the file is, in a line each."""
    yield "title", facts.title
    yield "made by", " with ".join(filter(None, dict.fromkeys((facts.creator, facts.producer))))
    yield "pages", _pages(facts)
    yield "inks", ", ".join(facts.inks)
    yield (
        "fonts",
        ", ".join(font.name + ("" if font.embedded else " (not in the file)") for font in facts.fonts),
    )
    if facts.images:
        fewest = min(image.ppi for image in facts.images)
        yield "pictures", f"{count(len(facts.images), 'picture')}, {fewest:.0f} pixels an inch at least"
    yield "layers", ", ".join(facts.layers)
    yield "printed in", facts.output_intent
    yield "calls itself", ", ".join(facts.standards)
    # What a file does not claim to be is of interest where it claims nothing.
    claimed = [name for name in facts.barriers if any(each.startswith(name) for each in facts.standards)]
    for name in claimed or facts.barriers:
        barriers = facts.barriers[name]
        yield name, f"no: {' '.join(barriers)}" if barriers else "nothing forbids it"


def _pages(facts: Facts) -> str:
    sizes = dict.fromkeys(f"{page.trim.width:.5g} × {page.trim.height:.5g} mm" for page in facts.pages)
    return f"{len(facts.pages):,} of {', '.join(sizes)}" if facts.pages else ""


def _show_codes(facts: Facts) -> None:
    rows: Sequence[tuple[object, ...]] = [
        (
            code.page,
            code.symbol,
            code.content,
            "" if code.module_mm is None else f"{code.module_mm:.2f} mm",
            code.grade,
            "; ".join(code.problems),
        )
        for code in facts.codes[:_SHOWN_CODES]
    ]
    if rows:
        output.say()
        output.table(("page", "code", "says", "module", "grade", "problems"), rows)
    if len(facts.codes) > _SHOWN_CODES:
        output.tell(f"… and {len(facts.codes) - _SHOWN_CODES:,} more codes; --json shows all.")
