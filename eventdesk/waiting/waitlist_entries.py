"""Entries of waitlists inside a transaction: reading, adding and closing them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update

from data.numbers import next_number
from data.rows import count_rows
from data.schema import (
    AccountRow,
    EventRow,
    InvitationRow,
    SessionRow,
    TicketTypeRow,
    WaitlistEntryRow,
)
from eventdesk.acts import Act
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.programme import best_ticket_priority
from eventdesk.waiting.waitlist_entry import INVITED_VIP, EntryState, EntryView

OPEN = (EntryState.WAITING, EntryState.OFFERED)
IN_ORDER = (WaitlistEntryRow.priority.desc(), WaitlistEntryRow.no)
"""Who goes first."""

OFFERED = text("waitlist_entry.state = 'offered'")
"""Spelled out, for SQLite takes a partial index only where it sees the very words."""

ENTRIES = (
    select(
        WaitlistEntryRow.id,
        WaitlistEntryRow.no,
        WaitlistEntryRow.event_id,
        WaitlistEntryRow.ticket_type_id,
        WaitlistEntryRow.session_id,
        WaitlistEntryRow.name,
        WaitlistEntryRow.email,
        WaitlistEntryRow.account_id,
        WaitlistEntryRow.state,
        WaitlistEntryRow.priority,
        WaitlistEntryRow.created_at,
        WaitlistEntryRow.offered_at,
        WaitlistEntryRow.offer_until,
        func.coalesce(TicketTypeRow.name, SessionRow.title).label("what"),
        EventRow.name.label("event_name"),
        EventRow.time_zone,
        AccountRow.banned_at,
    )
    .join(EventRow, EventRow.id == WaitlistEntryRow.event_id)
    .outerjoin(TicketTypeRow, TicketTypeRow.id == WaitlistEntryRow.ticket_type_id)
    .outerjoin(SessionRow, SessionRow.id == WaitlistEntryRow.session_id)
    .outerjoin(AccountRow, AccountRow.id == WaitlistEntryRow.account_id)
)
"""Entries with what their views show."""


def entry_row(connection: Connection, entry_id: UUID) -> Any:
    """Read one entry.

    Raises:
        NotFoundError: There is no such entry.
    """
    row = connection.execute(ENTRIES.where(WaitlistEntryRow.id == entry_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such entry on a waitlist.")
    return row


def same_list(entry: Any) -> ColumnElement[bool]:
    """The entries that wait for the same as this one."""
    return which(entry.ticket_type_id, entry.session_id)


def which(ticket_type_id: UUID | None, session_id: UUID | None) -> ColumnElement[bool]:
    """The entries that wait for a ticket type, or for a session."""
    if ticket_type_id is not None:
        return WaitlistEntryRow.ticket_type_id == ticket_type_id
    return WaitlistEntryRow.session_id == session_id


def place_of(connection: Connection, entry: Any) -> int | None:
    """Which of those waiting for the same an entry is, from 1; None when it does not wait."""
    if entry.state != EntryState.WAITING:
        return None
    before = count_rows(
        connection,
        same_list(entry),
        WaitlistEntryRow.state == "waiting",
        (WaitlistEntryRow.priority > entry.priority)
        | ((WaitlistEntryRow.priority == entry.priority) & (WaitlistEntryRow.no < entry.no)),
    )
    return before + 1


def view_of(row: Any, place: int | None, *, lapsed: bool = False) -> EntryView:
    """Make a view of a row of `ENTRIES`; with `lapsed` what is offered has ended."""
    ended = lapsed and row.state == EntryState.OFFERED
    return EntryView(
        id=row.id,
        event_id=row.event_id,
        event_name=row.event_name,
        time_zone=row.time_zone,
        ticket_type_id=row.ticket_type_id,
        session_id=row.session_id,
        what=row.what,
        name=row.name,
        email=row.email,
        account_id=row.account_id,
        state=EntryState.EXPIRED if ended else EntryState(row.state),
        place=place,
        priority=row.priority,
        created_at=row.created_at,
        offered_at=row.offered_at,
        offer_until=row.offer_until,
    )


def entry_view(connection: Connection, entry_id: UUID) -> EntryView:
    """Read one entry with its place."""
    row = entry_row(connection, entry_id)
    return view_of(row, place_of(connection, row))


def open_entry(
    connection: Connection, account_id: UUID | None, email: str, of_list: ColumnElement[bool]
) -> Any | None:
    """The open entry of a person for something, by account, or by e-mail where there is none."""
    if account_id is not None:
        whose = WaitlistEntryRow.account_id == account_id
    else:
        whose = func.lower(WaitlistEntryRow.email) == email.lower()
    return connection.execute(
        ENTRIES.where(of_list, whose, WaitlistEntryRow.state.in_(OPEN))
    ).first()


def add_entry(
    act: Act,
    event_id: UUID,
    *,
    ticket_type_id: UUID | None,
    session_id: UUID | None,
    account_id: UUID | None,
    name: str,
    email: str,
) -> EntryView:
    """Put a person at the end of those with the same priority.

    Raises:
        InvalidInputError: The person is on this list already.
    """
    present = open_entry(act.connection, account_id, email, which(ticket_type_id, session_id))
    if present is not None:
        place = place_of(act.connection, present)
        where = f"at place {place}" if place else "and a place is offered"
        raise InvalidInputError(
            f"{present.name} is on this waitlist already, {where}.",
            hint="One entry a person is enough: a freed place is offered in turn.",
        )
    entry_id = new_id()
    priority = priority_of(act.connection, event_id, ticket_type_id, account_id, email)
    act.connection.execute(
        insert(WaitlistEntryRow).values(
            id=entry_id,
            no=next_number(act.connection, WaitlistEntryRow.no),
            event_id=event_id,
            ticket_type_id=ticket_type_id,
            session_id=session_id,
            account_id=account_id,
            name=name,
            email=email,
            priority=priority,
            state=EntryState.WAITING,
            created_at=act.now,
        )
    )
    view = entry_view(act.connection, entry_id)
    log(act, "join_waitlist", view, place=view.place, priority=priority)
    return view


def priority_of(
    connection: Connection,
    event_id: UUID,
    ticket_type_id: UUID | None,
    account_id: UUID | None,
    email: str,
) -> int:
    """The highest of: the wanted type's priority, an invitation as VIP, a ticket one has."""
    of_type = connection.execute(
        select(TicketTypeRow.priority).where(TicketTypeRow.id == ticket_type_id)
    ).scalar_one_or_none()
    invited = connection.execute(
        select(InvitationRow.vip).where(
            InvitationRow.event_id == event_id,
            InvitationRow.email == email.strip().lower(),
            InvitationRow.vip,
        )
    ).first()
    held = 0 if account_id is None else best_ticket_priority(connection, account_id, event_id)
    return max(of_type or 0, INVITED_VIP if invited else 0, held)


def put_state(
    connection: Connection, entry_ids: Sequence[UUID], state: EntryState, **values: object
) -> None:
    """Change how entries stand."""
    connection.execute(
        update(WaitlistEntryRow)
        .where(WaitlistEntryRow.id.in_(entry_ids))
        .values(state=state, **values)
    )


def drop_entry(act: Act, entry: Any, reason: Message) -> None:
    """Take somebody off a list who can use no place any more, and say why."""
    put_state(act.connection, [entry.id], EntryState.LEFT, offer_until=None)
    log(act.as_system(), "drop_from_waitlist", entry, reason=in_english(reason))
    tell(act, entry, "change", msg("You no longer wait for {what}", what=entry.what), reason)


def log(act: Act, verb: str, entry: Any, **detail: object) -> None:
    """Write down one step of an entry."""
    act.record(
        verb, ("waitlist_entry", entry.id), event_id=entry.event_id, what=entry.what, **detail
    )


def tell(act: Act, entry: Any, kind: str, title: Message, body: str | Message) -> None:
    """Tell the person of an entry something about it."""
    act.tell(
        entry.account_id,
        kind,
        title,
        body,
        event_id=entry.event_id,
        subject=("waitlist_entry", entry.id),
    )


def need_state(entry: Any, *states: EntryState) -> None:
    """Let only entries pass that stand like this.

    Raises:
        InvalidInputError: It stands otherwise; the message says how.
    """
    if entry.state in states:
        return
    said = {
        EntryState.WAITING: "Nothing is offered yet.",
        EntryState.OFFERED: "A place is offered already.",
        EntryState.TAKEN: "The place was taken.",
        EntryState.EXPIRED: "The offer has ended.",
        EntryState.LEFT: "The entry was taken off the waitlist.",
    }
    raise InvalidInputError(said[EntryState(entry.state)], hint="Look at the waitlist again.")
