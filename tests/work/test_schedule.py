import asyncio

import pytest

from scanly.work import schedule, store
from scanly.work.model import LEASE_MS, JobState, wait_ms
from scanly.work.schedule import Duty, Runner

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MIDNIGHT_MS = 20_000 * DAY_MS


class House:
    """Runners that share a database and a clock; ``done`` lists what they did, ``fails`` is what goes wrong."""

    def __init__(self, app):
        self.app = app
        self.now_ms = MIDNIGHT_MS
        self.done = []
        self.fails = []

    def runner(self, holder="one", kind="backup", every_ms=DAY_MS, offset_ms=2 * HOUR_MS):
        async def handler(job):
            if self.fails:
                raise self.fails.pop()
            self.done.append((holder, int(job.key)))

        duty = Duty(kind, every_ms, offset_ms, handler)
        return Runner(self.app.main, lambda: self.now_ms, self.app.make_id, holder, (duty,))


@pytest.mark.parametrize(
    ("hours", "next_hours"), [(-23, -22), (0, 2), (1.9, 2), (2, 26), (2.1, 26), (25, 26), (26, 50)]
)
def test_a_duty_s_next_turn_is_its_first_moment_from_now_on(hours, next_hours):
    duty = Duty("backup", DAY_MS, 2 * HOUR_MS, lambda _: asyncio.sleep(0))
    assert duty.next_ms(int(MIDNIGHT_MS + hours * HOUR_MS)) == MIDNIGHT_MS + next_hours * HOUR_MS


def test_a_duty_is_done_once_a_period_whichever_runner_looks(either):
    async def work(app):
        house = House(app)
        runners = [house.runner("one"), house.runner("two")]
        for minute in range(0, 50 * 60, 97):
            house.now_ms = MIDNIGHT_MS + minute * 60_000
            for runner in runners if minute % 2 else reversed(runners):
                await runner.turn()
        return [moment for _, moment in house.done]

    assert either.run(work) == [MIDNIGHT_MS + 2 * HOUR_MS, MIDNIGHT_MS + 26 * HOUR_MS]


def test_a_duty_is_done_late_when_nobody_ran_at_its_moment_but_not_once_for_every_missed_day(installation):
    async def work(app):
        house = House(app)
        assert await house.runner().turn() == 0
        house.now_ms += 5 * DAY_MS
        assert await house.runner().turn() == 1
        assert await house.runner().turn() == 0
        house.now_ms += DAY_MS
        assert await house.runner().turn() == 1
        return [moment for _, moment in house.done]

    assert installation.run(work) == [MIDNIGHT_MS + 2 * HOUR_MS, MIDNIGHT_MS + 5 * DAY_MS + 2 * HOUR_MS]


def test_without_the_lease_nothing_is_done_and_a_dead_holder_is_followed(either):
    async def work(app):
        house = House(app)
        one, two = house.runner("one"), house.runner("two")
        await one.turn()
        house.now_ms = MIDNIGHT_MS + 2 * HOUR_MS
        await one.turn()
        house.now_ms += DAY_MS
        turns = [await one.turn(), await two.turn()]
        house.now_ms += DAY_MS
        turns += [await two.turn(), await one.turn()]
        return turns, [holder for holder, _ in house.done]

    assert either.run(work) == ([1, 0, 1, 0], ["one", "one", "two"])


def test_a_failed_duty_is_tried_again_later_and_keeps_its_fault(installation):
    async def work(app):
        house = House(app)
        await house.runner().turn()
        house.now_ms += 2 * HOUR_MS
        house.fails = [RuntimeError("the disk is full")]
        await house.runner().turn()
        failed = list(house.done)
        async with app.main.read() as connection:
            waiting = await store.count_jobs_anywhere(connection)
        house.now_ms += wait_ms(1)
        await house.runner().turn()
        return failed, waiting, house.done

    failed, waiting, done = installation.run(work)
    assert failed == []
    assert waiting == {JobState.WAITING: 2}
    assert done == [("one", MIDNIGHT_MS + 2 * HOUR_MS)]


def test_a_job_that_takes_longer_than_a_lease_is_not_begun_by_another_runner(installation, monkeypatch):
    monkeypatch.setattr(schedule, "_RENEW_S", 0.01)

    async def work(app):
        house = House(app)
        began, may_end = asyncio.Event(), asyncio.Event()
        starts = []

        async def slow(job):
            starts.append(job.key)
            began.set()
            await may_end.wait()

        def runner(holder):
            duty = Duty("backup", DAY_MS, 0, slow)
            return Runner(app.main, lambda: house.now_ms, app.make_id, holder, (duty,))

        await runner("one").turn()
        house.now_ms += DAY_MS
        first = asyncio.create_task(runner("one").turn())
        await began.wait()
        for _ in range(4):
            house.now_ms += LEASE_MS // 2
            await asyncio.sleep(0.05)
        second = asyncio.create_task(runner("two").turn())
        await asyncio.wait([second], timeout=0.1)
        may_end.set()
        await asyncio.gather(first, second)
        return len(starts)

    assert installation.run(work) == 1
