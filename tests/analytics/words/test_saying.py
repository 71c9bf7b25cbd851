"""Sentences in English and Hindi: each fact as people say it, and a catalogue that lacks nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from scanly.analytics.rhythm.forecast import Band, Score
from scanly.analytics.words import saying, wording
from scanly.analytics.words.facts import (
    AgainstUsual,
    BestCode,
    BestHours,
    BusiestDay,
    Outlook,
    Robots,
    RobotWave,
    Silent,
    SteadyChange,
    Today,
    TooLittle,
    Total,
    UnusualDay,
)
from scanly.analytics.words.saying import sentences
from scanly.core.errors import Invalid

EVENING = BestHours(18, 20, 40, 0.62, 1e-9)
MORNING = BestHours(11, 12, 9, 0.31, 1e-9)
WEEK = Total("2026-11-16", "2026-11-22", 512, None, so_far=False)
DAY = Total("2026-11-22", "2026-11-22", 20, None, so_far=False)
BANDS = (Band(20, 10, 30, 5, 40),) * 7
GOOD, PLAIN = Score(0.7, 2, 0.8, 0.95), Score(1.0, 3, 0.8, 0.95)
SUM = Band(140, 1_204, 1_640, 90, 190)
LAST_WEEK = Outlook("2026-11-23", "2026-11-29", SUM, BANDS, "last-week", 56, PLAIN, GOOD)
RHYTHM = Outlook("2026-11-23", "2026-11-29", SUM, BANDS, "rhythm", 56, GOOD, PLAIN)


def total(scans, before, *, since="2026-11-16", so_far=False):
    return Total(since, "2026-11-22", scans, before, so_far)


def unusual(scans, usual):
    return UnusualDay("2026-11-17", scans, usual, 5, 60, 1e-6)


def silent(code, days, title=""):
    return Silent(code, title, days, "2026-11-20", 12.2, 1e-5)


def against(change, since="2026-11-16", *, stands_out=True):
    return AgainstUsual(since, "2026-11-22", 130, 100.0, 80, 120, change, 0.001, stands_out)


def today(change, *, stands_out):
    return Today("2026-11-22", 12, 9.0, 4, 15, change, 0.01, stands_out)


# A fact, and what is said of it beside the total, in English and in Hindi.
TABLE = [
    (
        BusiestDay("2026-11-21", 64, "", 80, EVENING),
        "Saturday, 21 November was the busiest day: 64 scans, most of them between 6 and 8 in the evening.",
        "सबसे व्यस्त दिन शनिवार, 21 नवंबर रहा: 64 स्कैन, ज़्यादातर शाम 6 से रात 8 बजे के बीच।",
    ),
    (
        BusiestDay("2026-11-21", 1_204, "2025-08-03", 300, MORNING),
        (
            "Saturday, 21 November was the busiest day: 1,204 scans, the most since Sunday, 3 August 2025, "
            "31% of them between 11 in the morning and noon."
        ),
        (
            "सबसे व्यस्त दिन शनिवार, 21 नवंबर रहा: 1,204 स्कैन, रविवार, 3 अगस्त 2025 के बाद सबसे ज़्यादा, "
            "उनमें से 31% सुबह 11 से दोपहर 12 बजे के बीच।"
        ),
    ),
    (
        unusual(138, 77.4),
        "Tuesday, 17 November was far above the usual: 138 scans, where about 77 are usual.",
        "मंगलवार, 17 नवंबर को आम से बहुत ज़्यादा: 138 स्कैन, जबकि आम तौर पर लगभग 77।",
    ),
    (
        unusual(9, 40),
        "Tuesday, 17 November was far below the usual: 9 scans, where about 40 are usual.",
        "मंगलवार, 17 नवंबर को आम से बहुत कम: 9 स्कैन, जबकि आम तौर पर लगभग 40।",
    ),
    (
        unusual(0, 40),
        "Nobody came on Tuesday, 17 November, where about 40 are usual.",
        "मंगलवार, 17 नवंबर को कोई नहीं आया, जबकि आम तौर पर लगभग 40 आते हैं।",
    ),
    (
        unusual(9, 0.3),
        "Tuesday, 17 November was far above the usual: 9 scans, where hardly any are usual.",
        "मंगलवार, 17 नवंबर को आम से बहुत ज़्यादा: 9 स्कैन, जबकि आम तौर पर शायद ही कोई।",
    ),
    (
        silent("table-4", 3, "टेबल 4"),
        "टेबल 4 has been silent for 3 days, in which about 12 are usual.",
        "टेबल 4 पर 3 दिन से कोई नहीं आया, जबकि इतने में आम तौर पर लगभग 12 आते हैं।",
    ),
    (
        silent("", 3),
        "Nobody has come for 3 days, in which about 12 are usual.",
        "3 दिन से कोई नहीं आया, जबकि इतने में आम तौर पर लगभग 12 आते हैं।",
    ),
    (
        against(0.3, "2026-11-22"),
        "Sunday, 22 November: 30% above what this weekday usually brings.",
        "रविवार, 22 नवंबर: इस वार को आम तौर पर जितने आते हैं उससे 30% ज़्यादा।",
    ),
    (
        against(-0.3),
        "16 November to 22 November: 130 scans, 30% below what these weekdays usually bring.",
        "16 नवंबर से 22 नवंबर तक 130 स्कैन: इन दिनों के आम से 30% कम।",
    ),
    (against(0.3, stands_out=False), "", ""),
    (
        today(0.33, stands_out=True),
        "Today so far: 12 scans, 33% above the usual for this time of day.",
        "आज अब तक 12 स्कैन: इस समय तक के आम से 33% ज़्यादा।",
    ),
    (
        today(0.1, stands_out=False),
        "Today so far: 12 scans, about the usual for this time of day.",
        "आज अब तक 12 स्कैन: लगभग उतने ही जितने आम तौर पर इस समय तक होते हैं।",
    ),
    (
        SteadyChange(16, 0.034, 1e-4),
        "It is rising steadily: by about 3% a week for 16 weeks.",
        "लगातार बढ़त: 16 हफ़्तों से हर हफ़्ते लगभग 3% ज़्यादा।",
    ),
    (
        SteadyChange(8, -0.1, 1e-4),
        "It is falling steadily: by about 10% a week for 8 weeks.",
        "लगातार गिरावट: 8 हफ़्तों से हर हफ़्ते लगभग 10% कम।",
    ),
    (
        BestHours(22, 0, 40, 0.55, 1e-9),
        "The best time is between 10 at night and midnight: 55% of all.",
        "सबसे अच्छा समय रात 10 से रात 12 बजे के बीच: कुल का 55%।",
    ),
    (
        BestCode("table-6", "", 40, 0.26, 6),
        "table-6 brought the most: 40 scans, 26% of all.",
        "सबसे ज़्यादा table-6 से: 40 स्कैन, कुल का 26%।",
    ),
    (
        RobotWave("2026-11-17", 303, 2.2, 1e-9),
        "Many robots came on Tuesday, 17 November: 303, where about 2 are usual; they are not counted.",
        "मंगलवार, 17 नवंबर को बहुत रोबोट आए: 303, जबकि आम तौर पर लगभग 2; वे गिनती में नहीं हैं।",
    ),
    (Robots(1), "1 visit by robots is not counted.", "रोबोट का 1 बार आना गिनती में नहीं है।"),
    (
        Robots(120_000),
        "120,000 visits by robots are not counted.",
        "रोबोटों का 1,20,000 बार आना गिनती में नहीं है।",
    ),
    (
        RHYTHM,
        (
            "The next 7 days will probably bring 1,204 to 1,640 scans; "
            "tried on past days, this was 30% nearer than the numbers of the week before."
        ),
        (
            "अगले 7 दिनों में शायद 1,204 से 1,640 स्कैन; बीते दिनों पर परखा गया: "
            "ऐसा अनुमान पिछले हफ़्ते के आँकड़ों से 30% ज़्यादा सही रहा।"
        ),
    ),
    (
        LAST_WEEK,
        (
            "The next 7 days will probably bring 1,204 to 1,640 scans; "
            "going by the week before, which was the best guess so far."
        ),
        "अगले 7 दिनों में शायद 1,204 से 1,640 स्कैन; पिछले हफ़्ते के हिसाब से, जो अब तक सबसे अच्छा अनुमान रहा।",
    ),
    (
        TooLittle(3, 4),
        "There is too little yet to say what is usual.",
        "आम तौर पर कितने आते हैं, यह कहने के लिए अभी आँकड़े बहुत कम हैं।",
    ),
]
TOTALS = [
    (total(512, None), "512 scans from 16 November to 22 November.", "16 नवंबर से 22 नवंबर तक 512 स्कैन।"),
    (
        total(512, 400),
        "512 scans from 16 November to 22 November, 28% more than in the 7 days before.",
        "16 नवंबर से 22 नवंबर तक 512 स्कैन, उससे पहले के 7 दिनों से 28% ज़्यादा।",
    ),
    (
        total(400, 512),
        "400 scans from 16 November to 22 November, 22% fewer than in the 7 days before.",
        "16 नवंबर से 22 नवंबर तक 400 स्कैन, उससे पहले के 7 दिनों से 22% कम।",
    ),
    (
        total(24, 22),
        "24 scans from 16 November to 22 November, about as many as in the 7 days before.",
        "16 नवंबर से 22 नवंबर तक 24 स्कैन, लगभग उतने ही जितने उससे पहले के 7 दिनों में।",
    ),
    (
        total(1, 3, since="2026-11-22"),
        "1 scan on Sunday, 22 November, after 3 on the day before.",
        "रविवार, 22 नवंबर को 1 स्कैन, पिछले दिन में 3।",
    ),
    (
        total(40, 100, since="2026-11-22", so_far=True),
        "40 scans on Sunday, 22 November.",
        "रविवार, 22 नवंबर को 40 स्कैन।",
    ),
    (
        total(0, 0),
        "Nobody came from 16 November to 22 November.",
        "16 नवंबर से 22 नवंबर तक कोई नहीं आया।",
    ),
    (
        total(0, 0, since="2026-11-22"),
        "Nobody came on Sunday, 22 November.",
        "रविवार, 22 नवंबर को कोई नहीं आया।",
    ),
    (
        total(512, None, since="2025-12-31"),
        "512 scans from 31 December 2025 to 22 November.",
        "31 दिसंबर 2025 से 22 नवंबर तक 512 स्कैन।",
    ),
]


@pytest.mark.parametrize(("fact", "english", "hindi"), TABLE)
def test_a_fact_is_said_in_english_and_hindi(fact, english, hindi):
    assert sentences([WEEK, fact], "en")[1:] == ((english,) if english else ())
    assert sentences([WEEK, fact], "hi")[1:] == ((hindi,) if hindi else ())


@pytest.mark.parametrize(("fact", "english", "hindi"), TOTALS)
def test_the_total_is_said_in_english_and_hindi(fact, english, hindi):
    assert (sentences([fact], "en"), sentences([fact], "hi")) == ((english,), (hindi,))


def test_the_busiest_day_says_what_is_usual_and_is_not_said_twice():
    odd = UnusualDay("2026-11-21", 64, 30.0, 20, 40, 1e-6)
    said = sentences([WEEK, BusiestDay("2026-11-21", 64, "", 80, EVENING), odd, EVENING], "en")
    assert said[1:] == (
        (
            "Saturday, 21 November was the busiest day: 64 scans, "
            "most of them between 6 and 8 in the evening; about 30 are usual."
        ),
    )


def test_empty_days_of_a_silence_and_the_one_day_of_a_period_are_not_said_twice():
    assert sentences([WEEK, UnusualDay("2026-11-20", 0, 9, 4, 16, 1e-5), silent("", 3)], "en")[1:] == (
        "Nobody has come for 3 days, in which about 12 are usual.",
    )
    assert sentences([DAY, UnusualDay("2026-11-22", 0, 9, 4, 16, 1e-5)], "en")[1:] == ()


def test_several_silent_codes_share_a_sentence():
    facts = [silent(f"t{n}", n) for n in (2, 3, 4, 5)]
    assert sentences([WEEK, *facts], "en")[1:] == (
        "Silent for longer than usual: t2 (2 days), t3 (3 days), t4 (4 days) and 1 more.",
    )
    assert sentences([WEEK, *facts[:2]], "hi")[1:] == (
        "इन पर आम से ज़्यादा समय से कोई नहीं आया: t2 (2 दिन) और t3 (3 दिन)।",
    )


def test_views_of_a_page_are_not_called_scans():
    assert sentences([WEEK], "en", pages=True) == ("512 views from 16 November to 22 November.",)
    assert sentences([WEEK], "hi", pages=True) == ("16 नवंबर से 22 नवंबर तक 512 व्यू।",)


def test_what_matters_least_is_left_out_first():
    said = sentences([WEEK, *(fact for fact, english, _ in TABLE if english)], "en")
    assert len(said) == saying.MOST_SENTENCES
    assert not [
        sentence for sentence in said if "robots are not" in sentence or "brought the most" in sentence
    ]
    assert sum("far " in sentence or "Nobody came" in sentence for sentence in said) == 3


def test_the_forecast_stays_where_there_is_more_than_can_be_said():
    odd = [UnusualDay(f"2026-11-{day}", 90, 30.0, 20, 40, 1e-6) for day in (17, 18, 19)]
    facts = [
        WEEK,
        *odd,
        silent("t4", 3),
        SteadyChange(8, 0.1, 1e-4),
        EVENING,
        BestCode("t6", "", 40, 0.26, 6),
    ]
    said = sentences([*facts, Robots(9), RHYTHM], "en")
    assert len(said) == saying.MOST_SENTENCES
    assert said[-1].startswith("The next 7 days") and said[-2].startswith("The best time")


def test_other_languages_are_answered_in_english():
    for language in ("pt-BR", "de", "hin"):
        assert sentences([WEEK], language) == sentences([WEEK], "en")
    assert sentences([WEEK], "hi-IN") == sentences([WEEK], "hi")


def test_a_language_that_is_asked_for_must_be_one_of_the_two():
    assert wording.check_language("hi") == "hi"
    with pytest.raises(Invalid) as refused:
        wording.check_language("fr")
    assert 'in "fr"' in str(refused.value)


def literals():
    """Every text in the two modules that say sentences, but for docstrings."""
    for module in (saying, wording):
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "``" not in node.value:
                yield node.value


def places(text):
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_the_catalogue_holds_what_is_said_and_nothing_else():
    hindi, said = wording.catalogue("hi"), set(literals())
    keys = {*hindi.words, *hindi.plurals}
    assert keys <= said, f"said nowhere: {keys - said}"
    sayable = {text for text in said if "{" in text or text in ("noon", "midnight", "hardly any")}
    plurals = {
        text
        for text in sayable
        if re.search(r"\{n\} (scans|views|days)$|days before|visits by|The next \{n\}", text)
    }
    missing = sayable - keys - plurals - {"{n} more"}
    assert not missing


def test_translations_keep_every_place():
    hindi = wording.catalogue("hi")
    for english, said in hindi.words.items():
        assert places(english) == places(said), english
    for one, forms in hindi.plurals.items():
        assert all(set(places(form)) <= {*places(one), "n"} for form in forms), one


def test_no_english_is_left_in_hindi():
    facts = [fact for fact, *_ in (*TABLE, *TOTALS)]
    for fact in facts:
        for sentence in sentences([WEEK, fact] if not isinstance(fact, Total) else [fact], "hi"):
            assert not re.search("[a-zA-Z]", sentence.replace("table-6", "")), sentence


JARGON = re.compile(
    r"\b(url|slug|redirect|utm|ctr|session|payload|domain name system|anomal\w+|median|variance|p-value|baseline"
    r"|forecast|percentile|mase|binomial|deviation|statistic\w*)\b",
    re.IGNORECASE,
)


def test_no_word_of_experts_is_said():
    for fact, english, _ in (*TABLE, *TOTALS):
        assert not JARGON.search(english), fact
