"""The events whose figures somebody may see."""

from sqlalchemy import select

from data.schema import EventRoleRow
from data.store import Store
from eventdesk.acts.actor import PERMISSIONS, Actor, Permission, Role
from eventdesk.acts.permission import allowed, at, granted_of, need_here, role_at_event
from eventdesk.events.event import EventView
from eventdesk.events.events import all_events

_SEES = frozenset({Permission.DOOR, Permission.MONEY})


@allowed(Permission.ATTEND)
def events_on_wall(store: Store, actor: Actor) -> list[EventView]:
    """Read the events at whose door or with whose money a person works, the latest first.

    Raises:
        NotAllowedError: The account was closed.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        if actor.id is None or at(connection, actor, None).role is Role.ADMIN:
            mine = None
        else:
            rows = connection.execute(
                select(EventRoleRow.event_id, EventRoleRow.role, EventRoleRow.permissions).where(
                    EventRoleRow.account_id == actor.id
                )
            )
            mine = {row.event_id for row in rows if _sees(row.role, row.permissions)}
    events = all_events(store)
    return events if mine is None else [event for event in events if event.id in mine]


def _sees(written: str, granted: list[str]) -> bool:
    role = role_at_event(written)
    held = granted_of(granted) if role is Role.COHOST else PERMISSIONS[role]
    return not held.isdisjoint(_SEES)
