"""Where files are: what Scanly brings along (from checkout, wheel or frozen binary) and the data folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scanly.core.errors import Unavailable


def asset(*parts: str) -> Path:
    """A file or folder under ``templates/``; in wheel and binary it lies in ``scanly/_assets``."""
    from importlib.resources import files

    package = Path(str(files("scanly")))
    packed = package / "_assets" / "templates"
    root = packed if packed.is_dir() else package.parents[1] / "templates"
    return root.joinpath(*parts)


def program() -> list[str]:
    """The command that runs this program again: the binary itself when frozen."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "scanly"]


@cache
def _boot() -> str:
    """What tells this start of the machine from others, where the system says so."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        return "0"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Everything a server keeps; copying the folder of a stopped server moves it."""

    root: Path

    @property
    def main_db(self) -> Path:
        return self.root / "scanly.db"

    @property
    def events_db(self) -> Path:
        return self.root / "events.db"

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def salts(self) -> Path:
        return self.root / "salts"

    @property
    def tallies(self) -> Path:
        """Counts that are true as long as the machine runs: a power cut may leave older ones behind."""
        return self.root / f"tallies-{_boot()}"

    @property
    def secret_key(self) -> Path:
        return self.root / "secret.key"

    @property
    def settings_file(self) -> Path:
        return self.root / "scanly.toml"

    @property
    def served_file(self) -> Path:
        return self.root / "served.toml"

    @property
    def server_lock(self) -> Path:
        return self.root / "server.lock"

    @property
    def generation(self) -> Path:
        return self.root / "links.generation"

    @property
    def geoip(self) -> Path:
        """Made with the first file in it; what others publish is no part of a backup."""
        return self.root / "geoip"

    @property
    def nodes(self) -> Path:
        return self.root / "nodes"

    def create(self) -> None:
        """Makes the folder and its parts, readable by the owner alone. Raises Unavailable."""
        try:
            for folder in (self.root, self.journal, self.media, self.backups, self.salts, self.nodes):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unavailable(
                f"The data folder {self.root} cannot be made: {error.strerror}.",
                hint="Choose another one with --data DIR.",
            ) from error
