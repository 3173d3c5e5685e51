"""The door on the command line: demo, export, scan, check-in."""

import json
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, update

from badges.folder_printer import FolderPrinter
from data.schema import BookingRow, DeliveryRow, TicketRow
from data.store import Store
from eventdesk.cli.scan import exit_status
from eventdesk.core.clock import utc_now
from eventdesk.headless import Tally
from eventdesk.spooler import Spooler
from tests.cli.conftest import Call, take_printers_away

Program = Callable[..., subprocess.CompletedProcess[str]]


def made(call: Call, size: int = 30, seed: int = 3) -> dict[str, Any]:
    shown = call("demo", "--size", str(size), "--seed", str(seed), "--json")
    assert shown.exit_code == 0, shown.output
    event: dict[str, Any] = json.loads(shown.stdout)
    return event


def scanned(
    program: Program, source: Path, event: dict[str, Any], *, status: int = 0
) -> tuple[list[Any], Any]:
    shown = program("scan", str(source), "--list", event["list"], "--json")
    assert shown.returncode == status, shown.stderr
    *lines, last = [json.loads(line) for line in shown.stdout.splitlines()]
    return lines, last["summary"]


def scan_command(home: Path, source: str, event: dict[str, Any]) -> list[str]:
    program = [sys.executable, "-m", "eventdesk", "--home", str(home)]
    return [*program, "scan", source, "--list", event["list"], "--json"]


def test_exported_tickets_scan_once_and_print_a_badge_each(
    call: Call, program: Program, tmp_path: Path, home: Path
) -> None:
    event = made(call)
    folder = tmp_path / "tickets"
    assert call("ticket", "export", "--event", event["event"], "--to", str(folder)).exit_code == 0
    codes = {path.stem for path in folder.glob("*.png")}
    assert len(codes) == 30
    lines, summary = scanned(program, folder, event)
    assert {line["ticket"] for line in lines} == codes
    paid = {line["ticket"] for line in lines if line["outcome"] == "admitted"}
    unpaid = {line["ticket"] for line in lines if line["outcome"] == "unpaid"}
    assert paid | unpaid == codes
    assert summary["admitted"] == summary["badges_written"] == len(paid)
    assert len(list((home / "badges").glob("*.txt"))) == len(paid)
    again, summary = scanned(program, folder, event, status=3)
    assert {line["outcome"] for line in again if line["ticket"] in paid} == {"already_in"}
    assert summary["admitted"] == summary["badges_written"] == 0


def test_a_sighting_line_says_what_was_promised(
    call: Call, program: Program, tmp_path: Path
) -> None:
    event = made(call, size=1)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    (tmp_path / "t" / "zz.png").write_bytes(b"not a picture")
    lines, summary = scanned(program, tmp_path / "t", event)
    (line,) = lines
    assert line["outcome"] == "admitted"
    assert line["list"] == event["list"]
    assert line["nonce"]
    assert line["delivery"]
    assert datetime.fromisoformat(line["seen_at"]).utcoffset() is not None
    assert line["decode_ms"] > 0
    assert line["checkin_ms"] > 0
    assert summary["skipped"] == 1


@pytest.mark.long
def test_a_film_of_guests_lets_the_right_ones_in(
    call: Call, program: Program, tmp_path: Path
) -> None:
    event = made(call)
    video = tmp_path / "guests.mp4"
    filmed = call("demo-video", str(video), "--list", event["list"], "--scenes", "4", "--json")
    assert filmed.exit_code == 0, filmed.output
    kinds = [shot["kind"] for shot in json.loads(filmed.stdout)["shots"]]
    assert kinds == ["genuine", "genuine", "genuine", "used"]
    lines, _summary = scanned(program, video, event)
    assert [line["outcome"] for line in lines] == ["admitted"] * 3 + ["already_in"]


def test_a_missing_source_is_a_clear_error(call: Call, program: Program) -> None:
    event = made(call, size=1)
    shown = program("scan", "no-such-folder", "--list", event["list"])
    assert shown.returncode != 0
    assert "no-such-folder" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_an_empty_folder_could_not_be_scanned(call: Call, program: Program, tmp_path: Path) -> None:
    event = made(call, size=1)
    (tmp_path / "none").mkdir()
    shown = program("scan", str(tmp_path / "none"), "--list", event["list"], "--json")
    assert shown.returncode == 1
    assert "Traceback" not in shown.stderr


def test_check_in_says_its_outcome_by_exit_status(call: Call, home: Path, tmp_path: Path) -> None:
    event = made(call, size=1)
    call("ticket", "export", "--to", str(tmp_path))
    code = next(tmp_path.glob("*.png")).stem
    first = call("check-in", code.lower(), "--list", event["list"])
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("✓ Admitted")
    again = call("check-in", code, "--list", event["list"])
    assert again.exit_code == 3
    assert again.stdout.startswith("✗ Already in")
    assert call("check-in", code, "--list", "nowhere").exit_code == 2
    assert call("check-in", "--list", event["list"]).exit_code == 2
    forced = call("check-in", code, "--list", event["list"], "--force", "lost badge", "--json")
    assert json.loads(forced.stdout)["overridden"] == "already_in"
    token = call("ticket", "show", code, "--token").stdout.strip()
    assert call("check-in", token, "--list", event["list"]).exit_code == 3
    (home / "keys" / "eventdesk-keys.json").unlink()
    lost = call("check-in", code, "--list", event["list"])
    assert lost.exit_code == 1
    assert "keys" in lost.stderr


def test_a_repeated_nonce_is_admitted_again_without_a_second_entry(
    call: Call, tmp_path: Path
) -> None:
    event = made(call, size=1)
    call("ticket", "export", "--to", str(tmp_path))
    code = next(tmp_path.glob("*.png")).stem
    answers = [
        call("check-in", code, "--list", event["list"], "--nonce", "n1", "--json").stdout
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    status = json.loads(call("status", "--list", event["list"], "--json").stdout)
    assert status["admitted"] == 1


def test_the_exit_status_of_a_scan_says_whether_the_door_worked() -> None:
    def status(**outcomes: int) -> int:
        return exit_status(Tally(Counter(outcomes), pictures=True), ended_by_hand=False)

    assert status(admitted=1, already_in=2) == 0
    assert status(exited=1) == 0
    assert status(already_in=2, forged=1) == 3
    assert status(error=2) == 1
    assert status(admitted=5, error=1) == 1
    assert status() == 1
    assert exit_status(Tally(pictures=True), ended_by_hand=True) == 0
    assert exit_status(Tally(), ended_by_hand=True) == 1


def test_a_folder_of_pictures_without_a_code_could_not_be_scanned(
    call: Call, program: Program, tmp_path: Path
) -> None:
    event = made(call, size=1)
    (tmp_path / "t").mkdir()
    Image.new("RGB", (64, 64), "white").save(tmp_path / "t" / "white.png")
    lines, summary = scanned(program, tmp_path / "t", event, status=1)
    assert (lines, summary["shown"]) == ([], 0)


def badge_of(call: Call, event: dict[str, Any], tmp_path: Path) -> str:
    call("ticket", "export", "--to", str(tmp_path / "t"))
    return next((tmp_path / "t").glob("*.png")).stem


def test_a_check_in_prints_its_badge_and_says_where(call: Call, tmp_path: Path, home: Path) -> None:
    event = made(call, size=1)
    take_printers_away(call)
    shown = call("check-in", badge_of(call, event, tmp_path), "--list", event["list"])
    (badge,) = (home / "badges").glob("*.txt")
    assert f"Badge printed: {badge}" in shown.stderr
    assert call("badges").stdout.startswith("0 waiting, 0 failed")


def test_a_check_in_whose_printer_is_dead_says_why_its_badge_waits_and_how_to_print_it(
    call: Call, tmp_path: Path, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    event = made(call, size=1)
    code = badge_of(call, event, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        dead = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    shown = call("check-in", code, "--list", event["list"], "--printer", dead)
    assert shown.exit_code == 0
    assert "The badge waits: " in shown.stderr
    assert "Status(" not in caplog.text
    assert "eventdesk badges --print" in shown.stderr
    printed = call("badges", "--print")
    assert printed.stdout.startswith("1 printed")
    assert len(list((home / "badges").glob("*.txt"))) == 1


def test_who_is_in_and_where_they_sit_is_said_wherever_a_ticket_is_shown(
    call: Call, home: Path
) -> None:
    event = made(call, size=30)
    with Store(home) as store, store.read() as connection:
        seated = TicketRow.seat != ""
        row = connection.execute(
            select(TicketRow.code, TicketRow.seat, TicketRow.holder_name, BookingRow.state)
            .join(BookingRow, BookingRow.id == TicketRow.booking_id)
            .where(seated, BookingRow.state == "paid", TicketRow.state == "valid")
        ).first()
    assert row is not None
    for shown in (call("find", row.code), call("ticket", "show", row.code)):
        assert row.seat in shown.stdout
        assert "✓ was let in" not in shown.stdout
    came = call("check-in", row.code, "--list", event["list"], "--no-print", "--skip-questions")
    assert came.exit_code == 0, came.output
    for shown in (call("find", row.code), call("ticket", "show", row.code)):
        assert "✓ was let in" in shown.stdout


def test_a_name_is_no_code_and_says_whose_code_is_meant(call: Call, home: Path) -> None:
    event = made(call, size=30)
    with Store(home) as store, store.read() as connection:
        names = Counter(connection.execute(select(TicketRow.holder_name)).scalars())
    alone = [name for name in names if len(call("find", name).stdout.splitlines()) == 1]
    code = call("find", alone[0]).stdout.split()[0]
    typed = call("check-in", alone[0], "--list", event["list"])
    assert typed.exit_code == 3
    assert f"eventdesk check-in {code}" in typed.stderr
    strange = call("check-in", "Xq Zyvvonne", "--list", event["list"])
    assert "the code on a ticket" in strange.stderr


def test_printing_ends_and_counts_its_own_badges_whatever_clock_others_went_by(
    call: Call, tmp_path: Path, home: Path
) -> None:
    event = made(call, size=2)
    take_printers_away(call)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    early, late = (path.stem for path in (tmp_path / "t").glob("*.png"))
    call("check-in", early, "--list", event["list"])
    with Store(home) as store, store.write() as connection:
        ahead = utc_now() + timedelta(days=4000)
        connection.execute(update(DeliveryRow).values(sent_at=ahead, finished_at=ahead))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        dead = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    call("check-in", late, "--list", event["list"], "--no-print")
    assert call("badges", "--print", "--printer", dead).stdout.startswith("0 printed.")
    assert call("badges", "--print").stdout.startswith("1 printed.")


def test_a_check_in_prints_only_its_own_badge_and_none_when_told_so(
    call: Call, tmp_path: Path, home: Path
) -> None:
    event = made(call, size=8)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    codes = iter(sorted(path.stem for path in (tmp_path / "t").glob("*.png")))

    def next_admitted(*options: str) -> str:
        """Check tickets in until one is admitted, and return its code."""
        return next(
            code
            for code in codes
            if call("check-in", code, "--list", event["list"], *options).exit_code == 0
        )

    next_admitted("--no-print")
    next_admitted("--no-print")
    assert call("badges").stdout.startswith("2 waiting")
    assert not (home / "badges").exists()
    code = next_admitted()
    (badge,) = (home / "badges").glob("*.txt")
    assert code in badge.read_text()
    assert call("badges").stdout.startswith("2 waiting")


def test_a_badge_is_left_to_the_program_that_prints(call: Call, tmp_path: Path, home: Path) -> None:
    event = made(call, size=1)
    take_printers_away(call)
    code = badge_of(call, event, tmp_path)
    with Store(home) as store:
        folder = FolderPrinter(tmp_path / "paper")
        spooler = Spooler(store, folder, backups=False)
        spooler.start()
        try:
            shown = call("check-in", code, "--list", event["list"])
        finally:
            spooler.stop()
    assert "Badge printed: " in shown.stderr
    assert len(list((tmp_path / "paper").glob("*.txt"))) == 1
    assert not (home / "badges").exists()


def test_a_check_in_can_be_taken_back(call: Call, tmp_path: Path) -> None:
    event = made(call, size=1)
    call("ticket", "export", "--to", str(tmp_path))
    code = next(tmp_path.glob("*.png")).stem
    scan = json.loads(call("check-in", code, "--list", event["list"], "--json").stdout)["scan_id"]
    assert call("undo", scan, "--reason", "wrong person").exit_code == 0
    assert call("check-in", code, "--list", event["list"]).exit_code == 0


def test_people_are_found_with_a_typo(call: Call, home: Path) -> None:
    made(call, size=200)
    with Store(home) as store, store.read() as connection:
        name = connection.exec_driver_sql(
            "SELECT holder_name FROM ticket WHERE holder_name GLOB '[A-Z]*'"
            " AND length(holder_name) > 12 LIMIT 1"
        ).scalar_one()
    given, family = name.split()[0], name.split()[-1]
    slip = family[:2] + family[3:]
    assert name in call("find", given, slip).stdout


def test_a_reader_that_goes_away_ends_the_scan_quietly(
    call: Call, home: Path, tmp_path: Path
) -> None:
    event = made(call, size=20)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    scan = subprocess.Popen(
        scan_command(home, str(tmp_path / "t"), event),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert scan.stdout is not None
    assert scan.stderr is not None
    first = json.loads(scan.stdout.readline())
    scan.stdout.close()
    errors = scan.stderr.read()
    scan.wait(60)
    scan.stderr.close()
    assert "Traceback" not in errors
    again = call("check-in", first["ticket"], "--list", event["list"])
    assert again.exit_code == 3


def test_ctrl_c_ends_a_camera_without_pictures_with_its_summary(call: Call, home: Path) -> None:
    event = made(call, size=1)
    scan = subprocess.Popen(
        scan_command(home, "http://127.0.0.1:9/none", event),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert scan.stderr is not None
    assert scan.stderr.readline()
    scan.send_signal(signal.SIGINT)
    output, errors = scan.communicate(timeout=60)
    assert "Traceback" not in errors
    assert scan.returncode == 1
    assert json.loads(output.splitlines()[-1])["summary"]["shown"] == 0


def test_failed_badges_say_why_and_are_printed_when_the_cause_is_mended(
    call: Call, program: Program, tmp_path: Path, home: Path
) -> None:
    event = made(call, size=1)
    take_printers_away(call)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    (home / "badges").write_text("in the way", encoding="utf-8")
    _lines, summary = scanned(program, tmp_path / "t", event)
    assert (summary["badges_queued"], summary["badges_written"]) == (1, 0)
    shown = call("badges").stdout
    assert "1 failed" in shown
    assert "cannot be written" in shown
    (home / "badges").unlink()
    assert call("badges", "--retry").stdout.startswith("1 queued once more")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "x.png").write_bytes(b"")
    _lines, summary = scanned(program, tmp_path / "none", event, status=1)
    assert summary["badges_written"] == 1
    assert len(list((home / "badges").glob("*.txt"))) == 1
