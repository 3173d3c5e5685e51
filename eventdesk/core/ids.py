"""Ids that desks can make apart from each other, and short codes for people."""

import os
import secrets
import threading
import time
from uuid import UUID

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two signs without the look-alikes 0/O and 1/I."""

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def new_id() -> UUID:
    """Make a UUIDv7: ordered by time, and within this process by call.

    The layout is RFC 9562, section 5.7; the 12 bits of rand_a are a counter (section 6.2,
    method 1) that starts at random in its lower half with each new millisecond.
    """
    global _last_ms, _counter
    with _lock:
        now_ms = time.time_ns() // 1_000_000
        if now_ms > _last_ms:
            _last_ms, _counter = now_ms, secrets.randbits(11)
        else:
            _counter += 1
            if _counter > 0xFFF:
                _last_ms, _counter = _last_ms + 1, 0
        high = (_last_ms << 16) | 0x7000 | _counter
    low = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1 | 1 << 63
    return UUID(int=high << 64 | low)


def new_code(length: int = 8) -> str:
    """Make a random code people can read aloud, such as a ticket's or a booking's.

    Eight signs are 40 bits: among a million codes a new one collides once in a million times,
    so the unique index of the store has the last word and the caller tries again.
    """
    return "".join(CODE_ALPHABET[byte & 31] for byte in os.urandom(length))


def read_code(typed: str) -> str:
    """Bring a typed code to its one spelling: upper case, without spaces and dashes.

    >>> read_code(" k7qm-2x9p ")
    'K7QM2X9P'
    """
    return "".join(typed.split()).replace("-", "").upper()


def codes_near(code: str) -> set[str]:
    """The codes one slip from one: a sign wrong, left out, too many, or two swapped.

    >>> "K7QM2X9P" in codes_near("K7MQ2X9P")
    True
    """
    near = {code[:at] + code[at + 1 :] for at in range(len(code))}
    near |= {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1)}
    for sign in CODE_ALPHABET:
        near |= {code[:at] + sign + code[at + 1 :] for at in range(len(code))}
        near |= {code[:at] + sign + code[at:] for at in range(len(code) + 1)}
    return near - {code}
