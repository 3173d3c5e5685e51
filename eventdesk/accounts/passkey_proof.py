"""What a browser proves with a passkey (Web Authentication, Level 3), and whether it holds.

Written out on `cryptography` instead of taken from a library: the libraries bring four packages
more, or data under a copyleft licence, to read attestations that we do not ask for. Without those a
browser gives the key as SubjectPublicKeyInfo (section 5.2.1.1), and no CBOR is left to be read.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from eventdesk.core.errors import SignInError
from eventdesk.core.messages import Message, msg

ALGORITHMS: Final = (-7, -8, -257)
"""ES256, EdDSA and RS256, as COSE numbers them; browsers are asked for one of these."""

CHALLENGE_BYTES: Final = 32
LONGEST_ID: Final = 1023
"""Bytes of a credential's id (section 4)."""

LONGEST: Final = 10_000
"""Characters of one part of an answer."""

LEAST_RSA_BITS: Final = 2048
MOST_RSA_BITS: Final = 8192

_PRESENT, _VERIFIED, _BACKED_UP_ONCE, _BACKED_UP, _HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
"""Flags of the device's data (section 6.1)."""

_HEAD: Final = 37
"""Bytes of the device's data before a new key: hash of the host, flags, counter."""

_KIND: Final = 16
"""Bytes that say what kind of device it is."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a device is asked to sign.

    Attributes:
        challenge: Random bytes, made for this one question.
        origin: The page that asks: `https://desk.example.org`.
    """

    challenge: bytes
    origin: str

    @property
    def host(self) -> str:
        """Whose passkeys they are (the RP ID)."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as the browser tells of it that made it; bytes are texts in base64url.

    Attributes:
        credential_id: What the device knows it by.
        public_key: As SubjectPublicKeyInfo, in DER.
        client_data: What the browser says it was asked.
        device_data: What the device says of it.
    """

    credential_id: str
    public_key: str
    client_data: str
    device_data: str


@dataclass(frozen=True, slots=True)
class PasskeyProof:
    """What was signed with a passkey; bytes are texts in base64url.

    Attributes:
        credential_id: The passkey.
        user: Whose it is, as the device kept it; "" where it was not asked for that.
        client_data: What the browser says it was asked.
        device_data: What the device says of it.
        signature: Over both.
    """

    credential_id: str
    user: str
    client_data: str
    device_data: str
    signature: str


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that may be kept."""

    credential_id: bytes
    public_key: bytes
    counter: int


def new_question(origin: str) -> Question:
    """Ask something that was never asked before."""
    return Question(secrets.token_bytes(CHALLENGE_BYTES), origin)


def made_of(new: NewPasskey, question: Question) -> Made:
    """Check a passkey that was made for a question.

    Raises:
        SignInError: It was not, or nobody was asked for a finger, a face or a PIN.
    """
    _need_client(unspelled(new.client_data), "webauthn.create", question)
    told = unspelled(new.device_data)
    counter = _counter_of(told, question, needs=_HAS_KEY)
    at = _HEAD + _KIND
    length = int.from_bytes(told[at : at + 2], "big")
    credential_id = told[at + 2 : at + 2 + length]
    is_whole = 0 < length == len(credential_id) <= LONGEST_ID
    if not is_whole or credential_id != unspelled(new.credential_id):
        raise _refused(msg("The passkey is not the one the device made."))
    public_key = unspelled(new.public_key)
    _key_of(public_key)
    return Made(credential_id, public_key, counter)


def counter_of(proof: PasskeyProof, question: Question, public_key: bytes) -> int:
    """Check that a question was signed with a passkey, and say how often the device used it.

    Raises:
        SignInError: It was not.
    """
    client, told = unspelled(proof.client_data), unspelled(proof.device_data)
    _need_client(client, "webauthn.get", question)
    counter = _counter_of(told, question)
    signed = told + hashlib.sha256(client).digest()
    try:
        _verify(_key_of(public_key), unspelled(proof.signature), signed)
    except InvalidSignature as error:
        raise _refused(msg("The signature is not that of the passkey.")) from error
    return counter


def went_back(counter: int, before: int) -> bool:
    """Whether a counter shows that there are two of a passkey (section 6.1.1)."""
    return bool(counter or before) and counter <= before


def spelled(content: bytes) -> str:
    """Bytes as base64url without padding.

    >>> spelled(b"??>")
    'Pz8-'
    """
    return urlsafe_b64encode(content).decode().rstrip("=")


def unspelled(text: str) -> bytes:
    """The bytes of a text in base64url.

    Raises:
        SignInError: It is none.
    """
    if len(text) <= LONGEST and text.isascii():
        try:
            return urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (Error, ValueError):
            pass
    raise _refused(msg("The browser's answer cannot be read."))


def _need_client(content: bytes, kind: str, question: Question) -> None:
    """Check what the browser says it was asked (section 5.8.1)."""
    try:
        said: Any = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _refused(msg("The browser's answer cannot be read.")) from error
    if not isinstance(said, dict) or said.get("type") != kind:
        raise _refused(msg("The browser answered something else than was asked."))
    answered = str(said.get("challenge")).encode(errors="replace")
    if not secrets.compare_digest(answered, spelled(question.challenge).encode()):
        raise _refused(msg("This answers another question."))
    if said.get("origin") != question.origin or said.get("crossOrigin"):
        raise _refused(msg("The passkey was asked for by another page."))


def _counter_of(told: bytes, question: Question, *, needs: int = 0) -> int:
    """Check what the device says (section 6.1), and read how often it used the passkey."""
    if len(told) < _HEAD or told[:32] != hashlib.sha256(question.host.encode()).digest():
        raise _refused(msg("The passkey is for another page."))
    flags = told[32]
    if not flags & _PRESENT or not flags & _VERIFIED:
        raise _refused(msg("The device has not made sure that it is you."))
    is_odd = flags & _BACKED_UP and not flags & _BACKED_UP_ONCE
    if is_odd or flags & needs != needs:
        raise _refused(msg("The browser's answer cannot be read."))
    return int.from_bytes(told[33:_HEAD], "big")


Key = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey


def _key_of(public_key: bytes) -> Key:
    """The key, if it is of a kind that was asked for."""
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _refused(msg("The key of the passkey cannot be read.")) from error
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    if isinstance(key, RSAPublicKey) and LEAST_RSA_BITS <= key.key_size <= MOST_RSA_BITS:
        return key
    raise _refused(msg("The key of the passkey is of a kind that was not asked for."))


def _verify(key: Key, signature: bytes, signed: bytes) -> None:
    """Check a signature; raises InvalidSignature."""
    if isinstance(key, Ed25519PublicKey):
        key.verify(signature, signed)
    elif isinstance(key, RSAPublicKey):
        key.verify(signature, signed, PKCS1v15(), SHA256())
    else:
        key.verify(signature, signed, ECDSA(SHA256()))


def _refused(what: Message) -> SignInError:
    return SignInError(what, hint=msg("Begin again, or sign in with your password."))
