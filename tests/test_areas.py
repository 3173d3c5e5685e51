"""Each file of tests stands under an area, and an area's tests are found."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.areas import ROOT, areas, files_of_tests, main, stands_for, tried_by


def test_each_file_of_tests_belongs_to_an_area() -> None:
    listed = [pattern for area in areas().values() for pattern in area.tests]
    lost = [file for file in files_of_tests() if not any(stands_for(each, file) for each in listed)]
    assert not lost, "Name them in tests/areas.toml."


@pytest.mark.parametrize("name", areas())
def test_what_an_area_names_is_there(name: str) -> None:
    files = files_of_tests()
    for pattern in areas()[name].tests:
        assert any(stands_for(pattern, file) for file in files), pattern
    assert all((ROOT / folder).is_dir() for folder in areas()[name].code)


def test_the_door_is_tried_by_its_tests_its_faults_and_its_screens() -> None:
    tried = set(tried_by(areas()["door"]))
    assert {
        "tests/door/test_check_in.py",
        "tests/faults/test_races.py",
        "tests/properties/test_door_machine.py",
        "tests/screens/test_desk.py",
        "tests/screens/test_kiosk.py",
    } <= tried
    assert "tests/mailing/test_mails.py" not in tried


def test_an_unknown_area_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["doors"], areas()) == 2
    assert "Known: core, data" in capsys.readouterr().err


def test_each_package_of_an_area_has_tests() -> None:
    folders = {folder for area in areas().values() for folder in area.code}
    packages = {
        each.parent.relative_to(ROOT).as_posix() for each in ROOT.glob("eventdesk/*/__init__.py")
    }
    assert packages <= folders


def test_make_runs_the_tests_of_an_area() -> None:
    told = subprocess.run(
        ["make", "--dry-run", "test", "AREA=door", f"BIN={Path(sys.executable).parent}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "tests/door/test_check_in.py" in told
    assert '-m "not long or fault"' in told


def test_the_faults_of_an_area_run_though_they_are_long() -> None:
    chosen = ["-m", "not long or fault", "tests/faults/test_races.py"]
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *chosen],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "test_eight_processes_that_scan_the_same_tickets" in told
