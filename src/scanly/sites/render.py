"""A site in one language at one moment becomes one HTML document, with all its style and no script.

What it may load and do is said in a Content-Security-Policy that names the style by its hash.
Source: CSP Level 3, 2.3.1 (hashes).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scanly.sites.blocks import BlockType, block_css, block_macro, block_type, environment
from scanly.sites.look.stylesheet import css_for
from scanly.sites.look.themes import look_of, style
from scanly.sites.model import Block, Show, Site, language_path
from scanly.sites.page import Drawn, Page, Setting
from scanly.sites.times.local_time import begin_ms, end_ms
from scanly.sites.words.language import find_language

if TYPE_CHECKING:
    from markupsafe import Markup

# Before elements only: what somebody typed into a text area stays as it is.
_LINE_STARTS = re.compile(r"\n\s+(?=<)")
# Without ``connect-src`` neither pings nor the readers of robots.txt would be let out.
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src {}; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """``clicks`` are the counted addresses by ``block/key``; after ``valid_until_ms`` the page says something else."""

    html: bytes
    csp: str
    valid_until_ms: int | None
    clicks: Mapping[str, str]


def render(site: Site, setting: Setting) -> Rendered:
    """The document. A 240-item menu takes about 10 ms."""
    from markupsafe import Markup

    from scanly.sites.found.structured import graph

    page = Page(site, setting)
    blocks = list(on_page(page))
    heads = [block for block in blocks if block_type(block.type).frame == "header"]
    head = Markup("").join(draw_block(page, block) for block in heads)
    body = Markup("\n").join(draw_block(page, block) for block in blocks if block not in heads)
    page.block_id = "page"
    values = {
        "title": page.phrase(site.title),
        "description": page.description,
        "head": head or _bare_head(page),
        "body": body,
        "languages": languages_of(page),
        "graph": Markup(graph(site, page)),  # noqa: S704 - escaped for a script element by its maker
    }
    return document(page, "sites/page.html", values)


def _bare_head(page: Page) -> Markup:
    """A page without a name board still says what it is."""
    from markupsafe import Markup

    title = page.phrase(page.facts.title)
    return Markup('<header class="board"><h1{}>{}</h1></header>').format(title.attr, title)


def document(page: Page, template: str, values: Mapping[str, Any]) -> Rendered:
    """A whole document from a template that extends ``sites/skeleton.html``, with the style that it needs."""
    from markupsafe import Markup

    styled = style(look_of(page.facts))
    mark = Markup("{style}")
    html = environment().get_template(template).render(site=page, styled=styled, style=mark, **values)
    html = _LINE_STARTS.sub("\n", html)
    css = css_for(styled, html, [block_css(name) for name in sorted(page.types)])
    html = html.replace("<style>{style}</style>", f"<style>{css}</style>", 1)
    return Rendered(html.encode(), _POLICY.format(policy_hash(css)), page.valid_until_ms, page.clicks)


def policy_hash(text: str) -> str:
    """How a policy names the one style or script that it lets in."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def on_page(page: Page) -> Iterator[Block]:
    """The blocks that are shown at this moment; the page is noted to change when another comes or goes."""
    for block in page.facts.blocks:
        if not block.hidden and _is_shown(block.show, page):
            yield block


def draw_block(page: Page, block: Block) -> Markup:
    """One block in the frame that its type asks for; empty when it has nothing to say now."""
    from markupsafe import Markup

    kind = block_type(block.type)
    page.block_id = block.id
    page.types.add(block.type)
    record = Drawn(kind.fields, block.values, page, block.id, block.type)
    record.title = _title(page, block, kind)
    inside = block_macro(block.type)(record, page).strip()
    if not inside or kind.frame == "plain":
        return Markup(inside)  # noqa: S704 - drawn by the block's template
    if kind.frame == "header":
        return Markup('<header class="board" id="{}">\n{}\n</header>').format(block.id, inside)
    headed = bool(block.title or kind.heading)
    if not headed and "<h3" not in inside:  # a name for it alone would be noise to those who listen
        return Markup('<div id="{}" class="part b-{}">\n{}\n</div>').format(block.id, block.type, inside)
    named = Markup('<section id="{0}" class="b-{1}"{2}>\n<h2 id="{0}_h"{3}{4}>{5}</h2>\n{6}\n</section>')
    # Of several with one name, only the first is a place to jump to: the others could not be told from it.
    landmark = "" if record.title in page.headings else Markup(' aria-labelledby="{}_h"').format(block.id)
    page.headings.add(record.title)
    hidden = "" if headed else Markup(' class="vh"')
    language = getattr(record.title, "attr", "")
    return named.format(block.id, block.type, landmark, hidden, language, record.title, inside)


def _title(page: Page, block: Block, kind: BlockType) -> str:
    """What stands above the block, for the eye or for those who listen."""
    if block.title:
        return page.phrase(block.title)
    return page.t(kind.heading or kind.title)


def _is_shown(show: Show, page: Page) -> bool:
    """Between its first and its last moment; a day alone is the whole day."""
    shown = True
    if show.start:
        starts_ms = begin_ms(show.start, page.zone)
        page.until(starts_ms)
        shown = starts_ms <= page.now_ms
    if show.end:
        ends_ms = end_ms(show.end, page.zone)
        page.until(ends_ms)
        shown = shown and page.now_ms < ends_ms
    return shown


def languages_of(page: Page) -> list[dict[str, Any]]:
    """Every language of the site: its tag, own name, direction and address."""
    site = page.facts
    return [
        {
            "tag": tag,
            "language": find_language(tag),
            "path": page.setting.files.get(tag) or language_path(page.setting.path, site.languages, tag),
            "here": tag == page.language,
        }
        for tag in site.languages
    ]
