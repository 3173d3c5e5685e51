"""A device with passkeys, played in software: it makes and uses them as WebAuthn says, or lies."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from eventdesk.accounts import Challenge, NewPasskey, PasskeyProof

ORIGIN = "https://desk.example.org"
PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def content(written: str) -> bytes:
    return urlsafe_b64decode(written + "==")


@dataclass
class Device:
    """One passkey on a device, in a browser.

    Attributes:
        key: What it signs with.
        user: Whose it is, as the page said that had it made.
        counter: How often it was used; a device that does not count stays at 0.
        step: By how much it counts on.
        origin: The page the browser shows.
        host: Whose passkey the device takes it for; None for that of the challenge.
        flags: What the device says of its person.
        said: What the browser says otherwise than it should.
    """

    key: PrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user: str = ""
    counter: int = 0
    step: int = 1
    origin: str = ORIGIN
    host: str | None = None
    flags: int = PRESENT | VERIFIED
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def public_key(self) -> bytes:
        """As browsers give it."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def make(self, asked: Challenge) -> NewPasskey:
        """Make the passkey."""
        self.user = asked.user
        head = bytes(16) + len(self.credential_id).to_bytes(2, "big")
        told = self._told(asked, HAS_KEY) + head + self.credential_id + self._cose()
        client = self._client("webauthn.create", asked)
        return NewPasskey(text(self.credential_id), text(self.public_key), text(client), text(told))

    def use(self, asked: Challenge) -> PasskeyProof:
        """Sign in with it."""
        self.counter += self.step
        told, client = self._told(asked), self._client("webauthn.get", asked)
        signature = self._sign(told + hashlib.sha256(client).digest())
        return PasskeyProof(
            text(self.credential_id), self.user, text(client), text(told), text(signature)
        )

    def _told(self, asked: Challenge, more: int = 0) -> bytes:
        host = hashlib.sha256((self.host or asked.host).encode()).digest()
        return host + bytes([self.flags | more]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, asked: Challenge) -> bytes:
        said = {"type": kind, "challenge": asked.challenge, "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False, **self.said}).encode()

    def _sign(self, signed: bytes) -> bytes:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(signed)
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(signed, padding.PKCS1v15(), SHA256())
        return self.key.sign(signed, ec.ECDSA(SHA256()))

    def _cose(self) -> bytes:
        """The key as devices write it (RFC 9053, section 7.1), here of P-256 alone."""
        if not isinstance(self.key, ec.EllipticCurvePrivateKey) or self.key.key_size != 256:
            return b""
        point = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (point.x, point.y))
        return bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
