"""Browsing: events that the reader may book, by words, category, place, date and price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from data.rows import AnyRow, count_rows
from data.schema import EventRow, InvitationRow, TicketTypeRow, VenueRow
from eventdesk.acts import Act, reads
from eventdesk.core.folding import fold
from eventdesk.core.ids import read_code
from eventdesk.core.money import Money
from eventdesk.events import (
    MAX_QUERY,
    MAX_WORDS,
    PLACE,
    PLACE_END,
    EventCard,
    Visibility,
    email_of,
    words_anywhere,
)
from eventdesk.sales.price import Terms, price_of, split


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A category, and how many events the reader may book have it."""

    name: str
    events: int


@reads(public=True)
def browse(
    act: Act,
    *,
    text: str = "",
    category: str = "",
    place: str = "",
    date_from: datetime | None = None,
    date_until: datetime | None = None,
    most_minor: int | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[EventCard], int]:
    """Find a page of published events that are not over, the next first, and how many there are.

    Public ones, those the reader is invited to, and a private one whose access code was typed.

    Args:
        text: Words of the name, place, category or description, in any order, without accents.
        category: A category as `categories` names it, in any case.
        place: Words of the venue's name or address, or "online".
        date_from: Only events that are still going on then.
        date_until: Only events that have begun by then.
        most_minor: Only those with a ticket that costs at most this in full, in hundredths of the
            unit of the event's currency, whatever its digits.

    Raises:
        NotAllowedError: The account was closed.
    """
    act.known_at(None)
    meant = _meant_for(act)
    words = and_(true(), *words_anywhere(text))
    code = read_code(text[:100])
    if code:
        typed = (EventRow.visibility == Visibility.PRIVATE) & (EventRow.access_code == code)
        found = or_(and_(meant, words), typed)
    else:
        found = and_(meant, words)
    where = [*_running(act.now), found, *_place(place)]
    if category:
        where.append(EventRow.category.in_(_spellings(act.connection, category)))
    if date_from is not None:
        where.append(EventRow.ends_at > date_from)
    if date_until is not None:
        where.append(EventRow.starts_at < date_until)
    ids = select(EventRow.id).where(*where).order_by(EventRow.starts_at, EventRow.id)
    if most_minor is None:
        total = count_rows(act.connection, *where)
        page = list(act.connection.execute(ids.limit(limit).offset(offset)).scalars())
    else:
        running = list(act.connection.execute(ids).scalars())
        prices = _cheapest(act.connection, EventRow.id.in_(ids.order_by(None)))
        cheap = [each for each in running if _costs_at_most(prices.get(each), most_minor)]
        total, page = len(cheap), cheap[offset : offset + limit]
    return _cards(act.connection, page), total


@reads(public=True)
def categories(act: Act) -> list[CategoryCount]:
    """Name the categories of the events the reader may book, the most frequent first."""
    act.known_at(None)
    count = func.count()
    rows = act.connection.execute(
        select(EventRow.category, count)
        .where(*_running(act.now), _meant_for(act), EventRow.category != "")
        .group_by(EventRow.category)
        .order_by(count.desc(), EventRow.category)
    )
    return [CategoryCount(name, events) for name, events in rows]


def _running(now: datetime) -> list[ColumnElement[bool]]:
    return [EventRow.state == "published", EventRow.ends_at > now]


def _meant_for(act: Act) -> ColumnElement[bool]:
    """Public events, and those by invitation that name the reader."""
    public = EventRow.visibility == Visibility.PUBLIC
    email = email_of(act)
    if email is None:
        return public
    invited = select(InvitationRow.event_id).where(InvitationRow.email == email)
    return or_(public, EventRow.id.in_(invited))


def _place(text: str) -> list[ColumnElement[bool]]:
    """Each word stands in the place; folded words hold no sign of a pattern."""
    return [
        EventRow.folded_name.like(f"%{PLACE}%{word}%{PLACE_END}%")
        for word in fold(text[:MAX_QUERY]).split()[:MAX_WORDS]
    ]


def _spellings(connection: Connection, category: str) -> list[str]:
    """Categories that differ by case and accents alone."""
    known = connection.execute(select(EventRow.category).distinct()).scalars()
    return [each for each in known if fold(each) == fold(category)]


def _costs_at_most(price: Money | None, hundredths: int) -> bool:
    """Whether there is a price, and it is at most so many hundredths of its currency's unit."""
    return price is not None and price.minor * 100 <= hundredths * 10**price.exponent


def _cheapest(connection: Connection, where: ColumnElement[bool]) -> dict[UUID, Money]:
    """The full price of each event's cheapest ticket on offer; of a package, of each in it."""
    kind = TicketTypeRow
    prices = (
        kind.event_id,
        kind.price_minor,
        kind.tax_bp,
        kind.fee_bp,
        kind.fee_minor,
        kind.admits,
    )
    event = (EventRow.prices_include_tax, EventRow.currency, EventRow.currency_exponent)
    rows = connection.execute(
        select(*prices, *event)
        .join(EventRow, EventRow.id == kind.event_id)
        .where(where, kind.active.is_(True), kind.hidden.is_(False), kind.admits > 0)
    )
    least: dict[UUID, Money] = {}
    for row in rows:
        price = Money(row.price_minor, row.currency, row.currency_exponent)
        terms = Terms(price, row.tax_bp, row.fee_bp, row.fee_minor, row.prices_include_tax)
        total = replace(price, minor=split(price_of(terms), row.admits)[0].total_minor)
        if row.event_id not in least or total.minor < least[row.event_id].minor:
            least[row.event_id] = total
    return least


def _cards(connection: Connection, event_ids: Sequence[UUID]) -> list[EventCard]:
    """Read some events as cards, in this order."""
    these = EventRow.id.in_(event_ids)
    rows = connection.execute(
        select(EventRow.__table__, VenueRow.name.label("venue"), VenueRow.address)
        .outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)
        .where(these)
    )
    prices = _cheapest(connection, these)
    cards = {row.id: _card(row, prices.get(row.id)) for row in rows}
    return [cards[each] for each in event_ids]


def _card(row: AnyRow, cheapest: Money | None) -> EventCard:
    parts = [row.venue, *(row.address or "").splitlines()] if row.venue else []
    parts += ["online"] if row.online_url else []
    return EventCard(
        id=row.id,
        code=row.code,
        name=row.name,
        category=row.category,
        place=", ".join(part for part in parts if part),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        visibility=Visibility(row.visibility),
        cheapest=cheapest,
    )


@reads(public=True)
def event_by_code(act: Act, typed: str) -> UUID | None:
    """Find a private event by its access code, or one the reader may see by its code."""
    code = read_code(typed[:100])
    if not code:
        return None
    private = (EventRow.visibility == Visibility.PRIVATE) & (EventRow.access_code == code)
    named = and_(_meant_for(act), EventRow.code == code)
    return act.connection.execute(
        select(EventRow.id).where(*_running(act.now), or_(private, named)).limit(1)
    ).scalar_one_or_none()
