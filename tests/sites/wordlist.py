"""The words that visitors read, found where they are written, and the catalogues brought up to date with them.

What starters say has catalogues of its own. ``python -m tests.sites.wordlist`` adds new words to every catalogue,
untranslated, and drops those that are gone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from scanly.sites.starters import list_starters
from scanly.sites.texts import translatable

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ("templates/blocks", "templates/sites")
SOURCES = ("src/scanly/sites", "src/scanly/web/sites")
CATALOGUES = ROOT / "templates" / "words" / "sites"
STARTERS = ROOT / "templates" / "words" / "starters"
SAYS = {"t": 1, "n": 2}  # how many words a call begins with
MARKER = "words"  # a Python function, or a name that a template sets, whose strings are words

PLURALS = {
    "hi": "nplurals=2; plural=(n > 1);",
    "bn": "nplurals=2; plural=(n > 1);",
    "ta": "nplurals=2; plural=(n != 1);",
    "te": "nplurals=2; plural=(n != 1);",
    "mr": "nplurals=2; plural=(n != 1);",
    "ur": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5);",
    "es": "nplurals=2; plural=(n != 1);",
    "pt": "nplurals=2; plural=(n > 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "zh": "nplurals=1; plural=0;",
    "ja": "nplurals=1; plural=0;",
    "id": "nplurals=1; plural=0;",
}


@dataclass(frozen=True)
class Found:
    """Words by their English: a plural for those that have one, and the files where they stand."""

    plurals: dict[str, str] = field(default_factory=dict)
    places: dict[str, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, place: str, one: str, many: str = "") -> None:
        self.places.setdefault(one, set()).add(place)
        if many and self.plurals.setdefault(one, many) != many:
            self.faults.append(f'{place}: "{one}" has two plurals')


def find_words(root: Path = ROOT) -> Found:
    """Everything that templates and modules say to visitors."""
    found = Found()
    for folder in TEMPLATES:
        for path in sorted((root / folder).rglob("*.html")):
            read_template(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix(), found)
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            read_module(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix(), found)
    return found


def read_template(text: str, place: str, found: Found) -> None:
    tree = Environment().parse(text)
    for call in tree.find_all(nodes.Call):
        name = getattr(call.node, "attr", getattr(call.node, "name", ""))
        if name in SAYS:
            _said(place, name, [list(_jinja_words(arg)) for arg in call.args], found)
    for assigned in tree.find_all(nodes.Assign):
        name = getattr(assigned.target, "name", "")
        if re.search(rf"(^|_){MARKER}$", name):
            for words in _jinja_constants(assigned.node):
                found.add(place, words)
        elif name == "block" and isinstance(assigned.node, nodes.Dict):
            pairs = {pair.key.value: pair.value for pair in assigned.node.items}
            heading, title, frame = (
                getattr(pairs.get(key), "value", "") for key in ("heading", "title", "frame")
            )
            # A block without a heading is named by its title to those who do not see it.
            if heading or not frame:
                found.add(place, heading or title)


def _jinja_words(node: nodes.Node) -> Iterator[str | None]:
    """The words that an argument may be; None for what is put together, which no catalogue can hold.

    A name, or a part of something, is words that are marked where they are written.
    """
    match node:
        case nodes.Const(value=str(words)):
            yield words
        case nodes.CondExpr(expr1=one, expr2=other):
            yield from _jinja_words(one)
            if other is not None:
                yield from _jinja_words(other)
        case nodes.Or(left=one, right=other):
            yield from _jinja_words(one)
            yield from _jinja_words(other)
        case nodes.Getitem(node=nodes.Dict() | nodes.List() as table):
            yield from _jinja_constants(table)
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            return
        case _:
            yield None


def _jinja_constants(node: nodes.Node) -> Iterator[str]:
    """The texts of a list or the values of a table, however deep."""
    match node:
        case nodes.Const(value=str(words)):
            yield words
        case nodes.Dict(items=pairs):
            for pair in pairs:
                yield from _jinja_constants(pair.value)
        case nodes.List(items=items) | nodes.Tuple(items=items):
            for item in items:
                yield from _jinja_constants(item)
        case _:
            return


def read_module(text: str, place: str, found: Found) -> None:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in SAYS:
                _said(place, name, [list(_python_words(arg)) for arg in node.args], found)
            case ast.Name(id=name) if name == MARKER:
                for argument in node.args:
                    for each in ast.walk(argument):
                        if isinstance(each, ast.Constant) and isinstance(each.value, str):
                            found.add(place, each.value)
            case _:
                pass


def _python_words(node: ast.expr) -> Iterator[str | None]:
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.IfExp(body=one, orelse=other):
            yield from _python_words(one)
            yield from _python_words(other)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _python_words(value)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return
        case _:
            yield None


def _said(place: str, name: str, arguments: list[list[str | None]], found: Found) -> None:
    heads = arguments[: SAYS[name]]
    if len(heads) < SAYS[name] or any(None in head for head in heads):
        found.faults.append(f"{place}: {name}(…) whose words are not written out there")
        return
    if name == "n":
        for one, many in zip(*heads, strict=True):
            found.add(place, str(one), str(many))
    else:
        for words in heads[0]:
            found.add(place, str(words))


def read_catalogue(tag: str, folder: Path = CATALOGUES) -> Catalog:
    path = folder / f"{tag}.po"
    text = path.read_bytes() if path.exists() else header_of(tag)
    return read_po(BytesIO(text), abort_invalid=True)


def new_catalogue(tag: str, found: Found, known: Catalog) -> Catalog:
    """The catalogue of exactly these words, with the translations that are known, in the order of English."""
    made = read_po(BytesIO(header_of(tag)))
    for one in sorted(found.places, key=lambda words: (words.casefold(), words)):
        many = found.plurals.get(one)
        before = known.get(one)
        same = before is not None and isinstance(before.id, tuple) == bool(many)
        made.add(
            (one, many) if many else one,
            before.string if before is not None and same else None,
            auto_comments=sorted(found.places[one]),
            user_comments=before.user_comments if before is not None else (),
        )
    return made


def header_of(tag: str) -> bytes:
    name = Locale.parse(tag).english_name
    return f"""# {name}: the words of small pages.
# Comments say where a word stands. What stands in braces is filled in and must be kept.
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {tag}\\n"
"Plural-Forms: {PLURALS[tag]}\\n"
""".encode()


def text_of(tag: str, catalogue: Catalog) -> bytes:
    """As a file: our own short header, one word after the other."""
    body = BytesIO()
    write_po(body, catalogue, omit_header=True, width=0)
    return header_of(tag) + b"\n" + body.getvalue().strip() + b"\n"


def starter_words() -> Found:
    """Everything that starters say, but for names, which are the owner's."""
    found = Found()
    for starter in list_starters():
        for _, text in translatable(starter.site):
            if text != starter.title:
                found.add(f"templates/starters/{starter.name}.yaml", text)
    return found


def update(tags: Iterable[str] = PLURALS) -> None:
    for folder, found in ((CATALOGUES, find_words()), (STARTERS, starter_words())):
        folder.mkdir(parents=True, exist_ok=True)
        for tag in tags:
            made = new_catalogue(tag, found, read_catalogue(tag, folder))
            (folder / f"{tag}.po").write_bytes(text_of(tag, made))


if __name__ == "__main__":
    update()
