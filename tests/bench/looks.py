"""How well our looks are read beside plain codes, by two decoders, from fair conditions to hopeless ones.

Every style, and the edges of what a style may be, on the same short addresses under the same chances, at equally many
pixels a module: so the figures compare looks and not sizes, and what a frame or logo takes from the modules stands
beside them in millimetres. Two looks that are refused show what a bad one comes to. With `--write`, the table goes
into docs/codes.md and the styles are drawn into docs/styles.png.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from rig.camera import CLOSE_PX, CONDITIONS, DRAWN_PX, views
from rig.telling import machine, proof, say, table, target

from scanly.qr.artwork import Artwork, Fill
from scanly.qr.drawing import FORMATS, artwork_of, make_symbol, write
from scanly.qr.ink import BLACK, parse_ink
from scanly.qr.lettering import set_line
from scanly.qr.proof.decoders import installed_decoders
from scanly.qr.proof.raster import pictures
from scanly.qr.style import Style
from scanly.qr.styles import NamedStyle, styles

DOCS = Path(__file__).resolve().parents[2] / "docs"
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TARGET_POINTS = 5.0
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" rx="2" fill="#a3123a"/>'
    '<path d="M2 6V2h1.2L4 4l.8-2H6v4H5V4L4.3 6h-.6L3 4v2z" fill="#fff"/></svg>'
)

# The contact sheet.
EXAMPLE = "https://example.com/menu"
COLUMNS, CELL_PX, CODE_PX, CAPTION_PX, TEXT_PX = 5, 320, 288, 44, 22
SHEET_COLOUR = "#ffffff"
MAX_SHEET_BYTES = 300_000

# A condition and a decoder.
Case = tuple[str, str]


@dataclass(frozen=True)
class Rates:
    """How many pictures of one look were read, and of how many, by condition and decoder; and what was misread."""

    symbol: str
    module_mm: float
    right: Counter[Case] = field(default_factory=Counter)
    seen: Counter[Case] = field(default_factory=Counter)
    misread: list[bytes] = field(default_factory=list)

    @property
    def mean(self) -> float:
        """Per cent of all pictures."""
        return 100 * self.right.total() / self.seen.total()

    def cells(self) -> Iterator[str]:
        """Per cent under each condition, decoder by decoder."""
        for condition in CONDITIONS:
            cases = [(condition, decoder) for decoder in installed_decoders()]
            yield "/".join(f"{100 * self.right[case] / self.seen[case]:.0f}" for case in cases)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--codes", type=int, default=40, help="short addresses for each look")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--write", action="store_true", help="write docs/codes.md and docs/styles.png")
    options = asked.parse_args()
    if len(installed_decoders()) < 2:
        raise SystemExit("This measurement needs zbar: apt-get install libzbar0")
    machine()
    addresses = list(short_addresses(options.codes, random.Random(options.seed)))
    with tempfile.TemporaryDirectory() as folder:
        logo = Path(folder, "logo.svg")
        logo.write_text(LOGO, encoding="utf-8")
        allowed = {f"`{name}`": known.style for name, known in styles().items()} | edges(str(logo))
        found = {name: rates(style, addresses) for name, style in (allowed | refused()).items()}
        prove_formats(allowed, addresses[0])
    plain = rates(Style(), addresses)
    lines = list(told({"plain": plain} | found, plain.mean))
    table(lines[0], lines[1:])
    judge(plain, found)
    sheet = contact_sheet([known for known in styles().values() if not known.style.module_mm])
    if options.write:
        write_table(lines, options.codes)
        (DOCS / "styles.png").write_bytes(sheet)
        say("  docs/codes.md and docs/styles.png are written")


def short_addresses(number: int, dice: random.Random) -> Iterator[str]:
    for _ in range(number):
        yield f"https://go.example.com/{''.join(dice.choices(ALPHABET, k=7))}"


def edges(logo: str) -> Mapping[str, Style]:
    """What is allowed and no more."""
    return {
        "logo of 0.2": Style(logo=logo, logo_ratio=0.2),
        "logo of 0.3": Style(logo=logo, logo_ratio=0.3),
        "dots of 0.8": Style(module_shape="dots", module_scale=0.8),
        "eyes: circle": Style(eye_shape="circle", pupil_shape="circle"),
        "eyes: leaf": Style(eye_shape="leaf", pupil_shape="leaf"),
        "pupils: circle": Style(pupil_shape="circle"),
        "frame: card": Style(frame="card"),
    }


def refused() -> Mapping[str, Style]:
    """What takes --force."""
    return {
        "refused: dots of 0.5": Style(module_shape="dots", module_scale=0.5, forced=True),
        "refused: contrast of 2.2": Style(dark="#b0b0b0", forced=True),
    }


def rates(style: Style, addresses: Sequence[str]) -> Rates:
    symbol = make_symbol(addresses[0], style)
    found = Rates(symbol.name, artwork_of(symbol, style).module_mm)
    for address in addresses:
        artwork = artwork_of(make_symbol(address, style), style)
        (drawing,) = pictures(write(artwork, "svg"), "svg", round(DRAWN_PX * artwork.width))
        for condition, picture in views(drawing.image.convert("L"), random.Random(address)):
            for name, decoder in installed_decoders().items():
                contents = set(decoder(picture))
                found.seen[condition, name] += 1
                found.right[condition, name] += contents == {address.encode()}
                found.misread.extend(contents - {address.encode()})
    return found


def told(found: Mapping[str, Rates], plain_mean: float) -> Iterator[tuple[str, ...]]:
    """The lines of the table, headings first."""
    yield ("look", "symbol", "module", *CONDITIONS, "mean", "to plain")
    for name, each in found.items():
        points = round(each.mean - plain_mean)
        to_plain = f"{points:+d}" if points else "0"
        yield (name, each.symbol, f"{each.module_mm:.2f} mm", *each.cells(), f"{each.mean:.0f}", to_plain)


def judge(plain: Rates, found: Mapping[str, Rates]) -> None:
    proof("nothing was read as something else", holds=not any(each.misread for each in found.values()))
    means = {name: each.mean for name, each in found.items()}
    worst = min((name for name in means if name.startswith("`")), key=means.__getitem__)
    behind = plain.mean - means[worst]
    target(
        f"{worst}, the style that is read least, is {behind:.1f} points behind plain (at most {TARGET_POINTS:g})",
        met=behind <= TARGET_POINTS,
    )
    least_allowed = min(means[name] for name in means if name not in refused())
    proof(
        "what is refused is read less than anything that is allowed",
        holds=max(means[name] for name in refused()) < least_allowed,
    )


def prove_formats(looks: Mapping[str, Style], address: str) -> None:
    """Every format of every look is read by both decoders, at its best."""
    lost = [
        f"{name} as {format_}"
        for name, style in looks.items()
        for format_ in FORMATS
        if not _is_read(artwork_of(make_symbol(address, style), style), format_, address)
    ]
    told_formats = ", ".join(FORMATS).upper()
    proof(f"both decoders read all looks as {told_formats} {', '.join(lost)}".rstrip(), holds=not lost)


def _is_read(artwork: Artwork, format_: str, address: str) -> bool:
    (page,) = pictures(write(artwork, format_), format_, round(CLOSE_PX * artwork.width))
    grey = page.image.convert("L")
    return all(decoder(grey) == [address.encode()] for decoder in installed_decoders().values())


def contact_sheet(shown: Sequence[NamedStyle]) -> bytes:
    """A PNG file with a code in each style and its name below."""
    rows = -(-len(shown) // COLUMNS)
    height = CELL_PX + CAPTION_PX
    sheet = Image.new("RGB", (COLUMNS * CELL_PX, rows * height), SHEET_COLOUR)
    for number, known in enumerate(shown):
        x, y = number % COLUMNS * CELL_PX, number // COLUMNS * height
        code = _code(known.style)
        sheet.paste(code, (x + (CELL_PX - code.width) // 2, y + CELL_PX - code.height))
        sheet.paste(_caption(known.name), (x, y + CELL_PX))
    contents = [decoder(sheet.convert("L")) for decoder in installed_decoders().values()]
    proof(
        f"both decoders read all {len(shown)} codes of the contact sheet",
        holds=all(content == [EXAMPLE.encode()] * len(shown) for content in contents),
    )
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    proof(f"it has {len(file.getvalue()) / 1e3:.0f} kB", holds=len(file.getvalue()) <= MAX_SHEET_BYTES)
    return file.getvalue()


def _code(style: Style) -> Image.Image:
    artwork = artwork_of(make_symbol(EXAMPLE, style), style)
    width_px = round(CODE_PX * artwork.width / max(artwork.width, artwork.height))
    (picture,) = pictures(write(artwork, "svg"), "svg", width_px)
    return picture.image


def _caption(name: str) -> Image.Image:
    line = set_line(name)
    left, baseline = (CELL_PX - (line.left + line.right) * TEXT_PX) / 2, CAPTION_PX / 2 + TEXT_PX * 0.3
    path = line.path.transformed((TEXT_PX, 0, 0, TEXT_PX, left, baseline))
    ground = parse_ink(SHEET_COLOUR)
    artwork = Artwork(CELL_PX, CAPTION_PX, module_mm=0.1, ground=ground, shapes=(Fill(path, BLACK),))
    (picture,) = pictures(write(artwork, "svg"), "svg", CELL_PX)
    return picture.image


def write_table(lines: Sequence[tuple[str, ...]], codes: int) -> None:
    """Between its marks in docs/codes.md."""
    conditions = "; ".join(
        f"{name}: {each.told.format(', '.join(map(str, each.strengths)))}"
        for name, each in CONDITIONS.items()
    )
    words = (
        f"Per cent of pictures that zxing-cpp/zbar read: {codes} short addresses in each look, at equally many pixels "
        f"a module, from conditions that every code must bear to some in which plain ones are lost ({conditions}). "
        f"`to plain` is the difference of the means in points; the last two looks take `--force`. `module` is its "
        f"width in a drawing of 30 mm, where the style does not set it: what a frame or a logo takes from it, it takes "
        f"from the distance. `python tests/bench/looks.py --write` measures anew."
    )
    heading, *rows = (f"| {' | '.join(line)} |" for line in lines)
    rule = f"|{'---|' * 2}{'---:|' * (len(lines[0]) - 2)}"
    section = "\n".join((textwrap.fill(words, 118), "", heading, rule, *rows))
    page = DOCS / "codes.md"
    text = re.sub(
        r"(?<=<!-- read rates -->\n).*(?=<!-- end of read rates -->)",
        lambda _: f"{section}\n",
        page.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
