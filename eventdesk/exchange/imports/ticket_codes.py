"""The ticket codes a file brings: each opens one ticket of the event and nothing else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from eventdesk.booking.foreign_code import (
    FIRST_REVISION,
    MAX_FOREIGN_CODE,
    MIN_FOREIGN_CODE,
    read_foreign_code,
)
from eventdesk.booking.foreign_codes import short_codes_among, tickets_with
from eventdesk.core.token import looks_like_token
from eventdesk.exchange.imports.plan import Reason
from eventdesk.exchange.imports.rows import Problems, Row

_ROUNDED: Final = re.compile(r"[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket that is here from an import before.

    Attributes:
        foreign_code: Its code from the other system; None where the file had none.
        revision: The revision of its code here.
    """

    id: UUID
    foreign_code: str | None
    revision: int


def check_codes(
    connection: Connection,
    event_id: UUID,
    rows: Sequence[Row],
    known: Mapping[int, Known],
    problems: Problems,
) -> None:
    """Note every row whose ticket code cannot open one ticket alone.

    Args:
        connection: A read transaction.
        event_id: The event.
        rows: Rows that stand for tickets.
        known: The tickets of rows that are here from an import before, by the row's number.
        problems: Where what is wrong is noted.
    """
    coded = [row for row in rows if row.code]
    sound = [row for row in coded if not _is_wrong(row, problems)]
    first: dict[str, Row] = {}
    single = [row for row in sound if not _is_twin(row, first, problems)]
    codes = [row.code for row in single]
    taken = tickets_with(connection, event_id, codes)
    short = short_codes_among(connection, codes)
    for row in single:
        ticket_id, ticket_code = taken.get(row.code.lower(), (None, ""))
        own = known.get(row.number)
        if ticket_id is not None and (own is None or own.id != ticket_id):
            problems.add(
                row.number,
                Reason.BAD_CODE,
                f"Ticket {ticket_code} of this event has this code already.",
            )
        elif row.code in short:
            problems.add(
                row.number,
                Reason.BAD_CODE,
                "A ticket here has this as its short code, which everybody may see; "
                "leave the cell empty.",
                row.code,
            )


def renewed(rows: Iterable[Row], known: Mapping[int, Known]) -> list[tuple[UUID, str]]:
    """The tickets that are here already and have another code by now, or had none.

    A ticket whose code was issued anew here keeps that; the other system cannot know of it.
    """
    return [
        (ticket.id, row.code)
        for row in rows
        if row.code
        and (ticket := known.get(row.number)) is not None
        and ticket.revision == FIRST_REVISION
        and (ticket.foreign_code or "").lower() != row.code.lower()
    ]


def _is_wrong(row: Row, problems: Problems) -> bool:
    sentence = _fault(row)
    if sentence:
        problems.add(row.number, Reason.BAD_CODE, sentence, row.code)
    return bool(sentence)


def _fault(row: Row) -> str:
    """Why a text cannot be the code of a ticket; "" where it can."""
    if row.count > 1:
        return "One code opens one ticket; write a row for each ticket."
    if _ROUNDED.fullmatch(row.code):
        return "A spreadsheet has rounded it; save the column as text, or use the file as it came."
    if len(row.code) < MIN_FOREIGN_CODE:
        return (
            f"A code of fewer than {MIN_FOREIGN_CODE} signs can be guessed; empty it, or leave "
            "the column out."
        )
    if len(row.code) > MAX_FOREIGN_CODE:
        return f"A code has at most {MAX_FOREIGN_CODE} signs."
    if not read_foreign_code(row.code):
        return "A code has letters, digits and signs without accents, and no spaces."
    if looks_like_token(row.code):
        return "It has the shape of a code of eventdesk itself; bring that event as an archive."
    return ""


def _is_twin(row: Row, first: dict[str, Row], problems: Problems) -> bool:
    before = first.setdefault(row.code.lower(), row)
    if before is row:
        return False
    if before.code == row.code:
        words = f"Row {before.number} has the same ticket code; take one of them out."
    else:
        words = f"The code of row {before.number} differs by capitals alone; scanners mix them up."
    problems.add(row.number, Reason.BAD_CODE, words)
    return True
