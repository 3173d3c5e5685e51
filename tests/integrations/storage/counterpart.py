"""The counterpart of storage: moto's S3, and lines that break before it.

moto is a program for tests, in a folder of its own; `make services` installs it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from eventdesk.integrations.service import Value

ROOT = Path(__file__).parents[3]
HERE = (ROOT / ".counterparts" / "moto" / "bin", Path(sys.executable).parent)


@dataclass(frozen=True, slots=True)
class Storage:
    """A bucket of its own.

    Attributes:
        url: The server.
        bucket: Its name.
    """

    url: str
    bucket: str

    def values(self, **other: Value) -> dict[str, Value]:
        """What is typed to set it up."""
        return {
            "endpoint": self.url,
            "region": "us-east-1",
            "bucket": self.bucket,
            "prefix": "house/a",
            "access_key": "AKIAIOSFODNN7EXAMPLE",
            "secret_key": "wJalrXUtnFEMI-EXAMPLE",
            "keep": None,
            **other,
        }


def moto_program() -> str:
    """Where moto's server is.

    Raises:
        pytest.skip.Exception: It is not installed.
    """
    path = os.pathsep.join([*map(str, HERE), os.environ.get("PATH", "")])
    found = shutil.which("moto_server", path=path)
    if found is None:
        pytest.skip("moto is not installed: make services")
    return found


@contextmanager
def moto() -> Iterator[str]:
    """Run the server; returns its address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    program = subprocess.Popen(
        [moto_program(), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(port, program)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()


def new_bucket(url: str) -> Storage:
    """Make a bucket."""
    name = f"desk-{uuid4().hex[:12]}"
    request = urllib.request.Request(f"{url}/{name}", method="PUT")
    with urllib.request.urlopen(request, timeout=10):
        return Storage(url, name)


def _wait_for(port: int, program: "subprocess.Popen[bytes]") -> None:
    turn = threading.Event()
    for _try in range(600):
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        assert program.poll() is None, "moto ended"
        turn.wait(0.05)
    raise AssertionError("moto does not listen")


@dataclass(slots=True)
class Cutting:
    """A line to a server that is cut after so many bytes.

    Attributes:
        after: Bytes towards the server that each connection lets through; None lets all.
        cuts: How many connections are cut so; the others are whole.
        cut: How many were.
    """

    port: int
    after: int | None
    cuts: int
    cut: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, near: socket.socket) -> None:
        """Carry one connection."""
        with (
            suppress(OSError),
            near,
            closing(socket.create_connection(("127.0.0.1", self.port))) as far,
        ):
            back = threading.Thread(target=_pump, args=(far, near, None), daemon=True)
            back.start()
            if _pump(near, far, self._cuts_at):
                near.close()

    def _cuts_at(self, carried: int) -> bool:
        with self._lock:
            if self.after is None or carried < self.after or self.cut >= self.cuts:
                return False
            self.cut += 1
            return True


@contextmanager
def cut_line(url: str, *, after: int, cuts: int) -> Iterator[tuple[str, Cutting]]:
    """Stand before a server and cut lines to it; yields the address to use."""
    line = Cutting(int(url.rpartition(":")[2]), after, cuts)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _address = listener.accept()
                    threading.Thread(target=line.carry, args=(near,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", line
        listener.shutdown(socket.SHUT_RDWR)


def _pump(source: socket.socket, to: socket.socket, cuts_at: object) -> bool:
    """Carry bytes one way; returns whether the line was cut."""
    carried = 0
    with suppress(OSError):
        while data := source.recv(65_536):
            carried += len(data)
            if callable(cuts_at) and cuts_at(carried):
                for end in (source, to):
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
                return True
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)
    return False
