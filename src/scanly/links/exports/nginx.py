"""Files for nginx: codes in hash maps, so that a million of them cost a request no more than ten.

nginx compares the keys of a map without regard to case, and codes that differ in case only are two codes. So the
value behind a key begins with the code as it is written, and counts only if that is what was asked for; where
several codes are one key, each has a map of its own.

Source: nginx documentation, ngx_http_map_module, ngx_http_geo_module, ngx_http_rewrite_module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count, groupby

from scanly.links.exports import Files, Plan, StaticLink, joint, shown_host

SUMMARY = "nginx: hash maps and a server block"
PASSES_QUERY = True

# nginx reads words of up to 4,096 bytes.
_LONGEST_WORD = 3_500
_PIECE = 2_000
# Bytes for the keys that share a place in the hash; the default is too small for long hosts and codes.
_BUCKET_BYTES = 4_096
_LEAST_PLACES = 2_048


def files(plan: Plan, links: Iterable[StaticLink]) -> Files:
    """The maps ``codes-1.map`` …, ``maps.conf`` for the http block, ``server.conf`` for a server, and a whole one."""
    sizes: list[int] = []
    numbers = count(1)
    for _, alike in groupby(links, key=lambda link: (plan.site(link), link.code.lower())):
        for rank, link in enumerate(alike):
            if rank == len(sizes):
                sizes.append(0)
            sizes[rank] += 1
            value = _value(link)
            if len(value) > _LONGEST_WORD:
                name = f"scanly_long_{next(numbers)}"
                yield "long.conf", _pieces(name, link).encode()
                value = f"={link.code} {_kind(link)} " + _references(name, link)
            yield f"codes-{rank + 1}.map", f'"{plan.site(link)}/{link.code}" "{value}";\n'.encode()
    yield "maps.conf", _maps(plan, sizes or [0], longer=next(numbers) > 1).encode()
    for language, page in plan.closed.items():
        yield f"pages/closed-{language}.html", page
    yield "pages/not_found.html", plan.missing
    yield "server.conf", _SERVER.encode()
    yield "scanly.conf", _whole(plan).encode()
    return []


def _kind(link: StaticLink) -> str:
    """C for a closed page, L for a target as it is, else how a visitor's query is joined to it."""
    if not link.target:
        return "C"
    return {"?": "Q", "&": "A", "": "E"}[joint(link.target).character] if link.pass_query else "L"


def _value(link: StaticLink) -> str:
    told = (link.target or link.language).replace("$", "${scanly_dollar}")
    return f"={link.code} {_kind(link)} {told}"


def _split(target: str) -> list[str]:
    return [target[start : start + _PIECE] for start in range(0, len(target), _PIECE)]


def _pieces(name: str, link: StaticLink) -> str:
    """Variables for the pieces of a target; ``geo`` takes a text as it is, with every dollar sign."""
    return "".join(
        f'geo ${name}_{number} {{ default "{piece}"; }}\n' for number, piece in enumerate(_split(link.target))
    )


def _references(name: str, link: StaticLink) -> str:
    return "".join(f"${{{name}_{number}}}" for number in range(len(_split(link.target))))


def _maps(plan: Plan, sizes: list[int], *, longer: bool) -> str:
    rooms = [
        f'    "{shown_host(host)}" {number};' for number, names in enumerate(plan.sites) for host in names
    ]
    ranks = range(1, len(sizes) + 1)
    by_rank = [
        f'map "$scanly_room/$scanly_code" $scanly_{rank} {{\n    default "";\n'
        f'    include "{plan.place}/codes-{rank}.map";\n}}'
        for rank in ranks
        if sizes[rank - 1]
    ] or ['map "" $scanly_1 {\n    default "";\n}']
    found = " ".join(f"$scanly_{rank}" for rank in ranks)
    return _MAPS.format(
        places=max(_LEAST_PLACES, *sizes, len(rooms)),
        bucket=_BUCKET_BYTES,
        longer=f'include "{plan.place}/long.conf";\n' if longer else "",
        folder=f"{plan.place}/pages",
        rooms="\n".join(rooms),
        codes="\n".join(by_rank),
        found=found,
        asked=_ASKED,
    )


_ASKED = (
    "~^(?<scanly_asked>[A-Za-z0-9_-]+) (?:.* )?=(?P=scanly_asked) "
    "(?<scanly_kind>[LQAEC]) (?<scanly_before>[^ #]*)(?<scanly_after>[^ ]*)"
)
_MAPS = """\
# Goes into the http block. If nginx says that one of these two is a duplicate, keep the larger value.
map_hash_max_size {places};
map_hash_bucket_size {bucket};

geo $scanly_dollar {{ default "$"; }}
geo $scanly_pages {{ default "{folder}"; }}
{longer}
# Hosts that share their codes have one number.
map $host $scanly_room {{
    default "";
{rooms}
}}

{codes}

# What stands behind the code as it is written, and where a visitor's query goes.
map "$scanly_code {found}" $scanly_to {{
    default "";
    "{asked}" "$scanly_before$scanly_query$scanly_after";
}}
map "$scanly_kind$args" $scanly_query {{
    default "";
    "~^Q." "?$args";
    "~^A." "&$args";
    "~^E." "$args";
}}
"""

_SERVER = """\
# Goes into the server block that answers for your short addresses.
location ~ "^/(?<scanly_code>[A-Za-z0-9_-]{1,64})$" {
    add_header cache-control no-store always;
    error_page 404 @scanly_missing;
    error_page 410 @scanly_closed;
    if ($scanly_to ~ "^http") {
        return 302 $scanly_to;
    }
    if ($scanly_kind = C) {
        return 410;
    }
    return 404;
}
location / {
    error_page 404 @scanly_missing;
    return 404;
}
location @scanly_closed {
    root $scanly_pages;
    types { }
    default_type "text/html; charset=utf-8";
    add_header cache-control no-store always;
    try_files /closed-$scanly_before.html =410;
}
location @scanly_missing {
    root $scanly_pages;
    types { }
    default_type "text/html; charset=utf-8";
    add_header cache-control no-store always;
    try_files /not_found.html =404;
}
"""


def _whole(plan: Plan) -> str:
    # Regular expressions, because long names do not fit into the default hash of server names.
    names = "\n".join(f'        "~^{re.escape(shown_host(host))}$"' for host in plan.hosts)
    return f"""\
# Goes into the http block and is all there is to do, but for HTTPS.
include "{plan.place}/maps.conf";
server {{
    listen 80;
    listen [::]:80;
    server_name
{names};
    include "{plan.place}/server.conf";
}}
"""


def usage(plan: Plan) -> str:
    return f"""\
1. Put this line into the http block of nginx.conf, or into a file in /etc/nginx/conf.d:

       include "{plan.place}/scanly.conf";

   It answers on port 80. For HTTPS, put these two lines there instead: the first into the http block, the second
   into the server block that has your certificate.

       include "{plan.place}/maps.conf";
       include "{plan.place}/server.conf";

2. Test and load it:

       nginx -t && nginx -s reload

3. Point your domain at this machine.

nginx reads the files when it is reloaded. Where the export follows every change, have it reloaded when the file
.scanly-export changes, for instance with a path unit of systemd (PathChanged=) or once a minute by cron.

The path of this folder stands in the files. To have it elsewhere, export to there, or copy it and replace
"{plan.place}" in the three .conf files.
"""
