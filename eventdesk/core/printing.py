"""How a printer is doing, in words that every kind of printer has."""

from dataclasses import dataclass
from enum import StrEnum

from eventdesk.core.messages import Message

_NOTHING = Message("")


class Health(StrEnum):
    """What a printer said of itself when it was asked last."""

    UNKNOWN = "unknown"
    """It cannot say, or nobody has asked yet."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    """The roll ends soon; it still prints."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    ERROR = "error"
    """Paused, jammed, out of ribbon, stopped: somebody has to go there."""

    OFFLINE = "offline"
    """It does not answer."""

    @property
    def prints(self) -> bool:
        """Whether a badge may be sent to it: it did not say that it cannot print."""
        return self in {Health.UNKNOWN, Health.READY, Health.PAPER_LOW}


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a printer just now."""

    health: Health
    text: Message = _NOTHING
    """In words, without a full stop: "it is out of paper"; empty where there is nothing to add."""

    labels_left: int | None = None
    """Labels on its roll, where it counts them itself."""
