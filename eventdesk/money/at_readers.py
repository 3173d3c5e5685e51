"""Payments at card readers: shown to the guest, asked about, taken off.

The payment is written first, then the gateway makes it, then its name there is written, and only
then the reader shows it. So whatever ends in between, no card is charged for a payment whose name
nobody knows, and each try is one payment that ends before the next begins.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.rows import AnyRow
from data.schema import BookingRow, PaymentRow
from eventdesk.acts import Permission, ReadingSteps, Steps, event_of, reads_in_steps, steps
from eventdesk.core.errors import InvalidInputError, ServiceError, ServiceRefusedError, need_found
from eventdesk.core.messages import msg
from eventdesk.core.paying import PaymentState
from eventdesk.integrations.payments import CardReader, PaymentNotice, ReaderGateway, Told
from eventdesk.money.booking_balances import booking_row
from eventdesk.money.gateways import (
    BACK_TO,
    PaidLate,
    answer_on,
    note_answer,
    order_for,
    reader_gateway,
    reading,
    receive,
    under_way,
)
from eventdesk.money.payments import PaymentView, view_of

MAX_READER: Final = 100
"""Longest name of a reader at its service, in characters."""


@reads_in_steps(Permission.MONEY, Permission.DOOR, about="event_id")
def card_readers(steps: ReadingSteps, event_id: UUID) -> list[CardReader]:
    """Read the card readers that may stand at a desk, those that are online first.

    Raises:
        InvalidInputError: No service that drives card readers is set up.
        ServiceError: It does not say which there are.
    """
    with steps.read() as act:
        act.need(event_id, Permission.MONEY, Permission.DOOR)
    gateway = reader_gateway(steps.store)
    with reading(gateway):
        return list(gateway.readers())


@steps(Permission.MONEY, Permission.DOOR, about=event_of(BookingRow, "booking_id"))
def start_at_reader(steps: Steps, booking_id: UUID, *, reader: str) -> PaymentView:
    """Show what is due for a booking on a card reader, which waits for a card then.

    What else of the booking waits at the gateway is closed first; one that cannot be closed any
    more is returned instead. A reader that is offline, busy or unknown makes the payment fail,
    and nothing is charged.

    Args:
        reader: The reader's name at its service: `card_readers`.

    Raises:
        NotFoundError: There is no such booking.
        InvalidInputError: Nothing is due, its places are gone, the event is cancelled, it is being
            paid elsewhere just now, or no service that drives card readers is set up.
    """
    with steps.read() as act:
        booking = booking_row(act.connection, booking_id)
        act.need(booking.event_id, Permission.MONEY, Permission.DOOR)
    gateway, reader = reader_gateway(steps.store), reader.strip()
    if not 0 < len(reader) <= MAX_READER:
        raise InvalidInputError(msg("Choose a card reader first."))
    if (begun := under_way(steps, gateway, booking_id, anew=True)) is not None:
        return begun
    with steps.write() as act:
        booking = booking_row(act.connection, booking_id)
        act.need(booking.event_id, Permission.MONEY, Permission.DOOR)
        order = order_for(act, booking, gateway.name, BACK_TO, reader=reader)
    try:
        with reading(gateway):
            started = gateway.start(order)
    except ServiceError as error:  # whatever was made, no reader shows it
        return note_answer(steps, order.payment_id, state=PaymentState.FAILED, error=str(error))
    view = note_answer(steps, order.payment_id, reference=started.reference, error="")
    if view.state is not PaymentState.PENDING:
        return view  # somebody closed it meanwhile
    return _presented(steps, gateway, replace(view, show=started.show), reader)


def _presented(steps: Steps, gateway: ReaderGateway, view: PaymentView, reader: str) -> PaymentView:
    """Have the reader show a payment; one that it will not show is closed."""
    try:
        with reading(gateway):
            gateway.present(view.reference, reader)
    except ServiceRefusedError as error:
        return _closed(steps, gateway, view, str(error))
    except ServiceError as error:  # the reader may show it all the same: whoever follows it asks
        return replace(view, error=str(error))
    return view


def _closed(steps: Steps, gateway: ReaderGateway, view: PaymentView, why: str) -> PaymentView:
    """End a payment that its reader did not show; where that is not certain it goes on waiting."""
    with suppress(ServiceError):
        notices = answer_on(gateway, _row(steps, view.id), wanted=False)
        for notice in notices:
            is_over = notice.state is Told.FAILED
            receive(steps, gateway.name, replace(notice, reason=why) if is_over else notice, None)
    with steps.read() as act:
        return view_of(act.connection, view.id)


def follow_at_reader(
    steps: Steps, payment_id: UUID, *, wanted: bool, paid_late: PaidLate | None = None
) -> PaymentView:
    """Ask what became of a payment at a reader, or take it off.

    Args:
        steps: The use case.
        payment_id: The payment.
        wanted: Whether it is still to be paid; else it is taken off its reader. One whose card is
            being charged goes on waiting.
        paid_late: As in `poll_gateways`.
    """
    row, gateway = _row(steps, payment_id), reader_gateway(steps.store)
    if row.provider != gateway.name or not gateway.is_at_reader(row.reference):
        raise InvalidInputError(msg("This payment is not at a card reader."))
    error = ""
    if row.state == PaymentState.PENDING:
        wanted = wanted and row.expires_at > steps.now
        try:
            notices: Sequence[PaymentNotice] = answer_on(
                gateway, row, wanted=wanted, presented=True
            )
        except ServiceError as silent:
            notices, error = (), str(silent)
        for notice in notices:
            if notice.state is not Told.PENDING:
                receive(steps, gateway.name, notice, paid_late)
    with steps.read() as act:
        view = view_of(act.connection, payment_id)
    return replace(view, error=error) if error and view.state is PaymentState.PENDING else view


def _row(steps: Steps, payment_id: UUID) -> AnyRow:
    """The row of a payment, for who may take money at its event."""
    with steps.read() as act:
        row = act.connection.execute(
            select(PaymentRow.__table__).where(PaymentRow.id == payment_id)
        ).one_or_none()
        row = need_found(row, msg("There is no such payment."))
        act.need(row.event_id, Permission.MONEY, Permission.DOOR)
        return row
