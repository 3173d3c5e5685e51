"""What a ticket costs: the parts add up, to the cent, whatever the terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.money import MAX_MINOR, Money
from eventdesk.sales import Terms, TicketPrice, price_of
from eventdesk.sales.price import Discount

shares = st.integers(0, 10_000)
amounts = st.integers(0, MAX_MINOR)
terms = st.builds(
    Terms,
    price=amounts.map(lambda minor: Money(minor, "EUR")),
    tax_bp=shares,
    fee_bp=shares,
    fee_minor=amounts,
    tax_included=st.booleans(),
    commission_bp=shares,
)
discounts = st.one_of(
    st.none(),
    st.builds(Discount, st.just("percent"), shares),
    st.builds(Discount, st.just("amount"), amounts),
    st.just(Discount("unlock")),
)


def euros(minor: int, **given_terms: int | bool) -> Terms:
    return Terms(Money(minor, "EUR"), **given_terms)  # type: ignore[arg-type]


@given(terms, discounts)
def test_the_total_is_list_price_less_discount_with_added_tax_and_fee(
    terms: Terms, discount: Discount | None
) -> None:
    price = price_of(terms, discount)
    added = 0 if terms.tax_included else price.tax_minor
    expected = price.list_minor - price.discount_minor + added + price.fee_minor
    assert price.total_minor == expected


@given(terms, discounts)
def test_no_part_is_negative_and_the_commission_is_a_part_of_the_net(
    terms: Terms, discount: Discount | None
) -> None:
    price = price_of(terms, discount)
    parts = (price.discount_minor, price.tax_minor, price.fee_minor, price.commission_minor)
    assert min(parts) >= 0
    assert price.discount_minor <= price.list_minor
    assert price.commission_minor <= price.net_minor


@given(terms)
def test_everything_off_is_nothing_to_pay(terms: Terms) -> None:
    for discount in (Discount("percent", 10_000), Discount("amount", terms.price.minor)):
        price = price_of(terms, discount)
        assert price == TicketPrice(terms.price.minor, terms.price.minor, 0, 0, 0, 0)


@given(terms, shares, shares)
def test_a_larger_discount_never_costs_more(terms: Terms, one: int, other: int) -> None:
    less, more = sorted((one, other))
    dear = price_of(terms, Discount("percent", less))
    cheap = price_of(terms, Discount("percent", more))
    assert cheap.total_minor <= dear.total_minor


@pytest.mark.parametrize(
    ("terms", "discount", "expected"),
    [
        pytest.param(euros(11900, tax_bp=1900), None, (11900, 1900, 0, 0), id="tax inside"),
        pytest.param(
            euros(10000, tax_bp=1900, tax_included=False), None, (11900, 1900, 0, 0), id="tax added"
        ),
        pytest.param(
            euros(10000, fee_bp=250, fee_minor=99), None, (10349, 0, 349, 0), id="both fees"
        ),
        pytest.param(euros(0, fee_minor=99, fee_bp=500), None, (0, 0, 0, 0), id="free, no fee"),
        pytest.param(
            euros(11900, tax_bp=1900, commission_bp=1000),
            None,
            (11900, 1900, 0, 1000),
            id="commission of the net",
        ),
        pytest.param(
            euros(1050), Discount("percent", 1000), (945, 0, 0, 0), id="half a cent is off"
        ),
        pytest.param(euros(105, tax_bp=5000, tax_included=False), None, (158, 53, 0, 0), id="up"),
        pytest.param(euros(500), Discount("amount", 700), (0, 0, 0, 0), id="never below zero"),
        pytest.param(euros(500), Discount("unlock"), (500, 0, 0, 0), id="only unlocks"),
    ],
)
def test_prices_come_out_as_by_hand(
    terms: Terms, discount: Discount | None, expected: tuple[int, ...]
) -> None:
    price = price_of(terms, discount)
    told = (price.total_minor, price.tax_minor, price.fee_minor, price.commission_minor)
    assert told == expected
