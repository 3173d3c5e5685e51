"""HTTPS: the certificate that the server shows, by the house's own authority or from a file.

A certificate that was renewed is shown to whoever connects from then on; lines that are open stay.
"""

import ssl
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509

from eventdesk.core.authority import Authority, Name, authority_of, certificate_of
from eventdesk.core.errors import InvalidInputError, KeyFileError
from eventdesk.core.messages import msg
from eventdesk.web.machine import machine_name, own_addresses, own_names

LOOK_S: Final = 600.0
"""How often it is looked whether a certificate is to be shown in place of the one before."""


class Https(ABC):
    """What a server shows to whoever connects.

    Attributes:
        context: Of the lines of a server; TLS 1.2 at least.
        fingerprint: SHA-256 of the house's own authority in pairs of digits; "" without one.
    """

    fingerprint: str = ""

    def __init__(self) -> None:
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])

    @abstractmethod
    def look(self) -> None:
        """Show another certificate from now on, where there is one or the time has come.

        Raises:
            EventDeskError: It cannot be read or made.
        """

    @abstractmethod
    def vouches_for(self, host: str) -> bool:
        """Whether browsers take the certificate for this name or address."""

    @property
    @abstractmethod
    def names(self) -> Sequence[str]:
        """Names that the certificate is for, and that are told to people; may be none."""


class OwnHttps(Https):
    """HTTPS by the house's own authority, which is made when it is first needed.

    Args:
        folder: The home's `keys/`.
        hosts: What it is for besides the names and addresses of this machine.
        now: The clock.
    """

    def __init__(self, folder: Path, hosts: Sequence[str], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._folder, self._hosts, self._now = folder, hosts, now
        self._shown: bytes | None = None
        try:
            self.authority: Authority = authority_of(folder, machine_name(), now(), own_addresses())
        except OSError as error:
            raise _unwritable(folder, error) from error
        self.fingerprint = self.authority.fingerprint
        self.look()

    def look(self) -> None:
        """Make another certificate where the end is near, or this machine has another address."""
        wanted: list[Name] = [*own_names(), *own_addresses(), *map(_name, self._hosts)]
        wanted += [ip_address("127.0.0.1"), ip_address("::1")]
        try:
            file = certificate_of(self._folder, self.authority, wanted, self._now())
            content = file.read_bytes()
            if content != self._shown:
                self.context.load_cert_chain(file)
                self._shown = content
        except OSError as error:  # also what ssl cannot read
            raise _unwritable(self._folder, error) from error

    def vouches_for(self, host: str) -> bool:
        """Whether the authority is bound to a part of the network in which this is."""
        return self.authority.may_vouch_for(_name(host))

    @property
    def names(self) -> Sequence[str]:
        """None: people are told addresses, which phones of all makes find."""
        return ()


class FileHttps(Https):
    """HTTPS by a certificate of somebody else.

    Args:
        file: PEM: the certificate, those between it and its authority, and the key.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._shown: bytes | None = None
        self._names: list[Name] = []
        self.look()

    def look(self) -> None:
        """Read the file again, where it changed."""
        try:
            content = self._file.read_bytes()
            if content == self._shown:
                return
            names = _names_in(content)
            # In a context of its own first: a half-written file must not be shown.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                self._file, password=_no_password
            )
            self.context.load_cert_chain(self._file, password=_no_password)
            self._names, self._shown = names, content
        except (OSError, ValueError) as error:
            raise InvalidInputError(
                msg("{file} cannot be used for HTTPS: {error}.", file=self._file, error=str(error)),
                hint=msg(
                    "It is a PEM file with the certificates, the server's first, and its key."
                ),
            ) from error

    def vouches_for(self, host: str) -> bool:
        """Whether the certificate names it, or all names beside it."""
        name = _name(host)
        above = f"*.{host.partition('.')[2]}"
        return name in self._names or above in self._names

    @property
    def names(self) -> Sequence[str]:
        """The names that it is for."""
        return [each for each in self._names if isinstance(each, str) and "*" not in each]


def _name(host: str) -> Name:
    with suppress(ValueError):
        return ip_address(host)
    return host.lower()


def _names_in(content: bytes) -> list[Name]:
    there = x509.load_pem_x509_certificate(content)
    try:
        said = there.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    names = said.get_values_for_type(x509.DNSName)
    return [*names, *map(ip_address, map(str, said.get_values_for_type(x509.IPAddress)))]


def _no_password() -> str:
    """Say that a key is sealed, in place of asking the terminal for a password."""
    raise ValueError("its key is sealed with a password")


def _unwritable(folder: Path, error: OSError) -> KeyFileError:
    return KeyFileError(
        msg(
            "The certificate of this house cannot be written to {folder}: {problem}.",
            folder=folder,
            problem=error.strerror or str(error),
        ),
        hint=msg("Check the owner and the free space of the folder."),
    )
