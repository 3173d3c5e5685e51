"""The process that draws badges: this one, or a child while a spooler runs.

Drawing a badge is milliseconds of computing. Beside a door that checks guests in, a child does it;
a command that prints one badge and ends draws it itself.
"""

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from eventdesk.core.kept_child import KeptChild

P = ParamSpec("P")

_changing = threading.Lock()
_users = 0
_child: "KeptChild | None" = None


def made(work: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> bytes:
    """Return what a function of a module draws, here or, with pickled arguments, in the child.

    Raises:
        InvalidInputError: The function raised it.
        ChildLostError: The child was lost over it, twice.
    """
    child = _hired()
    return child.call(work, *args, **kwargs) if child is not None else work(*args, **kwargs)


def draw_in_child() -> None:
    """Draw in a child until `draw_here` was called as often; it starts with the first picture."""
    global _users
    with _changing:
        _users += 1


def draw_here() -> None:
    """End one `draw_in_child`; the last one ends the child."""
    global _users, _child
    with _changing:
        _users -= 1
        leaving = None if _users else _child
        if leaving is not None:
            _child = None
    if leaving is not None:
        leaving.close()


def child_pid() -> int | None:
    """The process that draws now; None while there is none."""
    child = _child
    return child.pid if child is not None else None


def _hired() -> "KeptChild | None":
    global _child
    if not _users or sys.platform == "win32":
        return None
    with _changing:
        if _users and _child is None:
            from eventdesk.core.kept_child import KeptChild

            _child = KeptChild()
        return _child
