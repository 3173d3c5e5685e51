"""Instants as people type them in the zone of an event."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.wall_clock import moved, read_moment, remark_on, typed_moment

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("2026-06-01 09:30", datetime(2026, 6, 1, 7, 30, tzinfo=UTC)),
        ("2026-06-01T09:30", datetime(2026, 6, 1, 7, 30, tzinfo=UTC)),
        (" 2026-6-1  9:30 ", datetime(2026, 6, 1, 7, 30, tzinfo=UTC)),
        ("1.6.2026 9:30", datetime(2026, 6, 1, 7, 30, tzinfo=UTC)),
        ("2026-12-01", datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),
        ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25 02:30 +0200", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25 02:30 +01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_reads_a_moment_in_the_zone(typed: str, at: datetime) -> None:
    assert read_moment(typed, BERLIN) == at


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2026-02-30 10:00",
        "2026-06-01 24:00",
        "2026-06-01 9",
        "0001-01-01 00:00",
        "9999-12-31 23:59",
        "٢٠٢٦-06-01 09:30",
        "2026-06-01 09:30 +05:00",
        "2026-06-01 09:30" + "0" * 1000,
        "\x1b[31m2026-06-01",
    ],
)
def test_refuses_what_is_no_moment(typed: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        read_moment(typed, BERLIN)
    assert raised.value.hint


def test_a_time_the_clocks_pass_over_is_said_to_be_one() -> None:
    with pytest.raises(InvalidInputError, match="go forward that day: 02:30 does not come"):
        read_moment("2026-03-29 02:30", BERLIN)


def test_an_hour_that_comes_twice_says_which_is_meant() -> None:
    first = read_moment("2026-10-25 02:30", BERLIN)
    assert "the first 02:30 (+02:00)" in remark_on(first, BERLIN)
    second = first + timedelta(hours=1)
    assert "the second 02:30 (+01:00)" in remark_on(second, BERLIN)
    assert remark_on(first + timedelta(hours=2), BERLIN) == "Sunday"


def test_moving_by_a_day_keeps_the_time_of_day() -> None:
    before = read_moment("2026-03-28 09:30", BERLIN)
    assert typed_moment(moved(before, BERLIN, days=1), BERLIN) == "2026-03-29 09:30"
    assert moved(before, BERLIN, hours=-1) == before - timedelta(hours=1)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([BERLIN, "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_what_is_written_is_read_as_the_same_moment(at: datetime, zone: str) -> None:
    minute = at.replace(second=0, microsecond=0)
    assert read_moment(typed_moment(minute, zone), zone) == minute
