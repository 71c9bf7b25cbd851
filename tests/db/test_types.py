import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from tests.db.conftest import THINGS

ROWS = [
    {"big": 2**63 - 1, "size": 0, "open": True, "data": {"a": [1, None, "ü"]}, "tags": ("menu", "50%_off")},
    {"big": -(2**63), "size": 1, "open": False, "data": [], "tags": ()},
    {"big": None, "size": None, "open": None, "data": "text", "tags": None},
    {"big": 0, "size": -1, "open": True, "data": 1.5, "tags": ("आशा", "-a b-")},
]


def test_every_value_comes_back_as_it_was(bare):
    async def work(database):
        async with database.write() as connection:
            await connection.execute(insert(THINGS), ROWS)
        columns = [THINGS.c[name] for name in ROWS[0]]
        async with database.read() as connection:
            return [dict(row._mapping) for row in await connection.execute(select(*columns))]

    read = bare.run(work)
    assert read == [row | {"tags": row["tags"] or ()} for row in ROWS]
    assert [type(row["open"]) for row in read] == [bool, bool, type(None), bool]


TAGS = {
    "menu": ["a", "b"],
    "men": [],
    "50%": [],
    "50%_off": ["a"],
    "50x_off": [],
    "%": [],
    "_": [],
    "Indoor": ["b"],
    "": [],
}


def test_a_tag_is_found_as_a_whole_and_literally(bare):
    async def work(database):
        rows = [
            {"name": "a", "tags": ("menu", "50%_off")},
            {"name": "b", "tags": ("Indoor", "menu")},
            {"name": "c", "tags": ()},
        ]
        async with database.write() as connection:
            await connection.execute(insert(THINGS), rows)
        found = {}
        async with database.read() as connection:
            for tag in TAGS:
                query = select(THINGS.c.name).where(THINGS.c.tags.icontains(f"|{tag}|", autoescape=True))
                found[tag] = [row.name for row in await connection.execute(query.order_by(THINGS.c.name))]
        return found

    assert bare.run(work) == TAGS


async def _insert(database, values):
    async with database.write() as connection:
        await connection.execute(THINGS.insert().inline().values(values))


def test_a_value_of_the_wrong_type_is_refused(bare):
    async def work(database):
        for values in ({"size": "many"}, {"big": "12 rows"}, {"size": "1.5"}, {"name": b"\0"}):
            with pytest.raises(DBAPIError):
                await _insert(database, values)
        await _insert(database, {"size": 1})

    bare.run(work)
