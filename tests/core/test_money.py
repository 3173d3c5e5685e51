"""Money as people type it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import MAX_MINOR, Money, percent, read_money, read_percent


@pytest.mark.parametrize(
    ("typed", "exponent", "minor"),
    [
        ("12.50", 2, 1250),
        ("12,50", 2, 1250),
        ("12,5", 2, 1250),
        (" 12 ", 2, 1200),
        (".5", 2, 50),
        ("0", 2, 0),
        ("007", 2, 700),
        ("1,234.50", 2, 123450),
        ("1.234,50", 2, 123450),
        ("1 234,50", 2, 123450),
        ("1\u202f234,50", 2, 123450),
        ("1'234.50", 2, 123450),
        ("1,234,567", 2, 123456700),
        ("12.50 EUR", 2, 1250),
        ("eur 12", 2, 1200),
        ("900", 0, 900),
        ("1,234", 0, 1234),
        ("1.234", 3, 1234),
        ("1,234.567", 3, 1234567),
    ],
)
def test_reads_an_amount_as_it_is_typed(typed: str, exponent: int, minor: int) -> None:
    assert read_money(typed, "EUR", exponent) == Money(minor, "EUR", exponent)


@pytest.mark.parametrize(
    ("typed", "exponent"),
    [
        ("", 2),
        ("EUR", 2),
        ("twelve", 2),
        ("12.345", 2),
        ("1,234", 2),  # 1.234 or 1234.00: not ours to guess
        ("12.", 2),
        (".", 2),
        ("1.5", 0),
        ("1,2,3", 2),
        ("1.234.50", 2),
        ("12,34.50", 2),
        ("-1", 2),
        ("\u22121", 2),
        ("+1", 2),
        ("1e3", 2),
        ("NaN", 2),
        ("inf", 2),
        ("0x10", 2),
        ("1_000", 2),
        ("١٢", 2),
        ("１２", 2),
        ("²", 2),
        ("12 USD", 2),
        ("=1+1", 2),
        ("\x1b[31m12", 2),
        ("9" * 15, 2),
        ("9" * 10_000, 2),
        ("1" + "\x00" * 3, 2),
    ],
)
def test_refuses_what_is_no_clear_amount(typed: str, exponent: int) -> None:
    with pytest.raises(InvalidInputError) as raised:
        read_money(typed, "EUR", exponent)
    assert raised.value.hint


def test_the_largest_amount_is_the_last_that_is_taken() -> None:
    assert read_money(Money(MAX_MINOR, "EUR").amount, "EUR").minor == MAX_MINOR
    with pytest.raises(InvalidInputError, match="more than can be booked"):
        read_money(Money(MAX_MINOR + 1, "EUR").amount, "EUR")


@given(st.integers(0, MAX_MINOR), st.integers(0, 4))
def test_what_is_written_is_read_as_the_same_amount(minor: int, exponent: int) -> None:
    money = Money(minor, "KWD", exponent)
    assert read_money(money.amount, "KWD", exponent) == money
    assert read_money(str(money), "KWD", exponent) == money


@given(st.text(max_size=60) | st.text("0123456789.,' EUR%", max_size=20))
def test_any_text_is_an_amount_or_is_refused(typed: str) -> None:
    with suppress(InvalidInputError):
        assert 0 <= read_money(typed, "EUR").minor <= MAX_MINOR
    with suppress(InvalidInputError):
        assert 0 <= read_percent(typed) <= 10_000


@given(st.integers(0, 10_000))
def test_a_percentage_is_read_as_it_is_written(basis_points: int) -> None:
    assert read_percent(percent(basis_points)) == basis_points


@pytest.mark.parametrize("typed", ["100.01", "101", "-1", "7.555", "", "%", "a"])
def test_refuses_what_is_no_percentage(typed: str) -> None:
    with pytest.raises(InvalidInputError, match=r"A|There are at|This cannot|This is no"):
        read_percent(typed)
