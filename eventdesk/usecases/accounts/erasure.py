"""Erasing a person: bookings stay as figures, who made them is nobody any more.

What stays, and why: entries of the audit keep the name of who acted, and what was typed as a
reason, because the chain that seals them would break; receipts, invoices, bank statements and the
references of payments, because the law wants the books kept; what the person did as staff (scans,
payments, refunds, new codes of others) keeps the operator's name; single words of names in the
list that typos are corrected against, which lead to nobody; backups, until they are thinned.
docs/accounts.md says so to people.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.orm import aliased

from data import search
from data.schema import (
    AccountRow,
    AnswerRow,
    AuditRow,
    BookingRow,
    CashMovementRow,
    CashShiftRow,
    CheckInListRow,
    DeliveryRow,
    EventRoleRow,
    EventRow,
    InvitationRow,
    NoticeRow,
    OneTimeCodeRow,
    PaymentRow,
    ProfileRow,
    QuestionRow,
    QueueRequestRow,
    RefundRow,
    ScanRow,
    SignUpRow,
    TicketRow,
    TokenRevocationRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError
from eventdesk.model.door import CheckInResult
from eventdesk.model.outcome import Outcome
from eventdesk.model.people import ERASED, Actor, Permission, Role
from eventdesk.model.plain_text import fold
from eventdesk.usecases.accounts.bans import need_other_admin
from eventdesk.usecases.accounts.people import ERASED_LAST
from eventdesk.usecases.accounts.personal_data import delete_exports, tickets_of
from eventdesk.usecases.accounts.profiles import need_own
from eventdesk.usecases.accounts.tries import forgive, subject_of
from eventdesk.usecases.audit import record
from eventdesk.usecases.permission import allowed

_CHOSEN = ("choice", "yes_no")
"""Kinds of answers that are figures; what people typed themselves goes."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure went through."""

    bookings: int
    tickets: int
    scans: int
    files: int = 0
    """Exports of their data that were deleted."""


@allowed(Permission.INSTALLATION, own=True)
def erase_account(
    store: Store, actor: Actor, account_id: UUID | None = None, *, now: datetime
) -> Erased:
    """Erase a person for ever; their bookings stay as figures without a name.

    The files with their data that lie in the home's folder for exports are deleted, too.

    Raises:
        NotAllowedError: It is somebody else, and the actor is no admin.
        NotFoundError: There is no such account.
        InvalidInputError: They have open bookings, own or alone organize an event that is not
            over, or are the last admin.
        StoreReadOnlyError: They are erased, but a file with their data cannot be deleted.
    """
    with store.write() as connection:
        wanted = need_own(connection, actor, account_id)
        account = connection.execute(
            select(AccountRow.email, AccountRow.name, AccountRow.is_admin).where(
                AccountRow.id == wanted, AccountRow.erased_at.is_(None)
            )
        ).one_or_none()
        if account is None:
            raise NotFoundError("There is no such account.")
        if account.is_admin:
            need_other_admin(connection, wanted)
        _need_nothing_open(connection, wanted, now)
        tickets = connection.execute(_TICKETS.where(TicketRow.id.in_(tickets_of(wanted)))).all()
        scans = _erase_scans(connection, wanted)
        _erase_acts(connection, wanted, account.name)
        _erase_typed(connection, account, tickets)
        _erase_tickets(connection, wanted, tickets)
        bookings = _erase_bookings(connection, wanted)
        _erase_wishes(connection, wanted, now)
        _erase_account(connection, wanted, account.email, now)
        who = replace(actor, name=ERASED) if actor.id == wanted else actor
        found = Erased(bookings, len(tickets), scans)
        subject = ("account", wanted)
        record(connection, who, "erase_account", subject, now=now, bookings=bookings)
    return replace(found, files=delete_exports(store.home, wanted))


_TICKETS = select(
    TicketRow.id,
    TicketRow.event_id,
    TicketRow.code,
    TicketRow.holder_name,
    TicketRow.holder_email,
    TicketRow.blocked_note,
    TicketRow.seat,
    TicketRow.search_no,
    BookingRow.code.label("booking_code"),
).join(BookingRow, BookingRow.id == TicketRow.booking_id)


def _need_nothing_open(connection: Connection, account_id: UUID, now: datetime) -> None:
    ahead = (EventRow.ends_at > now) & (EventRow.state != "cancelled")
    booked = connection.execute(
        select(EventRow.name)
        .join(TicketRow, TicketRow.event_id == EventRow.id)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            TicketRow.id.in_(tickets_of(account_id)),
            TicketRow.state == "valid",
            BookingRow.state.in_(("pending", "paid")),
            ahead,
        )
        .limit(1)
    ).scalar_one_or_none()
    if booked is not None:
        raise InvalidInputError(
            f"There is a booking for {booked}, which is not over.",
            hint="Cancel it, or wait until the event is over.",
        )
    other = aliased(EventRoleRow)
    others = (
        select(func.count())
        .where(
            other.event_id == EventRow.id,
            other.role == Role.ORGANIZER,
            other.account_id != account_id,
        )
        .scalar_subquery()
    )
    alone = connection.execute(
        select(EventRow.name)
        .join(EventRoleRow, EventRoleRow.event_id == EventRow.id)
        .where(
            EventRoleRow.account_id == account_id,
            EventRoleRow.role == Role.ORGANIZER,
            ahead,
            (EventRow.owner_id == account_id) | (others == 0),
        )
        .limit(1)
    ).scalar_one_or_none()
    if alone is not None:
        raise InvalidInputError(
            f"{alone} is not over and needs an organizer.",
            hint="Hand it over to somebody else, or cancel it.",
        )


def _erase_scans(connection: Connection, account_id: UUID) -> int:
    """Take the name out of what the door answered and of what staff noted with it."""
    rows = connection.execute(
        select(ScanRow.no, ScanRow.result).where(ScanRow.ticket_id.in_(tickets_of(account_id)))
    ).all()
    for row in rows:
        answer = CheckInResult.from_json(row.result)
        bare = replace(answer, name=ERASED, line_two="", reason="", attention="")
        connection.execute(
            update(ScanRow)
            .where(ScanRow.no == row.no)
            .values(
                result=bare.to_json(),
                reason="",
                force_reason="",
                annulled_reason=None,
                answers={},
            )
        )
    return len(rows)


def _erase_acts(connection: Connection, account_id: UUID, name: str) -> None:
    """Take the name out of what they did with bookings and tickets of their own, and its reasons.

    Rows keep the name somebody acted under, not the account; the log, which is walked for it, knows
    under which names this person did, and which tickets they handed on.
    """
    theirs = AuditRow.actor_id == account_id
    called = select(AuditRow.actor_name).where(theirs).distinct()
    names = {name, *connection.execute(called).scalars()}
    handed_on = select(AuditRow.subject_id).where(theirs, AuditRow.verb == "transfer_ticket")
    bookings = select(BookingRow.id).where(BookingRow.account_id == account_id)
    connection.execute(
        update(PaymentRow)
        .where(PaymentRow.booking_id.in_(bookings), PaymentRow.actor_name.in_(names))
        .values(actor_name=ERASED)
    )
    connection.execute(
        update(RefundRow)
        .where(RefundRow.booking_id.in_(bookings), RefundRow.actor_name.in_(names))
        .values(actor_name=ERASED, reason="")
    )
    _erase_drawers(connection, account_id, names)
    booked = select(TicketRow.id).where(TicketRow.booking_id.in_(bookings))
    for tickets in (booked, tickets_of(account_id), handed_on):
        connection.execute(
            update(TokenRevocationRow)
            .where(
                TokenRevocationRow.ticket_id.in_(tickets), TokenRevocationRow.actor_name.in_(names)
            )
            .values(actor_name=ERASED)
        )


def _erase_drawers(connection: Connection, account_id: UUID, names: set[str]) -> None:
    """Take the name out of the drawers they had, and of what they booked in any; sums stay."""
    own = CashShiftRow.operator_id == account_id
    connection.execute(update(CashShiftRow).where(own).values(operator_name=ERASED, note=""))
    acts = select(AuditRow.subject_id).where(
        AuditRow.actor_id == account_id, AuditRow.subject_kind == "cash_movement"
    )
    in_own = CashMovementRow.shift_id.in_(select(CashShiftRow.id).where(own))
    theirs = (in_own & CashMovementRow.actor_name.in_(names)) | CashMovementRow.id.in_(acts)
    connection.execute(update(CashMovementRow).where(theirs).values(actor_name=ERASED))


def _erase_typed(connection: Connection, account: Any, tickets: Iterable[Any]) -> None:
    """Take out what was typed at the doors of their events, found nobody, and names them."""
    names = {fold(account.name), *(fold(ticket.holder_name) for ticket in tickets)} - {""}
    emails = {account.email, *(ticket.holder_email.casefold() for ticket in tickets)} - {""}
    lists = select(CheckInListRow.id).where(
        CheckInListRow.event_id.in_({ticket.event_id for ticket in tickets})
    )
    rows = connection.execute(
        select(ScanRow.no, ScanRow.scanned).where(
            ScanRow.list_id.in_(lists), ScanRow.outcome == Outcome.UNKNOWN, ScanRow.scanned != ""
        )
    ).all()
    for row in rows:
        typed = fold(row.scanned)
        if any(name in typed for name in names) or any(
            email in row.scanned.casefold() for email in emails
        ):
            connection.execute(update(ScanRow).where(ScanRow.no == row.no).values(scanned=""))


def _erase_tickets(connection: Connection, account_id: UUID, tickets: Iterable[Any]) -> None:
    mine = TicketRow.id.in_(tickets_of(account_id))
    typed = select(QuestionRow.id).where(QuestionRow.kind.not_in(_CHOSEN))
    connection.execute(
        delete(AnswerRow).where(
            AnswerRow.ticket_id.in_(tickets_of(account_id)), AnswerRow.question_id.in_(typed)
        )
    )
    connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.ticket_id.in_(tickets_of(account_id)))
        .values(reason="", payload={})
    )
    entries = [
        search.entry(
            ticket.search_no,
            name=ERASED,
            email="",
            codes=(ticket.code, ticket.booking_code),
            seat=ticket.seat,
        )
        for ticket in tickets
    ]
    if entries:
        search.put(connection, entries)
    connection.execute(update(TicketRow).where(mine, TicketRow.blocked_note.is_not(None)).values(
        blocked_note=""
    ))  # fmt: skip
    connection.execute(
        update(TicketRow)
        .where(mine)
        .values(holder_name=ERASED, holder_email="", line_two="", attention="")
    )


def _erase_bookings(connection: Connection, account_id: UUID) -> int:
    return connection.execute(
        update(BookingRow)
        .where(BookingRow.account_id == account_id)
        .values(name=ERASED, folded_name=fold(ERASED), email="", note="")
    ).rowcount


def _erase_wishes(connection: Connection, account_id: UUID, now: datetime) -> None:
    """Wishes that wait are withdrawn; the waitlist gives what was offered to the next."""
    entries = WaitlistEntryRow.account_id == account_id
    connection.execute(update(WaitlistEntryRow).where(entries).values(name=ERASED, email=""))
    connection.execute(
        update(WaitlistEntryRow)
        .where(entries, WaitlistEntryRow.state.in_(("waiting", "offered")))
        .values(state="left", offer_until=None)
    )
    requests = QueueRequestRow.account_id == account_id
    connection.execute(
        update(QueueRequestRow)
        .where(requests, QueueRequestRow.state == "waiting")
        .values(state="cancelled", decided_at=now)
    )
    connection.execute(update(QueueRequestRow).where(requests).values(wish={}, reason=""))
    coming = select(EventRow.id).where(EventRow.ends_at > now)
    connection.execute(
        delete(SignUpRow).where(SignUpRow.account_id == account_id, SignUpRow.event_id.in_(coming))
    )


def _erase_account(connection: Connection, account_id: UUID, email: str, now: datetime) -> None:
    for table in (ProfileRow, NoticeRow, OneTimeCodeRow, EventRoleRow):
        connection.execute(delete(table).where(table.account_id == account_id))
    about_them = (NoticeRow.subject_kind == "account", NoticeRow.subject_id == account_id)
    connection.execute(delete(NoticeRow).where(*about_them))
    bookings = select(BookingRow.id).where(BookingRow.account_id == account_id)
    connection.execute(delete(NoticeRow).where(NoticeRow.subject_id.in_(bookings)))
    connection.execute(delete(InvitationRow).where(InvitationRow.email == email))
    for kind in ("account", "reset"):
        forgive(connection, subject_of(email, kind=kind))
    connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id)
        .values(
            email=f"erased-{account_id}@invalid",
            name=ERASED,
            folded_name=ERASED_LAST,
            is_admin=False,
            secret_kind="none",
            secret_hash="",
            desk_pin_hash=None,
            ban_reason="",
            erased_at=now,
        )
    )
