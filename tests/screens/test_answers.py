"""What desk and kiosk say of rooms that are full and of things that are handed out."""

from dataclasses import replace
from uuid import UUID

from eventdesk.door import CheckInResult, ListKind, Outcome, Tone
from screens.door.answers import for_guest, for_staff
from tests.build import NOON

PLAIN = CheckInResult(
    Outcome.ADMITTED,
    UUID(int=1),
    UUID(int=2),
    "Hall",
    "nonce",
    NOON,
    NOON,
    ticket_id=UUID(int=3),
    name="Ada Lovelace",
)
SHIRT = replace(PLAIN, kind=ListKind.COLLECT, item="T-shirt", choice="L")
ROOM = replace(PLAIN, kind=ListKind.ROOM, inside=119, capacity=120)
FULL = replace(
    ROOM,
    outcome=Outcome.RULES,
    rule="Full",
    inside=120,
    reason="Room full: 120 of 120 are inside.",
    guest_sentence="Hall is full: 120 of 120 people are inside. Please wait until some left.",
)


def test_what_is_handed_out_stands_where_it_is_read_first() -> None:
    assert for_staff(SHIRT).headline == "T-shirt L"
    assert for_staff(SHIRT).word == "Hand out"
    guest = for_guest(SHIRT)
    assert (guest.headline, guest.details) == ("T-shirt L", ("Ada Lovelace",))


def test_how_full_a_room_is_stands_with_each_entry() -> None:
    assert for_staff(ROOM).details == ("119 of 120 inside",)
    assert for_staff(ROOM).word == "Come in"
    assert for_staff(PLAIN).details == ()


def test_a_full_room_says_so_and_how_many_are_inside() -> None:
    staff = for_staff(FULL)
    assert (staff.tone, staff.word, staff.headline) == (Tone.CARE, "Full", "120 of 120")
    assert staff.details[0] == "Room full: 120 of 120 are inside."
    guest = for_guest(FULL)
    assert (guest.word, guest.headline) == ("Full", FULL.guest_sentence)
    assert guest.details == ()


def test_staff_read_which_rule_it_was() -> None:
    refused = replace(PLAIN, outcome=Outcome.RULES, rule="Sauna", reason="Sauna: at most 1 a day.")
    answer = for_staff(refused)
    assert (answer.word, answer.headline) == ("Not now", "Sauna")
    assert answer.details[0] == "Sauna: at most 1 a day."
