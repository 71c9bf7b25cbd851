"""Telephone numbers as people type them, in the one form that works from everywhere: ``+`` and digits.

Source: ITU-T E.164 (2010), 6 (up to 15 digits, country code first) and its list of assigned country codes;
which numbering plans begin with 0 as libphonenumber 9.0 has them.
"""

from __future__ import annotations

import re
import unicodedata

from scanly.core.errors import Invalid
from scanly.qr.grammar.rules import shown, wrong

_TYPED = re.compile(r"\+?[0-9 .()/\u2010-\u2015\u2212-]+")
_COUNTRY_CODE = re.compile(
    r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2}", re.ASCII
)
# Everywhere else a 0 after the country code is dialled only inside the country, as are the few numbers that begin so.
_PLANS_WITH_ZERO = frozenset({"39", "225", "226", "229", "241", "242", "378", "881", "992"})
_FEWEST_DIGITS = 7
_MOST_DIGITS = 15
_HINT = "Write it with + and the country code, such as +91 98765 43210."


def e164(text: str) -> str:
    """``+919876543210``, from a number with spaces, hyphens, dots, slashes and brackets; ``(0)`` is understood."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if not _TYPED.fullmatch(typed) or not re.search("[0-9]", typed):
        hint = f"It has digits only, no letters and no extension. {_HINT}"
        raise wrong(f"{shown(text)} is not a telephone number.", hint)
    if not typed.startswith("+"):
        raise _without_country_code(text, typed)
    digits = re.sub("[^0-9]", "", typed)
    country = _COUNTRY_CODE.match(digits)
    if country is None:
        raise wrong(f"{shown(text)} begins with no country code.", _HINT)
    if country[0] not in _PLANS_WITH_ZERO:
        digits = re.sub("[^0-9]", "", typed.replace("(0)", ""))
        if digits.startswith(f"{country[0]}0"):
            hint = f"Write +{country[0]} and go on without the 0."
            raise wrong(f"{shown(text)} has a 0 that is dialled only inside the country.", hint)
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        hint = f"With the country code it has {_FEWEST_DIGITS} to {_MOST_DIGITS}."
        raise wrong(f"{shown(text)} has {len(digits)} digits.", hint)
    return f"+{digits}"


def several(text: str) -> str:
    """Numbers between commas, each as `e164` gives it."""
    return ",".join(e164(number) for number in text.split(","))


def _without_country_code(text: str, typed: str) -> Invalid:
    if typed.startswith("00"):
        return wrong(f"{shown(text)} begins with 00.", f"Write + instead: +{typed[2:].strip()}.")
    message = f"{shown(text)} has no + and country code, so it works in one country only."
    return wrong(message, _HINT)
