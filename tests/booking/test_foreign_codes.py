"""Tickets sold by another system: the code they were sold with opens our door, once."""

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from data.schema import AdmissionRow, DeliveryRow, ScanRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM, Steps, event_row
from eventdesk.booking import (
    Booked,
    NewBooking,
    NewTicket,
    book,
    cancel_tickets,
    list_attendees,
    list_bookings,
    reissue,
    rename,
    transfer_ticket,
)
from eventdesk.core.errors import InvalidInputError
from eventdesk.door import Outcome, ScanSource, check_in, find_tickets, opens_elsewhere
from eventdesk.door.recognition import _BY_FOREIGN_CODE
from eventdesk.exchange.exports.lists import attendees, bookings
from tests.build import NOON, STAFF, SUPERVISOR, Fair, make_fair

SECRET = "z3fsn8jyufm5kpk768q69gkbyr5f4h6w"


def sell(fair: Fair, code: str = SECRET, *, order: str = "A1B2C", name: str = "Ada") -> Booked:
    """A ticket as an import books it."""
    ticket = NewTicket(fair.regular, name, foreign_code=code, external_ref=f"{order}-1")
    new = NewBooking(name, "", (ticket,), source="import", external_ref=order)
    return book(fair.store, SYSTEM.at(NOON), fair.event.id, [new])[0]


def outcome(fair: Fair, text: str, source: ScanSource = ScanSource.CAMERA) -> Outcome:
    return check_in(fair.store, STAFF.at(NOON), fair.scan(text, source=source)).outcome


@pytest.mark.parametrize("source", list(ScanSource))
def test_the_code_it_was_sold_with_lets_a_ticket_in_once_with_one_badge(
    fair: Fair, source: ScanSource
) -> None:
    sell(fair)
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(SECRET, source=source))
    assert (result.outcome, result.name) == (Outcome.ADMITTED, "Ada")
    assert outcome(fair, SECRET, source) is Outcome.ALREADY_IN
    with fair.store.read() as connection:
        for table in (AdmissionRow, DeliveryRow):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1


def test_both_codes_of_a_ticket_admit_it_once_together(fair: Fair) -> None:
    booked = sell(fair)
    assert outcome(fair, fair.token(booked)) is Outcome.ADMITTED
    assert outcome(fair, SECRET) is Outcome.ALREADY_IN


def test_a_repeated_nonce_of_a_foreign_code_writes_nothing(fair: Fair) -> None:
    sell(fair)
    scan = fair.scan(SECRET, nonce=uuid4().hex)
    assert check_in(fair.store, STAFF.at(NOON), scan) == check_in(fair.store, STAFF.at(NOON), scan)


def test_the_log_does_not_keep_the_secret(fair: Fair) -> None:
    sell(fair)
    outcome(fair, SECRET)
    with fair.store.read() as connection:
        scanned, result = connection.execute(select(ScanRow.scanned, ScanRow.result)).one()
    assert scanned == ""
    assert SECRET not in result


def test_a_scanner_that_mixes_up_capitals_does_no_harm(fair: Fair) -> None:
    sell(fair)
    assert outcome(fair, f" {SECRET.upper()}\r\n", ScanSource.SCANNER) is Outcome.ADMITTED


def test_our_own_short_code_is_no_ticket_before_a_camera_still(fair: Fair) -> None:
    booked = sell(fair)
    assert outcome(fair, booked.ticket_codes[0]) is Outcome.UNKNOWN
    assert outcome(fair, booked.ticket_codes[0], ScanSource.TYPED) is Outcome.ADMITTED


def test_a_code_of_another_event_says_so_and_that_of_this_event_comes_first(store: Store) -> None:
    here, there = make_fair(store), make_fair(store, "Other Days")
    sell(there)
    assert outcome(here, SECRET) is Outcome.WRONG_EVENT
    sell(here, order="ZZZZZ")
    assert outcome(here, SECRET) is Outcome.ADMITTED
    assert outcome(there, SECRET) is Outcome.ADMITTED


def test_a_reissue_and_a_transfer_revoke_the_old_code_and_a_rename_does_not(fair: Fair) -> None:
    first, second = sell(fair), sell(fair, "500110001", order="1001")
    (ada,), (grace,) = first.ticket_ids, second.ticket_ids
    rename(fair.store, STAFF.at(NOON), ada, name="Ada King", line_two="")
    transfer_ticket(fair.store, STAFF.at(NOON), grace, name="Mary", email="")
    assert outcome(fair, "500110001") is Outcome.REVOKED
    assert outcome(fair, SECRET) is Outcome.ADMITTED
    reissue(fair.store, SUPERVISOR.at(NOON), ada, reason="phone lost")
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(SECRET))
    assert (result.outcome, result.reason) == (Outcome.REVOKED, "Replaced: phone lost")


def test_a_cancelled_ticket_says_so(fair: Fair) -> None:
    booked = sell(fair)
    cancel_tickets(fair.store, SYSTEM.at(NOON), booked.ticket_ids, reason="sick")
    assert outcome(fair, SECRET) is Outcome.CANCELLED


@pytest.mark.parametrize("text", ["z3fsn", "z3 fsn8jyufm", "ü" * 20, "\ud800" * 20, "\0" * 8])
def test_what_is_no_code_is_unknown(fair: Fair, text: str) -> None:
    sell(fair)
    assert outcome(fair, text) is Outcome.UNKNOWN


@pytest.mark.parametrize("typed", [SECRET, SECRET.upper(), "A1B2C", "#a1b2c", "a1b2"])
def test_is_found_by_its_code_and_by_the_number_of_its_order(fair: Fair, typed: str) -> None:
    fair.sell("Grace Hopper")
    booked = sell(fair)
    found = find_tickets(fair.store, SYSTEM, fair.event.id, typed)
    assert [each.id for each in found] == list(booked.ticket_ids)
    lines, total = list_attendees(fair.store, SYSTEM.at(NOON), fair.event.id, search=typed)
    assert ([each.name for each in lines], total) == (["Ada"], 1)
    booked_lines, _ = list_bookings(fair.store, SYSTEM.at(NOON), fair.event.id, search=typed)
    assert [each.code for each in booked_lines] == [booked.code]


def test_a_name_comes_before_an_order_that_begins_like_it(fair: Fair) -> None:
    sell(fair, order="ANNA7", name="Zoe")
    fair.sell("Anna Schmidt")
    assert [each.name for each in find_tickets(fair.store, SYSTEM, fair.event.id, "anna")] == [
        "Anna Schmidt",
        "Zoe",
    ]


def test_says_which_text_is_to_be_scanned_as_it_is(store: Store) -> None:
    here, there = make_fair(store), make_fair(store, "Other Days")
    sell(here, "500110001")
    assert opens_elsewhere(store, SYSTEM, here.event.id, "500110001")
    assert not opens_elsewhere(store, SYSTEM, there.event.id, "500110001")
    assert not opens_elsewhere(store, SYSTEM, here.event.id, "Ada")


def test_a_code_that_is_taken_or_none_is_refused(fair: Fair) -> None:
    own = fair.sell("Grace Hopper").ticket_codes[0]
    sell(fair)
    for code in (SECRET.upper(), own, own.lower(), "12345", "with space", "A" * 301):
        with pytest.raises(InvalidInputError, match="ticket code from elsewhere"):
            sell(fair, code, order="OTHER")


def test_a_scan_asks_the_index_of_foreign_codes_alone(fair: Fair) -> None:
    values = {"code": SECRET, "event_id": fair.event.id}
    with fair.store.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN "
            + str(_BY_FOREIGN_CODE.statement.compile(connection.engine)).replace("?", "'x'")
        ).all()
        assert _BY_FOREIGN_CODE.one_or_none(connection, values) is None
    searched = [str(row[-1]) for row in plan if "ticket" in str(row[-1]).lower().split()[:2]]
    assert any("uq_ticket_foreign_code" in line for line in searched), plan
    assert not any("SCAN ticket" in str(row[-1]) for row in plan)


def test_the_code_is_in_no_list_that_leaves_the_house(fair: Fair) -> None:
    sell(fair)
    with fair.store.read() as connection:
        assert connection.execute(select(TicketRow.foreign_code)).scalar_one() == SECRET
    with Steps(fair.store, SYSTEM.at(NOON)).read() as act:
        for read in (attendees, bookings):
            heading, rows = read(act, event_row(act.connection, fair.event.id))
            cells = [str(cell) for row in rows for cell in row]
            assert "external reference" in heading
            assert any("A1B2C" in cell for cell in cells)
            assert SECRET not in cells
