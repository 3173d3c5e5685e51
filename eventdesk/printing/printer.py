"""Views of printers and of the badges that wait for them, and the words for their health."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventdesk.core.messages import _, msg
from eventdesk.core.printing import Health, Status

LABELS_WARN = 20
"""From so many labels on the desk says that a new roll is needed soon."""

WORDS = {
    Health.UNKNOWN: msg("not asked yet"),
    Health.READY: msg("ready"),
    Health.PAPER_LOW: msg("paper low"),
    Health.PAPER_OUT: msg("paper out"),
    Health.COVER_OPEN: msg("cover open"),
    Health.ERROR: msg("in trouble"),
    Health.OFFLINE: msg("does not answer"),
}

WHAT_TO_DO = {
    Health.PAPER_LOW: msg("Have a new roll at hand."),
    Health.PAPER_OUT: msg("Put paper in."),
    Health.COVER_OPEN: msg("Close the cover."),
    Health.ERROR: msg("Look at its display, switch it off and on."),
    Health.OFFLINE: msg("Check its power and its cable."),
}


@dataclass(frozen=True, slots=True)
class NewPrinter:
    """What is typed to set a printer up.

    Attributes:
        name: How people call it, such as "Desk A"; unique.
        spec: Its kind and address, as `badges.printers.open_printer` reads it.
        layout: Name of the layout that fits its paper; "" is the event's.
        here: Whether only this machine reaches it, as with a cable.
        labels_left: Labels on its roll; None where nobody counts them.
        labels_warn: From how many left on the desk says so.
    """

    name: str
    spec: str
    layout: str = ""
    here: bool = False
    labels_left: int | None = None
    labels_warn: int = LABELS_WARN


@dataclass(frozen=True, slots=True)
class PrinterView:
    """A printer as lists show it.

    Attributes:
        gates: Ids and names of the gates it stands at; without any it stands everywhere.
        device: Name of the only machine that reaches it; "" is any.
        status: As it was seen last.
        driven: Whether a program that is open feeds it just now.
        waiting: Badges that are going to come out here as things are.
        unconfirmed: Badges it took and has not said to be out.
        failed: Badges it would not print.
    """

    id: UUID
    name: str
    spec: str
    layout: str
    enabled: bool
    position: int
    device_id: UUID | None
    device: str
    gates: tuple[tuple[UUID, str], ...]
    labels_left: int | None
    labels_warn: int
    status: Status
    checked_at: datetime | None
    driven: bool
    waiting: int = 0
    unconfirmed: int = 0
    failed: int = 0

    @property
    def labels_low(self) -> bool:
        """Whether its roll ends soon."""
        return self.labels_left is not None and self.labels_left <= self.labels_warn

    @property
    def well(self) -> bool:
        """Whether badges come out here."""
        return self.enabled and self.status.health.prints

    @property
    def words(self) -> str:
        """How it is, and what to do, in a sentence or two."""
        return _("switched off") if not self.enabled else health_words(self.status)


@dataclass(frozen=True, slots=True)
class PrinterBadge:
    """A badge that waits for a printer, is on its way, or failed.

    Attributes:
        state: queued, leased, sent or failed.
        printer: Where it is going to come out, or should have; "" when nowhere.
        error: Why it is not out; "" when nothing went wrong.
    """

    id: UUID
    event_id: UUID
    name: str
    ticket_code: str
    state: str
    printer: str
    error: str
    mark: str
    attempts: int


@dataclass(frozen=True, slots=True)
class BadgePlace:
    """Where one badge comes out, for the guest who waits for it.

    Attributes:
        state: queued, leased, sent, printed, failed or cancelled.
        printer: Name of the printer; "" where none is set up or none can print.
        gate: Name of the gate it stands at; "" when it stands everywhere.
        moved: Whether it is another printer than the guest would expect.
        sentence: The same, for the guest.
        where: Path or address it went to; "" while it has not.
        trouble: For staff: why it waits or failed.
    """

    state: str
    printer: str
    gate: str
    moved: bool
    sentence: str
    where: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a test badge: whether the printer took it, and said that it is printed.

    Attributes:
        words: What happened, as a sentence.
        hint: What to do when it did not work.
        status: How the printer was afterwards.
    """

    out: bool
    confirmed: bool
    words: str
    hint: str
    status: Status


def health_words(status: Status) -> str:
    """Say how a printer is and what to do.

    >>> health_words(Status(Health.PAPER_OUT))
    'paper out. Put paper in.'
    """
    speaks = status.health not in (Health.READY, Health.UNKNOWN)
    words = (str(status.text).rstrip(". ") if speaks else "") or str(WORDS[status.health])
    advice = WHAT_TO_DO.get(status.health)
    return _("{how}. {advice}", how=words, advice=advice) if advice else words


@dataclass(frozen=True, slots=True)
class BadgeQueue:
    """How the badges stand, for the status line.

    Attributes:
        waiting: Badges not yet out, those being sent included.
        failed: Badges given up; a person must look.
        last_error: Why the oldest waiting or failed badge is not out; "" when nothing went wrong.
        printer: Name of the printer that badges from here come out of; "" where none is set up.
        care: What somebody should see to soon, such as a roll that ends.
    """

    waiting: int
    failed: int

    last_error: str = ""
    printer: str = ""
    care: str = ""
