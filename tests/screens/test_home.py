"""The menu after sign-in: what it offers to whom, and the way back."""

from datetime import timedelta

import pytest
from textual.widgets import OptionList

from eventdesk.acts import Permission, Role
from eventdesk.core.messages import msg
from eventdesk.events import NewEvent, create_event
from screens.accounts import home_screen
from screens.accounts.home_screen import DOOR, ENTRIES, Entry, HomeScreen, entries_for
from screens.accounts.sign_in_screen import SignInScreen
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.door.choose_screen import ChooseScreen
from screens.modals.questions import YesNo
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR
from tests.people import PASSWORD, make_guest
from tests.screens.stage import Stage, page, reads, shown, until


class Elsewhere(RoleScreen[None]):
    """Stands for what others register."""

    ROLE = "Elsewhere"

    def __init__(self, tools: object, actor: object) -> None:
        super().__init__(tools)  # type: ignore[arg-type]
        self.actor = actor


OTHER = Entry(
    "other",
    msg("Organize"),
    msg("Set events up."),
    "tests.screens.test_home:Elsewhere",
    (Permission.EVENT,),
)


@pytest.fixture(autouse=True)
def two_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_screen, "ENTRIES", (DOOR, OTHER))


async def test_offers_what_a_person_may_do_and_leads_there_and_back(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        for words in ("Hello, Sue Supervisor", "Check people in", "Organize", "Set events up."):
            assert words in page(pilot)
        await pilot.press("down", "enter")
        elsewhere = await shown(pilot, Elsewhere)
        assert elsewhere.actor is SUPERVISOR
        await pilot.press("escape")
        home = await shown(pilot, HomeScreen)
        await pilot.press("enter")
        await shown(pilot, ChooseScreen)
        await pilot.press("escape")
        home = await shown(pilot, HomeScreen)
        assert home.query_one(OptionList).highlighted == 0


async def test_signs_out_after_a_question(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test() as pilot:
        await shown(pilot, HomeScreen)
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        await shown(pilot, HomeScreen)
        assert app.actor is SUPERVISOR
        await pilot.press("escape")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await shown(pilot, SignInScreen)
        await until(pilot, lambda: app.actor is None)


async def test_who_makes_an_event_is_its_organizer_at_once(stage: Stage) -> None:
    app = stage.app(actor=make_guest(stage.fair.store, secret=PASSWORD))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.actor is not None)
        assert app.actor is not None
        assert app.actor.role is Role.ATTENDEE
        begins = NOON + timedelta(days=9)
        new = NewEvent("Meetup", begins, begins + timedelta(hours=2), "UTC", "EUR")
        create_event(stage.fair.store, app.actor, new)
        await until(pilot, lambda: app.actor is not None and app.actor.role is Role.ORGANIZER)


async def test_a_menu_of_one_line_is_passed_over(stage: Stage) -> None:
    app = stage.app(actor=STAFF)
    async with app.run_test() as pilot:
        await shown(pilot, ChooseScreen)
        await pilot.press("escape")
        await shown(pilot, SignInScreen)


async def test_the_mouse_chooses_as_well(stage: Stage) -> None:
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        await pilot.click(home.query_one("#menu"), offset=(5, 4))
        await shown(pilot, Elsewhere)


async def test_fits_small_and_large_screens(stage: Stage) -> None:
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        await shown(pilot, HomeScreen)
        for size in ((1, 1), (160, 48), (40, 12), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await reads(pilot, "Set events up.")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_line_leads_to_a_screen(entry: Entry) -> None:
    assert issubclass(load(entry.target), RoleScreen)


def test_only_those_who_work_at_a_door_are_led_there() -> None:
    assert DOOR not in entries_for(ATTENDEE)
    assert all(DOOR in entries_for(actor) for actor in (STAFF, SUPERVISOR))
    assert SUPERVISOR.role is Role.ORGANIZER
