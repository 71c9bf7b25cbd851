import pytest
from PIL import Image

from scanly.core.errors import Invalid
from scanly.media.drawing import clean
from scanly.media.files import kind_of, read_picture
from scanly.media.model import MAX_BYTES
from tests.media.pictures import drawing, gif, png, saved

SQUARE = Image.new("RGB", (8, 8), "#9a4b00")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (saved(SQUARE, "PNG"), "png"),
        (saved(SQUARE, "JPEG"), "jpg"),
        (saved(SQUARE, "WEBP"), "webp"),
        (saved(SQUARE, "AVIF"), "avif"),
        (clean(drawing(), "logo")[0], "svg"),
        (drawing(), None),
        (drawing("<script>alert(1)</script>"), None),
        (gif(1), None),
        (b"", None),
        (b"<html>", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (png(10**6, 10**6, pixels=b"x"), None),
    ],
    ids=[
        "png",
        "jpg",
        "webp",
        "avif",
        "svg",
        "another's svg",
        "script",
        "gif",
        "empty",
        "page",
        "cut off",
        "bomb",
    ],
)
def test_a_file_of_ours_is_told_by_its_content(data, kind):
    assert kind_of(data) == kind


def test_no_more_of_a_file_is_read_than_one_byte_too_many(tmp_path):
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(5 * 10**9)
    assert len(read_picture(tmp_path / "huge.png", "huge.png")) == MAX_BYTES + 1


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Invalid, match=r"^logo: .*nothing\.png cannot be read: No such file"):
        read_picture(tmp_path / "nothing.png", "logo")
