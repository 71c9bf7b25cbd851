import pytest

from scanly.core.errors import Invalid, Unavailable
from scanly.core.settings import Settings, descriptions, load, names


@pytest.fixture
def file(tmp_path):
    return tmp_path / "scanly.toml"


def test_without_anything_every_setting_has_its_default_and_says_so(file):
    settings, origins = load(file, {}, {})
    assert settings == Settings()
    assert {origin.where for origin in origins} == {"default"}
    assert tuple(origin.name for origin in origins) == names()


def test_the_file_is_overridden_by_the_environment_and_that_by_an_option(file):
    file.write_text('port = 1\nworkers = 2\nhost = "192.0.2.1"\n')
    env = {"SCANLY_PORT": "3", "SCANLY_WORKERS": "4", "HOME": "/", "SCANLY_DATA": "/elsewhere"}
    settings, origins = load(file, env, {"port": 5, "base_url": None})
    assert (settings.port, settings.workers, settings.host) == (5, 4, "192.0.2.1")
    where = {origin.name: origin.where for origin in origins}
    assert where["port"] == "command option"
    assert where["workers"] == "environment"
    assert where["host"] == str(file)
    assert where["base_url"] == "default"


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("10.0.0.0/8, fd00::/8", ("10.0.0.0/8", "fd00::/8")),
        ("", ()),
        ("127.0.0.1", ("127.0.0.1",)),
    ],
)
def test_a_list_is_written_with_commas_in_the_environment(file, text, networks):
    assert load(file, {"SCANLY_TRUSTED_PROXIES": text}, {})[0].trusted_proxies == networks


def test_a_list_is_a_list_in_the_file(file):
    file.write_text('trusted_proxies = ["10.0.0.0/8"]\n')
    assert load(file, {}, {})[0].trusted_proxies == ("10.0.0.0/8",)


@pytest.mark.parametrize(
    ("toml", "env", "said"),
    [
        ('basurl = "x"', {}, ['"basurl"', "scanly.toml", 'Did you mean "base_url"?']),
        ("", {"SCANLY_BASURL": "x"}, ['"SCANLY_BASURL"', "environment", 'Did you mean "SCANLY_BASE_URL"?']),
        ("zzz = 1", {}, ['"zzz"', "scanly config"]),
        ('country_header = "CF IPCountry:"', {}, ["country_header", "scanly.toml", "Such as CF-IPCountry."]),
        ("port = 65536", {}, ["port", "65536", "scanly.toml"]),
        ("port = -1", {}, ["port", "-1"]),
        ("port = true", {}, ["port", "scanly.toml"]),
        ("port = 80.5", {}, ["port", "80.5"]),
        ("", {"SCANLY_PORT": "eighty"}, ["port", "eighty", "environment"]),
        ("", {"SCANLY_PORT": ""}, ["port", "environment"]),
        ('log_level = "loud"', {}, ["log_level", "loud"]),
        ("host = 1", {}, ["host", "1"]),
        ("[server]\nport = 1", {}, ['"server"']),
        ('trusted_proxies = ["10.0.0.1/8"]', {}, ["trusted_proxies", "10.0.0.1/8", "not a network"]),
        ("", {"SCANLY_TRUSTED_PROXIES": "all"}, ["trusted_proxies", "all", "environment"]),
        ('outbound_networks = ["10.0.0.1/8"]', {}, ["outbound_networks", "10.0.0.1/8", "not a network"]),
        ("port = ", {}, ["scanly.toml", "Invalid value"]),
        ("port = 1\nport = = 2\n", {}, ["scanly.toml", "line 2"]),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_its_source(file, toml, env, said):
    file.write_text(toml)
    with pytest.raises(Invalid) as refused:
        load(file, env, {})
    for part in said:
        assert part in str(refused.value)


def test_a_file_that_is_no_text_is_named(file):
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match=r"scanly\.toml cannot be read"):
        load(file, {}, {})


def test_a_file_that_cannot_be_opened_is_named(file):
    file.mkdir()
    with pytest.raises(Unavailable, match=r"scanly\.toml cannot be read: Is a directory"):
        load(file, {}, {})


@pytest.mark.parametrize("name", names())
def test_every_setting_is_described(name):
    described = descriptions()[name]
    assert len(described) > 20
    assert not described.endswith(".")
