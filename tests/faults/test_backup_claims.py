"""The hourly backup where several programs make it."""

from pathlib import Path
from subprocess import Popen

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.keeping import keep_backup, list_backups
from tests.build import NOON, Fair
from tests.faults.processes import start

pytestmark = pytest.mark.long


def _ready(home: Path) -> "Popen[str]":
    program = start("backup_program", home)
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    return program


def test_programs_that_begin_together_make_one_backup(fair: Fair) -> None:
    programs = [_ready(fair.store.home) for _ in range(3)]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        program.communicate()
        assert program.returncode == 0
    assert len(list_backups(fair.store.home)) == 1


def test_a_program_that_was_killed_with_the_claim_blocks_nobody(store: Store) -> None:
    program = _ready(store.home)
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write("claim\n")
    program.stdin.flush()
    assert program.stdout.readline() == "claimed\n"
    keep_backup(store, SYSTEM.at(NOON))
    assert list_backups(store.home) == []
    program.kill()
    program.communicate()
    keep_backup(store, SYSTEM.at(NOON))
    assert len(list_backups(store.home)) == 1
