"""A running server takes up whatever file is put in use, and no damaged one."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from tests.scans.geoip.written import GERMANY, PUNE, hurt, written

from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.geoip.following import FollowedPlaces
from scanly.scans.geoip.shelf import Origin, kept_file, put

HERE = "198.51.0.9"


def country(places: FollowedPlaces) -> str:
    return places.find(HERE).country


def test_a_file_comes_is_replaced_and_goes(folder: DataFolder, tmp_path: Path) -> None:
    places = FollowedPlaces(folder, Settings())
    assert (places.look(), country(places)) == (False, "")
    put(folder, written(tmp_path / "a.mmdb", records=(PUNE,)), Origin("a.mmdb"))
    assert (places.look(), country(places), places.look()) == (True, "IN", False)
    put(folder, written(tmp_path / "b.mmdb", records=(GERMANY,)), Origin("b.mmdb"))
    assert (places.look(), country(places)) == (True, "DE")
    kept_file(folder).unlink()
    assert (places.look(), country(places)) == (True, "")


@pytest.mark.parametrize("how", ["cut", "emptied", "hurt", "gone"])
def test_a_file_of_the_setting_that_is_spoiled_in_place_leaves_the_former_and_is_said_once(
    folder: DataFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """Mapped without a copy, a file that is cut would end the process with SIGBUS at the next look-up."""
    records = tuple({**PUNE, "city": {"names": {"en": f"Pune {number}"}}} for number in range(250))
    path = written(tmp_path / "own.mmdb", records=records)
    places = FollowedPlaces(folder, Settings(geoip_file=str(path)))
    assert country(places) == "IN"
    if how == "hurt":
        hurt(path)
    elif how == "gone":
        path.unlink()
    else:
        with path.open("r+b") as file:
            file.truncate(4096 if how == "cut" else 0)
    with caplog.at_level(logging.ERROR, "scanly.places"):
        assert [places.look(), places.look()] == [False, False]
    assert len(caplog.records) == 1
    assert [places.find(f"198.51.{number}.9").city for number in (0, 249)] == ["Pune 0", "Pune 249"]
    shutil.copy(written(tmp_path / "good.mmdb", records=(GERMANY,)), path)
    assert (places.look(), country(places)) == (True, "DE")
    assert not list(folder.geoip.iterdir()), "the copy has no name"


def test_with_a_damaged_file_a_server_starts_and_places_are_unknown(
    folder: DataFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = hurt(written(tmp_path / "own.mmdb"))
    with caplog.at_level(logging.ERROR, "scanly.places"):
        places = FollowedPlaces(folder, Settings(geoip_file=str(bad)))
        places.look()
    assert country(places) == "" and len(caplog.records) == 1
