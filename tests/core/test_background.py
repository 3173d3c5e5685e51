"""Work in a child at the lowest priority."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from eventdesk.core.background import LOWEST, in_background
from eventdesk.core.errors import BackupError, StoreFullError
from eventdesk.core.messages import msg

PATIENCE_S = 60.0


def priority() -> int:
    """The priority of whoever calls it."""
    return os.getpriority(os.PRIO_PROCESS, 0)


def refuse(name: str) -> None:
    """Raise an error for people."""
    raise StoreFullError(msg("{name} is full.", name=name), hint=msg("Make room."))


def open_missing(path: str) -> None:
    """Open a file that is not there."""
    Path(path).open().close()


def fail() -> None:
    """Raise what nobody expects."""
    raise ZeroDivisionError("nothing to divide by")


def crash() -> None:
    """End as a crash does."""
    os.kill(os.getpid(), signal.SIGKILL)


def work_for_ever(report: str) -> None:
    """Say which process works, and go on."""
    Path(report).write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def test_only_the_child_has_the_lowest_priority() -> None:
    before = priority()
    assert in_background(priority) == LOWEST
    assert priority() == before


def test_an_error_for_people_comes_as_it_was_raised() -> None:
    with pytest.raises(StoreFullError, match=r"The disk is full\.") as raised:
        in_background(refuse, "The disk")
    assert raised.value.hint == "Make room."
    assert not isinstance(raised.value, BackupError)


def test_an_error_of_the_system_keeps_its_number(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        in_background(open_missing, str(tmp_path / "none"))
    assert raised.value.errno == errno.ENOENT


def test_what_nobody_expects_is_told_with_its_name() -> None:
    with pytest.raises(RuntimeError, match="nothing to divide by"):
        in_background(fail)


def test_a_child_that_crashes_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="ended: -9"):
        in_background(crash)


def test_the_child_ends_with_its_program_however_that_ends(tmp_path: Path) -> None:
    report = tmp_path / "report"
    code = (
        "import sys; from eventdesk.core.background import in_background;"
        "from tests.core.test_background import work_for_ever;"
        "in_background(work_for_ever, sys.argv[1])"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(report)]) as program:
        try:
            _wait(lambda: report.exists() and report.read_text())
        finally:
            program.kill()
    child = int(report.read_text())
    try:
        _wait(lambda: not _runs(child))
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _runs(process: int) -> bool:
    """Whether a process still runs; one that nobody has taken note of is over."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _wait(holds: Callable[[], object]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until_s
        time.sleep(0.01)
