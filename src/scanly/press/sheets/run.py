"""A job of labels from its spreadsheet to the finished file, which gets its name when all in it was read back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from scanly.codes.issuing import Issuing
from scanly.codes.item import Item, read
from scanly.codes.order import Job, open_job
from scanly.codes.pack import tables_of
from scanly.codes.placements.photos import Photos
from scanly.codes.rowspec import MOST_COPIES
from scanly.codes.spreadsheet import Row
from scanly.core.errors import Invalid
from scanly.core.files import beside, in_folder, put, unwritable
from scanly.core.ids import WorkspaceId
from scanly.core.text import count, fold, printable
from scanly.media.storage import Storage
from scanly.press.pdf.document import Document
from scanly.press.reading import Misread, Outcome, read_back
from scanly.press.reduction import reduced
from scanly.press.serials import gaps, repeated
from scanly.press.sheets.filling import Filling
from scanly.press.sheets.imposing import Imposing
from scanly.press.sheets.order import SheetOrder, SheetSummary
from scanly.press.sheets.results import Results, RowResult
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.symbol import Symbol
from scanly.work.call import Call

_BATCH = 500
# Stands for a code that a dry run does not make.
_SAMPLE_CODE = "AbCdEf7"
_GAPS_TOLD = 100

# Told what is being done, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]


def check_sheet(order: SheetOrder, now_ms: int) -> SheetSummary:
    """What a run would say of every row, without making anything. Raises Invalid for the job as a whole."""
    job = _opened(order, now_ms)
    filling = Filling(order, job, lambda item: _sample(item, job))
    counts = {"ok": 0, "failed": 0, "skipped": 0}
    problems: list[str] = []
    labels = 0
    for row in job.rows:
        item = _read(row, job)
        made = filling.fill(item)
        counts["ok" if made else "failed" if item.problem else "skipped"] += 1
        labels += len(made[1]) if made else 0
        if item.problem:
            problems.append(item.problem)
    sheets = order.imposition.sheets(labels)
    return SheetSummary(
        total=job.rows.total,
        ok=counts["ok"],
        failed=counts["failed"],
        skipped=counts["skipped"],
        problems=tuple(problems),
        cautions=tuple(filling.cautions),
        labels=labels,
        sheets=sheets,
        pages=sheets * (2 if order.back else 1),
    )


async def print_sheet(
    call: Call, workspace_id: WorkspaceId, order: SheetOrder, media: Storage, progress: Progress
) -> SheetSummary:
    """Makes links, labels, the file and its table of results; no file when no row became a label.

    Raises Invalid for the job as a whole, and when a symbol cannot be read back from the file: then it is not kept.
    """
    job = _opened(order, call.now_ms)
    # The same spreadsheet has the same links, whatever its file is called.
    origin = f"print-{job.rows.sha256[:24]}"
    photos = Photos(media, order.rows.source.parent)
    issuing = Issuing(call, workspace_id, job, origin, photos, reuses=True)
    try:
        with Results() as results, beside(in_folder(order.out)) as part:
            run = _Run(order, job, issuing, results, progress)
            summary = await run.write(part)
            if summary.labels:
                put(part, order.out)
            return summary
    except asyncio.CancelledError:
        # The request is still to be delivered where `_Run._step` saw it first: not to what is closed from here on.
        await asyncio.sleep(0)
        raise
    except OSError as error:
        raise unwritable(order.out, error) from error


@dataclass(slots=True)
class _Run:
    """A job under way."""

    order: SheetOrder
    job: Job
    issuing: Issuing
    results: Results
    progress: Progress

    async def write(self, part: Path) -> SheetSummary:
        """The file, under another name, and the results."""
        order, job = self.order, self.job
        filling = Filling(order, job, self.issuing.content)
        with part.open("w+b") as file:
            document = Document(file, replace(order.finish, plates=order.layers.plates))
            with Imposing(document, order) as imposing:
                await self._fill(filling, imposing)
                proof = self._finished(document, imposing, part) if imposing.count else None
                table = tables_of(order.out)[0]
                self.results.write(table, order.out.name, job.rows.header, imposing.place)
                counts = self.results.counts
                return SheetSummary(
                    total=job.rows.total,
                    ok=counts["ok"],
                    failed=counts["failed"],
                    skipped=counts["skipped"],
                    problems=tuple(self.results.problems),
                    cautions=tuple(filling.cautions),
                    labels=imposing.count,
                    sheets=imposing.sheets,
                    pages=document.pages,
                    results=table.name,
                    gaps=tuple(str(gap) for gap in gaps(filling.serials)[:_GAPS_TOLD]),
                    repeated=repeated(filling.serials)[:_GAPS_TOLD],
                    proof=proof,
                )

    async def _fill(self, filling: Filling, imposing: Imposing) -> None:
        done = 0
        rows = iter(self.job.rows)
        while batch := [_read(row, self.job) for row in islice(rows, _BATCH)]:
            await self.issuing.issue(batch)
            made: list[tuple[Item, Symbol]] = []
            for item in batch:
                filled = filling.fill(item)
                if filled:
                    symbol, labels = filled
                    made.append((item, symbol))
                    self._tell(item, imposing.count, [label.serial for label in labels])
                    for label in labels:
                        imposing.add(label)
                else:
                    self._tell(item, 0, [])
            await self.issuing.record(made)
            done += len(batch)
            self._step("Labels", done, self.job.rows.total)

    def _step(self, what: str, done: int, total: int) -> None:
        """Tells how far it is. Raises CancelledError when it shall stop: most of the work never waits."""
        self.progress(what, done, total)
        task = asyncio.current_task()
        if task and task.cancelling():
            raise asyncio.CancelledError

    def _tell(self, item: Item, first: int, serials: list[str]) -> None:
        row = item.row
        link = item.link if serials else None
        self.results.add(
            RowResult(
                line=row.line,
                status="ok" if serials else "failed" if item.problem else "skipped",
                values=tuple(row.values[column] for column in self.job.rows.header),
                code=link.code if link else "",
                short_url=self.issuing.content(item) if link else "",
                problem=item.problem,
                first=first,
                serials=tuple(serials),
            )
        )

    def _finished(self, document: Document, imposing: Imposing, part: Path) -> Outcome | None:
        """Completes the file; what was read back from it. Raises Invalid for a symbol that says anything else."""
        imposing.finish()
        document.finish()
        if not self.order.rows.verify:
            return None
        proof = read_back(
            part,
            imposing.wanted(),
            jobs=self.order.rows.jobs,
            progress=lambda done: self._step("Reading back", done, document.pages),
        )
        if proof.misread:
            raise _unreadable(proof.misread)
        return proof


def _opened(order: SheetOrder, now_ms: int) -> Job:
    """Raises Invalid when the spreadsheet cannot fill the label, or has no rows."""
    if order.copies < 1 or order.copies > MOST_COPIES:
        hint = f"Give 1 to {MOST_COPIES:,}."
        raise Invalid.field("copies", f"{order.copies} copies cannot be printed.", hint=hint)
    job = open_job(order.rows, now_ms)
    if not job.rows.total:
        raise Invalid(
            f"{order.rows.source} has no rows.", hint="Write one row for each label below its header."
        )
    for label in (order.label, order.back):
        if label:
            label.require(job.columns.template_names())
    _require_serials(order, job)
    order.adjustment.require_on(order.imposition.stock)
    _require_reducible(order)
    return job


def _require_serials(order: SheetOrder, job: Job) -> None:
    """Raises Invalid when labels shall bear a serial that nothing gives, or are given one that none bears."""
    borne = any("serial" in label.columns for label in (order.label, order.back) if label)
    if borne and not order.serial_from and "serial" not in map(fold, job.rows.header):
        message = "The labels shall bear a serial, and nothing says where to begin."
        raise Invalid.field("serial-from", message, hint="Add --serial-from A-00001, or a column serial.")
    if order.serial_from and not borne:
        message = "No label would show its serial."
        raise Invalid.field("serial-from", message, hint="Add {serial} to --text, --barcode or the template.")


def _require_reducible(order: SheetOrder) -> None:
    """Raises Invalid when the codes of the job cannot be drawn thinner, before any link is made."""
    if order.bar_reduction:
        style = order.rows.style
        reduced(artwork_of(make_symbol(_SAMPLE_CODE, style), style), order.bar_reduction)


def _read(row: Row, job: Job) -> Item:
    item = read(row, None, job)
    if item.fate == "skipped":
        # What is wrong with a row that nobody asked for is no fault of this job.
        item.problem = ""
    return item


def _sample(item: Item, job: Job) -> str:
    """What the code of a row would hold, its letters apart."""
    if not job.order.dynamic or item.spec is None or item.spec.type != "url":
        return item.text
    return job.order.base_url.short_url(item.spec.host, item.spec.code or _SAMPLE_CODE)


def _unreadable(misread: tuple[Misread, ...]) -> Invalid:
    first = misread[0]
    said = f'it reads as "{printable(first.found[:80])}"' if first.found else "no decoder can read it"
    message = (
        f"{count(len(misread), 'code')} cannot be trusted; the first is number {first.number + 1} on page "
        f'{first.page}, which shall say "{printable(first.expected[:80])}": {said}. The file was not kept.'
    )
    return Invalid(message, hint="Make the codes larger or plainer, or take a larger label.")
