"""Commands that book, and on what was booked."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.booking import (
    Booked,
    BookingDetail,
    BookingLine,
    NewBooking,
    NewTicket,
    approve_booking,
    book,
    booking_detail,
    calendar_file,
    cancel_booking,
    cancel_tickets,
    cancellation,
    extend_deadline,
    find_booking,
    list_bookings,
    order,
    read_people,
    refuse_booking,
    ticket_by_code,
    transfer_ticket,
    upgrade_ticket,
)
from eventdesk.cli.calendar_files import given_out, to_file
from eventdesk.cli.command import (
    LIMIT,
    Lines,
    Told,
    acting,
    as_json,
    command,
    group,
    on_event,
    on_store,
)
from eventdesk.cli.group import noted_now
from eventdesk.cli.state_words import state_word
from eventdesk.core.booking_states import VALID
from eventdesk.core.errors import InvalidInputError, NotFoundError, SoldOutError
from eventdesk.core.formats import money
from eventdesk.core.messages import Message, _, _n, msg
from eventdesk.core.money import read_money
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import read_moment, spoken
from eventdesk.events import EventView
from eventdesk.sales import asked_questions, list_ticket_types, sale_setup, sale_terms
from eventdesk.seating import plan
from eventdesk.waiting import Registered, Without, register

TYPE = click.option("--type", "kind", default="", help="Ticket type, by the beginning of its name.")
CODE = click.option("--code", default="", help="Discount code.")
FORCE = click.option("--force", is_flag=True, help="More than planned; the audit keeps it.")


@command(
    "book",
    '"Ada Lovelace" --type Regular --email ada@example.org',
    'Ada --as ada@example.org --seat A-1 --answer "Any allergies?=nuts"',
)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@on_event
@TYPE
@CODE
@click.option("--email", default="", help="Where the booking is told to.")
@click.option("--as", "account", default="", help="E-mail of the account that books for itself.")
@click.option("--access-code", default="", help="Lets in to a private event.")
@click.option("--seat", "seats", multiple=True, help="Seat for each name, in their order.")
@click.option("--amount", help="What is paid for each, where the ticket leaves it to who books.")
@click.option("--answer", "answers", multiple=True, help='Such as "Any allergies?=nuts".')
@click.option("--paid", is_flag=True, help="Paid elsewhere already; for the team.")
@FORCE
def book_command(store: Store, event: EventView, /, names: tuple[str, ...], **given: Any) -> str:
    """Book a ticket for each NAME, by the team or, with --as, by somebody's own account."""
    now = noted_now(store)
    type_id = type_named(store, event.id, given["kind"])
    seat_ids = _seats(store, event.id, given["seats"], len(names))
    answers = _answers(store, event.id, given["answers"])
    chosen = _amount(store, event.id, given["amount"])
    tickets = tuple(
        NewTicket(type_id, name, answers=answers, seat_id=seat_id, chosen_minor=chosen)
        for name, seat_id in zip(names, seat_ids, strict=True)
    )
    booking = NewBooking(names[0], given["email"], tickets, code=given["code"])
    if given["account"]:
        actor = acting(store, given["account"]).at(now)
        own = replace(booking, email=given["email"] or given["account"])
        booked = order(store, actor, event.id, own, access_code=given["access_code"])
    else:
        new = replace(booking, paid=given["paid"], source="organizer")
        (booked,) = book(store, SYSTEM.at(now), event.id, [new], force=given["force"])
    words = state_word(booked.state) if booked.approved else _("waits for approval")
    parts = [booked.code, words, _total(booked), *booked.ticket_codes]
    if booked.expires_at is not None:
        parts.insert(3, _("until {at}", at=spoken(booked.expires_at, event.time_zone)))
    return "  ".join(parts)


@command(
    "register",
    "people.txt --type Regular --paid",
    "people.txt --type VIP --waitlist",
    "people.txt --type VIP --partly",
)
@click.argument("file", type=click.File("r", encoding="utf-8-sig"), default="-")
@on_event
@TYPE
@CODE
@click.option("--line-two", default="", help="Line below the names, such as a company.")
@click.option("--together", is_flag=True, help="One booking for all of them.")
@click.option("--paid", is_flag=True, help="Paid elsewhere already.")
@click.option("--waitlist", is_flag=True, help="Put those on the waitlist who do not fit.")
@click.option("--partly", is_flag=True, help="Book for those who fit, and name the others.")
@click.option("--again", is_flag=True, help="A further ticket for those who have one already.")
@FORCE
def register_command(store: Store, event: EventView, /, file: TextIO, **given: Any) -> Lines:
    """Book for the people in FILE or standard input: one a line, the name, a comma, the e-mail.

    Tickets for a section get its best free seats, side by side. Prints for each person the
    booking, the ticket and the seat, or the place on the waitlist. Who has a ticket of this event
    already, by name and e-mail, is named and passed over; so the same file may come again.
    """
    if given["waitlist"] and given["partly"]:
        raise click.UsageError(_("Say either --waitlist or --partly."))
    people = read_people(file.read())
    if not people:
        raise InvalidInputError(
            msg("Nobody is named."), hint=msg("Write one a line: name, address.")
        )
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
    how = {name: given[name] for name in ("force", "waitlist", "partly", "again")}
    try:
        people_done = register(store, SYSTEM.at(now), event.id, bookings, **how)
    except SoldOutError as error:
        error.advice = _when_full(error)
        raise
    for one in people_done:
        yield _got(one)
    booked = [one for one in people_done if one.booked is not None]
    if booked and not any(one.seat for one in booked):
        _say_why_no_seats(store, event, type_id)


def _when_full(error: SoldOutError) -> Message:
    """What can be done where not all fit, or nobody does."""
    if error.left and error.waitlist:
        return msg(
            "Nobody was registered. Add --waitlist: those who fit get tickets, and the others "
            "wait; or --partly: the others are only named."
        )
    if error.left:
        return msg(
            "Nobody was registered. Add --partly: those who fit get tickets, and the others are "
            "named."
        )
    if error.waitlist:
        return msg("Nobody was registered. Add --waitlist: they wait for freed places.")
    return msg("Nobody was registered. Add --force to let more in than planned.")


def _say_why_no_seats(store: Store, event: EventView, type_id: UUID) -> None:
    """Say on standard error that an event with seats gave none, as the tickets have no section."""
    setup = sale_setup(store, SYSTEM, event.id)
    kind = next(each for each in setup.types if each.id == type_id)
    if setup.sections and kind.about.section_id is None:
        name = plain(kind.about.name)
        said = _("No seats are given: {name} is for no section of its own.", name=name)
        how = _(
            "  Name one: eventdesk type change {name} --section {section} --event {code}",
            name=shlex.quote(name),
            section=shlex.quote(plain(setup.sections[0][1])),
            code=event.code,
        )
        click.echo(f"{said}\n{how}", err=True)


def _got(one: Registered) -> str:
    """One line of what a person got."""
    name = plain(one.name, limit=40)
    if one.without is Without.HAS_TICKET:
        code = one.ticket_code
        return _("passed over  {name} has ticket {code} already", name=name, code=code)
    if one.without is Without.NO_PLACE:
        return _("no place  {name}", name=name)
    if one.booked is None:
        if one.place:
            return _("waitlist  {name} waits at place {place}", name=name, place=one.place)
        return _("waitlist  {name} waits and is offered a place", name=name)
    booked = one.booked
    words = state_word(booked.state) if booked.approved else _("waits for approval")
    seat = _("  seat {seat}", seat=plain(one.seat)) if one.seat else ""
    return f"{booked.code}  {words}  {_total(booked)}  {one.ticket_code}  {name}{seat}"


def _total(booked: Booked) -> str:
    return "" if booked.total is None else money(booked.total)


def type_named(store: Store, event_id: UUID, typed: str) -> UUID:
    """Find a ticket type by its name or the beginning of it.

    Raises:
        NotFoundError: None or several match; the hint lists them.
    """
    types = list_ticket_types(store, SYSTEM, event_id)
    return the_one_named("ticket type", typed, types, lambda each: plain(each.about.name)).id


def _amount(store: Store, event_id: UUID, typed: str | None) -> int | None:
    """What is paid for each ticket, in minor units; None where nothing was typed."""
    if typed is None:
        return None
    terms = sale_terms(store, SYSTEM, event_id)
    return read_money(typed, terms.currency, terms.exponent).minor


def _seats(store: Store, event_id: UUID, labels: tuple[str, ...], count: int) -> list[UUID | None]:
    """The seats of these labels, as many as names, or none."""
    if not labels:
        return [None] * count
    if len(labels) != count:
        raise InvalidInputError(
            msg("{count} names need {count} seats, not {total}.", count=count, total=len(labels))
        )
    sections = plan(store, SYSTEM, event_id, holder_id=None)
    known = {seat.label.casefold(): seat.id for section in sections for seat in section.seats}
    missing = [label for label in labels if label.casefold() not in known]
    if missing:
        raise NotFoundError(
            msg("There is no seat {missing!r}.", missing=missing[0]),
            hint=msg("Draw the plan: eventdesk seats plan"),
        )
    return [known[label.casefold()] for label in labels]


def _answers(store: Store, event_id: UUID, given: tuple[str, ...]) -> dict[UUID, str]:
    """Answers written as question=answer, the question by the beginning of its text."""
    questions = asked_questions(store, SYSTEM, event_id)
    answers = {}
    for each in given:
        text, sign, value = each.rpartition("=")
        if not sign:
            raise InvalidInputError(
                msg("{each!r} has no =.", each=each), hint=msg('Such as "Any allergies?=nuts".')
            )
        asked = the_one_named("question", text, questions, lambda one: plain(one.text))
        answers[asked.id] = value
    return answers


booking_command = group("booking", "eventdesk booking list")


@booking_command.command("list", "lovelace --state pending")
@click.argument("search", default="")
@on_event
@click.option(
    "--state",
    type=click.Choice(["pending", "paid", "cancelled", "expired", "waiting"]),
    help="Only these; waiting is for approval.",
)
@LIMIT
@as_json(help="As JSON.")
def list_command(
    store: Store, event: EventView, search: str, state: str | None, limit: int
) -> Told:
    """List bookings, the newest first, or those that SEARCH finds: code, name, e-mail."""
    lines, total = list_bookings(
        store, SYSTEM.at(noted_now(store)), event.id, search=search, state=state or "", limit=limit
    )
    told = [
        f"{line.code}  {state_word(_state(line)):9}  {line.tickets:3}  {money(line.total):>14}  "
        f"{plain(line.name, limit=40)}"
        for line in lines
    ]
    if total > len(lines):
        told.append(_("and {total} more", total=total - len(lines)))
    return Told(told or [_("No bookings.")], lambda: [_facts(line) for line in lines])


@booking_command.command("show", "K7QM2X")
@click.argument("code")
@as_json(help="As JSON.")
@on_store
def show_command(store: Store, code: str) -> Told:
    """Show the booking CODE with its tickets."""
    detail = booking_detail(store, SYSTEM.at(noted_now(store)), find_booking(store, SYSTEM, code))
    return Told(_lines(detail), lambda: _detail_facts(detail))


def _lines(detail: BookingDetail) -> Lines:
    line = detail.line
    who = f"{plain(line.name)} {plain(line.email)}".rstrip()
    yield f"{line.code}  {state_word(_state(line))}  {who}"
    yield _(
        "total {total}, paid {paid}, back {refunded}, due {due}",
        total=line.total,
        paid=detail.paid,
        refunded=detail.refunded,
        due=line.due,
    )
    if line.expires_at is not None:
        yield _("to be paid until {at}", at=spoken(line.expires_at, detail.time_zone))
    for ticket in detail.tickets:
        seat = _("seat {seat}", seat=ticket.seat) if ticket.seat else ""
        parts = (ticket.name, ticket.ticket_type, seat, money(ticket.price))
        words = ", ".join(plain(each) for each in parts if each)
        yield f"  {ticket.code}  {state_word(ticket.state):9}  {words}"
        for question, answer in ticket.answers:
            yield f"      {plain(question)} {plain(answer)}"


def _detail_facts(detail: BookingDetail) -> dict[str, object]:
    tickets = [
        {
            "code": ticket.code,
            "name": ticket.name,
            "type": ticket.ticket_type,
            "seat": ticket.seat,
            "state": ticket.state,
            "price": str(ticket.price),
            "answers": dict(ticket.answers),
        }
        for ticket in detail.tickets
    ]
    return _facts(detail.line) | {"kept": str(detail.kept), "tickets": tickets}


@booking_command.command("calendar", "K7QM2X --to summit.ics")
@click.argument("code")
@to_file
@on_store
def calendar_of_booking(store: Store, code: str, to: Path | None, overwrite: bool) -> str:
    """Give out the calendar file of the booking CODE: its event once, with a reminder before it.

    It is that of the first ticket, as mails bring it.
    """
    tickets = booking_detail(store, SYSTEM, find_booking(store, SYSTEM, code)).tickets
    kept = [each for each in tickets if each.state == VALID] or tickets
    return given_out(calendar_file(store, SYSTEM, kept[0].id), to, overwrite=overwrite)


@booking_command.command("cancel", 'K7QM2X --reason "ill" --dry-run')
@click.argument("code")
@click.option("--ticket", "tickets", multiple=True, help="Only this ticket; may be repeated.")
@click.option("--reason", default="", help="Why; whoever booked reads it.")
@click.option("--waive-fee", is_flag=True, help="Keep no fee.")
@click.option("--dry-run", is_flag=True, help="Only say what is kept and what goes back.")
@on_store
def cancel_command(
    store: Store, code: str, tickets: tuple[str, ...], reason: str, waive_fee: bool, dry_run: bool
) -> str:
    """Cancel the booking CODE, or some of its tickets."""
    booking_id = find_booking(store, SYSTEM, code)
    ids = [ticket_by_code(store, SYSTEM, each).id for each in tickets] or None
    done = cancellation(store, SYSTEM, booking_id, ids, waive_fee=waive_fee)
    if not dry_run and ids is None:
        done = cancel_booking(store, SYSTEM, booking_id, reason=reason, waive_fee=waive_fee)
    elif not dry_run and ids is not None:
        done = cancel_tickets(store, SYSTEM, ids, reason=reason, waive_fee=waive_fee)
    count = _n("{count} ticket", "{count} tickets", done.tickets)
    figures = {"tickets": count, "kept": done.kept, "back": done.refunded}
    if dry_run:
        return _("{tickets} would be cancelled; kept {kept}, back {back}", **figures)
    return _("{tickets} cancelled; kept {kept}, back {back}", **figures)


@booking_command.command("transfer", 'K7QM2X9P "Grace Hopper" --email grace@example.org')
@click.argument("ticket")
@click.argument("name")
@click.option("--email", default="", help="The new holder's; with an account it is found there.")
@on_store
def transfer_command(store: Store, ticket: str, name: str, email: str) -> str:
    """Hand the TICKET with this code on to NAME; prints the text of its new QR code."""
    found = ticket_by_code(store, SYSTEM, ticket)
    return transfer_ticket(store, SYSTEM, found.id, name=name, email=email)


@booking_command.command("upgrade", "K7QM2X9P VIP")
@click.argument("ticket")
@click.argument("kind", metavar="TYPE")
@on_store
def upgrade_command(store: Store, ticket: str, kind: str) -> str:
    """Make the TICKET with this code one of another TYPE; says what is due now."""
    found = ticket_by_code(store, SYSTEM, ticket)
    type_id = type_named(store, found.event_id, kind)
    done = upgrade_ticket(store, SYSTEM, found.id, type_id)
    return _("difference {difference}, due {due}", difference=done.difference, due=done.due)


@booking_command.command("approve", "K7QM2X")
@click.argument("code")
@on_store
def approve_command(store: Store, code: str) -> str:
    """Approve the booking CODE."""
    until = approve_booking(store, SYSTEM, find_booking(store, SYSTEM, code))
    if until is None:
        return _("approved")
    return _("approved, to be paid until {at} UTC", at=spoken(until, "UTC"))


@booking_command.command("refuse", 'K7QM2X --reason "for members only"')
@click.argument("code")
@click.option("--reason", required=True, help="Whoever booked reads it.")
@on_store
def refuse_command(store: Store, code: str, reason: str) -> str:
    """Refuse the booking CODE; what was paid goes back."""
    booking_id = find_booking(store, SYSTEM, code)
    done = refuse_booking(store, SYSTEM, booking_id, reason=reason)
    return _("refused; {refunded} go back", refunded=done.refunded)


@booking_command.command("extend", 'K7QM2X --until "2026-06-01 09:30"')
@click.argument("code")
@click.option("--until", required=True, help='Such as "2026-06-01 09:30"; "none" for no deadline.')
@on_store
def extend_command(store: Store, code: str, until: str) -> str:
    """Give the booking CODE more time to be paid, in the event's time zone."""
    booking_id = find_booking(store, SYSTEM, code)
    zone = booking_detail(store, SYSTEM, booking_id).time_zone
    moment = None if until.strip().casefold() == "none" else read_moment(until, zone)
    extend_deadline(store, SYSTEM, booking_id, until=moment)
    return _("no deadline") if moment is None else _("until {at}", at=spoken(moment, zone))


def _state(line: BookingLine) -> str:
    return line.state if line.approved or line.state not in ("paid", "pending") else "waiting"


def _facts(line: BookingLine) -> dict[str, object]:
    return {
        "code": line.code,
        "name": line.name,
        "email": line.email,
        "state": _state(line),
        "tickets": line.tickets,
        "total": str(line.total),
        "due": str(line.due),
        "created_at": line.created_at.isoformat(),
        "source": line.source,
    }
