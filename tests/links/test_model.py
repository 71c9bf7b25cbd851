import json
from dataclasses import replace

import pytest

from scanly.core.errors import Invalid
from scanly.core.ids import LinkId, WorkspaceId
from scanly.links.model import (
    Link,
    LinkDraft,
    check_draft,
    check_tags,
    check_target,
    difference,
    with_changes,
)
from scanly.links.terms import Rule


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("https://example.com/menu?table=1#top", "https://example.com/menu?table=1#top"),
        ("HTTPS://EXAMPLE.com:443", "https://example.com"),
        ("/_demo/cafe?table=7", "/_demo/cafe?table=7"),
    ],
)
def test_a_link_leads_to_a_web_address_or_a_page_of_our_own(target, kept):
    assert check_target(target) == kept


@pytest.mark.parametrize(
    "target",
    ["", "javascript:alert(1)", "data:text/html,x", "mailto:a@example.com", "/menu", "//example.com", "_demo",
     "/_", "/_demo\nx", "/_demo/\\evil.example", "/_//evil.example\r\nx: y", "https://user@example.com",
     "https://exa\x1bmple.com"],
)  # fmt: skip
def test_a_link_leads_nowhere_else(target):
    with pytest.raises(Invalid) as refused:
        check_target(target)
    assert {problem.field for problem in refused.value.problems} == {"target"}


def test_a_draft_gets_its_normal_spelling():
    draft = LinkDraft(
        "https://EXAMPLE.com",
        "menu",
        "GO.example.com.",
        " Menu ",
        (" a ", "b", "a", ""),
        " spring ",
        " window ",
    )
    assert check_draft(draft) == LinkDraft(
        "https://example.com", "menu", "go.example.com", "Menu", ("a", "b"), "spring", "window"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "a" * 301),
        ("title", "a\x1b[31m"),
        ("title", "a\udcff"),
        ("campaign", "a\nb"),
        ("placement", "\u202e"),
        ("host", "a b"),
        ("code", "a b"),
        ("tags", ("a|b",)),
        ("tags", ("a" * 61,)),
        ("tags", ("a\tb",)),
        ("tags", tuple(map(str, range(31)))),
    ],
)
def test_what_a_draft_may_not_hold_is_named(field, value):
    with pytest.raises(Invalid) as refused:
        check_draft(LinkDraft(**({"target": "https://example.com"} | {field: value})))
    assert [problem.field for problem in refused.value.problems] == [field]


LINK = Link(LinkId(1), WorkspaceId(1), "", "menu", "https://example.com", "", (), "", "", 0, 0, None)


def test_every_wrong_text_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        with_changes(LINK, {"title": "\0", "campaign": "\0", "placement": "fine"})
    assert [problem.field for problem in refused.value.problems] == ["title", "campaign"]


def test_changes_get_their_normal_spelling_and_nothing_is_added():
    assert with_changes(LINK, {"title": " Menu ", "tags": ["b", "b"]}) == replace(
        LINK, title="Menu", tags=("b",)
    )
    assert with_changes(LINK, {"target": "https://EXAMPLE.com"}) == LINK
    assert check_tags(()) == ()


def test_what_changed_is_told_as_plain_values_and_can_be_changed_back():
    rule = Rule(7, "Hindi", {"language": "hi"}, "https://example.com/hi")
    wanted = {"title": "Menu", "expires_ms": 5_000, "rules": (rule,), "utm": {"source": "poster"}}
    after = with_changes(LINK, wanted)
    was, now = difference(LINK, after)
    assert was == {"title": "", "expires_ms": None, "rules": [], "utm": {}}
    assert json.loads(json.dumps(now)) == now
    assert with_changes(after, was) == LINK
    assert with_changes(LINK, now) == after


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"opens_ms": 2_000, "expires_ms": 2_000}, "expires: is not after the opening"),
        ({"max_scans": 0}, "max_scans"),
        ({"utm": {"colour": "red"}}, '"colour" is not known'),
        ({"utm": {"source": "x" * 129}}, "utm source"),
        ({"fallback": "javascript:1"}, "fallback"),
        ({"fallback_when_broken": True}, "needs a fallback"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_the_reason(wanted, said):
    with pytest.raises(Invalid, match=said):
        with_changes(LINK, wanted)
