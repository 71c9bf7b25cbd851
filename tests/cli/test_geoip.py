from pathlib import Path

import pytest
from tests.cli.conftest import Scanly
from tests.conftest import Installation
from tests.scans.geoip.written import GERMANY, PUNE, hurt, written

from scanly.ops.doctor import examine
from scanly.scans.geoip.facts import describe
from scanly.scans.geoip.shelf import kept_file

DAY_MS = 86_400_000


def test_a_file_is_put_to_use_looked_into_and_attributed(scanly: Scanly, tmp_path: Path) -> None:
    assert "There is no place database" in scanly("geoip", "status").out
    assert scanly("geoip", "status", "--json").json is None
    used = scanly("geoip", "use", written(tmp_path / "dbip.mmdb", records=(PUNE, GERMANY)))
    assert used.status == 0 and "https://db-ip.com" in used.out
    shown = scanly("geoip", "status", "--try", "198.51.0.7")
    assert "198.51.0.7 is in Pune, IN." in shown.out and "CC BY 4.0" in shown.out
    told = scanly("geoip", "status", "--json", "--try", "198.51.1.7").json
    assert (told["tells"], told["publisher"], told["tried"]["country"]) == ("city", "DB-IP", "DE")
    assert "not known" in scanly("geoip", "status", "--try", "2001:db8::1").out


def test_the_address_that_was_tried_is_kept_nowhere(
    scanly: Scanly, installation: Installation, tmp_path: Path
) -> None:
    scanly("geoip", "use", written(tmp_path / "x.mmdb"))
    scanly("geoip", "status", "--try", "198.51.0.77")
    files = [path for path in installation.folder.root.rglob("*") if path.is_file()]
    assert files and not any(b"198.51.0.77" in path.read_bytes() for path in files)


@pytest.mark.parametrize("given", ["198.51.0", "asha@example.com", "::g"])
def test_what_is_no_address_is_not_tried(scanly: Scanly, tmp_path: Path, given: str) -> None:
    scanly("geoip", "use", written(tmp_path / "x.mmdb"))
    wrong = scanly("geoip", "status", "--try", given)
    assert wrong.status == 1 and "is not an IP address" in wrong.err


def test_a_bad_file_is_refused_in_one_line(scanly: Scanly, tmp_path: Path) -> None:
    wrong = scanly("geoip", "use", hurt(written(tmp_path / "x.mmdb")), "--quiet")
    assert (wrong.status, wrong.out) == (1, "")
    assert wrong.err.count("\n") == 1 and "records in it are damaged" in wrong.err


def test_two_ways_to_say_what_to_load_are_refused(scanly: Scanly) -> None:
    wrong = scanly("geoip", "update", "--url", "https://example.com/x", "--countries")
    assert wrong.status == 2 and "leave out --countries" in wrong.err


def findings(installation: Installation, now_ms: int) -> list[str]:
    found = examine(installation.folder, installation.settings, lambda: now_ms)
    return [each.level for each in found if each.check == "places"]


def test_the_doctor_looks_at_it(scanly: Scanly, installation: Installation, tmp_path: Path) -> None:
    built_ms = describe(written(tmp_path / "x.mmdb")).built_ms
    assert findings(installation, built_ms) == ["ok"]
    scanly("geoip", "use", tmp_path / "x.mmdb")
    assert findings(installation, built_ms) == ["ok"]
    assert findings(installation, built_ms + 61 * DAY_MS) == ["warning"]
    hurt(kept_file(installation.folder))
    assert findings(installation, built_ms) == ["error"]
    kept_file(installation.folder).write_bytes(b"rubbish")
    assert findings(installation, built_ms) == ["error"]
