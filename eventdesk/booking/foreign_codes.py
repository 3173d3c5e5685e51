"""Ticket codes of other systems: what may be one, which are taken, and finding tickets by them.

They are compared without regard to the case of letters, as some scanners change it; no two of one
event may therefore differ by case alone.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, select, union, update

from data.bulk import chunks
from data.rows import LAST
from data.schema import BookingRow, TicketRow
from eventdesk.booking.booking import NewBooking
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg
from eventdesk.core.token import looks_like_token

MIN_FOREIGN_CODE: Final = 6
"""Shortest code that is taken: a shorter one can be guessed, and is often a plain number."""

MAX_FOREIGN_CODE: Final = 300
"""Longest code that is taken, in characters; as much as the desk's input holds."""

FIRST_REVISION: Final = 1
"""The revision of a ticket that a foreign code opens: the one the ticket was imported with."""

_SHAPE: Final = re.compile(rf"[!-~]{{{MIN_FOREIGN_CODE},{MAX_FOREIGN_CODE}}}")


MIN_ORDER: Final = 4
"""Shortest beginning of an order's number that is searched for."""


def read_foreign_code(text: str) -> str:
    """Return a text as a foreign code, or "" where it cannot be one.

    >>> read_foreign_code(" z3fsn8jyufm5kpk7 "), read_foreign_code("1001")
    ('z3fsn8jyufm5kpk7', '')
    """
    code = text.strip()
    return code if _SHAPE.fullmatch(code) else ""


def foreign_codes_among(connection: Connection, codes: Collection[str]) -> set[str]:
    """Which of these codes, in capitals, some ticket has from another system."""
    found = connection.execute(
        select(TicketRow.foreign_code).where(TicketRow.foreign_code.in_(codes))
    ).scalars()
    return {code.upper() for code in found if code}


def short_codes_among(connection: Connection, codes: Collection[str]) -> set[str]:
    """Which of these foreign codes are also short codes of tickets in this store."""
    spelled = {code: read_code(code) for code in codes}
    found: set[str] = set()
    for some in chunks(spelled.values()):
        taken = select(TicketRow.code).where(TicketRow.code.in_(some))
        found.update(connection.execute(taken).scalars())
    return {code for code, read in spelled.items() if read in found}


def tickets_with(
    connection: Connection, event_id: UUID, codes: Collection[str]
) -> dict[str, tuple[UUID, str]]:
    """Id and short code of an event's tickets that have these codes, by the code in lower case."""
    found: dict[str, tuple[UUID, str]] = {}
    for some in chunks(codes):
        rows = connection.execute(
            select(TicketRow.foreign_code, TicketRow.id, TicketRow.code).where(
                TicketRow.event_id == event_id, TicketRow.foreign_code.in_(some)
            )
        )
        found.update(((row.foreign_code or "").lower(), (row.id, row.code)) for row in rows)
    return found


def has_foreign_code(connection: Connection, event_id: UUID, text: str) -> bool:
    """Whether a text is the foreign code of a ticket of an event; it may be revoked."""
    code = read_foreign_code(text)
    return (
        bool(code)
        and connection.execute(_OF_EVENT, {"code": code, "event_id": event_id}).first() is not None
    )


_OF_EVENT = select(TicketRow.search_no).where(
    TicketRow.foreign_code == bindparam("code", type_=TicketRow.foreign_code.type),
    TicketRow.event_id == bindparam("event_id", type_=TicketRow.event_id.type),
)


@dataclass(frozen=True, slots=True)
class SoldElsewhere:
    """Search numbers of tickets that another system knows by a text.

    Attributes:
        named: Those whose code or order's number it is.
        begun: Those whose order's number begins with it.
    """

    named: tuple[int, ...] = ()
    begun: tuple[int, ...] = ()


def sold_elsewhere(
    connection: Connection, event_id: UUID, typed: str, *, limit: int
) -> SoldElsewhere:
    """Find tickets by their foreign code, or by their order's number with or without a #."""
    if code := read_foreign_code(typed):
        found = connection.execute(_OF_EVENT, {"code": code, "event_id": event_id}).scalars().all()
        if found:
            return SoldElsewhere(tuple(found))
    order = typed.encode("utf-8", "ignore").decode("utf-8").strip().lstrip("#").strip()
    if not order or "@" in order:
        return SoldElsewhere()
    spellings = (order, order.upper(), order.lower())
    exact = _in_orders(connection, event_id, spellings, spellings, limit)
    if len(order) < MIN_ORDER:
        return SoldElsewhere(exact)
    begun = _in_orders(connection, event_id, spellings, [each + LAST for each in spellings], limit)
    return SoldElsewhere(exact, tuple(no for no in begun if no not in exact))


def _in_orders(
    connection: Connection, event_id: UUID, first: Sequence[str], last: Sequence[str], limit: int
) -> tuple[int, ...]:
    """Tickets of the orders whose numbers lie in one of three ranges."""
    ranges = {f"first_{at}": each for at, each in enumerate(first)}
    ranges |= {f"last_{at}": each for at, each in enumerate(last)}
    found = connection.execute(_IN_ORDERS, {"event_id": event_id, "most": limit, **ranges})
    return tuple(found.scalars())


def _in_range(at: int) -> Select[int]:
    return (
        select(TicketRow.search_no)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            BookingRow.event_id == bindparam("event_id", type_=BookingRow.event_id.type),
            BookingRow.external_ref.between(bindparam(f"first_{at}"), bindparam(f"last_{at}")),
            BookingRow.source == "import",
        )
    )


# Each range by itself: SQLite reads all bookings of the event for three in one condition.
_IN_ORDERS: CompoundSelect[int] = (
    union(*map(_in_range, range(3))).order_by("search_no").limit(bindparam("most"))
)


def need_new_codes(connection: Connection, event_id: UUID, bookings: Sequence[NewBooking]) -> None:
    """Require foreign codes that are sound and free.

    Raises:
        InvalidInputError: One cannot be a code, or is taken.
    """
    codes = [
        ticket.foreign_code
        for booking in bookings
        for ticket in booking.tickets
        if ticket.foreign_code is not None
    ]
    if any(read_foreign_code(code) != code or looks_like_token(code) for code in codes):
        raise InvalidInputError(
            msg("A ticket code from elsewhere cannot be used."),
            hint=msg("It has 6 to 300 letters, digits and signs, without spaces."),
        )
    _need_free_codes(connection, event_id, codes)


def _need_free_codes(connection: Connection, event_id: UUID, codes: Sequence[str]) -> None:
    """Require codes that no ticket of the event has yet, and no short code equals."""
    if (
        len({code.lower() for code in codes}) < len(codes)
        or tickets_with(connection, event_id, codes)
        or short_codes_among(connection, codes)
    ):
        raise InvalidInputError(
            msg("A ticket code from elsewhere is taken already."),
            hint=msg("Check the file once more: the dry run names the row."),
        )


def renew_codes(connection: Connection, event_id: UUID, codes: Sequence[tuple[UUID, str]]) -> None:
    """Give tickets the codes they have in the other system now.

    Raises:
        InvalidInputError: One is taken.
    """
    if not codes:
        return
    _need_free_codes(connection, event_id, [code for _, code in codes])
    connection.execute(
        update(TicketRow)
        .where(
            TicketRow.id == bindparam("of_ticket", type_=TicketRow.id.type),
            TicketRow.revision == FIRST_REVISION,
        )
        .values(foreign_code=bindparam("new_code", type_=TicketRow.foreign_code.type)),
        [{"of_ticket": ticket_id, "new_code": code} for ticket_id, code in codes],
    )
