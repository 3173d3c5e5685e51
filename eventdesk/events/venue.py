"""Venues and rooms as values."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Venue:
    """Where an event happens."""

    id: UUID
    name: str
    address: str
    capacity: int | None


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a venue."""

    id: UUID
    venue_id: UUID
    name: str
    capacity: int | None
    venue_name: str = ""
