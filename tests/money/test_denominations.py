"""Notes and coins, and what so many of them come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import EXPONENTS
from eventdesk.money import MAX_PIECES, denominations
from eventdesk.money.coins import counted

LISTED = (
    *("EUR", "USD", "GBP", "CHF", "JPY", "PLN", "SEK", "NOK", "DKK", "CZK", "UGX", "KES"),
    *("NGN", "ZAR", "INR"),
)


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_every_currency_can_be_counted_from_the_largest_down(currency: str) -> None:
    values = [each.value.minor for each in denominations(currency, EXPONENTS[currency])]
    assert values == sorted(set(values), reverse=True)
    assert values[-1] > 0


@pytest.mark.parametrize("currency", LISTED)
def test_a_listed_currency_has_notes_and_coins_of_its_own(currency: str) -> None:
    found = denominations(currency, EXPONENTS[currency])
    assert {each.note for each in found} == {True, False}
    assert len(found) <= 15


def test_an_amount_of_any_size_can_be_counted_in_steps() -> None:
    labels = [each.label for each in denominations("KWD", 3)]
    assert labels[-4:] == ["0.010", "0.005", "0.002", "0.001"]
    assert labels[0] == "500000"


def test_a_currency_without_cents_has_no_coin_of_a_part() -> None:
    assert [each.label for each in denominations("CZK", 0)][-1] == "1"
    assert "0.50" not in [each.label for each in denominations("DKK", 0)]


@given(st.dictionaries(st.sampled_from([50000, 2000, 200, 5, 1]), st.integers(0, MAX_PIECES)))
def test_pieces_add_up(counts: dict[int, int]) -> None:
    assert counted(counts, "EUR", 2).minor == sum(v * n for v, n in counts.items())


@pytest.mark.parametrize("counts", [{300: 1}, {500: -1}, {500: MAX_PIECES + 1}])
def test_what_is_no_piece_is_refused(counts: dict[int, int]) -> None:
    with pytest.raises(InvalidInputError, match=r"-1 pieces|100,001 pieces|There is no note"):
        counted(counts, "EUR", 2)
