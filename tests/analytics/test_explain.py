"""What is said of scans that came through the journal: the café's months, on both engines."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from tests.analytics.words.cafe import PERIOD_DAYS, Cafe
from tests.analytics.words.opened import ZONE, open_cafe
from tests.conftest import NOW_MS

from scanly.accounts.actions import add_workspace
from scanly.analytics.explain import explain
from scanly.analytics.reports.period import parse_period
from scanly.analytics.reports.question import Question, Subject
from scanly.analytics.words.facts import Silent
from scanly.analytics.words.noticing import notice
from scanly.core.clock import at, day_of, local_day
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft
from scanly.links.store import Filter

TODAY = local_day(NOW_MS, ZoneInfo(ZONE))


async def ask(app, here, subject=None, since=f"{PERIOD_DAYS}d", until=""):
    period = parse_period(since, until, day_of(TODAY))
    question = Question(here, period, subject=subject or Subject(), language=here.language)
    return await explain(app.call(), here.id, question, app.events)


def test_scans_of_the_journal_give_the_facts_of_the_numbers_themselves(either):
    async def work(app):
        here, links = await open_cafe(app, Cafe(TODAY))
        return (
            await ask(app, here),
            await ask(app, here, Subject(link=links["table-4"])),
            await ask(app, here, Subject(wanted=Filter(tag="4"))),
        )

    everything, table_4, tagged = either.run(work)
    now = at(NOW_MS, ZoneInfo(ZONE))
    numbers = replace(Cafe(TODAY).numbers(), hours_passed=now.hour + now.minute / 60)
    assert everything.facts == notice(numbers)
    assert everything.sentences[3] == "Table 4 has been silent for 3 days, in which about 39 are usual."
    assert tagged.facts == table_4.facts, "one link by its name, or by its tag"
    assert table_4.subject == "table-4" and tagged.subject == "tag 4"
    assert [fact.code for fact in table_4.facts if isinstance(fact, Silent)] == [""]


def test_nobody_hears_of_another_workspace_and_a_code_without_scans_is_no_news(installation):
    async def work(app):
        await open_cafe(app, Cafe(TODAY))
        other = await add_workspace(app.call(), "Elsewhere", {"time_zone": ZONE, "language": "de"})
        quiet = await add_link(
            app.call(), other.id, LinkDraft("https://b.example/", "quiet"), printed_host="x.example"
        )
        return (
            await ask(app, other),
            await ask(app, other, Subject(link=quiet)),
            await ask(app, other, since="9y"),
        )

    for found in installation.run(work):
        assert found.sentences[1:] == ("There is too little yet to say what is usual.",)
        assert found.sentences[0].startswith("Nobody came from ")
        assert found.language == "de", "in English where a language has no sentences"
