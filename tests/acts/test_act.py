"""Declared use cases: their transactions, who may, which event, and what goes with the commit."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from data.open_file import Place
from data.schema import AuditRow, CheckInListRow, DeliveryRow, EventRow, NoticeRow
from data.sqlite.log import LogEnd
from data.store import Store
from data.touched import last_seen, touched_since
from eventdesk.acts import (
    SYSTEM,
    Act,
    Approval,
    Permission,
    Steps,
    Topic,
    event_of,
    reads,
    steps,
    writes,
)
from eventdesk.acts import act as acts
from eventdesk.acts.hearers import EVENT_CALLED_OFF, TICKET_TYPE_GOES
from eventdesk.acts.verbs import TRIES, VERBS
from eventdesk.core.errors import InvalidInputError, NotAllowedError, StoreConflictError
from tests.build import ATTENDEE, NOON, STAFF, Fair, empty_store, make_fair
from tests.people import make_guest

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def fair(tmp_path: Path) -> Iterator[Fair]:
    with empty_store(tmp_path / "home") as store:
        yield make_fair(store)


_BEFORE = len(VERBS)


@writes(Permission.EVENT, about="event_id")
def rename(act: Act, event_id: UUID, name: str, *, then: str = "") -> str:
    """Rename an event."""
    act.need(event_id, Permission.EVENT)
    was: str = act.connection.execute(
        select(EventRow.name).where(EventRow.id == event_id)
    ).scalar_one()
    act.connection.execute(update(EventRow).where(EventRow.id == event_id).values(name=name))
    act.record("rename", ("event", event_id), event_id=event_id, was=was)
    act.touch(Topic.DOOR, event_id)
    if then == "fail":
        raise InvalidInputError("This name is not liked.")
    if then == "free":
        act.freed(event_id)
    return was


@writes(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def shut(act: Act, list_id: UUID, *, elsewhere: UUID | None = None) -> UUID | None:
    """Do something at a door."""
    row = act.connection.execute(
        select(CheckInListRow.event_id).where(CheckInListRow.id == list_id)
    ).one_or_none()
    if row is not None:
        act.need(elsewhere or row.event_id, Permission.DOOR)
    return act.about


@reads(own=True)
def when(act: Act) -> tuple[object, ...]:
    """Say what came along."""
    return act.actor, act.now, act.approval


@reads(public=True)
def how_many(act: Act) -> int:
    """Count the entries of the audit."""
    return act.connection.execute(select(func.count()).select_from(AuditRow)).scalar_one()


@steps(Permission.EVENT, about="event_id")
def twice(steps: Steps, event_id: UUID) -> tuple[int, int]:
    """Rename it in two transactions."""
    with steps.write(about=event_id) as act:
        rename.body(act, event_id, "First")
    between = how_many(steps.store, steps.asked)
    with steps.write(about=event_id) as act:
        rename.body(act, event_id, "Second")
    with steps.read() as act:
        return between, how_many.body(act)


del VERBS[_BEFORE:]  # what is declared here is no use case of the desk


def name_of(fair: Fair) -> str:
    with fair.store.read() as connection:
        name: str = connection.execute(
            select(EventRow.name).where(EventRow.id == fair.event.id)
        ).scalar_one()
        return name


def test_what_a_verb_writes_is_there_when_it_returns(fair: Fair) -> None:
    assert rename(fair.store, SYSTEM, fair.event.id, "Anew") == "Demo Days"
    assert name_of(fair) == "Anew"


def test_a_verb_that_raises_leaves_nothing(fair: Fair) -> None:
    before = how_many(fair.store, SYSTEM)
    with pytest.raises(InvalidInputError, match="This name is not liked"):
        rename(fair.store, SYSTEM, fair.event.id, "Anew", then="fail")
    assert (name_of(fair), how_many(fair.store, SYSTEM)) == ("Demo Days", before)


def test_who_can_never_do_it_is_refused_before_a_transaction_is_opened(fair: Fair) -> None:
    writes_before = fair.store.writes
    with pytest.raises(NotAllowedError):
        rename(fair.store, ATTENDEE, fair.event.id, "Anew")
    assert fair.store.writes == writes_before


def test_the_store_says_who_may(fair: Fair) -> None:
    person = make_guest(fair.store)
    with pytest.raises(NotAllowedError):
        rename(fair.store, person, fair.event.id, "Anew")
    assert name_of(fair) == "Demo Days"


def test_the_clock_is_the_stores_unless_the_actor_brings_an_instant(fair: Fair) -> None:
    approval = Approval(STAFF, fair.event.id, "undo", NOON)
    assert when(fair.store, STAFF.at(NOON, approval=approval)) == (STAFF, NOON, approval)
    assert when(fair.store, STAFF.at(LATER)) == (STAFF, LATER, None)
    fair.store.clock = lambda: LATER
    assert when(fair.store, STAFF) == (STAFF, LATER, None)
    assert when(fair.store, STAFF.with_approval(approval)) == (STAFF, LATER, approval)


def test_an_act_about_one_event_cannot_ask_about_another(fair: Fair) -> None:
    other = make_fair(fair.store, "Elsewhere")
    assert shut(fair.store, SYSTEM, fair.door.id) == fair.event.id
    with pytest.raises(RuntimeError, match="asks about"):
        shut(fair.store, SYSTEM, fair.door.id, elsewhere=other.event.id)


def test_the_event_of_a_row_is_asked_for_once(fair: Fair, monkeypatch: pytest.MonkeyPatch) -> None:
    reads_of_store: list[int] = []
    read = Store.read

    def counted(store: Store) -> object:
        reads_of_store.append(1)
        return read(store)

    monkeypatch.setattr(Store, "read", counted)
    assert [shut(fair.store, SYSTEM, fair.door.id) for _ in range(3)] == [fair.event.id] * 3
    assert len(reads_of_store) == 1


def test_what_is_not_there_takes_the_whole_house(fair: Fair) -> None:
    assert shut(fair.store, SYSTEM, uuid4()) is None


def test_steps_open_their_transactions_one_by_one(fair: Fair) -> None:
    before = how_many(fair.store, SYSTEM)
    assert twice(fair.store, SYSTEM, fair.event.id) == (before + 1, before + 2)
    assert name_of(fair) == "Second"


def test_a_verb_is_done_again_when_others_changed_the_same_at_once(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail(fair.store, monkeypatch, times=2)
    before = how_many(fair.store, SYSTEM)
    assert rename(fair.store, SYSTEM, fair.event.id, "Anew") == "Demo Days"
    assert (name_of(fair), how_many(fair.store, SYSTEM)) == ("Anew", before + 1)


def test_a_verb_gives_up_when_others_change_the_same_again_and_again(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = _fail(fair.store, monkeypatch, times=100)
    with pytest.raises(StoreConflictError):
        rename(fair.store, SYSTEM, fair.event.id, "Anew")
    assert (len(failed), name_of(fair)) == (TRIES, "Demo Days")


def test_what_was_touched_is_noted_with_the_commit_and_never_without(fair: Fair) -> None:
    with fair.store.read() as connection:
        before = last_seen(connection)
    with pytest.raises(InvalidInputError, match="This name is not liked"):
        rename(fair.store, SYSTEM, fair.event.id, "Never", then="fail")
    with fair.store.read() as connection:
        assert touched_since(connection, before)[1] == set()
    rename(fair.store, SYSTEM, fair.event.id, "Anew")
    with fair.store.read() as connection:
        touched = touched_since(connection, before)[1]
    assert sorted(touched) == [("door", fair.event.id), ("events", fair.event.id)]


heard: list[tuple[UUID, str]] = []


def hear(act: Act, event_id: UUID) -> None:
    name = act.connection.execute(select(EventRow.name).where(EventRow.id == event_id))
    heard.append((event_id, name.scalar_one()))


def test_freed_places_are_handed_on_in_the_same_transaction(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.clear()
    monkeypatch.setattr(acts, "hearer", lambda named: hear)
    rename(fair.store, SYSTEM, fair.event.id, "Anew")
    assert heard == []
    rename(fair.store, SYSTEM, fair.event.id, "Freed", then="free")
    assert heard == [(fair.event.id, "Freed")]


def test_who_hears_of_freed_places_is_there() -> None:
    named = (acts.PLACES_FREED, EVENT_CALLED_OFF, TICKET_TYPE_GOES)
    assert all(callable(acts.hearer(each)) for each in named)


def test_notices_deliveries_and_entries_are_of_the_act(fair: Fair) -> None:
    person, booked = make_guest(fair.store, "Zoe"), fair.sell()
    with Steps(fair.store, SYSTEM.at(NOON)).write(about=fair.event.id) as act:
        act.tell(person.id, "account", "News")
        act.deliver(
            "badge", uuid4(), event_id=fair.event.id, ticket_id=booked.ticket_ids[0], held_s=30
        )
        act.by(person).at(LATER).record("look", ("event", fair.event.id), colour="red")
    with fair.store.read() as connection:
        notice = connection.execute(
            select(NoticeRow.title, NoticeRow.created_at).where(NoticeRow.account_id == person.id)
        ).one()
        assert tuple(notice) == ("News", NOON)
        delivery = connection.execute(select(DeliveryRow.state, DeliveryRow.due_at)).one()
        assert tuple(delivery) == ("queued", NOON + timedelta(seconds=30))
        entry = connection.execute(
            select(AuditRow.actor_id, AuditRow.at, AuditRow.detail).where(AuditRow.verb == "look")
        ).one()
        assert tuple(entry) == (person.id, LATER, {"colour": "red"})


def _fail(store: Store, monkeypatch: pytest.MonkeyPatch, *, times: int) -> list[int]:
    """Let the commits of a store fail as those of one with many writers may."""
    failed: list[int] = []
    before_commit = store._file.before_commit

    def commit() -> tuple[Place, LogEnd]:
        if len(failed) < times:
            failed.append(1)
            raise StoreConflictError("Somebody changed the same at once.")
        return before_commit()

    monkeypatch.setattr(store._file, "before_commit", commit)
    return failed
