"""Run by `test_engine`: reads a number and writes it back one larger, 200 times.

processes.py SQLITE_FILE DATABASE_URL
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sqlalchemy import text

from scanly.db.engine import open_postgres, open_sqlite

TIMES = 200


async def increment(path: Path, url: str) -> None:
    database = open_postgres(url, "main") if url else open_sqlite(path, "main")
    lock = " FOR UPDATE" if url else ""
    for _ in range(TIMES):
        async with database.write() as connection:
            size = (await connection.execute(text(f"SELECT size FROM things{lock}"))).scalar_one()
            await connection.execute(text("UPDATE things SET size = :size"), {"size": size + 1})
    await database.close()


if __name__ == "__main__":
    sys.stdin.readline()
    asyncio.run(increment(Path(sys.argv[1]), sys.argv[2]))
