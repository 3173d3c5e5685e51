"""A child that is kept: it works again and again, ends alone, and is replaced."""

import errno
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eventdesk.core import kept_child
from eventdesk.core.confined import MAX_MEMORY
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.kept_child import ChildLostError, KeptChild, NoChildError


def doubled(text: str, times: int) -> bytes:
    return (text * times).encode()


def own_pid() -> bytes:
    return str(os.getpid()).encode()


def hungry() -> bytes:
    return b"x" * (MAX_MEMORY * 2)


def crashing() -> bytes:
    os.abort()


def endless() -> bytes:
    while True:
        time.sleep(0.1)


def refusing() -> bytes:
    raise InvalidInputError("It is damaged.", hint="Use another one.")


def missing() -> bytes:
    raise NotFoundError("There is no layout.", hint="List them.")


def buggy() -> bytes:
    raise ZeroDivisionError("oops")


def writing() -> bytes:
    with open("written", "wb") as file:
        file.write(b"x")
    return b""


def noting(folder: str) -> bytes:
    Path(folder, str(os.getpid())).mkdir()
    os.abort()


def chatty() -> bytes:
    print("said beside the answer")
    return b"answer"


@pytest.fixture
def child() -> Iterator[KeptChild]:
    kept = KeptChild(seconds=20)
    yield kept
    kept.close()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_starts_with_the_first_call_and_is_kept_for_the_next(child: KeptChild) -> None:
    assert child.pid is None
    first = child.call(own_pid)
    assert first == str(child.pid).encode()
    assert first != own_pid()
    assert child.call(own_pid) == first


def test_arguments_go_in_and_long_answers_come_back(child: KeptChild) -> None:
    assert child.call(doubled, "né", times=500_000) == "né".encode() * 500_000
    assert child.call(chatty) == b"answer"


def test_threads_take_turns_at_it(child: KeptChild) -> None:
    answers: dict[int, bytes] = {}

    def ask(number: int) -> None:
        answers[number] = child.call(doubled, str(number), 3)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: str(number).encode() * 3 for number in range(8)}


def test_one_that_was_killed_is_replaced_and_asked_again(child: KeptChild) -> None:
    first = int(child.call(own_pid))
    os.kill(first, signal.SIGKILL)
    second = int(child.call(own_pid))
    assert second != first
    assert not is_there(first)


def test_what_must_not_be_done_twice_is_not_asked_again(tmp_path: Path) -> None:
    for again, times in ((False, 1), (True, 2)):
        folder = tmp_path / str(again)
        folder.mkdir()
        child = KeptChild(seconds=20, again=again)
        with pytest.raises(ChildLostError, match="It crashes"):
            child.call(noting, str(folder))
        child.close()
        assert len(list(folder.iterdir())) == times


@pytest.mark.parametrize("work", [crashing, hungry])
def test_work_that_ends_every_child_is_given_up_and_the_next_is_done(
    child: KeptChild, work: Callable[[], bytes]
) -> None:
    with pytest.raises(ChildLostError, match="too much time or memory"):
        child.call(work)
    assert child.call(doubled, "a", 2) == b"aa"


def test_work_without_end_is_ended() -> None:
    child = KeptChild(seconds=2)
    child.call(own_pid)
    pid = child.pid
    assert pid is not None
    with pytest.raises(ChildLostError, match="longer than 2 seconds"):
        child.call(endless)
    assert not is_there(pid)
    child.close()


def test_errors_keep_their_words_and_the_child(
    child: KeptChild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a file may be made, but nothing written to it
    pid = child.call(own_pid)
    with pytest.raises(InvalidInputError, match="It is damaged") as refused:
        child.call(refusing)
    assert refused.value.hint == "Use another one."
    with pytest.raises(InvalidInputError, match="There is no layout") as refused:
        child.call(missing)
    assert refused.value.hint == "List them."
    with pytest.raises(RuntimeError, match="ZeroDivisionError: oops"):
        child.call(buggy)
    with pytest.raises(RuntimeError, match="OSError"):
        child.call(writing)
    assert child.call(own_pid) == pid


def test_closing_ends_it(child: KeptChild) -> None:
    pid = int(child.call(own_pid))
    child.close()
    assert child.pid is None
    assert not is_there(pid)
    child.close()


def test_who_works_in_it_for_long_when_it_is_closed_gets_no_other_one(
    child: KeptChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    child.call(own_pid)
    lost = threading.Event()

    def start() -> socket.socket:
        raise AssertionError("a child that nobody ends")

    monkeypatch.setattr(child, "_start", start)

    def work() -> None:
        try:
            child.call(endless)
        except ChildLostError:
            lost.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not child._turn.locked():
        time.sleep(0.001)
    child.close()
    thread.join()
    assert lost.is_set()
    assert child.pid is None


def test_an_answer_nobody_waited_for_is_not_given_to_the_next(
    child: KeptChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(line: object, length: int) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(kept_child, "_read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            child.call(doubled, "mine", 1)
    assert child.call(doubled, "yours", 1) == b"yours"


def test_where_no_process_can_be_started_that_is_said_and_the_next_call_tries_again(
    child: KeptChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*_: object, **__: object) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", start)
        with pytest.raises(NoChildError, match="temporarily unavailable"):
            child.call(own_pid)
    assert child.call(doubled, "a", 2) == b"aa"
