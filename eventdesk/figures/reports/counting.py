"""Helpers of reports: quarters of an hour, currencies, titles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, select, type_coerce

from data.rows import AnyRow
from data.schema import TicketTypeRow
from eventdesk.core.messages import _
from eventdesk.core.money import Money
from eventdesk.core.reports import Report, ReportKind, ReportTable

_QUARTER_US: Final = 15 * 60 * 1_000_000
"""Microseconds of a quarter of an hour, of which the offsets of all time zones are multiples."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Currency = tuple[str, int]
"""A currency and its digits behind the decimal point."""


def quarter(column: Any) -> Any:
    """The number of an instant's quarter of an hour, in SQL; `at_quarter` reads it."""
    return type_coerce(column, BigInteger) // _QUARTER_US


def at_quarter(number: int, zone: ZoneInfo) -> datetime:
    """The beginning of a numbered quarter of an hour, in a time zone."""
    return (_EPOCH + number * timedelta(microseconds=_QUARTER_US)).astimezone(zone)


def type_names(connection: Connection, event_id: UUID) -> dict[UUID, str]:
    """The ticket types of an event in their order."""
    rows = connection.execute(
        select(TicketTypeRow.id, TicketTypeRow.name)
        .where(TicketTypeRow.event_id == event_id)
        .order_by(TicketTypeRow.position, TicketTypeRow.id)
    )
    return {row.id: row.name for row in rows}


def money(minor: int, currency: Currency) -> Money:
    """An amount of a currency."""
    return Money(minor, *currency)


def titled(title: str, currency: Currency, *, several: bool) -> str:
    """The title of a table, with its currency where a report has tables of several."""
    return _("{title} in {currency}", title=title, currency=currency[0]) if several else title


def grouped(rows: Iterable[Any]) -> Mapping[Currency, list[Any]]:
    """Rows by the currency they name, in alphabetical order."""
    found: dict[Currency, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.currency, row.currency_exponent].append(row)
    return dict(sorted(found.items()))


def made(
    kind: ReportKind,
    title: str,
    event: AnyRow,
    tables: Iterable[ReportTable],
    *remarks: str,
    now: datetime,
) -> Report:
    """Make a report of an event."""
    return Report(
        kind, title, event.name, now, event.time_zone, tuple(tables), tuple(filter(None, remarks))
    )
