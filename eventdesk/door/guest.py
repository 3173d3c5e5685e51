"""A guest at a door: the ticket, what happened with it, what is due, and what the list shows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from data.schema import AnswerRow, QuestionRow, TicketRow, TicketTypeRow
from eventdesk.acts import Act, Permission, reads
from eventdesk.booking import TicketView
from eventdesk.core.errors import NotFoundError
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money
from eventdesk.door.check_in_list import CheckInList, ListKind, UnpaidPolicy
from eventdesk.door.find import views_at
from eventdesk.door.groups import RestOfBooking, rest_at
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.scan import ScanView
from eventdesk.door.scan_log import ticket_scans
from eventdesk.money import balance

ALONE: Final = RestOfBooking()


@dataclass(frozen=True, slots=True)
class Guest:
    """A ticket as it stands at a list, all of it read at one moment.

    Attributes:
        booking_id: What it belongs to.
        scans: The newest scans of the ticket, at whatever list.
        rest: The others of its booking that did not pass yet.
        unpaid: What the list does with tickets that are not paid.
        due: What is due for its booking; None where nothing is.
        kind: What passing the list's door means.
        told: What the list shows with each verdict: how it is called, and what it is.
    """

    ticket: TicketView
    booking_id: UUID
    scans: tuple[ScanView, ...] = ()
    rest: RestOfBooking = ALONE
    unpaid: UnpaidPolicy = UnpaidPolicy.REFUSE
    due: Money | None = None
    kind: ListKind = ListKind.ARRIVE
    told: tuple[tuple[str, str], ...] = ()


@reads(Permission.DOOR)
def guest_at(act: Act, ticket_id: UUID, list_id: UUID) -> Guest:
    """Read a ticket as it stands at a check-in list, with all that staff need beside it.

    Raises:
        NotFoundError: There is no such list, or no such ticket at its event.
    """
    door = list_at_door(act.connection, list_id)
    act.need(door.event_id, Permission.DOOR)
    here = (TicketRow.id == ticket_id, TicketRow.event_id == door.event_id)
    found = views_at(act, *here, list_id=list_id)
    if not found:
        raise NotFoundError(msg("There is no such ticket."))
    [ticket] = found
    booking_id = act.connection.execute(
        select(TicketRow.booking_id).where(TicketRow.id == ticket_id)
    ).scalar_one()
    return Guest(
        ticket,
        booking_id,
        tuple(ticket_scans(act, ticket_id)),
        rest_at(act, ticket_id, door),
        door.unpaid_policy,
        None if ticket.paid or ticket.cancelled else _due(act, booking_id),
        door.kind,
        tuple(_told(act, ticket_id, door)) if door.tells else (),
    )


def _due(act: Act, booking_id: UUID) -> Money | None:
    due = balance(act.connection, booking_id).due
    return due if due.minor > 0 else None


def _told(act: Act, ticket_id: UUID, door: CheckInList) -> Iterator[tuple[str, str]]:
    """What the list shows of a guest: the age, the answers, what else was bought."""
    wanted = {*door.tell_answers, door.tell_age} - {None}
    given = {"ticket_id": ticket_id, "wanted": list(wanted)}
    answers = act.connection.execute(_ANSWERS, given).all() if wanted else []
    for row in answers:
        if row.id == door.tell_age:
            yield _("Age"), _age(row.value, date.fromisoformat(door.day_of(act.now)))
    for row in answers:
        if row.id in door.tell_answers:
            yield row.text, row.value
    if door.tell_bought:
        bought = Counter(act.connection.execute(_BOUGHT, {"ticket_id": ticket_id}).scalars())
        if bought:
            yield _("Also bought"), ", ".join(f"{count} × {name}" for name, count in bought.items())


def _age(answer: str, today: date) -> str:
    age = age_on(answer, today)
    return answer if age is None else str(age)


MAX_AGE_DIGITS: Final = 3


def age_on(answer: str, today: date) -> int | None:
    """The age that an answer means on a day; None where it is neither an age nor a date of birth.

    >>> age_on("17", date(2026, 6, 1)), age_on("2008-06-02", date(2026, 6, 1))
    (17, 17)
    """
    typed = answer.strip()
    if typed.isdecimal() and len(typed) <= MAX_AGE_DIGITS:
        return int(typed)
    born = _born(typed)
    if born is None or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _born(typed: str) -> date | None:
    """A date of birth, as 2008-06-02 or 2.6.2008."""
    try:
        if "." in typed:
            day, month, year = map(int, typed.split("."))
            return date(year, month, day)
        return date.fromisoformat(typed)
    except (ValueError, OverflowError):  # a year beyond all machine numbers overflows
        return None


_ID = TicketRow.id.type
_ANSWERS = (
    select(QuestionRow.id, QuestionRow.text, AnswerRow.value)
    .join(AnswerRow, AnswerRow.question_id == QuestionRow.id)
    .where(
        AnswerRow.ticket_id == bindparam("ticket_id", type_=_ID),
        QuestionRow.id.in_(bindparam("wanted", expanding=True, type_=_ID)),
    )
    .order_by(QuestionRow.position)
)
_BOUGHT = (
    select(TicketTypeRow.name)
    .join(TicketRow, TicketRow.ticket_type_id == TicketTypeRow.id)
    .where(
        TicketRow.booking_id
        == select(TicketRow.booking_id)
        .where(TicketRow.id == bindparam("ticket_id", type_=_ID))
        .scalar_subquery(),
        TicketRow.id != bindparam("ticket_id", type_=_ID),
        TicketRow.state == "valid",
    )
    .order_by(TicketTypeRow.position, TicketTypeRow.id)
)
