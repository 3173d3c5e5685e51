"""One-time passwords by time (TOTP, RFC 6238): six digits, SHA-1, 30 seconds, as all apps have it.

Written out on `hmac` instead of taken from a library: it is ten lines, and what keeps a code from
being used twice is the time step it belongs to, which the libraries do not tell.
"""

import hmac
from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import quote

STEP_S: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
"""As RFC 4226, section 4, recommends."""

AROUND: Final = (0, -1, 1)
"""Steps a clock may be off: the phone's is seldom right to the second (RFC 6238, section 5.2)."""

FAR: Final = 120
"""Steps within which a code is looked for to say that a clock is wrong: an hour."""

ISSUER: Final = "eventdesk"


def step_at(now: datetime) -> int:
    """The time step of an instant, aware."""
    return int(now.timestamp()) // STEP_S


def code_at(secret: bytes, step: int) -> str:
    """The code of a time step (RFC 4226, section 5.3).

    >>> code_at(b"12345678901234567890", 1)
    '287082'
    """
    made = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    at = made[-1] & 0xF
    number = int.from_bytes(made[at : at + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The time step that a code is of, if it holds at an instant; None for a wrong one."""
    here = step_at(now)
    return _among(secret, code, (here + away for away in AROUND))


def minutes_off(secret: bytes, code: str, now: datetime) -> int | None:
    """By how many minutes the clock that made a code is ahead of ours, within an hour."""
    here = step_at(now)
    found = _among(secret, code, range(here - FAR, here + FAR + 1))
    return None if found is None else round((found - here) * STEP_S / 60)


def _among(secret: bytes, code: str, steps: Iterable[int]) -> int | None:
    typed = code.encode()
    right = [each for each in steps if hmac.compare_digest(code_at(secret, each).encode(), typed)]
    return right[0] if right else None


def spelled(secret: bytes) -> str:
    """The secret as apps take it, in base32.

    >>> spelled(b"12345678901234567890")
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
    """
    return b32encode(secret).decode().rstrip("=")


def setup_address(secret: bytes, email: str) -> str:
    """What the QR code says that apps scan: `otpauth://totp/…`.

    >>> setup_address(b"1234567890", "ada@example.org")
    'otpauth://totp/eventdesk:ada%40example.org?secret=GEZDGNBVGY3TQOJQ&issuer=eventdesk'
    """
    name = quote(f"{ISSUER}:{email}", safe=":")
    return f"otpauth://totp/{name}?secret={spelled(secret)}&issuer={ISSUER}"
