"""Plain pages, one for each code, for any server that can do nothing but hand out files.

Source: WHATWG HTML, 4.2.5.3 (http-equiv=refresh); RFC 6596 (canonical).
"""

from __future__ import annotations

from collections.abc import Iterable

from scanly.links.exports import Files, Plan, StaticLink, pages

SUMMARY = "plain HTML: one page for each code, one folder for each host"
PASSES_QUERY = False


def files(plan: Plan, links: Iterable[StaticLink]) -> Files:
    """``HOST/CODE/index.html`` and ``HOST/404.html``; hosts that share their codes share a folder."""
    for link in links:
        page = pages.moved(link.target) if link.target else plan.closed[link.language]
        yield f"{plan.folder(plan.site(link))}/{link.code}/index.html", page
    for site, names in enumerate(plan.sites):
        if names:
            yield f"{plan.folder(site)}/404.html", plan.missing
    return []


def usage(plan: Plan) -> str:
    folders = "\n".join(
        f"       {plan.folder(site)}   for {', '.join(names)}"
        for site, names in enumerate(plan.sites)
        if names
    )
    return f"""\
1. Upload what is in each of these folders to the place that shows files under its domain:

{folders}

2. Where you can, have 404.html shown for addresses that do not exist.

Each code is a page that leads on by itself, also without JavaScript. Capital and small letters are different codes:
the place must tell them apart, as nearly all do. After a change, upload once more.
"""
