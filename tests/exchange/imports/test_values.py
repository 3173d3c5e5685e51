"""What stands in cells, read as it was meant or refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.exchange.imports.rows import is_email, month_comes_first, read_booked_at, read_price

BERLIN = ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 4, 3, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "time_of_day"),
    [
        ("2026-04-03 09:15", ""),
        ("2026-04-03T07:15:00Z", ""),
        ("2026-04-03T09:15:00+02:00", "ignored"),
        ("2026-04-03", "09:15:00"),
        ("3.4.2026 9:15", ""),
        ("03.04.2026", "09:15"),
        ("04/03/2026 9:15 AM", ""),
        ("Apr 3, 2026, 9:15 AM", ""),
        ("April 3 2026", "9:15"),
    ],
)
def test_reads_dates_as_shops_and_people_write_them(day: str, time_of_day: str) -> None:
    assert read_booked_at(day, time_of_day, BERLIN, month_first=True) == MORNING


@pytest.mark.parametrize(
    "day", ["03/04/2026", "2026-13-01", "tomorrow", "31.2.2026", "1.1.1066", "3.4.2026 25:00"]
)
def test_refuses_what_is_no_date_or_not_clear(day: str) -> None:
    with pytest.raises(InvalidInputError, match=r"It is not|Please check|This is no|This is no"):
        read_booked_at(day, "", BERLIN, month_first=None)


def test_a_file_tells_which_number_is_the_month() -> None:
    assert month_comes_first(["03/04/2026", "03/24/2026"]) is True
    assert month_comes_first(["03/04/2026", "24/03/2026"]) is False
    assert month_comes_first(["03/04/2026"]) is None
    assert month_comes_first(["13/04/2026", "04/13/2026"]) is None


@pytest.mark.parametrize(
    ("text", "minor"), [("12.50", 1250), ("12,50 €", 1250), ("EUR 12", 1200), ("$5", 500)]
)
def test_reads_prices_with_and_without_the_sign_of_the_currency(text: str, minor: int) -> None:
    assert read_price(text, "EUR", 2).minor == minor


@pytest.mark.parametrize("text", ["USD 12", "£5", "12 CHF"])
def test_another_currency_is_never_taken_for_the_own(text: str) -> None:
    with pytest.raises(ValueError, match="EUR"):
        read_price(text, "EUR", 2)


def test_says_what_may_be_an_address() -> None:
    assert all(map(is_email, ("ada@example.org", "a.b+c@sub.example.org")))
    assert not any(map(is_email, ("ada", "ada@", "@x.org", "a b@x.org", "Ada <a@x.org>", "a@b")))
