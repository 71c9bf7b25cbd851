"""Place databases as their publishers write them, made here."""

from __future__ import annotations

from pathlib import Path

import mmdb_writer
from netaddr import IPSet

PUNE = {"country": {"iso_code": "IN"}, "city": {"names": {"en": "Pune"}}}
GERMANY = {"country": {"iso_code": "DE"}}
NETWORK = {"autonomous_system_number": 64496}


def written(
    path: Path, *, kind: str = "DBIP-City-Lite", records: tuple[object, ...] = (PUNE,), about: str = ""
) -> Path:
    """A file in which 198.51.0.0/24 has the first of the records, 198.51.1.0/24 the next, and so on."""
    writer = mmdb_writer.MMDBWriter(
        ip_version=6, ipv4_compatible=True, database_type=kind, languages=["en"], description=about or kind
    )
    for number, record in enumerate(records):
        writer.insert_network(IPSet([f"198.51.{number}.0/24"]), record)
    path.parent.mkdir(exist_ok=True, parents=True)
    writer.to_db_file(str(path))
    return path


def hurt(path: Path) -> Path:
    """Pointers that lead nowhere take the place of its records; what it says of itself stays."""
    whole = path.read_bytes()
    start, end = whole.index(bytes(16)) + 16, whole.rindex(b"\xab\xcd\xefMaxMind.com")
    beside = path.with_suffix(".hurt")
    beside.write_bytes(whole[:start] + b"\x3f" * (end - start) + whole[end:])
    return beside.replace(path)
