import pytest

from scanly.core.errors import Invalid
from scanly.qr.grammar.person import Name, parts, person


@pytest.mark.parametrize(
    ("typed", "settled", "name"),
    [
        ("Sean Owen", "Sean Owen", Name("Owen", "Sean", "Sean Owen")),
        ("Owen,Sean", "Owen, Sean", Name("Owen", "Sean", "Sean Owen")),
        (
            "  van Beethoven ,  Ludwig ",
            "van Beethoven, Ludwig",
            Name("van Beethoven", "Ludwig", "Ludwig van Beethoven"),
        ),
        (
            "John  Quinlan Public",
            "John Quinlan Public",
            Name("Public", "John Quinlan", "John Quinlan Public"),
        ),
        ("Asha", "Asha", Name("", "Asha", "Asha")),
        ("山田 太郎", "山田 太郎", Name("山田", "太郎", "山田 太郎")),
        ("山田\u3000太郎", "山田 太郎", Name("山田", "太郎", "山田 太郎")),
        ("山田, 太郎", "山田, 太郎", Name("山田", "太郎", "山田 太郎")),
        ("김민수", "김민수", Name("", "김민수", "김민수")),
        ("आशा देशपांडे", "आशा देशपांडे", Name("देशपांडे", "आशा", "आशा देशपांडे")),
    ],
)
def test_a_name_is_taken_apart_as_address_books_sort_it(typed, settled, name):
    assert person(typed) == settled
    assert person(settled) == settled
    assert parts(settled) == name


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("Owen, Sean, Esq.", "belongs into organisation"),
        ("Owen,", "is not a name with one comma"),
        (", Sean", "is not a name with one comma"),
        (" ", "is blank"),
        ("Sean\nOwen", "invisible character"),
        ("x" * 256, "256 characters"),
    ],
)
def test_what_is_no_name_is_refused(typed, sentence):
    with pytest.raises(Invalid) as refused:
        person(typed)
    assert sentence in str(refused.value)
