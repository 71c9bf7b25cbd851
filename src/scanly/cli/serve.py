"""``scanly serve``: the whole server, with the addresses printed as people need them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

from scanly.cli.output import say
from scanly.cli.session import Session, default_folder
from scanly.core.paths import DataFolder

if TYPE_CHECKING:
    from scanly.core.settings import Settings


def serve(
    context: typer.Context,
    host: Annotated[
        str | None, Option(help="The network address to listen on.", show_default="every address")
    ] = None,
    port: Annotated[
        int | None, Option(help="The port to listen on.", show_default="8000 or the next")
    ] = None,
    base_url: Annotated[
        str | None, Option(help="The address printed into codes, such as https://go.example.com.")
    ] = None,
    workers: Annotated[int | None, Option(min=1, max=64, help="Server processes.", show_default="1")] = None,
    demo: Annotated[
        bool, Option("--demo", help="A sample café with 90 days of scans, in its own folder.")
    ] = False,
) -> None:
    """Run everything: redirects, pages, background work."""
    from scanly.core.log import configure
    from scanly.core.settings import environment, load, remember
    from scanly.ops.processes import Server, listen, lock_folder

    session = Session.of(context)
    folder = DataFolder(default_folder("-demo")) if demo and session.data is None else session.folder
    options: dict[str, object] = {"host": host, "port": port, "base_url": base_url, "workers": workers}
    settings, origins = load(folder.settings_file, environment(), options)
    configure("warning" if session.quiet else settings.log_level, settings.log_format)
    _check_base_url(settings)
    folder.create()
    lock = lock_folder(folder)
    port_is_chosen = any(origin.name == "port" and origin.where != "default" for origin in origins)
    sockets = listen(settings, port_is_chosen=port_is_chosen)
    options["port"] = sockets[0].getsockname()[1]
    if demo and not settings.base_url:
        options["base_url"] = f"http://{_host_for_phones(settings)}:{options['port']}"
    given = {name: value for name, value in options.items() if value is not None}
    server = Server(folder, given, demo, sockets, lock)
    server.start()
    running, _ = load(folder.settings_file, environment(), given)
    remember(folder.served_file, running)
    if not session.quiet:
        if settings.port not in (0, options["port"]):
            say(f"Port {settings.port} is taken by another program; {options['port']} is used instead.")
        _announce(running, folder)
    server.run()


def _check_base_url(settings: Settings) -> None:
    from scanly.links.hosts import parse_base_url

    if settings.base_url:
        parse_base_url(settings.base_url)


def _host_for_phones(settings: Settings) -> str:
    from scanly.core.network import listens_everywhere, own_addresses

    if not listens_everywhere(settings.host):
        return settings.host
    return next(iter(own_addresses()), "localhost")


def _announce(settings: Settings, folder: DataFolder) -> None:
    """The addresses, and a code that a phone in the same network can scan from the screen."""
    from scanly.core.network import listens_everywhere
    from scanly.qr import terminal
    from scanly.qr.encoding import encode

    here = f"http://localhost:{settings.port}"
    phone = f"http://{_host_for_phones(settings)}:{settings.port}"
    lines = ["Scanly is running.", f"  On this computer:                {here}"]
    if phone != here and listens_everywhere(settings.host):
        lines.append(f"  On a phone in the same network:  {phone}")
    if settings.base_url:
        lines.append(f"  Printed into codes:              {settings.base_url}")
    lines += [
        f"  Data folder:                     {folder.root}",
        "",
        terminal.draw(encode(phone, level="L")),
        "",
    ]
    if not settings.base_url:
        lines.append("Before you print codes, set the address that phones will reach: --base-url https://…")
    say("\n".join([*lines, "Stop with Ctrl-C."]))
    sys.stdout.flush()
