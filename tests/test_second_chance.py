"""What a run of the tests says of those that fail once, often and too often."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

UNSTEADY = """
from pathlib import Path

def test_is_ready_at_the_second_look():
    seen = Path(__file__).with_name("seen")
    ready = seen.exists()
    seen.touch()
    assert ready, "not ready yet"

def test_is_right():
    pass
"""

WRONG = """
import pytest

@pytest.mark.parametrize("number", range(400))
def test_is_wrong(number):
    raise AssertionError
"""


def run(
    root: Path, tests: str, *, workers: int = 0, under: str = "tests"
) -> subprocess.CompletedProcess[str]:
    """Run tests as `make test` does."""
    options = re.search(r"^SECOND_CHANCE := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert options is not None
    (root / under).mkdir(parents=True)
    (root / under / "test_it.py").write_text(tests)
    (root / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    ours = ["-ra", "-p", "tests.second_chance", *options[1].split()]
    where = [f"--rootdir={root}", str(root), "-n", str(workers)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *ours, *where],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", [0, 2])
def test_what_passed_only_the_second_time_is_named_and_counts_once(
    tmp_path: Path, workers: int
) -> None:
    done = run(tmp_path, UNSTEADY, workers=workers)
    assert done.returncode == 0, done.stdout
    name = "tests/test_it.py::test_is_ready_at_the_second_look"
    assert f"\nunsteady {name}: AssertionError: not ready yet\n" in done.stdout
    assert re.search(r"2 passed, 1 rerun in ", done.stdout.splitlines()[-1])


def test_a_race_or_a_kill_gets_no_second_chance(tmp_path: Path) -> None:
    assert (ROOT / "tests" / "faults" / "test_races.py").exists()
    done = run(tmp_path, UNSTEADY, under="tests/faults")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 passed in " in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("workers", [0, 2])
def test_more_than_twenty_failures_end_the_run(tmp_path: Path, workers: int) -> None:
    done = run(tmp_path, WRONG, workers=workers)
    assert done.returncode in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
    assert "stopping after 21 failures" in done.stdout
    closing = re.search(r"(\d+) failed, 20 rerun in ", done.stdout.splitlines()[-1])
    assert closing is not None
    assert 21 <= int(closing[1]) < 400  # workers end what they were given


@pytest.mark.parametrize("language", ["C", "de_DE.UTF-8"])
def test_a_run_of_everything_goes_on_after_a_failure_and_lists_it_last(
    tmp_path: Path, language: str
) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_text((ROOT / ".ci" / "run").read_text())
    (tmp_path / "Makefile").write_text(
        "check: lint types test\n"
        "lint:\n\t@echo bad; exit 1\n"
        "types:\n\t@echo fine\n"
        "test:\n\t@echo 'FAILED tests/test_it.py::test_it - wrong'; exit 1\n"
    )
    done = subprocess.run(
        ["bash", ".ci/run"],
        cwd=tmp_path,
        env=os.environ | {"LANG": language, "LC_ALL": language},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "\nfine\n" in done.stdout
    said = done.stdout.split("What failed:\n")[1].splitlines()
    assert said == ["  make lint", "  tests/test_it.py::test_it - wrong", "  make test"]
