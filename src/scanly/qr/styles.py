"""Styles by name or in a file: a TOML file sets any field of `Style`, with a title and a word about it.

Paths in a style file (logo, font, a frame of one's own) are relative to that file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.errors import Invalid, NotFound
from scanly.core.paths import asset
from scanly.core.text import nearest
from scanly.qr.style import Style

_FIELDS = msgspec.structs.fields(Style)


class NamedStyle(msgspec.Struct, frozen=True):
    """A style with what people call it."""

    name: str
    title: Annotated[str, Meta(description="What people call it")]
    about: Annotated[str, Meta(description="What it looks like or is for")]
    style: Style


@cache
def styles() -> Mapping[str, NamedStyle]:
    """The styles that Scanly brings along, by name."""
    return {file.stem: read_style(file) for file in sorted(asset("styles").glob("*.toml"))}


def find_style(name: str) -> NamedStyle:
    """The style of that name, or in that TOML file. Raises NotFound or Invalid."""
    if not name.lower().endswith(".toml"):
        known = styles().get(name.lower())
        if known:
            return known
        hint = nearest(name.lower(), styles()) or f"There are {', '.join(styles())}; or give a .toml file."
        raise NotFound(f'There is no style "{name[:80]}".', hint=hint)
    return read_style(Path(name))


def read_style(file: Path) -> NamedStyle:
    """The style in a file. Raises NotFound, or Invalid with every key that is wrong."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotFound(f"{file} cannot be opened: {error.strerror}.", hint="Check the name.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            f"{file} is not TOML: {error}.", hint='Write lines such as dark = "#003366".'
        ) from error
    title, about = str(said.pop("title", file.stem)), str(said.pop("about", ""))
    return NamedStyle(file.stem, title, about, _style(file, said))


def _style(file: Path, said: dict[str, object]) -> Style:
    names = [field.name for field in _FIELDS]
    for name in said:
        if name not in names:
            hint = nearest(name, names) or f"Known are title, about, {', '.join(names)}."
            raise Invalid(f'{file}: there is no "{name}" in a style.', hint=hint)
    try:
        return msgspec.convert({name: _resolved(file, name, value) for name, value in said.items()}, Style)
    except msgspec.ValidationError as error:
        raise Invalid(f"{file}: {error}.", hint="Mend that line.") from error
    except Invalid as error:
        raise Invalid(f"{file}: {error}") from error


def _resolved(file: Path, name: str, value: object) -> object:
    """A value of a style file; paths start from its folder, and names of frames that come along stay."""
    is_path = name in ("logo", "font") or (name == "frame" and str(value).lower().endswith(".svg"))
    return str(file.parent / str(value)) if is_path and value else value
