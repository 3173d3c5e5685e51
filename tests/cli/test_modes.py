"""A day of use under an ordinary umask leaves nothing in the home that others may read."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from badges.qr import png
from data.store import FILE_NAME, Store
from eventdesk.cli.log_file import LOOKED_AT, LogFile
from tests.build import make_fair
from tests.cli.conftest import Call


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def _readable_by_others(home: Path) -> list[str]:
    return [
        str(path.relative_to(home.parent))
        for path in (home, *home.rglob("*"))
        if path.lstat().st_mode & 0o077
    ]


def test_a_day_of_use_leaves_nothing_that_others_may_read(call: Call, home: Path) -> None:
    home.mkdir(mode=0o755)
    with Store.create(home) as store:
        fair = make_fair(store, list_name="Main entrance")
        booked = fair.sell_all(["Ada Lovelace", "Grace Hopper"])
        codes = home.parent / "codes"
        codes.mkdir()
        (codes / "1.png").write_bytes(png(fair.token(booked, 1)))
        assert (home / f"{FILE_NAME}-wal").exists()
        assert _readable_by_others(home) == []
    out = home / "exports" / "deep"
    for command in (
        ("check-in", booked.ticket_codes[0]),
        ("scan", str(codes), "--list", "Main entrance"),
        ("backup",),
        ("gateway", "enable"),
        ("layout", "copy", "card-4x3", "my-card"),
        ("export", "attendees", "--format", "xlsx"),
        ("export", "--mirror", str(out)),
        ("restore", "--yes"),
        ("reset", "--yes"),
    ):
        said = call(*command)
        assert said.exit_code == 0, (command, said.output)
        assert _readable_by_others(home) == [], command
    made = {path.name for path in home.iterdir()}
    assert made >= {"backups", "badges", "exports", "keys", "layouts", "test-desk"}


def test_the_log_is_private_also_when_it_turns_over(tmp_path: Path) -> None:
    handler = LogFile(tmp_path / "eventdesk.log", maxBytes=5, backupCount=2, encoding="utf-8")
    for _ in range(2 * LOOKED_AT + 1):
        handler.emit(logging.makeLogRecord({"msg": "a line"}))
    handler.close()
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("eventdesk.log", "eventdesk.log.1", "eventdesk.log.2"), 0o600)
