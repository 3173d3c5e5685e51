"""Entries of calendars that mails bring, change in place and take out (RFC 5546, RFC 6047)."""

from datetime import datetime, timedelta
from email.message import EmailMessage, Message
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import update

from data.schema import BookingRow
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import (
    Booked,
    NewBooking,
    NewTicket,
    approve_booking,
    cancel_booking,
    cancel_tickets,
    order,
    refuse_booking,
    reissue,
    transfer_ticket,
)
from eventdesk.events import EventChanges, cancel_event, change_event
from eventdesk.money import take_payment
from eventdesk.programme import (
    NewSession,
    Session,
    add_session,
    cancel_session,
    change_session,
    restore_session,
)
from eventdesk.waiting import programme_calendar, sign_up_for_session, sweep
from tests.booking.test_guest_orders import buy
from tests.build import SUPERVISOR, Fair
from tests.integrations.mail.post_office import PostOffice
from tests.mailing.office import deliver
from tests.orders import EARLY, order_for, person, set_type, tickets_of


def content_of(part: Message) -> bytes:
    """What a part of a letter holds."""
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def invitation_in(letter: EmailMessage) -> tuple[str, Any] | None:
    """The method and the entry that a mail program finds in a letter; None is none."""
    found = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    if not found:
        return None
    (part,) = found
    calendar: Any = Calendar.from_ical(content_of(part))
    assert not calendar.errors
    assert part.get_param("method") == calendar["method"]
    (entry,) = calendar.walk("VEVENT")
    assert not entry.errors
    return str(calendar["method"]), entry


def last(office: PostOffice, name: str) -> tuple[str, Any]:
    """The invitation in the last letter to somebody at example.org, which has one."""
    letters = [each for each in office.letters if each["To"].addresses[0].username == name]
    found = invitation_in(letters[-1])
    assert found is not None
    return found


def paid(fair: Fair, actor: Actor, *names: str) -> Booked:
    """Book for people, and pay."""
    booked = order_for(fair, actor, *names)
    take_payment(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, method="cash")
    return booked


def move(fair: Fair, starts_at: datetime) -> None:
    changed = EventChanges(starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    change_event(fair.store, SUPERVISOR.at(EARLY), fair.event.id, changed)


@pytest.fixture(autouse=True)
def early(fair: Fair) -> None:
    """It is a month before the event."""
    fair.store.clock = lambda: EARLY


def test_the_tickets_bring_an_invitation_that_asks_nobody_to_answer(
    fair: Fair, office: PostOffice
) -> None:
    booked = paid(fair, person(fair.store, "Ada"))
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["status"], entry["sequence"]) == ("REQUEST", "CONFIRMED", 0)
    assert entry["uid"] == f"{booked.ticket_ids[0]}@eventdesk"
    assert (entry.start, entry.end) == (fair.event.starts_at, fair.event.ends_at)
    assert entry["organizer"] == f"mailto:{office.letters[-1]['From'].addresses[0].addr_spec}"
    assert entry["attendee"] == "mailto:ada@example.org"
    asked = entry["attendee"].params
    assert (asked["PARTSTAT"], asked["RSVP"]) == ("ACCEPTED", "FALSE")
    assert entry.alarms.times[0].trigger == fair.event.starts_at - timedelta(hours=2)


def test_programs_find_it_as_an_alternative_of_the_text_and_as_a_file(
    fair: Fair, office: PostOffice
) -> None:
    paid(fair, person(fair.store, "Ada"))
    deliver(fair.store)
    letter = office.letters[-1]
    (words, *files) = letter.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in words.iter_parts()]
    assert kinds == ["text/plain", "multipart/related", "text/calendar"]
    (file,) = [part for part in files if part.get_content_type() == "application/ics"]
    assert str(file.get_filename()).endswith(".ics")
    found = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert content_of(file) == content_of(found[0])


def test_what_is_not_paid_is_in_no_calendar(fair: Fair, office: PostOffice) -> None:
    booked = order_for(fair, person(fair.store, "Ada"))
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, reason="ill")
    deliver(fair.store)
    assert [invitation_in(letter) for letter in office.letters] == [None, None]


def test_another_time_changes_the_entry_in_place(fair: Fair, office: PostOffice) -> None:
    paid(fair, person(fair.store, "Ada"))
    set_type(fair, fair.regular, price_minor=0)
    buy(fair)
    deliver(fair.store)
    before = {name: last(office, name)[1] for name in ("ada", "zoe")}
    later = fair.event.starts_at + timedelta(days=1)
    move(fair, later)
    fair.store.clock = lambda: EARLY + timedelta(hours=1)
    deliver(fair.store)
    for name in ("ada", "zoe"):
        method, entry = last(office, name)
        assert (method, entry["sequence"]) == ("REQUEST", 1)
        assert entry["uid"] == before[name]["uid"]
        assert entry.start == later
        assert entry["dtstamp"].dt > before[name]["dtstamp"].dt


def test_each_booking_of_a_person_is_changed(fair: Fair, office: PostOffice) -> None:
    ada = person(fair.store, "Ada")
    both = {f"{paid(fair, ada).ticket_ids[0]}@eventdesk" for _ in range(2)}
    move(fair, fair.event.starts_at + timedelta(days=1))
    office.letters.clear()
    deliver(fair.store)
    (change,) = [each for each in office.letters if "other times" in each["Subject"]]
    assert methods_in(change) == dict.fromkeys(both, "REQUEST")


def test_a_cancelled_event_takes_the_entry_out(fair: Fair, office: PostOffice) -> None:
    paid(fair, person(fair.store, "Ada"))
    deliver(fair.store)
    _method, before = last(office, "ada")
    cancel_event(fair.store, SUPERVISOR.at(EARLY), fair.event.id, reason="Storm")
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["status"], entry["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert entry["uid"] == before["uid"]
    assert not entry.alarms.times


def test_a_cancelled_booking_takes_the_entry_out(fair: Fair, office: PostOffice) -> None:
    booked = paid(fair, person(fair.store, "Ada"))
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, reason="ill")
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["status"], entry["sequence"]) == ("CANCEL", "CANCELLED", 1)


def test_a_booking_keeps_its_entry_while_a_ticket_of_it_is_left(
    fair: Fair, office: PostOffice
) -> None:
    booked = paid(fair, person(fair.store, "Ada"), "Ada", "Kim")
    first, second = booked.ticket_ids
    cancel_tickets(fair.store, SUPERVISOR.at(EARLY), [first], reason="ill")
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["uid"], entry["sequence"]) == ("REQUEST", f"{first}@eventdesk", 1)
    cancel_tickets(fair.store, SUPERVISOR.at(EARLY), [second], reason="ill")
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["uid"], entry["sequence"]) == ("CANCEL", f"{first}@eventdesk", 2)


def test_a_holder_with_an_own_address_is_told_when_their_ticket_ends(
    fair: Fair, office: PostOffice
) -> None:
    set_type(fair, fair.regular, price_minor=0)
    ada = person(fair.store, "Ada")
    names = ("ada", "kim")
    guests = tuple(NewTicket(fair.regular, name, f"{name}@example.org") for name in names)
    booking = NewBooking("Ada", "ada@example.org", guests)
    booked = order(fair.store, ada.at(EARLY), fair.event.id, booking)
    deliver(fair.store)
    kims = f"{booked.ticket_ids[1]}@eventdesk"
    assert last(office, "kim")[1]["uid"] == kims
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, reason="ill")
    office.letters.clear()
    deliver(fair.store)
    assert len(office.letters) == 2
    method, entry = last(office, "kim")
    assert (method, entry["uid"]) == ("CANCEL", kims)


def test_a_ticket_that_was_handed_on_moves_to_the_other_calendar_and_back(
    fair: Fair, office: PostOffice
) -> None:
    ada, bob = person(fair.store, "Ada"), person(fair.store, "Bob")
    (given,) = paid(fair, ada).ticket_ids
    transfer_ticket(fair.store, ada.at(EARLY), given, name="Bob", email="bob@example.org")
    deliver(fair.store)
    method, gone = last(office, "ada")
    assert method == "CANCEL"
    assert last(office, "bob")[0] == "REQUEST"
    transfer_ticket(fair.store, bob.at(EARLY), given, name="Ada", email="ada@example.org")
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["uid"]) == ("REQUEST", gone["uid"])
    assert entry["sequence"] > gone["sequence"]


def test_a_ticket_that_its_holder_hands_on_leaves_their_calendar_too(
    fair: Fair, office: PostOffice
) -> None:
    ada, bob = person(fair.store, "Ada"), person(fair.store, "Bob")
    person(fair.store, "Cleo")
    (given, _kept) = paid(fair, ada, "Ada", "Kim").ticket_ids
    transfer_ticket(fair.store, ada.at(EARLY), given, name="Bob", email="bob@example.org")
    deliver(fair.store)
    method, had = last(office, "bob")
    assert (method, had["uid"]) == ("REQUEST", f"{given}@eventdesk")
    transfer_ticket(fair.store, bob.at(EARLY), given, name="Cleo", email="cleo@example.org")
    office.letters.clear()
    deliver(fair.store)
    method, gone = last(office, "bob")
    assert (method, gone["status"], gone["uid"]) == ("CANCEL", "CANCELLED", had["uid"])
    assert gone["sequence"] > had["sequence"]
    assert last(office, "cleo")[0] == "REQUEST"
    names = [each["To"].addresses[0].username for each in office.letters]
    assert sorted(names) == ["bob", "cleo"]


def test_who_hands_one_of_two_tickets_on_keeps_an_entry(fair: Fair, office: PostOffice) -> None:
    ada, bob = person(fair.store, "Ada"), person(fair.store, "Bob")
    first, second = paid(fair, ada, "Ada", "Kim").ticket_ids
    for each in (first, second):
        transfer_ticket(fair.store, ada.at(EARLY), each, name="Bob", email="bob@example.org")
    transfer_ticket(fair.store, bob.at(EARLY), first, name="Zoe", email="zoe@example.org")
    deliver(fair.store)
    (letter,) = [each for each in office.letters if _is_to(each, "bob", "was handed on")]
    assert methods_in(letter) == {f"{first}@eventdesk": "CANCEL", f"{second}@eventdesk": "REQUEST"}


def _is_to(letter: EmailMessage, name: str, said: str) -> bool:
    return letter["To"].addresses[0].username == name and said in letter["Subject"]


def methods_in(letter: EmailMessage) -> dict[str, str]:
    """What the files of a letter do, by the UIDs of their entries."""
    files = [part for part in letter.walk() if part.get_content_type() == "application/ics"]
    read: list[Any] = [Calendar.from_ical(content_of(part)) for part in files]
    return {str(each.walk("VEVENT")[0]["uid"]): str(each["method"]) for each in read}


def test_a_new_code_keeps_the_entry(fair: Fair, office: PostOffice) -> None:
    booked = paid(fair, person(fair.store, "Ada"))
    deliver(fair.store)
    reissue(fair.store, SUPERVISOR.at(EARLY), booked.ticket_ids[0], reason="phone lost")
    move(fair, fair.event.starts_at + timedelta(days=1))
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["sequence"]) == ("REQUEST", 2)


def test_an_approved_booking_is_invited_and_a_refused_one_is_told_without(
    fair: Fair, office: PostOffice
) -> None:
    set_type(fair, fair.regular, price_minor=0, needs_approval=True)
    for name, approves in (("Ada", True), ("Bob", False)):
        booked = order_for(fair, person(fair.store, name))
        if approves:
            approve_booking(fair.store, SUPERVISOR.at(EARLY), booked.booking_id)
        else:
            refuse_booking(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, reason="full")
    deliver(fair.store)
    assert last(office, "ada")[0] == "REQUEST"
    to_bob = [each for each in office.letters if each["To"].addresses[0].username == "bob"]
    assert [invitation_in(each) for each in to_bob] == [None, None]


def test_what_was_not_paid_in_time_was_never_in_a_calendar(fair: Fair, office: PostOffice) -> None:
    order_for(fair, person(fair.store, "Ada"))
    sweep(fair.store, SYSTEM.at(EARLY + timedelta(days=1)))
    deliver(fair.store)
    assert all(invitation_in(each) is None for each in office.letters)


def test_a_hostile_name_adds_no_line_to_the_calendar(fair: Fair, office: PostOffice) -> None:
    set_type(fair, fair.regular, price_minor=0)
    bought = buy(fair)
    name = 'Zoe";X=1:mailto:eve@example.org\r\nATTENDEE:mailto:eve@example.org'
    with fair.store.write() as connection:
        connection.execute(update(BookingRow).values(name=name))
    deliver(fair.store)
    _method, entry = last(office, "zoe")
    assert entry["attendee"] == "mailto:zoe@example.org"
    assert "X" not in entry["attendee"].params
    (ticket,) = tickets_of(fair.store, bought.booked.booking_id)
    assert entry["uid"] == f"{ticket.id}@eventdesk"


@pytest.fixture
def talk(fair: Fair) -> Session:
    """A session of the event that people sign up for."""
    begins = fair.event.starts_at + timedelta(hours=1)
    new = NewSession("Compilers", begins, begins + timedelta(hours=1), sign_up=True, capacity=1)
    return add_session(fair.store, SUPERVISOR.at(EARLY), fair.event.id, new).session


def moved(fair: Fair, talk: Session, hours: int) -> datetime:
    """Move a session to so many hours after its beginning; returns when it begins."""
    begins = talk.starts_at + timedelta(hours=hours)
    new = NewSession("Compilers", begins, begins + timedelta(hours=1), sign_up=True, capacity=1)
    change_session(fair.store, SUPERVISOR.at(EARLY), talk.id, new)
    deliver(fair.store)
    return begins


def test_a_session_that_moves_is_moved_in_the_calendar_of_who_signed_up(
    fair: Fair, office: PostOffice, talk: Session
) -> None:
    ada = person(fair.store, "Ada")
    paid(fair, ada)
    sign_up_for_session(fair.store, ada.at(EARLY), talk.id)
    saved: Any = Calendar.from_ical(
        programme_calendar(fair.store, ada.at(EARLY), fair.event.id).content
    )
    (before,) = saved.walk("VEVENT")
    begins = moved(fair, talk, 2)
    method, entry = last(office, "ada")
    assert (method, entry["uid"], entry["sequence"]) == ("REQUEST", before["uid"], 1)
    assert (entry.start, str(entry["summary"])) == (begins, "Compilers")
    assert entry["attendee"] == "mailto:ada@example.org"
    assert entry.alarms.times[0].trigger == begins - timedelta(minutes=10)
    begins = moved(fair, talk, 3)
    method, entry = last(office, "ada")
    assert (method, entry["sequence"], entry.start) == ("REQUEST", 2, begins)


def test_a_session_that_is_called_off_is_taken_out_and_put_in_again(
    fair: Fair, office: PostOffice, talk: Session
) -> None:
    ada = person(fair.store, "Ada")
    paid(fair, ada)
    sign_up_for_session(fair.store, ada.at(EARLY), talk.id)
    moved(fair, talk, 1)
    before = last(office, "ada")[1]["sequence"]
    cancel_session(fair.store, SUPERVISOR.at(EARLY), talk.id, reason="Ill.")
    deliver(fair.store)
    method, entry = last(office, "ada")
    assert (method, entry["status"], entry["uid"]) == (
        "CANCEL",
        "CANCELLED",
        f"{talk.id}@eventdesk",
    )
    assert entry["sequence"] > before
    restore_session(fair.store, SUPERVISOR.at(EARLY), talk.id)
    deliver(fair.store)
    method, again = last(office, "ada")
    assert (method, again["status"]) == ("REQUEST", "CONFIRMED")
    assert again["sequence"] > entry["sequence"]


def test_who_waits_for_a_session_or_left_it_gets_no_entry(
    fair: Fair, office: PostOffice, talk: Session
) -> None:
    ada, bob = person(fair.store, "Ada"), person(fair.store, "Bob")
    for each in (ada, bob):
        paid(fair, each)
        sign_up_for_session(fair.store, each.at(EARLY), talk.id)
    deliver(fair.store)
    office.letters.clear()
    moved(fair, talk, 1)
    found = {each["To"].addresses[0].username: invitation_in(each) for each in office.letters}
    assert found.keys() == {"ada", "bob"}
    assert found["ada"] is not None
    assert found["bob"] is None


def test_a_cancelled_event_takes_sessions_out_that_calendars_know(
    fair: Fair, office: PostOffice, talk: Session
) -> None:
    ada, bob = person(fair.store, "Ada"), person(fair.store, "Bob")
    for each in (ada, bob):
        booked = paid(fair, each)
    sign_up_for_session(fair.store, ada.at(EARLY), talk.id)
    begins = talk.starts_at
    other = NewSession("Unknown", begins, begins + timedelta(hours=1), sign_up=True)
    unknown = add_session(fair.store, SUPERVISOR.at(EARLY), fair.event.id, other).session
    sign_up_for_session(fair.store, ada.at(EARLY), unknown.id, despite_conflict=True)
    moved(fair, talk, 1)
    cancel_event(fair.store, SUPERVISOR.at(EARLY), fair.event.id, reason="Storm")
    office.letters.clear()
    deliver(fair.store)
    taken = {
        each["To"].addresses[0].username: methods_in(each)
        for each in office.letters
        if methods_in(each)
    }
    assert taken["ada"][f"{talk.id}@eventdesk"] == "CANCEL"
    assert len(taken["ada"]) == 2
    assert taken["bob"] == {f"{booked.ticket_ids[0]}@eventdesk": "CANCEL"}
