"""Messages handed to apprise, each in a child process that ends with it.

apprise knows 170 services by code of as many authors, and an address decides which of it runs. In a
child it holds up nothing, stays within limits of time and memory, logs nowhere, and opens neither
files nor addresses that are none of its business (`apprise_child`).
"""

import json
from dataclasses import dataclass
from typing import Final

from eventdesk.core.errors import ServiceError, ServiceRefusedError, ServiceSilentError
from eventdesk.core.ids import new_id
from eventdesk.core.kept_child import ChildLostError, KeptChild
from eventdesk.core.messages import Message, _, msg
from eventdesk.integrations.chat import apprise_child
from eventdesk.integrations.chat.kind import CHAT
from eventdesk.integrations.service import Values
from eventdesk.integrations.webhook.kind import NETWORKS

TIMEOUT_S: Final = 15.0
"""How long one call of a service may take."""

BEGIN_S: Final = 20.0
"""How long the child may take on a busy machine until it calls."""

CALLS: Final = 4
"""So many calls in the time-out there is time for: some services are signed in to first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that a service took.

    Attributes:
        where: The service, and the machine that was called.
        status: What it answered, where it speaks HTTP; else "".
    """

    where: str
    status: str = ""


def post(values: Values, title: str, text: str, key: str) -> Taken:
    """Send a message to the room of an address.

    Args:
        values: What was typed to set it up.
        title: Its first line.
        text: What it says.
        key: Names it, the same each time it is sent: each call of HTTP says it as its
            Idempotency-Key, so that who can takes it once.

    Raises:
        ServiceSilentError: No answer, or one that says to come again.
        ServiceRefusedError: It was not taken, or the address must not be called or cannot be.
        InvalidInputError: apprise is not installed.
    """
    CHAT.need_installed()
    child = KeptChild(seconds=BEGIN_S + TIMEOUT_S * CALLS, again=False)
    try:
        answer = child.call(
            apprise_child.sent,
            str(values.get("address") or ""),
            title,
            text,
            key=key,
            networks=str(values.get(NETWORKS) or "").split(),
            timeout_s=TIMEOUT_S,
        )
    except ChildLostError as error:
        raise ServiceSilentError(
            msg("Sending the message took too long, or crashed."), hint=error.advice
        ) from error
    finally:
        child.close()
    told = json.loads(answer)
    if "refused" in told or "silent" in told:
        raise _error(told)
    return Taken(told["where"], told["status"])


def _error(told: dict[str, object]) -> ServiceError:
    """The error that the child told of."""
    found = told.get("silent") or told["refused"]
    assert isinstance(found, list)
    message, hint = map(Message.from_json, found)
    wait_s = told.get("wait_s")
    if "silent" in told:
        waits = int(wait_s) if isinstance(wait_s, int | float) else None
        return ServiceSilentError(message, hint=hint, wait_s=waits)
    return ServiceRefusedError(message, hint=hint)


def probe(values: Values) -> Message:
    """Send a test message, and say who took it.

    Raises:
        ServiceError: It was not taken.
    """
    taken = post(values, _("Test"), _("eventdesk reaches this room."), new_id().hex)
    return msg("{service} took a test message.", service=taken.where)
