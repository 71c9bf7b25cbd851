from scanly.core.settings import descriptions


def test_config_says_of_every_setting_what_it_is_and_where_it_comes_from(scanly, installation, monkeypatch):
    file = installation.folder.settings_file
    file.write_text('port = 9000\ntrusted_proxies = ["10.0.0.0/8", "fd00::/8"]\n')
    monkeypatch.setenv("SCANLY_WORKERS", "2")
    shown = {each["name"]: each for each in scanly("config", "--json").json}
    assert {name: each["description"] for name, each in shown.items()} == descriptions()
    assert (shown["port"]["value"], shown["port"]["where"]) == (9000, str(file))
    assert (shown["workers"]["value"], shown["workers"]["where"]) == (2, "environment")
    assert shown["host"]["where"] == "default"
    table = scanly("config")
    assert "10.0.0.0/8, fd00::/8" in table.out
    assert str(file) in table.err


def test_config_does_not_show_a_password(scanly, monkeypatch):
    monkeypatch.setenv("SCANLY_DATABASE_URL", "postgresql://asha:s:ec@ret@db.example/scanly")
    for arguments in (("config",), ("config", "--json")):
        done = scanly(*arguments)
        assert "asha:***@db.example/scanly" in done.out
        assert "ret@" not in done.out + done.err
