from typing import get_args

from scanly.analytics.report import DIMENSIONS, By
from scanly.cli.stats import Dimension


def test_the_command_offers_exactly_what_can_be_reported():
    assert tuple(Dimension) == DIMENSIONS == get_args(By)
