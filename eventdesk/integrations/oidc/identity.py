"""Who somebody is at a provider, and what is kept while they are there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at a provider, as it proved.

    Attributes:
        issuer: The provider; with `subject` it names one person for ever.
        email: "" where it told none.
        is_verified: Whether the provider made sure that the address is theirs.
        groups: As the provider calls them.
    """

    issuer: str
    subject: str
    email: str = ""
    is_verified: bool = False
    name: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """One way to a provider and back; kept by the browser that set out, sealed.

    Attributes:
        state: Comes back with the answer (RFC 6749, 10.12).
        nonce: Comes back inside the ID token (OpenID Connect Core, 15.5.2).
        verifier: Of PKCE (RFC 7636).
        back: Where the provider leads back to.
    """

    state: str
    nonce: str
    verifier: str
    back: str


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What is typed at the provider with another device (RFC 8628).

    Attributes:
        code: Asks the provider whether it was done; secret.
        typed: What the person types there.
        address: Where.
        scanned: The same with the code in it, for a QR code; the address alone where there is none.
        expires_s: Seconds until it is over.
        interval_s: Seconds between two questions.
    """

    code: str
    typed: str
    address: str
    scanned: str
    expires_s: int
    interval_s: int


class Provider(Protocol):
    """Where people sign in elsewhere. Its calls take seconds; none may be made in a transaction."""

    def address(self, trip: Trip) -> str:
        """Where the browser is led.

        Raises:
            ServiceError: The provider cannot say.
        """
        ...

    def came_from(self, issuer: str) -> bool:
        """Whether an answer that names its issuer, or none, may be this provider's (RFC 9207)."""
        ...

    def identity(self, code: str, trip: Trip, *, now: datetime) -> Identity:
        """Who came back with a code.

        Raises:
            ServiceError: The provider does not answer, refuses, or proves nothing.
        """
        ...

    def device_code(self) -> DeviceCode:
        """Begin a sign-in without a browser.

        Raises:
            ServiceError: The provider does not answer, or has no such sign-in.
        """
        ...

    def by_device(self, code: str, *, now: datetime) -> Identity | None:
        """Who signed in with another device; None while nobody has.

        Raises:
            ServiceError: It is over, was refused, or the provider does not answer.
        """
        ...
