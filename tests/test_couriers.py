"""Couriers: a thread for each printer, fail-over between them, jobs followed, nothing held up."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from badges.badge import Badge
from data.schema import PrinterRow
from data.store import Store
from eventdesk.acts import SYSTEM, Act
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EventDeskError, StoreFullError
from eventdesk.core.kept_child import ChildLostError, NoChildError
from eventdesk.core.printing import Health, Status
from eventdesk.printing import (
    FOLLOWED_FOR,
    STUCK_AFTER,
    NewPrinter,
    badge_queue,
    change_printer,
    confirm_badges,
    deliveries,
    enable_printer,
    list_printers,
    take_printers,
)
from eventdesk.printing.ticket_badges import badge_of
from eventdesk.spooler import BATCH, Courier, Spooler
from eventdesk.spooler import courier as courier_module
from tests.badge_jobs import MoodyPrinter, admit, set_up, state_of, states
from tests.build import NOON, Fair

WITHIN_S = 20.0
PROGRAM = "here"


@contextlib.contextmanager
def _running(store: Store, *, backups: bool = False) -> Iterator[Spooler]:
    spooler = Spooler(store, None, backups=backups)
    spooler.start()
    try:
        yield spooler
    finally:
        spooler.stop()


def _until(condition: Callable[[], bool]) -> None:
    waiting, deadline = threading.Event(), time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        waiting.wait(0.01)


def _names(folder: Path) -> list[str]:
    return sorted(p.name.rsplit(" ", 1)[0] for p in folder.glob("*.txt"))


def _courier(fair: Fair, printer: MoodyPrinter, printer_id: UUID, clock: list[float]) -> Courier:
    def now_s() -> float:
        return clock[0]

    return Courier(
        fair.store,
        f"{PROGRAM}/{printer.name}",
        printer,
        printer_id=printer_id,
        holder=PROGRAM,
        now=lambda: NOON + timedelta(seconds=now_s()),
        seconds=now_s,
    )


def _at(clock: list[float], fair: Fair, seconds: float) -> None:
    """Go on in time; the program is heard of, so it keeps its printers."""
    clock[0] += seconds
    take_printers(fair.store, SYSTEM.at(NOON + timedelta(seconds=clock[0])), PROGRAM)


def _silent_printer(server: socket.socket, stop: threading.Event) -> None:
    """Accept whoever comes, read nothing and answer nothing."""
    held = []
    server.settimeout(0.05)
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            held.append(server.accept()[0])
    for connection in held:
        connection.close()


# In threads


def test_badges_of_two_gates_come_out_of_two_printers(fair: Fair, tmp_path: Path) -> None:
    set_up(fair, "At the gate", f"folder:{tmp_path / 'gate'}", fair.gate.id)
    set_up(fair, "Elsewhere", f"folder:{tmp_path / 'else'}")
    with _running(fair.store):
        admit(fair, "Ada", fair.gate.id, now=utc_now())
        admit(fair, "Grace", now=utc_now())
        _until(lambda: states(fair.store)["printed"] == 2)
    assert (_names(tmp_path / "gate"), _names(tmp_path / "else")) == (["Ada"], ["Grace"])


def test_a_printer_that_stalls_holds_up_no_other(fair: Fair, tmp_path: Path) -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_silent_printer, args=(server, stop))
        thread.start()
        try:
            port = server.getsockname()[1]
            set_up(fair, "Stalls", f"escpos+tcp://127.0.0.1:{port}", fair.gate.id)
            set_up(fair, "Works", f"folder:{tmp_path / 'works'}")
            with _running(fair.store):
                admit(fair, "Slow", fair.gate.id, now=utc_now())
                for number in range(5):
                    admit(fair, f"Guest {number}", now=utc_now())
                _until(lambda: len(_names(tmp_path / "works")) >= 5)
                _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
        finally:
            stop.set()
            thread.join()
    assert "Slow" in _names(tmp_path / "works")


def test_a_printer_that_is_off_is_left_out_and_comes_back_by_itself(
    fair: Fair, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    network = set_up(fair, "Network", f"tcp://127.0.0.1:{port}", fair.gate.id)
    set_up(fair, "Spare", f"folder:{tmp_path / 'spare'}")

    def health() -> Health:
        printers = list_printers(fair.store, SYSTEM)
        return next(each.status.health for each in printers if each.id == network)

    with _running(fair.store):
        admit(fair, "Ada", fair.gate.id, now=utc_now())
        _until(lambda: _names(tmp_path / "spare") == ["Ada"])
        assert health() is Health.OFFLINE
        received: list[bytes] = []
        with socket.create_server(("127.0.0.1", port)) as server:

            def serve() -> None:
                while True:
                    try:
                        connection, _address = server.accept()
                    except OSError:
                        return
                    with connection, connection.makefile("rb") as stream:
                        received.append(stream.read())

            thread = threading.Thread(target=serve)
            thread.start()
            try:
                _until(lambda: health() is not Health.OFFLINE)
                admit(fair, "Grace", fair.gate.id, now=utc_now())
                _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
            finally:
                server.shutdown(socket.SHUT_RDWR)
                thread.join()
    assert _names(tmp_path / "spare") == ["Ada"]
    assert sum(b"Grace" in content for content in received) == 1


def test_printers_added_changed_and_switched_off_while_it_runs(fair: Fair, tmp_path: Path) -> None:
    with _running(fair.store):
        admit(fair, "Ada", now=utc_now())
        printer_id = set_up(fair, "Desk A", f"folder:{tmp_path / 'one'}", now=utc_now())
        _until(lambda: _names(tmp_path / "one") == ["Ada"])
        new = NewPrinter("Desk A", f"folder:{tmp_path / 'two'}")
        change_printer(fair.store, SYSTEM, printer_id, new)
        admit(fair, "Grace", now=utc_now())
        _until(lambda: _names(tmp_path / "two") == ["Grace"])
        enable_printer(fair.store, SYSTEM, printer_id, enabled=False)
        admit(fair, "Jean", now=utc_now())
        _until(lambda: "switched off" in badge_queue(fair.store, SYSTEM, now=utc_now()).last_error)
        enable_printer(fair.store, SYSTEM, printer_id, enabled=True)
        _until(lambda: _names(tmp_path / "two") == ["Grace", "Jean"])


def test_the_printer_named_on_the_command_line_is_used_although_others_are_set_up(
    fair: Fair, tmp_path: Path
) -> None:
    set_up(fair, "Desk A", f"folder:{tmp_path / 'desk'}")
    printer = MoodyPrinter()
    admit(fair, "Ada")
    spooler = Spooler(fair.store, printer, backups=False, only_this=True)
    spooler.drain(deadline=utc_now() + timedelta(seconds=WITHIN_S))
    assert (len(printer.papers), _names(tmp_path / "desk")) == (1, [])


def test_where_printers_are_set_up_the_one_of_the_settings_rests(
    fair: Fair, tmp_path: Path
) -> None:
    set_up(fair, "Desk A", f"folder:{tmp_path / 'desk'}")
    printer = MoodyPrinter()
    admit(fair, "Ada")
    Spooler(fair.store, printer, backups=False).drain(
        deadline=utc_now() + timedelta(seconds=WITHIN_S)
    )
    assert (printer.papers, _names(tmp_path / "desk")) == ([], ["Ada"])


def test_two_programs_share_printers_and_print_nothing_twice(fair: Fair, tmp_path: Path) -> None:
    for name in ("one", "two"):
        set_up(fair, name, f"folder:{tmp_path / name}")
    with _running(fair.store), Store(fair.store.home) as other, _running(other):
        for number in range(20):
            admit(fair, f"Guest {number}", now=utc_now())
        _until(lambda: badge_queue(fair.store, SYSTEM).waiting == 0)
    out = _names(tmp_path / "one") + _names(tmp_path / "two")
    assert sorted(out) == sorted(f"Guest {number}" for number in range(20))


def test_backups_and_gateways_hold_no_badge_up(
    fair: Fair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, let_go = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> None:
        held.set()
        let_go.wait(WITHIN_S)

    monkeypatch.setattr("eventdesk.spooler.chores.keep_backup", hang)
    monkeypatch.setattr("eventdesk.spooler.chores.hear_gateways", hang)
    set_up(fair, "Desk A", f"folder:{tmp_path / 'desk'}")
    with _running(fair.store, backups=True):
        try:
            assert held.wait(WITHIN_S)
            admit(fair, "Ada", now=utc_now())
            _until(lambda: _names(tmp_path / "desk") == ["Ada"])
        finally:
            let_go.set()


def test_an_address_that_opens_nothing_is_trouble_and_stops_nobody(
    fair: Fair, tmp_path: Path
) -> None:
    broken = set_up(fair, "Broken", "folder", fair.gate.id)
    set_up(fair, "Works", f"folder:{tmp_path / 'works'}")
    new = NewPrinter("Broken", "folder", "no such layout")
    with pytest.raises(EventDeskError, match="layout"):
        change_printer(fair.store, SYSTEM.at(NOON), broken, new)
    with fair.store.write() as connection:
        written_elsewhere = update(PrinterRow).where(PrinterRow.id == broken)
        connection.execute(written_elsewhere.values(layout="gone since"))
    with _running(fair.store):
        admit(fair, "Ada", fair.gate.id, now=utc_now())
        _until(lambda: _names(tmp_path / "works") == ["Ada"])
    (first, _second) = list_printers(fair.store, SYSTEM)
    assert first.status.health is Health.ERROR


# By a clock of the test


def test_the_printer_is_asked_before_and_after_a_badge(fair: Fair) -> None:
    printer_id, printer, clock = set_up(fair, "A"), MoodyPrinter(), [0.0]
    _at(clock, fair, 0)
    admit(fair)
    asked_when_sent: list[int] = []
    printer.on_send = lambda: asked_when_sent.append(printer.asked)
    assert _courier(fair, printer, printer_id, clock).turn() == 1
    assert (asked_when_sent, printer.asked) == ([1], 2)


def test_a_printer_without_paper_is_not_sent_a_badge(fair: Fair) -> None:
    printer_id, printer, clock = set_up(fair, "A"), MoodyPrinter(), [0.0]
    printer.says = Status(Health.PAPER_OUT)
    _at(clock, fair, 0)
    delivery_id = admit(fair)
    courier = _courier(fair, printer, printer_id, clock)
    assert courier.turn() == 0
    assert state_of(fair.store, delivery_id) == "queued"
    printer.says = Status(Health.READY)
    _at(clock, fair, 2)
    courier.look_after()
    assert courier.turn() == 1
    assert printer.papers == [(str(delivery_id), "")]


def test_a_refused_badge_is_offered_to_each_printer_once_and_then_failed(fair: Fair) -> None:
    ids, clock = [set_up(fair, "A"), set_up(fair, "B")], [0.0]
    printers = [MoodyPrinter("A", moods=["refuses"]), MoodyPrinter("B", moods=["refuses"])]
    _at(clock, fair, 0)
    delivery_id = admit(fair)
    couriers = [_courier(fair, p, i, clock) for p, i in zip(printers, ids, strict=True)]
    assert [courier.turn() for courier in couriers] == [1, 1]
    assert state_of(fair.store, delivery_id) == "failed"
    assert [p.papers for p in printers] == [[], []]


def test_a_sent_badge_is_printed_when_the_printer_says_so(fair: Fair) -> None:
    printer_id, printer, clock = set_up(fair, "A"), MoodyPrinter(queues=True), [0.0]
    _at(clock, fair, 0)
    delivery_id = admit(fair)
    courier = _courier(fair, printer, printer_id, clock)
    courier.turn()
    assert state_of(fair.store, delivery_id) == "sent"
    courier.look_after()
    assert state_of(fair.store, delivery_id) == "sent"
    printer.outcomes[str(delivery_id)] = "prints"
    _at(clock, fair, 2)
    courier.look_after()
    assert state_of(fair.store, delivery_id) == "printed"


def test_a_job_that_failed_in_the_printer_waits_for_a_person(fair: Fair) -> None:
    printer_id, printer, clock = set_up(fair, "A"), MoodyPrinter(queues=True), [0.0]
    _at(clock, fair, 0)
    delivery_id = admit(fair)
    courier = _courier(fair, printer, printer_id, clock)
    courier.turn()
    printer.outcomes[str(delivery_id)] = "fails"
    _at(clock, fair, 2)
    courier.look_after()
    assert state_of(fair.store, delivery_id) == "failed"
    assert "cancelled" in badge_queue(fair.store, SYSTEM).last_error


def test_a_job_nobody_knows_of_stays_sent_and_is_asked_no_more(fair: Fair) -> None:
    printer_id, printer, clock = set_up(fair, "A"), MoodyPrinter(queues=True), [0.0]
    _at(clock, fair, 0)
    delivery_id = admit(fair)
    courier = _courier(fair, printer, printer_id, clock)
    courier.turn()
    _at(clock, fair, FOLLOWED_FOR.total_seconds() + 1)
    courier.look_after()
    (view,) = list_printers(fair.store, SYSTEM.at(NOON))
    assert (state_of(fair.store, delivery_id), view.unconfirmed) == ("sent", 0)


def test_a_job_stuck_in_a_printer_in_trouble_comes_out_of_the_next_one_marked(fair: Fair) -> None:
    ids, clock = [set_up(fair, "A"), set_up(fair, "B")], [0.0]
    stuck, spare = MoodyPrinter("A", queues=True), MoodyPrinter("B")
    _at(clock, fair, 0)
    delivery_id = admit(fair)
    couriers = [_courier(fair, p, i, clock) for p, i in zip((stuck, spare), ids, strict=True)]
    couriers[0].turn()
    stuck.says = Status(Health.COVER_OPEN)
    _at(clock, fair, STUCK_AFTER.total_seconds() + 10)
    couriers[0].look_after()
    assert couriers[1].turn() == 1
    assert spare.papers == [(str(delivery_id), "COPY?")]


def test_a_printer_that_fails_although_it_is_well_rests_longer_each_time(fair: Fair) -> None:
    printer_id, clock = set_up(fair, "A"), [0.0]
    printer = MoodyPrinter(moods=["silent"] * 3)
    _at(clock, fair, 0)
    admit(fair)
    courier = _courier(fair, printer, printer_id, clock)
    tried_at: list[float] = []
    while len(tried_at) < 4 and clock[0] < 60:
        if courier.turn():
            tried_at.append(clock[0])
        courier.look_after()
        _at(clock, fair, 0.5)
    pauses = [later - sooner for sooner, later in pairwise(tried_at)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= 1
    assert pauses[-1] >= 4
    assert len(printer.papers) == 1


def test_a_printer_stuck_over_one_badge_is_passed_by(fair: Fair) -> None:
    ids, clock = [set_up(fair, "A"), set_up(fair, "B")], [0.0]
    slow, spare = MoodyPrinter("A"), MoodyPrinter("B")
    _at(clock, fair, 0)
    ada = admit(fair, "Ada")
    couriers = [_courier(fair, p, i, clock) for p, i in zip((slow, spare), ids, strict=True)]

    def while_it_is_stuck() -> None:
        _at(clock, fair, courier_module.STALLED_S + 1)
        couriers[0].note_if_stalled()
        admit(fair, "Grace")
        assert couriers[1].turn() == 1

    slow.on_send = while_it_is_stuck
    assert couriers[0].turn() == 1
    assert state_of(fair.store, ada) == "printed"
    assert [len(slow.papers), len(spare.papers)] == [1, 1]
    assert list_printers(fair.store, SYSTEM.at(NOON))[0].status.health is Health.READY


# Several at a time


def _quick(fair: Fair, printer: MoodyPrinter, clock: list[float]) -> Courier:
    """A courier that has seen that its printer is quick."""
    printer_id = set_up(fair, printer.name)
    _at(clock, fair, 0)
    admit(fair, "First")
    courier = _courier(fair, printer, printer_id, clock)
    assert courier.turn() == 1
    return courier


def test_a_quick_printer_gets_several_badges_in_two_transactions(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer, clock = MoodyPrinter("A"), [0.0]
    courier = _quick(fair, printer, clock)
    for number in range(BATCH + 2):
        admit(fair, f"Guest {number}")
    written: list[int] = []
    begin = fair.store.write

    def counted(*, about: UUID | None = None) -> Any:
        written.append(1)
        return begin(about=about)

    monkeypatch.setattr(fair.store, "write", counted)
    assert courier.turn() == BATCH
    assert len(written) == 2
    assert courier.turn() == 2
    assert states(fair.store) == {"printed": BATCH + 3}
    assert {mark for _job, mark in printer.papers} == {""}


def test_a_printer_that_takes_its_time_gets_one_at_a_time(fair: Fair) -> None:
    printer, clock = MoodyPrinter("A"), [0.0]
    courier = _quick(fair, printer, clock)

    def take_long() -> None:
        clock[0] += courier_module.QUICK_S * 2

    printer.on_send = take_long
    for number in range(BATCH + 3):
        admit(fair, f"Guest {number}")
    assert [courier.turn() for _ in range(4)] == [BATCH, 1, 1, 1]


def test_what_waits_behind_a_badge_that_fails_goes_to_the_next_printer_unmarked(fair: Fair) -> None:
    clock = [0.0]
    broken = MoodyPrinter("A")
    courier = _quick(fair, broken, clock)
    spare = MoodyPrinter("B")
    other = _courier(fair, spare, set_up(fair, "B"), clock)
    _at(clock, fair, 0)
    badges = [str(admit(fair, f"Guest {number}")) for number in range(4)]
    broken.moods = ["prints", "half"]
    assert courier.turn() == 2
    assert states(fair.store) == {"printed": 2, "queued": 3}
    while other.turn():
        pass
    assert states(fair.store) == {"printed": 5}
    marks = dict(spare.papers)
    assert marks == {badges[1]: "COPY?", badges[2]: "", badges[3]: ""}


def test_what_waits_behind_a_badge_that_is_stuck_is_taken_by_the_next_printer(fair: Fair) -> None:
    clock = [0.0]
    slow, spare = MoodyPrinter("A"), MoodyPrinter("B")
    courier = _quick(fair, slow, clock)
    other = _courier(fair, spare, set_up(fair, "B"), clock)
    _at(clock, fair, 0)
    for number in range(4):
        admit(fair, f"Guest {number}")

    def while_it_is_stuck() -> None:
        slow.on_send = None
        _at(clock, fair, courier_module.STALLED_S + 1)
        courier.note_if_stalled()
        while other.turn():
            pass
        assert len(spare.papers) == 3

    slow.on_send = while_it_is_stuck
    assert courier.turn() == 1
    assert states(fair.store) == {"printed": 5}
    assert {mark for _job, mark in (*slow.papers, *spare.papers)} == {""}


def test_what_is_out_is_confirmed_while_the_printer_is_stuck_over_the_next(fair: Fair) -> None:
    clock, printer = [0.0], MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    for number in range(4):
        admit(fair, f"Guest {number}")
    while_it_is_stuck: list[Any] = []

    def stuck_over_the_third() -> None:
        if len(printer.papers) == 3:
            _at(clock, fair, courier_module.STALLED_S + 1)
            courier.note_if_stalled()
            while_it_is_stuck.append(states(fair.store))

    printer.on_send = stuck_over_the_third
    assert courier.turn() == 3
    assert while_it_is_stuck == [{"printed": 3, "leased": 1, "queued": 1}]
    assert states(fair.store) == {"printed": 4, "queued": 1}


def test_what_the_keeper_could_not_give_back_is_not_printed_under_an_old_lease(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, printer = [0.0], MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    for number in range(4):
        admit(fair, f"Guest {number}")

    asked, over = threading.Event(), threading.Event()

    def full_in_the_end(*_: Any, **__: Any) -> None:
        asked.set()
        over.wait(WITHIN_S)
        raise StoreFullError("The disk is full.")

    def keep() -> None:
        with contextlib.suppress(StoreFullError):
            courier.note_if_stalled()

    keeper = threading.Thread(target=keep)

    def while_it_is_stuck() -> None:
        printer.on_send = None
        _at(clock, fair, courier_module.STALLED_S + 1)
        keeper.start()
        assert asked.wait(WITHIN_S)

    printer.on_send = while_it_is_stuck
    with monkeypatch.context() as patch:
        patch.setattr(courier_module, "return_badges", full_in_the_end)
        assert courier.turn() == 1
        over.set()
        keeper.join()
    for _ in range(3):
        _at(clock, fair, 31)
        courier.turn()
    assert states(fair.store) == {"printed": 5}
    assert len(printer.papers) == len(set(printer.papers)) == 5
    assert {mark for _job, mark in printer.papers} == {""}


def test_a_badge_that_cannot_be_read_holds_up_no_other(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, printer = [0.0], MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    for name in ("Mallory", "Ada", "Grace", "Edith"):
        admit(fair, name)

    def unreadable(act: Act, row: Any, **given: Any) -> Badge:
        if row.holder_name == "Mallory":
            raise ZeroDivisionError
        return badge_of(act, row, **given)

    monkeypatch.setattr(deliveries, "badge_of", unreadable)
    for seconds in (31, 1, 1):
        with contextlib.suppress(ZeroDivisionError):
            while courier.turn():
                pass
        _at(clock, fair, seconds)
    assert states(fair.store) == {"printed": 4, "leased": 1}


def test_who_interrupts_a_command_that_prints_leaves_only_the_badge_at_hand_in_doubt(
    fair: Fair,
) -> None:
    for number in range(6):
        admit(fair, f"Guest {number}", now=utc_now())
    printer = MoodyPrinter()

    def interrupt_the_fourth() -> None:
        if len(printer.papers) == 3:
            raise KeyboardInterrupt

    printer.on_send = interrupt_the_fourth
    spooler = Spooler(fair.store, printer, backups=False)
    with pytest.raises(KeyboardInterrupt):
        spooler.drain(deadline=utc_now() + timedelta(seconds=WITHIN_S))
    assert states(fair.store) == {"printed": 3, "leased": 1, "queued": 2}


def test_what_was_claimed_a_while_ago_goes_back_before_its_lease_can_end(fair: Fair) -> None:
    clock = [0.0]
    printer = MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    for number in range(4):
        admit(fair, f"Guest {number}")
    printer.on_send = lambda: _at(clock, fair, courier_module.BATCH_S)
    assert courier.turn() == 2
    assert states(fair.store) == {"printed": 3, "queued": 2}


def test_whoever_ends_gives_back_what_it_had_claimed(fair: Fair) -> None:
    clock = [0.0]
    printer = MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    for number in range(4):
        admit(fair, f"Guest {number}")
    printer.on_send = courier.end
    assert courier.turn() == 1
    assert states(fair.store) == {"printed": 2, "queued": 3}


def test_a_store_that_takes_nothing_keeps_what_is_out_and_gives_back_the_rest(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    printer = MoodyPrinter("A", moods=["prints", "prints", "silent"])
    courier = _quick(fair, printer, clock)
    for number in range(4):
        admit(fair, f"Guest {number}")

    room = False

    def confirm_if_there_is_room(*words: Any, **given: Any) -> None:
        if not room:
            raise StoreFullError("The disk is full.")
        confirm_badges(*words, **given)

    monkeypatch.setattr(courier_module, "confirm_badges", confirm_if_there_is_room)
    with pytest.raises(StoreFullError):
        courier.turn()
    assert states(fair.store) == {"printed": 1, "leased": 4}
    room = True
    _at(clock, fair, 0)
    assert courier.turn() == 0
    assert states(fair.store) == {"printed": 2, "queued": 3}


def test_a_badge_that_loses_what_draws_it_waits_while_others_go_on_and_fails_in_the_end(
    fair: Fair,
) -> None:
    clock = [0.0]
    printer = MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    poison = admit(fair, "Poison")
    tried = 0

    def lose() -> None:
        nonlocal tried
        tried += 1
        if len(printer.papers) == 1:
            raise ChildLostError("It crashes.")

    printer.on_send = lose
    assert courier.turn() == 1
    assert state_of(fair.store, poison) == "queued"
    assert courier.turn() == 0, "it is due again a second later"
    printer.on_send = None
    admit(fair, "Grace")
    assert courier.turn() == 1
    printer.papers = printer.papers[:1]
    printer.on_send = lose
    for _ in range(courier_module.MAX_DRAWN - 1):
        _at(clock, fair, 10)
        assert courier.turn() == 1
    assert state_of(fair.store, poison) == "failed"
    assert tried == courier_module.MAX_DRAWN
    assert "could not be drawn: It crashes." in badge_queue(fair.store, SYSTEM).last_error


def test_a_badge_waits_as_long_as_no_process_can_be_started_to_draw_it(fair: Fair) -> None:
    clock, printer = [0.0], MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    delivery_id = admit(fair)

    def lack() -> None:
        raise NoChildError("No process can be started.")

    printer.on_send = lack
    for _ in range(courier_module.MAX_DRAWN + 2):
        assert courier.turn() == 1
        _at(clock, fair, 61)
    assert state_of(fair.store, delivery_id) == "queued"
    printer.on_send = None
    assert courier.turn() == 1
    assert state_of(fair.store, delivery_id) == "printed"


class Rests(threading.Event):
    """An event that notes for how long somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_s: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited_s.append(timeout or 0.0)
        return False


def test_a_courier_gives_way_to_guests_who_are_checked_in_meanwhile(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, rests = [0.0], Rests()
    printer = MoodyPrinter("A")
    courier = _quick(fair, printer, clock)
    monkeypatch.setattr(courier, "_stop", rests)
    admit(fair, "Ada")
    assert courier._turn_gently() == 1
    assert rests.waited_s == []
    admit(fair, "Grace")

    def meanwhile() -> None:
        admit(fair, "Jean")

    printer.on_send = meanwhile
    assert courier._turn_gently() == 1
    (rest_s,) = rests.waited_s
    assert 0 < rest_s <= courier_module.MAX_YIELD_S
    printer.on_send = None
    assert courier._turn_gently() == 1
    assert courier._turn_gently() == 0
    assert len(rests.waited_s) == 1
