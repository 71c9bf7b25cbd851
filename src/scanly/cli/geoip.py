"""``scanly geoip``: the file that tells countries and cities, what it asks for, and how it is replaced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session, group
from scanly.core import clock
from scanly.core.errors import Invalid
from scanly.core.text import count, printable

if TYPE_CHECKING:
    from scanly.app import App
    from scanly.links.place import Place
    from scanly.scans.geoip.facts import Facts

app = group()

_HOW = 'Load a free one with "scanly geoip update", or give yours: scanly geoip use FILE.'


@app.command()
def status(
    context: typer.Context,
    address: Annotated[
        str, Option("--try", help="Look this IP address up, and keep it nowhere.", metavar="ADDRESS")
    ] = "",
) -> None:
    """Say which file tells places, how old it is and what its licence asks for."""
    from scanly.scans.geoip.facts import describe
    from scanly.scans.geoip.shelf import file_in_use, name_in_use

    session = Session.of(context)
    settings = session.settings()
    path = file_in_use(session.folder, settings)
    if path is None:
        if session.json:
            output.as_json(None)
        else:
            output.say(f"There is no place database: countries and cities stay unknown. {_HOW}")
        return
    facts, tried = describe(path, name_in_use(session.folder, path)), _tried(path, address)
    warning = facts.warning(clock.now_ms())
    if session.json:
        output.as_json({"file": str(path), **_as_object(facts, warning), "tried": tried})
        return
    output.fields({"file": str(path), **_as_fields(facts)})
    if tried is not None:
        output.say(_as_line(address, tried))
    if warning:
        output.tell(f"{warning} {_HOW}")


@app.command()
def use(
    context: typer.Context,
    file: Annotated[
        Path, Argument(help="An MMDB file, also packed as .mmdb.gz.", metavar="FILE", show_default=False)
    ],
) -> None:
    """Check a file whole and put it to use; a running server takes it up within two seconds."""
    from scanly.scans.geoip.actions import use_file

    session = Session.of(context)

    async def work(app: App) -> Facts:
        _tell("Every record is read; with a file of cities that takes half a minute.", session)
        return await use_file(app.call(), app.folder, app.settings, file)

    _show_new(session.run(work), session)


@app.command()
def update(
    context: typer.Context,
    url: Annotated[
        str, Option(help="Load this address instead of DB-IP Lite.", metavar="URL", show_default=False)
    ] = "",
    countries: Annotated[
        bool, Option("--countries", help="The small file of DB-IP Lite, which tells countries only.")
    ] = False,
) -> None:
    """Load this month's free file of DB-IP (CC BY 4.0), check it and put it to use."""
    from scanly.scans.geoip import actions

    if url and countries:
        raise typer.BadParameter("An address of your own holds what it holds: leave out --countries")
    session = Session.of(context)

    async def work(app: App) -> Facts | None:
        _tell("Loading; a file of cities is some 60 MB, and half a minute's work to check.", session)
        edition = "country" if countries else "city"
        return await actions.update(app.call(), app.folder, app.settings, url=url, edition=edition)

    found = session.run(work)
    if found is not None:
        _show_new(found, session)
    elif session.json:
        output.as_json(None)
    else:
        output.tell("This month's file is in use already.")


def _tell(what: str, session: Session) -> None:
    if not session.quiet:
        output.tell(what)


def _show_new(facts: Facts, session: Session) -> None:
    warning = facts.warning(clock.now_ms())
    if session.json:
        output.as_json(_as_object(facts, warning))
        return
    output.say(f"In use: {printable(str(facts))} ({count(facts.networks, 'network')}).")
    if facts.licence.attribution:
        output.say(f"Reports that show places say, as its licence asks: {facts.licence.attribution}")
    if warning:
        output.tell(warning)


def _tried(path: Path, address: str) -> Place | None:
    """Where an address is. Raises Invalid for what is none."""
    import ipaddress

    from scanly.scans.place import Places

    if not address:
        return None
    try:
        wanted = ipaddress.ip_address(address.strip().strip("[]"))
    except ValueError as error:
        hint = "Such as 203.0.113.7 or 2001:db8::1."
        raise Invalid.field("try", f'"{address[:60]}" is not an IP address.', hint=hint) from error
    places = Places(path)
    try:
        return places.find(str(wanted))
    finally:
        places.close()


def _as_line(address: str, place: Place) -> str:
    told = [part for part in (place.city, place.region_name, place.country) if part]
    return f"{address} is in {', '.join(told)}." if told else f"{address} is not known to it."


def _as_fields(facts: Facts) -> dict[str, object]:
    from scanly.scans.geoip.facts import TELLS

    licence = facts.licence
    return {
        "type": facts.type,
        "description": facts.description,
        "built": f"{clock.at(facts.built_ms):%Y-%m-%d}",
        "tells": TELLS[facts.tells],
        "languages": ", ".join(facts.languages),
        "publisher": licence.publisher or "unknown",
        "licence": licence.name,
        "to_be_shown": licence.attribution,
    }


def _as_object(facts: Facts, warning: str) -> dict[str, object]:
    return {
        "type": facts.type,
        "description": facts.description,
        "built": clock.iso(facts.built_ms),
        "tells": facts.tells,
        "languages": facts.languages,
        "publisher": facts.licence.publisher,
        "licence": facts.licence.name,
        "attribution": facts.licence.attribution,
        "networks": facts.networks or None,
        "warning": warning,
    }
