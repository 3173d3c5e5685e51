"""What the check of the lock file finds."""

from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from tools.lock import follow, machines, read_lock

HASH = f"--hash=sha256:{'0' * 64}"
LINUX = machines()["Linux x86_64, Python 3.11"]

PYTEST = ("pytest", "iniconfig", "packaging", "pluggy", "pygments")
"""pytest and all it asks for."""


def lock_of(*names: str) -> str:
    """A lock with the versions that are installed."""
    return "".join(f"{each}=={version(each)} \\\n    {HASH}\n" for each in names)


def faults(lock: str, *asked: str) -> set[str]:
    return follow(LINUX, read_lock(lock), [Requirement(each) for each in asked])[0]


def test_what_is_asked_for_and_locked_is_no_fault() -> None:
    assert faults(lock_of(*PYTEST), "pytest>=9") == set()


def test_what_the_project_asks_for_has_to_be_locked_within_its_bounds() -> None:
    lock = lock_of(*PYTEST)
    assert faults(lock, "pytest", "nothing>=1") == {
        "pyproject.toml asks for nothing>=1, which is not locked"
    }
    assert faults(lock, "pytest<9") == {
        f"pyproject.toml asks for pytest<9, but {version('pytest')} is locked"
    }


def test_what_a_locked_package_asks_for_has_to_be_locked_too() -> None:
    (fault,) = faults(lock_of(*PYTEST[:-1]), "pytest")
    assert fault == f"pytest {version('pytest')} asks for pygments>=2.15, which is not locked"


def test_an_extra_asks_for_more() -> None:
    lock = lock_of("qrcode")
    assert faults(lock, "qrcode") == set()
    (fault,) = faults(lock, "qrcode[pil]")
    assert "asks for pillow" in fault


def test_what_nothing_asks_for_and_what_is_locked_twice_are_faults() -> None:
    assert faults(lock_of(*PYTEST, "click", "pluggy"), "pytest") == {
        "click is locked, but nothing asks for it",
        "pluggy is locked twice",
    }


def test_what_another_system_needs_is_asked_for_there_alone() -> None:
    asked = [Requirement("click; sys_platform == 'darwin' and python_version >= '3.14'")]
    lock = read_lock(lock_of("click"))
    found = {name: follow(machine, lock, asked)[0] for name, machine in machines().items()}
    assert {name for name, each in found.items() if not each} == {
        "macOS arm64, Python 3.14",
        "macOS x86_64, Python 3.14",
    }


def test_a_version_that_is_not_installed_is_named() -> None:
    lock = read_lock(f"pytest==1.0 {HASH}\n")
    assert follow(LINUX, lock, [Requirement("pytest")]) == (set(), {"pytest 1.0"})


def test_what_another_version_may_ask_for_is_not_idle() -> None:
    lock = lock_of(*PYTEST).replace(f"pytest=={version('pytest')}", "pytest==9999")
    found, unread = follow(LINUX, read_lock(lock), [Requirement("pytest")])
    assert (found, unread) == (set(), {"pytest 9999"})


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("click", "does not name one version"),
        ("click>=8 " + HASH, "does not name one version"),
        ("click==8.5.1", "no sha256"),
        ("click==8.5.1 --hash=md5:00", "no sha256"),
        (f"click==8.5.1 {HASH} --index-url=https://elsewhere.example", "something else beside it"),
        ("click @ https://elsewhere.example/click.whl " + HASH, "does not name one version"),
        ("--index-url https://elsewhere.example", "is no locked version"),
        ("<<<<<<< HEAD", "is no locked version"),
    ],
)
def test_a_line_that_pins_nothing_is_refused(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_lock(f"{lock_of('pluggy')}{line}\n")
