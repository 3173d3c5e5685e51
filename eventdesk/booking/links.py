"""The link of a booking without an account: who has it is the booking's owner.

A booking that somebody took to their account has none: its owner signs in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, literal_column, select

from data.prepared import Prepared
from data.rows import AnyRow, insert_row, update_row
from data.schema import BookingRow, DeliveryRow, EventRow, LinkRequestRow
from data.touched import UNSEEN, note_touched
from eventdesk.accounts import address_of
from eventdesk.acts import (
    ERASED,
    Act,
    Actor,
    ActorKind,
    Permission,
    Role,
    Steps,
    event_of,
    owner_of,
    reads,
    steps,
    writes,
)
from eventdesk.booking.changes import TEAM, booking_facts
from eventdesk.core.booking_links import AFTER_EVENT, BOOKING_LINK
from eventdesk.core.errors import InvalidInputError, KeyFileLostError, SignInError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, msg

LINK_DELIVERY: Final = "link"
"""The kind of a delivery that brings somebody the link of a booking."""

AGAIN_AFTER: Final = timedelta(minutes=10)
"""How long a link that was queued is not queued again."""

KEPT_FOR: Final = timedelta(days=7)
"""How long a link waits to be delivered; nobody wants one of last month."""


@dataclass(frozen=True, slots=True)
class BookingLink:
    """The link of a booking, as it is handed over.

    Attributes:
        name: Who booked.
        link: What stands at the end of its address; see `core.booking_links.link_address`.
        expires_at: Until when it works, aware UTC.
    """

    booking_id: UUID
    code: str
    event_name: str
    name: str
    link: str
    expires_at: datetime


@reads(internal=True)
def who_has_link(act: Act, link: str) -> Actor:
    """Say which booking's owner somebody is by its link; the actor's id is the booking's.

    Raises:
        SignInError: There is no booking with this link, it was made anew, it is over, or the
            booking is in an account.
    """
    said = BOOKING_LINK.read(link)
    try:
        good = said is not None and said.is_by(act.store.key(said.key_id))
    except KeyFileLostError:
        good = False
    row = None
    if said is not None and good:
        row = _LINKED.one_or_none(act.connection, {"booking": said.of_id})
    if said is None or row is None or row.link_no != said.issue:
        raise _void(msg("This link is not valid, or not any more."))
    if row.account_id is not None:
        raise SignInError(
            msg("Booking {code} is in an account.", code=row.code),
            hint=msg("Sign in there: it is under My bookings."),
        )
    if row.ends_at + AFTER_EVENT <= act.now:
        raise _void(msg("The event of this link is over."))
    return Actor(
        ActorKind.GUEST, said.of_id, f"booking {row.code}", Role.ATTENDEE, issue=said.issue
    )


@writes(*TEAM, about=event_of(BookingRow, "booking_id"))
def booking_link(act: Act, booking_id: UUID) -> BookingLink:
    """Show the link of a booking, to be printed or scanned off a screen by who booked.

    Raises:
        InvalidInputError: The booking is in an account, or its event is long over.
    """
    booking = booking_facts(act.connection, booking_id)
    act.need(booking.event_id, *TEAM)
    act.record("booking_link", ("booking", booking_id), event_id=booking.event_id)
    return shown_link(act, booking)


@writes(Permission.TICKETS, own=True, about=event_of(BookingRow, "booking_id"))
def renew_link(act: Act, booking_id: UUID) -> BookingLink:
    """Make the link of a booking anew; the one before is void at once.

    Raises:
        InvalidInputError: The booking is in an account, or its event is long over.
    """
    booking = booking_facts(act.connection, booking_id)
    act.need(booking.event_id, Permission.TICKETS, owner_id=owner_of(booking))
    update_row(act.connection, BookingRow, booking_id, link_no=BookingRow.link_no + 1)
    act.record("renew_link", ("booking", booking_id), event_id=booking.event_id)
    return shown_link(act, booking)


@writes(public=True)
def ask_for_links(act: Act, email: str) -> None:
    """Ask for the links of all bookings that were made with an e-mail address.

    What is done and said is the same for every address: who looks bookings up is a chore. The
    links go to that address only.

    Raises:
        InvalidInputError: It is no address.
    """
    address = address_of(email)
    note_touched(act.connection, [UNSEEN])
    act.connection.execute(delete(LinkRequestRow).where(LinkRequestRow.address == address))
    insert_row(act.connection, LinkRequestRow, address=address, asked_at=act.now)


@steps(internal=True)
def queue_links(steps: Steps) -> int:
    """Queue the links that were asked for; returns how many. Those nobody delivered are dropped."""
    with steps.read() as act:
        asked = act.connection.execute(_ASKED).scalars().all()
        old = _OLD.all(act.connection, {"before": act.now - KEPT_FOR})
        found = _bookings_of(act, asked)
    if not asked and not old:
        return 0
    with steps.write() as act:
        note_touched(act.connection, [UNSEEN])
        forget_requests(act.connection, asked)
        act.connection.execute(
            delete(DeliveryRow).where(DeliveryRow.id.in_([row.id for row in old]))
        )
        recent = _queued_since(act.connection, act.now - AGAIN_AFTER)
        wanted = [row for row in found if row.id.hex not in recent]
        for row in wanted:
            queue_link(act, row.event_id, row.id)
            act.record("queue_link", ("booking", row.id), event_id=row.event_id)
    return len(wanted)


def queue_link(act: Act, event_id: UUID, booking_id: UUID) -> None:
    """Queue the link of a booking for the address that it was made with.

    It names the booking only: address and link are read when it is delivered.
    """
    payload = {"booking": booking_id.hex}
    act.deliver(LINK_DELIVERY, new_id(), event_id=event_id, booking_id=booking_id, payload=payload)


def link_of(act: Act, booking_id: UUID) -> str:
    """The link of a booking without an account."""
    issue = select(BookingRow.link_no).where(BookingRow.id == booking_id)
    made: int = act.connection.execute(issue).scalar_one()
    return BOOKING_LINK.write(act.store.keys.active, booking_id, made)


def forget_requests(connection: Connection, addresses: Sequence[str]) -> None:
    """Forget who asked for links."""
    asked = LinkRequestRow.address.in_(addresses)
    connection.execute(delete(LinkRequestRow).where(asked))


def shown_link(act: Act, booking: AnyRow) -> BookingLink:
    """The link of a booking as `booking_facts` reads it.

    Raises:
        InvalidInputError: The booking is in an account or erased, or its event is long over.
    """
    if booking.name == ERASED:
        raise InvalidInputError(msg("Booking {code} is erased.", code=booking.code))
    if booking.account_id is not None:
        raise InvalidInputError(
            msg("Booking {code} is in an account.", code=booking.code),
            hint=msg("Whoever booked signs in; it is under My bookings."),
        )
    until = _LINKED.one_or_none(act.connection, {"booking": booking.id})
    assert until is not None
    expires_at = until.ends_at + AFTER_EVENT
    if expires_at <= act.now:
        raise InvalidInputError(
            msg("The event is over for {days} days.", days=AFTER_EVENT.days),
            hint=msg("Show or print the invoice instead."),
        )
    link = link_of(act, booking.id)
    return BookingLink(booking.id, booking.code, booking.event_name, booking.name, link, expires_at)


def _bookings_of(act: Act, addresses: Sequence[str]) -> Sequence[Any]:
    """The bookings without an account that these addresses made and whose links work."""
    if not addresses:
        return ()
    return act.connection.execute(
        select(BookingRow.id, BookingRow.event_id)
        .join(EventRow, EventRow.id == BookingRow.event_id)
        .where(
            func.lower(BookingRow.email).in_(addresses),
            BookingRow.account_id.is_(None),
            EventRow.ends_at > act.now - AFTER_EVENT,
        )
    ).all()


def _queued_since(connection: Connection, since: datetime) -> set[str]:
    """The bookings whose links were queued since then and are still to be delivered."""
    named = DeliveryRow.payload["booking"].as_string()
    return set(
        connection.execute(select(named).where(*_OPEN, DeliveryRow.due_at > since)).scalars()
    )


def _void(sentence: Message) -> SignInError:
    return SignInError(sentence, hint=msg("Ask for it at the desk, or the organizer."))


_LINKED: Final = Prepared(
    select(BookingRow.code, BookingRow.account_id, BookingRow.link_no, EventRow.ends_at)
    .join(EventRow, EventRow.id == BookingRow.event_id)
    .where(BookingRow.id == bindparam("booking", type_=BookingRow.id.type))
)
_ASKED: Final = select(LinkRequestRow.address)
# Literals, as the index of open deliveries has them: SQLite matches no bound value with it.
_OPEN: Final = (
    DeliveryRow.state.in_((literal_column("'queued'"), literal_column("'leased'"))),
    DeliveryRow.kind == LINK_DELIVERY,
)
_OLD: Final = Prepared(
    select(DeliveryRow.id).where(
        *_OPEN, DeliveryRow.due_at <= bindparam("before", type_=DeliveryRow.due_at.type)
    )
)
