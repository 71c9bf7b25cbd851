from PIL import Image


def test_a_workspace_is_made_shown_and_changed(scanly, tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "logo.png")
    options = ("--time-zone", "Asia/Kolkata", "--language", "hi", "--currency", "INR", "--privacy", "none")
    colours = ("--colours", "#000000, #ffffff", "--logo", tmp_path / "logo.png")
    made = scanly("workspace", "add", "Asha Kirana", *options, *colours, "--json").json
    assert (made["time_zone"], made["language"], made["currency"]) == ("Asia/Kolkata", "hi", "INR")
    assert (made["accent"], made["background"], made["privacy"]) == ("#000000", "#ffffff", "none")
    assert made["logo"].endswith(".png")
    assert scanly("workspace", "show", "--json").json == made
    edited = scanly("workspace", "edit", "asha kirana", "--rename", "Asha", "--logo", "", "--json").json
    assert edited == made | {"name": "Asha", "logo": ""}
    assert scanly("workspace", "edit", "Asha").status == 2
    assert "Asia/Kolkata" in scanly("workspace", "list").out


def test_people_come_change_and_go(scanly):
    scanly("user", "add", "asha@example.com", "--name", "Asha", "--role", "owner")
    scanly("user", "add", "ben@example.com", "--name", "Ben")
    scanly("user", "edit", "ben@example.com", "--role", "viewer")
    people = scanly("user", "list", "--json").json
    assert [(each["name"], each["role"]) for each in people] == [("Asha", "owner"), ("Ben", "viewer")]
    assert "is the only owner" in scanly("user", "remove", "asha@example.com").err
    assert scanly("user", "remove", "ben@example.com").status == 0
    assert "Ben" not in scanly("user", "list").out
