"""Slips with the link of a booking without an account, printed where badges are.

A slip is a delivery of kind `badge` without a ticket. Its payload names the booking and where the
house serves; the link itself is made when a courier takes it, so that the newest one is printed.
"""

from collections.abc import Collection
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select

from badges.badge import LINK, Badge
from data.house_lock import is_printing
from data.rows import AnyRow
from data.schema import BookingRow, DeliveryRow, GateRow
from eventdesk.acts import Act, Permission, event_of, writes
from eventdesk.booking import booking_facts, shown_link
from eventdesk.core.booking_links import link_address
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg, reading
from eventdesk.core.settings import Settings
from eventdesk.printing.printer_routes import in_order, read_printers

NO_PRINTER: Final = msg(
    "No printer stands here. Give one to this gate, or to none, among the printers."
)

MAX_ADDRESS: Final = 200
"""Characters of a house's address; the QR code of a longer one is too fine for a label."""

_LINK_OF: Final = "link_of"
_CODE: Final = "booking_code"
_ADDRESS: Final = "address"

BOOKING_CODE: Final[ColumnElement[str]] = DeliveryRow.payload[_CODE].as_string()
"""The code of the booking that a slip is for; NULL of badges."""


@writes(Permission.TICKETS, Permission.DOOR, about=event_of(BookingRow, "booking_id"))
def print_booking_link(
    act: Act, booking_id: UUID, *, address: str, gate_id: UUID | None = None
) -> UUID:
    """Queue a slip with the link of a booking for a printer here; returns the delivery's id.

    Args:
        booking_id: The booking, of somebody without an account.
        address: Where the house serves, such as `https://desk.example.org/`.
        gate_id: Where who booked stands.

    Raises:
        InvalidInputError: The booking is in an account or erased, its event is long over, the
            address is none, or no printer is there.
    """
    booking = booking_facts(act.connection, booking_id)
    act.need(booking.event_id, Permission.TICKETS, Permission.DOOR)
    shown_link(act, booking)
    _need_address(address)
    there = act.connection.execute(select(GateRow.id).where(GateRow.id == gate_id))
    gate_id, device_id = there.scalar_one_or_none(), act.actor.device_id or act.store.device_id
    _need_printer(act, gate_id, device_id)
    delivery_id = new_id()
    act.deliver(
        "badge",
        delivery_id,
        event_id=booking.event_id,
        payload={_LINK_OF: booking_id.hex, _CODE: booking.code, _ADDRESS: address},
        gate_id=gate_id,
        device_id=device_id,
    )
    act.record("print_booking_link", ("booking", booking_id), event_id=booking.event_id)
    return delivery_id


def slip_of(act: Act, row: AnyRow) -> Badge:
    """Make the slip of a delivery as its booking is now, in the language of its event.

    Raises:
        NotFoundError: What it was for is erased.
        InvalidInputError: The booking is in an account or erased, or its event is long over.
    """
    asked = row.payload.get(_LINK_OF)
    if not asked:
        raise NotFoundError(msg("What this was to say is erased."))
    link = shown_link(act, booking_facts(act.connection, UUID(asked)))
    with reading(row.language):
        code = _("Booking {code}", code=link.code)
        why = _("Scan: see, change, cancel")
    return Badge(
        name=link.name,
        line_two=code,
        ticket_type=why,
        event=link.event_name,
        token=link_address(row.payload[_ADDRESS], link.link),
        ticket_code="",
        mark=row.mark,
        language=row.language,
        layout=LINK,
    )


def is_slip_of(bookings: Collection[UUID]) -> ColumnElement[bool]:
    """Whether a delivery is a slip with the link of one of these bookings."""
    named = DeliveryRow.payload[_LINK_OF].as_string().in_([each.hex for each in bookings])
    return and_(DeliveryRow.ticket_id.is_(None), named)


def slip_name(code: str | None) -> str:
    """What lists call a slip; "" for what is none."""
    return _("Link of booking {code}", code=code) if code else ""


def _need_address(address: str) -> None:
    with suppress(ValueError):
        parts = urlsplit(address)
        is_fine = parts.scheme in ("http", "https") and parts.hostname and address.isprintable()
        if is_fine and len(address) <= MAX_ADDRESS:
            return
    raise InvalidInputError(
        msg("A browser cannot open {address!r}.", address=address[:60]),
        hint=msg("It is where the house serves, such as https://desk.example.org/."),
    )


def _need_printer(act: Act, gate_id: UUID | None, device_id: UUID) -> None:
    """Refuse a slip that would come out nowhere."""
    printers = read_printers(act.connection)
    if printers and in_order(printers, gate_id, device_id):
        return
    home = act.store.home
    if printers or (Settings.load(home).printer == "none" and not is_printing(home)):
        raise InvalidInputError(NO_PRINTER)
