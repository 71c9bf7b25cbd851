"""A link as people name it, and the link that is meant."""

from __future__ import annotations

from dataclasses import dataclass

from scanly.core.errors import NotFound
from scanly.core.ids import WorkspaceId
from scanly.core.text import nearest
from scanly.db.engine import Connection
from scanly.links import codes, hosts, store
from scanly.links.model import Link


@dataclass(frozen=True, slots=True)
class Address:
    """A link as people name it: ``code``, or ``host/code`` for one bound to a host."""

    host: str
    code: str

    @classmethod
    def parse(cls, text: str) -> Address:
        host, slash, code = text.rpartition("/")
        return cls(hosts.canonical(host), code) if slash else cls(hosts.DEFAULT, text)

    def __str__(self) -> str:
        return f"{self.host}/{self.code}" if self.host else self.code


async def find_link(connection: Connection, workspace_id: WorkspaceId, address: Address) -> Link:
    """Also a removed one. Raises NotFound that names the nearest code."""
    link = None
    if codes.possible(address.code):
        link = await store.get_link(connection, workspace_id, address.host, address.code)
    if link is None:
        near = nearest(address.code, await store.codes_like(connection, workspace_id, address.host))
        raise NotFound(f'There is no code "{address}".', hint=near or 'Run "scanly link list".')
    return link
