from sqlalchemy import delete, insert, select
from tests.db.conftest import THINGS

from scanly.db.upsert import insert_all_new, insert_new, upsert


async def things(connection):
    query = select(THINGS.c.name, THINGS.c.size, THINGS.c.open).order_by(THINGS.c.seq)
    return [tuple(row) for row in await connection.execute(query)]


def test_upsert_makes_a_row_or_gives_it_the_new_values_and_no_others(bare):
    async def work(database):
        async with database.write() as connection:
            await upsert(connection, THINGS, {"name": "a", "size": 1, "open": True}, keys=["name"])
            await upsert(connection, THINGS, {"name": "b", "size": 2}, keys=["name"])
            await upsert(connection, THINGS, {"name": "a", "size": 3}, keys=["name"])
            return await things(connection)

    assert bare.run(work) == [("a", 3, True), ("b", 2, None)]


def test_insert_new_says_whether_the_row_is_new_and_leaves_the_old_one(bare):
    async def work(database):
        async with database.write() as connection:
            first = await insert_new(connection, THINGS, {"name": "a", "size": 1}, keys=["name"])
            second = await insert_new(connection, THINGS, {"name": "a", "size": 2}, keys=["name"])
            return first, second, await things(connection)

    assert bare.run(work) == (True, False, [("a", 1, None)])


def test_many_rows_are_inserted_but_for_those_that_are_there_or_come_twice(bare):
    async def work(database):
        async with database.write() as connection:
            await connection.execute(insert(THINGS), {"name": "b", "size": 0})
            rows = [{"name": name, "size": size} for size, name in enumerate("abcb", start=1)]
            await insert_all_new(connection, THINGS, rows, keys=["name"])
            return await things(connection)

    assert bare.run(work) == [("b", 0, None), ("a", 1, None), ("c", 3, None)]


def test_a_counted_number_is_never_given_twice(bare):
    async def work(database):
        given = []
        async with database.write() as connection:
            for _ in range(3):
                await connection.execute(insert(THINGS), {"name": "a"})
                given.append((await connection.execute(select(THINGS.c.seq))).scalar_one())
                await connection.execute(delete(THINGS))
        return given

    assert bare.run(work) == [1, 2, 3]
