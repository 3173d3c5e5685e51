"""The counters of a list: what is counted on from an earlier look is what is counted anew."""

import functools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from threading import get_ident
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from data.files import copy_file
from data.schema import CheckInListRow
from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM, Verb
from eventdesk.acts.catalogue import use_cases
from eventdesk.booking import cancel_tickets, upgrade_ticket
from eventdesk.core.errors import EventDeskError, NotAllowedError, NotFoundError
from eventdesk.door import (
    CheckInResult,
    Direction,
    EntryPolicy,
    ListCounts,
    ListKind,
    NewCheckInList,
    add_check_in_list,
    change_check_in_list,
    check_in,
    check_in_group,
    counters,
    list_counts,
    remove_check_in_list,
    undo,
)
from eventdesk.waiting import sweep
from tests.acts.trials import House
from tests.build import NOON, STAFF, SUPERVISOR, Fair, empty_store, make_fair
from tests.histories import tries
from tests.orders import EARLY, order_for, person, set_event

HOUR = timedelta(hours=1)

ACTS = ("in", "in", "in", "out", "room", "undo", "group", "unknown", "sell", "order", "cancel",
        "upgrade", "types", "clock", "sweep", "force")  # fmt: skip

steps = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(0, 7),  # which ticket or scan
        st.booleans(),  # by which of two programs, and at which of two lists
        st.integers(0, 400),  # minutes later
    ),
    max_size=30,
)


class Day:
    """A day at a door with two rooms and a way out, worked on by two programs."""

    def __init__(self, store: Store, other: Store) -> None:
        self.fair = make_fair(store, entry_policy=EntryPolicy.AFTER_EXIT)
        fair = self.fair
        set_event(fair, hold_minutes=30)
        self.stores = (store, other)
        many = EntryPolicy.ANY
        self.room = fair.list("Room", kind=ListKind.ROOM, entry_policy=many, ends_stays=True)
        self.hall = fair.list("Hall", kind=ListKind.ROOM, entry_policy=many, ends_stays=True)
        self.way_out = fair.list("Way out", kind=ListKind.LEAVE, direction=Direction.EXIT)
        self.lists = (fair.door, self.room, self.hall, self.way_out)
        self.kept = [(each, ListCounts(each.id)) for each in self.lists]
        booked = fair.sell_all([f"Guest {number}" for number in range(8)])
        self.tickets = list(booked.ticket_ids)
        self.tokens = [fair.token(booked, number) for number in range(8)]
        self.guest, self.passed, self.now = person(store, "Gil"), list[UUID](), NOON

    def act(self, act: str, which: int, second: bool, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        store, now, fair = self.stores[second], self.now, self.fair
        if act in ("in", "out", "room", "unknown", "force"):
            given: dict[str, Any] = {"seen_at": now}
            if act == "out":
                given |= {"direction": Direction.EXIT}
                given["list_id"] = (self.way_out if second else fair.door).id
            elif act == "room":
                given["list_id"] = (self.hall if second else self.room).id
            elif act == "force":
                given["force_reason"] = "A test"
            text = "nothing of ours" if act == "unknown" else self.tokens[which]
            self._note(check_in(store, SUPERVISOR.at(now), fair.scan(text, **given)))
        elif act == "group":
            some = {self.tokens[which], self.tokens[which - 1]}
            scans = [fair.scan(token, seen_at=now) for token in sorted(some)]
            self._note(*check_in_group(store, STAFF.at(now), scans))
        elif act == "undo" and self.passed:
            undo(store, SUPERVISOR.at(now), self.passed.pop(which % len(self.passed)))
        elif act == "sell":
            fair.sell(ticket_type_id=fair.vip if second else fair.regular)
        elif act == "order":
            order_for(fair, self.guest, now=now)
        elif act == "cancel":
            cancel_tickets(store, SYSTEM.at(now), [self.tickets[which]], reason="A test")
        elif act == "upgrade":
            kind = fair.regular if second else fair.vip
            upgrade_ticket(store, SUPERVISOR.at(now), self.tickets[which], kind)
        elif act in ("types", "clock"):
            kinds = ((), (fair.vip,), (fair.regular,), (fair.vip, fair.regular))[which % 4]
            changed = NewCheckInList(
                "Main entrance",
                entry_policy=EntryPolicy.AFTER_EXIT,
                ticket_type_ids=frozenset(kinds) if act == "types" else frozenset(),
                auto_exit="23:00" if act == "clock" and second else "",
            )
            change_check_in_list(store, SYSTEM.at(now), fair.door.id, changed)
        elif act == "sweep":
            sweep(store, SYSTEM.at(now))

    def _note(self, *results: CheckInResult) -> None:
        self.passed += [each.scan_id for each in results if each.passes]

    def compare(self) -> None:
        for store in self.stores:
            for listed, kept in self.kept:
                followed = counters(store, STAFF.at(self.now), listed.id, kept=kept)
                assert followed == counters(store, STAFF.at(self.now), listed.id), listed.name


@pytest.mark.long
@settings(max_examples=tries(25))
@given(history=steps)
def test_what_is_counted_on_is_what_is_counted_anew(history: list[Any]) -> None:
    with (
        TemporaryDirectory() as folder,
        empty_store(Path(folder) / "home") as store,
        Store(Path(folder) / "home") as other,
    ):
        day = Day(store, other)
        for step in history:
            with suppress(EventDeskError):  # such as a ticket that is cancelled twice
                day.act(*step)
            if step[1]:  # else two acts are counted in one look
                day.compare()
        day.compare()


CELLS = list(use_cases())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House.build(tmp_path_factory.mktemp("counts") / "home")
    yield house
    house.store.close()


@pytest.mark.parametrize("verb", CELLS, ids=[f"{verb.module}.{verb.name}" for verb in CELLS])
def test_no_act_changes_a_figure_unseen(house: House, verb: Verb[..., Any]) -> None:
    with house.store.read() as connection:
        ids = connection.execute(
            select(CheckInListRow.id).where(CheckInListRow.event_id == house.event_id)
        ).scalars()
        lists = list(ids)
    compared = 0

    @functools.wraps(verb)
    def watched(store: Store, *given: Any, **named: Any) -> Any:
        nonlocal compared
        kept = {list_id: ListCounts(list_id) for list_id in lists}
        for list_id in lists:
            counters(store, SYSTEM.at(EARLY), list_id, kept=kept[list_id])
        try:
            return verb(store, *given, **named)
        finally:
            for list_id in lists:
                figures: list[Any] = []
                for remembered in (kept[list_id], None):
                    try:
                        figures.append(counters(store, SYSTEM.at(EARLY), list_id, kept=remembered))
                    except NotFoundError:
                        figures.append(None)
                assert figures[0] == figures[1]
                compared += 1

    for one in house.rights(verb):
        watching: Any = watched
        watching.module, watching.name = verb.module, verb.name
        house.outcome(replace(one, verb=watching))
        break
    else:
        pytest.skip("for nobody who has an account")
    assert compared == len(lists)


def test_a_deadline_ends_what_is_expected_without_any_act(fair: Fair) -> None:
    set_event(fair, hold_minutes=30)
    order_for(fair, person(fair.store, "Gil"), now=NOON)
    kept = ListCounts(fair.door.id)
    assert counters(fair.store, STAFF.at(NOON), fair.door.id, kept=kept).expected == 1
    assert counters(fair.store, STAFF.at(NOON + HOUR), fair.door.id, kept=kept).expected == 0


def test_all_leave_by_the_clock_without_any_act(fair: Fair) -> None:
    door = fair.list("Evening", auto_exit="15:00")
    token = fair.token(fair.sell())
    check_in(fair.store, STAFF.at(NOON), fair.scan(token, list_id=door.id))
    kept = ListCounts(door.id)
    assert counters(fair.store, STAFF.at(NOON), door.id, kept=kept).inside == 1
    assert counters(fair.store, STAFF.at(NOON + 4 * HOUR), door.id, kept=kept).inside == 0


def test_a_store_that_was_put_back_is_counted_anew(fair: Fair, tmp_path: Path) -> None:
    store, booked = fair.store, fair.sell_all(["Ada", "Grace"])
    check_in(store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    copy_file(store.path, tmp_path / "earlier.db")
    check_in(store, STAFF.at(NOON), fair.scan(fair.token(booked, 1)))
    kept = ListCounts(fair.door.id)
    assert counters(store, STAFF.at(NOON), fair.door.id, kept=kept).admitted == 2
    copyfile(tmp_path / "earlier.db", tmp_path / "again.db")
    (tmp_path / "again.db").replace(store.home / FILE_NAME)
    assert counters(store, STAFF.at(NOON), fair.door.id, kept=kept).admitted == 1


def test_much_that_came_at_once_is_counted_with_all_others(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_counts, "MAX_NEW", 3)
    booked, kept = fair.sell_all(["A", "B", "C", "D", "E"]), ListCounts(fair.door.id)
    counters(fair.store, STAFF.at(NOON), fair.door.id, kept=kept)
    for number in range(5):
        check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked, number)))
    assert counters(fair.store, STAFF.at(NOON), fair.door.id, kept=kept).inside == 5


def test_a_list_that_is_gone_is_said_each_time(fair: Fair) -> None:
    listed = add_check_in_list(
        fair.store, SYSTEM.at(NOON), fair.event.id, NewCheckInList("Side door")
    )
    kept = ListCounts(listed.id)
    counters(fair.store, STAFF.at(NOON), listed.id, kept=kept)
    remove_check_in_list(fair.store, SYSTEM.at(NOON), listed.id)
    for _ in range(2):
        with pytest.raises(NotFoundError, match="There is no such check-in list"):
            counters(fair.store, STAFF.at(NOON), listed.id, kept=kept)


def test_who_may_no_longer_look_is_refused_though_it_was_counted_before(fair: Fair) -> None:
    kept = ListCounts(fair.door.id)
    counters(fair.store, STAFF.at(NOON), fair.door.id, kept=kept)
    with pytest.raises(NotAllowedError):
        counters(fair.store, person(fair.store, "Gil").at(NOON), fair.door.id, kept=kept)


def test_a_look_costs_no_more_where_more_came_before(fair: Fair) -> None:
    booked = fair.sell_all([f"Guest {number}" for number in range(4)])
    kept = ListCounts(fair.door.id)
    _admit(fair, fair.token(booked, 0))
    _steps(fair, kept)
    _admit(fair, fair.token(booked, 1))
    few = _steps(fair, kept)
    crowd = fair.sell_all([f"Crowd {number}" for number in range(300)])
    for number in range(300):
        _admit(fair, fair.token(crowd, number))
    _steps(fair, kept)
    _admit(fair, fair.token(booked, 2))
    many = _steps(fair, kept)
    assert many[0] == few[0], "statements"
    assert many[1] <= few[1] * 1.2, "steps of SQLite's machine, which grow with the rows it reads"
    assert _steps(fair, None)[1] > 5 * many[1]


def _admit(fair: Fair, token: str) -> None:
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(token)).passes


def _steps(fair: Fair, kept: ListCounts | None) -> tuple[int, int]:
    """Count statements and steps of SQLite's machine that one look takes."""
    statements, steps, here = 0, 0, get_ident()

    def step() -> int:
        nonlocal steps
        steps += get_ident() == here
        return 0

    def begun(*_given: Any) -> None:
        nonlocal statements
        statements += get_ident() == here  # the log is folded by another thread

    def taken(connection: Any, *_given: Any) -> None:
        connection.set_progress_handler(step, 1)

    def given_back(connection: Any, *_given: Any) -> None:
        connection.set_progress_handler(None, 1)

    engine = fair.store._file.engine
    heard = (("checkout", taken), ("checkin", given_back), ("before_cursor_execute", begun))
    for name, hears in heard:
        event.listen(engine, name, hears)
    try:
        counters(fair.store, STAFF.at(NOON), fair.door.id, kept=kept)
    finally:
        for name, hears in heard:
            event.remove(engine, name, hears)
    return statements, steps
