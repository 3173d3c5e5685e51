"""The programme on the command line: venues, rooms, speakers, sessions, sponsors."""

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Call
from tests.exchange.in_step.test_pretalx import XML

NINE, TEN = "2099-06-01 09:00", "2099-06-01 10:00"


@pytest.fixture(autouse=True)
def _event(call: Call) -> None:
    assert call("init").exit_code == 0
    made = call(
        *("event", "create", "Harbour Summit", "--zone", "Europe/Berlin"),
        *("--from", NINE, "--until", "2099-06-02 18:00"),
    )
    assert made.exit_code == 0, made.stderr


def done(call: Call, *arguments: str) -> str:
    result = call(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_a_programme_is_planned_by_command_alone(call: Call) -> None:
    done(call, "venue", "add", "Old Mill", "--address", "Mill Lane 4", "--capacity", "400")
    done(call, "room", "add", "Hall", "--capacity", "200")
    done(call, "room", "add", "Attic")
    done(call, "speaker", "add", "Grace Hopper", "--organization", "US Navy")
    done(
        call,
        *("programme", "add", "Opening", "--from", NINE, "--until", TEN),
        *("--room", "hall", "--speaker", "grace"),
    )
    assert "09:00–10:00  Opening · Hall · Grace Hopper" in done(call, "programme")
    assert done(call, "venue", "list") == (
        "Old Mill · 400 people · Mill Lane 4\n  Attic\n  Hall · 200 people\n"
    )
    assert done(call, "speaker", "list") == "Grace Hopper · US Navy · 1 session\n"


def test_the_programme_names_the_tags_of_a_session(call: Call) -> None:
    new = ("Opening", "--from", NINE, "--until", TEN, "--tag", "keynote", "--tag", "english")
    done(call, "programme", "add", *new)
    assert "09:00–10:00  Opening · #keynote #english\n" in done(call, "programme")


def test_what_is_at_odds_is_said_and_kept(call: Call) -> None:
    done(call, "venue", "add", "Mill")
    done(call, "room", "add", "Hall")
    done(call, "programme", "add", "One", "--from", NINE, "--until", TEN, "--room", "Hall")
    said = done(call, "programme", "add", "Two", "--from", NINE, "--until", TEN, "--room", "Hall")
    assert "! Hall is taken by “One”" in said
    said = done(call, "programme", "change", "Two", "--room", "none", "--capacity", "12")
    assert said == "Two is saved.\n"


def test_a_session_is_changed_cancelled_brought_back_and_removed(call: Call) -> None:
    done(call, "programme", "add", "Opening", "--from", NINE, "--until", TEN)
    done(call, "programme", "change", "open", "--title", "Welcome", "--until", "2099-06-01 09:30")
    assert "09:00–09:30  Welcome" in done(call, "programme")
    assert done(call, "programme", "cancel", "Welcome", "--reason", "Storm") == (
        "Welcome is cancelled; 0 told.\n"
    )
    assert "✗ cancelled" in done(call, "programme")
    assert (
        done(call, "programme", "cancel", "Welcome", "--back") == "Welcome is on again; 0 told.\n"
    )
    done(call, "programme", "remove", "Welcome")
    assert "No sessions yet" in done(call, "programme")


def test_rooms_and_venues_are_changed_and_removed(call: Call) -> None:
    done(call, "venue", "add", "Mill")
    done(call, "room", "add", "Hall", "--capacity", "20")
    done(call, "room", "change", "Hall", "--name", "Great Hall", "--capacity", "none")
    done(call, "venue", "change", "Mill", "--name", "New Mill", "--capacity", "90")
    assert done(call, "venue", "list") == "New Mill · 90 people\n  Great Hall\n"
    done(call, "room", "remove", "great hall")
    done(call, "venue", "remove", "New mill")
    assert done(call, "venue", "list").startswith("No venues yet")


def test_a_room_that_is_in_use_is_named_in_the_refusal(call: Call) -> None:
    done(call, "venue", "add", "Mill")
    done(call, "room", "add", "Great Hall")
    done(call, "programme", "add", "One", "--from", NINE, "--until", TEN, "--room", "Hall")
    refused = call("room", "remove", "Great Hall")
    assert refused.exit_code == 2
    assert "1 session happens in the room Great Hall." in refused.stderr


def test_what_is_removed_or_called_off_is_named_in_full(call: Call) -> None:
    done(call, "venue", "add", "Mill")
    done(call, "room", "add", "Great Hall")
    done(call, "programme", "add", "Opening", "--from", NINE, "--until", TEN)
    refused = call("room", "remove", "Hall")
    assert refused.exit_code == 2
    assert "Great Hall" in refused.stderr
    assert call("programme", "cancel", "open", "--reason", "x").exit_code == 2
    assert "Great Hall" in done(call, "venue", "list")


def test_sponsors_are_added_moved_and_removed(call: Call) -> None:
    done(call, "sponsor", "add", "Acme", "--level", "Gold", "--on-badges")
    done(call, "sponsor", "add", "Zeta", "--link", "https://example.org")
    done(call, "sponsor", "change", "Zeta", "--level", "Silver", "--earlier")
    assert done(call, "sponsor", "list") == (
        "Zeta · Silver · https://example.org\nAcme · Gold · on badges\n"
    )
    done(call, "sponsor", "remove", "Acme")
    assert "Acme" not in done(call, "sponsor", "list")


def test_a_sponsor_gets_a_logo(call: Call, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGB", (40, 20), "red").save(logo)
    done(call, "sponsor", "add", "Acme", "--logo", str(logo))
    assert done(call, "sponsor", "list") == "Acme · logo\n"
    done(call, "sponsor", "change", "Acme", "--logo", "none")
    assert done(call, "sponsor", "list") == "Acme\n"
    assert call("sponsor", "add", "Zeta", "--logo", str(tmp_path / "none.png")).exit_code == 2
    assert "Zeta" not in done(call, "sponsor", "list")


def test_a_speaker_is_changed_and_removed(call: Call) -> None:
    done(call, "speaker", "add", "Grace Hopper")
    done(call, "speaker", "change", "grace", "--email", "grace@example.org")
    assert "grace@example.org" in done(call, "speaker", "list")
    done(call, "speaker", "remove", "grace hopper")
    assert done(call, "speaker", "list").startswith("No speakers yet")


@pytest.mark.parametrize(
    "wrong",
    [
        ("programme", "add", "Late", "--from", TEN, "--until", NINE),
        ("programme", "add", "Odd", "--from", "soon", "--until", TEN),
        ("programme", "add", "Odd", "--from", NINE, "--until", TEN, "--room", "Nowhere"),
        ("programme", "change", "Nothing", "--title", "x"),
        ("room", "add", "Hall"),
        ("venue", "add", "Mill", "--capacity", "-1"),
        ("sponsor", "add", "Acme", "--link", "javascript:alert(1)"),
        ("speaker", "add", "Grace", "--email", "nobody"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(call: Call, wrong: tuple[str, ...]) -> None:
    refused = call(*wrong)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("eventdesk: ")


def test_a_schedule_is_taken_in_from_a_file_after_a_look(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "schedule.xml"
    done(call, "programme", "add", "One", "--from", NINE, "--until", TEN)
    file.write_bytes(XML)
    assert "new           2026-06-01 14:00  Opening" in done(
        call, "programme", "import", str(file), "--dry-run"
    )
    assert "Opening" not in done(call, "programme")
    done(call, "programme", "import", str(file))
    assert "Opening" in done(call, "programme")
