"""Reads a stream of server-sent events that says what changed; `eventdesk/web/stream.py` tells it.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from data.touched import HOUSE
from eventdesk.acts import Changes, Position
from eventdesk.core.errors import ServiceSilentError
from eventdesk.core.messages import msg

LONGEST: Final = 1_000_000
"""Bytes of one event, at most."""


def changes_of(parts: Iterable[bytes]) -> Iterator[Changes]:
    """The changes that a stream tells, as its bytes come.

    Raises:
        ServiceSilentError: Something else is told there.
    """
    fields: dict[bytes, bytes] = {}
    for line in _lines(parts):
        name, _, value = line.partition(b":")
        if name:  # a line that begins with a colon only says that the line is alive
            fields[name] = value.removeprefix(b" ")
        elif not line:
            if b"data" in fields:
                yield _read(fields)
            fields = {}


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    left = b""
    for part in parts:
        *whole, left = (left + part).split(b"\n")
        yield from whole
        if len(left) > LONGEST:
            raise _nonsense()


def _read(fields: dict[bytes, bytes]) -> Changes:
    try:
        told: dict[str, Any] = json.loads(fields[b"data"])
        touched = frozenset(
            (str(each["topic"]), HOUSE if each["event"] is None else UUID(each["event"]))
            for each in told["touched"]
        )
        upto = Position.read(fields.get(b"id", b"").decode())
        return Changes(touched, bool(told["everything"]), upto)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _nonsense() from None


def _nonsense() -> ServiceSilentError:
    return ServiceSilentError(
        msg("What is told there is no stream of changes."),
        hint=msg("Something else may answer in its place. Look at its address."),
    )
