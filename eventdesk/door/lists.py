"""Check-in lists: for which tickets a door is, when it is open, how often it lets in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from data.schema import (
    AdmissionRow,
    CheckInListRow,
    CheckInListTypeRow,
    EventRow,
    ScanRow,
    TicketTypeRow,
)
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.event_row import event_row
from eventdesk.acts.naming import the_one_named
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.door.list_values import NewCheckInList, checked, list_values
from eventdesk.door.views import ListView


@allowed(Permission.EVENT)
def add_check_in_list(
    store: Store, actor: Actor, event_id: UUID, new: NewCheckInList, *, now: datetime
) -> ListView:
    """Add a check-in list.

    Raises:
        NotAllowedError: The actor is no organizer of this event.
        NotFoundError: There is no such event.
        InvalidInputError: Something about it cannot be, or belongs to another event; the message
            says what.
    """
    new, list_id = checked(new), new_id()
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        event = event_row(connection, event_id)
        values = list_values(connection, event_id, new)
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
    new = checked(new)
    with store.write() as connection:
        event_id = _event_of(connection, list_id)
        need_here(connection, actor, event_id, Permission.EVENT)
        event = event_row(connection, event_id)
        values = list_values(connection, event_id, new)
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
            kind=values["kind"],
            rules=len(values["rules"]),
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
    return the_one_named(
        "check-in list",
        named,
        lists,
        lambda one: one.name,
        label=lambda one: f"{one.name} ({one.event_name})",
    )


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
