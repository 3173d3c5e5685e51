"""The hour of opening: collecting requests, and taking them in order, each once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from data.schema import AuditRow, BookingRow, QueueRequestRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import NewBooking, NewTicket, cancel_booking, order
from eventdesk.core.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SalesClosedError,
)
from eventdesk.events import RequestState, RequestView, lot
from eventdesk.money import take_payment
from eventdesk.waiting import (
    ask,
    close_queue,
    list_requests,
    my_requests,
    open_queue,
    queue,
    queue_summary,
    run_queue,
    serve_queues,
    withdraw,
)
from tests.build import ATTENDEE, SUPERVISOR, Fair
from tests.figures.crowd import (
    EARLY,
    audited,
    invite_vip,
    notices,
    person,
    set_event,
    set_type,
    valid_tickets,
)
from tests.mailing.office import queued, set_mail_up

CLOSED = EARLY + timedelta(hours=1)
"""When requests are collected no more."""


@pytest.fixture
def opening(fair: Fair) -> Fair:
    """The fair while requests are collected."""
    open_queue(
        fair.store,
        SUPERVISOR.at(EARLY),
        fair.event.id,
        queue_from=EARLY,
        queue_until=CLOSED,
        by_lot=True,
    )
    return fair


def wish(fair: Fair, *types: UUID, **given: Any) -> NewBooking:
    tickets = tuple(NewTicket(type_id, f"Guest {n}") for n, type_id in enumerate(types))
    return NewBooking("Guest", "guest@example.org", tickets, **given)


def request(fair: Fair, name: str, *types: UUID, **given: Any) -> RequestView:
    """Let a new person ask for tickets."""
    booking = wish(fair, *(types or (fair.regular,)))
    return ask(fair.store, person(fair.store, name).at(EARLY), fair.event.id, booking, **given)


def outcomes(store: Store) -> dict[str, int]:
    with store.read() as connection:
        states = list(connection.execute(select(QueueRequestRow.state)).scalars())
    return {state: states.count(state) for state in sorted(set(states))}


def test_requests_are_collected_only_in_their_time(store: Store, fair: Fair) -> None:
    ada = person(store, "Ada")
    booking = wish(fair, fair.regular)
    with pytest.raises(InvalidInputError, match="No requests"):
        ask(store, ada.at(EARLY), fair.event.id, booking)
    open_queue(store, SUPERVISOR.at(EARLY), fair.event.id, queue_from=EARLY, queue_until=CLOSED)
    with pytest.raises(InvalidInputError, match="not collected yet"):
        ask(store, ada.at(EARLY - timedelta(seconds=1)), fair.event.id, booking)
    with pytest.raises(InvalidInputError, match="no more"):
        ask(store, ada.at(CLOSED), fair.event.id, booking)
    assert ask(store, ada.at(EARLY), fair.event.id, booking).state is RequestState.WAITING
    with pytest.raises(SalesClosedError, match="Requests are collected until 13:00, then all"):
        order(store, ada.at(EARLY), fair.event.id, booking)


def test_a_window_must_make_sense(store: Store, opening: Fair) -> None:
    event_id = opening.event.id
    for begin, end in (
        (EARLY, None),
        (EARLY, EARLY),
        (EARLY, opening.event.starts_at + timedelta(hours=1)),
    ):
        with pytest.raises(InvalidInputError, match=r"A queue needs|The queue ends|The queue must"):
            open_queue(store, SUPERVISOR.at(EARLY), event_id, queue_from=begin, queue_until=end)
    request(opening, "Ada")
    with pytest.raises(InvalidInputError, match="still wait"):
        open_queue(store, SUPERVISOR.at(EARLY), event_id, queue_from=None, queue_until=None)
    with pytest.raises(NotAllowedError):
        open_queue(store, ATTENDEE.at(EARLY), event_id, queue_from=EARLY, queue_until=CLOSED)


def test_a_person_has_one_request_and_may_take_it_back(store: Store, opening: Fair) -> None:
    ada = person(store, "Ada")
    first = ask(store, ada.at(EARLY), opening.event.id, wish(opening, opening.vip))
    with pytest.raises(InvalidInputError, match="already"):
        ask(store, ada.at(EARLY), opening.event.id, wish(opening, opening.regular))
    with pytest.raises(NotAllowedError):
        withdraw(store, person(store, "Eve").at(EARLY), first.id)
    assert withdraw(store, ada.at(EARLY), first.id).state is RequestState.CANCELLED
    with pytest.raises(InvalidInputError, match="This request was decided already"):
        withdraw(store, ada.at(EARLY), first.id)
    ask(store, ada.at(EARLY), opening.event.id, wish(opening, opening.regular))
    assert [each.state for each in my_requests(store, ada)] == [
        RequestState.WAITING,
        RequestState.CANCELLED,
    ]


def test_what_cannot_be_booked_cannot_be_asked_for(store: Store, opening: Fair) -> None:
    bob = person(store, "Bob")
    for booking in (
        NewBooking("Bob", "", ()),
        NewBooking("Bob", "", (NewTicket(opening.regular, " "),)),
        wish(opening, *[opening.regular] * 101),
    ):
        with pytest.raises(InvalidInputError, match=r"A booking|A request may|A ticket needs"):
            ask(store, bob.at(EARLY), opening.event.id, booking)
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        request(opening, "Ada", UUID(int=5))
    with pytest.raises(NotAllowedError):
        ask(store, SYSTEM.at(EARLY), opening.event.id, wish(opening, opening.regular))


def test_nothing_is_taken_while_requests_are_collected(store: Store, opening: Fair) -> None:
    request(opening, "Ada")
    with pytest.raises(InvalidInputError, match="still collected"):
        run_queue(store, SUPERVISOR.at(CLOSED - timedelta(seconds=1)), opening.event.id)
    with pytest.raises(NotAllowedError):
        run_queue(store, ATTENDEE.at(CLOSED), opening.event.id)
    assert outcomes(store) == {"waiting": 1}


def test_vips_are_taken_before_regulars_and_all_are_told(store: Store, opening: Fair) -> None:
    set_type(store, opening.regular, quota=2)
    people = [person(store, name) for name in ("Ada", "Bob", "Cid", "Vic")]
    invite_vip(opening, people[3])
    for each in people:
        ask(store, each.at(EARLY), opening.event.id, wish(opening, opening.regular))
    after = run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    assert (after.confirmed, after.sold_out, after.waiting, after.total) == (2, 2, 0, 4)
    assert [(each.name, each.left) for each in after.remaining] == [("Regular", 0), ("VIP", None)]
    assert my_requests(store, people[3].at(CLOSED))[0].state is RequestState.CONFIRMED
    told = [[kind for kind, _ in notices(store, each)] for each in people]
    assert told == [["booking"]] * 4
    assert audited(store, "draw_lots", "take_request") == ["draw_lots", *["take_request"] * 4]


def test_within_a_class_the_lot_decides_and_can_be_checked(store: Store, opening: Fair) -> None:
    ids = {request(opening, f"P{n}").id for n in range(12)}
    seed = bytes.fromhex(run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id).seed)
    with store.read() as connection:
        entries = connection.execute(
            select(AuditRow.verb, AuditRow.subject_id, AuditRow.detail)
            .where(AuditRow.verb.in_(("draw_lots", "take_request")))
            .order_by(AuditRow.seq)
        ).all()
    assert entries[0].detail["seed"] == seed.hex()
    assert [each.subject_id for each in entries[1:]] == sorted(ids, key=lambda one: lot(seed, one))


def test_one_vip_ticket_takes_no_regular_ones_past_the_others(store: Store, opening: Fair) -> None:
    assert request(opening, "Ada", opening.vip).priority == 1
    assert request(opening, "Bob", opening.vip, opening.regular).priority == 0


def test_a_wish_is_met_in_part_only_where_that_is_welcome(store: Store, opening: Fair) -> None:
    set_type(store, opening.regular, quota=2)
    three = (opening.regular,) * 3
    request(opening, "All or nothing", *three)
    assert run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id).sold_out == 1
    assert valid_tickets(store, opening.regular) == 0
    request(opening, "Some", *three, opening.vip, partly=True)
    after = run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    assert (after.confirmed, after.sold_out) == (1, 1)
    assert valid_tickets(store, opening.regular) == 2
    assert valid_tickets(store, opening.vip) == 1
    listed, total = list_requests(store, SUPERVISOR, opening.event.id, search="some")
    assert ([each.reason for each in listed], total) == (["3 of 4; the rest is sold out."], 1)


def test_the_capacity_of_the_event_shortens_a_wish_too(store: Store, opening: Fair) -> None:
    set_event(opening, capacity=2)
    request(opening, "Some", opening.vip, opening.regular, opening.vip, partly=True)
    assert run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id).confirmed == 1
    assert (valid_tickets(store, opening.vip), valid_tickets(store, opening.regular)) == (1, 1)


def test_what_cannot_be_booked_fails_alone_and_says_why(store: Store, opening: Fair) -> None:
    ada, bob = person(store, "Ada"), person(store, "Bob")
    bad = wish(opening, opening.regular, code="NOPE")
    ask(store, ada.at(EARLY), opening.event.id, bad)
    ask(store, bob.at(EARLY), opening.event.id, wish(opening, opening.regular))
    after = run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    assert (after.confirmed, after.failed) == (1, 1)
    assert "code" in my_requests(store, ada)[0].reason
    assert valid_tickets(store, opening.regular) == 1


def test_a_run_that_stops_goes_on_where_it_was(store: Store, opening: Fair) -> None:
    for n in range(7):
        request(opening, f"P{n}")
    first = run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id, most=3)
    assert (first.confirmed, first.waiting) == (3, 4)
    after = run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    assert (after.confirmed, after.waiting, after.seed) == (7, 0, first.seed)
    assert valid_tickets(store, opening.regular) == 7
    assert queue_summary(store, SUPERVISOR.at(CLOSED), opening.event.id) == after


def test_a_request_whose_booking_ended_is_confirmed_no_more(store: Store, opening: Fair) -> None:
    asked = [request(opening, f"P{n}") for n in range(3)]
    run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    views, _total = list_requests(store, SUPERVISOR.at(CLOSED), opening.event.id)
    booking_of = {view.id: view.booking_id for view in views}
    cancelled, paid = booking_of[asked[0].id], booking_of[asked[1].id]
    assert cancelled is not None
    assert paid is not None
    cancel_booking(store, SUPERVISOR.at(CLOSED), cancelled, reason="ill")
    take_payment(store, SUPERVISOR.at(CLOSED), paid, method="cash")
    late = SUPERVISOR.at(CLOSED + timedelta(hours=1))
    after = queue_summary(store, late, opening.event.id)
    assert (after.confirmed, after.cancelled) == (1, 2)
    views, _total = list_requests(store, late, opening.event.id)
    assert {view.id: view.state for view in views} == dict(
        zip(
            (each.id for each in asked),
            (RequestState.CANCELLED, RequestState.CONFIRMED, RequestState.CANCELLED),
            strict=True,
        )
    )


def test_an_end_in_the_middle_of_a_request_takes_it_once(
    store: Store, opening: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        request(opening, f"P{n}")
    decide = queue._decide

    def end(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(queue, "_decide", end)
    with pytest.raises(KeyboardInterrupt):
        run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    assert valid_tickets(store, opening.regular) == 0
    monkeypatch.setattr(queue, "_decide", decide)
    assert run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id).confirmed == 3
    assert valid_tickets(store, opening.regular) == 3


def test_progress_is_told_while_it_runs(store: Store, opening: Fair) -> None:
    for n in range(101):
        request(opening, f"P{n}")
    seen: list[int] = []
    run_queue(
        store,
        SUPERVISOR.at(CLOSED),
        opening.event.id,
        progress=lambda standing: seen.append(standing.confirmed),
    )
    assert seen == [50, 100]


def test_withdrawn_requests_are_passed_over(store: Store, opening: Fair) -> None:
    ada = person(store, "Ada")
    mine = ask(store, ada.at(EARLY), opening.event.id, wish(opening, opening.regular))
    request(opening, "Bob")
    withdraw(store, ada.at(EARLY), mine.id)
    after = run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    assert (after.confirmed, after.cancelled, after.total) == (1, 1, 1)


def test_a_wish_keeps_nothing_that_only_the_team_may_say(store: Store, opening: Fair) -> None:
    ticket = NewTicket(opening.regular, "Ada", attention="Let her through", seat="A1")
    sly = NewBooking("Ada", "ada@example.org", (ticket,), paid=True, approved=True, note="VIP")
    ask(store, person(store, "Ada").at(EARLY), opening.event.id, sly)
    with store.read() as connection:
        kept = connection.execute(select(QueueRequestRow.wish)).scalar_one()
    assert "Let her through" not in str(kept)
    run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    with store.read() as connection:
        assert connection.execute(select(BookingRow.state)).scalars().all() == ["pending"]


def test_nobody_books_past_requests_that_still_wait(store: Store, opening: Fair) -> None:
    request(opening, "Ada")
    bob = person(store, "Bob")
    with pytest.raises(SalesClosedError, match="The requests of the opening are being served"):
        order(store, bob.at(CLOSED), opening.event.id, wish(opening, opening.regular))
    run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id)
    order(store, bob.at(CLOSED), opening.event.id, wish(opening, opening.regular))
    assert valid_tickets(store, opening.regular) == 2


def test_a_queue_whose_window_has_ended_is_run_by_itself_in_turns(
    store: Store, opening: Fair
) -> None:
    owner = person(store, "Owner")
    set_event(opening, owner_id=owner.id)
    set_type(store, opening.regular, quota=2)
    for n in range(3):
        request(opening, f"P{n}")
    assert serve_queues(store, SYSTEM.at(CLOSED - timedelta(seconds=1))) == 0
    assert serve_queues(store, SYSTEM.at(CLOSED), most=2) == 2
    assert (outcomes(store), notices(store, owner)) == ({"confirmed": 2, "waiting": 1}, [])
    assert serve_queues(store, SYSTEM.at(CLOSED), most=2) == 1
    assert outcomes(store) == {"confirmed": 2, "sold_out": 1}
    assert notices(store, owner) == [("booking", "All requests for Demo Days were taken")]
    with Store(store.home) as other, other.write():
        assert serve_queues(store, SYSTEM.at(CLOSED)) == 0
    assert run_queue(store, SUPERVISOR.at(CLOSED), opening.event.id).waiting == 0
    assert len(notices(store, owner)) == 1
    assert audited(store, "draw_lots") == ["draw_lots"]


def test_without_lots_who_asked_first_is_taken_first(store: Store, fair: Fair) -> None:
    event_id = fair.event.id
    open_queue(store, SUPERVISOR.at(EARLY), event_id, queue_from=EARLY, queue_until=CLOSED)
    set_type(store, fair.regular, quota=8)
    ids = [request(fair, f"Guest {number}").id for number in range(8)]
    vip = request(fair, "Vic", fair.vip).id
    run_queue(store, SUPERVISOR.at(CLOSED), event_id)
    with store.read() as connection:
        taken = connection.execute(
            select(AuditRow.subject_id)
            .where(AuditRow.verb == "take_request")
            .order_by(AuditRow.seq)
        ).scalars()
        vips_first = [request_id for request_id in taken if request_id != vip]
    assert vips_first == ids
    assert audited(store, "draw_lots") == []


def test_a_window_is_closed_at_once(store: Store, opening: Fair) -> None:
    request(opening, "Ada")
    soon = EARLY + timedelta(minutes=1)
    close_queue(store, SUPERVISOR.at(soon), opening.event.id)
    assert run_queue(store, SUPERVISOR.at(soon), opening.event.id).confirmed == 1
    with pytest.raises(InvalidInputError, match="no more"):
        close_queue(store, SUPERVISOR.at(soon), opening.event.id)
    with pytest.raises(NotAllowedError):
        close_queue(store, ATTENDEE.at(soon), opening.event.id)


def test_nothing_is_told_of_what_was_undone(fair: Fair, store: Store) -> None:
    set_mail_up(store, 9)
    set_type(store, fair.regular, quota=1)
    late = EARLY + timedelta(hours=5)
    who = person(store, "Zoe")
    first = order(store, who.at(EARLY), fair.event.id, wish(fair, fair.regular))
    until = late + timedelta(minutes=5)
    open_queue(store, SUPERVISOR.at(late), fair.event.id, queue_from=late, queue_until=until)
    both = wish(fair, fair.regular, fair.regular)
    for name in ("Ann", "Bob"):
        ask(store, person(store, name).at(late), fair.event.id, both)
    before = {mail.id for mail in queued(store)}
    run_queue(store, SUPERVISOR.at(until + timedelta(minutes=1)), fair.event.id)
    with store.read() as connection:
        state = select(BookingRow.state).where(BookingRow.id == first.booking_id)
        assert connection.execute(state).scalar_one() == "pending"
    told = [mail.account_id for mail in queued(store) if mail.id not in before]
    assert who.id not in told
    assert len(told) == 2
