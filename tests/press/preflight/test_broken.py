"""Broken, hostile and odd files: a clear finding, in little time and memory, never an exception."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.press.preflight.files import FONT, GROUND, codes_of, joined, page_of, qr, report_of, saved

from scanly.core.errors import Invalid, NotFound
from scanly.press.preflight import Expectation, check_pdf
from scanly.press.preflight.content import objects

QUICK = Expectation(coverage_pages=0)
SAMPLE = saved(
    page_of(
        GROUND + qr("TABLE 4", 40, 30, 0.5) + "BT /F 9 Tf 99 99 Td (Menu) Tj ET",
        f"<< /Font << /F {FONT} >> >>",
    )
)


def checked(data: bytes, folder: Path) -> set[str]:
    path = folder / "broken.pdf"
    path.write_bytes(data)
    return codes_of(check_pdf(path, expect=QUICK))


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot be opened"):
        check_pdf(tmp_path / "none.pdf")


def test_what_is_no_pdf_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("hello")
    with pytest.raises(Invalid, match="no PDF"):
        check_pdf(tmp_path / "a.pdf")


def test_a_header_alone_is_unreadable(tmp_path: Path) -> None:
    assert checked(b"%PDF-1.4\nnothing", tmp_path) == {"unreadable"}


def test_a_password_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    page_of().save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert codes_of(check_pdf(path, expect=QUICK)) == {"encrypted"}


def test_restrictions_are_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "restricted.pdf"
    page_of().save(path, encryption=pikepdf.Encryption(owner="a", user=""))
    assert "encrypted" in codes_of(check_pdf(path, expect=QUICK))


def test_a_file_that_was_cut_off_is_a_finding(tmp_path: Path) -> None:
    met = checked(SAMPLE[: len(SAMPLE) * 2 // 3], tmp_path)
    assert met & {"unreadable", "repaired", "syntax", "no-pages"}


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_bytes_that_were_changed_never_raise(
    tmp_path_factory: pytest.TempPathFactory, seed: int, times: int
) -> None:
    chance = random.Random(seed)
    data = bytearray(SAMPLE)
    for _ in range(times):
        data[chance.randrange(20, len(data))] = chance.randrange(256)
    checked(bytes(data), tmp_path_factory.mktemp("changed"))


@given(st.text(alphabet="0123456789 .-[]()<>/qQBTFmfnWSkgscdoDjTrew\n", max_size=200))
@settings(max_examples=40, deadline=None)
def test_content_of_any_kind_never_raises(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    quick = Expectation(codes=False, coverage_pages=0)
    report_of(page_of(content), tmp_path_factory.mktemp("content"), expect=quick)


def test_a_stream_that_unpacks_without_end_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "MAX_STREAM_BYTES", 1_000_000)
    pdf = page_of()
    bomb = zlib.compress(b"q Q " * 1_000_000, 9)
    pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, bomb, Filter=pikepdf.Name.FlateDecode)
    report = report_of(pdf, tmp_path, compress_streams=False)
    assert codes_of(report) & {"content-damaged", "syntax"}
    assert pikepdf.settings.get_qpdf_limits()["flate_max_memory"] == 0


def test_operators_without_operands_are_damage_not_an_exception(tmp_path: Path) -> None:
    for operators in (
        "cm",
        "re f",
        "Tf",
        "BT Tj ET",
        "gs",
        "k",
        "sc",
        "/None scn",
        "w",
        "Do",
        "BDC",
        "1 m l S",
    ):
        report_of(page_of(GROUND + operators), tmp_path)
    assert "content-damaged" in codes_of(report_of(page_of(GROUND + "1 0 0 cm"), tmp_path))


def test_resources_of_the_wrong_kind_are_taken_as_missing(tmp_path: Path) -> None:
    wrong = "<< /Font 1 /XObject [] /ExtGState << /G 5 >> /ColorSpace << /C [/Separation] /D [/Indexed] /E [] >> >>"
    content = "/F 9 Tf /X Do /G gs /C cs 1 scn /D cs 1 scn /E cs 1 scn 0 0 9 9 re f /P sh"
    assert "resource-missing" in codes_of(report_of(page_of(content, wrong), tmp_path))


def test_a_page_without_boxes_or_content_is_looked_at(tmp_path: Path) -> None:
    pdf = page_of(boxes={"MediaBox": (0, 0, 0, 0)})
    del pdf.pages[0].obj.Contents
    met = codes_of(report_of(pdf, tmp_path))
    assert {"box-missing", "empty-page"} <= met


def test_forms_are_not_followed_for_ever(tmp_path: Path) -> None:
    """Forms that double at every step would be 2 to the power of 40 of them."""
    head = "<< /Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /XObject << /F %{} >> >> >>"
    streams = [("<< /Type /XObject /Subtype /Form /BBox [0 0 99 99] >>", b"0 0 9 9 re f")]
    streams += [(head.replace("%{}", f"%{index}"), b"/F Do /F Do") for index in range(9)]
    resources = "<< /XObject << /F %9 >> >>"
    report = report_of(page_of("/F Do " * 2, resources, streams=streams), tmp_path)
    assert report.facts.pages[0].inks == ("Black",)


def test_progress_counts_pages(tmp_path: Path) -> None:
    path = tmp_path / "pages.pdf"
    joined(*(page_of() for _ in range(3))).save(path)
    told: list[tuple[int, int]] = []
    check_pdf(path, expect=QUICK, progress=lambda done, all_: told.append((done, all_)))
    assert told == [(1, 3), (2, 3), (3, 3)]
