"""Loose ends: parts of an event that do not meet, such as seats that no ticket type sells.

Each is one sentence and what to do. The overview of the event and the doctor show the same ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain

SOON: Final = timedelta(hours=24)
"""A list that opens later than this after the event begins has likely a wrong date."""


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """Two parts of an event that do not meet.

    Attributes:
        place: Where it is mended: tickets, lists, programme or conflicts.
        stops: Whether guests would be sent away because of it.
    """

    text: str
    advice: str
    place: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class TypePart:
    """A ticket type: what it sells, when, and to how many it was sold."""

    id: UUID
    name: str
    active: bool
    quota: int | None
    section_id: UUID | None
    sales_from: datetime | None
    sales_until: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    sold: int = 0

    @property
    def is_in_use(self) -> bool:
        """Whether somebody has such a ticket or may get one."""
        return self.active or self.sold > 0


@dataclass(frozen=True, slots=True)
class ListPart:
    """A check-in list: when it is open, and which types it takes; none are all."""

    name: str
    opens_at: datetime | None
    closes_at: datetime | None
    type_ids: frozenset[UUID] = frozenset()

    def takes(self, kind: TypePart) -> bool:
        """Whether a type may enter here at all."""
        return not self.type_ids or kind.id in self.type_ids

    def meets(self, kind: TypePart) -> bool:
        """Whether there is a moment at which the list is open and such a ticket is valid."""
        opens = max(filter(None, (self.opens_at, kind.valid_from)), default=None)
        closes = min(filter(None, (self.closes_at, kind.valid_until)), default=None)
        return opens is None or closes is None or opens < closes


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A section of the plan, and how many of its seats can be sold."""

    id: UUID
    name: str
    seats: int


@dataclass(frozen=True, slots=True)
class SessionPart:
    """A session in a room: how many may sign up, and how many did."""

    title: str
    room: str
    room_capacity: int
    capacity: int | None
    sign_ups: int


@dataclass(frozen=True, slots=True)
class EventParts:
    """The parts of an event that have to meet."""

    starts_at: datetime
    ends_at: datetime
    types: Sequence[TypePart] = ()
    lists: Sequence[ListPart] = ()
    sections: Sequence[SectionPart] = ()
    sessions: Sequence[SessionPart] = ()


def loose_ends(parts: EventParts, now: datetime) -> tuple[LooseEnd, ...]:
    """Find what does not meet; what would send guests away comes first."""
    found = [*_of_lists(parts, now), *_of_types(parts), *_of_seats(parts), *_of_sessions(parts)]
    return tuple(sorted(found, key=lambda end: not end.stops))


def _of_lists(parts: EventParts, now: datetime) -> Iterator[LooseEnd]:
    """Lists that nobody can enter by, and types that can enter by none."""
    for each in parts.lists:
        words = _nobody_enters(each, parts, now)
        if words:
            yield LooseEnd(words, _("Change when it opens and closes, or its types."), "lists")
        elif each.opens_at is not None and each.opens_at > parts.starts_at + SOON:
            name = plain(each.name)
            words = _("list {name} opens more than a day after the event begins", name=name)
            yield LooseEnd(words, _("Change when it opens: Organize, Lists."), "lists")
    for kind in parts.types if parts.lists else ():
        if kind.is_in_use and not any(each.takes(kind) for each in parts.lists):
            name = plain(kind.name)
            words = _("tickets {name} come by no check-in list", name=name)
            if kind.sold:
                words = _n(
                    "{count} ticket {name} comes by no check-in list",
                    "{count} tickets {name} come by no check-in list",
                    kind.sold,
                    name=name,
                )
            advice = _("Add the type to a list: Organize, Lists.")
            yield LooseEnd(words, advice, "lists", stops=kind.sold > 0)


def _nobody_enters(each: ListPart, parts: EventParts, now: datetime) -> str:
    """Why nobody can enter by a list; "" where somebody can."""
    name = plain(each.name)
    if each.closes_at is not None and each.closes_at <= now:
        return _("list {name} is closed for good", name=name)
    if each.closes_at is not None and each.closes_at <= parts.starts_at:
        return _("list {name} closes before the event begins", name=name)
    if each.opens_at is not None and each.opens_at >= parts.ends_at:
        return _("list {name} opens after the event is over", name=name)
    taken = [kind for kind in parts.types if each.takes(kind)]
    if taken and not any(kind.is_in_use for kind in taken):
        return _("nobody enters by list {name}: its ticket types are switched off", name=name)
    if taken and not any(each.meets(kind) for kind in taken if kind.is_in_use):
        return _("nobody enters by list {name}: its tickets are not valid then", name=name)
    return ""


def _of_types(parts: EventParts) -> Iterator[LooseEnd]:
    """Types that are sold or valid at the wrong time, or sold beyond what was planned."""
    for kind in parts.types:
        name = plain(kind.name)
        if kind.quota is not None and kind.sold > kind.quota:
            words = _(
                "{count} tickets {name} are sold, {quota} were planned",
                count=kind.sold,
                name=name,
                quota=kind.quota,
            )
            yield LooseEnd(words, _("Check that there is room for all of them."), "tickets")
        if kind.is_in_use and not _is_valid_then(kind, parts):
            words = _("tickets {name} are not valid during the event", name=name)
            yield LooseEnd(words, _("Change from when until when they are valid."), "tickets", True)
        if kind.active and kind.sales_from is not None and kind.sales_from >= parts.ends_at:
            words = _("tickets {name} go on sale after the event is over", name=name)
            yield LooseEnd(words, _("Change when their sale begins."), "tickets")
        elif kind.active and kind.sales_until is not None and kind.sales_until > parts.ends_at:
            words = _("tickets {name} are on sale until after the event", name=name)
            yield LooseEnd(words, _("Change when their sale ends."), "tickets")


def _is_valid_then(kind: TypePart, parts: EventParts) -> bool:
    begun = kind.valid_from is None or kind.valid_from < parts.ends_at
    return begun and (kind.valid_until is None or kind.valid_until > parts.starts_at)


def _of_seats(parts: EventParts) -> Iterator[LooseEnd]:
    """Seats that no type sells, and types with more tickets than seats."""
    for section in parts.sections:
        sellers = [kind for kind in parts.types if kind.active and kind.section_id == section.id]
        name = plain(section.name)
        if section.seats and not sellers:
            words = _n(
                "{count} seat of {section} is sold by no ticket type",
                "{count} seats of {section} are sold by no ticket type",
                section.seats,
                section=name,
            )
            yield LooseEnd(words, _("Choose this section in a ticket type."), "tickets")
        planned = sum(kind.quota or 0 for kind in sellers)
        if sellers and planned > section.seats:
            words = _(
                "{count} tickets are planned for {section}, which has {seats} seats",
                count=planned,
                section=name,
                seats=section.seats,
            )
            yield LooseEnd(words, _("Sell fewer of them, or add seats."), "tickets")


def _of_sessions(parts: EventParts) -> Iterator[LooseEnd]:
    """Sessions whose room is too small for those who signed up, or who may."""
    for session in parts.sessions:
        most = max(session.sign_ups, session.capacity or 0)
        if most <= session.room_capacity:
            continue
        title, room = plain(session.title), plain(session.room)
        words = _(
            "{title} takes up to {count} sign-ups, {room} holds {most}",
            title=title,
            count=most,
            room=room,
            most=session.room_capacity,
        )
        if session.sign_ups > session.room_capacity:
            words = _(
                "{count} people signed up for {title}, {room} holds {most}",
                title=title,
                count=session.sign_ups,
                room=room,
                most=session.room_capacity,
            )
        yield LooseEnd(words, _("Choose a larger room, or take fewer sign-ups."), "programme")
