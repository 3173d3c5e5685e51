"""What came of a badge reaches the store, however long that is locked or full."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.schema import DeliveryRow
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import StoreBusyError, StoreError, StoreFullError
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status
from eventdesk.printing import (
    LEASE,
    confirm_badges,
    forget_unclaimed,
    list_printers,
    note_health,
    pass_on_badge,
    retry_badge,
    take_printers,
)
from eventdesk.printing.deliveries import UNCLAIMED_FOR
from eventdesk.spooler import Courier, Spooler
from tests.badge_jobs import MoodyPrinter, admit, set_up, state_of
from tests.build import NOON, Fair

WITHIN_S = 20.0
PROGRAM = "here"
LONG = LEASE + timedelta(minutes=5)


class Trouble:
    """A store that does not take what came of a badge, a few times."""

    def __init__(self, real: Callable[..., object], times: int, error: StoreError) -> None:
        self._real, self._times, self._error = real, times, error
        self.tried = 0

    def __call__(self, *words: object, **given: object) -> object:
        self.tried += 1
        if self.tried <= self._times:
            raise self._error
        return self._real(*words, **given)


ERRORS = (StoreBusyError("It is locked."), StoreFullError("The disk is full."))


def _mark_of(fair: Fair) -> str:
    with fair.store.read() as connection:
        return connection.execute(select(DeliveryRow.mark)).scalar_one()


@pytest.mark.parametrize("error", ERRORS)
def test_a_badge_printed_while_the_store_takes_nothing_comes_out_once(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, error: StoreError
) -> None:
    store = Trouble(confirm_badges, 2, error)
    monkeypatch.setattr("eventdesk.spooler.courier.confirm_badges", store)
    printer_id, printer, now = set_up(fair, "A"), MoodyPrinter(), [NOON]
    take_printers(fair.store, SYSTEM.at(NOON), PROGRAM)
    delivery_id = admit(fair)
    courier = Courier(
        fair.store, "c", printer, printer_id=printer_id, holder=PROGRAM, now=lambda: now[0]
    )
    with pytest.raises(StoreError, match=r"It is locked|The disk is full"):
        courier.turn()
    now[0] += LONG
    take_printers(fair.store, SYSTEM.at(now[0]), PROGRAM)
    with pytest.raises(StoreError, match=r"It is locked|The disk is full"):
        courier.turn()
    assert courier.turn() == 0
    assert (state_of(fair.store, delivery_id), _mark_of(fair)) == ("printed", "")
    assert printer.papers == [(str(delivery_id), "")]


@pytest.mark.parametrize(
    ("mood", "written", "papers"),
    [("silent", "retry_badge", [""]), ("half", "retry_badge", ["", "COPY?"])],
)
def test_what_did_not_come_out_is_told_once_the_store_takes_it(
    fair: Fair, monkeypatch: pytest.MonkeyPatch, mood: str, written: str, papers: list[str]
) -> None:
    store = Trouble(retry_badge, 1, ERRORS[0])
    monkeypatch.setattr(f"eventdesk.spooler.courier.{written}", store)
    printer, now, clock = MoodyPrinter(moods=[mood]), [NOON], [0.0]
    admit(fair)
    courier = Courier(fair.store, "c", printer, now=lambda: now[0], seconds=lambda: clock[0])
    with pytest.raises(StoreError, match="It is locked"):
        courier.turn()
    now[0] += LONG
    clock[0] += LONG.total_seconds()
    courier.turn()
    courier.look_after()
    courier.turn()
    assert [mark for _job, mark in printer.papers] == papers


def test_a_refused_badge_goes_on_once_the_store_takes_it(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Trouble(pass_on_badge, 1, ERRORS[1])
    monkeypatch.setattr("eventdesk.spooler.courier.pass_on_badge", store)
    printer_id = set_up(fair, "A")
    take_printers(fair.store, SYSTEM.at(NOON), PROGRAM)
    delivery_id = admit(fair)
    courier = Courier(
        fair.store,
        "c",
        MoodyPrinter(moods=["refuses"]),
        printer_id=printer_id,
        holder=PROGRAM,
        now=lambda: NOON,
    )
    with pytest.raises(StoreError, match="The disk is full"):
        courier.turn()
    courier.turn()
    assert state_of(fair.store, delivery_id) == "failed"


def test_a_program_in_threads_tells_it_soon_and_also_when_it_ends(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Trouble(confirm_badges, 2, ERRORS[0])
    monkeypatch.setattr("eventdesk.spooler.courier.confirm_badges", store)
    printer = MoodyPrinter()
    delivery_id = admit(fair, now=utc_now())
    spooler = Spooler(fair.store, printer, backups=False)
    spooler.start()
    waiting, deadline = threading.Event(), time.monotonic() + WITHIN_S
    while not store.tried:
        assert time.monotonic() < deadline, "it never came to be"
        waiting.wait(0.01)
    spooler.stop()
    assert state_of(fair.store, delivery_id) == "printed"
    assert printer.papers == [(str(delivery_id), "")]


def test_who_only_waits_for_the_badges_waits_for_the_store_too(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Trouble(confirm_badges, 1, ERRORS[0])
    monkeypatch.setattr("eventdesk.spooler.courier.confirm_badges", store)
    printer = MoodyPrinter()
    delivery_id = admit(fair, now=utc_now())
    spooler = Spooler(fair.store, printer, backups=False)
    spooler.drain(deadline=utc_now() + timedelta(seconds=WITHIN_S))
    assert state_of(fair.store, delivery_id) == "printed"
    assert len(printer.papers) == 1


# Badges in the queue of a printer that is not set up in the store


@pytest.mark.parametrize(("outcome", "state"), [("prints", "printed"), ("fails", "failed")])
def test_the_printer_of_the_settings_is_asked_what_became_of_its_badges(
    fair: Fair, outcome: str, state: str
) -> None:
    printer, clock = MoodyPrinter("cups:labels", queues=True), [0.0]
    delivery_id = admit(fair)
    courier = Courier(fair.store, "c", printer, now=lambda: NOON, seconds=lambda: clock[0])
    courier.turn()
    assert state_of(fair.store, delivery_id) == "sent"
    printer.outcomes[str(delivery_id)] = outcome
    clock[0] += 2
    another = MoodyPrinter("cups:other", outcomes={str(delivery_id): "fails"})
    Courier(fair.store, "d", another, now=lambda: NOON).look_after()
    assert state_of(fair.store, delivery_id) == "sent"
    courier.look_after()
    assert state_of(fair.store, delivery_id) == state


def test_badges_nobody_can_be_asked_about_are_forgotten_after_a_day(fair: Fair) -> None:
    printer_id = set_up(fair, "A")
    take_printers(fair.store, SYSTEM.at(NOON), PROGRAM)
    delivery_id = admit(fair)
    printer = MoodyPrinter(queues=True)
    Courier(
        fair.store, "c", printer, printer_id=printer_id, holder=PROGRAM, now=lambda: NOON
    ).turn()
    assert forget_unclaimed(fair.store, SYSTEM.at(NOON + UNCLAIMED_FOR)) == 0
    later = NOON + UNCLAIMED_FOR + timedelta(seconds=1)
    assert forget_unclaimed(fair.store, SYSTEM.at(later)) == 1
    (view,) = list_printers(fair.store, SYSTEM.at(later))
    assert (view.unconfirmed, view.status.health) == (0, Health.READY)
    assert state_of(fair.store, delivery_id) == "sent"


def test_who_waits_for_badges_asks_a_printer_that_was_in_trouble_before(fair: Fair) -> None:
    folder = fair.store.home.parent / "paper"
    printer_id = set_up(fair, "A", f"folder:{folder}", now=utc_now())
    trouble = Status(Health.OFFLINE, msg("it was off yesterday"))
    note_health(fair.store, SYSTEM, printer_id, trouble)
    delivery_id = admit(fair, now=utc_now())
    spooler = Spooler(fair.store, None, backups=False)
    spooler.drain(deadline=utc_now() + timedelta(seconds=WITHIN_S))
    assert state_of(fair.store, delivery_id) == "printed"
