"""Taking data in and out on the command line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from data.schema import StatementLineRow, TicketRow
from data.store import Store
from eventdesk.tables.files import open_table
from tests.build import Fair, make_fair
from tests.cli.conftest import Call

PEOPLE = "Who,E-Mail,Ticket,Price,Paid\nAda,ada@example.org,VIP,290,yes\nKay,,Backstage,5,no\n"


@pytest.fixture
def fair(home: Path) -> Iterator[Fair]:
    with Store.create(home) as store:
        yield make_fair(store)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def test_a_dry_run_tells_every_problem_and_then_it_is_imported_once(
    call: Call, fair: Fair, people: Path
) -> None:
    tried = call("import", str(people), "--column", "Who=name", "--dry-run")
    assert tried.exit_code == 3
    assert "row 3: unknown ticket type" in tried.stderr
    how = ("import", str(people), "--column", "Who=name", "--add-types")
    shown = json.loads(call(*how, "--dry-run", "--json").stdout)
    assert (shown["tickets"], shown["new_types"], shown["columns"]["Who"]) == (
        2,
        ["Backstage"],
        "Name",
    )
    done = call(*how)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.endswith("2 tickets in 2 bookings were imported.\n")
    assert call(*how).stdout.endswith("0 tickets in 0 bookings were imported.\n")


def test_who_has_a_ticket_already_is_named_before_the_import(
    call: Call, fair: Fair, people: Path
) -> None:
    (code,) = fair.sell("Ada").ticket_codes
    how = ("import", str(people), "--column", "Who=name", "--add-types")
    tried = call(*how, "--dry-run")
    assert f"row 2: Ada has ticket {code} already and gets another" in tried.stderr
    assert call(*how).exit_code == 0
    assert "already and gets another" not in call(*how).stderr


def test_a_type_of_the_file_may_be_one_of_ours(call: Call, fair: Fair, people: Path) -> None:
    how = ("import", str(people), "--column", "Who=name", "--type", "Backstage=Regular")
    assert call(*how).exit_code == 0
    assert call("import", str(people), "--type", "Backstage=Nothing").exit_code == 2
    assert call("import", str(people), "--column", "Nowhere=name").exit_code == 2
    assert call("import", str(people), "--column", "Who=nonsense").exit_code == 2


def test_lists_go_out_in_every_form(call: Call, fair: Fair, tmp_path: Path) -> None:
    fair.sell("=Ada")
    for form in ("csv", "xlsx", "json"):
        path = tmp_path / f"out.{form}"
        done = call("export", "attendees", "--format", form, "--to", str(path))
        assert done.exit_code == 0, done.stderr
        table = open_table(path)
        assert dict(zip(table.heading, next(table.rows())[1], strict=True))["name"] == "=Ada"
    assert "1 row is in" in call("export", "events").stdout
    assert call("export").exit_code == 2


def test_a_list_takes_its_form_from_its_file(call: Call, fair: Fair, tmp_path: Path) -> None:
    fair.sell("Ada")
    for name in ("out.csv", "out.JSON", "out.xlsx"):
        assert call("export", "attendees", "--to", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "out.JSON").read_text().startswith("[")
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    assert call("export", "events", "--format", "csv", "--to", str(tmp_path / "n")).exit_code == 0
    for wrong in (("x.pdf",), ("x.xlsx", "--format", "csv")):
        refused = call("export", "attendees", "--to", str(tmp_path / wrong[0]), *wrong[1:])
        assert refused.exit_code == 2
        assert "Use ." in refused.stderr or "Name it .csv" in refused.stderr
        assert not (tmp_path / wrong[0]).exists()


def test_a_mirror_in_a_home_is_refused_by_the_name_that_was_given(
    call: Call, fair: Fair, home: Path
) -> None:
    refused = call("export", "--mirror", str(home))
    assert refused.exit_code == 2
    assert f"{home} is inside the home folder" in refused.stderr


def test_a_mirror_is_kept_and_an_edit_is_told(
    call: Call, fair: Fair, home: Path, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    assert "14 files written" in call("export", "--mirror", str(mirror)).stdout
    (mirror / "events.csv").write_text("mine")
    assert "changed by hand" in call("export", "--mirror", str(mirror)).stderr
    help_text = " ".join(call("export", "--help").stdout.split())
    assert "is overwritten, with a line here that says so" in help_text


def test_a_mirror_follows_until_it_is_stopped(fair: Fair, home: Path, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    with subprocess.Popen(
        [sys.executable, "-m", "eventdesk", "--home", str(home), "export", "--mirror", str(mirror),
         "--follow"],
        stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        try:
            assert running.stdout is not None
            assert "14 files written" in running.stdout.readline()
            fair.sell("Ada Lovelace")
            assert "files written" in running.stdout.readline()
            attendees = mirror / f"{fair.event.code} {fair.event.name}" / "attendees.csv"
            assert "Ada Lovelace" in attendees.read_text()
        finally:
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=20)
    assert running.returncode == 0


@pytest.mark.parametrize(
    "kind", ["attendance", "revenue", "sales", "sessions", "waitlist", "no-shows"]
)
def test_every_report_is_shown_and_saved(call: Call, fair: Fair, tmp_path: Path, kind: str) -> None:
    fair.sell()
    assert fair.event.name in call("report", kind).stdout
    for suffix in ("csv", "xlsx", "pdf"):
        done = call("report", kind, "--to", str(tmp_path / f"{kind}.{suffix}"))
        assert done.exit_code == 0, done.stderr
        assert all(Path(line).stat().st_size for line in done.stdout.splitlines())
    assert call("report", kind, "--to", "report.doc").exit_code == 2


def test_an_event_moves_to_another_home(
    call: Call, fair: Fair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = fair.sell("Ada Lovelace")
    token = fair.token(booked)
    secret = tmp_path / "secret"
    secret.write_text("a long way from home\n")
    file, elsewhere = tmp_path / "fair.zip", tmp_path / "elsewhere"
    written = call("archive", "write", "--to", str(file), "--passphrase-file", str(secret))
    assert written.exit_code == 0, written.stderr
    assert call("archive", "read", str(file), "--passphrase-file", str(secret)).exit_code == 2
    monkeypatch.setenv("EVENTDESK_PASSPHRASE", "a long way from home")
    assert "ticket" in call("archive", "check", str(file)).stdout
    with Store.create(elsewhere):
        pass
    program = [sys.executable, "-m", "eventdesk", "--home", str(elsewhere)]
    read = subprocess.run(
        [*program, "archive", "read", str(file)],
        capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert "with 1 ticket is here" in read.stdout, read.stderr
    door = ["check-in", token, "--list", "Main entrance"]
    let_in = subprocess.run([*program, *door], capture_output=True, text=True, check=False)
    assert let_in.returncode == 0, let_in.stdout + let_in.stderr


def test_a_guessed_code_page_is_shown_and_confirmed_by_naming_it(
    call: Call, fair: Fair, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("Name,Ticket\n山田太郎,VIP\n".encode("cp932"))
    tried = call("import", str(path), "--dry-run")
    assert tried.exit_code == 0
    assert "guessed to be Japanese (Shift-JIS): 山田太郎" in tried.stderr
    refused = call("import", str(path))
    assert refused.exit_code == 3
    assert "--encoding cp932      山田太郎" in refused.stderr
    shown = json.loads(call("import", str(path), "--dry-run", "--json").stdout)
    assert (shown["encoding"], shown["encoding_guessed"]) == ("cp932", True)
    done = call("import", str(path), "--encoding", "shift_jis")
    assert "1 ticket in 1 booking was imported." in done.stdout
    assert call("import", str(path), "--encoding", "utf-8").exit_code == 2


@pytest.mark.parametrize("command", [("import",), ("statement", "import")])
def test_a_file_of_two_encodings_is_named_by_its_lines_and_not_imported(
    call: Call, fair: Fair, tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "two.csv"
    lines = ("Jürgen", "André", "Zoë")
    rows = [f"2026-06-01,{name},VIP,5.00\n".encode("cp1252") for name in lines]
    rows[1] = rows[1].decode("cp1252").encode()
    path.write_bytes(b"date,name,ticket,amount\n" + b"".join(rows))
    refused = call(*command, str(path))
    assert refused.exit_code == 2
    assert "two.csv, line 3: it is UTF-8, the others are Western European" in refused.stderr
    with fair.store.read() as connection:
        for table in (TicketRow, StatementLineRow):
            assert connection.execute(select(table.id)).all() == []


def test_a_statement_that_hangs_together_ends_the_import(
    call: Call, fair: Fair, tmp_path: Path
) -> None:
    path = tmp_path / "june.csv"
    path.write_text('date,payer,purpose,amount\n2026-06-01,"Ada,x,5.00\n2026-06-02,Bob,y,6.00\n')
    refused = call("statement", "import", str(path))
    assert refused.exit_code == 2
    assert "row 2, which begins in line 2" in refused.stderr
    path.write_bytes("date,payer,purpose,amount\n2026-06-01,Müller,x,5.00\n".encode("cp1252"))
    assert "Western European (Windows): Müller" in call("statement", "import", str(path)).stderr


def test_the_platform_report_adds_up_all_events(call: Call, fair: Fair) -> None:
    fair.sell()
    shown = call("report", "platform")
    assert shown.exit_code == 0, shown.stderr
    assert "Revenue in EUR" in shown.stdout
    assert "Together" in shown.stdout
