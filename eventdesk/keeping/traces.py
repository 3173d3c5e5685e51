"""Mentions of an erased person in what is not theirs: the audit, notes, files and documents."""

import gzip
import json
import os
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from data.audit_mark import read_mark
from data.open_file import LOGS
from data.rows import AnyRow
from data.schema import (
    AnnouncementRow,
    AuditRow,
    BookingRow,
    CashMovementRow,
    CashShiftRow,
    DeliveryRow,
    DiscountRow,
    EventRow,
    ExportSetRow,
    InvoiceRow,
    NoticeRow,
    OfflineScanRow,
    PaymentRow,
    ScanRow,
    SpeakerRow,
    StatementLineRow,
    TicketRow,
    VoucherRow,
)
from data.sealed_rows import DETAIL as SEALS
from data.store import FILE_NAME
from eventdesk.acts import ACTOR, ERASED, Act, Unreadable, read_entries, salt_audit, withhold
from eventdesk.core.errors import AuditBrokenError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.core.paying import Method
from eventdesk.core.remedies import Remedy, advise
from eventdesk.documents.document import DocumentSeries
from eventdesk.events import AnnouncementHold
from eventdesk.printing import Kept, is_slip_of

RETENTION_YEARS = 10
"""How long documents and booked payments are kept after the year they are of; ask your law."""

TYPED = ("reason", "note", "reference", "notice")
"""What people typed into entries about somebody's own bookings and tickets."""

_TOLD = (AuditRow.actor_id, AuditRow.subject_id, AuditRow.detail)
"""Columns of an entry that are searched for a person."""

_MAX_READ = 1 << 20
_SKIPPED = ("backups", "keys", FILE_NAME, *(f"{FILE_NAME}{ending}" for ending in LOGS))
"""Names in the home that are not looked into: the store is erased by rows, not by bytes."""


def kept_for_the_law(connection: Connection, bookings: Collection[UUID]) -> list[Kept]:
    """List the documents and payments of bookings that must be kept."""
    documents = _DOCUMENTS.where(InvoiceRow.booking_id.in_(bookings))
    kept = [_document(row) for row in connection.execute(documents)]
    payments = select(PaymentRow.reference, PaymentRow.created_at).where(
        PaymentRow.booking_id.in_(bookings),
        PaymentRow.reference != "",
        PaymentRow.method != Method.CASH,
    )
    for row in connection.execute(payments.order_by(PaymentRow.created_at)):
        what = _("payment reference {reference}", reference=row.reference)
        kept.append(Kept(what, _until(row.created_at), _("the books")))
    return kept


_DOCUMENTS = select(
    InvoiceRow.booking_id, InvoiceRow.content, InvoiceRow.series, InvoiceRow.issued_at
).order_by(InvoiceRow.series, InvoiceRow.number)


def _document(row: AnyRow) -> Kept:
    name = row.content["name"]
    what = {
        DocumentSeries.CREDIT: _("credit note {name}", name=name),
        DocumentSeries.INVOICE: _("invoice {name}", name=name),
        DocumentSeries.RECEIPT: _("receipt {name}", name=name),
    }[DocumentSeries(row.series)]
    return Kept(what, _until(row.issued_at), _("the books"))


def _until(at: datetime) -> str:
    return f"{at.year + RETENTION_YEARS}-12-31"


@dataclass(frozen=True, slots=True)
class About:
    """A person as entries of the audit tell of them.

    Attributes:
        account_id: The account whose acts lose their name; None without an account.
        subjects: Ids of their bookings, tickets, payments and waitlist entries.
    """

    account_id: UUID | None
    subjects: frozenset[UUID]
    names: frozenset[str]
    emails: frozenset[str]


@dataclass(frozen=True, slots=True)
class InAudit:
    """The texts of the audit that name a person, up to the last entry read.

    Attributes:
        parts: Names of the texts, by number of the entry.
        last: Number and id of the last entry read; None when there was none.
    """

    about: About
    parts: Mapping[int, Collection[str]]
    last: tuple[int, UUID] | None


def look_in_audit(connection: Connection, about: About, *, behind: int = 0) -> InAudit:
    """Find the texts that name a person; a walk of the audit, seconds for a large one.

    Args:
        behind: Entries up to this number are left out.

    Raises:
        AuditBrokenError: An entry cannot be read, so nobody knows whether it names them.
    """
    called = telling(about.names)
    addresses = {email.casefold() for email in about.emails} - {""}
    theirs = about.subjects | ({about.account_id} - {None})
    parts: dict[int, set[str]] = {}
    later = select(AuditRow.seq).where(AuditRow.seq > behind).order_by(AuditRow.seq)
    seqs = connection.execute(later).scalars().all()
    for row in read_entries(connection, seqs, _TOLD):
        if isinstance(row, Unreadable):
            hint = msg("Nothing was erased. {remedy}", remedy=advise(Remedy.VERIFY_AUDIT))
            raise AuditBrokenError(row.problem, hint=hint)
        found = set()
        if about.account_id is not None and row.actor_id == about.account_id:
            found.add(ACTOR)
        for name, value in row.detail.items():
            if name == SEALS:
                continue
            typed = name in TYPED and row.subject_id in theirs
            if typed or mentions(value, called, addresses):
                found.add(name)
        if found:
            parts[row.seq] = found
    ends = select(AuditRow.seq, AuditRow.id).where(AuditRow.seq == (seqs[-1] if seqs else behind))
    end = connection.execute(ends).one_or_none()
    return InAudit(about, parts, None if end is None else (end.seq, end.id))


def erase_from_audit(act: Act, about: About, *, known: InAudit | None = None) -> list[int]:
    """Withhold the texts of the audit that name a person; returns the numbers of the entries.

    Args:
        known: What was found before, so that only later entries are read inside the transaction.

    Raises:
        AuditBrokenError: The audit does not hold; nothing may be taken out of it.
    """
    salt_audit(
        act.connection,
        act.store.keys.audit_key,
        read_mark(act.store.keys.folder, act.store.keys.audit_key),
    )
    if known is None or known.last is None or not _holds_still(act.connection, known, about):
        return withhold(act.connection, look_in_audit(act.connection, about).parts)
    later = look_in_audit(act.connection, about, behind=known.last[0])
    return withhold(act.connection, {**known.parts, **later.parts})


def _holds_still(connection: Connection, known: InAudit, about: About) -> bool:
    """Whether a finding is about the same person, in the store that is open now."""
    if known.last is None or known.about != about:
        return False
    seq, entry_id = known.last
    there = select(AuditRow.id).where(AuditRow.seq == seq)
    return connection.execute(there).scalar_one_or_none() == entry_id


def telling(names: Iterable[str]) -> set[str]:
    """The folded names of several words; a single word may mean anything in a text."""
    folded = {fold(name) for name in names if name != ERASED}
    return {name for name in folded if " " in name}


def mentions(value: object, called: Collection[str], addresses: Collection[str]) -> bool:
    """Whether a text, or one within a list, has one of these folded names or addresses."""
    if isinstance(value, str):
        text = value.casefold()
        folded = f" {fold(value)} "
        return any(f" {name} " in folded for name in called) or any(
            address in text for address in addresses
        )
    if isinstance(value, list | tuple):
        return any(mentions(each, called, addresses) for each in value)
    if isinstance(value, dict):
        return any(mentions(each, called, addresses) for each in value.values())
    return False


def is_paper_of(tickets: Iterable[UUID], bookings: Collection[UUID]) -> ColumnElement[bool]:
    """Whether a delivery is a badge or a mail of these tickets, or a link or a mail of bookings."""
    mailed = DeliveryRow.booking_id.in_(list(bookings))
    return or_(DeliveryRow.ticket_id.in_(list(tickets)), is_slip_of(bookings), mailed)


def badges_of(
    connection: Connection, tickets: Iterable[UUID], bookings: Collection[UUID]
) -> list[tuple[UUID, str]]:
    """The deliveries of tickets' badges and of bookings' links, and where each went."""
    rows = connection.execute(
        select(DeliveryRow.id, DeliveryRow.delivered_to).where(
            is_paper_of(tickets, bookings), DeliveryRow.delivered_to.is_not(None)
        )
    )
    return [(row.id, row.delivered_to) for row in rows]


_NOTES: tuple[tuple[Any, Any], ...] = (
    (VoucherRow, VoucherRow.note),
    (DiscountRow, DiscountRow.note),
    (CashShiftRow, CashShiftRow.note),
    (BookingRow, BookingRow.note),
    (TicketRow, TicketRow.attention),
    (TicketRow, TicketRow.blocked_note),
    (ScanRow, ScanRow.reason),
    (ScanRow, ScanRow.force_reason),
    (ScanRow, ScanRow.annulled_reason),
    (OfflineScanRow, OfflineScanRow.word),
    (DeliveryRow, DeliveryRow.last_error),
    (DeliveryRow, DeliveryRow.reason),
)
"""Notes of the team; one that names an erased person is emptied."""


def erase_mentions(
    connection: Connection,
    names: Collection[str],
    emails: Collection[str],
    bookings: Collection[UUID] = (),
) -> list[Kept]:
    """Empty notes that name a person; returns what names them and must stay.

    Args:
        connection: In a transaction that writes.
        names: What the person was called.
        emails: Their addresses.
        bookings: Their own, whose documents are left out.
    """
    called = telling(names)
    addresses = {email.casefold() for email in emails} - {""}
    for table, column in _NOTES:
        values = {column.key: ""} | ({"said": None} if table is DeliveryRow else {})
        for text in connection.execute(select(column).where(column != "").distinct()).scalars():
            if mentions(text, called, addresses):
                connection.execute(update(table).where(column == text).values(values))
    # One announcement stands in the notices of thousands.
    notices = select(NoticeRow.title, NoticeRow.body).distinct()
    for title, body in connection.execute(notices).all():
        if mentions((title, body), called, addresses):
            same = NoticeRow.title == title, NoticeRow.body == body
            connection.execute(delete(NoticeRow).where(*same))
    sent = select(AnnouncementRow.id, AnnouncementRow.title, AnnouncementRow.body)
    for row in connection.execute(sent).all():
        if mentions((row.title, row.body), called, addresses):
            same_row = AnnouncementRow.id == row.id
            # What is not out yet would go out without words.
            bare = {"title": ERASED, "body": "", "hold": AnnouncementHold.STOPPED.value}
            connection.execute(update(AnnouncementRow).where(same_row).values(bare))
    return [
        *(
            _document(row)
            for row in connection.execute(_DOCUMENTS)
            if row.booking_id not in bookings and mentions(row.content, called, addresses)
        ),
        *(
            Kept(_("cash movement {number}", number=row.no), _until(row.at), _("the books"))
            for row in connection.execute(
                select(CashMovementRow.no, CashMovementRow.at, CashMovementRow.reason)
            )
            if mentions(row.reason, called, addresses)
        ),
        *(
            Kept(
                _("bank statement line of {day}", day=row.booked_on),
                _until(row.imported_at),
                _("the books"),
            )
            for row in connection.execute(
                select(
                    StatementLineRow.booked_on,
                    StatementLineRow.imported_at,
                    StatementLineRow.payer,
                    StatementLineRow.purpose,
                )
            )
            if mentions((row.payer, row.purpose), called, addresses)
        ),
        *(
            Kept(_("speaker of {event}", event=row.event), "", _("remove them from the programme"))
            for row in connection.execute(
                select(EventRow.name.label("event"), SpeakerRow.name, SpeakerRow.email).join(
                    EventRow, EventRow.id == SpeakerRow.event_id
                )
            )
            if mentions((row.name, row.email), called, addresses)
        ),
        *(
            Kept(_("set of columns {name}", name=row.name), "", _("change its conditions"))
            for row in connection.execute(select(ExportSetRow.name, ExportSetRow.conditions))
            if mentions((row.name, row.conditions), called, addresses)
        ),
    ]


def files_naming(home: Path, names: Collection[str], emails: Collection[str]) -> list[Kept]:
    """List files of the home that hold a name or an address, but the store, backups and keys."""
    needles = _needles(names, emails)
    if not needles:
        return []
    found = []
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home)
        if inside.parts[0] in _SKIPPED or inside.parts[0].startswith("."):
            continue
        with suppress(OSError):
            if path.is_file() and not path.is_symlink() and _holds(path, needles):
                found.append(Kept(str(inside), "", _("delete this file or write it anew")))
    return found


def _needles(names: Collection[str], emails: Collection[str]) -> re.Pattern[bytes] | None:
    several = telling(names)
    called = {name for name in names if name != ERASED and fold(name)}
    texts = {name for name in called if fold(name) in several} | {*emails} - {""}
    parts = _forms(texts)
    # A single word may mean anything in a text, and is a name where it is all of a cell.
    if cells := _forms(called - texts):
        parts.append(_EDGE[0] + b"(?:" + b"|".join(cells) + b")" + _EDGE[1])
    return re.compile(b"|".join(parts), re.IGNORECASE) if parts else None


_EDGE = (rb"(?:^|(?<=[\n\r\t,;|\">=]))", rb"(?=[\n\r\t,;|\"<]|$)")
"""What stands before and behind a value in a table, in XML or in JSON."""


def _forms(texts: Iterable[str]) -> list[bytes]:
    """The spellings of texts in files, as parts of a pattern."""
    forms = {
        form.encode(errors="replace")
        for text in texts
        for form in (text, json.dumps(text)[1:-1], text.upper(), text.replace(" ", "_"))
    }
    return [re.escape(form) for form in sorted(forms)]


def _holds(path: Path, needles: re.Pattern[bytes]) -> bool:
    if needles.search(path.name.encode(errors="replace")):
        return True
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for each in archive.infolist():
                with suppress(RuntimeError, zipfile.BadZipFile), archive.open(each) as file:
                    if _found(file, needles):
                        return True
        return False
    with path.open("rb") as plain:
        zipped = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        if zipped:
            with suppress(EOFError), gzip.open(plain) as file:
                return _found(file, needles)
        return _found(plain, needles)


def _found(file: "IO[bytes] | gzip.GzipFile", needles: re.Pattern[bytes]) -> bool:
    """Search a stream in pieces that overlap."""
    end = b""
    while piece := file.read(_MAX_READ):
        if needles.search(end + piece):
            return True
        end = piece[-400:]
    return False


ERASURES = "erasures.jsonl"
"""The file of erasures, by ids only; a restored backup is erased by it again."""


@dataclass(frozen=True, slots=True)
class Noted:
    """An erasure in the file of erasures.

    Attributes:
        event_id: The event of which all were erased, whoever they are; then no other id is there.
        at: When that began; who booked at the event afterwards is not meant.
    """

    account_id: UUID | None
    bookings: tuple[UUID, ...] = ()
    tickets: tuple[UUID, ...] = ()
    entries: tuple[UUID, ...] = ()
    event_id: UUID | None = None
    at: datetime | None = None

    def fields(self) -> dict[str, Any]:
        """The same as JSON has it."""
        ids = {"bookings": self.bookings, "tickets": self.tickets, "entries": self.entries}
        return {
            "account": None if self.account_id is None else str(self.account_id),
            **{name: list(map(str, some)) for name, some in ids.items()},
            **({} if self.event_id is None else {"event": str(self.event_id)}),
            **({} if self.at is None else {"at": self.at.isoformat()}),
        }

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> "Noted":
        """Understand what JSON has; any error of a lookup or a value where it cannot."""
        bookings, tickets, entries = (
            tuple(map(UUID, fields[name])) for name in ("bookings", "tickets", "entries")
        )
        account_id = UUID(fields["account"]) if fields["account"] else None
        if not fields.get("event"):
            return cls(account_id, bookings, tickets, entries)
        at = datetime.fromisoformat(fields["at"])
        return cls(account_id, bookings, tickets, entries, UUID(fields["event"]), at)


def noted_erasures(home: Path) -> list[Noted]:
    """Read the erasures of a home; a line that was cut short is left out."""
    try:
        lines = (home / ERASURES).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            found.append(Noted.read(json.loads(line)))
    return found


def note_erasure(home: Path, of: Noted, *, now: datetime) -> None:
    """Append an erasure to the file of erasures."""
    line = {"id": str(new_id()), "at": now.isoformat(), **of.fields()}
    path = home / ERASURES
    with path.open("a", encoding="ascii") as file:
        path.chmod(0o600)
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
