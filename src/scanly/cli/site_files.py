"""What the commands of ``scanly site`` share: reading a site's file with its pictures, and saying what was found."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scanly.cli import output
from scanly.core.errors import Invalid, NotFound, Problem
from scanly.core.text import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.cli.session import Session
    from scanly.core.document import Document
    from scanly.media.model import Picture
    from scanly.sites.actions import Order, Shown
    from scanly.sites.model import Site
    from scanly.sites.reading import Defaults
    from scanly.sites.starters import Wanted

_MOST_BYTES = 2_000_000
_ENDINGS = (".yaml", ".yml", ".json")


class Given(NamedTuple):
    """A site's file as it was read."""

    text: str
    site: Site
    document: Document


async def chosen(_: App, workspace: Workspace) -> Workspace:
    return workspace


def defaults(workspace: Workspace) -> Defaults:
    from scanly.sites.reading import Defaults
    from scanly.sites.words.language import LANGUAGES

    language = workspace.language.partition("-")[0]
    known = language if language in LANGUAGES else "en"
    return Defaults(workspace.time_zone, workspace.currency, known)


def read(file: Path, workspace: Workspace) -> Given:
    """The site in a file. Raises Invalid with every fault and the file's name."""
    from scanly.sites.reading import read_file

    text = read_text(file)
    try:
        found = read_file(text, defaults(workspace), lambda name: read_text(file.parent / name))
    except Invalid as error:
        raise _in_file(error, file) from error
    return Given(text, found.site, found.document)


def read_text(file: Path) -> str:
    """Raises Invalid for what cannot be read as text."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise Invalid(f"{file} is too large for a site's file.", hint="Pictures are files beside it.")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not text in UTF-8.", hint="Save it as UTF-8.") from error
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error


def _in_file(error: Invalid, file: Path) -> Invalid:
    """The same faults, each beginning with the file."""
    if not error.problems:
        return Invalid(f"{file}: {error.message}", hint=error.hint)
    return Invalid(
        problems=tuple(
            replace(problem, where=", ".join(part for part in (str(file), problem.where) if part))
            for problem in error.problems
        )
    )


def picture_names(site: Site) -> list[str]:
    """The files of all pictures that a site shows."""
    from scanly.sites.texts import walk

    return sorted({value["file"] for _, field, value in walk(site) if field.kind == "picture"})


async def pictures_of(
    app: App, workspace: Workspace, file: Path, site: Site, session: Session
) -> dict[str, Picture]:
    """Keeps what a site shows. Raises Invalid with every file that is not there or no picture."""
    from scanly.media.actions import keep_many

    names = picture_names(site)
    with output.progress("Pictures", quiet=session.quiet or not names) as progress:
        try:
            return await keep_many(app.call(), workspace.id, app.media, file.parent, names, progress)
        except Invalid as error:
            raise _in_file(error, file) from error


async def order(
    app: App,
    workspace: Workspace,
    file: Path,
    host: str,
    front: bool | None,
    password: str | None,
    session: Session,
) -> Order:
    """What `publish` is asked for. Raises Invalid."""
    from scanly.sites.actions import Order

    given = read(file, workspace)
    pictures = await pictures_of(app, workspace, file, given.site, session)
    return Order(given.site, given.text, dict(pictures), host_of(app, host), front, password)


async def check(app: App, workspace: Workspace, file: Path, session: Session) -> None:
    """Says what could be better and what it weighs. Raises Invalid with every fault."""
    from scanly.sites.advice import advise, weights
    from scanly.sites.reading import located

    given = read(file, workspace)
    pictures = await pictures_of(app, workspace, file, given.site, session)
    advice = located(given.document, advise(given.site, pictures, app.clock()))
    weighed = weights(given.site, pictures, app.clock())
    if session.json:
        output.as_json(
            {
                "file": str(file),
                "site": given.site.slug,
                "ok": True,
                "problems": [],
                "advice": [_problem(each) for each in advice],
                "weights": weighed,
            }
        )
        return
    for each in advice:
        output.say(f"{file}, {each}")
    rows = [(each.language, each.html_bytes, each.pictures, each.picture_bytes) for each in weighed]
    numbers = ["page, bytes sent", "pictures", "pictures, bytes"]
    output.table(["language", *numbers], rows, numbers=numbers)
    good = "is good" if not advice else f"can be published; {count(len(advice), 'thing')} could be better"
    output.say(f"{file} {good}.")


def _problem(problem: Problem) -> dict[str, str]:
    return {"where": problem.where, "field": problem.field, "message": problem.message, "hint": problem.hint}


async def export(app: App, workspace: Workspace, named: str, host: str, out: Path) -> list[Path]:
    """Writes the page of a file, or of what is live, in every language; the paths that were written."""
    import msgspec

    from scanly.core.files import write_whole
    from scanly.media.model import Picture
    from scanly.sites.actions import show_site
    from scanly.sites.saved import export_site, media_files

    pictures: dict[str, Picture]
    if is_file(named):
        site = read(Path(named), workspace).site
        from scanly.cli.session import Session

        pictures = await pictures_of(app, workspace, Path(named), site, Session(quiet=True))
    else:
        shown = await show_site(app.call(), workspace.id, host=host, slug=named)
        if shown.release is None:
            raise NotFound(f'"{named}" is not published.', hint="Give its file instead.")
        site = shown.release.site
        pictures = msgspec.convert(shown.release.pictures, dict[str, Picture])
    files = {name: await app.media.get(name) or b"" for name in media_files(pictures)}
    stem = out.name.removesuffix(".html")
    base = str(app.base_url) if not host else f"{app.base_url.scheme}://{host}"
    written = export_site(site, pictures, files, app.clock(), base=base, stem=stem)
    out.parent.mkdir(parents=True, exist_ok=True)
    for name, html in written.items():
        write_whole(out.parent / name, html)
    return [out.parent / name for name in written]


def is_file(named: str) -> bool:
    return named.endswith(_ENDINGS)


def slug_of(named: Path, workspace: Workspace) -> str:
    """The site's name: what was typed, or what stands in the file that was typed. Raises Invalid."""
    return read(named, workspace).site.slug if is_file(named.name) else str(named)


def host_of(app: App, host: str) -> str:
    """The host a site is bound to; the one that codes are printed with is every site's. Raises Invalid."""
    from scanly.links.hosts import DEFAULT, canonical

    bound = canonical(host) if host else DEFAULT
    return DEFAULT if bound == app.base_url.host else bound


def moment(text: str, zone: str, now_ms: int) -> int:
    """Raises Invalid."""
    from zoneinfo import ZoneInfo

    from scanly.links.moments import parse_moment

    return parse_moment(text, ZoneInfo(zone), now_ms, field="at")


def when(ms: int, zone: str) -> str:
    """``2026-12-24 18:00`` on the clocks of a zone."""
    from zoneinfo import ZoneInfo

    from scanly.core.clock import at

    return at(ms, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def typed(password: str | None) -> str | None:
    """A password as it was typed; ``-`` is read from the input, where nobody sees it."""
    return sys.stdin.readline().rstrip("\n") if password == "-" else password  # noqa: S105 - a sign for the input


def described(app: App, shown: Shown) -> dict[str, Any]:
    """A site as commands show it."""
    from scanly.core.clock import iso

    site, release = shown.site, shown.release
    base = f"{app.base_url.scheme}://{site.host}" if site.host else str(app.base_url)
    return {
        "site": site.slug,
        "host": site.host,
        "title": _in_first_language(release.site) if release else "",
        "status": _status(shown),
        "languages": ", ".join(release.site.languages) if release else "",
        "address": base if site.front and site.host else f"{base}/s/{site.slug}",
        "release": release.hash if release else None,
        "password": site.has_password,
        "planned": [{"at": iso(plan.at_ms), "release": plan.hash or None} for plan in shown.plans],
        "created_at": iso(site.created_ms),
        "changed_at": iso(site.changed_ms),
    }


def _status(shown: Shown) -> str:
    words = "live" if shown.release else "off"
    return f"{words}, {count(len(shown.plans), 'plan')}" if shown.plans else words


def _in_first_language(site: Site) -> str:
    return site.title if isinstance(site.title, str) else next(iter(site.title.values()), "")


# A new file.


def asked(
    starter: str, name: str, title: str, languages: Sequence[str], workspace: Workspace, now_ms: int
) -> Wanted:
    """What a new site is to be; on a terminal, what was not said is asked for. Raises Invalid."""
    from scanly.core.clock import at
    from scanly.sites.starters import Wanted, find_starter, list_starters, slug_from

    asks = sys.stdin.isatty()
    if not title:
        title = _ask("What is it called?", "My shop") if asks else "My shop"
    if not starter:
        known = [each.name for each in list_starters()]
        starter = _ask(f"What is it? ({', '.join(known)})", known[0]) if asks else "shop"
    if not languages:
        usual = defaults(workspace).language
        said = _ask("In which languages? (en, hi, …)", usual) if asks else usual
        languages = [tag.strip() for tag in said.replace(",", " ").split()]
    day = at(now_ms, workspace.zone).date()
    return Wanted(find_starter(starter), name or slug_from(title), title, tuple(languages), day)


def _ask(question: str, usual: str) -> str:
    import typer

    return str(typer.prompt(question, default=usual, err=True))


def write_new(wanted: Wanted, out: Path | None, workspace: Workspace, *, force: bool) -> list[Path]:
    """Writes the file and the pictures that belong to it; their paths, the file first. Raises Invalid."""
    from scanly.core.files import write_whole
    from scanly.sites.starters import begin

    file = out or Path(f"{wanted.slug}.yaml")
    if file.exists() and not force:
        raise Invalid(
            f"{file} is there already.", hint="Choose another one with -o, or write over it with --force."
        )
    files = begin(wanted, defaults(workspace))
    file.parent.mkdir(parents=True, exist_ok=True)
    written = [file]
    for name, data in files.pictures.items():
        path = file.parent / name
        if not path.exists():
            write_whole(path, data)
            written.append(path)
    write_whole(file, files.text.encode())
    return written
