"""Where the files of pictures lie: the media folder, or a bucket of an S3-compatible service, behind one protocol.

Source: the Amazon S3 API, through object_store; keys come from the variables that AWS's own programs read.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from scanly.core.errors import Invalid, Unavailable
from scanly.core.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from obstore.store import ObjectStore

_KEYS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
)
_NEEDED = _KEYS[:2]
_TIMEOUT_S = 10
_RETRIES = 2
_REMEMBERED_BYTES = 32 * 1024 * 1024


class Storage(Protocol):
    """Files by name; every name says its content, so none ever changes. Each method raises Unavailable."""

    async def put(self, name: str, data: bytes) -> None: ...

    async def get(self, name: str) -> bytes | None:
        """None for a file that is not there."""
        ...

    async def remove(self, name: str) -> None:
        """Also where it is not there any more."""
        ...


class Disk:
    """The media folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, name: str, data: bytes) -> None:
        await asyncio.to_thread(write_whole, self._folder / name, data)

    async def get(self, name: str) -> bytes | None:
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"{self._folder / name} cannot be read: {error.strerror}.") from error

    async def remove(self, name: str) -> None:
        path = self._folder / name
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            raise Unavailable(f"{path} cannot be removed: {error.strerror}.") from error


class Bucket:
    """A service for objects; what was read last is remembered, because every visitor asks for the same few."""

    def __init__(self, store: ObjectStore, remembered_bytes: int = _REMEMBERED_BYTES) -> None:
        self._store = store
        self._remembered: OrderedDict[str, bytes] = OrderedDict()
        self._room_bytes = remembered_bytes

    async def put(self, name: str, data: bytes) -> None:
        import obstore

        with _translated():
            await obstore.put_async(self._store, name, data)

    async def get(self, name: str) -> bytes | None:
        import obstore

        if name in self._remembered:
            self._remembered.move_to_end(name)
            return self._remembered[name]
        with _translated():
            try:
                found = await obstore.get_async(self._store, name)
                data = bytes(await found.bytes_async())
            except FileNotFoundError:
                return None
        self._remember(name, data)
        return data

    async def remove(self, name: str) -> None:
        import obstore

        self._forget(name)
        with _translated(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, name)

    def _remember(self, name: str, data: bytes) -> None:
        self._forget(name)
        self._remembered[name] = data
        self._room_bytes -= len(data)
        while self._room_bytes < 0:
            self._forget(next(iter(self._remembered)))

    def _forget(self, name: str) -> None:
        self._room_bytes += len(self._remembered.pop(name, b""))


@contextmanager
def _translated() -> Generator[None]:
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except (PermissionDeniedError, UnauthenticatedError) as error:
        hint = "Check the keys, and that they may read, write and delete in the bucket."
        raise Unavailable("The bucket of media_url does not let Scanly in.", hint=hint) from error
    except (BaseError, OSError) as error:
        hint = "Check media_url and media_endpoint, and that the service can be reached."
        raise Unavailable("The bucket of media_url does not answer.", hint=hint) from error


def open_storage(folder: Path, media_url: str, media_endpoint: str, env: Mapping[str, str]) -> Storage:
    """The storage that the settings name; without ``media_url`` the media folder. Raises Invalid, Unavailable.

    ``env`` holds the keys, under AWS's names.
    """
    if not media_url:
        return Disk(folder)
    address = urlsplit(media_url)
    if (
        address.scheme != "s3"
        or not address.hostname
        or address.query
        or address.fragment
        or address.username
    ):
        raise Invalid.field(
            "media_url", "is not the address of a bucket.", hint="Write it like s3://bucket/folder."
        )
    missing = [key for key in _NEEDED if not env.get(key)]
    if missing:
        raise Invalid.field(
            "media_url", f"needs {' and '.join(missing)}.", hint="Set them in the environment."
        )
    config = {key.lower(): env[key] for key in _KEYS if env.get(key)}
    return Bucket(_s3(address.hostname, address.path.strip("/"), media_endpoint, config))


def _s3(bucket: str, prefix: str, endpoint: str, config: dict[str, str]) -> ObjectStore:
    try:
        from obstore.store import S3Store
    except ImportError as error:
        hint = "Install it with: pip install 'scanly[s3]'."
        raise Unavailable("media_url needs the library obstore.", hint=hint) from error
    return S3Store(
        bucket,
        prefix=prefix or None,
        config={"aws_region": "us-east-1", **config, **({"aws_endpoint": endpoint} if endpoint else {})},  # pyright: ignore[reportArgumentType] - keys of its own
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": f"{_TIMEOUT_S}s"},
        retry_config={"max_retries": _RETRIES},
    )
