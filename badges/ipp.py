"""IPP requests that ask a CUPS server for the attributes of a queue or a job.

Encoding by RFC 8010, meaning by RFC 8011. Only the two operations that read are spoken here.
"""

import contextlib
import errno
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final
from urllib.parse import quote

from badges.line import Line
from eventdesk.core.messages import msg

Value = int | str | None
Attributes = Mapping[str, tuple[Value, ...]]

_MAX_BYTES: Final = 65536
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_OUT_OF_BAND: Final = range(0x10, 0x20)
_CHARSET, _LANGUAGE, _URI, _KEYWORD = 0x47, 0x48, 0x45, 0x44
_END: Final = 0x03
NOT_FOUND: Final = 0x0406


class Operation(IntEnum):
    """The operations that are used."""

    JOB = 0x0009
    """Get-Job-Attributes"""

    QUEUE = 0x000B
    """Get-Printer-Attributes"""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response of the server."""

    code: int
    """Status code; below 0x100 it is an answer, `NOT_FOUND` says that there is no such thing."""

    attributes: Attributes


def ask(
    line: Line, operation: Operation, name: str, wanted: Sequence[str], *, within_s: float
) -> Answer:
    """Ask for attributes of a queue by its name, or of a job by its number.

    Raises:
        OSError: No answer in time, or one that makes no sense.
    """
    deadline = time.monotonic() + within_s
    with contextlib.closing(line.open(within_s=within_s)) as channel:
        channel.write(_request(operation, name, wanted), within_s=within_s)
        heard = bytearray()
        while not _is_whole(heard) and len(heard) < _MAX_BYTES:
            said = channel.read(within_s=max(0.0, deadline - time.monotonic()))
            if not said:
                raise TimeoutError(errno.ETIMEDOUT, msg("CUPS does not answer"))
            heard += said
    return read_answer(bytes(heard))


def read_answer(heard: bytes) -> Answer:
    """Read a whole HTTP response with an IPP response inside.

    Raises:
        OSError: It is none.
    """
    head, _, body = heard.partition(b"\r\n\r\n")
    try:
        if head.split()[1] != b"200":
            raise ValueError("CUPS refuses to answer")
        return Answer(int.from_bytes(body[2:4], "big"), _attributes(body[8:]))
    except (ValueError, IndexError) as error:
        raise OSError(errno.EPROTO, msg("The answer of CUPS makes no sense")) from error


def _request(operation: Operation, name: str, wanted: Sequence[str]) -> bytes:
    folder, key = ("jobs", "job-uri") if operation is Operation.JOB else ("printers", "printer-uri")
    body = b"".join(
        (
            bytes((2, 0)) + operation.to_bytes(2, "big") + (1).to_bytes(4, "big") + b"\x01",
            _attribute(_CHARSET, "attributes-charset", "utf-8"),
            _attribute(_LANGUAGE, "attributes-natural-language", "en"),
            _attribute(_URI, key, f"ipp://localhost/{folder}/{quote(name, safe='')}"),
            *(
                _attribute(_KEYWORD, "" if place else "requested-attributes", attribute)
                for place, attribute in enumerate(wanted)
            ),
            bytes([_END]),
        )
    )
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _attribute(tag: int, name: str, value: str) -> bytes:
    return bytes([tag]) + _sized(name.encode("ascii")) + _sized(value.encode())


def _sized(text: bytes) -> bytes:
    return len(text).to_bytes(2, "big") + text


def _is_whole(heard: bytearray) -> bool:
    head, found, body = heard.partition(b"\r\n\r\n")
    if not found:
        return False
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == b"content-length" and value.strip().isdigit():
            return len(body) >= int(value)
    raise OSError(errno.EPROTO, msg("The answer of CUPS has no length"))


def _attributes(body: bytes) -> dict[str, tuple[Value, ...]]:
    """Read the groups of attributes as one; a value without a name belongs to the last name.

    Raises:
        ValueError: It breaks off.
    """
    found: dict[str, tuple[Value, ...]] = {}
    name, place = "", 0
    while (tag := body[place]) != _END:
        place += 1
        if tag < _OUT_OF_BAND.start:
            continue
        key, place = _piece(body, place)
        value, place = _piece(body, place)
        name = key.decode("ascii") or name
        found[name] = (*found.get(name, ()), _value(tag, value))
    return found


def _piece(body: bytes, place: int) -> tuple[bytes, int]:
    start = place + 2
    end = start + int.from_bytes(body[place:start], "big")
    if end > len(body):
        raise ValueError("it breaks off")
    return body[start:end], end


def _value(tag: int, value: bytes) -> Value:
    if tag in _OUT_OF_BAND:
        return None
    if tag in (_INTEGER, _ENUM, _BOOLEAN):
        return int.from_bytes(value, "big", signed=True)
    return value.decode("utf-8", "replace")
