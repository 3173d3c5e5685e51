"""Background work: what takes minutes of a whole core is done in a child at the lowest priority.

A thread of the program cannot do it: where the machine is busy, one of low priority is kept waiting
just when the others wait for it to let go of the interpreter. The child ends with the program,
however that ends: it reads from a pipe that is closed then.
"""

import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from eventdesk.core import errors
from eventdesk.core.confined import child_environment
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message

LOWEST: Final = 19
"""The lowest priority of POSIX; on Linux that of the disk follows it."""

_IDLE_ON_WINDOWS: Final[int] = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)


def in_background(work: Callable[..., Any], *given: str) -> Any:
    """Call a function in a child process of the lowest priority, and wait for it.

    May be called from any thread; the program's own priority stays as it is.

    Args:
        work: A function of a module, not a method or a lambda; what it returns is made of what
            JSON knows.
        given: Its arguments.

    Raises:
        EventDeskError: The function raised it; of the same class.
        OSError: The function raised it, or no process can be started.
        RuntimeError: It raised something else, or the child was ended.
    """
    names = f"{work.__module__}:{work.__qualname__}"
    with subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, names, *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment(),
        creationflags=_IDLE_ON_WINDOWS,
        process_group=None if sys.platform == "win32" else 0,  # Ctrl+C is for the program
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            answer = child.stdout.read()  # not communicate(), which would close its input
            told = child.stderr.read()
        except BaseException:
            child.kill()
            raise
    if not answer:
        raise RuntimeError(told.decode(errors="replace")[-2000:] or f"ended: {child.returncode}")
    kind, result = json.loads(answer)
    if kind == "done":
        return result
    if kind == "system":
        raise OSError(*result)
    name, message, hint = result
    known = getattr(errors, name, EventDeskError)
    raise known(Message.from_json(message), hint=Message.from_json(hint))


# The child


def _main(names: str, *given: str) -> None:
    if hasattr(os, "nice"):
        os.nice(LOWEST)
    threading.Thread(target=_end_with_program, daemon=True).start()
    module, _, name = names.partition(":")
    answer: list[Any]
    try:
        answer = ["done", getattr(importlib.import_module(module), name)(*given)]
    except EventDeskError as error:
        said = [error.message.as_json(), error.advice.as_json()]
        answer = ["refused", [type(error).__name__, *said]]
    except OSError as error:
        answer = ["system", [error.errno, error.strerror, error.filename]]
    sys.stdout.write(json.dumps(answer, default=str))


def _end_with_program() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    _main(*sys.argv[1:])
