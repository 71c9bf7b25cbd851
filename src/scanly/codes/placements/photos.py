"""The photos that a register's lines name: pictures of the workspace, or files that are added to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId
from scanly.core.text import printable
from scanly.media import actions as media
from scanly.media.files import content_hash, read_picture
from scanly.media.storage import Storage
from scanly.work.call import Call


@dataclass(frozen=True, slots=True)
class Photos:
    """Of one command; files are looked for from ``folder``, and each is kept once."""

    storage: Storage
    folder: Path
    _names: dict[str, str] = field(default_factory=dict)

    async def kept(self, call: Call, workspace_id: WorkspaceId, photo: str) -> str:
        """The name of the picture that ``photo`` means: a file, which is kept under its own name, or else a picture
        that is there.

        Raises Invalid for neither, for a file that is no picture, and when another one has its name.
        """
        if photo not in self._names:
            self._names[photo] = await self._keep(call, workspace_id, photo)
        return self._names[photo]

    async def _keep(self, call: Call, workspace_id: WorkspaceId, photo: str) -> str:
        path = self.folder / photo
        if not await asyncio.to_thread(_is_file, path):
            if photo in await media.find_pictures(call, workspace_id, [photo]):
                return photo
            message = (
                f'"{printable(photo)}" is neither a file in {self.folder} nor a picture of this workspace.'
            )
            raise Invalid.field("photo", message, hint="See: scanly media list.")
        known = (await media.find_pictures(call, workspace_id, [path.name])).get(path.name)
        try:
            data = await asyncio.to_thread(read_picture, path, path.name)
            if known is None:
                await media.keep(call, workspace_id, self.storage, data, path.name)
        except Invalid as error:
            raise Invalid.field("photo", str(error)) from error
        if known is not None and known.hash != content_hash(data):
            hint = f"Rename the file, or put it in its place: scanly media add {photo}."
            raise Invalid.field(
                "photo", f"Another picture of this workspace is named {path.name}.", hint=hint
            )
        return path.name


def _is_file(path: Path) -> bool:
    """False also for what no file system takes for a name."""
    try:
        return path.is_file()
    except OSError:
        return False
