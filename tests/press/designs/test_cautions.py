"""What is told of a piece that can be printed and yet is poorer than it might be."""

from dataclasses import replace

import pytest
from tests.press.designs.samples import subject

from scanly.accounts.actions import FIRST_NAME
from scanly.press.designs.cautions import cautions
from scanly.press.page import Box, Group, Page, Placed
from scanly.press.pictures.picture import Pixels

PHOTO = Pixels(b"", 100, 100, "grey")


@pytest.mark.parametrize(("side_mm", "told"), [(11, []), (40, ["64 an inch"])])
def test_a_picture_that_will_look_soft_is_named_wherever_it_stands(side_mm, told):
    picture = Placed(PHOTO, Box(5, 5, side_mm, side_mm))
    for item in (picture, Group((picture,), (1, 0, 0, 1, 50, 0))):
        page = Page(100, 100, (item, item))
        said = list(cautions(subject(), [page, page]))
        assert len(said) == len(told)
        assert all(words in sentence for words, sentence in zip(told, said, strict=True))


def test_a_workspace_that_nobody_named_is_no_name_for_a_wall():
    (said,) = cautions(replace(subject(), name=FIRST_NAME), [])
    assert "workspace edit" in said
    assert list(cautions(subject(), [])) == []
