"""What reports call a visitor's device, model, system, browser and app, made from the text of a User-Agent.

Device, system, browser and app are the words that rules of links know, by the names that people know: what a rule
calls a phone, a report calls one, too. The model, and browsers that no rule has a word for, are uap-core's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from scanly.core.text import printable
from scanly.links.agent import Agent as Words
from scanly.links.agent import read_agent
from scanly.scans.model import TEXT_LIMIT, WORD_LIMIT

if TYPE_CHECKING:
    from ua_parser import Device, PartialResult


class Agent(NamedTuple):
    """Texts for people; what is unknown is empty.

    ``system`` has no version. ``app`` is the one that the page was opened in, and then its ``browser``, too. Safari
    on an iPad says that it is a Mac's, and Chrome on Android does not tell the model: neither is guessed.
    """

    device: str = ""
    model: str = ""
    system: str = ""
    browser: str = ""
    app: str = ""


# An app that does not give its name.
OTHER_APP = "Other app"
SYSTEMS: Mapping[str, str] = {
    "windowsphone": "Windows Phone",
    "nintendo": "Nintendo",
    "kaios": "KaiOS",
    "harmonyos": "HarmonyOS",
    "tizen": "Tizen",
    "webos": "webOS",
    "watchos": "watchOS",
    "tvos": "tvOS",
    "ios": "iOS",
    "android": "Android",
    "playstation": "PlayStation",
    "windows": "Windows",
    "macos": "macOS",
    "chromeos": "ChromeOS",
    "bsd": "BSD",
    "blackberry": "BlackBerry",
    "symbian": "Symbian",
    "linux": "Linux",
}
BROWSERS: Mapping[str, str] = {
    "samsung": "Samsung Internet",
    "miui": "MiuiBrowser",
    "ucbrowser": "UC Browser",
    "huawei": "Huawei Browser",
    "oppo": "HeyTap Browser",
    "vivo": "Vivo Browser",
    "yandex": "Yandex Browser",
    "opera": "Opera",
    "edge": "Edge",
    "vivaldi": "Vivaldi",
    "brave": "Brave",
    "duckduckgo": "DuckDuckGo",
    "ecosia": "Ecosia",
    "silk": "Amazon Silk",
    "whale": "Whale",
    "qqbrowser": "QQ Browser",
    "phoenix": "Phoenix Browser",
    "kaios": "KaiOS Browser",
    "nintendo": "Nintendo Browser",
    "playstation": "PlayStation Browser",
    "ie": "Internet Explorer",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "androidbrowser": "Android Browser",
}
APPS: Mapping[str, str] = {
    "whatsapp": "WhatsApp",
    "messenger": "Messenger",
    "threads": "Threads",
    "instagram": "Instagram",
    "facebook": "Facebook",
    "tiktok": "TikTok",
    "wechat": "WeChat",
    "line": "LINE",
    "snapchat": "Snapchat",
    "twitter": "X",
    "linkedin": "LinkedIn",
    "pinterest": "Pinterest",
    "telegram": "Telegram",
    "kakaotalk": "KakaoTalk",
    "googleapp": "Google",
    "reddit": "Reddit",
    "zalo": "Zalo",
    "naver": "Naver",
    "weibo": "Weibo",
    "alipay": "Alipay",
    "qq": "QQ",
    "baidu": "Baidu",
    "bing": "Bing",
    "webview": OTHER_APP,
}
# Browsers that rules have no word for, by uap-core's names; to a rule they are what they are built from.
_MORE_BROWSERS = frozenset(
    {
        *("360 Secure Browser", "AVG", "Aloha Browser", "Atom Browser", "Avast Secure Browser"),
        *("Baidu Browser", "Basilisk", "BlackBerry WebKit", "Coc Coc", "Comodo Dragon", "Dolfin", "Epiphany"),
        *("Falkon", "HiBrowser", "Honor Browser", "Iron", "Konqueror", "Maxthon", "Mint Browser"),
        *("Nokia Browser", "Oculus Browser", "Openwave", "Ovi Browser", "Pale Moon", "Puffin", "Quark"),
        *("Sailfish Browser", "SeaMonkey", "Seznam prohlížeč", "Sleipnir", "Smart Lenovo Browser"),
        *("Sogou Explorer", "Tenta Browser", "Waterfox", "Wolvic Browser"),
    }
)
# iPads had the iPhone's system until then.
_FIRST_IPADOS = 13

# What uap-core calls a device of which it knows no more, and what some write in place of a model.
_NO_BRAND = re.compile(r"generic|spider", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"|k|u|wv|android|linux|arm(_64)?|mobile|phone|smartphone|feature phone|tablet|desktop|browser|touch|unknown"
    r"|(web0s )?smart-?tv|[a-z]{2}-[a-z]{2}",
    re.IGNORECASE,
)
# Brands by the models that uap-core gives to nobody, or to others.
_BRANDS = {
    "Google": r"Nexus ",
    "Sony": r"BRAVIA",
    "Samsung": r"(SM|GT|SC|SHV|SGH)-\w",
    "Realme": r"RMX\d",
    "Xiaomi": r"M2\d{3}[A-Z]|2\d{3,7}[A-Z0-9]*[A-Z]$|Redmi |POCO |Mi \w",
    "vivo": r"V\d{4}[A-Z]?$|I2\d{3}$",
    "OnePlus": r"(?i:ONEPLUS)|(AC|BE|DE|DN|EB|GM|HD|IN|IV|KB|LE|NE|PJ)\d{4}$",
}
_SPELLINGS = {"XiaoMi": "Xiaomi", "AppleTV": "Apple TV", "iPod": "iPod touch", "Kindle": "Fire"}
_APPLE_SYSTEMS = frozenset({"ios", "macos", "watchos", "tvos"})
_AFTER_MODEL = re.compile(r"\s*(?:\bBuild\b|\bMIUI\b|[;/#]).*", re.DOTALL)
# Where Android's model stands when uap-core takes something else for it.
_ANDROID_MODEL = re.compile(r"\bAndroid [0-9.]+;(?: [a-z]{2}-[A-Za-z]{2};| HarmonyOS;)? ([^;()]{1,100})[;)]")


@cache
def parser_version() -> int:
    """Changes with uap-core's data and the tables here: agents read with others are to be read again. 31 bits."""
    from ua_parser import load_lazy_builtins

    ours = SYSTEMS, BROWSERS, APPS, sorted(_MORE_BROWSERS), _BRANDS, _SPELLINGS
    return crc32(repr((load_lazy_builtins(), ours)).encode()) >> 1


def look(text: str) -> Agent:
    """What the first 512 characters of a User-Agent say. Never raises."""
    text = text[:TEXT_LIMIT].encode("utf-8", "replace").decode()
    words = read_agent(text)
    found = _parser()(text)
    family = found.user_agent.family if found.user_agent else ""
    browser = family if family in _MORE_BROWSERS else BROWSERS.get(words.browser, "")
    app = APPS.get(words.app, "")
    return Agent(words.device, _model(text, words, found.device), _system(words), app or browser, app)


@cache
def _parser() -> Callable[[str], PartialResult]:
    """Its data takes a fifth of a second to load, and 30 MB."""
    from ua_parser import Domain, load_lazy_builtins
    from ua_parser.regex import Resolver

    resolver, wanted = Resolver(load_lazy_builtins()), Domain.USER_AGENT | Domain.DEVICE
    return lambda text: resolver(text, wanted)


def _system(words: Words) -> str:
    newer = not words.os_version or words.os_version[0] >= _FIRST_IPADOS
    return "iPadOS" if words.os == "ios" and words.device == "tablet" and newer else SYSTEMS.get(words.os, "")


def _model(text: str, words: Words, device: Device | None) -> str:
    """Brand and model as the device says them: ``Samsung SM-A546E``."""
    if device is None:
        return ""
    if device.brand == "Apple":
        return _apple_model(words, device.family)
    model = _plain(device.model or "")
    if not model and (said := _ANDROID_MODEL.search(text)):
        model = _plain(said[1])
    brand = _brand(model, device.brand or "") if model else ""
    named = model.lower().startswith(brand.lower())
    return (brand + model[len(brand) :] if named else f"{brand} {model}")[:WORD_LIMIT]


def _brand(model: str, known: str) -> str:
    ours = next((brand for brand, models in _BRANDS.items() if re.match(models, model)), "")
    return ours or ("" if _NO_BRAND.match(known) else _SPELLINGS.get(known, known))


def _apple_model(words: Words, family: str) -> str:
    """The family alone: apps tell the number (``iPhone14,5``), Safari does not, and one device would be in two rows."""
    if words.os not in _APPLE_SYSTEMS:
        return ""
    return "iPad" if words.device == "tablet" else _SPELLINGS.get(family, family)


def _plain(model: str) -> str:
    model = _AFTER_MODEL.sub("", printable(model)).strip()
    return "" if _NO_MODEL.fullmatch(model) else _SPELLINGS.get(model, model)
