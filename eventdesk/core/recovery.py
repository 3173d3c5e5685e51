"""The recovery phrase: a secret of 128 bits as people write it down.

It is in the key folder of the house and on a sheet of paper: what is sealed with it can be opened
on an empty machine. Seven groups of four letters and digits without look-alikes; the last two
characters are a check, so that a slip of the pen is told from the wrong sheet.
"""

import hashlib
import secrets
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import CODE_ALPHABET
from eventdesk.core.messages import msg

SECRET_BYTES: Final = 16
_LETTERS: Final = 28
_GROUP: Final = 4
_BASE: Final = len(CODE_ALPHABET)


def new_secret() -> bytes:
    """Make a secret."""
    return secrets.token_bytes(SECRET_BYTES)


def phrase_of(secret: bytes) -> str:
    """Write a secret so that a person can keep it.

    >>> phrase_of(bytes(16)).count("-")
    6
    """
    number = int.from_bytes(secret, "big")
    letters = ""
    for _letter in range(_LETTERS - 2):
        number, digit = divmod(number, _BASE)
        letters += CODE_ALPHABET[digit]
    letters += _check(secret)
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))


def secret_of(phrase: str) -> bytes:
    """Read a phrase as it was typed; case, spaces and dashes are of no matter.

    Raises:
        InvalidInputError: It is none, or has a slip in it.

    >>> secret_of(phrase_of(bytes(range(16))).lower().replace("-", " ")) == bytes(range(16))
    True
    """
    letters = "".join(each for each in phrase.upper() if each.isalnum())
    wrong = InvalidInputError(
        msg("This is no recovery phrase, or there is a slip in it."),
        hint=msg("It has seven groups of four letters and digits: compare it with the sheet."),
    )
    if len(letters) != _LETTERS or not set(letters) <= set(CODE_ALPHABET):
        raise wrong
    number = 0
    for letter in reversed(letters[:-2]):
        number = number * _BASE + CODE_ALPHABET.index(letter)
    if number >= 1 << (8 * SECRET_BYTES):
        raise wrong
    secret = number.to_bytes(SECRET_BYTES, "big")
    if letters[-2:] != _check(secret):
        raise wrong
    return secret


def _check(secret: bytes) -> str:
    digest = hashlib.sha256(b"eventdesk recovery phrase 1\0" + secret).digest()
    return "".join(CODE_ALPHABET[byte % _BASE] for byte in digest[:2])
