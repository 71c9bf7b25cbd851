"""Every setting, with type, default and description; nothing else reads the environment.

``scanly.toml`` in the data folder is overridden by ``SCANLY_*``, and that by a command's options.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_type_hints

import msgspec
from msgspec import Meta

from scanly.core.errors import Invalid, Unavailable
from scanly.core.files import write_whole
from scanly.core.text import nearest

PREFIX = "SCANLY_"
_HEADER = re.compile(r"[A-Za-z0-9_-]{0,80}")
_PASSWORD = re.compile(r"(://[^:/@]*:).*@")
# Read by the command line or the tests before there are settings.
OUTSIDE = frozenset(
    {"SCANLY_DATA", "SCANLY_WORKSPACE", "SCANLY_DEBUG", "SCANLY_REQUIRE_ALL", "SCANLY_TEST_PG_URL"}
)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How this installation runs."""

    base_url: Annotated[
        str,
        Meta(
            description="The address printed into codes, as phones reach it, such as https://go.example.com"
        ),
    ] = ""
    host: Annotated[str, Meta(description="The network address to listen on")] = "0.0.0.0"  # noqa: S104 - phones must reach it
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes any free one")] = (
        8000
    )
    workers: Annotated[int, Meta(ge=1, le=64, description="Server processes that share the port")] = 1
    database_url: Annotated[
        str, Meta(description="postgresql://user:password@host/database; empty for SQLite in the data folder")
    ] = ""
    trusted_proxies: Annotated[
        tuple[str, ...], Meta(description="Networks of reverse proxies whose X-Forwarded-For is believed")
    ] = ()
    connections_per_address: Annotated[
        int,
        Meta(
            ge=0,
            description="Connections one address may hold to a worker; 0 for no cap, as for trusted_proxies",
        ),
    ] = 256
    geoip_file: Annotated[
        str, Meta(description="An MMDB file that tells country and city; empty for that of scanly geoip")
    ] = ""
    country_header: Annotated[
        str,
        Meta(
            description="The header in which trusted_proxies tell the country, such as CF-IPCountry; empty for none",
        ),
    ] = ""
    fast_path: Annotated[
        Literal["auto", "off"],
        Meta(description="Whether visitors are led on before the web framework's interface (ASGI)"),
    ] = "auto"
    durability: Annotated[
        Literal["normal", "strict"],
        Meta(
            description="strict answers a scan once it is safe from a power cut, or with 503; normal at once"
        ),
    ] = "normal"
    watch_targets: Annotated[
        Literal["off", "daily"],
        Meta(description="Whether every address that links lead to is visited once a day, at 03:00 UTC"),
    ] = "off"
    outbound_networks: Annotated[
        tuple[str, ...],
        Meta(description="Networks of your own that Scanly may send requests to, such as 192.168.0.0/16"),
    ] = ()
    media_url: Annotated[
        str,
        Meta(
            description="s3://bucket/folder for pictures, with keys in AWS_* variables; empty for the data folder"
        ),
    ] = ""
    media_endpoint: Annotated[
        str,
        Meta(
            description="The address of an S3-compatible service that is not Amazon's, such as https://s3.example.com"
        ),
    ] = ""
    scans_keep_days: Annotated[
        int,
        Meta(
            ge=0,
            le=36_500,
            description="Days after which single scans are removed, not their numbers; 0 keeps them",
        ),
    ] = 396
    leads_keep_days: Annotated[
        int,
        Meta(ge=0, le=3_650, description="Days after which what visitors sent is removed; 0 keeps it"),
    ] = 0
    backup_keep: Annotated[int, Meta(ge=0, le=365, description="Nightly backups kept; 0 makes none")] = 7
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="The least important message shown")
    ] = "info"
    log_format: Annotated[
        Literal["text", "json"], Meta(description="Log lines for people or for machines")
    ] = "text"


class Origin(msgspec.Struct, frozen=True):
    """One setting as ``scanly config`` shows it, without the password in an address."""

    name: str
    value: object
    where: str
    description: str


def names() -> tuple[str, ...]:
    return Settings.__struct_fields__


def descriptions() -> dict[str, str]:
    """What each setting is for, by name."""
    hints = get_type_hints(Settings, include_extras=True)
    return {name: hints[name].__metadata__[0].description for name in names()}


def environment() -> dict[str, str]:
    """The process environment, read here and nowhere else."""
    return dict(os.environ)


def load(
    settings_file: Path, env: Mapping[str, str], options: Mapping[str, object], served: Path | None = None
) -> tuple[Settings, tuple[Origin, ...]]:
    """The settings and where each came from. Raises Invalid that names the source of a wrong value.

    ``served`` is what the last server remembered of its own (`remember`), below everything else.
    """
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    layers: list[tuple[str, Mapping[str, object]]] = [
        ("the last server", _from_file(served) if served else {}),
        (str(settings_file), _from_file(settings_file)),
        ("environment", _from_environment(env)),
        ("command option", {name: value for name, value in options.items() if value is not None}),
    ]
    for source, layer in layers:
        for name, value in layer.items():
            _check_name(name, source)
            values[name] = _convert(name, value, source)
            sources[name] = source
    settings = Settings(**values)  # pyright: ignore[reportArgumentType] - each value was converted to its field's type
    described = descriptions()
    origins = tuple(
        Origin(
            name, _without_password(getattr(settings, name)), sources.get(name, "default"), described[name]
        )
        for name in names()
    )
    return settings, origins


def remember(served: Path, settings: Settings) -> None:
    """Keeps the address and port of a server, so that other commands print the same short addresses."""
    kept = {"base_url": settings.base_url, "port": settings.port}
    # A number and an address are written in TOML as they are in JSON.
    lines = [f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in kept.items() if value]
    write_whole(served, "".join(lines).encode())


def _without_password(value: object) -> object:
    return _PASSWORD.sub(r"\1***@", value) if isinstance(value, str) else value


def _from_file(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} cannot be read: {error}.", hint="Mend the file or move it away.") from error
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}.") from error


def _from_environment(env: Mapping[str, str]) -> dict[str, object]:
    found = {key: value for key, value in env.items() if key.startswith(PREFIX) and key not in OUTSIDE}
    return {key.removeprefix(PREFIX).lower(): value for key, value in found.items()}


def _check_name(name: str, source: str) -> None:
    if name not in names():
        in_environment = source == "environment"
        known = [f"{PREFIX}{each.upper()}" for each in names()] if in_environment else names()
        shown = f"{PREFIX}{name.upper()}" if in_environment else name
        raise Invalid(
            f'There is no setting "{shown}" ({source}).',
            hint=nearest(shown, known) or 'Run "scanly config" for a list.',
        )


def _convert(name: str, value: object, source: str) -> object:
    kind = get_type_hints(Settings, include_extras=True)[name]
    if isinstance(value, str) and kind.__origin__ == tuple[str, ...]:
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        converted = msgspec.convert(value, kind, strict=not isinstance(value, str))
    except msgspec.ValidationError as error:
        raise Invalid(f'{name} = "{value}" ({source}): {error}.') from error
    if name in ("trusted_proxies", "outbound_networks"):
        _check_networks(name, converted, source)
    if name == "country_header" and not _HEADER.fullmatch(converted):
        raise Invalid(
            f'{name} ({source}): "{converted}" is not the name of a header.', hint="Such as CF-IPCountry."
        )
    return converted


def _check_networks(name: str, networks: tuple[str, ...], source: str) -> None:
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise Invalid(
                f'{name} ({source}): "{network}" is not a network.', hint="Such as 10.0.0.0/8."
            ) from error
