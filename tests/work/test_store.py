import asyncio

import pytest

from scanly.core.events import LinkAdded, LinkRemoved
from scanly.core.ids import JobId, LinkId, WorkspaceId
from scanly.work import store
from scanly.work.model import LEASE_MS, MAX_ATTEMPTS, Job, JobState, wait_ms

HERE = WorkspaceId(5)
ADDED = LinkAdded(LinkId(7), "", "menu", "https://example.com/")


def job(number: int, kind: str = "mail", key: str = "") -> Job:
    return Job(JobId(number), kind, key or str(number), {"n": number}, 0)


async def enqueue(app, *due: tuple[int, int]) -> None:
    async with app.main.write() as connection:
        for number, run_at_ms in due:
            assert await store.enqueue_anywhere(connection, job(number), run_at_ms)


async def take(app, now_ms: int, kinds: tuple[str, ...] = ("mail",)) -> Job | None:
    async with app.main.write() as connection:
        return await store.take_anywhere(connection, kinds, now_ms)


def test_facts_come_in_order_once_each_and_every_consumer_has_its_own_cursor(either):
    async def work(app):
        async with app.main.write() as connection:
            await store.put(connection, HERE, {}, 1)
            await store.put(connection, HERE, {"a": ADDED, "b": ADDED}, 1)
            await store.put(connection, HERE, {"a": ADDED, "c": ADDED}, 2)
            await store.put(connection, HERE, {"a": LinkRemoved(LinkId(7), "", "menu")}, 3)
        async with app.main.read() as connection:
            first = await store.facts_anywhere(connection, "webhooks", 3)
        async with app.main.write() as connection:
            await store.advance_anywhere(connection, "webhooks", first[0].seq)
            await store.advance_anywhere(connection, "webhooks", first[1].seq)
        async with app.main.read() as connection:
            rest = await store.facts_anywhere(connection, "webhooks", 9)
            other = await store.facts_anywhere(connection, "mailer", 9)
        return first, rest, other

    first, rest, other = either.run(work)
    assert [(fact.event, fact.key, fact.at_ms) for fact in other] == [
        ("link.added", "a", 1),
        ("link.added", "b", 1),
        ("link.added", "c", 2),
        ("link.removed", "a", 3),
    ]
    assert first == other[:3]
    assert rest == other[2:]
    assert first[0].workspace_id == HERE
    assert first[0].payload == {"link_id": 7, "host": "", "code": "menu", "target": "https://example.com/"}


def test_the_most_overdue_job_of_the_wanted_kinds_is_taken_and_none_before_its_time(either):
    async def work(app):
        await enqueue(app, (1, 300), (2, 100), (3, 200))
        async with app.main.write() as connection:
            assert not await store.enqueue_anywhere(connection, job(9, key="1"), 0)
            assert await store.enqueue_anywhere(connection, job(8, kind="report"), 0)
        return [await take(app, 250) for _ in range(3)]

    second, third, nothing = either.run(work)
    assert (second.id, second.payload, second.attempts) == (2, {"n": 2}, 1)
    assert third.id == 3
    assert nothing is None


def test_runners_that_ask_at_the_same_time_never_get_the_same_job(either):
    async def work(app):
        await enqueue(app, *((number, number) for number in range(1, 9)))
        return await asyncio.gather(*(take(app, 100) for _ in range(12)))

    taken = [each.id for each in either.run(work) if each]
    assert len(taken) == len(set(taken))
    assert len(taken) >= 1


def test_a_job_whose_holder_died_is_taken_again_when_its_lease_is_over(either):
    async def work(app):
        await enqueue(app, (1, 0))
        return [await take(app, now_ms) for now_ms in (10, 10 + LEASE_MS - 1, 10 + LEASE_MS)]

    first, too_early, again = either.run(work)
    assert (first.attempts, too_early, again.attempts) == (1, None, 2)


def test_a_failed_job_rests_longer_each_time_and_is_given_up_at_last(either):
    async def work(app):
        await enqueue(app, (1, 0))
        now_ms, states = 0, []
        for attempt in range(1, MAX_ATTEMPTS + 1):
            assert await take(app, now_ms - 1) is None
            taken = await take(app, now_ms)
            assert taken is not None
            assert taken.attempts == attempt
            async with app.main.write() as connection:
                states.append(await store.fail_anywhere(connection, taken, "x" * 9999, now_ms))
            now_ms += wait_ms(attempt)
        assert await take(app, now_ms * 10) is None
        async with app.main.read() as connection:
            return states, await store.count_jobs_anywhere(connection)

    states, count = either.run(work)
    assert states == [JobState.WAITING] * (MAX_ATTEMPTS - 1) + [JobState.DEAD]
    assert count == {JobState.DEAD: 1}


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 5), (2, 20), (3, 80), (7, 20480), (8, 21600), (99, 21600)]
)
def test_rests_grow_fourfold_up_to_six_hours(attempts, seconds):
    assert wait_ms(attempts) == seconds * 1000


def test_what_is_done_and_told_long_ago_is_forgotten(either):
    async def work(app):
        await enqueue(app, (1, 10), (2, 20), (3, 5))
        for _ in range(2):
            taken = await take(app, 20)
            assert taken is not None
            async with app.main.write() as connection:
                await store.finish_anywhere(connection, taken)
        async with app.main.write() as connection:
            await store.put(connection, HERE, {"a": ADDED}, 10)
            await store.put(connection, HERE, {"b": ADDED}, 20)
            return (
                await store.forget_done_anywhere(connection, 10),
                await store.forget_facts_anywhere(connection, 20),
                await store.count_jobs_anywhere(connection),
                [fact.key for fact in await store.facts_anywhere(connection, "webhooks", 9)],
            )

    done, facts, count, keys = either.run(work)
    assert (done, facts, keys) == (1, 1, ["b"])
    assert count == {JobState.DONE: 1, JobState.WAITING: 1}


def test_one_holds_a_lease_until_it_runs_out(either):
    async def work(app):
        async def hold(holder, now_ms):
            async with app.main.write() as connection:
                return await store.hold_lease_anywhere(connection, "background", holder, now_ms)

        asked = [
            ("a", 0),
            ("b", 1),
            ("a", 10),
            ("b", LEASE_MS + 9),
            ("b", LEASE_MS + 10),
            ("a", LEASE_MS + 11),
        ]
        return [await hold(*each) for each in asked]

    assert either.run(work) == [True, False, True, False, True, False]


def test_only_one_of_many_that_ask_at_once_gets_the_lease(either):
    async def work(app):
        async def hold(holder):
            async with app.main.write() as connection:
                return await store.hold_lease_anywhere(connection, "background", holder, 1)

        return await asyncio.gather(*(hold(str(number)) for number in range(6)))

    assert sorted(either.run(work)) == [False] * 5 + [True]


def test_a_job_that_ends_its_process_every_time_is_given_up(either):
    async def work(app):
        await enqueue(app, (1, 0))
        now_ms = 0
        for _ in range(MAX_ATTEMPTS):
            assert await take(app, now_ms) is not None
            now_ms += LEASE_MS
        left = await take(app, now_ms)
        async with app.main.read() as connection:
            return left, await store.count_jobs_anywhere(connection)

    assert either.run(work) == (None, {JobState.DEAD: 1})
