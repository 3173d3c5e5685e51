"""Every part of an event's screen that is registered can be opened by who may."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

import screens
from eventdesk.acts import SYSTEM
from eventdesk.door import (
    DoorQuestion,
    EntryPolicy,
    UnpaidPolicy,
    doors_of_event,
    remove_check_in_list,
)
from screens.accounts.sign_in_screen import SignInScreen
from screens.core.loading import load
from screens.core.parts_screen import PartSpec
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.organizer.event_screen import TABS, EventScreen
from screens.organizer.tab import EventPart
from screens.widgets.paged_lines import PagedLines
from tests.build import NOON, SUPERVISOR
from tests.screens.stage import Stage, page, reads, shown, typed, until

pytestmark = pytest.mark.long


async def opened(pilot: Pilot[None], stage: Stage, part: str) -> EventScreen:
    await shown(pilot, SignInScreen)
    screen = EventScreen(pilot.app.tools, SUPERVISOR, stage.fair.event)  # type: ignore[attr-defined]
    pilot.app.push_screen(screen)
    await shown(pilot, EventScreen)
    screen.open_part(part, enter=True)
    await until(pilot, lambda: screen.tab is not None and screen.tab.id == f"tab-{part}")
    return screen


@pytest.mark.parametrize("spec", TABS, ids=lambda spec: spec.id)
def test_each_part_needs_what_its_line_says(spec: PartSpec) -> None:
    kind = load(spec.target)
    assert issubclass(kind, EventPart)
    assert spec.permission == kind.NEEDS


def test_no_widget_is_called_like_one_of_the_toolkit() -> None:
    # The style sheet of a widget there would apply here, from when it is loaded on.
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        import_module(module.name)
    kinds = set(descendants(Widget))
    theirs = {kind.__name__ for kind in kinds if kind.__module__.startswith("textual.")}
    ours = {kind.__name__ for kind in kinds if kind.__module__.startswith("screens.")}
    assert "EventPart" in ours
    assert ours & theirs == set()


def descendants(kind: type[Widget]) -> Iterator[type[Widget]]:
    for child in kind.__subclasses__():
        yield child
        yield from descendants(child)


async def test_each_part_fills_its_side_whatever_was_opened_before(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, stage, "reports")
        for part in ("money", "lists", "team"):
            screen.open_part(part)
            await until(pilot, lambda part=part: screen.tab and screen.tab.id == f"tab-{part}")  # type: ignore[misc]
            tab = screen.tab
            assert tab is not None
            await until(pilot, lambda tab=tab: tab.size.width == 65)  # type: ignore[misc]


async def test_lists_and_gates_are_changed_and_removed(stage: Stage) -> None:
    fair = stage.fair
    lunch = fair.list(
        "Lunch",
        ticket_type_ids=frozenset({fair.vip}),
        max_entries=3,
        questions=(DoorQuestion("q2", "Vegan?"),),
    )
    remove_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id)
    async with stage.app().run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, stage, "lists")
        await reads(pilot, "▸ Lunch")
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        fields = dialog.form.fields
        assert fields["ticket_type_ids"].read() == (fair.vip,)
        fields["name"].put("Dinner")
        fields["questions"].put("Halal?\nVegan?")
        await pilot.press("ctrl+s")
        await reads(pilot, "▸ Dinner")
        [listed] = doors_of_event(fair.store, SYSTEM, fair.event.id).lists
        assert (listed.id, listed.max_entries) == (lunch.id, 3)
        assert listed.questions == (DoorQuestion("q1", "Halal?"), DoorQuestion("q2", "Vegan?"))

        await pilot.press("delete")
        await shown(pilot, YesNo)
        await reads(pilot, "It is the only list")
        await pilot.press("enter")
        await reads(pilot, "No check-in list yet")

        screen.query_one("#gates").query_one(PagedLines).focus()
        await reads(pilot, "▸ Gate A")
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["name"].put("Aft")
        await pilot.press("ctrl+s")
        await reads(pilot, "▸ Aft")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await reads(pilot, "Remove Aft?")
        await pilot.press("enter")
        await reads(pilot, "No gate yet")


async def test_check_in_lists_and_gates_are_shown_and_added(stage: Stage) -> None:
    fair = stage.fair
    fair.list("VIP [b]lounge[/b]", ticket_type_ids=frozenset({fair.vip}), opens_at=NOON)
    async with stage.app().run_test(size=(160, 48)) as pilot:
        await opened(pilot, stage, "lists")
        for part in (
            "Main entrance",
            "VIP [b]lounge[/b]",
            "from 01 Jun 12:00",
            "Gate A",
            "all tickets",
        ):
            await reads(pilot, part)

        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        await typed(pilot, "Exit")
        form = dialog.form
        form.fields["ticket_type_ids"].put([fair.regular])
        form.fields["entry_policy"].put(EntryPolicy.ANY)
        form.fields["unpaid_policy"].put(UnpaidPolicy.ADMIT)
        form.fields["opens_at"].put(NOON.replace(hour=16))
        form.fields["closes_at"].put(NOON.replace(hour=10))
        form.fields["questions"].put("Over 18?\n\n Bag checked? ")
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ This is not after the beginning.")
        form.fields["closes_at"].put(NOON.replace(hour=20))
        await pilot.press("ctrl+s")
        await reads(pilot, "01 Jun 18:00 – 22:00")
        added = doors_of_event(fair.store, SYSTEM, fair.event.id).lists[-1]
        assert (added.name, added.entry_policy) == ("Exit", EntryPolicy.ANY)
        assert added.ticket_type_ids == {fair.regular}
        assert [question.text for question in added.questions] == ["Over 18?", "Bag checked?"]

        await pilot.press("g")
        await shown(pilot, FormDialog)
        await typed(pilot, "North")
        await pilot.press("ctrl+s")
        await reads(pilot, "North")


async def test_an_event_without_gates_says_what_to_do(stage: Stage) -> None:
    async with stage.app().run_test() as pilot:
        screen = await opened(pilot, stage, "lists")
        tab = screen.tab
        assert tab is not None
        tab.event = stage.fair.event.__class__(  # type: ignore[attr-defined]
            SUPERVISOR.id or stage.fair.event.id, "Nowhere", "X", NOON, NOON, "UTC"
        )
        await tab.re_read()
        await reads(pilot, "No check-in list yet. Press N")
        await reads(pilot, "No gate yet. Press G")
        assert "✗" not in page(pilot)


async def test_the_list_of_parts_takes_no_more_than_it_needs(stage: Stage) -> None:
    async with stage.app().run_test(size=(160, 48)) as pilot:
        screen = await opened(pilot, stage, "overview")
        assert screen.parts.outer_size.width <= 20
