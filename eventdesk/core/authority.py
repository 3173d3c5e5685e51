"""The authority of a house: it vouches for the certificates with which its server speaks HTTPS.

A phone gives its camera to pages that came by HTTPS only, and no public authority vouches for an
address of a local network. So a house makes an authority of its own, which people let their phones
trust once. Whoever had its key could vouch for others in its name; it is therefore bound to what
is near (RFC 5280, 4.2.1.10): names that only a local network has, private addresses, and the
machine's own name and addresses of the day it was made. Its key lies in the home's `keys/`; it is
in no plain backup, and sealed in those elsewhere, so that phones go on trusting a house that was
restored.
"""

import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import create_private, folder_lock, read_private, replace_private

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Name = str | Address
"""What a certificate is for: a name of the network, or an address."""

FILE_NAME: Final = "authority.pem"
CERTIFICATE_NAME: Final = "https.pem"

LIFE: Final = timedelta(days=3652)
"""How long the authority holds: everybody has to trust the next one anew."""

CERTIFICATE_LIFE: Final = timedelta(days=90)
"""Apple takes up to 825 days of authorities that people trust themselves."""

RENEWED: Final = timedelta(days=30)
"""A certificate with less time left is made anew."""

WARNED: Final = timedelta(days=90)
"""How long before its end the authority is warned of."""

SLOW_CLOCKS: Final = timedelta(days=1)
"""How far behind a phone's clock may be."""

NEAR_NAMES: Final = ("local", "localhost", "lan", "home.arpa", "internal")
"""What ends names of local networks alone (RFC 6762, RFC 6761, RFC 8375; `.internal` by ICANN)."""

NEAR: Final = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # RFC 1918
    *("169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),  # RFC 3927, RFC 6598, loopback
    *("fc00::/7", "fe80::/10", "::1/128"),  # RFC 4193, RFC 4291
)
"""The networks it may vouch for."""

_DNS_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_MOST_BYTES: Final = 64 * 1024
_CURVE: Final = ec.SECP256R1()


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def name(self) -> str:
        """What phones list it as."""
        return self.certificate.subject.rfc4514_string().removeprefix("CN=")

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of its certificate as phones show it: pairs of digits with colons."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def ends_at(self) -> datetime:
        """When it ends, aware UTC."""
        return self.certificate.not_valid_after_utc

    @property
    def pem(self) -> bytes:
        """Its certificate, for everybody."""
        return self.certificate.public_bytes(Encoding.PEM)

    def may_vouch_for(self, name: Name) -> bool:
        """Whether it is bound to a part of the network in which a name or an address is."""
        extension = self.certificate.extensions.get_extension_for_class(x509.NameConstraints)
        bounds = [each.value for each in extension.value.permitted_subtrees or ()]
        if isinstance(name, str):
            return bool(_DNS_NAME.fullmatch(name)) and any(
                isinstance(bound, str) and f".{name}".endswith(f".{bound}") for bound in bounds
            )
        return any(
            isinstance(bound, ipaddress.IPv4Network | ipaddress.IPv6Network) and name in bound
            for bound in bounds
        )

    def certify(self, names: Sequence[Name], now: datetime) -> bytes:
        """Make a certificate for a server.

        Args:
            names: What it is for; all near ones.
            now: From about now on.

        Returns:
            PEM: the certificate, the authority's, and the key.
        """
        key = ec.generate_private_key(_CURVE)
        ends_at = min(now + CERTIFICATE_LIFE, self.ends_at)
        whom = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "eventdesk")])
        said = [
            x509.DNSName(each) if isinstance(each, str) else x509.IPAddress(each) for each in names
        ]
        ours = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        certificate = (
            _begun(whom, self.certificate.subject, key.public_key(), now, ends_at)
            .add_extension(x509.SubjectAlternativeName(said), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(_FOR_SERVERS, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ours), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM) + self.pem + _plain(key)


def authority_of(
    folder: Path, machine: str, now: datetime, addresses: Sequence[Address] = ()
) -> Authority:
    """The authority of a house; made when there is none yet.

    Args:
        folder: The home's `keys/`.
        machine: The name of this machine.
        now: The time.
        addresses: Of this machine.

    Raises:
        InvalidInputError: It cannot be read, or is over.
        OSError: It cannot be written.
    """
    with folder_lock(folder):
        found = read_authority(folder)
        if found is None:
            found = _made(machine, now, addresses)
            create_private(folder / FILE_NAME, found.pem + _plain(found.key))
    if found.ends_at <= now:
        raise InvalidInputError(
            msg("The authority of this house ended on {day}.", day=f"{found.ends_at:%Y-%m-%d}"),
            hint=msg(
                "If the clock is right, move {file} away: the next start makes another, which "
                "everybody has to trust anew.",
                file=str(folder / FILE_NAME),
            ),
        )
    return found


def read_authority(folder: Path) -> Authority | None:
    """The authority of a house; None where none was made yet.

    Raises:
        InvalidInputError: It cannot be read.
    """
    file = folder / FILE_NAME
    try:
        content, _loose = read_private(file, limit=_MOST_BYTES)
        key = load_pem_private_key(content, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("it is of another kind")
        return Authority(x509.load_pem_x509_certificate(content), key)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise InvalidInputError(
            msg("{file} cannot be read: {error}.", file=str(file), error=str(error)),
            hint=msg(
                "Put it back, or move it away: the next start makes another, which everybody has "
                "to trust anew."
            ),
        ) from error


def fingerprint(folder: Path) -> str:
    """The SHA-256 of the authority's certificate, in pairs of digits; "" where there is none.

    Args:
        folder: The home's `keys/`.

    Raises:
        InvalidInputError: It cannot be read.
    """
    found = read_authority(folder)
    return found.fingerprint if found else ""


def certificate_of(
    folder: Path, authority: Authority, names: Collection[Name], now: datetime
) -> Path:
    """The file with a certificate for some names that holds for a while, and its key.

    It is made anew when one of the names is new, or the end is near.

    Raises:
        OSError: It cannot be written.
    """
    file = folder / CERTIFICATE_NAME
    near = sorted(filter(authority.may_vouch_for, {*names}), key=str)
    with folder_lock(folder):
        if not _holds(file, authority, near, now):
            replace_private(file, authority.certify(near, now))
    return file


def _holds(file: Path, authority: Authority, names: Sequence[Name], now: datetime) -> bool:
    """Whether a certificate is of this authority and these names, and goes on for a while."""
    try:
        content, _loose = read_private(file, limit=_MOST_BYTES)
        there = x509.load_pem_x509_certificate(content)
        there.verify_directly_issued_by(authority.certificate)
        said = there.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except Exception:  # whatever it is, another one is made
        return False
    known = {*said.get_values_for_type(x509.DNSName), *said.get_values_for_type(x509.IPAddress)}
    needed_until = min(now + RENEWED, authority.ends_at)
    return (
        known >= {*names}
        and there.not_valid_before_utc <= now
        and (there.not_valid_after_utc >= needed_until)
    )


def _made(machine: str, now: datetime, addresses: Sequence[Address]) -> Authority:
    key = ec.generate_private_key(_CURVE)
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    short = machine.lower()[:40]
    called = " ".join(filter(None, ("eventdesk", short, mark.digest.hex()[:6])))
    whom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])
    bounds: list[x509.GeneralName] = [
        x509.DNSName(each) for each in (*NEAR_NAMES, *_own(machine.lower()))
    ]
    networks = [*map(ipaddress.ip_network, NEAR)]
    far = [each for each in addresses if not any(each in network for network in networks)]
    networks += map(ipaddress.ip_network, far)
    bounds += map(x509.IPAddress, networks)
    certificate = (
        _begun(whom, whom, key.public_key(), now, now + LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(vouches=True), critical=True)
        .add_extension(x509.NameConstraints(bounds, None), critical=True)
        .add_extension(_FOR_SERVERS, critical=False)
        .add_extension(mark, critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def _own(machine: str) -> list[str]:
    """The machine's name, where it is bound to nothing larger by it.

    A bound holds for all names below it, and a machine may be called `dev` as a whole top-level
    domain is. Those have letters alone, or begin with `xn--` (RFC 3696, 2).
    """
    one_word = "." not in machine
    whole_domain = one_word and (machine.isalpha() or machine.startswith("xn--"))
    return [machine] if _DNS_NAME.fullmatch(machine) and not whole_domain else []


def _begun(
    whom: x509.Name, by: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, ends_at: datetime
) -> x509.CertificateBuilder:
    begun = x509.CertificateBuilder(by, whom, key, x509.random_serial_number())
    return begun.not_valid_before(now - SLOW_CLOCKS).not_valid_after(ends_at)


def _usage(*, signs: bool = False, vouches: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        key_cert_sign=vouches,
        crl_sign=vouches,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


_FOR_SERVERS: Final = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def _plain(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
