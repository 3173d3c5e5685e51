"""When requests of the hour of opening can be collected."""

from datetime import datetime, timedelta

import pytest

from eventdesk.core.errors import InvalidInputError
from eventdesk.events import need_window
from tests.build import NOON

HOUR = timedelta(hours=1)
BEGIN = NOON + 5 * HOUR


def test_a_window_before_the_event_is_sound() -> None:
    need_window(NOON - HOUR, NOON + HOUR, starts_at=BEGIN, now=NOON)
    need_window(None, None, starts_at=BEGIN, now=NOON)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (NOON, None, "both times"),
        (None, NOON, "both times"),
        (NOON + HOUR, NOON + HOUR, "ends before it opens"),
        (NOON - 2 * HOUR, NOON, "over already"),
        (NOON, BEGIN + HOUR, "before the event begins"),
    ],
)
def test_what_could_never_be_asked_for_is_refused(
    start: datetime | None, end: datetime | None, words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        need_window(start, end, starts_at=BEGIN, now=NOON)
