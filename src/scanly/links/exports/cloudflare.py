"""Files for Cloudflare Pages: a folder for each site, with a ``_redirects`` and pages for what does not fit into it.

Source: Cloudflare Pages documentation, "Redirects" (2,000 static rules, 1,000 characters a line, https or a path).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from scanly.core.text import count
from scanly.links.exports import Files, Plan, StaticLink, pages

SUMMARY = "Cloudflare Pages: a _redirects file and pages, one folder for each host"
PASSES_QUERY = False

MOST_RULES = 2_000
MOST_CHARACTERS = 1_000
_MOST_FILES = 20_000


def files(plan: Plan, links: Iterable[StaticLink]) -> Files:
    """Rules as long as there is room for them; then, and for long or unencrypted targets, pages that lead on."""
    rules: Counter[int] = Counter()
    made: Counter[int] = Counter()
    leading = 0
    for link in links:
        site = plan.site(link)
        rule = f"/{link.code} {link.target} 302"
        fits = link.target.startswith("https://") and len(rule) <= MOST_CHARACTERS
        if fits and rules[site] < MOST_RULES:
            rules[site] += 1
            yield f"{plan.folder(site)}/_redirects", f"{rule}\n".encode()
            continue
        made[site] += 1
        leading += bool(link.target)
        page = pages.moved(link.target) if link.target else plan.closed[link.language]
        yield f"{plan.folder(site)}/{link.code}/index.html", page
    for site, names in enumerate(plan.sites):
        if names:
            yield f"{plan.folder(site)}/404.html", plan.missing
    notes: list[str] = []
    if leading:
        notes.append(f"{count(leading, 'link')} did not fit into _redirects and became pages that lead on.")
    notes += [
        f"The folder {plan.folder(site)} has {number:,} pages; a free plan takes {_MOST_FILES:,} files."
        for site, number in made.items()
        if number >= _MOST_FILES
    ]
    return notes


def usage(plan: Plan) -> str:
    folders = "\n".join(
        f"       {plan.folder(site)}   for {', '.join(names)}"
        for site, names in enumerate(plan.sites)
        if names
    )
    return f"""\
1. Make one project at Cloudflare Pages for each of these folders, from the folder itself:

{folders}

       wrangler pages deploy FOLDER

2. Give each project its domain, as named above.

Cloudflare adds a visitor's query to addresses that have none. It cannot answer "gone": a closed code is a page that
says so. After a change, deploy once more.
"""
