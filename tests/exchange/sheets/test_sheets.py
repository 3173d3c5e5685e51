"""A spreadsheet that follows an event: each ticket once, whatever people and networks do to it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from data.schema import DeliveryRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import cancel_booking
from eventdesk.core.clock import utc_now
from eventdesk.door import check_in, undo
from eventdesk.exchange import queue_sheets
from eventdesk.exchange.sheets.sending import SENDER
from eventdesk.integrations import google_account
from eventdesk.integrations.google_sheets import spreadsheet
from eventdesk.integrations.service import Value
from eventdesk.keeping import erase_guest
from eventdesk.services import (
    ServiceHealth,
    ServiceView,
    add_service,
    change_service,
    read_service,
    services_on,
)
from eventdesk.spooler import Spooler
from eventdesk.spooler.senders import ServiceCourier
from tests.build import NOON, STAFF, Fair, make_fair
from tests.integrations.chaos import Asked, Counterpart, Fault, Reply
from tests.integrations.google_house import EMAIL, key_file
from tests.integrations.sheets.google import Google, Sheet, google_here, values

ALL: dict[str, Value] = {
    "check_ins": ["name", "first in", "times in"],
    "sales": ["booking", "buyer", "price", "currency"],
}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Google, Counterpart]]:
    with google_here(monkeypatch) as both:
        yield both


@pytest.fixture
def google(here: tuple[Google, Counterpart]) -> Google:
    return here[0]


@pytest.fixture
def line(here: tuple[Google, Counterpart]) -> Counterpart:
    return here[1]


def follow(fair: Fair, **other: Value) -> ServiceView:
    return add_service(fair.store, SYSTEM, "sheets", values(**other), event_id=fair.event.id)


def wake(store: Store) -> None:
    """Let pauses end."""
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET due_at = 0, leased_until = 0")
        connection.exec_driver_sql("UPDATE service SET rests_until = NULL")


def deliver(store: Store) -> int:
    """What the spooler does: look what changed, and take it to each spreadsheet once."""
    queue_sheets(store, SYSTEM)
    wake(store)
    return sum(
        ServiceCourier(store, SENDER, service, threading.Event()).turn()
        for service in services_on(store, SYSTEM, {"sheets"})
    )


def deliveries(store: Store) -> list[str]:
    with store.read() as connection:
        states = select(DeliveryRow.state).where(DeliveryRow.kind == "sheets")
        return list(connection.execute(states.order_by(DeliveryRow.id)).scalars())


def codes(store: Store, *booked: Any) -> list[str]:
    with store.read() as connection:
        return [
            connection.execute(select(TicketRow.code).where(TicketRow.id == each)).scalar_one()
            for one in booked
            for each in one.ticket_ids
        ]


def look_again() -> None:
    """Let every cell be looked at, as after a quarter of an hour."""
    SENDER._known.clear()


def test_a_new_spreadsheet_gets_every_ticket_once(fair: Fair, google: Google) -> None:
    booked = fair.sell_all(["Ada Lovelace", "Grace Hopper"])
    follow(fair)
    deliver(fair.store)
    assert google.rows()[0] == ["code", "name", "email", "ticket type", "state", "checked in at"]
    assert google.column("code") == codes(fair.store, booked)
    assert google.column("name") == ["Ada Lovelace", "Grace Hopper"]
    assert set(google.sheets) == {"Sheet1", "Attendees"}
    assert not google.sheets["Sheet1"].cells
    assert not google.refusals


def test_the_three_sheets_hold_tickets_arrivals_and_sales(fair: Fair, google: Google) -> None:
    first, second = fair.sell("Ada"), fair.sell("Grace")
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(second)))
    follow(fair, **ALL)
    deliver(fair.store)
    [code] = codes(fair.store, second)
    assert google.rows("Check-ins")[1] == [code, "Grace", "2026-06-01 12:00:00+02:00", 1]
    assert google.column("code", "Sales") == codes(fair.store, first, second)
    assert google.column("price", "Sales") == [120.0, 120.0]
    assert google.column("buyer", "Sales") == ["Ada", "Grace"]


def test_a_change_is_written_into_the_row_that_is_there(fair: Fair, google: Google) -> None:
    follow(fair, **ALL)
    booked = fair.sell("Ada")
    deliver(fair.store)
    fair.sell("Grace")
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    deliver(fair.store)
    assert google.column("checked in at") == ["2026-06-01 12:00:00+02:00", ""]
    assert google.column("name") == ["Ada", "Grace"]
    assert google.column("code", "Check-ins") == codes(fair.store, booked)


def test_an_undone_check_in_leaves_the_check_ins(fair: Fair, google: Google) -> None:
    follow(fair, **ALL)
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(fair.sell("Ada"))))
    deliver(fair.store)
    undo(fair.store, STAFF.at(NOON), result.scan_id)
    deliver(fair.store)
    assert google.column("code", "Check-ins") == []
    assert google.column("checked in at") == [""]


def test_many_changes_are_one_delivery_and_nothing_new_is_none(fair: Fair, google: Google) -> None:
    follow(fair)
    for number in range(20):
        fair.sell(f"Guest {number}")
        queue_sheets(fair.store, SYSTEM)
    assert deliveries(fair.store) == ["queued"]
    deliver(fair.store)
    deliver(fair.store)  # what happened while the first one waited is looked at once more
    assert queue_sheets(fair.store, SYSTEM) == 0
    assert (deliveries(fair.store), google.writes) == (["sent", "sent"], 1)


def test_what_changes_while_a_delivery_is_under_way_is_queued_again(
    fair: Fair, google: Google
) -> None:
    del google
    follow(fair)
    queue_sheets(fair.store, SYSTEM)
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'leased'")
    fair.sell("Ada")
    assert queue_sheets(fair.store, SYSTEM) == 1
    assert deliveries(fair.store) == ["leased", "queued"]


def test_another_event_is_of_no_concern(fair: Fair, google: Google) -> None:
    del google
    follow(fair)
    deliver(fair.store)
    other = make_fair(fair.store, "Other Days")
    other.sell("Zoë")
    assert queue_sheets(fair.store, SYSTEM) == 0


def test_deliveries_keep_the_pace_that_google_allows(fair: Fair, google: Google) -> None:
    del google
    now = utc_now()
    follow(fair)
    queue_sheets(fair.store, SYSTEM.at(now))
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'sent'")
    fair.sell("Ada")
    queue_sheets(fair.store, SYSTEM.at(now + timedelta(seconds=0.5)))
    with fair.store.read() as connection:
        first, second = connection.execute(
            select(DeliveryRow.due_at).order_by(DeliveryRow.due_at)
        ).scalars()
    assert (second - first).total_seconds() == pytest.approx(2.0, abs=0.01)


# What guests type


@pytest.mark.parametrize("name", ["=1+1", "+49 170", "-2", "@SUM(A1)", "\uff1d1", "=HYPERLINK(1)"])
def test_what_a_guest_typed_is_never_a_formula(fair: Fair, google: Google, name: str) -> None:
    fair.sell(name)
    follow(fair)
    deliver(fair.store)
    assert google.column("name") == [f"'{name}"]


def test_only_the_chosen_columns_leave_the_house(
    fair: Fair, google: Google, line: Counterpart
) -> None:
    del google
    fair.sell("Ada Lovelace", email="ada@example.org")
    follow(fair, attendees=["state"])
    deliver(fair.store)
    sent = b"".join(asked.body for asked in line.asked)
    assert b"Ada" not in sent
    assert b"ada@example.org" not in sent


def test_a_column_that_is_not_chosen_any_more_is_emptied(fair: Fair, google: Google) -> None:
    fair.sell("Ada Lovelace", email="ada@example.org")
    service = follow(fair)
    deliver(fair.store)
    change_service(fair.store, SYSTEM, service.id, {"attendees": ["name"]})
    deliver(fair.store)
    assert "ada@example.org" not in str(google.rows())
    assert google.rows()[0][:2] == ["code", "name"]


def test_a_sheet_that_is_not_chosen_any_more_is_emptied(fair: Fair, google: Google) -> None:
    fair.sell("Ada Lovelace")
    service = follow(fair, **ALL)
    deliver(fair.store)
    change_service(fair.store, SYSTEM, service.id, {"sales": []})
    deliver(fair.store)
    assert google.rows("Sales") == []
    assert google.column("name") == ["Ada Lovelace"]


def test_an_erased_guest_is_blanked_in_the_sheets(fair: Fair, google: Google) -> None:
    fair.sell("Ada Lovelace", email="ada@example.org")
    fair.sell("Grace", email="grace@example.org")
    follow(fair, sales=["buyer", "buyer email"])
    deliver(fair.store)
    erase_guest(fair.store, SYSTEM, fair.event.id, "ada@example.org")
    deliver(fair.store)
    everything = str([google.rows(each) for each in google.sheets])
    assert "Ada" not in everything
    assert "ada@example.org" not in everything
    assert "Grace" in google.column("name")


# What people do to the spreadsheet


def test_sorted_and_moved_rows_are_found_by_their_codes(fair: Fair, google: Google) -> None:
    booked = [fair.sell(name) for name in ("Ada", "Grace", "Zoë")]
    follow(fair)
    deliver(fair.store)
    head, *rows = google.rows()
    google.sheets["Attendees"].put([head, *reversed(rows)])
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked[0])))
    deliver(fair.store)
    assert google.column("code") == codes(fair.store, *reversed(booked))
    assert google.column("checked in at") == ["", "", "2026-06-01 12:00:00+02:00"]


def test_a_row_that_was_deleted_comes_back_and_a_copied_one_goes(
    fair: Fair, google: Google
) -> None:
    booked = [fair.sell(name) for name in ("Ada", "Grace")]
    follow(fair)
    deliver(fair.store)
    head, _ada, grace = google.rows()
    google.sheets["Attendees"].put([head, grace, grace])
    fair.sell("Zoë")
    deliver(fair.store)
    assert sorted(filter(None, google.column("code"))) == sorted(google_codes(google))
    assert set(codes(fair.store, *booked)) < set(google_codes(google))


def google_codes(google: Google) -> set[str]:
    return {code for code in google.column("code") if code}


def test_a_header_that_was_moved_is_found(fair: Fair, google: Google) -> None:
    booked = fair.sell("Ada")
    follow(fair)
    deliver(fair.store)
    moved = [["Guests of the Demo Days"], [], *([*row[::-1]] for row in google.rows())]
    moved[3] = ["", *moved[3]] if len(moved[3]) < len(moved[2]) else moved[3]
    google.sheets["Attendees"].put(moved)
    fair.sell("Grace")
    deliver(fair.store)
    head, ada, grace = google.rows()[2:]
    at = head.index("code")
    assert [ada[at]] == codes(fair.store, booked)
    assert grace[head.index("name")] == "Grace"
    assert google.rows()[0] == ["Guests of the Demo Days"]


def test_columns_and_rows_of_people_stay(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    follow(fair)
    deliver(fair.store)
    head, ada = google.rows()
    google.sheets["Attendees"].put(
        [["my notes", *head], ["a friend", *ada], ["", "", "Sum: 1"], ["unknown", "ZZZZZZ", "me"]]
    )
    fair.sell("Grace")
    deliver(fair.store)
    rows = google.rows()
    assert rows[0] == ["my notes", *head]
    assert rows[1][:3] == ["a friend", *ada[:2]]
    assert rows[2:4] == [["", "", "Sum: 1"], ["unknown", "ZZZZZZ", "me"]]
    assert rows[4][2] == "Grace"


def test_a_sum_below_the_table_is_not_written_over(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    follow(fair, sales=["price"])
    deliver(fair.store)
    google.sheets["Sales"].put([*google.rows("Sales"), ["", 120.0]])
    fair.sell("Grace")
    deliver(fair.store)
    assert google.rows("Sales")[2] == ["", 120.0]
    assert google.rows("Sales")[3][1] == 120.0


def test_a_column_that_was_deleted_comes_back(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    follow(fair)
    deliver(fair.store)
    google.sheets["Attendees"].put([[row[0], *row[2:]] for row in google.rows()])
    fair.sell("Grace")
    deliver(fair.store)
    assert google.column("name") == ["Ada", "Grace"]


def test_a_sheet_that_was_deleted_is_made_anew(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    follow(fair)
    deliver(fair.store)
    del google.sheets["Attendees"]
    fair.sell("Grace")
    deliver(fair.store)
    assert google.column("name") == ["Ada", "Grace"]


def test_a_sheet_without_its_codes_is_not_written_over(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    google.sheets["Attendees"] = Sheet(9)
    google.sheets["Attendees"].put([["something", "else"], ["of", "somebody"]])
    service = follow(fair)
    deliver(fair.store)
    assert google.rows() == [["something", "else"], ["of", "somebody"]]
    seen = read_service(fair.store, SYSTEM, service.id)
    assert seen.health is ServiceHealth.TROUBLE
    assert "The sheet Attendees has no column code any more." in seen.health_text


def test_a_cell_somebody_changed_is_put_right_at_the_next_look(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    follow(fair)
    deliver(fair.store)
    google.sheets["Attendees"].cells[1, 1] = "Mallory"
    look_again()
    fair.sell("Grace")
    deliver(fair.store)
    assert google.column("name") == ["Ada", "Grace"]


@pytest.mark.parametrize(
    ("after", "looked"),
    [(timedelta(minutes=14), 0), (timedelta(minutes=16), 1), (timedelta(days=5), 0)],
)
def test_while_an_event_lasts_its_spreadsheet_is_looked_at_by_itself(
    fair: Fair, google: Google, after: timedelta, looked: int
) -> None:
    del google
    follow(fair)
    assert queue_sheets(fair.store, SYSTEM.at(NOON)) == 1
    with fair.store.write() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'sent'")
    assert queue_sheets(fair.store, SYSTEM.at(NOON + after)) == looked


def test_a_sheet_that_is_too_small_is_made_larger(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    google.sheets["Attendees"] = Sheet(9, rows=1, columns=2)
    follow(fair)
    deliver(fair.store)
    assert google.column("name") == ["Ada"]


# The whole way


@pytest.mark.long
def test_the_spooler_brings_a_change_within_five_seconds(fair: Fair, google: Google) -> None:
    follow(fair)
    spooler = Spooler(fair.store, None, backups=False)
    spooler.start()
    try:
        _until(lambda: "Attendees" in google.sheets and google.rows() != [])
        fair.sell("Ada")
        took_s = _until(lambda: google.column("name") == ["Ada"])
    finally:
        spooler.stop()
    assert took_s < 5


def _until(happens: Callable[[], bool]) -> float:
    """Wait for something; returns for how many seconds."""
    begun_s = time.monotonic()
    while not happens():
        assert time.monotonic() < begun_s + 20
        time.sleep(0.01)
    return time.monotonic() - begun_s


@pytest.mark.long
def test_ten_thousand_tickets_go_in_few_calls(
    fair: Fair, google: Google, line: Counterpart
) -> None:
    for _ in range(20):
        fair.sell_all([f"Guest {number}" for number in range(500)])
    follow(fair)
    deliver(fair.store)
    assert len(google_codes(google)) == 10_000
    assert len(line.asked) < 15


# What goes wrong


FAULTS = [each for each in Fault if each not in (Fault.ENDLESS, Fault.HUGE)]


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_fails_nothing_is_lost_and_nothing_is_there_twice(
    fair: Fair, google: Google, line: Counterpart, fault: Fault
) -> None:
    service = follow(fair, **ALL)
    deliver(fair.store)
    with impatient():
        _fail_once(fair, line, service, fault)
    deliver(fair.store)
    assert read_service(fair.store, SYSTEM, service.id).health is ServiceHealth.GOOD
    assert google.column("name") == ["Guest"]


@pytest.mark.long
@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("fault", FAULTS)
def test_wherever_it_fails_nothing_is_lost_and_nothing_is_there_twice(
    fair: Fair, google: Google, line: Counterpart, fault: Fault, at: int
) -> None:
    service = follow(fair, **ALL)
    real = line.handler
    for times in range(3):
        look_again()
        calls = count()

        def fail_later(asked: Asked, calls: Iterator[int] = calls) -> Reply:
            done = real(asked)
            if next(calls) == at:
                line.fails(fault)
            return done

        fair.sell(f"Guest {times}")
        line.handler = fail_later
        with impatient():
            deliver(fair.store)
        line.handler = real
        line.heals()
        deliver(fair.store)
        assert read_service(fair.store, SYSTEM, service.id).failed == 0
    assert google.column("name") == [f"Guest {each}" for each in range(3)]
    assert len(google_codes(google)) == 3
    assert not [each for each in google.refusals if "Quota" not in each and "parse" not in each]


def _fail_once(fair: Fair, line: Counterpart, service: ServiceView, fault: Fault) -> None:
    """Sell while Google fails, and see that it is told."""
    fair.sell("Guest")
    line.fails(fault, times=None)
    deliver(fair.store)
    seen = read_service(fair.store, SYSTEM, service.id)
    assert (seen.health, seen.failed) == (ServiceHealth.TROUBLE, 0)
    line.heals()


@contextmanager
def impatient() -> Iterator[None]:
    """Wait for no answer longer than tests should."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spreadsheet, "TIMEOUT_S", 0.3)
        patch.setattr(google_account, "TIMEOUT_S", 0.3)
        yield


def test_a_write_whose_answer_was_lost_is_there_once(
    fair: Fair, google: Google, line: Counterpart
) -> None:
    follow(fair)
    deliver(fair.store)
    for number in range(3):
        fair.sell(f"Guest {number}")
        real, line.handler = line.handler, _cut_after_write(google, line)
        deliver(fair.store)
        line.handler = real
        deliver(fair.store)
    assert google.column("name") == ["Guest 0", "Guest 1", "Guest 2"]


def _cut_after_write(google: Google, line: Counterpart) -> Any:
    def answer(asked: Any) -> Any:
        done = google(asked)
        if asked.path.endswith("values:batchUpdate"):
            line.fails(Fault.DROPPED)
            raise OSError
        return done

    return answer


def test_after_an_outage_it_catches_up_with_one_delivery(
    fair: Fair, google: Google, line: Counterpart
) -> None:
    follow(fair)
    deliver(fair.store)
    line.down()
    for number in range(5):
        fair.sell(f"Guest {number}")
        deliver(fair.store)
    assert deliveries(fair.store).count("queued") == 1
    line.up()
    before = google.writes
    deliver(fair.store)
    assert google.column("name") == [f"Guest {each}" for each in range(5)]
    assert google.writes == before + 1


def test_a_used_up_quota_is_waited_for(fair: Fair, google: Google) -> None:
    service = follow(fair)
    fair.sell("Ada")
    google.quota = 1
    deliver(fair.store)
    seen = read_service(fair.store, SYSTEM, service.id)
    assert "wants fewer calls for a while (429)" in seen.health_text
    assert seen.rests_until is not None
    google.quota = None
    deliver(fair.store)
    assert google.column("name") == ["Ada"]


def test_a_token_that_ended_is_got_anew(fair: Fair, google: Google) -> None:
    follow(fair)
    deliver(fair.store)
    google.tokens.clear()
    fair.sell("Ada")
    deliver(fair.store)
    assert google.column("name") == ["Ada"]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_wrong_stops_nothing(fair: Fair, google: Google, minutes: int) -> None:
    google.ahead = timedelta(minutes=minutes)
    fair.sell("Ada")
    follow(fair)
    deliver(fair.store)
    assert google.column("name") == ["Ada"]


def test_a_spreadsheet_shared_later_is_written_then(fair: Fair, google: Google) -> None:
    fair.sell("Ada")
    google.editors.clear()
    google.readers.add(EMAIL)
    service = follow(fair)
    deliver(fair.store)
    seen = read_service(fair.store, SYSTEM, service.id)
    assert f"The spreadsheet is not shared with {EMAIL} for editing." in seen.health_text
    google.editors.add(EMAIL)
    deliver(fair.store)
    assert google.column("name") == ["Ada"]


def test_switched_off_nothing_is_written_and_switched_on_it_catches_up(
    fair: Fair, google: Google
) -> None:
    service = follow(fair)
    deliver(fair.store)
    change_service(fair.store, SYSTEM, service.id, {}, enabled=False)
    fair.sell("Ada")
    deliver(fair.store)
    assert google.column("name") == []
    change_service(fair.store, SYSTEM, service.id, {}, enabled=True)
    deliver(fair.store)
    assert google.column("name") == ["Ada"]


def test_a_cancelled_booking_is_told(fair: Fair, google: Google) -> None:
    booked = fair.sell("Ada")
    follow(fair)
    deliver(fair.store)
    cancel_booking(fair.store, SYSTEM.at(NOON), booked.booking_id, reason="ill")
    deliver(fair.store)
    assert google.column("state") == ["cancelled"]


def test_the_key_is_in_no_row_of_the_store(fair: Fair, google: Google) -> None:
    del google
    service = follow(fair)
    assert service.secrets == ("account",)
    assert "PRIVATE" not in str(service.values)
    assert key_file() not in str(service.values)


def test_deliveries_that_are_over_are_forgotten_behind_newer_ones(
    fair: Fair, google: Google
) -> None:
    del google
    follow(fair)
    deliver(fair.store)
    fair.sell("Ada")
    later = SYSTEM.at(utc_now() + timedelta(hours=1))
    queue_sheets(fair.store, later)
    assert deliveries(fair.store) == ["queued"]
