"""File names from a template such as ``{table}-{code}``: safe on every system, and each one once.

Which file gets which name depends on the spreadsheet alone: every row takes its name in file order, whether
it is good, bad, left out, or was finished by an earlier run. So a run that goes on with ``--resume`` repeats
the same decisions; what has files keeps the name that ``results.csv`` gives them.
The second row that wants ``menu`` gets ``menu-2``, the next ``menu-3``; a name that is taken is passed over.

Source: Microsoft, "Naming Files, Paths, and Namespaces" (reserved characters and device names).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from scanly.codes.formulas import as_was
from scanly.codes.merging import MergeText, parse_merge
from scanly.core.errors import Invalid
from scanly.core.text import fold, has_control

MAX_NAME_BYTES = 120
BUILT_IN = ("line", "code")
_FIELD = "name-template"

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\ud800-\udfff]')


# The same few column names come with every row.
_folded = lru_cache(maxsize=4096)(fold)


@dataclass(frozen=True, slots=True)
class NameTemplate:
    """A template whose columns all exist."""

    text: MergeText

    def fill(self, values: Mapping[str, str], *, line: int, code: str) -> str:
        """The name of one row, without extension; ``row-24`` when nothing usable is left.

        ``code`` is the row's code, given or generated; an empty one leaves the cell of the column ``code``.
        Raises Invalid when a padded cell is no whole number.
        """
        cells = {"line": str(line)} | {_folded(name): value for name, value in values.items()}
        if code:
            cells["code"] = code
        return safe_name(self.text.fill(cells)) or f"row-{line}"


class Names:
    """The names that were given out in one run; ask in file order, for every row."""

    def __init__(self) -> None:
        self._next_suffix: dict[str, int] = {}

    def take(self, name: str) -> str:
        """``name``, or ``name-2``, ``name-3`` … when an earlier row has it; letter case does not count."""
        unique = name
        while _key(unique) in self._next_suffix:
            suffix = self._next_suffix[_key(name)]
            self._next_suffix[_key(name)] += 1
            unique = f"{_shortened(name, MAX_NAME_BYTES - len(str(suffix)) - 1)}-{suffix}"
        self._next_suffix[_key(unique)] = 2
        return unique

    def hold(self, name: str) -> None:
        """Keeps a name that was given out by an earlier run."""
        self._next_suffix.setdefault(_key(name), 2)


def parse_template(text: str, columns: Collection[str]) -> NameTemplate:
    """Reads a template that may name ``columns``, ``line`` and ``code``; ``{table:03}`` pads with zeros.

    Nothing in it is evaluated. Raises Invalid.
    """
    read = parse_merge(text, field=_FIELD)
    read.require((*BUILT_IN, *columns), field=_FIELD)
    if not read.columns:
        message = "names no column, so every file would have the same name."
        raise Invalid.field(_FIELD, message, hint="Add one, like {code}.")
    return NameTemplate(read)


def safe_name(text: str) -> str:
    """``text`` as a file name for Windows, macOS and Linux, without extension; may be empty.

    NFC, at most 120 bytes of UTF-8; letters and joiners of every script stay.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    text = _FORBIDDEN.sub("/", text)
    if has_control(text):
        text = "".join("/" if has_control(char) else char for char in text)
    text = re.sub("/+", "-", text)
    text = _shortened(text.strip(" ."), MAX_NAME_BYTES - 1)
    if as_was(f"{text}.x") != f"{text}.x":  # in results.csv it would look like the name without it
        text = text[1:]
    return f"_{text}" if _RESERVED.match(text) else text


def _shortened(text: str, limit_bytes: int) -> str:
    """At most ``limit_bytes`` of UTF-8, cut before a letter and never between a letter and its marks."""
    data = text.encode()
    if len(data) <= limit_bytes:
        return text
    kept = data[:limit_bytes].decode(errors="ignore")
    while kept and unicodedata.category(text[len(kept)]).startswith("M"):
        kept = kept[:-1]
    return kept.rstrip(" .")


def _key(name: str) -> str:
    """Equal for names that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
