"""Events on the command line: from nothing to published, changed, cancelled and made again."""

import json
import re
from pathlib import Path

import pytest

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.core.money import Money
from eventdesk.events import EVENT, NewRoom, NewVenue, add_room, add_venue, event_detail, find_event
from eventdesk.programme import NewSession, add_session
from eventdesk.sales import NewTicketType, add_ticket_type
from tests.build import NOON, empty_store
from tests.cli.conftest import Call
from tests.events.organizing import person


@pytest.fixture
def code(home: Path, call: Call) -> str:
    """A draft of Olga's; its code."""
    with empty_store(home) as store:
        person(store, "Olga Organizer")
        person(store, "Ada Admin", is_admin=True)
    made = call(
        *("event", "create", "Harbour Summit", "--from", "2099-06-01 09:00"),
        *("--until", "2099-06-02 18:00", "--owner", "olga@example.org"),
    )
    assert made.exit_code == 0, made.stderr
    return made.stdout.strip()


def complete(home: Path, call: Call, code: str) -> None:
    with Store(home) as store:
        kind = NewTicketType("Regular", Money(100, "EUR"))
        add_ticket_type(store, SYSTEM.at(NOON), find_event(store, SYSTEM, code).id, kind)
    assert call("event", "change", code, "description", "Boats and bridges").exit_code == 0


def test_an_event_gets_approval_on_the_command_line(home: Path, call: Call, code: str) -> None:
    early = call("event", "submit", code, "--as", "olga@example.org")
    assert early.exit_code == 2
    assert "It needs: A ticket type to book; A description." in early.stderr
    complete(home, call, code)
    olga = ("--as", "olga@example.org")
    assert call("event", "submit", code, *olga).stdout == "… Harbour Summit: waiting\n"
    assert call("event", "approve", code, *olga).exit_code == 1
    refused = call("event", "refuse", code, "--reason", "Too short.", "--as", "ada@example.org")
    assert refused.stdout == "✎ Harbour Summit: draft\n"
    assert json.loads(call("event", "show", code, "--json").stdout)["reason"] == "Too short."
    call("event", "submit", code, *olga)
    assert call("event", "approve", code).stdout == "✓ Harbour Summit: published\n"
    assert call("event", "withdraw", code, *olga).stdout == "✎ Harbour Summit: draft\n"
    assert call("event", "publish", code).stdout == "✓ Harbour Summit: published\n"
    done = call("event", "cancel", code, "--reason", "Storm.")
    assert done.stdout == "✗ Harbour Summit: cancelled\n"


def test_fields_are_changed_as_they_are_typed(call: Call, code: str) -> None:
    for field, value in (
        *(("capacity", "40"), ("starts", "2099-05-31 10:00"), ("category", "Meetup")),
        *(("waitlist-auto", "yes"), ("cancel-fee", "12.5"), ("cancel-amount", "1,50")),
        *(("visibility", "private"), ("access-code", "swim-2099"), ("queue-from", "none")),
    ):
        changed = call("event", "change", code, field, value)
        assert changed.exit_code == 0, changed.stderr
    facts = json.loads(call("event", "show", code, "--json").stdout)
    assert (facts["capacity"], facts["from"]) == (40, "2099-05-31 10:00")
    assert (facts["visibility"], facts["access_code"]) == ("private", "SWIM2099")
    shown = call("event", "show", code).stdout
    assert shown.startswith(f"✎ {code}  Harbour Summit  (draft)\n")
    assert "✗ needed: A ticket type to book" in shown


def test_each_field_stands_in_the_help_and_on_the_page_and_can_be_typed_so(
    call: Call, code: str
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
    shown = call("event", "change", "--help").stdout.partition("Fields:")[2]
    words = re.findall(r"^  ([a-z-]+)(?:  |$)", shown, re.MULTILINE)
    refused = call("event", "change", code, "colour", "red").stderr
    for one in EVENT:
        if one.option is not None:
            word = one.flag.removeprefix("--")
            assert word in words
            assert f"| `{word}` |" in page
            assert re.search(rf"[ ,]{word}[,.]", refused)
    assert len(words) == sum(one.option is not None for one in EVENT)


def test_a_share_is_typed_in_percent_and_a_choice_by_how_it_begins(call: Call, code: str) -> None:
    assert call("event", "change", code, "commission", "7.5%").exit_code == 0
    assert call("event", "change", code, "visibility", "invite").exit_code == 0
    assert json.loads(call("event", "show", code, "--json").stdout)["visibility"] == "invited"
    several = call("event", "change", code, "visibility", "p")
    assert several.exit_code == 2
    assert "It is public, private or invited." in several.stderr


def test_fields_that_are_named_together_are_changed_together(call: Call, code: str) -> None:
    given = ("ends", "2099-06-03 09:00", "time-zone", "Asia/Tokyo", "starts", "2099-06-02 23:00")
    changed = call("event", "change", code, *given)
    assert changed.stdout == "Harbour Summit: ends, time-zone, starts changed.\n"
    facts = json.loads(call("event", "show", code, "--json").stdout)
    assert facts["from"] == "2099-06-02 23:00"
    odd = call("event", "change", code, *given, "capacity")
    assert odd.exit_code == 2
    assert "'capacity' has no value" in odd.stderr


def test_reverse_charge_is_allowed_where_the_sender_of_invoices_has_a_vat_id(
    home: Path, call: Call, code: str
) -> None:
    def is_allowed() -> bool:
        shown = json.loads(call("event", "show", code, "--json").stdout)["reverse_charge"]
        with Store(home) as store:
            event_id = find_event(store, SYSTEM, code).id
            assert event_detail(store, SYSTEM, event_id).rules.reverse_charge is shown
        return bool(shown)

    refused = call("event", "change", code, "reverse-charge", "yes")
    assert refused.exit_code == 2
    assert "Reverse charge needs the sender's VAT ID of a country of the EU." in refused.stderr
    assert not is_allowed()
    swiss = ("invoice-sender", "House\nQuay 1\nVAT ID CHE123456789", "reverse-charge", "yes")
    assert call("event", "change", code, *swiss).exit_code == 2
    sender = "House\nQuay 1\nVAT ID DE123456789"
    done = call("event", "change", code, "reverse-charge", "yes", "invoice-sender", sender)
    assert done.stdout == "Harbour Summit: reverse-charge, invoice-sender changed.\n"
    assert is_allowed()
    gone = call("event", "change", code, "invoice-sender", "House")
    assert gone.exit_code == 2, "the VAT ID stays as long as it is needed"
    assert call("event", "change", code, "reverse_charge", "perhaps").exit_code == 2
    assert is_allowed()
    assert call("event", "change", code, "reverse_charge", "no").exit_code == 0
    assert not is_allowed()


@pytest.mark.parametrize(
    ("field", "value"),
    [("colour", "red"), ("capacity", "many"), ("waitlist-auto", "perhaps"), ("starts", "soon")],
)
def test_what_cannot_be_read_is_a_usage_error(
    call: Call, code: str, field: str, value: str
) -> None:
    assert call("event", "change", code, field, value).exit_code == 2


def test_a_copy_has_a_code_of_its_own(call: Call, code: str) -> None:
    made = call(
        *("event", "duplicate", code, "--from", "2100-06-01 09:00", "--name", "Summit 2100"),
        *("--as", "olga@example.org"),
    )
    copy = made.stdout.strip()
    assert copy != code
    facts = json.loads(call("event", "show", copy, "--json").stdout)
    assert (facts["name"], facts["until"]) == ("Summit 2100", "2100-06-02 18:00")
    assert facts["owner"] == "Olga Organizer"


def test_people_are_invited(call: Call, code: str) -> None:
    done = call("event", "invite", code, "a@example.org", "b@example.org", "--vip")
    assert done.stdout == (
        "2 added, 0 were on the list. Those with an account are told when the event is published.\n"
    )
    assert call("event", "invite", code, "nobody").exit_code == 2


def test_the_programme_is_shown_with_what_is_at_odds(home: Path, call: Call, code: str) -> None:
    assert "No sessions yet" in call("programme").stdout
    with Store(home) as store:
        event = find_event(store, SYSTEM, code)
        venue = add_venue(store, SYSTEM.at(NOON), event.id, NewVenue("Mill"))
        room = add_room(store, SYSTEM.at(NOON), event.id, NewRoom(venue.id, "Hall"))
        for title in ("One", "Two\x1b[31m"):
            new = NewSession(title, event.starts_at, event.ends_at, room.id)
            add_session(store, SYSTEM.at(NOON), event.id, new)
    shown = call("programme", "--event", code).stdout
    assert "Monday, 2099-06-01" in shown
    assert "  09:00–18:00  One · Hall" in shown
    assert "! Hall is taken by “Two”" in shown
    assert "\x1b" not in shown
    lines = json.loads(call("programme", "--json").stdout)
    assert [len(line["conflicts"]) for line in lines] == [1, 1]


def test_an_event_is_shown_with_its_types_sessions_and_speakers(
    home: Path, call: Call, code: str
) -> None:
    complete(home, call, code)
    at = ("--from", "2099-06-01 09:00", "--until", "2099-06-01 10:00")
    assert call("speaker", "add", "Grace Hopper", "--organization", "US Navy").exit_code == 0
    assert call("programme", "add", "Opening", *at, "--speaker", "Grace").exit_code == 0
    shown = call("event", "show", code).stdout
    assert "\n\nTicket types:\n  Regular " in shown
    assert "09:00–10:00  Opening · Grace Hopper\n" in shown
    assert "\n\nSpeakers:\n  Grace Hopper · US Navy · 1 session\n" in shown
    facts = json.loads(call("event", "show", code, "--json").stdout)
    assert [(one["name"], one["price"], one["sold"]) for one in facts["ticket_types"]] == [
        ("Regular", "1.00 EUR", 0)
    ]
    assert [one["title"] for one in facts["sessions"]] == ["Opening"]
    assert facts["speakers"] == [{"name": "Grace Hopper", "organization": "US Navy", "sessions": 1}]


def test_an_event_without_sessions_shows_no_empty_part(call: Call, code: str) -> None:
    shown = call("event", "show", code).stdout
    assert "Sessions:" not in shown
    assert "Speakers:" not in shown
