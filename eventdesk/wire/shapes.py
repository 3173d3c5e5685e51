"""Shapes of what a signature says too little of: the changes of an event, field by field."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from eventdesk.core.fields import Field, Kind
from eventdesk.events import EVENT, Reminders, Visibility

NAMED: Final[Mapping[str, Any]] = {
    "venue_id": UUID | None,
    "visibility": Visibility,
    "reminders": Reminders,
}
"""The types of fields that are one of several."""

KINDS: Final[Mapping[Kind, Any]] = {
    Kind.LINE: str,
    Kind.PAGE: str,
    Kind.NUMBER: int,
    Kind.SHARE: int,
    Kind.MINOR: int,
    Kind.YES: bool,
    Kind.MOMENT: datetime,
}


@cache
def event_changes() -> Any:
    """The type of new values by the names of an event's fields, each of which may be left out."""
    fields = {one.name: _type(one) for one in EVENT}
    shape: Any = TypedDict("EventChanges", fields, total=False)  # type: ignore[misc]  # made here
    return with_config(ConfigDict(extra="forbid"))(shape)


def _type(one: Field) -> Any:
    if one.name in NAMED:
        return NAMED[one.name]
    kind = KINDS[one.kind]
    is_text = one.kind in (Kind.LINE, Kind.PAGE, Kind.YES)
    return kind if is_text or one.needed else kind | None
