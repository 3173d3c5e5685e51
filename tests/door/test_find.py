"""Finding a guest by anything they can say, show or spell."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import Store
from eventdesk.accounts import remove_member
from eventdesk.acts import SYSTEM, VISITOR, Actor
from eventdesk.booking import reissue, rename, ticket_by_code
from eventdesk.core.errors import NotAllowedError, NotFoundError
from eventdesk.door import (
    booking_tickets,
    check_in,
    counters,
    find_tickets,
    guest_tickets,
    opens_elsewhere,
    ticket_view,
)
from tests.build import ATTENDEE, NOON, STAFF, Fair, make_fair
from tests.histories import tries
from tests.people import make_staff

NAMES = (
    "Ada Lovelace",
    "Łukasz Żółć",
    "José María Núñez",
    "Annika Sørensen",
    "Anna Schmidt",
    "Anna-Lena Groß",
    "Anne O’Connor",
    "王芳",
    "Айгүл Сейтқали",
    "สมชาย ใจดี",
    "محمد العلي",
    "Björn Ångström",
)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fair]:
    """An event that tests only read."""
    with Store.create(tmp_path_factory.mktemp("crowd") / "home") as store:
        yield _sell_to_all(make_fair(store))


@pytest.fixture
def own_crowd(fair: Fair) -> Fair:
    """The same event for one test alone."""
    return _sell_to_all(fair)


def _sell_to_all(fair: Fair) -> Fair:
    for number, name in enumerate(NAMES):
        fair.sell(name, email=f"guest.{number}@example.org", seat=f"B {number}")
    return fair


def _found(fair: Fair, typed: str, **how: object) -> list[str]:
    return [ticket.name for ticket in find_tickets(fair.store, SYSTEM, fair.event.id, typed, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ada", "Ada Lovelace"),
        ("LOVELACE ada", "Ada Lovelace"),
        ("lukasz zolc", "Łukasz Żółć"),
        ("maria nunez", "José María Núñez"),
        ("sorensen", "Annika Sørensen"),
        ("anna lena gross", "Anna-Lena Groß"),
        ("oconnor", "Anne O’Connor"),
        ("o'connor", "Anne O’Connor"),
        ("angstrom", "Björn Ångström"),
        ("王", "王芳"),
        ("сейт", "Айгүл Сейтқали"),
        ("สมชาย", "สมชาย ใจดี"),
        ("محمد", "محمد العلي"),
    ],
)
def test_accents_case_and_script_do_not_matter(crowd: Fair, typed: str, name: str) -> None:
    assert _found(crowd, typed)[0] == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("lovelcae", "Ada Lovelace"),
        ("lovlace", "Ada Lovelace"),
        ("lovelaace", "Ada Lovelace"),
        ("lovelqce", "Ada Lovelace"),
        ("lovleca", "Ada Lovelace"),
        ("ad lovelcae", "Ada Lovelace"),
        ("nunz jose", "José María Núñez"),
        ("sorensne an", "Annika Sørensen"),
        ("lovlea", "Ada Lovelace"),
    ],
)
def test_typing_slips_are_forgiven_also_while_typing(crowd: Fair, typed: str, name: str) -> None:
    assert name in _found(crowd, typed)


def test_everybody_is_found_at_every_letter_of_the_name(crowd: Fair) -> None:
    for name in NAMES:
        for length in range(1, len(name) + 1):
            assert name in _found(crowd, name[:length]), name[:length]


def test_the_whole_word_stands_before_the_longer_one(own_crowd: Fair) -> None:
    own_crowd.sell("Schmidt Annalena")
    assert _found(own_crowd, "anna") == ["Anna Schmidt", "Anna-Lena Groß", "Schmidt Annalena"]
    assert _found(own_crowd, "anna schmidt")[0] == "Anna Schmidt"


def test_a_ticket_code_or_booking_code_finds_its_tickets_in_any_spelling(own_crowd: Fair) -> None:
    booked = own_crowd.sell_all(["Grace Hopper", "Jean Bartik"])
    code = booked.ticket_codes[1]
    for typed in (code, code.lower(), f" {code} "):
        assert _found(own_crowd, typed) == ["Jean Bartik"]
    assert _found(own_crowd, booked.code.lower()) == ["Grace Hopper", "Jean Bartik"]
    assert ticket_by_code(own_crowd.store, SYSTEM, f"{code[:4]}-{code[4:]}").name == "Jean Bartik"
    with pytest.raises(NotFoundError, match="There is no ticket with this code"):
        ticket_by_code(own_crowd.store, SYSTEM, "22222222")


def test_a_token_finds_its_ticket_also_an_old_one_but_no_other_event(own_crowd: Fair) -> None:
    booked = own_crowd.sell("Grace Hopper")
    token = own_crowd.token(booked)
    other = make_fair(own_crowd.store, "Another event")
    assert _found(own_crowd, token) == ["Grace Hopper"]
    reissue(own_crowd.store, STAFF.at(NOON), booked.ticket_ids[0], reason="lost")
    assert _found(own_crowd, token) == ["Grace Hopper"]
    assert _found(other, token) == []


def test_an_address_finds_as_far_as_it_is_typed(own_crowd: Fair) -> None:
    for number in range(30):
        own_crowd.sell(f"Info {number}", email=f"info@company{number}.example")
    assert _found(own_crowd, "guest.3@example.org") == ["Annika Sørensen"]
    assert _found(own_crowd, "GUEST.3@") == ["Annika Sørensen"]
    assert _found(own_crowd, "info@company29.ex") == ["Info 29"]
    assert "Annika Sørensen" in _found(own_crowd, "guest.3")  # "3" may begin others' codes too
    assert _found(own_crowd, "info@elsewhere") == []
    assert _found(own_crowd, "example") == []


def test_a_seat_finds_its_holder(crowd: Fair) -> None:
    assert _found(crowd, "B 11") == ["Björn Ångström"]


def test_two_events_do_not_mix(own_crowd: Fair) -> None:
    other = make_fair(own_crowd.store, "Another event")
    other.sell("Ada Byron")
    assert "Ada Byron" not in _found(own_crowd, "ada")
    assert _found(other, "ada") == ["Ada Byron"]
    assert _found(other, "lovelace") == []


def test_a_renamed_guest_is_found_by_the_new_name_only(own_crowd: Fair) -> None:
    booked = own_crowd.sell("Grace Hopper", seat="C 7")
    rename(own_crowd.store, STAFF.at(NOON), booked.ticket_ids[0], name="Ädmiral", line_two="Navy")
    assert _found(own_crowd, "hopper") == []
    assert _found(own_crowd, "admrial") == ["Ädmiral"]
    assert _found(own_crowd, booked.ticket_codes[0]) == ["Ädmiral"]
    assert _found(own_crowd, booked.code) == ["Ädmiral"]
    assert _found(own_crowd, "C 7")[0] == "Ädmiral"  # "7" may begin a code too


def test_a_list_shows_who_is_in_by_it(own_crowd: Fair) -> None:
    lunch = own_crowd.list("Lunch")
    later = NOON + timedelta(minutes=5)
    ada = own_crowd.sell("Ada Byron")
    check_in(own_crowd.store, STAFF.at(later), own_crowd.scan(own_crowd.token(ada)))
    views = {
        list_id: find_tickets(
            own_crowd.store, SYSTEM, own_crowd.event.id, "byron", list_id=list_id
        )[0]
        for list_id in (own_crowd.door.id, lunch.id)
    }
    at_door, at_lunch = views[own_crowd.door.id], views[lunch.id]
    assert (at_door.inside, at_door.admitted_at, at_door.badges) == (True, later, 1)
    assert (at_lunch.inside, at_lunch.admitted_at) == (False, None)
    assert (
        ticket_view(own_crowd.store, SYSTEM, ada.ticket_ids[0], list_id=own_crowd.door.id)
        == at_door
    )


def test_no_more_are_returned_than_asked_for(fair: Fair) -> None:
    fair.sell_all([f"Anna {number}" for number in range(30)])
    assert len(_found(fair, "anna", limit=7)) == 7
    assert len(_found(fair, "anna")) == 20


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\x00",
        '"',
        '" OR "',
        "ada OR lovelace",
        "NEAR(ada lovelace)",
        "name:ada",
        "-ada",
        "^ada*",
        "ada*",
        "*",
        "%",
        "_",
        "(",
        "')--",
        "@",
        "@@@",
        'a"b@c"d',
        "\ud800",
        "ada \ud800@x",
        "\ue000",
        "\u202eada",
        "ada lovelace " * 800,
        "x" * 10_000,
        "王" * 10_000,
    ],
)
def test_whatever_is_typed_is_only_text(crowd: Fair, typed: str) -> None:
    assert set(_found(crowd, typed)) <= set(NAMES)


@settings(max_examples=tries(100), deadline=None)
@given(typed=st.text(max_size=60))
def test_no_text_breaks_the_search(crowd: Fair, typed: str) -> None:
    assert set(_found(crowd, typed)) <= set(NAMES)


def test_an_event_that_is_not_there_has_no_guests(crowd: Fair) -> None:
    assert find_tickets(crowd.store, SYSTEM, crowd.door.id, "ada") == []


def test_who_works_elsewhere_or_no_longer_finds_and_counts_nobody(store: Store) -> None:
    here, there = make_fair(store), make_fair(store, "Other Days")
    here.sell("Ada Lovelace", foreign_code="z3fsn8jyufm5kpk7")
    sam = make_staff(there)
    assert sam.id is not None
    for act in (
        lambda: find_tickets(store, sam, here.event.id, "ada"),
        lambda: find_tickets(store, sam, here.event.id, ""),
        lambda: opens_elsewhere(store, sam, here.event.id, "z3fsn8jyufm5kpk7"),
        lambda: counters(store, sam, here.door.id),
    ):
        with pytest.raises(NotAllowedError, match="may not do that here"):
            act()
    assert counters(store, sam, there.door.id).admitted == 0
    remove_member(store, SYSTEM.at(NOON), there.event.id, sam.id)
    with pytest.raises(NotAllowedError, match="may not do that here"):
        find_tickets(store, sam, there.event.id, "ada")


@pytest.mark.parametrize("asked", [VISITOR, ATTENDEE], ids=["visitor", "somebody"])
def test_only_the_team_looks_tickets_up(fair: Fair, asked: Actor) -> None:
    sold, who = fair.sell("Ada Lovelace"), asked.at(NOON)
    with pytest.raises(NotAllowedError):
        ticket_view(fair.store, who, sold.ticket_ids[0])
    with pytest.raises(NotAllowedError):
        booking_tickets(fair.store, who, fair.event.id, sold.code)
    with pytest.raises(NotAllowedError):
        guest_tickets(fair.store, who, fair.event.id, email="ada@example.org", pin="271828")
