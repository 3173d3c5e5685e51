"""Booking on the command line."""

import json
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from eventdesk.core.clock import utc_now
from eventdesk.waiting import sign_up_for_session
from tests.build import Fair, empty_store, make_fair
from tests.cli.conftest import Call
from tests.figures.crowd import add_session
from tests.orders import add_seats, order_for, person, set_event, set_type

DAY = timedelta(days=1)


@pytest.fixture
def soon(home: Path) -> Iterator[Fair]:
    """An event next month."""
    with empty_store(home) as store:
        fair = make_fair(store)
        begins = utc_now() + 30 * DAY
        set_event(fair, starts_at=begins, ends_at=begins + DAY, cancel_fee_bp=1000)
        yield fair


def test_an_account_books_answers_pays_and_cancels(call: Call, soon: Fair) -> None:
    ada = person(soon.store, "Ada")
    section_id, _seats = add_seats(soon, 2)
    set_type(soon, soon.regular, section_id=section_id)
    asked = call("question", "add", "Any allergies?", "--required")
    assert asked.exit_code == 0, asked.stderr
    booking = ("book", "Ada", "--as", f"{ada.name}@example.org", "--type", "reg")
    assert "must be answered" in call(*booking).stderr
    booked = call(*booking, "--answer", "any all=nuts", "--seat", "h-2")
    assert booked.exit_code == 0, booked.stderr
    code, state, *_ = booked.stdout.split()
    assert state == "pending"
    assert call("pay", code, "--method", "cash").exit_code == 0
    shown = json.loads(call("booking", "show", code, "--json").stdout)
    assert (shown["state"], shown["total"]) == ("paid", "120.00 EUR")
    assert shown["tickets"][0]["seat"] == "H-2"
    assert shown["tickets"][0]["answers"] == {"Any allergies?": "nuts"}
    assert "would be" in call("booking", "cancel", code, "--dry-run").stdout
    gone = call("booking", "cancel", code, "--reason", "ill").stdout
    assert gone == "1 ticket cancelled; kept 12.00 EUR, back 108.00 EUR\n"
    assert json.loads(call("booking", "list", "--json").stdout)[0]["state"] == "cancelled"


def test_who_is_registered_without_a_section_is_told_why_there_is_no_seat(
    call: Call, soon: Fair, tmp_path: Path
) -> None:
    add_seats(soon, 2)
    people = tmp_path / "people.txt"
    people.write_text("Ada Lovelace\n", encoding="utf-8")
    without = call("register", str(people), "--type", "Regular")
    assert "No seats are given" in without.stderr
    how = without.stderr.partition("eventdesk ")[2]
    assert call(*shlex.split(how)).exit_code == 0
    seated = call("register", str(people), "--type", "Regular", "--again")
    assert "  seat " in seated.stdout
    assert seated.stderr == ""
    passed = call("register", str(people), "--type", "Regular")
    assert (passed.exit_code, passed.stderr) == (0, "")


def test_many_are_registered_from_a_file(call: Call, soon: Fair, tmp_path: Path) -> None:
    people = tmp_path / "people.txt"
    people.write_text("Ada Lovelace, ada@example.org\nGrace Hopper\n", encoding="utf-8")
    done = call("register", str(people), "--type", "Regular", "--paid")
    assert len(done.stdout.splitlines()) == 2, done.stderr
    assert "Grace Hopper" in call("booking", "list", "hopper").stdout
    assert call("booking", "list", "--state", "pending").stdout == "No bookings.\n"
    people.write_text("broken@\n", encoding="utf-8")
    wrong = call("register", str(people), "--type", "Regular")
    assert (wrong.exit_code, "Line 1" in wrong.stderr) == (2, True)


def test_registering_seats_people_and_puts_the_rest_on_the_waitlist(
    call: Call, soon: Fair, tmp_path: Path
) -> None:
    section_id, _seats = add_seats(soon, 2)
    set_type(soon, soon.regular, section_id=section_id)
    people = tmp_path / "people.txt"
    people.write_text("Ada, ada@x.org\nBob, bob@x.org\nCid, cid@x.org\n", encoding="utf-8")
    refused = call("register", str(people), "--type", "Regular")
    assert (refused.exit_code, "--waitlist" in refused.stderr) == (1, True)
    assert call("booking", "list").stdout == "No bookings.\n"
    done = call("register", str(people), "--type", "Regular", "--waitlist").stdout.splitlines()
    assert [line.split("  ")[-1] for line in done[:2]] == ["seat H-1", "seat H-2"]
    assert done[2] == "waitlist  Cid waits at place 1"


def test_the_same_file_registers_nobody_twice_unless_it_is_said(
    call: Call, soon: Fair, tmp_path: Path
) -> None:
    people = tmp_path / "people.txt"
    people.write_text("Ada Lovelace, ada@example.org\nGrace Hopper\n", encoding="utf-8")
    register = ("register", str(people), "--type", "Regular")
    codes = [line.split("  ")[3] for line in call(*register).stdout.splitlines()]
    assert call(*register).stdout.splitlines() == [
        f"passed over  Ada Lovelace has ticket {codes[0]} already",
        f"passed over  Grace Hopper has ticket {codes[1]} already",
    ]
    assert len(call("booking", "list").stdout.splitlines()) == 2
    assert call(*register, "--again").exit_code == 0
    assert len(call("booking", "list").stdout.splitlines()) == 4


def test_what_cannot_be_is_not_offered_to_those_who_do_not_fit(
    call: Call, soon: Fair, tmp_path: Path
) -> None:
    set_type(soon, soon.regular, quota=2)
    people = tmp_path / "people.txt"
    people.write_text("Ada, ada@x.org\nBob, bob@x.org\nCid, cid@x.org\n", encoding="utf-8")
    register = ("register", str(people), "--type", "Regular")
    before = call(*register).stderr
    assert ("--waitlist" in before, "--partly" in before) == (True, True)
    begun = utc_now() - timedelta(hours=1)
    set_event(soon, starts_at=begun, ends_at=begun + DAY)
    running = call(*register)
    assert (running.exit_code, "--waitlist" in running.stderr) == (1, False)
    assert "--partly" in running.stderr
    assert call("booking", "list").stdout == "No bookings.\n"
    done = call(*register, "--partly").stdout.splitlines()
    assert ["Ada" in done[0], "Bob" in done[1], done[2]] == [True, True, "no place  Cid"]
    rest = call(*register)
    assert ("--partly" in rest.stderr, "--force" in rest.stderr) == (False, True)
    assert call(*register, "--partly", "--waitlist").exit_code == 2


def test_a_sold_out_type_needs_force(call: Call, soon: Fair) -> None:
    set_type(soon, soon.vip, quota=0)
    refused = call("book", "Ada", "--type", "VIP")
    assert (refused.exit_code, "sold out" in refused.stderr) == (1, True)
    assert call("book", "Ada", "--type", "VIP", "--force").exit_code == 0


def test_a_ticket_is_handed_on_and_becomes_another_type(call: Call, soon: Fair) -> None:
    booked = soon.sell("Ada")
    (ticket,) = booked.ticket_codes
    token = call("booking", "transfer", ticket, "Grace Hopper").stdout.strip()
    assert token == soon.token(booked)
    done = call("booking", "upgrade", ticket, "vip").stdout
    assert done == "difference 170.00 EUR, due 170.00 EUR\n"
    assert call("booking", "extend", booked.code, "--until", "none").stdout == "no deadline\n"
    assert "Grace Hopper" in call("booking", "show", booked.code).stdout


def test_what_waits_is_approved_or_refused(call: Call, soon: Fair) -> None:
    ada = person(soon.store, "Ada")
    set_type(soon, soon.vip, needs_approval=True)
    codes = []
    for _ in range(2):
        booked = call("book", "Ada", "--as", f"{ada.name}@example.org", "--type", "VIP")
        assert "waits for approval" in booked.stdout
        codes.append(booked.stdout.split()[0])
    assert "approved, to be paid until" in call("booking", "approve", codes[0]).stdout
    assert "go back" in call("booking", "refuse", codes[1], "--reason", "full").stdout
    assert call("booking", "approve", codes[1]).exit_code == 2


def test_questions_are_listed_moved_and_removed(call: Call, soon: Fair) -> None:
    assert "Nothing is asked" in call("question", "list").stdout
    call("question", "add", "Dinner?", "--kind", "yes_no")
    menu = ("--kind", "choice", "--choice", "Meat", "--choice", "Vegan")
    added = call("question", "add", "Menu?", *menu, "--after", "dinner", "--is", "yes")
    assert added.exit_code == 0, added.stderr
    call("question", "add", "Shoe size", "--kind", "number", "--type", "VIP")
    assert call("question", "move", "Shoe", "--by", "-1").exit_code == 0
    listed = call("question", "list").stdout.splitlines()
    assert [line.split("  ")[0] for line in listed] == ["1. Dinner?", "2. Shoe size", "3. Menu?"]
    assert "after 'Dinner?' is yes, Meat/Vegan" in listed[2]
    assert call("question", "move", "Menu", "--by", "-2").exit_code == 2
    assert call("question", "remove", "Menu").stdout == "Removed.\n"


def test_unpaid_places_are_free_again_by_command_before_anything_swept(
    call: Call, soon: Fair
) -> None:
    set_event(soon, hold_minutes=30)
    set_type(soon, soon.regular, price_minor=1000, quota=1)
    booked = order_for(soon, person(soon.store, "Ann"), now=utc_now() - timedelta(hours=1))
    listed = call("type", "list").stdout.splitlines()[0]
    assert " 0 sold" in listed
    assert " 1 left" in listed
    assert json.loads(call("events", "--json").stdout)[0]["tickets"] == 0
    shown = call("booking", "show", booked.code).stdout.splitlines()
    assert shown[0].split()[:2] == [booked.code, "expired"]
    assert shown[2].split()[1] == "expired"
    assert booked.code in call("booking", "list", "--state", "expired").stdout
    assert call("book", "Bob", "--type", "Regular").exit_code == 0


def _entries(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def test_calendar_files_of_tickets_and_bookings_remind(
    call: Call, soon: Fair, tmp_path: Path
) -> None:
    booked = soon.sell_all(["Ada", "Bob"])
    (entry,) = _entries(call("ticket", "calendar", booked.ticket_codes[1]).stdout)
    assert entry["UID"] == f"{booked.ticket_ids[1]}@eventdesk"
    (alarm,) = entry.walk("VALARM")
    assert alarm["TRIGGER"].dt == -timedelta(hours=2)
    file = tmp_path / "summit.ics"
    how = ("booking", "calendar", booked.code, "--to", str(file))
    assert call(*how).stdout == f"{file}\n"
    (whole,) = _entries(file.read_text(encoding="utf-8"))
    assert (whole["UID"], len(whole.walk("VALARM"))) == (f"{booked.ticket_ids[0]}@eventdesk", 1)
    assert (call(*how).exit_code, call(*how, "--overwrite").exit_code) == (2, 0)
    call("booking", "cancel", booked.code, "--ticket", booked.ticket_codes[0])
    (left,) = _entries(call("booking", "calendar", booked.code).stdout)
    assert (left["UID"], left["STATUS"]) == (f"{booked.ticket_ids[1]}@eventdesk", "CONFIRMED")


def test_the_calendar_file_of_ones_programme_holds_what_one_signed_up_for(
    call: Call, soon: Fair
) -> None:
    ada = person(soon.store, "Ada")
    begins = utc_now() + 30 * DAY + timedelta(hours=1)
    session_id = add_session(soon, "Engines", starts_at=begins)
    soon.sell("Ada", account_id=ada.id)
    empty = call("programme", "calendar", "ada@example.org")
    assert (empty.exit_code, "Sign up for one" in empty.stderr) == (2, True)
    sign_up_for_session(soon.store, ada.at(utc_now()), session_id)
    (entry,) = _entries(call("programme", "calendar", "ada@example.org").stdout)
    assert (entry["SUMMARY"], len(entry.walk("VALARM"))) == ("Engines", 1)
