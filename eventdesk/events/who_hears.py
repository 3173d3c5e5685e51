"""Hearing: of which events somebody is told that something changed."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.schema import EventRoleRow, EventRow
from data.touched import HOUSE
from eventdesk.acts import GRANTABLE, Act, Actor, ActorKind, Permission, Topic, reads
from eventdesk.events.event import EventState, Visibility

FOR_ALL: Final = frozenset({Topic.EVENTS, Topic.PROGRAMME, Topic.SALES})
"""What everybody may see of a public event: when and where, what happens, what tickets cost."""

WORKING: Final = (*GRANTABLE, Permission.EVENT)
"""Any one of these is work at an event."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What somebody hears of: that something changed, never what.

    Attributes:
        everything: Whether all events are theirs to work at, and the house.
        works_at: The events they may work at; of those they hear all topics.
        public: The events that everybody may see; of those they hear `FOR_ALL`.
    """

    everything: bool = False
    works_at: frozenset[UUID] = frozenset()
    public: frozenset[UUID] = frozenset()

    @property
    def works(self) -> bool:
        """Whether they work at an event, or for the house."""
        return self.everything or bool(self.works_at)

    def hears(self, topic: str, event_id: UUID) -> bool:
        """Whether a change of a topic at an event, or in the house, is told to them."""
        if self.everything or event_id in self.works_at:
            return True
        if event_id == HOUSE:
            return bool(self.works_at) or topic in FOR_ALL
        return topic in FOR_ALL and event_id in self.public


@reads(public=True)
def hearing(act: Act) -> Hearing:
    """Read of which events who asks is told that something changed.

    Raises:
        NotAllowedError: The account was closed or erased, or the device revoked.
    """
    here = act.known_at(None)
    if here.may(Permission.INSTALLATION):
        return Hearing(everything=True)
    shown = (EventRow.state == EventState.PUBLISHED.value) & (
        EventRow.visibility == Visibility.PUBLIC.value
    )
    public = act.connection.execute(select(EventRow.id).where(shown)).scalars()
    return Hearing(works_at=_works_at(act, here), public=frozenset(public))


def _works_at(act: Act, who: Actor) -> frozenset[UUID]:
    """The events at which who asks may do anything for others."""
    if who.kind is ActorKind.DEVICE and who.event_id is not None:
        return frozenset({who.event_id})
    roles = select(EventRoleRow.event_id).where(EventRoleRow.account_id == act.actor.id)
    events = act.connection.execute(roles).scalars().all()
    return frozenset(each for each in events if act.known_at(each).may(*WORKING))
