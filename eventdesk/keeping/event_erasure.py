"""Erasure of all who came to an event: by itself so many days after it, or by hand.

What people did stays as figures without a name; their accounts and other events are not touched.
It is done in steps of a transaction each, so that nobody waits for it: first the names go out of
the audit, then out of what was booked. `event_erasure` says how far it came; a program that ends
in between leaves nothing half done, and the next one goes on from there.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, true, update

from data import search
from data.audit_mark import read_mark
from data.rows import AnyRow, count_rows
from data.schema import (
    AuditRow,
    BookingRow,
    CashShiftRow,
    CheckInListRow,
    DeliveryRow,
    DiscountRow,
    EventErasureRow,
    EventRoleRow,
    EventRow,
    InvitationRow,
    InvoiceRow,
    NoticeRow,
    OfflineScanRow,
    PaymentRow,
    QueueRequestRow,
    RefundRow,
    RefusalRow,
    ScanRow,
    SignUpRow,
    SpeakerRow,
    StatementLineRow,
    TicketRow,
    TokenRevocationRow,
    VoucherRow,
    WaitlistEntryRow,
    WalletPassRow,
)
from eventdesk.acts import (
    ACTOR,
    ERASED,
    Act,
    Clock,
    Permission,
    Role,
    Steps,
    Unreadable,
    clock_now,
    event_row,
    read_entries,
    reads,
    salt_audit,
    steps,
    withhold,
    writes,
)
from eventdesk.core import typed_text
from eventdesk.core.errors import AuditBrokenError, InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.messages import Message, _, _n, msg, msg_n
from eventdesk.core.plain_text import plain
from eventdesk.core.remedies import Remedy, advise
from eventdesk.core.wall_clock import spoken
from eventdesk.door import Outcome
from eventdesk.events import each_by_itself
from eventdesk.keeping.erasure import Unfinished, Whom, begin, delete_begun, erase_own, sheets_of
from eventdesk.keeping.personal_data import delete_exports
from eventdesk.keeping.traces import RETENTION_YEARS, TYPED, Noted, badges_of
from eventdesk.money import count_owed
from eventdesk.printing import Kept, files_of_badge

MAX_DAYS: Final = typed_text.MAX_DAYS
AT_ONCE: Final = 100
"""Bookings, tickets or entries that one step takes the names out of."""

ENTRIES_AT_ONCE: Final = 500
ROWS_AT_ONCE: Final = 2000
STEPS_AT_ONCE: Final = 100
"""Steps that the chore does before other chores get their turn."""


@dataclass(frozen=True, slots=True)
class PersonalDataHeld:
    """What an event holds of people, and when it goes.

    Attributes:
        bookings: Bookings with a name; so with tickets, and entries of waitlists.
        since: When the first of them was made; None where nothing is held.
        days: How many days after the event they go by themselves; None is never.
        not_before: Until when that was put off.
        goes_at: When they go; None where nobody said.
        begun_at: When their erasure began; None while it has not.
        erased_at: When they were erased.
    """

    event_id: UUID
    name: str
    ends_at: datetime
    time_zone: str
    is_over: bool
    bookings: int = 0
    tickets: int = 0
    entries: int = 0
    since: datetime | None = None
    days: int | None = None
    not_before: datetime | None = None
    goes_at: datetime | None = None
    begun_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def holds_any(self) -> bool:
        """Whether anybody is named."""
        return bool(self.bookings or self.tickets or self.entries)

    @property
    def words(self) -> str:
        """How much is held."""
        return _(
            "Bookings: {bookings:,}, tickets: {tickets:,}, waiting: {entries:,}",
            bookings=self.bookings,
            tickets=self.tickets,
            entries=self.entries,
        )

    @property
    def when(self) -> str:
        """When it goes, or went."""
        if self.begun_at is not None and self.erased_at is None:
            return _("now: it has begun")
        if self.erased_at is not None and not self.holds_any:
            return _("erased {at}", at=spoken(self.erased_at, self.time_zone))
        if self.goes_at is None or self.erased_at is not None:
            return _("never by itself")
        return spoken(self.goes_at, self.time_zone)


@dataclass(frozen=True, slots=True)
class ErasurePreview:
    """What an erasure of an event takes away, and what stays.

    Attributes:
        held: What is held, and when it goes.
        files: Texts, pictures and PDFs of badges.
        goes: What else goes, in words.
        kept: What stays, and why.
        waits: What has to be done first, as names are needed for it; nothing goes before.
    """

    held: PersonalDataHeld
    files: int
    goes: tuple[str, ...]
    kept: tuple[Kept, ...]
    waits: tuple[str, ...] = ()


@writes(Permission.EVENT, about="event_id")
def keep_personal_data(
    act: Act, event_id: UUID, *, days: int | None, not_before: datetime | None = None
) -> PersonalDataHeld:
    """Say how many days after its end the personal data of an event go, or that they stay.

    Args:
        days: How many days; None lets them stay until somebody erases them.
        not_before: Puts it off until then.

    Raises:
        InvalidInputError: The days are too many or negative, or the erasure has begun.
    """
    act.need(event_id, Permission.EVENT)
    event_row(act.connection, event_id)
    if days is not None and not 0 <= days <= MAX_DAYS:
        raise InvalidInputError(msg("0 to {most} days are possible.", most=MAX_DAYS))
    held = _held_of(act, event_id)
    if held.begun_at is not None and held.erased_at is None:
        raise InvalidInputError(
            msg("The erasure has begun."), hint=msg("It goes on by itself until nothing is left.")
        )
    _put(act.connection, event_id, days=days, not_before=not_before)
    if held.holds_any:
        _wait_anew(act.connection, event_id)
    until = None if not_before is None else str(not_before)
    subject = ("event", event_id)
    act.record("keep_personal_data", subject, event_id=event_id, days=days, not_before=until)
    return _held_of(act, event_id)


@reads(Permission.ATTEND)
def events_holding_data(
    act: Act, *, offset: int = 0, limit: int = 50
) -> tuple[list[PersonalDataHeld], int]:
    """Read which events still hold personal data: those one organizes, for admins all.

    What goes next comes first, then what never goes by itself, oldest first.
    """
    act.need(None, Permission.ATTEND)
    where: list[ColumnElement[bool]] = []
    if not act.known_at(None).may(Permission.INSTALLATION):
        mine = select(EventRoleRow.event_id).where(
            EventRoleRow.account_id == act.actor.id, EventRoleRow.role == Role.ORGANIZER
        )
        where.append(EventRow.id.in_(mine))
    held = [each for each in _held(act, *where) if each.holds_any]
    held.sort(key=lambda each: (each.goes_at is None, each.goes_at or each.ends_at))
    return held[offset : offset + limit], len(held)


@reads(Permission.EVENT, about="event_id")
def preview_event_erasure(act: Act, event_id: UUID) -> ErasurePreview:
    """Read what an erasure of an event would take away now, and what stays and why."""
    act.need(event_id, Permission.EVENT)
    held = _held_of(act, event_id)
    tickets = act.connection.execute(
        select(TicketRow.id).where(TicketRow.event_id == event_id, TicketRow.holder_name != ERASED)
    ).scalars()
    bookings = act.connection.execute(
        select(BookingRow.id).where(BookingRow.event_id == event_id, BookingRow.name != ERASED)
    ).scalars()
    badges = badges_of(act.connection, tickets.all(), bookings.all())
    files = {path for badge in badges for path in files_of_badge(*badge)}
    kept = *_stays(act.connection, event_id), *sheets_of(badges)
    return ErasurePreview(
        *(held, len(files), tuple(_goes(act, event_id)), kept),
        tuple(map(str, _waits_for(act.connection, event_row(act.connection, event_id)))),
    )


@steps(Permission.EVENT)
def erase_event(steps: Steps, event_id: UUID, *, typed: str) -> PersonalDataHeld:
    """Erase the personal data of an event that is over, for ever, without waiting for the day.

    Args:
        typed: The name of the event, so that nobody does it by mistake.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: The event is not over, it is called otherwise, or money of it has to
            go back first.
        AuditBrokenError: The audit does not hold, so nothing may be taken out of it.
    """
    begun = None
    with steps.write(about=event_id) as act:
        act.need(event_id, Permission.EVENT)
        event = event_row(act.connection, event_id)
        if not _is_over(event, act.now):
            raise InvalidInputError(
                msg("{event} is not over.", event=plain(event.name)),
                hint=msg("Wait until it has ended, or cancel it."),
            )
        if fold(typed) != fold(event.name):
            raise InvalidInputError(
                msg("The event is called otherwise."), hint=msg("Type its name as it is shown.")
            )
        held = _held_of(act, event_id)
        if held.begun_at is None or held.erased_at is not None:
            for why in _waits_for(act.connection, event):
                raise InvalidInputError(
                    msg("{event} has {why}.", event=plain(event.name), why=why),
                    hint=msg(
                        "Cancel them and give the money back first: nobody could say whose it is."
                    ),
                )
            begun = _begin(act, event_id)
    if begun is not None:
        delete_begun(steps, begun)
    while _step(steps, event_id):
        pass
    with steps.read() as act:
        return _held_of(act, event_id)


@steps(internal=True)
def erase_due_events(steps: Steps) -> int:
    """Erase the personal data of events whose day has come; returns how many steps it took.

    Each step is a transaction; what does not get its turn now goes on at the next call.
    """
    if clock_now(steps.store, steps.asked).state is Clock.AHEAD:
        return 0
    with steps.read() as act:
        due = [row.id for row in _may_be_due(act) if _is_due(act, row)]

    def erase(event_id: UUID) -> int:
        begun = None
        with steps.write(about=event_id) as act:
            row = next(_may_be_due(act, EventRow.id == event_id), None)
            if row is None or not _is_due(act, row):
                return 0
            if row.begun_at is None:
                begun = _begin(act, event_id)
        if begun is not None:
            delete_begun(steps, begun)
        done = 0
        while done < STEPS_AT_ONCE and _step(steps, event_id):
            done += 1
        return done

    return each_by_itself(steps, due, erase, chore=msg("erasure of personal data"))


def erase_events_again(steps: Steps, noted: Collection[Noted]) -> None:
    """Repeat noted erasures of events in a store that came from a backup.

    Whoever booked after an event was erased stays.
    """
    latest: dict[UUID, datetime] = {}
    for one in noted:
        if one.event_id is not None and one.at is not None:
            latest[one.event_id] = max(one.at, latest.get(one.event_id, one.at))
    for event_id, at in latest.items():
        with steps.write() as act:
            there = select(EventRow.id).where(EventRow.id == event_id)
            if act.connection.execute(there).one_or_none() is None:
                continue
            if not _held_until(act.connection, event_id, at):
                continue
            _begin(act, event_id, again_of=at)
        while _step(steps, event_id, files=False):
            pass
        with steps.write() as act:
            if _held_of(act, event_id).holds_any:
                _wait_anew(act.connection, event_id)


# When


def _is_over(event: AnyRow, now: datetime) -> bool:
    return bool(event.ends_at <= now or event.state == "cancelled")


def _goes_at(row: AnyRow) -> datetime | None:
    if row.days is None:
        return None
    # People still hand on tickets and ask for their money on the day.
    at: datetime = row.ends_at + timedelta(days=max(row.days, 1))
    return at if row.not_before is None else max(at, row.not_before)


def _may_be_due(act: Act, *where: ColumnElement[bool]) -> Iterator[AnyRow]:
    """Events that are erased by themselves, with what says when; nobody is counted."""
    of = EventErasureRow
    begun_or_planned = of.begun_at.is_not(None) | of.days.is_not(None)
    yield from act.connection.execute(
        select(EventRow.id, EventRow.state, EventRow.ends_at, of.days, of.not_before, of.begun_at)
        .join(of, of.event_id == EventRow.id)
        .where(of.erased_at.is_(None), begun_or_planned, *where)
    ).all()


def _is_due(act: Act, row: AnyRow) -> bool:
    if row.begun_at is not None:
        return True
    goes_at = _goes_at(row)
    if goes_at is None or goes_at > act.now:
        return False
    return not any(_waits_for(act.connection, row))


def _waits_for(connection: Connection, event: AnyRow) -> Iterator[Message]:
    """What names are still needed for: money that has to go back."""
    if event.state == "cancelled":
        still_open = BookingRow.event_id == event.id, BookingRow.state.in_(("pending", "paid"))
        count = count_rows(connection, *still_open)
        if count:
            yield msg_n(
                "{count} booking that is not cancelled",
                "{count} bookings that are not cancelled",
                count,
            )
    count = count_owed(connection, event.id)
    if count:
        yield msg_n(
            "{count} booking that gets money back", "{count} bookings that get money back", count
        )


def _wait_anew(connection: Connection, event_id: UUID) -> None:
    """Forget that an event was erased, as people are named there again."""
    _put(connection, event_id, begun_at=None, erased_at=None, log_read=0)


def _put(connection: Connection, event_id: UUID, **values: object) -> None:
    mine = EventErasureRow.event_id == event_id
    if connection.execute(select(EventErasureRow.event_id).where(mine)).first() is None:
        connection.execute(insert(EventErasureRow).values(event_id=event_id, **values))
    else:
        connection.execute(update(EventErasureRow).where(mine).values(**values))


# What is held

_NAMED: Final = (
    (BookingRow, BookingRow.name),
    (TicketRow, TicketRow.holder_name),
    (WaitlistEntryRow, WaitlistEntryRow.name),
)


def _held_of(act: Act, event_id: UUID) -> PersonalDataHeld:
    event_row(act.connection, event_id)
    (held,) = _held(act, EventRow.id == event_id, only=event_id)
    return held


def _held(
    act: Act, *where: ColumnElement[bool], only: UUID | None = None
) -> list[PersonalDataHeld]:
    """What events hold; all but those asked for are counted in vain, unless there is one."""
    rows = act.connection.execute(
        select(
            *(EventRow.id, EventRow.name, EventRow.ends_at, EventRow.time_zone, EventRow.state),
            *(EventErasureRow.days, EventErasureRow.not_before),
            *(EventErasureRow.begun_at, EventErasureRow.erased_at),
        )
        .select_from(EventRow)
        .outerjoin(EventErasureRow, EventErasureRow.event_id == EventRow.id)
        .where(*where)
    ).all()
    counts = [_count(act.connection, table, name, only) for table, name in _NAMED] if rows else []
    held = []
    for row in rows:
        bookings, tickets, entries = (count.get(row.id, (0, None)) for count in counts)
        since = [at for _total, at in (bookings, tickets, entries) if at is not None]
        held.append(
            PersonalDataHeld(
                *(row.id, row.name, row.ends_at, row.time_zone, _is_over(row, act.now)),
                *(bookings[0], tickets[0], entries[0]),
                min(since, default=None),
                *(row.days, row.not_before, _goes_at(row), row.begun_at, row.erased_at),
            )
        )
    return held


def _count(
    connection: Connection, table: Any, name: Any, only: UUID | None
) -> dict[UUID, tuple[int, datetime | None]]:
    counted = select(table.event_id, func.count(), func.min(table.created_at)).where(name != ERASED)
    if only is not None:
        counted = counted.where(table.event_id == only)
    rows = connection.execute(counted.group_by(table.event_id))
    return {row[0]: (row[1], row[2]) for row in rows}


def _held_until(connection: Connection, event_id: UUID, at: datetime) -> bool:
    """Whether anything of people is held that was made until then."""
    requests = QueueRequestRow.created_at, QueueRequestRow.account_id.is_not(None)
    made = (
        *((table, table.created_at, name != ERASED) for table, name in _NAMED),
        *((table, created_at, true()) for table, created_at in _DELETED),
        (QueueRequestRow, *requests),
        (RefusalRow, RefusalRow.refused_at, RefusalRow.account_id.is_not(None)),
    )
    return any(
        connection.execute(
            select(table.id).where(table.event_id == event_id, created_at <= at, where).limit(1)
        ).first()
        for table, created_at, where in made
    )


def _goes(act: Act, event_id: UUID) -> Iterator[str]:
    """What goes beside bookings, tickets and entries."""
    count = count_rows(act.connection, SignUpRow.event_id == event_id)
    if count:
        yield _n("{count} sign-up for a session", "{count} sign-ups for sessions", count)
    count = count_rows(act.connection, InvitationRow.event_id == event_id)
    if count:
        yield _n("{count} invitation", "{count} invitations", count)
    count = count_rows(act.connection, NoticeRow.event_id == event_id)
    if count:
        yield _n("{count} notice to somebody", "{count} notices to people", count)


def _stays(connection: Connection, event_id: UUID) -> Iterator[Kept]:
    """What the law wants kept, and what is of no guest."""

    def last(table: Any, at: Any, *where: ColumnElement[bool]) -> tuple[int, str]:
        count, latest = connection.execute(
            select(func.count(), func.max(at)).where(table.event_id == event_id, *where)
        ).one()
        return count, "" if latest is None else f"{latest.year + RETENTION_YEARS}-12-31"

    books = _("the books")
    count, until = last(InvoiceRow, InvoiceRow.issued_at)
    if count:
        words = _n("{count} invoice or receipt", "{count} invoices and receipts", count)
        yield Kept(words, until, books)
    count, until = last(PaymentRow, PaymentRow.created_at, PaymentRow.reference != "")
    if count:
        words = _n("{count} payment reference", "{count} payment references", count)
        yield Kept(words, until, books)
    count, until = last(StatementLineRow, StatementLineRow.imported_at)
    if count:
        words = _n("{count} line of bank statements", "{count} lines of bank statements", count)
        yield Kept(words, until, books)
    count = count_rows(connection, SpeakerRow.event_id == event_id)
    if count:
        words = _n("{count} speaker", "{count} speakers", count)
        yield Kept(words, "", _("the programme; remove them there"))
    yield Kept(_("names of the team in what it did"), "", _("the log"))
    yield Kept(
        _("files that somebody exported, and older backups"),
        "",
        _("delete the files by hand; a restored backup is erased again"),
    )


# Doing it


def _begin(act: Act, event_id: UUID, *, again_of: datetime | None = None) -> Unfinished:
    """Note that it begins; from now on nothing stops it. Returns what is noted for backups.

    Who books afterwards is not meant, so that a restored backup loses the same people.

    Args:
        again_of: When it began the first time, where it is repeated.
    """
    salt_audit(
        act.connection,
        act.store.keys.audit_key,
        read_mark(act.store.keys.folder, act.store.keys.audit_key),
    )
    counts = {"bookings": 0, "tickets": 0, "entries": 0}
    begun_at = again_of or act.now
    _put(act.connection, event_id, begun_at=begun_at, erased_at=None, log_read=0, **counts)
    _erase_notes(act.connection, event_id, begun_at)
    again = {"again": True} if again_of else {}
    act.record("erase_event", ("event", event_id), event_id=event_id, **again)
    nobody = Whom(None, (), (), (), frozenset(), frozenset())
    return begin(act.connection, nobody, Noted(None, event_id=event_id, at=begun_at))


def _step(steps: Steps, event_id: UUID, *, files: bool = True) -> bool:
    """Do one step of a begun erasure; returns whether there is more to do."""
    with steps.write(about=event_id) as act:
        of = EventErasureRow.event_id == event_id
        wanted = select(EventErasureRow.__table__).where(
            of, EventErasureRow.begun_at.is_not(None), EventErasureRow.erased_at.is_(None)
        )
        row = act.connection.execute(wanted).one_or_none()
        if row is None:
            return False
        if not _take_out_of_log(act, row):
            return True
        whom = _next(act.connection, row)
        if whom is not None:
            noted = Noted(None, event_id=event_id, at=row.begun_at)
            begun = begin(act.connection, whom, noted) if files else None
            _erase(act, event_id, whom)
    if whom is None:
        return _rest(steps, row)
    if begun is not None:
        delete_begun(steps, begun)
    return True


def _take_out_of_log(act: Act, row: AnyRow) -> bool:
    """Take names out of the next entries of the audit; returns whether all were read."""
    connection, event_id = act.connection, row.event_id
    behind = select(AuditRow.seq).where(AuditRow.event_id == event_id, AuditRow.seq > row.log_read)
    seqs = connection.execute(behind.order_by(AuditRow.seq).limit(ENTRIES_AT_ONCE)).scalars().all()
    found = _parts(connection, row, seqs) if seqs else {}
    newest = connection.execute(select(func.max(AuditRow.seq))).scalar_one_or_none() or 0
    whole = len(seqs) < ENTRIES_AT_ONCE
    _put(connection, event_id, log_read=newest if whole else seqs[-1])
    withheld = withhold(connection, found)
    if withheld:
        subject = ("event", event_id)
        act.as_system().record("erase_event", subject, event_id=event_id, withheld=withheld)
    return whole


def _parts(connection: Connection, begun: AnyRow, seqs: Collection[int]) -> dict[int, set[str]]:
    """The texts of entries that name somebody who booked, came or waits."""
    named = _Named.of(connection, begun.event_id, begun.begun_at)
    parts = {}
    columns = (AuditRow.at, AuditRow.actor_id, AuditRow.subject_kind, AuditRow.detail)
    for row in read_entries(connection, list(seqs), columns):
        if isinstance(row, Unreadable):
            hint = msg("Nothing was erased. {remedy}", remedy=advise(Remedy.VERIFY_AUDIT))
            raise AuditBrokenError(row.problem, hint=hint)
        about_them = row.subject_kind in _THEIRS and row.at <= begun.begun_at
        found = {
            name
            for name, value in row.detail.items()
            if (name in TYPED and about_them) or named.in_text(value)
        }
        if row.actor_id in named.accounts:
            found.add(ACTOR)
        if found:
            parts[row.seq] = found
    return parts


_THEIRS: Final = ("booking", "ticket", "payment", "refund", "waitlist_entry", "queue_request")
"""Subjects that belong to people who come."""


@dataclass(frozen=True, slots=True)
class _Named:
    """All who are named at an event.

    Attributes:
        names: Folded; a single word may mean anything in a text.
        accounts: Accounts of those who do not work for the event.
    """

    names: frozenset[str]
    emails: frozenset[str]
    accounts: frozenset[UUID]

    @classmethod
    def of(cls, connection: Connection, event_id: UUID, until: datetime) -> "_Named":
        """Read who is named in what was made until then."""
        names: set[str] = set()
        emails: set[str] = set()
        accounts: set[UUID | None] = set()
        for table, name, email in (
            (BookingRow, BookingRow.name, BookingRow.email),
            (TicketRow, TicketRow.holder_name, TicketRow.holder_email),
            (WaitlistEntryRow, WaitlistEntryRow.name, WaitlistEntryRow.email),
        ):
            here = select(name, email, table.account_id).where(
                table.event_id == event_id, name != ERASED, table.created_at <= until
            )
            for row in connection.execute(here):
                names.add(fold(row[0]))
                emails.add(row[1].casefold())
                accounts.add(row[2])
        asked = select(QueueRequestRow.wish, QueueRequestRow.account_id).where(
            QueueRequestRow.event_id == event_id, QueueRequestRow.created_at <= until
        )
        for wish, account_id in connection.execute(asked):
            for each in (wish, *wish.get("tickets", ())):
                names.add(fold(each.get("name", "")))
                emails.add(each.get("email", "").casefold())
            accounts.add(account_id)
        signed_up = select(SignUpRow.account_id).where(
            SignUpRow.event_id == event_id, SignUpRow.created_at <= until
        )
        accounts.update(connection.execute(signed_up.distinct()).scalars())
        team = select(EventRoleRow.account_id).where(EventRoleRow.event_id == event_id)
        accounts -= {None, *connection.execute(team).scalars()}
        several = frozenset(name for name in names if " " in name)
        return cls(several, frozenset(emails - {""}), frozenset(each for each in accounts if each))

    def in_text(self, value: object) -> bool:
        """Whether a text, or one within a list, names somebody."""
        if isinstance(value, str):
            return self._has_email(value.casefold()) or self._has_name(fold(value).split())
        if isinstance(value, list | tuple):
            return any(map(self.in_text, value))
        return isinstance(value, dict) and any(map(self.in_text, value.values()))

    def _has_email(self, text: str) -> bool:
        return any(word.strip("<>(),;:\"'.") in self.emails for word in text.split() if "@" in word)

    def _has_name(self, words: list[str]) -> bool:
        return any(
            " ".join(words[start : start + count]) in self.names
            for start in range(len(words) - 1)
            for count in range(2, min(MOST_WORDS, len(words) - start) + 1)
        )


MOST_WORDS: Final = 8
"""Most words of a name that is looked for in a text."""


def _next(connection: Connection, begun: AnyRow) -> Whom | None:
    """The next bookings with their tickets, else tickets, else entries; None when none is left."""

    def some(table: Any, name: Any) -> tuple[UUID, ...]:
        here = table.event_id == begun.event_id, name != ERASED, table.created_at <= begun.begun_at
        return tuple(connection.execute(select(table.id).where(*here).limit(AT_ONCE)).scalars())

    bookings = some(BookingRow, BookingRow.name)
    of_bookings = select(TicketRow.id).where(TicketRow.booking_id.in_(bookings))
    tickets = (
        tuple(connection.execute(of_bookings).scalars())
        if bookings
        else some(TicketRow, TicketRow.holder_name)
    )
    entries = () if bookings or tickets else some(WaitlistEntryRow, WaitlistEntryRow.name)
    if not (bookings or tickets or entries):
        return None
    return Whom(None, bookings, tickets, entries, frozenset(), frozenset())


def _erase(act: Act, event_id: UUID, whom: Whom) -> None:
    """Take the names out of some bookings, tickets and entries, and cut them from accounts."""
    connection = act.connection
    of_bookings, of_tickets = BookingRow.id.in_(whom.bookings), TicketRow.id.in_(whom.tickets)
    names = {
        *connection.execute(select(BookingRow.name).where(of_bookings)).scalars(),
        *connection.execute(select(TicketRow.holder_name).where(of_tickets)).scalars(),
    }
    for table, own in (
        (PaymentRow, PaymentRow.booking_id.in_(whom.bookings)),
        (RefundRow, RefundRow.booking_id.in_(whom.bookings)),
        (TokenRevocationRow, TokenRevocationRow.ticket_id.in_(whom.tickets)),
    ):
        theirs = own & table.actor_name.in_(names)
        connection.execute(update(table).where(theirs).values(actor_name=ERASED))
        if table is not PaymentRow:
            connection.execute(update(table).where(own).values(reason=""))
    erased = erase_own(connection, whom)
    connection.execute(update(BookingRow).where(of_bookings).values(account_id=None))
    connection.execute(update(TicketRow).where(of_tickets).values(account_id=None))
    waiting = WaitlistEntryRow.id.in_(whom.entries)
    connection.execute(update(WaitlistEntryRow).where(waiting).values(account_id=None))
    so_far = EventErasureRow
    connection.execute(
        update(so_far)
        .where(so_far.event_id == event_id)
        .values(
            bookings=so_far.bookings + erased.bookings,
            tickets=so_far.tickets + erased.tickets,
            entries=so_far.entries + len(whom.entries),
        )
    )


def _erase_notes(connection: Connection, event_id: UUID, until: datetime) -> None:
    """Empty notes of the team that name somebody, as long as it is known who that is."""
    named = _Named.of(connection, event_id, until)
    for table in (VoucherRow, DiscountRow, CashShiftRow):
        here = (table.event_id == event_id) & (table.note != "")
        texts = connection.execute(select(table.note).where(here).distinct()).scalars().all()
        those = [text for text in texts if named.in_text(text)]
        connection.execute(update(table).where(here, table.note.in_(those)).values(note=""))


def _rest(steps: Steps, begun: AnyRow) -> bool:
    """Do what is left when nobody is named any more; returns whether there is more to do."""
    event_id, until = begun.event_id, begun.begun_at
    with steps.write(about=event_id) as act:
        for table, at in _DELETED:
            some = select(table.id).where(table.event_id == event_id, at <= until)
            some = some.limit(ROWS_AT_ONCE)
            if act.connection.execute(delete(table).where(table.id.in_(some))).rowcount:
                return True
    with steps.read() as act:
        ids = select(TicketRow.id).where(TicketRow.event_id == event_id)
        tickets = act.connection.execute(ids).scalars().all()
    delete_exports(steps.store.home, *tickets)
    with steps.write(about=event_id) as act:
        _erase_others(act.connection, event_id, until)
        search.tidy(act.connection)
        search.forget_words(act.connection)
        of = EventErasureRow.event_id == event_id
        row = act.connection.execute(select(EventErasureRow.__table__).where(of)).one()
        if row.erased_at is None:
            _put(act.connection, event_id, erased_at=act.now)
            act.as_system().record(
                "erase_event",
                ("event", event_id),
                event_id=event_id,
                **{name: getattr(row, name) for name in ("bookings", "tickets", "entries")},
            )
    steps.store.fold_log()
    return False


WEBHOOK: Final = "webhook"
"""The kind of a delivery that tells a webhook of something: it holds nothing but ids."""

_DELETED: Final[tuple[tuple[Any, Any], ...]] = (
    (NoticeRow, NoticeRow.created_at),
    (SignUpRow, SignUpRow.created_at),
    (InvitationRow, InvitationRow.invited_at),
)
"""What goes whole, and when each was made."""


def _erase_others(connection: Connection, event_id: UUID, until: datetime) -> None:
    """Empty requests, what was typed at the doors, and what was to be sent until then."""
    requests = (QueueRequestRow.event_id == event_id) & (QueueRequestRow.created_at <= until)
    empty: dict[str, Any] = {"wish": {}, "reason": "", "said": None, "account_id": None}
    connection.execute(update(QueueRequestRow).where(requests).values(**empty))
    refusals = (RefusalRow.event_id == event_id) & (RefusalRow.refused_at <= until)
    connection.execute(update(RefusalRow).where(refusals).values(account_id=None))
    lists = select(CheckInListRow.id).where(CheckInListRow.event_id == event_id)
    scans = ScanRow.list_id.in_(lists) & (ScanRow.recorded_at <= until)
    typed = scans & (ScanRow.outcome == Outcome.UNKNOWN)
    connection.execute(update(ScanRow).where(typed, ScanRow.scanned != "").values(scanned=""))
    words = OfflineScanRow.event_id == event_id, OfflineScanRow.delivered_at <= until
    connection.execute(update(OfflineScanRow).where(*words).values(word=""))
    connection.execute(delete(WalletPassRow).where(WalletPassRow.event_id == event_id))
    here = (DeliveryRow.event_id == event_id) & (DeliveryRow.created_at <= until)
    mail = here & DeliveryRow.ticket_id.is_(None)
    blank: dict[str, Any] = {"last_error": None, "said": None, "reason": ""}
    connection.execute(update(DeliveryRow).where(mail).values(**blank))
    with_words = mail & (DeliveryRow.kind != WEBHOOK)
    connection.execute(update(DeliveryRow).where(with_words).values(payload={}))
