"""Checks of an archive: its rows belong to its event, and use cases could have written them.

Whoever has the passphrase can write anything into an archive. Foreign keys alone would let a
payment refer to a booking of another event, or a role be none of an event's. A row that no use
case could have written is refused with the name of its table and column.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Connection, case, func, select

from badges.layout_file import is_name
from data.schema import CheckInListRow, EventRoleRow, EventRow, LedgerRow
from eventdesk.acts import GRANTABLE, Role
from eventdesk.core import typed_text
from eventdesk.core.day_times import read_time
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.ids import CODE_ALPHABET
from eventdesk.core.messages import msg
from eventdesk.core.money import MAX_BP, MAX_MINOR
from eventdesk.core.paying import Method, PaymentState, RefundState
from eventdesk.core.token import MAX_REVISION
from eventdesk.documents.document import DocumentSeries, from_content
from eventdesk.documents.text import as_text
from eventdesk.door import (
    Direction,
    EntryPolicy,
    ListKind,
    Outcome,
    PrintPolicy,
    UnpaidPolicy,
    as_new,
    checked,
    list_at_door,
)
from eventdesk.events import EventState, RequestState, checked_setting
from eventdesk.exchange.archive.scope import PARTS, Part
from eventdesk.money import MovementKind, ledger_problems
from eventdesk.sales import MAX_ADMITS, QuestionKind
from eventdesk.waiting import MOST_PLACES, EntryState, booking_of

_PARTS: Final = {part.name: part for part in PARTS}
_ROLES: Final = frozenset(Role) - {Role.ADMIN}


def need_own(
    connection: Connection, part: Part, rows: Collection[Mapping[str, Any]], event_id: UUID
) -> None:
    """Refuse rows that do not belong to an event, or refer to rows that did not come with it.

    Args:
        connection: The transaction; the rows referred to are in the store by now.
        rows: Rows without their late columns.

    Raises:
        ValueError: A row is refused.
    """
    if part.row is EventRow:
        if [row["id"] for row in rows] != [event_id]:
            raise ValueError(msg("it is another event than the manifest says"))
        return
    owner = part.parent or "event_id"
    if any(row.get(owner) is None for row in rows):
        raise ValueError(msg("a {table} belongs to no event", table=part.name))
    if not part.parent and any(row["event_id"] != event_id for row in rows):
        raise ValueError(msg("a row belongs to another event"))
    with_it = {row["id"] for row in rows if "id" in row}
    for column in (each for each in part.table.c if each.foreign_keys):
        named = {row.get(column.name) for row in rows}
        if any(key.column.table is part.table for key in column.foreign_keys):
            named -= with_it  # a movement that takes back an earlier one
        need_own_targets(connection, column, named, event_id)
    if part.row is EventRoleRow:
        _need_roles(rows)
    elif part.row is LedgerRow:
        _need_own_transactions(connection, rows, event_id)


def need_own_targets(
    connection: Connection, column: Column[Any], named: Iterable[Any], event_id: UUID
) -> None:
    """Refuse values of a column that refer to missing rows, or to rows of another event.

    Raises:
        ValueError: A value is refused.
    """
    wanted = {each for each in named if each is not None}
    for key in column.foreign_keys:
        table = key.column.table
        if not wanted or table.name not in _PARTS or table is EventRow.__table__:
            continue
        own = _PARTS[table.name].mine(event_id)
        # Not in WHERE: SQLite would read all rows of the event.
        mine = select(func.sum(case((own, 1), else_=0))).where(key.column.in_(wanted))
        if connection.execute(mine).scalar_one() != len(wanted):
            said = msg(
                "a {table} names a {other} that did not come with it",
                table=column.table.name,
                other=table.name,
            )
            raise ValueError(said)


def _need_roles(rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse roles that an organizer of the event cannot give."""
    for row in rows:
        if row["role"] not in _ROLES:
            raise ValueError(msg("there is no role {role!r} at an event", role=row["role"]))
        granted = row.get("permissions", [])
        if not isinstance(granted, list) or any(each not in GRANTABLE for each in granted):
            raise ValueError(msg("a co-host was granted what cannot be granted"))


def _need_own_transactions(
    connection: Connection, rows: Iterable[Mapping[str, Any]], event_id: UUID
) -> None:
    """Refuse lines of transactions of other events, which would not add up to zero any more."""
    theirs = select(LedgerRow.no).where(
        LedgerRow.transaction_id.in_({row["transaction_id"] for row in rows}),
        LedgerRow.event_id != event_id,
    )
    if connection.execute(theirs.limit(1)).first() is not None:
        raise ValueError(msg("a ledger line belongs to a transaction of another event"))


EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Bounds within which an instant has a local time in every zone."""

MAX_COUNT: Final = 10**9
"""Largest count."""

MAX_NAME: Final = 1000
"""Longest name, title or label in characters; imports take longer ones than forms."""

MAX_CODE: Final = 40

Check = Callable[[Any], object]


def need_sound(table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse rows that no use case could have written.

    Args:
        rows: Rows with the same columns, of the columns' types.

    Raises:
        ValueError: A value is refused; the message names its table and column.
    """
    if not rows:
        return
    columns = rows[0].keys()
    if any(row.keys() != columns for row in rows):
        raise ValueError(msg("the rows of {table} have different columns", table=table))
    for name in columns:
        _need_sound_values(table, name, [row[name] for row in rows])
    if table == "event" and any(row["ends_at"] <= row["starts_at"] for row in rows):
        raise ValueError(msg("event.ends_at is not behind event.starts_at"))


def _need_sound_values(table: str, name: str, values: Sequence[Any]) -> None:
    """Check the different values of a column."""
    kinds = list(dict.fromkeys(map(type, values)))
    for kind in kinds:
        checks = () if kind is type(None) else _checks(table, name, kind)
        if not checks:
            continue
        alike = values if len(kinds) == 1 else [each for each in values if type(each) is kind]
        for check in checks:
            for value in _worth_checking(check, kind, alike):
                _need_sound_value(table, name, value, check)


def _worth_checking(check: "Check", kind: type, values: Sequence[Any]) -> Iterable[Any]:
    """The values that stand for all in a check."""
    if isinstance(check, _Between) and kind in (int, datetime):
        return (min(values), max(values))
    if kind in (dict, list):
        return values
    return [each for each in dict.fromkeys(values) if check is not _page or not _is_plain(each)]


def _is_plain(text: str) -> bool:
    """Whether any field of several lines takes a text."""
    return text.isascii() and len(text) <= typed_text.MAX_PAGE


def _need_sound_value(table: str, name: str, value: Any, check: "Check") -> None:
    column = f"{table}.{name}"
    try:
        check(value)
    except (EventDeskError, ValueError, KeyError, TypeError, AttributeError) as error:
        shown = f"{value!r:.80}"
        said = msg("{column} cannot be {value} ({error})", column=column, value=shown, error=error)
        raise ValueError(said) from error
    except (RecursionError, OverflowError) as error:
        said = msg("{column} cannot be {value}", column=column, value=f"{value!r:.80}")
        raise ValueError(said) from error


def need_sound_lists(connection: Connection, event_id: UUID) -> None:
    """Refuse check-in lists whose rules or questions cannot be read at a door."""
    lists = select(CheckInListRow.id).where(CheckInListRow.event_id == event_id)
    for list_id in connection.execute(lists).scalars().all():
        try:
            checked(as_new(list_at_door(connection, list_id)))
        except (EventDeskError, ValueError, KeyError, TypeError, AttributeError) as error:
            said = msg("check_in_list {id} cannot be read ({error})", id=list_id, error=error)
            raise ValueError(said) from error


def need_balanced(connection: Connection, event_id: UUID) -> None:
    """Refuse bookings, payments and a ledger that do not agree, as `verify_ledger` finds them."""
    for problem in ledger_problems(connection, event_id):
        raise ValueError(problem)


@lru_cache(maxsize=2048)
def _checks(table: str, name: str, kind: type) -> tuple[Check, ...]:
    """The checks of a value, by its column, by the column's name, by its type."""
    found: list[Check] = [] if table != "event" else [lambda it: checked_setting(name, it)]
    if (table, name) in _COLUMNS:
        found.append(_COLUMNS[table, name])
    if name in _NAMES:
        found.append(_NAMES[name])
    else:
        found += [check for ending, check in _ENDINGS.items() if name.endswith(ending)]
    if (table, name) in _SIGNED:
        found.append(_whole(-MAX_MINOR, MAX_MINOR))
    elif kind in _KINDS:
        found.append(_KINDS[kind])
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Between:
    """A check that all values pass if the least and the greatest do."""

    check: Check

    def __call__(self, value: Any) -> None:
        """Check one."""
        self.check(value)


def _one_of(words: type[StrEnum] | str) -> Check:
    known = set(words.split()) if isinstance(words, str) else {each.value for each in words}

    def check(value: Any) -> None:
        if value not in known:
            raise InvalidInputError(msg("No such word."))

    return check


def _whole(least: int, most: int) -> Check:
    return _Between(lambda value: typed_text.whole(value, msg("It"), least=least, most=most))


def _page(value: Any) -> None:
    typed_text.page(value, msg("It"))


def _like(pattern: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any) -> None:
        if not compiled.fullmatch(value):
            raise InvalidInputError(msg("It is not spelled like that."))

    return check


def _line(value: Any) -> None:
    typed_text.line(value, msg("It"), most=MAX_NAME)
    if "\n" in value or "\r" in value:
        raise InvalidInputError(msg("It has several lines."))


def _words(value: Any) -> None:
    """A list of short texts."""
    if not isinstance(value, list):
        raise InvalidInputError(msg("It is no list."))
    for each in value:
        typed_text.line(each, msg("It"), most=MAX_NAME)


def _layout(value: Any) -> None:
    if value and not is_name(value):
        raise InvalidInputError(msg("No layout has such a name."))


def _instant(value: Any) -> None:
    if not EARLIEST <= value <= LATEST:
        raise InvalidInputError(msg("It is no time."))


def _counts(value: Any) -> None:
    for piece, count in value.items():
        int(piece)
        typed_text.whole(count, msg("It"), most=MAX_COUNT)


def _day(value: Any) -> None:
    if value:
        date.fromisoformat(value)


def _nothing(value: Any) -> None:
    """The check of columns that are checked elsewhere."""


_SHORT_CODE: Final = _like(f"[{CODE_ALPHABET}]{{4,{MAX_CODE}}}")
_REVISION: Final = _whole(0, MAX_REVISION)

_COLUMNS: Final[Mapping[tuple[str, str], Check]] = {
    ("event", "code"): _SHORT_CODE,
    ("booking", "code"): _SHORT_CODE,
    ("ticket", "code"): _SHORT_CODE,
    ("event", "state"): _one_of(EventState),
    ("event", "badge_layout"): _layout,
    ("booking", "state"): _one_of("pending paid cancelled expired"),
    ("ticket", "state"): _one_of("valid given cancelled expired"),
    ("waitlist_entry", "state"): _one_of(EntryState),
    ("waitlist_entry", "places"): _whole(1, MOST_PLACES),
    ("waitlist_entry", "least"): _whole(1, MOST_PLACES),
    ("queue_request", "state"): _one_of(RequestState),
    # Of who was erased nothing is left.
    ("queue_request", "wish"): lambda value: value and booking_of(value, None),
    ("event_erasure", "days"): _whole(0, typed_text.MAX_DAYS),
    ("calendar_entry", "sequence"): _whole(0, 2**31 - 1),
    ("payment", "state"): _one_of(PaymentState),
    ("payment", "method"): _one_of(Method),
    ("refund", "state"): _one_of(RefundState),
    ("invoice", "series"): _one_of(DocumentSeries),
    ("invoice", "content"): lambda value: as_text(from_content(value)),
    ("question", "kind"): _one_of(QuestionKind),
    ("question", "choices"): _words,
    ("session", "tags"): _words,
    ("discount", "kind"): _one_of("percent amount unlock"),
    ("cash_movement", "kind"): _one_of(MovementKind),
    ("cash_shift", "counts"): _counts,
    ("check_in_list", "kind"): _one_of(ListKind),
    ("check_in_list", "entry_policy"): _one_of(EntryPolicy),
    ("check_in_list", "direction"): _one_of(Direction),
    ("check_in_list", "unpaid_policy"): _one_of(UnpaidPolicy),
    ("check_in_list", "print_policy"): _one_of(PrintPolicy),
    ("check_in_list", "auto_exit"): lambda value: value and read_time(value),
    ("scan", "outcome"): _one_of(Outcome),
    ("scan", "direction"): _one_of(Direction),
    ("offline_scan", "shown"): _one_of(Outcome),
    ("offline_scan", "conflict"): _one_of(
        " ".join(("twice", "turned_away", "not_allowed", "too_old", "other_door", *Outcome))
    ),
    ("statement_line", "booked_on"): _day,
    ("ticket", "revision"): _REVISION,
    ("token_revocation", "revision"): _REVISION,
    ("ticket", "group_from"): _whole(2, typed_text.MAX_PEOPLE),
    ("ticket_type", "group_from"): _whole(2, typed_text.MAX_PEOPLE),
    ("ticket_type", "admits"): _whole(0, MAX_ADMITS),
    ("ticket_type", "quota"): _whole(0, typed_text.MAX_PEOPLE),
}

_NAMES: Final[Mapping[str, Check]] = {
    "currency": _like("[A-Z]{3}"),
    "currency_exponent": _whole(0, 4),
    "capacity": _whole(0, typed_text.MAX_PEOPLE),
    **dict.fromkeys(
        ("name", "title", "label", "holder_name", "holder_email", "email", "seat", "nonce"), _line
    ),
    **dict.fromkeys(
        ("drawer", "row_name", "level", "organization", "actor_name", "operator_name"), _line
    ),
    # Numbers that the house replaces.
    **dict.fromkeys(("no", "number", "search_no", "key_id"), _nothing),
}
"""Checks of columns with the same name in many tables."""

_ENDINGS: Final[Mapping[str, Check]] = {
    "_bp": _whole(0, MAX_BP),
    "_code": lambda value: typed_text.line(value, msg("It"), most=MAX_NAME),
}

_SIGNED: Final = frozenset(
    {
        *(("cash_movement", "amount_minor"), ("cash_shift", "expected_minor")),
        *(("ledger", "amount_minor"), ("statement_line", "amount_minor")),
        *((table, "priority") for table in ("ticket_type", "waitlist_entry", "queue_request")),
    }
)
"""Columns whose numbers may be below zero."""

_KINDS: Final[Mapping[type, Check]] = {
    str: _page,
    int: _whole(0, MAX_MINOR),
    datetime: _Between(_instant),
}
