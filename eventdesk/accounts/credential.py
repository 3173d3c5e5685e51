"""PINs and passwords: which are good enough, how they are kept, and when guessing must wait.

Kept as Argon2id with the parameters OWASP's Password Storage Cheat Sheet names first: 19 MiB of
memory, two passes, one lane. Hashing and verifying take tens of milliseconds by design; do
neither inside a transaction or on the event loop.
"""

import unicodedata
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from eventdesk.core.errors import InvalidInputError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
LANES: Final = 1

MAX_SECRET_BYTES: Final = 1024
MIN_PIN_DIGITS: Final = 6
MIN_PASSWORD_LENGTH: Final = 10

TRIES_BEFORE_LOCK: Final = 3
PAUSES: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
"""How long the third wrong try in a row locks, the fourth, the fifth, and every one after it."""

# A hash read from a damaged store must not ask for all the memory of the machine.
_MAX_MEMORY_KIB = 16 * MEMORY_KIB
_MAX_PASSES = 16
_ASCENDING = "01234567890123456789"


def hash_secret(secret: str) -> str:
    """What to keep of a PIN or password: a salted Argon2id hash in PHC format, ASCII.

    Says nothing about strength; `check_pin` and `check_password` do.

    Raises:
        InvalidInputError: It is empty, longer than 1024 bytes or not proper Unicode.
    """
    content = _content(secret)
    if content is None:
        raise InvalidInputError(
            "This secret is empty, too long or has characters that cannot be kept.",
            hint=f"Use 1 to {MAX_SECRET_BYTES} bytes of ordinary text.",
        )
    return _hasher().hash(content)


def verify_secret(kept_hash: str, secret: str) -> bool:
    """Whether this is the PIN or password that was kept.

    Any text may be passed for either; what could never have been kept is simply wrong.
    """
    from argon2.exceptions import Argon2Error, InvalidHashError

    content = _content(secret)
    if content is None or not _affordable(kept_hash):
        return False
    try:
        return _hasher().verify(kept_hash, content)
    except (Argon2Error, InvalidHashError):
        return False


def dummy_verify(secret: str = "000000") -> None:
    """Take the time of `verify_secret`, for an account that does not exist.

    Without it, a quick refusal would tell which names are accounts.
    """
    content = _content(secret)
    if content is not None:
        _hasher().hash(content)


def needs_rehash(kept_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return not _affordable(kept_hash) or _hasher().check_needs_rehash(kept_hash)


def rehashed(kept_hash: str, secret: str) -> str | None:
    """The hash to keep instead of an older one; None where it is as hashes are made today.

    Args:
        kept_hash: What is kept.
        secret: What was typed, and verified.
    """
    return hash_secret(secret) if needs_rehash(kept_hash) else None


def check_pin(pin: str) -> None:
    """Accept a PIN that is not among the first anybody would try.

    Raises:
        InvalidInputError: Not digits only, fewer than 6, all the same, or simply counting up
            or down.
    """
    if not (pin.isascii() and pin.isdecimal() and MIN_PIN_DIGITS <= len(pin) <= MAX_SECRET_BYTES):
        raise InvalidInputError(
            f"A PIN has at least {MIN_PIN_DIGITS} digits and nothing else.",
            hint=f"Choose {MIN_PIN_DIGITS} or more of the digits 0 to 9.",
        )
    if len(set(pin)) == 1 or pin in _ASCENDING or pin[::-1] in _ASCENDING:
        raise InvalidInputError(
            "This PIN is too easy to guess.",
            hint="Choose digits that are not all the same and do not just count up or down.",
        )


def check_password(password: str) -> None:
    """Accept a password of at least ten characters, not all the same; length is what counts.

    Follows NIST SP 800-63B, section 3.1.1: no rules about kinds of characters.

    Raises:
        InvalidInputError: Too short, one character over and over, or cannot be kept.
    """
    if len(password) < MIN_PASSWORD_LENGTH or len(set(password)) == 1:
        raise InvalidInputError(
            f"A password has at least {MIN_PASSWORD_LENGTH} characters, and not all the same.",
            hint="A few words in a row are easy to keep in mind and hard to guess.",
        )
    if _content(password) is None:
        raise InvalidInputError(
            "This password is too long or has characters that cannot be kept.",
            hint=f"Use at most {MAX_SECRET_BYTES} bytes of ordinary text.",
        )


def locked_until(failures: int, last_failed_at: datetime | None, now: datetime) -> datetime | None:
    """Until when an account takes no further try, or None when it takes one now.

    The third wrong try in a row locks for 30 seconds, the fourth for 2 minutes, the fifth for
    10 minutes, and every further one for an hour: about 24 guesses a day at most, while a
    person who mistypes waits half a minute. A right sign-in sets the count to zero; a try while
    locked is neither checked nor counted. A clock that was set back makes no pause longer.

    Args:
        failures: Wrong tries since the last right one.
        last_failed_at: When the last of them was, aware; None if there was none.
        now: The instant of the next try, aware.
    """
    if last_failed_at is None or failures < TRIES_BEFORE_LOCK:
        return None
    pause = PAUSES[min(failures - TRIES_BEFORE_LOCK, len(PAUSES) - 1)]
    if last_failed_at - now > pause:
        return None  # counted by a clock that was ahead
    until = min(last_failed_at, now) + pause
    return until if now < until else None


@cache
def _hasher() -> "PasswordHasher":
    """Today's parameters; loaded late, because few commands ask for a secret."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def _content(secret: str) -> bytes | None:
    """The bytes to hash, or None for what is empty, too long or no proper Unicode.

    Composed (NFC) first, since keyboards spell an é in two ways.
    """
    if not 1 <= len(secret) <= MAX_SECRET_BYTES:
        return None
    try:
        content = unicodedata.normalize("NFC", secret).encode()
    except UnicodeEncodeError:
        return None
    return content if len(content) <= MAX_SECRET_BYTES else None


def _affordable(kept_hash: str) -> bool:
    """Whether it is a hash, and one that verifies in reasonable memory and time."""
    from argon2 import extract_parameters
    from argon2.exceptions import InvalidHashError

    # The library takes what follows a NUL for not there.
    if not (kept_hash.isascii() and kept_hash.isprintable()):
        return False
    try:
        wanted = extract_parameters(kept_hash)
    except (InvalidHashError, ValueError):
        return False
    return wanted.memory_cost <= _MAX_MEMORY_KIB and wanted.time_cost <= _MAX_PASSES
