"""Lines between a client and a server that tests cut."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cutting(url: str, answers: int) -> Iterator[str]:
    """A line to a server that is cut behind each of the first questions, before the answer."""
    host, _, port = url.rpartition("/")[2].partition(":")
    with socket.create_server(("127.0.0.1", 0)) as line:

        def pass_on() -> None:
            left = answers
            while True:
                try:
                    near, _address = line.accept()
                except OSError:
                    return
                with near, socket.create_connection((host, int(port))) as far:
                    far.sendall(_message(near))
                    answer = _message(far)
                    if left:
                        left -= 1
                        continue
                    near.sendall(answer)

        thread = threading.Thread(target=pass_on, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{line.getsockname()[1]}"
        line.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _message(near: socket.socket) -> bytes:
    """All of a request or an answer that says how many bytes its body has, or has none."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += near.recv(1 << 16)
    head, _, body = said.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if b"content-length" in line
        ),
        0,
    )
    while len(body) < length:
        body += near.recv(1 << 16)
    return head + b"\r\n\r\n" + body


class Line:
    """A line to a server that can be cut; who connects again gets a new one.

    Attributes:
        url: Where it begins.
    """

    def __init__(self, url: str, near: socket.socket) -> None:
        host, _, port = url.rpartition("/")[2].partition(":")
        self._far, self._near = (host, int(port)), near
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{near.getsockname()[1]}"

    def cut(self) -> None:
        """Cut what is open."""
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        """Take who connects until the line is closed."""
        while True:
            try:
                near, _address = self._near.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._pair, args=(near,), daemon=True))
            self._threads[-1].start()

    def _pair(self, near: socket.socket) -> None:
        """Pass on both ways until one side ends."""
        with near, socket.create_connection(self._far) as far:
            self._open += [near, far]
            back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
            back.start()
            _pass_on(near, far)
            back.join(10)

    def join(self) -> None:
        """Wait until all that was passed on is."""
        for thread in self._threads:
            thread.join(10)


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while part := one.recv(1 << 16):
            other.sendall(part)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    """A line that can be cut, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as near:
        line = Line(url, near)
        thread = threading.Thread(target=line.serve, daemon=True)
        thread.start()
        yield line
        near.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        line.cut()
        line.join()
