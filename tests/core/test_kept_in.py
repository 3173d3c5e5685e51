"""A program that is kept in opens no file of the machine and starts no other program."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from eventdesk.core.kept_in import hook


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("open", ("{outside}/passwd", "r", 0)),
        ("open", (b"/etc/passwd", "r", 0)),
        ("open", ("{home}/../passwd", "r", 0)),
        ("open", ("{home}/link/passwd", "r", 0)),
        ("open", ("{home}-of-another/file", "r", 0)),
        ("os.scandir", ("{outside}",)),
        ("os.rename", ("{home}/a", "{outside}/a", -1, -1)),
        ("os.symlink", ("{outside}/a", "{home}/a", -1)),
        ("os.remove", ("{outside}/a", -1)),
        ("subprocess.Popen", ("/bin/sh", ["sh"], None, None)),
        ("os.system", ("ls",)),
        ("os.posix_spawn", ("/bin/sh", [], {})),
    ],
)
def test_what_is_outside_is_refused(tmp_path: Path, event: str, told: tuple[Any, ...]) -> None:
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    (home / "link").symlink_to(outside)
    named = [
        each.format(home=home, outside=outside) if isinstance(each, str) else each for each in told
    ]
    with pytest.raises(PermissionError):
        hook((home,))(event, tuple(named))


def test_what_is_inside_and_what_is_open_already_is_not(tmp_path: Path) -> None:
    need = hook((tmp_path,))
    need("open", (str(tmp_path / "exports" / "list.csv"), "w", 0))
    need("open", (os.fsencode(tmp_path / "a"), "r", 0))
    need("open", (tmp_path, "r", 0))
    need("open", (3, "r", 0))
    need("os.rename", (str(tmp_path / "a"), str(tmp_path / "b"), -1, -1))
    need("subprocess.Popen", (sys.executable, [], None, None))
    need("import", ("os", None, None, None, None))
