"""States of CUPS queues and jobs, and what they mean for a badge.

State numbers: RFC 8011, 5.3.7 and 5.4.11. Reasons: RFC 8011, 5.4.12, and the keywords of PWG 5100.9
that drivers of CUPS set. Messages: the back ends of CUPS 2.4.2 in English.
"""

from dataclasses import dataclass
from typing import Final

from badges.ipp import Attributes
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.core.printing import Health, Status

JOB_WANTED: Final = (
    "job-state",
    "job-state-reasons",
    "job-printer-state-message",
    "time-at-processing",
)
QUEUE_WANTED: Final = (
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
)

_QUEUE_STOPPED: Final = 5
_JOB_STOPPED, _CANCELLED, _ABORTED, _COMPLETED = 6, 7, 8, 9

_MEANING: Final = {
    "media-empty": (Health.PAPER_OUT, msg("it is out of paper")),
    "media-needed": (Health.PAPER_OUT, msg("it needs other paper")),
    "input-tray-missing": (Health.PAPER_OUT, msg("its tray is missing")),
    "cover-open": (Health.COVER_OPEN, msg("its cover is open")),
    "door-open": (Health.COVER_OPEN, msg("its door is open")),
    "interlock-open": (Health.COVER_OPEN, msg("its cover is open")),
    "media-jam": (Health.ERROR, msg("paper is jammed")),
    "toner-empty": (Health.ERROR, msg("it is out of toner")),
    "marker-supply-empty": (Health.ERROR, msg("it is out of ink or ribbon")),
    "cutter-at-eol": (Health.ERROR, msg("its cutter is worn out")),
    "cups-missing-filter": (Health.ERROR, msg("its driver is missing")),
    "cups-insecure-filter": (Health.ERROR, msg("its driver may be changed by anybody")),
    "offline": (Health.OFFLINE, msg("it is switched off or not connected")),
    "shutdown": (Health.OFFLINE, msg("it is switched off")),
    "timed-out": (Health.OFFLINE, msg("it does not answer")),
}
_LOW: Final = frozenset({"media-low", "toner-low", "marker-supply-low"})

_UNREACHABLE: Final = (
    "may not exist or is unavailable",
    "not responding",
    "not connected",
    "unreachable",
    "Unable to locate printer",
    "Waiting for printer to become available",
)


@dataclass(frozen=True, slots=True)
class Job:
    """A print job of a badge."""

    state: int
    """0 when CUPS does not know it any more."""

    has_begun: bool
    reasons: str
    message: str

    @property
    def is_complete(self) -> bool:
        """Whether it was printed."""
        return self.state == _COMPLETED and "errors" not in self.reasons

    @property
    def is_lost(self) -> bool:
        """Whether it ended without being printed."""
        return self.state in (_CANCELLED, _ABORTED) or (
            self.state == _COMPLETED and not self.is_complete
        )

    @property
    def is_stopped(self) -> bool:
        """Whether it waits for a person."""
        return self.state == _JOB_STOPPED


def job_of(attributes: Attributes) -> Job:
    """Read the attributes of a job."""
    begun = attributes.get("time-at-processing", (None,))[0] is not None
    reasons = ", ".join(reason for reason in _words(attributes, "job-state-reasons"))
    message = " ".join(_words(attributes, "job-printer-state-message"))
    return Job(_number(attributes, "job-state"), begun, reasons, message)


def is_unreachable(message: str) -> bool:
    """Whether CUPS says of a job that it cannot reach the printer; then nothing has been sent."""
    return any(words in message for words in _UNREACHABLE)


def queue_status(attributes: Attributes) -> Status:
    """Read the status of a queue from its attributes: the trouble to see to first."""
    reasons = [_plain(reason) for reason in _words(attributes, "printer-state-reasons")]
    for reason, (health, text) in _MEANING.items():
        if reason in reasons:
            return Status(health, text)
    message = " ".join(_words(attributes, "printer-state-message"))
    if _number(attributes, "printer-state") == _QUEUE_STOPPED or "paused" in reasons:
        if message:
            why = message.rstrip(".")
            return Status(Health.ERROR, msg("its queue is stopped ({why})", why=why))
        return Status(Health.ERROR, msg("its queue is stopped"))
    if attributes.get("printer-is-accepting-jobs", (1,))[0] == 0:
        if message:
            why = message.rstrip(".")
            return Status(Health.ERROR, msg("its queue takes no jobs ({why})", why=why))
        return Status(Health.ERROR, msg("its queue takes no jobs"))
    if is_unreachable(message):
        return Status(Health.OFFLINE, msg("CUPS cannot reach it"))
    if _LOW.intersection(reasons):
        return Status(Health.PAPER_LOW, msg("paper or ink is low"))
    return Status(Health.READY)


def _plain(reason: str) -> str:
    """Return a reason without its severity."""
    for severity in ("-report", "-warning", "-error"):
        reason = reason.removesuffix(severity)
    return reason


def _words(attributes: Attributes, name: str) -> list[str]:
    said = [plain(word, limit=120) for word in attributes.get(name, ()) if isinstance(word, str)]
    return [word for word in said if word and word != "none"]


def _number(attributes: Attributes, name: str) -> int:
    number = attributes.get(name, (0,))[0]
    return number if isinstance(number, int) else 0
