"""Pictures on labels: found, kept, fitted."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import NotFound
from scanly.press.labels.placing import Pictures, picture_in
from scanly.press.page import Box
from scanly.press.pictures.picture import Picture, Pixels, Vectors
from scanly.qr.artwork import Fill
from scanly.qr.extent import extent
from scanly.qr.ink import BLACK, WHITE
from scanly.qr.outline import box

SIDES = st.integers(1, 300)
ROOMS = st.floats(5, 80)


@given(SIDES, SIDES, ROOMS, ROOMS)
def test_a_contained_picture_keeps_its_proportions_and_touches_its_box(
    width, height, room_width, room_height
):
    room = Box(3, 4, room_width, room_height)
    for picture in (Pixels(b"", width, height, "grey"), Vectors((), width, height)):
        found = picture_in(picture, room).box
        assert room.holds(found)
        assert found.width / found.height == pytest.approx(width / height)
        assert found.width == pytest.approx(room.width) or found.height == pytest.approx(room.height)
        assert found.middle == pytest.approx(room.middle)


@pytest.mark.parametrize(("inks", "plates"), [("grey", 1), ("rgb", 3), ("cmyk", 4)])
@pytest.mark.parametrize(
    ("room", "left", "top", "wide", "tall"), [((10, 10), 1, 0, 3, 3), ((10, 2), 0, 1, 5, 1)]
)
def test_a_picture_that_covers_its_box_is_cut_evenly(inks, plates, room, left, top, wide, tall):
    rows = [
        bytes(plate + plates * (x + 5 * y) for x in range(5) for plate in range(plates)) for y in range(3)
    ]
    placed = picture_in(Pixels(zlib.compress(b"".join(rows)), 5, 3, inks), Box(1, 1, *room), "cover")
    assert placed.box == Box(1, 1, *room)
    assert isinstance(placed.picture, Pixels)
    assert (placed.picture.width_px, placed.picture.height_px) == (wide, tall)
    wanted = [line[left * plates : (left + wide) * plates] for line in rows[top : top + tall]]
    assert zlib.decompress(placed.picture.data) == b"".join(wanted)


def test_a_drawing_that_covers_its_box_is_cut_along_it():
    drawing = Vectors((Fill(box(0, 0, 400, 100), BLACK), Fill(box(0, 0, 20, 20), WHITE)), 400, 100)
    placed = picture_in(drawing, Box(0, 0, 10, 10), "cover")
    assert isinstance(placed.picture, Vectors)
    assert (placed.picture.width, placed.picture.height) == (100, 100)
    # The other one stood at the left, where nothing is left.
    (fill,) = placed.picture.fills
    assert extent(fill.path) == pytest.approx((0, 0, 100, 100))


ROOM = Box(0, 0, 30, 15)


class Reads:
    def __init__(self) -> None:
        self.files: list[str] = []
        self.rooms_mm: list[tuple[float, float]] = []

    def __call__(self, file: Path, room_mm: tuple[float, float]) -> Picture:
        self.files.append(file.name)
        self.rooms_mm.append(room_mm)
        return Pixels(b"", 1, 1, "grey")


def test_pictures_are_read_once_as_long_as_they_come_again(tmp_path: Path):
    names = [f"{number}.png" for number in range(12)]
    for name in names:
        (tmp_path / name).touch()
    reads = Reads()
    pictures = Pictures(tmp_path, reads)
    for name in names:
        pictures.read("0.png", ROOM)
        pictures.read(name, ROOM)
    assert reads.files == names
    assert pictures.read(str(tmp_path / "0.png"), ROOM) == pictures.read("0.png", ROOM)
    pictures.read("1.png", ROOM)
    assert reads.files[-1] == "1.png"
    assert len(reads.files) == 14


def test_a_picture_is_read_as_fine_as_each_of_its_rooms_asks_for(tmp_path: Path):
    (tmp_path / "logo.png").touch()
    reads = Reads()
    pictures = Pictures(tmp_path, reads)
    for room in (ROOM, Box(5, 5, 20, 10), Box(9, 0, 20, 10)):
        pictures.read("logo.png", room)
    assert reads.rooms_mm == [(ROOM.width, ROOM.height), (20, 10)]


def test_a_picture_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path):
    (tmp_path / "honey.jpg").touch()
    pictures = Pictures(tmp_path, Reads())
    with pytest.raises(NotFound, match=r'no picture "hony\.jpg"\. Did you mean "honey\.jpg"\?'):
        pictures.read("hony.jpg", ROOM)
    for name in ("a\0b", "none/there.png", "", "."):
        with pytest.raises(NotFound, match="Pictures are looked for in"):
            pictures.read(name, ROOM)
