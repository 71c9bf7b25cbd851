import warnings
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.sites.leading import check_address, target
from scanly.sites.words import markup

ALLOWED = {"p", "ul", "li", "strong", "em", "a", "br"}


def attrs(address: str) -> str:
    return target(check_address(address)).attrs


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\n\nTwo", "<p>One</p><p>Two</p>"),
        ("One\nTwo", "<p>One<br>Two</p>"),
        ("**Bold** and *italic*", "<p><strong>Bold</strong> and <em>italic</em></p>"),
        (
            "We have:\n- tea\n- coffee\nCome in",
            "<p>We have:</p><ul><li>tea</li><li>coffee</li></ul><p>Come in</p>",
        ),
        ("[Menu](https://example.com/m)", '<p><a href="https://example.com/m">Menu</a></p>'),
        ("[Bad](javascript:alert(1))", "<p>[Bad](javascript:alert(1))</p>"),
        ("5 * 3 * 2", "<p>5 * 3 * 2</p>"),
        ("a*b*c", "<p>a*b*c</p>"),
        ("**open", "<p>**open</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("**a *b** c*", "<p><strong>a *b</strong> c*</p>"),
        ("चाय **गरम**", "<p>चाय <strong>गरम</strong></p>"),
    ],
)
def test_marks_become_elements(text, html):
    assert str(markup.to_html(text, attrs)) == html


class Reader(HTMLParser):
    """Which elements there are, and whether each is closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.met: set[str] = set()
        self.given: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.met.add(tag)
        self.given |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


pieces = st.lists(
    st.sampled_from(["**", "*", "- ", "\n", "\n\n", "[", "](", ")", "https://a.example", "<b>", "<img src=x onerror=y>",
                     "javascript:x", "&lt;", '"', "'", "a", " ", "चाय", "<!--", "]]>"]) | st.text(max_size=3),
    max_size=25,
).map("".join)  # fmt: skip


@given(pieces)
@settings(max_examples=500, derandomize=True)
def test_whatever_is_written_only_these_elements_come_out_and_well_nested(text):
    reader = Reader()
    with warnings.catch_warnings():
        reader.feed(str(markup.to_html(text, attrs)))
    assert reader.met <= ALLOWED
    assert reader.given <= {"href"}
    assert not reader.open


def test_the_words_alone_are_one_line_without_marks():
    assert (
        markup.to_plain("**Fresh** bread\n\n- [white](https://a.example)\n- *dark*")
        == "Fresh bread white dark"
    )
