"""Bank statements: lines matched to bookings by the code in their purpose, each once.

A statement may be imported at each of several events of one account: a line that may be another
event's is left to a person, so that no money counts twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from data.bulk import chunks
from data.rows import AnyRow, count_rows, insert_row, update_row
from data.schema import BookingRow, EventRow, PaymentRow, StatementLineRow
from eventdesk.acts import (
    Act,
    Permission,
    ReadingSteps,
    Steps,
    Topic,
    event_of,
    event_row,
    need_readable,
    reads,
    reads_in_steps,
    steps,
    writes,
)
from eventdesk.core.booking_states import STATE_WORDS
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import new_id, read_code
from eventdesk.core.messages import Message, kept_text, kept_texts, msg
from eventdesk.core.money import Money
from eventdesk.core.paying import Method
from eventdesk.money.booking_balances import balances, booking_row
from eventdesk.money.payments import MAX_REFERENCE, PaymentView, add_payment, view_of
from eventdesk.money.statement_columns import Entry, codes_in, entries
from eventdesk.tables.csv_file import open_csv
from eventdesk.tables.encoding import Encoding, as_guessed_before

AT_ONCE = 100
"""Lines booked in one transaction, so that the door does not wait."""

MAX_BYTES = 20_000_000


class Match(StrEnum):
    """The result of a line."""

    PAID = "paid"
    """It pays what is due."""
    PART = "part"
    """It pays a part of what is due."""
    OVER = "over"
    """It pays what is due and leaves a credit."""
    KNOWN = "known"
    """It was imported before."""
    OUTGOING = "outgoing"
    """Money that went out."""
    REMARK = "remark"
    """It names no amount."""
    OPEN = "open"
    """A person has to look at it."""

    @property
    def books(self) -> bool:
        """Whether it becomes a payment."""
        return self in (Match.PAID, Match.PART, Match.OVER)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement, with its result.

    Attributes:
        row: Its row in the file; 0 for one read from the store.
        problem: Why a person has to look at it, or "".
    """

    row: int
    booked_on: str
    amount: Money
    payer: str
    purpose: str
    match: Match
    booking_code: str = ""
    problem: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StatementReport:
    """All lines of a statement, whether they were booked, and the encoding they were read in."""

    lines: tuple[StatementLine, ...]
    booked: bool
    encoding: Encoding

    def count(self, *matches: Match) -> int:
        """How many lines have one of these results."""
        return sum(line.match in matches for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The plan of a line: its result, and the booking it pays."""

    entry: Entry
    line: StatementLine
    booking_id: UUID | None
    problem: str | Message = ""


@reads_in_steps(Permission.MONEY, local=True, about="event_id")
def preview_statement(
    steps: ReadingSteps, event_id: UUID, path: Path, *, encoding: str = ""
) -> StatementReport:
    """Say what importing a statement would do, line by line; nothing is changed.

    `encoding` "" is guessed.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: The file cannot be read as a statement; the message says why.
    """
    event, found, read_as = _read(steps, event_id, path, encoding)
    due: dict[UUID, int] = {}
    with steps.read() as act:
        lines = [
            plan.line
            for part in chunks(found, AT_ONCE)
            for plan in _plan(act.connection, event, part, due)
        ]
    return StatementReport(tuple(lines), booked=False, encoding=read_as)


@steps(Permission.MONEY, local=True, about="event_id")
def import_statement(
    steps: Steps, event_id: UUID, path: Path, *, encoding: str = ""
) -> StatementReport:
    """Book what came in for bookings of an event, and keep the rest for somebody to assign.

    Each line is taken once, also where files overlap: it is known by its content, and the second
    of two identical lines by being the second. `encoding` "" is guessed.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: The file cannot be read as a statement; nothing was changed.
    """
    event, found, read_as = _read(steps, event_id, path, encoding)
    lines: list[StatementLine] = []
    for part in chunks(found, AT_ONCE):
        with steps.write() as act:
            act.need(event_id, Permission.MONEY)
            act.touch(Topic.MONEY, event_id)
            lines.extend(_book(act, event, plan) for plan in _plan(act.connection, event, part, {}))
    with steps.write() as act:
        report = StatementReport(tuple(lines), booked=True, encoding=read_as)
        act.record(
            "import_statement",
            ("event", event_id),
            event_id=event_id,
            file=path.name,
            lines=len(lines),
            booked=sum(line.match.books for line in lines),
        )
    return report


@reads(Permission.MONEY, about="event_id")
def list_statement_lines(
    act: Act, event_id: UUID, *, open_only: bool = True, offset: int = 0, limit: int = 50
) -> tuple[list[StatementLine], int]:
    """Read a page of imported lines, the latest first, and how many there are."""
    act.need(event_id, Permission.MONEY)
    event = event_row(act.connection, event_id)
    here = [StatementLineRow.event_id == event_id]
    if open_only:
        here += [StatementLineRow.payment_id.is_(None), StatementLineRow.problem != ""]
    rows = act.connection.execute(
        select(StatementLineRow.__table__, BookingRow.code)
        .outerjoin(PaymentRow, PaymentRow.id == StatementLineRow.payment_id)
        .outerjoin(BookingRow, BookingRow.id == PaymentRow.booking_id)
        .where(*here)
        .order_by(StatementLineRow.booked_on.desc(), StatementLineRow.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    lines = [_stored(row, event.currency_exponent) for row in rows]
    return lines, count_rows(act.connection, *here)


@writes(Permission.MONEY, about=event_of(StatementLineRow, "line_id"))
def assign_line(act: Act, line_id: UUID, code: str) -> PaymentView:
    """Book an open line for the booking that a person names, also an expired or paid one.

    What is too much is a credit.

    Raises:
        NotFoundError: There is no such line, or no such booking at its event.
        InvalidInputError: It is booked already, here or at another event, or of another currency.
    """
    line = _open_line(act, line_id)
    if _booked_elsewhere(act.connection, line.event_id, [line.digest]):
        raise InvalidInputError(
            msg("This line is booked at another event already."),
            hint=msg("Set it aside. What of it is for a booking here, take as a transfer."),
        )
    named = select(BookingRow.id).where(
        BookingRow.code == read_code(code), BookingRow.event_id == line.event_id
    )
    missing = msg("There is no booking with this code at this event.")
    found = act.connection.execute(named).scalar_one_or_none()
    booking_id = need_found(found, missing, hint=msg("Check the code."))
    booking = booking_row(act.connection, booking_id)
    if booking.currency != line.currency:
        raise InvalidInputError(
            msg("This booking is paid in {currency}.", currency=booking.currency)
        )
    payment_id = add_payment(
        act, booking, Method.TRANSFER, line.amount_minor, reference=line.purpose[:MAX_REFERENCE]
    )
    update_row(
        act.connection, StatementLineRow, line_id, payment_id=payment_id, problem="", said=None
    )
    act.record("assign_line", ("booking", booking_id), event_id=line.event_id)
    return view_of(act.connection, payment_id)


@writes(Permission.MONEY, about=event_of(StatementLineRow, "line_id"))
def set_line_aside(act: Act, line_id: UUID) -> None:
    """Set a line aside that has nothing to do with this event.

    Raises:
        NotFoundError: There is no such line.
        InvalidInputError: It is booked already.
    """
    line = _open_line(act, line_id)
    update_row(act.connection, StatementLineRow, line_id, problem="", said=None)
    act.record("set_line_aside", ("statement_line", line_id), event_id=line.event_id)


def _read(
    steps: ReadingSteps, event_id: UUID, path: Path, encoding: str
) -> tuple[Any, list[Entry], Encoding]:
    """Read a file for an event; return the event's row, the entries, and the encoding."""
    with steps.read() as act:
        act.need(event_id, Permission.MONEY)
        need_readable(act, path)
        event = event_row(act.connection, event_id)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInputError(
                msg("{name} is too large for a statement.", name=path.name),
                hint=msg("Export fewer days."),
            )
        if not path.is_file():
            raise InvalidInputError(
                msg("{path} is no file.", path=path), hint=msg("Choose a file.")
            )
        file = open_csv(path, encoding)
        found = entries(
            file.rows(),
            event.currency_exponent,
            checked=file.checked,
            whole=file.whole,
            as_known=as_guessed_before(path, file.encoding),
        )
    except OSError as error:
        raise InvalidInputError(
            msg("{path} cannot be read: {strerror}.", path=path, strerror=error.strerror or error),
            hint=msg("Check the path."),
        ) from error
    return event, found, file.encoding


def _plan(
    connection: Connection, event: AnyRow, part: Sequence[Entry], due: dict[UUID, int]
) -> Iterator[_Plan]:
    """Plan what is to be done with lines, one after the other.

    `due` is what earlier lines left due, by booking; it is filled on the way.
    """
    digests = [entry.digest for entry in part]
    imported = select(StatementLineRow.digest).where(
        StatementLineRow.event_id == event.id, StatementLineRow.digest.in_(digests)
    )
    known = set(connection.execute(imported).scalars())
    elsewhere = _booked_elsewhere(connection, event.id, digests)
    codes = {entry.digest: codes_in(entry.purpose) for entry in part}
    asked = {code for pair in codes.values() for each in pair for code in each}
    bookings = _bookings(connection, asked)
    for booking_id, stands in balances(
        connection, [row.id for row in bookings.values() if row.id not in due]
    ).items():
        due[booking_id] = stands.due.minor
    for entry in part:
        line = StatementLine(
            entry.row,
            entry.booked_on,
            Money(
                entry.amount_minor or 0, entry.currency or event.currency, event.currency_exponent
            ),
            entry.payer,
            entry.purpose,
            Match.OPEN,
        )
        if entry.digest in known:
            yield _Plan(entry, replace(line, match=Match.KNOWN), None)
        elif entry.is_remark:
            yield _Plan(entry, replace(line, match=Match.REMARK), None)
        elif entry.amount_minor is None:
            yield _to_look_at(entry, line, entry.problem)
        elif entry.amount_minor <= 0:
            yield _Plan(entry, replace(line, match=Match.OUTGOING), None)
        elif line.amount.currency != event.currency:
            problem = msg("It is no {currency}.", currency=event.currency)
            yield _to_look_at(entry, line, problem)
        elif entry.digest in elsewhere:
            problem = msg("It is booked at another event already.")
            yield _to_look_at(entry, line, problem)
        else:
            words, runs = (
                [bookings[code] for code in each if code in bookings]
                for each in codes[entry.digest]
            )
            yield _matched(entry, line, event.id, words, runs, due)


def _to_look_at(entry: Entry, line: StatementLine, problem: Message) -> _Plan:
    return _Plan(entry, replace(line, problem=str(problem)), None, problem)


def _matched(
    entry: Entry,
    line: StatementLine,
    event_id: UUID,
    words: Sequence[Any],
    runs: Sequence[Any],
    due: dict[UUID, int],
) -> _Plan:
    """Choose the booking a line pays.

    The one whose due it is exactly; else the only one whose code is a word of the purpose. None
    where a booking of another event is named too, or would be chosen there.
    """
    amount = line.amount.minor

    def fitting(rows: Iterable[Any]) -> list[Any]:
        return [row for row in rows if row.state == "pending" and due[row.id] == amount]

    others = [row for row in (*words, *fitting(runs)) if row.event_id != event_id]
    words, runs = ([row for row in rows if row.event_id == event_id] for rows in (words, runs))
    fits = fitting((*words, *runs))
    named = words or runs
    problem = None
    if not named:
        problem = msg("No booking of this event is named.")
    elif others:
        problem = msg("Booking {code} of another event is named too.", code=others[0].code)
    elif not fits and len(named) > 1:
        some = ", ".join(row.code for row in named[:3])
        problem = msg("Several bookings are named: {codes}.", codes=some)
    elif not fits and not words:
        problem = msg("Perhaps it is for booking {code}.", code=named[0].code)
    if problem is not None:
        return _to_look_at(entry, line, problem)
    row = fits[0] if fits else named[0]
    seen = replace(line, booking_code=row.code)
    if row.state != "pending" or due[row.id] <= 0:
        state = STATE_WORDS[row.state if row.state != "pending" else "paid"]
        problem = msg("Booking {code} is {state} already.", code=row.code, state=state)
        return _to_look_at(entry, seen, problem)
    match = Match.PAID
    if amount != due[row.id]:
        match = Match.PART if amount < due[row.id] else Match.OVER
    due[row.id] -= amount
    return _Plan(entry, replace(seen, match=match), row.id)


def _book(act: Act, event: AnyRow, plan: _Plan) -> StatementLine:
    """Carry out the plan of a line, and keep the line."""
    line = plan.line
    if line.match in (Match.KNOWN, Match.OUTGOING) or plan.entry.amount_minor is None:
        return line
    payment_id = None
    if plan.booking_id is not None:
        payment_id = add_payment(
            act,
            booking_row(act.connection, plan.booking_id),
            Method.TRANSFER,
            line.amount.minor,
            reference=line.purpose[:MAX_REFERENCE],
        )
    line_id = new_id()
    insert_row(
        act.connection,
        StatementLineRow,
        id=line_id,
        event_id=event.id,
        digest=plan.entry.digest,
        booked_on=line.booked_on,
        amount_minor=line.amount.minor,
        currency=line.amount.currency,
        payer=line.payer,
        purpose=line.purpose,
        payment_id=payment_id,
        **kept_texts(problem=plan.problem),
        imported_at=act.now,
    )
    return replace(line, id=line_id)


def _booked_elsewhere(connection: Connection, event_id: UUID, digests: Sequence[str]) -> set[str]:
    """Which lines brought a payment at another event."""
    others = select(EventRow.id).where(
        EventRow.id != event_id,
        # Few events have lines; asked by event and digest, the index finds them.
        select(StatementLineRow.id).where(StatementLineRow.event_id == EventRow.id).exists(),
    )
    booked = select(StatementLineRow.digest).where(
        StatementLineRow.event_id.in_(others),
        StatementLineRow.digest.in_(digests),
        StatementLineRow.payment_id.is_not(None),
    )
    return set(connection.execute(booked).scalars())


def _bookings(connection: Connection, codes: Iterable[str]) -> dict[str, Any]:
    """The bookings of all events that have one of these codes, by code."""
    found = {}
    for some in chunks(codes):
        rows = connection.execute(select(BookingRow.__table__).where(BookingRow.code.in_(some)))
        found.update({row.code: row for row in rows})
    return found


def _open_line(act: Act, line_id: UUID) -> Any:
    """Read a line that is not booked yet."""
    asked = select(StatementLineRow.__table__).where(StatementLineRow.id == line_id)
    line = need_found(act.connection.execute(asked).one_or_none(), msg("There is no such line."))
    act.need(line.event_id, Permission.MONEY)
    if line.payment_id is not None:
        raise InvalidInputError(
            msg("This line is booked already."), hint=msg("Read the list again.")
        )
    return line


def _stored(row: AnyRow, exponent: int) -> StatementLine:
    return StatementLine(
        0,
        row.booked_on,
        Money(row.amount_minor, row.currency, exponent),
        row.payer,
        row.purpose,
        Match.PAID if row.payment_id else Match.OPEN,
        row.code or "",
        kept_text(row.said, "problem", row.problem),
        row.id,
    )
