"""Bounces: what a mail server reports of a letter that it took and could not bring (RFC 3464).

Reports come from anybody, so nothing in one is believed but the name of a letter of ours, which
only those know who had that letter in their hands.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain

MAX_REPORT: Final = 64 * 1024
"""Bytes of a report that are read; the head of our letter stands before its body."""

MAX_PARTS: Final = 40
MAX_REASON: Final = 200
MAX_NOTICES: Final = 1000
"""Most bounces in one notice of a provider."""

_NAME: Final = re.compile(
    r"\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.ASCII
)
_ADDRESS: Final = re.compile(r"<?[^\s<>@;]{1,64}@[^\s<>@;]{1,253}>?")
_HEADS: Final = frozenset({"message/rfc822", "message/rfc822-headers", "text/rfc822-headers"})
_WORDS: Final = frozenset({"bounce", "bounced", "dropped", "failed", "permanent_fail"})
"""What providers call the event."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter that did not arrive.

    Attributes:
        letter_id: The delivery, as the Message-ID of the letter names it.
        reason: What the server said, in one line without addresses; may be "".
    """

    letter_id: UUID
    reason: str


def bounce_in(report: bytes) -> Bounce | None:
    """Read a mail that may report a bounce; None where it reports none of a letter of ours.

    A report of a delay is none, nor is what a person or a program answers to a letter.
    """
    try:
        message = message_from_bytes(report[:MAX_REPORT])
        parts = _parts(message)
        reason = _failure(message, parts)
        letter_id = None if reason is None else _letter_in(parts)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return None  # made to be unreadable
    return None if reason is None or letter_id is None else Bounce(letter_id, reason)


def bounces_told(body: bytes) -> list[Bounce]:
    """Read a notice of a provider: an object of JSON, or a list of them.

    Raises:
        InvalidInputError: It is none.
    """
    try:
        said = json.loads(body)
    except (RecursionError, ValueError) as error:
        raise _no_notice() from error
    told = said if isinstance(said, list) else [said]
    if not all(isinstance(each, dict) for each in told):
        raise _no_notice()
    return list(_told(told[:MAX_NOTICES]))


def _no_notice() -> InvalidInputError:
    return InvalidInputError(
        msg("This is no notice of bounces."),
        hint=msg("Such as {example}.", example='{"message_id": "<…>", "reason": "…"}'),
    )


def _told(told: list[dict[str, object]]) -> Iterator[Bounce]:
    for each in told:
        event = str(each.get("event") or each.get("type") or "bounce").casefold()
        name = _NAME.search(_text(each, "message_id") or _text(each, "smtp-id"))
        if event in _WORDS and name is not None:
            yield Bounce(UUID(name[1]), _one_line(_text(each, "reason")))


def _text(said: dict[str, object], name: str) -> str:
    value = said.get(name)
    return value[: MAX_REPORT // 16] if isinstance(value, str) else ""


def _parts(message: Message) -> list[Message]:
    """The parts of a report, those inside of others too; the letter itself is not gone into."""
    found: list[Message] = []
    open_parts = [message]
    while open_parts and len(found) < MAX_PARTS:
        part = open_parts.pop(0)
        found.append(part)
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list):
            open_parts += [each for each in inside if isinstance(each, Message)]
    return found


def _failure(message: Message, parts: list[Message]) -> str | None:
    """Why a letter failed for good; None where no report says that it did."""
    for part in parts:
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            for block in blocks[:MAX_PARTS]:
                if isinstance(block, Message) and _head(block, "Action").casefold() == "failed":
                    return _reason(block)
            return None
    return "" if message["X-Failed-Recipients"] else None  # servers that write for people only


def _reason(block: Message) -> str:
    """The words of the server, else the status that stands for them."""
    kind, _, said = _head(block, "Diagnostic-Code").partition(";")
    return _one_line(said or kind or _head(block, "Status"))


def _letter_in(parts: list[Message]) -> UUID | None:
    """The letter of ours that came back, or its head."""
    for part in parts:
        if part.get_content_type() in _HEADS:
            inside = part.get_payload()
            head = inside[0] if isinstance(inside, list) and inside else inside
            if isinstance(head, str):  # text/rfc822-headers
                head = message_from_bytes(head.encode(errors="replace"))
            name = _NAME.search(_head(head, "Message-ID")) if isinstance(head, Message) else None
            if name is not None:
                return UUID(name[1])
    return None


def _head(message: Message, name: str) -> str:
    return " ".join(str(message.get(name) or "")[:2000].split())


def _one_line(said: str) -> str:
    return plain(_ADDRESS.sub("…", said), limit=MAX_REASON)
