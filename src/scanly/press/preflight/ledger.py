"""Where rules write what they meet: the same thing on many pages is one finding with all its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from scanly.press.page import Box
from scanly.press.preflight.findings import STANDARDS, Finding, Severity, Standard
from scanly.press.preflight.rules import RULES

# So many different findings of one rule; more are counted.
MOST_OF_A_RULE = 40
_ORDER: Mapping[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(slots=True)
class _Entry:
    place: Box | None
    barred: tuple[Standard, ...]
    pages: dict[int, None] = field(default_factory=dict[int, None])
    times: int = 0


class Ledger:
    """One for each file."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._kinds: dict[str, int] = {}
        self._more: dict[str, _Entry] = {}

    def meet(
        self,
        code: str,
        what: str,
        *,
        page: int = 0,
        place: Box | None = None,
        barred: tuple[Standard, ...] | None = None,
    ) -> None:
        """Writes down that the rule ``code`` is met; ``barred`` instead of what the table says."""
        entry = self._entries.get((code, what))
        if entry is None:
            self._kinds[code] = self._kinds.get(code, 0) + 1
            entry = _Entry(place, RULES[code].barred if barred is None else barred)
            if self._kinds[code] > MOST_OF_A_RULE:
                entry = self._more.setdefault(code, entry)
            else:
                self._entries[code, what] = entry
        entry.times += 1
        if page:
            entry.pages[page] = None

    def findings(self, standard: str = "") -> tuple[Finding, ...]:
        """The worst first, then by page; what ``standard`` forbids is an error."""
        found = [each for each in self._all() if _severity(each, standard) is not None]
        made = [_judged(each, standard) for each in found]
        return tuple(sorted(made, key=lambda each: (_ORDER[each.severity], each.page)))

    def barriers(self) -> dict[str, tuple[str, ...]]:
        """For each standard, what forbids calling the file so."""
        return {
            standard: tuple(dict.fromkeys(each.what for each in self._all() if standard in each.barred))
            for standard in STANDARDS
        }

    def has(self, *codes: str) -> bool:
        """Whether one of these rules was met."""
        return any(code in self._kinds for code in codes)

    def _all(self) -> Iterator[Finding]:
        for (code, what), entry in self._entries.items():
            yield _finding(code, what, entry)
        for code, entry in self._more.items():
            yield _finding(code, f"And {entry.times:,} more like this ({code}).", entry)


def _finding(code: str, what: str, entry: _Entry) -> Finding:
    rule, pages = RULES[code], tuple(sorted(entry.pages))
    return Finding(
        severity=rule.severity or "note",
        code=code,
        what=what,
        remedy=rule.remedy,
        page=pages[0] if pages else 0,
        pages=pages,
        place=entry.place,
        times=entry.times,
        barred=entry.barred,
        clause=f"ISO 32000-1, {rule.clause}" if rule.clause else "",
    )


def _severity(finding: Finding, standard: str) -> Severity | None:
    return "error" if standard in finding.barred else RULES[finding.code].severity


def _judged(finding: Finding, standard: str) -> Finding:
    return msgspec.structs.replace(finding, severity=_severity(finding, standard) or "note")
