"""Kept child: a process that works for this program again and again, within limits.

Python runs one thread at a time: what takes milliseconds of pure computing holds up everything
else in its program, wherever its thread is. In a child it does not. Starting one takes about a
fifth of a second, so it is kept, and started with the first work.

The child ends when the program does, however that ends: it reads from a socket that is closed
then, and an alarm of its own ends it in the middle of work that takes too long.
"""

import contextlib
import json
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, ParamSpec

from eventdesk.core.confined import child_environment, limit_process
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import Message, msg

if TYPE_CHECKING:
    import subprocess

__all__ = ["ChildLostError", "KeptChild", "NoChildError"]

P = ParamSpec("P")

SECONDS: Final = 8.0
"""How long one piece of work may take, the start of the child included."""

AGAIN: Final = msg("Try again; if that does not help, make it simpler or smaller.")

GOODBYE_S: Final = 1.0
"""How long a child may take to end by itself."""

_REQUEST: Final = struct.Struct(">Q")
_ANSWER: Final = struct.Struct(">BQ")
_DONE, _REFUSED, _FAILED = range(3)


class ChildLostError(EventDeskError):
    """The child crashed, was ended, or took too much time or memory; so did the one after it."""


class NoChildError(ChildLostError):
    """None can be started, for want of processes or memory; the work is not to blame."""


class KeptChild:
    """Calls functions in a child process; may be used from several threads.

    A call may take `seconds`. With `again` a child that is lost is replaced, and asked once more;
    what must not be done twice is not asked again.
    """

    def __init__(self, *, seconds: float = SECONDS, again: bool = True) -> None:
        self._seconds, self._again = seconds, again
        self._turn = threading.Lock()
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The process that is kept; None while there is none."""
        process = self._process
        return process.pid if process is not None else None

    def call(self, work: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> bytes:
        """Call a function in the child.

        Args:
            work: A function of a module, not a method or a lambda.
            args: Its arguments, which are pickled; what it gives back is never unpickled.
            kwargs: The same, by name.

        Raises:
            InvalidInputError: The function raised it, or another error meant for people.
            RuntimeError: It raised something else.
            ChildLostError: The child was lost, and where it was asked again, twice; or took too
                long.
            NoChildError: There is none and none can be started.
        """
        import pickle

        request = pickle.dumps((work, args, kwargs))
        with self._turn:
            try:
                kind, answer = self._ask(request)
            except TimeoutError as error:
                raise ChildLostError(
                    msg("It took longer than {seconds:g} seconds.", seconds=self._seconds),
                    hint=AGAIN,
                ) from error
            except OSError as error:
                if not self._again:
                    raise _lost() from error
                kind, answer = self._ask_again(request)
        if kind == _DONE:
            return answer
        if kind == _REFUSED:
            message, hint = map(Message.from_json, json.loads(answer))
            raise InvalidInputError(message, hint=hint)
        raise RuntimeError(answer.decode())

    def close(self) -> None:
        """End the child for good; who still waits for it has lost it."""
        self._closed = True
        if self._turn.acquire(timeout=GOODBYE_S):
            try:
                self._end(GOODBYE_S)
            finally:
                self._turn.release()
        elif (process := self._process) is not None:
            process.kill()

    def _ask_again(self, request: bytes) -> tuple[int, bytes]:
        try:
            return self._ask(request)
        except OSError as error:
            raise _lost() from error

    def _ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and read its answer.

        Raises:
            TimeoutError: It took too long.
            OSError: The child is gone.
        """
        if self._closed:
            raise ConnectionAbortedError
        line = self._line or self._start()
        try:
            line.sendall(_REQUEST.pack(len(request)) + request)
            kind, length = _ANSWER.unpack(_read(line, _ANSWER.size))
            return kind, _read(line, length)
        except BaseException:  # its answer would be taken for that of the next call
            self._end(0.0)
            raise

    def _start(self) -> socket.socket:
        import subprocess

        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", "-m", __name__, str(self._seconds + 1)]
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=child_environment(),
                    process_group=0,  # Ctrl+C is for the program, which still finishes its badges
                )
            except OSError as error:
                ours.close()
                raise NoChildError(
                    msg("No process can be started: {strerror}.", strerror=error.strerror),
                    hint=msg("Close other programs and try again."),
                ) from error
        ours.settimeout(self._seconds)
        self._line = ours
        return ours

    def _end(self, patience_s: float) -> None:
        line, self._line = self._line, None
        process, self._process = self._process, None
        if line is not None:
            line.close()
        if process is None:
            return
        import subprocess

        with contextlib.suppress(subprocess.TimeoutExpired):
            if patience_s:
                process.wait(patience_s)
        process.kill()
        process.wait()


def _lost() -> ChildLostError:
    return ChildLostError(msg("It crashes, or takes too much time or memory."), hint=AGAIN)


def _read(line: socket.socket, length: int) -> bytes:
    """Read so many bytes.

    Raises:
        OSError: The line ended before.
    """
    content = bytearray()
    while len(content) < length:
        piece = line.recv(min(length - len(content), 1 << 20))
        if not piece:
            raise ConnectionResetError
        content += piece
    return bytes(content)


# The child


def _serve(seconds: float) -> None:
    """Work until the program hangs up."""
    import pickle
    import signal

    limit_process()
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as line, contextlib.suppress(OSError):
        while True:
            (length,) = _REQUEST.unpack(_read(line, _REQUEST.size))
            request = _read(line, length)
            signal.setitimer(signal.ITIMER_REAL, seconds)  # nobody catches it: it ends the process
            kind, answer = _answered(*pickle.loads(request))
            line.sendall(_ANSWER.pack(kind, len(answer)))
            line.sendall(answer)
            signal.setitimer(signal.ITIMER_REAL, 0)


def _answered(
    work: Callable[..., bytes], args: tuple[object, ...], kwargs: dict[str, object]
) -> tuple[int, bytes]:
    try:
        return _DONE, work(*args, **kwargs)
    except EventDeskError as error:
        return _REFUSED, json.dumps([error.message.as_json(), error.advice.as_json()]).encode()
    except MemoryError:
        raise  # ends the child, and gives back what it had
    except Exception as error:
        return _FAILED, f"{type(error).__name__}: {error}".encode(errors="replace")


if __name__ == "__main__":
    _serve(float(sys.argv[1]))
