"""An event in one go: published, its ticket types, a check-in list and a staff PIN.

What is there already is kept, so that it can be asked for again after something was mended. Guests
come from a file, whose import is planned here.
"""

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.accounts import check_pin
from eventdesk.acts import SYSTEM, Permission, Steps, steps
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money, read_currency, read_money
from eventdesk.core.wall_clock import machine_zone
from eventdesk.door import (
    ListView,
    NewCheckInList,
    add_check_in_list,
    list_check_in_lists,
    set_staff_pin,
)
from eventdesk.events import EventView, NewEvent, create_event, list_events
from eventdesk.exchange.imports.file_look import look_at, sampled
from eventdesk.exchange.imports.plan import Field, ImportPlan
from eventdesk.sales import NewTicketType, add_ticket_type, list_ticket_types, sale_terms

OPENS: Final = time(9)
CLOSES: Final = time(18)
LAST_MINUTE: Final = time(23, 59)
PIN_DIGITS: Final = 6
MAX_TYPES: Final = 100

_BETWEEN: Final = re.compile(r";|,(?!\d{2}\s*(?:[;,]|$))")
"""Between two types; the comma of an amount such as 25,00 is none."""
_TYPE: Final = re.compile(r"(?P<name>[^@]*?)(?:\s+(?P<quota>\d{1,9}))?(?:\s*@\s*(?P<price>[^@]*))?")


@dataclass(frozen=True, slots=True)
class TypeToSell:
    """A ticket type as it is typed in one line.

    Attributes:
        quota: How many may be sold; None for any number.
        price: As it was typed; "" is free.
    """

    name: str
    quota: int | None = None
    price: str = ""


@dataclass(frozen=True, slots=True)
class FirstEvent:
    """An event as it is asked for.

    Attributes:
        starts_at: None is today at 09:00.
        ends_at: None is 18:00 of the day it starts, or the last minute of it where that is over.
        time_zone: "" is this machine's.
        currency: "" is that of this machine's region.
        guests: A table of who comes, or None.
        encoding: Of that file; "" guesses it.
    """

    name: str
    types: tuple[TypeToSell, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    time_zone: str = ""
    currency: str = ""
    guests: Path | None = None
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """What an event has now, and what of it was made just now.

    Attributes:
        made: Whether the event itself was.
        types: Names of the ticket types that were.
        list_made: Whether the check-in list was.
        staff_pin: The new PIN, to be shown once; "" where the event was there already.
        plan: How the file of guests is imported; None where there is none.
    """

    event: EventView
    made: bool
    types: tuple[str, ...]
    list: ListView
    list_made: bool
    staff_pin: str
    plan: ImportPlan | None

    @property
    def nothing_new(self) -> bool:
        """Whether all of it was there already."""
        return not (self.made or self.types or self.list_made)


def read_types(typed: str) -> tuple[TypeToSell, ...]:
    """Read ticket types as they are typed: name, how many, and after @ the price.

    Raises:
        InvalidInputError: One has no name or a price that cannot be read, or they are too many.

    >>> read_types("Regular 120@25.00, Student 40")[1]
    TypeToSell(name='Student', quota=40, price='')
    """
    found: list[TypeToSell] = []
    for part in filter(None, map(str.strip, _BETWEEN.split(typed))):
        match = _TYPE.fullmatch(part)
        name = match["name"].strip() if match else ""
        if match is None or not name:
            raise InvalidInputError(
                msg("{part!r} is no ticket type.", part=part[:40]),
                hint=msg("Such as: Regular 120@25.00, Student 40"),
                field="types",
            )
        quota = None if match["quota"] is None else int(match["quota"])
        found.append(TypeToSell(name, quota, (match["price"] or "").strip()))
        if fold(name) in {fold(each.name) for each in found[:-1]}:
            raise InvalidInputError(
                msg("{name!r} stands there twice.", name=name[:40]),
                hint=msg("Give each ticket type a name of its own."),
            )
    if len(found) > MAX_TYPES:
        raise InvalidInputError(
            msg("These are {count} ticket types.", count=len(found)),
            hint=msg("Begin with {most} at most, and add others later.", most=MAX_TYPES),
        )
    return tuple(found)


@steps(Permission.INSTALLATION, local=True)
def begin_event(steps: Steps, first_event: FirstEvent) -> Begun:
    """Make an event that sells and lets in, or what is missing of one that has this name.

    Raises:
        NotAllowedError: The actor may not publish events.
        InvalidInputError: A name, time, zone, currency, quota or price cannot be used.
    """
    name = typed_text.line(first_event.name, msg("A name"), needed=True)
    zone = typed_text.time_zone(first_event.time_zone or machine_zone())
    currency, exponent = read_currency(first_event.currency or machine_currency())
    event = next(
        (one for one in list_events(steps.store, steps.asked) if fold(one.name) == fold(name)), None
    )
    if event is not None:
        return _completed(steps, first_event, event)
    for each in first_event.types:  # nothing is made before all can be read
        _new_type(each, Money(0, currency, exponent))
    if first_event.guests is not None:
        sampled(first_event.guests, first_event.encoding)
    starts, ends = _times(first_event, zone, steps.now)
    new = NewEvent(name, starts, ends, zone, currency, published=True)
    event = create_event(steps.store, steps.asked, new)
    pin = _new_pin()
    set_staff_pin(steps.store, steps.asked, event.id, pin)
    return _completed(steps, first_event, event, staff_pin=pin)


def machine_currency() -> str:
    """The currency of the region that the environment names; EUR where it names none."""
    from babel.core import default_locale
    from babel.numbers import get_territory_currencies

    region = (default_locale("LC_MONETARY") or "").partition("_")[2]
    in_use = get_territory_currencies(region[-2:]) if region else []
    return in_use[0] if in_use else "EUR"


def _completed(steps: Steps, wanted: FirstEvent, event: EventView, *, staff_pin: str = "") -> Begun:
    ids = {
        fold(one.about.name): one.id
        for one in list_ticket_types(steps.store, steps.asked, event.id)
    }
    plan = _plan(steps, wanted, event)
    names_types = plan is not None and plan.has(Field.TICKET_TYPE)
    types = wanted.types
    if not (types or ids or names_types):
        types = (TypeToSell(_("Regular")),)
    missing = [each for each in types if fold(each.name) not in ids]
    for each in missing:
        new = _new_type(each, sale_terms(steps.store, steps.asked, event.id).money(0))
        ids[fold(each.name)] = add_ticket_type(steps.store, steps.asked, event.id, new)
    if plan is not None and ids:
        usual = ids[fold(types[0].name)] if types else next(iter(ids.values()))
        plan = replace(plan, default_type=usual)
    lists = list_check_in_lists(steps.store, SYSTEM, event.id)
    if not lists:
        add_check_in_list(steps.store, steps.asked, event.id, NewCheckInList(_("Main entrance")))
    return Begun(
        event,
        bool(staff_pin),
        tuple(each.name for each in missing),
        (lists or list_check_in_lists(steps.store, SYSTEM, event.id))[0],
        not lists,
        staff_pin,
        plan,
    )


def _plan(steps: Steps, wanted: FirstEvent, event: EventView) -> ImportPlan | None:
    """How the guests are imported: types nobody named are added where none were asked for."""
    if wanted.guests is None:
        return None
    look = look_at(steps.store, steps.asked, event.id, wanted.guests, encoding=wanted.encoding)
    return ImportPlan(look.columns, create_types=not wanted.types, encoding=wanted.encoding)


def _new_type(typed: TypeToSell, nothing: Money) -> NewTicketType:
    price = nothing
    if typed.price:
        price = read_money(typed.price, nothing.currency, nothing.exponent)
    return NewTicketType(typed.name, price, quota=typed.quota)


def _times(wanted: FirstEvent, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """When it starts and ends, where that was left out too."""
    local = (wanted.starts_at or now).astimezone(ZoneInfo(zone))
    starts = wanted.starts_at or _at(local, OPENS)
    if wanted.ends_at is not None:
        return starts, wanted.ends_at
    ends = _at(local, CLOSES)
    return starts, ends if ends > max(starts, now) else _at(local, LAST_MINUTE)


def _at(day: datetime, hour: time) -> datetime:
    return datetime.combine(day, hour, day.tzinfo).astimezone(UTC)


def _new_pin() -> str:
    """A PIN that nobody guesses; those that are too easy are drawn again."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
        with suppress(InvalidInputError):
            check_pin(pin)
            return pin
