"""Who acts: roles and actors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from eventdesk.core.ids import new_id

if TYPE_CHECKING:
    from eventdesk.acts.act import Act


class Role(StrEnum):
    """What a person may be for one event; `ADMIN` is for the whole installation."""

    ADMIN = "admin"
    ORGANIZER = "organizer"
    COHOST = "co-host"
    STAFF = "staff"
    ATTENDEE = "attendee"


class Permission(StrEnum):
    """What somebody may be allowed to do; the first five can be granted to a co-host."""

    PROGRAMME = "programme"
    TICKETS = "tickets"
    """Ticket types, seats, bookings, attendees and the waitlist."""
    MONEY = "money"
    DOOR = "door"
    MESSAGES = "messages"
    EVENT = "event"
    """The event itself: its settings, its states and its team."""
    INSTALLATION = "installation"
    ATTEND = "attend"
    """What everybody who is signed in may do, for themselves."""


GRANTABLE = (
    Permission.PROGRAMME,
    Permission.TICKETS,
    Permission.MONEY,
    Permission.DOOR,
    Permission.MESSAGES,
)
"""What an organizer may allow a co-host, in the order in which it is offered."""

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.ORGANIZER: frozenset(Permission) - {Permission.INSTALLATION},
    Role.COHOST: frozenset((*GRANTABLE, Permission.ATTEND)),
    Role.STAFF: frozenset((Permission.DOOR, Permission.ATTEND)),
    Role.ATTENDEE: frozenset((Permission.ATTEND,)),
}
"""The most a role may do; a co-host only what was granted of it."""

SUPERVISORS = frozenset({Role.ADMIN, Role.ORGANIZER})
"""Roles that may override the rules of the door and undo what others did."""


class ActorKind(StrEnum):
    """What sort of actor this is."""

    ACCOUNT = "account"
    DEVICE = "device"
    SYSTEM = "system"
    GUEST = "guest"
    """Who has the link of a booking without an account; its id is the booking's."""
    VISITOR = "visitor"
    """Somebody who is not signed in."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something now: a signed-in person, a paired device, or the program itself.

    Attributes:
        id: The account's or device's id, or the booking's whose link is shown; None for the system.
        name: How the log and the screens call it.
        role: The person's role for the event at hand; devices act as staff, the system as admin.
        device_id: The device it happens on, also when a person acts; scopes the nonces of scans.
        event_id: The only event the role is for; None where it holds for all.
        granted: What a co-host was allowed; None where the role alone decides.
        only: What a program that acts in a person's name may do at most; None is all they may.
        issue: Of a booking's link, how often that had been made anew.
    """

    kind: ActorKind
    id: UUID | None
    name: str
    role: Role
    device_id: UUID | None = None
    event_id: UUID | None = None
    granted: frozenset[Permission] | None = None
    only: frozenset[Permission] | None = None
    issue: int = 0

    def may(self, *permissions: Permission) -> bool:
        """Whether one of these permissions is held, as far as the actor alone can tell."""
        if self.kind is ActorKind.VISITOR:
            return False
        held = PERMISSIONS[self.role]
        if self.role is Role.COHOST and self.granted is not None:
            held &= self.granted | {Permission.ATTEND}
        if self.only is not None:
            held &= self.only
        return not held.isdisjoint(permissions)

    def at(self, now: datetime | None, *, approval: "Approval | None" = None) -> "Asked":
        """Ask at another instant than the store's clock says, as tests and replays do."""
        return Asked(self, now, approval)

    def with_approval(self, approval: "Approval | None") -> "Asked":
        """Ask with a supervisor's word for it."""
        return Asked(self, None, approval)

    @property
    def is_supervisor(self) -> bool:
        """Whether rules may be overridden."""
        return self.role in SUPERVISORS


APPROVAL_FOR = timedelta(minutes=2)
"""How long what a supervisor approved in place may still be done."""


@dataclass(frozen=True, slots=True)
class Approval:
    """A supervisor's word for one act at somebody else's desk, given with a PIN.

    It only names the store's entry, which is what counts.

    Attributes:
        supervisor: Who gave it, as the store knew them then.
        event_id: The event it is for.
        act: What it is for, one of `approvals.ACTS`.
        given_at: When, aware UTC; it holds for `APPROVAL_FOR`.
        entry: Number of the audit's entry that says so; its use is looked for behind it.
    """

    supervisor: Actor
    event_id: UUID
    act: str
    given_at: datetime
    id: UUID = field(default_factory=new_id)
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a repeated call the same call: it is done once, and answered alike.

    Attributes:
        caller: Whose key it is.
        key: What the caller named this call.
        asked_hash: Of the question: another one with the same key is refused.
        dump: Writes what the use case gave, to be kept.
        load: Makes of what was kept what a repeated call gives back.
    """

    caller: str
    key: str
    asked_hash: str
    dump: Callable[[object], str]
    load: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Asked:
    """An actor who asks, with what goes with the question.

    Attributes:
        now: The instant at which it is done, aware UTC; None is the store's clock.
        approval: A supervisor's word for it.
        once: What makes a repetition the same call; only for the use case that is asked itself.
        only_if: Looked at in the transaction before anything is done; raises where it is not so.
    """

    actor: Actor
    now: datetime | None = None
    approval: Approval | None = None
    once: Once | None = None
    only_if: "Callable[[Act], None] | None" = None

    def at(self, now: datetime | None) -> "Asked":
        """The same, at another instant."""
        return replace(self, now=now)

    def with_approval(self, approval: Approval | None) -> "Asked":
        """The same, with a supervisor's word for it."""
        return replace(self, approval=approval)


ERASED = "Erased person"
"""What stands in the place of the name of a person who was erased."""

SYSTEM = Actor(ActorKind.SYSTEM, None, "eventdesk", Role.ADMIN)
"""The program itself: migrations, the spooler, commands typed by whoever owns the files."""

VISITOR = Actor(ActorKind.VISITOR, None, "a visitor", Role.ATTENDEE)
"""Whoever is not signed in: sees what everybody may see."""
