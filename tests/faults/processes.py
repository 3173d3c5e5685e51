"""Starting programs of the tests as real processes over a real file."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def start(program: str, *arguments: object) -> "subprocess.Popen[str]":
    """Start `tests.faults.<program>` with pipes for its input and output."""
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.faults.{program}", *map(str, arguments)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
