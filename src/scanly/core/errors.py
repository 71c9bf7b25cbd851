"""The one tree of errors that people may see; every edge (command line, web, API) maps it in one table.

ScanlyError              what went wrong, what to do about it, a stable code
├── NotFound             there is no such thing (or it belongs to somebody else)
├── Invalid              what was given cannot be used; carries problems by field
├── Forbidden            this person may not do that
├── Conflict             it clashes with what is there already (a code that is taken, a newer version)
├── LimitReached         a size, count or rate is used up
└── Unavailable          a part that is needed does not answer (disk full, database locked, server running)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one field; ``where`` locates it (``row 24``, ``line 3, column 7``)."""

    field: str
    message: str
    hint: str = ""
    where: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.where, self.field) if part)
        sentence = f"{place}: {self.message}" if place else self.message
        return f"{sentence} {self.hint}".strip()


class ScanlyError(Exception):
    """Base of every error that is shown to people: one sentence, and what to do."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFound(ScanlyError):
    code = "not-found"


class Invalid(ScanlyError):
    """What was given cannot be used. With ``problems``, the message is made from the first of them."""

    code = "invalid"

    def __init__(self, message: str = "", *, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        if not message and problems:
            message = " ".join(str(problem) for problem in problems)
        super().__init__(message, hint=hint)
        self.problems = problems

    @classmethod
    def field(cls, field: str, message: str, *, hint: str = "", where: str = "") -> Invalid:
        """An error about one field."""
        return cls(problems=(Problem(field, message, hint, where),))


class Forbidden(ScanlyError):
    code = "forbidden"


class Conflict(ScanlyError):
    code = "conflict"


class LimitReached(ScanlyError):
    code = "limit-reached"


class Unavailable(ScanlyError):
    code = "unavailable"
