import re

import msgspec
import pytest

from scanly.core.events import (
    EVENTS,
    AlertFired,
    DigestMade,
    Event,
    LeadAdded,
    LinkAdded,
    LinkBroken,
    LinkEdited,
    LinkMended,
    LinkRemoved,
    LinkRestored,
    PersonErased,
    SitePublished,
    SiteUnpublished,
)
from scanly.core.ids import AnswerId, LinkId

ID = LinkId(2**62)
EXAMPLES = (
    LinkAdded(ID, "", "menu", "https://example.com/"),
    LinkEdited(ID, "go.example.com", "menu", "https://example.com/", ("target", "tags")),
    LinkRemoved(ID, "", "menu"),
    LinkRestored(ID, "", "menu"),
    LinkBroken(ID, "", "menu", "https://example.com/", "it answers 404 Not Found"),
    LinkMended(ID, "", "menu", "https://example.com/"),
    SitePublished(7, "", "asha-kirana", "0c0a7cd1761e75ee"),
    SiteUnpublished(7, "", "asha-kirana"),
    LeadAdded(AnswerId(3), 2, "question", "question"),
    PersonErased(2, 1, 0, 14),
    AlertFired("Full house", "more", 50, "menu", "hour", "2026-11-22", "2026-11-22", 19, 64),
    DigestMade("Every day", "day", "2026-11-22", "2026-11-22", 64, 51, 40, ("64 scans by 51 visitors.",)),
)


def test_every_event_is_listed_and_has_an_example():
    assert set(EVENTS) == set(Event.__subclasses__()) == {type(example) for example in EXAMPLES}


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.NAME)
def test_every_event_is_named_described_and_read_back(event):
    kind = type(event)
    assert re.fullmatch(r"[a-z]+\.[a-z]+", kind.NAME)
    assert str(kind.__doc__).endswith(".")
    assert msgspec.json.decode(msgspec.json.encode(event), type=kind) == event
    assert msgspec.convert(msgspec.to_builtins(event), kind) == event


def test_names_are_not_used_twice():
    assert len({event.NAME for event in EVENTS}) == len(EVENTS)
