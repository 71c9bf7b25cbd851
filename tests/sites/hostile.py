"""More than two hundred values that nobody types by chance: each tries to run something, or to mislead.

Those that run call ``alert``. What only misleads (bidi, invisible letters, lines of other formats) is told by what
is made of it. Source: OWASP XSS Filter Evasion; HTML, 13.2 (parsing); WHATWG URL, 4.4; Unicode TR 36, 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.sites import sketches

from scanly.sites.blocks import block_type
from scanly.sites.entries import BLOCK_FIELDS
from scanly.sites.fields import About, At, Field, Found, check_field, check_record
from scanly.sites.model import Block

_MARKUP = r"""
<script>alert(1)</script>
<SCRIPT SRC=data:,alert(1)></SCRIPT>
<script/x>alert(1)</script>
<scr<script>ipt>alert(1)</scr</script>ipt>
</script><script>alert(1)</script>
</title><script>alert(1)</script>
</style><script>alert(1)</script>
</textarea><script>alert(1)</script>
</noscript><script>alert(1)</script>
</template><script>alert(1)</script>
</select><img src=x onerror=alert(1)>
</p></section></main><script>alert(1)</script>
--><script>alert(1)</script><!--
--!><img src=x onerror=alert(1)>
]]><script>alert(1)</script><![CDATA[
<!--><img src=x onerror=alert(1)>-->
<![if IE]><script>alert(1)</script><![endif]>
<?xml version="1.0"?><script>alert(1)</script>
<?php echo 1 ?><script>alert(1)</script>
<img src=x onerror=alert(1)>
<img src=x onerror=alert(1)//
<img/src=x/onerror=alert(1)>
<image src=x onerror=alert(1)>
<IMG SRC=x OnErRoR=alert(1)>
<img src=`x`onerror=alert(1)>
<img src=x onerror=&#97;lert(1)>
<img src=javascript:alert(1)>
<img srcset=x onerror=alert(1)>
<svg onload=alert(1)>
<svg/onload=alert(1)>
<svg><script>alert(1)</script></svg>
<svg><script href=data:,alert(1) />
<svg><a xlink:href="javascript:alert(1)"><text y=9>x</text></a></svg>
<svg><animate onbegin=alert(1) attributeName=x dur=1s>
<svg><set onbegin=alert(1) attributeName=x>
<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)/>#x">
<svg><foreignObject><img src=x onerror=alert(1)></foreignObject></svg>
<svg><style><img src=x onerror=alert(1)></style>
<svg><title><style><img src=x onerror=alert(1)></style></title></svg>
<math href=javascript:alert(1)>x</math>
<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>
<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">x</maction></math>
<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>
<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=alert(1) src>">
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<xmp><p title="</xmp><img src=x onerror=alert(1)>">
<plaintext><img src=x onerror=alert(1)>
<iframe src=javascript:alert(1)>
<iframe srcdoc="<script>parent.alert(1)</script>">
<iframe onload=alert(1)>
<object data=javascript:alert(1)>
<object data="data:text/html,<script>alert(1)</script>">
<embed src=javascript:alert(1)>
<body onload=alert(1)>
<body/onpageshow=alert(1)>
<html onmouseover=alert(1)>
<base href=javascript:alert(1)//>
<link rel=stylesheet href=data:,*{x:expression(alert(1))}>
<link rel=import href=data:text/html,<script>alert(1)</script>>
<meta http-equiv=refresh content="0;url=javascript:alert(1)">
<meta http-equiv=refresh content="0;url=data:text/html,x">
<style>@import'data:,*{background:red}';</style>
<style onload=alert(1)></style>
<details open ontoggle=alert(1)>
<video><source onerror=alert(1)></video>
<video src=x onerror=alert(1)>
<audio src=x onerror=alert(1)>
<input autofocus onfocus=alert(1)>
<select autofocus onfocus=alert(1)>
<textarea autofocus onfocus=alert(1)>
<button formaction=javascript:alert(1)>x
<form action=javascript:alert(1)><input type=submit>
<isindex action=javascript:alert(1)>
<marquee onstart=alert(1)>
<a href=javascript:alert(1)>x</a>
<a href="javascript&colon;alert(1)">x</a>
<x contenteditable autofocus onfocus=alert(1)>
<template shadowrootmode=open><img src=x onerror=alert(1)></template>
<dialog open onclose=alert(1)><form method=dialog><button>
<p style=animation-name:x onanimationstart=alert(1)>
＜script＞alert(1)＜/script＞
+ADw-script+AD4-alert(1)+ADw-/script+AD4-
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
%3Cscript%3Ealert(1)%3C/script%3E
\\u003cscript\\u003ealert(1)\\u003c/script\\u003e
"""

_ATTRIBUTES = r"""
" onmouseover=alert(1) x="
' onmouseover=alert(1) x='
` onmouseover=alert(1) x=`
" autofocus onfocus=alert(1) x="
' autofocus onfocus=alert(1) x='
"onfocus=alert(1) autofocus tabindex=0 x="
" style=animation-name:x onanimationstart=alert(1) x="
" formaction=javascript:alert(1) x="
" href=javascript:alert(1) x="
" ping=https://evil.example/ x="
" srcdoc="<script>alert(1)</script>
"><svg onload=alert(1)>
'><svg onload=alert(1)>
"/><script>alert(1)</script>
"></a><a href="javascript:alert(1)
"; alert(1); "
'; alert(1); '
</ScRiPt ><img src=x onerror=alert(1)>
x" onerror="alert(1)
x=1 onload=alert(1)
\\"><script>alert(1)</script>
&quot; onfocus=alert(1) autofocus x=&quot;
&#34;><script>alert(1)</script>
*/}</style><script>alert(1)</script>
}body{background:url(//evil.example/x)}
"""

_ADDRESSES = r"""
javascript:alert(1)
JAVASCRIPT:alert(1)
JaVaScRiPt:alert(1)
 javascript:alert(1)
javascript :alert(1)
javascript: alert(1)
java\tscript:alert(1)
java\nscript:alert(1)
java\rscript:alert(1)
j\na\nv\na\nscript:alert(1)
\x01javascript:alert(1)
\x1fjavascript:alert(1)
\x00javascript:alert(1)
java\x00script:alert(1)
\ufeffjavascript:alert(1)
\u200bjavascript:alert(1)
\u00a0javascript:alert(1)
\u2028javascript:alert(1)
javascript\u200b:alert(1)
javascript\uff1aalert(1)
ｊavascript:alert(1)
jаvascript:alert(1)
javascript&colon;alert(1)
javascript&#58;alert(1)
javascript&#x3a;alert(1)
javascript&#0000058alert(1)
&#106;avascript:alert(1)
&#x6A;avascript:alert(1)
&#x6a&#x61vascript:alert(1)
java&Tab;script:alert(1)
java&NewLine;script:alert(1)
java&#x09;script:alert(1)
java&#10;script:alert(1)
%6aavascript:alert(1)
javascript%3aalert(1)
%6A%61%76%61%73%63%72%69%70%74:alert(1)
java%0ascript:alert(1)
javascript://example.com/%0aalert(1)
javascript://%0Aalert(1)
javascript:///%0dalert(1)
javascript:/*https://example.com/*/alert(1)
javascript:void(0);alert(1)
javascript:%61lert(1)
javascript:alert&lpar;1&rpar;
javascript:"<script>alert(1)</script>"
feed:javascript:alert(1)
view-source:javascript:alert(1)
jar:javascript:alert(1)!/x
vbscript:alert(1)
livescript:alert(1)
mocha:alert(1)
data:text/html,<script>alert(1)</script>
data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==
data:image/svg+xml,<svg onload=alert(1)>
blob:https://go.example.com/1
filesystem:https://go.example.com/temporary/x.html
file:///etc/passwd
about:blank#<script>alert(1)</script>
//evil.example/x
\\\\evil.example/x
/\\evil.example/x
https:javascript:alert(1)
https://javascript:alert(1)@evil.example/
https://friend.example/" onclick="alert(1)
https://friend.example/'onclick='alert(1)
https://friend.example/><script>alert(1)</script>
mailto:a@b.example?subject=<script>alert(1)</script>
tel:javascript:alert(1)
sms:+911?body="><script>alert(1)</script>
geo:0,0"onclick=alert(1)
upi://pay?pa="><script>alert(1)</script>
#"><script>alert(1)</script>
"""

_MARKS = r"""
[x](javascript:alert(1))
[x](JaVaScRiPt:alert(1))
[x]( javascript:alert(1))
[x](java&#10;script:alert(1))
[x](data:text/html,<script>alert(1)</script>)
[<img src=x onerror=alert(1)>](https://example.com)
[x](https://example.com" onclick="alert(1))
[x](https://example.com 'onclick=alert(1)')
![x](x" onerror="alert(1))
**<img src=x onerror=alert(1)>**
*[**x](javascript:alert(1))**
<javascript:alert(1)>
{{ alert(1) }}{{ 111*1001 }}
{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}
${alert(1)}#{alert(1)}<%= alert(1) %>
{style}
"""

_MISLEADING = (
    "\u202egpj.exe",
    "\u2066abc\u2067def",
    "\u200e\u200f\u061c",
    "x\u0300" * 20,
    "\U000e0041\U000e0042",
    "Pay\u00adPal",
    "\ufdfa\ufdfa\ufdfa",
    "\x1b[2J\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b31m",
    "a\r\nSet-Cookie: a=b",
    "a%0d%0aSet-Cookie:%20a=b",
    "a\nTEL:+911",
    "a\nEND:VCARD\nBEGIN:VCARD",
    "a;b,c\\n:d",
    "a\nBEGIN:VALARM",
    "=cmd|' /C calc'!A0",
    "\ud800",
    "\uffff",
)


def _lines(text: str) -> tuple[str, ...]:
    """A value a line, with its escapes as Python has them."""
    lines = text.strip("\n").split("\n")
    return tuple(line.encode("ascii", "backslashreplace").decode("unicode_escape") for line in lines)


ADDRESSES = _lines(_ADDRESSES)
VALUES = (*_lines(_MARKUP), *_lines(_ATTRIBUTES), *ADDRESSES, *_lines(_MARKS), *_MISLEADING)


@dataclass
class Tally:
    """How often a value was put into a field, and how often a field refused one."""

    taken: int = 0
    refused: int = 0


def planted(name: str, values: Iterable[str], tally: Tally) -> Iterator[Block]:
    """A block of this type for each value, with the value in every field that takes it."""
    kind = block_type(name)
    for number, value in enumerate(values):
        given = dict(_record(kind.fields, kind.example, value, tally))
        found: list[Found] = []
        checked = check_record(kind.fields, given, At((), found, About(sketches.LANGUAGES)))
        assert not found, found
        title = _first_taken(BLOCK_FIELDS["title"], [value], tally)
        yield Block(f"{name}-{number}", name, checked, title)


def _record(
    fields: dict[str, Field], example: dict[str, Any], value: str, tally: Tally
) -> Iterator[tuple[str, Any]]:
    inline = next((name for name, field in fields.items() if field.inline), None)
    for name, given in example.items():
        if name in fields:
            yield name, _planted(fields[name], given, value, tally)
        elif inline is not None:
            yield name, given


def _planted(field: Field, given: Any, value: str, tally: Tally) -> Any:
    if field.kind == "list":
        each = field.each
        return [
            dict(_record(field.of, item, value, tally))
            if each is None
            else _planted(each, item, value, tally)
            for item in given
        ]
    if field.kind == "group":
        return dict(_record(field.of, given, value, tally))
    if field.kind == "block":
        ((name, values),) = given.items()
        return {name: dict(_record(block_type(name).fields, values, value, tally))}
    if isinstance(given, dict) and field.kind not in ("text", "rich"):
        tried = [
            {**given, key: said}
            for key, one in given.items()
            if isinstance(one, str)
            for said in _cut(field, value)
        ]
        return _first_taken(field, tried, tally) or given
    taken = _first_taken(field, _cut(field, value), tally)
    return given if taken is None else taken


def _cut(field: Field, value: str) -> list[str]:
    """The value, and as much of it as the field has room for."""
    return [value, value[: field.most]] if field.most else [value]


def _first_taken(field: Field, tried: Iterable[Any], tally: Tally) -> Any:
    """What the field takes, in its normal form; None when it takes none."""
    for one in tried:
        found: list[Found] = []
        checked = check_field(field, one, At((), found, About(sketches.LANGUAGES)))
        if not found and checked is not None:
            tally.taken += 1
            return one
    tally.refused += 1
    return None


# What a browser makes of a page: what ran, what could run, where it could lead, and what is there at all.
TRAP = (
    "window.ran = []; window.alert = window.confirm = window.prompt = () => window.ran.push(location.href);"
)
FAULTS = """() => {
    const faults = window.ran.map(where => `something ran on ${where}`);
    const tell = (what, one) => faults.push(`${what}: ${one.outerHTML.slice(0, 160)}`);
    const schemes = /^(https|tel|sms|mailto|upi|geo):$/;
    for (const one of document.querySelectorAll("*")) {
        for (const {name, value} of one.attributes) {
            if (/^on|^style$|srcdoc|formaction/i.test(name)) tell(name, one);
            if (!/^(href|src|action|ping|poster|data|cite|background|xlink:href)$/i.test(name)) continue;
            const leads = new URL(value, document.baseURI);
            if (!schemes.test(leads.protocol) || /evil/.test(leads.host)) tell(leads.protocol, one);
        }
        if (one.shadowRoot) tell("shadow", one);
    }
    const foreign = document.querySelectorAll("iframe, object, embed, base, template, [http-equiv]");
    foreign.forEach(one => tell("not ours", one));
    for (const script of document.scripts) {
        if (script.type !== "application/ld+json") tell("script", script);
        else try { JSON.parse(script.text); } catch { tell("no JSON", script); }
    }
    if (document.styleSheets.length > 1) faults.push("another style sheet");
    return faults;
}"""
TAGS = "[...new Set([...document.querySelectorAll('*')].map(one => one.tagName.toLowerCase()))].sort()"
