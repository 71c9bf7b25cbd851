import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from scanly.media.encoding import Made, encode
from scanly.media.model import CONTENT_TYPES
from scanly.media.pixels import WIDTHS_PX, sizes
from tests.media.pictures import opened, photo, saved

ORIENTATION, GPS = 0x0112, 0x8825
FORMATS = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG", "png": "PNG"}


def quarters(width: int = 600, height: int = 400) -> Image.Image:
    """Red, green, blue and white, clockwise from the upper left."""
    picture = Image.new("RGB", (width, height), "red")
    draw = ImageDraw.Draw(picture)
    middle, bottom = width // 2, height // 2
    draw.rectangle((middle, 0, width, bottom), fill="lime")
    draw.rectangle((middle, bottom, width, height), fill="blue")
    draw.rectangle((0, bottom, middle, height), fill="white")
    return picture


def near(found: tuple[int, ...], wanted: tuple[int, ...], by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found, wanted, strict=True))


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(1, 1200), st.integers(1, 500)),
    st.sampled_from(["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK", "YCbCr"]),
    st.integers(1, 8),
)
def test_every_file_is_a_picture_of_its_kind_and_size_and_says_nothing_else(size, mode, orientation):
    form = {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "PNG")
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[GPS] = {1: "N", 2: (28.0, 36.0, 50.0)}
    made = encode(saved(Image.new(mode, size, 1 if mode == "P" else None), form, exif=exif))
    assert (made.width, made.height) == (size if orientation < 5 else size[::-1])
    for file in made.files:
        picture = opened(file.data)
        assert (picture.format, picture.size) == (FORMATS[file.kind], (file.width, file.height))
        assert picture.width <= made.width and picture.height <= max(made.height, 1)
        assert not picture.getexif() and not {"exif", "icc_profile", "comment"} & picture.info.keys()
        assert not any(mark in file.data for mark in (b"Exif", b"ICC_PROFILE", b"iCCP", b"http://ns.adobe"))
    *modern, fallback = made.files
    assert {file.kind for file in modern} <= {"avif", "webp"}
    assert fallback.kind in ("jpg", "png") and fallback.width <= 480


@given(st.integers(1, 60_000), st.integers(1, 60_000))
def test_sizes_rise_keep_their_proportions_and_are_never_enlarged(width, height):
    found = sizes(width, height)
    assert found == sorted(set(found))
    for across, down in found:
        assert 1 <= across <= min(width, 960) and 1 <= down <= min(max(height, 1), 3840)
        assert math.isclose(down, height * across / width, abs_tol=0.51) or down in (1, 3840)
    if height <= 4 * width:
        assert [across for across, _ in found] == [
            *(each for each in WIDTHS_PX if each < width),
            *([width] if width < 960 else []),
        ] or width >= 960


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_it_was_held(orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = quarters() if turned is None else quarters().transpose(turned)
    made = encode(saved(stored, "JPEG", exif=exif, quality=95))
    assert (made.width, made.height) == (600, 400)
    for file in made.files:
        picture = opened(file.data).convert("RGB")
        corner = [
            picture.getpixel((x * picture.width // 4, y * picture.height // 4))
            for y in (1, 3)
            for x in (1, 3)
        ]
        wanted = [(255, 0, 0), (0, 255, 0), (255, 255, 255), (0, 0, 255)]
        assert all(near(a, b) for a, b in zip(corner, wanted, strict=True)), (file.kind, corner)


def test_colours_of_another_profile_are_shown_as_they_were_meant():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    crossed = (
        srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    )  # red is blue
    for form in ("PNG", "JPEG"):
        data = saved(Image.new("RGB", (300, 200), (200, 90, 40)), form, icc_profile=crossed)
        shown = opened(encode(data).files[-1].data).convert("RGB").getpixel((9, 9))
        assert near(shown, (40, 90, 200), by=6), form


@pytest.mark.parametrize(
    "profile", [b"", b"no profile", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()]
)
def test_a_profile_that_cannot_be_used_leaves_the_colours_alone(profile):
    made = encode(saved(Image.new("RGB", (50, 50), (120, 90, 60)), "PNG", icc_profile=profile))
    assert near(opened(made.files[-1].data).convert("RGB").getpixel((9, 9)), (120, 90, 60), by=3)


def test_what_shows_through_stays_so_and_what_does_not_becomes_opaque():
    half = Image.new("RGBA", (700, 300), (200, 30, 30, 255))
    half.paste((0, 0, 0, 0), (350, 0, 700, 300))
    for file in encode(saved(half, "PNG")).files:
        picture = opened(file.data).convert("RGBA")
        alphas = [picture.getpixel((picture.width * part // 4, 20))[3] for part in (1, 3)]
        assert alphas[0] > 250 and alphas[1] < 5, file.kind
    opaque = encode(saved(photo(700, 300).convert("RGBA"), "PNG"))
    assert [file.kind for file in opaque.files][-1] == "jpg"


def test_at_each_width_the_smaller_format_is_kept_and_a_photo_is_light():
    given = saved(photo(2400, 1800), "JPEG", quality=92)
    made = encode(given)
    assert [file.width for file in made.files] == [240, 480, 960, 480]
    for file in made.files[:-1]:
        picture = opened(given).resize((file.width, file.height), Image.Resampling.LANCZOS)
        other = "WEBP" if file.kind == "avif" else "AVIF"
        options = {"quality": 70, "method": 4} if other == "WEBP" else {"quality": 52, "speed": 7}
        assert len(file.data) <= len(saved(picture, other, **options)) * 1.05
    assert len(made.files[1].data) < 40_000


def test_a_small_logo_stays_sharp_and_small():
    logo = Image.new("RGB", (120, 60), "white")
    ImageDraw.Draw(logo).ellipse((10, 10, 50, 50), fill="#9a4b00")
    made = encode(saved(logo, "PNG"))
    assert [(file.width, file.height) for file in made.files] == [(120, 60), (120, 60)]
    assert [file.kind for file in made.files] == ["webp", "png"]
    assert all(opened(file.data).convert("RGB").tobytes() == logo.tobytes() for file in made.files)
    assert sum(len(file.data) for file in made.files) < 2_000


def test_sixteen_bits_of_grey_become_eight():
    picture = opened(encode(saved(Image.new("I;16", (2000, 1000), 40_000), "PNG")).files[-1].data)
    assert near(picture.convert("RGB").getpixel((5, 5)), (156, 156, 156), by=2)


def test_the_first_frame_of_what_moves_is_shown():
    frames = [Image.new("RGB", (50, 40), colour) for colour in ("red", "blue", "green")]
    for form in ("GIF", "WEBP", "PNG", "AVIF"):
        made = encode(saved(frames[0], form, save_all=True, append_images=frames[1:]))
        assert near(opened(made.files[-1].data).convert("RGB").getpixel((9, 9)), (255, 0, 0), by=12), form


def test_the_same_bytes_make_the_same_files():
    data = saved(photo(500, 300), "JPEG")
    assert encode(data) == encode(data)
    assert isinstance(encode(data), Made)
    assert {file.kind for file in encode(data).files} <= CONTENT_TYPES.keys()
