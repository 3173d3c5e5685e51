"""Where this house serves: written down by the server, for who shows it to devices.

The server is a process of its own; a screen beside it that offers a pairing has to say where it is.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from eventdesk.core.private_file import read_private, replace_private

FILE_NAME: Final = "serving.json"
"""Lies in the home folder while a server runs."""

_MOST_BYTES: Final = 8192


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that runs.

    Attributes:
        urls: Where it is found, the one for other machines first.
        fingerprint: SHA-256 of the house's own authority as hexadecimal digits; "" where HTTPS is
            not spoken, or by a certificate of somebody else.
        pid: Its process.
    """

    urls: tuple[str, ...]
    fingerprint: str
    pid: int

    @property
    def serves_others(self) -> bool:
        """Whether other machines find it at its first address."""
        return urlsplit(self.urls[0]).hostname not in ("127.0.0.1", "::1", "localhost")


@contextmanager
def noted_serving(home: Path, urls: tuple[str, ...], *, fingerprint: str = "") -> Iterator[None]:
    """Let others know meanwhile where this process serves; a home that takes no file goes without.

    Args:
        home: The home folder.
        urls: Where it is found, the one for other machines first.
        fingerprint: SHA-256 of the house's own authority, as digits with or without colons.
    """
    told = Serving(urls, fingerprint.replace(":", "").lower(), os.getpid())
    with suppress(OSError):
        replace_private(home / FILE_NAME, json.dumps(asdict(told)).encode())
    try:
        yield
    finally:
        if where_served(home) == told:
            with suppress(OSError):
                (home / FILE_NAME).unlink()


def where_served(home: Path) -> Serving | None:
    """Say where this house serves; None where no server runs."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(read_private(home / FILE_NAME, limit=_MOST_BYTES)[0])
        there = Serving(tuple(map(str, kept["urls"])), str(kept["fingerprint"]), int(kept["pid"]))
        if there.urls and _runs(there.pid):
            return there
    return None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
