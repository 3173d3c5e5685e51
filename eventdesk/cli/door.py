"""Commands at the door without a camera: check in, undo, find, status, events.

What one of them needs alone is imported in it: a status is asked for in a hurry.
"""

import sys
from datetime import timedelta
from uuid import UUID, uuid4

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.cli.badge_now import PATIENCE_S, BadgePrinting, own_printer, print_now, print_options
from eventdesk.cli.command import (
    Lines,
    Told,
    as_json,
    command,
    on_event,
    on_list,
    on_store,
    say,
    wants_json,
)
from eventdesk.cli.group import EXIT_REFUSED, noted_now
from eventdesk.cli.state_words import ticket_state
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    CheckInResult,
    Direction,
    DoorQuestion,
    ListView,
    Outcome,
    Scan,
    ScanSource,
    counters,
    list_check_in_lists,
    question_line,
    said,
)
from eventdesk.events import EventView, list_events
from eventdesk.printing import badge_queue, badges_waiting, count_out


@command("check-in", 'K7QM-2X9P --list "Main entrance"')
@click.argument("code", metavar="TOKEN|CODE")
@on_list
@click.option("--exit", "leaving", is_flag=True, help="The guest goes out.")
@click.option("--force", "force_reason", default="", metavar="REASON", help="Overrule, and why.")
@click.option("--gate", default="", help="Gate, by the beginning of its name.")
@click.option("--answer", "answers", multiple=True, help='To the list: "Which size?=M".')
@click.option("--skip-questions", is_flag=True, help="Leave optional questions unanswered.")
@click.option("--nonce", default="", help="Repeating a nonce repeats the answer, nothing else.")
@print_options
@as_json(help="Print the whole answer as JSON.")
def check_in_command(
    store: Store,
    view: ListView,
    code: str,
    leaving: bool,
    force_reason: str,
    gate: str,
    answers: tuple[str, ...],
    skip_questions: bool,
    nonce: str,
    printer: str | None,
    no_print: bool,
) -> None:
    """Let one ticket in, by the text of its QR code or the code printed on it.

    Exits 0 when admitted, 3 when refused, 2 for a wrong call, 1 when it could not be decided.
    A list that asks something is answered with --answer; whoever gives one answer, or
    --skip-questions, leaves the other optional questions open.

    The badge is printed by the program that is open on this store, else by this command. One that
    cannot be printed waits, and standard error says why; the guest is in all the same.
    """
    printing = BadgePrinting.of(printer, no_print=no_print)
    from eventdesk.cli.lists import gate_named
    from eventdesk.door import check_in, doors_of_event

    setup = doors_of_event(store, SYSTEM, view.event_id)
    door = next(each for each in setup.lists if each.id == view.id)
    scan = Scan(
        code,
        view.id,
        nonce or uuid4().hex,
        utc_now(),
        direction=Direction.EXIT if leaving else None,
        gate_id=gate_named(gate, setup),
        source=ScanSource.TYPED,
        answers=_answers(answers, door.questions),
        asks=not (answers or skip_questions),
        force_reason=force_reason,
    )
    result = check_in(store, SYSTEM, scan)
    say(result.to_json() if wants_json() else _shown(result))
    if result.outcome is Outcome.UNKNOWN:
        click.echo(_meant(store, view.event_id, code), err=True)
    if result.delivery_id is not None:
        print_now(store, result.delivery_id, printing)
    if not result.passes:
        sys.exit(EXIT_REFUSED)


def _meant(store: Store, event_id: UUID, typed: str) -> str:
    """Who may be meant by what is no code, as the desk would find them."""
    from eventdesk.door import find_tickets

    found = find_tickets(store, SYSTEM, event_id, typed)
    if len(found) == 1:
        name, code = plain(found[0].name), found[0].code
        return _("  Is it {name}? Then: eventdesk check-in {code}", name=name, code=code)
    return _(
        "  It takes the text of a QR code, or the code on a ticket; eventdesk find shows the codes "
        "of guests."
    )


def _shown(result: CheckInResult) -> Lines:
    wording = said(result.outcome, result.kind)
    who = f"  {plain(result.name)} ({plain(result.ticket_type)})" if result.name else ""
    yield f"{wording.tone.sign} {result.word}{who}"
    for line in (
        plain(result.thing),
        plain(result.reason),
        result.occupancy,
        plain(result.attention),
        *(f"? {plain(question_line(each))}" for each in result.questions),
        "" if result.passes else wording.staff,
    ):
        if line:
            yield f"  {line}"


def _answers(typed: tuple[str, ...], questions: tuple[DoorQuestion, ...]) -> dict[str, str]:
    """Answers by the ids of their questions, which are named by their texts or ids."""
    ids = {each.text.casefold(): each.id for each in questions} | {
        each.id.casefold(): each.id for each in questions
    }
    found = {}
    for each in typed:
        asked, equals, value = each.partition("=")
        key = ids.get(asked.strip().casefold())
        if not equals or key is None:
            raise InvalidInputError(
                msg("{each!r} answers no question of this list.", each=each[:60]),
                hint="; ".join(f'"{question.text}=…"' for question in questions)
                or msg("It asks nothing."),
            )
        found[key] = value
    return found


@command("undo", '019a0000-0000-7000-8000-000000000000 --reason "wrong person"')
@click.argument("scan_id", metavar="SCAN")
@click.option("--reason", default="", help="Why, for the log.")
@on_store
def undo_command(store: Store, scan_id: str, reason: str) -> str:
    """Take back one check-in by the id of its scan (`check-in --json` shows it)."""
    try:
        wanted = UUID(scan_id)
    except ValueError as error:
        raise InvalidInputError(
            msg("{scan_id!r} is not the id of a scan.", scan_id=scan_id[:60]),
            hint=msg("`check-in --json` shows it; without it, undo at the desk."),
        ) from error
    from eventdesk.door import undo

    undone = undo(store, SYSTEM, wanted, reason=reason)
    return _(
        "Undone: {name} {ticket_code}", name=plain(undone.name), ticket_code=undone.ticket_code
    )


@command("find", "lovlace")
@click.argument("typed", nargs=-1, required=True)
@on_event
def find_command(store: Store, event: EventView, typed: tuple[str, ...]) -> Lines:
    """Find tickets by name (typos welcome), e-mail, ticket or booking code, or seat."""
    from eventdesk.door import find_tickets

    tickets = find_tickets(store, SYSTEM, event.id, " ".join(typed))
    if not tickets:
        yield _("Nobody found. Try fewer letters, or the code on the ticket.")
    for ticket in tickets:
        facts = (plain(ticket.seat), _("✓ was let in") if ticket.admitted_at else "")
        line = (
            f"{ticket.code}  {plain(ticket.name):<32} {plain(ticket.ticket_type):<12} "
            f"{ticket_state(ticket):<10} {plain(ticket.email)}"
        )
        yield "  ".join(filter(None, (line.rstrip(), *facts)))


@command("status", '--list "Main entrance"')
@on_list
@as_json()
def status_command(store: Store, door: ListView) -> Told:
    """Show how a check-in list stands: expected, in, out, refused by reason, badges waiting."""
    count = counters(store, SYSTEM, door.id)
    badges = badge_queue(store, SYSTEM, door.event_id)
    refused = ", ".join(f"{reason} {number}" for reason, number in count.refused.items())
    rows: list[tuple[str, str, object]] = [
        ("expected", _("expected"), count.expected),
        ("admitted", _("admitted"), count.admitted),
        ("inside", _("inside"), count.inside),
        ("capacity", _("capacity"), count.capacity),
        ("out", _("out"), count.out),
        ("to_come", _("to come"), count.to_come),
        ("refused", _("refused"), refused),
        ("badges_waiting", _("badges waiting"), badges.waiting),
        ("badges_failed", _("badges failed"), badges.failed),
        ("badge_error", _("badge error"), badges.last_error),
    ]
    lines = [f"{plain(door.event_name)} · {plain(door.name)}"]
    lines += [f"  {words:<16} {value}" for _key, words, value in rows if value not in ("", None)]
    facts = {"list": door.name, "event": door.event_name} | {key: each for key, _w, each in rows}
    return Told(lines, lambda: facts | {"refused": dict(count.refused)})


@command("badges", "--retry --print")
@click.option("--retry", is_flag=True, help="Queue the failed ones once more.")
@click.option("--print", "printing", is_flag=True, help="Print those that wait, here and now.")
@click.option("--printer", help="Where --print prints: folder, tcp://HOST:PORT, …")
@on_store
def badges_command(store: Store, retry: bool, printing: bool, printer: str | None) -> Lines:
    """Show how the badges stand, and why; queue failed ones again when the cause is mended.

    With --print those that wait are printed, until none is left or none gets out.
    """
    from eventdesk.printing import retry_failed

    if retry:
        yield _("{count} queued once more.", count=retry_failed(store, SYSTEM))
    if printing:
        yield _("{count} printed.", count=_print_all(store, printer))
    badges = badge_queue(store, SYSTEM)
    yield _("{waiting} waiting, {failed} failed", waiting=badges.waiting, failed=badges.failed)
    if badges.last_error:
        yield f"  {plain(badges.last_error, limit=400)}"


def _print_all(store: Store, named: str | None) -> int:
    """Print the badges that wait, until none gets out any more; return how many did."""
    from eventdesk.spooler import Spooler

    spooler = Spooler(store, own_printer(named), backups=False, only_this=named is not None)
    printed = 0
    while waiting := badges_waiting(store, SYSTEM):
        spooler.drain(deadline=utc_now() + timedelta(seconds=PATIENCE_S))
        out = count_out(store, SYSTEM, waiting)
        if not out:
            break
        printed += out
    return printed


@command("events")
@as_json()
@on_store
def events_command(store: Store) -> Told:
    """List the events of this store with their check-in lists."""
    events, lists = (
        list_events(store, SYSTEM.at(noted_now(store))),
        list_check_in_lists(store, SYSTEM),
    )
    of = {event.id: [one for one in lists if one.event_id == event.id] for event in events}
    lines = []
    for event in events:
        day = f"{event.starts_at:%Y-%m-%d}"
        lines.append(f"{event.code}  {plain(event.name)}  {day}  {event.tickets}")
        lines += [f"        {plain(one.name)}" for one in of[event.id]]
    return Told(
        lines or [_("No events yet. Make one: eventdesk demo --size 500")],
        lambda: [
            {
                "event": str(event.id),
                "code": event.code,
                "name": event.name,
                "tickets": event.tickets,
                "lists": [{"list": str(one.id), "name": one.name} for one in of[event.id]],
            }
            for event in events
        ],
    )
