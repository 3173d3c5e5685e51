"""Receipts, invoices and credit notes: numbered without gaps, and never changed once issued.

A number is drawn in the transaction that keeps the document: what is rolled back never had one,
and writers come one after the other. At most one invoice of a booking stands: when the booking
changes, a credit note takes it back before another one is issued.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.schema import EventRow, InvoiceRow, PaymentRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.output_places import place_for
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.output_files import write_file
from eventdesk.core.paying import Method, PaymentState
from eventdesk.core.plain_text import file_name
from eventdesk.documents.document import (
    Document,
    Paid,
    Series,
    from_content,
    to_content,
)
from eventdesk.documents.pdf import as_pdf
from eventdesk.documents.text import as_text
from eventdesk.money.balances import booking_row
from eventdesk.money.invoice_steps import (
    DocumentView,
    day_of,
    document_view,
    empty_document,
    event_facts,
    invoice_now,
    issue,
    issued_rows,
    says,
    standing_invoice,
    take_back,
)
from eventdesk.tables.files import free_path

MAX_RECIPIENT = 1000
MAX_RECIPIENT_LINES = 8
MAX_DIGITS = 9


@allowed(Permission.MONEY, Permission.DOOR, own=True)
def issue_receipt(store: Store, actor: Actor, payment_id: UUID, *, now: datetime) -> DocumentView:
    """Issue the receipt of a payment that came in; asked again, it is the same one.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such payment.
        InvalidInputError: Nothing came in by it.
    """
    with store.write() as connection:
        payment = connection.execute(
            select(*PaymentRow.__table__.columns).where(PaymentRow.id == payment_id)
        ).one_or_none()
        if payment is None:
            raise NotFoundError("There is no such payment.")
        booking = booking_row(connection, payment.booking_id)
        _need_may(connection, actor, booking)
        if payment.state != PaymentState.PAID or payment.method == Method.FREE:
            raise InvalidInputError(
                "There is no receipt for what did not come in.", hint="Ask for an invoice instead."
            )
        for row in issued_rows(connection, booking.id, Series.RECEIPT):
            if row.content.get("payment_id") == str(payment_id):
                return document_view(row)
        event = event_facts(connection, booking.event_id)
        text = f"{payment.method} {payment.reference}".strip()
        paid = Paid(day_of(event, payment.settled_at or now), text, payment.amount_minor)
        draft = replace(
            empty_document(event, booking, Series.RECEIPT, (booking.name,), now),
            currency=payment.currency,
            exponent=payment.currency_exponent,
            paid=(paid,),
        )
        return issue(connection, actor, booking, draft, now, payment_id=str(payment_id))


@allowed(Permission.MONEY, Permission.DOOR, own=True)
def issue_invoice(
    store: Store, actor: Actor, booking_id: UUID, *, recipient: str = "", now: datetime
) -> DocumentView:
    """Issue the invoice of a booking; asked again with nothing changed, it is the same one.

    Where the booking or the recipient changed since, a credit note takes the invoice back first.

    Args:
        store: The store.
        actor: Who asks.
        booking_id: The booking.
        recipient: Name and address in lines; "" is the name of the booking.
        now: When, aware UTC.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking.
        InvalidInputError: Nothing was sold, or the recipient is too long.
    """
    typed = tuple(line.strip() for line in recipient.splitlines() if line.strip())
    if len(recipient) > MAX_RECIPIENT or len(typed) > MAX_RECIPIENT_LINES:
        raise InvalidInputError(
            f"A recipient has at most {MAX_RECIPIENT_LINES} lines.", hint="Shorten the address."
        )
    with store.write() as connection:
        booking = booking_row(connection, booking_id)
        _need_may(connection, actor, booking)
        standing = standing_invoice(connection, booking.id)
        lines = typed or (standing.content["recipient"] if standing else (booking.name,))
        draft = invoice_now(connection, booking, tuple(lines), now)
        if standing is not None:
            if says(standing.content) == says(to_content(draft)):
                return document_view(standing)
            take_back(connection, actor, booking, standing, now)
        if not draft.items:
            raise InvalidInputError(
                f"Nothing is sold in booking {booking.code}.",
                hint="An invoice issued before was taken back." if standing else "",
            )
        return issue(connection, actor, booking, draft, now)


@allowed(Permission.MONEY, Permission.DOOR, own=True)
def documents_of(store: Store, actor: Actor, booking_id: UUID) -> list[DocumentView]:
    """Read what was issued for a booking, the latest first.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking.
    """
    with store.read() as connection:
        _need_may(connection, actor, booking_row(connection, booking_id))
        return [document_view(row) for row in issued_rows(connection, booking_id)]


@allowed(Permission.MONEY)
def list_documents(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    series: Series | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[DocumentView], int]:
    """Read a page of what was issued at an event, by series with the latest first, and how many.

    Raises:
        NotAllowedError: The actor may not see this event's money.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.MONEY)
        here = [InvoiceRow.event_id == event_id]
        if series is not None:
            here.append(InvoiceRow.series == series)
        rows = connection.execute(
            select(*InvoiceRow.__table__.columns)
            .where(*here)
            .order_by(InvoiceRow.series, InvoiceRow.number.desc())
            .limit(limit)
            .offset(offset)
        ).all()
        total = connection.execute(select(func.count()).where(*here)).scalar_one()
    return [document_view(row) for row in rows], total


@allowed(Permission.MONEY, Permission.DOOR, own=True)
def read_document(store: Store, actor: Actor, document_id: UUID) -> Document:
    """Read one document as it was issued.

    Raises:
        NotAllowedError: It is neither the actor's nor of an event they work for.
        NotFoundError: There is no such document.
    """
    with store.read() as connection:
        row = connection.execute(
            select(*InvoiceRow.__table__.columns).where(InvoiceRow.id == document_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError("There is no such document.")
        _need_may(connection, actor, booking_row(connection, row.booking_id))
    return from_content(row.content)


def _need_may(connection: Connection, actor: Actor, booking: Any) -> None:
    need_here(
        connection,
        actor,
        booking.event_id,
        Permission.MONEY,
        Permission.DOOR,
        owner_id=booking.account_id,
    )


def find_document(store: Store, name: str) -> UUID:
    """Find a document by its number in full, in any case.

    Raises:
        NotFoundError: There is none.
    """
    code, _, rest = name.strip().upper().partition("-")
    letter, _, number = rest.partition("-")
    series = {each.value[0].upper(): each for each in Series}.get(letter)
    found = None
    if series is not None and number.isdecimal() and len(number) <= MAX_DIGITS:
        with store.read() as connection:
            found = connection.execute(
                select(InvoiceRow.id)
                .join(EventRow, EventRow.id == InvoiceRow.event_id)
                .where(
                    EventRow.code == code,
                    InvoiceRow.series == series,
                    InvoiceRow.number == int(number),
                )
            ).scalar_one_or_none()
    if found is None:
        raise NotFoundError(
            "There is no such document.", hint="List them: `eventdesk invoice list`."
        )
    return found


@allowed(Permission.MONEY, Permission.DOOR, own=True)
def export_document(
    store: Store,
    actor: Actor,
    document_id: UUID,
    *,
    form: str,
    target: Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a document into a file named by its number.

    Args:
        store: The store.
        actor: Who asks; whoever may read it may export it.
        document_id: The document.
        form: `pdf` or `txt`.
        target: The file, as `place_for` lets this actor; None is a new one named by its
            number among the exports of the home.
        overwrite: Whether a file that is there is replaced.

    Raises:
        NotAllowedError: It is neither the actor's nor of an event they work for, or the actor may
            not write there.
        NotFoundError: There is no such document.
        InvalidInputError: No such form, PDF cannot be written here, or the folder cannot.
    """
    document = read_document(store, actor, document_id)
    if form not in ("pdf", "txt"):
        raise InvalidInputError(f"There is no form {form!r}.", hint="Choose pdf or txt.")
    content = as_pdf(document) if form == "pdf" else as_text(document).encode()
    stem = file_name(f"{document.series.value}-{document.name}", fallback="document")
    with store.read() as connection:
        path = place_for(connection, actor, store.home, target, overwrite=overwrite)
    path = path or free_path(store.home, stem, form)
    write_file(path, content, overwrite=overwrite)
    return path
