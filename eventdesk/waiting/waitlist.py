"""Waitlists of full ticket types and sessions: join, leave, accept, read, and what staff do.

Who goes first is said in `waitlist_entry`, how places are given in `waitlist_offers`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from data.schema import AccountRow, EventRow, SessionRow, TicketTypeRow, WaitlistEntryRow
from eventdesk.accounts import account_with
from eventdesk.acts import (
    Act,
    ActorKind,
    Permission,
    event_of,
    event_row,
    has_lapsed,
    offer_lapsed,
    reads,
    writes,
)
from eventdesk.booking import MAX_EMAIL, MAX_NAME, Booked, NewTicket, expire_due
from eventdesk.core.errors import InvalidInputError, NotFoundError, SalesClosedError, SoldOutError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.events import need_visible
from eventdesk.programme import (
    free_places,
    is_signed_up,
    may_enter,
    need_open,
    places_left,
    session_row,
)
from eventdesk.sales import availability, usable_code
from eventdesk.waiting.waitlist_entries import (
    ENTRIES,
    IN_ORDER,
    OPEN,
    add_entry,
    entry_row,
    entry_view,
    log,
    need_state,
    place_of,
    put_state,
    same_list,
    tell,
    view_of,
    which,
)
from eventdesk.waiting.waitlist_entry import MOVED_UP, EntryState, EntryView, WaitingList
from eventdesk.waiting.waitlist_offers import (
    book_entry,
    deadline_of,
    fill,
    free_of_types,
    lapse_offers,
    offer,
    pay_until,
)

STAFF = (Permission.TICKETS, Permission.DOOR)
"""Who looks after waitlists: the desk too, when somebody stands there."""

MAX_REASON = 500


@writes(*STAFF, own=True, about="event_id")
def join(
    act: Act,
    event_id: UUID,
    *,
    ticket_type_id: UUID | None = None,
    session_id: UUID | None = None,
    name: str = "",
    email: str = "",
    access_code: str = "",
    code: str = "",
) -> EntryView:
    """Wait for a ticket type or a session that is full.

    People join for themselves. The team may write down others, with name and e-mail; who has an
    account with this address sees the entry and its offers there.

    Args:
        event_id: The event.
        ticket_type_id: What to wait for; either this or the session.
        session_id: The session to wait for.
        name: Whom the team writes down; "" is the actor.
        email: The address of that person.
        access_code: Of a private event.
        code: What unlocks a hidden ticket type; the team needs none for others.

    Returns:
        The entry with its place.

    Raises:
        NotFoundError: No such event, type or session, or not for this person to see.
        NotAllowedError: Writing down others without working here; no ticket for the session.
        InvalidInputError: There are places, it has begun, there is no waitlist, or the person
            waits already.
        SalesClosedError: The type is hidden, and the code does not unlock it.
        CodeError: The code does not hold.
    """
    of_team = bool(email.strip())
    need_visible(act, event_id, access_code=access_code)
    account_id, name, email = who(act, event_id, name, email)
    expire_due(act, event_id)
    if session_id is not None:
        _need_full_session(act, event_id, session_id, account_id)
    elif ticket_type_id is not None:
        if not of_team:
            _need_unlocked(act, event_id, ticket_type_id, code)
        need_full_type(act, event_id, ticket_type_id)
    else:
        raise InvalidInputError("Say what to wait for: a ticket type or a session.")
    return add_entry(
        act,
        event_id,
        ticket_type_id=None if session_id else ticket_type_id,
        session_id=session_id,
        account_id=account_id,
        name=name,
        email=email,
    )


@writes(*STAFF, own=True, about=event_of(WaitlistEntryRow, "entry_id"))
def leave(act: Act, entry_id: UUID, *, reason: str = "") -> EntryView:
    """Wait no more; an offered place goes to the next at once. The team may remove others.

    Raises:
        NotFoundError: There is no such entry.
        NotAllowedError: It is somebody else's.
        InvalidInputError: It is not open any more.
    """
    entry = _own_entry(act, entry_id)
    need_state(entry, EntryState.WAITING, EntryState.OFFERED)
    put_state(act.connection, [entry_id], EntryState.LEFT, offer_until=None)
    log(act, "leave_waitlist", entry, reason=reason[:MAX_REASON])
    if entry.account_id != act.actor.id:
        title = msg("You were taken off the waitlist: {what}", what=entry.what)
        tell(act, entry, "change", title, reason[:MAX_REASON] or entry.event_name)
    if entry.state == EntryState.OFFERED:
        expire_due(act, entry.event_id)
        fill(act, entry.event_id)
    return entry_view(act.connection, entry_id)


@writes(*STAFF, own=True, about=event_of(WaitlistEntryRow, "entry_id"))
def accept(act: Act, entry_id: UUID, *, answers: Mapping[UUID, str] | None = None) -> Booked:
    """Take the offered place: books a ticket, paid at once where nothing is due.

    An offered place in a session is taken with `own_programme.sign_up`.

    Args:
        entry_id: The entry.
        answers: Answers to the event's questions, by question.

    Raises:
        NotFoundError: There is no such entry.
        NotAllowedError: It is somebody else's.
        InvalidInputError: Nothing is offered, the deadline has passed, the event does not take
            place, or an answer is missing.
    """
    entry = _own_entry(act, entry_id)
    need_state(entry, EntryState.OFFERED)
    if entry.ticket_type_id is None:
        raise InvalidInputError("This is a session.", hint="Sign up for it to take the place.")
    if has_lapsed(act, entry):
        raise InvalidInputError(
            "The place was kept until the deadline, which has passed.",
            hint="Join the waitlist again.",
        )
    if event_row(act.connection, entry.event_id).state != "published":
        raise InvalidInputError(
            f"{entry.event_name} does not take place.", hint="There is nothing to book."
        )
    ticket = NewTicket(entry.ticket_type_id, entry.name, entry.email, answers=answers or {})
    due_by = pay_until(act, entry)
    booked = book_entry(act, entry, ticket, due_by, kind="booking")
    log(act, "accept_place", entry, booking=booked.code)
    return booked


@writes(*STAFF, about=event_of(WaitlistEntryRow, "entry_id"))
def move_up(act: Act, entry_id: UUID) -> EntryView:
    """Put somebody before all who wait for the same, VIP or not.

    Raises:
        NotFoundError: There is no such entry.
        InvalidInputError: It does not wait.
    """
    entry = _entry_of_team(act, entry_id)
    need_state(entry, EntryState.WAITING)
    first = act.connection.execute(
        select(WaitlistEntryRow.id, WaitlistEntryRow.priority)
        .where(same_list(entry), WaitlistEntryRow.state == "waiting")
        .order_by(*IN_ORDER)
        .limit(1)
    ).one()
    if first.id == entry_id:
        return view_of(entry, 1)
    before = place_of(act.connection, entry)
    priority = max(first.priority + 1, MOVED_UP)
    put_state(act.connection, [entry_id], EntryState.WAITING, priority=priority)
    log(act, "move_up", entry, before=before)
    title = msg("You are next: {what}", what=entry.what)
    tell(act, entry, "change", title, msg("{event}: place 1.", event=entry.event_name))
    return entry_view(act.connection, entry_id)


@writes(*STAFF, about=event_of(WaitlistEntryRow, "entry_id"))
def offer_by_hand(act: Act, entry_id: UUID) -> EntryView:
    """Offer a free place to this person, whoever else waits.

    Raises:
        NotFoundError: There is no such entry.
        InvalidInputError: It does not wait, or what it waits for has begun.
        SoldOutError: There is no place that nobody has and nobody was offered.
    """
    entry = _entry_of_team(act, entry_id)
    need_state(entry, EntryState.WAITING)
    expire_due(act, entry.event_id)
    event = _event(act.connection, entry.event_id)
    deadline = deadline_of(event, act.now)
    if entry.session_id is not None:
        session = session_row(act.connection, entry.session_id)
        need_open(session, act.now)
        deadline = deadline_of(session, act.now)
        free: int | None = free_places(act, session)
    else:
        type_id = entry.ticket_type_id
        free = free_of_types(act, entry.event_id, [type_id])[type_id]
    if deadline <= act.now or event.state != "published":
        raise InvalidInputError("It is too late to offer places here.")
    if free is not None and free <= 0:
        raise SoldOutError(
            f"There is no free place in {entry.what}.",
            ticket_type_id=entry.ticket_type_id,
            hint="Raise the quota, or move the entry up: it gets the next place.",
        )
    offer(act, entry, deadline)
    return entry_view(act.connection, entry_id)


@writes(*STAFF, about="event_id")
def fill_now(act: Act, event_id: UUID) -> list[UUID]:
    """Give all free places to those who wait, as happens by itself every few seconds."""
    act.need(event_id, *STAFF)
    _event(act.connection, event_id)
    expire_due(act, event_id)
    lapse_offers(act, event_id)
    return fill(act, event_id)


@reads(Permission.ATTEND)
def my_entries(act: Act, *, event_id: UUID | None = None) -> list[EntryView]:
    """Read what a person waits for, with places and deadlines; what is offered comes first."""
    act.need(None, Permission.ATTEND)
    mine = ENTRIES.where(
        WaitlistEntryRow.account_id == act.actor.id,
        WaitlistEntryRow.state.in_(OPEN),
        ~offer_lapsed(act.now),
    )
    if event_id is not None:
        mine = mine.where(WaitlistEntryRow.event_id == event_id)
    rows = act.connection.execute(mine.order_by(_OFFERS_FIRST, WaitlistEntryRow.no)).all()
    return [view_of(row, place_of(act.connection, row)) for row in rows]


@reads(*STAFF, about="event_id")
def list_waitlist(
    act: Act,
    event_id: UUID,
    *,
    ticket_type_id: UUID | None = None,
    session_id: UUID | None = None,
    search: str = "",
    closed: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[EntryView], int]:
    """Read a page of an event's waitlist in the order in which places are given.

    Args:
        event_id: The event.
        ticket_type_id: Only those who wait for this type.
        session_id: Only those who wait for this session.
        search: Part of a name or an e-mail address.
        closed: Those whose wait has ended instead, the latest first.
        offset: How many lines to pass over.
        limit: Most lines to return.

    Returns:
        The page and how many lines there are.
    """
    listed: list[ColumnElement[bool]] = [WaitlistEntryRow.event_id == event_id]
    if ticket_type_id is not None or session_id is not None:
        listed.append(which(ticket_type_id, session_id))
    is_open = WaitlistEntryRow.state.in_(OPEN) & ~offer_lapsed(act.now)
    listed.append(~is_open if closed else is_open)
    if search.strip():
        typed = search.strip()[:100]
        listed.append(
            or_(
                WaitlistEntryRow.name.icontains(typed, autoescape=True),
                WaitlistEntryRow.email.icontains(typed, autoescape=True),
            )
        )
    order: tuple[Any, ...] = (_OFFERS_FIRST, *IN_ORDER)
    if closed:
        order = (WaitlistEntryRow.no.desc(),)
    act.need(event_id, *STAFF)
    total = act.connection.execute(
        select(func.count()).select_from(WaitlistEntryRow).where(*listed)
    ).scalar_one()
    rows = act.connection.execute(
        ENTRIES.where(*listed).order_by(*order).limit(limit).offset(offset)
    ).all()
    places = _places(act.connection, event_id, rows)
    return [view_of(row, places.get(row.id), lapsed=closed) for row in rows], total


@reads(*STAFF, about="event_id")
def waiting_lists(act: Act, event_id: UUID) -> list[WaitingList]:
    """Read what somebody waits for at an event: types first, then sessions by time."""
    act.need(event_id, *STAFF)
    types = act.connection.execute(
        _tallies(TicketTypeRow, WaitlistEntryRow.ticket_type_id == TicketTypeRow.id, act.now)
        .add_columns(TicketTypeRow.id, TicketTypeRow.name.label("what"))
        .where(TicketTypeRow.event_id == event_id)
        .group_by(TicketTypeRow.id)
        .order_by(TicketTypeRow.position)
    ).all()
    sessions = act.connection.execute(
        _tallies(SessionRow, WaitlistEntryRow.session_id == SessionRow.id, act.now)
        .add_columns(SessionRow.id, SessionRow.capacity, SessionRow.title.label("what"))
        .where(SessionRow.event_id == event_id)
        .group_by(SessionRow.id)
        .order_by(SessionRow.starts_at)
    ).all()
    free = free_of_types(act, event_id, [row.id for row in types])
    return [
        WaitingList(row.id, None, row.what, row.waiting, row.offered, free[row.id]) for row in types
    ] + [
        WaitingList(None, row.id, row.what, row.waiting, row.offered, places_left(act, row))
        for row in sessions
    ]


@reads(*STAFF, about="event_id")
def sold_out_types(act: Act, event_id: UUID) -> list[tuple[UUID, str]]:
    """Read the ticket types one can wait for now: those that are full, with their names."""
    act.need(event_id, *STAFF)
    standing = availability(act, event_id)
    rows = act.connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name)
        .where(TicketTypeRow.event_id == event_id, TicketTypeRow.active, TicketTypeRow.waitlist)
        .order_by(TicketTypeRow.position)
    )
    return [(row.id, row.name) for row in rows if standing[row.id].left == 0]


def who(act: Act, event_id: UUID, name: str, email: str) -> tuple[UUID | None, str, str]:
    """The account, name and address of whom an entry is for.

    Raises:
        NotAllowedError: Writing down somebody else without working here.
        InvalidInputError: Nobody is signed in, or no name or address.
    """
    name, email = name.strip(), email.strip().lower()
    is_person = act.actor.kind is ActorKind.ACCOUNT and act.actor.id is not None
    if is_person and not email:
        act.need(event_id, Permission.ATTEND)
        own = act.connection.execute(
            select(AccountRow.name, AccountRow.email).where(AccountRow.id == act.actor.id)
        ).one_or_none()
        if own is None:
            raise InvalidInputError("Nobody is signed in.", hint="Sign in first.")
        return act.actor.id, own.name, own.email
    act.need(event_id, *STAFF)
    if not name or len(name) > MAX_NAME or "@" not in email or len(email) > MAX_EMAIL:
        raise InvalidInputError("Somebody on a waitlist needs a name and an e-mail address.")
    return account_with(act.connection, email), name, email


def _need_unlocked(act: Act, event_id: UUID, type_id: UUID, code: str) -> None:
    """Let who waits for a hidden type pass only with a code that unlocks it, as who books it."""
    kind = act.connection.execute(
        select(TicketTypeRow.name, TicketTypeRow.hidden).where(
            TicketTypeRow.id == type_id, TicketTypeRow.event_id == event_id
        )
    ).one_or_none()
    if kind is None or not kind.hidden:
        return
    if not code.strip() or type_id not in usable_code(act, event_id, code).type_ids:
        raise SalesClosedError(
            f"{plain(kind.name)} is sold with a code only.",
            ticket_type_id=type_id,
            hint="Type the code you were given.",
        )


def need_full_type(act: Act, event_id: UUID, type_id: UUID) -> None:
    """Let only types pass that are full, or that others wait for already.

    Raises:
        NotFoundError: No such type at this event.
        InvalidInputError: There are places, there is no waitlist, or the event has begun.
    """
    kind = act.connection.execute(
        select(TicketTypeRow.name, TicketTypeRow.active, TicketTypeRow.waitlist).where(
            TicketTypeRow.id == type_id, TicketTypeRow.event_id == event_id
        )
    ).one_or_none()
    if kind is None or not kind.active:
        raise NotFoundError("There is no such ticket type at this event.")
    if not kind.waitlist:
        raise InvalidInputError(f"{kind.name} has no waitlist.", hint="Choose another ticket.")
    if not gives_places(act, event_id):
        raise InvalidInputError(
            "No places are given any more: the event has begun, or does not take place."
        )
    left = availability(act, event_id)[type_id].left
    if left != 0 and not _waiting(act.connection, WaitlistEntryRow.ticket_type_id == type_id):
        raise InvalidInputError(f"There are places left: {kind.name}.", hint="Book one.")


def gives_places(act: Act, event_id: UUID) -> bool:
    """Whether an event hands places on to those who wait: it takes place and has not begun."""
    event = act.connection.execute(
        select(EventRow.state, EventRow.starts_at).where(EventRow.id == event_id)
    ).one()
    return bool(event.state == "published" and event.starts_at > act.now)


def _need_full_session(act: Act, event_id: UUID, session_id: UUID, account_id: UUID | None) -> None:
    """Let only sessions pass that are full, or that others wait for already."""
    session = session_row(act.connection, session_id)
    if session.event_id != event_id:
        raise NotFoundError("There is no such session.")
    need_open(session, act.now)
    if account_id is None or not may_enter(act.connection, account_id, session):
        raise InvalidInputError(
            "Places in sessions are for people with an account and a ticket that lets in.",
            hint="Book a ticket first.",
        )
    if is_signed_up(act.connection, account_id, session_id):
        raise InvalidInputError("There is a place in this session already.")
    others = _waiting(act.connection, WaitlistEntryRow.session_id == session_id)
    if not others and free_places(act, session) > 0:
        raise InvalidInputError("There are places left in this session.", hint="Sign up for it.")


def _waiting(connection: Connection, which: ColumnElement[bool]) -> bool:
    """Whether somebody waits, and was not offered a place yet."""
    waits = select(WaitlistEntryRow.id).where(which, WaitlistEntryRow.state == "waiting")
    return connection.execute(waits.limit(1)).first() is not None


def _own_entry(act: Act, entry_id: UUID) -> Any:
    entry = entry_row(act.connection, entry_id)
    act.need(entry.event_id, *STAFF, owner_id=entry.account_id)
    return entry


def _event(connection: Connection, event_id: UUID) -> Any:
    event = connection.execute(
        select(EventRow.state, EventRow.starts_at, EventRow.offer_minutes).where(
            EventRow.id == event_id
        )
    ).one_or_none()
    if event is None:
        raise NotFoundError("There is no such event.", hint="List them: `eventdesk events`.")
    return event


def _entry_of_team(act: Act, entry_id: UUID) -> Any:
    entry = entry_row(act.connection, entry_id)
    act.need(entry.event_id, *STAFF)
    return entry


_OFFERS_FIRST = case((WaitlistEntryRow.state == "offered", 0), else_=1)


def _tallies(of: Any, its: ColumnElement[bool], now: datetime) -> Any:
    """Count who waits and who was offered a place, for each line of a table."""
    return (
        select(
            func.sum(case((WaitlistEntryRow.state == "waiting", 1), else_=0)).label("waiting"),
            func.sum(case((WaitlistEntryRow.state == "offered", 1), else_=0)).label("offered"),
        )
        .join_from(of, WaitlistEntryRow, its)
        .where(WaitlistEntryRow.state.in_(OPEN), ~offer_lapsed(now))
    )


def _places(connection: Connection, event_id: UUID, rows: Sequence[Any]) -> dict[UUID, int]:
    """The places of those of these entries that wait, counted in one pass over the lists."""
    waiting = [row.id for row in rows if row.state == EntryState.WAITING]
    if not waiting:
        return {}
    numbered = (
        select(
            WaitlistEntryRow.id,
            func.row_number()
            .over(
                partition_by=(WaitlistEntryRow.ticket_type_id, WaitlistEntryRow.session_id),
                order_by=IN_ORDER,
            )
            .label("place"),
        )
        .where(WaitlistEntryRow.event_id == event_id, WaitlistEntryRow.state == "waiting")
        .subquery()
    )
    found = connection.execute(
        select(numbered.c.id, numbered.c.place).where(numbered.c.id.in_(waiting))
    )
    return {row.id: row.place for row in found}
