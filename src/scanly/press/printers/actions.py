"""What people can do with printers: keep what was measured, look at it, forget it."""

from __future__ import annotations

from collections.abc import Sequence

from scanly.accounts.policy import permitted
from scanly.core.errors import NotFound
from scanly.core.ids import WorkspaceId
from scanly.core.text import fold, nearest
from scanly.press.printers import store
from scanly.press.printers.model import Correction, Printer, check_correction, check_name
from scanly.work.call import Call


@permitted("printer.keep")
async def keep_printer(
    call: Call, workspace_id: WorkspaceId, name: str, paper: str, correction: Correction
) -> Printer:
    """Keeps what was measured now, in the place of what was; its name keeps its spelling. Raises Invalid."""
    name, correction = check_name(name), check_correction(correction)
    async with call.db.write() as connection:
        known = _of_name(await store.list_printers(connection, workspace_id), name)
        printer = Printer(known.name if known else name, paper, correction, call.now_ms)
        await store.keep_printer(connection, workspace_id, printer)
    return printer


@permitted("printer.list")
async def list_printers(call: Call, workspace_id: WorkspaceId) -> list[Printer]:
    async with call.db.read() as connection:
        return await store.list_printers(connection, workspace_id)


@permitted("printer.show")
async def show_printer(call: Call, workspace_id: WorkspaceId, name: str) -> Printer:
    """Raises NotFound with the nearest name."""
    async with call.db.read() as connection:
        return _found(await store.list_printers(connection, workspace_id), name)


@permitted("printer.remove")
async def forget_printer(call: Call, workspace_id: WorkspaceId, name: str) -> Printer:
    """What was forgotten. Raises NotFound with the nearest name."""
    async with call.db.write() as connection:
        printer = _found(await store.list_printers(connection, workspace_id), name)
        await store.remove_printer(connection, workspace_id, printer.name)
    return printer


def _of_name(printers: Sequence[Printer], name: str) -> Printer | None:
    return next((each for each in printers if fold(each.name) == fold(name)), None)


def _found(printers: Sequence[Printer], name: str) -> Printer:
    found = _of_name(printers, name)
    if found is None:
        hint = (
            nearest(name, [each.name for each in printers])
            or "Measure it: scanly print calibrate -o ruler.pdf."
        )
        raise NotFound(f'No printer "{name}" was measured in this workspace.', hint=hint)
    return found
