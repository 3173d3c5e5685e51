"""PINs and passwords: strength, hashing, and the pauses after wrong tries.

Kept as Argon2id with the parameters OWASP's Password Storage Cheat Sheet names first: 19 MiB of
memory, two passes, one lane. Hashing and verifying take tens of milliseconds by design: never do it
inside a transaction or on the event loop.
"""

import unicodedata
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg

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
    """The salted Argon2id hash of a PIN or password of any strength, in PHC format, ASCII.

    Raises:
        InvalidInputError: It is empty, longer than 1024 bytes or not proper Unicode.
    """
    content = _content(secret)
    if content is None:
        raise InvalidInputError(
            msg("This secret is empty, too long or has characters that cannot be kept."),
            hint=msg("Use 1 to {most} bytes of ordinary text.", most=MAX_SECRET_BYTES),
        )
    return _hasher().hash(content)


def verify_secret(kept_hash: str, secret: str) -> bool:
    """Whether this is the PIN or password of a hash; False for a text that is no hash."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    content = _content(secret)
    if content is None or not _affordable(kept_hash):
        return False
    try:
        return _hasher().verify(kept_hash, content)
    except (Argon2Error, InvalidHashError):
        return False


def dummy_verify(secret: str = "000000") -> None:
    """Take the time of `verify_secret`, so that a quick refusal tells nobody who has an account."""
    content = _content(secret)
    if content is not None:
        _hasher().hash(content)


def needs_rehash(kept_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return not _affordable(kept_hash) or _hasher().check_needs_rehash(kept_hash)


def rehashed(kept_hash: str, secret: str) -> str | None:
    """The hash to keep instead, made of the verified secret; None while the parameters are same."""
    return hash_secret(secret) if needs_rehash(kept_hash) else None


def check_pin(pin: str) -> None:
    """Require a PIN of 6 digits or more, neither all the same nor counting up or down.

    Raises:
        InvalidInputError: It is another one.
    """
    if not (pin.isascii() and pin.isdecimal() and MIN_PIN_DIGITS <= len(pin) <= MAX_SECRET_BYTES):
        raise InvalidInputError(
            msg("A PIN has at least {least} digits and nothing else.", least=MIN_PIN_DIGITS),
            hint=msg("Choose {least} or more of the digits 0 to 9.", least=MIN_PIN_DIGITS),
        )
    if len(set(pin)) == 1 or pin in _ASCENDING or pin[::-1] in _ASCENDING:
        raise InvalidInputError(
            msg("This PIN is too easy to guess."),
            hint=msg("Choose digits that are not all the same and do not just count up or down."),
        )


def check_password(password: str) -> None:
    """Require a password of 10 characters or more, not all the same (NIST SP 800-63B, 3.1.1).

    Raises:
        InvalidInputError: Too short, one character over and over, or cannot be kept.
    """
    if len(password) < MIN_PASSWORD_LENGTH or len(set(password)) == 1:
        raise InvalidInputError(
            msg(
                "A password has at least {least} characters, and not all the same.",
                least=MIN_PASSWORD_LENGTH,
            ),
            hint=msg("A few words in a row are easy to keep in mind and hard to guess."),
        )
    if _content(password) is None:
        raise InvalidInputError(
            msg("This password is too long or has characters that cannot be kept."),
            hint=msg("Use at most {most} bytes of ordinary text.", most=MAX_SECRET_BYTES),
        )


def locked_until(failures: int, last_failed_at: datetime | None, now: datetime) -> datetime | None:
    """Until when an account takes no further try, or None when it takes one now.

    The pauses allow about 24 guesses a day. A right sign-in sets the count to zero; a try while
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
    """The bytes to hash, in NFC; None for what is empty, too long or no proper Unicode."""
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

    # The library ignores what follows a NUL.
    if not (kept_hash.isascii() and kept_hash.isprintable()):
        return False
    try:
        wanted = extract_parameters(kept_hash)
    except (InvalidHashError, ValueError):
        return False
    return wanted.memory_cost <= _MAX_MEMORY_KIB and wanted.time_cost <= _MAX_PASSES
