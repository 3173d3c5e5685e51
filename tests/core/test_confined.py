"""Work on hostile files in a process of its own: whatever it does, the desk goes on."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eventdesk.core import confined as module
from eventdesk.core.confined import confined
from eventdesk.core.errors import InvalidInputError


def doubled(text: str, times: int) -> bytes:
    return (text * times).encode()


def hungry() -> bytes:
    return b"x" * (module.MAX_MEMORY * 2)


def crashing() -> bytes:
    os.abort()


def endless() -> bytes:
    while True:
        time.sleep(0.1)


def busy() -> bytes:
    while True:
        pass


def refusing() -> bytes:
    raise InvalidInputError("It is damaged.", hint="Use another one.")


def writing() -> bytes:
    with open("written", "wb") as file:
        file.write(b"x")
    return b""


def test_the_answer_comes_back_from_any_thread() -> None:
    answers: list[bytes] = []
    thread = threading.Thread(target=lambda: answers.append(confined(doubled, "né", 2)))
    thread.start()
    thread.join()
    assert answers == ["néné".encode()]


@pytest.mark.parametrize("work", [hungry, crashing, writing])
def test_a_decoder_that_crashes_or_wants_all_memory_ends_alone(
    work: Callable[..., bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInputError, match="too much memory or time"):
        confined(work)


@pytest.mark.parametrize("work", [endless, busy])
def test_a_decoder_that_does_not_end_is_ended(work: Callable[..., bytes]) -> None:
    with pytest.raises(InvalidInputError, match=r"longer than 0.3 seconds|memory or time"):
        confined(work, seconds=0.3)


def test_a_refusal_keeps_its_words() -> None:
    with pytest.raises(InvalidInputError, match="It is damaged") as refused:
        confined(refusing)
    assert refused.value.hint == "Use another one."
