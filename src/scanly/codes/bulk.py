"""A spreadsheet becomes links and files: streaming, in batches, each of which is finished before the next.

A batch makes its links in one transaction and then writes its files, its lines of the register of printed things and
of the report. Cut off at any moment, `--resume` goes on: links are found again by their origin (input, output, line),
never made twice.
What became of a row stands, unless it was left out before or a condition on ``status`` asks for it anew.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context

from scanly.codes import manifest
from scanly.codes.issuing import Issuing, origin_of
from scanly.codes.item import Item, problem_of, read
from scanly.codes.look import written
from scanly.codes.manifest import Recipe
from scanly.codes.names import Names
from scanly.codes.order import Job, Order, Summary, open_job
from scanly.codes.placements.photos import Photos
from scanly.codes.render import Drawing, Drawn, render_all
from scanly.codes.report import PART, RESULTS, Earlier, Report, Result, statuses
from scanly.codes.spreadsheet import Row
from scanly.core.clock import iso
from scanly.core.errors import Conflict, Invalid
from scanly.core.ids import WorkspaceId
from scanly.media.storage import Storage
from scanly.work.call import Call

BATCH = 500
_CHUNK = 50

Progress = Callable[[int, int], None]


def check(order: Order, now_ms: int) -> Summary:
    """What a run would say of every row, without making anything. Raises Invalid for the file as a whole."""
    job = open_job(order, now_ms)
    told = itertools.chain(statuses(order.folder, job.rows.header), itertools.repeat(""))
    problems: list[str] = []
    skipped = 0
    for row, status in zip(job.rows, told, strict=False):
        if not job.selection.holds(row, status):
            skipped += 1
        elif problem := read(row, None, job).problem:
            problems.append(problem)
    total, failed = job.rows.total, len(problems)
    return Summary(total, total - failed - skipped, failed, 0, tuple(problems), skipped)


async def run(
    call: Call, workspace_id: WorkspaceId, order: Order, media: Storage, progress: Progress
) -> Summary:
    """Makes what is not there yet. Raises Invalid, Conflict or Unavailable for the run as a whole."""
    job = open_job(order, call.now_ms)
    _require_room(job)
    if job.selection.by_status and (order.folder / PART).exists():
        _settle(job)
    with (
        (Report.resume if order.resume else Report.start)(order.folder, job.rows) as report,
        _workers(order) as pool,
    ):
        issuing = Issuing(call, workspace_id, job, origin_of(job), Photos(media, order.source.parent))
        run_of = _Run(job, report, pool, issuing)
        for name in report.earlier_names():
            run_of.names.hold(name)
        done = 0
        for batch in _batches(iter(job.rows)):
            await run_of.finish(batch)
            done += len(batch)
            progress(done, job.rows.total)
        report.finish()
        ok, failed, skipped = (report.counts[status] for status in ("ok", "failed", "skipped"))
        return Summary(job.rows.total, ok, failed, run_of.before, tuple(report.problems), skipped)


def _require_room(job: Job) -> None:
    """Raises Conflict when the folder cannot take this run."""
    folder, finished = job.order.folder, (job.order.folder / RESULTS).exists()
    if folder.exists() and not folder.is_dir():
        raise Conflict(
            f"{folder} is a file.", hint="Name a folder, or a file that ends with .zip or .pdf, with -o."
        )
    if finished and not job.order.resume:
        raise Conflict(
            f"{folder} holds a finished run.", hint="Add --resume, or choose another folder with -o."
        )
    if job.selection.by_status and not finished and not (folder / PART).exists():
        raise Conflict(f"There is no earlier run in {folder}.", hint="Leave the condition on status out.")


def _settle(job: Job) -> None:
    """Ends a run that was cut off, so that it is the earlier one: what it did not reach is left out."""
    with Report.resume(job.order.folder, job.rows) as report:
        for batch in _batches(iter(job.rows)):
            known = [(row, report.earlier(row)) for row in batch]
            report.add(
                earlier or Result(row, "skipped")
                for row, earlier in known
                if not (earlier and earlier.written)
            )
        report.finish()


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


def _is_settled(item: Item) -> bool:
    return item.fate in ("written", "kept") and item.earlier is not None and item.earlier.status != "skipped"


@dataclass(slots=True)
class _Run:
    """A run between its first and its last batch; ``before`` counts the rows that were settled before it."""

    job: Job
    report: Report
    pool: Executor | None
    issuing: Issuing
    names: Names = field(default_factory=Names)
    before: int = 0

    async def finish(self, rows: list[Row]) -> None:
        """Links, files and report of a batch."""
        items = [read(row, self.report.earlier(row), self.job) for row in rows]
        await self.issuing.issue(items)
        for each in items:
            self._name(each)
        wanted = [each for each in items if each.wanted]
        drawn = self._draw(wanted)
        finished = [(each, drawn[each.row.line]) for each in wanted]
        await self.issuing.record([(each, made) for each, made in finished if made.files])
        if wanted:
            os.sync()  # the report must not promise files that a power cut can take
        self.report.add(self._outcome(each, drawn) for each in items if each.fate != "written")
        self.before += sum(_is_settled(each) for each in items)

    def _name(self, item: Item) -> None:
        """Every row takes a name, in file order, so that names do not depend on what was done before."""
        if item.earlier and item.earlier.name:
            item.name = item.earlier.name
            self.names.hold(item.name)
            return
        try:
            item.name = self.names.take(item.wanted_name(self.job))
        except Invalid as error:
            item.problem = item.problem or problem_of(item.row, error, self.job)

    def _draw(self, items: list[Item]) -> dict[int, Drawn]:
        """What was drawn, by the row's line."""
        drawings = [self._drawing(item) for item in items]
        chunks = [drawings[start : start + _CHUNK] for start in range(0, len(drawings), _CHUNK)]
        rendered = self.pool.map(render_all, chunks) if self.pool else map(render_all, chunks)
        drawn = itertools.chain.from_iterable(rendered)
        return {item.row.line: result for item, result in zip(items, drawn, strict=True)}

    def _drawing(self, item: Item) -> Drawing:
        order = self.job.order
        return Drawing(
            content=self.issuing.content(item),
            style=item.style,
            demands=item.demands,
            formats=order.formats,
            folder=order.folder,
            name=item.name,
            verify=order.verify,
        )

    def _outcome(self, item: Item, drawn: dict[int, Drawn]) -> Result | Earlier:
        if item.fate == "kept" and item.earlier:
            return item.earlier
        if item.fate == "skipped":
            return Result(item.row, "skipped")
        made = drawn.get(item.row.line, Drawn(problem=item.problem))
        if problem := item.problem or (f"row {item.row.line}: {made.problem}" if made.problem else ""):
            return Result(item.row, "failed", problem=problem)
        code, short_url = (item.link.code, self.issuing.content(item)) if item.link else ("", "")
        files = tuple(file.file for file in made.files)
        lines = tuple(manifest.lines(self._recipe(item, made), made.files))
        return Result(item.row, "ok", code, short_url, files, made=lines)

    def _recipe(self, item: Item, drawn: Drawn) -> Recipe:
        spec = item.spec
        return Recipe(
            line=item.row.line,
            code=item.link.code if item.link else "",
            type=spec.type if spec else "url",
            content=self.issuing.content(item),
            symbol=drawn.symbol,
            version=drawn.version,
            level=drawn.level,
            mask=drawn.mask,
            encoder=drawn.encoder,
            style=written(item.style),
            copies=spec.copies if spec else 1,
            created=iso(self.issuing.call.now_ms),
        )
