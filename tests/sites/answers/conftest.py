from __future__ import annotations

import pytest
from tests.conftest import Installation
from tests.sites.answers.shop import Shop, opened


@pytest.fixture
def shop(either: Installation) -> Shop:
    """A shop on each engine."""
    return opened(either)
