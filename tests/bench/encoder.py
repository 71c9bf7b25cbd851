"""What a symbol costs, from the text of a short address to its modules: ours, and three other encoders.

CPU time of one process, in rounds in which the encoders take their turns on the same addresses; the best round counts,
as it was disturbed the least. libqrencode and zint are C. libqrencode is timed twice: as C programs use it, its symbol
left in its own memory, and with its modules made into rows of bytes, which ours ends with. segno takes a sample, after
the others. All write bytes at the level that is asked for, so the symbols differ in nothing but the chosen mask.
"""

from __future__ import annotations

import argparse
import ctypes
import random
import string
import time
from collections.abc import Callable, Sequence

import segno
import zint
from rig.telling import machine, proof, say, table, target

from scanly.qr.encoding import encode
from scanly.qr.symbol import LEVELS, Level

PREFIX, ALPHABET = "https://go.example.com/", string.ascii_letters + string.digits
MOST_OF_LIBQRENCODE, LEAST_OF_SEGNO = 1.0, 40.0
SEGNO_SHARE = 50
LOW_BIT = bytes(value & 1 for value in range(256))

Rows = tuple[bytes, ...]
Encoder = Callable[[str, Level], object]


class Code(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("width", ctypes.c_int),
        ("modules", ctypes.POINTER(ctypes.c_ubyte)),
    )


def load_libqrencode() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libqrencode.so.4")
    except OSError:
        say("This measurement needs libqrencode4: apt-get install libqrencode4")
        raise SystemExit(1) from None
    library.QRcode_encodeString8bit.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
    library.QRcode_encodeString8bit.restype = ctypes.POINTER(Code)
    library.QRcode_free.argtypes = [ctypes.POINTER(Code)]
    return library


LIBQRENCODE = load_libqrencode()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--addresses", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    machine()
    dice = random.Random(options.seed)
    addresses = [PREFIX + "".join(dice.choices(ALPHABET, k=7)) for _ in range(options.addresses)]
    for level in ("M", "H"):
        prove_equal(addresses[: len(addresses) // 10], level)
        compare(addresses, level, options.rounds)
    say("Longer contents, level M, against libqrencode with its rows")
    for length in (120, 330, 1_000, 2_331):
        texts = ["".join(dice.choices(string.ascii_lowercase, k=length)) for _ in range(20_000 // length)]
        ours_us, theirs_us = best_us(
            {"ours": ours, "theirs": libqrencode_rows}, texts, "M", options.rounds
        ).values()
        name = encode(texts[0], boost=False).name
        target(
            f"{length:5,} bytes, {name:8} {ours_us:6,.0f} to {theirs_us:6,.0f} µs", met=ours_us <= theirs_us
        )


def ours(text: str, level: Level) -> Rows:
    return encode(text, level=level, boost=False).rows


def libqrencode(text: str, level: Level) -> None:
    LIBQRENCODE.QRcode_free(LIBQRENCODE.QRcode_encodeString8bit(text.encode(), 0, LEVELS.index(level)))


def libqrencode_rows(text: str, level: Level) -> Rows:
    code = LIBQRENCODE.QRcode_encodeString8bit(text.encode(), 0, LEVELS.index(level))
    side = code.contents.width
    modules = ctypes.string_at(code.contents.modules, side * side).translate(LOW_BIT)
    LIBQRENCODE.QRcode_free(code)
    return tuple([modules[at : at + side] for at in range(0, side * side, side)])


def by_zint(text: str, level: Level) -> object:
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.QRCODE
    symbol.option_1 = LEVELS.index(level) + 1
    symbol.encode(text)
    return symbol.encoded_data


def by_segno(text: str, level: Level) -> object:
    return segno.make_qr(text, error=level, boost_error=False, mode="byte").matrix


def prove_equal(addresses: Sequence[str], level: Level) -> None:
    wrong = 0
    for address in addresses:
        theirs = libqrencode_rows(address, level)
        mask = (theirs[8][2] << 2 | theirs[8][3] << 1 | theirs[8][4]) ^ 0b101
        wrong += encode(address, level=level, boost=False, mask=mask).rows != theirs
    proof(
        f"{len(addresses):,} symbols equal those of libqrencode at equal mask, level {level}", holds=not wrong
    )


def compare(addresses: Sequence[str], level: Level, rounds: int) -> None:
    encoders = {
        "ours: encode(), rows included": ours,
        "libqrencode, symbol left in C": libqrencode,
        "libqrencode, rows included": libqrencode_rows,
        "zint, its matrix in Python": by_zint,
    }
    figures = best_us(encoders, addresses, level, rounds)
    figures |= best_us({f"segno, every {SEGNO_SHARE}th": by_segno}, addresses[::SEGNO_SHARE], level, rounds)
    ours_us, bare_us, rows_us, _, segno_us = figures.values()
    name = encode(addresses[0], level=level, boost=False).name
    cells = [(who, f"{us:,.1f}", f"{us / ours_us:.2f}") for who, us in figures.items()]
    table((f"{len(addresses):,} addresses, {name}", "CPU µs", "times ours"), cells)
    for what, theirs_us in (("libqrencode", bare_us), ("libqrencode with rows", rows_us)):
        ratio = ours_us / theirs_us
        goal = f"at most {MOST_OF_LIBQRENCODE:g}"
        target(f"{ratio:.2f} times the CPU of {what} ({goal})", met=ratio <= MOST_OF_LIBQRENCODE)
    gain = segno_us / ours_us
    target(f"{gain:.0f} times as fast as segno (at least {LEAST_OF_SEGNO:g})", met=gain >= LEAST_OF_SEGNO)


def best_us(
    encoders: dict[str, Encoder], texts: Sequence[str], level: Level, rounds: int
) -> dict[str, float]:
    """CPU microseconds a symbol in the best round; the first symbol of all, which fills caches, is not counted."""
    best = dict.fromkeys(encoders, float("inf"))
    for encode_one in encoders.values():
        encode_one(texts[0], level)
    for _ in range(rounds):
        for name, encode_one in encoders.items():
            before = time.process_time()
            for text in texts:
                encode_one(text, level)
            best[name] = min(best[name], (time.process_time() - before) / len(texts) * 1e6)
    return best


if __name__ == "__main__":
    main()
