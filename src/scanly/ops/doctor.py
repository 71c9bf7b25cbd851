"""``scanly doctor``: runs every check of `ops.checks` and says what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

from scanly.core.clock import Clock, now_ms
from scanly.core.errors import ScanlyError
from scanly.core.extend import discover
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.ops import checks
from scanly.ops.checks import Finding, Site


class Check(Protocol):
    """What a file in ``checks`` offers."""

    TITLE: str
    run: Callable[[Site], Awaitable[list[Finding]]]


def examine(folder: DataFolder, settings: Settings, clock: Clock = now_ms) -> list[Finding]:
    """All findings, check by check; changes nothing and connects to nothing but the own database."""
    return asyncio.run(_examine(Site(folder, settings, clock())))


async def _examine(site: Site) -> list[Finding]:
    findings: list[Finding] = []
    for module in discover(checks).values():
        check = cast("Check", module)
        findings += [dataclasses.replace(each, check=check.TITLE) for each in await _run(check, site)]
    return findings


async def _run(check: Check, site: Site) -> list[Finding]:
    """A check that cannot be made is a finding, too."""
    try:
        return await check.run(site)
    except ScanlyError as error:
        return [Finding("error", error.message, error.hint)]
    except OSError as error:
        return [Finding("error", f"This could not be checked: {error}.", "Check the permissions.")]
