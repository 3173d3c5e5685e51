"""Announcements of a team to the guests of its event: their values and rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _n, msg

MAX_TITLE: Final = 120
MAX_TEXT: Final = 4000


class Audience(StrEnum):
    """Who an announcement is for."""

    ALL = "all"
    """Everybody who booked, holds a ticket, waits or asked for one."""
    TYPES = "types"
    """Holders of tickets of some types."""
    SESSIONS = "sessions"
    """Those who signed up or wait for some sessions, or whose ticket is for them."""


@dataclass(frozen=True, slots=True)
class NewAnnouncement:
    """An announcement before it is sent.

    Attributes:
        chosen: Ids of the ticket types or sessions; empty for everybody.
    """

    title: str
    text: str
    audience: Audience = Audience.ALL
    chosen: tuple[UUID, ...] = ()

    def cleaned(self) -> "NewAnnouncement":
        """The same, checked and trimmed."""
        chosen = tuple(dict.fromkeys(self.chosen))
        if bool(chosen) is (self.audience is Audience.ALL):
            raise InvalidInputError(
                msg("It is not said whom this announcement is for."),
                hint=msg("Choose everybody, or at least one ticket type or session."),
            )
        title = typed_text.line(self.title, msg("A title"), most=MAX_TITLE, needed=True)
        text = typed_text.page(self.text, msg("A text"), most=MAX_TEXT, needed=True)
        return NewAnnouncement(title, text, self.audience, chosen)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an announcement would reach.

    Attributes:
        told: Accounts that get it.
        silenced: Accounts that asked not to get announcements.
        without_account: Valid tickets of the audience without an account.
    """

    told: int
    silenced: int
    without_account: int

    @property
    def words(self) -> str:
        """The same as sentences.

        >>> Reach(1, 0, 2).words
        '1 person gets it. Behind 2 of the tickets there is no account.'
        >>> Reach(0, 0, 0).words
        'Nobody gets it.'
        """
        told = _n("{count} person gets it.", "{count} people get it.", self.told)
        said = [told if self.told else _("Nobody gets it.")]
        if self.silenced:
            said.append(_("{some:,} asked not to get announcements.", some=self.silenced))
        if self.without_account:
            some = self.without_account
            said.append(_("Behind {some:,} of the tickets there is no account.", some=some))
        return " ".join(said)


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An announcement that was sent.

    Attributes:
        names: Names of the chosen ticket types or sessions.
        sent_by: Name of the account that sent it; "" when the program did.
        told: Accounts that got it so far.
        read: Accounts that have read it.
        finished_at: When everybody had it; None while it is being handed out.
    """

    id: UUID
    title: str
    text: str
    audience: Audience
    names: tuple[str, ...]
    sent_at: datetime
    sent_by: str
    told: int
    read: int
    finished_at: datetime | None
