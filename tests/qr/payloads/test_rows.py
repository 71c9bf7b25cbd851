"""Rows as a spreadsheet has them: cells of other types, and of none, beside those of the row's own."""

import csv
from pathlib import Path
from urllib.parse import quote

from tests.qr.payloads.refusals import accepted, refusals

from scanly.qr.payloads import types

FIXTURES = Path(__file__).parents[2] / "fixtures"


def rows(name: str) -> list[tuple[str, dict[str, str]]]:
    """The type of each row, and the cells that belong to it."""
    with (FIXTURES / name).open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    known = {name: {field.name for field in kind.fields} for name, kind in types().items()}
    return [
        (row["type"], {key: cell for key, cell in row.items() if key in known[row["type"]]}) for row in found
    ]


def test_payments_are_taken_and_the_wrong_account_is_told():
    *sound, (kind, wrong) = rows("payments.csv")
    assert [accepted(*row) for row in sound] == [
        "upi://pay?pa=asha@upi&pn=Asha%20Kirana&am=250.00&cu=INR&tn=Bill%20118",
        f"upi://pay?pa=asha@upi&pn={quote('आशा किराना')}&cu=INR",
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nMax Mustermann\nDE89370400440532013000\nEUR12.30\n\n\n\nInvoice 4711",
    ]
    assert refusals(kind, wrong) == {
        "iban": 'iban: "DE88370400440532013000" has wrong check digits. Compare it with the bank\'s own papers.'
    }


def test_products_are_taken_but_for_the_two_with_a_wrong_check_digit():
    products = rows("products-gs1.csv")
    wrong = [fields["gtin"] for kind, fields in products if accepted(kind, fields) is None]
    assert len(products) == 60
    assert len(wrong) == 2
    assert all("check digit" in refusals("gs1", {"gtin": gtin})["gtin"] for gtin in wrong)
    assert accepted(*products[0]) == "https://id.gs1.org/01/08901234743546/10/L886/21/00000?17=270928"
