import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.money.statement_columns import codes_in, columns_of, entries


def amounts(*typed: str, exponent: int = 2) -> list[int | None]:
    rows = [["date", "amount", "purpose"], *(["2026-06-01", each, "x"] for each in typed)]
    return [entry.amount_minor for entry in entries(enumerate(rows, 1), exponent)]


@pytest.mark.parametrize(
    ("heading", "places"),
    [
        (
            "Buchungstag;Valuta;Auftraggeber/Zahlungsempfänger;Verwendungszweck;Währung;Betrag",
            {"date": 0, "payer": 2, "purpose": 3, "currency": 4, "amount": 5},
        ),
        (
            "Date;Name;Description;Amount;Currency;Debit/Credit",
            {"date": 0, "payer": 1, "purpose": 2, "amount": 3, "currency": 4, "sign": 5},
        ),
        (
            "Transaction Date;Details;Paid out;Paid in;Balance",
            {"date": 0, "purpose": 1, "amount": 3},
        ),
        ("Date opération;Libellé;Montant", {"date": 0, "purpose": 1, "amount": 2}),
    ],
)
def test_banks_name_their_columns_as_they_like(heading: str, places: dict[str, int]) -> None:
    assert columns_of(heading.split(";")) == places


def test_amounts_are_read_by_the_sign_that_the_file_uses() -> None:
    assert amounts("1.234,56", "-120,00", "12", "1.000") == [123456, -12000, 1200, 100000]
    assert amounts("1,234.56", "120.00-", "12", "1,000") == [123456, -12000, 1200, 100000]
    assert amounts("1 234,50 €", "+5,00 EUR", "2.000.000,00") == [123450, 500, 200000000]
    assert amounts("¥", "abc", "--1", "1.2.3", "0.001", "9" * 20) == [None] * 6
    assert amounts("1,500", "20", exponent=0) == [1500, 20]
    assert amounts("1.250", "0.5", exponent=3) == [1250, 500]


def test_a_sign_that_may_part_thousands_or_decimals_is_not_guessed() -> None:
    assert amounts("1.200", "1,200", "12") == [None, None, 1200]
    assert amounts("-1.200", "80") == [None, 8000]
    assert amounts("1.200", "1.200.000") == [120000, 120000000]
    assert amounts("1.200", "0,80") == [120000, 80]
    assert amounts("1.200", "0.80") == [120, 80]
    assert amounts("1,200", "1,200.00") == [120000, 120000]
    assert amounts("1.200", "12,50", "12.50") == [None, 1250, 1250]
    assert amounts("12.50", "13.50", "12,5", "1,23,4") == [1250, 1350, 1250, None]
    assert amounts("1200.500", "1.200") == [120050, 120]
    rows = [["date", "amount", "purpose"], ["2026-06-01", "1.200", "x"]]
    [entry] = entries(enumerate(rows, 1), 2)
    assert str(entry.problem) == "1.200 may be thousands or decimals."


def test_a_currency_says_what_the_file_does_not() -> None:
    assert amounts("1.200", "1,200", exponent=0) == [1200, 1200]
    assert amounts("1.200", "1,200", exponent=3) == [1200, 1200]
    assert amounts("1,200", "1,200.000", exponent=3) == [1200000, 1200000]


def test_what_stands_above_the_heading_is_left_out_and_below_the_lines_is_a_remark() -> None:
    rows = [["IBAN", "DE00"], ["Datum", "Betrag", "Text"], ["01.06.26", "1,00", "a"], ["Summe"]]
    entry, total = entries(enumerate(rows, 1), 2)
    assert (entry.row, entry.booked_on, entry.amount_minor) == (3, "2026-06-01", 100)
    assert (entry.is_remark, total.is_remark) == (False, True)


def test_money_that_went_out_by_its_own_sign_is_negative() -> None:
    rows = [["date", "amount", "purpose", "Soll/Haben"], ["x", "5,00", "", "S"]]
    [entry] = entries(enumerate(rows, 1), 2)
    assert entry.amount_minor == -500


def test_identical_lines_of_one_file_differ_and_are_the_same_in_another() -> None:
    rows = [["date", "amount", "purpose"], *[["2026-06-01", "5.00", "x"]] * 2]
    first, again = (entries(enumerate(rows, 1), 2) for _ in range(2))
    assert [entry.digest for entry in first] == [entry.digest for entry in again]
    assert first[0].digest != first[1].digest


def test_a_file_without_a_heading_says_what_it_needs() -> None:
    with pytest.raises(InvalidInputError, match="This file has no heading with a") as refused:
        entries(enumerate([["2026-06-01", "5.00"]] * 100, 1), 2)
    assert "date, amount, purpose" in refused.value.hint


def test_codes_are_found_as_words_and_across_breaks() -> None:
    assert codes_in("tickets k7qm2x, thanks")[0] == ["K7QM2X", "THANKS"]
    assert "K7QM2X" in codes_in("ref:K7Q M2X")[1]
    assert codes_in("0 1 I O 000000 IIIIII") == ([], [])
