"""Who led somebody here: the table of well-known hosts, everything else by its host, and hostile text."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.analytics.origins import origin
from scanly.core.paths import asset

GROUPS: dict[str, dict[str, list[str]]] = tomllib.loads(
    asset("reports", "origins.toml").read_text(encoding="utf-8")
)
DOMAINS = [(domain, name) for names in GROUPS.values() for name, found in names.items() for domain in found]


@pytest.mark.parametrize(
    ("referrer", "name"),
    [
        ("www.google.com/", "Google"),
        ("www.google.co.in/search", "Google"),
        ("google.de", "Google"),
        ("www.google.com.br", "Google"),
        ("com.google.android.googlequicksearchbox/", "Google"),
        ("android-app://com.google.android.gm/", "Gmail"),
        ("mail.google.com/mail/u/0", "Gmail"),
        ("maps.google.co.in", "Google Maps"),
        ("news.google.com/articles/x", "Google News"),
        ("lens.google.com/", "Google Lens"),
        ("l.instagram.com/", "Instagram"),
        ("instagram.com", "Instagram"),
        ("lm.facebook.com", "Facebook"),
        ("m.facebook.com/groups/1", "Facebook"),
        ("com.facebook.katana/", "Facebook"),
        ("t.co/abc", "X"),
        ("web.whatsapp.com/", "WhatsApp"),
        ("com.whatsapp/", "WhatsApp"),
        ("youtu.be", "YouTube"),
        ("m.youtube.com/watch", "YouTube"),
        ("www.bing.com/", "Bing"),
        ("out.reddit.com", "Reddit"),
        ("old.reddit.com/r/pune", "Reddit"),
        ("in.search.yahoo.com", "Yahoo"),
        ("mail.yahoo.com", "Yahoo Mail"),
        ("www.zomato.com/pune/x", "Zomato"),
        ("www.justdial.com", "Justdial"),
        ("sharechat.com", "ShareChat"),
        ("web.telegram.org/k/", "Telegram"),
        ("yandex.com.tr/search", "Yandex"),
        ("www.baidu.com", "Baidu"),
        ("chatgpt.com/", "ChatGPT"),
        ("en.wikipedia.org/wiki/Pune", "Wikipedia"),
    ],
)
def test_well_known_pages_and_apps_go_by_their_names(referrer: str, name: str) -> None:
    assert origin(referrer) == name


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("www.chaicorner.in/menu", "chaicorner.in"),
        ("m.chaicorner.in", "chaicorner.in"),
        ("www.m.chaicorner.in", "chaicorner.in"),
        ("blog.chaicorner.co.in/a/b", "blog.chaicorner.co.in"),
        ("chaicorner.in:8443/x", "chaicorner.in"),
        ("user:word@chaicorner.in:80/x", "chaicorner.in"),
        ("CHAICORNER.in.", "chaicorner.in"),
        ("www.com/", "www.com"),
        ("m.in", "m.in"),
        ("xn--11b4c3d.xn--h2brj9c/", "xn--11b4c3d.xn--h2brj9c"),
        ("com.example.reader/", "com.example.reader"),
        ("8.8.8.8/x", "8.8.8.8"),
        ("[2606:4700::1111]:443/x", "2606:4700::1111"),
        # Not those whose names they carry.
        ("google.com.prizes.top", "google.com.prizes.top"),
        ("notgoogle.com", "notgoogle.com"),
        ("google.prizes.top", "google.prizes.top"),
        ("facebook.com.co", "facebook.com.co"),
        ("wa.me.evil.in", "wa.me.evil.in"),
        ("maps.google.prizes.top", "maps.google.prizes.top"),
    ],
)
def test_others_go_by_their_host(referrer: str, host: str) -> None:
    assert origin(referrer) == host


@pytest.mark.parametrize(
    "referrer",
    [
        "",
        "localhost:8000/x",
        "127.0.0.1",
        "192.168.1.1:8080/",
        "10.0.0.7",
        "[::1]/",
        "[fe80::1]:80",
        "[2606:4700::1%\x1b[31m]/",
        "router/",
        "printer.local",
        "wiki.lan/page",
        "a b.in",
        "<script>.in",
        "-.in",
        "..",
        ".in",
        "/",
        "://",
        "\x00",
        "\ud800.in",
        "x" * 100_000,
        "a." * 50_000 + "in",
        "a." * 130 + "in",
        "कैफ़े.भारत",
    ],
)
def test_what_is_no_public_host_is_not_counted(referrer: str) -> None:
    assert origin(referrer) == ""


@pytest.mark.parametrize(("domain", "name"), DOMAINS)
def test_every_domain_of_the_table_is_reached_also_below_it(domain: str, name: str) -> None:
    host = domain.replace(".*", ".co.in")
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9_-]+)+", host)
    assert origin(host) == origin(f"{host}/a/b") == origin(f"https://{host}:443/?q=1") == name
    assert origin(f"zzz.{host}") == name


def test_the_table_is_large_in_order_and_names_nobody_twice() -> None:
    domains = [domain for domain, _ in DOMAINS]
    names = [name for group in GROUPS.values() for name in group]
    assert len(domains) == len(set(domains)) > 250
    assert len(names) == len(set(names)) > 150
    for group in GROUPS.values():
        assert list(group) == sorted(group, key=str.casefold)


@given(st.text() | st.from_regex(r"[a-z0-9.:/@\[\]-]{0,80}", fullmatch=True))
def test_any_text_gives_a_short_name_without_addresses_of_pages(referrer: str) -> None:
    name = origin(referrer)
    assert len(name) <= 512
    assert not set(name) & set("/?#@")
