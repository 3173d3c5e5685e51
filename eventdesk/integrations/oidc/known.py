"""What a provider says of itself: its discovery document and its keys, kept for a while."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import Answer, Caller

T = TypeVar("T")

KEPT_S: Final = 3600.0
"""How long the document and the keys are kept."""

AGAIN_S: Final = 10.0
"""How often a key that is not there yet makes the keys be read again: providers change them."""

TIMEOUT_S: Final = 10.0
"""People wait for it."""

SLOW_S: Final = 2.0
"""A provider that let somebody wait for longer, and said nothing, is left alone for a while."""

RESTS_S: Final = 30.0
"""How long; who asks meanwhile is told at once what the first was told."""

MAX_BYTES: Final = 1_000_000
MOST_KEPT: Final = 100

_DOCUMENT: Final = "/.well-known/openid-configuration"
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Discovered:
    """The discovery document (OpenID Connect Discovery 1.0, section 3), as far as it is used.

    Attributes:
        userinfo: "" where it has none.
        device: Where a sign-in with another device begins; "" where it has none.
        posts_secret: Whether the client's secret goes into the form, as no header is taken.
        says_issuer: Whether it names itself when it leads back (RFC 9207).
    """

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str = ""
    device: str = ""
    posts_secret: bool = False
    says_issuer: bool = False


def ask(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    also: tuple[int, ...] = (),
) -> Answer:
    """Call an address of a provider.

    Raises:
        ServiceError: It does not answer, or refuses.
    """
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with Caller(
        f"{parts.scheme}://{parts.netloc}",
        headers={"Accept": "application/json"},
        timeout_s=TIMEOUT_S,
        max_bytes=MAX_BYTES,
    ) as caller:
        return caller.call(method, path, form=form, headers=headers, also=also)


def discovered(issuer: str) -> Discovered:
    """What a provider says of itself.

    Raises:
        ServiceError: It does not answer, or is no provider.
    """
    kept = _documents.get(issuer)
    if kept is None:
        kept = _read(issuer, _document(issuer))
        _documents.put(issuer, kept)
    return kept


def _document(issuer: str) -> Mapping[str, object]:
    """Ask for the document, unless nothing was heard of the provider just now."""
    silence = _silences.get(issuer)
    if silence is not None:
        raise ServiceSilentError(silence.message, hint=silence.advice)
    asked_s = time.monotonic()
    try:
        return ask("GET", issuer.rstrip("/") + _DOCUMENT).members()
    except ServiceSilentError as error:
        if time.monotonic() - asked_s > SLOW_S:
            _silences.put(issuer, error)
        raise


def keys_of(address: str, *, needs: str) -> list[Mapping[str, object]]:
    """The keys a provider signs with (RFC 7517), read again when one is missing.

    Args:
        address: Where they are.
        needs: The id of the key that is needed; "" where none is named.

    Raises:
        ServiceError: It does not answer, or has none.
    """
    kept = _keys.get(address)
    is_there = kept is not None and (not needs or any(each.get("kid") == needs for each in kept))
    if kept is None or (not is_there and _keys.age_s(address) > AGAIN_S):
        found = ask("GET", address).members().get("keys")
        many = found if isinstance(found, list) else []
        kept = [each for each in many if isinstance(each, dict)]
        _keys.put(address, kept)
    return kept


def forget() -> None:
    """Forget what was read, as after another address was typed."""
    _silences.clear()
    _documents.clear()
    _keys.clear()


def is_safe(url: str) -> bool:
    """Whether nobody can read along: TLS, or this very machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _read(issuer: str, said: Mapping[str, object]) -> Discovered:
    if said.get("issuer") != issuer:
        raise ServiceRefusedError(
            msg(
                "The provider calls itself {said}, not {issuer}.",
                said=plain(str(said.get("issuer", "-")), limit=200),
                issuer=plain(issuer, limit=200),
            ),
            hint=msg("Type the issuer exactly as the provider writes it, also its last /."),
        )
    addresses = {
        name: str(said.get(key) or "")
        for name, key in (
            ("authorization", "authorization_endpoint"),
            ("token", "token_endpoint"),
            ("keys", "jwks_uri"),
            ("userinfo", "userinfo_endpoint"),
            ("device", "device_authorization_endpoint"),
        )
    }
    for name in ("authorization", "token", "keys"):
        if not addresses[name]:
            raise ServiceRefusedError(
                msg("The provider does not say its {name} address.", name=name),
                hint=msg("Its discovery document is not one of OpenID Connect."),
            )
    for address in addresses.values():
        if address and not is_safe(address):
            raise ServiceRefusedError(
                msg("The provider names an address without TLS: {url}", url=plain(address)),
                hint=msg("Passwords and tokens would go there readable by others."),
            )
    ways = said.get("token_endpoint_auth_methods_supported")
    known = ways if isinstance(ways, list) else ["client_secret_basic"]
    return Discovered(
        issuer,
        **addresses,
        posts_secret="client_secret_basic" not in known and "client_secret_post" in known,
        says_issuer=said.get("authorization_response_iss_parameter_supported") is True,
    )


class _Kept(Generic[T]):
    """What was read, for a while; threads share it."""

    def __init__(self, lasts_s: float = KEPT_S) -> None:
        self._lock, self._lasts_s = Lock(), lasts_s
        self._kept: dict[str, tuple[float, T]] = {}

    def get(self, address: str) -> T | None:
        with self._lock:
            read_s, kept = self._kept.get(address, (float("-inf"), None))
        return kept if time.monotonic() - read_s < self._lasts_s else None

    def age_s(self, address: str) -> float:
        with self._lock:
            return time.monotonic() - self._kept[address][0]

    def put(self, address: str, kept: T) -> None:
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[address] = (time.monotonic(), kept)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_documents: Final = _Kept[Discovered]()
_keys: Final = _Kept[list[Mapping[str, object]]]()
_silences: Final = _Kept[ServiceSilentError](RESTS_S)
