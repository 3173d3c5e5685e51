"""A network printer, played by a real socket that behaves and misbehaves."""

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from badges.line import TcpLine
from badges.tcp_printer import TcpPrinter
from badges.text_stream import TextStyle, stream
from eventdesk.core.errors import PrinterOfflineError
from eventdesk.core.printing import Health
from tests.badges.reading import badge

LONG = TextStyle(feed=4_000_000)
"""More bytes than the kernel's buffers take, so that a stalled printer is noticed."""


@contextlib.contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run `serve` with the first connection; yields the port and waits for the end."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            connection, _ = server.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def read_all(connection: socket.socket, into: list[bytes]) -> None:
    while chunk := connection.recv(65536):
        into.append(chunk)


def test_a_printer_that_listens_gets_the_badge_and_it_counts_as_sent() -> None:
    received: list[bytes] = []
    with listening(lambda connection: read_all(connection, received)) as port:
        paper = TcpPrinter(TcpLine("127.0.0.1", port)).send(badge(), job="1")
    assert b"".join(received) == stream(badge(), TextStyle())
    assert not paper.confirmed
    assert paper.where == f"tcp://127.0.0.1:{port}"


def test_a_printer_that_never_hangs_up_does_not_hold_the_queue() -> None:
    done = threading.Event()
    received: list[bytes] = []

    def keep_open(connection: socket.socket) -> None:
        read_all(connection, received)
        done.wait()

    with listening(keep_open) as port:
        TcpPrinter(TcpLine("127.0.0.1", port), goodbye_s=0.01).send(badge(), job="1")
        done.set()
    assert b"".join(received) == stream(badge(), TextStyle())


def test_a_printer_that_is_off_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PrinterOfflineError, match="refused") as caught:
        TcpPrinter(TcpLine("127.0.0.1", port)).send(badge(), job="1")
    assert caught.value.printer == f"tcp://127.0.0.1:{port}"


def test_a_printer_that_stops_reading_is_given_up() -> None:
    given_up = threading.Event()

    def stall(_: socket.socket) -> None:
        given_up.wait()

    with listening(stall) as port:
        with pytest.raises(PrinterOfflineError, match=r"nothing happened for 0\.1 s"):
            TcpPrinter(TcpLine("127.0.0.1", port), LONG, timeout_s=0.1).send(badge(), job="1")
        given_up.set()


def test_a_printer_that_never_answers_the_call_is_given_up() -> None:
    with contextlib.ExitStack() as open_calls:
        server = open_calls.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            caller = open_calls.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        with pytest.raises(PrinterOfflineError, match="nothing happened"):
            TcpPrinter(TcpLine("127.0.0.1", server.getsockname()[1]), timeout_s=0.1).send(
                badge(), job="1"
            )


def reset(connection: socket.socket) -> None:
    """Have the connection dropped instead of closed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_printer_that_drops_the_connection_half_way_is_given_up() -> None:
    def drop(connection: socket.socket) -> None:
        connection.recv(100)
        reset(connection)

    with listening(drop) as port, pytest.raises(PrinterOfflineError):
        TcpPrinter(TcpLine("127.0.0.1", port), LONG).send(badge(), job="1")


def test_a_printer_that_drops_what_it_was_sent_got_no_badge() -> None:
    def drop_after_the_last_byte(connection: socket.socket) -> None:
        hung_up = select.poll()
        hung_up.register(connection, select.POLLRDHUP)
        hung_up.poll()
        reset(connection)

    with listening(drop_after_the_last_byte) as port, pytest.raises(PrinterOfflineError):
        TcpPrinter(TcpLine("127.0.0.1", port), goodbye_s=5.0).send(badge(), job="1")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 300])
def test_an_address_that_leads_nowhere_is_a_printer_that_is_off(host: str) -> None:
    with pytest.raises(PrinterOfflineError):
        TcpPrinter(TcpLine(host)).send(badge(), job="1")


def test_a_printer_that_talks_without_end_is_left_after_the_goodbye() -> None:
    left = threading.Event()

    def talk(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not left.is_set():
                connection.sendall(b"ready " * 10_000)

    with listening(talk) as port:
        began = time.monotonic()
        TcpPrinter(TcpLine("127.0.0.1", port), goodbye_s=0.2).send(badge(), job="1")
        left.set()
    assert time.monotonic() - began < 5


def test_a_printer_of_text_says_no_more_than_that_it_is_there() -> None:
    with listening(lambda connection: read_all(connection, [])) as port:
        printer = TcpPrinter(TcpLine("127.0.0.1", port))
        assert printer.status().health is Health.UNKNOWN
    assert printer.status().health is Health.OFFLINE
    assert printer.follow("") is None
