URL = "https://example.com/menu"


def test_a_link_is_changed_closed_and_opened_again(scanly):
    scanly("link", "add", URL, "--code", "menu", "--tag", "a", "--placement", "Window")
    edited = scanly(
        "link", "edit", "menu", "--target", "https://example.com/new", "--tag", "b", "--json"
    ).json
    assert (edited["target"], edited["tags"], edited["placement"]) == (
        "https://example.com/new",
        ["b"],
        "Window",
    )
    assert "scanly link restore menu" in scanly("link", "remove", "menu").err
    assert scanly("link", "list", "--json").json == []
    assert scanly("link", "list", "--removed", "--json").json[0]["removed_at"]
    assert scanly("link", "restore", "menu", "--json").json["removed_at"] is None


def test_a_long_list_is_cut_for_people_and_whole_for_programs(scanly, tmp_path):
    rows = "".join(f"c{number},https://example.com/{number}\n" for number in range(60))
    (tmp_path / "many.csv").write_text(f"code,target\n{rows}")
    options = ("--base-url", "https://go.example.com", "--no-verify")
    assert scanly("qr", "bulk", tmp_path / "many.csv", "-o", tmp_path / "out", *options).status == 0
    shown = scanly("link", "list")
    assert shown.err == "60 links, the first 50 are shown; --limit shows more.\n"
    assert "c49" in shown.out
    assert "c50" not in shown.out
    assert len(scanly("link", "list", "--json").json) == 60
    assert len(scanly("link", "list", "--json", "--limit", "7").json) == 7


def test_a_link_bound_to_a_host_is_named_by_host_and_code(scanly):
    base = ("--base-url", "https://go.example.com")
    scanly("link", "add", URL, "--code", "menu", "--host", "QR.example.org", *base)
    shown = scanly("link", "show", "qr.example.org/menu", "--json", *base).json
    assert (shown["host"], shown["short_url"]) == ("qr.example.org", "https://qr.example.org/menu")
    assert scanly("link", "show", "menu").status == 1
