"""What the sheets of an event show: a row a ticket, of the columns that were chosen alone.

Rows are read as the store has them, and written for people only where one has changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select

from data.rows import AnyRow
from data.schema import (
    AdmissionRow,
    AnswerRow,
    BookingRow,
    CheckInListRow,
    GateRow,
    ScanRow,
    TicketRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.acts import event_row
from eventdesk.core.clock import utc_now
from eventdesk.core.money import Money
from eventdesk.exchange.exports.lists import attendee_query, questions_asked
from eventdesk.integrations.google_sheets.kind import (
    ANSWERS,
    ATTENDEES,
    CHECK_INS,
    CODE,
    COLUMNS,
    SALES,
)
from eventdesk.integrations.google_sheets.layout import Table, Value
from eventdesk.tables.cells import Cell, guarded, keepable, text_of

MAX_CELL: Final = 50_000
"""Characters that Google takes in a cell."""

TITLES: Final = {ATTENDEES: "Attendees", CHECK_INS: "Check-ins", SALES: "Sales"}

_AMOUNTS: Final = frozenset({"price", "discount", "tax", "fee"})

Raw = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SheetTables:
    """What the sheets of an event show.

    Attributes:
        tables: One each; of those that nothing was chosen of without rows.
        codes: The codes of all tickets of the event.
    """

    tables: tuple[Table, ...]
    codes: frozenset[str]


def sheet_tables(store: Store, event_id: UUID, chosen: Mapping[str, Sequence[str]]) -> SheetTables:
    """Read what the sheets of an event show.

    Args:
        store: Where the event is.
        event_id: The event.
        chosen: The columns that were chosen, by the names of tables.

    Raises:
        NotFoundError: There is no such event any more.
    """
    names = {name: [each for each in COLUMNS[name] if each in chosen[name]] for name in TITLES}
    codes = select(TicketRow.code).where(TicketRow.event_id == event_id)
    with store.read() as connection:
        event = event_row(connection, event_id)
        return SheetTables(
            (
                _attendees(connection, event, names[ATTENDEES]),
                _check_ins(connection, event, names[CHECK_INS]),
                _sales(connection, event, names[SALES]),
            ),
            frozenset(connection.execute(codes).scalars()),
        )


def _attendees(connection: Connection, event: AnyRow, chosen: Sequence[str]) -> Table:
    query = attendee_query(utc_now(), event)
    heading = query.selected_columns.keys()
    questions = questions_asked(connection, event, heading)
    columns = [each for each in chosen if each != ANSWERS]
    rows = _read(connection, query, columns) if chosen else {}
    if ANSWERS in chosen:
        columns += questions.values()
        given = _answers(connection, event)
        rows = {
            code: (*row, *(given.get((code, each), "") for each in questions))
            for code, row in rows.items()
        }
    return _table(ATTENDEES, columns, rows, event, questions.values())


def _answers(connection: Connection, event: AnyRow) -> dict[tuple[str, UUID], str]:
    query = (
        select(TicketRow.code, AnswerRow.question_id, AnswerRow.value)
        .join(TicketRow, TicketRow.id == AnswerRow.ticket_id)
        .where(TicketRow.event_id == event.id)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def _sales(connection: Connection, event: AnyRow, chosen: Sequence[str]) -> Table:
    query = attendee_query(utc_now(), event).add_columns(
        BookingRow.name.label("buyer"),
        BookingRow.email.label("buyer email"),
        BookingRow.source,
        BookingRow.discount_code.label("discount code"),
    )
    rows = _read(connection, query, chosen) if chosen else {}
    return _table(SALES, chosen, rows, event)


def _read(connection: Connection, query: Select[Any], names: Sequence[str]) -> dict[str, Raw]:
    """Read some columns of a query by the code of the ticket."""
    columns = query.selected_columns
    wanted = query.with_only_columns(columns[CODE], *(columns[each] for each in names))
    return {row[0]: tuple(row[1:]) for row in connection.execute(wanted)}


def _check_ins(connection: Connection, event: AnyRow, chosen: Sequence[str]) -> Table:
    """The tickets that came in, in the order of their first time."""
    if not chosen:
        return _table(CHECK_INS, (), {}, event)
    query = (
        select(
            TicketRow.code,
            TicketRow.holder_name,
            TicketTypeRow.name.label("ticket_type"),
            AdmissionRow.admitted_at,
            CheckInListRow.name.label("list"),
            func.coalesce(GateRow.name, "").label("gate"),
            ScanRow.actor_name,
        )
        .join(TicketRow, TicketRow.id == AdmissionRow.ticket_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .join(CheckInListRow, CheckInListRow.id == AdmissionRow.list_id)
        .join(ScanRow, ScanRow.id == AdmissionRow.scan_id)
        .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
        .where(CheckInListRow.event_id == event.id, CheckInListRow.kind != "badge")
        .order_by(AdmissionRow.admitted_at, AdmissionRow.id)
    )
    by_code: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        by_code.setdefault(row.code, []).append(row)
    rows = {
        code: tuple(_ARRIVAL[each](found) for each in chosen) for code, found in by_code.items()
    }
    return _table(CHECK_INS, chosen, rows, event)


_ARRIVAL: Final[Mapping[str, Callable[[Sequence[Any]], Any]]] = {
    "name": lambda rows: rows[0].holder_name,
    "ticket type": lambda rows: rows[0].ticket_type,
    "first in": lambda rows: rows[0].admitted_at,
    "last in": lambda rows: rows[-1].admitted_at,
    "times in": len,
    "lists": lambda rows: ", ".join(dict.fromkeys(row.list for row in rows)),
    "gate": lambda rows: rows[0].gate,
    "by": lambda rows: rows[0].actor_name,
}
"""What is told of the times that a ticket came in."""


def _table(
    name: str,
    columns: Sequence[str],
    rows: Mapping[str, Raw],
    event: AnyRow,
    questions: Sequence[str] | Any = (),
) -> Table:
    zone, amounts = ZoneInfo(event.time_zone), [each in _AMOUNTS for each in columns]

    def written(row: Raw) -> tuple[Value, ...]:
        cells = zip(row, amounts, strict=True)
        return tuple(
            _amount(cell, event) if is_amount else _value(cell, zone) for cell, is_amount in cells
        )

    return Table(
        TITLES[name],
        (CODE, *columns) if columns else (),
        rows,
        frozenset({CODE, *COLUMNS[name], *questions} - {ANSWERS}),
        written,
    )


def _amount(minor: int, event: AnyRow) -> Value:
    """An amount as a number, so that people can sum it."""
    exponent = event.currency_exponent
    return float(Money(minor, event.currency, exponent).amount) if exponent else minor


def _value(cell: Cell, zone: ZoneInfo) -> Value:
    """A cell as Google takes it; nothing that was typed begins like a formula."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    local = cell.astimezone(zone) if isinstance(cell, datetime) else cell
    return guarded(keepable(text_of(local)))[:MAX_CELL]
