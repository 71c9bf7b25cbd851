"""Handles become addresses of their network and of nothing else, however they were written or pasted."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.sites.social import Network, find_network, networks, read_handle

EVERY = tuple(networks().values())


@pytest.mark.parametrize("network", EVERY, ids=lambda network: network.name)
def test_every_network_reads_its_own_example(network: Network) -> None:
    handle = read_handle(network, network.example)
    assert handle == network.example
    assert urlsplit(network.address_of(handle)).scheme == "https"
    assert 1 <= len(network.mark) <= 2


@pytest.mark.parametrize("network", EVERY, ids=lambda network: network.name)
def test_the_address_that_we_build_reads_back_to_the_handle(network: Network) -> None:
    address = network.address_of(network.example)
    assert read_handle(network, address) == network.example
    assert read_handle(network, address.rstrip("/") + "/?utm_source=qr&igsh=MzRl") == network.example


@pytest.mark.parametrize(
    ("name", "given", "address"),
    [
        ("instagram", "@asha.kirana", "https://www.instagram.com/asha.kirana/"),
        ("instagram", "instagram.com/asha.kirana?igsh=MWQ1ZGUx", "https://www.instagram.com/asha.kirana/"),
        ("instagram", "https://m.instagram.com/asha/#x", "https://www.instagram.com/asha/"),
        (
            "facebook",
            "https://www.facebook.com/profile.php?id=61550000000000",
            "https://www.facebook.com/61550000000000",
        ),
        ("facebook", "fb.com/ashakirana", "https://www.facebook.com/ashakirana"),
        ("youtube", "https://youtube.com/@ashacooks?si=abc", "https://www.youtube.com/@ashacooks"),
        ("youtube", "youtube.com/c/ashacooks", "https://www.youtube.com/@ashacooks"),
        ("x", "https://twitter.com/asha", "https://x.com/asha"),
        ("tiktok", "@asha", "https://www.tiktok.com/@asha"),
        ("telegram", "https://telegram.me/ashakirana", "https://t.me/ashakirana"),
        ("linkedin", "https://in.linkedin.com/in/asha-rao", None),
        (
            "linkedin-company",
            "www.linkedin.com/company/asha-foods/",
            "https://www.linkedin.com/company/asha-foods",
        ),
        ("threads", "https://www.threads.net/@asha", "https://www.threads.com/@asha"),
        ("snapchat", "snapchat.com/@asha", "https://www.snapchat.com/add/asha"),
        ("mastodon", "@asha@mastodon.social", "https://mastodon.social/@asha"),
        ("mastodon", "https://mastodon.social/@asha", "https://mastodon.social/@asha"),
        ("reddit", "reddit.com/u/asha", "https://www.reddit.com/user/asha"),
        ("discord", "discord.com/invite/abcDEF", "https://discord.gg/abcDEF"),
        ("substack", "https://asha.substack.com/p/hello", None),
        ("substack", "asha.substack.com", "https://asha.substack.com"),
        (
            "youtube",
            "@आशाकिचन",
            "https://www.youtube.com/@%E0%A4%86%E0%A4%B6%E0%A4%BE%E0%A4%95%E0%A4%BF%E0%A4%9A%E0%A4%A8",
        ),
        (
            "youtube",
            "https://www.youtube.com/@%E0%A4%86%E0%A4%B6%E0%A4%BE",
            "https://www.youtube.com/@%E0%A4%86%E0%A4%B6%E0%A4%BE",
        ),
        ("x", "x.com/asha%2Fevil", None),
        ("line", "@asha.shop", "https://line.me/R/ti/p/@asha.shop"),
    ],
)
def test_handles_are_read_as_people_write_and_paste_them(name: str, given: str, address: str | None) -> None:
    network = find_network(name)
    if address is None:
        with pytest.raises(Invalid):
            read_handle(network, given)
    else:
        assert network.address_of(read_handle(network, given)) == address


@pytest.mark.parametrize("network", EVERY, ids=lambda network: network.name)
@given(text=st.text(st.sampled_from("aA9._-@/\\:?#%2f& \n<\"'öा.com\u202e"), max_size=24))
def test_no_handle_leads_to_another_host(network: Network, text: str) -> None:
    home = urlsplit(network.address_of(network.example)).hostname or ""
    try:
        handle = read_handle(network, text)
    except Invalid:
        return
    host = urlsplit(network.address_of(handle)).hostname or ""
    if network.name == "mastodon":
        assert host == handle.split("@")[1].lower()
    else:
        assert host.split(".")[-2:] == home.split(".")[-2:]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a b",
        "asha/../evil",
        "javascript:alert(1)",
        "https://evil.example/asha",
        "asha?x=1",
        "asha\u202e",
        "<b>",
    ],
)
def test_what_is_no_handle_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_handle(find_network("instagram"), given)
    assert "asha.kirana" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "given"),
    [("youtube", "asha\u202emoc"), ("mastodon", "asha@127.1"), ("mastodon", "asha@a-.example")],
)
def test_a_handle_whose_address_would_be_none_is_refused(name: str, given: str) -> None:
    with pytest.raises(Invalid):
        read_handle(find_network(name), given)


def test_an_unknown_network_is_refused_with_the_nearest() -> None:
    with pytest.raises(Invalid, match=r"Did you mean .instagram.\?"):
        find_network("instagrm")
    assert find_network("WhatsApp Channel").name == "whatsapp-channel"
