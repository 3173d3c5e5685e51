"""Refused bookings: kept after the transaction that failed, one a minute for each who asks."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from data.schema import RefusalRow
from data.store import Store
from eventdesk.acts import Actor
from eventdesk.booking import NewBooking, NewTicket, book
from eventdesk.core.errors import SoldOutError, StoreBusyError
from eventdesk.keeping import erase_account
from eventdesk.keeping.personal_data import personal_data
from eventdesk.sales import NewTicketType, add_ticket_type, remove_ticket_type
from tests.build import NOON, SUPERVISOR, Fair
from tests.orders import EARLY, order_for, person, set_event, set_type
from tests.payments import eur
from tests.people import make_staff


def refusals(store: Store) -> list[tuple[object, ...]]:
    columns = RefusalRow.account_id, RefusalRow.tickets, RefusalRow.places, RefusalRow.amount_minor
    with store.read() as connection:
        rows = connection.execute(select(*columns).order_by(RefusalRow.refused_at)).all()
    return [tuple(row) for row in rows]


def refuse(fair: Fair, actor: Actor, *names: str, now: datetime = EARLY) -> None:
    with pytest.raises(SoldOutError):
        order_for(fair, actor, *names, now=now)


@pytest.fixture
def ada(fair: Fair) -> Actor:
    set_type(fair, fair.regular, quota=0)
    return person(fair.store, "Ada")


def test_a_refusal_is_kept_and_the_booking_is_not(fair: Fair, ada: Actor) -> None:
    refuse(fair, ada, "Ada", "Ben")
    assert refusals(fair.store) == [(ada.id, 2, 0, 24000)]


def test_a_flood_of_refusals_is_one_a_minute_for_each_who_asks(fair: Fair, ada: Actor) -> None:
    writes = fair.store.writes
    for second in range(0, 59, 6):
        refuse(fair, ada, now=EARLY + timedelta(seconds=second))
    assert fair.store.writes == writes + 1
    ben = person(fair.store, "Ben")
    refuse(fair, ben, now=EARLY)
    refuse(fair, ada, now=EARLY + timedelta(minutes=1))
    assert [row[0] for row in refusals(fair.store)] == [ada.id, ben.id, ada.id]


def test_each_ticket_type_and_the_whole_event_count_for_themselves(fair: Fair, ada: Actor) -> None:
    set_type(fair, fair.vip, quota=0)
    refuse(fair, ada)
    with pytest.raises(SoldOutError):
        order_for(fair, ada, ticket_type_id=fair.vip)
    for type_id in (fair.regular, fair.vip):
        set_type(fair, type_id, quota=None)
    set_event(fair, capacity=0)
    refuse(fair, ada)
    with fair.store.read() as connection:
        kept = set(connection.execute(select(RefusalRow.ticket_type_id)).scalars())
    assert kept == {fair.regular, fair.vip, None}


def test_what_the_team_books_in_vain_is_kept_by_who_did(fair: Fair) -> None:
    set_type(fair, fair.regular, quota=1)
    staff = make_staff(fair)
    tickets = tuple(NewTicket(fair.regular, name) for name in ("Cid", "Dan"))
    bookings = [NewBooking("Cid", "", tickets, source="desk")]
    with pytest.raises(SoldOutError):
        book(fair.store, staff.at(NOON), fair.event.id, bookings)
    assert refusals(fair.store) == [(staff.id, 2, 1, 24000)]


def test_a_ticket_type_that_was_only_refused_can_be_removed(fair: Fair, ada: Actor) -> None:
    new = NewTicketType("Wrong", eur(500), quota=0)
    type_id = add_ticket_type(fair.store, SUPERVISOR.at(EARLY), fair.event.id, new)
    with pytest.raises(SoldOutError):
        order_for(fair, ada, ticket_type_id=type_id)
    remove_ticket_type(fair.store, SUPERVISOR.at(EARLY), type_id)
    assert refusals(fair.store) == []


def test_who_was_refused_reads_it_in_their_data_and_is_not_known_once_erased(
    fair: Fair, ada: Actor
) -> None:
    refuse(fair, ada)
    parts = personal_data(fair.store, ada.at(NOON)).parts
    assert [row["tickets"] for row in parts["refusals"]] == [1]
    erase_account(fair.store, ada.at(NOON))
    assert refusals(fair.store) == [(None, 1, 0, 12000)]


def test_what_cannot_be_noted_hides_no_refusal(
    fair: Fair, ada: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opened = fair.store.write
    calls = []

    def broken(*, about: UUID | None = None) -> AbstractContextManager[Connection]:
        calls.append(about)
        if len(calls) > 1:
            raise StoreBusyError("The store is busy.")
        return opened(about=about)

    monkeypatch.setattr(fair.store, "write", broken)
    refuse(fair, ada)
    assert refusals(fair.store) == []
    assert "could not be noted" in caplog.text
