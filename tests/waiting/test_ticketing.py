"""Tickets by name: in order, exactly once, and back again."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from data.schema import AuditRow, QueueRequestRow
from data.store import Store
from eventdesk.acts import ERASED, SYSTEM
from eventdesk.booking import (
    NewBooking,
    NewTicket,
    booking_detail,
    cancel_booking,
    find_booking,
    order,
)
from eventdesk.core.errors import (
    EventDeskError,
    InvalidInputError,
    NotFoundError,
    SalesClosedError,
    TicketOverError,
)
from eventdesk.core.made_file import MadeFile
from eventdesk.events import RequestState
from eventdesk.keeping import erase_guest
from eventdesk.keeping.guests import guest_data
from eventdesk.sales import NewQuestion, add_question
from eventdesk.waiting import (
    Queued,
    ask,
    give_back,
    list_requests,
    named_queue,
    named_transactions,
    open_queue,
    places_by_type,
    queue_up,
    sales_by_type,
    serve_next,
    serve_queues,
)
from tests.build import Fair
from tests.figures.crowd import EARLY, person, set_type, valid_tickets

CLERK = SYSTEM.at(EARLY)


@pytest.fixture
def box(fair: Fair) -> Fair:
    """The fair with two types that cost nothing: three places for VIPs, two for the others."""
    set_type(fair.store, fair.vip, name="VIP", priority=1, quota=3, price_minor=0)
    set_type(fair.store, fair.regular, name="Regular", priority=0, quota=2, price_minor=0)
    return fair


def come(fair: Fair, name: str, kind: str = "Regular") -> Queued:
    return queue_up(fair.store, CLERK, fair.event.id, name, kind)


def called(fair: Fair) -> Queued:
    served = serve_next(fair.store, CLERK, fair.event.id)
    assert served is not None
    return served


def back(fair: Fair, ticket: str) -> Queued:
    return give_back(fair.store, CLERK, fair.event.id, ticket)


def test_vips_go_first_and_the_others_as_they_came(box: Fair) -> None:
    came = [come(box, "Ada"), come(box, "Ben"), come(box, "Cleo", "VIP")]
    assert [each.place for each in came] == [1, 2, 1]
    assert [called(box).name for _ in came] == ["Cleo", "Ada", "Ben"]
    assert called_or_nobody(box) is None


def test_vips_go_first_whatever_the_priorities_of_types_are(box: Fair) -> None:
    set_type(box.store, box.regular, priority=1000)
    come(box, "Ada")
    set_type(box.store, box.vip, priority=-1000)
    come(box, "Ben", "VIP"), come(box, "Cleo", "VIP")
    assert [called(box).name for _ in range(3)] == ["Ben", "Cleo", "Ada"]


def test_a_confirmed_one_is_a_booking_with_a_ticket(box: Fair) -> None:
    come(box, "Ada")
    done = called(box)
    assert (done.status, done.place) == (RequestState.CONFIRMED, None)
    [ticket] = booking_detail(
        box.store, CLERK, find_booking(box.store, SYSTEM, done.booking)
    ).tickets
    assert (ticket.name, ticket.state) == ("Ada", "valid")
    assert places_by_type(box.store, CLERK, box.event.id) == {"VIP": 3, "Regular": 1}
    sold = sales_by_type(box.store, CLERK, box.event.id)["Regular"]
    assert (sold.sold, sold.held, sold.remaining) == (1, 0, 1)


def test_who_comes_behind_the_last_place_is_told_that_it_is_sold_out(box: Fair) -> None:
    for name in ("Ada", "Ben", "Cleo"):
        come(box, name)
    assert [called(box).status for _ in range(3)] == ["confirmed", "confirmed", "sold_out"]


def test_a_place_that_is_given_back_goes_to_the_next(box: Fair) -> None:
    first, _second, third = come(box, "Ada"), come(box, "Ben"), come(box, "Cleo")
    called(box), called(box)
    assert back(box, first.ticket).status == RequestState.CANCELLED
    assert places_by_type(box.store, CLERK, box.event.id)["Regular"] == 1
    assert (called(box).ticket, called_or_nobody(box)) == (third.ticket, None)


def called_or_nobody(fair: Fair) -> Queued | None:
    return serve_next(fair.store, CLERK, fair.event.id)


def test_who_waits_may_leave_and_is_not_called(box: Fair) -> None:
    first, second = come(box, "Ada"), come(box, "Ben")
    back(box, first.ticket)
    assert called(box).ticket == second.ticket
    assert called_or_nobody(box) is None


def test_a_ticket_is_given_back_once(box: Fair) -> None:
    there = come(box, "Ada")
    called(box)
    back(box, there.ticket)
    with pytest.raises(TicketOverError):
        back(box, there.ticket)


def test_a_ticket_has_one_short_code_from_the_beginning_however_it_is_typed(box: Fair) -> None:
    there = come(box, "Ada")
    assert called(box).ticket == there.ticket
    assert len(there.ticket) <= 10
    typed = f" {there.ticket[:4]}-{there.ticket[4:]} ".lower()
    assert back(box, typed).ticket == there.ticket


def test_what_is_no_ticket_names_none(box: Fair) -> None:
    there = come(box, "Ada")
    other = "A" if there.ticket[0] != "A" else "B"
    near = (other + there.ticket[1:], there.ticket[:7] + "2" + there.ticket[7:], there.ticket[:7])
    for ticket in (*near, there.ticket + "2", "A" * 100, str(uuid4()), "no ticket", "", "É" * 9):
        with pytest.raises(NotFoundError):
            back(box, ticket)
    assert called(box).ticket == there.ticket


def test_what_is_sold_out_has_nothing_to_give_back(box: Fair) -> None:
    *_taken, last = (come(box, name) for name in ("Ada", "Ben", "Cleo"))
    for _ in range(3):
        called(box)
    with pytest.raises(TicketOverError):
        back(box, last.ticket)


def test_what_costs_something_is_held_unpaid_for_a_while(box: Fair) -> None:
    set_type(box.store, box.regular, price_minor=1000)
    there = come(box, "Ada")
    assert called(box).status == RequestState.CONFIRMED
    held = sales_by_type(box.store, CLERK, box.event.id)["Regular"]
    assert (held.sold, held.held, held.remaining) == (0, 1, 1)
    late = SYSTEM.at(EARLY + timedelta(days=20))
    assert places_by_type(box.store, late, box.event.id)["Regular"] == 2
    with pytest.raises(TicketOverError):
        give_back(box.store, late, box.event.id, there.ticket)


def test_what_the_desk_cancelled_is_not_there_any_more(box: Fair) -> None:
    there = come(box, "Ada")
    booking_id = find_booking(box.store, SYSTEM, called(box).booking)
    cancel_booking(box.store, CLERK, booking_id, reason="by the desk")
    with pytest.raises(TicketOverError):
        back(box, there.ticket)


def test_a_ticket_of_another_event_is_not_there(box: Fair) -> None:
    there = come(box, "Ada")
    with pytest.raises(EventDeskError):
        give_back(box.store, CLERK, uuid4(), there.ticket)


def test_a_ticket_of_somebody_with_an_account_is_no_ticket_here(box: Fair) -> None:
    there = come(box, "Ada")
    ada = person(box.store, "Ada")
    with box.store.write() as connection:
        connection.execute(update(QueueRequestRow).values(account_id=ada.id))
    with pytest.raises(NotFoundError):
        back(box, there.ticket)


@pytest.mark.parametrize("kind", ["vip", "Student", "", "VIP "])
def test_another_type_is_refused(box: Fair, kind: str) -> None:
    with pytest.raises(InvalidInputError):
        come(box, "Ada", kind)


@pytest.mark.parametrize("name", ["", "  ", "\n\t", "x" * 201])
def test_a_name_is_needed_and_has_an_end(box: Fair, name: str) -> None:
    with pytest.raises(InvalidInputError):
        come(box, name)


def test_the_types_are_the_events_own_by_name(box: Fair) -> None:
    set_type(box.store, box.vip, name="Press")
    with pytest.raises(InvalidInputError) as refused:
        come(box, "Ada", "VIP")
    assert "Press" in refused.value.hint
    assert "Regular" in refused.value.hint
    come(box, "Ada", "Press")
    assert called(box).ticket_type == "Press"
    assert places_by_type(box.store, CLERK, box.event.id) == {"Press": 2, "Regular": 2}
    set_type(box.store, box.vip, active=False)
    assert set(sales_by_type(box.store, CLERK, box.event.id)) == {"Regular"}
    with pytest.raises(InvalidInputError):
        come(box, "Ben", "Press")


def test_what_a_name_cannot_answer_is_said_before_somebody_waits(box: Fair) -> None:
    add_question(box.store, CLERK, box.event.id, NewQuestion("Shoe size?", required=True))
    with pytest.raises(InvalidInputError, match="Shoe size"):
        come(box, "Ada")


ENDS = EARLY + timedelta(minutes=5)


def hour_of(fair: Fair, begins: datetime = EARLY) -> None:
    open_queue(fair.store, CLERK, fair.event.id, queue_from=begins, queue_until=ENDS)


def ask_by_account(fair: Fair) -> None:
    asked = NewBooking("Cleo", "", (NewTicket(fair.regular, "Cleo"),))
    ask(fair.store, person(fair.store, "Cleo").at(EARLY), fair.event.id, asked)


def test_an_hour_of_opening_is_not_overtaken(box: Fair) -> None:
    come(box, "Ada")
    hour_of(box)
    with pytest.raises(SalesClosedError, match="collected in an hour"):
        come(box, "Ben")
    with pytest.raises(SalesClosedError, match="collected in an hour"):
        called(box)
    ask_by_account(box)
    later = SYSTEM.at(ENDS)
    with pytest.raises(SalesClosedError, match="being served"):
        queue_up(box.store, later, box.event.id, "Ben", "Regular")
    with pytest.raises(SalesClosedError, match="being served"):
        serve_next(box.store, later, box.event.id)


def test_before_an_hour_of_opening_names_are_taken(box: Fair) -> None:
    hour_of(box, begins=EARLY + timedelta(minutes=1))
    come(box, "Ada")
    assert called(box).status is RequestState.CONFIRMED


def test_what_an_hour_of_opening_left_is_given_to_who_comes_then(box: Fair) -> None:
    first = come(box, "Ada")
    hour_of(box)
    ask_by_account(box)
    later = SYSTEM.at(ENDS)
    assert serve_queues(box.store, later) == 2  # who came before it was taken with them
    ada = give_back(box.store, later, box.event.id, first.ticket)
    assert ada.status is RequestState.CANCELLED
    ben = queue_up(box.store, later, box.event.id, "Ben", "Regular")
    vip = queue_up(box.store, later, box.event.id, "Dora", "VIP")
    assert serve_queues(box.store, later) == 0  # these wait to be called
    direct = NewBooking("Eve", "", (NewTicket(box.vip, "Eve"),))
    order(box.store, person(box.store, "Eve").at(ENDS), box.event.id, direct)
    served = [serve_next(box.store, later, box.event.id) for _ in range(3)]
    assert [each and each.ticket for each in served] == [vip.ticket, ben.ticket, None]
    assert [each.status for each in served[:2] if each] == [RequestState.CONFIRMED] * 2


def test_who_is_erased_has_no_name_in_the_queue(box: Fair) -> None:
    come(box, "Ada Lovelace")
    code, later = called(box).booking, SYSTEM.at(EARLY + timedelta(days=60))
    assert "Ada Lovelace" in guest_data(box.store, later, box.event.id, code).to_json()
    erase_guest(box.store, later, box.event.id, code)
    [request], _total = list_requests(box.store, later, box.event.id)
    assert request.name == ERASED


@pytest.mark.long
def test_nothing_is_oversold_however_many_come_go_and_call_at_once(box: Fair) -> None:
    """Four programs' stores: who comes, who calls and who gives back, all at once."""
    stores = [Store(box.store.home) for _ in range(4)]
    kinds = ["VIP" if number % 3 == 0 else "Regular" for number in range(24)]

    def visit(number: int) -> list[Queued]:
        fair = Fair(stores[number % 4], box.event, box.regular, box.vip, box.door, box.gate)
        mine = come(fair, f"Guest {number}", kinds[number])
        seen = [called_or_nobody(fair)]
        if number % 4 == 0:
            try:
                back(fair, mine.ticket)
            except TicketOverError:
                seen.append(None)
        seen.append(called_or_nobody(fair))
        return [each for each in seen if each is not None]

    with ThreadPoolExecutor(8) as threads:
        served = [each for some in threads.map(visit, range(24)) for each in some]
    while (more := called_or_nobody(box)) is not None:
        served.append(more)
    for store in stores:
        store.close()
    assert len({each.ticket for each in served}) == len(served) == len(taken_in_order(box))
    for type_id, quota in ((box.vip, 3), (box.regular, 2)):
        assert valid_tickets(box.store, type_id) <= quota


def taken_in_order(fair: Fair) -> list[str]:
    """Who was called, as the audit says; each time the first of those who waited."""
    with fair.store.read() as connection:
        told = select(AuditRow.verb, AuditRow.subject_id).order_by(AuditRow.seq)
        acts = connection.execute(told).all()
        asked = connection.execute(select(QueueRequestRow.id, QueueRequestRow.priority)).all()
    priority = {row.id: row.priority for row in asked}
    waiting: list[UUID | None] = []
    taken = []
    for verb, subject in acts:
        if verb == "ask":
            waiting.append(subject)
        elif verb == "withdraw":
            waiting.remove(subject)
        elif verb == "take_request":
            waiting.sort(key=lambda each: -priority[each] if each else 0)
            assert waiting.pop(0) == subject
            taken.append(str(subject))
    return taken


def lines_of(file: MadeFile) -> list[dict[str, str]]:
    text = file.content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


def test_the_queue_is_a_table_in_the_order_of_being_called(box: Fair) -> None:
    ada, ben, cleo = come(box, "Ada"), come(box, "=1+1"), come(box, "Cleo", "VIP")
    back(box, ada.ticket)
    lines = lines_of(named_queue(box.store, CLERK, box.event.id))
    assert [(each["ticket"], each["state"], each["place"]) for each in lines] == [
        (cleo.ticket, "waiting", "1"),
        (ben.ticket, "waiting", "2"),
        (ada.ticket, "cancelled", ""),
    ]
    assert [each["name"] for each in lines] == ["Cleo", "'=1+1", "Ada"]
    assert [each["ticket_type"] for each in lines] == ["VIP", "Regular", "Regular"]


def test_transactions_are_what_happened_in_order(box: Fair) -> None:
    set_type(box.store, box.regular, price_minor=1250)
    ada, ben = come(box, "Ada"), come(box, "Ben")
    called(box), called(box)
    back(box, ada.ticket)
    late = SYSTEM.at(EARLY + timedelta(days=20))
    lines = lines_of(named_transactions(box.store, late, box.event.id))
    what = [(each["what"], each["ticket"]) for each in lines]
    assert what[-1] == ("expired", ben.ticket)
    assert sorted(what[:-1]) == sorted(
        [
            ("registered", ada.ticket),
            ("confirmed", ada.ticket),
            ("cancelled", ada.ticket),
            ("registered", ben.ticket),
            ("confirmed", ben.ticket),
        ]
    )
    assert {(each["amount"], each["currency"]) for each in lines} == {("12.50", "EUR")}
    assert all(datetime.fromisoformat(each["at"]).tzinfo for each in lines)


def test_tables_hold_nobody_with_an_account(box: Fair) -> None:
    come(box, "Ada")
    ada = person(box.store, "Ada")
    with box.store.write() as connection:
        connection.execute(update(QueueRequestRow).values(account_id=ada.id))
    for verb in (named_queue, named_transactions):
        assert lines_of(verb(box.store, CLERK, box.event.id)) == []
