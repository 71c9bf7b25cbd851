import asyncio

from sqlalchemy import insert, select
from tests.db.conftest import THINGS

from scanly.db.sequence import in_commit_order


def test_a_follower_never_passes_a_number_that_appears_later(bare):
    async def work(database):
        first_is_in, first_may_commit = asyncio.Event(), asyncio.Event()

        async def write(name, written=None, may_commit=None):
            async with database.write() as connection:
                await in_commit_order(connection, THINGS.name)
                await connection.execute(insert(THINGS), {"name": name})
                if written and may_commit:
                    written.set()
                    await may_commit.wait()

        async def seen():
            async with database.read() as connection:
                query = select(THINGS.c.seq, THINGS.c.name).order_by(THINGS.c.seq)
                return [tuple(row) for row in await connection.execute(query)]

        slow = asyncio.create_task(write("slow", first_is_in, first_may_commit))
        await first_is_in.wait()
        fast = asyncio.create_task(write("fast"))
        await asyncio.wait([fast], timeout=0.2)
        before = await seen()
        first_may_commit.set()
        await asyncio.gather(slow, fast)
        return before, await seen()

    assert bare.run(work) == ([], [(1, "slow"), (2, "fast")])
