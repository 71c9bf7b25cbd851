from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.conftest import Installation

from scanly.cli.main import main
from scanly.cli.session import hoisted


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Scanly = Callable[..., Done]


@pytest.fixture
def scanly(
    installation: Installation,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    log_put_back: None,
) -> Scanly:
    """Runs one command in this process, on an empty installation."""
    monkeypatch.setenv("SCANLY_DATA", str(installation.folder.root))

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        status = main(hoisted([str(argument) for argument in arguments]))
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return run
