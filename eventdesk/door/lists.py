"""Check-in lists of an event: add, change, remove, find, and try the rules of one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, exists, func, insert, select

from data.rows import count_rows, delete_row, insert_row, update_row
from data.schema import (
    AdmissionRow,
    CheckInListRow,
    CheckInListTypeRow,
    EventRow,
    GateRow,
    QuestionRow,
    RoomRow,
    ScanRow,
    SessionRow,
    TicketTypeRow,
)
from eventdesk.acts import Act, Permission, event_of, event_row, reads, the_one_named, writes
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.remedies import Remedy, advise
from eventdesk.door.check_in_list import (
    CheckInList,
    Direction,
    GateView,
    ListKind,
    ListView,
    NewCheckInList,
    UnpaidPolicy,
    checked,
    kept_questions,
    kept_rules,
    read_rules,
)
from eventdesk.door.decide import Decision, decide
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.scan import History, Passage, TicketFacts, said, with_automatic_exits
from eventdesk.events import closed_at


def list_values(connection: Connection, event_id: UUID, new: NewCheckInList) -> dict[str, Any]:
    """The columns of a checked list, after a check that all it names is of its event.

    Raises:
        InvalidInputError: A room, session, gate, question or ticket type is another event's.
    """
    types = {each for rule in new.rules for each in rule.ticket_type_ids}
    gates = {each for rule in new.rules for each in rule.gate_ids}
    for table, ids, what in (
        (TicketTypeRow, types, msg("A ticket type of a rule")),
        (GateRow, gates, msg("A gate of a rule")),
        (RoomRow, {new.room_id} - {None}, msg("The room")),
        (SessionRow, {new.session_id} - {None}, msg("The session")),
        (QuestionRow, {new.item_question_id} - {None}, msg("The question for what is collected")),
        (QuestionRow, {*new.tell_answers, new.tell_age} - {None}, msg("A question to be shown")),
    ):
        _need_here(connection, table, event_id, ids, what)
    return {
        **_fields(new, "ticket_type_ids", "tell_answers", "tell_age", "tell_bought"),
        "tells": new.tells,
        "questions": kept_questions(new.questions),
        "rules": kept_rules(new.rules),
    }


def _fields(new: NewCheckInList, *without: str) -> dict[str, Any]:
    return {each.name: getattr(new, each.name) for each in fields(new) if each.name not in without}


def _need_here(
    connection: Connection, table: Any, event_id: UUID, ids: Collection[UUID | None], what: Message
) -> None:
    if not ids:
        return
    here = select(func.count()).where(table.event_id == event_id, table.id.in_(ids))
    if connection.execute(here).scalar_one() != len(ids):
        raise InvalidInputError(
            msg("{what} is not one of this event.", what=what),
            hint=msg("Choose it from the list again."),
        )


@writes(Permission.EVENT, about="event_id")
def add_check_in_list(act: Act, event_id: UUID, new: NewCheckInList) -> ListView:
    """Add a check-in list.

    Raises:
        InvalidInputError: A value cannot be used, or names what is not of this event.
    """
    new, list_id = checked(new), new_id()
    act.need(event_id, Permission.EVENT)
    event = event_row(act.connection, event_id)
    values = list_values(act.connection, event_id, new)
    last = select(func.coalesce(func.max(CheckInListRow.position), -1))
    position = act.connection.execute(last.where(CheckInListRow.event_id == event_id)).scalar_one()
    insert_row(
        act.connection,
        CheckInListRow,
        id=list_id,
        event_id=event_id,
        position=position + 1,
        **values,
    )
    _take_types(act.connection, event_id, list_id, new.ticket_type_ids)
    act.record(
        "add_check_in_list",
        ("check_in_list", list_id),
        event_id=event_id,
        name=new.name,
        **{"offline_hours": new.offline_hours} if new.offline else {},
    )
    return ListView(list_id, event_id, new.name, event.name)


@writes(Permission.EVENT, about=event_of(CheckInListRow, "list_id"))
def change_check_in_list(act: Act, list_id: UUID, new: NewCheckInList) -> ListView:
    """Change a check-in list; the next scan follows it, what was scanned stays as it is.

    Raises:
        NotFoundError: There is no such list.
        InvalidInputError: As with `add_check_in_list`.
    """
    new = checked(new)
    event_id = _event_of(act.connection, list_id)
    act.need(event_id, Permission.EVENT)
    event = event_row(act.connection, event_id)
    values = list_values(act.connection, event_id, new)
    update_row(act.connection, CheckInListRow, list_id, **values)
    act.connection.execute(delete(CheckInListTypeRow).where(CheckInListTypeRow.list_id == list_id))
    _take_types(act.connection, event_id, list_id, new.ticket_type_ids)
    act.record(
        "change_check_in_list",
        ("check_in_list", list_id),
        event_id=event_id,
        name=new.name,
        entry_policy=new.entry_policy,
        unpaid_policy=new.unpaid_policy,
        kind=new.kind,
        rules=len(new.rules),
        **{"offline_hours": new.offline_hours} if new.offline else {},
    )
    return ListView(list_id, event_id, new.name, event.name)


@writes(Permission.EVENT, about=event_of(CheckInListRow, "list_id"))
def remove_check_in_list(act: Act, list_id: UUID) -> None:
    """Remove a check-in list by which nothing was scanned.

    Raises:
        NotFoundError: There is no such list.
        InvalidInputError: Something was scanned by it; scans are kept for ever.
    """
    event_id = _event_of(act.connection, list_id)
    act.need(event_id, Permission.EVENT)
    scanned = exists().where(ScanRow.list_id == list_id)
    admitted = exists().where(AdmissionRow.list_id == list_id)
    if act.connection.execute(select(scanned | admitted)).scalar_one():
        raise InvalidInputError(
            msg("Something was scanned by this list, and scans are kept."),
            hint=msg("Give it a time at which it closes instead: nobody is let in after that."),
        )
    act.connection.execute(delete(CheckInListTypeRow).where(CheckInListTypeRow.list_id == list_id))
    delete_row(act.connection, CheckInListRow, list_id)
    act.record("remove_check_in_list", ("check_in_list", list_id), event_id=event_id)


@reads(internal=True)
def list_check_in_lists(act: Act, event_id: UUID | None = None) -> list[ListView]:
    """Read the check-in lists of one event, or of all, in the organizer's order."""
    return _lists(act, event_id)


def _lists(act: Act, event_id: UUID | None) -> list[ListView]:
    query = (
        select(CheckInListRow.id, CheckInListRow.event_id, CheckInListRow.name, EventRow.name)
        .join(EventRow, EventRow.id == CheckInListRow.event_id)
        .order_by(EventRow.number.desc(), CheckInListRow.position)
    )
    if event_id is not None:
        query = query.where(CheckInListRow.event_id == event_id)
    return [ListView(*row) for row in act.connection.execute(query)]


@reads(internal=True)
def find_list(act: Act, named: str, event_id: UUID | None = None) -> ListView:
    """Find a check-in list by id or the beginning of its name; "" means the only one.

    Raises:
        NotFoundError: None or several match; the hint lists them.
    """
    lists = _lists(act, event_id)
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
            msg("There is no such check-in list any more."), hint=advise(Remedy.READ_AGAIN)
        )
    return event_id


@reads(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def unpaid_policy(act: Act, list_id: UUID) -> UnpaidPolicy:
    """Say what a check-in list does with a ticket that is not paid."""
    door = list_at_door(act.connection, list_id)
    act.need(door.event_id, Permission.DOOR)
    return door.unpaid_policy


def _take_types(
    connection: Connection, event_id: UUID, list_id: UUID, types: frozenset[UUID]
) -> None:
    """Let a list take these ticket types of its event, and no other."""
    if not types:
        return
    here = count_rows(connection, TicketTypeRow.event_id == event_id, TicketTypeRow.id.in_(types))
    if here != len(types):
        raise InvalidInputError(
            msg("A ticket type is not one of this event."),
            hint=msg("Choose them from the list again."),
        )
    connection.execute(
        insert(CheckInListTypeRow),
        [{"list_id": list_id, "ticket_type_id": kind} for kind in sorted(types)],
    )


MAX_TRIED = 100
"""Most entries before that are tried."""


@reads(Permission.EVENT)
def try_rule(
    act: Act,
    listed: UUID | NewCheckInList,
    *,
    ticket_type_id: UUID,
    gate_id: UUID | None = None,
    at: datetime,
    entries_before: Sequence[datetime] = (),
    inside: int = 0,
    in_company: bool = False,
    event_id: UUID | None = None,
) -> Decision:
    """Say what the door would answer to a good ticket; nothing is written.

    The ticket is paid, approved and has its place; questions of the list are taken to be answered.

    Args:
        listed: A list, or one that is not saved yet.
        gate_id: Where it is scanned; None is at no gate.
        entries_before: When the ticket came in before, aware UTC.
        in_company: Whether somebody is in who may accompany the holder.
        event_id: The event of a list that is not saved yet.

    Raises:
        NotFoundError: There is no such list, ticket type or gate.
        InvalidInputError: The list that is not saved cannot be; the message says what.
    """
    if len(entries_before) > MAX_TRIED:
        raise InvalidInputError(
            msg("At most {max_tried} entries before are tried.", max_tried=MAX_TRIED)
        )
    if isinstance(listed, UUID):
        door = list_at_door(act.connection, listed)
        act.need(door.event_id, Permission.EVENT)
    elif event_id is None:
        raise InvalidInputError(msg("A list that is not saved needs its event."))
    else:
        act.need(event_id, Permission.EVENT)
        door = _as_if_saved(act.connection, event_id, checked(listed))
    kind = act.connection.execute(
        select(TicketTypeRow.accompanied).where(
            TicketTypeRow.id == ticket_type_id, TicketTypeRow.event_id == door.event_id
        )
    ).scalar_one_or_none()
    if kind is None:
        raise NotFoundError(msg("There is no such ticket type at this event."))
    came = sorted(each for each in entries_before if each <= at)
    passages = [Passage(Direction.ENTRY, each, "", new_id()) for each in came]
    return decide(
        TicketFacts(
            new_id(), door.event_id, ticket_type_id, accompanied=kind, company_in=in_company
        ),
        replace(door, questions=()),
        History(with_automatic_exits(passages, door.auto_exit, door.time_zone, at)),
        at,
        {},
        direction=door.way(None),
        gate_id=gate_id,
        inside=inside if door.limit is not None else None,
    )


def verdict_told(decision: Decision, door_kind: str = "arrive") -> str:
    """Say a decision in one line: sign, word, rule, and why."""
    wording = said(decision.outcome, door_kind)
    why = decision.reason or decision.guest_sentence
    return f"{wording.tone.sign} {wording.word}: {why}"


def need_no_rule(connection: Connection, type_id: UUID, name: str) -> None:
    """Take a ticket type that is removed out of the rules of lists.

    Raises:
        InvalidInputError: A rule is for this type only; it would be for all without it.
    """
    event = select(TicketTypeRow.event_id).where(TicketTypeRow.id == type_id).scalar_subquery()
    lists = connection.execute(
        select(CheckInListRow.id, CheckInListRow.name, CheckInListRow.rules).where(
            CheckInListRow.event_id == event
        )
    ).all()
    for row in lists:
        rules = read_rules(row.rules)
        if not any(type_id in rule.ticket_type_ids for rule in rules):
            continue
        if any(rule.ticket_type_ids == {type_id} for rule in rules):
            raise InvalidInputError(
                msg(
                    "A rule of the list “{list}” is for {name} only; without it, it would "
                    "be for all.",
                    list=plain(row.name),
                    name=name,
                ),
                hint=msg("Change that first, or switch the ticket type off."),
            )
        left = [replace(each, ticket_type_ids=each.ticket_type_ids - {type_id}) for each in rules]
        update_row(connection, CheckInListRow, row.id, rules=kept_rules(left))


def _as_if_saved(connection: Connection, event_id: UUID, new: NewCheckInList) -> CheckInList:
    """The list as the rules would see it, had it been saved."""
    list_values(connection, event_id, new)
    event = event_row(connection, event_id)
    gate_ids = {each for rule in new.rules for each in rule.gate_ids}
    gates = connection.execute(select(GateRow.id, GateRow.name).where(GateRow.id.in_(gate_ids)))
    session = connection.execute(
        select(SessionRow.title, SessionRow.room_id, SessionRow.cancelled_at).where(
            SessionRow.id == new.session_id
        )
    ).one_or_none()
    room_id = new.room_id or (session.room_id if session is not None else None)
    room = connection.execute(
        select(RoomRow.name, RoomRow.capacity).where(RoomRow.id == room_id)
    ).one_or_none()
    return CheckInList(
        new_id(),
        event_id,
        **_fields(new),
        event_name=event.name,
        time_zone=event.time_zone,
        event_closed_at=closed_at(event),
        event_cancelled=event.cancelled_at is not None,
        room_name=room.name if room is not None else "",
        session_title=session.title if session is not None else "",
        session_cancelled=session is not None and session.cancelled_at is not None,
        room_capacity=room.capacity if room is not None and new.kind is ListKind.ROOM else None,
        gates=tuple((row.id, row.name) for row in gates),
    )


@dataclass(frozen=True, slots=True)
class DoorSetup:
    """All there is at the doors of one event.

    Attributes:
        lists: In the organizer's order.
        gates: By name.
        ticket_types: Ids and names, in the order in which they are sold.
        rooms: Ids and names, with what they hold.
        sessions: Ids and titles, in the order of the programme.
        questions: Ids and texts of what the event asks everyone who comes.
    """

    lists: tuple[CheckInList, ...]
    gates: tuple[GateView, ...]
    ticket_types: tuple[tuple[UUID, str], ...]
    rooms: tuple[tuple[UUID, str], ...] = ()
    sessions: tuple[tuple[UUID, str], ...] = ()
    questions: tuple[tuple[UUID, str], ...] = ()


@reads(Permission.EVENT, Permission.TICKETS, Permission.DOOR, about="event_id")
def doors_of_event(act: Act, event_id: UUID) -> DoorSetup:
    """Read how the doors of an event are set up; all empty for an unknown event."""
    act.need(event_id, Permission.EVENT, Permission.TICKETS, Permission.DOOR)
    return _setup(act.connection, event_id)


def _setup(connection: Connection, event_id: UUID) -> DoorSetup:
    lists, gates, types = CheckInListRow, GateRow, TicketTypeRow
    rooms, sessions, questions = RoomRow, SessionRow, QuestionRow

    def rows(table: Any, *columns: Any, by: Sequence[Any]) -> list[Any]:
        query = select(table.id, *columns).where(table.event_id == event_id).order_by(*by)
        return list(connection.execute(query))

    return DoorSetup(
        # Their own time at which all have left, not that of another list which they follow.
        lists=tuple(
            replace(list_at_door(connection, row.id), auto_exit=row.auto_exit)
            for row in rows(lists, lists.auto_exit, by=(lists.position, lists.id))
        ),
        gates=tuple(
            GateView(row.id, event_id, row.name)
            for row in rows(gates, gates.name, by=(gates.name, gates.id))
        ),
        ticket_types=tuple(
            (row.id, row.name) for row in rows(types, types.name, by=(types.position, types.id))
        ),
        rooms=tuple(
            (row.id, _room(row.name, row.capacity))
            for row in rows(rooms, rooms.name, rooms.capacity, by=(rooms.name, rooms.id))
        ),
        sessions=tuple(
            (row.id, row.title)
            for row in rows(sessions, sessions.title, by=(sessions.starts_at, sessions.id))
        ),
        questions=tuple(
            (row.id, row.text)
            for row in rows(questions, questions.text, questions.active, by=(questions.position,))
            if row.active
        ),
    )


def _room(name: str, capacity: int | None) -> str:
    if capacity is None:
        return name
    return _("{name} (holds {capacity})", name=name, capacity=capacity)
