"""What an event sells: added, changed, ordered, switched off, removed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from data.schema import BookingRow, TicketRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import Booked
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.money import Money
from eventdesk.sales import (
    NewDiscount,
    NewTicketType,
    TicketTypeView,
    add_discount,
    add_ticket_type,
    change_ticket_type,
    list_ticket_types,
    order_ticket_types,
    remove_ticket_type,
    switch_ticket_type,
)
from eventdesk.seating import NewRows, add_section, make_rows
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.figures.crowd import add_session, audited, set_event

FULL = NewTicketType(
    "Workshop",
    Money(5000, "EUR"),
    quota=30,
    priority=5,
    valid_from=NOON,
    valid_until=NOON + timedelta(hours=8),
    description="With *lunch*.",
    sales_from=NOON - timedelta(days=60),
    sales_until=NOON,
    most_per_booking=2,
    needs_approval=True,
    hidden=True,
    tax_bp=700,
    fee_bp=250,
    fee_minor=99,
    waitlist=False,
)


def types(fair: Fair) -> list[TicketTypeView]:
    return list_ticket_types(fair.store, SUPERVISOR.at(NOON), fair.event.id)


def one(fair: Fair, type_id: UUID) -> TicketTypeView:
    return next(view for view in types(fair) if view.id == type_id)


def sold(fair: Fair, booked: Booked) -> tuple[int, list[tuple[int, int, int]]]:
    """What a booking costs, and price, tax and fee of each of its tickets."""
    with fair.store.read() as connection:
        total = connection.execute(
            select(BookingRow.total_minor).where(BookingRow.id == booked.booking_id)
        ).scalar_one()
        rows = connection.execute(
            select(TicketRow.price_minor, TicketRow.tax_minor, TicketRow.fee_minor).where(
                TicketRow.booking_id == booked.booking_id
            )
        )
        return total, [(price, tax, fee) for price, tax, fee in rows]


def add(fair: Fair, kind: NewTicketType) -> UUID:
    return add_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.event.id, kind)


def test_everything_about_a_ticket_type_is_kept(fair: Fair) -> None:
    section = add_section(fair.store, SUPERVISOR.at(NOON), fair.event.id, "Stalls")
    make_rows(fair.store, SUPERVISOR.at(NOON), section, NewRows("A-B", 20))
    session = add_session(fair, "Opening")
    kind = replace(FULL, section_id=section, session_ids=frozenset({session}))
    view = one(fair, add(fair, kind))
    assert view.about == kind
    assert view.active
    assert (view.taken, view.promised, view.left) == (0, 0, 30)
    assert str(view.money(view.price.total_minor)) == "52.24 EUR"


def test_what_is_typed_is_trimmed(fair: Fair) -> None:
    view = one(fair, add(fair, replace(FULL, name="  Early \n bird ")))
    assert view.about.name == "Early bird"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "regular"},
        {"price": Money(-1, "EUR")},
        {"price": Money(100, "CHF")},
        {"price": Money(100, "EUR", 3)},
        {"quota": -1},
        {"most_per_booking": 0},
        {"tax_bp": 10_001},
        {"fee_bp": -1},
        {"fee_minor": -1},
        {"priority": 1001},
        {"sales_until": FULL.sales_from},
        {"valid_until": FULL.valid_from},
        {"description": "x" * 4001},
    ],
)
def test_what_cannot_be_sold_is_refused_and_changes_nothing(
    fair: Fair, wrong: dict[str, Any]
) -> None:
    before = types(fair)
    with pytest.raises(InvalidInputError):
        add(fair, replace(FULL, **wrong))
    with pytest.raises(InvalidInputError):
        change_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.vip, replace(FULL, **wrong))
    assert types(fair) == before


@pytest.mark.parametrize(
    "foreign", [{"section_id": uuid4()}, {"session_ids": frozenset({uuid4()})}]
)
def test_sections_and_sessions_must_be_of_the_event(fair: Fair, foreign: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError, match="There is no such"):
        add(fair, replace(FULL, **foreign))


def test_a_section_of_another_event_is_not_found(fair: Fair) -> None:
    other = make_fair(fair.store, "Other")
    section = add_section(fair.store, SYSTEM.at(NOON), other.event.id, "Stalls")
    with pytest.raises(NotFoundError, match="There is no such section at this event"):
        add(fair, replace(FULL, section_id=section))


def test_changing_a_price_never_changes_what_was_sold(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Grace"])
    about = one(fair, fair.regular).about
    dearer = replace(about, price=Money(99900, "EUR"), tax_bp=1900, fee_minor=100)
    after = change_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.regular, dearer)
    assert after.about == dearer
    assert sold(fair, booked) == (24000, [(12000, 0, 0), (12000, 0, 0)])


def test_a_quota_is_never_set_below_what_is_sold(fair: Fair) -> None:
    fair.sell_all(["Ada", "Grace", "Edsger"])
    about = one(fair, fair.regular).about
    with pytest.raises(InvalidInputError, match="3 of Regular are sold or held, so"):
        change_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.regular, replace(about, quota=2))
    view = change_ticket_type(
        fair.store, SUPERVISOR.at(NOON), fair.regular, replace(about, quota=3)
    )
    assert (view.taken, view.left, view.state(NOON)) == (3, 0, "sold out")


def test_sales_stand_as_the_clock_and_the_switch_say(fair: Fair) -> None:
    view = one(fair, add(fair, FULL))
    assert view.state(NOON - timedelta(days=61)) == "not yet"
    assert view.state(NOON - timedelta(days=1)) == "on sale"
    assert view.state(NOON) == "over"
    off = switch_ticket_type(fair.store, SUPERVISOR.at(NOON), view.id, active=False)
    assert off.state(NOON - timedelta(days=1)) == "off"
    on = switch_ticket_type(fair.store, SUPERVISOR.at(NOON), view.id, active=True)
    assert on == view


def test_types_are_put_in_the_order_asked_for(fair: Fair) -> None:
    late = add(fair, FULL)
    assert [view.id for view in types(fair)] == [fair.regular, fair.vip, late]
    order_ticket_types(fair.store, SUPERVISOR.at(NOON), fair.event.id, [late, fair.vip])
    assert [view.id for view in types(fair)] == [late, fair.vip, fair.regular]
    assert [view.position for view in types(fair)] == [0, 1, 2]
    last = add(fair, replace(FULL, name="Last"))
    assert types(fair)[-1].id == last
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        order_ticket_types(fair.store, SUPERVISOR.at(NOON), fair.event.id, [uuid4()])


def test_only_what_nobody_ever_booked_is_removed(fair: Fair) -> None:
    fair.sell("Ada")
    assert one(fair, fair.regular).booked_once
    assert not one(fair, fair.vip).booked_once
    remove_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.vip)
    with pytest.raises(InvalidInputError, match="was booked before"):
        remove_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.regular)
    assert [view.id for view in types(fair)] == [fair.regular]


def test_a_code_for_one_type_does_not_become_one_for_all(fair: Fair) -> None:
    only = NewDiscount("VIPS", "percent", 1000, type_ids=frozenset({fair.vip}))
    add_discount(fair.store, SUPERVISOR.at(NOON), fair.event.id, only)
    with pytest.raises(InvalidInputError, match="A code is for VIP only"):
        remove_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.vip)
    assert one(fair, fair.vip).active


def test_a_code_for_two_types_goes_on_without_the_removed_one(fair: Fair) -> None:
    both = NewDiscount("BOTH", "percent", 1000, type_ids=frozenset({fair.vip, fair.regular}))
    add_discount(fair.store, SUPERVISOR.at(NOON), fair.event.id, both)
    remove_ticket_type(fair.store, SUPERVISOR.at(NOON), fair.vip)
    assert len(types(fair)) == 1


@pytest.mark.parametrize("actor", [ATTENDEE, STAFF])
def test_only_who_may_sell_changes_what_is_sold(fair: Fair, actor: Any) -> None:
    store, about = fair.store, one(fair, fair.regular).about
    with pytest.raises(NotAllowedError):
        add_ticket_type(store, actor.at(NOON), fair.event.id, FULL)
    with pytest.raises(NotAllowedError):
        change_ticket_type(store, actor.at(NOON), fair.regular, about)
    with pytest.raises(NotAllowedError):
        switch_ticket_type(store, actor.at(NOON), fair.regular, active=False)
    with pytest.raises(NotAllowedError):
        remove_ticket_type(store, actor.at(NOON), fair.vip)
    with pytest.raises(NotAllowedError):
        order_ticket_types(store, actor.at(NOON), fair.event.id, [fair.vip])


def test_attendees_do_not_see_what_was_sold(fair: Fair) -> None:
    with pytest.raises(NotAllowedError):
        list_ticket_types(fair.store, ATTENDEE.at(NOON), fair.event.id)


def test_what_does_not_exist_is_said(store: Store) -> None:
    make_fair(store)
    with pytest.raises(NotFoundError, match="There is no such ticket type"):
        change_ticket_type(store, SUPERVISOR.at(NOON), uuid4(), FULL)
    with pytest.raises(NotFoundError, match="There is no such event"):
        add_ticket_type(store, SYSTEM.at(NOON), uuid4(), FULL)


def test_each_change_is_in_the_audit(fair: Fair) -> None:
    type_id = add(fair, FULL)
    change_ticket_type(fair.store, SUPERVISOR.at(NOON), type_id, replace(FULL, name="Lab"))
    switch_ticket_type(fair.store, SUPERVISOR.at(NOON), type_id, active=False)
    order_ticket_types(fair.store, SUPERVISOR.at(NOON), fair.event.id, [type_id])
    remove_ticket_type(fair.store, SUPERVISOR.at(NOON), type_id)
    verbs = audited(fair.store)
    assert verbs[-5:] == [
        "add_ticket_type",
        "change_ticket_type",
        "switch_ticket_type",
        "order_ticket_types",
        "remove_ticket_type",
    ]


def test_the_capacity_of_the_event_is_what_is_left_of_a_type_without_a_quota(fair: Fair) -> None:
    set_event(fair, capacity=5)
    fair.sell_all(["Ada", "Grace"])
    assert [view.left for view in types(fair)] == [3, 3]
