"""Orders of shops brought into an event; those that do not fit wait where the organizer sees them.

Each order is a transaction of its own, and the same order again changes nothing, so whatever is
killed goes on where it was.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.schema import TicketTypeRow
from eventdesk.acts import SYSTEM, Act, Steps, event_row
from eventdesk.booking import Followed, Kind, follow_order
from eventdesk.core.errors import EventDeskError, InvalidInputError, StoreError
from eventdesk.core.folding import fold
from eventdesk.core.messages import Message
from eventdesk.core.money import read_money
from eventdesk.exchange.in_step.faults import note_faults, together
from eventdesk.exchange.in_step.place import event_of
from eventdesk.integrations.shop import OrderElsewhere, ShopPage, Standing
from eventdesk.sales import NewTicketType, add_ticket_type
from eventdesk.services import SetUp

MAX_TYPE_NAME: Final = 200


def bring_page(steps: Steps, service: SetUp, page: ShopPage) -> int:
    """Bring in what a page of a shop holds; returns how many orders changed anything here."""
    return bring_in(steps, service, page.orders)


def bring_in(steps: Steps, service: SetUp, orders: Sequence[OrderElsewhere]) -> int:
    """Bring orders to how their shop has them; returns how many of them changed anything here.

    What was cancelled goes first: its codes may be those of new tickets.
    """
    add_types(steps, event_of(service), orders)
    in_turn = sorted(orders, key=lambda each: each.standing is not Standing.GONE)
    return sum(bring_one(steps, service, each).anything for each in in_turn)


def bring_again(steps: Steps, service: SetUp, order: OrderElsewhere) -> Message | None:
    """Bring one order in once more; returns what of it does not fit."""
    add_types(steps, event_of(service), [order])
    return together(bring_one(steps, service, order).faults)


def bring_one(steps: Steps, service: SetUp, order: OrderElsewhere) -> Followed:
    """Bring one order in, and note what of it does not fit."""
    event_id = event_of(service)
    try:
        with steps.write(about=event_id) as act:
            done = follow_order(act, event_id, order, kinds_of(act, event_id, order))
            note_faults(act, service, order.code, done.faults)
            return done
    except StoreError:
        raise
    except EventDeskError as error:
        done = Followed(faults=[error.whole])
    with steps.write(about=event_id) as act:
        note_faults(act, service, order.code, done.faults)
    return done


def kinds_of(act: Act, event_id: UUID, order: OrderElsewhere) -> dict[str, Kind]:
    """The types of the event by the names that an order gives them."""
    rows = act.connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name, TicketTypeRow.tax_bp).where(
            TicketTypeRow.event_id == event_id
        )
    )
    known = {fold(row.name): Kind(row.id, row.tax_bp) for row in rows}
    names = {each.type_name: fold(each.type_name[:MAX_TYPE_NAME]) for each in order.tickets}
    return {name: known[folded] for name, folded in names.items() if folded in known}


def add_types(steps: Steps, event_id: UUID, orders: Sequence[OrderElsewhere]) -> None:
    """Add the ticket types that orders bring: hidden, for they are sold elsewhere.

    One that cannot be added is missing to its orders, which say so.
    """
    with steps.read() as act:
        event = event_row(act.connection, event_id)
        wanted = {
            ticket.type_name: ticket.price
            for order in reversed(orders)
            if order.standing is not Standing.GONE
            for ticket in order.tickets
            if not ticket.gone and ticket.type_name not in kinds_of(act, event_id, order)
        }
    for name, price in wanted.items():
        with suppress(InvalidInputError):
            money = read_money(price, event.currency, event.currency_exponent)
            kind = NewTicketType(name[:MAX_TYPE_NAME], money, hidden=True, waitlist=False)
            add_ticket_type(steps.store, SYSTEM.at(steps.now), event_id, kind)
