"""The Litestar application behind the redirect front: pages, health, figures, and errors as pages."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import Any, cast

from litestar import Litestar, MediaType, Request, Response, route
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from scanly.core.errors import NotFound, ScanlyError, Unavailable
from scanly.core.log import Log
from scanly.ops.metrics import lives
from scanly.scans.segments import MEND, refused
from scanly.web.public import found, pages, routes
from scanly.web.request import Application, Scope
from scanly.web.serving import Serving

log = Log("scanly.web")
AnyRequest = Request[Any, Any, State]
_STATUS = {NotFound: 404, Unavailable: 503}
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_BODY_LIMIT_BYTES = 1_000_000


def build(serving: Serving) -> Application:
    """The application; handlers find ``serving`` in the request's application state."""
    handlers: Sequence[ControllerRouterHandler] = (
        *routes.HANDLERS,
        *found.HANDLERS,
        healthz,
        readyz,
        figures,
    )
    application = Litestar(
        route_handlers=handlers,
        state=State({"serving": serving}),
        exception_handlers={ScanlyError: _known, HTTPException: _refused, Exception: _unknown},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=_BODY_LIMIT_BYTES,
        debug=False,
    )
    return cast(Application, application)


@route("/healthz", http_method=["GET", "HEAD"], media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """The process answers."""
    return "ok\n"


@route("/readyz", http_method=["GET", "HEAD"])
async def readyz(state: State) -> Response[dict[str, object]]:
    """200 when everything that a redirect needs works, else 503 with the reasons.

    What only keeps scans from being counted is a warning.
    """
    serving: Serving = state.serving
    reasons: list[str] = []
    if serving.journal.fault:
        reasons.append(f"Scans cannot be recorded: {serving.journal.fault}.")
    folder = serving.app.folder
    warnings = [f"{refusal} {MEND}" for refusal in await asyncio.to_thread(refused, folder.journal)]
    try:
        async with serving.app.main.read():
            pass
    except Unavailable as error:
        reasons.append(str(error))
    workers = await asyncio.to_thread(lives, folder)
    others = sum(life.scans_dropped for node, life in workers.items() if node != serving.app.node)
    report: dict[str, object] = {
        "ready": not reasons,
        "reasons": reasons,
        "warnings": warnings,
        "scans_dropped": serving.journal.dropped + others,
    }
    return Response(report, status_code=503 if reasons else 200, headers={"cache-control": "no-store"})


@route("/metrics", http_method=["GET", "HEAD"])
async def figures(request: AnyRequest, state: State) -> Response[bytes]:
    """Prometheus text, for this machine only. Raises NotFound to everybody else."""
    if not _from_this_machine(request):
        raise NotFound("There is nothing here.")
    serving: Serving = state.serving
    text = await serving.metrics.exposition(serving.app)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


def _from_this_machine(request: AnyRequest) -> bool:
    """A local reverse proxy passes strangers on, but with their Host and a forwarding header."""
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers or request.client is None:
        return False
    try:
        peer = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    return peer.is_loopback and (request.url.hostname or "") in _LOOPBACK_HOSTS


def _known(request: AnyRequest, error: ScanlyError) -> Response[bytes]:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    return _page(request, status, str(error))


def _refused(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    return _page(request, error.status_code, error.detail)


def _unknown(request: AnyRequest, error: Exception) -> Response[bytes]:
    request_id = str(cast(Scope, request.scope)["request_id"])
    log.error("a request failed", cause=error, request_id=request_id, path=request.url.path)
    return _page(
        request, 500, f"Something went wrong on our side. Please try again. (Reference {request_id})"
    )


def _page(request: AnyRequest, status: int, sentence: str) -> Response[bytes]:
    language = request.headers.get("accept-language", "")
    if status == 404:
        serving: Serving = request.app.state.serving
        serving.metrics.not_found += 1
        body, kind = pages.not_found(language), MediaType.HTML
    else:
        body, kind = f"{sentence}\n".encode(), MediaType.TEXT
    return Response(body, status_code=status, media_type=kind, headers={"cache-control": "no-store"})
