"""A kept picture as an element: the smaller format at each width, its size fixed, loaded when it comes into view.

Source: HTML, 4.8.2 (picture), 4.8.4.2 (images with sizes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

    from scanly.media.model import Picture
    from scanly.sites.page import Page
    from scanly.sites.views import Phrase

# The column is 36rem wide at most, and the whole screen on a phone.
_COLUMN = "(max-width:40rem) 92vw, 36rem"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture on a page; ``shows`` are the words for it, None when it is decoration."""

    picture: Picture
    shows: Phrase | None
    _page: Page

    @property
    def address(self) -> str:
        """Of the form that every program can read."""
        return self._page.media(self.picture.fallback.file)

    def html(self, *, first: bool = False, sizes: str = _COLUMN) -> Markup:
        """A ``picture`` element; ``first`` for the one at the top of a page, which must not wait."""
        from markupsafe import Markup

        image = Markup('<img src="{}" width="{}" height="{}" alt="{}"{} {} decoding="async">').format(
            self.address,
            self.picture.width,
            self.picture.height,
            self.shows or "",
            self.shows.attr if self.shows else "",
            Markup('fetchpriority="high"' if first else 'loading="lazy"'),  # noqa: S704 - written here
        )
        # A file carries one form, which all can read.
        if not self.picture.modern or self._page.mode == "export":
            return image
        return Markup("<picture>{}{}</picture>").format(self._source(sizes), image)

    def _source(self, sizes: str) -> Markup:
        from markupsafe import Markup

        modern, kind = self.picture.modern, self.picture.modern_type
        listed = ", ".join(f"{self._page.media(each.file)} {each.width}w" for each in modern)
        return Markup('<source type="{}" srcset="{}" sizes="{}">').format(kind, listed, sizes)
