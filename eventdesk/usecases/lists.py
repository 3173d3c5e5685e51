"""Check-in lists: for which tickets a door is, when it is open, how often it lets in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from data.schema import (
    AdmissionRow,
    CheckInListRow,
    CheckInListTypeRow,
    EventRow,
    ScanRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.errors import InvalidInputError, NotFoundError
from eventdesk.model import typed_text
from eventdesk.model.door import (
    CheckInList,
    Direction,
    EntryPolicy,
    PrintPolicy,
    Question,
    UnpaidPolicy,
)
from eventdesk.model.ids import new_id
from eventdesk.model.people import Actor, Permission
from eventdesk.model.views import ListView
from eventdesk.usecases.audit import record
from eventdesk.usecases.events import event_row
from eventdesk.usecases.naming import the_one
from eventdesk.usecases.permission import allowed, need_here


@dataclass(frozen=True, slots=True)
class NewCheckInList:
    """What a check-in list is made of; see `CheckInList` for the meaning of each field."""

    name: str
    ticket_type_ids: frozenset[UUID] = frozenset()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    entry_policy: EntryPolicy = EntryPolicy.ONCE
    direction: Direction = Direction.ENTRY
    unpaid_policy: UnpaidPolicy = UnpaidPolicy.REFUSE
    print_policy: PrintPolicy = PrintPolicy.FIRST_ENTRY
    exit_needs_entry: bool = True
    min_minutes_between: int = 0
    max_entries: int | None = None
    attention: str = ""
    questions: tuple[Question, ...] = ()


@allowed(Permission.EVENT)
def add_check_in_list(
    store: Store, actor: Actor, event_id: UUID, new: NewCheckInList, *, now: datetime
) -> ListView:
    """Add a check-in list.

    Raises:
        NotAllowedError: The actor is no organizer of this event.
        NotFoundError: There is no such event.
        InvalidInputError: No name, it closes before it opens, or a ticket type is another event's.
    """
    values, list_id = _values(new), new_id()
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        event = event_row(connection, event_id)
        last = select(func.coalesce(func.max(CheckInListRow.position), -1))
        position = connection.execute(last.where(CheckInListRow.event_id == event_id)).scalar_one()
        connection.execute(
            insert(CheckInListRow).values(
                id=list_id, event_id=event_id, position=position + 1, **values
            )
        )
        _take_types(connection, event_id, list_id, new.ticket_type_ids)
        subject, name = ("check_in_list", list_id), values["name"]
        record(
            connection, actor, "add_check_in_list", subject, now=now, event_id=event_id, name=name
        )
    return ListView(list_id, event_id, name, event.name)


@allowed(Permission.EVENT)
def change_check_in_list(
    store: Store, actor: Actor, list_id: UUID, new: NewCheckInList, *, now: datetime
) -> ListView:
    """Change a check-in list; the next scan follows it, what was scanned stays as it is.

    Raises:
        NotAllowedError: The actor is no organizer of its event.
        NotFoundError: There is no such list.
        InvalidInputError: As with `add_check_in_list`.
    """
    values = _values(new)
    with store.write() as connection:
        event_id = _event_of(connection, list_id)
        need_here(connection, actor, event_id, Permission.EVENT)
        event = event_row(connection, event_id)
        connection.execute(
            update(CheckInListRow).where(CheckInListRow.id == list_id).values(**values)
        )
        connection.execute(delete(CheckInListTypeRow).where(CheckInListTypeRow.list_id == list_id))
        _take_types(connection, event_id, list_id, new.ticket_type_ids)
        record(
            connection,
            actor,
            "change_check_in_list",
            ("check_in_list", list_id),
            now=now,
            event_id=event_id,
            name=values["name"],
            entry_policy=values["entry_policy"],
            unpaid_policy=values["unpaid_policy"],
        )
    return ListView(list_id, event_id, values["name"], event.name)


@allowed(Permission.EVENT)
def remove_check_in_list(store: Store, actor: Actor, list_id: UUID, *, now: datetime) -> None:
    """Remove a check-in list by which nothing was scanned.

    Raises:
        NotAllowedError: The actor is no organizer of its event.
        NotFoundError: There is no such list.
        InvalidInputError: Something was scanned by it; scans are kept for ever.
    """
    with store.write() as connection:
        event_id = _event_of(connection, list_id)
        need_here(connection, actor, event_id, Permission.EVENT)
        scanned = select(ScanRow.id).where(ScanRow.list_id == list_id).limit(1)
        admitted = select(AdmissionRow.ticket_id).where(AdmissionRow.list_id == list_id).limit(1)
        if connection.execute(scanned).first() or connection.execute(admitted).first():
            raise InvalidInputError(
                "Something was scanned by this list, and scans are kept.",
                hint="Give it a time at which it closes instead: nobody is let in after that.",
            )
        connection.execute(delete(CheckInListTypeRow).where(CheckInListTypeRow.list_id == list_id))
        connection.execute(delete(CheckInListRow).where(CheckInListRow.id == list_id))
        subject = ("check_in_list", list_id)
        record(connection, actor, "remove_check_in_list", subject, now=now, event_id=event_id)


def list_check_in_lists(store: Store, event_id: UUID | None = None) -> list[ListView]:
    """Read the check-in lists of one event, or of all, in the organizer's order."""
    query = (
        select(CheckInListRow.id, CheckInListRow.event_id, CheckInListRow.name, EventRow.name)
        .join(EventRow, EventRow.id == CheckInListRow.event_id)
        .order_by(EventRow.number.desc(), CheckInListRow.position)
    )
    if event_id is not None:
        query = query.where(CheckInListRow.event_id == event_id)
    with store.read() as connection:
        return [ListView(*row) for row in connection.execute(query)]


def find_list(store: Store, named: str, event_id: UUID | None = None) -> ListView:
    """Find a check-in list by id or the beginning of its name; "" means the only one.

    Raises:
        NotFoundError: None or several match; the hint lists them.
    """
    lists = list_check_in_lists(store, event_id)
    typed = named.strip()
    matches = [
        one for one in lists if typed == str(one.id) or one.name.casefold() == typed.casefold()
    ] or [one for one in lists if one.name.casefold().startswith(typed.casefold())]
    names = [f"{one.name} ({one.event_name})" for one in lists]
    choices = [
        name if names.count(name) == 1 else f"{name}: {one.id}"
        for name, one in zip(names, lists, strict=True)
    ]
    return the_one("check-in list", typed, matches, choices)


def list_at_door(connection: Connection, list_id: UUID) -> CheckInList:
    """Read one check-in list as the rules see it.

    Raises:
        NotFoundError: There is no such list.
    """
    rows = connection.execute(_DOOR, {"list_id": list_id}).all()
    if not rows:
        raise NotFoundError(
            "There is no such check-in list.", hint="List them: `eventdesk events`."
        )
    row = rows[0]
    return CheckInList(
        id=list_id,
        event_id=row.event_id,
        name=row.name,
        event_name=row.event_name,
        time_zone=row.time_zone,
        ticket_type_ids=frozenset(one.type_id for one in rows if one.type_id is not None),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        entry_policy=EntryPolicy(row.entry_policy),
        direction=Direction(row.direction),
        unpaid_policy=UnpaidPolicy(row.unpaid_policy),
        print_policy=PrintPolicy(row.print_policy),
        exit_needs_entry=row.exit_needs_entry,
        min_minutes_between=row.min_minutes_between,
        max_entries=row.max_entries,
        questions=tuple(Question(key, text) for key, text in row.questions.items()),
        attention_text=row.attention,
    )


# One row for each ticket type. Built once: SQLAlchemy takes longer to build a query than SQLite to
# answer it.
_DOOR = (
    select(
        CheckInListRow.event_id,
        CheckInListRow.name,
        EventRow.name.label("event_name"),
        EventRow.time_zone,
        CheckInListRow.opens_at,
        CheckInListRow.closes_at,
        CheckInListRow.entry_policy,
        CheckInListRow.direction,
        CheckInListRow.unpaid_policy,
        CheckInListRow.print_policy,
        CheckInListRow.exit_needs_entry,
        CheckInListRow.min_minutes_between,
        CheckInListRow.max_entries,
        CheckInListRow.questions,
        CheckInListRow.attention,
        CheckInListTypeRow.ticket_type_id.label("type_id"),
    )
    .join(EventRow, EventRow.id == CheckInListRow.event_id)
    .outerjoin(CheckInListTypeRow, CheckInListTypeRow.list_id == CheckInListRow.id)
    .where(CheckInListRow.id == bindparam("list_id"))
)


def _values(new: NewCheckInList) -> dict[str, Any]:
    """What is written down of a list, checked."""
    name = typed_text.line(new.name, "A name", needed=True)
    if new.opens_at is not None and new.closes_at is not None and new.closes_at <= new.opens_at:
        raise InvalidInputError("The list closes before it opens.", hint="Check both times.")
    return {
        "name": name,
        "opens_at": new.opens_at,
        "closes_at": new.closes_at,
        "entry_policy": new.entry_policy,
        "direction": new.direction,
        "unpaid_policy": new.unpaid_policy,
        "print_policy": new.print_policy,
        "exit_needs_entry": new.exit_needs_entry,
        "min_minutes_between": new.min_minutes_between,
        "max_entries": new.max_entries,
        "attention": new.attention,
        "questions": {question.id: question.text for question in new.questions},
    }


def _event_of(connection: Connection, list_id: UUID) -> UUID:
    event_id: UUID | None = connection.execute(
        select(CheckInListRow.event_id).where(CheckInListRow.id == list_id)
    ).scalar_one_or_none()
    if event_id is None:
        raise NotFoundError(
            "There is no such check-in list any more.", hint="Read the lists again (F5)."
        )
    return event_id


def _take_types(
    connection: Connection, event_id: UUID, list_id: UUID, types: frozenset[UUID]
) -> None:
    """Let a list take these ticket types of its event, and no other."""
    if not types:
        return
    here = connection.execute(
        select(func.count()).where(TicketTypeRow.event_id == event_id, TicketTypeRow.id.in_(types))
    ).scalar_one()
    if here != len(types):
        raise InvalidInputError(
            "A ticket type is not one of this event.", hint="Choose them from the list again."
        )
    connection.execute(
        insert(CheckInListTypeRow),
        [{"list_id": list_id, "ticket_type_id": kind} for kind in sorted(types)],
    )
