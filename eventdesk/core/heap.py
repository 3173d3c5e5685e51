"""The heap of the C library: kept small where it is glibc's, as on most of Linux.

It gives threads that allocate at once heaps of their own, up to eight for each processor. Each
stays as large as it ever was, and a program with a screen has two dozen threads.
"""

import sys
from functools import cache
from typing import Any, Final

ARENA_MAX: Final = -8
"""M_ARENA_MAX of mallopt(3)."""


def share_one_heap() -> bool:
    """Let the threads that this process starts from now on share one heap.

    Returns:
        Whether the C library can.
    """
    library = _glibc()
    return library is not None and library.mallopt(ARENA_MAX, 1) == 1


def give_back() -> None:
    """Give the system what is free in the heap; it takes some milliseconds."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> Any:
    """The C library; None where it is another one."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
