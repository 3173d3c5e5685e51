"""Waitlists of full ticket types and sessions: joining, leaving, accepting, and the team's acts.

`waitlist_entry` describes the order, `waitlist_offers` how places are given.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    TextClause,
    case,
    func,
    select,
)

from data.rows import AnyRow, count_rows
from data.schema import Base, SessionRow, TicketTypeRow, WaitlistEntryRow
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
from eventdesk.booking import MAX_EMAIL, MAX_NAME, Booked, expire_due
from eventdesk.core.errors import InvalidInputError, NotFoundError, SalesClosedError, SoldOutError
from eventdesk.core.messages import msg, msg_n
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
    OFFERED,
    add_entry,
    entry_row,
    entry_view,
    log,
    need_state,
    person_row,
    place_of,
    put_state,
    same_list,
    somebody_waits,
    tell,
    view_of,
    waiting_between,
    which,
)
from eventdesk.waiting.waitlist_entry import (
    MOST_PLACES,
    MOVED_UP,
    OPEN,
    EntryState,
    EntryView,
    WaitingList,
    WhoComes,
)
from eventdesk.waiting.waitlist_offers import (
    book_entry,
    deadline_of,
    fill,
    free_of_types,
    lapse_offers,
    offer,
    pay_until,
    tickets_of,
)

STAFF = (Permission.TICKETS, Permission.DOOR)
"""Permissions of which one is needed to look after waitlists."""

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
    places: int = 1,
    fewer: bool = False,
) -> EntryView:
    """Wait for a ticket type or a session that is full; returns the entry with its place.

    People join for themselves. The team may write down others, with name and e-mail; an account
    with this address sees the entry and its offers.

    Who waits for several places of a ticket type gets all of them together, or fewer where they
    will do. Fewer go to the next whom they are enough for, until so many went past as would do:
    then they are gathered (`waitlist_offers`).

    Args:
        ticket_type_id: What to wait for; either this or the session.
        session_id: The session to wait for.
        name: Whom the team writes down; "" is the actor.
        email: The address of that person.
        access_code: Of a private event.
        code: Unlocks a hidden ticket type; the team needs none for others.
        places: How many are wanted together; of a session one.
        fewer: Whether fewer than that will do.

    Raises:
        NotFoundError: No such event, type or session, or not for this person to see.
        NotAllowedError: Writing down others without working here; no ticket for the session.
        InvalidInputError: There are places, it has begun, there is no waitlist, the person waits
            already, or there never are so many places.
        SalesClosedError: The type is hidden, and the code does not unlock it.
        CodeError: The code does not hold.
    """
    of_team = bool(email.strip())
    need_visible(act, event_id, access_code=access_code)
    account_id, name, email = who(act, event_id, name, email)
    expire_due(act, event_id)
    if session_id is not None:
        _need_full_session(act, event_id, session_id, account_id)
        _need_so_many(places, 1)
    elif ticket_type_id is not None:
        if not of_team:
            _need_unlocked(act, event_id, ticket_type_id, code)
        need_full_type(act, event_id, ticket_type_id)
        _need_so_many(places, _most_of(act, event_id, ticket_type_id))
    else:
        raise InvalidInputError(msg("Say what to wait for: a ticket type or a session."))
    return add_entry(
        act,
        event_id,
        ticket_type_id=None if session_id else ticket_type_id,
        session_id=session_id,
        account_id=account_id,
        name=name,
        email=email,
        places=places,
        least=1 if fewer else places,
    )


@writes(*STAFF, own=True, about=event_of(WaitlistEntryRow, "entry_id"))
def leave(act: Act, entry_id: UUID, *, reason: str = "") -> EntryView:
    """Wait no more; an offered place goes to the next at once. The team may remove others.

    Raises:
        NotAllowedError: It is somebody else's.
        InvalidInputError: It is not open any more.
    """
    entry = _own_entry(act, entry_id)
    need_state(entry, EntryState.WAITING, EntryState.OFFERED)
    put_state(act.connection, entry_id, EntryState.LEFT, offer_until=None)
    log(act, "leave_waitlist", entry, reason=reason[:MAX_REASON])
    if entry.account_id != act.actor.id:
        title = msg("You were taken off the waitlist: {what}", what=entry.what)
        tell(act, entry, ("change", title, reason[:MAX_REASON] or entry.event_name))
    if entry.state == EntryState.OFFERED:
        expire_due(act, entry.event_id)
        fill(act, entry.event_id)
    return entry_view(act.connection, entry_id)


@writes(*STAFF, own=True, about=event_of(WaitlistEntryRow, "entry_id"))
def accept(
    act: Act,
    entry_id: UUID,
    *,
    answers: Mapping[UUID, str] | None = None,
    people: Sequence[WhoComes] = (),
) -> Booked:
    """Take the offered places of a ticket type: books them, paid at once where nothing is due.

    Args:
        answers: Answers to the event's questions, by question, of all who come.
        people: Who comes, where several places are offered; those of nobody go back. None named
            takes all of them in the name of the entry.

    Raises:
        NotAllowedError: It is somebody else's.
        InvalidInputError: Nothing is offered, the deadline has passed, the event does not take
            place, more people than places, or an answer is missing.
    """
    entry = _own_entry(act, entry_id)
    need_state(entry, EntryState.OFFERED)
    if entry.ticket_type_id is None:
        raise InvalidInputError(
            msg("This is a session."), hint=msg("Sign up for it to take the place.")
        )
    if has_lapsed(act, entry):
        raise InvalidInputError(
            msg("The place was kept until the deadline, which has passed."),
            hint=msg("Join the waitlist again."),
        )
    if event_row(act.connection, entry.event_id).state != "published":
        raise InvalidInputError(
            msg("{event} does not take place.", event=entry.event_name),
            hint=msg("There is nothing to book."),
        )
    if len(people) > entry.places:
        raise InvalidInputError(
            msg_n(
                "{places} place is offered, not {wanted}.",
                "{places} places are offered, not {wanted}.",
                entry.places,
                places=entry.places,
                wanted=len(people),
            )
        )
    party = tickets_of(entry, people, answers=answers or {})
    booked = book_entry(act, entry, party, pay_until(act, entry), kind="booking")
    log(act, "accept_place", entry, booking=booked.code)
    if len(party) < entry.places:
        act.freed(entry.event_id)
    return booked


@writes(*STAFF, about=event_of(WaitlistEntryRow, "entry_id"))
def move_up(act: Act, entry_id: UUID) -> EntryView:
    """Put an entry before all others for the same, VIP or not.

    Raises:
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
    put_state(act.connection, entry_id, EntryState.WAITING, priority=priority)
    log(act, "move_up", entry, before=before)
    title = msg("You are next: {what}", what=entry.what)
    body = msg("{event}: place 1.", event=entry.event_name)
    tell(act, entry, ("change", title, body))
    return entry_view(act.connection, entry_id)


@writes(*STAFF, about=event_of(WaitlistEntryRow, "entry_id"))
def offer_by_hand(act: Act, entry_id: UUID) -> EntryView:
    """Offer a free place to the person of an entry, whoever else waits.

    Raises:
        InvalidInputError: It does not wait, or what it waits for has begun.
        SoldOutError: There are not as many places as will do that nobody has or was offered.
    """
    entry = _entry_of_team(act, entry_id)
    need_state(entry, EntryState.WAITING)
    expire_due(act, entry.event_id)
    event = event_row(act.connection, entry.event_id)
    deadline = deadline_of(event, act.now)
    if entry.session_id is not None:
        session = session_row(act.connection, entry.session_id)
        need_open(session, act.now)
        deadline = deadline_of(session, act.now)
        free: int | None = free_places(act, session)
    else:
        type_id = entry.ticket_type_id
        free = free_of_types(act, entry.event_id, [type_id])[type_id]
    if event.state != "published":
        raise InvalidInputError(
            msg("Nothing can be offered: the event is not published."),
            hint=msg("Publish it first, under Overview."),
        )
    if deadline <= act.now:
        raise InvalidInputError(
            msg("It is too late to offer places: the event has begun."),
            hint=msg("Whoever waits buys a free place at the desk."),
        )
    if free is not None and free < entry.least:
        too_few = msg("There is no free place in {what}.", what=entry.what)
        if entry.least > 1:
            too_few = msg(
                "{what} has {free} free, and {wanted} are wanted together.",
                what=entry.what,
                free=max(0, free),
                wanted=entry.least,
            )
        raise SoldOutError(
            too_few,
            ticket_type_id=entry.ticket_type_id,
            hint=msg("Raise the quota, or move the entry up: it gets the next place."),
        )
    offer(act, entry, deadline, entry.places if free is None else min(free, entry.places))
    return entry_view(act.connection, entry_id)


@writes(*STAFF, about="event_id")
def fill_now(act: Act, event_id: UUID) -> list[UUID]:
    """Give all free places to those who wait, as the sweep of deadlines does."""
    act.need(event_id, *STAFF)
    event_row(act.connection, event_id)
    expire_due(act, event_id)
    lapse_offers(act, event_id)
    return fill(act, event_id)


@reads(Permission.ATTEND)
def my_entries(act: Act, *, event_id: UUID | None = None) -> list[EntryView]:
    """Read the open entries of a person, with places and deadlines; offered ones come first."""
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
    """Read a page of a waitlist in the order in which places are given, and how many there are.

    Args:
        ticket_type_id: Only those who wait for this type.
        session_id: Only those who wait for this session.
        search: Part of a name or an e-mail address.
        closed: Whether to read the entries that ended instead, the latest first.
    """
    listed: list[ColumnElement[bool] | TextClause] = [WaitlistEntryRow.event_id == event_id]
    if ticket_type_id is not None or session_id is not None:
        listed.append(which(ticket_type_id, session_id))
    typed = search.strip()[:100]
    if typed:
        words = WaitlistEntryRow.name + " " + WaitlistEntryRow.email
        listed.append(words.icontains(typed, autoescape=True))
    act.need(event_id, *STAFF)
    if closed:
        still_open = WaitlistEntryRow.state.in_(OPEN) & ~offer_lapsed(act.now)
        numbers, total = _page(act, [*listed, ~still_open], [_NEWEST], offset, limit)
    else:
        offered = [*listed, ~offer_lapsed(act.now), OFFERED]
        numbers, total = _page(act, offered, IN_ORDER, offset, limit)
        waiting = [*listed, WaitlistEntryRow.state == "waiting"]
        rest = limit - len(numbers)
        more, some = _page(act, waiting, IN_ORDER, max(0, offset - total), rest)
        numbers, total = numbers + more, total + some
    found = act.connection.execute(ENTRIES.where(WaitlistEntryRow.no.in_(numbers))).all()
    rows = sorted(found, key=lambda row: numbers.index(row.no))
    places = _places(act.connection, rows, gaps=bool(typed))
    return [view_of(row, places.get(row.id), lapsed=closed) for row in rows], total


_NEWEST: Final = WaitlistEntryRow.no.desc()


def _page(
    act: Act,
    listed: Sequence[ColumnElement[bool] | TextClause],
    order: Sequence[Any],
    offset: int,
    limit: int,
) -> tuple[list[int], int]:
    """The numbers of a page of entries, and how many there are; read from the index alone."""
    total = count_rows(act.connection, *listed)
    numbers = select(WaitlistEntryRow.no).where(*listed).order_by(*order)
    return list(act.connection.execute(numbers.limit(limit).offset(offset)).scalars()), total


@reads(*STAFF, about="event_id")
def waiting_lists(act: Act, event_id: UUID) -> list[WaitingList]:
    """Read the ticket types and sessions that somebody waits for: types first, then sessions."""
    act.need(event_id, *STAFF)
    of_type = WaitlistEntryRow.ticket_type_id == TicketTypeRow.id
    types = act.connection.execute(
        _tallies(TicketTypeRow, of_type, act.now)
        .add_columns(TicketTypeRow.id, TicketTypeRow.name.label("what"))
        .where(TicketTypeRow.event_id == event_id)
        .order_by(TicketTypeRow.position)
    ).all()
    of_session = WaitlistEntryRow.session_id == SessionRow.id
    sessions = act.connection.execute(
        _tallies(SessionRow, of_session, act.now)
        .add_columns(SessionRow.id, SessionRow.capacity, SessionRow.title.label("what"))
        .where(SessionRow.event_id == event_id)
        .order_by(SessionRow.starts_at)
    ).all()
    free = free_of_types(act, event_id, [row.id for row in types])
    return [
        WaitingList(row.id, None, row.what, row.waiting, row.offered, free[row.id], row.wanted)
        for row in types
    ] + [
        WaitingList(
            None, row.id, row.what, row.waiting, row.offered, places_left(act, row), row.wanted
        )
        for row in sessions
    ]


@reads(*STAFF, about="event_id")
def sold_out_types(act: Act, event_id: UUID) -> list[tuple[UUID, str]]:
    """Read the full ticket types that one can wait for now, with their names."""
    act.need(event_id, *STAFF)
    standing = availability(act, event_id)
    rows = act.connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name)
        .where(TicketTypeRow.event_id == event_id, TicketTypeRow.active, TicketTypeRow.waitlist)
        .order_by(TicketTypeRow.position)
    )
    return [(row.id, row.name) for row in rows if standing[row.id].left == 0]


def who(act: Act, event_id: UUID, name: str, email: str) -> tuple[UUID | None, str, str]:
    """The account, name and address of the person an entry is for.

    Raises:
        NotAllowedError: Writing down somebody else without working here.
        InvalidInputError: Nobody is signed in, or no name or address.
    """
    name, email = name.strip(), email.strip().lower()
    account_id = act.actor.id
    if act.actor.kind is ActorKind.ACCOUNT and account_id is not None and not email:
        act.need(event_id, Permission.ATTEND)
        own = person_row(act.connection, account_id)
        return account_id, own.name, own.email
    act.need(event_id, *STAFF)
    if not name or len(name) > MAX_NAME or "@" not in email or len(email) > MAX_EMAIL:
        raise InvalidInputError(msg("Somebody on a waitlist needs a name and an e-mail address."))
    return account_with(act.connection, email), name, email


def _most_of(act: Act, event_id: UUID, type_id: UUID) -> int:
    """The most places of a type that anybody could ever get together."""
    kind = _ticket_type(act.connection, event_id, type_id)
    limits = [kind.quota, kind.most_per_booking] if kind is not None else []
    capacity = event_row(act.connection, event_id).capacity
    most: int = min(each for each in (MOST_PLACES, capacity, *limits) if each is not None)
    return most


def _need_so_many(places: int, most: int) -> None:
    if not 1 <= places <= max(1, most):
        raise InvalidInputError(
            msg("One waits for 1 to {most} places here, not {places}.", most=most, places=places),
            hint=msg("Several people can wait side by side."),
            field="places",
        )


def _need_unlocked(act: Act, event_id: UUID, type_id: UUID, code: str) -> None:
    """Require a code that unlocks the ticket type, if it is hidden."""
    kind = _ticket_type(act.connection, event_id, type_id)
    if kind is None or not kind.hidden:
        return
    if not code.strip() or type_id not in usable_code(act, event_id, code).type_ids:
        raise SalesClosedError(
            msg("{name} is sold with a code only.", name=plain(kind.name)),
            ticket_type_id=type_id,
            hint=msg("Type the code you were given."),
        )


def need_full_type(act: Act, event_id: UUID, type_id: UUID) -> None:
    """Require a ticket type that is full, or that others wait for already.

    Raises:
        InvalidInputError: There are places, there is no waitlist, or the event has begun.
    """
    kind = _ticket_type(act.connection, event_id, type_id)
    if kind is None or not kind.active:
        raise NotFoundError(msg("There is no such ticket type at this event."))
    if not kind.waitlist:
        raise InvalidInputError(
            msg("{name} has no waitlist.", name=kind.name), hint=msg("Choose another ticket.")
        )
    if not gives_places(act, event_id):
        raise InvalidInputError(
            msg("No places are given any more: the event has begun, or does not take place.")
        )
    left = availability(act, event_id)[type_id].left
    if left != 0 and not somebody_waits(act.connection, which(type_id, None)):
        raise InvalidInputError(
            msg("There are places left: {name}.", name=kind.name), hint=msg("Book one.")
        )


def _ticket_type(connection: Connection, event_id: UUID, type_id: UUID) -> Any | None:
    wanted = (TicketTypeRow.id == type_id) & (TicketTypeRow.event_id == event_id)
    return connection.execute(select(TicketTypeRow.__table__).where(wanted)).one_or_none()


def gives_places(act: Act, event_id: UUID) -> bool:
    """Whether an event gives places to those who wait: it takes place and has not begun."""
    event = event_row(act.connection, event_id)
    return bool(event.state == "published" and event.starts_at > act.now)


def _need_full_session(act: Act, event_id: UUID, session_id: UUID, account_id: UUID | None) -> None:
    """Require a session that is full, or that others wait for already."""
    session = session_row(act.connection, session_id)
    if session.event_id != event_id:
        raise NotFoundError(msg("There is no such session."))
    need_open(session, act.now)
    if account_id is None or not may_enter(act.connection, account_id, session):
        raise InvalidInputError(
            msg("Places in sessions are for people with an account and a ticket that lets in."),
            hint=msg("Book a ticket first."),
        )
    if is_signed_up(act.connection, account_id, session_id):
        raise InvalidInputError(msg("There is a place in this session already."))
    others = somebody_waits(act.connection, which(None, session_id))
    if not others and free_places(act, session) > 0:
        raise InvalidInputError(
            msg("There are places left in this session."), hint=msg("Sign up for it.")
        )


def _own_entry(act: Act, entry_id: UUID) -> Any:
    entry = entry_row(act.connection, entry_id)
    act.need(entry.event_id, *STAFF, owner_id=entry.account_id)
    return entry


def _entry_of_team(act: Act, entry_id: UUID) -> Any:
    entry = entry_row(act.connection, entry_id)
    act.need(entry.event_id, *STAFF)
    return entry


_OFFERS_FIRST = case((WaitlistEntryRow.state == "offered", 0), else_=1)


def _tallies(of: type[Base], its: ColumnElement[bool], now: datetime) -> Select[int, int, int]:
    """Count waiting and offered entries for each row of a table that has any, and their places."""
    waits = WaitlistEntryRow.state == "waiting"
    waiting = _count_of(its, waits)
    offered = _count_of(its, OFFERED, ~offer_lapsed(now))
    wanted = (
        select(func.coalesce(func.sum(WaitlistEntryRow.places), 0))
        .where(its, waits)
        .scalar_subquery()
    )
    counts = select(
        waiting.label("waiting"), offered.label("offered"), wanted.label("wanted")
    ).select_from(of)
    return counts.where((waiting > 0) | (offered > 0))


def _count_of(
    its: ColumnElement[bool], *where: ColumnElement[bool] | TextClause
) -> ScalarSelect[int]:
    """Count those of its entries, from the index alone where it can be."""
    entries = select(func.count()).select_from(WaitlistEntryRow)
    return entries.where(its, *where).scalar_subquery()


def _places(connection: Connection, rows: Sequence[AnyRow], *, gaps: bool) -> dict[UUID, int]:
    """The places of those of these entries that wait, which come in order.

    Args:
        gaps: Whether others of the same waitlist may stand between them.
    """
    places: dict[UUID, int] = {}
    before: dict[tuple[UUID | None, UUID | None], tuple[AnyRow, int]] = {}
    for row in rows:
        if row.state != EntryState.WAITING:
            continue
        its_list = (row.ticket_type_id, row.session_id)
        if its_list in before:
            former, place = before[its_list]
            place += 1 + (waiting_between(connection, former, row) if gaps else 0)
        else:
            place = place_of(connection, row) or 1
        before[its_list] = (row, place)
        places[row.id] = place
    return places
