import base64
import re

import pytest
from tests.conftest import NOW_MS
from tests.sites.test_advice import PHOTO, picture
from tests.sites.test_reading import INDIA, KIRANA

from scanly.sites.reading import read_site
from scanly.sites.saved import export_site, media_files

TEXT = KIRANA + PHOTO + "  - question: {}\n"


@pytest.fixture
def saved() -> dict[str, bytes]:
    pictures = {"shop.jpg": picture(5_000)}
    files = {name: name.encode() for name in media_files(pictures)}
    site = read_site(TEXT, INDIA)
    return export_site(site, pictures, files, NOW_MS, base="https://go.example.com", stem="asha")


def test_there_is_a_file_for_each_language_and_they_lead_to_each_other(saved):
    assert set(saved) == {"asha.html", "asha.hi.html"}
    assert b'href="asha.hi.html"' in saved["asha.html"]
    assert b'href="asha.html"' in saved["asha.hi.html"]
    assert b'<html lang="hi"' in saved["asha.hi.html"]


def test_a_file_needs_nothing_from_anywhere(saved):
    for html in saved.values():
        text = html.decode()
        assert not re.search(r'(?:src|srcset)="(?!data:)', text)
        assert not re.search(r"<(?:link|iframe|form|script(?! type=\"application/ld))", text)
        assert "/go/" not in text
        assert " ping=" not in text
        assert base64.b64encode(f"{'3' * 32}.jpg".encode()).decode() in text
        assert 'href="https://wa.me/919876543210"' in text
        assert 'href="tel:+919876543210"' in text
