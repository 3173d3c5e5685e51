"""Commands on what is sold: ticket types, discount codes, and what those who book are asked."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one, the_one_named
from eventdesk.cli.command import Lines, group, on_event
from eventdesk.cli.field_options import Typed, given, options
from eventdesk.cli.group import noted_now
from eventdesk.cli.state_words import state_word
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import money
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money, percent, read_money, read_percent
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.sales import (
    DISCOUNT,
    TICKET_TYPE,
    DiscountKind,
    DiscountView,
    NewDiscount,
    NewQuestion,
    NewTicketType,
    QuestionKind,
    QuestionView,
    TicketTypeView,
    add_discount,
    add_discounts,
    add_question,
    add_ticket_type,
    change_ticket_type,
    end_discount,
    list_discounts,
    list_questions,
    list_ticket_types,
    move_question,
    remove_question,
    remove_ticket_type,
    sale_terms,
    switch_ticket_type,
)
from eventdesk.seating import list_sections

PAGE = 500

_FEE = click.option("--fee", help="Service fee: 2.5%, or an amount for each ticket.")


type_command = group("type", "eventdesk type list")


@type_command.command("add", '"Early bird" 89.00 --quota 100 --tax 19 --until "2026-05-01"')
@click.argument("name_of_type", metavar="NAME")
@click.argument("price_of_type", metavar="PRICE")
@on_event
@options(TICKET_TYPE)
@_FEE
def add_type(
    store: Store,
    event: EventView,
    /,
    name_of_type: str,
    price_of_type: str,
    fee: str | None,
    **terms: Any,
) -> str:
    """Add a ticket type called NAME at PRICE; prints its id."""
    nothing = sale_terms(store, SYSTEM, event.id).money(0)
    kind = NewTicketType(name_of_type, _money(price_of_type, nothing))
    kind = _with_terms(store, kind, event, fee, terms)
    type_id = add_ticket_type(store, SYSTEM, event.id, kind)
    return str(type_id)


@type_command.command("list", '--event "Demo Days"')
@on_event
def list_types(store: Store, event: EventView) -> Lines:
    """List the ticket types of an event: price in full, sold, held, left, on sale or not.

    Held is what is booked and not paid yet, or offered to somebody on the waitlist.
    """
    lines = type_lines(store, event)
    yield from lines
    if not lines:
        yield _('No ticket types yet. Add the first: eventdesk type add "Regular" 25.00')


def type_lines(store: Store, event: EventView) -> list[str]:
    """The ticket types of an event for people, in its order."""
    now = noted_now(store)
    lines = []
    for view in list_ticket_types(store, SYSTEM.at(now), event.id):
        left = _("no limit") if view.left is None else _("{left} left", left=view.left)
        total = money(view.money(view.price.total_minor))
        sold, held = _("{sold:>6} sold", sold=view.sold), _("{held:>6} held", held=view.held)
        name = f"{plain(view.about.name):24.24}"
        state = state_word(view.state(now))
        lines.append(f"{name}  {total:>16}  {sold}  {held}  {left:>12}  {state}")
    return lines


@type_command.command("change", "VIP --price 320.00 --quota 40")
@click.argument("type_named", metavar="TYPE")
@on_event
@options(TICKET_TYPE)
@_FEE
@click.option("--off/--on", "off", default=None, help="Sell it no more, or again.")
@click.option("--remove", is_flag=True, help="Remove it; only while nobody ever booked it.")
def change_type(
    store: Store,
    event: EventView,
    /,
    type_named: str,
    off: bool | None,
    remove: bool,
    fee: str | None,
    **terms: Any,
) -> Lines:
    """Change the ticket type TYPE, by id or the beginning of its name. What was sold stays."""
    now = utc_now()
    view = _type_named(store, event, type_named, now)
    if remove:
        remove_ticket_type(store, SYSTEM.at(now), view.id)
        yield _("{name} is removed.", name=plain(view.about.name))
        return
    kind = _with_terms(store, view.about, event, fee, terms)
    if kind != view.about:
        view = change_ticket_type(store, SYSTEM.at(now), view.id, kind)
    if off is not None:
        view = switch_ticket_type(store, SYSTEM.at(now), view.id, active=not off)
    total = money(view.money(view.price.total_minor))
    yield f"{plain(view.about.name)}: {total}, {state_word(view.state(now))}."


code_command = group("code", "eventdesk code list")


@code_command.command(
    "add", "EARLYBIRD --off 10% --most 50", "GUEST- --off 100% --most 1 --make 200"
)
@click.argument("code")
@click.option("--off", help="What it takes off each ticket: 10%, or an amount such as 5.00.")
@click.option("--unlock", is_flag=True, help="Takes nothing off; shows hidden ticket types.")
@options(DISCOUNT)
@click.option("--make", "count", type=int, help="Make so many codes that begin with CODE.")
@on_event
def add_code(
    store: Store,
    event: EventView,
    /,
    code: str,
    off: str | None,
    unlock: bool,
    count: int | None,
    **typed: Any,
) -> list[str]:
    """Add the discount code CODE, or many that begin with it."""
    if (off is None) != unlock:
        raise InvalidInputError(msg("Say what it takes off, or that it unlocks."), hint="--off 10%")
    kind, value = _off(off, sale_terms(store, SYSTEM, event.id).money(0))
    types = [(one.id, one.about.name) for one in list_ticket_types(store, SYSTEM, event.id)]
    how = Typed(event.time_zone, offers={"type_ids": lambda: types})
    new = given(DISCOUNT, NewDiscount(code, kind, value), typed, how)
    if count is None:
        made = [add_discount(store, SYSTEM, event.id, new)]
    else:
        made = add_discounts(store, SYSTEM, event.id, new, count)
    return [view.about.code for view in made]


@code_command.command("list", "--search GUEST")
@click.option("--search", default="", help="Only codes that begin with this.")
@on_event
def list_codes(store: Store, event: EventView, search: str) -> Lines:
    """List the discount codes of an event with how many tickets used each."""
    now = utc_now()
    nothing = sale_terms(store, SYSTEM, event.id).money(0)
    offset, total = 0, 1
    while offset < total:
        views, total = list_discounts(
            store, SYSTEM, event.id, search=search, offset=offset, limit=PAGE
        )
        for view in views:
            yield _line(view, nothing, now)
        offset += PAGE
    if not total:
        yield _("No codes yet. Add one: eventdesk code add EARLYBIRD --off 10%")


@code_command.command("end", "EARLYBIRD")
@click.argument("code")
@on_event
def end_code(store: Store, event: EventView, code: str) -> str:
    """Take the discount code CODE no more."""
    views, _total = list_discounts(store, SYSTEM, event.id, search=code, limit=1)
    view = the_one("code", code, views, [each.about.code for each in views])
    end_discount(store, SYSTEM, view.id)
    return _("{code} is taken no more.", code=view.about.code)


def _line(view: DiscountView, nothing: Money, now: datetime) -> str:
    about = view.about
    off = {
        "percent": f"{percent(about.value)} %",
        "amount": money(replace(nothing, minor=about.value)),
        "unlock": _("unlocks"),
    }[about.kind]
    used = _("{used} used", used=view.used)
    if about.most_tickets is not None:
        used = _("{used} of {most} used", used=view.used, most=about.most_tickets)
    return f"{about.code:24}  {off:>14}  {used}  {state_word(view.state(now))}"


def _type_named(store: Store, event: EventView, typed: str, now: datetime) -> TicketTypeView:
    views = list_ticket_types(store, SYSTEM.at(now), event.id)
    return the_one_named("ticket type", typed, views, lambda view: plain(view.about.name))


def _with_terms(
    store: Store, kind: NewTicketType, event: EventView, fee: str | None, terms: dict[str, Any]
) -> NewTicketType:
    """The ticket type with the options that were given; "none" takes a limit away."""

    def sections() -> list[tuple[UUID, str]]:
        return [(one.id, one.name) for one in list_sections(store, SYSTEM, event.id)]

    how = Typed(event.time_zone, replace(kind.price, minor=0), {"section_id": sections})
    kind = given(TICKET_TYPE, kind, terms, how)
    if fee is None:
        return kind
    if "%" in fee:
        return replace(kind, fee_bp=read_percent(fee))
    return replace(kind, fee_minor=_money(fee, kind.price).minor)


def _off(typed: str | None, nothing: Money) -> tuple[DiscountKind, int]:
    if typed is None:
        return "unlock", 0
    if "%" in typed:
        return "percent", read_percent(typed)
    return "amount", _money(typed, nothing).minor


def _money(text: str, like: Money) -> Money:
    return read_money(text, like.currency, like.exponent)


question_command = group("question", "eventdesk question list")


@question_command.command("list", '--event "Demo Days"')
@on_event
def list_command(store: Store, event: EventView) -> Lines:
    """List the questions of an event in the order in which they are asked."""
    views = list_questions(store, SYSTEM, event.id)
    for number, view in enumerate(views, start=1):
        question = view.question
        marks = [
            question.kind.value.replace("_", "/"),
            _("required") if question.required else "",
            "" if question.active else _("not asked"),
            "/".join(question.choices),
        ]
        if view.depends_text:
            after = {"question": view.depends_text, "answer": question.depends_value}
            marks.insert(3, _("after {question!r} is {answer}", **after))
        yield _(
            "{number}. {text}  ({words}; {answers} answers)",
            number=number,
            text=plain(question.text),
            words=plain(", ".join(filter(None, marks))),
            answers=view.answers,
        )
    if not views:
        yield _('Nothing is asked. Ask: eventdesk question add "Any allergies?"')


@question_command.command("add", '"Which menu?" --kind choice --choice Meat --choice Vegan')
@click.argument("text")
@on_event
@click.option(
    "--kind",
    type=click.Choice([each.value for each in QuestionKind]),
    default="text",
    show_default=True,
    help="What an answer is.",
)
@click.option("--choice", "choices", multiple=True, help="May be chosen; repeat it.")
@click.option("--required", is_flag=True, help="Must be answered.")
@click.option("--after", default="", help="Only after this question, by its beginning …")
@click.option("--is", "value", default="", help="… was answered with this.")
@click.option("--type", "kinds", multiple=True, help="Only for this ticket type; may be repeated.")
def add_command(
    store: Store,
    event: EventView,
    text: str,
    kind: str,
    choices: tuple[str, ...],
    required: bool,
    after: str,
    value: str,
    kinds: tuple[str, ...],
) -> str:
    """Ask TEXT, after the other questions."""
    earlier = _named(store, event.id, after).question.id if after else None
    types = list_ticket_types(store, SYSTEM, event.id)
    chosen = frozenset(
        the_one_named("ticket type", typed, types, lambda each: plain(each.about.name)).id
        for typed in kinds
    )
    new = NewQuestion(text, QuestionKind(kind), required, choices, earlier, value, chosen)
    add_question(store, SYSTEM, event.id, new)
    return _("Asked: {text}", text=plain(text))


@question_command.command("remove", '"Which menu"')
@click.argument("text")
@on_event
def remove_command(store: Store, event: EventView, text: str) -> str:
    """Ask the question that begins with TEXT no longer; answers that were given are kept."""
    question = _named(store, event.id, text).question
    gone = remove_question(store, SYSTEM, question.id)
    return _("Removed.") if gone else _("No longer asked; its answers are kept.")


@question_command.command("move", '"Which menu" --by -1')
@click.argument("text")
@click.option("--by", "places", type=int, required=True, help="Places; negative is earlier.")
@on_event
def move_command(store: Store, event: EventView, text: str, places: int) -> str:
    """Ask the question that begins with TEXT so many places later, or earlier."""
    question = _named(store, event.id, text).question
    move_question(store, SYSTEM, question.id, places)
    return _("Moved.")


def _named(store: Store, event_id: UUID, typed: str) -> QuestionView:
    views = list_questions(store, SYSTEM, event_id)
    return the_one_named(
        "question",
        typed,
        views,
        lambda each: plain(each.question.text),
        id_of=lambda e: e.question.id,
    )
