"""Waitlists and the queue on the organizer's screen."""

import itertools
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from textual.pilot import Pilot

from data.schema import AccountRow
from eventdesk.acts import Actor, ActorKind, Role
from eventdesk.booking import NewBooking, NewTicket
from eventdesk.events import QueueSummary
from eventdesk.waiting import (
    EntryState,
    ask,
    join,
    my_entries,
    open_queue,
    queue_summary,
    run_queue,
)
from screens.accounts.sign_in_screen import SignInScreen
from screens.core.parts_screen import PartsScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.organizer import queue_tab
from screens.organizer.event_screen import EventScreen
from screens.organizer.queue_tab import QueueTab
from tests.build import SUPERVISOR, Fair
from tests.figures.crowd import EARLY, entries, notices, person, sell_out, set_type
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


async def organizer(pilot: Pilot[None], stage: Stage, part: str) -> None:
    tools = pilot.app.tools  # type: ignore[attr-defined]
    await opened(pilot, EventScreen(tools, SUPERVISOR, stage.fair.event), part)


def crowd(fair: Fair, *names: str) -> list[Actor]:
    """People who wait for a regular ticket, which is sold out."""
    sell_out(fair, fair.regular)
    people = [person(fair.store, name) for name in names]
    for each in people:
        join(fair.store, each.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
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
        assert [
            entry.place for entry in my_entries(store, person_named(early, "Bob").at(EARLY))
        ] == [1]


def person_named(stage: Stage, name: str) -> Actor:
    """The account with this name, as its holder."""
    with stage.fair.store.read() as connection:
        found = connection.execute(select(AccountRow.id).where(AccountRow.name == name))
        return Actor(ActorKind.ACCOUNT, found.scalar_one(), name, Role.ATTENDEE)


async def test_the_team_sees_for_how_many_somebody_waits(early: Stage) -> None:
    fair = early.fair
    sell_out(fair, fair.regular, 4)
    for name, places, fewer in (("Ada", 3, False), ("Bob", 4, True)):
        actor = person(fair.store, name).at(EARLY)
        party = {"places": places, "fewer": fewer}
        join(fair.store, actor, fair.event.id, ticket_type_id=fair.regular, **party)  # type: ignore[arg-type]
    async with early.app().run_test(size=(80, 24)) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "3 × Regular")
        await reads(pilot, "1–4 × Regular")
        await reads(pilot, "7")


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


async def test_where_no_wait_has_ended_it_says_how_to_see_who_waits(early: Stage) -> None:
    crowd(early.fair, "Ada")
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "waitlist")
        await reads(pilot, "Ada")
        await to_people(pilot)
        await pilot.press("h")
        await reads(pilot, "Nobody's wait has ended. Press H to show those who wait.")
        await pilot.press("h")
        await reads(pilot, "Ada")


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
        await reads(pilot, "Walter")
        assert entries(fair.store) == [("Walter", EntryState.WAITING)]


async def test_a_waitlist_is_chosen_above_its_people(early: Stage) -> None:
    fair = early.fair
    crowd(fair, "Ada")
    sell_out(fair, fair.vip)
    vic = person(fair.store, "Vic")
    join(fair.store, vic.at(EARLY), fair.event.id, ticket_type_id=fair.vip)
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
            ask(store, person(store, f"P{n}").at(EARLY), fair.event.id, wish)
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
        standing = queue_summary(store, SUPERVISOR.at(early.clock[0]), fair.event.id)
        assert (standing.waiting, standing.confirmed) == (0, 30)


async def test_a_run_can_be_stopped_and_goes_on(
    early: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, runs = threading.Event(), itertools.count()

    def run_but_wait(*args: Any, **kwargs: Any) -> QueueSummary:
        if next(runs):  # the first has been seen; the next ends only behind the stop
            assert stopped.wait(30)
        return run_queue(*args, **kwargs)

    monkeypatch.setattr(queue_tab, "run_queue", run_but_wait)
    fair, store = early.fair, early.fair.store
    until_at = EARLY + timedelta(hours=1)
    open_queue(store, SUPERVISOR.at(EARLY), fair.event.id, queue_from=EARLY, queue_until=until_at)
    for n in range(60):
        wish = NewBooking(f"P{n}", "", (NewTicket(fair.regular, f"P{n}"),))
        ask(store, person(store, f"P{n}").at(EARLY), fair.event.id, wish)
    early.clock[0] = until_at
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "queue")
        await reads(pilot, "60 waiting")
        await pilot.press("r")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "25 confirmed")
        await pilot.press("s")
        queue = pilot.app.screen.query_one(QueueTab)
        await until(pilot, lambda: not queue.has_class("-running"))
        stopped.set()
        await reads(pilot, "50 confirmed")
        assert next(runs) == 2
        await pilot.press("r")
        await reads(pilot, "60 confirmed")


async def test_before_the_window_closes_nothing_is_taken(early: Stage) -> None:
    fair, store = early.fair, early.fair.store
    until_at = EARLY + timedelta(hours=1)
    open_queue(store, SUPERVISOR.at(EARLY), fair.event.id, queue_from=EARLY, queue_until=until_at)
    wish = NewBooking("Ada", "", (NewTicket(fair.regular, "Ada"),))
    ask(store, person(store, "Ada").at(EARLY), fair.event.id, wish)
    async with early.app().run_test(size=WIDE) as pilot:
        await organizer(pilot, early, "queue")
        await reads(pilot, "1 waiting")
        await pilot.press("r")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "Requests are still collected")
