"""The own programme, waitlists and requests, by the keys that people press."""

from datetime import timedelta
from uuid import UUID

import pytest
from textual.pilot import Pilot

from eventdesk.acts import Actor
from eventdesk.core.serving import noted_serving
from eventdesk.events import RequestState, event_detail
from eventdesk.sales import NewQuestion, add_question
from eventdesk.waiting import (
    EntryState,
    Going,
    join,
    my_calendar_link,
    my_programme,
    my_requests,
    open_queue,
    sign_up_for_session,
)
from screens.accounts.sign_in_screen import SignInScreen
from screens.attendee.attendee_screen import AttendeeScreen
from screens.attendee.book_screen import BookScreen
from screens.attendee.calendar_dialog import CalendarDialog
from screens.attendee.checkout import PeopleDialog
from screens.attendee.waiting_part import WaitingScreen
from screens.core.parts_screen import PartsScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.money.payment_dialog import PaymentDialog
from tests.build import NOON, SUPERVISOR, Fair
from tests.figures.crowd import (
    EARLY,
    add_session,
    entries,
    free,
    person,
    sell_out,
    set_event,
    ticket_for,
)
from tests.screens.stage import Stage, noted, page, reads, shown, typed, until

pytestmark = pytest.mark.long

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


async def attendee(pilot: Pilot[None], actor: Actor, part: str) -> None:
    tools = pilot.app.tools  # type: ignore[attr-defined]
    await opened(pilot, AttendeeScreen(tools, actor), part)


def crowd(fair: Fair, *names: str) -> list[Actor]:
    """People who wait for a regular ticket, which is sold out."""
    sell_out(fair, fair.regular)
    people = [person(fair.store, name) for name in names]
    for each in people:
        join(fair.store, each.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    return people


def going(stage: Stage, actor: Actor, session_id: UUID) -> Going:
    own = my_programme(stage.fair.store, actor.at(EARLY), stage.fair.event.id)
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
    sign_up_for_session(store, ada.at(EARLY), first)
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
    sign_up_for_session(store, bob.at(EARLY), session_id)
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
        store, SUPERVISOR.at(EARLY), fair.event.id, NewQuestion("Which menu?", required=True)
    )
    ada = person(store, "Ada")
    join(store, ada.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
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
        await shown(pilot, PaymentDialog)
        await reads(pilot, "120.00 EUR are due until")
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
    window = {"queue_from": EARLY, "queue_until": until_at}
    open_queue(store, SUPERVISOR.at(EARLY), fair.event.id, **window, by_lot=True)
    ada = person(store, "Ada")
    detail = event_detail(store, ada.at(EARLY), fair.event.id)
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


async def test_the_address_of_ones_calendar_is_made_shown_and_ended(early: Stage) -> None:
    ada = person(early.fair.store, "Ada")
    ticket_for(early.fair, ada)
    home = early.fair.store.home
    with noted_serving(home, ("https://desk.example.org",)):
        async with early.app().run_test(size=(80, 24)) as pilot:
            await attendee(pilot, ada, "programme")
            await pilot.press("c")
            dialog = await shown(pilot, CalendarDialog)
            await reads(pilot, "N makes the address")
            await pilot.press("n")
            await reads(pilot, "N makes it anew")
            link = my_calendar_link(early.fair.store, ada)
            assert dialog.encoded == f"https://desk.example.org/calendar/{link}.ics"
            assert dialog.query_one("#code").display
            await pilot.press("e")
            await shown(pilot, YesNo)
            await pilot.press("enter")
            await reads(pilot, "N makes the address")
            assert my_calendar_link(early.fair.store, ada) == ""
