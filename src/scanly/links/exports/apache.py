"""Files for the Apache HTTP Server: codes in text maps, which it reads again by itself when they change.

Apache goes through a text map from its beginning to its end at the first question for a code, and remembers the
answer; so each map holds only the codes that end with one character. A line of a map has at most 1,023 bytes,
longer targets stand in rules of their own.

Source: Apache HTTP Server 2.4 documentation, mod_rewrite (RewriteMap, RewriteRule), core (ErrorDocument, Define).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanly.links.exports import Files, Plan, StaticLink, joint, shown_host

SUMMARY = "Apache HTTP Server: rewrite maps and a virtual host"
PASSES_QUERY = True

_LONGEST_LINE = 1_000


def files(plan: Plan, links: Iterable[StaticLink]) -> Files:
    """``codes/XX.txt`` for codes that end with the character of that number, and the configuration around them."""
    used: set[str] = set()
    longer = False
    for link in links:
        line = f"{plan.site(link)}/{link.code} {_value(link)}\n"
        if len(line) > _LONGEST_LINE:
            longer = True
            yield "long.conf", _rules(plan, link).encode()
        else:
            used.add(link.code[-1])
            yield f"codes/{ord(link.code[-1]):02x}.txt", line.encode()
    for number, names in enumerate(plan.sites):
        for host in names:
            yield "hosts.txt", f"{shown_host(host)} {number}\n".encode()
    for language, page in plan.closed.items():
        yield f"pages/closed-{language}.html", page
    yield "pages/not_found.html", plan.missing
    yield "server.conf", _server(sorted(used), longer=longer).encode()
    yield "scanly.conf", _whole(plan).encode()
    return []


def _value(link: StaticLink) -> str:
    """C and a language, L and a target without a query, M and one with a query, P and one that takes a visitor's.

    Question marks are left out where a rule has them: Apache refuses those that come out of a map.
    """
    if not link.target:
        return f"C|{link.language}"
    if link.pass_query:
        before, _, fragment = joint(link.target)
        address, _, query = before.partition("?")
        return f"P|{address}|{query}{'&' if query else ''}|{fragment}"
    before, mark, after = link.target.partition("?")
    return f"M|{before}|{after}" if mark else f"L|{before}"


def _rules(plan: Plan, link: StaticLink) -> str:
    """A long target in rules of its own."""
    before, character, fragment = (re.sub(r"[\\$%]", r"\\\g<0>", part) for part in joint(link.target))
    asked = f'RewriteCond %{{ENV:SCANLY_ROOM}} "^{plan.site(link)}$"\n'
    rule = f'RewriteRule "^/{link.code}$" "{{}}" [R=302,NE,QSD,L]\n'
    passing = ""
    if link.pass_query:
        query = f"{before}{character}%{{QUERY_STRING}}{fragment}"
        passing = f"{asked}RewriteCond %{{QUERY_STRING}} .\n{rule.format(query)}"
    return passing + asked + rule.format(before + fragment)


def _server(used: list[str], *, longer: bool) -> str:
    maps = "\n".join(
        f'RewriteMap scanly_{ord(last):02x} "txt:${{SCANLY_EXPORT}}/codes/{ord(last):02x}.txt"'
        for last in used
    )
    choice = "\n".join(
        f'RewriteRule "^/[A-Za-z0-9_-]{{0,63}}{last}$" "-" '
        f'"[E=SCANLY:${{scanly_{ord(last):02x}:%{{ENV:SCANLY_ROOM}}$0}}]"'
        for last in used
    )
    more = 'Include "${SCANLY_EXPORT}/long.conf"' if longer else ""
    return _SERVER.replace("@MAPS@", maps).replace("@CHOICE@", choice).replace("@LONG@", more)


_SERVER = """\
# Goes into the virtual host that answers for your short addresses, after the line "Define SCANLY_EXPORT …".
# Needs the modules alias, authz_core, headers and rewrite.
UseCanonicalName Off
Header always set Cache-Control no-store
Alias "/_scanly/" "${SCANLY_EXPORT}/pages/"
<Directory "${SCANLY_EXPORT}/pages">
    Require all granted
    AllowOverride None
    ForceType "text/html; charset=utf-8"
</Directory>
ErrorDocument 404 /_scanly/not_found.html
ErrorDocument 410 /_scanly/closed-%{reqenv:SCANLY_LANGUAGE}.html

RewriteEngine On
RewriteMap scanly_hosts "txt:${SCANLY_EXPORT}/hosts.txt"
@MAPS@

# The pages for errors are shown, and cannot be asked for.
RewriteCond %{ENV:REDIRECT_STATUS} .
RewriteRule "^/_scanly/" "-" [END]

RewriteRule "^" "-" "[E=SCANLY_ROOM:${scanly_hosts:%{SERVER_NAME}}]"
@LONG@
@CHOICE@
RewriteCond %{ENV:SCANLY} "^C[|](.+)$"
RewriteRule "^" "-" [E=SCANLY_LANGUAGE:%1,R=410,L]
RewriteCond %{ENV:SCANLY} "^L[|](.+)$"
RewriteRule "^" "%1" [R=302,NE,QSD,L]
RewriteCond %{ENV:SCANLY} "^M[|]([^|]*)[|](.*)$"
RewriteRule "^" "%1?%2" [R=302,NE,QSD,L]
RewriteCond %{QUERY_STRING} .
RewriteCond %{ENV:SCANLY} "^P[|]([^|]*)[|]([^|]*)[|](.*)$"
RewriteRule "^" "%1?%2%{QUERY_STRING}%3" [R=302,NE,QSD,L]
RewriteCond %{ENV:SCANLY} "^P[|]([^|]*)[|]([^|]+)&[|](.*)$"
RewriteRule "^" "%1?%2%3" [R=302,NE,QSD,L]
RewriteCond %{ENV:SCANLY} "^P[|]([^|]*)[|][|]([^?]*)[?](.*)$"
RewriteRule "^" "%1%2?%3" [R=302,NE,QSD,L]
RewriteCond %{ENV:SCANLY} "^P[|]([^|]*)[|][|](.*)$"
RewriteRule "^" "%1%2" [R=302,NE,QSD,L]
RewriteRule "^" "-" [R=404,L]
"""


def _whole(plan: Plan) -> str:
    first, *others = [shown_host(host) for host in plan.hosts] or ["localhost"]
    aliases = "".join(f"    ServerAlias {host}\n" for host in others)
    return f"""\
# All there is to do, but for HTTPS.
Define SCANLY_EXPORT "{plan.place}"
<VirtualHost *:80>
    ServerName {first}
{aliases}    Include "${{SCANLY_EXPORT}}/server.conf"
</VirtualHost>
"""


def usage(plan: Plan) -> str:
    return f"""\
1. Switch on the modules that are needed. On Debian and Ubuntu:

       a2enmod alias authz_core headers rewrite

2. Put this line into the configuration, for instance into a file in sites-enabled:

       Include "{plan.place}/scanly.conf"

   It answers on port 80. For HTTPS, put these two lines into the virtual host that has your certificate instead:

       Define SCANLY_EXPORT "{plan.place}"
       Include "{plan.place}/server.conf"

3. Test and load it:

       apachectl configtest && apachectl graceful

4. Point your domain at this machine.

Changed codes are seen without a reload; a new host, or the first code that ends with a certain character, needs
"apachectl graceful". Where the export follows every change, have it run when the file .scanly-export changes.

The path of this folder stands in scanly.conf only.
"""
