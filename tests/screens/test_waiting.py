"""Waitlists and the queue on the organizer's screen, own programme and waitlists on the guest's."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from textual.pilot import Pilot

from data.schema import AccountRow
from eventdesk.model.opening import RequestState
from eventdesk.model.own_programme import Going
from eventdesk.model.people import Actor, ActorKind, Role
from eventdesk.model.waiting import EntryState
from eventdesk.usecases.event_view import event_detail
from eventdesk.usecases.questions import NewQuestion, add_question
from eventdesk.usecases.queue import ask, my_requests, open_queue, queue_summary
from eventdesk.usecases.registration import NewBooking, NewTicket
from eventdesk.usecases.sign_ups import my_programme, sign_up
from eventdesk.usecases.waitlist import join, my_entries
from screens.attendee.attendee_screen import AttendeeScreen
from screens.attendee.book_screen import BookScreen
from screens.attendee.people_dialog import PeopleDialog
from screens.attendee.waiting_screen import WaitingScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.organizer.event_screen import EventScreen
from screens.parts_screen import PartsScreen
from screens.sign_in_screen import SignInScreen
from tests.build import NOON, SUPERVISOR, Fair
from tests.screens.stage import Stage, noted, page, reads, shown, typed, until
from tests.usecases.crowd import (
    EARLY,
    add_session,
    entries,
    free,
    notices,
    person,
    sell_out,
    set_event,
    set_type,
    ticket_for,
)

WIDE = (160, 48)


@pytest.fixture
def early(stage: Stage) -> Stage:
    """The stage a month before the event."""
    stage.clock[0] = EARLY
    return stage


async def opened(pilot: Pilot[None], screen: PartsScreen, part: str) -> None:
    """Open a part of a screen and give it the keyboard."""
    await shown(pilot, SignInScreen)
    pilot.app.push_screen(screen)
    await shown(pilot, type(screen))
    screen.open_part(part, enter=True)
    await until(pilot, lambda: screen.tab is not None and screen.tab.id == f"tab-{part}")
    tab = screen.tab
    assert tab is not None
    await until(pilot, lambda: tab.has_focus_within)


async def organizer(pilot: Pilot[None], stage: Stage, part: str) -> None:
    tools = pilot.app.tools  # type: ignore[attr-defined]
    await opened(pilot, EventScreen(tools, SUPERVISOR, stage.fair.event), part)


async def attendee(pilot: Pilot[None], actor: Actor, part: str) -> None:
    tools = pilot.app.tools  # type: ignore[attr-defined]
    await opened(pilot, AttendeeScreen(tools, actor), part)


def crowd(fair: Fair, *names: str) -> list[Actor]:
    """People who wait for a regular ticket, which is sold out."""
    sell_out(fair, fair.regular)
    people = [person(fair.store, name) for name in names]
    for each in people:
        join(fair.store, each, fair.event.id, ticket_type_id=fair.regular, now=EARLY)
    return people


async def to_people(pilot: Pilot[None]) -> None:
    """Go from the waitlists to those who wait."""
    await pilot.press("enter")
    await pilot.pause()


async def test_the_team_sees_who_waits_and_moves_somebody_up(early: Stage) -> None:
    store = early.fair.store
    crowd(early.fair, "Ada [b]Bold[/b]", "Bob")
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "Ada [b]Bold[/b]")
        await reads(pilot, "… waits")
        await to_people(pilot)
        await pilot.press("down", "u")
        await reads(pilot, "moved up")
        assert [entry.place for entry in my_entries(store, person_named(early, "Bob"))] == [1]


def person_named(stage: Stage, name: str) -> Actor:
    """The account with this name, as its holder."""
    with stage.fair.store.read() as connection:
        found = connection.execute(select(AccountRow.id).where(AccountRow.name == name))
        return Actor(ActorKind.ACCOUNT, found.scalar_one(), name, Role.ATTENDEE)


async def test_the_team_offers_a_free_place_and_hears_when_there_is_none(early: Stage) -> None:
    fair = early.fair
    crowd(fair, "Ada", "Bob")
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "Bob")
        await to_people(pilot)
        await pilot.press("o")
        await noted(pilot, "There is no free place")
        set_type(fair.store, fair.regular, quota=2)
        await pilot.press("down", "o")
        await reads(pilot, "! offered")
        assert entries(fair.store)[1] == ("Bob", EntryState.OFFERED)


async def test_places_are_given_with_one_key(early: Stage) -> None:
    fair = early.fair
    crowd(fair, "Ada", "Bob")
    set_type(fair.store, fair.regular, quota=3)
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "Bob")
        await pilot.press("g")
        await noted(pilot, "2 places were given or offered")
        await until(pilot, lambda: page(pilot).count("! offered") == 2)


async def test_who_is_taken_off_the_waitlist_is_among_the_ended(early: Stage) -> None:
    crowd(early.fair, "Ada", "Bob")
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "Bob")
        await to_people(pilot)
        await pilot.press("delete")
        await shown(pilot, TextQuestion)
        await typed(pilot, "Asked by phone")
        await pilot.press("enter")
        await shown(pilot, EventScreen)
        await until(pilot, lambda: "Ada" not in page(pilot))
        await pilot.press("h")
        await reads(pilot, "– left")
        assert notices(early.fair.store, person_named(early, "Ada")) != []


async def test_the_team_writes_somebody_down(early: Stage) -> None:
    fair = early.fair
    sell_out(fair, fair.regular)
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "Nobody waits")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["name"].put("Walter")
        dialog.form.fields["email"].put("walter@example.org")
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
        await reads(pilot, "walter@example.org")
        assert entries(fair.store) == [("Walter", EntryState.WAITING)]


async def test_a_waitlist_is_chosen_above_its_people(early: Stage) -> None:
    fair = early.fair
    crowd(fair, "Ada")
    sell_out(fair, fair.vip)
    vic = person(fair.store, "Vic")
    join(fair.store, vic, fair.event.id, ticket_type_id=fair.vip, now=EARLY)
    async with early.app().run_test(size=(80, 24)) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "Vic")
        await pilot.press("down", "down")
        await until(pilot, lambda: "Ada" not in page(pilot) and "Vic" in page(pilot))


# The queue


async def test_the_window_is_opened_and_the_requests_are_taken(early: Stage) -> None:
    fair, store = early.fair, early.fair.store
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "queue")
        await reads(pilot, "No window for requests")
        await pilot.press("w")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["from"].put(EARLY)
        dialog.form.fields["until"].put(EARLY + timedelta(hours=1))
        await pilot.press("ctrl+s")
        await reads(pilot, "✓ Requests are collected until")
        set_type(store, fair.regular, quota=30)
        for n in range(40):
            wish = NewBooking(f"P{n}", "", (NewTicket(fair.regular, f"P{n}"),))
            ask(store, person(store, f"P{n}"), fair.event.id, wish, now=EARLY)
        early.clock[0] = EARLY + timedelta(hours=1)
        await reads(pilot, "40 waiting")
        await pilot.press("f5")
        await reads(pilot, "Press R to take the requests")
        await pilot.press("r")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "30 confirmed")
        await reads(pilot, "10 sold out")
        await reads(pilot, "Regular 0 left")
        standing = queue_summary(store, SUPERVISOR, fair.event.id, now=early.clock[0])
        assert (standing.waiting, standing.confirmed) == (0, 30)


async def test_a_run_can_be_stopped_and_goes_on(early: Stage) -> None:
    fair, store = early.fair, early.fair.store
    until_at = EARLY + timedelta(hours=1)
    open_queue(store, SUPERVISOR, fair.event.id, queue_from=EARLY, queue_until=until_at, now=EARLY)
    for n in range(60):
        wish = NewBooking(f"P{n}", "", (NewTicket(fair.regular, f"P{n}"),))
        ask(store, person(store, f"P{n}"), fair.event.id, wish, now=EARLY)
    early.clock[0] = until_at
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "queue")
        await reads(pilot, "60 waiting")
        await pilot.press("r")
        await shown(pilot, YesNo)
        await pilot.press("enter", "s")
        await shown(pilot, EventScreen)
        await until(pilot, lambda: "25 confirmed" in page(pilot) or "50 confirmed" in page(pilot))
        await pilot.press("r")
        await reads(pilot, "60 confirmed")


async def test_before_the_window_closes_nothing_is_taken(early: Stage) -> None:
    fair, store = early.fair, early.fair.store
    until_at = EARLY + timedelta(hours=1)
    open_queue(store, SUPERVISOR, fair.event.id, queue_from=EARLY, queue_until=until_at, now=EARLY)
    wish = NewBooking("Ada", "", (NewTicket(fair.regular, "Ada"),))
    ask(store, person(store, "Ada"), fair.event.id, wish, now=EARLY)
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "queue")
        await reads(pilot, "1 waiting")
        await pilot.press("r")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "Requests are still collected")


# What people see


def going(stage: Stage, actor: Actor, session_id: UUID) -> Going:
    own = my_programme(stage.fair.store, actor, stage.fair.event.id, now=EARLY)
    return next(each.going for each in own.items if each.session_id == session_id)


async def test_a_person_signs_up_and_leaves_with_a_key(early: Stage) -> None:
    ada = person(early.fair.store, "Ada")
    ticket_for(early.fair, ada)
    session_id = add_session(early.fair, "Engines [i]of[/i] today", capacity=3)
    add_session(early.fair, "Keynote", sign_up=False, starts_at=NOON - timedelta(hours=2))
    async with early.app().run_test(size=WIDE) as pilot:
        await attendee(pilot, ada, "programme")
        await reads(pilot, "Engines [i]of[/i] today")
        await reads(pilot, "· no sign-up")
        await reads(pilot, "○ 3 left")
        await pilot.press("down", "enter")
        await reads(pilot, "✓ signed up")
        assert going(early, ada, session_id) is Going.SIGNED_UP
        await pilot.press("enter")
        await reads(pilot, "○ 3 left")
        await pilot.press("m")
        await until(pilot, lambda: "Engines" not in page(pilot))
        await reads(pilot, "Keynote")


async def test_a_clash_is_asked_about_and_marked(early: Stage) -> None:
    store, fair = early.fair.store, early.fair
    ada = person(store, "Ada")
    ticket_for(fair, ada)
    first = add_session(fair, "Engines", capacity=3)
    second = add_session(fair, "Looms", capacity=3, starts_at=NOON + timedelta(minutes=30))
    sign_up(store, ada, first, now=EARLY)
    async with early.app().run_test(size=(80, 24)) as pilot:
        await attendee(pilot, ada, "programme")
        await reads(pilot, "Looms")
        await pilot.press("down", "enter")
        await shown(pilot, YesNo)
        await reads(pilot, "You are signed up for Engines")
        await pilot.press("escape")
        await shown(pilot, AttendeeScreen)
        assert going(early, ada, second) is Going.FREE
        await pilot.press("enter")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "! clash")
        assert going(early, ada, second) is Going.SIGNED_UP


async def test_a_full_session_shows_the_place_on_its_waitlist(early: Stage) -> None:
    store, fair = early.fair.store, early.fair
    ada, bob = person(store, "Ada"), person(store, "Bob")
    for each in (ada, bob):
        ticket_for(fair, each)
    session_id = add_session(fair, "Engines")
    sign_up(store, bob, session_id, now=EARLY)
    async with early.app().run_test(size=(80, 24)) as pilot:
        await attendee(pilot, ada, "programme")
        await reads(pilot, "✗ full: waitlist")
        await pilot.press("enter")
        await reads(pilot, "… waiting, no. 1")
        await pilot.press("enter")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "✗ full: waitlist")


async def test_without_a_programme_the_part_says_what_it_is_for(early: Stage) -> None:
    async with early.app().run_test(size=(80, 24)) as pilot:
        await attendee(pilot, person(early.fair.store, "Ada"), "programme")
        await reads(pilot, "No sessions here yet")


async def test_an_offered_place_is_taken_with_its_answers(early: Stage) -> None:
    fair, store = early.fair, early.fair.store
    (ticket,) = sell_out(fair, fair.regular)
    add_question(
        store, SUPERVISOR, fair.event.id, NewQuestion("Which menu?", required=True), now=EARLY
    )
    ada = person(store, "Ada")
    join(store, ada, fair.event.id, ticket_type_id=fair.regular, now=EARLY)
    async with early.app().run_test(size=WIDE) as pilot:
        await attendee(pilot, ada, "waiting")
        await reads(pilot, "… number 1")
        await pilot.press("enter")
        await noted(pilot, "Nothing is offered yet")
        free(fair, ticket)
        await reads(pilot, "! take it")
        await pilot.press("enter")
        await shown(pilot, FormDialog)
        await typed(pilot, "Fish")
        await pilot.press("ctrl+s")
        await shown(pilot, AttendeeScreen)
        await noted(pilot, "is made. Pay 120.00 EUR")
        assert entries(store) == [("Ada", EntryState.TAKEN)]


async def test_leaving_a_waitlist_is_confirmed(early: Stage) -> None:
    (ada,) = crowd(early.fair, "Ada")
    async with early.app().run_test(size=WIDE) as pilot:
        await attendee(pilot, ada, "waiting")
        await reads(pilot, "… number 1")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "You wait for nothing")
        assert entries(early.fair.store) == [("Ada", EntryState.LEFT)]


async def test_what_is_over_is_in_no_programme(early: Stage) -> None:
    ada = person(early.fair.store, "Ada")
    ticket_for(early.fair, ada)
    add_session(early.fair, "Engines")
    set_event(early.fair, ends_at=EARLY - timedelta(days=1), starts_at=EARLY - timedelta(days=2))
    async with early.app().run_test(size=(80, 24)) as pilot:
        await attendee(pilot, ada, "programme")
        await reads(pilot, "No sessions here yet")


async def test_while_requests_are_collected_booking_makes_one(early: Stage) -> None:
    fair, store = early.fair, early.fair.store
    until_at = EARLY + timedelta(hours=1)
    open_queue(store, SUPERVISOR, fair.event.id, queue_from=EARLY, queue_until=until_at, now=EARLY)
    ada = person(store, "Ada")
    detail = event_detail(store, ada, fair.event.id, now=EARLY)
    async with early.app().run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        tools = pilot.app.tools  # type: ignore[attr-defined]
        pilot.app.push_screen(BookScreen(tools, ada, detail))
        screen = await shown(pilot, BookScreen)
        await until(pilot, lambda: screen.offers)
        await pilot.press("2")
        await reads(pilot, "Together 240.00 EUR")
        await pilot.press("ctrl+s")
        dialog = await shown(pilot, PeopleDialog)
        await reads(pilot, "drawn by lot")
        dialog.form.fields["name-1"].put("Bob")
        dialog.form.fields["partly"].put(True)
        await pilot.press("ctrl+s")
        await noted(pilot, "Your request is in")
        await shown(pilot, SignInScreen)
        (request,) = my_requests(store, ada)
        assert (request.tickets, request.partly) == (2, True)

        pilot.app.push_screen(WaitingScreen(tools, ada, request.id))
        await reads(pilot, "Request: 2 tickets")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "You wait for nothing")
        assert my_requests(store, ada)[0].state is RequestState.CANCELLED
