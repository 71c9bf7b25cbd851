"""Files for Caddy: codes in maps that compare them letter by letter, sorted by their last character.

Caddy goes through a map from its beginning to its end, so each of the 64 maps holds its share of the codes only,
and a request looks through one.

Source: Caddy documentation, Caddyfile directives map, vars, redir, file_server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanly.links.exports import Files, Plan, StaticLink, joint, shown_host

SUMMARY = "Caddy: a Caddyfile"
PASSES_QUERY = True


def files(plan: Plan, links: Iterable[StaticLink]) -> Files:
    """``codes/XX.caddy`` for codes that end with the character of that number, and a ``Caddyfile`` around them."""
    used: set[str] = set()
    for link in links:
        last = link.code[-1]
        used.add(last)
        yield f"codes/{ord(last):02x}.caddy", f'{plan.site(link)}/{link.code} "{_value(link)}"\n'.encode()
    for language, page in plan.closed.items():
        yield f"pages/closed-{language}.html", page
    yield "pages/not_found.html", plan.missing
    yield "links.caddy", _links(plan, sorted(used)).encode()
    yield "Caddyfile", _caddyfile(plan).encode()
    return []


def _value(link: StaticLink) -> str:
    """C and a language, L and a target as it is, or how a visitor's query is joined to it."""
    if not link.target:
        return f"C|{link.language}"
    kind = {"?": "Q", "&": "A", "": "E"}[joint(link.target).character] if link.pass_query else "L"
    return f"{kind}|{link.target}"


def _links(plan: Plan, used: list[str]) -> str:
    rooms = "\n".join(
        f'\t"~(?i)^{_pattern(host)}[.]?$" {number}'
        for number, names in enumerate(plan.sites)
        for host in names
    )
    maps = "\n".join(
        f'map "{{scanly_room}}/{{re.scanly.1}}" {{scanly_{ord(last):02x}}} {{\n'
        f"\timport codes/{ord(last):02x}.caddy\n}}"
        for last in used
    )
    choice = "\n".join(f'\t{last} "{{scanly_{ord(last):02x}}}"' for last in used)
    return (
        _LINKS.replace("@ROOMS@", rooms)
        .replace("@MAPS@", maps)
        .replace("@CHOICE@", choice)
        .replace("@PAGES@", f"{plan.place}/pages")
    )


def _pattern(host: str) -> str:
    r"""A pattern without a backslash, of which the Caddyfile has its own opinion."""
    return (
        "".join(re.sub(r"[^A-Za-z0-9_-]", r"[\g<0>]", char) for char in host)
        if ":" not in host
        else ("[[]?" + host + "[]]?")
    )


_LINKS = """\
# Goes into the site block that answers for your short addresses.
map {host} {scanly_room} {
@ROOMS@
	default ""
}
@MAPS@
map {re.scanly.2} {scanly_found} {
@CHOICE@
	default ""
}
map {vars.scanly} {scanly_kind} {scanly_before} {scanly_after} {
	"~^([LQAEC])[|]([^#]*)(.*)$" "${1}" "${2}" "${3}"
	default "" "" ""
}
map "{scanly_kind}{query}" {scanly_query} {
	"~^Q(.+)$" "?${1}"
	"~^A(.+)$" "&${1}"
	"~^E(.+)$" "${1}"
	default ""
}
header cache-control no-store
@scanly path_regexp scanly ^/([A-Za-z0-9_-]{0,63}([A-Za-z0-9_-]))$
vars @scanly scanly {scanly_found}
@scanly_leads expression {path}.matches("^/[A-Za-z0-9_-]{1,64}$") && {vars.scanly}.matches("^[LQAE][|]")
@scanly_closed expression {path}.matches("^/[A-Za-z0-9_-]{1,64}$") && {vars.scanly}.startsWith("C|")
handle @scanly_leads {
	redir {scanly_before}{scanly_query}{scanly_after} 302
}
handle @scanly_closed {
	rewrite * /closed-{scanly_before}.html
	file_server {
		root "@PAGES@"
		status 410
	}
}
handle {
	rewrite * /not_found.html
	file_server {
		root "@PAGES@"
		status 404
	}
}
"""


def _caddyfile(plan: Plan) -> str:
    addresses = ",\n".join(_address(host) for host in plan.hosts)
    return f"{addresses} {{\n\timport links.caddy\n}}\n"


def _address(host: str) -> str:
    """Public names get a certificate from Caddy by themselves; numbers and local names cannot have one."""
    public = "." in host and not re.fullmatch(r"[0-9.]+", host) and not host.endswith(".localhost")
    return shown_host(host) if public else f"http://{shown_host(host)}"


def usage(plan: Plan) -> str:
    return f"""\
1. Point your domain at the machine with Caddy, so that Caddy can get a certificate for it.

2. Start Caddy with the Caddyfile in this folder:

       caddy run --config "{plan.place}/Caddyfile"

   Or put this line into the site block of a Caddyfile that you have:

       import "{plan.place}/links.caddy"

Caddy reads the files when it is reloaded. Where the export follows every change, start Caddy with --watch, or have
"caddy reload" run when the file .scanly-export changes.

The path of this folder stands in links.caddy. To have it elsewhere, export to there, or copy it and replace
"{plan.place}" in that file.
"""
