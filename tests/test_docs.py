"""The documentation is held to the program: links lead somewhere, commands and settings exist."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from scanly.analytics.reports.breakdowns import breakdowns
from scanly.cli.commands import COMMANDS, load
from scanly.cli.main import run
from scanly.core import settings
from scanly.core.events import EVENTS

ROOT = Path(__file__).resolve().parents[1]
# Read by the tests alone.
FOR_TESTS = {"SCANLY_BINARY"}

BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SHELLS = {"", "sh", "shell", "bash", "console"}
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
VARIABLE = re.compile(r"\bSCANLY_[A-Z_]*[A-Z]\b")

# What says on which machine or by whom a text was written, instead of what it is about.
PRIVATE = re.compile(
    r"(?<![\w.}\]])/(?:work/(?:main|shared|notes)|opt/(?:v|wheels|pypi))\b"
    r"|bash_job[s]|\bsub-?agents?\b|\bsession \d|--(?:extra-)?index-url|\b(?:PIP|UV)_\w*INDEX"
    r"|https?://(?!pypi\.org/)[^\s\"'`]+/simple\b",
    re.IGNORECASE,
)


def files() -> Iterator[Path]:
    """Every file of the project: what git would not ignore, also where there is no git."""
    ignored = [".git", *(ROOT / ".gitignore").read_text(encoding="utf-8").replace("/\n", "\n").split()]
    folders = [ROOT]
    while folders:
        for path in sorted(folders.pop().iterdir()):
            if any(fnmatch(path.name, pattern) for pattern in ignored):
                continue
            if path.is_dir() and not path.is_symlink():
                folders.append(path)
            elif path.is_file():
                yield path


FILES = tuple(files())
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in FILES
    if path.suffix == ".md"
}


def dead_links(page: str, text: str) -> list[str]:
    """The relative links of a page that lead to no file."""
    targets = (target.partition("#")[0] for target in LINK.findall(BLOCK.sub("", text)))
    return [
        one for one in targets if one and ":" not in one and not (ROOT / page).parent.joinpath(one).exists()
    ]


def commands(text: str) -> list[str]:
    """Every ``scanly …`` line in the shell blocks and code spans of a page."""
    blocks = "".join(block for language, block in BLOCK.findall(text) if language in SHELLS)
    lines = [line.strip().removeprefix("$ ") for line in blocks.replace("\\\n", " ").splitlines()]
    lines += CODE.findall(BLOCK.sub("", text))
    return [line for line in lines if re.match(r"scanly(\s|$)", line)]


def arguments(line: str) -> list[str]:
    """The words after ``scanly`` up to a pipe, comment or next command; optional ones count as given."""
    lexer = shlex.shlex(line.replace("…", ""), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in list(lexer)[1:]:
        if word and set(word) <= set("|&;<>"):
            break
        words.append(word.strip("[]") if word.startswith("[") or word.endswith("]") else word)
    return words


def answer(words: list[str], monkeypatch: pytest.MonkeyPatch) -> object:
    """The status of ``scanly WORDS --help``: 0 when such a command with such options exists, else 2."""
    monkeypatch.setattr(sys, "argv", ["scanly", *words, "--help"])
    with pytest.raises(SystemExit) as stopped:
        run()
    return stopped.value.code or 0


# The changelog may name commands as they once were.
LINES = sorted(
    {(page, line) for page, text in PAGES.items() if page != "CHANGELOG.md" for line in commands(text)}
)


@pytest.fixture
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCANLY_DATA", str(tmp_path))


def test_the_pages_a_project_needs_are_there() -> None:
    needed = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    assert needed <= set(PAGES)
    assert (ROOT / "LICENSE").is_file()


def anchors(text: str) -> set[str]:
    """The parts of a page that can be linked to, as GitHub names its headings."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_anchors(page: str, text: str) -> list[str]:
    """The links of a page to a part of itself or of another page that has no such heading."""
    found: list[str] = []
    for target in LINK.findall(BLOCK.sub("", text)):
        name, _, part = target.partition("#")
        other = ROOT.joinpath(page).parent.joinpath(name) if name else ROOT / page
        if part and ":" not in name and part not in anchors(other.read_text(encoding="utf-8")):
            found.append(target)
    return found


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_relative_link_leads_to_a_file_and_its_part(page: str) -> None:
    assert dead_links(page, PAGES[page]) == []
    assert dead_anchors(page, PAGES[page]) == []


def test_a_link_to_a_part_that_is_not_there_is_reported() -> None:
    assert dead_anchors("README.md", "[a](CHANGELOG.md#unreleased) [b](CHANGELOG.md#gone)") == [
        "CHANGELOG.md#gone"
    ]
    assert anchors("# Who came back: `cohorts`\n## A b-c\n") == {"who-came-back-cohorts", "a-b-c"}


def test_a_dead_link_is_reported() -> None:
    text = "[a](README.md#top) [b](https://example.com) [c](#top) [d](missing.md) ![e](<gone.png>)"
    assert dead_links("CONTRIBUTING.md", text) == ["missing.md", "gone.png"]


@pytest.mark.usefixtures("own_data_folder")
@pytest.mark.parametrize(("page", "line"), LINES)
def test_every_command_line_names_what_exists(page: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(arguments(line), monkeypatch) == 0, f"{page}: {line}"


@pytest.mark.usefixtures("own_data_folder")
@pytest.mark.parametrize("line", ["scanly unheard-of", "scanly --unheard-of", "scanly serve --unheard-of"])
def test_a_command_or_option_that_does_not_exist_is_reported(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answer(arguments(line), monkeypatch) == 2


def test_command_lines_are_found_as_people_write_them() -> None:
    text = (
        "Run `scanly serve`, not `scanly-server`.\n```sh\n$ scanly qr make x \\\n  -o a.svg # one\nls\n```\n"
    )
    assert commands(text) == ["scanly qr make x    -o a.svg # one", "scanly serve"]
    assert arguments('scanly qr make "a b" -o a.svg # one') == ["qr", "make", "a b", "-o", "a.svg"]
    assert arguments("scanly stats menu [--since 30d] --json | jq .rows > x") == (
        ["stats", "menu", "--since", "30d", "--json"]
    )


def test_the_readme_shows_commands() -> None:
    assert commands(PAGES["README.md"])


def leaves(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words of every command that people see: of those below a group, and of one that works alone."""
    if not isinstance(command, TyperGroup):
        yield path
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        if below and not below.hidden:
            yield from leaves(below, (*path, name))
    if command.invoke_without_command:
        yield path


def shown(words: list[str], path: tuple[str, ...]) -> bool:
    """Whether a command line is one of that command, also behind options of all commands."""
    while words and words[0].startswith("--"):
        words = words[2 if words[0] in {"--data", "--workspace"} else 1 :]
    return tuple(words[: len(path)]) == path


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=" ".join(path))
        for section in COMMANDS.values()
        for name, entry in section.items()
        for path in leaves(load(name, entry), (name,))
    ],
)
def test_every_command_is_shown_somewhere(path: tuple[str, ...]) -> None:
    assert any(shown(arguments(line), path) for _, line in LINES), f"show `scanly {' '.join(path)}` in docs/"


def test_a_command_is_known_behind_options_and_not_by_the_beginning_of_a_word() -> None:
    assert shown(arguments('scanly --workspace "A b" --json link list --tag x'), ("link", "list"))
    assert not shown(["link", "list"], ("link", "listen"))
    assert not shown(["link"], ("link", "list"))


def first_cells(text: str, heading: str) -> set[str]:
    """The code words in the first column of the table below a heading."""
    below = text.partition(f"\n{heading}\n")[2].partition("\n#")[0]
    rows = [line.split("|")[1] for line in below.splitlines() if line.startswith("|")]
    return {word for row in rows for word in CODE.findall(row)}


def test_every_word_that_numbers_are_told_by_is_documented_and_exists() -> None:
    assert first_cells(PAGES["docs/stats.md"], "### By what") == set(breakdowns())


def test_every_event_is_documented_and_exists() -> None:
    assert first_cells(PAGES["CONTRIBUTING.md"], "## What others are told") == {each.NAME for each in EVENTS}


@pytest.mark.parametrize("name", settings.names())
def test_every_setting_is_documented(name: str) -> None:
    variable = f"{settings.PREFIX}{name.upper()}"
    named = re.compile(rf"`{name}`|^{name} =|\b{variable}\b", re.MULTILINE)
    assert any(named.search(text) for text in PAGES.values()), (
        f"describe `{name}` or `{variable}` in the README"
    )


def test_every_variable_in_the_documentation_exists() -> None:
    known = {f"{settings.PREFIX}{name.upper()}" for name in settings.names()} | settings.OUTSIDE | FOR_TESTS
    named = {(page, variable) for page, text in PAGES.items() for variable in VARIABLE.findall(text)}
    assert not {(page, variable) for page, variable in named if variable not in known}


def test_no_file_tells_on_which_machine_or_by_whom_it_was_written() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in FILES
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), start=1)
        if (match := PRIVATE.search(line))
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    "words",
    [
        ("see ", "/wo", "rk/main/src"),
        ("run ", "/op", "t/v/bin/python"),
        ("sub", "agent"),
        ("as ses", "sion 3 said"),
        ("pip install --index", "-url x"),
        ("registry = 'https://", "mirror.example/sim", "ple'"),
    ],
)
def test_a_private_word_is_reported(words: tuple[str, ...]) -> None:
    assert PRIVATE.search("".join(words))


@pytest.mark.parametrize(
    "text", ["src/scanly/work/outbox.py", "tests/work/test_jobs.py", "a user agent", "session id"]
)
def test_a_word_of_the_subject_is_not_private(text: str) -> None:
    assert not PRIVATE.search(text)
