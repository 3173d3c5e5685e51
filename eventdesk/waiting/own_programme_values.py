"""One's own programme as values: its sessions, and whether the person goes there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eventdesk.programme import Clash


class Going(StrEnum):
    """Whether a person goes to a session, or could."""

    OPEN = "open"
    """It needs no sign-up."""
    FREE = "free"
    """The person may sign up."""
    SIGNED_UP = "signed_up"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place is kept for the person until a deadline."""
    FULL = "full"
    """The person may join the waitlist."""
    NOT_FOR_TICKET = "not_for_ticket"
    """The person has no ticket that lets in."""

    @property
    def in_programme(self) -> bool:
        """Whether the session is part of one's own programme."""
        return self in (Going.OPEN, Going.SIGNED_UP, Going.WAITING, Going.OFFERED)


@dataclass(frozen=True, slots=True)
class SignUpResult:
    """The result of a sign-up.

    Attributes:
        going: `SIGNED_UP`, `WAITING`, or `FREE` when nothing was done because of clashes.
        clashes: Sessions of one's own programme at the same time.
        place: Place on the waitlist, from 1; None when not waiting.
        entry_id: The entry on the waitlist; None when not waiting.
    """

    going: Going
    clashes: tuple[Clash, ...] = ()
    place: int | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """A session of one's own programme.

    Attributes:
        left: Places left; None where there is no limit or no sign-up.
        place: One's place on its waitlist, from 1; None when not waiting.
        offer_until: Until when an offered place is kept.
        clashes: Titles of sessions at the same time that the person signed up for.
    """

    session_id: UUID
    title: str
    room: str
    speakers: tuple[str, ...]
    tags: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    going: Going
    left: int | None = None
    place: int | None = None
    entry_id: UUID | None = None
    offer_until: datetime | None = None
    clashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnProgramme:
    """The programme of one event for one person.

    Attributes:
        has_ticket: Whether the person has a valid ticket, which a sign-up needs.
        items: All sessions that take place, in the order in which they begin.
    """

    event_id: UUID
    event_name: str
    time_zone: str
    has_ticket: bool
    items: tuple[ProgrammeItem, ...]
