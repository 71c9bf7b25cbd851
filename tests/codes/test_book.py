"""A book of pages: whole PDFs, page by page what went in, in constant memory."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.codes import book
from scanly.codes.book import Book
from scanly.core.errors import Invalid


def page(text: str, *, picture: bytes = b"", version: str = "1.4") -> bytes:
    """A one-page PDF with all kinds of objects; pages with the same picture have the same resources."""
    pdf = pikepdf.new()
    made = pdf.add_blank_page(page_size=(100, 200))
    made.Contents = pdf.make_stream(f"% {text.encode().hex()}\n1 0 0 RG /Im Do".encode())
    made.TrimBox = pikepdf.Array([0, 0, 99.5, 0.00001])
    made.Rotate = 90
    made.Note = pikepdf.String(f"1 0 R ({text}")
    if picture:
        image = pdf.make_stream(picture)
        image.Interpolate, image.Decode = False, pikepdf.Array([0.5, 1])
        spot = pdf.make_indirect(
            pikepdf.Array([pikepdf.Name("/Separation"), pikepdf.Name("/Gold#20Leaf"), image])
        )
        made.Resources = pikepdf.Dictionary(XObject={"/Im": image}, ColorSpace={"/Spot": spot})
    file = io.BytesIO()
    pdf.save(file, force_version=version, static_id=True)
    return file.getvalue()


def bound(*pages: tuple[bytes, int]) -> bytes:
    file = io.BytesIO()
    whole = Book(file)
    for data, copies in pages:
        whole.add(data, copies)
    whole.finish()
    return file.getvalue()


def told(pdf: pikepdf.Pdf, number: int) -> tuple[object, ...]:
    """All that a page says."""
    one = pdf.pages[number]
    values = {key: one.obj[key] for key in one.obj.keys() - {"/Parent", "/Contents", "/Resources"}}
    picture = one.Resources.XObject["/Im"] if "/XObject" in one.Resources else None
    seen = (picture.read_bytes(), bool(picture.Interpolate), list(picture.Decode)) if picture else ()
    spot = (str(one.Resources.ColorSpace["/Spot"][1]),) if picture else ()
    return one.Contents.read_bytes(), {key: repr(value) for key, value in values.items()}, seen, spot


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.sampled_from([b"", b"logo", b"other"]), st.integers(1, 3)),
        min_size=1,
        max_size=6,
    )
)
def test_every_page_says_what_went_in_as_often_as_wanted(wanted: list[tuple[str, bytes, int]]):
    pages = [(page(text, picture=picture), copies) for text, picture, copies in wanted]
    with pikepdf.open(io.BytesIO(bound(*pages))) as whole:
        assert whole.check_pdf_syntax() == []
        expected = [one for data, copies in pages for one in [data] * copies]
        assert len(whole.pages) == len(expected)
        for number, data in enumerate(expected):
            with pikepdf.open(io.BytesIO(data)) as alone:
                assert told(whole, number) == told(alone, 0)


def test_what_repeats_is_written_once_and_the_same_pages_give_the_same_bytes():
    pages = [(page(str(number), picture=b"logo"), 1) for number in range(20)]
    whole = bound(*pages)
    assert (whole.count(b"/Decode"), whole.count(b"/Separation")) == (1, 1)
    assert whole == bound(*pages)
    copies = bound((page("a"), 500))
    assert copies.count(b"endstream") == 1


def test_the_tree_of_pages_is_balanced_and_each_is_found(tmp_path: Path, needs):
    (tmp_path / "book.pdf").write_bytes(bound(*((page(str(number)), 1) for number in range(250))))
    with pikepdf.open(tmp_path / "book.pdf") as whole:
        assert [node.Count for node in whole.Root.Pages.Kids] == [100, 100, 50]
        assert b"% 323439\n" in whole.pages[249].Contents.read_bytes()
    told = subprocess.run(
        [needs("pdfinfo"), tmp_path / "book.pdf"], capture_output=True, text=True, check=True
    )
    assert "Pages:           250" in told.stdout and not told.stderr


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.sampled_from([b"", b"logo", b"other"]), max_size=4), min_size=1, max_size=5))
def test_each_chapter_can_be_read_for_itself_before_the_book_goes_on(chapters: list[list[bytes]]):
    file = io.BytesIO()
    whole = Book(file)
    pages = [
        [page(f"{number}.{place}", picture=each) for place, each in enumerate(chapter)]
        for number, chapter in enumerate(chapters)
    ]
    for chapter in pages:
        for data in chapter:
            whole.add(data)
        with whole.chapter(), pikepdf.open(io.BytesIO(file.getvalue())) as part:
            assert len(part.pages) == len(chapter)
            for number, data in enumerate(chapter):
                with pikepdf.open(io.BytesIO(data)) as alone:
                    assert told(part, number) == told(alone, 0)
    whole.add(page("the last"))
    whole.finish()
    with pikepdf.open(io.BytesIO(file.getvalue())) as book_:
        assert book_.check_pdf_syntax() == []
        everything = [data for chapter in pages for data in chapter]
        assert len(book_.pages) == len(everything) + 1
        for number, data in enumerate(everything):
            with pikepdf.open(io.BytesIO(data)) as alone:
                assert told(book_, number) == told(alone, 0)


def test_the_version_is_the_one_that_the_pages_need():
    assert bound((page("a"), 1)).startswith(b"%PDF-1.4\n")
    assert bound((page("a"), 1), (page("b", version="1.6"), 1), (page("c"), 1)).startswith(b"%PDF-1.6\n")


def test_more_objects_than_a_pdf_may_have_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(book, "MOST_OBJECTS", 10)
    with pytest.raises(Invalid, match="more pages than one PDF can hold"):
        bound((page("a"), 10))
