"""What use cases touch: whoever shows it, in whichever process, reads it again."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest

from data.store import Store
from data.touched import HOUSE, Touched, last_seen, touched_since
from eventdesk.acts import SYSTEM, Topic, read_notices
from eventdesk.booking import cancel_tickets
from eventdesk.integrations.payments import PaymentNotice, Told
from eventdesk.money.gateway_notices import receive_notice
from eventdesk.printing import claim_badges, enable_printer, hold_badge, release_badge, reset_labels
from eventdesk.seating import hold_seats, release_seats
from screens.desk.desk_screen import DeskScreen
from screens.money.cash_screen import CashScreen
from screens.organizer.questions_tab import QuestionsTab
from screens.self_service.kiosk_screen import KioskScreen
from tests.badge_jobs import admit, confirm_badge, set_up
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.seating.test_seats import hall, ids


@contextmanager
def _touches(store: Store) -> Iterator[set[Touched]]:
    """What was touched by the block, once it has ended."""
    with store.read() as connection:
        before = last_seen(connection)
    touched: set[Touched] = set()
    yield touched
    with store.read() as connection:
        touched.update(touched_since(connection, before)[1])


def test_a_badge_that_came_out_is_told(fair: Fair) -> None:
    delivery_id = admit(fair)
    [job] = claim_badges(fair.store, SYSTEM.at(NOON), "courier")
    with _touches(fair.store) as touched:
        confirm_badge(
            fair.store,
            "courier",
            delivery_id,
            attempts=job.attempts,
            confirmed=True,
            where="Zebra",
            now=NOON,
        )
    assert touched == {(Topic.PRINTING, HOUSE)}


@pytest.mark.parametrize("then", ["hold", "release"])
def test_a_badge_that_is_put_off_is_told(fair: Fair, then: str) -> None:
    delivery_id = admit(fair)
    with _touches(fair.store) as touched:
        if then == "hold":
            hold_badge(fair.store, STAFF.at(NOON), delivery_id, held_s=60)
        else:
            release_badge(fair.store, STAFF.at(NOON), delivery_id)
    assert touched == {(Topic.PRINTING, fair.event.id)}


def test_a_printer_is_told_to_every_event_whoever_looks_after_it(fair: Fair) -> None:
    printer_id, staff = set_up(fair, "Zebra"), STAFF.at(NOON)
    with _touches(fair.store) as touched:
        enable_printer(fair.store, staff, printer_id, enabled=False, event_id=fair.event.id)
    assert (Topic.PRINTING, HOUSE) in touched
    with _touches(fair.store) as touched:
        reset_labels(fair.store, staff, printer_id, labels=100, event_id=fair.event.id)
    assert (Topic.PRINTING, HOUSE) in touched


def test_seats_that_are_held_and_let_go_are_told(fair: Fair) -> None:
    hall(fair, "Stalls", "A", 2)
    seat_ids, me = ids(fair, "A-1"), ATTENDEE.id
    assert me is not None
    here = {(Topic.SALES, fair.event.id)}
    with _touches(fair.store) as touched:
        hold_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, seat_ids, holder_id=me)
    assert touched == here
    with _touches(fair.store) as touched:
        release_seats(fair.store, ATTENDEE.at(NOON), fair.event.id, holder_id=me)
    assert touched == here


def test_notices_that_were_read_are_told(fair: Fair) -> None:
    with _touches(fair.store) as touched:
        read_notices(fair.store, ATTENDEE.at(NOON))
    assert touched == {(Topic.ACCOUNTS, HOUSE)}


def test_what_a_gateway_tells_of_an_unknown_payment_is_told(fair: Fair) -> None:
    with _touches(fair.store) as touched:
        notice = PaymentNotice(uuid4().hex, None, Told.PAID, None)
        receive_notice(fair.store, SYSTEM.at(NOON), "test-desk", notice)
    assert touched == {(Topic.MONEY, HOUSE)}


@pytest.mark.parametrize("screen", [DeskScreen, CashScreen, KioskScreen])
def test_what_names_the_printer_reads_again_when_it_changes(screen: type[DeskScreen]) -> None:
    assert screen.SHOWS is not None
    assert Topic.PRINTING in screen.SHOWS


def test_the_questions_count_the_answers_of_new_bookings() -> None:
    assert Topic.BOOKING in QuestionsTab.SHOWS


def test_tickets_to_cancel_may_come_as_a_set(fair: Fair) -> None:
    ticket_id = UUID(str(fair.sell().ticket_ids[0]))
    gone = cancel_tickets(fair.store, SUPERVISOR.at(NOON), {ticket_id}, reason="ill")
    assert gone is not None
