"""Visitors are told apart within a day, and nobody can tell who they were afterwards."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from scanly.core.clock import day_number, day_of
from scanly.core.errors import Unavailable
from scanly.scans.visitor import Salts, Window, visitor, window_of

SALT = bytes(32)
DAY = 20_000
TODAY = Window(DAY)


def test_all_processes_share_one_salt_a_day_readable_by_the_owner_alone(tmp_path: Path) -> None:
    salts: set[bytes] = set()
    threads = [threading.Thread(target=lambda: salts.add(Salts(tmp_path).of(TODAY))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(salts) == 1
    (file,) = tmp_path.iterdir()
    assert file.name == day_of(DAY).isoformat()
    assert file.read_bytes() in salts
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Salts(tmp_path).of(Window(DAY + 1)) not in salts


def test_destroyed_salts_are_gone_from_disk_and_memory(tmp_path: Path) -> None:
    salts = Salts(tmp_path)
    before = {day: salts.of(Window(day)) for day in (DAY, DAY + 1, DAY + 2)}
    assert salts.destroy_before(DAY + 2) == 2
    assert [path.name for path in tmp_path.iterdir()] == [day_of(DAY + 2).isoformat()]
    assert salts.of(Window(DAY + 2)) == before[DAY + 2]
    assert salts.of(Window(DAY)) != before[DAY]


@pytest.mark.parametrize("days", [7, 30])
def test_the_salt_of_a_longer_window_lives_until_its_last_day_has_ended(tmp_path: Path, days: int) -> None:
    window = window_of("weekly" if days == 7 else "monthly", DAY)
    assert (window.days, window.first % days, DAY in range(window.first, window.end)) == (days, 0, True)
    salts = Salts(tmp_path)
    before = salts.of(window)
    for day in range(window.first, window.end):
        assert window_of("weekly" if days == 7 else "monthly", day) == window
        assert salts.destroy_before(day) == 0
        assert salts.of(window) == Salts(tmp_path).of(window) == before
    assert salts.of(Window(window.first)) != before, "a day and the week that begins with it share no salt"
    assert salts.destroy_before(window.end) == 2
    assert list(tmp_path.iterdir()) == []
    assert salts.of(window) != before


@pytest.mark.parametrize("left", [".{}.3f9ac1", "{}.visits", "{}.tries"])
def test_drafts_and_counts_of_a_window_go_with_its_salt_and_other_files_stay(
    tmp_path: Path, left: str
) -> None:
    for name in (Window(DAY).name, Window(DAY, 7).name):
        (tmp_path / left.format(name)).touch()
    (tmp_path / "2024-13-45").touch()
    (tmp_path / "README").touch()
    assert Salts(tmp_path).destroy_before(DAY + 1) == 1
    assert (tmp_path / left.format(Window(DAY, 7).name)).exists()
    assert Salts(tmp_path).destroy_before(DAY + 7) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"2024-13-45", "README"}


def test_a_process_forgets_salts_that_another_destroys(tmp_path: Path) -> None:
    salts = Salts(tmp_path)
    before = salts.of(TODAY)
    Salts(tmp_path).destroy_before(DAY + 1)
    assert salts.of(TODAY) == before
    salts.forget_before(DAY)
    assert salts.of(TODAY) == before
    salts.forget_before(DAY + 1)
    assert salts.of(TODAY) != before


@pytest.mark.parametrize("left", [b"", b"short"])
def test_a_salt_file_that_was_cut_short_is_replaced(tmp_path: Path, left: bytes) -> None:
    (tmp_path / day_of(DAY).isoformat()).write_bytes(left)
    assert len(Salts(tmp_path).of(TODAY)) == 32
    assert Salts(tmp_path).of(TODAY) == Salts(tmp_path).of(TODAY)


def test_a_salt_that_cannot_be_kept_is_an_error_and_never_a_guessable_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="visitor salt"):
        Salts(tmp_path / "missing").of(TODAY)


def test_a_visitor_is_the_same_number_only_for_the_same_workspace_day_address_agent_and_salt() -> None:
    one = (SALT, 1, DAY, "203.0.113.7", "Firefox")
    others = [
        (bytes([1]) * 32, *one[1:]),
        (SALT, 2, *one[2:]),
        (SALT, 1, DAY + 1, *one[3:]),
        (SALT, 1, DAY, "203.0.113.8", "Firefox"),
        (SALT, 1, DAY, "203.0.113.7", "Chrome"),
        (SALT, 11, day_number(day_of(DAY)) - 10_000, *one[3:]),
    ]
    numbers = {visitor(*person) for person in [one, one, *others]}
    assert len(numbers) == 1 + len(others)
    assert all(-(2**63) <= number < 2**63 for number in numbers)
