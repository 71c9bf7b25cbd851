"""PDF/X: what the file says of itself, and what forbids calling it so."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from tests.press.pages import METADATA, PLAIN, code, written
from tests.press.pictures.profiles import profile
from tests.press.preflight.files import GROUND, codes_of, page_of, report_of

from scanly.press.page import Page
from scanly.press.pdf.standard import Standard
from scanly.press.pictures.profile import Profile
from scanly.press.preflight import Expectation, PreflightReport, check_pdf
from scanly.press.preflight.findings import STANDARDS

PRESS = Profile(profile(), "Black press", "2.2")
PLAIN_LOOK = Expectation(codes=False, coverage_pages=0)


def our_own(standard: Standard) -> bytes:
    metadata = replace(METADATA, standard=standard, profile=PRESS)
    return written([Page(60, 60, (code(),))], replace(PLAIN, metadata=metadata))


def checked(data: bytes, folder: Path, expect: Expectation = PLAIN_LOOK) -> PreflightReport:
    path = folder / "file.pdf"
    path.write_bytes(data)
    return check_pdf(path, expect=expect)


@pytest.mark.parametrize("standard", STANDARDS)
def test_nothing_forbids_calling_our_own_files_what_they_call_themselves(
    standard: Standard, tmp_path: Path
) -> None:
    report = checked(our_own(standard), tmp_path)
    assert report.facts.barriers[standard] == ()
    assert report.facts.standards[0].startswith(standard)
    assert report.facts.output_intent == "Black press"
    assert report.ok


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_plain_file_is_told_what_it_lacks(standard: Standard, tmp_path: Path) -> None:
    report = report_of(
        page_of(), tmp_path, expect=Expectation(codes=False, coverage_pages=0, standard=standard)
    )
    met = codes_of(report)
    assert {"no-output-intent", "no-mark", "no-title", "no-dates", "no-trapped"} <= met
    assert not report.ok
    assert report.facts.barriers[standard]


# What is done to a file of ours that calls itself so, the rule that is then broken, and who minds.
CHANGES: dict[str, tuple[Callable[[pikepdf.Pdf], object], str, set[str]]] = {
    "transparency": (
        lambda pdf: paint(pdf, b"/A gs 0 0 9 9 re f", "<< /ExtGState << /A << /ca 0.5 >> >> >>"),
        "transparency",
        {"PDF/X-1a", "PDF/X-3"},
    ),
    "a blend mode": (
        lambda pdf: paint(pdf, b"/A gs 0 0 9 9 re f", "<< /ExtGState << /A << /BM /Multiply >> >> >>"),
        "transparency",
        {"PDF/X-1a", "PDF/X-3"},
    ),
    "RGB": (lambda pdf: paint(pdf, b"1 0 0 rg 0 0 9 9 re f", "<< >>"), "rgb", set(STANDARDS)),
    "a calibrated colour": (
        lambda pdf: paint(
            pdf,
            b"/L cs 50 0 0 scn 0 0 9 9 re f",
            "<< /ColorSpace << /L [/Lab << /WhitePoint [1 1 1] >>] >> >>",
        ),
        "lab",
        {"PDF/X-1a"},
    ),
    "no title": (lambda pdf: drop(pdf, "/Title", "<dc:title>"), "no-title", set(STANDARDS)),
    "an unknown state of trapping": (
        lambda pdf: drop(pdf, "/Trapped", "<pdf:Trapped>"),
        "no-trapped",
        set(STANDARDS),
    ),
    "another title in Info": (
        lambda pdf: pdf.docinfo.__setitem__("/Title", "Other"),
        "mark-disagrees",
        set(STANDARDS),
    ),
    "another date in Info": (
        lambda pdf: pdf.docinfo.__setitem__("/ModDate", "D:20300101000000Z"),
        "mark-disagrees",
        set(STANDARDS),
    ),
    "scripts": (lambda pdf: script(pdf), "javascript", set(STANDARDS)),
    "an embedded file": (
        lambda pdf: pdf.attachments.__setitem__("a.txt", b"hello"),
        "attachments",
        {"PDF/X-1a", "PDF/X-3"},
    ),
    "layers": (lambda pdf: layer(pdf), "layers", {"PDF/X-1a", "PDF/X-3"}),
    "a note": (lambda pdf: note(pdf, (20, 20, 60, 60)), "annotation-inside", set(STANDARDS)),
    "two intents": (
        lambda pdf: pdf.Root.OutputIntents.append(pdf.Root.OutputIntents[0]),
        "many-output-intents",
        set(STANDARDS),
    ),
    "a profile of a screen": (
        lambda pdf: pdf.Root.OutputIntents[0].DestOutputProfile.write(profile(kind=b"mntr", colours=b"RGB ")),
        "intent-not-output",
        set(STANDARDS),
    ),
    "no profile": (
        lambda pdf: name_only(pdf),
        "intent-without-profile",
        {"PDF/X-4"},
    ),
    "no trim box": (lambda pdf: pdf.pages[0].obj.__delitem__("/TrimBox"), "no-trim-box", set(STANDARDS)),
}


def paint(pdf: pikepdf.Pdf, content: bytes, resources: str) -> None:
    form = pikepdf.Stream(pdf, content)
    form.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 99, 99]})
    form.Resources = pikepdf.Object.parse(resources.encode())
    page = pdf.pages[0]
    page.contents_add(f"{page.add_resource(form, pikepdf.Name.XObject)} Do".encode())


def drop(pdf: pikepdf.Pdf, key: str, tag: str) -> None:
    del pdf.docinfo[key]
    stream = pdf.Root.Metadata
    xmp = stream.read_bytes().decode()
    name = tag.strip("<>")
    head, _, rest = xmp.partition(tag)
    assert rest, xmp
    stream.write((head + rest.partition(f"</{name}>")[2]).encode())


def name_only(pdf: pikepdf.Pdf) -> None:
    intent = pdf.Root.OutputIntents[0]
    del intent.DestOutputProfile
    intent.OutputConditionIdentifier = pikepdf.String("FOGRA39")
    intent.RegistryName = pikepdf.String("http://www.color.org")


def script(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    pdf.Root.OpenAction = action


def layer(pdf: pikepdf.Pdf) -> None:
    group = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("Notes")))
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[group], D=pikepdf.Dictionary(OFF=[group]))


def note(pdf: pikepdf.Pdf, place: tuple[int, int, int, int]) -> None:
    pdf.pages[0].obj.Annots = [
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=list(place))
    ]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("standard", STANDARDS)
def test_what_a_standard_forbids_is_an_error_and_a_barrier_and_nothing_else(
    change: str, standard: Standard, tmp_path: Path
) -> None:
    alter, rule, minded = CHANGES[change]
    with pikepdf.open(io.BytesIO(our_own(standard))) as pdf:
        version = pdf.pdf_version
        alter(pdf)
        report = report_of(pdf, tmp_path, force_version=version)
    barriers = report.facts.barriers[standard]
    found = [each for each in report.findings if each.code == rule]
    if standard in minded:
        assert [each.severity for each in found] == ["error"]
        assert barriers == (found[0].what,) or found[0].what in barriers
    else:
        assert barriers == ()


@pytest.mark.parametrize(
    ("standard", "version"), [("PDF/X-1a", "1.5"), ("PDF/X-3", "1.5"), ("PDF/X-4", "1.7")]
)
def test_a_newer_version_of_pdf_than_the_standard_is_told(
    standard: Standard, version: str, tmp_path: Path
) -> None:
    with pikepdf.open(io.BytesIO(our_own(standard))) as pdf:
        report = report_of(pdf, tmp_path, force_version=version)
    assert "version" in codes_of(report)


def test_compressed_objects_are_newer_than_pdf_x_1a(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(our_own("PDF/X-1a"))) as pdf:
        kept = report_of(pdf, tmp_path)
        packed = report_of(
            pdf, tmp_path, object_stream_mode=pikepdf.ObjectStreamMode.generate, force_version="1.5"
        )
    assert "compressed-objects" not in codes_of(kept)
    assert "compressed-objects" in codes_of(packed)


def test_a_layer_that_is_off_is_told_by_name(tmp_path: Path) -> None:
    pdf = page_of()
    layer(pdf)
    report = report_of(pdf, tmp_path)
    assert report.facts.layers == ("Notes",)
    assert any('"Notes" is switched off' in finding.what for finding in report.findings)


def test_a_note_beside_the_page_is_none_on_it(tmp_path: Path) -> None:
    pdf = page_of()
    note(pdf, (0, 0, 10, 10))
    assert "annotation-inside" not in codes_of(report_of(pdf, tmp_path))


def test_a_condition_that_nobody_knows_needs_a_profile(tmp_path: Path) -> None:
    for condition, met in (("FOGRA51", False), ("My press", True)):
        pdf = page_of(GROUND)
        pdf.Root.OutputIntents = [
            pikepdf.Dictionary(
                Type=pikepdf.Name.OutputIntent,
                S=pikepdf.Name.GTS_PDFX,
                OutputConditionIdentifier=pikepdf.String(condition),
                RegistryName=pikepdf.String("http://www.color.org"),
            )
        ]
        assert ("intent-incomplete" in codes_of(report_of(pdf, tmp_path))) is met


def test_what_is_wrong_for_a_standard_is_no_error_where_it_is_not_asked_for(tmp_path: Path) -> None:
    report = report_of(page_of(), tmp_path)
    assert report.ok
    assert not {"no-title", "no-mark", "version"} & codes_of(report)
