"""The team of an event, on its screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from eventdesk.accounts import list_team, set_secret, sign_in, transfer_event
from eventdesk.acts import SYSTEM, Actor, Permission, Role
from screens.accounts.sign_in_screen import SignInScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.organizer.event_screen import EventScreen, tabs_for
from screens.organizer.way_in import WayIn
from screens.widgets.paged_table import PagedTable
from tests.build import NOON
from tests.people import PASSWORD, make_cohost, make_guest, make_staff
from tests.screens.stage import Stage, noted, page, reads, shown, until

pytestmark = pytest.mark.long


@pytest.fixture
def olga(stage: Stage) -> Actor:
    olga = make_staff(stage.fair, Role.ORGANIZER, "Olga")
    assert olga.id is not None
    transfer_event(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, olga.id)
    return olga


@asynccontextmanager
async def opened(
    stage: Stage, actor: Actor, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[None]]:
    app = stage.app()
    async with app.run_test(size=size) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(EventScreen(app.tools, actor, stage.fair.event))
        screen = await shown(pilot, EventScreen)
        screen.open_part("team", enter=True)
        await until(pilot, lambda: screen.query("#tab-team PagedTable"))
        table = screen.query_one("#tab-team PagedTable", PagedTable)
        await until(pilot, lambda: table.pages.answered is not None and table.lines.has_focus)
        yield pilot


def team(stage: Stage) -> list[tuple[str, str, set[str]]]:
    return [
        (one.name, "owner" if one.is_owner else str(one.role), set(map(str, one.permissions)))
        for one in list_team(stage.fair.store, SYSTEM, stage.fair.event.id)
    ]


async def test_a_new_person_is_added_with_a_code(stage: Stage, olga: Actor) -> None:
    async with opened(stage, olga) as pilot:
        await reads(pilot, "owner")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["email"].put("newt@example.org")
        await pilot.press("ctrl+s")
        await reads(pilot, "An account needs a name")
        assert dialog.form.values["email"] == "newt@example.org"
        dialog.form.fields["name"].put("Newt [b]N[/b]")
        await pilot.press("ctrl+s")
        way_in = await shown(pilot, WayIn)
        assert "newt@example.org" in page(pilot)
        first = way_in.code
        await pilot.press("enter")
        await reads(pilot, "! staff, not signed in")
        assert "Newt [b]N[/b]" in page(pilot)
        await pilot.press("down", "i")
        way_in = await shown(pilot, WayIn)
        await reads(pilot, f"{way_in.code[:4]} {way_in.code[4:]}")
        assert way_in.code != first
    set_secret(
        stage.fair.store,
        SYSTEM.at(NOON),
        email="newt@example.org",
        code=way_in.code,
        secret=PASSWORD,
    )


async def test_who_has_an_account_is_added_as_a_cohost(stage: Stage, olga: Actor) -> None:
    make_guest(stage.fair.store, secret=PASSWORD)
    async with opened(stage, olga) as pilot:
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["email"].put("gus@example.org")
        dialog.form.fields["role"].put(Role.COHOST)
        await pilot.press("ctrl+s")
        await reads(pilot, "Choose what the co-host may do")
        dialog.form.fields["permissions"].put((Permission.MONEY, Permission.DOOR))
        await pilot.press("ctrl+s")
        await shown(pilot, WayIn)
        await reads(pilot, "sign in with gus@example.org")
        await reads(pilot, "money, door.")
        await pilot.press("enter")
        await reads(pilot, "! co-host, not seen yet")
    assert team(stage) == [("Olga", "owner", set()), ("Gus", "co-host", {"money", "door"})]


async def test_what_a_cohost_may_is_changed_and_holds_at_once(stage: Stage, olga: Actor) -> None:
    make_cohost(stage.fair, Permission.TICKETS)
    async with opened(stage, olga, size=(160, 48)) as pilot:
        await reads(pilot, "Cora")
        await pilot.press("down", "enter")
        dialog = await shown(pilot, FormDialog)
        assert dialog.form.values["permissions"] == (Permission.TICKETS,)
        dialog.form.fields["permissions"].put((Permission.PROGRAMME, Permission.MESSAGES))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: team(stage)[1][2] == {"programme", "messages"})
    cora = sign_in(
        stage.fair.store,
        SYSTEM.at(NOON),
        "cora@example.org",
        PASSWORD,
        event_id=stage.fair.event.id,
    )
    assert cora.granted == frozenset({Permission.PROGRAMME, Permission.MESSAGES})


async def test_members_are_taken_out_after_a_question_but_not_the_owner(
    stage: Stage, olga: Actor
) -> None:
    make_staff(stage.fair)
    async with opened(stage, olga) as pilot:
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "Hand it over")
        await pilot.press("down", "delete")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        assert len(team(stage)) == 2
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: "sam@example.org" not in page(pilot))
    assert team(stage) == [("Olga", "owner", set())]


async def test_the_event_is_handed_over(stage: Stage, olga: Actor) -> None:
    make_staff(stage.fair)
    async with opened(stage, olga) as pilot:
        await pilot.press("down", "o")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "The event is Sam's now")
    assert team(stage) == [("Olga", "organizer", set()), ("Sam", "owner", set())]


def test_only_organizers_see_the_team(stage: Stage, olga: Actor) -> None:
    everything = make_cohost(stage.fair, *(Permission.TICKETS, Permission.MONEY))
    assert "team" in [spec.id for spec in tabs_for(olga)]
    assert "team" not in [spec.id for spec in tabs_for(everything)]
