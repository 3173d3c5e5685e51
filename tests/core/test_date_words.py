"""Days and times in the words people say them in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import when
from eventdesk.core.messages import reading
from eventdesk.core.wall_clock import YEARS, read_moment, typed_moment, understood

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
"""A Sunday, 10:15 in Berlin."""

BEGIN = datetime(2026, 12, 12, 8, 0, tzinfo=UTC)


def read(typed: str, **given: datetime) -> str:
    return typed_moment(read_moment(typed, BERLIN, now=NOW, **given), BERLIN)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12 Dec 2026 9am", "2026-12-12 09:00"),
        ("Dec 12, 2026 at 9:30 pm", "2026-12-12 21:30"),
        ("12th december 2027 8am", "2027-12-12 08:00"),
        ("sat 12 dec 9:30", "2026-12-12 09:30"),
        ("1.12. 9:30", "2026-12-01 09:30"),
        ("13/02/2027 10:00", "2027-02-13 10:00"),
        ("tomorrow 18:00", "2026-11-23 18:00"),
        ("9:30 tomorrow", "2026-11-23 09:30"),
        ("tomorrow noon", "2026-11-23 12:00"),
        ("next fri 9:30", "2026-11-27 09:30"),
        ("saturday 9:30", "2026-11-28 09:30"),
        ("next sunday 9:30", "2026-11-29 09:30"),
        ("18:00", "2026-11-22 18:00"),
        ("12 am", "2026-11-22 00:00"),
        ("1 june", "2027-06-01 00:00"),
        ("29 feb", "2028-02-29 00:00"),
        ("+90m", "2026-11-22 11:45"),
        ("+1h30m", "2026-11-22 11:45"),
        ("-2 days", "2026-11-20 10:15"),
        ("in 2 h", "2026-11-22 12:15"),
    ],
)
def test_reads_what_people_say(typed: str, meant: str) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12. Jan. 2027 9:30", "2027-01-12 09:30"),
        ("Samstag, 12. Dez. 2026 um 9 Uhr", "2026-12-12 09:00"),
        ("3. März 9:30", "2027-03-03 09:30"),
        ("morgen 18:00", "2026-11-23 18:00"),
        ("übermorgen 9 Uhr", "2026-11-24 09:00"),
        ("nächsten Freitag 9:30", "2026-11-27 09:30"),
        ("in 2 Stunden", "2026-11-22 12:15"),
        ("tomorrow 18:00", "2026-11-23 18:00"),
    ],
)
def test_reads_the_words_of_the_readers_language(typed: str, meant: str) -> None:
    with reading("de"):
        assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("+90m", "2026-12-12 10:30"),
        ("18:00", "2026-12-12 18:00"),
        ("in 2 h", "2026-11-22 12:15"),
        ("tomorrow 9:00", "2026-11-23 09:00"),
    ],
)
def test_an_end_is_counted_from_its_beginning(typed: str, meant: str) -> None:
    assert read(typed, base=BEGIN) == meant


def test_a_time_alone_keeps_the_day_that_stood_there() -> None:
    assert read("18:00", base=BEGIN, day=BEGIN + timedelta(days=2)) == "2026-12-14 18:00"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("5 dec 9:00", "2026-12-05 09:00"),
        ("5.12. 9:00", "2026-12-05 09:00"),
        ("1 nov 9:00", "2027-11-01 09:00"),
    ],
)
def test_a_day_before_the_one_that_stood_there_is_of_the_same_year(typed: str, meant: str) -> None:
    assert read(typed, day=BEGIN) == meant


def test_a_day_of_an_end_is_the_next_one_after_its_beginning() -> None:
    assert read("2 jan 9:00", base=BEGIN, day=NOW) == "2027-01-02 09:00"


@pytest.mark.parametrize("typed", ["sunday 9:30", "this sunday 9:30", "sonntag", "am Sonntag 9:30"])
def test_the_weekday_of_today_is_refused_as_today_or_in_a_week(typed: str) -> None:
    with reading("de"), pytest.raises(InvalidInputError) as no:
        read(typed)
    assert str(no.value) == "This is 22 November or 29 November."


def test_a_day_that_can_be_read_in_two_ways_is_refused_with_both() -> None:
    with pytest.raises(InvalidInputError, match="01 February or 02 January") as no:
        read("01/02/2026 9:30")
    assert "Write the month as a word" in str(no.value.hint)


def test_a_weekday_that_is_another_one_is_said() -> None:
    with pytest.raises(InvalidInputError, match="2026-12-12 is a Saturday"):
        read("mon 12 dec 2026")


@pytest.mark.parametrize(
    "typed",
    ["31 feb", "13am", "25:00", "soon", "9", "at", ",", "+3 bananas", "+99999w", "1 dec dec"],
)
def test_refuses_what_is_no_moment(typed: str) -> None:
    with pytest.raises(InvalidInputError) as no:
        read(typed)
    assert no.value.hint


def test_a_time_the_clocks_pass_over_is_refused_in_words_too() -> None:
    with pytest.raises(InvalidInputError, match="02:30 does not come"):
        read("29 mar 2026 2:30 am")


def test_a_day_of_the_calendar_keeps_the_time_over_a_change_of_the_clocks() -> None:
    before = read_moment("2026-03-28 09:30", BERLIN)
    assert read("+1 day", base=before) == "2026-03-29 09:30"


def test_says_what_was_understood() -> None:
    at = read_moment("12 dec 2026 9am", BERLIN, now=NOW)
    assert understood(at, BERLIN, "12 dec 2026 9am") == "Sat 12 Dec 2026 09:00"
    assert understood(at, BERLIN, "2026-12-12 09:00") == "Saturday"
    twice = read_moment("25 oct 2026 2:30", BERLIN, now=NOW)
    assert "the first 02:30" in understood(twice, BERLIN, "25 oct 2026 2:30")


PARTS = st.sampled_from(
    ["12", "2026", "dec", "monday", "next", "at", "9:30", "am", "in", "+", "h", "/", ".", "-", ","]
)


@given(st.one_of(st.text(max_size=80), st.lists(PARTS, max_size=7).map(" ".join)), st.booleans())
def test_gives_a_moment_or_says_that_there_is_none(typed: str, german: bool) -> None:
    with reading("de" if german else "en"):
        try:
            at = read_moment(typed, BERLIN, now=NOW)
        except InvalidInputError:
            return
        assert at.tzinfo is UTC
        assert at.year in range(YEARS[0] - 1, YEARS[-1] + 2)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["en", "de"]),
)
def test_a_day_written_out_is_read_as_the_same_day(at: datetime, language: str) -> None:
    with reading(language):
        written = when(at, "%a %d %b %Y %H:%M")
        assert read_moment(written, "UTC", now=NOW) == at.replace(second=0, microsecond=0)
