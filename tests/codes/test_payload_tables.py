"""Tables of payments and products: each row's cells go to the fields of its own type."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from scanly.codes import item
from scanly.codes.item import Item
from scanly.codes.order import Job, Order, open_job
from scanly.links.hosts import parse_base_url
from scanly.qr.payloads import types
from scanly.qr.style import Style

FIXTURES = Path(__file__).parents[1] / "fixtures"
NOW_MS = 1_795_400_000_000


def opened(source: Path) -> Job:
    base = parse_base_url("https://go.example.com")
    return open_job(Order(source, source.parent / "out", ("svg",), base, Style()), NOW_MS)


def read(source: Path) -> list[Item]:
    job = opened(source)
    return [item.read(row, None, job) for row in job.rows]


def table(folder: Path, *rows: dict[str, str]) -> list[Item]:
    """The rows of a table with all the columns that any of them has; ``url`` is another name of ``target``."""
    rows = tuple({"target" if name == "url" else name: cell for name, cell in row.items()} for row in rows)
    header = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / "rows.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    return read(folder / "rows.csv")


def test_payments_go_to_their_fields_and_a_wrong_iban_is_refused():
    good = read(FIXTURES / "payments.csv")
    wrong = [each for each in good if each.spec and each.row.values["name"] == "Wrong IBAN"]
    assert wrong and all("row 5, iban" in each.problem for each in wrong)
    bill, any_amount, transfer = good[:3]
    assert not (bill.problem or any_amount.problem or transfer.problem)
    assert bill.text.startswith("upi://pay?") and "pa=asha@upi" in bill.text and "am=250.00" in bill.text
    assert "am=" not in any_amount.text
    assert transfer.text.splitlines()[6] == "DE89370400440532013000" and "EUR12.3" in transfer.text
    assert transfer.demands.level == "M"


def test_products_go_to_their_fields_whole_and_wrong_check_digits_are_refused():
    products = read(FIXTURES / "products-gs1.csv")
    wrong = [each.problem for each in products if each.problem]
    assert len(products) > 40 and len(wrong) == 2
    assert all(", gtin: " in problem and "wrong check digit" in problem for problem in wrong)
    for product in (each for each in products if not each.problem):
        assert f"/01/0{product.row.values['gtin']}/" in product.text
        assert product.row.values["lot"] in product.text
        assert product.spec and product.spec.name == product.row.values["name"]


def test_every_example_of_every_type_can_be_a_row(tmp_path: Path):
    examples = [(kind, fields, text) for kind in types().values() for fields, text in kind.examples]
    # One table of all of them: a column may be a field of one type and mean something else to another.
    found = table(tmp_path, *({"type": kind.name, **fields} for kind, fields, _ in examples))
    for each, (kind, _, text) in zip(found, examples, strict=True):
        assert (each.problem, each.spec and each.spec.type) == ("", kind.name)
        assert each.text.strip() == text.strip(), kind.name
    assert Counter(kind.name for kind, _, _ in examples).keys() == types().keys()


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        ({"type": "wifi", "ssid": "Cafe", "password": "space is silent"}, {"password": "space is silent"}),
        ({"type": "vcard", "name": "Asha", "title": "Owner", "url": "https://a.example"}, {"title": "Owner"}),
        (
            {"type": "event", "title": "Feast", "start": "2027-05-31 18:00", "zone": "Asia/Kolkata"},
            {"title": "Feast"},
        ),
    ],
)
def test_a_field_of_the_type_wins_over_the_column_of_a_link(
    tmp_path: Path, row: dict[str, str], fields: dict[str, str]
):
    if row["type"] not in types():
        pytest.fail(f"there is no type {row['type']}")
    (found,) = table(tmp_path, row)
    assert found.spec is not None and not found.problem
    assert fields.items() <= dict(found.spec.fields).items()
    assert (found.spec.title, found.spec.password) == ("", "")
