"""Structured logs on stderr: a fixed sentence with fields, as text for people or JSON for machines.

Never IP addresses, tokens or people's addresses: what is logged is chosen field by field.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import msgspec

from scanly.core.clock import iso
from scanly.core.text import printable

LogFormat = Literal["text", "json"]


class _Formatter(logging.Formatter):
    def __init__(self, form: LogFormat) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, object] = getattr(record, "fields", {})
        sentence = record.getMessage()
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        if self._form == "json":
            line = {
                "at": iso(int(record.created * 1000)),
                "level": record.levelname.lower(),
                "event": sentence,
            }
            line |= fields | ({"trace": trace} if trace else {})
            return msgspec.json.encode(line, enc_hook=str).decode()
        pairs = "".join(f" {name}={printable(str(value))}" for name, value in fields.items())
        moment = iso(int(record.created * 1000))
        lines = [
            f"{moment} {record.levelname.lower():7} {sentence}{pairs}",
            *map(printable, trace.splitlines()),
        ]
        return "\n".join(lines)


def configure(level: str, form: LogFormat) -> None:
    """Sends this process's log to stderr in one form; libraries only when they warn."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(form))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("scanly").setLevel(level.upper())


class Log:
    """A logger whose methods take a fixed sentence and its fields."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, sentence: str, **fields: object) -> None:
        self._logger.info(sentence, extra={"fields": fields})

    def warning(self, sentence: str, **fields: object) -> None:
        self._logger.warning(sentence, extra={"fields": fields})

    def error(self, sentence: str, *, cause: BaseException | None = None, **fields: object) -> None:
        self._logger.error(sentence, extra={"fields": fields}, exc_info=cause)
