import json
import re

import pytest
from tests.sites.test_reading import KIRANA

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090775 3de".replace(" ", "")
    + "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@pytest.fixture
def file(tmp_path):
    """The page of a shop, as its owner wrote it."""
    path = tmp_path / "asha.yaml"
    path.write_text(KIRANA, encoding="utf-8")
    return path


def test_a_page_goes_live_comes_back_and_goes_off(scanly, file):
    assert scanly("site", "list", "--json").json == []
    done = scanly("site", "publish", file, "--base-url", "https://go.example.com", "--json")
    assert done.status == 0
    assert done.json["address"] == "https://go.example.com/s/asha-kirana"
    assert done.json["status"] == "live"
    file.write_text(KIRANA.replace("price: 120", "price: 125"), encoding="utf-8")
    assert scanly("site", "publish", file).status == 0
    past = scanly("site", "history", "asha-kirana", "--json").json
    assert [each["what"] for each in past] == ["publish", "publish"]
    assert scanly("site", "rollback", file, "--json").json["release"] == past[1]["release"]
    assert scanly("site", "rollback", "asha-kirana", "--to", past[0]["release"][:5]).status == 0
    assert "asha-kirana is taken off" in scanly("site", "unpublish", "asha-kirana").out
    (known,) = scanly("site", "list", "--json").json
    assert (known["site"], known["status"], known["release"]) == ("asha-kirana", "off", None)


def test_what_is_planned_is_listed_and_can_be_forgotten(scanly, file):
    assert scanly("site", "publish", file).status == 0
    assert "is planned for" in scanly("site", "schedule", file, "--at", "tomorrow 9:00").out
    assert "will be taken off" in scanly("site", "unpublish", "asha-kirana", "--at", "in 3 days").out
    (known,) = scanly("site", "list", "--json").json
    assert known["status"] == "live, 2 plans"
    assert scanly("site", "schedule", file, "--drop").out == "2 plans forgotten.\n"
    assert scanly("site", "schedule", file).status == 1
    assert "Say when" in scanly("site", "schedule", file).err


def test_every_fault_stands_in_a_line_with_its_file_and_nothing_is_published(scanly, file):
    file.write_text(KIRANA.replace("theme: kirana", "theme: kirena").replace("120", "free"), encoding="utf-8")
    for command in ("check", "publish"):
        done = scanly("site", command, file)
        assert done.status == 1
        lines = done.err.splitlines()
        assert re.search(
            rf"{re.escape(str(file))}, line 4, column 8, theme: .*Did you mean \"kirana\"\?", lines[0]
        )
        assert re.search(r"line 11, column \d+, .*price: \"free\" is not a price", lines[1])
    assert scanly("site", "list", "--json").json == []


def test_check_says_what_could_be_better_and_what_it_weighs(scanly, file):
    done = scanly("site", "check", file)
    assert done.status == 0
    assert "line 6, column" in done.out
    assert "is not written in हिन्दी" in done.out
    assert "4 things could be better" in done.out
    told = scanly("site", "check", file, "--json").json
    assert [each["language"] for each in told["weights"]] == ["en", "hi"]
    assert all(3_000 < each["html_bytes"] < 14_336 for each in told["weights"])


def test_pictures_lie_beside_the_file_and_each_that_is_missing_is_named(scanly, file):
    file.write_text(
        KIRANA + "  - photo: {photo: shop.png}\n  - photo: {photo: other.png}\n", encoding="utf-8"
    )
    done = scanly("site", "publish", file)
    assert done.status == 1
    assert "shop.png" in done.err
    assert "other.png" in done.err
    for name in ("shop.png", "other.png"):
        (file.parent / name).write_bytes(PNG)
    assert scanly("site", "publish", file).status == 0
    assert len(scanly("media", "list", "--json").json) == 2


def test_a_page_is_exported_from_its_file_and_from_what_is_live(scanly, file, tmp_path):
    done = scanly("site", "export", file, "-o", tmp_path / "out" / "page.html")
    assert done.status == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"page.html", "page.hi.html"}
    assert "आशा किराना स्टोर" in (tmp_path / "out" / "page.hi.html").read_text(encoding="utf-8")
    assert scanly("site", "export", "asha-kirana", "-o", tmp_path / "live.html").status == 1
    scanly("site", "publish", file)
    assert scanly("site", "export", "asha-kirana", "-o", tmp_path / "live.html").status == 0
    assert (tmp_path / "live.html").read_bytes().count(b"</html>") == 1


def test_guests_get_an_address_of_their_own_that_is_shown_once(scanly, file):
    scanly("site", "publish", file, "--base-url", "https://go.example.com")
    done = scanly("site", "invite", "asha-kirana", "Meera, Acme", "--expires", "in 14 days")
    assert re.fullmatch(r"http.*/s/asha-kirana\?for=[\w-]{22}\n", done.out)
    assert "invited: yes" in done.err
    (guest,) = scanly("site", "guests", "asha-kirana", "--json").json
    assert (guest["name"], guest["views"]) == ("Meera, Acme", 0)
    assert scanly("site", "uninvite", "asha-kirana", "Meera, Acme").status == 0
    assert scanly("site", "guests", "asha-kirana", "--json").json == []


def test_a_site_that_is_not_there_is_said_with_the_nearest_name(scanly, file):
    scanly("site", "publish", file)
    for command in (["history"], ["unpublish"], ["rollback"], ["guests"]):
        done = scanly("site", *command, "asha-kirna")
        assert done.status == 1
        assert 'Did you mean "asha-kirana"?' in done.err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 2_000_001], ids=["no text", "too large"])
def test_a_file_that_is_no_site_is_refused_in_one_sentence(scanly, file, content):
    file.write_bytes(content)
    done = scanly("site", "publish", file)
    assert done.status == 1
    assert len(done.err.splitlines()) == 1


def test_a_new_site_reads_without_a_fault_and_without_advice(scanly, tmp_path):
    for starter in scanly("site", "starters", "--json").json:
        path = tmp_path / starter["name"] / "site.yaml"
        named = ["--title", "Meera's", "--language", "hi", "--language", "en", "-o", path]
        done = scanly("site", "new", "--starter", starter["name"], *named, "--json")
        assert done.status == 0, done.err
        assert done.json["site"] == "meera-s"
        told = scanly("site", "check", path, "--json").json
        assert told["ok"]
        assert told["advice"] == []
    again = scanly("site", "new", "--starter", "shop", "--title", "Meera's", "-o", path)
    assert again.status == 1
    assert "--force" in again.err


def test_a_starter_that_is_not_there_is_said_with_the_nearest_name(scanly):
    done = scanly("site", "new", "--starter", "caffe", "--title", "X")
    assert done.status == 1
    assert 'Did you mean "cafe"?' in done.err


def test_json_is_all_there_is_on_the_output(scanly, file):
    for command in (
        ["check", file],
        ["publish", file],
        ["list"],
        ["history", file],
        ["rollback", "--to", "", file],
    ):
        done = scanly("site", *command, "--json")
        if done.status == 0:
            json.loads(done.out)


def test_the_host_of_the_codes_is_every_page_s_host(scanly, file):
    done = scanly(
        "site", "publish", file, "--host", "GO.example.com", "--base-url", "https://go.example.com", "--json"
    )
    assert (done.json["host"], done.json["address"]) == ("", "https://go.example.com/s/asha-kirana")
