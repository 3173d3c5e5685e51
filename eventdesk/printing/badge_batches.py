"""Printing badges in advance, on sheets: planned once, printed part by part, taken up again.

A batch keeps its tickets in order. A part is some sheets: its file is written whole, or it is sent
to a printer, and then its badges are noted as printed, in one transaction with how far the batch
is. Who goes on after a crash writes the same file again; of a printer nobody knows, so a person is
asked.
"""

import hashlib
import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

from sqlalchemy import exists, insert, select, update

from badges.badge import Badge
from badges.layout_parts import Layout
from badges.making import draw_here, draw_in_child, made
from badges.sheet_pdf import write_pages
from badges.sheets import MEDIA, SIZES_MM, PaperSize, Sheet, draw_sheet, grid_of, packed_sheet
from data.rows import AnyRow, update_row
from data.schema import BadgeBatchRow, BookingRow, DeliveryRow, PrinterRow, TicketRow
from eventdesk.acts import (
    EXPORTED,
    Act,
    Permission,
    ReadingSteps,
    Steps,
    booking_state,
    event_of,
    event_row,
    place_for,
    reads,
    reads_in_steps,
    steps,
    takes_place,
    writes,
)
from eventdesk.booking import list_attendees
from eventdesk.core.errors import (
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    PrinterError,
    PrinterOfflineError,
)
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.core.output_files import drafted, need_place
from eventdesk.events import need_not_closed
from eventdesk.printing import layout_files
from eventdesk.printing.badge_batch import (
    MAX_BADGES,
    SHEETS_A_PART,
    Batch,
    BatchDone,
    BatchPreview,
    Progress,
    Wanted,
    place_of,
)
from eventdesk.printing.ticket_badges import BADGE_FACTS, badge_of, facts_of, sponsor_lines
from eventdesk.tables.files import free_path

HOLD: Final = timedelta(minutes=3)
"""How long one part may take before somebody else may go on."""

CUPS: Final = "cups:"
"""How the address of a printer of sheets begins."""

DRAWN_BY: Final = "drawn_by"
"""The key, beside paper and margins, of what the layout was when the batch began."""

_HAS_ONE: Final = ("queued", "leased", "sent", "printed")


@reads_in_steps(Permission.EVENT, about="event_id")
def preview_badges(steps: ReadingSteps, event_id: UUID, wanted: Wanted) -> BatchPreview:
    """Say how many badges and sheets it would be, with the badges of the first sheet.

    Raises:
        NotFoundError, InvalidInputError: The layout cannot be used, or does not fit on the sheet.
    """
    layout, tickets = _chosen(steps, event_id, wanted)
    places = grid_of(layout.width_mm, layout.height_mm, wanted.sheet).places
    with steps.read() as act:
        first = _badges(act, tickets[:places], once=False)
    sheets = -(-len(tickets) // places)
    return BatchPreview(
        len(tickets),
        sheets,
        -(-sheets // SHEETS_A_PART),
        places,
        tuple(badge for badge in first if badge is not None),
        layout.name,
    )


@steps(Permission.EVENT, local=True, about="event_id")
def plan_badges(
    steps: Steps, event_id: UUID, wanted: Wanted, *, path: Path | None = None, printer: str = ""
) -> UUID:
    """Keep whose badges are printed, in order; `print_badges` prints them. Returns the batch's id.

    Args:
        path: The PDF, at a place that `place_for` lets this actor use; more than one part get a
            number. None is the home's folder for exports.
        printer: The address of a queue of CUPS, in place of a file.

    Raises:
        InvalidInputError: There is nobody to print for, the event was cancelled or archived,
            another batch is not finished, or the file or printer cannot be used.
    """
    layout, tickets = _chosen(steps, event_id, wanted)
    if not tickets:
        raise InvalidInputError(
            msg("There is nobody to print a badge for."),
            hint=msg("Take more ticket types, or also those who have not paid or have a badge."),
        )
    with steps.write() as act:
        act.need(event_id, Permission.EVENT)
        event = event_row(act.connection, event_id)
        need_not_closed(event)
        places = grid_of(layout.width_mm, layout.height_mm, wanted.sheet).places
        parts = -(-len(tickets) // (places * SHEETS_A_PART))
        if any(row.state == "open" for row in _rows(act, BadgeBatchRow.event_id == event_id)):
            raise InvalidInputError(
                msg("Badges of this event are being printed in advance already."),
                hint=msg("Finish that, or drop what is left of it."),
            )
        batch_id = new_id()
        act.connection.execute(
            insert(BadgeBatchRow).values(
                id=batch_id,
                event_id=event_id,
                tickets=[str(each) for each in tickets],
                done=0,
                at_printer=0,
                state="open",
                layout=layout.name,
                sheet=asdict(wanted.sheet) | {DRAWN_BY: _look_of(layout)},
                once=wanted.without_badge,
                target=_need_printer(act, printer) or _file_for(act, event, path, parts=parts),
                made_by=act.actor.name,
                created_at=act.now,
            )
        )
        act.record("plan_badges", ("event", event_id), event_id=event_id, badges=len(tickets))
    return batch_id


@reads(Permission.EVENT, about="event_id")
def list_batches(act: Act, event_id: UUID) -> tuple[Batch, ...]:
    """Read what is or was printed in advance, the newest first."""
    act.need(event_id, Permission.EVENT)
    rows = _rows(act, BadgeBatchRow.event_id == event_id)
    return tuple(_batch(act, row) for row in rows)


@writes(Permission.EVENT, about=event_of(BadgeBatchRow, "batch_id"))
def drop_badges(act: Act, batch_id: UUID) -> None:
    """Print no more of a batch; what is out stays noted.

    Raises:
        InvalidInputError: They are printed or dropped already, or are being printed.
    """
    row = _row(act, batch_id)
    act.need(row.event_id, Permission.EVENT)
    _need_open(row)
    _need_free(act, row, "")
    values = {"state": "dropped", "held_by": None, "held_until": None, "finished_at": act.now}
    update_row(act.connection, BadgeBatchRow, batch_id, **values)
    act.record("drop_badges", ("event", row.event_id), event_id=row.event_id, done=row.done)


@writes(Permission.EVENT, about=event_of(BadgeBatchRow, "batch_id"))
def settle_sheets(act: Act, batch_id: UUID, *, came_out: bool) -> None:
    """Say whether the sheets that a printer had when a program ended came out.

    Raises:
        InvalidInputError: There are none.
    """
    row = _row(act, batch_id)
    act.need(row.event_id, Permission.EVENT)
    _need_open(row)
    _need_free(act, row, "")
    if not row.at_printer:
        raise InvalidInputError(msg("No sheet is at a printer."))
    if came_out:
        _note(act, row, row.done + row.at_printer, row.target)
    else:
        update_row(act.connection, BadgeBatchRow, batch_id, at_printer=0)
    act.record(
        "settle_sheets",
        ("event", row.event_id),
        event_id=row.event_id,
        badges=row.at_printer,
        came_out=came_out,
    )


@steps(Permission.EVENT, local=True, about=event_of(BadgeBatchRow, "batch_id"))
def print_badges(
    steps: Steps, batch_id: UUID, *, on_progress: Progress = lambda done: None
) -> BatchDone:
    """Print what is left of a batch, part by part.

    Args:
        on_progress: Told how many badges are drawn of all; what it raises ends the printing, and
            the parts that are out stay noted.

    Raises:
        InvalidInputError: It is finished, somebody else prints it, its layout was changed since it
            began, or sheets are at the printer of which nobody knows whether they came out.
        PrinterOfflineError, PrinterRefusedError: The printer did not take a part.
    """
    holder = new_id().hex
    files: list[Path] = []
    draw_in_child()
    try:
        with steps.write() as act:
            row = _taken(act, batch_id, holder)
        layout = layout_files.found(steps.store.home, row.layout)
        _need_same_look(row, layout)
        printed = row.done
        while row.done < len(row.tickets):
            part = _Part(row, layout)
            with steps.read() as act:
                badges = _badges(act, part.tickets, once=row.once)
            place = _print_part(steps, part, badges, holder, on_progress)
            files += [place] if place is not None else []
            with steps.write() as act:
                row = _taken(act, batch_id, holder)
                _need_at(row, part.start)
                _note(act, row, part.end, str(place or row.target), badges)
                row = _row(act, batch_id)
        return BatchDone(len(row.tickets) - printed, tuple(files), True)
    finally:
        draw_here()
        with steps.write() as act:
            act.connection.execute(
                update(BadgeBatchRow)
                .where(BadgeBatchRow.id == batch_id, BadgeBatchRow.held_by == holder)
                .values(held_by=None, held_until=None)
            )


@steps(Permission.EVENT, local=True, about=event_of(BadgeBatchRow, "batch_id"))
def reprint_sheets(
    steps: Steps,
    batch_id: UUID,
    first: int,
    last: int,
    *,
    path: Path | None = None,
    printer: str = "",
    on_progress: Progress = lambda done: None,
) -> BatchDone:
    """Print some sheets of a batch once more, as the tickets are now; counted from 1.

    Args:
        path: As `plan_badges`.
        printer: As `plan_badges`.

    Raises:
        InvalidInputError: There are no such sheets, or the file or printer cannot be used.
    """
    with steps.write() as act:
        row = _row(act, batch_id)
        act.need(row.event_id, Permission.EVENT)
        layout = layout_files.found(steps.store.home, row.layout)
        places = _grid(row, layout)
        sheets = -(-len(row.tickets) // places)
        if not 1 <= first <= last <= sheets or last - first >= SHEETS_A_PART:
            raise InvalidInputError(
                msg("Sheets {first} to {last} cannot be printed.", first=first, last=last),
                hint=msg(
                    "There are {sheets}; at most {most} at a time.",
                    sheets=sheets,
                    most=SHEETS_A_PART,
                ),
            )
        event = event_row(act.connection, row.event_id)
        target = _need_printer(act, printer) or _file_for(act, event, path, parts=1)
        act.record(
            "reprint_sheets", ("event", row.event_id), event_id=row.event_id, first=first, last=last
        )
        part = _Part(row, layout, start=(first - 1) * places, end=last * places, target=target)
        badges = _badges(act, part.tickets, once=False)
    draw_in_child()
    try:
        place = _put(steps, part, badges, on_progress)
    finally:
        draw_here()
    count = sum(badge is not None for badge in badges)
    return BatchDone(count, (place,) if place is not None else (), True)


class _Part:
    """Some sheets of a batch that are printed together."""

    def __init__(
        self,
        row: AnyRow,
        layout: Layout,
        *,
        start: int | None = None,
        end: int | None = None,
        target: str = "",
    ) -> None:
        self.row, self.layout = row, layout
        self.sheet = _sheet(row.sheet)
        self.places = _grid(row, layout)
        size = self.places * SHEETS_A_PART
        self.start = row.done if start is None else start
        self.end = min(len(row.tickets), end or (self.start // size + 1) * size)
        self.tickets = [UUID(each) for each in row.tickets[self.start : self.end]]
        self.target = target or self._file(size)

    def _file(self, size: int) -> str:
        """Where it goes: the printer, the file, or a file with a number."""
        if self.row.target.startswith(CUPS) or len(self.row.tickets) <= size:
            return str(self.row.target)
        return str(_numbered(Path(self.row.target), self.start // size + 1))


def _print_part(
    steps: Steps, part: _Part, badges: Sequence[Badge | None], holder: str, on_progress: Progress
) -> Path | None:
    """Print a part; of a printer it is noted before that it has the sheets."""
    if part.target.startswith(CUPS):
        pages = list(_drawn(part, badges, on_progress))
        with steps.write() as act:
            _need_at(_taken(act, part.row.id, holder), part.start)
            count = part.end - part.start
            update_row(act.connection, BadgeBatchRow, part.row.id, at_printer=count)
        try:
            _send(steps, part, pages)
        except PrinterError as error:
            if not (isinstance(error, PrinterOfflineError) and error.may_be_out):
                with steps.write() as act:
                    update_row(act.connection, BadgeBatchRow, part.row.id, at_printer=0)
            raise
        return None
    return _write(part, badges, on_progress)


def _put(
    steps: Steps, part: _Part, badges: Sequence[Badge | None], on_progress: Progress
) -> Path | None:
    if part.target.startswith(CUPS):
        _send(steps, part, list(_drawn(part, badges, on_progress)))
        return None
    return _write(part, badges, on_progress)


def _drawn(part: _Part, badges: Sequence[Badge | None], on_progress: Progress) -> Iterator[bytes]:
    """Draw the sheets of a part, each side a page."""
    for start in range(0, len(badges), part.places):
        some = badges[start : start + part.places]
        for side in range(len(part.layout.sides)):
            yield made(packed_sheet, some, part.layout, part.sheet, side=side)
        on_progress(part.start + min(start + part.places, len(badges)))


def _write(part: _Part, badges: Sequence[Badge | None], on_progress: Progress) -> Path:
    """Write a part into its file; one that a program left that died is written over."""
    path = Path(part.target)
    with drafted(path, overwrite=True) as draft, draft.open("wb") as file:
        _write_pdf(file, part, _drawn(part, badges, on_progress))
    return path


def _write_pdf(file: BinaryIO, part: _Part, pages: Iterable[bytes]) -> None:
    size = draw_sheet((), part.layout, part.sheet).size
    write_pages(file, pages, size_mm=SIZES_MM[part.sheet.paper], size_dots=size)


def _send(steps: Steps, part: _Part, pages: list[bytes]) -> None:
    """Send a part to its printer, and wait until that has it."""
    from badges.cups_printer import CupsPrinter
    from badges.printers import open_printer

    printer = open_printer(part.target, badges_folder=steps.store.home / "badges")
    assert isinstance(printer, CupsPrinter)
    content = BytesIO()
    _write_pdf(content, part, pages)
    printer.send_sheets(
        content.getvalue(),
        job=f"badges {part.start + 1}-{part.end}",
        media=MEDIA[part.sheet.paper],
        two_sided=len(part.layout.sides) > 1,
    )


def _note(
    act: Act, row: AnyRow, done: int, place: str, badges: Sequence[Badge | None] | None = None
) -> None:
    """Note the badges of a part as printed, and how far the batch is."""
    ids = [UUID(each) for each in row.tickets[row.done : done]]
    if badges is None:
        badges = _badges(act, ids, once=row.once)
    out = [each for each, badge in zip(ids, badges, strict=True) if badge is not None]
    delivery: dict[str, Any] = {
        "kind": "badge",
        "event_id": row.event_id,
        "state": "printed",
        "payload": {"batch": str(row.id)},
        "reason": "",
        "mark": "",
        "attempts": 1,
        "due_at": act.now,
        "created_at": act.now,
        "sent_at": act.now,
        "finished_at": act.now,
        "delivered_to": place,
    }
    if out:
        rows = [{"id": new_id(), "ticket_id": each, **delivery} for each in out]
        act.connection.execute(insert(DeliveryRow), rows)
    is_whole = done >= len(row.tickets)
    update_row(
        act.connection,
        BadgeBatchRow,
        row.id,
        done=done,
        at_printer=0,
        state="done" if is_whole else "open",
        finished_at=act.now if is_whole else None,
    )
    act.record(
        EXPORTED,
        ("delivery", row.id),
        event_id=row.event_id,
        list="badges",
        file=Path(place).name,
        rows=len(out),
    )


def _chosen(steps: ReadingSteps, event_id: UUID, wanted: Wanted) -> tuple[Layout, list[UUID]]:
    """The layout, and the tickets in their order."""
    with steps.read() as act:
        act.need(event_id, Permission.EVENT)
        event = event_row(act.connection, event_id)
    layout = layout_files.found(steps.store.home, wanted.layout or event.badge_layout)
    grid_of(layout.width_mm, layout.height_mm, wanted.sheet)
    found: list[UUID] | None = None
    if wanted.search.strip():
        lines, _total = list_attendees(
            steps.store, steps.asked, event_id, search=wanted.search, limit=MAX_BADGES
        )
        found = [line.ticket_id for line in lines]
    with steps.read() as act:
        rows = act.connection.execute(_query(act, event_id, wanted)).all()
    if found is not None:
        among = set(found)
        rows = [row for row in rows if row.id in among]
    rows = sorted(
        rows,
        key=lambda row: place_of(
            row.holder_name, row.line_two, row.code, order=wanted.order, language=event.language
        ),
    )
    return layout, [row.id for row in rows]


def _query(act: Act, event_id: UUID, wanted: Wanted) -> Any:
    query = (
        select(TicketRow.id, TicketRow.holder_name, TicketRow.line_two, TicketRow.code)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.event_id == event_id, takes_place(act.now))
        .limit(MAX_BADGES)
    )
    if wanted.type_ids:
        query = query.where(TicketRow.ticket_type_id.in_(wanted.type_ids))
    if wanted.paid:
        query = query.where(booking_state(act.now) == "paid")
    if wanted.without_badge:
        query = query.where(~_has_badge())
    return query


def _has_badge() -> Any:
    return exists().where(
        DeliveryRow.ticket_id == TicketRow.id,
        DeliveryRow.kind == "badge",
        DeliveryRow.state.in_(_HAS_ONE),
    )


def _badges(act: Act, tickets: Sequence[UUID], *, once: bool) -> list[Badge | None]:
    """What stands on badges; None for who has no place any more, or, `once`, a badge by now."""
    query = BADGE_FACTS.where(TicketRow.id.in_(tickets), takes_place(act.now))
    if once:
        query = query.where(~_has_badge())
    rows = {row.id: row for row in act.connection.execute(query)}
    facts = facts_of(act.connection, act.store.home, list(rows))
    thanks = sponsor_lines(act.connection, {row.event_id for row in rows.values()})
    return [
        badge_of(act, row, facts=facts[row.id], sponsors=thanks.get(row.event_id, ""))
        if (row := rows.get(each)) is not None
        else None
        for each in tickets
    ]


def _need_printer(act: Act, printer: str) -> str:
    """The address of a queue of CUPS; "" where none is named.

    Raises:
        InvalidInputError: It is another printer.
        NotAllowedError: It was not set up here, and the actor is no admin.
    """
    if printer and not printer.startswith(CUPS):
        raise InvalidInputError(
            msg("This printer prints labels one by one, and no sheets."),
            hint=msg("Choose a queue of CUPS (cups:NAME), or a PDF file."),
        )
    if printer:
        from badges.printers import open_printer

        open_printer(printer, badges_folder=Path("badges"))
        _need_set_up(act, printer)
    return printer


def _need_set_up(act: Act, printer: str) -> None:
    known = select(PrinterRow.id).where(PrinterRow.spec == printer)
    if not act.known_at(None).may(Permission.INSTALLATION) and not act.connection.scalar(known):
        raise NotAllowedError(
            msg("{name} may only use printers that were set up here.", name=act.actor.name),
            hint=msg("Choose one of them, or ask an admin to add this one."),
        )


def _file_for(act: Act, event: AnyRow, path: Path | None, *, parts: int) -> str:
    """The file that badges are written into; of several parts none is there yet."""
    place = place_for(act, act.store.home, path)
    if place is None:
        return str(_free_file(act, f"{event.name} badges {act.now:%Y-%m-%d}", parts=parts))
    place = place if place.suffix.lower() == ".pdf" else place.with_name(f"{place.name}.pdf")
    for no in range(1, parts + 1) if parts > 1 else ():
        need_place(_numbered(place, no))
    return str(need_place(place))


def _free_file(act: Act, stem: str, *, parts: int) -> Path:
    """A file among the exports that is not there, in parts neither, and no batch's."""
    theirs = set(act.connection.execute(select(BadgeBatchRow.target)).scalars())
    for count in itertools.count(1):
        path = free_path(act.store.home, stem if count == 1 else f"{stem} {count}", "pdf")
        numbered = (_numbered(path, no) for no in range(1, parts + 1))
        if str(path) not in theirs and not any(map(os.path.lexists, numbered)):
            return path
    raise AssertionError("numbers do not end")


def _numbered(path: Path, no: int) -> Path:
    """The file of a part, counted from 1."""
    return path.with_name(f"{path.stem}-{no:03}{path.suffix}")


def _rows(act: Act, which: Any) -> Sequence[Any]:
    query = select(BadgeBatchRow).where(which).order_by(BadgeBatchRow.created_at.desc())
    return act.connection.execute(query).all()


def _row(act: Act, batch_id: UUID) -> Any:
    rows = _rows(act, BadgeBatchRow.id == batch_id)
    if not rows:
        raise NotFoundError(msg("There are no such badges printed in advance."))
    return rows[0]


def _need_open(row: AnyRow) -> None:
    if row.state != "open":
        raise InvalidInputError(
            msg("These badges are finished."),
            hint=msg("Print sheets of them once more, or begin anew."),
        )


def _need_at(row: AnyRow, start: int) -> None:
    """Require that a batch is where the part begins that was printed of it."""
    if row.done != start:
        raise InvalidInputError(
            msg("Somebody else went on with these badges meanwhile."),
            hint=msg("Look which sheets are out twice; {done} badges are noted.", done=row.done),
        )


def _look_of(layout: Layout) -> str:
    """What tells one version of a layout from another."""
    return hashlib.sha256(repr(replace(layout, folder=None)).encode()).hexdigest()


def _need_same_look(row: AnyRow, layout: Layout) -> None:
    """Require the layout that a batch was begun with: parts count by what fits on its sheets."""
    if row.sheet.get(DRAWN_BY, _look_of(layout)) != _look_of(layout):
        raise InvalidInputError(
            msg("The layout {name} was changed since these badges were begun.", name=row.layout),
            hint=msg("Drop what is left, and begin anew for those without a badge."),
        )


def _need_free(act: Act, row: AnyRow, holder: str) -> None:
    if row.held_by not in (None, holder) and row.held_until > act.now:
        raise InvalidInputError(
            msg("Somebody else prints these badges just now."),
            hint=msg("Wait for it; after a crash they are free within three minutes."),
        )


def _taken(act: Act, batch_id: UUID, holder: str) -> Any:
    """Hold a batch for the next part.

    Raises:
        InvalidInputError: It is finished, held by somebody else, or waits for a word.
    """
    row = _row(act, batch_id)
    act.need(row.event_id, Permission.EVENT)
    _need_open(row)
    _need_free(act, row, holder)
    if row.at_printer and row.held_by != holder:
        raise InvalidInputError(
            msg(
                "{count} badges were sent to the printer; nobody noted whether they came out.",
                count=row.at_printer,
            ),
            hint=msg("Look at the printer, then say whether they came out."),
        )
    until = act.now + HOLD
    update_row(act.connection, BadgeBatchRow, batch_id, held_by=holder, held_until=until)
    return row


def _batch(act: Act, row: AnyRow) -> Batch:
    try:
        layout = layout_files.found(act.store.home, row.layout)
        places = _grid(row, layout)
    except (InvalidInputError, NotFoundError):
        places = 1
    return Batch(
        row.id,
        row.event_id,
        len(row.tickets),
        row.done,
        row.at_printer,
        places,
        row.state,
        row.layout,
        _sheet(row.sheet),
        row.target,
        row.made_by,
        row.created_at,
        row.held_by is not None and row.held_until > act.now,
    )


def _grid(row: AnyRow, layout: Layout) -> int:
    return grid_of(layout.width_mm, layout.height_mm, _sheet(row.sheet)).places


def _sheet(stored: dict[str, Any]) -> Sheet:
    return Sheet(
        PaperSize(stored["paper"]), stored["margin_mm"], stored["gap_mm"], stored["crop_marks"]
    )
