"""The text of a pairing's QR code: the hub's address, the one-time code, and whom to trust.

    https://192.168.1.10:8443/pair#K7QM2X9P.1bZr0n3Qk5u2VfXx

What follows the # never leaves the device, so no log on the way has it (RFC 3986, 3.5).
"""

import base64
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg

MARK_BYTES: Final = 12
"""How much of the authority's SHA-256 goes along: enough that nobody finds another with it."""

_PLACE: Final = "pair"


@dataclass(frozen=True, slots=True)
class PairingText:
    """What a device reads.

    Attributes:
        url: Where the hub serves.
        code: The one-time code.
        mark: The beginning of the authority's SHA-256 as hexadecimal digits; "" for none.
    """

    url: str
    code: str
    mark: str = ""


def write_pairing(url: str, code: str, fingerprint: str = "") -> str:
    """The text of a QR code.

    Args:
        fingerprint: SHA-256 of the hub's authority as hexadecimal digits; "" where it has none.
    """
    whole = bytes.fromhex(fingerprint.replace(":", ""))[:MARK_BYTES]
    mark = base64.urlsafe_b64encode(whole).decode().rstrip("=")
    return f"{url.rstrip('/')}/{_PLACE}#{read_code(code)}" + (f".{mark}" if mark else "")


def fingerprint_words(fingerprint: str) -> str:
    """The beginning of an authority's SHA-256, for people to compare.

    >>> fingerprint_words("ab" * 32)
    'AB:AB:AB:AB:AB:AB AB:AB:AB:AB:AB:AB'
    """
    pairs = [f"{each:02X}" for each in bytes.fromhex(fingerprint)[:MARK_BYTES]]
    half = MARK_BYTES // 2
    return f"{':'.join(pairs[:half])} {':'.join(pairs[half:])}"


def read_pairing(text: str) -> PairingText:
    """Read the text of a QR code.

    Raises:
        InvalidInputError: It is none of a pairing.
    """
    wrong = InvalidInputError(
        msg("This is not the text of a pairing's QR code."),
        hint=msg("Or type the hub's address and the code: eventdesk pair ADDRESS CODE"),
    )
    try:
        parts = urlsplit(text.strip())
        code, _, mark = parts.fragment.partition(".")
        found = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).hex()
    except ValueError:
        raise wrong from None
    root, slash, place = parts.path.rpartition("/")
    if not (parts.hostname and parts.scheme and slash and place == _PLACE and code):
        raise wrong
    return PairingText(f"{parts.scheme}://{parts.netloc}{root}", code, found)
