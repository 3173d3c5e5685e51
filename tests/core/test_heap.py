"""The heap of a program with many threads."""

import platform
import subprocess
import sys

import pytest

GROWS = """
import ctypes, sys, threading
if sys.argv[1] == "shared":
    from eventdesk.core.heap import share_one_heap
    assert share_one_heap()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
meet = threading.Barrier(6)
places = []
def allocate():
    meet.wait()
    places.append(library.malloc(1000))
    meet.wait()
threads = [threading.Thread(target=allocate) for _ in range(6)]
for each in threads: each.start()
for each in threads: each.join()
# An arena of glibc but the first begins at a multiple of 64 MiB.
print(len({place >> 26 for place in places}))
"""


def _heaps(how: str) -> int:
    """In how many parts of the memory six threads get theirs."""
    done = subprocess.run(
        [sys.executable, "-c", GROWS, how], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_threads_share_one_heap() -> None:
    assert _heaps("apart") > 2
    assert _heaps("shared") <= 2  # one place may lie at a border
