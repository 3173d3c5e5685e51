"""The store on the command line: init, reset, backup, restore, audit, keys."""

import json
import sqlite3
from pathlib import Path

import pytest

from data.store import FILE_NAME, Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import cancel_tickets
from eventdesk.keeping import list_audit
from tests.build import NOON, SUPERVISOR, fair_of, store_with_fair
from tests.cli.conftest import Call
from tests.data.old_homes import old_home


def test_init_makes_a_store_and_refuses_to_overwrite_it(call: Call, home: Path) -> None:
    assert call("init", "--name", "Desk 1").exit_code == 0
    assert (home / FILE_NAME).exists()
    again = call("init")
    assert again.exit_code == 2
    assert "already" in again.stderr


def test_without_a_store_the_error_says_what_to_do(call: Call) -> None:
    shown = call("status")
    assert shown.exit_code == 2
    assert "eventdesk init" in shown.stderr


def test_reset_asks_and_keeps_a_backup(call: Call, home: Path) -> None:
    call("demo", "--size", "3")
    assert call("reset").exit_code == 2
    assert call("reset", "--yes").exit_code == 0
    assert call("events").stdout.startswith("No events yet")
    assert call("restore", "--yes").exit_code == 0
    assert "Demo Days" in call("events").stdout


def test_a_store_in_use_is_neither_reset_nor_restored(call: Call, home: Path) -> None:
    call("demo", "--size", "3")
    call("backup")
    with Store(home):
        for command in ("reset", "restore"):
            refused = call(command, "--yes")
            assert refused.exit_code == 1
            assert "open" in refused.stderr
    assert "Demo Days" in call("events").stdout


def test_restore_brings_back_tickets_that_still_open(
    call: Call, home: Path, tmp_path: Path
) -> None:
    event = json.loads(call("demo", "--size", "1", "--json").stdout)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    code = next((tmp_path / "t").glob("*.png")).stem
    token = call("ticket", "show", code, "--token").stdout.strip()
    assert call("backup").exit_code == 0
    for path in (*home.glob(f"{FILE_NAME}*"), *(home / "keys").iterdir()):
        path.unlink()
    (home / "keys").rmdir()
    assert call("restore", "--yes").exit_code == 0
    assert call("check-in", token, "--list", event["list"]).exit_code == 0


def test_audit_verify_finds_a_changed_entry(call: Call, home: Path) -> None:
    call("demo", "--size", "2")
    assert call("audit", "verify").exit_code == 0
    with Store(home) as store, store.write() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor_name = 'nobody' WHERE seq = 2")
    found = call("audit", "verify")
    assert found.exit_code == 1
    assert "Entry 2 was changed" in found.stderr


def test_keys_rotate_and_old_tickets_stay_valid(call: Call, tmp_path: Path) -> None:
    event = json.loads(call("demo", "--size", "1", "--json").stdout)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    code = next((tmp_path / "t").glob("*.png")).stem
    token = call("ticket", "show", code, "--token").stdout.strip()
    assert call("keys", "rotate").exit_code == 0
    assert call("check-in", token, "--list", event["list"]).exit_code == 0


def test_the_audit_is_listed_by_event_act_person_and_time(call: Call, home: Path) -> None:
    with store_with_fair(home) as store:
        fair = fair_of(store)
        one = fair.sell("Ada")
        cancel_tickets(store, SUPERVISOR.at(NOON), one.ticket_ids, reason="ill")

    def verbs(*given: str) -> list[str]:
        listed = call("audit", "list", *given, "--json")
        assert listed.exit_code == 0, listed.stderr
        return [each["verb"] for each in json.loads(listed.stdout)]

    everything = verbs()
    assert everything[0] == "cancel_tickets", "the newest first"
    assert verbs("--event", "Demo", "--verb", "cancel tickets") == ["cancel_tickets"]
    assert verbs("--by", "supervisor") == ["cancel_tickets"]
    assert verbs("--by", "100%") == []
    assert verbs("--search", "Gate A") == ["add_gate"]
    at_noon = verbs("--from", "2026-06-01 12:00", "--until", "2026-06-01 12:01", "--event", "Demo")
    assert at_noon == everything
    assert verbs("--from", "2026-06-01 12:01", "--event", "Demo") == []
    assert verbs("--until", "2026-06-01 12:00", "--event", "Demo") == []
    line = call("audit", "list", "--verb", "cancel_tickets", "--zone", "Europe/Berlin").stdout
    assert (
        "  2026-06-01 12:00:00  Sue Supervisor · cancel tickets · Demo Days · reason: ill" in line
    )
    assert "see --limit" in call("audit", "list", "--limit", "1").stdout
    assert call("audit", "list", "--verb", "nothing").stdout == "No entries.\n"


def test_a_new_key_is_in_the_audit(call: Call, home: Path) -> None:
    call("init")
    assert "key 2; 2 keys open" in call("keys", "rotate").stdout
    with Store(home) as store:
        entry = list_audit(store, SYSTEM)[0][0]
    assert (entry.verb, entry.detail) == ("rotate_keys", "key: 2")


def test_audit_verify_says_which_rows_it_does_not_look_at(call: Call, home: Path) -> None:
    call("demo", "--size", "2")
    with Store(home) as store, store.write() as connection:
        for statement in (
            "UPDATE ticket SET holder_name = 'Mallory'",
            "UPDATE booking SET state = 'cancelled'",
            "UPDATE account SET is_admin = 1",
        ):
            connection.exec_driver_sql(statement)
    said = call("audit", "verify")
    assert said.exit_code == 0
    for rows in ("holders of tickets", "states of bookings", "roles of accounts"):
        assert rows in said.stdout


def test_a_ticket_reissued_shows_a_new_code_and_revokes_the_old(call: Call, tmp_path: Path) -> None:
    event = json.loads(call("demo", "--size", "1", "--json").stdout)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    code = next((tmp_path / "t").glob("*.png")).stem
    old = call("ticket", "show", code, "--token").stdout.strip()
    new = call("ticket", "reissue", code, "--reason", "phone lost").stdout.strip()
    assert old != new
    refused = call("check-in", old, "--list", event["list"])
    assert refused.exit_code == 3
    assert "phone lost" in refused.stdout
    assert call("check-in", new, "--list", event["list"]).exit_code == 0


def test_a_blocked_ticket_is_refused_until_it_is_taken_again(call: Call, tmp_path: Path) -> None:
    event = json.loads(call("demo", "--size", "1", "--json").stdout)
    call("ticket", "export", "--to", str(tmp_path / "t"))
    code = next((tmp_path / "t").glob("*.png")).stem
    token = call("ticket", "show", code, "--token").stdout.strip()
    assert call("ticket", "block", code).exit_code == 2
    assert call("ticket", "block", code, "--note", "  ").exit_code != 0
    assert "is blocked" in call("ticket", "block", code, "--note", "stolen card").stdout
    refused = call("check-in", token, "--list", event["list"])
    assert refused.exit_code == 3
    assert "stolen card" in refused.stdout
    assert "taken again" in call("ticket", "block", code, "--lift").stdout
    assert call("check-in", token, "--list", event["list"]).exit_code == 0


def test_a_ticket_is_drawn_in_the_terminal_and_written_as_pictures(
    call: Call, tmp_path: Path
) -> None:
    call("demo", "--size", "1")
    call("ticket", "export", "--to", str(tmp_path / "t"))
    code = next((tmp_path / "t").glob("*.png")).stem
    assert "█" in call("ticket", "show", code).stdout
    png, svg = tmp_path / "a.png", tmp_path / "a.svg"
    assert call("ticket", "show", code, "--png", str(png), "--svg", str(svg)).exit_code == 0
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "<svg" in svg.read_text(encoding="utf-8")
    assert code in call("ticket", "show", code, "--receipt").stdout.replace(" ", "").replace(
        "-", ""
    )


def test_staff_pin_refuses_one_that_is_easy_to_guess(call: Call) -> None:
    call("demo", "--size", "1")
    assert call("staff-pin", "--pin", "123456").exit_code == 2
    assert call("staff-pin", "--pin", "805173").exit_code == 0


def test_settings_that_do_not_exist_are_named(call: Call, home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("camra = '0'\n", encoding="utf-8")
    shown = call("status")
    assert shown.exit_code == 2
    assert "camra" in shown.stderr


@pytest.mark.parametrize(
    "content",
    [b"a = " + b"[" * 5000, b"a = " + b"9" * 5000, b"#" * 70_000, b"camera = 'caf\xe9'", b"a = "],
    ids=["deep", "long number", "large", "no UTF-8", "half"],
)
def test_settings_that_cannot_be_read_are_refused(call: Call, home: Path, content: bytes) -> None:
    home.mkdir()
    (home / "settings.toml").write_bytes(content)
    shown = call("status")
    assert shown.exit_code == 2
    assert "settings.toml cannot be read" in " ".join(shown.stderr.split())


def test_the_screens_say_that_they_need_a_terminal(call: Call) -> None:
    call("demo", "--size", "1")
    shown = call("kiosk")
    assert shown.exit_code == 2
    assert "eventdesk scan" in shown.stderr


def test_a_home_of_an_older_version_is_tried_brought_over_and_put_back(
    call: Call, home: Path
) -> None:
    old_home(home, "0005")
    tried = call("upgrade", "--check")
    assert tried.exit_code == 0
    assert "Nothing differs" in tried.stdout
    assert call("upgrade").exit_code == 2  # it asks first
    done = call("upgrade", "--yes")
    assert done.exit_code == 0
    assert "before-migration-from-0005" in done.stdout
    assert "Nothing to do" in call("upgrade").stdout
    undone = call("upgrade", "--undo", "--yes")
    assert undone.exit_code == 0
    assert "schema 0005" in undone.stdout
    assert call("upgrade", "--undo", "--yes").exit_code == 2
    assert call("upgrade", "--undo", "--check").exit_code == 2


def test_a_check_that_finds_something_exits_1(call: Call, home: Path) -> None:
    old_home(home, "0005")
    connection = sqlite3.connect(home / FILE_NAME)
    connection.execute("UPDATE audit SET verb = 'nothing' WHERE seq = 3")
    connection.commit()
    connection.close()
    tried = call("upgrade", "--check")
    assert tried.exit_code == 1
    assert "Entry 3 was changed" in tried.stderr
