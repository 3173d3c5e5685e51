"""What no value that came over a wire may be, whichever use case it is for."""

import dataclasses
import math
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.typed_text import MAX_PAGE

MAX_TEXT: Final = MAX_PAGE
"""Most characters of one text: no field of the desk takes more. Files come as bytes."""


def need_sane(value: object, name: str) -> None:
    """Require texts, numbers and times that a use case can work with, however deep they lie.

    Args:
        value: What was read of a request, of any type that use cases take.
        name: What it is called, for the error.

    Raises:
        InvalidInputError: A text is longer than `MAX_TEXT`, a number is not finite, or a time says
            no time zone; names the place.
    """
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise InvalidInputError(
                msg(
                    "{place}: a text of {length} characters is too long.",
                    place=name,
                    length=len(value),
                ),
                hint=msg("A text has {most} characters at most.", most=MAX_TEXT),
            )
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise InvalidInputError(msg("{place}: this is no finite number.", place=name))
    elif isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidInputError(
                msg("{place}: a time needs its time zone.", place=name),
                hint=msg("Write it with an offset, such as 2026-05-30T09:00:00Z."),
            )
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            need_sane(key, name)
            need_sane(inner, f"{name}.{key}")
    elif isinstance(value, Collection) and not isinstance(value, bytes):
        for place, inner in enumerate(value):
            need_sane(inner, f"{name}.{place}")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            need_sane(getattr(value, field.name), f"{name}.{field.name}")
