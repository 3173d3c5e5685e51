"""A throw-away Apple: an authority, and a certificate of a pass type; a service account."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from eventdesk.integrations.wallet_ticket import WalletTicket
from tests.build import NOON
from tests.integrations.google_house import key_file

PASS_TYPE, TEAM = "pass.org.example.tickets", "ABCDE12345"


@dataclass(frozen=True, slots=True)
class Apple:
    """What Apple and its developer have, as PEM."""

    certificate: str
    key: str
    wwdr: str

    def values(self, **other: str) -> dict[str, str | int | bool | list[str] | None]:
        """What is typed to set passes up."""
        return {
            "pass_type": PASS_TYPE,
            "team": TEAM,
            "organization": "Example Org",
            "certificate": self.certificate,
            "key": self.key,
            "wwdr": self.wwdr,
            **other,
        }


@cache
def rsa_key(_number: int = 0) -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def as_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def apple(*, ends_at: datetime | None = None) -> Apple:
    """Issue a certificate of a pass type; valid for a year unless it is said otherwise."""
    authority, key = rsa_key(1), rsa_key(2)
    ends_at = ends_at or datetime.now(UTC) + timedelta(days=365)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away WWDR")])
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, PASS_TYPE),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pass Type ID: {PASS_TYPE}"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, TEAM),
        ]
    )
    begins_at = min(datetime.now(UTC), ends_at) - timedelta(days=4000)

    def issued(subject: x509.Name, of: RSAPrivateKey, *, ca: bool) -> str:
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(named)
            .public_key(of.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins_at)
            .not_valid_after(datetime.now(UTC) + timedelta(days=3650) if ca else ends_at)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .sign(authority, SHA256())
        )
        return certificate.public_bytes(Encoding.PEM).decode()

    return Apple(issued(subject, key, ca=False), as_pem(key), issued(named, authority, ca=True))


def google_values(**other: str) -> dict[str, str | int | bool | list[str] | None]:
    """What is typed to set Google's passes up."""
    typed = {"issuer": "3388000000012345678", "organization": "Example Org"}
    return {**typed, "account": key_file(), **other}


def wallet_ticket(**other: object) -> WalletTicket:
    values: dict[str, object] = {
        "ticket_id": UUID(int=1),
        "event_id": UUID(int=2),
        "revision": 1,
        "token": "EDESKTOKENAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "code": "ABCDE23456",
        "holder": "Ada Lovelace",
        "ticket_type": "Regular",
        "seat": "B 12",
        "event": "Fair of Engines",
        "where": "Hall · 1 Long Street",
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=8),
        "time_zone": "Europe/Berlin",
        **other,
    }
    return WalletTicket(**values)  # type: ignore[arg-type]
