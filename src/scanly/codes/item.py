"""A row on its way through a run: what it asks for, its link, the name of its files, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from scanly.codes.look import styled
from scanly.codes.names import parse_template
from scanly.codes.order import Job
from scanly.codes.report import Earlier
from scanly.codes.rowspec import RowSpec, placed, spec_of
from scanly.codes.spreadsheet import Row
from scanly.core.errors import Invalid, ScanlyError
from scanly.links.model import Link
from scanly.qr.payloads import FREE, Demands, build, types
from scanly.qr.style import Style

Fate = Literal["written", "kept", "skipped", "made"]

_BY_NAME = parse_template("{name}", ("name",))


@dataclass(slots=True)
class Item:
    """``fate``: its result is in the report already, or is copied from the earlier one, or it is left out, or
    its code is to be made. ``text`` is the payload's, without the link that may take its place."""

    row: Row
    fate: Fate
    earlier: Earlier | None
    style: Style
    spec: RowSpec | None = None
    text: str = ""
    link: Link | None = None
    name: str = ""
    problem: str = ""

    @property
    def demands(self) -> Demands:
        return types()[self.spec.type].demands if self.spec else FREE

    @property
    def wanted(self) -> bool:
        """Whether a code is to be made of it, as far as is known."""
        return self.fate == "made" and not self.problem

    def wanted_name(self, job: Job) -> str:
        """What its files would be called if nobody else wanted that name. Raises Invalid."""
        code = self.link.code if self.link else self.earlier.code if self.earlier else ""
        code = code or (self.spec.code if self.spec else "")
        if job.template:
            values = job.columns.template_values(self.row)
            return job.template.fill(values, line=self.row.line, code=code)
        said = self.spec.name if self.spec else ""
        return _BY_NAME.fill({"name": code or said}, line=self.row.line, code=code)


def read(row: Row, earlier: Earlier | None, job: Job) -> Item:
    """The row with its fate, and with what it asks for (its payload and style checked) or what is wrong."""
    item = Item(row, _fate(row, earlier, job), earlier, job.order.style)
    if earlier and earlier.name and item.fate != "made":
        return item
    spec = spec_of(row, job.columns, job.conventions)
    if not isinstance(spec, RowSpec):
        item.problem = " ".join(str(problem) for problem in spec)
        return item
    item.spec = spec
    try:
        item.text = build(spec.type, spec.fields).text()
        item.style = styled(job.order.style, spec, job.order.source.parent)
    except ScanlyError as error:
        item.problem = problem_of(row, error, job)
    return item


def problem_of(row: Row, error: ScanlyError, job: Job) -> str:
    """What is wrong, as the owner of the spreadsheet finds it there."""
    if isinstance(error, Invalid) and error.problems:
        named = tuple(replace(each, field=each.field.removesuffix("_mm")) for each in error.problems)
        return " ".join(str(problem) for problem in placed(named, row, job.columns))
    return f"row {row.line}, {error}"


def _fate(row: Row, earlier: Earlier | None, job: Job) -> Fate:
    if earlier and earlier.written:
        return "written"
    if not job.selection.holds(row, earlier.status if earlier else ""):
        return "kept" if earlier else "skipped"
    settled = earlier and earlier.status != "skipped"
    return "kept" if settled and not job.selection.by_status else "made"
