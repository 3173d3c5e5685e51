"""The desk's one big answer, where it stands, and the keys that go with it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from textual.pilot import Pilot
from textual.widgets import Label
from textual.widgets._toast import Toast

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import StoreError
from eventdesk.core.messages import PSEUDO, msg, use_language
from eventdesk.door import (
    Outcome,
    UnpaidPolicy,
    as_new,
    change_check_in_list,
    check_in,
    counters,
    doors_of_event,
    last_place,
)
from eventdesk.events import cancel_event
from screens.desk.desk_screen import DeskScreen
from screens.desk.on_show import Deed, Did, Missed
from screens.desk.verdict_banner import VerdictWord
from screens.modals.questions import NameQuestion, PickOne
from screens.money.take_money import TakeMoney
from tests.build import NOON, SUPERVISOR
from tests.screens.exceptions import scanned
from tests.screens.stage import Stage, noted, page, reads, send, shown, text_of, typed, until


def unpaid(stage: Stage, policy: UnpaidPolicy) -> str:
    """Set what the list does with unpaid tickets; the code of one."""
    policy_of_list(stage, policy)
    return stage.fair.token(stage.fair.sell("Uma Unpaid", paid=False))


def policy_of_list(stage: Stage, policy: UnpaidPolicy) -> None:
    fair = stage.fair
    [listed] = doors_of_event(fair.store, SYSTEM, fair.event.id).lists
    change_check_in_list(
        fair.store, SYSTEM.at(NOON), listed.id, replace(as_new(listed), unpaid_policy=policy)
    )


def has_asked(screen: DeskScreen) -> bool:
    """Whether the desk is done with all who were scanned."""
    begun = [each for each in screen.workers if each.group in {"act", "check_in"}]
    return not screen.admissions.has_to_ask and all(each.is_finished for each in begun)


def admitted(stage: Stage) -> int:
    return counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_word_stands_in_block_letters(stage: Stage, size: tuple[int, int]) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen(size=size) as (pilot, screen):
        await scanned(pilot, screen, token)
        await until(pilot, lambda: screen.query_one("#verdict-word").has_class("-drawn"))
        large = size == (160, 48)
        await until(pilot, lambda: screen.query_one("#verdict-name").has_class("-drawn") is large)


async def test_every_word_of_the_door_stands_in_block_letters_at_80_columns(stage: Stage) -> None:
    ticket_id = stage.fair.sell("Grace Hopper").ticket_ids[0]
    async with stage.desk_screen() as (pilot, screen):
        word = screen.query_one("#verdict-word", VerdictWord)
        for outcome in Outcome:
            put(stage, screen, outcome, ticket_id)
            await until(pilot, lambda: word.text == screen.card.verdict.word)
            await until(pilot, lambda: word.has_class("-drawn"))
        screen.card.show_nobody(Missed("xyzzy"))
        await until(pilot, lambda: word.text == "Nobody found" and word.has_class("-drawn"))


async def test_a_list_that_lets_the_unpaid_in_from_now_on_says_so(stage: Stage) -> None:
    token = unpaid(stage, UnpaidPolicy.REFUSE)
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        assert screen.card.verdict.word == "Unpaid"
        await until(pilot, lambda: has_asked(screen))  # else it asks by the new rule
        policy_of_list(stage, UnpaidPolicy.ADMIT)
        await pilot.press("f5")
        await until(pilot, lambda: screen.card.verdict.word == "Not in yet")
        await reads(pilot, "Enter lets in")


async def test_undo_turns_the_verdict_over(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f3")
        await until(pilot, lambda: screen.card.verdict.word == "Undone")
        await until(pilot, lambda: screen.query_one("#verdict").has_class("-care"))
        assert not screen.query_one("#verdict").has_class("-good")
        await until(pilot, lambda: "Enter lets in" in text_of(screen, "#verdict-next"))
        await pilot.press("enter")
        await until(pilot, lambda: screen.card.verdict.word == "Admitted")
        assert admitted(stage) == 1


async def test_who_is_not_found_takes_the_guest_before_off_the_screen(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        send(pilot, "xyzzy\x1b[19~")  # F8, before the search was made
        await noted(pilot, "Nobody is on show")
        await until(pilot, lambda: screen.card.verdict.word == "Nobody found")
        assert screen.card.ticket is None
        assert "Grace" not in text_of(screen, "#card Static")


async def test_somebody_in_already_who_is_looked_up_is_not_waved_through(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        assert "Next, please" in page(pilot)
        await typed(pilot, "grace")
        await until(pilot, lambda: screen.card.verdict.word == "Is in")
        await until(pilot, lambda: screen.query_one("#verdict").has_class("-care"))
        await reads(pilot, "In already: ask for a name")
        assert "Next, please" not in page(pilot)


async def test_a_list_that_refuses_says_so_everywhere(stage: Stage) -> None:
    token = unpaid(stage, UnpaidPolicy.REFUSE)
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        assert "This list takes no payment" in page(pilot)
        assert "120.00 EUR due" in page(pilot)
        assert "Take the payment" not in page(pilot)
        assert screen.check_action("act", ("pay",)) is None
        await pilot.press("enter")
        assert pilot.app.screen is screen


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_an_open_desk_says_that_its_event_was_cancelled(
    stage: Stage, size: tuple[int, int]
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen(size=size) as (pilot, screen):
        cancel_event(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, reason="Storm.")
        await scanned(pilot, screen, token)
        assert screen.card.verdict.word == "Event closed"
        assert screen.query_one("#verdict").has_class("-stop")
        told = " ".join(page(pilot).split())
        assert "The event was cancelled." in told
        assert "F8" in text_of(screen, "#verdict-next")
        assert admitted(stage) == 0


async def test_what_is_due_and_its_key_are_in_sight_and_c_is_the_card(stage: Stage) -> None:
    token = unpaid(stage, UnpaidPolicy.SETTLE)
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{token}\r")
        await shown(pilot, TakeMoney)
        await pilot.press("escape")
        await until(pilot, lambda: "Enter takes the payment: 120.00 EUR" in page(pilot))
        assert "120.00 EUR due" in page(pilot)
        await pilot.press("enter")
        dialog = await shown(pilot, TakeMoney)
        await pilot.press("c", "4", "2", "enter")
        await until(pilot, lambda: admitted(stage) == 1)
        assert "Paid 120.00 EUR." in screen.card.verdict.details
        assert not dialog.is_attached


async def test_a_scanners_line_feed_does_nothing_by_itself(stage: Stage) -> None:
    token = unpaid(stage, UnpaidPolicy.SETTLE)
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{token}\r")
        await shown(pilot, TakeMoney)
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        await pilot.press("ctrl+j")
        await pilot.pause()
        assert pilot.app.screen is screen


async def test_force_asks_nobody_for_a_reason_where_nobody_can_approve(stage: Stage) -> None:
    token = unpaid(stage, UnpaidPolicy.REFUSE)
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await noted(pilot, "none of this event has a desk PIN")
        assert pilot.app.screen is screen


async def test_undo_leaves_alone_who_came_before(stage: Stage) -> None:
    before = stage.fair.token(stage.fair.sell("Grace Hopper"))
    token = unpaid(stage, UnpaidPolicy.REFUSE)
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, before)
        send(pilot, f"{token}\r")
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Uma Unpaid")
        await pilot.press("f3")
        await noted(pilot, "Uma Unpaid did not pass here")
        assert admitted(stage) == 1


async def test_a_renamed_guest_is_the_answer_under_the_new_name(stage: Stage) -> None:
    stage.fair.sell("Grase Hopper")
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "grase")
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press("f6")
        await shown(pilot, NameQuestion)
        await pilot.press("ctrl+u", *"Grace", "enter")
        await until(pilot, lambda: screen.card.verdict.name == "Grace")
        last = screen.card.state.last
        assert isinstance(last, Did)
        assert last.deed is Deed.RENAMED
        assert screen.entry.value == ""


async def test_a_notice_takes_nothing_from_the_verdict(stage: Stage) -> None:
    token = unpaid(stage, UnpaidPolicy.REFUSE)
    app = stage.app(start="desk", actor=SUPERVISOR, gate_id=stage.fair.gate.id)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await shown(pilot, DeskScreen)
        await scanned(pilot, screen, token)
        whole = screen.query_one("#verdict").region.height
        app.notify("The label printer does not answer.", title="Printer", timeout=600)
        await until(pilot, lambda: len(screen.query(Toast)) == 1)
        await until(pilot, lambda: "The label printer" in page(pilot))
        assert screen.query_one("#verdict").region.height == whole
        assert "This list takes no payment" in page(pilot)


async def test_a_desk_without_a_gate_asks_for_it_and_keeps_it(stage: Stage) -> None:
    fair = stage.fair
    async with stage.app(start="desk", actor=SUPERVISOR).run_test() as pilot:
        screen = await shown(pilot, DeskScreen)
        await until(pilot, lambda: screen.card.verdict.word == "No gate")
        assert not text_of(screen, "#verdict-about")  # no sign without words
        await pilot.press("ctrl+g")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen not in (screen, None))
        await until(pilot, lambda: last_place(fair.store.home) and gate_of(pilot) == fair.gate)
    async with stage.app(start="desk", actor=SUPERVISOR).run_test() as pilot:
        screen = await shown(pilot, DeskScreen)
        assert screen.place.gate == fair.gate


def gate_of(pilot: Pilot[None]) -> object:
    """The gate of the desk on top."""
    top = pilot.app.screen
    return top.place.gate if isinstance(top, DeskScreen) else None


def put(stage: Stage, screen: DeskScreen, outcome: Outcome, ticket_id: UUID | None) -> None:
    """Show the answer to a scan as the door gives it, with the longest reason of that kind."""
    place, fair = screen.place, stage.fair
    scan = check_in(fair.store, SUPERVISOR.at(NOON), fair.scan("nothing of ours"))
    reason = str(msg("In since {when} at {gate}.", when="2026-06-01 12:00", gate="Gate A, lobby"))
    told = replace(scan, outcome=outcome, ticket_id=ticket_id, name="Grace Hopper", reason=reason)
    assert place.check_in_list.id == fair.door.id
    screen.card.show(told, None)


@pytest.mark.parametrize("language", ["en", "de", PSEUDO])
async def test_no_advice_is_cut_at_80_columns(stage: Stage, language: str) -> None:
    ticket_id = stage.fair.sell("Grace Hopper").ticket_ids[0]
    use_language(language)
    try:
        async with stage.desk_screen() as (pilot, screen):
            for outcome in Outcome:
                put(stage, screen, outcome, ticket_id)
                await pilot.pause()
                label = screen.query_one("#verdict-details", Label)
                told = " ".join(text_of(screen, "#verdict-details").split())
                rows = page(pilot).splitlines()[label.region.y : label.region.bottom]
                painted = " ".join(" ".join(row.split()) for row in rows).strip()
                assert painted == told, outcome
    finally:
        use_language("en")


@pytest.mark.parametrize("verb", ["find_tickets", "guest_at"])
async def test_a_lookup_that_cannot_be_read_leaves_nobody_on_show(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    stage.fair.sell("Ada Lovelace")
    read = stage.desk.read

    async def refuses(use_case: Any, *given: Any, **named: Any) -> Any:
        if use_case.__name__ == verb:
            raise StoreError(msg("The store is gone"))
        return await read(use_case, *given, **named)

    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        monkeypatch.setattr(stage.desk, "read", refuses)
        await typed(pilot, "ada")
        await until(pilot, lambda: screen.card.verdict.word == "Try again")
        await reads(pilot, "The store is gone")
        assert screen.card.ticket is None
        assert "Grace" not in text_of(screen, "#verdict-name")
        monkeypatch.undo()
        await pilot.press("backspace")
        await until(pilot, lambda: screen.card.verdict.name == "Ada Lovelace")


async def test_a_line_that_cannot_be_read_is_kept_and_nobody_stays_on_show(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))

    async def refuses(*given: Any, **named: Any) -> Any:
        raise StoreError(msg("The store is gone"))

    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        monkeypatch.setattr(stage.desk, "read", refuses)
        send(pilot, "ada\r")
        await until(pilot, lambda: screen.card.verdict.word == "Try again")
        assert screen.entry.value == "ada"
        assert screen.card.ticket is None
