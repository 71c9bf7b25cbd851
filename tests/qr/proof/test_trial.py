import pytest
from tests.qr.sketches import as_picture

from scanly.qr.encoding import encode
from scanly.qr.proof import trial
from scanly.qr.proof.decoders import find
from scanly.qr.proof.grade import grade
from scanly.qr.proof.sampling import Sighting
from scanly.qr.proof.strain import CONDITIONS
from scanly.qr.proof.trial import Read, parts, try_out

CONTENT = b"https://go.example.com/AbC1234"
SYMBOL = encode(CONTENT, level="M", boost=False)
FAR = 6 * (4 + SYMBOL.modules)
CODE = Sighting(
    as_picture(SYMBOL.rows, px=6).convert("RGB"), ((24, 24), (FAR, 24), (FAR, FAR), (24, FAR)), SYMBOL.modules
)


def reads(**lost: tuple[str, ...]) -> list[Read]:
    """Both decoders under every condition; those of ``lost`` miss these."""
    names = [name.replace(" ", "_") for name in CONDITIONS]
    return [
        Read(condition, decoder, 1, decoder not in lost.get(name, ()), 0)
        for name, condition in zip(names, CONDITIONS, strict=True)
        for decoder in ("zxing", "zbar")
    ]


BOTH = ("zxing", "zbar")


def test_a_plain_code_is_read_under_all_conditions():
    found = try_out(CODE, CONTENT, (), 4)
    assert {(read.condition, read.decoder) for read in found} >= {(name, "zxing") for name in CONDITIONS}
    assert all((read.pictures, read.right, read.wrong) == (4, 4, 0) for read in found)
    assert grade(parts(found)) == ("A", ())


def test_in_a_single_round_the_second_decoder_is_asked_only_where_it_matters(monkeypatch):
    blind_to_small = {
        "zxing": lambda grey: [CONTENT] if grey.width > 120 else [],
        "zbar": lambda grey: [CONTENT],
    }
    monkeypatch.setattr(trial, "installed_decoders", lambda *, micro: blind_to_small)
    asked = [read.condition for read in try_out(CODE, CONTENT, (), 1) if read.decoder == "zbar"]
    assert asked == ["clean", "low resolution"]
    assert len([read for read in try_out(CODE, CONTENT, (), 2) if read.decoder == "zbar"]) == 6


@pytest.mark.parametrize(
    ("lost", "letter", "reason"),
    [
        ({}, "A", ""),
        ({"blur": ("zxing",)}, "A", ""),
        ({"blur": BOTH}, "B", "It is not read under blur."),
        ({"blur": BOTH, "low_light": BOTH}, "C", "It is not read under blur and low light."),
        ({"blur": BOTH, "noise": BOTH, "low_light": BOTH}, "D", "blur and noise and low light"),
        ({name.replace(" ", "_"): BOTH for name in CONDITIONS[1:]}, "F", "low resolution"),
        ({"clean": ("zbar",)}, "C", "zbar cannot read it, even under the best conditions."),
        ({"clean": BOTH}, "F", "No decoder can read it reliably."),
    ],
)
def test_each_condition_that_no_decoder_masters_costs_a_mark(lost, letter, reason):
    found, reasons = grade(parts(reads(**lost)))
    assert found == letter
    assert reason in " ".join(reasons)


def test_a_condition_is_mastered_in_more_than_half_of_its_pictures():
    assert grade(parts([Read("blur", "zxing", 4, 2, 0)]))[0] == "B"
    assert grade(parts([Read("blur", "zxing", 4, 3, 0)]))[0] == "A"
    assert grade(parts([Read("clean", "zxing", 4, 3, 0)]))[0] == "F"


def test_a_single_wrong_reading_fails(monkeypatch):
    monkeypatch.setattr(
        trial, "installed_decoders", lambda *, micro: {"zxing": lambda grey: [CONTENT, b"something else"]}
    )
    found = try_out(CODE, CONTENT, (), 1)
    assert grade(parts(found))[0] == "F"
    assert "zxing reads something else under this condition: clean." in grade(parts(found))[1]


def test_neighbours_that_come_into_the_picture_are_no_wrong_reading(monkeypatch):
    monkeypatch.setattr(
        trial, "installed_decoders", lambda *, micro: {"zxing": lambda grey: [CONTENT, b"neighbour"]}
    )
    assert grade(parts(try_out(CODE, CONTENT, {b"neighbour"}, 1))) == ("A", ())


def test_without_trials_nothing_is_said():
    assert try_out(CODE, CONTENT, (), 0) == ()
    assert grade(parts(())) == ("A", ())


def test_the_code_is_where_this_test_says():
    (code,) = find(CODE.image.convert("L"))
    assert (code.position.top_left.x, code.position.top_left.y) == (24, 24)
