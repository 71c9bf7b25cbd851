"""What a visitor holds in their hand, read from the User-Agent: device, system, browser, the app around it.

Every word is of a closed vocabulary, so that a rule with a wrong one can be refused. All names are looked for at
once, by one automaton on RE2, in time linear to the first 512 characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import re2

from scanly.core.errors import Invalid
from scanly.core.text import nearest, printable

_READ_CHARACTERS = 512


class Agent(NamedTuple):
    """Unknown words are empty, an unknown version is (). At most one of ``browser`` and ``app`` is there.

    ``os_frozen``: the version is the lowest that it can be, for the browser tells no more. Chrome's Android 10
    and Windows 10 stand for all later ones: they are "at least 9", but nobody knows whether "below 12". Of
    macOS after 10.14 no version is told at all.
    """

    device: str = ""
    os: str = ""
    os_version: tuple[int, ...] = ()
    browser: str = ""
    app: str = ""
    os_frozen: bool = False


# Of each table the first word counts of which a name is found. Names are parts of agents in lower case. In the
# tables of apps and browsers, an example of what they add to an agent comes first.
_Table = Mapping[str, tuple[str, ...]]
_Numbers = tuple[int, ...]

# WhatsApp, Messenger and Threads are built on the parts of Facebook and Instagram, and say so.
_APPS: _Table = {
    "whatsapp": ("WhatsApp/2.24.12.78", "whatsapp"),
    "messenger": ("[FB_IAB/Orca-Android;FBAV/451.0.0.46.109;]", "orca-android", "/messenger"),
    "threads": ("Barcelona 342.0.0.33.103", "barcelona "),
    "instagram": ("Instagram 342.0.0.33.103", "instagram ", "instagram/", "/instagram"),
    "facebook": ("[FB_IAB/FB4A;FBAV/451.0.0.46.109;]", "fb_iab/", "fban/", "fbav/", "metaiab facebook"),
    "tiktok": ("musical_ly_2023206030 BytedanceWebview/d8a21c6", "bytedancewebview", "musical_ly", "trill_"),
    "wechat": ("MicroMessenger/8.0.35 NetType/WIFI", "micromessenger/"),
    "line": ("Line/13.18.1/IAB", " line/"),
    "snapchat": ("Snapchat/12.61.0.38", "snapchat/"),
    "twitter": ("TwitterAndroid", "twitterandroid", "twitter for "),
    "linkedin": ("[LinkedInApp]/9.29.5364", "linkedinapp"),
    "pinterest": ("[Pinterest/Android]", "[pinterest/"),
    "telegram": ("Telegram-Android/11.3.3", "telegram-android/", "telegram-ios/"),
    "kakaotalk": ("KAKAOTALK 10.4.5 (INAPP)", "kakaotalk ", "kakaotalk/"),
    "googleapp": ("GSA/15.45.39.28", " gsa/"),
    "reddit": ("Reddit/Version 2024.40.0", "reddit/"),
    "zalo": ("Zalo android/12100702", "zalo android", "zalo ios", " zalo/"),
    "naver": ("NAVER(inapp; search; 1010; 12.6.0)", "naver(inapp"),
    "weibo": ("Weibo (__weibo__14.10.0)", "weibo"),
    "alipay": ("AlipayClient/10.5.96", "alipayclient/"),
    "qq": ("QQ/9.0.90", " qq/"),
    "baidu": ("baiduboxapp/13.50.0.10", "baiduboxapp/"),
    "bing": ("BingSapphire/29.2", "bingsapphire/"),
}
# An app that does not give its name: a page drawn by the system's own parts.
_UNNAMED_APP = "webview"

# Most browsers claim to be Chrome and Safari, too; what the tables leave open is decided in `_engine`.
_BROWSERS: _Table = {
    "samsung": ("SamsungBrowser/25.0", "samsungbrowser/"),
    "miui": ("XiaoMi/MiuiBrowser/14.4.0", "miuibrowser/"),
    "ucbrowser": ("UCBrowser/13.4.0.1306", "ucbrowser", "ucweb"),
    "huawei": ("HuaweiBrowser/14.0.5.303", "huaweibrowser/"),
    "oppo": ("HeyTapBrowser/45.10.3.4", "heytapbrowser/"),
    "vivo": ("VivoBrowser/12.4.3.1", "vivobrowser/"),
    "yandex": ("YaBrowser/24.10.0", "yabrowser/"),
    "opera": ("OPR/85.0.0.0", " opr/", "opera/", "opera ", " opt/", " opx/", "opios/"),
    "edge": ("EdgA/131.0.0.0", "edg/", "edga/", "edgios/", "edge/"),
    "vivaldi": ("Vivaldi/7.0", "vivaldi/"),
    "brave": ("Brave/1.73", "brave/"),
    "duckduckgo": ("DuckDuckGo/5", "duckduckgo/", " ddg/"),
    "ecosia": ("(Ecosia android@131.0.0.0)", "ecosia"),
    "silk": ("Silk/131.1.1", "silk/"),
    "whale": ("Whale/3.4.0", "whale/"),
    "qqbrowser": ("MQQBrowser/15.4", "mqqbrowser/"),
    "phoenix": ("PHX/16.8", "phx/"),
    "kaios": ("", "kaios/"),
    "nintendo": ("", "nintendobrowser/"),
    "playstation": ("", "playstation"),
    "ie": ("Trident/7.0; rv:11.0", "trident/", "iemobile", "msie "),
    "firefox": ("FxiOS/132.0", "fxios/", "firefox/", " focus/"),
    "chrome": ("CriOS/131.0.0.0", "crios/"),
}
_STOCK_BROWSER = "androidbrowser"

# Windows Phone and a Nintendo claim to be iPhones, HarmonyOS to be Android, and Android is a Linux.
_SYSTEMS: _Table = {
    "windowsphone": ("windows phone", "windows ce"),
    "nintendo": ("nintendo",),
    "kaios": ("kaios/",),
    "harmonyos": ("harmonyos", "openharmony"),
    "tizen": ("tizen ", "tizen/"),
    "webos": ("web0s", "webos", "hpwos"),
    "watchos": ("watchos",),
    "tvos": ("appletv", "apple tv"),
    "ios": ("iphone", "ipad", "ipod"),
    # Amazon's browser is only on its own Android, also where it claims to be a desktop.
    "android": ("android", "; adr ", "silk/"),
    "playstation": ("playstation",),
    "windows": ("windows",),
    "macos": ("macintosh",),
    "chromeos": (" cros ",),
    "bsd": ("freebsd", "openbsd", "netbsd"),
    "blackberry": ("bb10", "blackberry", "playbook"),
    "symbian": ("symb", "series60"),
    "linux": ("linux",),
}

# Devices that say what they are, whatever their system: names of models, too.
_DEVICES: _Table = {
    "console": ("xbox", "playstation", "nintendo"),
    "phone": ("windows phone", "windows ce", "kaios/", "iphone", "ipod"),
    "car": ("tesla/", "qtcarbrowser", "automotive", "polestar"),
    "watch": ("watchos", "wear os", "galaxy watch", "pixel watch", "ticwatch", "sm-r8", "sm-r9"),
    "tv": (
        *("smart-tv", "smarttv", "smart tv", "hbbtv/", "netcast", "web0s", "webos.tv", "appletv", "apple tv"),
        *("google tv", "googletv", "android tv", "crkey/", "roku/", "bravia", "viera", "mibox", "; aft"),
    ),
    "tablet": ("ipad", "tablet;", "opera tablet", "kindle", "playbook", "sm-t", "sm-x", "; kf", "silk/"),
    "desktop": ("(pc;", "(2in1;"),
}
_PHONE_SIGNS = ("mobi", "(phone;", "midp", "opera mini", "ucweb")
_NO_PHONES = frozenset({"windows", "macos", "chromeos"})
# What a system runs on when the agent does not say.
_USUAL_DEVICES: dict[str, str] = dict.fromkeys(("windows", "macos", "chromeos", "bsd", "linux"), "desktop")
_USUAL_DEVICES.update(tizen="tv", webos="tv", symbian="phone", blackberry="phone")

_VERSION = re.compile(r"[0-9]{1,5}(?:[._][0-9]{1,5}){0,3}")
_BEFORE_VERSION: _Table = {
    "android": ("android ", "; adr "),
    "ios": ("iphone os ", "cpu os "),
    "macos": ("mac os x ",),
    "windows": ("windows nt ",),
    "windowsphone": ("windows phone os ", "windows phone "),
    "harmonyos": ("openharmony ", "harmonyos "),
    "kaios": ("kaios/",),
    "tizen": ("tizen ", "tizen/"),
    "watchos": ("watchos/", "watchos "),
}
# Where else an iPhone's version stands: Instagram's and Facebook's own lists, and Safari's number since 26.
_MORE_IOS_VERSIONS = ("; ios ", "fbsv/", "version/")
_FIRST_SHARED_VERSION = 26
# What WebKit says of itself since then, for ever.
_IOS_FROZEN = ((18, 6), (18, 7))
# Safari on an iPad claims to be a Mac's and cannot be told from it; other browsers and apps there can.
_IPAD_SIGNS = ("mobile/", "crios/", "fxios/", "edgios/", " gsa/", "fban/")
_WINDOWS_OF_NT: Mapping[_Numbers, _Numbers] = {(10, 0): (10,), (6, 3): (8, 1), (6, 2): (8,), (6, 1): (7,)}

DEVICES = frozenset(_DEVICES)
SYSTEMS = frozenset(_SYSTEMS)
APPS = frozenset({*_APPS, _UNNAMED_APP})
BROWSERS = frozenset({*_BROWSERS, "safari", _STOCK_BROWSER})


def read_agent(agent: str) -> Agent:
    """What the first 512 characters of a User-Agent header say. Never raises."""
    return _read(agent[:_READ_CHARACTERS])


@lru_cache(maxsize=4_096)
def _read(agent: str) -> Agent:
    text = agent.lower()
    app, browser, system, device = _words(text)
    if system == "macos" and any(sign in text for sign in _IPAD_SIGNS):
        system, device = "ios", "tablet"
    if not app and not browser:
        browser, app = _engine(text, system)
    version, frozen = _version(text, system)
    return Agent(device or _device(text, system), system, version, "" if app else browser, app, frozen)


# Name, number of the table, word.
_NAMES = (
    *((name, 0, word) for word, names in _APPS.items() for name in names[1:]),
    *((name, 1, word) for word, names in _BROWSERS.items() for name in names[1:]),
    *((name, 2, word) for word, names in _SYSTEMS.items() for name in names),
    *((name, 3, word) for word, names in _DEVICES.items() for name in names),
)


@cache
def _search() -> Callable[[bytes], list[int] | None]:
    """Tells the numbers of all names that are in a text."""
    options = re2.Options()
    options.literal = True
    names: Any = re2.Set.SearchSet(options)  # pyright: ignore[reportUnknownMemberType] - it brings no types
    for name, _, _ in _NAMES:
        names.Add(name)
    names.Compile()
    return names.Match


def _words(text: str) -> list[str]:
    """The word of each table, the first of those whose names are in the text."""
    words = ["", "", "", ""]
    for index in sorted(_search()(text.encode("utf-8", "replace")) or (), reverse=True):
        _, table, word = _NAMES[index]
        words[table] = word
    return words


def _device(text: str, system: str) -> str:
    """The device of an agent that names none."""
    if system not in _NO_PHONES and any(sign in text for sign in _PHONE_SIGNS):
        return "phone"
    if system in ("android", "harmonyos"):
        # A browser says "Mobile" on phones only; what is no browser says nothing, and most of it is on phones.
        return "tablet" if "applewebkit/" in text or "gecko/" in text else "phone"
    return _USUAL_DEVICES.get(system, "")


def _engine(text: str, system: str) -> tuple[str, str]:
    """Browser and app of an agent that names neither."""
    if "; wv)" in text or "version/4.0 chrome/" in text:
        return "", _UNNAMED_APP
    if "chrome/" in text or "chromium/" in text:
        return "chrome", ""
    if "safari/" not in text:
        return "", _UNNAMED_APP if system == "ios" and "applewebkit/" in text else ""
    return {"ios": "safari", "macos": "safari", "android": _STOCK_BROWSER}.get(system, ""), ""


def _version(text: str, system: str) -> tuple[_Numbers, bool]:
    """The version, and whether it may be a later one."""
    version = next(filter(None, (_after(text, name) for name in _BEFORE_VERSION.get(system, ()))), ())
    match system:
        case "android":
            return version, version == (10,) and "android 10; k)" in text
        case "ios":
            return _ios_version(text, version)
        case "windows":
            known = _WINDOWS_OF_NT.get(version[:2], version)
            return known, known == (10,)
        case "macos":
            return (() if (10, 15) <= version < (11,) else version), False
        case _:
            return version, False


def _ios_version(text: str, version: _Numbers) -> tuple[_Numbers, bool]:
    others = (_after(text, name) for name in _MORE_IOS_VERSIONS)
    latest = max([version, *(other for other in others if other[:1] >= (_FIRST_SHARED_VERSION,))])
    # Safari gives its own version in any case, an app need not.
    return latest, latest[:2] in _IOS_FROZEN and "version/" not in text


def _after(text: str, name: str) -> _Numbers:
    """The version that follows the first ``name``."""
    at = text.find(name)
    found = _VERSION.match(text, at + len(name)) if at >= 0 else None
    return _numbers(found[0]) if found else ()


def _numbers(version: str) -> _Numbers:
    return tuple(int(part) for part in version.replace("_", ".").split("."))


# What apps and browsers add on an iPhone, where that differs from their row above by more than the system's name.
_ADDED_ON_IOS = {
    "messenger": "[FBAN/MessengerForiOS;FBAV/451.0.0.46.109;]",
    "facebook": "[FBAN/FBIOS;FBAV/451.0.0.46.109;]",
    "twitter": "Twitter for iPhone/10.20",
    "opera": "OPT/5.1.0",
    "edge": "EdgiOS/131.0.2903.92",
}
_SYSTEM_OF = {"desktop": "windows", "tv": "tizen", "watch": "watchos", "console": "nintendo", "safari": "ios"}
_LATEST = {"ios": "17.6", "tizen": "6.0", "harmonyos": "5.0", "kaios": "2.5", "watchos": "8.1"}
_NT = {".".join(map(str, name)): f"{nt[0]}.{nt[1]}" for nt, name in _WINDOWS_OF_NT.items()}
_MODELS = {
    "tablet": "SM-X200",
    "tv": "BRAVIA 4K VH2",
    "watch": "Pixel Watch",
    "car": "Polestar 2",
    "silk": "KFMAWI",
}
_PLATFORMS = {
    "android": "Linux; Android {}; {model}",
    "harmonyos": "{device}; OpenHarmony {}",
    "windows": "Windows NT {}; Win64; x64",
    "windowsphone": "Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950",
    "macos": "Macintosh; Intel Mac OS X {}",
    "linux": "X11; Linux x86_64",
    "chromeos": "X11; CrOS x86_64 14541.0.0",
    "bsd": "X11; FreeBSD amd64",
    "tizen": "SMART-TV; LINUX; Tizen {}",
    "webos": "Web0S; Linux/SmartTV",
}
_BLINK, _WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)", "AppleWebKit/605.1.15 (KHTML, like Gecko)"
# Systems and browsers that come only with each other.
_WHOLE = {
    "kaios": "Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/{}",
    "watchos": "atc/1.0 watchOS/{} model/Watch6,1 hwp/t8301 build/19R570 (6; dt:226)",
    "tvos": "AppleTV11,1/11.1",
    "playstation": f"Mozilla/5.0 (PlayStation; PlayStation 5/8.40) {_WEBKIT} Version/16.4 Safari/605.1.15",
    "nintendo": f"Mozilla/5.0 (Nintendo Switch; WebApplet) {_WEBKIT} NF/6.0.2.21.3 NintendoBrowser/5.1.0.22474",
    "blackberry": f"Mozilla/5.0 (BB10; Touch) {_BLINK} Version/10.3.3.2205 Mobile Safari/537.36",
    "symbian": f"Mozilla/5.0 (SymbianOS/9.4; Series60/5.0 NokiaN97-1/20.0) {_BLINK} Version/3.0 Safari/537.36",
    "ie": "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    _STOCK_BROWSER: f"Mozilla/5.0 (Linux; U; Android 4.0.3; en-us) {_BLINK} Version/4.0 Mobile Safari/534.30",
}
_MEANINGS: dict[str, dict[str, str]] = {
    **{word: {"browser": word} for word in BROWSERS},
    **{word: {"app": word} for word in APPS},
    **{word: {"os": word} for word in SYSTEMS},
    **{word: {"device": word} for word in DEVICES},
    "iphone": {"device": "phone", "os": "ios"},
    "ipad": {"device": "tablet", "os": "ios"},
}


def example_agent(words: str) -> str:
    """An agent as it comes from what ``words`` name, such as ``android-9``, ``ipad``, ``instagram-ios``.

    Devices, systems, browsers and apps are joined by hyphens, and a number is the system's version. Raises
    Invalid for an unknown word, and for what no agent says, such as the version of Windows 11.
    """
    wishes = [_wish(part) for part in re.split(r"[\s_-]+", words.strip().lower()[:_READ_CHARACTERS])]
    agent = _composed({field: word for wish in wishes for field, word in wish.items()})
    read = read_agent(agent)
    said: Mapping[str, object] = read._asdict() | {"os_version": ".".join(map(str, read.os_version))}
    for field, word in (item for wish in wishes for item in wish.items()):
        if not f"{said[field]}.".startswith(f"{word}."):
            known = f'"{said[field]}"' if said[field] else "nothing"
            message = f'no User-Agent says "{printable(words[:60])}": instead of "{word}" it says {known}.'
            raise Invalid.field("agent", message, hint="Leave out a word, or the version.")
    return agent


def _wish(part: str) -> dict[str, str]:
    if part in _MEANINGS:
        return _MEANINGS[part]
    if _VERSION.fullmatch(part):
        return {"os_version": part}
    hint = f"{nearest(part[:60], _MEANINGS)} Known: {', '.join(sorted(_MEANINGS))}."
    raise Invalid.field("agent", f'"{printable(part[:60])}" is no visitor that is known.', hint=hint.strip())


def _composed(wish: dict[str, str]) -> str:
    device, browser, app = (wish.get(field, "") for field in ("device", "browser", "app"))
    system = wish.get("os") or _SYSTEM_OF.get(device) or _SYSTEM_OF.get(browser) or "android"
    version = wish.get("os_version") or _LATEST.get(system, "")
    if whole := _WHOLE.get(browser) or _WHOLE.get(system):
        return whole.format(version)
    added = _ADDED_ON_IOS.get(app or browser) if system == "ios" else None
    added = added or (_APPS.get(app) or _BROWSERS.get(browser) or ("",))[0]
    if system == "ios":
        return _on_ios(device, version, added, in_app=bool(app))
    device = device or ("tablet" if browser == "silk" else "phone")
    platform = _platform(system, browser if browser in _MODELS else device, version or ("13" if app else ""))
    if browser == "firefox":
        kind = "Mobile" if device == "phone" else "Tablet"  # it does not tell the model
        platform = f"Android {version or '13'}; {kind}" if system == "android" else platform
        return f"Mozilla/5.0 ({platform}; rv:132.0) Gecko/20100101 Firefox/132.0"
    if system == "macos" and browser in ("", "safari"):
        return f"Mozilla/5.0 ({platform}) {_WEBKIT} Version/17.6 Safari/605.1.15 {added}".rstrip()
    mobile = "Mobile " if device == "phone" and system in ("android", "windowsphone") else ""
    engine = f"{_BLINK} {'Version/4.0 ' if app else ''}Chrome/131.0.0.0 {mobile}Safari/537.36"
    added = "" if browser == "chrome" else added if system == "android" else added.replace("EdgA", "Edg")
    return f"Mozilla/5.0 ({platform}{'; wv' if app else ''}) {engine} {added}".rstrip()


def _platform(system: str, device: str, version: str) -> str:
    """What stands in the first parentheses."""
    if system == "android" and not version and device == "phone":
        return "Linux; Android 10; K"
    if system == "windows":
        version = _NT.get(version, "10.0")
    if system == "macos":
        version = version.replace(".", "_") if version and _numbers(version) < (10, 15) else "10_15_7"
    model = _MODELS.get(device, "Pixel 6a")
    return _PLATFORMS[system].format(version or "13", device=device.title(), model=model)


def _on_ios(device: str, version: str, added: str, *, in_app: bool) -> str:
    """Safari says its own version, in place of it other browsers and apps say what they are."""
    added = added.replace("Android", "iOS").replace("android", "iOS")
    if device == "tablet":
        added = added.replace("iPhone", "iPad")
    version = version if "." in version else f"{version}.0"
    frozen = not added and _numbers(version) >= (_FIRST_SHARED_VERSION,)
    system = "18_6" if frozen else version.replace(".", "_")
    kind = "iPad; CPU OS" if device == "tablet" else "iPhone; CPU iPhone OS"
    start = f"Mozilla/5.0 ({kind} {system} like Mac OS X) {_WEBKIT}"
    if in_app:
        return f"{start} Mobile/15E148 {added}".rstrip()
    return f"{start} {added or f'Version/{version}'} Mobile/15E148 Safari/604.1"
