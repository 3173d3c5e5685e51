"""Which addresses lie inside a network, where a webhook must not lead by itself.

Whoever sets a webhook up chooses an address that this machine calls. Without a check it could read
what only this machine may: a router's page, a database without a password, the credentials that
clouds hand to their machines at 169.254.169.254 (OWASP, "Server-Side Request Forgery").
"""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

CLOUD: Final = frozenset({ip_address("168.63.129.16")})
"""Public addresses that only answer inside: Azure's for its machines."""

CARRIES_IPV4: Final = (ip_network("64:ff9b::/96"), ip_network("::/96"))
"""IPv6 that ends in an IPv4 address: NAT64 (RFC 6052) and the compatible one (RFC 4291)."""


def is_inside(address: Address) -> bool:
    """Whether an address may be one of the network here.

    >>> [is_inside(ip_address(each)) for each in ("10.1.2.3", "::ffff:127.0.0.1", "1.1.1.1")]
    [True, True, False]
    """
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_inside(carried)
        if address.is_site_local:
            return True
    return not address.is_global or address.is_multicast or address.is_reserved or address in CLOUD


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to."""
    if any(address in network for network in CARRIES_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


RISK: Final = msg(
    "Webhooks, chat rooms and shops lead outside only, unless an address is allowed here. Whoever "
    "runs an event chooses where they lead, so all of them can then call what answers there: "
    "routers, printers, databases. Allow single machines that are meant for it, not whole networks."
)
"""What an admin reads who allows addresses inside."""


def read_networks(typed: Iterable[str]) -> tuple[Network, ...]:
    """Read networks and addresses, such as `192.168.1.0/24` or `fd00::7`; empty ones are none.

    Raises:
        InvalidInputError: One is none.
    """
    found = []
    for text in filter(None, map(str.strip, typed)):
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            raise InvalidInputError(
                msg("This is no network: {text}", text=plain(text)),
                hint=msg("Write each address or network by itself, such as 192.168.1.0/24."),
                field="networks",
            ) from None
    return tuple(found)


def may_reach(allowed: Iterable[Network], *, only_allowed: bool) -> Callable[[Address], bool]:
    """What says whether a webhook may lead to an address.

    Args:
        allowed: Networks inside that an admin allowed.
        only_allowed: Whether no other may be reached either, not even outside.
    """
    networks = tuple(allowed)

    def may(address: Address) -> bool:
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        meant = mapped or address
        return any(meant in each for each in networks) or not (only_allowed or is_inside(address))

    return may
