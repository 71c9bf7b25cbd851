"""Which decoders still read a code under each condition, and what that does to its grade."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from scanly.qr.proof.decoders import installed_decoders
from scanly.qr.proof.grade import BEST, Part
from scanly.qr.proof.sampling import Sighting
from scanly.qr.proof.strain import CONDITIONS, strained

CLEAN = CONDITIONS[0]


class Read(msgspec.Struct, frozen=True):
    """How many of the pictures under one condition a decoder read right, and how many as something else."""

    condition: str
    decoder: str
    pictures: int
    right: int
    wrong: int


def try_out(code: Sighting, content: bytes, others: Collection[bytes], rounds: int) -> tuple[Read, ...]:
    """What decoders read under every condition; ``others`` are contents of neighbours, which may be seen, too.

    Only exactly ``content`` is right. In a single round, which is to be quick, the second decoder is asked about
    the clean picture, and where the first one fails. A round costs about three milliseconds for a version 3.
    """
    grey = code.image.convert("L").crop(code.box(2 if code.micro else 4))
    found: dict[tuple[str, str], list[set[bytes]]] = {}
    for condition, picture in strained(grey, code.module_px, rounds):
        for name, decoder in installed_decoders(micro=code.micro).items():
            contents = set(decoder(picture)) - set(others)
            found.setdefault((condition, name), []).append(contents)
            if rounds == 1 and condition != CLEAN and contents == {content}:
                break
    return tuple(
        Read(
            condition,
            name,
            pictures=len(all_contents),
            right=sum(contents == {content} for contents in all_contents),
            wrong=sum(bool(contents - {content}) for contents in all_contents),
        )
        for (condition, name), all_contents in found.items()
    )


def parts(reads: Sequence[Read]) -> Iterator[Part]:
    """What the reads cost: each condition lost one mark, and a wrong content or no clean read all of them."""
    for read in reads:
        if read.wrong:
            yield Part(0, f"{read.decoder} reads something else under this condition: {read.condition}.")
    clean = [read for read in reads if read.condition == CLEAN]
    missed = [read.decoder for read in clean if read.right < read.pictures]
    if missed and len(missed) == len(clean):
        yield Part(0, "No decoder can read it reliably.")
    elif missed:
        yield Part(BEST - 2, f"{' and '.join(missed)} cannot read it, even under the best conditions.")
    lost = [condition for condition in CONDITIONS[1:] if _is_lost(condition, reads)]
    if lost:
        yield Part(max(BEST - len(lost), 0), f"It is not read under {' and '.join(lost)}.")


def _is_lost(condition: str, reads: Sequence[Read]) -> bool:
    """No decoder reads more than half of the pictures."""
    tried = [read for read in reads if read.condition == condition]
    return bool(tried) and all(2 * read.right <= read.pictures for read in tried)
