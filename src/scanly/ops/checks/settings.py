"""Whether the settings can be read, and nobody else can read what is secret."""

from __future__ import annotations

from pathlib import Path

from scanly.core.settings import load
from scanly.ops.checks import Finding, Site

TITLE = "settings"


async def run(site: Site) -> list[Finding]:
    folder = site.folder
    load(folder.settings_file, {}, {})
    secrets = [folder.settings_file, folder.root / "secret.key", *folder.salts.glob("*")]
    findings = [
        _open_to_others(path, "600") for path in secrets if path.exists() and path.stat().st_mode & 0o077
    ]
    if folder.root.exists() and folder.root.stat().st_mode & 0o077:
        findings.append(_open_to_others(folder.root, "700"))
    if site.settings.country_header and not site.settings.trusted_proxies:
        findings.append(
            Finding(
                "warning",
                "country_header is never believed: there are no trusted_proxies.",
                'Name your proxy, such as trusted_proxies = ["10.0.0.0/8"].',
            )
        )
    return findings or [Finding("ok", "The settings can be read, by their owner only.")]


def _open_to_others(path: Path, mode: str) -> Finding:
    return Finding("warning", f"Others on this machine may read {path}.", f"Run: chmod {mode} {path}")
