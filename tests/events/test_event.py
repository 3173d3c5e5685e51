"""The states of an event, and the page that tells of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.events import Change, EventState, shifted
from eventdesk.events.event import CHANGES, event_state
from tests.histories import tries

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
END = datetime(2026, 6, 3, 18, tzinfo=UTC)


def test_the_page_tells_what_may_be_changed_in_which_state() -> None:
    told = PAGE.read_text(encoding="utf-8").splitlines()
    for change in Change:
        cells = ["yes" if change in CHANGES[state] else "" for state in EventState]
        assert f"| {change.value} | {' | '.join(cells)} |" in told


def test_only_what_is_published_is_over_by_itself() -> None:
    for state in ("draft", "waiting", "cancelled"):
        assert event_state(state, END, END + timedelta(days=9)) == state
    assert event_state("published", END, END - timedelta(microseconds=1)) == EventState.PUBLISHED
    assert event_state("published", END, END) == EventState.OVER


@settings(max_examples=tries(100))
@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 - times on a wall
    st.integers(-4000, 4000),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]),
)
def test_a_shift_by_days_keeps_the_time_on_the_wall(at: datetime, days: int, zone: str) -> None:
    first = at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    wall = first.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    moved = shifted(first, zone, timedelta(days=days)).astimezone(ZoneInfo(zone))
    off = moved.replace(tzinfo=None) - (wall + timedelta(days=days))
    assert timedelta() <= off <= timedelta(hours=1)  # more than none only where clocks skip it
