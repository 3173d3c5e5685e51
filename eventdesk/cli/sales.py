"""Commands on what is sold: ticket types and discount codes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one, the_one_named
from eventdesk.cli.group import noted_now, settings_of
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money, percent, read_money, read_percent
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment
from eventdesk.events.event import EventView
from eventdesk.events.events import find_event
from eventdesk.sales.discount import DiscountView, NewDiscount
from eventdesk.sales.discounts import add_discount, add_discounts, end_discount, list_discounts
from eventdesk.sales.price import DiscountKind
from eventdesk.sales.pricing import sale_terms
from eventdesk.sales.ticket_type import NewTicketType, TicketTypeView
from eventdesk.sales.ticket_types import (
    add_ticket_type,
    change_ticket_type,
    list_ticket_types,
    remove_ticket_type,
    switch_ticket_type,
)
from eventdesk.seating.seating_plans import list_sections

PAGE = 500
EVENT = click.option("--event", "named", default="", help="Event, by code, id or name.")

Command = TypeVar("Command", bound=Callable[..., Any])

_TERMS = (
    click.option("--name", help="Another name."),
    click.option("--price", help="List price, such as 120.00."),
    click.option("--quota", help='How many are sold; "none" for no limit.'),
    click.option("--from", "sales_from", help='Sales begin, such as "2026-06-01 09:30".'),
    click.option("--until", "sales_until", help='Sales end; "none" for never.'),
    click.option("--most", help='Most in one booking; "none" for no limit.'),
    click.option("--priority", type=int, help="Higher goes first: VIP before regular."),
    click.option("--tax", help="Tax in percent, such as 19."),
    click.option("--fee", help="Service fee: 2.5%, or an amount for each ticket."),
    click.option("--good-from", "valid_from", help='Good at the door from; "none" for at once.'),
    click.option("--good-until", "valid_until", help='Good at the door until; "none" for ever.'),
    click.option("--section", help='Seats in this section only; "none" for any.'),
    click.option("--description", help="What buyers read."),
    click.option("--approval/--no-approval", "needs_approval", default=None, help="Ask first."),
    click.option("--hidden/--shown", default=None, help="Only with a code that names it."),
    click.option(
        "--accompanied/--alone",
        "accompanied",
        default=None,
        help="Enters only with or behind others of the booking: children.",
    ),
    click.option("--waitlist/--no-waitlist", default=None, help="Whether people may wait."),
)


def _terms(command: Command) -> Command:
    for option in reversed(_TERMS):
        command = option(command)
    return command


@click.group("type")
def type_command() -> None:
    """Add, list and change ticket types.

    \b
    Example:
      eventdesk type list
    """


@type_command.command("add")
@click.argument("name_of_type", metavar="NAME")
@click.argument("price_of_type", metavar="PRICE")
@EVENT
@_terms
@click.pass_context
def add_type(
    ctx: click.Context, /, name_of_type: str, price_of_type: str, named: str, **terms: Any
) -> None:
    """Add a ticket type called NAME at PRICE; prints its id.

    \b
    Example:
      eventdesk type add "Early bird" 89.00 --quota 100 --tax 19 --until "2026-05-01"
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        nothing = sale_terms(store, event.id).money(0)
        kind = NewTicketType(name_of_type, _money(price_of_type, nothing))
        kind = _with_terms(store, kind, event, terms)
        type_id = add_ticket_type(store, SYSTEM, event.id, kind)
    click.echo(str(type_id))


@type_command.command("list")
@EVENT
@click.pass_context
def list_types(ctx: click.Context, named: str) -> None:
    """List the ticket types of an event: price in full, sold, held, left, on sale or not.

    Held is what is booked and not paid yet, or offered to somebody on the waitlist.

    \b
    Example:
      eventdesk type list --event "Demo Days"
    """
    with Store(settings_of(ctx).home) as store:
        now = noted_now(store)
        event = find_event(store, named)
        views = list_ticket_types(store, SYSTEM.at(now), event.id)
        for view in views:
            left = "no limit" if view.left is None else f"{view.left} left"
            total = view.money(view.price.total_minor)
            click.echo(
                f"{plain(view.about.name):24.24}  {total!s:>16}  {view.sold:>6} sold  "
                f"{view.held:>6} held  {left:>12}  {view.state(now)}"
            )
    if not views:
        click.echo('No ticket types yet. Add the first: eventdesk type add "Regular" 25.00')


@type_command.command("change")
@click.argument("type_named", metavar="TYPE")
@EVENT
@_terms
@click.option("--off/--on", "off", default=None, help="Sell it no more, or again.")
@click.option("--remove", is_flag=True, help="Remove it; only while nobody ever booked it.")
@click.pass_context
def change_type(
    ctx: click.Context,
    /,
    type_named: str,
    named: str,
    off: bool | None,
    remove: bool,
    **terms: Any,
) -> None:
    """Change the ticket type TYPE, by id or the beginning of its name. What was sold stays.

    \b
    Example:
      eventdesk type change VIP --price 320.00 --quota 40
    """
    now = utc_now()
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        view = _type_named(store, event, type_named, now)
        if remove:
            remove_ticket_type(store, SYSTEM.at(now), view.id)
            click.echo(f"{plain(view.about.name)} is removed.")
            return
        kind = _with_terms(store, view.about, event, terms)
        if kind != view.about:
            view = change_ticket_type(store, SYSTEM.at(now), view.id, kind)
        if off is not None:
            view = switch_ticket_type(store, SYSTEM.at(now), view.id, active=not off)
    total = view.money(view.price.total_minor)
    click.echo(f"{plain(view.about.name)}: {total}, {view.state(now)}.")


@click.group("code")
def code_command() -> None:
    """Add, list and end discount codes.

    \b
    Example:
      eventdesk code list
    """


@code_command.command("add")
@click.argument("code")
@click.option("--off", help="What it takes off each ticket: 10%, or an amount such as 5.00.")
@click.option("--unlock", is_flag=True, help="Takes nothing off; shows hidden ticket types.")
@click.option("--type", "type_names", multiple=True, help="Only for this ticket type; repeat it.")
@click.option("--most", type=int, help="How many tickets it is good for.")
@click.option("--from", "valid_from", help='Good from, such as "2026-06-01 09:30".')
@click.option("--until", "valid_until", help="Good until.")
@click.option("--note", default="", help="For the team: who got it.")
@click.option("--make", "count", type=int, help="Make so many codes that begin with CODE.")
@EVENT
@click.pass_context
def add_code(
    ctx: click.Context,
    code: str,
    off: str | None,
    unlock: bool,
    type_names: tuple[str, ...],
    most: int | None,
    valid_from: str | None,
    valid_until: str | None,
    note: str,
    count: int | None,
    named: str,
) -> None:
    """Add the discount code CODE, or many that begin with it.

    \b
    Example:
      eventdesk code add EARLYBIRD --off 10% --most 50
      eventdesk code add GUEST- --off 100% --most 1 --make 200
    """
    now = utc_now()
    if (off is None) != unlock:
        raise InvalidInputError("Say what it takes off, or that it unlocks.", hint="--off 10%")
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        kind, value = _off(off, sale_terms(store, event.id).money(0))
        new = NewDiscount(
            code,
            kind,
            value,
            most,
            _moment(valid_from, event),
            _moment(valid_until, event),
            frozenset(_type_named(store, event, name, now).id for name in type_names),
            note,
        )
        if count is None:
            made = [add_discount(store, SYSTEM.at(now), event.id, new)]
        else:
            made = add_discounts(store, SYSTEM.at(now), event.id, new, count)
    for view in made:
        click.echo(view.about.code)


@code_command.command("list")
@click.option("--search", default="", help="Only codes that begin with this.")
@EVENT
@click.pass_context
def list_codes(ctx: click.Context, search: str, named: str) -> None:
    """List the discount codes of an event with how many tickets used each.

    \b
    Example:
      eventdesk code list --search GUEST
    """
    now = utc_now()
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        nothing = sale_terms(store, event.id).money(0)
        offset, total = 0, 1
        while offset < total:
            views, total = list_discounts(
                store, SYSTEM, event.id, search=search, offset=offset, limit=PAGE
            )
            for view in views:
                click.echo(_line(view, nothing, now))
            offset += PAGE
    if not total:
        click.echo("No codes yet. Add one: eventdesk code add EARLYBIRD --off 10%")


@code_command.command("end")
@click.argument("code")
@EVENT
@click.pass_context
def end_code(ctx: click.Context, code: str, named: str) -> None:
    """Take the discount code CODE no more.

    \b
    Example:
      eventdesk code end EARLYBIRD
    """
    with Store(settings_of(ctx).home) as store:
        event = find_event(store, named)
        views, _ = list_discounts(store, SYSTEM, event.id, search=code, limit=1)
        view = the_one("code", code, views, [each.about.code for each in views])
        end_discount(store, SYSTEM, view.id)
    click.echo(f"{view.about.code} is taken no more.")


def _line(view: DiscountView, nothing: Money, now: datetime) -> str:
    about = view.about
    off = {
        "percent": f"{percent(about.value)} %",
        "amount": str(replace(nothing, minor=about.value)),
        "unlock": "unlocks",
    }[about.kind]
    most = "" if about.most_tickets is None else f" of {about.most_tickets}"
    return f"{about.code:24}  {off:>14}  {view.used}{most} used  {view.state(now)}"


def _type_named(store: Store, event: EventView, typed: str, now: datetime) -> TicketTypeView:
    views = list_ticket_types(store, SYSTEM.at(now), event.id)
    return the_one_named("ticket type", typed, views, lambda view: plain(view.about.name))


def _with_terms(
    store: Store, kind: NewTicketType, event: EventView, terms: dict[str, Any]
) -> NewTicketType:
    """The ticket type with the options that were given; "none" takes a limit away."""
    given = {name: value for name, value in terms.items() if value is not None}
    readers: dict[str, Callable[[str], Any]] = {
        "price": lambda text: _money(text, kind.price),
        "quota": _number,
        "most": _number,
        "sales_from": lambda text: _moment(text, event),
        "sales_until": lambda text: _moment(text, event),
        "valid_from": lambda text: _moment(text, event),
        "valid_until": lambda text: _moment(text, event),
        "section": lambda text: _section_named(store, event, text),
        "tax": read_percent,
    }
    read = {name: readers[name](text) for name, text in given.items() if name in readers}
    values = {**given, **read}
    if "fee" in values:
        fee = values.pop("fee")
        values |= (
            {"fee_bp": read_percent(fee)}
            if "%" in fee
            else {"fee_minor": _money(fee, kind.price).minor}
        )
    for option, attribute in (
        ("most", "most_per_booking"),
        ("tax", "tax_bp"),
        ("section", "section_id"),
    ):
        if option in values:
            values[attribute] = values.pop(option)
    return replace(kind, **values)


def _section_named(store: Store, event: EventView, typed: str) -> UUID | None:
    if typed.strip().casefold() == "none":
        return None
    sections = list_sections(store, SYSTEM, event.id)
    return the_one_named("section", typed, sections, lambda each: plain(each.name)).id


def _off(typed: str | None, nothing: Money) -> tuple[DiscountKind, int]:
    if typed is None:
        return "unlock", 0
    if "%" in typed:
        return "percent", read_percent(typed)
    return "amount", _money(typed, nothing).minor


def _money(text: str, like: Money) -> Money:
    return read_money(text, like.currency, like.exponent)


def _number(text: str) -> int | None:
    if text.strip().casefold() == "none":
        return None
    if not (text.strip().isascii() and text.strip().isdecimal()) or len(text) > 12:
        raise InvalidInputError(f"{text[:20]!r} is no number.", hint='Type one, or "none".')
    return int(text)


def _moment(text: str | None, event: EventView) -> datetime | None:
    if text is None or text.strip().casefold() in ("", "none"):
        return None
    return read_moment(text, event.time_zone)
