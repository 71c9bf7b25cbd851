"""What other servers are told of links, in which words, and how the files come into their folder."""

from __future__ import annotations

import asyncio
import re
import shutil
import string
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import NOW_MS, Installation, missing

from scanly.core.errors import Conflict, Invalid, NotFound, Unavailable
from scanly.core.ids import LinkId, WorkspaceId
from scanly.links import actions, changes, passwords
from scanly.links.exports import (
    Plan,
    Reason,
    StaticLink,
    format_named,
    formats,
    joint,
    pages,
    static,
)
from scanly.links.exports.netlify import literal
from scanly.links.exports.store import standing_anywhere
from scanly.links.model import Link, LinkDraft, check_target
from scanly.links.terms import PLAIN, Rule, Terms
from scanly.ops.checks import Site
from scanly.ops.checks import exports as check
from scanly.ops.export_folder import Staging, claim, marker_of
from scanly.ops.exporting import Follower, Order, begin_standing, end_standing, export_links

HOSTS = ("go.example.com", "old.example.com")
SECRET = "https://secret.example/offer"
FALLBACK = "https://example.com/later"
LINK = Link(LinkId(1), WorkspaceId(1), "", "menu", SECRET, "", (), "", "", 0, 0, None)
RULE = Rule(1, "phones", {"device": "phone"}, "https://secret.example/phones")

# terms, other fields, why the copy differs
GATED = {
    "a password": (Terms(password="scrypt$x$y"), {}, Reason.PASSWORD),
    "a limit": (Terms(max_scans=5), {}, Reason.LIMIT),
    "an end to come": (Terms(expires_ms=NOW_MS + 1), {}, Reason.EXPIRES),
    "an end that has passed": (Terms(expires_ms=NOW_MS), {}, Reason.EXPIRED),
    "a later opening": (Terms(opens_ms=NOW_MS + 1), {}, Reason.OPENS),
    "a pause": (Terms(paused_ms=1), {}, Reason.PAUSED),
    "a removal": (Terms(), {"removed_ms": 1}, Reason.REMOVED),
    "one of our own pages": (Terms(), {"target": "/_scanly/secret"}, Reason.OWN_PAGE),
}


def told(terms: Terms = PLAIN, **fields: Any) -> StaticLink:
    return static(replace(LINK, terms=terms, **fields), HOSTS, NOW_MS, "hi")


def test_a_plain_link_leads_to_its_target_with_the_campaign_words():
    found = told(
        Terms(utm={"source": "window poster"}, pass_query=True), target="https://example.com/?a=1#top"
    )
    target = "https://example.com/?a=1&utm_source=window+poster#top"
    assert found == StaticLink(HOSTS, "menu", target, Reason.NONE, pass_query=True, language="hi")


@pytest.mark.parametrize("gate", GATED)
def test_a_link_behind_a_gate_tells_its_fallback_or_nothing(gate: str):
    terms, fields, reason = GATED[gate]
    closed = told(terms, **fields)
    assert (closed.target, closed.reason, closed.pass_query) == ("", reason, False)
    kept = told(
        msgspec.structs.replace(terms, fallback=FALLBACK, pass_query=True, utm={"source": "x"}), **fields
    )
    # Who removed a link took it out of use for everybody.
    assert (kept.target, kept.pass_query) == ("" if gate == "a removal" else FALLBACK, False)


def test_an_opening_that_has_passed_is_no_gate():
    assert told(Terms(opens_ms=NOW_MS)).target == SECRET


def test_rules_lead_everybody_to_the_fallback_or_else_to_the_target():
    assert told(Terms(rules=(RULE,))).target == SECRET
    assert told(Terms(rules=(RULE,), fallback=FALLBACK)).target == FALLBACK
    assert told(Terms(rules=(RULE,))).reason is Reason.RULES
    assert told(Terms(rules=(RULE,), password="x")) == told(Terms(password="x"))


def test_a_target_that_does_not_answer_is_replaced_as_long_as_the_owner_wants_that():
    wanted = Terms(fallback=FALLBACK, fallback_when_broken=True)
    assert told(wanted, broken_ms=1).target == FALLBACK
    assert told(wanted).target == SECRET
    assert told(Terms(fallback=FALLBACK), broken_ms=1).target == SECRET


texts = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)
HOSTILE = "\"'`;{}$%\\<>&#?|*:@=+!()[]~^ \t.é€🎉/ab"
hostile = texts | st.text(st.sampled_from(HOSTILE), max_size=60)


@st.composite
def targets(draw: st.DrawFn) -> str:
    path, query, fragment = draw(hostile), draw(hostile | st.none()), draw(hostile | st.none())
    text = f"https://example.com/{path}"
    text += "" if query is None else f"?{query}"
    text += "" if fragment is None else f"#{fragment}"
    try:
        return check_target(text)
    except Invalid:
        return check_target("https://example.com/x?" + "".join(c for c in path if c.isalnum()))


codes = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64).filter(
    lambda code: not code.startswith("_")
)


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, list[StaticLink]]:
    """An export of links in the order in which formats get them."""
    plan = Plan(
        "/srv/export", HOSTS, ("menu.example.org",), {"en": pages.closed("en")}, pages.missing(["en"])
    )
    links: list[StaticLink] = []
    for names in (("menu.example.org",), HOSTS):
        for code in sorted(draw(st.sets(codes, max_size=12)), key=lambda code: (code.lower(), code)):
            target = draw(st.just("") | targets().map(lambda text: told(target=text).target))
            links.append(StaticLink(names, code, target, pass_query=draw(st.booleans())))
    return plan, links


def written(name: str, plan: Plan, links: Iterable[StaticLink]) -> dict[str, str]:
    files: dict[str, bytes] = {}
    for path, piece in formats()[name].files(plan, iter(links)):
        files[path] = files.get(path, b"") + piece
    return {path: data.decode() for path, data in files.items()}


@settings(max_examples=40, deadline=None)
@given(plans())
def test_nothing_in_a_target_ends_its_word_in_a_map_of_nginx(case: tuple[Plan, list[StaticLink]]):
    plan, links = case
    files = written("nginx", plan, links)
    lines = [line for path, text in files.items() if path.endswith(".map") for line in text.splitlines()]
    found: dict[tuple[str, str], str] = {}
    for line in lines:
        parts = re.fullmatch(r'"(\d+)/([A-Za-z0-9_-]+)" "=([A-Za-z0-9_-]+) [LQAEC] ([^"\\\s]*)";', line)
        assert parts and parts[2] == parts[3], line
        key, code, value = parts[1], parts[2], parts[4]
        assert not re.search(r"\$(?!\{scanly_dollar\})", value), line
        found[key, code] = value.replace("${scanly_dollar}", "$")
    assert found == {(str(plan.site(each)), each.code): each.target or "en" for each in links}
    keys = [text.lower() for path, text in files.items() if path.endswith(".map")]
    for text in keys:  # nginx refuses two keys of one map that differ in case only
        names = re.findall(r'^"([^"]+)"', text, re.MULTILINE)
        assert len(names) == len(set(names))


@settings(max_examples=40, deadline=None)
@given(plans())
def test_netlify_reads_every_rule_as_it_was_meant(case: tuple[Plan, list[StaticLink]]):
    plan, links = case
    rules = read_netlify(written("netlify", plan, links)["_redirects"] if links else "")
    for link in links:
        for host in link.hosts:
            to, status = first_that_fits(rules, host, f"/{link.code}")
            assert (to, status) == ((literal(link.target), 302) if link.target else ("/closed-en.html", 404))
    taken = {link.code for link in links if link.hosts != HOSTS}
    for link in links:
        if link.hosts == HOSTS and link.code not in taken and taken:
            assert first_that_fits(rules, "menu.example.org", f"/{link.code}") == ("/404.html", 404)


NetlifyRule = tuple[str, str, str, int]


def read_netlify(text: str) -> list[NetlifyRule]:
    """Host, path, destination and status of each rule: as Netlify's own parser takes a line apart."""
    rules: list[NetlifyRule] = []
    for line in text.splitlines():
        parts = line.split()
        assert len(parts) == 3 and not any(part.startswith("#") for part in parts), line
        source, to, status = parts
        url = re.fullmatch(r"(?:https://([^/]+))?(/(?:[A-Za-z0-9_-]+|\*))", source)
        assert url, line
        assert re.match(r"/|https?://", to), line
        after = re.sub(r"^https?://[^/?#]*", "", to)
        assert not re.search(r":[A-Za-z]", after), f"a placeholder: {line}"
        assert re.fullmatch(r"(302|404)!", status), line
        rules.append((url[1] or "", url[2], to, int(status[:3])))
    return rules


def first_that_fits(rules: list[NetlifyRule], host: str, path: str) -> tuple[str, int] | None:
    for wanted, source, to, status in rules:
        if wanted in ("", host) and source in ("/*", path):
            return to, status
    return None


def read_cloudflare(text: str) -> dict[str, str]:
    """Destinations by path: the published limits, and what Cloudflare's own parser refuses."""
    lines = text.splitlines()
    assert len(lines) <= 2_000
    rules: dict[str, str] = {}
    for line in lines:
        assert len(line) <= 1_000
        source, to, status = line.split()
        assert re.fullmatch(r"/[A-Za-z0-9_-]+", source), line
        assert to.startswith("https://") and status == "302", line
        assert source not in rules, line
        rules[source] = to
    return rules


@settings(max_examples=40, deadline=None)
@given(plans())
def test_cloudflare_has_a_rule_or_a_page_for_every_code(case: tuple[Plan, list[StaticLink]]):
    plan, links = case
    files = written("cloudflare", plan, links)
    for site, names in enumerate(plan.sites):
        folder = plan.folder(site)
        rules = read_cloudflare(files.get(f"{folder}/_redirects", ""))
        for link in [link for link in links if link.hosts == names]:
            page = files.get(f"{folder}/{link.code}/index.html")
            if link.target and page is None:
                assert rules[f"/{link.code}"] == link.target
            else:
                assert page == (pages.moved(link.target) if link.target else plan.closed["en"]).decode()
                assert f"/{link.code}" not in rules


def test_what_cloudflare_has_no_room_for_becomes_a_page_and_that_is_said():
    many = [StaticLink(HOSTS, f"c{number:05}", "https://example.com/") for number in range(2_001)]
    more = [
        StaticLink(HOSTS, "long", "https://example.com/" + "x" * 1_000),
        StaticLink(HOSTS, "plain-http", "http://example.com/"),
    ]
    plan = Plan("/srv", HOSTS, (), {}, b"")
    files = formats()["cloudflare"].files(plan, [*many, *more])
    paths: set[str] = set()
    notes: list[str] = []
    while True:
        try:
            paths.add(next(files)[0])
        except StopIteration as over:
            notes = over.value
            break
    made = {path for path in paths if path.endswith("index.html")}
    assert made == {f"go.example.com/{code}/index.html" for code in ("c02000", "long", "plain-http")}
    assert notes == ["3 links did not fit into _redirects and became pages that lead on."]


@settings(max_examples=100, deadline=None)
@given(targets())
def test_a_target_is_cut_where_a_query_goes_in(target: str):
    before, character, fragment = joint(target)
    assert before + fragment == target
    address, _, hash_ = (before + character + "v=1" + fragment).partition("#")
    assert address.count("#") == 0 and (f"#{hash_}" if "#" in target else "") == fragment
    _, _, query = address.partition("?")
    assert query.split("&")[-1] == "v=1" or query.endswith("?v=1") or query == "v=1"


@settings(max_examples=100, deadline=None)
@given(targets())
def test_a_page_that_leads_on_says_the_target_and_nothing_else(target: str):
    from html.parser import HTMLParser

    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    address = told(target=target).target
    Reader().feed(pages.moved(address).decode())
    assert [tag for tag, _ in seen] == (
        ["html", "head", "meta", "meta", "meta", "meta", "link", "title", "style", "body", "p", "a"]
    )
    attributes = [attributes for _, attributes in seen]
    assert {"http-equiv": "refresh", "content": f"0; url={address}"} in attributes
    assert {"rel": "canonical", "href": address} in attributes
    assert {"href": address} in attributes
    assert {"name": "robots", "content": "noindex"} in attributes


def test_a_closed_page_is_whole_and_speaks_the_language_and_english():
    page = pages.closed("hi").decode()
    assert page.index('<section lang="hi"') < page.index('<section lang="en"')
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)
    assert "prefers-color-scheme: dark" in page and 'name="robots" content="noindex"' in page
    assert 'dir="rtl"' in pages.closed("ur").decode()
    assert pages.closed("en").decode().count("<section") == 1
    assert pages.closed(pages.known("pt-BR")) == pages.closed("pt")
    assert pages.closed("xx") == pages.closed("en")


def test_every_format_says_what_it_is_and_what_to_do_with_it():
    plan = Plan("/srv/export", HOSTS, ("menu.example.org",), {}, b"")
    assert set(formats()) == {"nginx", "caddy", "apache", "netlify", "cloudflare", "html"}
    for name, form in formats().items():
        assert "Source:" in (form.__doc__ or ""), name
        assert form.SUMMARY and "1. " in form.usage(plan)
    with pytest.raises(NotFound, match="caddy"):
        format_named("cady")


# The folder


def write(place: Path, **files: str) -> None:
    with Staging(claim(place)) as staging:
        for path, text in files.items():
            staging.add(path, text.encode())
        staging.put_in_place({"format": "html", "workspace": None, "change": 1, "turns_ms": None})


def inside(place: Path) -> dict[str, str]:
    return {
        path.relative_to(place).as_posix(): path.read_text()
        for path in place.rglob("*")
        if path.is_file() and not path.name.startswith(".scanly")
    }


def test_an_export_replaces_the_one_before_and_leaves_nothing_beside(tmp_path: Path):
    place = tmp_path / "out"
    write(place, **{"a.txt": "1", "b/c.txt": "2"})
    write(place, **{"a.txt": "3"})
    assert inside(place) == {"a.txt": "3"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (found := marker_of(place)) and (found.format, found.change) == ("html", 1)


@pytest.mark.parametrize("foreign", ["notes.txt", "b/notes.txt", "empty-link"])
def test_a_folder_with_foreign_files_is_refused_and_stays_as_it_is(tmp_path: Path, foreign: str):
    place = tmp_path / "out"
    write(place, **{"a.txt": "1", "b/c.txt": "2"})
    if foreign == "empty-link":
        (place / foreign).symlink_to(tmp_path, target_is_directory=True)
    else:
        (place / foreign).write_text("mine")
    before = inside(place)
    with pytest.raises(Conflict, match=foreign):
        write(place, **{"a.txt": "3"})
    assert inside(place) == before


def test_a_folder_that_was_never_ours_and_a_file_are_refused(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("mine")
    for place in (tmp_path / "mine", tmp_path / "mine" / "index.html"):
        with pytest.raises(Conflict, match=r"index\.html"):
            write(place, **{"a.txt": "1"})
    assert (tmp_path / "mine" / "index.html").read_text() == "mine"


@pytest.mark.parametrize("name", ['a"b', "a;b", "a{b", "a$b", "a\nb", "a*b", "a\\b", "a'b"])
def test_a_path_that_a_server_could_misread_is_refused(tmp_path: Path, name: str):
    with pytest.raises(Invalid, match="cannot stand in the files"):
        claim(tmp_path / name)


def test_an_export_that_fails_leaves_the_one_before(tmp_path: Path):
    place = tmp_path / "out"
    write(place, **{"a.txt": "1"})

    def fail() -> None:
        with Staging(place) as staging:
            staging.add("a.txt", b"2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert inside(place) == {"a.txt": "1"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_an_export_that_was_killed_left_is_removed_by_the_next(tmp_path: Path):
    left = tmp_path / ".out.scanly-00000000"
    left.mkdir()
    (left / "a.txt").write_text("half")
    busy = Staging(tmp_path / "out")
    with busy:
        write(tmp_path / "out", **{"a.txt": "1"})
        assert not left.exists() and busy.folder.is_dir(), "one that still writes is left alone"


def test_a_disk_that_does_not_tell_capital_from_small_letters_is_noticed(tmp_path: Path):
    with Staging(tmp_path / "out") as staging:
        staging.add("Menu.html", b"1")
        (staging.folder / "menu.html").write_bytes(b"")  # as such a disk would have it
        with pytest.raises(Unavailable, match="capital from small letters"):
            staging.add("menu.html", b"2")


def test_a_mount_point_is_brought_up_to_date_file_by_file(tmp_path: Path):
    place = tmp_path / "out"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], capture_output=True).returncode:
        missing("the right to mount")
    try:
        write(place, **{"a.txt": "1", "b/c.txt": "2"})
        write(place, **{"a.txt": "3", "d/e.txt": "4"})
        assert inside(place) == {"a.txt": "3", "d/e.txt": "4"}
        assert not (place / "b").exists()
        (place / "mine.txt").write_text("mine")
        with pytest.raises(Conflict, match=r"mine\.txt"):
            write(place, **{"a.txt": "5"})
    finally:
        subprocess.run(["umount", place], check=True)


def test_in_a_large_folder_only_what_changed_is_written(tmp_path: Path):
    place = tmp_path / "out"
    many = {f"host/c{number}/index.html": "same" for number in range(1_100)}
    write(place, **many)
    write(place, **many, **{"host/new/index.html": "1"})
    untouched = (place / "host/c7/index.html").stat().st_ino
    del many["host/c3/index.html"]
    write(place, **many | {"host/c5/index.html": "other"})
    assert inside(place) == many | {"host/c5/index.html": "other"}
    assert (place / "host/c7/index.html").stat().st_ino == untouched
    assert not (place / "host/c3").exists()
    (place / "host" / "logo.png").write_text("mine")
    with pytest.raises(Conflict, match=r"logo\.png"):
        write(place, **many)


# What is exported, and what follows


async def furnish(app: Any, *drafts: LinkDraft, workspace: str = "Café") -> WorkspaceId:
    from scanly.accounts.actions import add_workspace

    made = await add_workspace(app.call(), workspace, {"language": "hi"})
    links = await actions.add_links(app.call(), made.id, drafts, printed_host="go.example.com")
    assert not [link for link in links if not isinstance(link, Link)]
    return made.id


def test_an_export_carries_every_code_and_names_what_it_cannot_do(either: Installation, tmp_path: Path):
    async def work(app: Any) -> None:
        await furnish(
            app,
            LinkDraft("https://example.com/1", "Menu"),
            LinkDraft("https://example.com/2", "menu", "menu.example.org"),
            LinkDraft(SECRET, "vip", terms=Terms(password=passwords.keep("open sesame"))),
            LinkDraft("https://example.com/q", "q-code", terms=Terms(pass_query=True)),
        )
        other = await furnish(app, LinkDraft("https://example.com/3", "MENU"), workspace="Shop")
        done = await export_links(app.main, Order(tmp_path / "all", "netlify"), NOW_MS)
        assert {(each.host, each.codes, each.lead_on, each.closed) for each in done.hosts} == {
            ("go.example.com", 4, 3, 1),
            ("menu.example.org", 1, 1, 0),
        }
        assert {(each.code, each.reason, each.answer) for each in done.left_out} == {
            ("vip", Reason.PASSWORD, "closed page"),
            ("q-code", Reason.QUERY, "target"),
        }
        one = await export_links(app.main, Order(tmp_path / "one", "netlify", other), NOW_MS)
        assert [(each.host, each.codes) for each in one.hosts] == [("go.example.com", 1)]

    either.run(work)
    rules = read_netlify((tmp_path / "all" / "_redirects").read_text())
    assert [rule[:2] for rule in rules] == [
        ("menu.example.org", "/menu"),
        ("menu.example.org", "/*"),
        ("", "/MENU"),
        ("", "/Menu"),
        ("", "/q-code"),
        ("", "/vip"),
    ]
    assert read_netlify((tmp_path / "one" / "_redirects").read_text()) == [
        ("", "/MENU", "https://example.com/3", 302)
    ]
    files = [path for name in ("all", "one") for path in (tmp_path / name).rglob("*") if path.is_file()]
    assert not [path for path in files if b"secret" in path.read_bytes()]


def test_a_folder_is_named_after_the_public_host(installation: Installation, tmp_path: Path):
    async def work(app: Any) -> None:
        cafe = await furnish(app, LinkDraft("https://example.com/1", "menu"))
        for host in ("127.0.0.1", "an-intranet", "::1"):
            await actions.add_links(app.call(), cafe, [LinkDraft("https://example.com/2")], printed_host=host)
        done = await export_links(app.main, Order(tmp_path / "out", "html"), NOW_MS)
        assert {each.host for each in done.hosts} == {"go.example.com", "127.0.0.1", "an-intranet", "::1"}

    installation.run(work)
    assert [path.name for path in (tmp_path / "out").iterdir() if path.is_dir()] == ["go.example.com"]


def test_a_standing_export_follows_changes_moments_and_loss_of_its_folder(
    either: Installation, tmp_path: Path
):
    place, rules = tmp_path / "out", tmp_path / "out" / "_redirects"
    now = [NOW_MS]

    async def work(app: Any) -> None:
        cafe = await furnish(
            app,
            LinkDraft("https://example.com/1", "menu"),
            LinkDraft("https://example.com/soon", "soon", terms=Terms(opens_ms=NOW_MS + 60_000)),
        )
        await begin_standing(app.main, Order(place, "netlify"), NOW_MS)
        one, two = (Follower(app.main, lambda: now[0], name) for name in ("node-1", "node-2"))
        assert await one.turn() == 0, "nothing has changed"

        await changes.edit_link(
            app.call(), cafe, actions.Address("", "menu"), {"target": "https://example.com/2"}
        )
        assert sorted(await asyncio.gather(one.turn(), two.turn())) == [0, 1], "one process writes"
        assert "/menu https://example.com/2 302!" in rules.read_text()

        assert "/soon /closed-hi.html 404!" in rules.read_text()
        now[0] += 60_000
        assert await two.turn() == 1, "it opens without a change"
        assert "/soon https://example.com/soon 302!" in rules.read_text()

        shutil.rmtree(place)
        assert await one.turn() == 1
        assert rules.exists()

        assert await end_standing(app.main, place)
        await changes.remove_link(app.call(), cafe, actions.Address("", "menu"))
        assert await one.turn() == 0
        assert "/menu https://example.com/2 302!" in rules.read_text()
        assert not await end_standing(app.main, place)

    either.run(work)


def test_an_export_that_cannot_be_written_is_told_to_the_doctor_and_tried_again(
    installation: Installation, tmp_path: Path
):
    place = tmp_path / "out"
    now = [NOW_MS]

    def findings() -> list[tuple[str, str]]:
        site = Site(installation.folder, installation.settings, NOW_MS)
        return [(each.level, each.sentence) for each in asyncio.run(check.run(site))]

    async def begin(app: Any) -> None:
        cafe = await furnish(app, LinkDraft("https://example.com/1", "menu"))
        await begin_standing(app.main, Order(place, "html"), NOW_MS)
        (place / "mine.txt").write_text("mine")
        await changes.remove_link(app.call(), cafe, actions.Address("", "menu"))

    async def turn(app: Any) -> None:
        follower = Follower(app.main, lambda: now[0], "node-1")
        await follower.turn()
        async with app.main.read() as connection:
            (standing,) = await standing_anywhere(connection)
        assert bool(standing.problem) == (place / "mine.txt").exists()
        assert await follower.turn() == 0, "not once a second"

    assert findings() == [("ok", "No folder follows the links.")]
    installation.run(begin)
    assert findings() == [("warning", f"The export in {place} is behind.")]
    installation.run(turn)
    ((level, sentence),) = findings()
    assert level == "error" and "mine.txt" in sentence
    (place / "mine.txt").unlink()
    now[0] += 60_000
    installation.run(turn)
    assert findings() == [("ok", "1 folder with an export of the links: up to date.")]


def test_who_is_stopped_while_exporting_leaves_what_was_there(installation: Installation, tmp_path: Path):
    place = tmp_path / "out"

    async def work(app: Any) -> None:
        await furnish(app, *(LinkDraft(f"https://example.com/{number}") for number in range(3_000)))
        await export_links(app.main, Order(place, "apache"), NOW_MS)
        before = inside(place)
        writing = asyncio.create_task(export_links(app.main, Order(place, "html"), NOW_MS))
        while not list(tmp_path.glob(".out.scanly-*")):  # noqa: ASYNC110 - a folder is waited for
            await asyncio.sleep(0.001)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert inside(place) == before
        assert [path.name for path in tmp_path.glob("*out*")] == ["out"]

    installation.run(work)
