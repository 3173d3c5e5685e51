"""Checks that requirements.lock is complete: `python -m tools.lock`.

Set-up installs exactly what the lock names and resolves nothing. So each locked version has to lie
within the bounds of pyproject.toml, and whatever pyproject.toml or a locked package asks for has to
be locked, on each kind of machine eventdesk runs on. What a package asks for is read from the
metadata of what is installed here; a version that is not installed here is named, not looked into.
"""

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final, NamedTuple

from packaging.markers import Marker, default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT: Final = Path(__file__).parent.parent

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS: Final = {
    "Linux x86_64": ("linux", "Linux", "x86_64"),
    "Linux aarch64": ("linux", "Linux", "aarch64"),
    "macOS arm64": ("darwin", "Darwin", "arm64"),
    "macOS x86_64": ("darwin", "Darwin", "x86_64"),
}

Machine = Mapping[str, str]
"""Values of the variables of environment markers (PEP 508)."""


class Locked(NamedTuple):
    """An entry of the lock.

    Attributes:
        name: In canonical form.
        version: The only one that may be installed.
        marker: On which machines it is installed; None for all.
    """

    name: str
    version: Version
    marker: Marker | None

    def holds_on(self, machine: Machine) -> bool:
        """Whether it is installed there."""
        return self.marker is None or self.marker.evaluate({**machine})


def machines() -> dict[str, Machine]:
    """The kinds of machine the lock is for, by their names."""
    return {
        f"{name}, Python {python}": {
            **{key: str(value) for key, value in default_environment().items()},
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_version": f"{python}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "posix",
            "sys_platform": platform,
            "platform_system": system,
            "platform_machine": machine,
            "extra": "",
        }
        for name, (platform, system, machine) in SYSTEMS.items()
        for python in PYTHONS
    }


def read_lock(text: str) -> list[Locked]:
    """Read a lock file.

    Raises:
        ValueError: A line is no pinned version with hashes, or holds an address.
    """
    locked = []
    for line in re.sub(r"\\\n", " ", text).splitlines():
        entry, *hashes = line.split("--hash=")
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        try:
            wanted = Requirement(entry.strip())
        except InvalidRequirement as error:
            raise ValueError(f"{entry.strip()!r} is no locked version: {error}") from error
        pins = list(wanted.specifier)
        if len(pins) != 1 or pins[0].operator != "==" or wanted.url or wanted.extras:
            raise ValueError(f"{entry.strip()!r} does not name one version and nothing else.")
        if not all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", each) for each in hashes) or not hashes:
            raise ValueError(f"{wanted.name} has no sha256, or something else beside it.")
        name = canonicalize_name(wanted.name)
        locked.append(Locked(name, Version(pins[0].version), wanted.marker))
    return locked


def asked_by_project(project: Mapping[str, Any]) -> list[Requirement]:
    """What pyproject.toml asks for: to run, for its extras, to develop and to build."""
    groups = [
        project["project"]["dependencies"],
        *project["project"].get("optional-dependencies", {}).values(),
        *project.get("dependency-groups", {}).values(),
        project["build-system"]["requires"],
    ]
    return [Requirement(each) for group in groups for each in group]


def asked_by_package(locked: Locked) -> list[Requirement] | None:
    """What a locked package asks for by its metadata; None where this version is not installed."""
    try:
        installed = distribution(locked.name)
    except PackageNotFoundError:
        return None
    if Version(installed.version) != locked.version:
        return None
    return [Requirement(each) for each in installed.requires or ()]


def asked_by_another_version(locked: Locked) -> set[str]:
    """What the version that is installed here asks for, where another one is locked."""
    try:
        requires = distribution(locked.name).requires or ()
    except PackageNotFoundError:
        return set()
    return {canonicalize_name(Requirement(each).name) for each in requires}


def follow(
    machine: Machine, lock: Iterable[Locked], project: Iterable[Requirement]
) -> tuple[set[str], set[str]]:
    """Follow through the lock what is asked for on one kind of machine.

    Returns:
        What is wrong, in words; and which locked packages have no metadata here.
    """
    faults: set[str] = set()
    unread: set[str] = set()
    there: dict[str, Locked] = {}
    for locked in lock:
        if locked.holds_on(machine):
            if locked.name in there:
                faults.add(f"{locked.name} is locked twice")
            there[locked.name] = locked
    asked = [("pyproject.toml", requirement, "") for requirement in project]
    followed: set[tuple[str, str]] = set()
    perhaps: set[str] = set()
    while asked:
        asker, wanted, for_extra = asked.pop()
        if wanted.marker and not wanted.marker.evaluate({**machine, "extra": for_extra}):
            continue
        met = there.get(canonicalize_name(wanted.name))
        if met is None:
            faults.add(f"{asker} asks for {wanted}, which is not locked")
            continue
        if not wanted.specifier.contains(met.version, prereleases=True):
            faults.add(f"{asker} asks for {wanted}, but {met.version} is locked")
        more = asked_by_package(met)
        if more is None:
            unread.add(f"{met.name} {met.version}")
            perhaps |= asked_by_another_version(met)
        for extra in {"", *wanted.extras}:
            if (met.name, extra) not in followed:
                asked += ((f"{met.name} {met.version}", each, extra) for each in more or ())
                followed.add((met.name, extra))
    idle = there.keys() - {name for name, _ in followed} - perhaps
    return faults | {f"{name} is locked, but nothing asks for it" for name in idle}, unread


def main() -> int:
    """Check the lock of this checkout and say what was found."""
    project = asked_by_project(tomllib.loads((ROOT / "pyproject.toml").read_text()))
    try:
        lock = read_lock((ROOT / "requirements.lock").read_text())
    except ValueError as error:
        print(f"requirements.lock: {error} `make lock` writes it anew.", file=sys.stderr)
        return 1
    where: dict[str, list[str]] = defaultdict(list)
    not_here: set[str] = set()
    for name, machine in machines().items():
        faults, unread = follow(machine, lock, project)
        not_here |= unread
        for fault in faults:
            where[fault].append(name)
    for fault, names in sorted(where.items()):
        more = f" and {len(names) - 1} more kinds of machine" if len(names) > 1 else ""
        print(f"requirements.lock: {fault} ({names[0]}{more}).", file=sys.stderr)
    if where:
        print("`make lock` brings it up to pyproject.toml.", file=sys.stderr)
        return 1
    print(f"requirements.lock holds all that is asked for on {len(machines())} kinds of machine.")
    if not_here:
        print(f"Not installed here, so not followed further: {', '.join(sorted(not_here))}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
