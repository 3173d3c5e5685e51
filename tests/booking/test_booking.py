"""The arithmetic of cancelling, and people as somebody pastes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.booking import read_people
from eventdesk.booking.booking import cancel_fee, kept_of
from eventdesk.core.errors import InvalidInputError

minor = st.integers(0, 10**7)


@given(price=minor, fee_bp=st.integers(0, 10_000), fee_minor=minor)
def test_a_fee_is_never_more_than_the_price(price: int, fee_bp: int, fee_minor: int) -> None:
    fee = cancel_fee(price, fee_bp=fee_bp, fee_minor=fee_minor)
    assert 0 <= fee <= price
    assert fee >= min(price, fee_minor)


@given(fees=st.lists(minor, max_size=4), paid=minor, rest=minor)
def test_cancelling_never_makes_anybody_owe_more(fees: list[int], paid: int, rest: int) -> None:
    kept = kept_of(fees, paid_minor=paid, rest_minor=rest)
    assert 0 <= kept <= sum(fees)
    assert max(0, rest + kept - paid) == max(0, rest - paid)


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("Ada Lovelace, ada@example.org", "Ada Lovelace", "ada@example.org"),
        ("ada@example.org;Ada Lovelace", "Ada Lovelace", "ada@example.org"),
        ("Ada\tLovelace\tada@example.org", "Ada Lovelace", "ada@example.org"),
        ('"Lovelace, Ada" <ada@example.org>', "Lovelace, Ada", "ada@example.org"),
        ("王芳", "王芳", ""),
    ],
)
def test_a_person_is_read_however_the_line_is_written(line: str, name: str, email: str) -> None:
    assert read_people(f"\n{line}\n\n") == [(name, email)]


@pytest.mark.parametrize("line", ["broken@", "@", "Ada ada@example", "ada@example.org", ",;"])
def test_a_line_that_is_not_clear_is_named(line: str) -> None:
    with pytest.raises(InvalidInputError, match="Line 2"):
        read_people(f"Ada\n{line}")
