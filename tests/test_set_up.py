"""What a fresh machine is told when its set-up fails."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.long  # each makes an environment


def set_up(folder: Path, lock: str, **index: str) -> subprocess.CompletedProcess[str]:
    shutil.copytree(ROOT / "tools", folder / "tools")
    (folder / "requirements.lock").write_text(lock)
    settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "0", "PIP_RETRIES": "1", **index}
    return subprocess.run(
        ["sh", "tools/environment.sh", sys.executable],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_an_index_the_last_line_says_what_to_do(tmp_path: Path) -> None:
    lock = f"no-such-package==1.0 --hash=sha256:{'0' * 64}\n"
    done = set_up(tmp_path, lock, PIP_INDEX_URL="https://127.0.0.1:9/simple")
    assert done.returncode == 1
    assert "No matching distribution found for no-such-package==1.0" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("No package index answers. Connect this machine")


def test_a_file_that_is_not_the_locked_one_is_refused_and_shown(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "other-1.0-py3-none-any.whl").write_bytes(b"not what was locked")
    lock = f"other==1.0 --hash=sha256:{'0' * 64}\n"
    done = set_up(tmp_path, lock, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))
    assert done.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr
    assert "No package index answers" not in done.stderr
