"""How one row's code looks: its own style or that of the run, with what the row says differently."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from scanly.codes.rowspec import RowSpec
from scanly.core.errors import Invalid, NotFound
from scanly.qr.style import Style
from scanly.qr.styles import find_style

_USUAL = msgspec.structs.asdict(Style())


def styled(style: Style, spec: RowSpec, folder: Path) -> Style:
    """The style of a row; its paths start from ``folder``, the spreadsheet's. Raises Invalid."""
    try:
        own = _named(_from(folder, spec.style, ".toml")) if spec.style else style
    except NotFound as error:
        raise Invalid.field("style", error.message, hint=error.hint) from error
    said: dict[str, object] = {}
    if spec.size_mm is not None:
        said |= {"size_mm": spec.size_mm, "module_mm": 0.0}
    if spec.logo:
        said["logo"] = str(folder / spec.logo)
    if spec.frame:
        said["frame"] = _from(folder, spec.frame, ".svg")
    if spec.caption:
        said["caption"] = spec.caption
    return msgspec.structs.replace(own, **said) if said else own


def written(style: Style) -> str:
    """A style in JSON: what differs from the plain one."""
    said = msgspec.structs.asdict(style)
    return msgspec.json.encode(
        {name: value for name, value in said.items() if value != _USUAL[name]}
    ).decode()


def read_style(text: str) -> Style:
    """What `written` wrote. Raises Invalid."""
    try:
        return msgspec.json.decode(text, type=Style)
    except msgspec.MsgspecError as error:
        raise Invalid.field("style", f"cannot be read: {error}.", hint="Bring the manifest back.") from error


# The same few styles come with every row.
@lru_cache(maxsize=64)
def _named(name: str) -> Style:
    return find_style(name).style


def _from(folder: Path, name: str, suffix: str) -> str:
    """A path from the folder when it is one of a file, else the name of what comes along."""
    return str(folder / name) if name.lower().endswith(suffix) else name
