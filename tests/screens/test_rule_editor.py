"""The rules of a list: added, ordered, removed, tried and saved; and lists of all kinds."""

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from eventdesk.acts import SYSTEM
from eventdesk.door import ListKind, Rule, RuleKind, doors_of_event
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.organizer.rule_editor import RuleDialog, RuleEditor
from tests.build import NOON
from tests.screens.stage import Stage, page, reads, shown, typed, until
from tests.screens.test_event_parts import opened

pytestmark = pytest.mark.long


def rules(stage: Stage) -> tuple[Rule, ...]:
    return doors_of_event(stage.fair.store, SYSTEM, stage.fair.event.id).lists[0].rules


async def editor_of(pilot: Pilot[None], stage: Stage) -> RuleEditor:
    await opened(pilot, stage, "lists")
    await reads(pilot, "▸ Main entrance")
    await pilot.press("r")
    return await shown(pilot, RuleEditor)


async def test_rules_are_added_ordered_removed_and_tried_before_they_are_saved(
    stage: Stage,
) -> None:
    fair = stage.fair
    async with stage.app().run_test(size=(80, 24)) as pilot:
        editor = await editor_of(pilot, stage)
        await reads(pilot, "No further rules. Press N to add the first.")
        await reads(pilot, "✓ Admitted")

        await pilot.press("n")
        dialog = await shown(pilot, RuleDialog)
        assert not dialog.form.fields["times"].display
        dialog.form.fields["kind"].put(RuleKind.TIMES)
        await until(pilot, lambda: dialog.form.fields["times"].display)
        assert not dialog.form.fields["number"].display
        dialog.form.fields["times"].put("14:00-16:00")
        dialog.form.fields["types"].put([fair.vip])
        await pilot.press("ctrl+s")
        await reads(pilot, "1. Only 14:00–16:00 · VIP")

        await pilot.press("n")
        dialog = await shown(pilot, RuleDialog)
        dialog.form.fields["kind"].put(RuleKind.GATES)
        await pilot.press("ctrl+s")
        await reads(pilot, "A rule of gates needs a gate.")
        dialog.form.fields["gates"].put([fair.gate.id])
        dialog.form.fields["name"].put("North only")
        await pilot.press("ctrl+s")
        await reads(pilot, "2. North only: only at Gate A")
        await pilot.press("minus")
        await reads(pilot, "1. North only")

        await reads(pilot, "! Not now: North only: Only at Gate A.")
        editor.form.fields["gate"].put(fair.gate.id)
        await reads(pilot, "✓ Admitted")
        editor.form.fields["type"].put(fair.vip)
        await reads(pilot, "Only 14:00–16:00; next at 14:00.")
        editor.form.fields["at"].put(NOON + timedelta(hours=3))
        await reads(pilot, "✓ Admitted")
        editor.form.fields["before"].put("9:00")
        await reads(pilot, "✗ Already in: In since 09:00.")
        editor.form.fields["before"].put("18:00")
        await reads(pilot, "later than the time that is tried")
        assert rules(stage) == ()

        await pilot.press("escape")
        await shown(pilot, YesNo)
        await reads(pilot, "The rules you changed are not saved yet.")
        await pilot.press("escape")
        await shown(pilot, RuleEditor)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: editor not in pilot.app.screen_stack)
        assert [rule.kind for rule in rules(stage)] == [RuleKind.GATES, RuleKind.TIMES]

        await pilot.press("r")
        await shown(pilot, RuleEditor)
        await pilot.press("down", "delete")
        await until(pilot, lambda: "14:00–16:00" not in page(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(rules(stage)) == 1)
        assert rules(stage)[0].name == "North only"


async def test_a_list_asks_only_for_what_its_kind_has(stage: Stage) -> None:
    fair = stage.fair
    async with stage.app().run_test(size=(120, 40)) as pilot:
        await opened(pilot, stage, "lists")
        await reads(pilot, "▸ Main entrance")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        fields = dialog.form.fields
        await until(pilot, lambda: not fields["item"].display)
        assert fields["print_policy"].display
        await typed(pilot, "Shirts")
        fields["kind"].put(ListKind.COLLECT)
        await until(pilot, lambda: fields["item"].display)
        assert not fields["print_policy"].display
        assert not fields["capacity"].display
        fields["questions"].put("Which size? [S | M | L]\nAny wish? (optional)")
        await pilot.press("ctrl+s")
        await reads(pilot, "What is collected is needed.")
        fields["item"].put("T-shirt")
        await pilot.press("ctrl+s")
        await reads(pilot, "Shirts")
        listed = doors_of_event(fair.store, SYSTEM, fair.event.id).lists[-1]
        assert (listed.kind, listed.item) == (ListKind.COLLECT, "T-shirt")
        assert [each.required for each in listed.questions] == [True, False]
        assert listed.questions[0].choices == ("S", "M", "L")


async def test_a_room_that_ends_other_stays_and_a_badge_desk_are_made_in_the_form(
    stage: Stage,
) -> None:
    fair = stage.fair

    async def added(name: str, kind: ListKind, *, ends_stays: bool = False) -> None:
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        fields = dialog.form.fields
        await typed(pilot, name)
        fields["kind"].put(kind)
        await until(pilot, lambda: fields["ends_stays"].display is (kind is ListKind.ROOM))
        fields["ends_stays"].put(ends_stays)
        await pilot.press("ctrl+s")
        await until(
            pilot, lambda: doors_of_event(fair.store, SYSTEM, fair.event.id).lists[-1].name == name
        )
        await reads(pilot, name)

    async with stage.app().run_test(size=(120, 40)) as pilot:
        await opened(pilot, stage, "lists")
        await reads(pilot, "▸ Main entrance")
        await added("Stage", ListKind.ROOM, ends_stays=True)
        await added("Badge desk", ListKind.BADGE)
    _door, room, desk = doors_of_event(fair.store, SYSTEM, fair.event.id).lists
    assert (room.kind, room.ends_stays) == (ListKind.ROOM, True)
    assert (desk.kind, desk.item, desk.ends_stays) == (ListKind.BADGE, "Badge", False)
