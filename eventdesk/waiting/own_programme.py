"""One's own programme: its sessions, reading it, signing up for them, and leaving them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.rows import AnyRow, view_from
from data.schema import (
    BookingRow,
    EventRow,
    RoomRow,
    SessionRow,
    SessionSpeakerRow,
    SignUpRow,
    SpeakerRow,
    TicketRow,
    WaitlistEntryRow,
)
from eventdesk.acts import (
    Act,
    Permission,
    Steps,
    event_of,
    event_row,
    has_lapsed,
    offer_lapsed,
    reads,
    steps,
    writes,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import msg
from eventdesk.documents.calendar import BEFORE_SESSION, CalendarEntry, calendar_of
from eventdesk.events import calendar_changes, need_visible
from eventdesk.programme import (
    Clash,
    clashes,
    events_of,
    free_places,
    is_signed_up,
    lets_in,
    may_enter,
    need_open,
    person_of,
    put_in,
    session_row,
    take_out,
    ticket_types_of,
)
from eventdesk.waiting.waitlist_entries import (
    ENTRIES,
    add_entry,
    log,
    open_entry,
    person_row,
    place_of,
    put_state,
    somebody_waits,
    which,
)
from eventdesk.waiting.waitlist_entry import OPEN, EntryState
from eventdesk.waiting.waitlist_offers import fill_session


class Going(StrEnum):
    """Whether a person goes to a session, or could."""

    OPEN = "open"
    """It needs no sign-up."""
    FREE = "free"
    """The person may sign up."""
    SIGNED_UP = "signed_up"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place is kept for the person until a deadline."""
    FULL = "full"
    """The person may join the waitlist."""
    NOT_FOR_TICKET = "not_for_ticket"
    """The person has no ticket that lets in."""

    @property
    def in_programme(self) -> bool:
        """Whether the session is part of one's own programme."""
        return self in (Going.OPEN, Going.SIGNED_UP, Going.WAITING, Going.OFFERED)


@dataclass(frozen=True, slots=True)
class SignUpResult:
    """The result of a sign-up.

    Attributes:
        going: `SIGNED_UP`, `WAITING`, or `FREE` when nothing was done because of clashes.
        clashes: Sessions of one's own programme at the same time.
        place: Place on the waitlist, from 1; None when not waiting.
        entry_id: The entry on the waitlist; None when not waiting.
    """

    going: Going
    clashes: tuple[Clash, ...] = ()
    place: int | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """A session of one's own programme.

    Attributes:
        left: Places left; None where there is no limit or no sign-up.
        place: One's place on its waitlist, from 1; None when not waiting.
        offer_until: Until when an offered place is kept.
        clashes: Titles of sessions at the same time that the person signed up for.
    """

    session_id: UUID
    title: str
    room: str
    speakers: tuple[str, ...]
    tags: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    going: Going
    left: int | None = None
    place: int | None = None
    entry_id: UUID | None = None
    offer_until: datetime | None = None
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnProgramme:
    """The programme of one event for one person.

    Attributes:
        has_ticket: Whether the person has a valid ticket, which a sign-up needs.
        items: All sessions that take place, in the order in which they begin.
    """

    event_id: UUID
    event_name: str
    time_zone: str
    has_ticket: bool
    items: tuple[ProgrammeItem, ...]


@reads(Permission.ATTEND, about="event_id")
def my_programme(act: Act, event_id: UUID, *, code: str = "") -> OwnProgramme:
    """Read all sessions of an event that this person may see, and whether they go there.

    Args:
        code: The access code of a private event.
    """
    account_id = person_of(act, event_id)
    need_visible(act, event_id, access_code=code)
    event = event_row(act.connection, event_id)
    sessions = act.connection.execute(_sessions(event_id)).all()
    own = select(SignUpRow.session_id).where(
        SignUpRow.account_id == account_id, SignUpRow.event_id == event_id
    )
    signed = set(act.connection.execute(own).scalars())
    entries = _own_entries(act, account_id, event_id)
    types = ticket_types_of(act.connection, [account_id], event_id).get(account_id)
    only = lets_in(act.connection, types or set())
    speakers = _speakers(act.connection, event_id)
    busy = _busy(act, event_id)
    items = []
    for row in sessions:
        welcome = any(kind not in only or row.id in only[kind] for kind in types or ())
        left = None
        if row.sign_up and row.capacity is not None:
            left = max(0, row.capacity - busy[row.id])
        entry, place = entries.get(row.id, (None, None))
        others = (each for each in sessions if each.id in signed and each.id != row.id)
        item = view_from(
            ProgrammeItem,
            row,
            session_id=row.id,
            room=row.room or "",
            speakers=speakers.get(row.id, ()),
            tags=tuple(row.tags),
            going=_going(row, row.id in signed, entry, welcome, left),
            left=left,
            place=place,
            entry_id=entry.id if entry else None,
            offer_until=entry.offer_until if entry else None,
            clashes=tuple(
                each.title
                for each in others
                if each.starts_at < row.ends_at and each.ends_at > row.starts_at
            ),
        )
        items.append(item)
    return OwnProgramme(event_id, event.name, event.time_zone, bool(types), tuple(items))


@steps(Permission.ATTEND, about="event_id")
def programme_calendar(steps: Steps, event_id: UUID) -> MadeFile:
    """Make a calendar file of the sessions that a person signed up for.

    Raises:
        InvalidInputError: There are none, or the calendar library is not installed.
    """
    own = my_programme(steps.store, steps.asked, event_id)
    chosen = [item for item in own.items if item.going is Going.SIGNED_UP]
    if not chosen:
        raise InvalidInputError(
            msg("You are signed up for no session."), hint=msg("Sign up for one first.")
        )
    changes = calendar_changes(steps, sessions=[each.session_id for each in chosen])
    entries = [
        CalendarEntry(
            each.session_id,
            each.title,
            each.starts_at,
            each.ends_at,
            each.room,
            " · ".join((*each.speakers, own.event_name)),
            remind=BEFORE_SESSION,
        )
        for each in chosen
    ]
    told = [changes[each.id].told(each) for each in entries]
    return calendar_of(told, own.event_name, steps.now)


@dataclass(frozen=True, slots=True)
class ProgrammeEvent:
    """An event with a programme."""

    event_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ComingSession:
    """The session that a guest signed up for and that comes first.

    Attributes:
        room: "" where there is none yet.
    """

    title: str
    room: str
    starts_at: datetime


@reads(Permission.DOOR)
def coming_session(
    act: Act, ticket_id: UUID, *, now: datetime | None = None
) -> ComingSession | None:
    """Read what the holder of a ticket signed up for and is not over; the first of it.

    A ticket that somebody booked for somebody else says nothing of what its holder signed up for.

    Raises:
        NotFoundError: There is no such ticket.
    """
    own = (
        select(TicketRow.event_id, TicketRow.account_id, BookingRow.account_id.label("booked_by"))
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.id == ticket_id)
    )
    ticket = act.connection.execute(own).one_or_none()
    if ticket is None:
        raise NotFoundError(msg("There is no such ticket."))
    act.need(ticket.event_id, Permission.DOOR)
    several = select(func.count()).where(
        TicketRow.booking_id
        == select(TicketRow.booking_id).where(TicketRow.id == ticket_id).scalar_subquery(),
        TicketRow.state == "valid",
    )
    holder = ticket.account_id
    if holder is None and act.connection.execute(several).scalar_one() == 1:
        holder = ticket.booked_by
    row = act.connection.execute(
        select(SessionRow.title, SessionRow.starts_at, RoomRow.name.label("room"))
        .join(SignUpRow, SignUpRow.session_id == SessionRow.id)
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(
            SignUpRow.account_id == holder,
            SignUpRow.event_id == ticket.event_id,
            SessionRow.ends_at > (now or act.now),
            SessionRow.cancelled_at.is_(None),
        )
        .order_by(SessionRow.starts_at)
        .limit(1)
    ).one_or_none()
    return None if row is None else ComingSession(row.title, row.room or "", row.starts_at)


@reads(Permission.ATTEND)
def programmes_of(act: Act) -> list[ProgrammeEvent]:
    """Read the events to come with a programme that a person has a ticket for, the next first."""
    account_id = person_of(act, None)
    ids = events_of(act.connection, account_id)
    rows = act.connection.execute(
        select(EventRow.id, EventRow.name)
        .where(
            EventRow.id.in_(ids),
            EventRow.ends_at > act.now,
            EventRow.state == "published",
            select(SessionRow.id).where(SessionRow.event_id == EventRow.id).exists(),
        )
        .order_by(EventRow.starts_at, EventRow.id)
    )
    return [ProgrammeEvent(row.id, row.name) for row in rows]


@writes(Permission.ATTEND, about=event_of(SessionRow, "session_id"))
def sign_up_for_session(
    act: Act, session_id: UUID, *, despite_conflict: bool = False
) -> SignUpResult:
    """Take a place in a session, an offered one first, or join its waitlist when it is full.

    With clashes, and without `despite_conflict`, nothing is changed. Doing it twice is no error.

    Raises:
        NotAllowedError: No valid ticket that lets in, or the account was closed.
        InvalidInputError: No sign-up, cancelled, or begun.
    """
    session = session_row(act.connection, session_id)
    account_id = person_of(act, session.event_id)
    need_open(session, act.now)
    if is_signed_up(act.connection, account_id, session_id):
        return SignUpResult(Going.SIGNED_UP)
    if not may_enter(act.connection, account_id, session):
        raise NotAllowedError(
            msg("There is no valid ticket of yours that lets in to this session."),
            hint=msg("Book one, or pay what is due; an unpaid booking holds no session."),
        )
    found = clashes(act.connection, account_id, session)
    if found and not despite_conflict:
        return SignUpResult(Going.FREE, found)
    entry = _entry(act.connection, account_id, session_id)
    if entry is not None and entry.state == EntryState.OFFERED and not has_lapsed(act, entry):
        put_state(act.connection, entry.id, EntryState.TAKEN, offer_until=None)
        log(act, "accept_place", entry)
        put_in(act, account_id, session)
        return SignUpResult(Going.SIGNED_UP, found)
    if entry is not None:
        return SignUpResult(Going.WAITING, found, place_of(act.connection, entry), entry.id)
    if not somebody_waits(act.connection, which(None, session_id)) and free_places(act, session):
        put_in(act, account_id, session)
        _log(act, "sign_up", session)
        return SignUpResult(Going.SIGNED_UP, found)
    person = person_row(act.connection, account_id)
    view = add_entry(
        act,
        session.event_id,
        ticket_type_id=None,
        session_id=session_id,
        account_id=account_id,
        name=person.name,
        email=person.email,
    )
    return SignUpResult(Going.WAITING, found, view.place, view.id)


@writes(Permission.ATTEND, about=event_of(SessionRow, "session_id"))
def leave_session(act: Act, session_id: UUID) -> Going:
    """Give a place in a session or on its waitlist back; returns which it was.

    Raises:
        NotFoundError: No such session, or the person neither signed up for it nor waits.
    """
    session = session_row(act.connection, session_id)
    account_id = person_of(act, session.event_id)
    entry = _entry(act.connection, account_id, session_id)
    if take_out(act.connection, account_id, session_id):
        _log(act, "leave_session", session)
        before = Going.SIGNED_UP
    elif entry is not None:
        put_state(act.connection, entry.id, EntryState.LEFT, offer_until=None)
        log(act, "leave_waitlist", entry)
        before = Going(entry.state)
    else:
        raise NotFoundError(msg("You are not signed up for this session."))
    fill_session(act, session_id)
    return before


def _sessions(event_id: UUID) -> Any:
    return (
        select(SessionRow.__table__, RoomRow.name.label("room"))
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(SessionRow.event_id == event_id, SessionRow.cancelled_at.is_(None))
        .order_by(SessionRow.starts_at, SessionRow.ends_at, SessionRow.id)
    )


def _own_entries(act: Act, account_id: UUID, event_id: UUID) -> dict[UUID, tuple[Any, int | None]]:
    """The open entries of a person for sessions, with their places, by session."""
    rows = act.connection.execute(
        ENTRIES.where(
            WaitlistEntryRow.account_id == account_id,
            WaitlistEntryRow.state.in_(OPEN),
            ~offer_lapsed(act.now),
            WaitlistEntryRow.session_id.is_not(None),
            WaitlistEntryRow.event_id == event_id,
        )
    ).all()
    return {row.session_id: (row, place_of(act.connection, row)) for row in rows}


def _speakers(connection: Connection, event_id: UUID) -> dict[UUID, tuple[str, ...]]:
    rows = connection.execute(
        select(SessionSpeakerRow.session_id, SpeakerRow.name)
        .join(SpeakerRow, SpeakerRow.id == SessionSpeakerRow.speaker_id)
        .where(SpeakerRow.event_id == event_id)
        .order_by(SessionSpeakerRow.session_id, SessionSpeakerRow.position)
    )
    names: dict[UUID, tuple[str, ...]] = {}
    for session_id, name in rows:
        names[session_id] = (*names.get(session_id, ()), name)
    return names


def _busy(act: Act, event_id: UUID) -> Counter[UUID | None]:
    """How many places of each session are taken, offered or waited for."""
    of_event = select(SessionRow.id).where(SessionRow.event_id == event_id)
    is_open = WaitlistEntryRow.state.in_(OPEN) & ~offer_lapsed(act.now)
    taken, waited = SignUpRow.session_id, WaitlistEntryRow.session_id
    busy: Counter[UUID | None] = Counter()
    for column, where in ((taken, taken.in_(of_event)), (waited, waited.in_(of_event) & is_open)):
        rows = act.connection.execute(select(column, func.count()).where(where).group_by(column))
        for session_id, count in rows:
            busy[session_id] += count
    return busy


def _going(row: AnyRow, signed: bool, entry: Any | None, welcome: bool, left: int | None) -> Going:
    if not row.sign_up:
        return Going.OPEN
    if signed:
        return Going.SIGNED_UP
    if entry is not None:
        return Going.OFFERED if entry.state == EntryState.OFFERED else Going.WAITING
    if not welcome:
        return Going.NOT_FOR_TICKET
    return Going.FULL if left == 0 else Going.FREE


def _entry(connection: Connection, account_id: UUID, session_id: UUID) -> Any | None:
    return open_entry(connection, account_id, "", which(None, session_id))


def _log(act: Act, verb: str, session: AnyRow) -> None:
    act.record(verb, ("session", session.id), event_id=session.event_id, session=session.title)
