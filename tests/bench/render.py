"""What it costs to make a page: a menu of 240 dishes in English, Hindi and Arabic, against a bare loop in Jinja.

CPU time, medians. The page is a restaurant's with hours, booking and the way there; the loop prints the same dishes,
marks and prices, escaped, with nothing around them: no languages, no rules of style, no facts for search engines.
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Callable, Mapping
from datetime import date
from itertools import product
from statistics import median
from typing import Any

import msgspec
from jinja2 import Environment
from rig.telling import machine, proof, say, table, target
from tests.conftest import NOW_MS
from tests.sites.sketches import BASE

from scanly.sites.model import Block, Site
from scanly.sites.page import Setting
from scanly.sites.reading import Defaults, read_site, write_site
from scanly.sites.render import render
from scanly.sites.starters import Wanted, find_starter, started

TARGET_MS = 15.0
MOST_BYTES = 14_336
LANGUAGES = ("en", "hi", "ar")
FIRST = ("Paneer", "Potato", "Cauliflower", "Lentils", "Spinach", "Okra", "Beans", "Mutton", "Egg", "Prawn")
SECOND = ("tikka", "masala", "korma", "biryani", "kebab", "curry", "soup", "makhani")
THIRD = {
    "en": ("small", "large", "for two"),
    "hi": ("छोटा", "बड़ा", "दो के लिए"),
    "ar": ("صغير", "كبير", "لشخصين"),
}
LOOP = """\
{% for section in sections %}<h3>{{ section.name }}</h3><ul>
{% for dish in section.dishes %}<li><b>{{ dish.name }}</b> <i>{{ dish.mark }}</i> <b>{{ dish.price }}</b></li>
{% endfor %}</ul>
{% endfor %}"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=100, help="how often each page is made")
    times = asked.parse_args().times
    machine()
    site = large_menu()
    loop = Environment(autoescape=True).from_string(LOOP)
    rows: list[tuple[str, ...]] = []
    for language in LANGUAGES:
        setting = Setting(language, NOW_MS, BASE, "/s/menu")
        page_ms = cpu_ms(lambda setting=setting: render(site, setting).html, times)
        plain = in_language(site, language)
        bare_ms = cpu_ms(lambda plain=plain: loop.render(sections=plain), times)
        html = render(site, setting).html
        sent = len(gzip.compress(html, 9))
        rows.append(
            (
                language,
                f"{page_ms:.1f}",
                f"{bare_ms:.2f}",
                f"{page_ms / bare_ms:.0f}",
                f"{len(html):,}",
                f"{sent:,}",
            )
        )
        target(
            f"240 dishes in {language} in {page_ms:.1f} ms (up to {TARGET_MS:g})", met=page_ms <= TARGET_MS
        )
        proof(f"of {sent:,} bytes, which is no more than {MOST_BYTES:,}", holds=sent <= MOST_BYTES)
    say()
    table(("240 dishes", "page, ms", "bare loop, ms", "times", "bytes", "sent"), rows)


def large_menu() -> Site:
    """The restaurant that one begins with, its menu grown to 240 dishes in twelve sections."""
    starter = find_starter("restaurant")
    wanted = Wanted(starter, "menu", starter.title, LANGUAGES, date(2026, 11, 25))
    site = started(wanted, Defaults(time_zone="Asia/Kolkata", currency="INR"))
    names = [
        {tag: f"{first} {second} {THIRD[tag][size]}" for tag in LANGUAGES}
        for first, second, size in product(FIRST, SECOND, range(3))
    ]
    dishes = [{"name": name, "mark": "veg", "price": str(60 + place)} for place, name in enumerate(names)]
    sections = [
        {"name": dict.fromkeys(LANGUAGES, f"{place + 1}"), "dishes": dishes[place * 20 : place * 20 + 20]}
        for place in range(12)
    ]
    blocks = tuple(
        Block(block.id, "menu", {"sections": sections}) if block.type == "menu" else block
        for block in site.blocks
    )
    return read_site(write_site(msgspec.structs.replace(site, blocks=blocks)), Defaults())


def in_language(site: Site, language: str) -> list[Mapping[str, Any]]:
    """The menu as plain words, as the loop takes it."""
    menu = next(block for block in site.blocks if block.type == "menu")
    return [
        {
            "name": section["name"][language],
            "dishes": [
                {"name": dish["name"][language], "mark": dish["mark"], "price": f"₹{dish['price']}"}
                for dish in section["dishes"]
            ],
        }
        for section in menu.values["sections"]
    ]


def cpu_ms(work: Callable[[], object], times: int) -> float:
    work()
    taken: list[float] = []
    for _ in range(times):
        before = time.process_time()
        work()
        taken.append(1_000 * (time.process_time() - before))
    return median(taken)


if __name__ == "__main__":
    main()
