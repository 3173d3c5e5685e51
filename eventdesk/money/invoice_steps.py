"""The steps of issuing a document, inside the transaction that causes them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select

from data.schema import EventRow, InvoiceRow
from data.sealed_rows import invoices_of, seal_of
from eventdesk.acts.actor import SYSTEM, Actor
from eventdesk.acts.audit import record
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.documents.document import (
    Document,
    Series,
    TaxShare,
    from_content,
    taken_back,
    to_content,
)
from eventdesk.money.balances import booking_row
from eventdesk.money.invoice_parts import items_and_taxes, money_of


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in a list.

    Attributes:
        name: Its number in full.
        total: What it comes to; negative on a credit note.
    """

    id: UUID
    series: Series
    name: str
    booking_id: UUID
    recipient: str
    total: Money
    issued_at: datetime


def correct_invoice(
    connection: Connection, booking_id: UUID, *, actor: Actor = SYSTEM, now: datetime
) -> bool:
    """Take the standing invoice of a booking back when the booking says something else now.

    Called in the transaction that changes the booking; does nothing where there is no invoice.

    Returns:
        Whether a credit note was issued.
    """
    standing = standing_invoice(connection, booking_id)
    if standing is None:
        return False
    booking = booking_row(connection, booking_id)
    draft = invoice_now(connection, booking, tuple(standing.content["recipient"]), now)
    if says(standing.content) == says(to_content(draft)):
        return False
    take_back(connection, actor, booking, standing, now)
    return True


def event_facts(connection: Connection, event_id: UUID) -> Any:
    """Read what documents print of an event."""
    return connection.execute(
        select(
            EventRow.name,
            EventRow.code,
            EventRow.time_zone,
            EventRow.invoice_sender,
            EventRow.bank_details,
        ).where(EventRow.id == event_id)
    ).one()


def day_of(event: Any, at: datetime) -> str:
    """The day of an instant in the event's time zone, ISO 8601."""
    return at.astimezone(ZoneInfo(event.time_zone)).date().isoformat()


def empty_document(
    event: Any, booking: Any, series: Series, recipient: tuple[str, ...], now: datetime
) -> Document:
    """A document without a number and without what it is about."""
    return Document(
        series,
        "",
        day_of(event, now),
        booking.currency,
        booking.currency_exponent,
        tuple(event.invoice_sender.splitlines()) or (event.name,),
        recipient,
        f"{event.name}, booking {booking.code}",
        (),
        (),
        (),
    )


def invoice_now(
    connection: Connection, booking: Any, recipient: tuple[str, ...], now: datetime
) -> Document:
    """Draw up the invoice of a booking as it is now, without a number."""
    event = event_facts(connection, booking.event_id)
    items, taxes = items_and_taxes(connection, booking)
    draft = replace(
        empty_document(event, booking, Series.INVOICE, recipient, now),
        items=items,
        taxes=taxes,
        paid=money_of(connection, booking, lambda at: day_of(event, at)),
    )
    if not draft.due.minor or not event.bank_details.strip():
        return draft
    purpose = f"Purpose of the transfer: {booking.code}"
    return replace(draft, notes=(*event.bank_details.splitlines(), purpose))


def says(content: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes an invoice another one; what was paid since does not."""
    return tuple(content[name] for name in ("recipient", "items", "taxes", "currency"))


def standing_invoice(connection: Connection, booking_id: UUID) -> Any:
    """The invoice of a booking that no credit note took back, or None."""
    taken = {row.content["refers_to"] for row in issued_rows(connection, booking_id, Series.CREDIT)}
    invoices = issued_rows(connection, booking_id, Series.INVOICE)
    return next((row for row in invoices if row.content["name"] not in taken), None)


def take_back(
    connection: Connection, actor: Actor, booking: Any, standing: Any, now: datetime
) -> None:
    """Issue the credit note that takes an invoice back as a whole."""
    invoice = from_content(standing.content)
    event = event_facts(connection, booking.event_id)
    draft = replace(
        invoice,
        series=Series.CREDIT,
        issued_on=day_of(event, now),
        items=taken_back(invoice.items),
        taxes=tuple(TaxShare(tax.tax_bp, -tax.net_minor, -tax.tax_minor) for tax in invoice.taxes),
        paid=(),
        refers_to=invoice.name,
        notes=(),
    )
    issue(connection, actor, booking, draft, now)


def issue(
    connection: Connection,
    actor: Actor,
    booking: Any,
    draft: Document,
    now: datetime,
    **more: str,
) -> DocumentView:
    """Draw the next number and keep the document."""
    number = connection.execute(
        select(func.coalesce(func.max(InvoiceRow.number), 0) + 1).where(
            InvoiceRow.event_id == booking.event_id, InvoiceRow.series == draft.series
        )
    ).scalar_one()
    code = event_facts(connection, booking.event_id).code
    document = replace(draft, name=f"{code}-{draft.series.value[0].upper()}-{number:05d}")
    document_id = new_id()
    connection.execute(
        insert(InvoiceRow).values(
            id=document_id,
            event_id=booking.event_id,
            booking_id=booking.id,
            series=draft.series,
            number=number,
            content={**to_content(document), **more},
            issued_at=now,
        )
    )
    record(
        connection,
        actor,
        "issue_" + draft.series.value,
        ("booking", booking.id),
        now=now,
        event_id=booking.event_id,
        document=document.name,
        sealed=[
            seal_of(
                connection,
                "invoice",
                invoices_of(booking.event_id.bytes, draft.series),
                number,
                number,
            )
        ],
    )
    row = connection.execute(
        select(*InvoiceRow.__table__.columns).where(InvoiceRow.id == document_id)
    ).one()
    return document_view(row)


def issued_rows(connection: Connection, booking_id: UUID, series: Series | None = None) -> Any:
    """Read what was issued for a booking, the latest of each series first."""
    asked = select(*InvoiceRow.__table__.columns).where(InvoiceRow.booking_id == booking_id)
    if series is not None:
        asked = asked.where(InvoiceRow.series == series)
    return connection.execute(asked.order_by(InvoiceRow.number.desc())).all()


def document_view(row: Any) -> DocumentView:
    """Make a view of a row of documents."""
    document = from_content(row.content)
    first = document.recipient[0] if document.recipient else ""
    return DocumentView(
        row.id, document.series, document.name, row.booking_id, first, document.total, row.issued_at
    )
