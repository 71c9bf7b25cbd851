"""The options about how a file is made for whoever prints it, and the writing of files of a few pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from scanly.cli.print_options import length_mm, with_options
from scanly.core.errors import Invalid

if TYPE_CHECKING:
    from scanly.press.page import Page
    from scanly.press.pdf.document import Finish
    from scanly.press.pdf.standard import Standard
    from scanly.press.pictures.profile import Profile

# A picture of a page for the screen; fine enough for modules of 0.3 mm.
PREVIEW_DPI = 150
# What presses and cutters take at most.
_MOST_BLEED_MM = 20.0


@dataclass(frozen=True, slots=True)
class Finishing:
    """How a file is made for whoever prints it, as it was typed; an empty text is what was not."""

    rgb: bool = False
    bleed_mm: float = 0.0
    marks: bool = False
    profile: str = ""
    icc: Path | None = None
    condition: str = ""

    def finish(self, title: str, made_ms: int) -> Finish:
        """The same as the press takes it. Raises Invalid for what its standard forbids or no press has."""
        from scanly.press.pdf.document import Finish
        from scanly.press.pdf.standard import Metadata, find_condition

        standard = self._standard()
        if self.condition and not standard:
            hint = "Leave it out, or keep to a standard with --profile PDF/X-1a."
            raise Invalid.field(
                "condition", "Only files of a standard say what they are printed in.", hint=hint
            )
        if self.condition and self.icc:
            message = "The profile says itself what it is printed in."
            raise Invalid.field("condition", message, hint="Leave --condition or --icc out.")
        condition = {"condition": find_condition(self.condition)} if self.condition else {}
        return Finish(
            metadata=Metadata(title, made_ms, standard, self.read_profile(), **condition),
            inks="rgb" if self.rgb else "cmyk",
            bleed_mm=self.bleed_mm,
            marks=self.marks,
        )

    def _standard(self) -> Standard:
        """What was asked for, else what a press takes: PDF/X-1a, or PDF/X-4 where there is a profile to embed."""
        if not self.rgb:
            return standard_of(self.profile) if self.profile else "PDF/X-4" if self.icc else "PDF/X-1a"
        named = standard_of(self.profile) if self.profile else ""
        if named or self.icc:
            hint = "Leave --rgb out, or make a file for office printers without --profile and --icc."
            message = "Files of a standard are for presses, which print with four inks."
            raise Invalid.field("rgb", message, hint=hint)
        return ""

    def read_profile(self) -> Profile | None:
        """Raises Invalid for a file that is no profile of a press."""
        if self.icc is None:
            return None
        from scanly.press.pictures.profile import read_profile

        return read_profile(self.icc)


def standard_of(text: str, field: str = "profile") -> Standard:
    """``PDF/X-4``, also written as x4, pdfx-4 or X-1a:2003; ``none`` for none. Raises Invalid."""
    from scanly.press.pdf.standard import STANDARDS

    wanted = _plain(text.partition(":")[0])
    if wanted == "none":
        return ""
    for standard in STANDARDS:
        if _plain(standard) == wanted:
            return standard
    known = ", ".join([*STANDARDS, "none"])
    raise Invalid.field(field, f'"{text[:60]}" is not a standard that can be kept.', hint=f"Use {known}.")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removeprefix("pdf")


_FINISHING: Mapping[str, tuple[object, object]] = {
    "rgb": (
        Annotated[bool, Option("--rgb/--cmyk", help="For office printers; else the four inks of a press.")],
        False,
    ),
    "bleed": (Annotated[str, Option(help="How far colour goes beyond the edge, such as 3mm.")], "0mm"),
    "marks": (Annotated[bool, Option("--marks", help="Crop marks round the page.")], False),
    "profile": (
        Annotated[
            str,
            Option(
                help="The standard the file keeps: PDF/X-1a, PDF/X-3, PDF/X-4 or none.",
                show_default="PDF/X-1a, with --icc PDF/X-4",
            ),
        ],
        "",
    ),
    "icc": (
        Annotated[
            Path | None,
            Option("--icc", help="The profile of the press, a CMYK .icc file.", metavar="FILE"),
        ],
        None,
    ),
    "condition": (
        Annotated[
            str,
            Option(help="What it is printed in, for --profile.", show_default="FOGRA39, or the ICC profile"),
        ],
        "",
    ),
}


def _finishing(given: Mapping[str, Any]) -> Finishing:
    bleed_mm = length_mm(given["bleed"], "bleed")
    if not 0 <= bleed_mm <= _MOST_BLEED_MM:
        hint = f"Write 0mm to {_MOST_BLEED_MM:g}mm; most print shops want 3mm."
        raise Invalid.field("bleed", f'"{given["bleed"]}" is no bleed.', hint=hint)
    return Finishing(
        rgb=given["rgb"],
        bleed_mm=bleed_mm,
        marks=given["marks"],
        profile=given["profile"],
        icc=given["icc"],
        condition=given["condition"],
    )


with_finishing = with_options("finishing", _FINISHING, _finishing)


def written(pages: Sequence[Page], finish: Finish) -> bytes:
    """A few pages as a PDF. Raises Invalid."""
    from io import BytesIO

    from scanly.press.pdf.document import Document

    file = BytesIO()
    document = Document(file, finish)
    for page in pages:
        document.add(page)
    document.finish()
    return file.getvalue()


def require_suffix(out: Path, *suffixes: str) -> str:
    """The file's ending in lower case. Raises Invalid for one that is not among ``suffixes``."""
    suffix = out.suffix.lower()
    if suffix not in suffixes:
        hint = f"Name it {' or '.join(str(out.with_suffix(each)) for each in suffixes)}."
        raise Invalid.field("output", f'"{out.name}" does not say what the file shall be.', hint=hint)
    return suffix


def write_pages(out: Path, pages: Sequence[Page], finish: Finish, *, verify: bool) -> None:
    """Pages as a PDF that gets its name when every symbol in it was read back, or at once without ``verify``.

    Raises Invalid.
    """
    from scanly.core.files import beside, in_folder, put, unwritable
    from scanly.press.page import expected
    from scanly.press.reading import Wanted, read_back

    with beside(in_folder(out)) as part:
        try:
            part.write_bytes(written(pages, finish))
        except OSError as error:
            raise unwritable(out, error) from error
        if verify:
            wanted = [Wanted(number, tuple(expected(page.items))) for number, page in enumerate(pages, 1)]
            for missed in read_back(part, wanted).misread:
                message = f"The code on page {missed.page} does not read as {missed.expected}. The file was not kept."
                raise Invalid(
                    message, hint="Choose a larger format or a plainer style, or look at it as a .png."
                )
        put(part, out)
