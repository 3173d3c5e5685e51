"""Announcements of a team to the guests of its event: their values and rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import at_field
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
    CAME = "came"
    """Holders of tickets that were let in by any door."""
    AWAITED = "awaited"
    """Holders of valid tickets who have not come yet."""
    UNPAID = "unpaid"
    """Those whose booking is not paid."""
    WAITING = "waiting"
    """Those on a waitlist, or with an offer from it."""


CHOSEN: Final = frozenset({Audience.TYPES, Audience.SESSIONS})
"""Those for which types or sessions are chosen."""

AUDIENCE_WORDS: Final = {
    Audience.ALL: msg("Everybody"),
    Audience.CAME: msg("Those who are there"),
    Audience.AWAITED: msg("Those who have not come yet"),
    Audience.UNPAID: msg("Those who have not paid"),
    Audience.WAITING: msg("Those on a waitlist"),
    Audience.TYPES: msg("Holders of the ticket types ticked below"),
    Audience.SESSIONS: msg("Those of the sessions ticked below"),
}
"""What people read, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class NewAnnouncement:
    """An announcement before it is sent.

    Attributes:
        chosen: Ids of the ticket types or sessions; empty for the other audiences.
    """

    title: str
    text: str
    audience: Audience = Audience.ALL
    chosen: tuple[UUID, ...] = ()

    def cleaned(self) -> "NewAnnouncement":
        """The same, checked and trimmed."""
        chosen = tuple(dict.fromkeys(self.chosen))
        if bool(chosen) is not (self.audience in CHOSEN):
            raise InvalidInputError(
                msg("It is not said whom this announcement is for."),
                hint=msg("Choose everybody, or at least one ticket type or session."),
                field="audience",
            )
        with at_field("title"):
            title = typed_text.line(self.title, msg("A title"), most=MAX_TITLE, needed=True)
        with at_field("text"):
            text = typed_text.page(self.text, msg("A text"), most=MAX_TEXT, needed=True)
        return NewAnnouncement(title, text, self.audience, chosen)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an announcement would reach.

    Attributes:
        told: Accounts that get it.
        silenced: Accounts that asked not to get announcements.
        without_account: Valid tickets of the audience without an account.
        by_mail: Whether those get it by mail.
    """

    told: int
    silenced: int
    without_account: int
    by_mail: bool = False

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
            if self.by_mail:
                said.append(_("They get it by mail, where an address was given."))
        return " ".join(said)


class AnnouncementHold(StrEnum):
    """What somebody did to an announcement that was going out."""

    NONE = ""
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An announcement that was sent.

    Attributes:
        names: Names of the chosen ticket types or sessions.
        sent_by: Name of the account that sent it; "" when the program did.
        told: Accounts that got it so far.
        read: Accounts that have read it.
        finished_at: When everybody had it; None while it is being handed out.
        mails: Mails that it became so far.
        mailed: How many of them are out, or ended otherwise.
        hold: Whether what is not out waits, or goes nowhere.
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
    mails: int = 0
    mailed: int = 0
    hold: AnnouncementHold = AnnouncementHold.NONE

    @property
    def goes_out(self) -> bool:
        """Whether some have not got it yet, so that it can be held."""
        return self.hold is not AnnouncementHold.STOPPED and (
            self.finished_at is None or self.mailed < self.mails
        )

    @property
    def progress(self) -> str:
        """How far its mails are, with a sign; "" where it became none."""
        if not self.mails:
            return str(msg("! paused")) if self.hold is AnnouncementHold.PAUSED else ""
        said = msg("{mailed:,} of {mails:,}", mailed=self.mailed, mails=self.mails)
        if self.hold is AnnouncementHold.PAUSED:
            return str(msg("! paused, {progress}", progress=said))
        if self.hold is AnnouncementHold.STOPPED:
            return str(msg("- stopped, {progress}", progress=said))
        return f"… {said}" if self.goes_out else f"✓ {said}"

    @property
    def whom(self) -> str:
        """Whom it was for, in words."""
        return ", ".join(self.names) or str(AUDIENCE_WORDS[self.audience])


@dataclass(frozen=True, slots=True)
class ToldView:
    """Somebody who got an announcement.

    Attributes:
        read_at: When they read it; None while they have not.
    """

    id: UUID
    name: str
    email: str
    read_at: datetime | None
