from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A logo, a photo and a page that claims to be one."""
    Image.new("RGB", (60, 40), "#9a4b00").save(tmp_path / "logo.png")
    Image.effect_noise((600, 400), 60).save(tmp_path / "front.jpg")
    (tmp_path / "page.jpg").write_text("<html><script>alert(1)</script></html>")
    return tmp_path


def test_pictures_are_added_listed_and_removed(scanly, pictures, installation):
    added = scanly("media", "add", pictures / "logo.png", pictures / "front.jpg")
    assert added.status == 0
    assert "600 x 400" in added.out and "logo.png" in added.out
    (front, logo) = scanly("media", "list", "--json").json
    assert (front["name"], front["width"], front["height"]) == ("front.jpg", 600, 400)
    for one in (*front["variants"], *logo["variants"]):
        assert one["address"] == f"/media/{one['file']}"
        assert (installation.folder.media / one["file"]).stat().st_size == one["bytes"]
    assert "front.jpg" in scanly("media", "remove", "front.jpg").out
    assert [each["name"] for each in scanly("media", "list", "--json").json] == ["logo.png"]
    assert scanly("media", "remove", "front.jpg").err == (
        'scanly: There is no picture "front.jpg". Run: scanly media list.\n'
    )


def test_adding_again_changes_nothing(scanly, pictures):
    first = scanly("media", "add", pictures / "logo.png", "--json").json
    assert (
        scanly("media", "add", pictures / "logo.png", "--json").json
        == first
        == scanly("media", "list", "--json").json
    )


def test_what_is_no_picture_is_named_and_the_others_are_kept(scanly, pictures):
    done = scanly("media", "add", pictures / "page.jpg", pictures / "logo.png", pictures / "none.png")
    assert done.status == 3
    assert "page.jpg: It is not a picture that pages can show." in done.err
    assert "none.png" in done.err and "No such file" in done.err
    assert "logo.png" in done.out and "page.jpg" not in done.out
    assert scanly("media", "add", pictures / "page.jpg").status == 1


def test_two_files_of_one_name_are_refused(scanly, pictures):
    (pictures / "other").mkdir()
    (pictures / "other" / "logo.png").write_bytes(b"")
    done = scanly("media", "add", pictures / "logo.png", pictures / "other" / "logo.png")
    assert (done.status, "Two of the files are named logo.png" in done.err) == (2, True)


def test_the_logo_of_a_workspace_is_kept_the_same_way_and_not_removed_unasked(scanly, pictures):
    made = scanly("workspace", "add", "Asha", "--logo", pictures / "logo.png", "--json").json
    (kept,) = scanly("media", "add", pictures / "logo.png", "--json").json
    assert made["logo"] == kept["variants"][-1]["file"]
    refused = scanly("media", "remove", "logo.png")
    assert refused.status == 1 and "logo.png is shown by the workspace Asha" in refused.err
    assert scanly("media", "remove", "logo.png", "--force").status == 0
    assert "not a picture" in scanly("workspace", "edit", "Asha", "--logo", pictures / "page.jpg").err
