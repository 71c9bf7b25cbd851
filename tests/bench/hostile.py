"""Every hostile value in every text and link field of every block, in a browser that our own policy does not protect.

A page has one block for each value, with the value in every field that takes it; what refuses it is counted. Each page
is opened in both directions of writing, live and as an exported file; then titles, names of guests and answers to
forms. Nothing may run, nothing may be there that an ordinary page has not, and no link may lead where none may.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from typing import Any

from rig.telling import machine, proof, require, say, table
from tests.sites import judges, sketches
from tests.sites.answers.shop import BLOCKS, SITE
from tests.sites.hostile import FAULTS, TAGS, TRAP, VALUES, Tally, planted
from tests.sites.judges import Judged

from scanly.core.ids import WorkspaceId
from scanly.sites.answers import replies
from scanly.sites.answers.forms import read
from scanly.sites.answers.receiving import find_form
from scanly.sites.blocks import block_types
from scanly.sites.model import Published, Site
from scanly.sites.page import Mode, Page
from scanly.sites.render import render

# What the tiny markup of rich texts may add to a page, and the heading of a block with a title.
MARKS = {"a", "br", "em", "h2", "h3", "li", "ol", "p", "section", "strong", "ul"}
LANGUAGES = ("en", "ar")
MODES: tuple[Mode, ...] = ("live", "export")
TOLD_AT_MOST = 20


def main() -> None:
    require("chromium")
    machine()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        tallies = {name: Tally() for name in block_types()}
        faults = [fault for name, tally in tallies.items() for fault in of_block(chromium, name, tally)]
        others = [fault for _, (found, _) in opened(chromium, small_pages()) for fault in found]
        chromium.close()
    rows = [(name, f"{tally.taken:,}", f"{tally.refused:,}") for name, tally in tallies.items()]
    table(("values in fields", "taken", "refused"), rows)
    taken, refused = (
        sum(getattr(tally, what) for tally in tallies.values()) for what in ("taken", "refused")
    )
    for fault in [*faults, *others][:TOLD_AT_MOST]:
        say(f"    {fault[:300]}")
    proof(
        f"{taken:,} values shown, {refused:,} refused, {len(faults)} faults", holds=taken > 0 and not faults
    )
    proof(f"{len(others)} faults in titles, names of guests and answers", holds=not others)


def of_block(chromium: Any, name: str, tally: Tally) -> Iterator[str]:
    """Faults of pages that have the block once for each value, and elements that an ordinary page has not."""
    made = sketches.site(*planted(name, VALUES, tally))
    plain = sketches.site(sketches.block(name))
    ways = [(language, mode) for language in LANGUAGES for mode in MODES]
    pages = [
        drawn(each, *way, path=f"/{number}") for each in (plain, made) for number, way in enumerate(ways)
    ]
    seen = [
        dict(found) for found in (opened(chromium, pages[: len(ways)]), opened(chromium, pages[len(ways) :]))
    ]
    for path, (faults, tags) in seen[1].items():
        yield from (f"{name}: {fault}" for fault in faults)
        yield from (f"{name}: there is a {tag}" for tag in sorted(tags - seen[0][path][1] - MARKS))


def drawn(made: Site, language: str, mode: Mode, *, path: str, **facts: Any) -> Judged:
    page = render(made, sketches.setting(made, language, mode=mode, **facts))
    return Judged(path, page.html, page.csp)


def opened(chromium: Any, pages: Iterable[Judged]) -> Iterator[tuple[str, tuple[list[str], set[str]]]]:
    """Of each page, by its path: what ran, could run or was asked for elsewhere without our policy; its elements."""
    pages = list(pages)
    with judges.visited(chromium, pages, TRAP, bypass_csp=True) as page:
        for each in pages:
            page.asked.clear()
            page.goto(sketches.BASE + each.path)
            page.wait_for_timeout(20)
            abroad = [url for url in page.asked if not url.startswith((f"{sketches.BASE}/", "data:"))]
            yield each.path, ([*page.evaluate(FAULTS), *abroad], set(page.evaluate(TAGS)))


def small_pages() -> Iterator[Judged]:
    """A page for each value where there can be one alone: its title, whom it was prepared for, an answer to a form."""
    published = Published(1, WorkspaceId(1), "", "asha", False, 1, "", 0, "", SITE, {})
    page = Page(SITE, sketches.setting(SITE))
    forms = [form for form in (find_form(published, page, kind) for kind in BLOCKS) if form and form.fields]
    for number, value in enumerate(VALUES):
        text = value.encode("utf-8", "replace").decode()
        made = sketches.site(sketches.block("question"), title=text, description=text)
        yield drawn(made, LANGUAGES[number % 2], "live", path=f"/titles/{number}", guest=text)
        form = forms[number % len(forms)]
        filled = read(form.fields, {field.name: text for field in form.fields}, page.today)
        answer = replies.again(form, filled, text)
        yield Judged(f"/answers/{number}", answer.html, answer.csp)


if __name__ == "__main__":
    main()
