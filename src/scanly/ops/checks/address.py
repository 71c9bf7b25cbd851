"""Whether the address that is printed into codes is one that phones can reach."""

from __future__ import annotations

import ipaddress

from scanly.links.hosts import parse_base_url
from scanly.ops.checks import Finding, Site

TITLE = "address"
_SET = "Set base_url to the address of this server, such as https://go.example.com, before you print."


async def run(site: Site) -> list[Finding]:
    if not site.settings.base_url:
        return [Finding("warning", "No base address is set, so codes lead to this machine only.", _SET)]
    base = parse_base_url(site.settings.base_url)
    if base.local:
        return [Finding("warning", f"Only this machine can reach {base}.", _SET)]
    if _is_private(base.host):
        return [Finding("warning", f"{base} is reached from your own network only.", _SET)]
    if base.scheme == "http":
        return [
            Finding(
                "warning", f"{base} is not encrypted.", "Put HTTPS in front and use https:// in base_url."
            )
        ]
    return [Finding("ok", f"Codes lead to {base}.")]


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".home.arpa"))
