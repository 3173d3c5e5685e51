"""Who acts: roles and actors."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person may be for one event; `ADMIN` is for the whole installation."""

    ADMIN = "admin"
    ORGANIZER = "organizer"
    COHOST = "co-host"
    STAFF = "staff"
    ATTENDEE = "attendee"


SUPERVISORS = frozenset({Role.ADMIN, Role.ORGANIZER})
"""Roles that may override the rules of the door and undo what others did."""

DOOR_STAFF = SUPERVISORS | {Role.COHOST, Role.STAFF}
"""Roles that may work at the door."""


class ActorKind(StrEnum):
    """What sort of actor this is."""

    ACCOUNT = "account"
    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something now: a signed-in person, a paired device, or the program itself.

    Attributes:
        kind: Person, device or system.
        id: The account's or device's id; None for the system.
        name: How the log and the screens call it.
        role: The person's role for the event at hand; devices act as staff, the system as admin.
        device_id: The device it happens on, also when a person acts; scopes the nonces of scans.
        event_id: The only event the role is for; None where it holds for all.
    """

    kind: ActorKind
    id: UUID | None
    name: str
    role: Role
    device_id: UUID | None = None
    event_id: UUID | None = None

    @property
    def is_supervisor(self) -> bool:
        """Whether rules may be overridden."""
        return self.role in SUPERVISORS

    @property
    def may_work_at_door(self) -> bool:
        """Whether this actor may check people in."""
        return self.role in DOOR_STAFF


SYSTEM = Actor(ActorKind.SYSTEM, None, "eventdesk", Role.ADMIN)
"""The program itself: migrations, the spooler, commands typed by whoever owns the files."""
