"""Extensions are found by folder: one file each, no list to keep."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def discover(package: ModuleType) -> dict[str, ModuleType]:
    """The modules of a package by name, in alphabetical order; works in a frozen binary, too."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__) if not info.ispkg)
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
