"""Entries of waitlists inside a transaction: reading, adding, closing and ending them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, text, update

from data.numbers import next_number
from data.rows import AnyRow, count_rows, insert_row, update_row, view_from
from data.schema import (
    AccountRow,
    EventRow,
    InvitationRow,
    QueueRequestRow,
    SessionRow,
    TicketTypeRow,
    WaitlistEntryRow,
)
from eventdesk.acts import Act
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, in_english, kept_texts, msg
from eventdesk.events import Notice, RequestState
from eventdesk.programme import best_ticket_priority
from eventdesk.waiting.waitlist_entry import INVITED_VIP, OPEN, EntryState, EntryView

IN_ORDER = (WaitlistEntryRow.priority.desc(), WaitlistEntryRow.no)
"""The order of entries."""

OFFERED = text("waitlist_entry.state = 'offered'")
"""Spelled out, because SQLite uses a partial index only for the very same words."""

ENTRIES = (
    select(
        WaitlistEntryRow.__table__,
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
"""Entries with the names of their events and of what they wait for."""


def entry_row(connection: Connection, entry_id: UUID) -> AnyRow:
    """Read one entry."""
    row = connection.execute(ENTRIES.where(WaitlistEntryRow.id == entry_id)).one_or_none()
    return need_found(row, msg("There is no such entry on a waitlist."))


def person_row(connection: Connection, account_id: UUID) -> AnyRow:
    """Read the account of the signed-in person.

    Raises:
        InvalidInputError: It is not in this store.
    """
    wanted = select(AccountRow.__table__).where(AccountRow.id == account_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise InvalidInputError(msg("Nobody is signed in."), hint=msg("Sign in first."))
    return row


def same_list(entry: AnyRow) -> ColumnElement[bool]:
    """The entries that wait for the same as this one."""
    return which(entry.ticket_type_id, entry.session_id)


def which(ticket_type_id: UUID | None, session_id: UUID | None) -> ColumnElement[bool]:
    """The entries that wait for a ticket type, or for a session."""
    if ticket_type_id is not None:
        return WaitlistEntryRow.ticket_type_id == ticket_type_id
    return WaitlistEntryRow.session_id == session_id


def somebody_waits(connection: Connection, of_list: ColumnElement[bool]) -> bool:
    """Whether somebody waits and was not offered a place yet."""
    waiting = select(WaitlistEntryRow.id).where(of_list, WaitlistEntryRow.state == "waiting")
    return connection.execute(waiting.limit(1)).first() is not None


def place_of(connection: Connection, entry: AnyRow) -> int | None:
    """The place of an entry in its list, from 1; None when it does not wait."""
    if entry.state != EntryState.WAITING:
        return None
    return _waiting(connection, entry, WaitlistEntryRow.priority > entry.priority) + (
        _waiting(connection, entry, _even(entry), WaitlistEntryRow.no < entry.no) + 1
    )


def waiting_between(connection: Connection, former: AnyRow, entry: AnyRow) -> int:
    """How many wait between two entries of one list, of which the former goes first."""
    behind = (_even(former), WaitlistEntryRow.no > former.no)
    if former.priority == entry.priority:
        return _waiting(connection, entry, *behind, WaitlistEntryRow.no < entry.no)
    higher = WaitlistEntryRow.priority > entry.priority
    return (
        _waiting(connection, entry, *behind)
        + _waiting(connection, entry, higher, WaitlistEntryRow.priority < former.priority)
        + _waiting(connection, entry, _even(entry), WaitlistEntryRow.no < entry.no)
    )


def _waiting(connection: Connection, entry: AnyRow, *where: ColumnElement[bool]) -> int:
    """How many wait in the list of an entry; each condition is a range of its index."""
    return count_rows(connection, same_list(entry), WaitlistEntryRow.state == "waiting", *where)


def _even(entry: AnyRow) -> ColumnElement[bool]:
    priority: int = entry.priority
    return WaitlistEntryRow.priority == priority


def view_of(row: AnyRow, place: int | None, *, lapsed: bool = False) -> EntryView:
    """Make a view of a row of `ENTRIES`; with `lapsed` what is offered has ended."""
    ended = lapsed and row.state == EntryState.OFFERED
    state = EntryState.EXPIRED if ended else EntryState(row.state)
    return view_from(EntryView, row, state=state, place=place)


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
    places: int = 1,
    least: int = 1,
) -> EntryView:
    """Put a person at the end of those with the same priority.

    Raises:
        InvalidInputError: The person is on this list already.
    """
    present = open_entry(act.connection, account_id, email, which(ticket_type_id, session_id))
    if present is not None:
        place, person = place_of(act.connection, present), present.name
        there = msg("{name} is on this waitlist already, and a place is offered.", name=person)
        if place:
            there = msg(
                "{name} is on this waitlist already, at place {place}.", name=person, place=place
            )
        raise InvalidInputError(
            there, hint=msg("One entry a person is enough: a freed place is offered in turn.")
        )
    entry_id = new_id()
    priority = priority_of(
        act.connection, event_id, ticket_type_id, account_id=account_id, email=email
    )
    insert_row(
        act.connection,
        WaitlistEntryRow,
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
        places=places,
        least=least,
    )
    view = entry_view(act.connection, entry_id)
    party = {"places": places, "least": least} if places > 1 else {}
    log(act, "join_waitlist", view, place=view.place, priority=priority, **party)
    return view


def priority_of(
    connection: Connection,
    event_id: UUID,
    ticket_type_id: UUID | None,
    *,
    account_id: UUID | None,
    email: str,
) -> int:
    """The highest of: the wanted type's priority, an invitation as VIP, a ticket one has."""
    of_type = connection.execute(
        select(TicketTypeRow.priority).where(TicketTypeRow.id == ticket_type_id)
    ).scalar_one_or_none()
    as_vip = (InvitationRow.event_id == event_id) & InvitationRow.vip
    invited = count_rows(connection, as_vip, InvitationRow.email == email.strip().lower())
    held = 0 if account_id is None else best_ticket_priority(connection, account_id, event_id)
    return max(of_type or 0, INVITED_VIP if invited else 0, held)


def put_state(connection: Connection, entry_id: UUID, state: EntryState, **values: object) -> None:
    """Give an entry another state."""
    update_row(connection, WaitlistEntryRow, entry_id, state=state, **values)


def drop_entry(act: Act, entry: AnyRow, reason: Message) -> None:
    """Take somebody off a list who can use no place any more, and tell why."""
    put_state(act.connection, entry.id, EntryState.LEFT, offer_until=None)
    log(act.as_system(), "drop_from_waitlist", entry, reason=in_english(reason))
    tell(act, entry, ("change", msg("You no longer wait for {what}", what=entry.what), reason))


def log(act: Act, verb: str, entry: AnyRow | EntryView, **detail: object) -> None:
    """Record one step of an entry."""
    said = {"what": entry.what, **detail}
    act.record(verb, ("waitlist_entry", entry.id), event_id=entry.event_id, **said)


def tell(act: Act, entry: AnyRow, notice: Notice) -> None:
    """Tell the person of an entry something about it."""
    subject, event_id = ("waitlist_entry", entry.id), entry.event_id
    act.tell(entry.account_id, *notice, event_id=event_id, subject=subject)


def need_state(entry: AnyRow, *states: EntryState) -> None:
    """Require an entry in one of these states.

    Raises:
        InvalidInputError: It is in another one, which the message says.
    """
    if entry.state not in states:
        refusal = _REFUSALS[EntryState(entry.state)]
        raise InvalidInputError(refusal, hint=msg("Look at the waitlist again."))


_REFUSALS = {
    EntryState.WAITING: msg("Nothing is offered yet."),
    EntryState.OFFERED: msg("A place is offered already."),
    EntryState.TAKEN: msg("The place was taken."),
    EntryState.EXPIRED: msg("The offer has ended."),
    EntryState.LEFT: msg("The entry was taken off the waitlist."),
}


def end_waiting(act: Act, event_id: UUID) -> dict[str, int]:
    """End open entries and requests of an event that is called off; returns how many of each."""
    entries = act.connection.execute(
        update(WaitlistEntryRow)
        .where(WaitlistEntryRow.event_id == event_id, WaitlistEntryRow.state.in_(OPEN))
        .values(state=EntryState.LEFT, offer_until=None)
    )
    why = kept_texts(reason=msg("The event is cancelled."))
    requests = act.connection.execute(
        update(QueueRequestRow)
        .where(QueueRequestRow.event_id == event_id, QueueRequestRow.state == "waiting")
        .values(state=RequestState.CANCELLED, decided_at=act.now, **why)
    )
    return {"waited": entries.rowcount, "requests": requests.rowcount}
