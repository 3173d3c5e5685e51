"""What errors tell beside their sentence and code, as members of an RFC 9457 problem."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from eventdesk.core import errors
from eventdesk.core.errors import EventDeskError
from eventdesk.core.remedies import Advice, Remedy, advise, phrasing
from eventdesk.door import DoorQuestion
from eventdesk.wire.codec import adapter
from eventdesk.wire.remedy_words import over_the_wire

MEDIA_TYPE: Final = "application/problem+json"

ATTRIBUTES: Final[Mapping[str, Any]] = {
    "begun": str,
    "field": str,
    "left": int,
    "most": int,
    "labels": tuple[str, ...],
    "outcome": str,
    "questions": tuple[DoorQuestion, ...],
    "rest": str,
    "ticket_type_id": UUID | None,
    "wait_s": int | None,
    "waitlist": bool,
}
"""The attributes of errors that travel, with their types."""

KINDS: Final[Mapping[str, type[EventDeskError]]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, EventDeskError)
}
"""The kind of error for each code."""


def told(error: EventDeskError) -> dict[str, Any]:
    """What an error tells beside its sentence, as values of JSON.

    A hint that is a remedy goes as that value, too: who shows it has words of their own.
    """
    members = {
        name: adapter(kind).dump_python(getattr(error, name), mode="json")
        for name, kind in ATTRIBUTES.items()
        if hasattr(error, name)
    }
    with phrasing(over_the_wire):
        members |= {"hint": error.hint} if error.hint else {}
    if isinstance(error.advice, Advice):
        members["remedy"] = {"name": error.advice.remedy, **error.advice.arguments}
    return members


def error_of(members: Mapping[str, Any]) -> EventDeskError:
    """The error that a problem tells: of the same kind, with the same words and attributes."""
    kind = KINDS.get(str(members.get("code")), EventDeskError)
    error = kind.__new__(kind)
    title = str(members.get("title", ""))
    hint = _remedy(members.get("remedy")) or str(members.get("hint", ""))
    EventDeskError.__init__(error, title, hint=hint)
    for name, attribute in ATTRIBUTES.items():
        if name in members:
            setattr(error, name, adapter(attribute).validate_python(members[name]))
    return error


def _remedy(told: Any) -> Advice | None:
    """The remedy that a problem tells; None where there is none, or one that is not known here."""
    if not isinstance(told, Mapping) or str(told.get("name")) not in set(Remedy):
        return None
    parameters = {str(name): str(value) for name, value in told.items() if name != "name"}
    return advise(Remedy(str(told["name"])), **parameters)
