"""Confined work: files of strangers are read in a child process with limits.

A decoder written in C may crash, ask for all memory or take minutes over a few bytes. In a child
process that ends the child only. Starting one takes about a tenth of a second.

It is used for pictures; tables, layouts and archives are read in Python, as streams with limits.
"""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg

MAX_MEMORY: Final = 1 << 30
"""Bytes of address space a child may have, where the platform can say so."""

SECONDS: Final = 15.0
"""How long a child may take."""

_REFUSED: Final = 3


def confined(
    work: Callable[..., bytes], *given: str | int | bool, seconds: float = SECONDS
) -> bytes:
    """Call a function in a child process.

    May be called from any thread. The child gets nothing but the arguments, and gives back bytes
    that are never run or unpickled.

    Args:
        work: A function of a module, not a method or a lambda.
        given: Its arguments.
        seconds: The time limit.

    Raises:
        InvalidInputError: The function raised it; or it crashed, took too long or too much memory.
    """
    names = f"{work.__module__}:{work.__qualname__}"
    command = [sys.executable, "-P", "-m", __name__, names, json.dumps(given), str(seconds)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds + 1,
            env=child_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidInputError(
            msg("Reading the file took longer than {seconds:g} seconds.", seconds=seconds),
            hint=msg("Use another one."),
        ) from error
    if done.returncode == 0:
        return done.stdout
    if done.returncode == _REFUSED:
        message, hint = map(Message.from_json, json.loads(done.stdout))
        raise InvalidInputError(message, hint=hint)
    raise InvalidInputError(
        msg("Reading the file takes too much memory or time, or crashes what reads it."),
        hint=msg("Save it anew, or use another one."),
    )


def child_environment() -> dict[str, str]:
    """Return the environment of a child that finds the same modules."""
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    return {**os.environ, "PYTHONPATH": paths}


def limit_process(seconds: float | None = None) -> None:
    """Limit memory, files and, in seconds, computing of this process where the platform can."""
    if sys.platform == "win32":
        return
    import resource

    limits = [
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ]
    if seconds is not None:
        limits.append((resource.RLIMIT_CPU, int(seconds) + 1))
    for what, most in limits:
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            continue  # macOS has no limit on address space


def _main(names: str, given: str, seconds: str) -> int:
    limit_process(float(seconds))
    module, _, name = names.partition(":")
    try:
        answer: bytes = getattr(importlib.import_module(module), name)(*json.loads(given))
    except InvalidInputError as error:
        answer = json.dumps([error.message.as_json(), error.advice.as_json()]).encode()
        sys.stdout.buffer.write(answer)
        return _REFUSED
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
