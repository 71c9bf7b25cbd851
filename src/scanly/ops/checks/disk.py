"""Whether there is room, and whether it can be written."""

from __future__ import annotations

import shutil
import tempfile

from scanly.ops.checks import Finding, Site

TITLE = "disk"
_FEW_BYTES = 200_000_000
_SOME_BYTES = 1_000_000_000
_SOME_RATIO = 0.05


async def run(site: Site) -> list[Finding]:
    root = site.folder.root
    if not root.exists():
        return [Finding("warning", f"There is no data folder {root} yet.", 'It is made by "scanly serve".')]
    return [_space(site), _writable(site)]


def _space(site: Site) -> Finding:
    usage = shutil.disk_usage(site.folder.root)
    sentence = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free."
    if usage.free < _FEW_BYTES:
        return Finding("error", sentence, "Free some space: without it scans cannot be recorded.")
    if usage.free < _SOME_BYTES or usage.free < _SOME_RATIO * usage.total:
        return Finding("warning", sentence, "Free some space soon; old backups may be moved elsewhere.")
    return Finding("ok", sentence)


def _writable(site: Site) -> Finding:
    root = site.folder.root
    try:
        with tempfile.TemporaryFile(dir=root) as file:
            file.write(b"1")
    except OSError as error:
        return Finding(
            "error", f"{root} cannot be written: {error.strerror}.", "Check its owner and permissions."
        )
    return Finding("ok", f"{root} can be written.")
