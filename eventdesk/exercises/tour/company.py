"""Whom the tour meets, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from data.store import Store
from eventdesk.accounts import sign_in
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import list_attendees, some_tokens
from eventdesk.core.errors import NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.messages import msg
from eventdesk.door import ListView, find_tickets, list_gates
from eventdesk.events import event_view
from eventdesk.exercises.demo.fill import ORGANIZER, PASSWORD
from screens.core.station import Place

LOOKED_AT: Final = 500
"""The newest tickets, among which the tour finds its people."""

ARRIVALS: Final = 150


@dataclass(frozen=True, slots=True)
class Company:
    """Whom the tour meets, and where.

    Attributes:
        here: Where the desk and the kiosk of the tour stand.
        there: The other gate, whose guests come by themselves.
        organizer: Who sees the wall and the event.
        guest: Somebody who may come in.
        unpaid: Somebody who has not paid; "" where all have.
        arrivals: The codes of those who come to the other gate.
    """

    here: Place
    there: Place
    organizer: Actor
    guest: str
    unpaid: str
    arrivals: Sequence[str]


def find_company(store: Store, door: ListView, *, skip: int) -> Company:
    """Find people of a demo event who are not in yet, at its first two gates.

    Args:
        skip: So many of the first tickets are left for the film.

    Raises:
        NotFoundError: The event has fewer than two gates, or nobody is left outside.
        SignInError: The demo's organizer has another password by now.
    """
    event = event_view(store, SYSTEM, door.event_id)
    gates = list_gates(store, SYSTEM, event.id)[:2]
    tickets, _found = list_attendees(store, SYSTEM, event.id, limit=LOOKED_AT)

    def first(state: str) -> str:
        """What to type for somebody with such a ticket who is not in: a name, else the code."""
        waiting = (each for each in tickets if each.state == state)
        outside = [each for each in waiting if not _is_in(store, door, each.code)]
        names = (each.name for each in outside if fold(each.name).isascii())
        return next(names, outside[0].code if outside else "")

    paid, unpaid = first("paid"), first("pending")
    if len(gates) < 2 or not paid:
        raise NotFoundError(
            msg("Everybody of this demo is in already."),
            hint=msg("Take the tour in a new folder: eventdesk --home ./try-again tour"),
        )
    here, there = (Place(SYSTEM, event, door, gate) for gate in gates)
    return Company(
        here,
        there,
        sign_in(store, SYSTEM, ORGANIZER[0], PASSWORD, event_id=event.id),
        paid,
        unpaid,
        some_tokens(store, SYSTEM, event.id, limit=ARRIVALS, skip=skip),
    )


def _is_in(store: Store, door: ListView, code: str) -> bool:
    tickets = find_tickets(store, SYSTEM, door.event_id, code, list_id=door.id, limit=1)
    return bool(tickets) and tickets[0].admitted_at is not None
