"""Printers: set up, ordered, assigned, removed; where badges go, and where the guest is sent."""

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, event, select, update

from badges import finding
from badges.making import draw_here, draw_in_child
from badges.paper import FoundPrinter
from data.schema import AuditRow, DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status
from eventdesk.door import add_gate
from eventdesk.printing import (
    LEASE,
    REPEATED,
    NewPrinter,
    PrinterView,
    add_printer,
    assign,
    badge_place,
    badge_queue,
    cancel_badge,
    change_printer,
    claim_badges,
    enable_printer,
    find_printer,
    give_up_badge,
    list_failed,
    list_printers,
    move_badge,
    move_printer,
    note_health,
    printer_badges,
    release_printers,
    remove_printer,
    reset_labels,
    retry_badge,
    retry_badge_now,
    search_printers,
    take_printers,
    try_printer,
)
from eventdesk.printing.printer_routes import PRINTER_LEASE
from tests.badge_jobs import admit, confirm_badge, set_up, state_of
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair

SECOND = timedelta(seconds=1)
OUT = Status(Health.PAPER_OUT, msg("it is out of paper"))


def _printers(fair: Fair) -> dict[str, PrinterView]:
    return {each.name: each for each in list_printers(fair.store, SYSTEM.at(NOON))}


def _drive(fair: Fair, program: str = "here") -> None:
    take_printers(fair.store, SYSTEM.at(NOON), program)


def _claimed(fair: Fair, printer_id: UUID) -> list[UUID]:
    jobs = claim_badges(fair.store, SYSTEM.at(NOON), "here/1", printer_id=printer_id, holder="here")
    return [job.delivery_id for job in jobs]


# Setting up


def test_a_printer_is_set_up_changed_and_removed(fair: Fair) -> None:
    new = NewPrinter("Desk A", "tcp://127.0.0.1:9100", labels_left=300, labels_warn=30)
    printer = add_printer(fair.store, SYSTEM.at(NOON), new)
    assert (printer.name, printer.enabled, printer.position) == ("Desk A", True, 1)
    assert (printer.device, printer.labels_left, printer.labels_low) == ("", 300, False)
    assert printer.status.health is Health.UNKNOWN
    changed = change_printer(
        fair.store, SYSTEM.at(NOON), printer.id, replace(new, name="Desk B", here=True)
    )
    assert (changed.name, changed.device) == ("Desk B", "test desk")
    remove_printer(fair.store, SYSTEM.at(NOON), printer.id)
    assert list_printers(fair.store, SYSTEM.at(NOON)) == []
    with fair.store.read() as connection:
        verbs = connection.execute(
            select(AuditRow.verb).where(AuditRow.subject_kind == "printer").order_by(AuditRow.seq)
        ).scalars()
        assert list(verbs) == ["add_printer", "change_printer", "remove_printer"]


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (NewPrinter("  ", "folder"), "name is needed"),
        (NewPrinter("Desk A", "smoke:signals"), "is no printer"),
        (NewPrinter("Desk A", "none"), "needs an address"),
        (NewPrinter("Desk A", "folder", labels_left=-1), "Labels left"),
        (NewPrinter("TAKEN", "folder"), "already"),
    ],
)
def test_what_makes_no_printer_is_refused(fair: Fair, new: NewPrinter, message: str) -> None:
    set_up(fair, "Taken")
    with pytest.raises(InvalidInputError, match=message):
        add_printer(fair.store, SYSTEM.at(NOON), new)
    assert len(_printers(fair)) == 1


def test_only_admins_say_where_printers_are(fair: Fair) -> None:
    printer_id = set_up(fair, "Desk A")
    new = NewPrinter("Mine", "file:/etc/passwd")
    for actor in (SUPERVISOR, STAFF, ATTENDEE):
        with pytest.raises(NotAllowedError):
            add_printer(fair.store, actor.at(NOON), new)
        with pytest.raises(NotAllowedError):
            change_printer(fair.store, actor.at(NOON), printer_id, new)
        with pytest.raises(NotAllowedError):
            remove_printer(fair.store, actor.at(NOON), printer_id)


def test_printers_change_places(fair: Fair) -> None:
    first, second, third = (set_up(fair, name) for name in ("A", "B", "C"))
    order = move_printer(fair.store, SYSTEM.at(NOON), third, step=-1)
    assert [each.name for each in order] == ["A", "C", "B"]
    order = move_printer(fair.store, SYSTEM.at(NOON), first, step=-1)
    assert [each.name for each in order] == ["A", "C", "B"]
    order = move_printer(fair.store, SYSTEM.at(NOON), first, step=9)
    assert [each.id for each in order] == [third, second, first]


def test_assigning_at_one_event_leaves_the_gates_of_others(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    printer_id = set_up(fair, "Desk A", "folder", fair.gate.id)
    both = assign(
        fair.store, SYSTEM.at(NOON), printer_id, event_id=other.event.id, gate_ids=[other.gate.id]
    )
    assert {gate for gate, _ in both.gates} == {fair.gate.id, other.gate.id}
    one = assign(fair.store, SYSTEM.at(NOON), printer_id, event_id=fair.event.id, gate_ids=[])
    assert [gate for gate, _ in one.gates] == [other.gate.id]
    with pytest.raises(NotFoundError, match="no such gate"):
        assign(
            fair.store,
            SYSTEM.at(NOON),
            printer_id,
            event_id=fair.event.id,
            gate_ids=[other.gate.id],
        )
    with pytest.raises(NotFoundError, match="no such printer"):
        assign(fair.store, SYSTEM.at(NOON), uuid4(), event_id=fair.event.id, gate_ids=[])


def test_a_printer_is_found_by_its_name(fair: Fair) -> None:
    printer_id = set_up(fair, "Desk A")
    assert find_printer(fair.store, SYSTEM, " desk a").id == printer_id
    assert find_printer(fair.store, SYSTEM, str(printer_id)).name == "Desk A"
    with pytest.raises(NotFoundError, match="There is no printer 'Desk B"):
        find_printer(fair.store, SYSTEM, "Desk B")


def test_a_roll_is_counted_down_and_refilled(fair: Fair) -> None:
    printer_id = set_up(fair, "Desk A", labels_left=2, labels_warn=1)
    _drive(fair)
    assert badge_queue(fair.store, SYSTEM).care == ""
    for name in ("Ada", "Grace", "Jean"):
        delivery_id = admit(fair, name)
        _claimed(fair, printer_id)
        confirm_badge(
            fair.store,
            "here/1",
            delivery_id,
            attempts=1,
            confirmed=True,
            where="x",
            now=NOON,
            printer_id=printer_id,
            status=Status(Health.READY),
        )
    assert _printers(fair)["Desk A"].labels_left == 0
    assert badge_queue(fair.store, SYSTEM).care == "Desk A: no label left. Have a new roll at hand."
    reset_labels(
        fair.store, STAFF.at(NOON), printer_id, labels=200, warn=20, event_id=fair.event.id
    )
    printer = _printers(fair)["Desk A"]
    assert (printer.labels_left, printer.labels_warn) == (200, 20)
    reset_labels(fair.store, SYSTEM.at(NOON), printer_id, labels=None)
    assert _printers(fair)["Desk A"].labels_left is None
    with pytest.raises(NotFoundError, match="There is no such printer any more"):
        reset_labels(fair.store, SYSTEM.at(NOON), uuid4(), labels=1)


def test_a_printer_that_counts_its_labels_knows_better(fair: Fair) -> None:
    printer_id = set_up(fair, "Desk A", labels_left=50)
    note_health(fair.store, SYSTEM.at(NOON), printer_id, Status(Health.READY, labels_left=7))
    assert _printers(fair)["Desk A"].labels_left == 7


# Who drives which


def test_one_printer_is_driven_by_one_program_at_a_time(fair: Fair) -> None:
    set_up(fair, "Desk A")
    assert len(take_printers(fair.store, SYSTEM.at(NOON), "one").printers) == 1
    assert take_printers(fair.store, SYSTEM.at(NOON), "two").printers == ()
    later = NOON + PRINTER_LEASE - SECOND
    assert len(take_printers(fair.store, SYSTEM.at(later), "one").printers) == 1
    assert take_printers(fair.store, SYSTEM.at(NOON + PRINTER_LEASE), "two").printers == ()
    gone = later + PRINTER_LEASE
    assert len(take_printers(fair.store, SYSTEM.at(gone), "two").printers) == 1
    release_printers(fair.store, SYSTEM.at(NOON), "two")
    assert len(take_printers(fair.store, SYSTEM.at(gone), "one").printers) == 1


def test_a_printer_whose_program_is_heard_of_just_now_is_not_taken(
    fair: Fair, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(fair, "Desk A")
    _drive(fair, "slow")
    late = NOON + PRINTER_LEASE
    with Store(store.home) as other:
        write = other.write

        @contextmanager
        def behind_the_slow_one(*, about: UUID | None = None) -> Iterator[Connection]:
            take_printers(store, SYSTEM.at(late), "slow")
            with write() as connection:
                yield connection

        monkeypatch.setattr(other, "write", behind_the_slow_one)
        assert take_printers(other, SYSTEM.at(late), "two").printers == ()
    assert len(take_printers(store, SYSTEM.at(late), "slow").printers) == 1


def test_who_lost_a_printer_takes_no_badge_of_it(fair: Fair) -> None:
    printer_id = set_up(fair, "Desk A")
    _drive(fair, "another")
    admit(fair)
    assert _claimed(fair, printer_id) == []


def test_a_printer_at_another_machine_is_not_driven_from_here(fair: Fair, store: Store) -> None:
    printer_id = set_up(fair, "Desk A", here=True)
    assert len(take_printers(store, SYSTEM.at(NOON), "one").printers) == 1
    store.device_id = uuid4()
    assert take_printers(store, SYSTEM.at(NOON + 2 * PRINTER_LEASE), "two").printers == ()
    enable_printer(store, SYSTEM.at(NOON), printer_id, enabled=False)
    assert take_printers(store, SYSTEM.at(NOON), "two").any_set_up


# Where badges go


def test_badges_go_to_the_printer_of_their_gate_else_to_one_without_a_gate(fair: Fair) -> None:
    gate_b = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate B").id
    spare = set_up(fair, "Spare")
    at_a = set_up(fair, "At A", "folder", fair.gate.id)
    _drive(fair)
    from_a, from_b = admit(fair, "Ada", fair.gate.id), admit(fair, "Grace", gate_b)
    from_nowhere = admit(fair, "Jean")
    assert _claimed(fair, at_a) == [from_a]
    assert sorted(_claimed(fair, spare)) == sorted([from_b, from_nowhere])


def test_printers_of_this_machine_come_first(fair: Fair) -> None:
    anywhere = set_up(fair, "Anywhere")
    here = set_up(fair, "Here", here=True)
    _drive(fair)
    delivery_id = admit(fair)
    assert _claimed(fair, anywhere) == []
    assert _claimed(fair, here) == [delivery_id]


@pytest.mark.parametrize("health", [Health.PAPER_OUT, Health.COVER_OPEN, Health.OFFLINE])
def test_the_next_printer_takes_over_at_once_and_the_guest_is_told(
    fair: Fair, health: Health
) -> None:
    gate_b = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Desk").id
    first = set_up(fair, "A", "folder", fair.gate.id)
    second = set_up(fair, "B", "folder", fair.gate.id, gate_b)
    _drive(fair)
    delivery_id = admit(fair, gate=fair.gate.id)
    assert not badge_place(fair.store, SYSTEM.at(NOON), delivery_id).moved
    assert _claimed(fair, second) == []
    assert _claimed(fair, first) == [delivery_id]
    retry_badge(
        fair.store,
        SYSTEM.at(NOON),
        "here/1",
        delivery_id,
        attempts=1,
        error="It is out.",
        may_be_out=True,
        at_once=True,
        printer_id=first,
        status=Status(health),
    )
    place = badge_place(fair.store, SYSTEM.at(NOON), delivery_id)
    assert (place.printer, place.moved, place.state) == ("B", True, "queued")
    sentence = "Your badge prints at Gate A, printer B."
    assert place.sentence == sentence
    assert _claimed(fair, first) == []
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON), "here/2", printer_id=second, holder="here")
    assert job.badge.mark == REPEATED
    confirm_badge(
        fair.store, "here/2", delivery_id, attempts=2, confirmed=True, where="x", now=NOON
    )
    ready = badge_place(fair.store, SYSTEM.at(NOON), delivery_id)
    assert ready.sentence == "Your badge is ready at Gate A, printer B."
    assert "A: " in badge_queue(fair.store, SYSTEM, gate_id=fair.gate.id, now=NOON).care


def test_without_a_printer_that_prints_badges_wait_and_say_for_which(fair: Fair) -> None:
    printer_id = set_up(fair, "Desk A")
    _drive(fair)
    note_health(fair.store, SYSTEM.at(NOON), printer_id, OUT)
    delivery_id = admit(fair)
    assert _claimed(fair, printer_id) == []
    queue = badge_queue(fair.store, SYSTEM, now=NOON)
    assert (queue.waiting, queue.printer) == (1, "")
    assert queue.last_error == "Desk A: it is out of paper. Put paper in."
    assert "desk" in badge_place(fair.store, SYSTEM.at(NOON), delivery_id).sentence
    assert _printers(fair)["Desk A"].waiting == 1
    note_health(fair.store, SYSTEM.at(NOON), printer_id, Status(Health.READY))
    assert badge_queue(fair.store, SYSTEM, now=NOON).last_error == ""
    assert _claimed(fair, printer_id) == [delivery_id]


def test_badges_of_a_gate_without_printer_say_so(fair: Fair) -> None:
    gate_b = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "Gate B").id
    set_up(fair, "At B", "folder", gate_b)
    _drive(fair)
    admit(fair, gate=fair.gate.id)
    assert "No printer stands here" in badge_queue(fair.store, SYSTEM, now=NOON).last_error


def test_badges_of_a_printer_that_is_switched_off_say_so(fair: Fair) -> None:
    printer_id = set_up(fair, "At the gate", "folder", fair.gate.id)
    _drive(fair)
    admit(fair, gate=fair.gate.id)
    enable_printer(fair.store, SYSTEM.at(NOON), printer_id, enabled=False)
    assert "At the gate is switched off" in badge_queue(fair.store, SYSTEM, now=NOON).last_error


def test_badges_of_a_program_that_ended_go_to_printers_of_others(fair: Fair) -> None:
    first, second = set_up(fair, "A"), set_up(fair, "B")
    _drive(fair)
    delivery_id = admit(fair)
    assert _claimed(fair, first) == [delivery_id]
    later = NOON + LEASE
    take_printers(fair.store, SYSTEM.at(later), "heir")
    note_health(fair.store, SYSTEM.at(later), first, Status(Health.OFFLINE))
    (job,) = claim_badges(fair.store, SYSTEM.at(later), "heir/1", printer_id=second, holder="heir")
    assert (job.delivery_id, job.badge.mark) == (delivery_id, REPEATED)


def test_a_printer_nobody_drives_is_passed_by_and_named(fair: Fair) -> None:
    set_up(fair, "A")
    admit(fair)
    assert "no open program" in badge_queue(fair.store, SYSTEM, now=NOON).last_error
    assert not _printers(fair)["A"].driven


# The badges of a printer


def test_waiting_and_failed_badges_are_listed_moved_and_called_off(fair: Fair) -> None:
    first, second = set_up(fair, "A"), set_up(fair, "B")
    _drive(fair)
    ada, grace = admit(fair, "Ada"), admit(fair, "Grace")
    assert _claimed(fair, first) == [ada, grace]
    give_up_badge(fair.store, SYSTEM.at(NOON), "here/1", ada, attempts=1, error="No label.")
    retry_badge(
        fair.store, SYSTEM.at(NOON), "here/1", grace, attempts=1, error="Off.", at_once=True
    )
    lines, total = printer_badges(
        fair.store, STAFF.at(NOON), printer_id=first, event_id=fair.event.id
    )
    assert total == 2
    assert [(each.name, each.state, each.printer) for each in lines] == [
        ("Ada", "failed", "A"),
        ("Grace", "queued", "A"),
    ]
    assert printer_badges(fair.store, SYSTEM.at(NOON), search="grac")[1] == 1
    move_badge(fair.store, STAFF.at(NOON), ada, second)
    assert [each.name for each in printer_badges(fair.store, SYSTEM.at(NOON), printer_id=second)[0]]
    assert _claimed(fair, second) == [ada]
    with pytest.raises(InvalidInputError, match="just now"):
        retry_badge_now(fair.store, STAFF.at(NOON), ada)
    cancel_badge(fair.store, STAFF.at(NOON), grace)
    assert state_of(fair.store, grace) == "cancelled"
    with pytest.raises(InvalidInputError, match="called off"):
        retry_badge_now(fair.store, STAFF.at(NOON), grace)
    with pytest.raises(NotFoundError, match="There is no such badge"):
        cancel_badge(fair.store, STAFF.at(NOON), uuid4())


def test_a_failed_badge_tried_again_goes_where_it_can(fair: Fair) -> None:
    set_up(fair, "A")
    _drive(fair)
    delivery_id = admit(fair)
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(state="failed", finished_at=NOON))
    retry_badge_now(fair.store, STAFF.at(NOON), delivery_id)
    assert state_of(fair.store, delivery_id) == "queued"


def test_a_badge_is_not_moved_to_a_printer_that_is_off_or_gone(fair: Fair) -> None:
    printer_id = set_up(fair, "A")
    delivery_id = admit(fair)
    enable_printer(fair.store, STAFF.at(NOON), printer_id, enabled=False, event_id=fair.event.id)
    with pytest.raises(InvalidInputError, match="switched off"):
        move_badge(fair.store, STAFF.at(NOON), delivery_id, printer_id)
    with pytest.raises((NotFoundError, InvalidInputError)):
        move_badge(fair.store, STAFF.at(NOON), delivery_id, uuid4())
    assert state_of(fair.store, delivery_id) == "queued"


@pytest.mark.parametrize("typed", ["übung", "Übung", "ÜBUNG", "jo%", "jo"])
def test_badges_are_found_by_names_of_any_script(fair: Fair, typed: str) -> None:
    admit(fair, "Jo% Übung")
    admit(fair, "Joachim")
    delivery_id = admit(fair, "Jürgen")
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON), "x", limit=1)
    give_up_badge(fair.store, SYSTEM.at(NOON), "x", job.delivery_id, attempts=1, error="torn")
    expected = 2 if typed == "jo" else 1
    found, total = printer_badges(fair.store, SYSTEM.at(NOON), search=typed)
    assert (len(found), total) == (expected, expected)
    assert delivery_id not in [each.id for each in found]
    assert list_failed(fair.store, SYSTEM, search=typed)[1] == 1


def test_badges_that_are_out_are_not_looked_at_for_those_that_are_not(fair: Fair) -> None:
    asked: list[tuple[str, object]] = []

    def hear(_c: object, _k: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    printer_id = set_up(fair, "A")
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        printer_badges(fair.store, SYSTEM.at(NOON), printer_id=printer_id)
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    badges = [each for each in asked if "FROM delivery" in each[0]]
    with fair.store.read() as connection:
        plans = [
            row[3]
            for statement, given in badges
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)  # type: ignore[arg-type]
        ]
    assert badges
    assert "SCAN delivery" not in plans


def test_removing_a_printer_leaves_its_badges_to_the_others(fair: Fair) -> None:
    first, second = set_up(fair, "A"), set_up(fair, "B")
    _drive(fair)
    delivery_id = admit(fair)
    move_badge(fair.store, STAFF.at(NOON), delivery_id, second)
    remove_printer(fair.store, SYSTEM.at(NOON), second)
    assert _claimed(fair, first) == [delivery_id]


def test_a_trial_that_cannot_be_drawn_is_told_as_any_trouble(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: object, **__: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", start)
    draw_in_child()
    try:
        trial = try_printer(fair.store, SYSTEM, "folder+png")
    finally:
        draw_here()
    assert not trial.out
    assert "temporarily unavailable" in trial.words
    assert trial.hint == "Close other programs and try again."


def test_the_store_is_let_go_while_printers_are_looked_for(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_then: list[int] = []

    def look(*, hosts: list[str]) -> list[FoundPrinter]:
        open_then.append(fair.store._file.users)
        return [FoundPrinter(host, host, msg("")) for host in hosts]

    monkeypatch.setattr(finding, "find_printers", look)
    found = search_printers(fair.store, SYSTEM, hosts=[" 10.0.0.9 ", ""])
    assert [each.spec for each in found] == ["10.0.0.9"]
    assert open_then == [0]
