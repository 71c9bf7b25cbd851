"""Which profiles a press is given, and what people are told about the others."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms
from tests.conftest import missing
from tests.press.pictures.profiles import black_press, description, descriptions, profile

from scanly.core.errors import Invalid
from scanly.press.pictures.profile import read_profile

GHOSTSCRIPT = Path("/usr/share/color/icc/ghostscript")
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "press.icc"
    path.write_bytes(data)
    return path


def test_a_profile_of_a_press_is_read_as_it_is(tmp_path):
    data = profile()
    read = read_profile(written(tmp_path, data))
    assert (read.data, read.name, read.version, read.colours) == (data, "Black press", "2.2", 4)
    assert repr(data) not in repr(read)


def test_what_follows_a_profile_is_left_out(tmp_path):
    assert read_profile(written(tmp_path, profile() + b"\0" * 50)).data == profile()


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        (description("Coated \x1b[31mpaper"), "Coated \\x1b[31mpaper"),
        (descriptions({"de": "Gestrichen", "en": "Coated – v3"}), "Coated – v3"),
        (descriptions({"de": "Gestrichen"}), "Gestrichen"),
        (description("x" * 500), "x" * 120),
        (b"mluc", "press"),
        (descriptions({}), "press"),
        (b"text\0\0\0\0Coated", "press"),
    ],
)
def test_a_profile_has_the_name_it_gives_itself_or_that_of_its_file(tmp_path, tag, name):
    tags = black_press() | {b"desc": tag}
    assert read_profile(written(tmp_path, profile(version=4, tags=tags))).name == name


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (SRGB, "is a profile of a display (RGB), not of a press"),
        (profile(kind=b"scnr", colours=b"RGB "), "is a profile of a camera or scanner (RGB)"),
        (profile(kind=b"link"), "is a device link"),
        (profile(kind=b"spac", colours=b"Lab "), "is a profile of a colour space (Lab)"),
        (profile(kind=b"abst", colours=b"Lab "), "is an abstract profile"),
        (profile(kind=b"nmcl"), "is a list of named colours"),
        (profile(kind=b"what"), "unknown class"),
        (profile(colours=b"RGB "), "is a profile of a printer that takes RGB, not CMYK"),
        (profile(colours=b"6CLR"), "takes 6CLR, not CMYK"),
        (profile(version=5), "ICC version 5"),
        (profile(leads_to=b"RGB "), "damaged ICC profile"),
        (profile(tags={b"A2B0": b"mft1" * 9}), "it lacks B2A0"),
        (profile(tags={}), "it lacks A2B0 and B2A0"),
        (profile()[:-40], "of which the end is missing"),
        (b"%PDF-1.4" + b" " * 500, "is no ICC profile"),
        (b"", "is no ICC profile"),
    ],
)
def test_what_is_no_profile_of_a_press_is_named(tmp_path, data, told):
    with pytest.raises(Invalid) as refused:
        read_profile(written(tmp_path, data))
    assert told in str(refused.value)
    assert '"press.icc"' in str(refused.value)
    assert refused.value.problems[0].field == "icc"


def test_a_file_that_cannot_be_read_or_is_far_too_large_is_refused(tmp_path, monkeypatch):
    with pytest.raises(Invalid, match="cannot be read"):
        read_profile(tmp_path / "none.icc")
    with pytest.raises(Invalid, match="cannot be read"):
        read_profile(tmp_path)
    monkeypatch.setattr("scanly.press.pictures.profile.MAX_PROFILE_BYTES", 1000)
    with pytest.raises(Invalid, match="is larger than"):
        read_profile(written(tmp_path, profile()))


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_bytes_are_changed_a_profile_is_read_or_refused(tmp_path_factory, data):
    tags = black_press() | {b"desc": descriptions({"en": "Press"})}
    changed = bytearray(profile(version=4, tags=tags))
    for _ in range(3):
        changed[data.draw(st.integers(0, 260))] = data.draw(st.sampled_from([0, 1, 127, 128, 255]))
    path = written(tmp_path_factory.getbasetemp(), bytes(changed))
    try:
        read = read_profile(path)
    except Invalid:
        return
    assert read.name


def test_the_profiles_of_ghostscript_are_told_apart():
    if not GHOSTSCRIPT.is_dir():
        missing("Ghostscript's ICC profiles")
    accepted = set()
    for path in GHOSTSCRIPT.glob("*.icc"):
        try:
            accepted.add((path.name, read_profile(path).name))
        except Invalid:
            continue
    assert ("default_cmyk.icc", "Artifex CMYK SWOP Profile") in accepted
    assert not {name for name, _ in accepted} & {"srgb.icc", "default_rgb.icc", "lab.icc", "sgray.icc"}
