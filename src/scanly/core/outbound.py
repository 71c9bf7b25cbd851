"""The one way out: requests to addresses that people gave us, none of which may lead into a network of ours.

Whoever may name an address to fetch could otherwise reach what only this machine can: its own services, the
owner's network, the cloud's metadata. So the name is resolved here, every address that it has is checked, and the
connection goes to a checked address itself, so that no second answer of the resolver can lead elsewhere.

Source: IANA special-purpose address registries (RFC 6890), RFC 6052 (NAT64), RFC 9110 (redirects, codings).
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import re
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, urljoin, urlsplit

from scanly import __version__
from scanly.core.address import web_address
from scanly.core.errors import Invalid, Unavailable
from scanly.core.text import printable

if TYPE_CHECKING:
    import httpx2

Resolve = Callable[[str], Awaitable[Sequence[str]]]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_USUAL_PORTS = {"http": 80, "https": 443}
_MAX_CHARACTERS = 8192
# By OpenSSL's X509_V_ERR numbers.
_CERTIFICATES = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    62: "the certificate is not valid for that name",
    64: "the certificate is not valid for that address",
}
# A name with many addresses is not worth more attempts than the time would last for.
_MAX_ATTEMPTS = 3
# Up to the first of / ? # as browsers read it; `web_address` judges this part.
_UNTIL_HOST = re.compile(r"[^/?#]*//[^/?#]*")
_PATH_SAFE = "%/:@!$&'()*+,;=~?"
# What the caller may not choose: it would make two readings of one request.
_OURS = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")


def _networks(text: str) -> tuple[_Network, ...]:
    return tuple(ipaddress.ip_network(one) for one in text.split())


# Written out, because what `ipaddress` calls global changed between versions of Python and includes multicast,
# relays, and an address behind which Azure keeps its metadata.
_INWARD = _networks(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
    "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
    "168.63.129.16/32 "
    "2001::/23 2001:db8::/32 2002::/16 3fff::/20"
)
# All other IPv6 is not given out, or reaches IPv4 or the local network under another name.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Refused(Invalid):
    """The address is one that Scanly does not ask; nothing was sent to it. ``reason`` holds no address."""

    def __init__(self, url: str, reason: str, *, hint: str = "") -> None:
        super().__init__(f'"{_shown(url)}" was not asked: {reason}.', hint=hint)
        self.url = url
        self.reason = reason


class Unreachable(Unavailable):
    """No usable answer came from ``url``, maybe a later address of a chain. ``reason`` holds no address."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f'"{_shown(url)}" gave no answer: {reason}.')
        self.url = url
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """``total_s`` is by the clock and for everything: names, connections, all redirects and the body."""

    connect_s: float = 5
    total_s: float = 10
    body_bytes: int = 1_000_000
    hops: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """The last answer; ``chain`` holds every address that was asked, without fragments, ``url`` the last.

    ``headers`` are named in lower case. ``body`` is unpacked; it is not ``whole`` when it was longer than the
    limit, ended early, or came packed in a way that was not asked for (then it is empty).
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    chain: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Target:
    origin: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class _Ask:
    method: str
    headers: Mapping[str, str]
    body: bytes = b""
    follows: bool = True


async def look_up(name: str) -> Sequence[str]:
    """Every address that the system's resolver knows for a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Outbound:
    """Asks web servers on behalf of people; without cookies, credentials or proxies, a connection per request.

    ``allowed_networks`` are reached although they are private. ``tls`` replaces the system's authorities.
    Every failure is a `Refused` or an `Unreachable`.
    """

    def __init__(
        self,
        *,
        allowed_networks: Sequence[str] = (),
        ports: Sequence[int] = (80, 443, 8080, 8443),
        limits: Limits | None = None,
        user_agent: str = f"Scanly/{__version__} (+link check)",
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = look_up,
    ) -> None:
        """Raises Invalid when ``allowed_networks`` are not written like ``10.0.0.0/8``."""
        try:
            self._allowed = _networks(" ".join(allowed_networks))
        except ValueError as error:
            hint = "Write it like 10.0.0.0/8, with zeros after the prefix."
            raise Invalid.field("allowed_networks", f"{error}.", hint=hint) from error
        self._ports = frozenset(ports)
        self._limits = limits or Limits()
        self._user_agent = user_agent
        self._tls = tls
        self._resolve = resolve

    async def __aenter__(self) -> Self:
        # Tens of milliseconds, in which a server could not answer anybody.
        self._tls = await asyncio.to_thread(_load, self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is left open between requests; the block is there so that loading has its place."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Fetched:
        """The page, at the end of its redirects. ``headers`` do not go along to another host."""
        return await self._fetch(_Ask("GET", headers or {}), url)

    async def head(self, url: str, *, headers: Mapping[str, str] | None = None) -> Fetched:
        """Like `get`, without a body."""
        return await self._fetch(_Ask("HEAD", headers or {}), url)

    async def post(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Fetched:
        """The answer to ``body``. Redirects are answers here: what was signed for one host goes to no other."""
        return await self._fetch(_Ask("POST", headers or {}, body, follows=False), url)

    async def _fetch(self, ask: _Ask, url: str) -> Fetched:
        chain = [_target(url)]
        try:
            async with asyncio.timeout(self._limits.total_s):
                while True:
                    target = chain[-1]
                    answer = await self._ask(ask, target)
                    location = _location(ask, answer)
                    if location is None:
                        break
                    chain.append(self._next(chain, location))
                    if chain[-1].origin != target.origin:
                        ask = _Ask(ask.method, {})
        except TimeoutError as error:
            raise Unreachable(chain[-1].url, _silent(self._limits.total_s)) from error
        return replace(answer, chain=tuple(one.url for one in chain))

    def _next(self, chain: Sequence[_Target], location: str) -> _Target:
        here = chain[-1].url
        try:
            # A browser takes \ for /, Python does not; what has two readings has none.
            target = _target(urljoin(here, location) if "\\" not in location else "")
        except ValueError as error:
            raise Refused(here, "it redirects to something that is not a web address") from error
        if target in chain:
            raise Unreachable(here, "it redirects in a circle")
        if len(chain) > self._limits.hops:
            raise Unreachable(here, f"it redirects more than {self._limits.hops} times")
        return target

    async def _ask(self, ask: _Ask, target: _Target) -> Fetched:
        import httpx2

        attempts = (await self._addresses(target))[:_MAX_ATTEMPTS]
        for attempt, address in enumerate(attempts, start=1):
            try:
                return await self._send(ask, target, address)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                # A wrong certificate is not tried away: the name's servers do not agree on who they are.
                if attempt == len(attempts) or any(isinstance(one, ssl.SSLError) for one in _causes(error)):
                    raise Unreachable(target.url, self._reason(error)) from error
            except (httpx2.LocalProtocolError, UnicodeError) as error:
                raise Refused(target.url, "its headers cannot be sent") from error
            # OSError and ValueError are what the layers below might not translate.
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, zlib.error) as error:
                raise Unreachable(target.url, self._reason(error)) from error
        raise Unreachable(target.url, "the name has no address")

    async def _addresses(self, target: _Target) -> list[_Address]:
        """Where to connect; all of the name's addresses, or none when one of them leads inward."""
        if target.port not in self._ports:
            raise Refused(target.url, f"port {target.port} is not allowed")
        try:
            found = [ipaddress.ip_address(target.host)]
        except ValueError:
            found = await self._resolved(target)
        if not all(self._may(address) for address in found):
            raise Refused(target.url, "it leads into a private network")
        return found

    async def _resolved(self, target: _Target) -> list[_Address]:
        try:
            async with asyncio.timeout(self._limits.connect_s):
                return [ipaddress.ip_address(one) for one in await self._resolve(target.host)]
        except TimeoutError as error:
            raise Unreachable(
                target.url, f"the name is not found within {self._limits.connect_s:g} s"
            ) from error
        except (OSError, ValueError) as error:
            again = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
            reason = "the name cannot be looked up just now" if again else "the name does not exist"
            raise Unreachable(target.url, reason) from error

    def _may(self, address: _Address) -> bool:
        if isinstance(address, ipaddress.IPv6Address):
            if address.scope_id is not None:
                return False  # it names a network card of this machine
            if address in _NAT64:
                return self._may(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        return _is_public(address) or any(address in network for network in self._allowed)

    async def _send(self, ask: _Ask, target: _Target, address: _Address) -> Fetched:
        """One request over a connection of its own: a pool would share it between names on one address."""
        import httpx2

        patience = httpx2.Timeout(self._limits.total_s, connect=self._limits.connect_s)
        request = httpx2.Request(
            ask.method,
            httpx2.URL(target.url).copy_with(host=str(address)),
            headers=self._headers(ask, target),
            content=ask.body or None,
            extensions={"sni_hostname": target.host, "timeout": patience.as_dict()},
        )
        # The transport alone: the client above it would keep cookies and log addresses.
        async with httpx2.AsyncHTTPTransport(verify=self._tls or True, trust_env=False) as transport:
            response = await transport.handle_async_request(request)
            try:
                headers = MappingProxyType(dict(response.headers.items()))
                answer = Fetched(target.url, response.status_code, headers, b"", (target.url,))
                if _location(ask, answer) is not None:
                    return answer
                body, whole = await _read(response, self._limits.body_bytes)
                return replace(answer, body=body, whole=whole)
            finally:
                await response.aclose()

    def _headers(self, ask: _Ask, target: _Target) -> dict[str, str]:
        given = {name.lower(): value for name, value in ask.headers.items()}
        kept = {name: value for name, value in given.items() if name not in _OURS}
        ours = {"host": target.origin.partition("//")[2], "user-agent": self._user_agent, "accept": "*/*"}
        return ours | kept | {"accept-encoding": "gzip", "connection": "close"}

    def _reason(self, error: Exception) -> str:
        """What happened, for people."""
        import httpx2

        for cause in _causes(error):
            match cause:
                case ssl.SSLCertVerificationError():
                    return _CERTIFICATES.get(
                        cause.verify_code, "the certificate is from an unknown authority"
                    )
                case ssl.SSLError():
                    return "no secure connection can be made"
                case ConnectionRefusedError():
                    return "the connection is refused"
                case OSError(errno=errno.ENETUNREACH | errno.EHOSTUNREACH):
                    return "there is no way to its network"
                case httpx2.ConnectTimeout():
                    return _silent(self._limits.connect_s)
                case httpx2.TimeoutException():
                    return _silent(self._limits.total_s)
                case httpx2.RemoteProtocolError() | zlib.error():
                    return "its answer is damaged or breaks off"
                case _:
                    pass
        return "the connection breaks off"


def _load(tls: ssl.SSLContext | None) -> ssl.SSLContext:
    import httpx2

    return tls or httpx2.create_ssl_context(trust_env=False)


def _silent(for_s: float) -> str:
    return f"it does not answer within {for_s:g} s"


def _shown(url: str) -> str:
    return printable(url if len(url) <= 80 else url[:77] + "...")


def _target(text: str) -> _Target:
    """Raises Refused."""
    head = _UNTIL_HOST.match(text)
    try:
        if head is None or len(text) > _MAX_CHARACTERS:
            raise ValueError(f"no host, or more than {_MAX_CHARACTERS:,} characters")
        origin = web_address(head.group())
        rest = quote(text[head.end() :].partition("#")[0], safe=_PATH_SAFE)
        parts = urlsplit(origin)
        port = parts.port or _USUAL_PORTS[parts.scheme]
    except (Invalid, ValueError) as error:
        hint = error.problems[0].hint if isinstance(error, Invalid) else ""
        raise Refused(text, "it is not a usable web address", hint=hint) from error
    return _Target(origin, parts.hostname or "", port, rest if rest.startswith("/") else f"/{rest}")


def _is_public(address: _Address) -> bool:
    if address.version == 6 and address not in _GLOBAL_IPV6:
        return False
    return address.is_global and not any(address in network for network in _INWARD)


def _location(ask: _Ask, answer: Fetched) -> str | None:
    """Where to ask next, if anywhere."""
    return answer.headers.get("location") if ask.follows and answer.status in _REDIRECTS else None


async def _read(response: httpx2.Response, limit_bytes: int) -> tuple[bytes, bool]:
    """The body, unpacked, and whether it is all of it.

    Not by the library's decoders: they unpack codings within codings without a pause, and keep what follows the
    end of a packed body, so a server could hold up everybody or fill the memory while not one byte came out.
    """
    coding = response.headers.get("content-encoding", "").strip().lower()
    gzip = zlib.decompressobj(16 + zlib.MAX_WBITS) if coding in ("gzip", "x-gzip") else None
    body, received = bytearray(), 0
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            await asyncio.sleep(0)  # a body in parts of one byte would otherwise hold up everybody
            if gzip is None and coding not in ("", "identity"):
                return b"", False
            received += len(part)
            body += gzip.decompress(part, limit_bytes + 1 - len(body)) if gzip else part
            if max(received, len(body)) > limit_bytes:
                return bytes(body[:limit_bytes]), False
    return bytes(body), gzip is None or not received or gzip.eof


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what lies under it; the library clears some of the links that Python sets."""
    seen, one = set[int](), error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
