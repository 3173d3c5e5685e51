"""What is at odds in a programme, against the plainest way of finding out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from eventdesk.events import Room
from eventdesk.programme import Conflict, Session, conflicts
from eventdesk.programme.session import ConflictKind, all_conflicts
from tests.histories import tries

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
EVENT = SimpleNamespace(
    starts_at=START + timedelta(hours=1), ends_at=START + timedelta(hours=9), time_zone="UTC"
)
ROOMS = {UUID(int=n): Room(UUID(int=n), UUID(int=99), f"Room {n}", n * 10) for n in (1, 2)}
PEOPLE = [(UUID(int=n), f"Speaker {n}") for n in (11, 12, 13)]


@st.composite
def programmes(draw: st.DrawFn) -> list[Session]:
    sessions = []
    for number in range(draw(st.integers(0, 8))):
        start = START + timedelta(hours=draw(st.integers(0, 9)))
        sessions.append(
            Session(
                UUID(int=100 + number),
                f"Session {number}",
                start,
                start + timedelta(hours=draw(st.integers(-1, 3))),
                draw(st.sampled_from([None, *ROOMS])),
                capacity=draw(st.sampled_from([None, 5, 10, 20, 30])),
                cancelled_at=draw(st.sampled_from([None, None, None, START])),
                taken=draw(st.sampled_from([0, 0, 25])),
                speakers=tuple(draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2))),
            )
        )
    return sessions


def kinds(found: tuple[Conflict, ...]) -> set[tuple[ConflictKind, UUID | None]]:
    return {(one.kind, one.other_id) for one in found}


def plainly(session: Session, sessions: list[Session]) -> set[tuple[ConflictKind, UUID | None]]:
    """The rules once more, minute by minute where they are about time."""
    if session.cancelled_at is not None:
        return set()
    found: set[tuple[ConflictKind, UUID | None]] = set()
    if session.ends_at <= session.starts_at:
        found.add((ConflictKind.BACKWARDS, None))
    elif session.starts_at < EVENT.starts_at or session.ends_at > EVENT.ends_at:
        found.add((ConflictKind.OUTSIDE, None))
    room = ROOMS.get(session.room_id) if session.room_id else None
    if room and room.capacity and max(session.capacity or 0, session.taken) > room.capacity:
        found.add((ConflictKind.CAPACITY, None))
    mine = hours(session)
    for other in sessions:
        if other is session or other.cancelled_at is not None or not mine & hours(other):
            continue
        if session.room_id is not None and session.room_id == other.room_id:
            found.add((ConflictKind.ROOM, other.id))
        if set(session.speakers) & set(other.speakers):
            found.add((ConflictKind.SPEAKER, other.id))
    return found


def hours(session: Session) -> set[int]:
    start = round((session.starts_at - START).total_seconds() / 3600)
    end = round((session.ends_at - START).total_seconds() / 3600)
    return set(range(start, end))


def forwards(sessions: list[Session]) -> list[Session]:
    """Without those that end before they start: those are never kept."""
    return [one for one in sessions if one.ends_at > one.starts_at]


@settings(max_examples=tries(200))
@given(programmes())
def test_a_session_is_at_odds_with_what_it_meets(sessions: list[Session]) -> None:
    sessions = forwards(sessions)
    for session in sessions:
        assert kinds(conflicts(session, sessions, ROOMS, EVENT)) == plainly(session, sessions)


@settings(max_examples=tries(200))
@given(programmes())
def test_the_whole_programme_says_what_its_sessions_say(sessions: list[Session]) -> None:
    whole = all_conflicts(sessions, ROOMS, EVENT)
    for session in sessions:
        one_by_one = conflicts(session, sessions, ROOMS, EVENT)
        assert sorted(whole.get(session.id, ()), key=str) == sorted(one_by_one, key=str)


@settings(max_examples=tries(100))
@given(programmes())
def test_two_sessions_are_at_odds_with_each_other_or_not_at_all(sessions: list[Session]) -> None:
    whole = all_conflicts(sessions, ROOMS, EVENT)
    for session_id, found in whole.items():
        for one in found:
            if one.other_id is not None:
                mirrored = {(back.kind, back.other_id) for back in whole[one.other_id]}
                assert (one.kind, session_id) in mirrored


def test_one_may_begin_when_the_other_ends() -> None:
    first = Session(
        UUID(int=1), "One", EVENT.starts_at, EVENT.starts_at + timedelta(hours=1), UUID(int=1)
    )
    second = replace(
        first, id=UUID(int=2), starts_at=first.ends_at, ends_at=first.ends_at + timedelta(hours=1)
    )
    assert conflicts(second, [first, second], ROOMS, EVENT) == ()
    earlier = replace(second, starts_at=second.starts_at - timedelta(minutes=1))
    (found,) = conflicts(earlier, [first, second], ROOMS, EVENT)
    assert found.text == "The room is taken by “One”, 09:00 to 10:00."


def test_a_session_that_ends_before_it_starts_is_told_so() -> None:
    wrong = Session(UUID(int=1), "One", EVENT.ends_at, EVENT.starts_at)
    (found,) = conflicts(wrong, [], ROOMS, EVENT)
    assert found.kind is ConflictKind.BACKWARDS
