"""The menu after sign-in: what it offers to whom, and the way back."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from textual.widgets import OptionList

from eventdesk.acts import SYSTEM, Permission, Role
from eventdesk.core.messages import msg
from eventdesk.door import LastPlace, add_gate, keep_last_place, last_place
from eventdesk.events import NewEvent, create_event
from screens.accounts import home_screen
from screens.accounts.home_screen import DOOR, ENTRIES, Entry, HomeScreen, entries_for
from screens.accounts.sign_in_screen import SignInScreen
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.desk.desk_screen import DeskScreen
from screens.door.choose_screen import ChooseScreen
from screens.modals.questions import YesNo
from screens.organizer.event_screen import EventScreen
from screens.organizer.events_shown import EventDialog
from screens.self_service.kiosk_screen import KioskScreen
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair
from tests.people import PASSWORD, make_cohost, make_guest
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


def mark(home: HomeScreen, line: str) -> None:
    """Mark a line of the menu."""
    menu = home.query_one("#menu", OptionList)
    menu.highlighted = menu.get_option_index(line)


def first_line(home: HomeScreen) -> str:
    """The line that is marked when the screen opens."""
    assert home.menu.highlighted == 0
    return home.lines[0].id


def last_at(fair: Fair, workplace: str = "desk", **other: UUID) -> None:
    """This machine was worked at the fair's door."""
    place = LastPlace(fair.event.id, fair.door.id, fair.gate.id, workplace)
    keep_last_place(fair.store.home, replace(place, **other))  # type: ignore[arg-type]


async def test_the_last_place_of_this_machine_is_one_enter_away_for_whoever_signs_in(
    stage: Stage,
) -> None:
    add_gate(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, "Gate B")
    last_at(stage.fair)
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        assert first_line(home) == "continue"
        assert "Continue: Demo Days · Main entrance · Gate A" in page(pilot)
        await pilot.press("enter")
        desk = await shown(pilot, DeskScreen)
        assert desk.place.gate == stage.fair.gate
        assert desk.place.actor.event_id == stage.fair.event.id


async def test_what_is_opened_at_a_door_is_kept_over_a_restart(stage: Stage) -> None:
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        mark(await shown(pilot, HomeScreen), "door")
        await pilot.press("enter")
        choice = await shown(pilot, ChooseScreen)
        await until(pilot, lambda: choice.door is not None)
        await pilot.press("k")
        await shown(pilot, KioskScreen)
        await until(pilot, lambda: last_place(stage.fair.store.home) is not None)
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        assert first_line(home) == "continue"
        assert "The kiosk, where this machine worked last." in page(pilot)
        await pilot.press("enter")
        await shown(pilot, KioskScreen)


@pytest.mark.parametrize("gone", ["event", "list", "file"])
async def test_a_last_place_that_is_gone_is_dropped_without_a_word(stage: Stage, gone: str) -> None:
    if gone == "event":
        last_at(stage.fair)
        stage.clock[0] = stage.fair.event.ends_at + timedelta(days=1)
    elif gone == "list":
        last_at(stage.fair, list_id=uuid4())
    else:
        (stage.fair.store.home / "last-place.json").write_text('["no place"]')
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        assert first_line(home) != "continue"
        assert not pilot.app._notifications


async def test_a_last_place_is_not_offered_to_who_does_not_work_there(stage: Stage) -> None:
    elsewhere = make_fair(stage.fair.store, "Elsewhere")
    last_at(elsewhere)
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        assert first_line(home) == "event"


async def test_who_organizes_opens_the_event_at_hand_with_one_enter(stage: Stage) -> None:
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        assert first_line(home) == "event"
        assert "Organize: Demo Days" in page(pilot)
        await pilot.press("enter")
        screen = await shown(pilot, EventScreen)
        assert screen.event.id == stage.fair.event.id
        await pilot.press("escape")
        await shown(pilot, HomeScreen)


async def test_a_new_organizer_lands_on_creating_an_event(stage: Stage) -> None:
    app = stage.app(actor=make_guest(stage.fair.store, secret=PASSWORD))
    async with app.run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        assert first_line(home) == "create"
        await pilot.press("enter")
        dialog = await shown(pilot, EventDialog)
        assert "A new event" in page(pilot)
        assert dialog.form.fields["name"].has_focus_within


async def test_a_guest_is_not_asked_to_create_an_event(stage: Stage) -> None:
    async with stage.app(actor=make_guest(stage.fair.store)).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        await until(pilot, lambda: "create" not in [line.id for line in home.lines])
        assert not home.today.organizes


async def test_a_new_co_host_reads_who_took_them_in_and_what_they_may_until_they_opened_it(
    stage: Stage,
) -> None:
    cora = make_cohost(stage.fair, Permission.TICKETS, Permission.PROGRAMME)
    async with stage.app(actor=cora).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        assert first_line(home) == "news"
        assert "You are co-host of Demo Days now" in page(pilot)
        assert "You may: programme, tickets" in page(pilot)
        await pilot.press("enter")
        screen = await shown(pilot, EventScreen)
        assert screen.event.id == stage.fair.event.id
        await pilot.press("escape")
        home = await shown(pilot, HomeScreen)
        assert first_line(home) == "event"


async def test_offers_what_a_person_may_do_and_leads_there_and_back(stage: Stage) -> None:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        for words in ("Hello, Sue Supervisor", "Check people in", "Organize", "Set events up."):
            assert words in page(pilot)
        await pilot.press("end", "enter")
        elsewhere = await shown(pilot, Elsewhere)
        assert elsewhere.actor is SUPERVISOR
        await pilot.press("escape")
        home = await shown(pilot, HomeScreen)
        mark(home, "door")
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
        await pilot.click(home.query_one("#menu"), offset=(5, 7))
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


async def test_a_new_first_line_leaves_the_mark_where_somebody_is_choosing(stage: Stage) -> None:
    async with stage.app(actor=SUPERVISOR).run_test() as pilot:
        home = await shown(pilot, HomeScreen)
        await until(pilot, lambda: home._has_read)
        marked = home.lines[0].id
        last_at(stage.fair)
        home.read_soon()
        await until(pilot, lambda: home.lines[0].id == "continue")
        option = home.menu.highlighted_option
        assert option is not None
        assert option.id == marked
