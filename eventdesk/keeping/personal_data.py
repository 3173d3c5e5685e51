"""Export of everything held about a person."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, or_, select

from data.schema import (
    AccountRow,
    AnswerRow,
    ApiTokenRow,
    AppSessionRow,
    AuditRow,
    BookingRow,
    CalendarLinkRow,
    DeliveryRow,
    EventRoleRow,
    EventRow,
    InvitationRow,
    InvoiceRow,
    LinkedIdentityRow,
    NoticeRow,
    OfflineScanRow,
    OneTimeCodeRow,
    PasskeyRow,
    PaymentRow,
    ProfileRow,
    QuestionRow,
    QueueRequestRow,
    RecoveryCodeRow,
    RefundRow,
    RefusalRow,
    ScanRow,
    SecondStepRow,
    SessionRow,
    SignUpRow,
    TicketRow,
    TicketTypeRow,
    WaitlistEntryRow,
    WalletPassRow,
    WebSessionRow,
    aliased,
)
from eventdesk.accounts import need_own
from eventdesk.acts import Act, Permission, Steps, Unreadable, read_entries, reads, steps
from eventdesk.core.errors import NotFoundError, StoreReadOnlyError
from eventdesk.core.json_text import json_text
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import file_name
from eventdesk.core.private_file import replace_private

FOLDER = "exports"

_EXPORTED = re.compile(r".+-\d{8}T\d{6}Z\.json")
_HEAD = 300
"""Characters at the beginning of an export that contain its ids."""


_Ids = Select[UUID] | Select[tuple[UUID]] | Collection[UUID]
"""Ids, or what selects them."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is held about a person: the records of each part, such as `bookings`."""

    account_id: UUID
    email: str
    taken_at: datetime
    parts: dict[str, list[dict[str, Any]]]

    def to_json(self) -> str:
        """Write it as one JSON document, with instants as ISO 8601 and ids as text."""
        document = {"taken_at": self.taken_at, "account": str(self.account_id)} | self.parts
        return as_json(document)


@reads(Permission.INSTALLATION, own=True)
def personal_data(act: Act, account_id: UUID | None = None) -> PersonalData:
    """Read everything held about a person, without hashes of secrets and codes.

    Only bookings and tickets of the account count: anybody can type its e-mail address.

    Raises:
        NotFoundError: There is no such account.
        NotAllowedError: It is somebody else's, and the actor is no admin.
    """
    wanted = need_own(act, account_id)
    email = act.connection.execute(
        select(AccountRow.email).where(AccountRow.id == wanted, AccountRow.erased_at.is_(None))
    ).scalar_one_or_none()
    if email is None:
        raise NotFoundError(msg("There is no such account."))
    parts = read_parts(act.connection, _parts(wanted, email))
    parts["log"] = log_of(act.connection, wanted, _subjects(wanted))
    return PersonalData(wanted, email, act.now, parts)


@steps(Permission.INSTALLATION, own=True, local=True)
def export_personal_data(steps: Steps, account_id: UUID | None = None) -> Path:
    """Write everything held about a person into a file of the home that only its owner reads.

    Raises:
        NotAllowedError: It is somebody else's, and the actor is no admin.
        StoreReadOnlyError: The file cannot be written.
    """
    data = personal_data(steps.store, steps.asked, account_id)
    stem = file_name(data.email.partition("@")[0], fallback="person")
    path = steps.store.home / FOLDER / f"{stem}-{steps.now:%Y%m%dT%H%M%SZ}.json"
    write_private(path, data.to_json())
    with steps.write() as act:
        subject = ("account", data.account_id)
        act.record("export_personal_data", subject)
    return path


@steps(Permission.ATTEND)
def personal_data_file(steps: Steps) -> MadeFile:
    """Make a file with everything held about who asks, for them to keep."""
    data = personal_data(steps.store, steps.asked)
    with steps.write() as act:
        act.record("export_personal_data", ("account", data.account_id))
    stem = file_name(data.email.partition("@")[0], fallback="person")
    name = f"{stem}-{steps.now:%Y%m%dT%H%M%SZ}.json"
    return MadeFile(name, "application/json", data.to_json().encode())


def write_private(path: Path, text: str) -> None:
    """Write a file of the home that only its owner reads.

    Raises:
        StoreReadOnlyError: It cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_private(path, text.encode())
    except OSError as error:
        raise StoreReadOnlyError(
            msg("{path} cannot be written: {strerror}.", path=path, strerror=error.strerror),
            hint=msg("Make room, or ask who owns it."),
        ) from error


def delete_exports(home: Path, *ids: UUID) -> int:
    """Delete the files that were exported about a person; returns how many.

    Raises:
        StoreReadOnlyError: One cannot be read or deleted.
    """
    deleted = 0
    for path in exports_of(home, *ids):
        try:
            path.unlink()
            deleted += 1
        except OSError as error:
            raise _undeletable(path, error) from error
    return deleted


def exports_of(home: Path, *ids: UUID) -> Iterator[Path]:
    """The exports of an account, or of a guest with one of these tickets.

    Raises:
        StoreReadOnlyError: One cannot be read.
    """
    whose = [f'"{each}"' for each in ids]
    for path in sorted((home / FOLDER).glob("*.json")):
        if not _EXPORTED.fullmatch(path.name) or path.is_symlink() or not path.is_file():
            continue
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                head = file.read(_HEAD)
        except OSError as error:
            raise _undeletable(path, error) from error
        if head.startswith('{\n  "taken_at":') and any(each in head for each in whose):
            yield path


def _undeletable(path: Path, error: OSError) -> StoreReadOnlyError:
    return StoreReadOnlyError(
        msg("{path} cannot be deleted: {strerror}.", path=path, strerror=error.strerror),
        hint=msg("The account is erased; delete this file by hand."),
    )


def _parts(account_id: UUID, email: str) -> Iterator[tuple[str, Select[*tuple[Any, ...]]]]:
    bookings = select(BookingRow.id).where(BookingRow.account_id == account_id)
    tickets = tickets_of(account_id)
    yield (
        "accounts",
        select(
            AccountRow.email,
            AccountRow.name,
            AccountRow.is_admin,
            AccountRow.secret_kind,
            AccountRow.created_at,
            AccountRow.banned_at,
            AccountRow.ban_reason,
            AccountRow.commission_bp,
        ).where(AccountRow.id == account_id),
    )
    yield "profile", select(ProfileRow.__table__).where(ProfileRow.account_id == account_id)
    yield (
        "roles",
        select(EventRow.name.label("event"), EventRoleRow.role, EventRoleRow.permissions)
        .join(EventRow, EventRow.id == EventRoleRow.event_id)
        .where(EventRoleRow.account_id == account_id),
    )
    entries = select(WaitlistEntryRow.id).where(WaitlistEntryRow.account_id == account_id)
    yield from parts_of_tickets(tickets, bookings, entries)
    yield "requests", _all(QueueRequestRow).where(QueueRequestRow.account_id == account_id)
    yield "refusals", _all(RefusalRow).where(RefusalRow.account_id == account_id)
    yield (
        "sign_ups",
        select(SessionRow.title.label("session"), SignUpRow.created_at)
        .join(SessionRow, SessionRow.id == SignUpRow.session_id)
        .where(SignUpRow.account_id == account_id),
    )
    yield "notices", _all(NoticeRow).where(NoticeRow.account_id == account_id)
    yield "invitations", _all(InvitationRow).where(InvitationRow.email == email)
    yield (
        "one_time_codes",
        select(
            OneTimeCodeRow.made_by,
            OneTimeCodeRow.created_at,
            OneTimeCodeRow.expires_at,
            OneTimeCodeRow.used_at,
        ).where(OneTimeCodeRow.account_id == account_id),
    )
    for name, table, but in (
        ("second_step", SecondStepRow, {"account_id", "sealed", "last_step"}),
        ("links", LinkedIdentityRow, {"id", "account_id"}),
        ("passkeys", PasskeyRow, {"id", "account_id", "credential_id", "public_key"}),
        ("recovery_codes", RecoveryCodeRow, {"account_id", "code_hash"}),
        ("tokens", ApiTokenRow, {"id", "account_id", "secret_hash"}),
        ("browsers", WebSessionRow, {"id", "account_id", "secret_hash"}),
        ("apps", AppSessionRow, {"id", "account_id"}),
        ("calendar", CalendarLinkRow, {"account_id", "issue"}),
    ):
        told = [column for column in table.__table__.columns if column.key not in but]
        yield name, select(*told).where(table.account_id == account_id)


def parts_of_tickets(
    tickets: _Ids, bookings: _Ids, entries: _Ids
) -> Iterator[tuple[str, Select[*tuple[Any, ...]]]]:
    """What is held about tickets, bookings and wishes on waitlists."""
    yield (
        "bookings",
        select(EventRow.name.label("event"), *BookingRow.__table__.columns)
        .join(EventRow, EventRow.id == BookingRow.event_id)
        .where(BookingRow.id.in_(bookings))
        .order_by(BookingRow.created_at),
    )
    yield (
        "tickets",
        select(TicketTypeRow.name.label("ticket_type"), *TicketRow.__table__.columns)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.id.in_(tickets)),
    )
    yield (
        "answers",
        select(AnswerRow.ticket_id, QuestionRow.text.label("question"), AnswerRow.value)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(AnswerRow.ticket_id.in_(tickets)),
    )
    yield (
        "scans",
        select(
            ScanRow.ticket_id, ScanRow.outcome, ScanRow.direction, ScanRow.reason,
            ScanRow.seen_at, ScanRow.recorded_at, ScanRow.annulled_at, ScanRow.annulled_reason,
            ScanRow.answers, OfflineScanRow.shown, OfflineScanRow.conflict, OfflineScanRow.word,
        ).outerjoin(OfflineScanRow, OfflineScanRow.scan_id == ScanRow.id)
        .where(ScanRow.ticket_id.in_(tickets)).order_by(ScanRow.no),
    )  # fmt: skip
    yield "waitlist", _all(WaitlistEntryRow).where(WaitlistEntryRow.id.in_(entries))
    yield (
        "badges",
        select(
            DeliveryRow.ticket_id,
            DeliveryRow.state,
            DeliveryRow.reason,
            DeliveryRow.delivered_to,
            DeliveryRow.created_at,
            DeliveryRow.finished_at,
        ).where(DeliveryRow.ticket_id.in_(tickets), DeliveryRow.kind == "badge"),
    )
    for_them = or_(DeliveryRow.booking_id.in_(bookings), DeliveryRow.ticket_id.in_(tickets))
    yield (
        "mails",
        select(
            DeliveryRow.kind,
            DeliveryRow.event_id,
            DeliveryRow.payload,
            DeliveryRow.state,
            DeliveryRow.last_error,
            DeliveryRow.created_at,
            DeliveryRow.finished_at,
        ).where(DeliveryRow.kind.in_(("mail", "link", "bulk_mail")), for_them),
    )
    yield "wallets", _all(WalletPassRow).where(WalletPassRow.ticket_id.in_(tickets))
    yield "payments", _all(PaymentRow).where(PaymentRow.booking_id.in_(bookings))
    yield "refunds", _all(RefundRow).where(RefundRow.booking_id.in_(bookings))
    yield "invoices", _all(InvoiceRow).where(InvoiceRow.booking_id.in_(bookings))


def tickets_of(account_id: UUID) -> Select[UUID]:
    """Tickets that an account holds, or booked for holders without an account."""
    # Aliases, so that an update of tickets by this query does not correlate with it.
    ticket, booking = aliased(TicketRow), aliased(BookingRow)
    booked = select(booking.id).where(booking.account_id == account_id)
    return select(ticket.id).where(
        or_(
            ticket.account_id == account_id,
            ticket.booking_id.in_(booked) & ticket.account_id.is_(None),
        )
    )


def _all(table: Any) -> Select[*tuple[Any, ...]]:
    return select(table.__table__)


def read_parts(
    connection: Connection, parts: Iterable[tuple[str, Select[*tuple[Any, ...]]]]
) -> dict[str, list[dict[str, Any]]]:
    """Read the rows of each part."""
    return {name: [*map(dict, connection.execute(part).mappings())] for name, part in parts}


def _subjects(account_id: UUID) -> tuple[Select[UUID], ...]:
    bookings = select(BookingRow.id).where(BookingRow.account_id == account_id)
    return (
        bookings,
        tickets_of(account_id),
        select(PaymentRow.id).where(PaymentRow.booking_id.in_(bookings)),
        select(WaitlistEntryRow.id).where(WaitlistEntryRow.account_id == account_id),
    )


def log_of(
    connection: Connection, account_id: UUID | None, subjects: Iterable[_Ids]
) -> list[dict[str, Any]]:
    """Audit entries by a person, or about them and these subjects, in one walk of the log."""
    own = (AuditRow.actor_id == account_id, AuditRow.subject_id == account_id)
    theirs = or_(
        *(own if account_id is not None else ()),
        *(AuditRow.subject_id.in_(ids) for ids in subjects),
    )
    seqs = connection.execute(select(AuditRow.seq).where(theirs).order_by(AuditRow.seq))
    return [
        {"detail": entry.problem}
        if isinstance(entry, Unreadable)
        else {column.key: getattr(entry, column.key) for column in _TOLD}
        for entry in read_entries(connection, seqs.scalars().all(), _TOLD)
    ]


_TOLD = (
    AuditRow.at,
    AuditRow.verb,
    AuditRow.actor_name,
    AuditRow.subject_kind,
    AuditRow.subject_id,
    AuditRow.detail,
)


def as_json(document: dict[str, Any]) -> str:
    """Write values as one JSON document, with instants as ISO 8601 and ids as text."""
    return json_text(document, indent=2, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
