"""The house rules, read from the source: floors, libraries, clock, environment, names, sizes, stores.

Every rule takes one module and yields what is wrong with it and what to do. Each is proved below by a small
text that it must report and, where it could be too strict, by one that it must let pass.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "scanly"

# A package imports only packages on lower floors. The package itself (its version) is the ground.
FLOORS = {
    "": 0,
    "core": 1,
    "db": 2,
    "qr": 3,
    "work": 3,
    "accounts": 4,
    "media": 5,
    "links": 5,
    "codes": 6,
    "experiments": 6,
    "sites": 6,
    "press": 7,
    "scans": 7,
    "analytics": 8,
    "assist": 9,
    "automations": 9,
    "billing": 9,
    "integrations": 9,
    "messages": 9,
    "ops": 10,
    "app": 11,
    "web": 12,
    "cli": 13,
    "__main__": 14,
}

# Libraries, and the rooms that may use them: packages, files of that name in any package, or one file.
LIBRARIES = {
    "litestar uvicorn": "web",
    "typer click rich": "cli",
    "segno zxingcpp resvg_py uharfbuzz pathops": "qr",
    "pypdfium2": "qr codes press",
    "jinja2": "sites analytics messages web",
    "reportlab": "press analytics",
    "obstore": "media",
    "sqlalchemy alembic sqlite3 aiosqlite asyncpg sqlite_utils": (
        "db ops tables.py store.py analytics/events/sqlite.py analytics/events/postgres_session.py"
    ),
    "httpx2 httpx requests aiohttp urllib3 urllib.request http.client smtplib ftplib xmlrpc.client "
    "socket.create_connection asyncio.open_connection": "core/outbound.py web",
}

CLOCK = {
    "time.time",
    "time.time_ns",
    "time.clock_gettime",
    "time.clock_gettime_ns",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
}
ENVIRONMENT = {f"os.{name}" for name in ("environ", "environb", "getenv", "getenvb", "putenv", "unsetenv")}
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "services", "managers", "base", "common", "misc"}
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50
MOST_PARAMETERS = 7

# Queries that are not bound to one workspace (`*_anywhere`), by package; must match the sources exactly.
ANYWHERE = {
    # Who asks has no workspace yet: it is being made, chosen or listed.
    "accounts": "add_workspace find_workspace list_workspaces look_at_workspaces",
    # The doctor speaks of the installation: what is to be printed anew, whosever it is.
    "codes": "list_due",
    # How far each journal has been counted.
    # How long what fired is kept is said for the installation.
    "analytics": (
        "read_positions read_waiting forget_alerts ask_recounts "
        # Whose hashes an address may have: agents are one list for everybody.
        "agents_since "
        # The doctor and metrics speak of the installation.
        "read_counting"
    ),
    # A host and a code are unique over all workspaces; the table in memory holds the links of all of them.
    "links": (
        "all_links bound_hosts changed_since default_hosts keep_default_host last_change lock_changes taken "
        "look_up_link look_up_plans look_at_changes look_at_hosts look_at_last_change "
        "look_for_plans all_plans due_plans "
        # An export carries every printed code, whosever it is.
        "hosts_in_use links_in_order standing keep_standing note_standing drop_standing "
        # The doctor speaks of the installation: when anybody last looked where links lead, and what was found.
        "sum_up"
    ),
    # A file is named by its content, so workspaces share it; it is removed with the last picture that names it.
    "media": "files_in_use",
    "sites": (
        # Host and slug are unique over all workspaces, and visitors ask for sites of all of them.
        "find_live find_front list_live bound_hosts look_at_bound_hosts is_taken fronts "
        # How long answers of visitors are kept is said for the installation.
        "remove_old"
    ),
    # Outbox, cursors, jobs and leases belong to the installation.
    "work": "advance count_jobs enqueue facts fail finish forget_done forget_facts hold_lease take",
}

# Folders of tests that belong to no package.
TESTS_OF_THE_WHOLE = {"bench", "fixtures", "journeys"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """``import a.b as c`` imports ``a.b`` and binds ``c``, which means ``a.b``."""

    full: str
    bound: str
    means: str
    line: int


@dataclass(frozen=True)
class Module:
    """One source file; ``path`` is relative to ``src/scanly``, such as ``links/store.py``."""

    path: str
    text: str

    @property
    def package(self) -> str:
        """The room on a floor: the first folder, or the name of a file that stands beside the folders."""
        first, _, rest = self.path.partition("/")
        return first if rest else "" if first == "__init__.py" else first.removesuffix(".py")

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import, wherever it stands in the file."""
        return tuple(one for node in ast.walk(self.tree) for one in self._imports(node))

    def _imports(self, node: ast.AST) -> Iterator[Import]:
        match node:
            case ast.Import(names=names, lineno=line):
                for alias in names:
                    first = alias.name.partition(".")[0]
                    bound, means = (alias.asname, alias.name) if alias.asname else (first, first)
                    yield Import(alias.name, bound, means, line)
            case ast.ImportFrom(names=names, lineno=line):
                for alias in names:
                    full = f"{self._origin(node)}.{alias.name}"
                    yield Import(full, alias.asname or alias.name, full, line)
            case ast.Call(func=called, args=[ast.Constant(value=str(full)), *_], lineno=line):
                if ast.unparse(called) in {"importlib.import_module", "import_module", "__import__"}:
                    yield Import(full, "", full, line)
            case _:
                pass

    def _origin(self, node: ast.ImportFrom) -> str:
        """The dotted name that a ``from`` names; dots are counted from this file."""
        if not node.level:
            return node.module or ""
        here = ["scanly", *self.path.split("/")]
        parts = here[: len(here) - node.level]
        return ".".join([*parts, node.module] if node.module else parts)

    @cached_property
    def uses(self) -> tuple[tuple[str, int], ...]:
        """Every full dotted name that is imported or reached through an import, with its line."""
        means = {one.bound: one.means for one in self.imports}
        found = [(one.full, one.line) for one in self.imports]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                first, _, rest = ast.unparse(node).partition(".")
                if first in means:
                    found.append((f"{means[first]}.{rest}", node.lineno))
        return tuple(found)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        return tuple(node for node in ast.walk(self.tree) if isinstance(node, Function))


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def parameters(function: Function) -> list[str]:
    """The names of all parameters but ``self`` and ``cls``."""
    given = function.args
    every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    return [one.arg for one in every if one and one.arg not in {"self", "cls"}]


def floors(module: Module) -> Iterator[str]:
    if module.package not in FLOORS:
        yield f'"{module.package}" stands on no floor; give it one in FLOORS, or move the file into its room'
        return
    own = FLOORS[module.package]
    for one in module.imports:
        target = one.full.removeprefix("scanly").removeprefix(".").partition(".")[0]
        if not within(one.full, "scanly") or target.startswith("__") or target == module.package:
            continue
        if target not in FLOORS:
            yield f"line {one.line}: {one.full} is on no floor"
        elif FLOORS[target] >= own:
            yield (
                f"line {one.line}: floor {own} imports {target} (floor {FLOORS[target]}); "
                "pass the value in, or move what both need to a lower floor"
            )


def libraries(module: Module) -> Iterator[str]:
    here = {module.package, module.name, module.path}
    for full, line in module.uses:
        for library, rooms in LIBRARIES.items():
            if any(within(full, name) for name in library.split()) and here.isdisjoint(rooms.split()):
                yield f"line {line}: {full} is used only in {rooms}; call what is offered there"


def clock(module: Module) -> Iterator[str]:
    for full, line in module.uses:
        if full in CLOCK and module.path != "core/clock.py":
            yield f"line {line}: {full} reads the clock; take now_ms as an argument (Call.now_ms) or a Clock"


def environment(module: Module) -> Iterator[str]:
    for full, line in module.uses:
        if any(within(full, name) for name in ENVIRONMENT) and module.path != "core/settings.py":
            yield f"line {line}: {full} is the environment; make it a setting in core/settings.py"


def names(module: Module) -> Iterator[str]:
    for part in module.path.removesuffix(".py").split("/"):
        if part in NAMES_THAT_SAY_NOTHING:
            yield f'"{part}" says nothing; name the file after what it decides or holds'


def file_size(module: Module) -> Iterator[str]:
    lines = len(module.text.splitlines())
    if lines > MOST_LINES:
        yield f"{lines} lines, at most {MOST_LINES}; find the second reason to exist and give it its own file"


def function_size(module: Module) -> Iterator[str]:
    if module.path.startswith("ops/migrations/"):
        return  # a migration is a list of statements, frozen once it is released
    for function in module.functions:
        first = function.body[0].lineno if _is_command(module, function) else function.lineno
        lines = (function.end_lineno or first) - first + 1
        if lines > MOST_LINES_OF_A_FUNCTION:
            at_most = f"at most {MOST_LINES_OF_A_FUNCTION}; name its steps"
            yield f"line {function.lineno}: {function.name} has {lines} lines, {at_most}"


def parameter_count(module: Module) -> Iterator[str]:
    for function in module.functions:
        count = len(parameters(function))
        if count > MOST_PARAMETERS and not _is_command(module, function):
            at_most = f"at most {MOST_PARAMETERS}; put those that travel together into one value"
            yield f"line {function.lineno}: {function.name} takes {count} parameters, {at_most}"


def _is_command(module: Module, function: Function) -> bool:
    """Whether its parameters are the options of a command: only its body counts then."""
    decorators = " ".join(ast.unparse(one) for one in function.decorator_list)
    declared = re.search(r"\.(command|callback)\b", decorators)
    return module.package == "cli" and bool(
        declared or re.search(r"\b(Option|Argument)\(", ast.unparse(function.args))
    )


def stores(module: Module) -> Iterator[str]:
    if module.name != "store.py":
        return
    for function in _queries(module):
        taken = parameters(function)
        if not function.name.endswith("_anywhere") and taken[1:2] != ["workspace_id"]:
            yield (
                f"line {function.lineno}: {function.name} needs workspace_id as its second parameter; "
                "a query over all workspaces is named *_anywhere and listed in ANYWHERE with its reason"
            )


def _queries(module: Module) -> Iterator[Function]:
    """The functions and methods of a store that others may call."""
    bodies = [module.tree.body, *(node.body for node in module.tree.body if isinstance(node, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node


def unfinished(module: Module) -> Iterator[str]:
    for line, text in enumerate(module.text.splitlines(), start=1):
        if found := re.search(r"\b(TODO|FIXME|XXX)\b", text):
            yield f"line {line}: {found.group()}; finish it, or take it out"


Rule = Callable[[Module], Iterator[str]]
RULES: tuple[Rule, ...] = (
    floors,
    libraries,
    clock,
    environment,
    names,
    file_size,
    function_size,
    parameter_count,
    stores,
    unfinished,
)


def sources() -> Iterator[Module]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield Module(path.relative_to(SOURCE).as_posix(), path.read_text(encoding="utf-8"))


MODULES = tuple(sources())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps(rule: Rule) -> None:
    assert MODULES, f"no sources under {SOURCE}"
    faults = [f"src/scanly/{module.path}: {fault}" for module in MODULES for fault in rule(module)]
    assert not faults, "\n" + "\n".join(faults)


def test_queries_over_all_workspaces_are_exactly_those_listed() -> None:
    found = {
        f"{module.package}/store.py: {query.name}"
        for module in MODULES
        if module.name == "store.py"
        for query in _queries(module)
        if query.name.endswith("_anywhere")
    }
    listed = {
        f"{room}/store.py: {name}_anywhere" for room, names in ANYWHERE.items() for name in names.split()
    }
    faults = [
        f"{query}: list it in ANYWHERE with a reason, or bind it to a workspace" for query in found - listed
    ]
    faults += [f"{query}: take it out of ANYWHERE, there is no such query" for query in listed - found]
    assert not faults, "\n" + "\n".join(sorted(faults))


def unmirrored(packages: set[str], tested: set[str]) -> Iterator[str]:
    for package in sorted(packages - tested):
        yield f"tests/{package}: has no test_*.py; every package has its tests in the folder of its name"
    for folder in sorted(tested - packages - TESTS_OF_THE_WHOLE):
        yield f"tests/{folder}: there is no package of this name in src/scanly"


def test_the_folders_of_tests_mirror_the_packages() -> None:
    packages = {module.package for module in MODULES if "/" in module.path}
    tests = (path.relative_to(ROOT / "tests") for path in (ROOT / "tests").glob("*/**/test_*.py"))
    tested = {path.parts[0] for path in tests}
    faults = list(unmirrored(packages, tested))
    assert not faults, "\n" + "\n".join(faults)


def test_a_package_without_tests_and_tests_without_a_package_are_reported() -> None:
    assert len(list(unmirrored({"qr", "links"}, {"qr", "pages", "journeys"}))) == 2


Case = tuple[Rule, str, str]
LONG_FUNCTION = "def act():\n" + "    pass\n" * MOST_LINES_OF_A_FUNCTION
EIGHT = "a, b, c, d, e, f, g, h"

# rule, path, source: each must be reported.
BROKEN: tuple[Case, ...] = (
    (floors, "links/routing.py", "import scanly.codes"),
    (floors, "links/routing.py", "from scanly.web.server import start"),
    (floors, "links/routing.py", "from scanly import web"),
    (floors, "links/routing.py", "from ..web import server"),
    (floors, "links/routing.py", "from .. import web"),
    (floors, "links/sub/routing.py", "from ...web import server"),
    (floors, "links/routing.py", "import importlib\nimportlib.import_module('scanly.web')"),
    (floors, "codes/bulk.py", "from scanly.sites import document"),
    (floors, "qr/drawing.py", "def late():\n    from scanly.links import model"),
    (floors, "qr/drawing.py", "if TYPE_CHECKING:\n    import scanly.links.model"),
    (floors, "core/ids.py", "from scanly.app import start"),
    (floors, "links/routing.py", "from scanly.unknown import anything"),
    (floors, "unknown/routing.py", ""),
    (floors, "__init__.py", "from scanly.core import ids"),
    (libraries, "links/actions.py", "import litestar"),
    (libraries, "ops/health.py", "from uvicorn.config import Config"),
    (libraries, "web/front.py", "import typer"),
    (libraries, "app.py", "from rich.console import Console"),
    (libraries, "links/actions.py", "from sqlalchemy import select"),
    (libraries, "analytics/ingest.py", "import sqlite3"),
    (libraries, "codes/bulk.py", "def late():\n    import sqlite_utils"),
    (libraries, "codes/draw.py", "import segno"),
    (libraries, "links/page.py", "from jinja2 import Environment"),
    (libraries, "qr/writers/pdf.py", "from reportlab.pdfgen import canvas"),
    (libraries, "sites/look.py", "import httpx2"),
    (libraries, "sites/look.py", "import urllib.request"),
    (libraries, "sites/look.py", "from urllib import request"),
    (libraries, "ops/look.py", "from http.client import HTTPConnection"),
    (libraries, "ops/look.py", "import socket\nsocket.create_connection(('host', 25))"),
    (libraries, "ops/look.py", "from asyncio import open_connection"),
    (clock, "links/rules.py", "import time\nnow = time.time()"),
    (clock, "links/rules.py", "from time import time_ns as tick"),
    (clock, "links/rules.py", "import time as t\nclock = t.time_ns"),
    (clock, "links/rules.py", "from datetime import datetime, UTC\nnow = datetime.now(UTC)"),
    (clock, "links/rules.py", "import datetime\nnow = datetime.datetime.utcnow()"),
    (clock, "links/rules.py", "import datetime as dt\ntoday = dt.date.today()"),
    (clock, "links/store.py", "from sqlalchemy import func\nnow = func.now()"),
    (environment, "ops/doctor.py", "import os\nhome = os.environ['HOME']"),
    (environment, "ops/doctor.py", "import os\nhome = os.environ.get('HOME')"),
    (environment, "ops/doctor.py", "from os import getenv"),
    (environment, "ops/doctor.py", "import os\nos.putenv('A', 'b')"),
    (names, "links/utils.py", ""),
    (names, "links/helpers/text.py", ""),
    (file_size, "links/routing.py", "\n" * (MOST_LINES + 1)),
    (function_size, "links/routing.py", LONG_FUNCTION),
    (function_size, "ops/backup.py", LONG_FUNCTION),
    (function_size, "cli/link.py", f"@app.command()\n{LONG_FUNCTION}    pass"),
    (function_size, "links/routing.py", "class Link:\n" + re.sub("(?m)^", "    ", f"async {LONG_FUNCTION}")),
    (parameter_count, "links/routing.py", f"def act({EIGHT}): ..."),
    (parameter_count, "links/routing.py", "def act(a, b, c, d, e, *f, g, **h): ..."),
    (parameter_count, "links/routing.py", f"def act({EIGHT}, i: Annotated[int, Option()]): ..."),
    (parameter_count, "cli/link.py", f"def act({EIGHT}): ..."),
    (stores, "links/store.py", "async def find(db, code): ..."),
    (stores, "links/store.py", "def find(workspace_id, db): ..."),
    (stores, "links/store.py", "class Links:\n    def find(self, db, code): ..."),
    (unfinished, "links/routing.py", "# " + "TO" + "DO: later"),
    (unfinished, "links/routing.py", "# " + "FIX" + "ME"),
)

# rule, path, source: each must pass.
SOUND: tuple[Case, ...] = (
    (floors, "links/routing.py", "from scanly.core.ids import LinkId"),
    (floors, "links/routing.py", "from scanly.links import model\nfrom . import store"),
    (floors, "cli/main.py", "from scanly import __version__\nimport scanly.web.server"),
    (floors, "__main__.py", "from scanly.cli.main import run"),
    (libraries, "links/tables.py", "import sqlalchemy as sa"),
    (libraries, "links/store.py", "from sqlalchemy import select"),
    (libraries, "analytics/events/sqlite.py", "import sqlite3"),
    (libraries, "core/outbound.py", "import httpx2"),
    (libraries, "links/address.py", "from urllib.parse import urlsplit\nimport socket\nsocket.gethostname()"),
    (clock, "links/rules.py", "import time\n(time.monotonic(), time.perf_counter(), time.process_time())"),
    (clock, "links/rules.py", "from datetime import datetime\nwhen = datetime.fromtimestamp(0)"),
    (clock, "core/clock.py", "import time\nnow = time.time_ns()"),
    (environment, "core/settings.py", "import os\nhome = os.environ"),
    (environment, "web/processes.py", "import subprocess\ndef start(env): subprocess.run(['x'], env=env)"),
    (names, "core/text.py", ""),
    (file_size, "links/routing.py", "\n" * MOST_LINES),
    (function_size, "ops/migrations/main/0001_first.py", LONG_FUNCTION),
    (function_size, "cli/link.py", f"@app.command()\n{LONG_FUNCTION}"),
    (parameter_count, "links/routing.py", "class Link:\n    def act(self, a, b, c, d, e, f, g): ..."),
    (parameter_count, "cli/link.py", f"def add({EIGHT}, i: Annotated[int, Option(help='')] = 1): ..."),
    (parameter_count, "cli/link.py", f"@app.command('add')\ndef add({EIGHT}): ..."),
    (stores, "links/store.py", "async def find(db, workspace_id, code): ...\ndef _row(row): ..."),
    (stores, "links/store.py", "async def by_host_anywhere(db, host): ..."),
    (stores, "links/actions.py", "async def add(call, url): ..."),
)


def shown(case: Case) -> str:
    return f"{case[0].__name__}: {case[2][:40] or case[1]!r}"


@pytest.mark.parametrize("case", BROKEN, ids=shown)
def test_a_broken_rule_is_reported(case: Case) -> None:
    rule, path, text = case
    assert list(rule(Module(path, text)))


@pytest.mark.parametrize("case", SOUND, ids=shown)
def test_what_keeps_the_rule_passes(case: Case) -> None:
    rule, path, text = case
    assert list(rule(Module(path, text))) == []


def test_every_rule_is_proved_by_a_text_that_breaks_it() -> None:
    assert {rule for rule, _, _ in BROKEN} == set(RULES)
