"""Printers that are found: queues, devices and the addresses named, each with its language."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from badges import finding
from badges.finding import MAX_HOSTS, find_printers
from badges.paper import FoundPrinter
from eventdesk.core.errors import InvalidInputError
from tests.badges.simulated_cups import cups_on_the_path
from tests.badges.simulated_labels import ZplSimulated
from tests.badges.simulated_printers import EscposSimulated, Simulated


class Deaf(Simulated):
    """Takes everything and answers nothing."""

    def feed(self, heard: bytes) -> bytes:
        return b""


@pytest.fixture(autouse=True)
def _nothing_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(finding, "_DEVICES", tmp_path / "usb")


def test_nothing_is_found_where_nothing_is() -> None:
    assert find_printers() == []


def _told(found: Sequence[FoundPrinter]) -> list[tuple[str, str, str]]:
    return [(each.spec, each.name, str(each.text)) for each in found]


def test_an_address_is_asked_which_language_it_speaks() -> None:
    with (
        EscposSimulated({"paper_out"}).switched_on() as receipts,
        ZplSimulated().switched_on() as labels,
        Deaf().switched_on() as deaf,
    ):
        hosts = [f"127.0.0.1:{each.port}" for each in (receipts, labels, deaf)]
        found = find_printers(hosts=hosts)
    assert _told(found) == [
        (f"escpos+tcp://{hosts[0]}", hosts[0], "speaks ESC/POS, it is out of paper"),
        (f"zpl+tcp://{hosts[1]}", hosts[1], "speaks ZPL, ready"),
        (f"tcp://{hosts[2]}", hosts[2], "takes a connection and tells nothing of itself"),
    ]
    assert receipts.printed == labels.printed == []
    with Deaf().switched_on() as gone:
        pass
    assert "no answer" in str(find_printers(hosts=[f"127.0.0.1:{gone.port}"])[0].text)


def test_the_queues_of_cups_are_found_without_their_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with cups_on_the_path(tmp_path, monkeypatch):
        assert _told(find_printers()) == [
            ("cups:paper", "paper", "queue of CUPS over cups-pdf"),
            ("cups:label", "label", "queue of CUPS over usb"),
        ]


@pytest.mark.parametrize(
    ("identity", "spec", "name"),
    [
        ("MFG:Zebra;CMD:ZPL;MDL:ZD421;", "zpl:", "ZD421"),
        ("MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;", "escpos:", "TM-T20III"),
        ("MANUFACTURER:Brother;MODEL:QL-820;COMMAND SET:PT-CBP;", "device:", "QL-820"),
        ("\x1b[2J\x00", "device:", "lp0"),
        (None, "device:", "lp0"),
    ],
)
def test_a_usb_printer_is_found_with_the_language_it_names(
    identity: str | None, spec: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = tmp_path / "known"
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / "lp0").touch()
    if identity is not None:
        (known / "lp0" / "device").mkdir(parents=True)
        (known / "lp0" / "device" / "ieee1284_id").write_text(identity)
    monkeypatch.setattr(finding, "_KNOWN", known)
    [found] = find_printers()
    assert (found.spec, found.name) == (f"{spec}{tmp_path}/usb/lp0", name)


@pytest.mark.parametrize("hosts", [["http://x"], [""], ["host/queue"], ["host"] * (MAX_HOSTS + 1)])
def test_what_is_no_address_is_an_error(hosts: list[str]) -> None:
    with pytest.raises(InvalidInputError, match=r"is no|host/queue' is|http://x' is|At most 32"):
        find_printers(hosts=hosts)
