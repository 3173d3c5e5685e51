"""The wall's figures: those of the door itself, read once and then only what changed."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from data.schema import CheckInListRow, ScanRow, TicketRow
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.booking import upgrade_ticket
from eventdesk.core.errors import NotAllowedError, NotFoundError
from eventdesk.door import (
    Direction,
    EntryPolicy,
    ListKind,
    Outcome,
    check_in,
    check_in_group,
    list_at_door,
    undo,
)
from eventdesk.door.history import admitted_once, inside_now
from eventdesk.figures import Choice, Standing, Standings, standing
from eventdesk.figures.panel_values import Attendance
from eventdesk.figures.statistics import memory
from tests.build import ATTENDEE, NOON, OTHER_STAFF, STAFF, SUPERVISOR, Fair, empty_store, make_fair
from tests.histories import tries

BERLIN = ZoneInfo("Europe/Berlin")

steps = st.lists(
    st.tuples(
        st.sampled_from(["in", "in", "in", "out", "undo", "group", "unknown", "look", "room"]),
        st.integers(0, 5),  # which ticket, or which scan
        st.booleans(),  # at the gate
        st.integers(1, 90),  # minutes later
    ),
    max_size=25,
)


def recount(fair: Fair, entries: set[UUID], exits: set[UUID], left_at: datetime) -> Attendance:
    """Count from the rows as one would by hand."""
    last: dict[Any, tuple[str, datetime]] = {}
    came = set()
    with fair.store.read() as connection:
        rows = connection.execute(
            select(ScanRow.ticket_id, ScanRow.outcome, ScanRow.list_id, ScanRow.recorded_at)
            .where(ScanRow.annulled_at.is_(None))
            .order_by(ScanRow.no)
        ).all()
        expected = len(
            connection.execute(select(TicketRow.id).where(TicketRow.state == "valid")).all()
        )
    for row in rows:
        if row.outcome == "admitted" and row.list_id in entries:
            came.add(row.ticket_id)
            last[row.ticket_id] = ("in", row.recorded_at)
        elif row.outcome == "exited" and row.list_id in exits:
            last[row.ticket_id] = ("out", row.recorded_at)
    inside = [each for each in came if last[each][0] == "in" and last[each][1] >= left_at]
    return Attendance(len(came), len(inside), expected)


def comparable(one: Standing) -> Any:
    """All of a standing but in which order equals come."""
    return {
        name: Counter(map(str, value)) if isinstance(value, tuple) else value
        for name in Standing.__slots__
        for value in [getattr(one, name)]
    }


@settings(max_examples=tries(40))
@given(history=steps)
def test_what_is_kept_up_to_date_is_what_is_read_anew(history: list[Any]) -> None:
    with TemporaryDirectory() as folder, empty_store(Path(folder) / "home") as store:
        fair = make_fair(store, entry_policy=EntryPolicy.AFTER_EXIT)
        room = fair.list("Room 1", kind=ListKind.ROOM, entry_policy=EntryPolicy.ANY)
        way_out = fair.list("Way out", kind=ListKind.LEAVE, direction=Direction.EXIT)
        with store.write() as connection:
            connection.execute(
                update(CheckInListRow)
                .where(CheckInListRow.id == fair.door.id)
                .values(auto_exit="23:00")
            )
        booked = fair.sell_all([f"Guest {number}" for number in range(6)])
        tokens = [fair.token(booked, number) for number in range(6)]
        kept, now = Standings(fair.event.id), NOON
        passed: list[UUID] = []
        for act, which, at_gate, minutes in history:
            now += timedelta(minutes=minutes)
            place: dict[str, Any] = {"gate_id": fair.gate.id if at_gate else None, "seen_at": now}
            operator = STAFF if at_gate else OTHER_STAFF
            if act == "look":
                standing(store, STAFF.at(now), fair.event.id, kept=kept)
                continue
            if act == "undo":
                if passed:
                    undo(store, SUPERVISOR.at(now), passed.pop(which % len(passed)))
                continue
            if act == "group":
                chosen = {tokens[which], tokens[(which + 1) % 6]}
                scans = [fair.scan(token, **place) for token in sorted(chosen)]
                results = check_in_group(store, operator.at(now), scans)
            else:
                text = "nothing of ours" if act == "unknown" else tokens[which]
                if act == "out":
                    place["list_id"] = way_out.id if at_gate else fair.door.id
                    place["direction"] = Direction.EXIT
                elif act == "room":
                    place["list_id"] = room.id
                results = (check_in(store, operator.at(now), fair.scan(text, **place)),)
            passed += [each.scan_id for each in results if each.passes]

        kept_up = standing(store, STAFF.at(now), fair.event.id, kept=kept)
        anew = standing(store, STAFF.at(now), fair.event.id)
        assert comparable(kept_up) == comparable(anew)

        local = now.astimezone(BERLIN)
        left_at = local.replace(hour=23, minute=0)
        left_at = left_at if left_at <= local else left_at - timedelta(days=1)
        assert anew.total == recount(fair, {fair.door.id}, {fair.door.id, way_out.id}, left_at)
        with store.read() as connection:
            for group, listed in zip(anew.lists, (fair.door, room, way_out), strict=True):
                door = list_at_door(connection, listed.id)
                assert group.figures.came == admitted_once(connection, door)
                assert group.figures.inside == inside_now(connection, door, now)
            at_the_door = (fair.door.id, way_out.id)
            outcomes = connection.execute(
                select(ScanRow.outcome).where(
                    ScanRow.list_id.in_(at_the_door), ScanRow.annulled_at.is_(None)
                )
            ).scalars()
            refused = Counter(one for each in outcomes if not (one := Outcome(each)).passes)
        assert Counter(dict(anew.refused)) == refused


def admit(fair: Fair, token: str, *, now: datetime = NOON, **given: Any) -> UUID:
    result = check_in(fair.store, STAFF.at(now), fair.scan(token, seen_at=now, **given))
    assert result.passes, result
    return result.scan_id


def look(
    fair: Fair,
    choice: Choice = Choice(),  # noqa: B008
    *,
    now: datetime = NOON,
    **given: Any,
) -> Standing:
    return standing(fair.store, STAFF.at(now), fair.event.id, choice, **given)


def test_says_who_is_expected_before_anybody_came(fair: Fair) -> None:
    fair.sell_all(["Ada", "Grace"])
    fair.sell("Vera", ticket_type_id=fair.vip)
    before = look(fair)
    assert before.total == Attendance(0, 0, 3)
    assert (before.scans, before.refused, before.arrivals.counts) == (0, (), ())
    assert [(group.name, group.figures.expected) for group in before.types] == [
        ("Regular", 2),
        ("VIP", 1),
    ]


def test_counts_by_gate_type_list_and_operator(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Grace"])
    vip = fair.sell("Vera", ticket_type_id=fair.vip)
    admit(fair, fair.token(booked, 0), gate_id=fair.gate.id)
    admit(fair, fair.token(vip), gate_id=fair.gate.id)
    check_in(fair.store, OTHER_STAFF.at(NOON), fair.scan("no ticket"))
    now = look(fair)
    assert [(each.name, each.entries, each.refused) for each in now.gates] == [
        ("Gate A", 2, 0),
        ("No gate", 0, 1),
    ]
    assert [(each.name, each.figures) for each in now.types] == [
        ("Regular", Attendance(1, 1, 2)),
        ("VIP", Attendance(1, 1, 1)),
    ]
    assert [(each.name, each.entries, each.refused) for each in now.operators] == [
        ("Sam S.", 2, 0),
        ("Olu O.", 0, 1),
    ]
    assert now.refused == ((Outcome.UNKNOWN, 1),)
    (lane,) = now.lanes
    assert (lane.gate, lane.operator, lane.entries) == ("Gate A", "Sam S.", 2)


def test_a_gate_shows_only_what_happened_there(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Grace"])
    admit(fair, fair.token(booked, 0), gate_id=fair.gate.id)
    admit(fair, fair.token(booked, 1))
    at_gate = look(fair, Choice(gate_id=fair.gate.id))
    assert at_gate.total == Attendance(1, 1, None)
    assert at_gate.choice_words == "All entrances · Gate A"
    assert sum(at_gate.arrivals.counts) == 1


def test_a_list_that_is_chosen_is_looked_at_alone(fair: Fair) -> None:
    lunch = fair.list(
        "Lunch", kind=ListKind.COLLECT, item="lunch", ticket_type_ids=frozenset({fair.vip})
    )
    vip = fair.sell("Vera", ticket_type_id=fair.vip)
    fair.sell("Ada")
    admit(fair, fair.token(vip), list_id=lunch.id)
    assert look(fair).total == Attendance(0, 0, 2)
    chosen = look(fair, Choice(frozenset({lunch.id})))
    assert chosen.total == Attendance(1, 1, 1)
    assert chosen.choice_words == "Lunch"


def test_a_choice_that_is_gone_is_said(fair: Fair) -> None:
    with pytest.raises(NotFoundError, match="check-in list"):
        look(fair, Choice(frozenset({UUID(int=7)})))
    with pytest.raises(NotFoundError, match="gate"):
        look(fair, Choice(gate_id=UUID(int=7)))


def test_everybody_leaves_when_the_list_says_so(fair: Fair) -> None:
    with fair.store.write() as connection:
        connection.execute(update(CheckInListRow).values(auto_exit="18:00"))
    kept = Standings(fair.event.id)
    admit(fair, fair.token(fair.sell()))
    assert look(fair, kept=kept).total == Attendance(1, 1, 1)
    evening = NOON.replace(hour=16)  # 18:00 in Berlin
    assert look(fair, kept=kept, now=evening).total == Attendance(1, 0, 1)


def test_an_undo_by_a_desk_whose_clock_is_behind_is_not_missed(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Grace"])
    first, second = (admit(fair, fair.token(booked, number)) for number in (0, 1))
    kept = Standings(fair.event.id)
    undo(fair.store, SUPERVISOR.at(NOON), first)
    assert look(fair, kept=kept).total.came == 1
    undo(fair.store, SUPERVISOR.at(NOON - timedelta(hours=5)), second)
    assert look(fair, kept=kept).total.came == 0


def test_follows_a_ticket_to_its_new_type(fair: Fair) -> None:
    booked = fair.sell()
    admit(fair, fair.token(booked))
    kept = Standings(fair.event.id)
    assert look(fair, kept=kept).types[0].figures.came == 1
    upgrade_ticket(fair.store, SUPERVISOR.at(NOON), booked.ticket_ids[0], fair.vip)
    (vip,) = (each for each in look(fair, kept=kept).types if each.figures.came)
    assert vip.name == "VIP"


def test_a_new_type_is_not_missed_while_much_is_read(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = fair.sell_all(["Ada", "Grace", "Alan"])
    for number in range(3):
        admit(fair, fair.token(booked, number))
    monkeypatch.setattr(memory, "STEP", 1)

    def upgrade(done: int, total: int) -> None:
        if done == 1:
            upgrade_ticket(fair.store, SUPERVISOR.at(NOON), booked.ticket_ids[0], fair.vip)

    types = {each.name: each.figures.came for each in look(fair, on_progress=upgrade).types}
    assert types == {"Regular": 2, "VIP": 1}


def test_arrivals_are_counted_by_the_minute(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Grace", "Alan"])
    for number, minute in enumerate((0, 0, 2)):
        admit(fair, fair.token(booked, number), now=NOON + timedelta(minutes=minute))
    minutes = look(fair, now=NOON + timedelta(minutes=4)).arrivals
    assert (minutes.starts_at, minutes.counts) == (NOON, (2, 0, 1, 0, 0))
    assert minutes.since(NOON + timedelta(minutes=2)).counts == (1, 0, 0)


def test_the_day_after_shows_the_last_day(fair: Fair) -> None:
    admit(fair, fair.token(fair.sell()))
    assert look(fair, now=NOON + timedelta(days=40)).arrivals.counts == (1,)


def test_reading_much_tells_how_far_it_is_and_can_be_stopped(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "STEP", 2)
    booked = fair.sell_all([f"Guest {number}" for number in range(7)])
    for number in range(7):
        admit(fair, fair.token(booked, number))
    kept, told = Standings(fair.event.id), []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        raise NotFoundError("Stopped.")

    with pytest.raises(NotFoundError, match="Stopped"):
        look(fair, kept=kept, on_progress=stop)
    assert told == [(2, 7)]
    assert look(fair, kept=kept, on_progress=lambda *done: told.append(done)).total.came == 7
    assert told == [(2, 7), (4, 7), (6, 7)]


def test_only_those_of_the_door_or_the_money_look(fair: Fair) -> None:
    stranger = Actor(ActorKind.ACCOUNT, UUID(int=99), "Eve", Role.ATTENDEE)
    for actor in (ATTENDEE, stranger):
        with pytest.raises(NotAllowedError):
            standing(fair.store, actor.at(NOON), fair.event.id)


def test_another_event_is_not_counted(fair: Fair) -> None:
    other = make_fair(fair.store, "Elsewhere")
    admit(other, other.token(other.sell()))
    assert look(fair).scans == 0
    assert look(other).scans == 1
