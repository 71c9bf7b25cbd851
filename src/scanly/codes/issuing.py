"""What becomes of a batch of rows besides their artwork: photos are kept, links made, codes and places put on record.

Every link has an origin (input, output, line), by which a run that goes on, or is made again, finds it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

import msgspec

from scanly.codes.actions import save_codes
from scanly.codes.item import Item, problem_of
from scanly.codes.model import QrCode
from scanly.codes.order import Job
from scanly.codes.placements.actions import add_placements
from scanly.codes.placements.photos import Photos
from scanly.core.errors import Invalid
from scanly.core.ids import LinkId, QrCodeId, WorkspaceId
from scanly.links import passwords
from scanly.links.actions import add_links
from scanly.links.model import Link, LinkDraft
from scanly.links.terms import PLAIN, Terms
from scanly.work.call import Call


class Made(Protocol):
    """What is known of the artwork of a row."""

    @property
    def encoder(self) -> str: ...

    @property
    def mask(self) -> int: ...


@dataclass(slots=True)
class Issuing:
    """Issues the links of one run, whose rows are told apart by ``origin`` and their line.

    With ``reuses``, a row that names a link which is there, with the same target, gets that one.
    """

    call: Call
    workspace_id: WorkspaceId
    job: Job
    origin: str
    photos: Photos
    reuses: bool = False
    # The same password is kept once: that takes long on purpose.
    _keep: Callable[[str], str] = field(default_factory=lambda: cache(passwords.keep))

    async def issue(self, items: Sequence[Item]) -> None:
        """Photos and links of the items that are wanted; what cannot be made becomes the item's problem."""
        await self._keep_photos(items)
        await self._make_links([each for each in items if each.wanted])

    def content(self, item: Item) -> str:
        """What the code holds: the short address, or the payload itself."""
        return self.job.order.base_url.short_url(item.link.host, item.link.code) if item.link else item.text

    async def record(self, made: Sequence[tuple[Item, Made]]) -> None:
        """Saves the codes that were drawn, and puts those that say where they hang into the register, where a run
        that was cut off may have put them."""
        await save_codes(self.call, self.workspace_id, [self._code(item, drawn) for item, drawn in made])
        new = {
            item.link.id: replace(item.spec.details, copies=item.spec.copies)
            for item, _ in made
            if item.link and item.spec and item.spec.details
        }
        if new:
            await add_placements(self.call, self.workspace_id, new)

    async def _keep_photos(self, items: Sequence[Item]) -> None:
        for each in items:
            spec = each.spec
            if not each.wanted or spec is None or spec.details is None or not spec.details.photo:
                continue
            try:
                photo = await self.photos.kept(self.call, self.workspace_id, spec.details.photo)
                each.spec = replace(spec, details=replace(spec.details, photo=photo))
            except Invalid as error:
                each.problem = problem_of(each.row, error, self.job)

    async def _make_links(self, items: Sequence[Item]) -> None:
        drafts = [(each, self._draft(each)) for each in items if self._is_dynamic(each)]
        if not drafts:
            return
        outcomes = await add_links(
            self.call,
            self.workspace_id,
            [draft for _, draft in drafts],
            printed_host=self.job.order.base_url.host,
        )
        for (each, _), outcome in zip(drafts, outcomes, strict=True):
            if isinstance(outcome, Link):
                each.link = outcome
            else:
                each.problem = problem_of(each.row, outcome, self.job)

    def _is_dynamic(self, item: Item) -> bool:
        return self.job.order.dynamic and item.spec is not None and item.spec.type == "url"

    def _draft(self, item: Item) -> LinkDraft:
        spec = item.spec
        if spec is None:
            raise AssertionError("a row without a specification gets no link")
        password = self._keep(spec.password) if spec.password else ""
        closed = spec.expires_ms is not None or spec.max_scans is not None or password
        return LinkDraft(
            target=spec.fields["target"],
            code=spec.code,
            host=spec.host,
            title=spec.title or spec.name,
            tags=spec.tags,
            campaign=spec.campaign,
            placement=spec.placement,
            origin=self._origin_of(item),
            compact=self.job.order.base_url.capitals,
            reuses=self.reuses,
            terms=Terms(expires_ms=spec.expires_ms, max_scans=spec.max_scans, password=password)
            if closed
            else PLAIN,
        )

    def _origin_of(self, item: Item) -> str:
        return f"{self.origin}-{item.row.line}"

    def _code(self, item: Item, drawn: Made) -> QrCode:
        return QrCode(
            id=QrCodeId(self.call.make_id()),
            link_id=LinkId(item.link.id) if item.link else None,
            type=item.spec.type if item.spec else "url",
            content=self.content(item),
            name=item.name,
            caption=item.spec.caption if item.spec else "",
            style=msgspec.structs.asdict(item.style),
            encoder=f"{drawn.encoder} mask {drawn.mask}",
            origin=self._origin_of(item),
            created_ms=self.call.now_ms,
        )


def origin_of(job: Job) -> str:
    """What the links of a run come from: its input, and where its output goes."""
    where = hashlib.sha256(str(job.order.folder.resolve()).encode()).hexdigest()
    return f"bulk-{job.rows.sha256[:24]}-{where[:12]}"
