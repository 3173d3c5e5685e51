"""Which tests try a change of an area: `make test AREA=door`.

The table is `areas.toml`. To what it lists come the faults and properties that import the area, and
the examples in its docstrings.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
TABLE: Final = Path(__file__).with_name("areas.toml")
ANYWHERE: Final = ("tests/faults", "tests/properties")
"""Folders whose tests belong to whatever area they import, too."""


class Area(NamedTuple):
    """What tries an area.

    Attributes:
        tests: Folders and patterns of files, from the root.
        code: Its packages, as folders from the root.
    """

    tests: Sequence[str]
    code: Sequence[str]


def areas() -> dict[str, Area]:
    """The table, by the name of an area."""
    read = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: Area(**listed) for name, listed in read.items()}


def files_of_tests() -> list[str]:
    """All files of tests, from the root."""
    return sorted(each.relative_to(ROOT).as_posix() for each in ROOT.glob("tests/**/test_*.py"))


def stands_for(pattern: str, file: str) -> bool:
    """Whether a folder or pattern of the table means a file."""
    return Path(file).is_relative_to(pattern) or Path(file).match(pattern)


def tried_by(area: Area) -> Iterator[str]:
    """What pytest is given for an area: files of tests, and folders with examples."""
    packages = tuple(folder.replace("/", ".") for folder in area.code)
    for file in files_of_tests():
        is_listed = any(stands_for(pattern, file) for pattern in area.tests)
        if is_listed or (file.startswith(ANYWHERE) and _imports(file, packages)):
            yield file
    yield from (folder for folder in area.code if _has_examples(folder))


def _imports(file: str, packages: Sequence[str]) -> bool:
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        if any(f"{name}.".startswith(f"{package}.") for name in names for package in packages):
            return True
    return False


def _has_examples(folder: str) -> bool:
    sources = (each.read_text(encoding="utf-8") for each in (ROOT / folder).rglob("*.py"))
    return any(">>> " in source for source in sources)


def main(arguments: Sequence[str], table: Mapping[str, Area]) -> int:
    """Print what tries the area that is named."""
    (name,) = arguments
    if name not in table:
        known = ", ".join(table)
        print(f"There is no area {name!r}. Known: {known} (tests/areas.toml).", file=sys.stderr)
        return 2
    print(*tried_by(table[name]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], areas()))
