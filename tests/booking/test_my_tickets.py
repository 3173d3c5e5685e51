"""A person's own tickets and calendar."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar
from sqlalchemy import insert, update

from data.schema import AccountRow, EventRow, TicketRow
from data.store import Store
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.booking import my_tickets, save_calendar_file
from eventdesk.booking.own_tickets import calendar_file, my_ticket, ticket_file
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.door import Outcome, check_in
from tests.build import NOON, STAFF, Fair


def _person(store: Store, name: str) -> Actor:
    account_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(AccountRow).values(
                id=account_id,
                email=f"{name}@example.org",
                name=name,
                is_admin=False,
                secret_kind="pin",
                secret_hash="",
                created_at=NOON,
            )
        )
    return Actor(ActorKind.ACCOUNT, account_id, name, Role.ATTENDEE)


def _give(store: Store, ticket_id: UUID, account_id: UUID | None) -> None:
    with store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id == ticket_id).values(account_id=account_id)
        )


def test_the_code_a_person_is_shown_opens_the_door(store: Store, fair: Fair) -> None:
    ada = _person(store, "Ada")
    fair.sell("Ada Lovelace", account_id=ada.id)
    (ticket,) = my_tickets(store, ada.at(NOON))
    assert ticket.name == "Ada Lovelace"
    result = check_in(store, STAFF.at(NOON), fair.scan(ticket.token))
    assert result.outcome is Outcome.ADMITTED


def test_a_ticket_is_shown_to_its_holder_and_not_to_others(store: Store, fair: Fair) -> None:
    ada, eve = _person(store, "Ada"), _person(store, "Eve")
    booked = fair.sell("Ada Lovelace", account_id=ada.id)
    with pytest.raises(NotAllowedError):
        my_ticket(store, eve.at(NOON), booked.ticket_ids[0])
    _give(store, booked.ticket_ids[0], eve.id)
    assert my_ticket(store, eve.at(NOON), booked.ticket_ids[0]).code == booked.ticket_codes[0]
    assert my_tickets(store, ada.at(NOON)) == []
    with pytest.raises(NotAllowedError):
        my_ticket(store, ada.at(NOON), booked.ticket_ids[0])


def test_a_ticket_that_is_not_paid_or_approved_has_no_code_yet(store: Store, fair: Fair) -> None:
    ada = _person(store, "Ada")
    fair.sell_all(["Ada"], paid=False, account_id=ada.id)
    fair.sell_all(["Bob"], approved=False, account_id=ada.id)
    reasons = {ticket.name: ticket.why_no_code for ticket in my_tickets(store, ada.at(NOON))}
    assert "paid" in reasons["Ada"]
    assert "approved" in reasons["Bob"]
    assert [ticket.token for ticket in my_tickets(store, ada.at(NOON))] == ["", ""]


def test_a_ticket_of_a_cancelled_event_says_so(store: Store, fair: Fair) -> None:
    booked = fair.sell()
    with store.write() as connection:
        connection.execute(update(EventRow).values(state="cancelled"))
    ticket = my_ticket(store, STAFF.at(NOON), booked.ticket_ids[0])
    assert (ticket.token, ticket.why_no_code) == ("", "The event was cancelled.")


def test_tickets_of_past_events_are_apart(store: Store, fair: Fair) -> None:
    ada = _person(store, "Ada")
    fair.sell(account_id=ada.id)
    later = NOON + timedelta(days=30)
    assert my_tickets(store, ada.at(later)) == []
    assert len(my_tickets(store, ada.at(later), past=True)) == 1


def test_the_calendar_file_says_when_and_for_whom(store: Store, fair: Fair) -> None:
    booked = fair.sell("Ada Łovelace, the «1st»;\nBEGIN:VEVENT")
    written = calendar_file(store, STAFF.at(NOON), booked.ticket_ids[0])
    assert (written.media_type, written.name[-4:]) == ("text/calendar", ".ics")
    read = Calendar.from_ical(written.content)
    (entry,) = read.walk("VEVENT")
    assert entry.decoded("dtstart") == fair.event.starts_at
    assert str(entry["summary"]) == "Demo Days"
    assert booked.ticket_codes[0] in str(entry["description"])


def test_what_is_not_there_is_said(store: Store, fair: Fair) -> None:
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        my_ticket(store, STAFF.at(NOON), uuid4())


def test_a_calendar_file_never_replaces_another(store: Store, fair: Fair) -> None:
    booked = fair.sell()
    first = save_calendar_file(store, STAFF.at(NOON), booked.ticket_ids[0])
    second = save_calendar_file(store, STAFF.at(NOON), booked.ticket_ids[0])
    assert first != second
    assert first.parent == store.home / "exports"
    assert second.read_bytes() == first.read_bytes()


def test_a_ticket_on_paper_has_its_code(store: Store, fair: Fair) -> None:
    booked = fair.sell("Ada Łovelace " * 20)
    made = ticket_file(store, STAFF.at(NOON), booked.ticket_ids[0])
    assert (made.media_type, made.name[-4:]) == ("application/pdf", ".pdf")
    assert made.content.startswith(b"%PDF")


def test_a_ticket_without_a_code_is_no_paper(store: Store, fair: Fair) -> None:
    booked = fair.sell_all(["Ada"], paid=False)
    with pytest.raises(InvalidInputError, match="paid"):
        ticket_file(store, STAFF.at(NOON), booked.ticket_ids[0])
