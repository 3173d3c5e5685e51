"""The badge: everything it says, apart from how it looks and where it is printed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg

LINK: Final = "_link"
"""The ready layout of a slip with the link of a booking, which no event and printer replaces."""


@dataclass(frozen=True, slots=True)
class Badge:
    """One badge to print, in the words people typed; rendering makes them safe.

    Plain strings, so that a delivery can keep it and print it long after.
    """

    name: str
    line_two: str
    """Company, pronoun, city: whatever the event prints below the name; may be ""."""

    ticket_type: str
    event: str
    token: str
    """Text of the QR code."""

    ticket_code: str
    """The short code a person can type where the QR code does not scan."""

    seat: str = ""
    mark: str = ""
    """Why there may be a second copy, printed small: "", "REPRINT" or "COPY?"."""

    sponsors: str = ""
    """Who supports the event, as a line of its own; may be ""."""

    pronouns: str = ""
    organization: str = ""
    session: str = ""
    """The first session the holder comes to, with its room."""

    sessions: str = ""
    """All of them, one a line, with the time at the event."""

    language: str = ""
    """The holder's, else the event's, as BCP 47 writes it, such as de or zh-Hant; may be ""."""

    ticket_type_id: str = ""
    layout: str = ""
    """The layout its event chose: name of a ready one, or path of one's own; "" is the usual."""

    extra: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Answers to the event's questions, by the text of the question."""

    @property
    def is_link(self) -> bool:
        """Whether it is the slip with a booking's link, whose token is the link's address."""
        return self.layout == LINK

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name, ready for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: object) -> "Badge":
        """Read what `to_json` wrote; keys of newer versions are ignored.

        Raises:
            InvalidInputError: It is no badge.
        """
        if not isinstance(stored, Mapping):
            raise _unreadable(msg("it is no object"))
        known = {each.name for each in fields(cls)}
        values = {key: value for key, value in stored.items() if key in known}
        for key, value in values.items():
            if not (_is_answers(value) if key == "extra" else isinstance(value, str)):
                raise _unreadable(msg("{key!r} is no text", key=key))
        try:
            return cls(**values)
        except TypeError as error:
            raise _unreadable(msg("a field is missing")) from error


def _is_answers(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(key, str) and isinstance(answer, str) for key, answer in value.items()
    )


def _unreadable(reason: Message) -> InvalidInputError:
    return InvalidInputError(
        msg("A stored badge cannot be read: {reason}.", reason=reason),
        hint=msg("Print the badge again from the attendee's page."),
    )
