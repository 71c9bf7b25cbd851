"""``scanly site preview``: a file as a page, for the screen beside the editor and the phone in one's hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scanly.cli import output, site_files

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.sites.model import Site


def serve_preview(file: Path, workspace: Workspace, port: int, *, quiet: bool) -> None:
    """Until Ctrl-C. Raises Invalid when there is no such file, Unavailable when there is no free port."""
    from scanly.core.clock import now_ms
    from scanly.core.network import own_addresses
    from scanly.core.settings import Settings
    from scanly.ops.processes import listen
    from scanly.web.sites.preview import Preview, serve

    site_files.read_text(file)

    def read() -> tuple[Site, list[str]]:
        site = site_files.read(file, workspace).site
        return site, site_files.picture_names(site)

    sockets = listen(Settings(host="0.0.0.0", port=port), port_is_chosen=False)  # noqa: S104 - a phone is to reach it
    taken = sockets[0].getsockname()[1]
    phone = f"http://{next(iter(own_addresses()), 'localhost')}:{taken}"
    if not quiet:
        _announce(file, taken, phone)
    serve(Preview(file, read, now_ms, phone), sockets)


def _announce(file: Path, port: int, phone: str) -> None:
    from scanly.qr import terminal
    from scanly.qr.encoding import encode

    lines = [
        f"{file} is shown, and shown anew whenever it is saved.",
        f"  On this computer:                http://localhost:{port}",
        f"  On a phone in the same network:  {phone}",
        "",
        terminal.draw(encode(phone, level="L")),
        "",
        "Stop with Ctrl-C.",
    ]
    output.say("\n".join(lines))
    sys.stdout.flush()
