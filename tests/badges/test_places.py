"""Where a printer that is a path may write: no file of a home but its badges."""

import os
from pathlib import Path

import pytest

from badges.printers import open_printer
from eventdesk.core.errors import InvalidInputError, PrinterError
from eventdesk.printing.printers import trial_badge

BADGE = trial_badge("Booth")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    for folder in ("badges", "keys", "exports"):
        (home / folder).mkdir(parents=True)
    (home / "eventdesk.db").write_bytes(b"the store")
    (home / "settings.toml").write_bytes(b"the settings")
    return home


@pytest.mark.parametrize("kind", ["file", "device", "folder", "folder+png", "pdf", "escpos", "zpl"])
@pytest.mark.parametrize("name", ["", "eventdesk.db", "settings.toml", "keys", "badges/../keys"])
def test_no_printer_is_a_part_of_the_home(home: Path, kind: str, name: str) -> None:
    with pytest.raises(InvalidInputError, match="inside the home folder"):
        open_printer(f"{kind}:{home / name}", badges_folder=home / "badges")


def test_badges_go_into_the_folder_of_badges(home: Path) -> None:
    for spec in (f"folder:{home / 'badges'}", f"file:{home / 'badges' / 'all.txt'}"):
        printer = open_printer(spec, badges_folder=home / "badges")
        assert printer is not None
        assert printer.send(BADGE, job="j1").confirmed


def test_a_second_name_of_a_file_takes_no_badge(home: Path, tmp_path: Path) -> None:
    os.link(home / "settings.toml", tmp_path / "badges.txt")
    printer = open_printer(f"file:{tmp_path / 'badges.txt'}", badges_folder=home / "badges")
    assert printer is not None
    with pytest.raises(PrinterError, match="hard link"):
        printer.send(BADGE, job="j1")
    assert (home / "settings.toml").read_bytes() == b"the settings"


def test_a_file_is_no_device_of_a_label_printer(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    printer = open_printer(f"zpl:{tmp_path / 'file'}?status=0", badges_folder=tmp_path)
    assert printer is not None
    with pytest.raises(PrinterError, match="not a device"):
        printer.send(BADGE, job="j1")
    assert (tmp_path / "file").read_bytes() == b"mine"
