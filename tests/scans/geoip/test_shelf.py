"""A file is proved whole before it takes the place of another, and whatever happens one of them is there."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scans.geoip.written import GERMANY, NETWORK, PUNE, hurt, written

from scanly.core.errors import Invalid, ScanlyError
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.geoip.facts import describe
from scanly.scans.geoip.shelf import Origin, attribution, file_in_use, former_file, kept_file, origin_of, put
from scanly.scans.place import Places

DAY_MS = 86_400_000


def archive(path: Path) -> Path:
    packed = path.with_suffix(".tar.gz")
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(path, arcname="GeoLite2-City/GeoLite2-City.mmdb")
    return packed


def text(path: Path) -> Path:
    path.write_text("<html>Please log in</html>")
    return path


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-200])
    return path


def cut_packed(path: Path) -> Path:
    path.write_bytes(gzip.compress(path.read_bytes())[:-30])
    return path


def of_networks(path: Path) -> Path:
    return written(path, kind="GeoLite2-ASN", records=(NETWORK,))


def gone(path: Path) -> Path:
    path.unlink()
    return path


BAD: dict[Callable[[Path], Path], str] = {
    text: "is no MMDB file, or breaks off",
    cut: "is no MMDB file, or breaks off",
    cut_packed: "breaks off or is damaged",
    hurt: "records in it are damaged",
    of_networks: r"of another kind \(GeoLite2-ASN\): it tells no country",
    archive: "an archive of several files",
    gone: "No such file",
}


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_what_cannot_be_used_is_refused_in_one_sentence_and_changes_nothing(
    folder: DataFolder, tmp_path: Path, spoil: Callable[[Path], Path]
) -> None:
    put(folder, written(tmp_path / "good.mmdb"), Origin("good.mmdb"))
    before = kept_file(folder).read_bytes()
    bad = spoil(written(tmp_path / "bad.mmdb"))
    with pytest.raises(Invalid, match=BAD[spoil]) as refused:
        put(folder, bad, Origin(bad.name))
    assert bad.name in str(refused.value) and ".new-" not in str(refused.value)
    assert kept_file(folder).read_bytes() == before
    assert {path.name for path in folder.geoip.iterdir()} == {"places.mmdb", "origin.json"}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("loaded", [False, True])
def test_a_file_is_used_packed_or_not(folder: DataFolder, tmp_path: Path, packed: bool, loaded: bool) -> None:
    path = written(tmp_path / "new.mmdb", records=(PUNE, GERMANY))
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    facts = put(folder, path.read_bytes() if loaded else path, Origin("new.mmdb", "https://example.com/"))
    assert (facts.tells, facts.type, facts.networks) == ("city", "DBIP-City-Lite", 2)
    assert origin_of(folder) == Origin("new.mmdb", "https://example.com/")
    kept = file_in_use(folder, Settings())
    assert kept is not None and kept.stat().st_mode & 0o777 == 0o600
    places = Places(kept)
    assert places.find("198.51.0.9").city == "Pune"
    assert places.find("198.51.1.9").country == "DE"


def test_the_one_before_is_kept_unless_its_licence_forbids_it(folder: DataFolder, tmp_path: Path) -> None:
    for kind, former in (
        ("DBIP-City-Lite", None),
        ("GeoLite2-City", "DBIP-City-Lite"),
        ("DBIP-Country-Lite", None),
    ):
        put(folder, written(tmp_path / "x.mmdb", kind=kind), Origin("x.mmdb"))
        there = former_file(folder)
        assert (describe(there).type if there.exists() else None) == former


def test_countries_alone_are_told_to_be_so(folder: DataFolder, tmp_path: Path) -> None:
    facts = put(folder, written(tmp_path / "x.mmdb", records=(GERMANY,)), Origin("x.mmdb"))
    assert facts.tells == "country" and "countries only" in str(facts)


def test_reports_are_told_what_to_say_of_the_file_in_use(folder: DataFolder, tmp_path: Path) -> None:
    assert attribution(folder, Settings()) == ""
    put(folder, written(tmp_path / "a.mmdb", kind="country ipvAll"), Origin("geolite2-country.mmdb"))
    assert "MaxMind" in attribution(folder, Settings())
    other = written(tmp_path / "b.mmdb")
    assert "DB-IP" in attribution(folder, Settings(geoip_file=str(other)))
    assert attribution(folder, Settings(geoip_file=str(text(other)))) == ""


@pytest.mark.parametrize(
    ("kind", "days", "said"),
    [
        ("DBIP-City-Lite", 60, ""),
        ("DBIP-City-Lite", 61, "61 days old"),
        ("GeoLite2-City", 30, ""),
        ("GeoLite2-City", 31, "MaxMind asks"),
    ],
)
def test_an_old_file_is_warned_of(tmp_path: Path, kind: str, days: int, said: str) -> None:
    facts = describe(written(tmp_path / "x.mmdb", kind=kind))
    warning = facts.warning(facts.built_ms + days * DAY_MS)
    assert said in warning and bool(said) == bool(warning)


def test_what_unpacks_without_end_is_stopped(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.scans.geoip.shelf.MAX_BYTES", 3_000_000)
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(bytes(50_000_000)))
    with pytest.raises(ScanlyError, match="larger than"):
        put(folder, bomb, Origin("bomb.gz"))
    assert not kept_file(folder).exists()
