"""Events as lists and screens show them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventView:
    """An event as lists show it."""

    id: UUID
    name: str
    code: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    tickets: int = 0
