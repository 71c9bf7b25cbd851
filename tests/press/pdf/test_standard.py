import io
import subprocess
from dataclasses import replace

import pikepdf
import pytest
from tests.press.pages import MADE_MS, METADATA, PLAIN, code, written

from scanly.core.errors import Invalid
from scanly.press.page import Page
from scanly.press.pdf.standard import CONDITIONS, Metadata, find_condition
from scanly.press.pictures.profile import Profile

PAGE = Page(60, 60, (code(),))
PRESS = Profile(bytes(range(256)) * 8, "PSO Coated v3", "2.4")
TITLE = "Étiquettes (Table 4) \\ मेनू"


def document_of(**metadata):
    finish = replace(PLAIN, metadata=replace(METADATA, title=TITLE, **metadata))
    return pikepdf.open(io.BytesIO(written([PAGE], finish)))


@pytest.mark.parametrize(
    ("standard", "version", "name"),
    [("PDF/X-1a", "1.4", "PDF/X-1a:2003"), ("PDF/X-3", "1.4", "PDF/X-3:2003"), ("PDF/X-4", "1.6", "PDF/X-4")],
)
def test_info_metadata_and_intent_say_what_the_standard_asks_for(standard, version, name):
    with document_of(standard=standard, profile=PRESS) as document:
        assert document.pdf_version == version
        assert document.check_pdf_syntax() == []
        info, xmp = document.docinfo, document.open_metadata()
        assert info.get("/GTS_PDFXVersion") == (None if standard == "PDF/X-4" else name)
        assert xmp["{http://www.npes.org/pdfx/ns/id/}GTS_PDFXVersion"] == name
        assert str(info.Title) == xmp["dc:title"] == TITLE
        assert str(info.Trapped) == "/False"
        assert xmp["pdf:Trapped"] == "False"
        assert str(info.CreationDate) == str(info.ModDate) == "D:20261123021320Z"
        assert (
            xmp["xmp:CreateDate"]
            == xmp["xmp:ModifyDate"]
            == xmp["xmp:MetadataDate"]
            == "2026-11-23T02:13:20Z"
        )
        assert xmp["xmpMM:DocumentID"].startswith("uuid:") and xmp["xmpMM:RenditionClass"] == "default"
        (intent,) = document.Root.OutputIntents
        assert (intent.S, str(intent.OutputConditionIdentifier)) == ("/GTS_PDFX", "PSO Coated v3")
        assert intent.DestOutputProfile.N == 4
        assert intent.DestOutputProfile.read_bytes() == PRESS.data
        assert "/Filter" not in document.Root.Metadata
        assert len(document.trailer.ID) == 2 and "/Encrypt" not in document.trailer


@pytest.mark.parametrize("standard", ["PDF/X-1a", "PDF/X-3"])
def test_a_registered_condition_needs_no_profile(standard):
    with document_of(standard=standard, condition="CGATS TR 001") as document:
        (intent,) = document.Root.OutputIntents
        assert str(intent.OutputConditionIdentifier) == "CGATS TR 001"
        assert str(intent.RegistryName) == "http://www.color.org"
        assert "/DestOutputProfile" not in intent


def test_poppler_knows_the_file_for_what_it_says(tmp_path, needs):
    (tmp_path / "labels.pdf").write_bytes(written([PAGE]))
    told = subprocess.run(
        [needs("pdfinfo"), tmp_path / "labels.pdf"], capture_output=True, text=True, check=True
    ).stdout
    assert "PDF/X-1a:2003" in told


def test_a_file_of_no_standard_claims_none():
    with document_of(standard="") as document:
        assert "/OutputIntents" not in document.Root
        assert "/GTS_PDFXVersion" not in document.docinfo
        assert str(document.docinfo.Title) == TITLE


def test_x4_without_a_profile_is_refused_with_what_would_do():
    with pytest.raises(Invalid, match=r"always holds the profile.*--icc FILE.*PDF/X-1a"):
        written([PAGE], replace(PLAIN, metadata=Metadata("Labels", MADE_MS, "PDF/X-4")))


def test_conditions_are_found_however_they_are_spelled_and_the_nearest_is_named():
    assert {find_condition(name.lower().replace(" ", "-")) for name in CONDITIONS} == set(CONDITIONS)
    with pytest.raises(Invalid, match="FOGRA39"):
        find_condition("FOGRA-93")
