"""A person's own programme: places in sessions, clashes, waitlists."""

from datetime import timedelta
from uuid import UUID

import pytest
from icalendar import Calendar
from sqlalchemy import insert, update

from data.schema import TicketRow, TicketTypeSessionRow
from data.store import Store
from eventdesk.acts import SYSTEM, Actor, watch_clock
from eventdesk.booking import cancel_booking, upgrade_ticket
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.waiting import (
    EntryState,
    Going,
    ProgrammeItem,
    accept,
    join,
    leave_session,
    my_entries,
    my_programme,
    programme_calendar,
    sign_up_for_session,
)
from tests.build import NOON, Fair
from tests.figures.crowd import (
    EARLY,
    add_session,
    audited,
    entries,
    invite_vip,
    lapse,
    notices,
    offered,
    person,
    refill,
    set_event,
    ticket_for,
)


def guest(fair: Fair, name: str) -> Actor:
    """A person with a ticket."""
    made = person(fair.store, name)
    ticket_for(fair, made)
    return made


def item(fair: Fair, actor: Actor, session_id: UUID) -> ProgrammeItem:
    own = my_programme(fair.store, actor.at(EARLY), fair.event.id)
    return next(each for each in own.items if each.session_id == session_id)


def test_who_signs_up_has_the_session_in_the_own_programme(store: Store, fair: Fair) -> None:
    ada, session_id = guest(fair, "Ada"), add_session(fair, "Engines", capacity=2)
    assert item(fair, ada, session_id).going is Going.FREE
    assert sign_up_for_session(store, ada.at(EARLY), session_id).going is Going.SIGNED_UP
    assert sign_up_for_session(store, ada.at(EARLY), session_id).going is Going.SIGNED_UP
    own = item(fair, ada, session_id)
    assert (own.going, own.left) == (Going.SIGNED_UP, 1)
    assert audited(store, "sign_up") == ["sign_up"]


@pytest.mark.parametrize("booking", [{"paid": False}, {"approved": False}])
def test_a_ticket_that_is_unpaid_or_not_approved_holds_no_session(
    store: Store, fair: Fair, booking: dict[str, bool]
) -> None:
    ada, session_id = person(store, "Ada"), add_session(fair, "Engines")
    with pytest.raises(NotAllowedError):
        sign_up_for_session(store, ada.at(EARLY), session_id)
    ticket_for(fair, ada, None, **booking)
    with pytest.raises(NotAllowedError):
        sign_up_for_session(store, ada.at(EARLY), session_id)
    assert item(fair, ada, session_id).going is Going.NOT_FOR_TICKET
    with pytest.raises(NotAllowedError):
        sign_up_for_session(store, SYSTEM.at(EARLY), session_id)


def test_a_ticket_for_some_sessions_lets_in_to_those_only(store: Store, fair: Fair) -> None:
    ada = guest(fair, "Ada")
    workshop, talk = add_session(fair, "Workshop"), add_session(fair, "Talk")
    with store.write() as connection:
        connection.execute(
            insert(TicketTypeSessionRow).values(ticket_type_id=fair.regular, session_id=talk)
        )
    with pytest.raises(NotAllowedError):
        sign_up_for_session(store, ada.at(EARLY), workshop)
    assert sign_up_for_session(store, ada.at(EARLY), talk).going is Going.SIGNED_UP
    ticket_for(fair, ada, fair.vip)
    assert item(fair, ada, workshop).clashes == ("Talk",)
    assert sign_up_for_session(store, ada.at(EARLY), workshop, despite_conflict=True).clashes


def test_a_ticket_handed_on_is_its_holders(store: Store, fair: Fair) -> None:
    ada, bob = person(store, "Ada"), person(store, "Bob")
    booked, session_id = ticket_for(fair, ada), add_session(fair, "Engines")
    with store.write() as connection:
        handed = update(TicketRow).where(TicketRow.id == booked.ticket_ids[0])
        connection.execute(handed.values(account_id=bob.id))
    with pytest.raises(NotAllowedError):
        sign_up_for_session(store, ada.at(EARLY), session_id)
    assert sign_up_for_session(store, bob.at(EARLY), session_id).going is Going.SIGNED_UP


@pytest.mark.parametrize(
    "values",
    [{"sign_up": False}, {"cancelled_at": EARLY}, {"starts_at": EARLY - timedelta(hours=1)}],
)
def test_one_signs_up_only_for_what_is_still_to_come(
    store: Store, fair: Fair, values: dict[str, object]
) -> None:
    ada, session_id = guest(fair, "Ada"), add_session(fair, "Engines", **values)
    with pytest.raises(InvalidInputError, match="This session"):
        sign_up_for_session(store, ada.at(EARLY), session_id)


def test_a_clash_is_told_first_and_done_when_it_is_wanted(store: Store, fair: Fair) -> None:
    ada = guest(fair, "Ada")
    first = add_session(fair, "Engines")
    second = add_session(fair, "Looms", starts_at=NOON + timedelta(minutes=30))
    after = add_session(fair, "Tea", starts_at=NOON + timedelta(minutes=60))
    sign_up_for_session(store, ada.at(EARLY), first)
    told = sign_up_for_session(store, ada.at(EARLY), second)
    assert told.going is Going.FREE
    assert [clash.title for clash in told.clashes] == ["Engines"]
    assert item(fair, ada, second).going is Going.FREE
    done = sign_up_for_session(store, ada.at(EARLY), second, despite_conflict=True)
    assert (done.going, len(done.clashes)) == (Going.SIGNED_UP, 1)
    assert [clash.title for clash in sign_up_for_session(store, ada.at(EARLY), after).clashes] == [
        "Looms"
    ]


def test_a_full_session_puts_on_its_waitlist_vips_first(store: Store, fair: Fair) -> None:
    people = [guest(fair, name) for name in ("Ada", "Bob", "Cid", "Vic")]
    invite_vip(fair, people[3])
    session_id = add_session(fair, "Engines")
    results = [sign_up_for_session(store, each.at(EARLY), session_id) for each in people]
    assert [each.going for each in results] == [Going.SIGNED_UP, *[Going.WAITING] * 3]
    assert [each.place for each in results] == [None, 1, 2, 1]
    assert sign_up_for_session(store, people[1].at(EARLY), session_id).place == 2
    own = item(fair, people[1], session_id)
    assert (own.going, own.place, own.left) == (Going.WAITING, 2, 0)
    assert item(fair, guest(fair, "Dan"), session_id).going is Going.FULL


def test_a_freed_place_is_given_to_the_next_at_once(store: Store, fair: Fair) -> None:
    ada, bob = guest(fair, "Ada"), guest(fair, "Bob")
    session_id = add_session(fair, "Engines")
    for each in (ada, bob):
        sign_up_for_session(store, each.at(EARLY), session_id)
    assert leave_session(store, ada.at(EARLY), session_id) is Going.SIGNED_UP
    assert item(fair, bob, session_id).going is Going.SIGNED_UP
    assert notices(store, bob)[-1] == ("change", "You have a place: Engines")
    with pytest.raises(NotFoundError, match="You are not signed up for this session"):
        leave_session(store, ada.at(EARLY), session_id)


def test_a_place_that_clashes_meanwhile_is_offered_instead(store: Store, fair: Fair) -> None:
    ada, bob, cid = (guest(fair, name) for name in ("Ada", "Bob", "Cid"))
    session_id, other = add_session(fair, "Engines"), add_session(fair, "Looms", capacity=None)
    for each in (ada, bob, cid):
        sign_up_for_session(store, each.at(EARLY), session_id)
    sign_up_for_session(store, bob.at(EARLY), other)
    leave_session(store, ada.at(EARLY), session_id)
    own = item(fair, bob, session_id)
    assert (own.going, own.offer_until) == (Going.OFFERED, EARLY + timedelta(minutes=120))
    with pytest.raises(InvalidInputError, match="This is a session"):
        accept(store, bob.at(EARLY), my_entries(store, bob.at(EARLY))[0].id)
    assert sign_up_for_session(store, bob.at(EARLY), session_id, despite_conflict=True).clashes
    assert entries(store)[0] == ("Bob", EntryState.TAKEN)
    assert item(fair, bob, session_id).going is Going.SIGNED_UP
    assert item(fair, cid, session_id).going is Going.WAITING


def test_an_offered_place_that_lapses_goes_to_the_next(store: Store, fair: Fair) -> None:
    ada, bob, cid = (guest(fair, name) for name in ("Ada", "Bob", "Cid"))
    session_id, other = add_session(fair, "Engines"), add_session(fair, "Looms")
    for each in (ada, bob, cid):
        sign_up_for_session(store, each.at(EARLY), session_id)
    sign_up_for_session(store, bob.at(EARLY), other)
    leave_session(store, ada.at(EARLY), session_id)
    assert offered(store) == ["Bob"]
    lapse(fair, EARLY + timedelta(hours=2))
    assert item(fair, cid, session_id).going is Going.SIGNED_UP


def test_an_offered_place_is_kept_while_the_clock_is_not_believed(store: Store, fair: Fair) -> None:
    ada, bob = guest(fair, "Ada"), guest(fair, "Bob")
    session_id, other = add_session(fair, "Engines"), add_session(fair, "Looms")
    for each in (ada, bob):
        sign_up_for_session(store, each.at(EARLY), session_id)
    sign_up_for_session(store, bob.at(EARLY), other)
    leave_session(store, ada.at(EARLY), session_id)
    watch_clock(store, SYSTEM.at(EARLY))
    ahead = EARLY + timedelta(days=2)
    result = sign_up_for_session(store, bob.at(ahead), session_id, despite_conflict=True)
    assert result.going is Going.SIGNED_UP


def test_who_has_no_ticket_any_more_makes_room(store: Store, fair: Fair) -> None:
    ada, bob, cid = person(store, "Ada"), guest(fair, "Bob"), guest(fair, "Cid")
    booked, session_id = ticket_for(fair, ada), add_session(fair, "Engines")
    for each in (ada, bob):
        sign_up_for_session(store, each.at(EARLY), session_id)
    with store.write() as connection:
        gone = update(TicketRow).where(TicketRow.id == booked.ticket_ids[0])
        connection.execute(gone.values(state="cancelled"))
    refill(fair)
    assert item(fair, bob, session_id).going is Going.SIGNED_UP
    assert audited(store, "forfeit_session") == ["forfeit_session"]
    assert sign_up_for_session(store, cid.at(EARLY), session_id).going is Going.WAITING


def test_one_waits_for_a_session_only_when_it_is_full_and_with_a_ticket(
    store: Store, fair: Fair
) -> None:
    ada, session_id = guest(fair, "Ada"), add_session(fair, "Engines")
    with pytest.raises(InvalidInputError, match="places left"):
        join(store, ada.at(EARLY), fair.event.id, session_id=session_id)
    sign_up_for_session(store, guest(fair, "Bob").at(EARLY), session_id)
    assert join(store, ada.at(EARLY), fair.event.id, session_id=session_id).place == 1
    with pytest.raises(InvalidInputError, match="ticket"):
        join(store, person(store, "Eve").at(EARLY), fair.event.id, session_id=session_id)


def test_sessions_without_sign_up_are_in_everybodys_programme(store: Store, fair: Fair) -> None:
    session_id = add_session(fair, "Keynote", sign_up=False, capacity=None)
    own = my_programme(store, guest(fair, "Ada").at(EARLY), fair.event.id)
    assert [(each.session_id, each.going) for each in own.items] == [(session_id, Going.OPEN)]
    assert own.has_ticket
    assert own.items[0].going.in_programme


def test_who_has_to_pay_for_another_type_keeps_the_place_until_the_booking_ends(
    store: Store, fair: Fair
) -> None:
    ada, bob = person(store, "Ada"), guest(fair, "Bob")
    booked, session_id = ticket_for(fair, ada), add_session(fair, "Engines")
    sign_up_for_session(store, ada.at(EARLY), session_id)
    sign_up_for_session(store, bob.at(EARLY), session_id)
    upgrade_ticket(store, ada.at(EARLY), booked.ticket_ids[0], fair.vip)
    refill(fair)
    assert entries(store) == [("Bob", EntryState.WAITING)]
    assert item(fair, ada, session_id).going is Going.SIGNED_UP
    cancel_booking(store, SYSTEM.at(EARLY), booked.booking_id, reason="")
    assert entries(store) == [("Bob", EntryState.TAKEN)]


def test_the_programme_of_an_event_that_nobody_may_see_is_not_there(
    store: Store, fair: Fair
) -> None:
    ada = person(store, "Ada")
    add_session(fair, "Engines")
    set_event(fair, visibility="private", access_code="OPENME")
    with pytest.raises(NotFoundError):
        my_programme(store, ada.at(EARLY), fair.event.id)
    assert my_programme(store, ada.at(EARLY), fair.event.id, code="OPENME").items
    ticket_for(fair, ada)
    assert my_programme(store, ada.at(EARLY), fair.event.id).has_ticket


def test_a_calendar_file_has_the_chosen_sessions_only(store: Store, fair: Fair) -> None:
    ada, chosen = guest(fair, "Ada"), add_session(fair, "Engines")
    add_session(fair, "Looms")
    with pytest.raises(InvalidInputError):
        programme_calendar(store, ada.at(EARLY), fair.event.id)
    sign_up_for_session(store, ada.at(EARLY), chosen)
    made = programme_calendar(store, ada.at(EARLY), fair.event.id)
    [entry] = Calendar.from_ical(made.content).walk("VEVENT")
    assert (entry["summary"], entry["description"]) == ("Engines", "Demo Days")
