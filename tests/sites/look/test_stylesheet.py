"""The style sheet of a page: valid and minified, with nothing that nobody on the page needs, and no loss by that."""

import re
from functools import cache
from typing import Any

import pytest
from tests.conftest import imported
from tests.sites import sketches

from scanly.core.paths import asset
from scanly.sites.blocks import block_css, block_types
from scanly.sites.look.stylesheet import css_for
from scanly.sites.look.themes import BACKGROUNDS, BUTTONS, Look, find_theme, list_themes, style
from scanly.sites.render import render

BASE = asset("sites", "site.css").read_text(encoding="utf-8")
EVERYTHING = "".join(
    f'<{name} class="{name}" lang="{name}">' for name in sorted(set(re.findall(r"[a-zA-Z][\w-]*", BASE)))
)
SHOP = ("name-board", "notice", "quick-buttons", "opening-hours", "price-list", "find-us")
# A class that says what something is, and looks like all of its kind.
UNSTYLED = {"veg"}
KIRANA = style(Look(find_theme("kirana")))


def parsed(css: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The rules that an independent parser sees: what is around each, its selector, its declarations."""
    tinycss2 = imported("tinycss2")

    def words(tokens: list[Any]) -> str:
        return re.sub(r"\s*([>+~,:()])\s*", r"\1", tinycss2.serialize(tokens).strip()).replace("0.", ".")

    def walk(source: Any, around: str) -> Any:
        for rule in tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True):
            assert rule.type != "error", rule.message
            if rule.type == "at-rule" and rule.at_keyword in ("media", "look"):
                yield from walk(rule.content, f"@{rule.at_keyword} {words(rule.prelude)}")
                continue
            content = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            assert all(each.type == "declaration" for each in content), (rule.serialize(), content)
            named = f"@{rule.at_keyword}" if rule.type == "at-rule" else ""
            said = [(each.name, words(each.value)) for each in content]
            yield around, named + re.sub(r"\s+", " ", words(rule.prelude)), said

    return list(walk(css, ""))


@cache
def shop(language: str = "en", *names: str, **facts: Any) -> str:
    found = sketches.site(*(sketches.block(name) for name in names or SHOP), **facts)
    return render(found, sketches.setting(found, language)).html.decode()


def style_of(html: str) -> str:
    return html[html.index("<style>") + 7 : html.index("</style>")]


@pytest.mark.parametrize("name", list(list_themes()))
def test_every_rule_of_every_look_is_valid_and_follows_the_rules_of_the_house(name):
    sheets = [block_css(block) for block in block_types()]
    html = EVERYTHING + "".join(shop("en", block) for block in block_types())
    for buttons, background in zip((*BUTTONS, *BUTTONS), BACKGROUNDS, strict=False):
        css = css_for(style(Look(find_theme(name), buttons=buttons, background=background)), html, sheets)
        assert not re.search(r"\n|  |/\*|@look", css)
        for _, selector, said in parsed(css):
            for prop, value in said:
                where = f"{selector} {{{prop}:{value}}}"
                assert not re.search(r"\b(left|right)\b", f"{prop}:{value}"), where
                assert prop not in ("letter-spacing", "text-transform", "width", "height", "float"), where
                assert not (prop in ("font-size", "font") and "px" in value), where
                assert "url(" not in value and not selector.startswith("@import"), where


def test_minifying_changes_no_rule():
    whole = css_for(KIRANA, EVERYTHING).removeprefix(css_for(KIRANA, ""))
    found = [rule for rule in parsed(whole) if rule not in parsed(KIRANA.css)]
    wanted = []
    for around, selector, said in parsed(BASE):
        if around.startswith("@look"):
            if around.removeprefix("@look ") not in KIRANA.traits:
                continue
            around = ""
        wanted.append((around, selector, said))
    assert len(wanted) > 100
    assert [rule for rule in wanted if rule not in found] == []


@pytest.mark.parametrize(
    ("html", "there", "gone"),
    [
        ('<p class="price">', ".price{", ".cover{"),
        ('<p class="btn alt">', ".alt{", ".btn img{"),
        ('<a class="btn"><img>', ".btn img{", "textarea"),
        ("<h2>", "h2{", "h1"),
        ("<details>", "details::details-content", "summary::after"),
        ('<p lang="hi">', ":lang(hi){", ":lang(ta)"),
        ('<p lang="ur-PK">', ":lang(ur){", ":lang(hi)"),
        ('<form><p class="hp">', ".hp+*{", ".vh+*"),
        ("<p>", "@page{margin:15mm}", ".btn"),
    ],
)
def test_a_page_carries_only_rules_that_something_on_it_needs(html, there, gone):
    css = css_for(KIRANA, html)
    assert there in css
    assert gone not in css


def test_variables_that_nothing_refers_to_are_left_out():
    css = css_for(KIRANA, "<p>")
    assert "--tint:" not in css.partition("@media(prefers-contrast")[0]
    assert all(f"--{name}:" in css for name in set(re.findall(r"var\(--([\w-]+)\)", css)) - {"lh"})


def test_the_css_of_a_block_follows_the_base_and_is_tidied_as_well():
    css = css_for(
        KIRANA, '<p class="dish">', ["\n.dish { color : var(--link) }\n.starter { color: var(--text) }"]
    )
    assert css.endswith(".dish{color:var(--link)}")


def test_a_sheet_that_is_not_closed_is_a_fault():
    with pytest.raises(ValueError, match="not closed"):
        css_for(KIRANA, "", [".a { color: red"])


def test_an_ordinary_shops_style_is_light():
    css = style_of(shop())
    assert len(css) < 6_500, len(css)


def test_every_class_on_a_page_has_a_rule():
    """A name that is misspelt would go unnoticed."""
    ruled = set(re.findall(r"\.([a-zA-Z][\w-]*)", BASE))
    for name in block_types():
        known = ruled | set(re.findall(r"\.([a-zA-Z][\w-]*)", block_css(name)))
        html = shop("en", name)
        used = {word for said in re.findall(r'class="([^"]*)"', html) for word in said.split()}
        loose = {word for word in used - known - UNSTYLED if not word.startswith("b-")}
        assert not loose, (name, loose)


def test_no_block_restyles_what_another_one_brings():
    """The css of all blocks on a page meets in one sheet."""
    ruled = set(re.findall(r"\.([a-zA-Z][\w-]*)", BASE))
    own = {name: dict[str, list[Any]]() for name in block_types()}
    for name in block_types():
        for _, selector, said in parsed(block_css(name)):
            for word in set(re.findall(r"\.([a-zA-Z][\w-]*)", selector)) - ruled:
                own[name].setdefault(word, []).append((selector, said))
    for name in block_types():
        html = shop("en", name)
        used = {word for said in re.findall(r'class="([^"]*)"', html) for word in said.split()}
        for other in block_types():
            for word in used & set(own[other]):
                assert own[other][word] == own[name].get(word), (name, other, word)


# In a browser.

ADDRESS = "http://page.test/"


def opened(chromium: Any, html: str, **options: Any) -> Any:
    context = chromium.new_context(**{"viewport": {"width": 360, "height": 740}, **options})
    page = context.new_page()
    html = html.replace(' loading="lazy"', "")
    page.route("**/*", lambda route: route.abort())
    page.route(ADDRESS, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto(ADDRESS)
    return page


SEEN = """names => [...document.querySelectorAll('body, body *')].map(e => ['', '::before', '::after'].map(part => {
  const s = getComputedStyle(e, part || null)
  return part && s.content === 'none' ? '' : names.map(name => s.getPropertyValue(name)).join(';')
}).join('|') + JSON.stringify(e.getBoundingClientRect()))"""
PROPERTIES = sorted(set(re.findall(r"[{;]\s*([a-z][a-z-]+):", re.sub(r" *: *", ":", BASE))))
RESTYLE = "css => { document.querySelector('style').textContent = css }"
TAPPED = (
    "a.btn, button, summary, label.check, nav a, select, textarea, "
    "input:not([type=radio], [type=checkbox], [type=hidden])"
)


@pytest.mark.parametrize(("theme", "language"), [("kirana", "en"), ("slate", "hi"), ("genda", "ar")])
def test_a_page_looks_the_same_with_all_rules_as_with_its_own(chromium, theme, language):
    html = shop(language, *block_types(), theme=theme)
    css = css_for(style(Look(find_theme(theme))), html + EVERYTHING, map(block_css, block_types()))
    assert len(css) > len(style_of(html)) + 300
    page = opened(chromium, html)
    own = page.evaluate(SEEN, PROPERTIES)
    page.evaluate(RESTYLE, css)
    assert page.evaluate(SEEN, PROPERTIES) == own
    page.evaluate(RESTYLE, css.replace(".price{", ".prize{"))
    assert page.evaluate(SEEN, PROPERTIES) != own
    page.context.close()


@pytest.mark.parametrize("language", ["en", "hi", "ar"])
def test_nothing_goes_sideways_on_a_narrow_screen_with_text_twice_as_large(chromium, language):
    page = opened(chromium, shop(language, *block_types()), viewport={"width": 320, "height": 640})
    for theme in list_themes().values():
        html = shop(language, *block_types(), theme=theme.name)
        page.evaluate(RESTYLE, style_of(html) + f"html{{font-size:{2 * theme.text_percent}%}}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, theme.name
    page.context.close()


def test_what_is_tapped_is_large_enough(chromium):
    page = opened(chromium, shop("en", *block_types()))
    script = """names => [...document.querySelectorAll(names)].filter(e => !e.closest('.hp') && e.checkVisibility())
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([, high]) => high < 43.9)"""
    assert page.evaluate(script, TAPPED) == []
    page.context.close()


def test_on_paper_questions_are_answered_and_forms_are_left_out(chromium):
    pdfium = imported("pypdfium2")
    page = opened(chromium, shop("en", "name-board", "quick-buttons", "faq", "question"))
    document = pdfium.PdfDocument(page.pdf(format="A4"))
    text = "".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    page.context.close()
    assert "Yes" in text and "tel:+91" in text
    assert "Send" not in text


def test_forced_colours_leave_edges_around_buttons(chromium):
    page = opened(chromium, shop(), forced_colors="active")
    edge = page.evaluate(
        "(s => [s.borderTopWidth, s.borderTopStyle, s.borderTopColor, s.backgroundColor])"
        "(getComputedStyle(document.querySelector('.btn')))"
    )
    page.context.close()
    assert edge[:2] == ["2px", "solid"]
    assert edge[2] != edge[3]
