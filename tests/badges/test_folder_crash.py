"""A folder of badges stays whole when the program is killed in the middle of writing."""

import os
import subprocess
import sys
from pathlib import Path

from badges.folder_printer import FolderPrinter
from badges.layout import lines
from tests.badges.reading import badge

PRINT_ON = """
import itertools, pathlib, sys
from badges.folder_printer import FolderPrinter
from tests.badges.reading import badge
printer = FolderPrinter(pathlib.Path(sys.argv[1]))
for job in itertools.count(int(sys.argv[2])):
    printer.send(badge(), job=f"j-{job}")
    print(job, flush=True)
"""


def print_until_killed(folder: Path, first: int, badges: int) -> int:
    """Print badges in another process, kill it; returns the last badge it told of."""
    command = [sys.executable, "-c", PRINT_ON, str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as printing:
        assert printing.stdout is not None
        told = [int(printing.stdout.readline()) for _ in range(badges)]
        printing.kill()
        told += map(int, printing.stdout)
    return told[-1]


def test_a_killed_program_loses_no_badge_it_told_of_and_tears_none(tmp_path: Path) -> None:
    last = -1
    for badges in (3, 7, 12):
        last = print_until_killed(tmp_path, last + 1, badges)
    whole = "\n".join([*lines(badge()), ""])
    printed = [path for path in tmp_path.iterdir() if path.suffix == ".txt"]
    assert all(path.read_text(encoding="utf-8") == whole for path in printed)
    assert len(printed) >= last + 1

    for job in range(last + 2):
        FolderPrinter(tmp_path).send(badge(), job=f"j-{job}")
    assert len(os.listdir(tmp_path)) == last + 2
