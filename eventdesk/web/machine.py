"""This machine in its network: its names, and the addresses at which others find it."""

import ipaddress
import socket
import struct
import sys
from contextlib import suppress
from typing import Final

from eventdesk.core.authority import Address

_FAR: Final = (
    *("203.0.113.1", "192.168.255.254", "10.255.255.254", "172.31.255.254"),
    *("2001:db8::1", "fd00::ffff"),
)
"""Addresses for asking which of ours would be taken to there: nothing is sent."""

_SIOCGIFADDR: Final = 0x8915
"""Linux: the IPv4 address of an interface, netdevice(7)."""


def machine_name() -> str:
    """The machine's name, in lower case."""
    return socket.gethostname().rstrip(".").lower()


def own_names() -> list[str]:
    """The names by which a network may know this machine."""
    name = machine_name()
    short = name.partition(".")[0]
    wanted = (name, short, f"{short}.local", f"{short}.lan", f"{short}.home.arpa", "localhost")
    return list(dict.fromkeys(each for each in wanted if each and not each.startswith(".")))


def own_addresses() -> list[Address]:
    """The machine's addresses in its networks, the one that most others reach first.

    No name is looked up: without a line that takes many seconds.
    """
    found = [_taken_to(each) for each in _FAR]
    found += [_of_interface(name) for _number, name in socket.if_nameindex()]
    known: dict[Address, None] = {}
    for text in found:
        with suppress(ValueError):
            address = ipaddress.ip_address(text)
            if not (address.is_loopback or address.is_link_local or address.is_unspecified):
                known[address] = None
    return list(known)


def _taken_to(there: str) -> str:
    family = socket.AF_INET6 if ":" in there else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as line:
        line.connect((there, 9))
        return str(line.getsockname()[0])
    return ""


def _of_interface(name: str) -> str:
    if sys.platform != "linux":
        return ""
    import fcntl

    asked = struct.pack("256s", name.encode()[:15])
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        return socket.inet_ntoa(fcntl.ioctl(line.fileno(), _SIOCGIFADDR, asked)[20:24])
    return ""
