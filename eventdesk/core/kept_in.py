"""A program kept in: what it opens by name lies in few folders, and it starts no other program.

For a program that somebody at another machine works with: what they name there as a file would be a
file of this machine, which runs with the rights of its owner.
"""

import errno
import os
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from eventdesk.core.messages import _

CODE: Final = Path(__file__).parents[2]
"""Where this program lies."""

ONE: Final = frozenset(
    {
        *("open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rmdir", "os.truncate"),
        *("os.chmod", "os.chown", "os.utime"),
    }
)
TWO: Final = frozenset({"os.rename", "os.link", "os.symlink"})
"""What Python tells an audit hook (PEP 578) of files, with one path and with two."""

STARTS: Final = frozenset({"os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn"})
"""What would start another program."""

OF_THE_SYSTEM: Final = (
    *("/usr", "/lib", "/lib64", "/opt", "/proc/self", "/sys/devices/system/cpu"),
    *("/dev/null", "/dev/urandom", "/etc/localtime", "/etc/timezone", "/etc/fonts", "/etc/ssl"),
)
"""Where programs, fonts and the like lie, and nothing of people."""


def keep_in(home: Path) -> None:
    """Keep this program in, until it ends.

    Args:
        home: The folder in which it may do anything.
    """
    sys.addaudithook(hook((home, *map(Path, PYTHON), *map(Path, OF_THE_SYSTEM))))


PYTHON: Final = (sys.prefix, sys.base_prefix, sysconfig.get_path("purelib"), str(CODE))


def hook(roots: Sequence[Path]) -> Callable[[str, tuple[Any, ...]], None]:
    """Make what refuses files outside of some folders, and other programs."""
    inside = tuple(os.path.realpath(each) for each in roots)

    def need_inside(event: str, told: tuple[Any, ...]) -> None:
        if event in STARTS or (event == "subprocess.Popen" and told[0] != sys.executable):
            raise PermissionError(errno.EPERM, _("Programs cannot be started from here"))
        for place in told[: (event in ONE) + 2 * (event in TWO)]:
            if isinstance(place, str | bytes | os.PathLike) and not _is_in(inside, place):
                raise PermissionError(errno.EPERM, _("A file of the machine that serves"), place)

    return need_inside


def _is_in(roots: tuple[str, ...], place: str | bytes | os.PathLike[str]) -> bool:
    path = os.path.realpath(os.fsdecode(place))
    return any(path == each or path.startswith(each + os.sep) for each in roots)
