import json
from pathlib import Path

import pytest
from tests.analytics.traces.test_traces import HERE, THERE, recorded
from tests.analytics.world import PHONE, SCAN, furnished
from tests.cli.conftest import Scanly
from tests.cli.test_leads import inbox  # noqa: F401 - a fixture
from tests.conftest import Installation

RAVI = ("--phone", "+91 98765 43210")


@pytest.fixture
def scanned(installation: Installation) -> None:
    async def work(app) -> None:
        world = await furnished(app)
        await recorded(world, (HERE, PHONE, SCAN), (HERE, PHONE, SCAN), (THERE, PHONE, SCAN))

    installation.run(work)


def test_what_is_kept_is_said_with_its_time(scanly: Scanly) -> None:
    shown = scanly("privacy")
    assert shown.status == 0 and "396 days" in shown.out and "never" in shown.out
    told = scanly("privacy", "--json").json
    assert {row["what"] for row in told} >= {"what visitors sent", "addresses (IP)"}
    assert all(row["how_long"] and row["now"] for row in told)


def test_all_that_a_person_sent_is_given_out_and_then_erased(
    scanly: Scanly,
    inbox,  # noqa: F811 - the fixture
    installation: Installation,
    tmp_path: Path,
) -> None:
    out = tmp_path / "person.json"
    assert scanly("privacy", "export", *RAVI, "-o", out).err == f"2 answers written to {out}.\n"
    assert out.stat().st_mode & 0o777 == 0o600
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert [answer["block"] for answer in kept["answers"]] == ["ask-for-a-time", "question"]
    assert all(answer["at"] and answer["site"] for answer in kept["answers"])
    assert scanly("backup", "create").status == 0
    unasked = scanly("privacy", "erase", *RAVI)
    assert unasked.status != 0 and len(scanly("privacy", "export", *RAVI).json["answers"]) == 2
    done = scanly("privacy", "erase", *RAVI, "--yes")
    assert done.status == 0 and "Erased: 2 answers." in done.err
    (backup,) = installation.folder.backups.glob("*.tar.gz")
    assert backup.name in done.err and "98765" not in done.err
    assert scanly("privacy", "export", *RAVI).json["answers"] == []
    assert [lead["block"] for lead in scanly("leads", "list", "--json").json] == ["feedback"]


def test_the_scans_of_an_address_are_shown_and_made_nobody_s(scanly: Scanly, scanned: None) -> None:
    wanted = ("--visitor-of", HERE, "--agent", PHONE)
    found = scanly("privacy", "export", *wanted).json["scans"]
    assert [scan["where"] for scan in found] == ["menu", "menu"]
    done = scanly("privacy", "erase", *wanted, "--yes", "--json").json
    assert done == {"answers": 0, "invitations": 0, "gifts": 0, "scans": 2, "copies": []}
    assert scanly("privacy", "export", *wanted).json["scans"] == []
    assert len(scanly("privacy", "export", "--visitor-of", THERE).json["scans"]) == 1
    again = scanly("privacy", "erase", *wanted, "--yes")
    assert (again.status, again.err) == (0, "Nothing of it is kept.\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "Say who"),
        (("--email", "a@b.example", "--text", "abc"), "Say who"),
        (("--text", "abc", "--agent", "Mozilla"), "--agent goes with --visitor-of"),
        (("--visitor-of", "here"), "is not an IP address"),
        (("--email", "here"), "is not a mail address"),
    ],
)
@pytest.mark.parametrize("command", ["export", "erase"])
def test_who_is_meant_must_be_said(scanly: Scanly, command: str, given: tuple[str, ...], said: str) -> None:
    wrong = scanly("privacy", command, *given)
    assert wrong.status == 1 and said in wrong.err and wrong.out == ""
