"""Lines to printers: no wait without end, whatever the network, the device or the server does."""

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.channel import Channel
from badges.cups_states import job_of, queue_status
from badges.escpos_printer import Escpos, EscposTalk
from badges.ipp import read_answer
from badges.line import DeviceLine, TcpLine
from badges.printers import open_printer
from badges.talking_printer import TalkingPrinter
from badges.zpl_printer import ZplTalk
from eventdesk.core.errors import InvalidInputError
from tests.badges.reading import badge
from tests.badges.simulated_cups import answered
from tests.histories import tries

BOUND_S = 5.0


def test_a_name_nobody_resolves_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up, looked_up = threading.Event(), socket.getaddrinfo

    def hang(*place: object, **how: object) -> object:
        if how.get("flags"):
            return looked_up(*place, **how)  # type: ignore[arg-type]
        given_up.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match="Nobody knows its name"):
        TcpLine("printer.local").open(within_s=0.1)
    given_up.set()
    assert time.monotonic() - began < BOUND_S


def test_the_next_address_is_tried_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))
            for host in ("127.0.0.2", "127.0.0.1")
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_place, **_how: found)
        channel = TcpLine("printer.local").open(within_s=BOUND_S)
        with contextlib.closing(channel), server.accept()[0] as other:
            channel.write(b"hello", within_s=BOUND_S)
            assert other.recv(5) == b"hello"


@contextlib.contextmanager
def heard(said: bytes) -> Iterator[Channel]:
    """Open a line whose other side has said something and hung up."""
    ours, theirs = socket.socketpair()
    with theirs, contextlib.closing(Channel(ours)) as channel:
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        yield channel


@settings(deadline=None, max_examples=tries(60))
@given(st.binary(max_size=400))
def test_no_answer_at_all_confirms_a_badge_or_breaks_a_conversation(said: bytes) -> None:
    for kind in (EscposTalk, ZplTalk):
        with heard(said) as channel:
            talk = kind(channel, 0.5)
            with contextlib.suppress(OSError):
                talk.begin()
                talk.status()
        assert not talk.is_done or (kind is EscposTalk and set(said) & {0x00, 0x03, 0x0C, 0x0F})


@settings(deadline=None, max_examples=tries(100))
@given(st.binary(max_size=200))
def test_no_answer_of_cups_is_more_than_a_broken_line(said: bytes) -> None:
    for answer in (said, answered(said)):
        with contextlib.suppress(OSError):
            attributes = read_answer(answer).attributes
            assert queue_status(attributes).health
            assert not job_of(attributes).message.startswith("\x1b")


def test_a_device_that_cannot_answer_is_not_waited_for() -> None:
    ours, theirs = os.openpty()
    received: list[bytes] = []

    def read() -> None:
        while not b"".join(received).endswith(b"\x1dr\x01"):
            received.append(os.read(ours, 4096))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        printer = TalkingPrinter(DeviceLine(Path(os.ttyname(theirs))), Escpos(), asks=False)
        assert not printer.send(badge(), job="1").confirmed
        thread.join()
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_device_that_is_no_serial_line_takes_no_speed() -> None:
    with contextlib.closing(DeviceLine(Path("/dev/null"), baud=9600).open(within_s=1)) as channel:
        channel.write(b"x", within_s=1)
        assert channel.taken == 1


def test_a_missing_package_is_named_when_the_printer_is_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "escpos", None)
    with pytest.raises(InvalidInputError, match="A printer that speaks ESC/POS needs") as caught:
        open_printer("escpos+tcp://host", badges_folder=tmp_path)
    assert "eventdesk[printers]" in caught.value.hint
