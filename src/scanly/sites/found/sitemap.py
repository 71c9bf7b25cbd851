"""What search engines ask a host for: which pages there are, in which languages, and which are not for them.

Source: sitemaps.org 0.9; Google's ``xhtml:link`` for languages; RFC 9309 (robots.txt).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from scanly.core.clock import iso

SITEMAP_MIME = "application/xml; charset=utf-8"
MOST_ADDRESSES = 50_000
# What is not for reading: programs, the dashboard; below any page, counted links and forms.
_NOT_TO_READ = ("/api/", "/app/", "/_live", "/*/go/", "/*/forms/")


@dataclass(frozen=True, slots=True)
class Listed:
    """A page in all its languages: whole addresses by tag, the first one for visitors of any other language.

    ``changed_ms`` is when it was published.
    """

    addresses: Mapping[str, str]
    changed_ms: int


def sitemap(pages: Iterable[Listed]) -> bytes:
    """The file ``sitemap.xml``: every address, each with those of its page in other languages."""
    entries = [entry for page in pages for entry in _entries(page)][:MOST_ADDRESSES]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        f"{''.join(entries)}</urlset>\n"
    ).encode()


def _entries(page: Listed) -> Iterator[str]:
    others = "".join(_others(page.addresses)) if len(page.addresses) > 1 else ""
    for address in page.addresses.values():
        yield f"<url><loc>{escape(address)}</loc><lastmod>{iso(page.changed_ms)}</lastmod>{others}</url>\n"


def _others(addresses: Mapping[str, str]) -> Iterator[str]:
    for tag, address in (*addresses.items(), ("x-default", next(iter(addresses.values())))):
        yield f'<xhtml:link rel="alternate" hreflang={quoteattr(tag)} href={quoteattr(address)}/>'


def robots(base: str) -> str:
    """The file ``robots.txt`` of the host at ``base``.

    Pages that are not for everybody are not named in it: who reads it would know of them; they say so themselves.
    """
    paths = (f"Disallow: {path}" for path in _NOT_TO_READ)
    return "\n".join(["User-agent: *", *paths, f"Sitemap: {base}/sitemap.xml"]) + "\n"
