"""Import of a file, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from data.schema import TicketTypeRow
from eventdesk.acts import Permission, Steps, need_readable, steps
from eventdesk.booking import book_all, need_sound, renew_codes
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.exchange.imports.dry_run import Prepared, prepare
from eventdesk.exchange.imports.plan import ImportPlan

BATCH = 1000
"""Bookings between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import.

    Attributes:
        already: Rows of an earlier import.
        left_out: Rows of cancelled tickets.
        renewed: Tickets of an earlier import that got the code they have in the file.
    """

    tickets: int
    bookings: int
    already: int
    left_out: int
    new_types: tuple[str, ...]
    renewed: int = 0


@steps(Permission.TICKETS, local=True, about="event_id")
def run_import(
    steps: Steps,
    event_id: UUID,
    path: Path,
    plan: ImportPlan,
    *,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Event | None = None,
) -> Imported:
    """Import a file, unless `check_import` would find a problem.

    Importing a file again does nothing: bookings are known by their code in the file, rows without
    one by their content.

    Args:
        on_progress: Gets written and all bookings; (rows, 0) while the file is read.
        stop: Set by another thread to end without an import.

    Raises:
        InvalidInputError: There are problems, the file cannot be read, or it was stopped.
        SalesError: Somebody else took the places meanwhile.
    """

    def go_on(done: int, total: int) -> None:
        if stop is not None and stop.is_set():
            raise InvalidInputError(
                msg("The import was stopped."), hint=msg("Nothing was imported.")
            )
        on_progress(done, total)

    with steps.read() as act:
        act.need(event_id, Permission.TICKETS)
        need_readable(act, path)
        prepared = prepare(act, event_id, path, plan, on_progress=lambda done: go_on(done, 0))
    problems = prepared.problems.counts.total()
    if problems:
        first = min(prepared.problems.listed, key=lambda each: each.row)
        raise InvalidInputError(
            msg(
                "{problems} problems stand in the way, the first in row {row}: {reason}. {text}",
                problems=problems,
                row=first.row,
                reason=first.reason.words,
                text=first.text,
            ),
            hint=msg("Nothing was imported. Correct the file, or what its columns mean."),
        )
    if prepared.encoding.guessed:
        raise InvalidInputError(
            msg(
                "It was only guessed that the file is {title}: {words}.",
                title=prepared.encoding.title,
                words=plain(", ".join(prepared.encoding.words)),
            ),
            hint=msg("Nothing was imported. Say how its characters are encoded."),
        )
    need_sound(prepared.bookings)
    with steps.write() as act:
        act.need(event_id, Permission.TICKETS)
        _add_kinds(act.connection, event_id, prepared)
        tickets = 0
        total = len(prepared.bookings)
        for at in range(0, total, BATCH):
            go_on(at, total)
            some = prepared.bookings[at : at + BATCH]
            booked = book_all(act, event_id, some, force=plan.force)
            tickets += sum(len(one.ticket_ids) for one in booked)
        renew_codes(act.connection, event_id, prepared.renewed)
        go_on(total, total)
        done = Imported(
            tickets,
            total,
            prepared.already,
            prepared.left_out,
            tuple(kind.name for kind in prepared.new_kinds),
            len(prepared.renewed),
        )
        if tickets or done.new_types or done.renewed:
            act.record(
                "run_import",
                ("event", event_id),
                event_id=event_id,
                file=path.name,
                tickets=tickets,
                bookings=total,
                new_types=list(done.new_types),
                force=plan.force,
                encoding=prepared.encoding.name,
                **{"renewed_codes": done.renewed} if done.renewed else {},
            )
    return done


def _add_kinds(connection: Connection, event_id: UUID, prepared: Prepared) -> None:
    """Add the ticket types the file brings."""
    last = connection.execute(
        select(func.coalesce(func.max(TicketTypeRow.position), -1)).where(
            TicketTypeRow.event_id == event_id
        )
    ).scalar_one()
    rows = [
        {
            "id": kind.id,
            "event_id": event_id,
            "name": kind.name,
            "price_minor": kind.price_minor,
            "quota": None,
            "priority": 0,
            "position": last + place,
            "needs_approval": False,
        }
        for place, kind in enumerate(prepared.new_kinds, 1)
    ]
    if rows:
        connection.execute(insert(TicketTypeRow), rows)
