"""An event that is called off: nobody waits for it any more, and no open offer is taken."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.event import listen

from data.schema import TicketRow
from eventdesk.acts import SYSTEM, Steps
from eventdesk.booking import NewBooking, NewTicket
from eventdesk.core.errors import InvalidInputError
from eventdesk.events import RequestState, cancel_event
from eventdesk.waiting import EntryState, accept, ask, join, my_entries, my_requests, open_queue
from eventdesk.waiting.waitlist_offers import events_to_fill
from tests.build import NOON, Fair
from tests.figures.crowd import (
    EARLY,
    entries,
    free,
    notices,
    person,
    sell_out,
    set_event,
    valid_tickets,
)


def test_nobody_waits_for_a_cancelled_event_and_an_open_offer_is_void(fair: Fair) -> None:
    store = fair.store
    sold = sell_out(fair, fair.regular)
    ada, bob, cleo = (person(store, name) for name in ("Ada", "Bob", "Cleo"))
    for one in (ada, bob):
        join(store, one.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    free(fair, *sold)
    open_queue(
        store,
        SYSTEM.at(EARLY),
        fair.event.id,
        queue_from=EARLY,
        queue_until=EARLY + timedelta(hours=1),
    )
    wish = NewBooking("Cleo", "cleo@example.org", (NewTicket(fair.regular, "Cleo"),))
    ask(store, cleo.at(EARLY), fair.event.id, wish)
    assert [state for _, state in entries(store)] == [EntryState.OFFERED, EntryState.WAITING]
    offer = my_entries(store, ada.at(EARLY))[0].id
    cancel_event(store, SYSTEM.at(EARLY), fair.event.id, reason="Storm.")
    assert [state for _, state in entries(store)] == [EntryState.LEFT, EntryState.LEFT]
    assert [one.state for one in my_requests(store, cleo)] == [RequestState.CANCELLED]
    for one in (ada, bob, cleo):
        assert notices(store, one)[-1] == ("cancellation", "Demo Days is cancelled")
    with pytest.raises(InvalidInputError, match="taken off"):
        accept(store, ada.at(EARLY), offer)


def test_no_offered_place_of_an_event_that_does_not_take_place_is_taken(fair: Fair) -> None:
    sold = sell_out(fair, fair.regular)
    ada = person(fair.store, "Ada")
    join(fair.store, ada.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    free(fair, *sold)
    set_event(fair, state="cancelled")
    with pytest.raises(InvalidInputError, match="does not take place"):
        accept(fair.store, ada.at(EARLY), my_entries(fair.store, ada.at(EARLY))[0].id)
    assert valid_tickets(fair.store, fair.regular) == 0


def test_what_has_begun_is_looked_at_no_more_although_somebody_waited(fair: Fair) -> None:
    sold = sell_out(fair, fair.regular)
    ada = person(fair.store, "Ada")
    join(fair.store, ada.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id.in_(sold)).values(state="cancelled")
        )
    asked: list[str] = []
    with Steps(fair.store, SYSTEM).read() as act:
        listen(act.connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert events_to_fill(act.at(NOON - timedelta(days=1))) == [fair.event.id]
        at_an_event, asked[:] = len(asked), []
        assert events_to_fill(act.at(fair.event.starts_at)) == []
        assert len(asked) == 0 < at_an_event, (
            "the one question before them is prepared, and not heard"
        )
