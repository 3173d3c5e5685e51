"""Events: creating, listing, finding and reading them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select

from data.numbers import next_number
from data.rows import AnyRow, columns_of, count_rows, insert_row, update_row, view_from
from data.schema import AccountRow, EventRoleRow, EventRow, TicketRow, VenueRow
from eventdesk.accounts import account_with
from eventdesk.acts import (
    Act,
    ActorKind,
    Permission,
    Role,
    Steps,
    event_row,
    nearest,
    overdue_tickets,
    reads,
    steps,
    takes_place,
    the_one,
    writes,
)
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError, NotAllowedError, need_found
from eventdesk.core.folding import fold
from eventdesk.core.ids import new_code, new_id, read_code
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import msg
from eventdesk.core.money import read_currency
from eventdesk.documents.calendar import CalendarEntry, calendar_of
from eventdesk.events.event import (
    Change,
    EventDetail,
    EventRules,
    EventView,
    Reminders,
    Venue,
    Visibility,
    event_state,
    need_change,
)
from eventdesk.events.event_access import is_team, need_visible
from eventdesk.events.in_calendars import calendar_changes
from eventdesk.events.opening_hour import by_lot

PLACE, PLACE_END = "\ue000", "\ue001"
"""Characters around the place in `event.folded_name`; private ones, which no folded text holds."""

SEARCHED = 4000
"""Characters of a description that are searched."""

MAX_WORDS, MAX_QUERY = 8, 200
"""Most words and characters of a search that count."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be created; the rest is changed afterwards, while it is a draft.

    Attributes:
        currency_exponent: Digits behind the decimal sign; None takes those of ISO 4217.
        published: Whether everybody sees it at once; for admins only.
        owner: E-mail address of the account it is for; "" is whoever makes it.
    """

    name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str = "UTC"
    currency: str = "EUR"
    currency_exponent: int | None = None
    published: bool = False
    owner: str = ""


@writes(Permission.ATTEND)
def create_event(act: Act, event: NewEvent) -> EventView:
    """Set up an event as a draft; the signed-in person owns it and becomes its organizer.

    Raises:
        NotAllowedError: The actor signs in with a PIN only, or may not publish or give it away.
        NotFoundError: There is no account with the owner's address.
        InvalidInputError: No name, no such time zone or currency, or it ends before it starts.
    """
    name = typed_text.line(event.name, msg("A name"), needed=True)
    if event.ends_at <= event.starts_at:
        raise InvalidInputError(
            msg("The event ends before it starts."), hint=msg("Check both times.")
        )
    zone = typed_text.time_zone(event.time_zone)
    currency, exponent = read_currency(event.currency)
    if event.currency_exponent is not None:
        exponent = event.currency_exponent
    event_id, code = new_id(), new_code(6)
    if event.published or event.owner:
        act.need(None, Permission.INSTALLATION)
    owner_id = _owner(act, event.owner)
    insert_row(
        act.connection,
        EventRow,
        id=event_id,
        number=next_number(act.connection, EventRow.number),
        code=code,
        name=name,
        folded_name=fold(name),
        state="published" if event.published else "draft",
        published_at=act.now if event.published else None,
        time_zone=zone,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        currency=currency,
        currency_exponent=exponent,
        owner_id=owner_id,
        created_at=act.now,
    )
    if owner_id is not None:
        role = {"event_id": event_id, "account_id": owner_id, "role": Role.ORGANIZER}
        insert_row(act.connection, EventRoleRow, **role)
    act.record("create_event", ("event", event_id), event_id=event_id, name=name)
    return EventView(event_id, name, code, event.starts_at, event.ends_at, zone)


@reads(Permission.INSTALLATION)
def list_events(act: Act, *, archived: bool = False) -> list[EventView]:
    """Read all events of the house, the latest first, with how many tickets each has.

    Args:
        archived: Whether those are wanted that were taken off the lists, instead of the others.
    """
    act.need(None, Permission.INSTALLATION)
    tickets = (
        select(func.count())
        .where(TicketRow.event_id == EventRow.id, takes_place(act.now))
        .scalar_subquery()
    )
    rows = act.connection.execute(_EVENT_VIEWS.add_columns(tickets).where(_listed(archived)))
    return [EventView(*row) for row in rows]


@reads(public=True, about="event_id")
def event_detail(act: Act, event_id: UUID, *, code: str = "") -> EventDetail:
    """Read an event as this person may see it; a private one with its access code.

    Raises:
        NotAllowedError: The account was closed, or the link does not hold any more.
    """
    need_visible(act, event_id, access_code=code)
    return read_detail(act, event_id, team=is_team(act, event_id))


@steps(public=True, about="event_id")
def event_calendar(steps: Steps, event_id: UUID, *, code: str = "") -> MadeFile:
    """Make a calendar file (RFC 5545) with an event as this person may see it.

    Raises:
        InvalidInputError: The calendar library is not installed.
    """
    event = event_detail(steps.store, steps.asked, event_id, code=code)
    places = (event.venue.name, event.venue.address) if event.venue else ()
    where = " · ".join(" ".join(each.split()) for each in (*places, event.online_url) if each)
    entry = CalendarEntry(event.id, event.name, event.starts_at, event.ends_at, where)
    change = calendar_changes(steps, events=[event_id])[event_id]
    return calendar_of([change.told(entry)], event.name, steps.now)


@reads(Permission.INSTALLATION)
def all_events(act: Act, *, archived: bool = False) -> list[EventView]:
    """Read events as `list_events`, without counting their tickets."""
    act.need(None, Permission.INSTALLATION)
    return every_event(act, archived=archived)


def every_event(act: Act, *, archived: bool = False) -> list[EventView]:
    """All events of the house, for what shows some of them; see `all_events`."""
    rows = act.connection.execute(_EVENT_VIEWS.where(_listed(archived)))
    return [EventView(*row) for row in rows]


def _listed(archived: bool) -> ColumnElement[bool]:
    """Whether an event is on the lists, or was taken off them."""
    off = EventRow.state == "archived"
    return off if archived else ~off


_EVENT_VIEWS = select(*columns_of(EventRow, EventView, but=("tickets",))).order_by(
    EventRow.starts_at.desc()
)


@reads(public=True, about="event_id")
def event_view(act: Act, event_id: UUID, *, code: str = "") -> EventView:
    """Read an event as lists show it, where this person may see it; its tickets are not counted."""
    need_visible(act, event_id, access_code=code)
    return view_from(EventView, event_row(act.connection, event_id), tickets=0)


@reads(internal=True)
def find_event(act: Act, named: str) -> EventView:
    """Find an event by code, id, name or a part of its name; "" means the only one.

    Archived events are found if no other matches.

    Raises:
        NotFoundError: None or several match; the hint lists them.
    """
    events, typed = every_event(act), named.strip()
    matches = _events_named(events, typed)
    if not matches and typed:
        matches = _events_named(every_event(act, archived=True), typed)
    return the_one("event", typed, matches, [f"{event.code} {event.name}" for event in events])


def _events_named(events: Sequence[EventView], typed: str) -> list[EventView]:
    exact = [each for each in events if typed == str(each.id) or read_code(typed) == each.code]
    return exact or nearest(typed, events, lambda each: each.name)


def changeable_event(act: Act, event_id: UUID, change: Change) -> AnyRow:
    """Read an event whose state allows this change.

    Raises:
        InvalidInputError: Its state does not allow it.
    """
    row = event_row(act.connection, event_id)
    need_change(event_state(row.state, row.ends_at, act.now), change)
    return row


def places_taken(act: Act, event_id: UUID) -> int:
    """Count the places that tickets take at an event; those of overdue bookings are free."""
    valid = count_rows(act.connection, TicketRow.event_id == event_id, TicketRow.state == "valid")
    return valid - sum(overdue_tickets(act.connection, event_id, act.now).values())


def learn_event(connection: Connection, event_id: UUID) -> None:
    """Bring the search text of an event up to its name, place, category and description."""
    row = event_row(connection, event_id)
    place = "online" if row.online_url else ""
    if row.venue_id is not None:
        venue = connection.execute(
            select(VenueRow.name, VenueRow.address).where(VenueRow.id == row.venue_id)
        ).one()
        place = f"{venue.name} {venue.address} {place}"
    rest = f"{row.category} {row.description[:SEARCHED]}"
    folded = f"{fold(row.name)} {PLACE}{fold(place)}{PLACE_END} {fold(rest)}"
    update_row(connection, EventRow, event_id, folded_name=folded)


def _owner(act: Act, email: str) -> UUID | None:
    """The account an event is made for; None where the program makes it for nobody."""
    if email:
        address = typed_text.address(email)
        missing = msg("There is no account with the address {address}.", address=address)
        hint = msg("Check the address; they can sign up first.")
        return need_found(account_with(act.connection, address), missing, hint=hint)
    if act.actor.kind is ActorKind.SYSTEM:
        return None
    act.need(None, Permission.ATTEND)
    kind = act.connection.execute(
        select(AccountRow.secret_kind).where(AccountRow.id == act.actor.id)
    ).scalar_one_or_none()
    if act.actor.kind is not ActorKind.ACCOUNT or kind != "password":
        raise NotAllowedError(
            msg("Setting up an event needs an account with a password."),
            hint=msg("A PIN is not enough for what an organizer may do: choose a password first."),
        )
    return act.actor.id


def words_anywhere(text: str) -> list[ColumnElement[bool]]:
    """Conditions for events whose search text holds each word of a text."""
    return [
        EventRow.folded_name.contains(word, autoescape=True)
        for word in fold(text[:MAX_QUERY]).split()[:MAX_WORDS]
    ]


def read_detail(act: Act, event_id: UUID, *, team: bool) -> EventDetail:
    """Read an event inside a transaction that has decided what may be shown of it."""
    row = event_row(act.connection, event_id)
    named = select(AccountRow.name).where(AccountRow.id == row.owner_id)
    there = select(*columns_of(VenueRow, Venue)).where(VenueRow.id == row.venue_id)
    venue = act.connection.execute(there).one_or_none()
    return view_from(
        EventDetail,
        row,
        state=event_state(row.state, row.ends_at, act.now),
        venue=None if venue is None else Venue(*venue),
        visibility=Visibility(row.visibility),
        access_code=row.access_code if team else "",
        reason=row.refusal if team or row.state == "cancelled" else "",
        owner_name=act.connection.execute(named).scalar_one_or_none() or "",
        commission_bp=row.commission_bp if team else None,
        bank_details=row.bank_details if team else "",
        rules=view_from(
            EventRules,
            row,
            queue_by_lot=by_lot(act.connection, event_id),
            reminders=Reminders(row.reminders),
            reverse_charge=row.reverse_charge,
        ),
        taken=places_taken(act, event_id),
        team=team,
    )
