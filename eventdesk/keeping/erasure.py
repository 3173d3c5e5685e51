"""Erasure of a person: their bookings stay as figures without a name.

An erasure returns what stays, and why (`Kept`): receipts, invoices and payment references, which
the law wants kept, and files in the home that others wrote. Acts of the person as staff (scans,
payments, refunds, new codes of others) keep the operator's name, and bank statements stay as they
are. Backups stay until they are thinned; a restored one is erased again (`erase_again`).
docs/accounts.md tells people so.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    insert,
    select,
    union,
    update,
)

from data import search
from data.rows import AnyRow, update_row
from data.schema import (
    AccountRow,
    AnswerRow,
    ApiTokenRow,
    AppSessionRow,
    AuditRow,
    BookingRow,
    CalendarLinkRow,
    CashMovementRow,
    CashShiftRow,
    DeliveryRow,
    EventRoleRow,
    EventRow,
    InvitationRow,
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
    SettingRow,
    SignUpRow,
    TicketRow,
    TokenRevocationRow,
    WaitlistEntryRow,
    WalletPassRow,
    WebSessionRow,
    aliased,
)
from data.store import Store
from eventdesk.accounts import ERASED_LAST, forgive, need_other_admin, need_own, subject_of
from eventdesk.acts import ERASED, Act, Permission, Role, Steps, steps
from eventdesk.booking import forget_requests
from eventdesk.core.errors import AuditBrokenError, InvalidInputError, NotFoundError
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_id
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult, Outcome
from eventdesk.keeping.personal_data import delete_exports, exports_of, tickets_of
from eventdesk.keeping.traces import (
    ERASURES,
    About,
    Noted,
    badges_of,
    erase_from_audit,
    erase_mentions,
    files_naming,
    is_paper_of,
    kept_for_the_law,
    look_in_audit,
    mentions,
    note_erasure,
    noted_erasures,
    telling,
)
from eventdesk.printing import Kept, delete_files, files_of_badge, forget_files

_OF_ACCOUNT: Final = (
    *(ProfileRow, NoticeRow, OneTimeCodeRow, EventRoleRow, SecondStepRow, RecoveryCodeRow),
    *(LinkedIdentityRow, PasskeyRow),
    *(ApiTokenRow, AppSessionRow, WebSessionRow, CalendarLinkRow),
)
"""What goes with an account."""

_KEY = "erasing/"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A committed erasure whose badge files are not all deleted.

    Attributes:
        badges: The id of each badge's delivery, and where that went. Files are found by the id in
            their names, so that no row of the store can name any other file.
    """

    key: str
    of: Noted
    badges: tuple[tuple[UUID, str], ...]

    def files(self) -> list[Path]:
        """Texts, pictures and PDFs of the badges."""
        return [path for badge in self.badges for path in files_of_badge(*badge)]

    def sheets(self) -> list[Kept]:
        """PDFs with badges of others too, in which theirs is a picture that no search finds."""
        return sheets_of(self.badges)


def sheets_of(badges: Iterable[tuple[UUID, str]]) -> list[Kept]:
    """PDFs with several badges, among which are these."""
    shared = {where for badge, where in badges if str(badge) not in where}
    return [
        Kept(where, "", _("delete this file or write it anew"))
        for where in sorted(shared)
        if where.endswith(".pdf") and Path(where).is_absolute() and Path(where).is_file()
    ]


def read_unfinished(connection: Connection) -> list[Unfinished]:
    """Read the unfinished erasures; rows that cannot be understood are left out."""
    found = []
    rows = select(SettingRow.key, SettingRow.value).where(SettingRow.key.startswith(_KEY))
    for row in connection.execute(rows).all():
        with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            fields = json.loads(row.value)
            badges = ((UUID(badge), str(where)) for badge, where in fields["badges"])
            found.append(Unfinished(row.key, Noted.read(fields), tuple(badges)))
    return found


_CHOSEN = ("choice", "yes_no")
"""Kinds of questions whose answers stay as figures; answers that people typed are deleted."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The result of an erasure."""

    bookings: int
    tickets: int
    scans: int
    files: int = 0
    """Badge files and exports of their data that were deleted."""
    kept: tuple[Kept, ...] = ()
    """Mentions that stay, and why."""


@dataclass(frozen=True, slots=True)
class Whom:
    """A person to erase: ids of their rows, and their names and addresses."""

    account_id: UUID | None
    bookings: tuple[UUID, ...]
    tickets: tuple[UUID, ...]
    entries: tuple[UUID, ...]
    """Waitlist entries."""
    names: frozenset[str]
    emails: frozenset[str]


class PreviewError(Exception):
    """Rolls a preview back."""


@steps(Permission.INSTALLATION, own=True)
def erase_account(steps: Steps, account_id: UUID | None = None, *, preview: bool = False) -> Erased:
    """Erase a person for ever; their bookings stay as figures without a name.

    Their badges in folders, and the files with their data that lie in the home's folder for
    exports, are deleted too.

    Args:
        account_id: Who; None is the actor.
        preview: Only say what would be erased, and what would stay.

    Raises:
        NotAllowedError: It is somebody else, and the actor is no admin.
        InvalidInputError: They have open bookings, own or alone organize an event that is not
            over, or are the last admin.
        AuditBrokenError: The audit does not hold, so nothing may be taken out of it.
        StoreReadOnlyError: They are erased, but a file with their data cannot be deleted.
        NotFoundError: There is no such account.
    """
    with steps.read() as act:  # the long walk, before anybody waits
        _wanted, _account, whom = _erasable(act, account_id)
        known = look_in_audit(act.connection, about(act.connection, whom))
    with suppress(PreviewError), steps.write() as act:
        wanted, account, whom = _erasable(act, account_id)
        begun = begin(act.connection, whom)
        _erase_acts(act.connection, wanted, account.name)
        found = erase_rows(act.connection, whom)
        _erase_wishes(act, wanted)
        _erase_account(act, wanted, account.email)
        withheld = erase_from_audit(act, about(act.connection, whom), known=known)
        who = replace(act.actor, name=ERASED) if act.actor.id == wanted else act.actor
        subject = ("account", wanted)
        act.by(who).record("erase_account", subject, bookings=found.bookings, withheld=withheld)
        if preview:
            raise PreviewError
    return finish(steps, whom, found, begun, preview=preview)


def _erasable(act: Act, account_id: UUID | None) -> tuple[UUID, Any, Whom]:
    """The id, account and rows of a person who may be erased; raises as `erase_account` does."""
    wanted = need_own(act, account_id)
    account = act.connection.execute(
        select(AccountRow.email, AccountRow.name, AccountRow.is_admin).where(
            AccountRow.id == wanted, AccountRow.erased_at.is_(None)
        )
    ).one_or_none()
    if account is None:
        raise NotFoundError(msg("There is no such account."))
    if account.is_admin:
        need_other_admin(act.connection, wanted)
    need_over(act, tickets_of(wanted))
    _need_no_event(act, wanted)
    return wanted, account, _whom_of_account(act.connection, wanted, account)


def begin(connection: Connection, whom: Whom, of: Noted | None = None) -> Unfinished:
    """Store, in the transaction of an erasure, which files are to be deleted after it.

    Args:
        of: What is noted in the home for backups; None is this person.
    """
    of = of or Noted(whom.account_id, whom.bookings, whom.tickets, whom.entries)
    one = Unfinished(
        f"{_KEY}{new_id()}", of, tuple(badges_of(connection, whom.tickets, whom.bookings))
    )
    fields = of.fields() | {"badges": [[str(badge), where] for badge, where in one.badges]}
    connection.execute(insert(SettingRow).values(key=one.key, value=json.dumps(fields)))
    return one


def finish(steps: Steps, whom: Whom, found: Erased, begun: Unfinished, *, preview: bool) -> Erased:
    """Delete the files of an erased person, and list the files that still name them.

    A preview only lists files.
    """
    if preview:
        files = begun.files()
        kept = (*found.kept, *begun.sheets(), *left_of(steps.store, whom, files))
        return replace(found, files=len(files), kept=kept)
    deleted, left = delete_begun(steps, begun)
    if not steps.store.fold_log():
        left.append(
            Kept(_("the log of the database"), "", _("until the programs that read it close"))
        )
    kept = (*found.kept, *left, *begun.sheets(), *left_of(steps.store, whom))
    return replace(found, files=deleted, kept=kept)


@steps(internal=True)
def finish_erasures(steps: Steps) -> int:
    """Finish the erasures that an ended program left; returns how many files were deleted.

    Raises:
        StoreReadOnlyError: A file with their data cannot be deleted; it is tried again.
    """
    with steps.read() as act:
        begun = read_unfinished(act.connection)
    deleted = sum(delete_begun(steps, one)[0] for one in begun)
    if begun:
        steps.store.fold_log()
    return deleted


def delete_begun(steps: Steps, one: Unfinished) -> tuple[int, list[Kept]]:
    """Delete the files of an erasure; finish it when all of them are deleted."""
    deleted, left = delete_files(one.files())
    left += _noted(steps, one.of)
    deleted += delete_exports(steps.store.home, *whose(one.of))
    if not left:
        with steps.write() as act:
            act.connection.execute(delete(SettingRow).where(SettingRow.key == one.key))
    return deleted, left


def whose(whom: Whom | Noted) -> tuple[UUID, ...]:
    """Ids that exports of this person contain."""
    return whom.tickets if whom.account_id is None else (whom.account_id,)


def _noted(steps: Steps, of: Noted) -> list[Kept]:
    """Note an erasure in the home, for backups that are restored later."""
    try:
        if of not in noted_erasures(steps.store.home):
            note_erasure(steps.store.home, of, now=steps.now)
    except OSError as error:
        why = _(
            "{home} cannot be written: {strerror}",
            home=steps.store.home / ERASURES,
            strerror=error.strerror,
        )
        return [Kept(_("backups, also when one is restored"), "", why)]
    return []


def erase_again(steps: Steps, noted: Iterable[Noted]) -> int:
    """Repeat noted erasures in a store that came from a backup; returns how many were needed.

    An audit that does not hold is left as it is; `audit verify` tells.
    """
    count = 0
    for one in noted:
        with steps.write() as act:
            account = act.connection.execute(
                select(AccountRow.email, AccountRow.name).where(
                    AccountRow.id == one.account_id, AccountRow.erased_at.is_(None)
                )
            ).one_or_none()
            whom = _noted_whom(act.connection, one)
            if account is not None and one.account_id is not None:
                whom = _whom_of_account(act.connection, one.account_id, account)
            elif whom is None:
                continue
            erase_rows(act.connection, whom)
            if account is not None and one.account_id is not None:
                _erase_acts(act.connection, one.account_id, account.name)
                _erase_wishes(act, one.account_id)
                _erase_account(act, one.account_id, account.email)
            withheld: list[int] = []
            with suppress(AuditBrokenError):
                withheld = erase_from_audit(act, about(act.connection, whom))
            subject = ("account", one.account_id)
            act.as_system().record("erase_again", subject, withheld=withheld)
            count += 1
    if count:
        steps.store.fold_log()
    return count


def _noted_whom(connection: Connection, one: Noted) -> Whom | None:
    """The rows of a noted erasure that still hold a name; None without any."""
    bookings, tickets, entries = (
        connection.execute(
            select(table.id, name, email).where(table.id.in_(ids), name != ERASED)
        ).all()
        for table, ids, name, email in (
            (BookingRow, one.bookings, BookingRow.name, BookingRow.email),
            (TicketRow, one.tickets, TicketRow.holder_name, TicketRow.holder_email),
            (WaitlistEntryRow, one.entries, WaitlistEntryRow.name, WaitlistEntryRow.email),
        )
    )
    rows = [*bookings, *tickets, *entries]
    if not rows:
        return None
    return Whom(
        one.account_id,
        tuple(row.id for row in bookings),
        tuple(row.id for row in tickets),
        tuple(row.id for row in entries),
        frozenset(str(row[1]) for row in rows),
        frozenset(str(row[2]) for row in rows) - {""},
    )


def left_of(store: Store, whom: Whom, going: Iterable[Path] = ()) -> list[Kept]:
    """Files in the home that name a person, without those that are deleted with them."""
    own = {*exports_of(store.home, *whose(whom)), *going}
    return [
        kept
        for kept in files_naming(store.home, whom.names, whom.emails)
        if store.home / kept.what not in own
    ]


def _whom_of_account(connection: Connection, account_id: UUID, account: AnyRow) -> Whom:
    tickets = connection.execute(_TICKETS.where(TicketRow.id.in_(tickets_of(account_id)))).all()
    booked = connection.execute(
        select(BookingRow.id, BookingRow.name, BookingRow.email).where(
            BookingRow.account_id == account_id
        )
    ).all()
    names = {account.name, *(row.holder_name for row in tickets), *(row.name for row in booked)}
    emails = {account.email, *(row.holder_email for row in tickets), *(row.email for row in booked)}
    emails -= {""}
    return Whom(
        account_id,
        tuple(booking.id for booking in booked),
        tuple(ticket.id for ticket in tickets),
        tuple(_wishes(connection, account_id, names, emails)),
        frozenset(names),
        frozenset(emails),
    )


def _wishes(
    connection: Connection, account_id: UUID, names: Collection[str], emails: Collection[str]
) -> Iterator[UUID]:
    """Waitlist entries of an account, and those without one of the same name and address."""
    called = {fold(name) for name in names}
    rows = connection.execute(
        select(WaitlistEntryRow.id, WaitlistEntryRow.account_id, WaitlistEntryRow.name).where(
            (WaitlistEntryRow.account_id == account_id)
            | (
                WaitlistEntryRow.account_id.is_(None)
                & func.lower(WaitlistEntryRow.email).in_({email.casefold() for email in emails})
            )
        )
    )
    for row in rows:
        if row.account_id is not None or fold(row.name) in called:
            yield row.id


def erase_rows(connection: Connection, whom: Whom) -> Erased:
    """Remove a person from bookings, tickets, waitlist entries, scans and notes."""
    kept = kept_for_the_law(connection, whom.bookings)
    kept += erase_mentions(connection, whom.names, whom.emails, whom.bookings)
    _erase_typed(connection, whom)
    forget_requests(connection, [email.casefold() for email in whom.emails])
    _erase_reasons(connection, whom)
    erased = erase_own(connection, whom)
    search.tidy(connection)
    search.forget_words(connection)
    return replace(erased, kept=tuple(kept))


def erase_own(connection: Connection, whom: Whom) -> Erased:
    """Take the names out of rows of their own; the index for searches is not tidied."""
    tickets = connection.execute(_TICKETS.where(TicketRow.id.in_(whom.tickets))).all()
    scans = _erase_scans(connection, whom.tickets)
    _erase_tickets(connection, whom.tickets, tickets)
    papers = is_paper_of(whom.tickets, whom.bookings)
    forget_files(connection, papers)
    _set(connection, DeliveryRow, papers, reason="", payload={}, last_error=None, said=None)
    booked = BookingRow.id.in_(whom.bookings)
    empty = {"folded_name": fold(ERASED), "email": "", "note": ""}
    _set(connection, BookingRow, booked, name=ERASED, link_no=BookingRow.link_no + 1, **empty)
    asked = QueueRequestRow.booking_id.in_(whom.bookings)
    _set(connection, QueueRequestRow, asked, wish={}, reason="", said=None)
    entries = WaitlistEntryRow.id.in_(whom.entries)
    _set(connection, WaitlistEntryRow, entries, name=ERASED, email="")
    # The waitlist gives what was offered to the next.
    waiting = entries & WaitlistEntryRow.state.in_(("waiting", "offered"))
    _set(connection, WaitlistEntryRow, waiting, state="left", offer_until=None)
    return Erased(len(whom.bookings), len(tickets), scans)


def _set(connection: Connection, table: Any, where: ColumnElement[bool], **values: Any) -> None:
    connection.execute(update(table).where(where).values(values))


def _erase_reasons(connection: Connection, whom: Whom) -> None:
    """Empty reasons of refunds and new codes that name a person."""
    called = telling(whom.names)
    addresses = {email.casefold() for email in whom.emails} - {""}
    for table, own in (
        (RefundRow, RefundRow.booking_id.in_(whom.bookings)),
        (TokenRevocationRow, TokenRevocationRow.ticket_id.in_(whom.tickets)),
    ):
        texts = connection.execute(select(table.reason).where(own).distinct()).scalars()
        named = [text for text in texts if mentions(text, called, addresses)]
        _set(connection, table, own & table.reason.in_(named), reason="")


def about(connection: Connection, whom: Whom) -> About:
    """The person, as entries of the audit tell of them."""
    subjects = {*whom.bookings, *whom.tickets, *whom.entries}
    for table in (PaymentRow, RefundRow):
        ids = select(table.id).where(table.booking_id.in_(whom.bookings))
        subjects |= set(connection.execute(ids).scalars())
    return About(whom.account_id, frozenset(subjects), whom.names, whom.emails)


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


def need_over(act: Act, tickets: Collection[UUID] | Select[UUID]) -> None:
    """Refuse tickets of bookings that hold for an event which is not over."""
    booked = act.connection.execute(
        select(EventRow.name)
        .join(TicketRow, TicketRow.event_id == EventRow.id)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            TicketRow.id.in_(tickets),
            TicketRow.state == "valid",
            BookingRow.state.in_(("pending", "paid")),
            _ahead(act),
        )
        .limit(1)
    ).scalar_one_or_none()
    if booked is not None:
        raise InvalidInputError(
            msg("There is a booking for {event}, which is not over.", event=plain(booked)),
            hint=msg("Cancel it, or wait until the event is over."),
        )


def _ahead(act: Act) -> ColumnElement[bool]:
    return (EventRow.ends_at > act.now) & (EventRow.state != "cancelled")


def _need_no_event(act: Act, account_id: UUID) -> None:
    """Refuse the organizer whom an event that is not over needs."""
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
    alone = act.connection.execute(
        select(EventRow.name)
        .join(EventRoleRow, EventRoleRow.event_id == EventRow.id)
        .where(
            EventRoleRow.account_id == account_id,
            EventRoleRow.role == Role.ORGANIZER,
            _ahead(act),
            (EventRow.owner_id == account_id) | (others == 0),
        )
        .limit(1)
    ).scalar_one_or_none()
    if alone is not None:
        raise InvalidInputError(
            msg("{alone} is not over and needs an organizer.", alone=alone),
            hint=msg("Hand it over to somebody else, or cancel it."),
        )


def _erase_scans(connection: Connection, tickets: Collection[UUID]) -> int:
    """Remove the name from answers at the door, and what staff noted with them."""
    rows = connection.execute(
        select(ScanRow.no, ScanRow.result).where(ScanRow.ticket_id.in_(tickets))
    ).all()
    for row in rows:
        answer = CheckInResult.from_json(row.result)
        bare = replace(answer, name=ERASED, line_two="", reason="", attention="").to_json()
        _set(
            connection,
            ScanRow,
            ScanRow.no == row.no,
            result=bare,
            reason="",
            force_reason="",
            annulled_reason=None,
            answers={},
        )
    theirs = select(ScanRow.id).where(ScanRow.ticket_id.in_(tickets))
    _set(connection, OfflineScanRow, OfflineScanRow.scan_id.in_(theirs), word="")
    connection.execute(delete(WalletPassRow).where(WalletPassRow.ticket_id.in_(tickets)))
    return len(rows)


def _erase_acts(connection: Connection, account_id: UUID, name: str) -> None:
    """Remove the name from acts on a person's own bookings and tickets.

    Rows hold the name an actor had, not the account; the audit tells which names this account
    had, and which tickets it transferred.
    """
    theirs = AuditRow.actor_id == account_id
    called = select(AuditRow.actor_name).where(theirs).distinct()
    names = {name, *connection.execute(called).scalars()}
    handed_on = select(AuditRow.subject_id).where(theirs, AuditRow.verb == "transfer_ticket")
    bookings = select(BookingRow.id).where(BookingRow.account_id == account_id)
    paid = PaymentRow.booking_id.in_(bookings) & PaymentRow.actor_name.in_(names)
    _set(connection, PaymentRow, paid, actor_name=ERASED)
    refunded = RefundRow.booking_id.in_(bookings) & RefundRow.actor_name.in_(names)
    _set(connection, RefundRow, refunded, actor_name=ERASED, reason="")
    _erase_drawers(connection, account_id, names)
    booked = select(TicketRow.id).where(TicketRow.booking_id.in_(bookings))
    revoked = TokenRevocationRow.actor_name.in_(names)
    for tickets in (booked, tickets_of(account_id), handed_on):
        theirs = TokenRevocationRow.ticket_id.in_(tickets) & revoked
        _set(connection, TokenRevocationRow, theirs, actor_name=ERASED)


def _erase_drawers(connection: Connection, account_id: UUID, names: set[str]) -> None:
    """Remove the name from their drawers, and from what they booked in any; sums stay."""
    own = CashShiftRow.operator_id == account_id
    _set(connection, CashShiftRow, own, operator_name=ERASED, note="")
    acts = select(AuditRow.subject_id).where(
        AuditRow.actor_id == account_id, AuditRow.subject_kind == "cash_movement"
    )
    in_own = CashMovementRow.shift_id.in_(select(CashShiftRow.id).where(own))
    theirs = (in_own & CashMovementRow.actor_name.in_(names)) | CashMovementRow.id.in_(acts)
    _set(connection, CashMovementRow, theirs, actor_name=ERASED)


def _erase_typed(connection: Connection, whom: Whom) -> None:
    """Empty texts typed at the doors of their events that found nobody and share a word."""
    words = {word for name in whom.names for word in fold(name).split()}
    emails = {email.casefold() for email in whom.emails} - {""}
    own = ((TicketRow, whom.tickets), (BookingRow, whom.bookings), (WaitlistEntryRow, whom.entries))
    events = union(*(select(table.event_id).where(table.id.in_(ids)) for table, ids in own))
    rows = connection.execute(
        select(ScanRow.no, ScanRow.scanned).where(
            ScanRow.event_id.in_(events), ScanRow.outcome == Outcome.UNKNOWN, ScanRow.scanned != ""
        )
    ).all()
    for row in rows:
        typed = row.scanned.casefold()
        if not words.isdisjoint(fold(typed).split()) or any(email in typed for email in emails):
            _set(connection, ScanRow, ScanRow.no == row.no, scanned="")


def _erase_tickets(connection: Connection, ids: Collection[UUID], tickets: Iterable[Any]) -> None:
    mine = TicketRow.id.in_(ids)
    typed = select(QuestionRow.id).where(QuestionRow.kind.not_in(_CHOSEN))
    connection.execute(
        delete(AnswerRow).where(AnswerRow.ticket_id.in_(ids), AnswerRow.question_id.in_(typed))
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
    _set(connection, TicketRow, mine & TicketRow.blocked_note.is_not(None), blocked_note="")
    empty = dict.fromkeys(("holder_email", "line_two", "attention"), "")
    _set(connection, TicketRow, mine, holder_name=ERASED, **empty)


def _erase_wishes(act: Act, account_id: UUID) -> None:
    """Withdraw requests, and sign-ups at events that are not over."""
    requests = QueueRequestRow.account_id == account_id
    waiting = requests & (QueueRequestRow.state == "waiting")
    _set(act.connection, QueueRequestRow, waiting, state="cancelled", decided_at=act.now)
    _set(act.connection, QueueRequestRow, requests, wish={}, reason="", said=None)
    _set(act.connection, RefusalRow, RefusalRow.account_id == account_id, account_id=None)
    coming = select(EventRow.id).where(EventRow.ends_at > act.now)
    act.connection.execute(
        delete(SignUpRow).where(SignUpRow.account_id == account_id, SignUpRow.event_id.in_(coming))
    )


def _erase_account(act: Act, account_id: UUID, email: str) -> None:
    for table in _OF_ACCOUNT:
        act.connection.execute(delete(table).where(table.account_id == account_id))
    bookings = select(BookingRow.id).where(BookingRow.account_id == account_id)
    itself = (NoticeRow.subject_kind == "account") & (NoticeRow.subject_id == account_id)
    about_them = itself | NoticeRow.subject_id.in_(bookings)
    act.connection.execute(delete(NoticeRow).where(about_them))
    act.connection.execute(delete(InvitationRow).where(InvitationRow.email == email))
    for kind in ("account", "reset"):
        forgive(act.connection, subject_of(email, kind=kind))
    update_row(
        act.connection,
        AccountRow,
        account_id,
        email=f"erased-{account_id}@invalid",
        name=ERASED,
        folded_name=ERASED_LAST,
        is_admin=False,
        secret_kind="none",
        secret_hash="",
        desk_pin_hash=None,
        ban_reason="",
        erased_at=act.now,
    )
