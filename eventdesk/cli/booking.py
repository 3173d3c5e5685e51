"""Commands that book: for one, for oneself, for many."""

from typing import Any
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.booking.booking import Booked, NewBooking, NewTicket, read_people
from eventdesk.booking.registration import book, order
from eventdesk.cli.command import acting, command, on_event
from eventdesk.cli.group import noted_now
from eventdesk.core.errors import InvalidInputError, NotFoundError, SoldOutError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.events.event import EventView
from eventdesk.sales.questions import asked_questions
from eventdesk.sales.ticket_types import list_ticket_types
from eventdesk.seating.seats import plan
from eventdesk.waiting.team_registration import Registered, register

TYPE = click.option("--type", "kind", default="", help="Ticket type, by the beginning of its name.")
CODE = click.option("--code", default="", help="Discount code.")
FORCE = click.option("--force", is_flag=True, help="More than planned; the audit keeps it.")


@command("book")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@on_event
@TYPE
@CODE
@click.option("--email", default="", help="Where the booking is told to.")
@click.option("--as", "account", default="", help="E-mail of the account that books for itself.")
@click.option("--access-code", default="", help="Lets in to a private event.")
@click.option("--seat", "seats", multiple=True, help="Seat for each name, in their order.")
@click.option("--answer", "answers", multiple=True, help='Such as "Any allergies?=nuts".')
@click.option("--paid", is_flag=True, help="Paid elsewhere already; for the team.")
@FORCE
def book_command(store: Store, event: EventView, /, names: tuple[str, ...], **given: Any) -> None:
    """Book a ticket for each NAME, by the team or, with --as, by somebody's own account.

    Example:
      eventdesk book "Ada Lovelace" --type Regular --email ada@example.org
      eventdesk book Ada --as ada@example.org --seat A-1 --answer "Any allergies?=nuts"
    """
    now = noted_now(store)
    type_id = type_named(store, event.id, given["kind"])
    seat_ids = _seats(store, event.id, given["seats"], len(names))
    answers = _answers(store, event.id, given["answers"])
    tickets = tuple(
        NewTicket(type_id, name, answers=answers, seat_id=seat_id)
        for name, seat_id in zip(names, seat_ids, strict=True)
    )
    booking = NewBooking(
        names[0],
        given["email"],
        tickets,
        paid=given["paid"],
        code=given["code"],
        source="organizer",
    )
    if given["account"]:
        actor = acting(store, given["account"])
        email = given["email"] or given["account"]
        own = NewBooking(names[0], email, tickets, code=given["code"])
        access = given["access_code"]
        booked = order(store, actor.at(now), event.id, own, access_code=access)
    else:
        force = given["force"]
        (booked,) = book(store, SYSTEM.at(now), event.id, [booking], force=force)
    _say(booked, event.time_zone)


@command("register")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"), default="-")
@on_event
@TYPE
@CODE
@click.option("--line-two", default="", help="Line below the names, such as a company.")
@click.option("--together", is_flag=True, help="One booking for all of them.")
@click.option("--paid", is_flag=True, help="Paid elsewhere already.")
@click.option("--waitlist", is_flag=True, help="Put those on the waitlist who do not fit.")
@FORCE
def register_command(store: Store, event: EventView, /, file: Any, **given: Any) -> None:
    """Book for the people in FILE or standard input: one a line, the name, a comma, the e-mail.

    Tickets for a section get its best free seats, side by side. Prints for each person the
    booking, the ticket and the seat, or the place on the waitlist.

    Example:
      eventdesk register people.txt --type Regular --paid
      eventdesk register people.txt --type VIP --waitlist
    """
    people = read_people(file.read())
    if not people:
        raise InvalidInputError("Nobody is named.", hint="Write one a line: name, address.")
    now = noted_now(store)
    type_id = type_named(store, event.id, given["kind"])
    groups = [people] if given["together"] else [[one] for one in people]
    bookings = [
        NewBooking(
            group[0][0],
            group[0][1],
            tuple(NewTicket(type_id, *one, given["line_two"]) for one in group),
            paid=given["paid"],
            code=given["code"],
            source="organizer",
        )
        for group in groups
    ]
    try:
        people_done = register(
            store,
            SYSTEM.at(now),
            event.id,
            bookings,
            force=given["force"],
            waitlist=given["waitlist"],
        )
    except SoldOutError as error:
        if not given["waitlist"]:
            error.advice = msg("Nobody was registered. {hint}", hint=_WAITLIST_HINT)
        raise
    for one in people_done:
        click.echo(_got(one))


_WAITLIST_HINT = "Add --waitlist: those who fit get tickets, and the others wait."


def _got(one: Registered) -> str:
    """One line of what a person got."""
    name = plain(one.name, limit=40)
    if one.booked is None:
        where = f"at place {one.place}" if one.place else "and is offered a place"
        return f"waitlist  {name} waits {where}"
    booked = one.booked
    words = booked.state if booked.approved else "waits for approval"
    seat = f"  seat {plain(one.seat)}" if one.seat else ""
    return f"{booked.code}  {words}  {booked.total}  {one.ticket_code}  {name}{seat}"


def _say(booked: Booked, time_zone: str) -> None:
    """One line of what came of a booking."""
    words = booked.state if booked.approved else "waits for approval"
    parts = [booked.code, words, str(booked.total), *booked.ticket_codes]
    if booked.expires_at is not None:
        parts.insert(3, f"until {spoken(booked.expires_at, time_zone)}")
    click.echo("  ".join(parts))


def type_named(store: Store, event_id: UUID, typed: str) -> UUID:
    """Find a ticket type by its name or the beginning of it.

    Raises:
        NotFoundError: None or several match; the hint lists them.
    """
    types = list_ticket_types(store, SYSTEM, event_id)
    return the_one_named("ticket type", typed, types, lambda each: plain(each.about.name)).id


def _seats(store: Store, event_id: UUID, labels: tuple[str, ...], count: int) -> list[UUID | None]:
    """The seats of these labels, as many as names, or none."""
    if not labels:
        return [None] * count
    if len(labels) != count:
        raise InvalidInputError(f"{count} names need {count} seats, not {len(labels)}.")
    sections = plan(store, SYSTEM, event_id, holder_id=None)
    known = {seat.label.casefold(): seat.id for section in sections for seat in section.seats}
    missing = [label for label in labels if label.casefold() not in known]
    if missing:
        raise NotFoundError(
            f"There is no seat {missing[0]!r}.", hint="Draw the plan: eventdesk seats plan"
        )
    return [known[label.casefold()] for label in labels]


def _answers(store: Store, event_id: UUID, given: tuple[str, ...]) -> dict[UUID, str]:
    """Answers written as question=answer, the question by the beginning of its text."""
    questions = asked_questions(store, event_id)
    answers = {}
    for each in given:
        text, sign, value = each.rpartition("=")
        if not sign:
            raise InvalidInputError(f"{each!r} has no =.", hint='Such as "Any allergies?=nuts".')
        asked = the_one_named("question", text, questions, lambda one: plain(one.text))
        answers[asked.id] = value
    return answers
