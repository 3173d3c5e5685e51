"""Doors of packages: names that are imported from their modules when they are first asked for.

An area's `__init__.py` lists what others may import, under `if TYPE_CHECKING`. Nothing of it is
loaded with the package, so that a start loads only the modules it uses.
"""

import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

_LISTED = re.compile(r"^    from (\S+) import (?:\(([^)]*)\)|(.+))$", re.MULTILINE)


def opened(package: str) -> Callable[[str], object]:
    """Make the `__getattr__` of a package from the imports its own file lists.

    Raises:
        AttributeError: By the function, for a name that is not listed.
    """

    @cache
    def homes() -> dict[str, str]:
        source = Path(str(sys.modules[package].__file__)).read_text(encoding="utf-8")
        return {
            listed.split()[0]: found[1]
            for found in _LISTED.finditer(source)
            for listed in (found[2] or found[3]).split(",")
            if listed.strip()
        }

    def find(name: str) -> object:
        home = homes().get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(home), name)
        setattr(sys.modules[package], name, found)
        return found

    return find
