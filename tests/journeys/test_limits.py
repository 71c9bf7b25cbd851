"""A code for ten people leads on ten people, however many come at once and whichever worker they meet."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.journeys.program import PHONE, Program

pytestmark = pytest.mark.journey

LIMIT, CROWD = 10, 500


async def crowd(port: int, path: str) -> Counter[bytes]:
    """The statuses that as many people got, all at the same time."""
    gate = asyncio.Event()

    async def one() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await gate.wait()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {PHONE}\r\n\r\n".encode())
        line = await asyncio.wait_for(reader.readline(), 30)
        writer.close()
        return line.split()[1]

    people = [asyncio.create_task(one()) for _ in range(CROWD)]
    await asyncio.sleep(0.5)
    gate.set()
    return Counter(await asyncio.gather(*people))


@pytest.mark.parametrize("fast_path", ["auto", "off"])
def test_five_hundred_at_once_are_let_through_ten_times_by_two_workers(program: Program, fast_path: str):
    program.env["SCANLY_FAST_PATH"] = fast_path
    program.run("link", "add", "https://example.com/prize", "--code", "prize", "--max-scans", str(LIMIT))
    server = program.serve("--workers", "2")
    statuses = asyncio.run(crowd(server.port, "/prize"))
    assert statuses == {b"302": LIMIT, b"410": CROWD - LIMIT}
    counted = program.run("stats", "prize", "--flush", "--json").json
    assert counted["recorded"] == CROWD and counted["scans"] == LIMIT

    # The count outlives the server, and a higher limit lets as many more through.
    assert server.stop() == 0
    program.run("link", "edit", "prize", "--max-scans", str(LIMIT + 3))
    server = program.serve("--workers", "2")
    statuses = asyncio.run(crowd(server.port, "/prize"))
    assert statuses == {b"302": 3, b"410": CROWD - 3}
    server.kill()
    for tallies in program.data.glob("tallies-*"):
        tallies.unlink()
    program.run("link", "edit", "prize", "--max-scans", str(LIMIT + 4))
    statuses = asyncio.run(crowd(program.serve().port, "/prize"))
    assert statuses == {b"302": 1, b"410": CROWD - 1}
