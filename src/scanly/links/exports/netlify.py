"""Files for Netlify: one ``_redirects`` for all hosts of a site.

Source: Netlify documentation, "Redirects and rewrites" (syntax) and "Redirect options" (status, domains, query).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanly.links.exports import Files, Plan, StaticLink

SUMMARY = "Netlify: a _redirects file"
PASSES_QUERY = False

_MANY = 10_000
_AUTHORITY = re.compile(r"https?://[^/?#]*")
_PLACEHOLDER = re.compile(r":(?=[A-Za-z])")


def files(plan: Plan, links: Iterable[StaticLink]) -> Files:
    """Rules of bound hosts name their host and come first, because the first rule that fits is taken.

    After each bound host's own rules it has nothing else, so that it does not answer with the default hosts' codes.
    """
    written = 0
    before: int | None = None
    for link in links:
        site = plan.site(link)
        if before and site != before:
            yield "_redirects", _nothing_else(plan, before)
        before = site
        written += 1
        origin = f"https://{plan.sites[site][0]}" if site else ""
        yield "_redirects", f"{origin}/{link.code} {_answer(link)}\n".encode()
    if before:
        yield "_redirects", _nothing_else(plan, before)
    for language, page in plan.closed.items():
        yield f"closed-{language}.html", page
    yield "404.html", plan.missing
    if not written:
        yield "_redirects", b""
    if written > _MANY:
        return [f"Netlify advises against more than {_MANY:,} redirects; there are {written:,}."]
    return []


def _answer(link: StaticLink) -> str:
    if not link.target:
        # Of the states that Netlify can give a page, this is the nearest to "gone".
        return f"/closed-{link.language}.html 404!"
    return f"{literal(link.target)} 302!"


def literal(target: str) -> str:
    """The target with every colon escaped that could begin the name of a placeholder."""
    authority = _AUTHORITY.match(target)
    end = authority.end() if authority else 0
    return target[:end] + _PLACEHOLDER.sub("%3A", target[end:])


def _nothing_else(plan: Plan, site: int) -> bytes:
    return f"https://{plan.sites[site][0]}/* /404.html 404!\n".encode()


def usage(plan: Plan) -> str:
    bound = ", ".join(plan.bound_hosts)
    aliases = f"\n   Add {bound} as domain aliases of the same site.\n" if bound else ""
    return f"""\
1. Make a site at Netlify from this folder: drop the folder onto the page of your sites, or

       netlify deploy --prod --dir "{plan.place}"

2. Give the site your domain: {", ".join(plan.default_hosts) or "none of the codes needs it"}.
{aliases}
Netlify adds a visitor's query to every address, also where Scanly would not. It cannot answer "gone": codes that are
closed answer with status 404 and a page that says so. After a change, deploy once more.
"""
