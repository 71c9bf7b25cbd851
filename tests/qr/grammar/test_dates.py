import pytest

from scanly.core.errors import Invalid
from scanly.qr.grammar.dates import DAY, MONTH, SECOND, date_like


@pytest.mark.parametrize("typed", ["2027-09-28", "2028-02-29", "2027-09", "2027-09-28T18:30:00"])
def test_dates_in_the_asked_forms_are_kept(typed):
    assert date_like(DAY, MONTH, SECOND)(f" {typed} ") == typed


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("28.09.2027", "is not a date in the form year-month-day. Write it like 2027-09-28 or 2027-09."),
        ("09/28/2027", "is not a date"),
        ("20270928", "is not a date"),
        ("2027-9-28", "is not a date"),
        ("2027-09-28T18:30:00", "is not a date"),
        ("٢٠٢٧-٠٩-٢٨", "is not a date"),
        ("2027-02-29", "There is no"),
        ("2027-13", "There is no"),
        ("2027-09-00", "There is no"),
    ],
)
def test_other_spellings_and_days_that_do_not_exist_are_refused(typed, sentence):
    with pytest.raises(Invalid) as refused:
        date_like(DAY, MONTH)(typed)
    assert sentence in str(refused.value)
