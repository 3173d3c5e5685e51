"""From a ticket on the command line to a badge on paper, through printers that answer."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from eventdesk.core.clock import utc_now
from tests.badges.reading import codes_in, pdf_pages
from tests.badges.simulated_cups import cups_on_the_path
from tests.badges.simulated_printers import EscposSimulated
from tests.build import empty_store, make_fair
from tests.cli.conftest import Call
from tests.cli.test_door import Program
from tests.orders import person, set_event


def scan(call: Call, program: Program, tickets: Path, printer: str) -> tuple[set[str], int]:
    """Scan two tickets of a new event; returns their codes and how many badges are printed."""
    event = json.loads(call("demo", "--size", "2", "--seed", "3", "--json").stdout)
    assert call("ticket", "export", "--to", str(tickets)).exit_code == 0
    shown = program("scan", str(tickets), "--list", event["list"], "--printer", printer, "--json")
    assert shown.returncode == 0, shown.stderr
    summary = json.loads(shown.stdout.splitlines()[-1])["summary"]
    assert summary["admitted"] == 2
    codes = {code for path in tickets.glob("*.png") for code in codes_in(Image.open(path))}
    assert len(codes) == 2
    return codes, summary["badges_written"]


def test_badges_come_out_of_a_printer_that_confirms_them(
    call: Call, program: Program, tmp_path: Path
) -> None:
    with EscposSimulated().switched_on() as simulated:
        address = f"escpos+tcp://127.0.0.1:{simulated.port}"
        codes, printed = scan(call, program, tmp_path / "tickets", address)
    assert printed == len(simulated.printed) == 2
    assert simulated.unknown == []
    assert {code for page in simulated.printed for code in codes_in(page)} == codes


def test_badges_wait_while_the_printer_is_out_of_paper(
    call: Call, program: Program, tmp_path: Path
) -> None:
    with EscposSimulated({"paper_out"}).switched_on() as simulated:
        address = f"escpos+tcp://127.0.0.1:{simulated.port}"
        _codes, printed = scan(call, program, tmp_path / "tickets", address)
    assert printed == 0
    assert b"\x1dv" not in simulated.received


def test_badges_come_out_of_a_queue_of_cups(
    call: Call, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cups").mkdir()
    with cups_on_the_path(tmp_path / "cups", monkeypatch) as cups:
        codes, printed = scan(call, program, tmp_path / "tickets", "cups:paper")
    assert printed == 2
    pages = [page for number in (1, 2) for page, _size in pdf_pages(cups.job(number))]
    assert {code for page in pages for code in codes_in(page)} == codes


def test_a_holder_prints_the_own_badge_by_command_once(
    call: Call, home: Path, tmp_path: Path
) -> None:
    with empty_store(home) as store:
        fair = make_fair(store)
        set_event(fair, ends_at=utc_now() + timedelta(days=1))
        ada = person(store, "Ada")
        (code,) = fair.sell("Ada", account_id=ada.id).ticket_codes
        person(store, "Eve")
    printed = ("ticket", "badge", code, "--as", "ada@example.org")
    refused = call(*printed)
    assert (refused.exit_code, "at the door only" in refused.stderr) == (2, True)
    assert call("event", "change", "Demo Days", "own-badges", "yes").exit_code == 0
    assert call("ticket", "badge", code, "--as", "eve@example.org").exit_code == 1
    done = call(*printed)
    assert (done.exit_code, "Badge printed" in done.stderr) == (0, True), done.output
    again = call(*printed)
    assert (again.exit_code, "printed already" in again.stderr) == (2, True)
    assert len(list((home / "badges").glob("*.txt"))) == 1
