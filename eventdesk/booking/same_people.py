"""People who have a ticket of an event already, by their names and addresses."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select

from data.bulk import chunks
from data.schema import TicketRow
from eventdesk.core.booking_states import VALID
from eventdesk.core.folding import fold

Who = tuple[str, str]
"""A name and an e-mail address as they are compared: without capitals, accents and spare spaces."""


def who_is(name: str, email: str) -> Who:
    """By what two people are taken for the same; the address may be ""."""
    return " ".join(fold(name).split()), email.strip().casefold()


def tickets_of_people(
    connection: Connection, event_id: UUID, people: Collection[Who]
) -> dict[Who, list[str]]:
    """The codes of an event's valid tickets of these people, the oldest first.

    Donations are none, nor is what was cancelled. Who has no ticket is left out.
    """
    found: dict[Who, list[str]] = defaultdict(list)
    wanted = set(people)
    for addresses in chunks(address for _name, address in people):
        rows = connection.execute(
            select(TicketRow.holder_name, TicketRow.holder_email, TicketRow.code)
            .where(
                TicketRow.event_id == event_id,
                TicketRow.state == VALID,
                TicketRow.holder_email.collate("NOCASE").in_(addresses),
            )
            .order_by(TicketRow.search_no)
        )
        for name, email, code in rows:
            if (who := who_is(name, email)) in wanted:
                found[who].append(code)
    return dict(found)
