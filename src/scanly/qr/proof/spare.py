"""How much of a code's error correction is to spare, as zxing-cpp says it, and tried out where that can be misread.

zxing-cpp 3 writes shares below a tenth without their zero: 0.07 arrives as 0.7. So whoever has a single digit is
asked to prove it: that much is taken away from every block, and the code must still be read.

Source: ISO/IEC 15415:2011, 7.8.8 (unused error correction: that of the worst block).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanly.qr.encoding.placement import blocks, codeword_owner, data_positions
from scanly.qr.proof.decoders import installed_decoders
from scanly.qr.proof.sampling import Sighting, averaged
from scanly.qr.symbol import Level

if TYPE_CHECKING:
    from PIL.Image import Image

_MARGIN_MODULES, _SAMPLES = 4, 4


def unused_correction(told: float, code: Sighting, version: int, level: Level) -> float:
    """The share that is to spare, 0 to 1, of a QR code about which zxing-cpp ``told`` this much."""
    has_one_digit = 0 < told < 1 and round(told * 100) % 10 == 0
    if not has_one_digit or _survives(told, code, version, level):
        return told
    return round(told / 10, 2)


def _survives(share: float, code: Sighting, version: int, level: Level) -> bool:
    """Whether the code is read when each block loses that share of what it can mend, but for one codeword."""
    from PIL import ImageChops

    grey = code.straightened(code.image.convert("L"), _SAMPLES, margin=_MARGIN_MODULES)
    _, correction = blocks(version, level)[0]
    lost = int(share * (correction // 2)) - 1
    # The difference from white is the opposite.
    damaged = ImageChops.difference(grey, _damage(version, level, lost, grey.size))
    return bool(installed_decoders()["zxing"](damaged))


def _damage(version: int, level: Level, lost: int, size: tuple[int, int]) -> Image:
    """White at one module of that many codewords of each block, spread evenly; black elsewhere.

    One module, because turning all of a codeword that is wrong already might mend it.
    """
    from PIL import Image

    owners, positions = codeword_owner(version, level), data_positions(version)
    side = 17 + 4 * version
    modules = bytearray(side * side)
    for block in range(len(blocks(version, level))):
        words = [word for word, owner in enumerate(owners) if owner == block]
        for word in words[:: len(words) // max(lost, 1)][:lost]:
            modules[positions[8 * word]] = 255
    damage, edge = Image.new("L", size), _MARGIN_MODULES * _SAMPLES
    damaged = averaged(Image.frombytes("L", (side, side), bytes(modules)), (side * _SAMPLES, side * _SAMPLES))
    damage.paste(damaged, (edge, edge))
    return damage
