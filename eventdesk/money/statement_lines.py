"""Lines of bank statements that were imported: read, assigned by hand, set aside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from data.schema import BookingRow, PaymentRow, StatementLineRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import read_code
from eventdesk.core.money import Money
from eventdesk.core.paying import Method
from eventdesk.money.balances import booking_row
from eventdesk.money.payment_views import PaymentView, view_of
from eventdesk.money.payments import MAX_REFERENCE, add_payment
from eventdesk.money.statements import Match, StatementLine, booked_elsewhere


@allowed(Permission.MONEY)
def list_statement_lines(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    open_only: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[StatementLine], int]:
    """Read a page of imported lines, the latest first, and how many there are.

    Raises:
        NotAllowedError: The actor may not see this event's money.
        NotFoundError: There is no such event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.MONEY)
        event = event_row(connection, event_id)
        here = [StatementLineRow.event_id == event_id]
        if open_only:
            here += [StatementLineRow.payment_id.is_(None), StatementLineRow.problem != ""]
        rows = connection.execute(
            select(*StatementLineRow.__table__.columns, BookingRow.code)
            .outerjoin(PaymentRow, PaymentRow.id == StatementLineRow.payment_id)
            .outerjoin(BookingRow, BookingRow.id == PaymentRow.booking_id)
            .where(*here)
            .order_by(StatementLineRow.booked_on.desc(), StatementLineRow.id.desc())
            .limit(limit)
            .offset(offset)
        ).all()
        total = connection.execute(select(func.count()).where(*here)).scalar_one()
    return [_stored(row, event.currency_exponent) for row in rows], total


@allowed(Permission.MONEY)
def assign_line(
    store: Store, actor: Actor, line_id: UUID, code: str, *, now: datetime
) -> PaymentView:
    """Book a line that nobody could match for the booking that somebody names.

    It is taken for an expired or paid booking too; what is too much is a credit.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such line, or no such booking at its event.
        InvalidInputError: It is booked already, here or at another event, or of another currency.
    """
    with store.write() as connection:
        line = _line_row(connection, line_id)
        need_here(connection, actor, line.event_id, Permission.MONEY)
        if line.payment_id is not None:
            raise InvalidInputError("This line is booked already.", hint="Read the list again.")
        if booked_elsewhere(connection, line.event_id, [line.digest]):
            raise InvalidInputError(
                "This line is booked at another event already.",
                hint="Set it aside. What of it is for a booking here, take as a transfer.",
            )
        booking_id = connection.execute(
            select(BookingRow.id).where(
                BookingRow.code == read_code(code), BookingRow.event_id == line.event_id
            )
        ).scalar_one_or_none()
        if booking_id is None:
            raise NotFoundError(
                "There is no booking with this code at this event.", hint="Check the code."
            )
        booking = booking_row(connection, booking_id)
        if booking.currency != line.currency:
            raise InvalidInputError(f"This booking is paid in {booking.currency}.")
        payment_id = add_payment(
            connection,
            actor,
            booking,
            Method.TRANSFER,
            line.amount_minor,
            reference=line.purpose[:MAX_REFERENCE],
            now=now,
        )
        _settle_line(connection, line_id, payment_id)
        subject = ("booking", booking_id)
        record(connection, actor, "assign_line", subject, now=now, event_id=line.event_id)
        return view_of(connection, payment_id)


@allowed(Permission.MONEY)
def set_line_aside(store: Store, actor: Actor, line_id: UUID, *, now: datetime) -> None:
    """Note that a line has nothing to do with this event, so that nobody looks at it again.

    Raises:
        NotAllowedError: The actor may not move this event's money.
        NotFoundError: There is no such line.
        InvalidInputError: It is booked already.
    """
    with store.write() as connection:
        line = _line_row(connection, line_id)
        need_here(connection, actor, line.event_id, Permission.MONEY)
        if line.payment_id is not None:
            raise InvalidInputError("This line is booked already.", hint="Read the list again.")
        _settle_line(connection, line_id, None)
        subject = ("statement_line", line_id)
        record(connection, actor, "set_line_aside", subject, now=now, event_id=line.event_id)


def _line_row(connection: Connection, line_id: UUID) -> Any:
    row = connection.execute(
        select(*StatementLineRow.__table__.columns).where(StatementLineRow.id == line_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such line.")
    return row


def _settle_line(connection: Connection, line_id: UUID, payment_id: UUID | None) -> None:
    connection.execute(
        update(StatementLineRow)
        .where(StatementLineRow.id == line_id)
        .values(payment_id=payment_id, problem="")
    )


def _stored(row: Any, exponent: int) -> StatementLine:
    return StatementLine(
        0,
        row.booked_on,
        Money(row.amount_minor, row.currency, exponent),
        row.payer,
        row.purpose,
        Match.PAID if row.payment_id else Match.OPEN,
        row.code or "",
        row.problem,
        row.id,
    )
