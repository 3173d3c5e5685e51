"""A person's own programme: what they signed up for, wait for, and may go to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eventdesk.programme import Clash


class Going(StrEnum):
    """How a person stands to a session."""

    OPEN = "open"
    """Comes without sign-up: whoever is there may go."""
    FREE = "free"
    """One may sign up."""
    SIGNED_UP = "signed_up"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place is kept for the person until a deadline."""
    FULL = "full"
    """One may join the waitlist."""
    NOT_FOR_TICKET = "not_for_ticket"
    """The person has no ticket that lets in."""

    @property
    def in_programme(self) -> bool:
        """Whether it is part of the person's own programme."""
        return self in (Going.OPEN, Going.SIGNED_UP, Going.WAITING, Going.OFFERED)


@dataclass(frozen=True, slots=True)
class SignUpResult:
    """What came of signing up.

    Attributes:
        going: `SIGNED_UP`, `WAITING` (with the place), or `FREE` when nothing was done because of
            clashes: ask again with `despite_conflict=True`.
        clashes: Sessions of the own programme at the same time.
        place: Place on the waitlist, from 1; None when not waiting.
        entry_id: The entry on the waitlist; None when there is none.
    """

    going: Going
    clashes: tuple[Clash, ...] = ()
    place: int | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    """A session as a person sees it in the own programme.

    Attributes:
        left: Places left; None where there is no limit or no sign-up.
        place: Own place on its waitlist, from 1; None when not waiting.
        offer_until: Until when an offered place is kept.
        clashes: Titles of sessions the person signed up for at the same time.
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
        has_ticket: Whether the person has a valid ticket; without one nothing can be signed up for.
        items: All sessions that take place, in the order in which they begin.
    """

    event_id: UUID
    event_name: str
    time_zone: str
    has_ticket: bool
    items: tuple[ProgrammeItem, ...]
