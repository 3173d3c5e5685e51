"""What screens and commands are given to show: frozen values read from the store."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventdesk.door.check_in_lists import Direction, ListKind
from eventdesk.door.outcome import Outcome


@dataclass(frozen=True, slots=True)
class ListView:
    """A check-in list as choices show it."""

    id: UUID
    event_id: UUID
    name: str
    event_name: str


@dataclass(frozen=True, slots=True)
class GateView:
    """A gate of an event."""

    id: UUID
    event_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ScanView:
    """One line of the log of scans.

    Attributes:
        annulled: Whether the scan was undone.
        mine: Whether the asking actor made it; undo asks this.
        kind: What passing its list means.
        answers: What was asked with it and answered, each as one text.
        approved_by: The supervisor who gave a PIN in place; "" where nobody had to.
        group_id: Alike for scans of one group; None where it stands alone.
    """

    id: UUID
    recorded_at: datetime
    outcome: Outcome
    direction: Direction
    name: str
    ticket_code: str
    ticket_type: str
    gate: str
    operator: str
    reason: str = ""
    ticket_id: UUID | None = None
    annulled: bool = False
    forced: bool = False
    mine: bool = False
    kind: ListKind = ListKind.ARRIVE
    answers: tuple[str, ...] = ()
    approved_by: str = ""
    group_id: UUID | None = None
