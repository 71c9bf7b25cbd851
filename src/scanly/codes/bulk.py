"""A spreadsheet becomes links and files: streaming, in batches, each of which is finished before the next.

A batch makes its links in one transaction and then writes its files and its lines of the report. Cut off at
any moment, `--resume` goes on: links are found again by their origin (input, output, line), never made twice.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

import msgspec

from scanly.codes.actions import save_codes
from scanly.codes.columns import Columns, RowSpec, bind, spec_of
from scanly.codes.model import QrCode
from scanly.codes.names import Names, NameTemplate, parse_template
from scanly.codes.render import Drawing, Drawn, render_all
from scanly.codes.report import RESULTS, Report, Result
from scanly.codes.spreadsheet import Row, Rows, open_rows
from scanly.core.errors import Conflict, Invalid, ScanlyError
from scanly.core.ids import LinkId, QrCodeId, WorkspaceId
from scanly.links.actions import add_links
from scanly.links.hosts import BaseUrl
from scanly.links.model import Link, LinkDraft
from scanly.qr.payloads import build, types
from scanly.qr.style import Style
from scanly.work.call import Call

BATCH = 500
_CHUNK = 50

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. ``folder`` gets the files and the report."""

    source: Path
    folder: Path
    formats: tuple[str, ...]
    base_url: BaseUrl
    style: Style
    dynamic: bool = True
    name_template: str = ""
    mapping: tuple[tuple[str, str], ...] = ()
    sheet: str | None = None
    jobs: int = 1
    resume: bool = False
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended, earlier parts included: rows by status, and what is wrong with those that failed."""

    total: int
    ok: int
    failed: int
    made_before: int
    problems: tuple[str, ...]


@dataclass(slots=True)
class _Item:
    """A row on its way: what it asks for, its link, its file name, what is wrong with it."""

    row: Row
    spec: RowSpec | None = None
    link: Link | None = None
    name: str = ""
    problem: str = ""


def check(order: Order) -> Summary:
    """What a run would say of every row, without making anything. Raises Invalid for the file as a whole."""
    rows, columns, _ = _opened(order)
    problems = [item.problem for row in rows if (item := _read(row, columns)).problem]
    return Summary(rows.total, rows.total - len(problems), len(problems), 0, tuple(problems))


async def run(call: Call, workspace_id: WorkspaceId, order: Order, progress: Progress) -> Summary:
    """Makes what is not there yet. Raises Invalid, Conflict or Unavailable for the run as a whole."""
    rows, columns, template = _opened(order)
    if order.folder.exists() and not order.folder.is_dir():
        raise Conflict(
            f"{order.folder} is a file.", hint="Name a folder, or a file that ends with .zip, with -o."
        )
    if (order.folder / RESULTS).exists() and not order.resume:
        raise Conflict(
            f"{order.folder} holds a finished run.", hint="Add --resume, or choose another folder with -o."
        )
    with (
        (Report.resume if order.resume else Report.start)(order.folder, rows) as report,
        _workers(order) as pool,
    ):
        before = len(report.done)
        run_of = _Run(call, workspace_id, order, columns, template, report, pool, _origin(rows, order))
        done = 0
        for batch in _batches(iter(rows)):
            await run_of.finish(batch)
            done += len(batch)
            progress(done, rows.total)
        report.finish()
        counts = report.counts
        return Summary(rows.total, counts["ok"], counts["failed"], before, tuple(report.problems))


def _opened(order: Order) -> tuple[Rows, Columns, NameTemplate | None]:
    rows = open_rows(order.source, sheet=order.sheet)
    fields = {name: [field.name for field in kind.fields] for name, kind in types().items()}
    columns = bind(rows.header, dict(order.mapping), fields)
    template = parse_template(order.name_template, columns.template_names()) if order.name_template else None
    return rows, columns, template


def _origin(rows: Rows, order: Order) -> str:
    where = hashlib.sha256(str(order.folder.resolve()).encode()).hexdigest()
    return f"bulk-{rows.sha256[:24]}-{where[:12]}"


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


@contextmanager
def _workers(order: Order) -> Generator[Executor | None]:
    if order.jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(order.jobs, mp_context=get_context("spawn")) as pool:
        yield pool


@dataclass(slots=True)
class _Run:
    """A run between its first and its last batch."""

    call: Call
    workspace_id: WorkspaceId
    order: Order
    columns: Columns
    template: NameTemplate | None
    report: Report
    pool: Executor | None
    origin: str
    names: Names = field(default_factory=Names)

    async def finish(self, rows: list[Row]) -> None:
        """Links, files and report of a batch."""
        items = [_read(row, self.columns) for row in rows]
        new = [item for item in items if item.row.line not in self.report.done]
        await self._make_links([item for item in new if item.spec and not item.problem])
        for item in items:
            self._name(item)
        drawn = self._draw([item for item in new if not item.problem])
        await self._save([item for item in new if not item.problem], drawn)
        os.sync()  # the report must not promise files that a power cut can take
        results = [self._result(item, drawn.get(item.row.line, Drawn(problem=item.problem))) for item in new]
        self.report.add(results)

    async def _make_links(self, items: list[_Item]) -> None:
        dynamic = [item for item in items if self._is_dynamic(item)]
        drafts = [self._draft(item.row.line, item.spec) for item in dynamic if item.spec]
        if not drafts:
            return
        outcomes = await add_links(
            self.call, self.workspace_id, drafts, printed_host=self.order.base_url.host
        )
        for item, outcome in zip(dynamic, outcomes, strict=True):
            if isinstance(outcome, Link):
                item.link = outcome
            else:
                item.problem = _placed(item.row, outcome)

    def _is_dynamic(self, item: _Item) -> bool:
        return self.order.dynamic and item.spec is not None and item.spec.type == "url"

    def _draft(self, line: int, spec: RowSpec) -> LinkDraft:
        return LinkDraft(
            target=spec.fields["target"],
            code=spec.code,
            host=spec.host,
            title=spec.title or spec.name,
            tags=spec.tags,
            campaign=spec.campaign,
            placement=spec.placement,
            origin=f"{self.origin}-{line}",
        )

    def _name(self, item: _Item) -> None:
        """Every row takes a name, in file order, so that names do not depend on what was done before."""
        code = item.link.code if item.link else self.report.done.get(item.row.line, "")
        code = code or (item.spec.code if item.spec else "")
        try:
            item.name = self.names.take(self._wanted_name(item, code))
        except Invalid as error:
            item.problem = item.problem or _placed(item.row, error)

    def _wanted_name(self, item: _Item, code: str) -> str:
        if self.template:
            return self.template.fill(self.columns.template_values(item.row), line=item.row.line, code=code)
        plain = parse_template("{name}", ("name",))
        said = item.spec.name if item.spec else ""
        return plain.fill({"name": code or said}, line=item.row.line, code=code)

    def _draw(self, items: list[_Item]) -> dict[int, Drawn]:
        drawings = [self._drawing(item) for item in items]
        chunks = [drawings[start : start + _CHUNK] for start in range(0, len(drawings), _CHUNK)]
        rendered = self.pool.map(render_all, chunks) if self.pool else map(render_all, chunks)
        drawn = itertools.chain.from_iterable(rendered)
        return {item.row.line: result for item, result in zip(items, drawn, strict=True)}

    def _drawing(self, item: _Item) -> Drawing:
        order = self.order
        return Drawing(
            self._content(item), self._style(item), order.formats, order.folder, item.name, order.verify
        )

    def _content(self, item: _Item) -> str:
        if item.link:
            return self.order.base_url.short_url(item.link.host, item.link.code)
        if item.spec is None:
            raise AssertionError("a row without a specification is not drawn")
        return build(item.spec.type, item.spec.fields).text()

    def _style(self, item: _Item) -> Style:
        size_mm = item.spec.size_mm if item.spec else None
        return msgspec.structs.replace(self.order.style, size_mm=size_mm) if size_mm else self.order.style

    async def _save(self, items: list[_Item], drawn: dict[int, Drawn]) -> None:
        codes = [self._code(item, drawn[item.row.line]) for item in items if drawn[item.row.line].files]
        await save_codes(self.call, self.workspace_id, codes)

    def _code(self, item: _Item, drawn: Drawn) -> QrCode:
        return QrCode(
            id=QrCodeId(self.call.make_id()),
            link_id=LinkId(item.link.id) if item.link else None,
            type=item.spec.type if item.spec else "url",
            content=self._content(item),
            name=item.name,
            caption=item.spec.caption if item.spec else "",
            style=msgspec.structs.asdict(self._style(item)),
            encoder=drawn.encoder,
            origin=f"{self.origin}-{item.row.line}",
            created_ms=self.call.now_ms,
        )

    def _result(self, item: _Item, drawn: Drawn) -> Result:
        problem = item.problem or (f"row {item.row.line}: {drawn.problem}" if drawn.problem else "")
        if problem:
            return Result(item.row, "failed", problem=problem)
        code, short_url = "", ""
        if item.link:
            code, short_url = item.link.code, self._content(item)
        return Result(item.row, "ok", code, short_url, drawn.files)


def _read(row: Row, columns: Columns) -> _Item:
    """What the row asks for, its payload checked, or what is wrong with it."""
    spec = spec_of(row, columns)
    if not isinstance(spec, RowSpec):
        return _Item(row, problem=" ".join(str(problem) for problem in spec))
    try:
        build(spec.type, spec.fields)
    except ScanlyError as error:
        return _Item(row, spec, problem=_placed(row, error))
    return _Item(row, spec)


def _placed(row: Row, error: ScanlyError) -> str:
    if isinstance(error, Invalid) and error.problems:
        return " ".join(str(replace(problem, where=f"row {row.line}")) for problem in error.problems)
    return f"row {row.line}, {error}"
