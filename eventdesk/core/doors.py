"""Doors of packages: names that are imported from their modules when they are first asked for.

An area's `__init__.py` lists what others may import, under `if TYPE_CHECKING`. Nothing of it is
loaded with the package, so that a start loads only the modules it uses.
"""

import sys
from collections.abc import Callable
from dis import get_instructions
from functools import cache
from importlib import import_module
from types import CodeType
from typing import Any


def opened(package: str) -> Callable[[str], object]:
    """Make the `__getattr__` of a package from the imports its own file lists.

    Raises:
        AttributeError: By the function, for a name that is not listed.
    """

    @cache
    def homes() -> dict[str, str]:
        return listed(package)

    def find(name: str) -> object:
        home = homes().get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(home), name)
        setattr(sys.modules[package], name, found)
        return found

    return find


def listed(package: str) -> dict[str, str]:
    """The names that a package lists for others, with the module of each."""
    loader: Any = sys.modules[package].__loader__
    return _imported(loader.get_code(package), package)


def _imported(code: CodeType, package: str) -> dict[str, str]:
    """The names that code imports from modules of a package, with the module of each.

    Read of the bytecode, so that it needs no source: what a condition leaves out is compiled, too.
    """
    homes, module = {}, ""
    for step in get_instructions(code):
        if step.opname == "IMPORT_NAME":
            module = step.argval
        elif step.opname == "IMPORT_FROM" and module.startswith(f"{package}."):
            homes[step.argval] = module
    return homes
