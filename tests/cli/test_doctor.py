"""The doctor on the command line: what a script and a person read."""

import json
import os
import shlex
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import data.sqlite.engine
from data.store import FILE_NAME, Store
from eventdesk.core.authority import authority_of
from eventdesk.core.clock import run_ahead
from eventdesk.core.settings import Settings
from eventdesk.door import Tone
from eventdesk.exercises.scenes.conditions import PLAIN
from eventdesk.exercises.scenes.stills import render_frame
from eventdesk.keeping import SUBJECTS
from eventdesk.keeping.examination import home
from eventdesk.keeping.examination.finding import Patient
from eventdesk.keeping.examination.home import look_at_authority, look_at_files
from kiosk.opencv import cv2
from tests.cli.conftest import Call

NOBODY = 65534


@pytest.fixture
def camera(tmp_path: Path) -> str:
    """A folder of pictures in which a guest holds up a ticket."""
    folder = tmp_path / "camera"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), render_frame(["TICKET"], PLAIN))
    return str(folder)


def lines(shown: Any) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for line in json.loads(shown.stdout):
        found.setdefault(line["subject"], []).append(line)
    return found


def make_ready(call: Call) -> None:
    """Make the demo's house ready: one of its printers is left without power on purpose."""
    call("demo", "--size", "3")
    call("printer", "change", "Entrance left", "--off")


def test_a_house_that_is_ready_lets_the_doors_open(call: Call, camera: str) -> None:
    make_ready(call)
    call("backup")
    shown = call("doctor", "--camera", camera)
    assert shown.exit_code == 0
    assert "✗" not in shown.stdout
    subjects = {line.split()[1] for line in shown.stdout.splitlines() if line[0] in "✓!✗"}
    assert subjects == set(SUBJECTS)


def test_every_line_that_is_not_fine_says_what_to_do(call: Call) -> None:
    shown = call("doctor", "--camera", "no-such-video.mp4", "--json")
    assert shown.exit_code == 1
    found = [line for subject in lines(shown).values() for line in subject]
    fields = ("tone", "subject", "text", "advice", "event_id", "part")
    assert {tuple(line) for line in found} == {fields}
    assert {line["tone"] for line in found} == {"good", "care", "stop"}
    assert [line for line in found if line["tone"] != "good" and not line["advice"]] == []


def test_strict_tells_a_script_what_wants_a_hand(call: Call, camera: str) -> None:
    make_ready(call)
    assert call("doctor", "--camera", camera).exit_code == 0
    assert call("doctor", "--camera", camera, "--strict").exit_code == 3


def test_a_store_that_is_damaged_stops_the_doors(call: Call, home: Path, camera: str) -> None:
    call("demo", "--size", "200")
    with (home / FILE_NAME).open("r+b") as file:
        file.seek(40 * 4096)
        file.write(os.urandom(8 * 4096))
    shown = call("doctor", "--camera", camera, "--json")
    assert shown.exit_code == 1
    assert lines(shown)["store"][0]["tone"] == "stop"
    assert "restore" in lines(shown)["store"][0]["advice"]


def test_keys_that_tickets_need_and_are_gone_stop_the_doors(
    call: Call, home: Path, camera: str
) -> None:
    call("demo", "--size", "3")
    for file in (home / "keys").iterdir():
        file.unlink()
    shown = call("doctor", "--camera", camera, "--json")
    assert shown.exit_code == 1
    assert any("key" in line["text"] for line in lines(shown)["store"])


def test_a_folder_of_keys_that_others_may_open_wants_a_hand(
    call: Call, home: Path, camera: str
) -> None:
    call("demo", "--size", "3")
    (home / "keys").chmod(0o755)
    found = lines(call("doctor", "--camera", camera, "--json"))["files"]
    assert [line["tone"] for line in found] == ["care", "good"]
    assert "others could read keys; now only you can" in found[0]["text"]
    assert (home / "keys").stat().st_mode & 0o077 == 0


def test_what_others_may_read_and_we_cannot_take_away_wants_a_hand(store: Store) -> None:
    store.path.chmod(0o644)
    [finding] = look_at_files(Patient(Settings(store.home), store))
    assert (finding.tone, finding.text) == (Tone.CARE, "others may read eventdesk.db")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_what_somebody_else_left_in_a_home_wants_a_hand(store: Store) -> None:
    assert [each.tone for each in look_at_files(Patient(Settings(home=store.home), store))] == [
        Tone.GOOD
    ]
    exports = store.home / "exports"
    exports.mkdir(mode=0o700)
    (exports / "guests.csv").touch(mode=0o600)
    for path in (
        store.home,
        *(path for path in store.home.rglob("*") if exports not in path.parents),
    ):
        os.chown(path, NOBODY, -1)
    os.chown(exports, 0, -1)
    finding = next(iter(look_at_files(Patient(Settings(home=store.home), store))))
    owner = store.home.owner()
    assert finding.tone is Tone.CARE
    assert finding.text == f"exports and 1 more is not {owner}'s, whose this home is"
    assert finding.advice == f"As an administrator: chown -R {owner} {store.home}"


def test_the_authority_is_shown_and_its_end_warned_of(store: Store) -> None:
    folder, patient = store.keys.folder, Patient(Settings(store.home), store)
    assert [each.tone for each in look_at_authority(patient)] == [Tone.GOOD]
    made = authority_of(folder, "desk1", patient.now)
    [finding] = look_at_authority(patient)
    assert finding.tone is Tone.GOOD
    assert made.fingerprint in finding.text
    [warned] = look_at_authority(replace(patient, now=made.ends_at - timedelta(days=60)))
    assert (warned.tone, str(folder) in warned.advice) == (Tone.CARE, True)


def test_a_backup_is_read_and_its_age_is_said(call: Call, home: Path, camera: str) -> None:
    call("demo", "--size", "3")
    call("backup")
    assert lines(call("doctor", "--camera", camera, "--json"))["backups"][0]["tone"] == "good"
    run_ahead(timedelta(days=3))
    try:
        old = lines(call("doctor", "--camera", camera, "--json"))["backups"][0]
    finally:
        run_ahead(timedelta())
    assert old["tone"] == "care"
    assert "3 days old" in old["text"]
    (backup,) = (home / "backups").glob("*.db.gz")
    backup.write_bytes(b"not a database")
    broken = lines(call("doctor", "--camera", camera, "--json"))["backups"][0]
    assert broken["tone"] == "stop"


def test_a_clock_that_was_set_back_stops_the_doors(call: Call, camera: str) -> None:
    call("demo", "--size", "1")
    run_ahead(-timedelta(days=1))
    try:
        found = lines(call("doctor", "--camera", camera, "--json"))["clock"][0]
    finally:
        run_ahead(timedelta())
    assert found["tone"] == "stop"
    assert "timedatectl" in found["advice"]


@pytest.mark.parametrize(
    ("light", "blur", "said"),
    [(0.1, 0, "too dark"), (1.0, 12, "out of focus"), (0.0, 0, "too dark")],
)
def test_a_bad_picture_says_what_is_wrong(
    call: Call, tmp_path: Path, light: float, blur: float, said: str
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    picture = cv2.convertScaleAbs(render_frame(["TICKET"], PLAIN), alpha=light)
    if blur:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    cv2.imwrite(str(folder / "1.png"), picture)
    found = lines(call("doctor", "--camera", str(folder), "--json"))["camera"][0]
    assert found["tone"] == "care"
    assert said in found["text"]
    assert found["advice"]


def test_who_keeps_the_log_from_being_folded_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = Patient(Settings(home=store.home), store)
    assert [line.tone for line in home.look_at_log(patient)] == [Tone.GOOD]
    monkeypatch.setattr(data.sqlite.engine, "MAX_LOG", 1024)
    with store.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM setting").scalar_one()
        with store.write() as writer:
            writer.exec_driver_sql("INSERT INTO setting VALUES ('a', 'row')")
        (held,) = home.look_at_log(patient)
    assert f"what process {os.getpid()} (" in held.text
    assert "Let its backup" in held.advice
    (free,) = home.look_at_log(patient)
    assert "nobody reads" in free.text
    assert "close every eventdesk" in free.advice


def test_an_event_that_nobody_could_enter_is_found(call: Call, camera: str) -> None:
    call("init")
    call("event", "create", "Fair", "--from", "2031-05-01 10:00", "--until", "2031-05-02 18:00")
    shown = call("doctor", "--camera", camera, "--json")
    texts = " ".join(line["text"] for line in lines(shown)["event"])
    for words in ("no check-in list", "no ticket type", "no staff PIN", "no gates"):
        assert words in texts


def test_an_event_is_named_first_and_in_what_is_to_be_typed(call: Call, camera: str) -> None:
    call("init")
    for name in ("Fair", "Gala"):
        call("event", "create", name, "--from", "2031-05-01 10:00", "--until", "2031-05-02 18:00")
    code = json.loads(call("events", "--json").stdout)[1]["code"]

    def found() -> list[dict[str, str]]:
        return lines(call("doctor", "--camera", camera, "--event", code, "--json"))["event"]

    assert "Gala begins" in found()[0]["text"]
    (advice,) = (line["advice"] for line in found() if line["text"] == "no check-in list")
    typed = advice.partition("eventdesk ")[2]
    added = call(*shlex.split(typed))
    assert added.exit_code == 0, added.output
    assert "no check-in list" not in [line["text"] for line in found()]


def test_tickets_that_a_list_refuses_are_counted(call: Call, home: Path, camera: str) -> None:
    call("demo", "--size", "30")
    with Store(home) as store, store.write() as connection:
        connection.exec_driver_sql("UPDATE booking SET state = 'pending'")
        connection.exec_driver_sql("UPDATE ticket_type SET quota = 1")
        connection.exec_driver_sql("INSERT INTO check_in_list_type SELECT l.id, t.id FROM "
                                   "check_in_list l, (SELECT id FROM ticket_type LIMIT 1) t "
                                   "WHERE l.name = 'Main entrance'")  # fmt: skip
    texts = [line["text"] for line in lines(call("doctor", "--camera", camera, "--json"))["event"]]
    assert any("not paid" in text for text in texts)
    assert any("planned" in text for text in texts)
    assert any("by no check-in list" in text for text in texts)


def test_a_printer_prints_a_test_badge_when_asked(call: Call, home: Path, camera: str) -> None:
    call("demo", "--size", "1")
    before = lines(call("doctor", "--camera", camera, "--json"))["printers"]
    after = lines(call("doctor", "--camera", camera, "--json", "--print-test"))["printers"]
    assert len(after) == 2 * len(before)
    assert "test badge" in after[-1]["text"]
    assert len(list((home / "badges").glob("*.txt"))) == 2


def test_a_store_that_cannot_be_opened_is_not_called_missing(
    call: Call, home: Path, camera: str
) -> None:
    call("demo", "--size", "3")
    (home / FILE_NAME).write_bytes(b"")
    (found,) = lines(call("doctor", "--camera", camera, "--json"))["store"]
    assert found["tone"] == "stop"
    assert "restore" in found["advice"]


def test_a_team_without_a_desk_pin_is_told(call: Call, camera: str) -> None:
    call("init")
    call("event", "create", "Fair", "--from", "2031-05-01 10:00", "--until", "2031-05-02 18:00")
    texts = [line["text"] for line in lines(call("doctor", "--camera", camera, "--json"))["event"]]
    assert any("no supervisor has a desk PIN" in text for text in texts)
