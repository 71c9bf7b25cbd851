"""Sentences that whoever reads the numbers must know: how people were counted, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanly.analytics.reports.breakdowns import Facts

if TYPE_CHECKING:
    from scanly.analytics.reports.query import Reading

_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "nobody": {
        "en": "This workspace does not tell visitors apart, so there is no number of visitors.",
        "hi": "यह कार्यक्षेत्र आगंतुकों को अलग-अलग नहीं पहचानता, इसलिए आगंतुकों की संख्या नहीं है।",
    },
    "days": {
        "en": "Visitors are added up by day: somebody who came on two days counts twice.",
        "hi": "आगंतुक दिन-दिन जोड़े गए हैं: जो दो दिन आया, वह दो बार गिना गया है।",
    },
    "codes": {
        "en": "Visitors are added up by code: somebody who scanned two codes counts twice.",
        "hi": "आगंतुक कोड-कोड जोड़े गए हैं: जिसने दो कोड स्कैन किए, वह दो बार गिना गया है।",
    },
    "people": {
        "en": "Only people with the values that were asked for are counted, no robots.",
        "hi": "केवल माँगे गए मानों वाले लोग गिने गए हैं, रोबोट नहीं।",
    },
    "raw": {
        "en": "Two dimensions at once are counted from the raw scans.",
        "hi": "दो आयाम एक साथ मूल स्कैन से गिने गए हैं।",
    },
    "early": {
        "en": "Raw scans are kept since {day}; earlier days are left out.",
        "hi": "मूल स्कैन {day} से रखे गए हैं; उससे पहले के दिन छोड़ दिए गए हैं।",
    },
    "rules": {
        "en": "The rules that tell robots changed on {changed}: earlier days that were not recounted keep the older.",
        "hi": "रोबोट पहचानने के नियम {changed} को बदले: जो पहले के दिन फिर से नहीं गिने गए, उन पर पुराने नियम लागू हैं।",
    },
    "recount": {
        "en": "A recount is under way: until it has ended, some days are counted by the older rules.",
        "hi": "फिर से गिनती चल रही है: उसके पूरी होने तक कुछ दिन पुराने नियमों से गिने हुए हैं।",
    },
}


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the counting itself, each where it matters for the question.

    ``kept_since`` is the first day of the raw scans, ``rules_changed`` the day on which newer rules for robots came.
    """

    kept_since: str = ""
    rules_changed: str = ""
    recounting: bool = False


def of_reading(reading: Reading, facts: Facts, state: State) -> list[str]:
    """The sentences that hold, in the question's language."""
    question = reading.question
    told_apart = question.workspace.privacy != "none" or facts.visitors > 0
    names = {
        "nobody": not told_apart,
        "days": facts.visitors > 0 and len(facts.period) > 1,
        "codes": facts.visitors > 0 and len(reading.scopes) > 1,
        "people": bool(question.where),
        "raw": reading.from_raw(),
        "early": bool(state.kept_since),
        "rules": bool(state.rules_changed),
        "recount": state.recounting,
    }
    days = {"day": state.kept_since, "changed": state.rules_changed}
    return [_say(name, question.language).format(**days) for name, true in names.items() if true]


def _say(name: str, language: str) -> str:
    sentences = _SENTENCES[name]
    return sentences.get(language.partition("-")[0], sentences["en"])
