import io
import json
import re
import sys
from collections.abc import Callable

import pytest

URL = "https://example.com/menu"
PLAIN = {
    "opens_at": None, "expires_at": None, "max_scans": None, "has_password": False, "paused_at": None, "fallback": None,
    "when_broken": "report", "pass_query": False, "utm": {}, "rules": [], "broken_at": None,
}  # fmt: skip
EVERYTHING = (
    *("--opens", "2098-12-01 09:00", "--expires", "2098-12-24", "--max-scans", "10", "--password"),
    *("--fallback", "https://EXAMPLE.com/closed", "--when-broken", "fallback", "--pass-query"),
    *("--utm", "source=poster", "--utm", "utm_medium=print", "--ios", "https://apps.apple.com/x"),
    *("--android", "https://play.google.com/x"),
)
AGREED = {
    "opens_at": "2098-12-01T03:30:00Z", "expires_at": "2098-12-24T18:30:00Z", "max_scans": 10, "has_password": True,
    "fallback": "https://example.com/closed", "when_broken": "fallback", "pass_query": True,
    "utm": {"source": "poster", "medium": "print"}, "rules": ["App Store", "Google Play"],
}  # fmt: skip
HINDI = """
rules:
  - name: Hindi
    when: {language: hi}
    target: https://example.com/hi
  - name: Night
    when: {hours: "22:00-06:00"}
    closed: true
"""


def failed(done, status: int = 1) -> str:
    """The one sentence of a command that failed."""
    assert (done.status, done.out) == (status, ""), (done.status, done.out, done.err)
    assert done.err.count("\n") == 1, done.err
    assert "Traceback" not in done.err
    assert "unexpected" not in done.err
    return done.err


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the next command reads from stdin."""

    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    give("")
    return give


@pytest.fixture
def cafe(scanly, typed):
    """A workspace in India with a link."""
    assert scanly("workspace", "add", "Café", "--time-zone", "Asia/Kolkata").status == 0
    assert scanly("link", "add", URL, "--code", "menu").status == 0
    return scanly


def shown(scanly, code: str = "menu") -> dict[str, object]:
    return scanly("link", "show", code, "--json").json


def terms(values: dict[str, object]) -> dict[str, object]:
    return {name: values[name] for name in PLAIN}


def test_a_link_is_made_with_every_option_and_shows_them_on_the_clocks_of_its_workspace(cafe, typed):
    typed("secret\n")
    made = cafe("link", "add", URL, "--code", "all", *EVERYTHING, "--json")
    assert terms(made.json) == PLAIN | AGREED
    assert made.json == shown(cafe, "all")
    told = cafe("link", "show", "all").out
    for line in ("opens Mon 2098-12-01 09:00", "expires Wed 2098-12-24 24:00", "max scans 10", "password yes",
                 "fallback https://example.com/closed", "when broken fallback", "pass query yes",
                 "utm source=poster; medium=print", "rules App Store; Google Play"):  # fmt: skip
        assert line in " ".join(told.split()) or line in re.sub(r" +", " ", told), line
    assert "secret" not in told + made.out


def test_a_plain_link_shows_no_terms(cafe):
    assert terms(shown(cafe)) == PLAIN
    assert "expires" not in cafe("link", "show", "menu").out


def test_every_option_changes_a_link_and_takes_its_term_away_again(cafe, typed):
    typed("secret\n")
    edited = cafe("link", "edit", "menu", *EVERYTHING, "--json")
    assert terms(edited.json) == PLAIN | AGREED
    away = (
        *(
            "--opens",
            "never",
            "--expires",
            "never",
            "--max-scans",
            "0",
            "--no-password",
            "--when-broken",
            "report",
        ),
        *("--fallback", "", "--no-pass-query", "--utm", "", "--ios", "", "--android", ""),
    )
    assert terms(cafe("link", "edit", "menu", *away, "--json").json) == PLAIN
    made = cafe("link", "history", "menu", "--json").json["changes"]
    assert [each["what"] for each in made] == ["edit", "edit"]


def test_an_option_that_is_not_given_changes_nothing(cafe):
    cafe("link", "edit", "menu", "--expires", "2098-12-24", "--ios", "https://apps.apple.com/x")
    cafe("link", "edit", "menu", "--title", "Menu", "--android", "https://play.google.com/x")
    after = shown(cafe)
    assert (after["expires_at"], after["rules"]) == ("2098-12-24T18:30:00Z", ["App Store", "Google Play"])


def test_a_password_is_read_from_stdin_and_told_to_nobody(cafe, typed, installation):
    typed("s3cret phrase\nsecond line\n")
    said = [cafe("link", "edit", "menu", "--password", "--json"), cafe("link", "history", "menu"),
            cafe("link", "history", "menu", "--json"), cafe("link", "show", "menu"),
            cafe("link", "test", "menu", "--json"),
            cafe("link", "undo", "menu"), cafe("link", "undo", "menu")]  # fmt: skip
    for done in said:
        assert "s3cret" not in done.out + done.err
        assert "scrypt" not in done.out + done.err
    change = said[2].json["changes"][0]
    assert (change["before"], change["after"]) == ({"password": ""}, {"password": "set"})
    assert "password set" in said[1].out
    assert shown(cafe)["has_password"] is False

    async def kept(app):
        from scanly.accounts.actions import choose_workspace
        from scanly.links import changes, passwords
        from scanly.links.address import Address

        here = await choose_workspace(app.call(), None)
        made, _ = await changes.list_history(app.call(), here.id, Address.parse("menu"))
        return passwords.fits("s3cret phrase", made[-1].after["password"])

    assert installation.run(kept)


@pytest.mark.parametrize(("given", "said"), [("", "was not given"), ("\n", "was not given"),
                                             ("   \n", "1 to 200 visible"), ("x" * 201, "1 to 200"),
                                             ("a\x07b\n", "visible")])  # fmt: skip
def test_a_password_that_cannot_be_one_is_refused(cafe, typed, given, said):
    typed(given)
    assert said in failed(cafe("link", "edit", "menu", "--password"))
    assert shown(cafe)["has_password"] is False


WRONG = {
    ("--opens", "soon"): 'opens: "soon" is not a moment. Write it like 2026-12-24',
    ("--expires", "2098-02-30"): 'expires: "2098-02-30" is not a moment',
    ("--opens", "1960-01-01"): 'opens: "1960-01-01" is before 1970',
    ("--expires", "2098-12-01", "--opens", "2098-12-24"): "expires: is not after the opening",
    ("--fallback", "example.com"): "fallback: \"example.com\" cannot be used",
    ("--fallback", "javascript:alert(1)"): "fallback",
    ("--when-broken", "panic"): 'when-broken: "panic" is not known. It is report or fallback',
    ("--when-broken", "fallback"): "needs a fallback. Give --fallback URL",
    ("--utm", "source"): 'utm: "source" is no pair. Write it like source=poster',
    ("--utm", "source="): "no pair",
    ("--utm", "colour=red"): 'utm: "colour" is not known. There are source, medium',
    ("--utm", f"term={'x' * 129}"): "utm term: is longer than 128",
    ("--ios", "itms-apps://x"): "Only http:// and https://",
    ("--android", "play.google.com/x"): "Did you mean https://play.google.com/x?",
}  # fmt: skip


@pytest.mark.parametrize(("options", "said"), WRONG.items(), ids=lambda each: " ".join(each)[:30])
def test_wrong_terms_are_named_in_one_sentence_and_change_nothing(cafe, options, said):
    before = shown(cafe)
    assert said in failed(cafe("link", "add", URL, *options))
    assert said in failed(cafe("link", "edit", "menu", *options))
    assert shown(cafe) == before
    assert len(cafe("link", "list", "--json").json) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("link", "edit", "menu"), "Nothing to change"),
        (("link", "edit", "menu", "--max-scans", "-1"), "greater than or equal to 0"),
        (("link", "edit", "menu", "--max-scans", "many"), "--max-scans"),
        (("link", "add", URL, "--max-scans", "99999999999"), "less than or equal to 2147483647"),
        (("link", "rules"), "Give a code, or --example"),
        (("link", "rules", "menu", "--check"), "Give a file for --check"),
        (("link", "rules", "menu", "x.yaml", "--clear"), "none for --clear"),
        (("link", "test", "menu", "--visit", "third"), "neither first nor repeat"),
        (("link", "test", "menu", "--nth", "0"), "greater than or equal to 1"),
        (("link", "undo"), "CODE"),
    ],
)
def test_wrong_use_has_an_exit_status_of_its_own(cafe, arguments, said):
    assert said in failed(cafe(*arguments), status=2)


@pytest.mark.parametrize("command", ["edit", "pause", "resume", "history", "undo", "rules", "test"])
def test_every_command_names_the_code_that_is_nearest_to_an_unknown_one(cafe, command):
    more = ("--title", "x") if command == "edit" else ()
    assert 'There is no code "menue". Did you mean "menu"?' in failed(cafe("link", command, "menue", *more))


def test_a_link_is_paused_and_resumed(cafe):
    paused = cafe("link", "pause", "menu", "--json")
    assert paused.json["paused_at"]
    assert "scanly link resume menu" in paused.err
    assert "paused since" in cafe("link", "show", "menu").out
    assert cafe("link", "test", "menu", "--json").json["reason"] == "paused"
    assert cafe("link", "resume", "menu", "--json").json["paused_at"] is None
    assert cafe("link", "test", "menu", "--json").json["answer"] == "redirect"
    cafe("link", "remove", "menu")
    assert "scanly link restore menu" in failed(cafe("link", "pause", "menu"))


def test_history_shows_what_was_changed_by_whom_and_what_is_planned(cafe):
    assert cafe("link", "history", "menu").err == "0 changes.\n"
    cafe("link", "edit", "menu", "--target", "https://example.com/new", "--tag", "a", "--tag", "b")
    cafe("link", "edit", "menu", "--expires", "2098-12-24", "--android", "https://play.google.com/x")
    cafe("link", "undo", "menu")
    planned = cafe("link", "edit", "menu", "--target", URL, "--at", "2098-12-01 06:00")
    assert "menu will be changed on Mon 2098-12-01 06:00 (Asia/Kolkata): target." in planned.err
    told = cafe("link", "history", "menu")
    assert told.err == "3 changes, newest first. Take the newest back: scanly link undo menu\n"
    lines = [re.sub(r"\s{2,}", " | ", line.strip()) for line in told.out.splitlines()[2:]]
    assert lines[0] == f"Mon 2098-12-01 06:00 | command line | planned | target {URL}"
    parts = [line.split(" | ")[1:] for line in lines[1:]]
    assert parts == [
        ["command line", "undo", "expires Wed 2098-12-24 24:00; rules Google Play", "expires none; rules none"],
        ["command line", "edit (undone)", "expires none; rules none",
         "expires Wed 2098-12-24 24:00; rules Google Play"],
        ["command line", "edit", f"target {URL}; tags none", "target https://example.com/new; tags a, b"],
    ]  # fmt: skip
    whole = cafe("link", "history", "menu", "--json").json
    assert set(whole) == {"changes", "planned"}
    assert [set(each) for each in whole["changes"]] == [
        {"id", "at", "who", "what", "before", "after", "undoes"}
    ] * 3
    assert whole["changes"][0]["undoes"] == whole["changes"][1]["id"]
    assert whole["changes"][1]["after"]["rules"][0]["id"].isalnum()
    assert whole["planned"] == [
        {"at": "2098-12-01T00:30:00Z", "who": "command line", "changes": {"target": URL}}
    ]
    assert "1 planned change forgotten" in cafe("link", "history", "menu", "--drop-plans").err
    assert cafe("link", "history", "menu", "--json").json["planned"] == []


def test_undo_takes_changes_back_one_by_one(cafe):
    first = shown(cafe)
    cafe("link", "edit", "menu", "--title", "Menu")
    cafe("link", "pause", "menu")
    undone = cafe("link", "undo", "menu")
    assert undone.err.startswith("Taken back: edit of ")
    assert "paused" in undone.out
    taken = cafe("link", "undo", "menu", "--json").json
    assert (taken["before"], taken["after"], taken["undoes"]) == ({"title": ""}, {"title": "Menu"}, None)
    assert shown(cafe) == first | {"changed_at": shown(cafe)["changed_at"]}
    assert "Nothing of menu is left to be undone" in failed(cafe("link", "undo", "menu"))


@pytest.mark.parametrize("at", ["yesterday", "2001-01-01", "now"])
def test_a_change_cannot_be_planned_for_the_past(cafe, at):
    assert "at: " in failed(cafe("link", "edit", "menu", "--title", "x", "--at", at))
    assert cafe("link", "history", "menu", "--json").json == {"changes": [], "planned": []}


def test_rules_are_set_from_a_file_or_stdin_and_shown_as_they_can_be_set_again(cafe, typed, tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + HINDI.replace("\n", "\r\n").encode())
    assert cafe("link", "rules", "menu", file, "--check").err == "2 rules, all right. Nothing was changed.\n"
    assert shown(cafe)["rules"] == []
    assert cafe("link", "rules", "menu", file).err == "menu has 2 rules.\n"
    written = cafe("link", "rules", "menu")
    assert written.out.startswith("rules:\n  - name: Hindi\n")
    before = cafe("link", "rules", "menu", "--json").json
    typed(written.out)
    assert cafe("link", "rules", "menu", "-", "--json").json == before
    assert [set(rule) for rule in before] == [{"id", "name", "priority", "when", "target", "closed"}] * 2
    assert (before[0]["target"], before[0]["closed"]) == ("https://example.com/hi", False)
    assert (before[1]["target"], before[1]["closed"]) == (None, True)
    assert len(cafe("link", "history", "menu", "--json").json["changes"]) == 1
    assert cafe("link", "rules", "menu", "--clear").err == f"menu leads everybody to {URL}.\n"
    assert cafe("link", "rules", "menu", "--json").json == []
    cafe("link", "undo", "menu")
    assert cafe("link", "rules", "menu", "--json").json == before


def test_the_example_of_rules_is_accepted_as_it_is(cafe, typed):
    example = cafe("link", "rules", "--example")
    assert example.status == 0
    typed(example.out)
    assert cafe("link", "rules", "menu", "-").status == 0
    from scanly.links import conditions

    named = {name for rule in cafe("link", "rules", "menu", "--json").json for name in rule["when"]}
    assert named == set(conditions.names())
    assert cafe("link", "rules", "menu").out.splitlines()[0] == "zone: Asia/Kolkata"


def test_every_problem_of_a_file_is_told_on_a_line_of_its_own(cafe, tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(
        "rules:\n  - name: Hindi\n    when: {languag: hi}\n    target: https://a.example\n  - when: {city: Pune}\n"
    )
    for more in ((), ("--check",)):
        done = cafe("link", "rules", "menu", file, *more)
        assert (done.status, done.out) == (1, "")
        assert done.err.splitlines() == [
            'scanly: line 3, column 12, rules[1].when.languag: is no condition. Did you mean "language"?',
            "scanly: line 5, column 5, rules[2]: needs one end. Give target: https://… or closed: true.",
        ]
    assert shown(cafe)["rules"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "must be rules"),
        (b"rules:", "must be a list"),
        (b"\x89PNG\r\n\x1a\n\0", "is not UTF-8 text"),
        (b"rules: [\n", "line 2, column 1"),
        (b"rules: \0", "line 1, column 8"),
        (b"- {when: {days: fri}, target: 'http://go.example.com/x'}", "short address of this installation"),
    ],
)
def test_a_file_that_holds_no_rules_changes_none(cafe, tmp_path, content, said):
    cafe("link", "add", URL, "--code", "here", "--base-url", "https://go.example.com")
    file = tmp_path / "rules.yaml"
    file.write_text(HINDI)
    cafe("link", "rules", "menu", file)
    file.write_bytes(content)
    assert said in failed(cafe("link", "rules", "menu", file))
    assert "nothing.yaml cannot be read: No such file" in failed(
        cafe("link", "rules", "menu", tmp_path / "nothing.yaml")
    )
    assert shown(cafe)["rules"] == ["Hindi", "Night"]


@pytest.fixture
def ruled(cafe, typed):
    """The same link with rules, a limit and campaign words."""
    typed(HINDI)
    assert cafe("link", "rules", "menu", "-").status == 0
    cafe("link", "edit", "menu", "--utm", "source=poster", "--pass-query", "--max-scans", "2")
    return cafe


NOON, MIDNIGHT = ("--at", "2098-12-01 12:00"), ("--at", "2098-12-01 00:30")
TRIED = [
    (NOON, "redirect", f"{URL}?utm_source=poster", None, None),
    ((*NOON, "--language", "HI_in"), "redirect", "https://example.com/hi?utm_source=poster", None, "Hindi"),
    (MIDNIGHT, "closed", None, "rule", "Night"),
    ((*NOON, "--query", "?a=1&utm_source=evil"), "redirect", f"{URL}?utm_source=poster&a=1", None, None),
    ((*NOON, "--nth", "2"), "redirect", f"{URL}?utm_source=poster", None, None),
    ((*NOON, "--nth", "3"), "closed", None, "used_up", None),
]


@pytest.mark.parametrize(("options", "answer", "target", "reason", "rule"), TRIED)
def test_a_visitor_is_tried_out_without_being_counted(ruled, options, answer, target, reason, rule):
    for _ in range(2):
        told = ruled("link", "test", "menu", *options, "--json").json
        assert set(told) == {"code", "at", "answer", "target", "asks_password", "reason", "rule", "rules"}
        assert (told["answer"], told["target"], told["reason"]) == (answer, target, reason)
        assert (told["rule"] or {}).get("name") == rule
        assert [each["holds"] for each in told["rules"]][-1:] == (
            [] if reason == "used_up" else [rule is not None]
        )
    text = ruled("link", "test", "menu", *options)
    assert text.status == 0
    assert f"-> {target}" in text.out if target else "-> a page that says why" in text.out


def test_what_a_visitor_gets_is_explained_in_words(ruled, typed):
    told = ruled("link", "test", "menu", *NOON, "--device", "android-9", "--language", "de").out
    assert [" ".join(line.split()) for line in told.splitlines()] == [
        "code menu", "when Mon 2098-12-01 12:00 (Asia/Kolkata)", "device phone android 9 chrome", "language de", "",
        f"-> {URL}?utm_source=poster", "because no rule holds", "",
        "1. Hindi: no", "no language: the visitor likes de best", "",
        "2. Night: no", "no hours: it is Monday 12:00 in Asia/Kolkata",
    ]  # fmt: skip
    told = ruled("link", "test", "menu", *NOON, "--language", "hi").out
    assert 'because rule "Hindi" holds and leads there' in told
    assert "Night: not asked" in told
    assert 'because rule "Night" holds and closes it' in ruled("link", "test", "menu", *MIDNIGHT).out
    typed("secret\n")
    ruled(
        "link",
        "edit",
        "menu",
        "--password",
        "--fallback",
        "https://example.com/closed",
        "--expires",
        "2098-12-24",
    )
    told = ruled("link", "test", "menu", *NOON)
    assert "a form asks for the password first" in told.out
    told = ruled("link", "test", "menu", "--at", "2098-12-25")
    assert "-> https://example.com/closed\n  because it ended on Wed 2098-12-24 24:00" in told.out
    ruled("link", "remove", "menu")
    assert "because the link is removed since" in ruled("link", "test", "menu").out


def test_a_plan_is_seen_by_whoever_is_tried_out_after_it(cafe):
    cafe("link", "edit", "menu", "--target", "https://example.com/later", "--at", "2098-12-01 06:00")
    for moment, target in (("2098-12-01 05:59", URL), ("2098-12-01 06:00", "https://example.com/later")):
        assert cafe("link", "test", "menu", "--at", moment, "--json").json["target"] == target


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--at", "soon"), 'at: "soon" is not a moment'),
        (("--device", "fridge"), '"fridge" is no visitor that is known'),
        (("--place", "Atlantis"), 'place: "Atlantis" is known neither to the rules'),
        (("--place", "99,0"), "not on earth"),
        (("--place", " "), "point on the map"),
    ],
)
def test_a_visitor_who_cannot_be_is_refused(cafe, options, said):
    assert said in failed(cafe("link", "test", "menu", *options))


def test_places_devices_referrers_and_lots_are_made_up_as_they_are_said(cafe, typed):
    typed(json.dumps([
        {"name": name, "when": when, "target": f"https://example.com/{name}"}
        for name, when in {"city": {"city": "Pune"}, "region": {"region": "IN-MH"},
                           "near": {"near": {"at": "52.5,13.4", "km": 20}}, "ipad": {"device": "tablet"},
                           "from": {"referrer": "instagram.com/cafe"},
                           "repeat": {"visit": "repeat"}, "tenth": {"nth": 10}, "half": {"share": "50%"}}.items()
    ]))  # fmt: skip
    assert cafe("link", "rules", "menu", "-").status == 0

    def lands(*options: str) -> str:
        return cafe("link", "test", "menu", *options, "--json").json["target"].rpartition("/")[2]

    assert lands("--place", "pune") == "city"
    assert lands("--place", "IN-MH") == "region"
    assert lands("--place", "52.52,13.405") == "near"
    assert lands("--device", "ipad") == "ipad"
    assert lands("--referrer", "https://user@www.Instagram.com/cafe/1?secret=x") == "from"
    assert lands("--referrer", "instagram.com/cafe") == "from"
    assert lands("--visit", "repeat") == "repeat"
    assert lands("--nth", "10") == "tenth"
    drawn = {name: lands("--visitor", name) for name in map(str, range(8))}
    assert set(drawn.values()) == {"half", "menu"}
    assert lands("--visitor", "3") == drawn["3"]
