"""Signs passes as Apple demands: a detached PKCS#7 signature over the list of their files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.core.formats import when
from eventdesk.core.messages import Message, msg
from eventdesk.integrations.calls import ClientProof
from eventdesk.integrations.service import Values

_OPTIONS: Final = (PKCS7Options.DetachedSignature, PKCS7Options.Binary)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs passes.

    Attributes:
        pass_type: Apple's word for the kind of pass, such as `pass.org.example.tickets`.
        team: Apple's word for who makes them.
        organization: Shown on the pass.
        until: When the first of the certificates expires, aware UTC.
    """

    pass_type: str
    team: str
    organization: str
    until: datetime
    _key: RSAPrivateKey
    _certificate: x509.Certificate
    _wwdr: x509.Certificate

    @property
    def as_client(self) -> ClientProof:
        """What proves to Apple's push service who asks."""
        return ClientProof(self._certificate, self._key)

    def sign(self, manifest: bytes) -> bytes:
        """Return the detached signature (DER) of a pass's list of files."""
        return (
            PKCS7SignatureBuilder()
            .set_data(manifest)
            .add_signer(self._certificate, self._key, SHA256())
            .add_certificate(self._wwdr)
            .sign(Encoding.DER, list(_OPTIONS))
        )


def signer_of(values: Values, now: datetime) -> Signer:
    """Read who signs from what was set up.

    Raises:
        ServiceRefusedError: A certificate or key cannot be read, they do not belong together, or
            one has expired.
    """
    # A command takes a key as one line, with \\n for its ends.
    text = {name: str(value or "").replace("\\n", "\n") for name, value in values.items()}
    certificate = _certificate(text["certificate"], msg("The certificate"))
    wwdr = _certificate(text["wwdr"], msg("The certificate of Apple (WWDR)"))
    key = _key(text["key"])
    if _spelled(key.public_key()) != _spelled(certificate.public_key()):
        raise ServiceRefusedError(
            msg("The private key is not that of the certificate."),
            hint=msg("Export both together, as docs/services/wallet.md says."),
        )
    _need(certificate, NameOID.USER_ID, text["pass_type"], msg("Pass type ID"))
    _need(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME, text["team"], msg("Team ID"))
    try:
        certificate.verify_directly_issued_by(wwdr)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise ServiceRefusedError(
            msg("The certificate was not issued by that of Apple (WWDR) that was given."),
            hint=msg("Its issuer says which: G4, G5 or G6; download that one."),
        ) from error
    until = min(certificate.not_valid_after_utc, wwdr.not_valid_after_utc)
    if until <= now or certificate.not_valid_before_utc > now:
        raise ServiceRefusedError(
            msg("The certificate is not valid today; it is until {day}.", day=_day(until)),
            hint=msg("Make a new one for the pass type at Apple; check the clock, too."),
        )
    return Signer(
        text["pass_type"], text["team"], text["organization"], until, key, certificate, wwdr
    )


def probe(values: Mapping[str, object]) -> Message:
    """Sign something, which needs no network; see `ServiceKind.probe`."""
    now = datetime.now(UTC)
    signer = signer_of({name: str(value or "") for name, value in values.items()}, now)
    signer.sign(b"{}")
    return msg("Passes are signed; the certificate is valid until {day}.", day=_day(signer.until))


def _day(at: datetime) -> str:
    return when(at, "%Y-%m-%d")


def _certificate(pem: str, what: Message) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise ServiceRefusedError(
            msg("{what} cannot be read.", what=what),
            hint=msg("Paste it as PEM, with its first and last line."),
        ) from error


def _key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise ServiceRefusedError(
            msg("The private key cannot be read."),
            hint=msg("Paste it as PEM, with its first and last line, and without a password."),
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise ServiceRefusedError(
            msg("The private key is no RSA key."), hint=msg("Apple takes only RSA keys here.")
        )
    return key


def _need(
    certificate: x509.Certificate, oid: x509.ObjectIdentifier, wanted: str, what: Message
) -> None:
    """See that the certificate is made out to what was typed."""
    there = [str(each.value) for each in certificate.subject.get_attributes_for_oid(oid)]
    if there != [wanted]:
        raise ServiceRefusedError(
            msg(
                "{what} does not fit the certificate, which says {there}.",
                what=what,
                there=", ".join(there) or "-",
            ),
            hint=msg("Type it as the certificate has it."),
        )


def _spelled(key: object) -> bytes:
    spelled: bytes = key.public_bytes(  # type: ignore[attr-defined]  # every public key has it
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    return spelled
