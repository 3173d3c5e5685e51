"""Every part of an event's screen that is registered can be opened by who may."""

import pytest
from textual.pilot import Pilot

from eventdesk.model.door import EntryPolicy, UnpaidPolicy
from eventdesk.usecases.door_setup import door_setup
from screens.loading import load
from screens.modals.form_dialog import FormDialog
from screens.organizer.event_screen import TABS, EventScreen
from screens.organizer.tab import Tab
from screens.parts_screen import PartSpec
from screens.sign_in_screen import SignInScreen
from tests.build import NOON, SUPERVISOR
from tests.screens.stage import Stage, page, reads, shown, typed, until


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
    assert issubclass(kind, Tab)
    assert spec.permission == kind.NEEDS


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
        form.fields["types"].put([fair.regular])
        form.fields["entry"].put(EntryPolicy.ANY)
        form.fields["unpaid"].put(UnpaidPolicy.ADMIT)
        form.fields["opens"].put(NOON.replace(hour=16))
        form.fields["closes"].put(NOON.replace(hour=10))
        form.fields["questions"].put("Over 18?\n\n Bag checked? ")
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ The list closes before it opens.")
        form.fields["closes"].put(NOON.replace(hour=20))
        await pilot.press("ctrl+s")
        await reads(pilot, "01 Jun 18:00 – 22:00")
        added = door_setup(fair.store, fair.event.id).lists[-1]
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
