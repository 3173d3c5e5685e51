"""Receipts, invoices and credit notes: numbered without gaps, and never changed once issued.

A number is drawn in the transaction that keeps the document, and writers come one after the other.
At most one invoice of a booking stands: when the booking changes, a credit note takes it back.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from data.rows import AnyRow, count_rows, insert_row
from data.schema import (
    BookingRow,
    EventRow,
    InvoiceRow,
    PaymentRow,
    RefundRow,
    TicketRow,
    TicketTypeRow,
)
from data.sealed_rows import invoices_of, seal_of
from eventdesk.acts import (
    SYSTEM,
    Act,
    Actor,
    Permission,
    ReadingSteps,
    event_of,
    event_row,
    owner_of,
    place_for,
    reads,
    reads_in_steps,
    writes,
)
from eventdesk.core.booking_states import SOLD_STATES
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import msg
from eventdesk.core.money import MAX_BP, Money
from eventdesk.core.output_files import write_file
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.core.plain_text import file_name
from eventdesk.core.remedies import Remedy, ShownList, advise
from eventdesk.core.vat_ids import vat_id as read_vat_id
from eventdesk.documents.document import (
    Document,
    DocumentSeries,
    Item,
    Paid,
    TaxShare,
    from_content,
    taken_back,
    to_content,
)
from eventdesk.documents.pdf import as_pdf
from eventdesk.documents.text import as_text
from eventdesk.documents.xml_invoice import as_xml
from eventdesk.money.booking_balances import booking_row
from eventdesk.money.reverse_charge import follow_vat_id
from eventdesk.sales import half_up
from eventdesk.tables.files import free_path

MAX_RECIPIENT = 1000
MAX_RECIPIENT_LINES = 8
KINDS: Final = {"pdf": "application/pdf", "txt": "text/plain", "xml": "application/xml"}
"""The forms of a document as a file, and what each is."""

MAX_DIGITS = 9


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document in a list.

    Attributes:
        name: Its number in full.
        total: What it comes to; negative on a credit note.
        vat_id: The recipient's VAT ID, or "".
    """

    id: UUID
    series: DocumentSeries
    name: str
    booking_id: UUID
    recipient: str
    total: Money
    issued_at: datetime
    vat_id: str = ""


@writes(Permission.MONEY, Permission.DOOR, own=True, about=event_of(PaymentRow, "payment_id"))
def issue_receipt(act: Act, payment_id: UUID) -> DocumentView:
    """Issue the receipt of a payment that came in; asked again, it is the same one.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such payment.
        InvalidInputError: Nothing came in by it.
    """
    asked = select(PaymentRow.__table__).where(PaymentRow.id == payment_id)
    found = act.connection.execute(asked).one_or_none()
    payment = need_found(found, msg("There is no such payment."))
    booking = booking_row(act.connection, payment.booking_id)
    _need_may(act, booking)
    if payment.state != PaymentState.PAID or payment.method == Method.FREE:
        raise InvalidInputError(
            msg("There is no receipt for what did not come in."),
            hint=msg("Ask for an invoice instead."),
        )
    for row in _issued_rows(act.connection, booking.id, DocumentSeries.RECEIPT):
        if row.content.get("payment_id") == str(payment_id):
            return _document_view(row)
    event = event_row(act.connection, booking.event_id)
    text = f"{payment.method} {payment.reference}".strip()
    paid = Paid(day_of(event, payment.settled_at or act.now), text, payment.amount_minor)
    draft = replace(
        _empty_document(event, booking, DocumentSeries.RECEIPT, (booking.name,), act.now),
        currency=payment.currency,
        exponent=payment.currency_exponent,
        paid=(paid,),
    )
    return issue(act, booking, draft, payment_id=str(payment_id))


@writes(Permission.MONEY, Permission.DOOR, own=True, about=event_of(BookingRow, "booking_id"))
def issue_invoice(
    act: Act, booking_id: UUID, *, recipient: str = "", vat_id: str | None = None
) -> DocumentView:
    """Issue the invoice of a booking; asked again with nothing changed, it is the same one.

    Where the booking or the recipient changed since, a credit note takes the invoice back first.
    Where the event allows reverse charge, a VAT ID of another country of the EU takes the tax off
    the price of the booking.

    Args:
        recipient: Name and address in lines; "" is the former recipient, or the booking's name.
        vat_id: The recipient's VAT ID; "" is none, None the former one.

    Raises:
        NotAllowedError: It is neither the actor's booking nor one of an event they work for.
        NotFoundError: There is no such booking.
        InvalidInputError: Nothing was sold, the recipient is too long, or it is no VAT ID.
    """
    typed = tuple(line.strip() for line in recipient.splitlines() if line.strip())
    if len(recipient) > MAX_RECIPIENT or len(typed) > MAX_RECIPIENT_LINES:
        raise InvalidInputError(
            msg("A recipient has at most {most} lines.", most=MAX_RECIPIENT_LINES),
            hint=msg("Shorten the address."),
        )
    given = None if vat_id is None else read_vat_id(vat_id)
    booking = booking_row(act.connection, booking_id)
    _need_may(act, booking)
    standing = _standing_invoice(act.connection, booking.id)
    if given is None:
        given = _former_vat_id(act.connection, booking.id)
    follow_vat_id(act, booking, given)
    booking = booking_row(act.connection, booking_id)
    lines = typed or (standing.content["recipient"] if standing else (booking.name,))
    draft = replace(_invoice_now(act, booking, tuple(lines)), vat_id=given)
    if standing is not None:
        if says(standing.content) == says(to_content(draft)):
            return _document_view(standing)
        take_back(act, booking, standing)
    if not draft.items:
        raise InvalidInputError(
            msg("Nothing is sold in booking {code}.", code=booking.code),
            hint=msg("An invoice issued before was taken back.") if standing else "",
        )
    return issue(act, booking, draft)


@reads(Permission.MONEY, Permission.DOOR, own=True)
def documents_of(act: Act, booking_id: UUID) -> list[DocumentView]:
    """Read the documents of a booking, the latest first.

    Raises:
        NotFoundError: There is no such booking.
    """
    _need_may(act, booking_row(act.connection, booking_id))
    return [_document_view(row) for row in _issued_rows(act.connection, booking_id)]


@reads(Permission.MONEY, about="event_id")
def list_documents(
    act: Act,
    event_id: UUID,
    *,
    series: DocumentSeries | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[DocumentView], int]:
    """Read a page of an event's documents, by series, the latest first, and how many there are."""
    act.need(event_id, Permission.MONEY)
    here = [InvoiceRow.event_id == event_id]
    if series is not None:
        here.append(InvoiceRow.series == series)
    rows = act.connection.execute(
        select(InvoiceRow.__table__)
        .where(*here)
        .order_by(InvoiceRow.series, InvoiceRow.number.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_document_view(row) for row in rows], count_rows(act.connection, *here)


@reads(Permission.MONEY, Permission.DOOR, own=True)
def read_document(act: Act, document_id: UUID) -> Document:
    """Read one document as it was issued.

    Raises:
        NotFoundError: There is no such document.
    """
    asked = select(InvoiceRow.__table__).where(InvoiceRow.id == document_id)
    found = act.connection.execute(asked).one_or_none()
    row = need_found(found, msg("There is no such document."))
    _need_may(act, booking_row(act.connection, row.booking_id))
    return from_content(row.content)


@reads_in_steps(
    Permission.MONEY, Permission.DOOR, own=True, about=event_of(InvoiceRow, "document_id")
)
def document_file(steps: ReadingSteps, document_id: UUID, *, form: str = "pdf") -> MadeFile:
    """Give a document as a file: `pdf`, `txt`, or `xml` by EN 16931.

    Raises:
        NotAllowedError: It is neither the actor's nor of an event they work for.
        NotFoundError: There is no such document.
        InvalidInputError: No such form, PDF cannot be written here, or XML not of this document.
    """
    document = read_document(steps.store, steps.asked, document_id)
    if form not in KINDS:
        raise InvalidInputError(
            msg("There is no form {form!r}.", form=form), hint=msg("Choose pdf, txt or xml.")
        )
    content = _content(document, form)
    stem = file_name(f"{document.series.value}-{document.name}", fallback="document")
    return MadeFile(f"{stem}.{form}", KINDS[form], content)


@reads_in_steps(
    Permission.MONEY,
    Permission.DOOR,
    own=True,
    local=True,
    about=event_of(InvoiceRow, "document_id"),
)
def export_document(
    steps: ReadingSteps,
    document_id: UUID,
    *,
    form: str,
    target: Path | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a document as `pdf`, `txt` or `xml` into a file.

    Args:
        target: The file, as `place_for` allows it; None is a new one among the exports, named by
            the document's number.
        overwrite: Whether a file that is there is replaced.

    Raises:
        NotAllowedError: It is neither the actor's nor of an event they work for, or the actor may
            not write there.
        NotFoundError: There is no such document.
        InvalidInputError: As of `document_file`, or the folder cannot be written to.
    """
    made = document_file(steps.store, steps.asked, document_id, form=form)
    with steps.read() as act:
        path = place_for(act, act.store.home, target, overwrite=overwrite)
    path = path or free_path(steps.store.home, made.name.removesuffix(f".{form}"), form)
    write_file(path, made.content, overwrite=overwrite)
    return path


def _content(document: Document, form: str) -> bytes:
    match form:
        case "pdf":
            return as_pdf(document)
        case "xml":
            return as_xml(document)
    return as_text(document).encode()


def _items_and_taxes(
    connection: Connection, booking: AnyRow
) -> tuple[tuple[Item, ...], tuple[TaxShare, ...]]:
    """List what a booking sells now: tickets of one price together, fees, and what it keeps.

    Service fees and kept cancellation fees carry no tax; see `sales.price`.
    """
    rows = connection.execute(
        select(
            TicketTypeRow.name,
            TicketTypeRow.tax_bp,
            TicketRow.price_minor,
            TicketRow.tax_minor,
            TicketRow.fee_minor,
            (TicketRow.reverse_minor > 0).label("is_reverse"),
            func.count().label("how_many"),
        )
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.booking_id == booking.id, TicketRow.state.in_(SOLD_STATES))
        .group_by(
            TicketTypeRow.id,
            TicketRow.price_minor,
            TicketRow.tax_minor,
            TicketRow.fee_minor,
            TicketRow.reverse_minor > 0,
        )
        .order_by(TicketTypeRow.position, TicketTypeRow.name, TicketRow.price_minor)
    ).all()
    items: list[Item] = []
    fees: dict[int, int] = defaultdict(int)
    shares: dict[tuple[int, bool], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        gross = row.price_minor - row.fee_minor
        is_reverse = bool(row.is_reverse)
        rate = 0 if is_reverse else _rate(gross, row.tax_minor, row.tax_bp)
        items.append(Item(row.name, row.how_many, gross, rate, is_reverse))
        shares[rate, is_reverse][0] += row.how_many * (gross - row.tax_minor)
        shares[rate, is_reverse][1] += row.how_many * row.tax_minor
        if row.fee_minor:
            fees[row.fee_minor] += row.how_many
    items += [Item("Service fee", count, fee, 0) for fee, count in fees.items()]
    if booking.kept_minor:
        items.append(Item("Cancellation fee", 1, booking.kept_minor, 0))
    shares[0, False][0] += sum(fee * count for fee, count in fees.items()) + booking.kept_minor
    taxes = tuple(
        TaxShare(rate, net, tax, is_reverse)
        for (rate, is_reverse), (net, tax) in sorted(shares.items())
        if net or tax
    )
    return tuple(items), taxes


def money_of(
    connection: Connection, booking: AnyRow, day: Callable[[datetime], str]
) -> tuple[Paid, ...]:
    """List what came in for a booking and what went back, oldest first."""
    way, given = PaymentRow.method, -RefundRow.amount_minor
    paid = select(PaymentRow.settled_at, way, PaymentRow.reference, PaymentRow.amount_minor).where(
        PaymentRow.booking_id == booking.id,
        PaymentRow.state == PaymentState.PAID,
        way != Method.FREE,
    )
    back = (
        select(RefundRow.settled_at, way, RefundRow.reference, given)
        .join(PaymentRow, PaymentRow.id == RefundRow.payment_id)
        .where(RefundRow.booking_id == booking.id, RefundRow.state == RefundState.PAID)
    )
    found = *connection.execute(paid), *connection.execute(back)
    rows: list[Any] = sorted(found, key=lambda row: row[0])
    return tuple(
        Paid(day(at), f"{method} {reference}".strip(), minor)
        for at, method, reference, minor in rows
    )


def _rate(gross: int, tax: int, tax_bp: int) -> int:
    """The rate a ticket was taxed at: its type's, unless that was changed since it was sold.

    The tax of one of a package may be a minor unit away from what its own price makes of the rate.
    A type without tax leaves no room: no share of a price without tax has any.
    """
    net = gross - tax
    if abs(tax * MAX_BP - net * tax_bp) <= (MAX_BP if tax_bp else 0):
        return tax_bp
    return half_up(tax * MAX_BP, net) if net > 0 else 0


def correct_invoice(act: Act, booking_id: UUID, *, actor: Actor = SYSTEM) -> bool:
    """Take the standing invoice of a booking back where the booking differs from it now.

    Called in the transaction that changes the booking; says whether a credit note was issued.
    """
    standing = _standing_invoice(act.connection, booking_id)
    if standing is None:
        return False
    booking = booking_row(act.connection, booking_id)
    draft = _invoice_now(act, booking, tuple(standing.content["recipient"]))
    draft = replace(draft, vat_id=standing.content.get("vat_id", ""))
    if says(standing.content) == says(to_content(draft)):
        return False
    take_back(act.by(actor), booking, standing)
    return True


def day_of(event: AnyRow, at: datetime) -> str:
    """The day of an instant in the event's time zone, ISO 8601."""
    return at.astimezone(ZoneInfo(event.time_zone)).date().isoformat()


def _empty_document(
    event: AnyRow,
    booking: AnyRow,
    series: DocumentSeries,
    recipient: tuple[str, ...],
    now: datetime,
) -> Document:
    """A document without a number and without items."""
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


def _invoice_now(act: Act, booking: AnyRow, recipient: tuple[str, ...]) -> Document:
    """Draw up the invoice of a booking as it is now, without a number."""
    event = event_row(act.connection, booking.event_id)
    items, taxes = _items_and_taxes(act.connection, booking)
    draft = replace(
        _empty_document(event, booking, DocumentSeries.INVOICE, recipient, act.now),
        items=items,
        taxes=taxes,
        paid=money_of(act.connection, booking, lambda at: day_of(event, at)),
    )
    if not draft.due.minor or not event.bank_details.strip():
        return draft
    purpose = f"Purpose of the transfer: {booking.code}"
    return replace(draft, notes=(*event.bank_details.splitlines(), purpose))


def says(content: Mapping[str, Any]) -> tuple[Any, ...]:
    """The parts of an invoice that make it another one; payments do not."""
    parts = ("recipient", "items", "taxes", "currency")
    return (*(content[name] for name in parts), content.get("vat_id", ""))


def _standing_invoice(connection: Connection, booking_id: UUID) -> Any:
    """The invoice of a booking that no credit note took back, or None."""
    credits = _issued_rows(connection, booking_id, DocumentSeries.CREDIT)
    taken = {row.content["refers_to"] for row in credits}
    invoices = _issued_rows(connection, booking_id, DocumentSeries.INVOICE)
    return next((row for row in invoices if row.content["name"] not in taken), None)


def _former_vat_id(connection: Connection, booking_id: UUID) -> str:
    """The VAT ID of a booking's last invoice, also of one that was taken back; "" for none."""
    last = next(iter(_issued_rows(connection, booking_id, DocumentSeries.INVOICE)), None)
    return last.content.get("vat_id", "") if last else ""


def take_back(act: Act, booking: AnyRow, standing: Any) -> None:
    """Issue the credit note that takes an invoice back as a whole."""
    invoice = from_content(standing.content)
    event = event_row(act.connection, booking.event_id)
    draft = replace(
        invoice,
        series=DocumentSeries.CREDIT,
        issued_on=day_of(event, act.now),
        items=taken_back(invoice.items),
        taxes=tuple(
            replace(tax, net_minor=-tax.net_minor, tax_minor=-tax.tax_minor)
            for tax in invoice.taxes
        ),
        paid=(),
        refers_to=invoice.name,
        notes=(),
    )
    issue(act, booking, draft)


def issue(act: Act, booking: AnyRow, draft: Document, **more: str) -> DocumentView:
    """Draw the next number and keep the document."""
    number = act.connection.execute(
        select(func.coalesce(func.max(InvoiceRow.number), 0) + 1).where(
            InvoiceRow.event_id == booking.event_id, InvoiceRow.series == draft.series
        )
    ).scalar_one()
    code = event_row(act.connection, booking.event_id).code
    document = replace(draft, name=f"{code}-{draft.series.value[0].upper()}-{number:05d}")
    document_id = new_id()
    insert_row(
        act.connection,
        InvoiceRow,
        id=document_id,
        event_id=booking.event_id,
        booking_id=booking.id,
        series=draft.series,
        number=number,
        content={**to_content(document), **more},
        issued_at=act.now,
    )
    these = invoices_of(booking.event_id.bytes, draft.series)
    act.record(
        "issue_" + draft.series.value,
        ("booking", booking.id),
        event_id=booking.event_id,
        document=document.name,
        sealed=[seal_of(act.connection, "invoice", these, number, number)],
    )
    row = select(InvoiceRow.__table__).where(InvoiceRow.id == document_id)
    return _document_view(act.connection.execute(row).one())


def _issued_rows(
    connection: Connection, booking_id: UUID, series: DocumentSeries | None = None
) -> Any:
    """Read the documents of a booking, the latest of each series first."""
    asked = select(InvoiceRow.__table__).where(InvoiceRow.booking_id == booking_id)
    if series is not None:
        asked = asked.where(InvoiceRow.series == series)
    return connection.execute(asked.order_by(InvoiceRow.number.desc())).all()


def _document_view(row: AnyRow) -> DocumentView:
    """A row of documents as lists show it."""
    document = from_content(row.content)
    first = document.recipient[0] if document.recipient else ""
    return DocumentView(
        row.id,
        document.series,
        document.name,
        row.booking_id,
        first,
        document.total,
        row.issued_at,
        document.vat_id,
    )


def _need_may(act: Act, booking: AnyRow) -> None:
    act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_of(booking))


@reads(internal=True)
def find_document(act: Act, name: str) -> UUID:
    """Find a document by its number in full, in any case.

    Raises:
        NotFoundError: There is none.
    """
    code, _, rest = name.strip().upper().partition("-")
    letter, _, number = rest.partition("-")
    series = {each.value[0].upper(): each for each in DocumentSeries}.get(letter)
    found = None
    if series is not None and number.isdecimal() and len(number) <= MAX_DIGITS:
        found = act.connection.execute(
            select(InvoiceRow.id)
            .join(EventRow, EventRow.id == InvoiceRow.event_id)
            .where(
                EventRow.code == code, InvoiceRow.series == series, InvoiceRow.number == int(number)
            )
        ).scalar_one_or_none()
    hint = advise(Remedy.OPEN_LIST, of=ShownList.INVOICES)
    return need_found(found, msg("There is no such document."), hint=hint)
