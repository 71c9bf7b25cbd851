"""What reports call devices, models, systems, browsers and apps: real agents, the shared list, hostile text."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanly.analytics.agents import APPS, BROWSERS, SYSTEMS, Agent, look, parser_version
from scanly.core.text import has_control
from scanly.links import agent as words
from scanly.links.agent import read_agent
from scanly.scans.bots import judge
from scanly.scans.model import Kind

SHARED = Path(__file__).parents[1] / "fixtures" / "user-agents.tsv"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
PARTS = {
    "W": WEBKIT,
    "CHROME": f"{WEBKIT} Chrome/138.0.0.0 Mobile Safari/537.36",
    "VIEW": f"{WEBKIT} Version/4.0 Chrome/137.0.7151.115 Mobile Safari/537.36",
    "K": f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT}",
    "IPHONE": f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {APPLE}",
    "IPAD": f"Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) {APPLE}",
    "MAC": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
    "WINDOWS": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}",
    "A": APPLE,
}

# Device, model, system, browser, app (- where it is not known), agent.
TABLE = """
phone | - | Android | Chrome | - | {K} Chrome/138.0.0.0 Mobile Safari/537.36
tablet | - | Android | Chrome | - | {K} Chrome/138.0.0.0 Safari/537.36
phone | Samsung SM-A546E | Android | Chrome | - | Mozilla/5.0 (Linux; Android 14; SM-A546E) {CHROME}
phone | Samsung SM-M315F | Android | Samsung Internet | - | Mozilla/5.0 (Linux; Android 12; SAMSUNG SM-M315F) {W} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36
phone | Samsung SM-S918B | Android | Instagram | Instagram | Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) {VIEW} Instagram 334.0.0.42.95 Android (34/14; 600dpi; 1440x3088; samsung; SM-S918B; dm3q; qcom; en_IN; 607000000)
tablet | Samsung SM-X205 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 13; SM-X205) {W} Chrome/126.0.0.0 Safari/537.36
phone | Samsung GT-I9300 | Android | Android Browser | - | Mozilla/5.0 (Linux; U; Android 4.3; en-gb; GT-I9300 Build/JSS15J) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30
phone | Xiaomi Redmi Note 8 Pro | Android | MiuiBrowser | - | Mozilla/5.0 (Linux; U; Android 11; en-in; Redmi Note 8 Pro Build/RP1A.200720.011) {W} Version/4.0 Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.16.2-gn
phone | Xiaomi M2101K6P | Android | Chrome | - | Mozilla/5.0 (Linux; Android 13; M2101K6P) {CHROME}
phone | Xiaomi 2201117TI | Android | Facebook | Facebook | Mozilla/5.0 (Linux; Android 13; 2201117TI Build/TKQ1.221114.001; wv) {VIEW} [FB_IAB/FB4A;FBAV/468.0.0.57.84;]
phone | Xiaomi 23053RN02A | Android | Other app | Other app | Mozilla/5.0 (Linux; Android 13; 23053RN02A Build/TP1A.220624.014; wv) {VIEW}
phone | Xiaomi POCO F1 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 10; POCO F1) {CHROME}
phone | Xiaomi Mi A2 | Android | Firefox | - | Mozilla/5.0 (Android 10; Mi A2; Mobile; rv:138.0) Gecko/138.0 Firefox/138.0
phone | vivo V2250 | Android | Vivo Browser | - | Mozilla/5.0 (Linux; Android 13; V2250) {W} Version/4.0 Chrome/101.0.4951.74 Mobile Safari/537.36 VivoBrowser/13.2.0.2
phone | vivo 1906 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 11; vivo 1906) {CHROME}
phone | vivo I2202 | Android | WhatsApp | WhatsApp | Mozilla/5.0 (Linux; Android 14; I2202 Build/UP1A.231005.007; wv) {VIEW} WhatsApp/2.25.12.74
phone | Realme RMX3690 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 13; RMX3690) {CHROME}
phone | Realme RMX2001 | Android | HeyTap Browser | - | Mozilla/5.0 (Linux; U; Android 11; en-in; RMX2001 Build/RP1A.200720.011) {W} Version/4.0 Chrome/103.0.5060.129 Mobile Safari/537.36 HeyTapBrowser/45.9.5.1.1
phone | Oppo CPH2179 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 12; CPH2179) {CHROME}
phone | Oppo CPH2527 | Android | UC Browser | - | Mozilla/5.0 (Linux; U; Android 14; en-US; CPH2527 Build/UKQ1.230924.001) {W} Version/4.0 Chrome/123.0.6312.80 UCBrowser/13.8.2.1324 Mobile Safari/537.36
phone | OnePlus NE2211 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 14; NE2211) {CHROME}
phone | OnePlus AC2001 | Android | X | X | Mozilla/5.0 (Linux; Android 12; AC2001 Build/RKQ1.211119.001; wv) {VIEW} TwitterAndroid
phone | OnePlus A6010 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 11; ONEPLUS A6010) {CHROME}
phone | Motorola g54 5G | Android | Chrome | - | Mozilla/5.0 (Linux; Android 14; moto g54 5G) {CHROME}
phone | Google Pixel 7a | Android | LinkedIn | LinkedIn | Mozilla/5.0 (Linux; Android 15; Pixel 7a Build/BP1A.250305.019; wv) {VIEW} [LinkedInApp]/4.1.1043
phone | Google Nexus 5 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 6.0; Nexus 5 Build/MRA58N) {CHROME}
phone | Infinix X6525 | Android | Phoenix Browser | - | Mozilla/5.0 (Linux; Android 13; Infinix X6525 Build/TP1A.220624.014) {W} Version/4.0 Chrome/114.0.5735.196 Mobile Safari/537.36 PHX/15.4
phone | Tecno KI5k | Android | Chrome | - | Mozilla/5.0 (Linux; Android 12; TECNO KI5k) {CHROME}
phone | Itel A665L | Android | Opera | - | Mozilla/5.0 (Linux; U; Android 12; itel A665L Build/SP1A.210812.016; wv) {W} Version/4.0 Chrome/126.0.6478.71 Mobile Safari/537.36 OPR/80.0.2254.71406
phone | Nokia G42 | Android | Edge | - | Mozilla/5.0 (Linux; Android 14; Nokia G42 5G) {W} Chrome/136.0.0.0 Mobile Safari/537.36 EdgA/136.0.0.0
phone | JioPhone Next | Android | Chrome | - | Mozilla/5.0 (Linux; Android 11; JioPhone Next) {CHROME}
phone | Lava LZX406 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 12; Lava LZX406) {CHROME}
phone | Huawei ANE-LX1 | Android | Huawei Browser | - | Mozilla/5.0 (Linux; Android 9; ANE-LX1; HMSCore 6.13.0.321) {W} Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36
phone | Huawei ALN-AL00 | HarmonyOS | Huawei Browser | - | Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00; HMSCore 6.14.0.302) {W} Chrome/114.0.5735.196 HuaweiBrowser/15.0.6.301 Mobile Safari/537.36
phone | - | HarmonyOS | Huawei Browser | - | Mozilla/5.0 (Phone; OpenHarmony 5.0) {W} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile HuaweiBrowser/5.0.4.300
phone | Nokia 2780 | KaiOS | KaiOS Browser | - | Mozilla/5.0 (Mobile; Nokia 2780 Flip; rv:84.0) Gecko/84.0 Firefox/84.0 KAIOS/3.1
phone | LYF F320B | KaiOS | KaiOS Browser | - | Mozilla/5.0 (Mobile; LYF/F320B/LYF-F320B-003-01-15-130718;Android; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5
phone | - | Android | DuckDuckGo | - | Mozilla/5.0 (Linux; Android 15) {W} Version/4.0 Chrome/137.0.7151.89 Mobile DuckDuckGo/5 Safari/537.36
phone | - | Android | Yandex Browser | - | {K} Chrome/134.0.0.0 YaBrowser/25.4.2.108.00 SA/3 Mobile Safari/537.36
phone | - | Android | Firefox | - | Mozilla/5.0 (Android 14; Mobile; rv:138.0) Gecko/138.0 Firefox/138.0
tablet | Amazon Fire | Android | Amazon Silk | - | Mozilla/5.0 (Linux; Android 9; KFTRWI) {W} Silk/131.2.2 like Chrome/131.0.6778.200 Safari/537.36
tablet | Lenovo TB-8505F | Android | Chrome | - | Mozilla/5.0 (Linux; Android 10; Lenovo TB-8505F) {W} Chrome/120.0.0.0 Safari/537.36
phone | iPhone | iOS | Safari | - | {IPHONE} Version/18.5 Mobile/15E148 Safari/604.1
phone | iPhone | iOS | Chrome | - | {IPHONE} CriOS/138.0.7204.33 Mobile/15E148 Safari/604.1
phone | iPhone | iOS | Instagram | Instagram | {IPHONE} Mobile/22F76 Instagram 385.0.0.28.76 (iPhone15,2; iOS 18_5; en_GB; en; scale=3.00; 1179x2556; 743000000)
phone | iPhone | iOS | Facebook | Facebook | {IPHONE} Mobile/22F76 [FBAN/FBIOS;FBAV/517.0.0.42.94;FBBV/746000000;FBDV/iPhone14,7;FBMD/iPhone;FBSN/iOS;FBSV/18.5;FBSS/3;FBID/phone;FBLC/en_GB]
phone | iPhone | iOS | Messenger | Messenger | {IPHONE} Mobile/22F76 [FBAN/MessengerForiOS;FBAV/510.0.0.46.105;FBDV/iPhone13,2;FBMD/iPhone;FBSN/iOS;FBSV/18.5]
phone | iPhone | iOS | Snapchat | Snapchat | {IPHONE} Mobile/15E148 Snapchat/13.44.0.40 (like Safari/8621.2.5.10.10, panda)
phone | iPhone | iOS | TikTok | TikTok | {IPHONE} Mobile/15E148 musical_ly_39.8.0 BytedanceWebview/d8a21c6 JsSdk/2.0 NetType/4G
phone | iPhone | iOS | WeChat | WeChat | {IPHONE} Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) NetType/WIFI Language/en
phone | iPhone | iOS | LINE | LINE | {IPHONE} Mobile/15E148 Safari Line/15.8.0
phone | iPhone | iOS | Pinterest | Pinterest | {IPHONE} Mobile/22F76 [Pinterest/iOS]
phone | iPhone | iOS | Google | Google | {IPHONE} GSA/370.0.762543316 Mobile/15E148 Safari/604.1
phone | iPhone | iOS | Threads | Threads | {IPHONE} Mobile/22F76 Barcelona 382.0.0.23.84 (iPhone14,5; iOS 18_5; en_IN; en; scale=3.00; 1170x2532; 738000000; IABMV/1)
phone | iPhone | iOS | Other app | Other app | {IPHONE} Mobile/15E148
phone | iPhone | iOS | Ecosia | - | {IPHONE} Version/18.5 Mobile/15E148 Safari/604.1 (Ecosia ios@11.2.0.2400)
tablet | iPad | iPadOS | Safari | - | {IPAD} Version/17.7 Mobile/15E148 Safari/604.1
tablet | iPad | iOS | Safari | - | Mozilla/5.0 (iPad; CPU OS 9_3_5 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13G36 Safari/601.1
tablet | iPad | iPadOS | Chrome | - | {MAC} {A} CriOS/138 Version/11.1.1 Safari/605.1.15
desktop | Mac | macOS | Safari | - | {MAC} {A} Version/18.5 Safari/605.1.15
desktop | Mac | macOS | Chrome | - | {MAC} {W} Chrome/138.0.0.0 Safari/537.36
desktop | - | Windows | Chrome | - | {WINDOWS} Chrome/138.0.0.0 Safari/537.36
desktop | - | Windows | Edge | - | {WINDOWS} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0
desktop | - | Windows | Opera | - | {WINDOWS} Chrome/134.0.0.0 Safari/537.36 OPR/119.0.0.0
desktop | - | Windows | Coc Coc | - | {WINDOWS} coc_coc_browser/131.0.146 Chrome/131.0.6778.146 Safari/537.36
desktop | - | Windows | Avast Secure Browser | - | {WINDOWS} Chrome/133.0.0.0 Safari/537.36 Avast/133.0.0.0
desktop | - | Windows | Pale Moon | - | Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Goanna/6.7 Firefox/128.0 PaleMoon/33.5.0
desktop | - | Windows | Internet Explorer | - | Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko
desktop | - | Linux | Firefox | - | Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:138.0) Gecko/20100101 Firefox/138.0
desktop | - | ChromeOS | Chrome | - | Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {W} Chrome/138.0.0.0 Safari/537.36
tv | - | Tizen | Samsung Internet | - | Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) {W} SamsungBrowser/3.2 Chrome/76.0.3809.146 TV Safari/537.36
tv | Sony BRAVIA 4K VH2 | Android | Chrome | - | Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2 Build/STT1.230203.001) {W} Chrome/110.0.5481.154 Safari/537.36
tv | Apple TV | tvOS | - | - | AppleTV14,1/17.5
watch | Apple Watch | watchOS | - | - | atc/1.0 watchOS/10.6 model/Watch6,14 hwp/t8301 build/21U577 (6; dt:226)
console | Sony PlayStation 5 | PlayStation | PlayStation Browser | - | Mozilla/5.0 (PlayStation; PlayStation 5/8.40) {A} Version/16.4 Safari/605.1.15
console | Nintendo Switch | Nintendo | Nintendo Browser | - | Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.3.20.1 NintendoBrowser/5.1.0.30280
console | - | Nintendo | Nintendo Browser | - | Mozilla/5.0 (New Nintendo 3DS like iPhone) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.0.5.20 Mobile NintendoBrowser/1.11.10172.US
phone | vivo V2203A | Android | QQ Browser | - | Mozilla/5.0 (Linux; U; Android 13; zh-cn; V2203A Build/TP1A.220624.014) {W} Version/4.0 Chrome/109.0.5414.86 MQQBrowser/15.4 Mobile Safari/537.36
phone | Xiaomi HM NOTE 1W | Android | Android Browser | - | Mozilla/5.0 (Linux; U; Android 4.4.2; en-in; HM NOTE 1W Build/KOT49H) AppleWebKit/533.1 (KHTML, like Gecko) Version/4.0 Mobile Safari/533.1
phone | HTC Amaze 4G | Android | Android Browser | - | Mozilla/5.0 (Linux; U; Android 4.0.3; en-us; Amaze_4G Build/IML74K) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30
desktop | Meta Quest 3 | Linux | Oculus Browser | - | Mozilla/5.0 (X11; Linux x86_64; Quest 3) {W} OculusBrowser/37.2.0.4.40 SamsungBrowser/4.0 Chrome/132.0.6834.163 VR Safari/537.36
phone | - | Linux | Sailfish Browser | - | Mozilla/5.0 (Maemo; Linux; U; Jolla; Sailfish; Mobile; rv:31.0) Gecko/31.0 Firefox/31.0 SailfishBrowser/1.0
car | - | Linux | Chrome | - | Mozilla/5.0 (X11; GNU/Linux) {W} Chrome/124.0.6367.118 Safari/537.36 Tesla/2024.26.8-cd5a1d0e2c4d
"""  # noqa: E501 - an agent is one line


def rows() -> list[tuple[Agent, str]]:
    found: list[tuple[Agent, str]] = []
    for line in TABLE.strip().splitlines():
        *said, agent = line.split(" | ", 5)
        for name, text in PARTS.items():
            agent = agent.replace("{" + name + "}", text)
        found.append((Agent(*("" if word == "-" else word for word in said)), agent))
    return found


ROWS = rows()


@pytest.mark.parametrize(("agent", "text"), ROWS, ids=[text[-60:] for _, text in ROWS])
def test_an_agent_is_called_what_people_call_it(agent: Agent, text: str) -> None:
    assert look(text) == agent
    assert judge(text) is Kind.PERSON


def test_the_shared_list_names_devices_systems_and_browsers_as_we_do() -> None:
    with SHARED.open(encoding="utf-8", newline="") as file:
        people = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "person"]
    assert len(people) == 12
    for row in people:
        agent = look(row["agent"])
        assert (agent.device, agent.system, agent.browser) == (row["device"], row["system"], row["browser"])


def test_every_word_of_a_rule_has_a_name_in_reports() -> None:
    assert SYSTEMS.keys() == words.SYSTEMS
    assert BROWSERS.keys() == words.BROWSERS
    assert APPS.keys() == words.APPS
    for names in (SYSTEMS, BROWSERS, APPS):
        assert len(set(names.values())) == len(names)


@pytest.mark.parametrize("text", [text for _, text in ROWS])
def test_a_report_agrees_with_the_rules_of_links(text: str) -> None:
    ruled, agent = read_agent(text), look(text)
    assert agent.device == ruled.device
    assert agent.system in {SYSTEMS.get(ruled.os, ""), "iPadOS"}
    assert agent.app == APPS.get(ruled.app, "")
    assert not agent.app or agent.browser == agent.app


def test_one_device_has_one_name_in_every_browser_and_app() -> None:
    for model in ("SM-T500", "CPH2349", "Redmi Note 9 Pro", "M2101K6G", "V2043", "moto g(60)", "TECNO KG5k"):
        device = f"Mozilla/5.0 (Linux; Android 12; {model}"
        texts = (
            f"{device}) {WEBKIT} Chrome/119.0.0.0 Safari/537.36",
            f"{device}) {WEBKIT} Chrome/119.0.0.0 Mobile Safari/537.36",
            f"{device} Build/SP1A.210812.016; wv) {PARTS['VIEW']} WhatsApp/2.24.12.78",
            f"{device} Build/SP1A.210812.016; wv) {PARTS['VIEW']} [FB_IAB/FB4A;FBAV/451.0.0.46.109;]",
        )
        assert len({look(text).model for text in texts}) == 1
        assert look(texts[0]).model.endswith(model.removeprefix("moto ").removeprefix("TECNO "))


@pytest.mark.parametrize("model", ["iPhone14,5", "iPhone17,1"])
def test_the_number_that_only_apps_tell_of_an_iphone_makes_no_row_of_its_own(model: str) -> None:
    assert look(f"{PARTS['IPHONE']} Mobile/1 Instagram 385.0 ({model}; iOS 18_5; en_GB)").model == "iPhone"


HOSTILE = st.text() | st.lists(
    st.sampled_from(
        [*PARTS.values(), "Android 9; ", "Build/", ";", "\x1b[31m", "\u202e", "\ud800", "x" * 300, "=1+1"]
    ),
    max_size=40,
).map("".join)


@given(HOSTILE)
@example("Mozilla/5.0 (Linux; Android 12; \u202e\x1b[31mEVIL Build/1) Mobile Safari/537.36")
def test_any_text_is_read_as_short_texts_that_can_be_shown(text: str) -> None:
    agent = look(text)
    assert not any(has_control(said) or len(said) > 128 for said in agent)
    assert agent.device in words.DEVICES | {""}
    assert look(text[:512]) == agent
    assert Agent(*(said.strip() for said in agent)) == agent


def test_a_text_of_a_hundred_thousand_characters_is_read_at_once() -> None:
    look("x")
    started = time.process_time()
    for text in ("x" * 100_000, "Android " * 20_000, "(Linux; Android 1; " * 5_000, "; Build/" * 12_000):
        assert look(text).browser == ""
    assert time.process_time() - started < 0.2


def test_only_what_is_at_the_front_counts() -> None:
    text = f"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 {' ' * 500}"
    assert look(f"{text}PaleMoon/33.5.0") == look(text)
    assert len(look(f"(Linux; Android 12; {'x' * 400} Build/1) Mobile Safari").model) <= 128


def test_an_agent_is_looked_at_in_microseconds() -> None:
    texts = [text for _, text in ROWS]
    best = 1.0
    for _ in range(5):
        started = time.process_time()
        for text in texts:
            look(text)
        best = min(best, (time.process_time() - started) / len(texts))
    assert best < 200e-6


def test_the_version_of_the_parser_fits_a_column() -> None:
    assert 0 < parser_version() < 2**31
    assert parser_version() == parser_version()
