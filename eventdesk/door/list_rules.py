"""The rules of check-in lists: tried without a scan, and kept whole when a ticket type goes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, update

from data.schema import CheckInListRow, GateRow, RoomRow, SessionRow, TicketTypeRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.plain_text import plain
from eventdesk.door.check_in_lists import CheckInList, Direction, ListKind
from eventdesk.door.decide import Decision, decide
from eventdesk.door.list_reading import list_at_door
from eventdesk.door.list_values import NewCheckInList, checked, list_values
from eventdesk.door.outcome import said
from eventdesk.door.passage import History, Passage, TicketFacts, with_automatic_exits
from eventdesk.door.rules import kept_rules, read_rules

MOST_TRIED = 100
"""Most entries before that are tried."""


@allowed(Permission.EVENT)
def try_rule(
    store: Store,
    actor: Actor,
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

    Args:
        store: Where the list is.
        actor: Who asks.
        listed: A list, or one that is not saved yet.
        ticket_type_id: Of the ticket, which is paid, approved and has its place.
        gate_id: Where it is scanned; None is at no gate.
        at: When, aware UTC.
        entries_before: When the ticket came in before, aware UTC.
        inside: How many people are inside.
        in_company: Whether somebody is in who may accompany the holder.
        event_id: The event of a list that is not saved yet.

    Returns:
        What `decide` says; questions of the list are taken to be answered.

    Raises:
        NotAllowedError: The actor does not organize the event.
        NotFoundError: There is no such list, ticket type or gate.
        InvalidInputError: The list that is not saved cannot be; the message says what.
    """
    if len(entries_before) > MOST_TRIED:
        raise InvalidInputError(f"At most {MOST_TRIED} entries before are tried.")
    with store.read() as connection:
        if isinstance(listed, UUID):
            door = list_at_door(connection, listed)
            need_here(connection, actor, door.event_id, Permission.EVENT)
        else:
            here = _need_event(event_id)
            need_here(connection, actor, here, Permission.EVENT)
            door = _as_if_saved(connection, here, checked(listed))
        kind = connection.execute(
            select(TicketTypeRow.accompanied).where(
                TicketTypeRow.id == ticket_type_id, TicketTypeRow.event_id == door.event_id
            )
        ).one_or_none()
        if kind is None:
            raise NotFoundError("There is no such ticket type at this event.")
    came = sorted(each for each in entries_before if each <= at)
    passages = [Passage(Direction.ENTRY, each, "", new_id()) for each in came]
    return decide(
        TicketFacts(
            new_id(),
            door.event_id,
            ticket_type_id,
            accompanied=kind.accompanied,
            company_in=in_company,
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
    """Take a ticket type that goes out of the rules of lists.

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
                f"A rule of the list “{plain(row.name)}” is for {name} only; without it, it would "
                "be for all.",
                hint="Change that first, or switch the ticket type off.",
            )
        left = [replace(each, ticket_type_ids=each.ticket_type_ids - {type_id}) for each in rules]
        connection.execute(
            update(CheckInListRow).where(CheckInListRow.id == row.id).values(rules=kept_rules(left))
        )


def _need_event(event_id: UUID | None) -> UUID:
    if event_id is None:
        raise InvalidInputError("A list that is not saved needs its event.")
    return event_id


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
        new.name,
        event_name=event.name,
        time_zone=event.time_zone,
        ticket_type_ids=new.ticket_type_ids,
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        entry_policy=new.entry_policy,
        direction=new.direction,
        min_minutes_between=new.min_minutes_between,
        max_entries=new.max_entries,
        kind=new.kind,
        rules=new.rules,
        room_id=new.room_id,
        room_name=room.name if room is not None else "",
        session_id=new.session_id,
        session_title=session.title if session is not None else "",
        session_cancelled=session is not None and session.cancelled_at is not None,
        room_capacity=room.capacity if room is not None and new.kind is ListKind.ROOM else None,
        capacity=new.capacity,
        item=new.item,
        auto_exit=new.auto_exit,
        gates=tuple((row.id, row.name) for row in gates),
    )
