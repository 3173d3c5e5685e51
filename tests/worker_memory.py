"""How much memory each worker of a run took at most; too much fails the run."""

import ctypes
import gc
import itertools
import resource
import sys
from typing import Any

import pytest

MOST_MIB = 800
"""What one worker may take, with all libraries loaded and one app at a time; more is a warning."""

FAILS_MIB = 1500
"""What fails the run: which tests meet in one worker differs from run to run."""

TESTS_A_COLLECTION = 8
"""Quick tests after which garbage goes; by itself the collector comes by the oldest too seldom."""

_peaks: dict[str, int] = {}
_run = itertools.count(1)


def peak_mib() -> int:
    """The most memory this process has held, in MiB."""
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let go of the apps and stores of the tests before."""
    if next(_run) % TESTS_A_COLLECTION == 0 or item.get_closest_marker("long"):
        gc.collect()
        if sys.platform == "linux":
            getattr(ctypes.CDLL(None), "malloc_trim", int)(0)  # gives back what lies between


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send a worker's peak home; fail the run where one took too much."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["peak_mib"] = peak_mib()
        return
    if not _peaks:
        _peaks["this process"] = peak_mib()
    if max(_peaks.values()) > FAILS_MIB and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Note what a worker sent; one that crashed sends nothing."""
    peak = getattr(node, "workeroutput", {}).get("peak_mib")
    if peak is not None:
        _peaks[node.gateway.id] = peak


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say the peaks."""
    said = ", ".join(f"{name} {peak} MiB" for name, peak in sorted(_peaks.items()))
    too_much = max(_peaks.values(), default=0) > MOST_MIB
    terminalreporter.write_line(
        f"Peak memory: {said}; a worker may take {MOST_MIB} MiB.", red=too_much
    )
