"""What rooms are told, each change once: what was told last is noted in the store's settings.

A note is written in the transaction that queues what is told, so that each change is told once
whoever looks, and however often a program ends in between. The notes of an event end with its id,
so that they go when it is deleted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import Connection, delete, func, select

from data.rows import AnyRow, put_setting
from data.schema import ServiceRow, SettingRow
from data.touched import UNSEEN, note_touched
from eventdesk.acts import Act, Steps
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message
from eventdesk.integrations.chat.kind import CHAT


@dataclass(frozen=True, slots=True)
class Notice:
    """What rooms are told.

    Attributes:
        what: A key of `NOTICES`.
        event_ids: The events whose own rooms are told; those of the house are in any case.
    """

    what: str
    title: Message
    text: Message
    event_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Note:
    """How a thing stood.

    Attributes:
        level: What was told of it last; 0 is nothing yet.
        since: Since when it is so, aware.
    """

    level: int
    since: datetime

    @classmethod
    def of(cls, value: str) -> Self:
        """Read the text of a setting."""
        level, _, since = value.partition(" ")
        return cls(int(level), datetime.fromisoformat(since))

    def __str__(self) -> str:
        return f"{self.level} {self.since.isoformat()}"


@dataclass(frozen=True, slots=True)
class Change:
    """Another note, and what is told of it.

    Attributes:
        note: How it stands now; None is as it should be.
        notice: None where nobody is told.
    """

    key: str
    note: Note | None
    notice: Notice | None = None


Notes = dict[str, Note]
"""Notes by the ends of their settings."""


def is_wanted(steps: Steps, what: str) -> bool:
    """Whether any room wants to be told of something."""
    with steps.read() as act:
        return bool(_rooms(act.connection, what))


def noted(steps: Steps, what: str, changes: Callable[[Act, Notes], Sequence[Change]]) -> int:
    """Note what changed, and queue what rooms are told of it; returns how many messages.

    Nothing is noted while no room wants to be told: what happened before is not told.

    Args:
        steps: The transactions.
        what: A key of `NOTICES`.
        changes: Finds them by what was noted; it is asked again inside the transaction.
    """

    def found(act: Act) -> Sequence[Change]:
        notes = _read(act.connection, what)
        if not _rooms(act.connection, what):
            return [Change(key, None) for key in notes]
        return changes(act, notes)

    with steps.read() as act:
        if not found(act):
            return 0
    told = 0
    with steps.write() as act:
        rooms = _rooms(act.connection, what)
        for change in found(act):  # another program may have noted it meanwhile
            _write(act.connection, what, change)
            if change.notice is not None:
                told += _tell(act, rooms, change.notice)
        note_touched(act.connection, [UNSEEN])
    return told


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing that can be in trouble.

    Attributes:
        key: What its note is called.
        is_bad: Whether it is; None where nobody knows, so that it stays as it was noted.
        began: What is told when it was so for long enough, given since when.
        ended: What is told when it is over after that; None for nothing.
    """

    key: str
    is_bad: bool | None
    began: Callable[[datetime], Notice]
    ended: Callable[[datetime], Notice] | None = None


def moves(seen: Sequence[Seen], notes: Notes, now: datetime, *, after: timedelta) -> list[Change]:
    """What changed of things in trouble; what is not among them any more is forgotten.

    Args:
        seen: How they are.
        notes: How they were.
        now: The instant.
        after: How long one is in trouble before it is told.
    """
    changes = [Change(key, None) for key in notes.keys() - {each.key for each in seen}]
    for each in seen:
        before = notes.get(each.key)
        if each.is_bad and before is None:
            changes.append(Change(each.key, Note(0, now)))
        elif each.is_bad and before is not None and not before.level:
            if now - before.since >= after:
                told = Note(1, before.since)
                changes.append(Change(each.key, told, each.began(before.since)))
        elif each.is_bad is False and before is not None:
            notice = each.ended(before.since) if before.level and each.ended else None
            changes.append(Change(each.key, None, notice))
    return changes


def _rooms(connection: Connection, what: str) -> list[AnyRow]:
    """The rooms that want to be told of something, those that are switched off included."""
    rows = connection.execute(_ROOMS).all()
    return [row for row in rows if what in (row.settings.get("notices") or ())]


def _tell(act: Act, rooms: Sequence[AnyRow], notice: Notice) -> int:
    told = 0
    for room in rooms:
        if room.enabled and (room.event_id is None or room.event_id in notice.event_ids):
            about = next(iter(notice.event_ids)) if len(notice.event_ids) == 1 else None
            payload: dict[str, Any] = {
                "type": notice.what,
                "title": notice.title.as_json(),
                "text": notice.text.as_json(),
            }
            act.deliver(
                CHAT.name,
                new_id(),
                event_id=room.event_id or about,
                service_id=room.id,
                payload=payload,
            )
            told += 1
    return told


def _begins(what: str) -> str:
    return f"told_{what}/"


def _read(connection: Connection, what: str) -> Notes:
    begins = _begins(what)
    here = func.substr(SettingRow.key, 1, len(begins)) == begins
    rows = connection.execute(select(SettingRow.key, SettingRow.value).where(here))
    return {key.removeprefix(begins): Note.of(value) for key, value in rows}


def _write(connection: Connection, what: str, change: Change) -> None:
    key = _begins(what) + change.key
    if change.note is None:
        connection.execute(delete(SettingRow).where(SettingRow.key == key))
    else:
        put_setting(connection, key, str(change.note))


_ROOMS: Final = (
    select(ServiceRow.id, ServiceRow.event_id, ServiceRow.enabled, ServiceRow.settings)
    .where(ServiceRow.kind == CHAT.name)
    .order_by(ServiceRow.position)
)
