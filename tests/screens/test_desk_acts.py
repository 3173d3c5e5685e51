"""What staff does with the ticket on show."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from eventdesk.acts import SYSTEM
from eventdesk.booking import set_attention
from eventdesk.core.serving import noted_serving
from eventdesk.door import Outcome, Scan, check_in, counters, ticket_view
from eventdesk.keeping import list_audit
from eventdesk.printing import badge_queue, claim_badges, enable_printer
from screens.booking.link_dialog import LinkDialog
from screens.booking.new_code import NewCode
from screens.desk.desk_habits import habits_of
from screens.desk.desk_menu import DeskMenu
from screens.desk.desk_screen import DeskScreen
from screens.desk.reason_dialog import ReasonDialog
from screens.modals.questions import NameQuestion, TextQuestion, YesNo
from tests.badge_jobs import set_up
from tests.build import NOON, OTHER_STAFF, STAFF, SUPERVISOR
from tests.screens.stage import (
    Stage,
    by_hand,
    noted,
    page,
    reads,
    send,
    shown,
    text_of,
    typed,
    until,
)


async def scanned(pilot: Pilot[None], screen: DeskScreen, token: str) -> None:
    send(pilot, f"{token}\r")
    await until(pilot, lambda: screen.card.answer is not None and screen.card.ticket is not None)


def admitted(stage: Stage) -> int:
    return counters(stage.fair.store, SYSTEM, stage.fair.door.id).admitted


async def test_undo_takes_back_the_last_admission(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        await until(pilot, lambda: screen.scan_log.scans)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: admitted(stage) == 0)
        await until(pilot, lambda: "undone" in text_of(screen, "#log Static"))
        await reads(pilot, "○ Not in yet")


async def test_undo_right_behind_a_scan_takes_back_that_one(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, stage.fair.token(booked))
        await until(pilot, lambda: screen.scan_log.scans)
        send(pilot, f"{stage.fair.token(booked, 1)}\r\x1a")
        await reads(pilot, "undone")
        inside = [
            ticket_view(stage.fair.store, SYSTEM, each, list_id=stage.fair.door.id).inside
            for each in booked.ticket_ids
        ]
        assert inside == [True, False]


async def test_undo_asks_before_it_takes_back_what_someone_else_did(stage: Stage) -> None:
    scan = stage.fair.scan(
        stage.fair.token(stage.fair.sell("Grace Hopper")), gate_id=stage.fair.gate.id
    )
    check_in(stage.fair.store, OTHER_STAFF.at(NOON), scan)
    async with stage.desk_screen(SUPERVISOR) as (pilot, screen):
        await until(pilot, lambda: screen.scan_log.scans)
        await pilot.press("f3")
        await shown(pilot, YesNo)
        assert "Olu Other" in page(pilot)
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        assert admitted(stage) == 1

        await pilot.press("f3")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 0)


async def test_an_undo_that_is_not_allowed_says_why(stage: Stage) -> None:
    scan = stage.fair.scan(
        stage.fair.token(stage.fair.sell("Grace Hopper")), gate_id=stage.fair.gate.id
    )
    check_in(stage.fair.store, OTHER_STAFF.at(NOON), scan)
    async with stage.desk_screen() as (pilot, screen):
        await until(pilot, lambda: screen.scan_log.scans)
        await pilot.press("f3")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app._notifications)
        assert admitted(stage) == 1


async def test_a_badge_is_printed_again_only_with_a_reason(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f4")
        await shown(pilot, ReasonDialog)
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        assert badge_queue(stage.fair.store, SYSTEM).waiting == 1

        await pilot.press("f4")
        await shown(pilot, ReasonDialog)
        await typed(pilot, "eaten by the dog")
        await pilot.press("enter")
        await until(pilot, lambda: badge_queue(stage.fair.store, SYSTEM).waiting == 2)
    [entry] = audit(stage, "reprint")
    assert "eaten by the dog" in entry


async def test_a_name_is_corrected(stage: Stage) -> None:
    booked = stage.fair.sell("Grase Hopper")
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, stage.fair.token(booked))
        await pilot.press("f6")
        await shown(pilot, NameQuestion)
        await pilot.press("ctrl+u")
        await typed(pilot, "Grace Hopper")
        await pilot.press("tab")
        await typed(pilot, "Navy")
        await pilot.press("enter")
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Grace Hopper")
        await reads(pilot, "Navy")


async def test_a_ticket_scanned_into_a_name_or_a_note_changes_neither(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Grace Hopper", "Ada", "Bob", "Cy"])
    codes = [stage.fair.token(booked, index) for index in range(4)]
    ticket_id = booked.ticket_ids[0]
    set_attention(stage.fair.store, STAFF.at(NOON), ticket_id, note="Needs a chair")
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, codes[0])
        await pilot.press("f6")
        name = await shown(pilot, NameQuestion)
        send(pilot, f"{codes[1]}\r{codes[2]}\r")
        await noted(pilot, "A ticket was scanned")
        await until(pilot, lambda: name.query_one("#name", Input).value == "Grace Hopper")
        await by_hand(pilot, "enter")
        await until(pilot, lambda: len(screen.scan_log.scans) == 3)
        screen.card.show_ticket(ticket_id)
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Grace Hopper")
        await pilot.press("f7")
        await shown(pilot, TextQuestion)
        send(pilot, f"{codes[3]}\r")
        await until(pilot, lambda: text_of_line(pilot) == "Needs a chair")
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 4)
    assert ticket_view(stage.fair.store, SYSTEM, ticket_id).name == "Grace Hopper"


async def test_a_ticket_scanned_into_a_question_or_a_new_code_answers_nothing(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Grace Hopper", "Ada", "Bob"])
    codes = [stage.fair.token(booked, index) for index in range(3)]
    scan = stage.fair.scan(codes[0], gate_id=stage.fair.gate.id)
    check_in(stage.fair.store, OTHER_STAFF.at(NOON), scan)
    async with stage.desk_screen(SUPERVISOR) as (pilot, screen):
        await until(pilot, lambda: screen.scan_log.scans)
        await pilot.press("f3")
        question = await shown(pilot, YesNo)
        send(pilot, f"{codes[1]}\r")
        await noted(pilot, "A ticket was scanned")
        assert on_top(pilot) is question
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 2)
        await pilot.press("ctrl+n")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        code = await shown(pilot, NewCode)
        send(pilot, f"{codes[2]}\r")
        await until(pilot, lambda: habits_of(screen.app).scanned == [codes[2]])
        assert on_top(pilot) is code
        await pilot.press("p")
        await until(pilot, lambda: admitted(stage) == 3)
    [entry] = audit(stage, "reprint")
    assert "New code" in entry


def on_top(pilot: Pilot[None]) -> object:
    return pilot.app.screen


def text_of_line(pilot: Pilot[None]) -> str:
    return pilot.app.screen.query_one("#answer", Input).value


async def test_a_note_is_left_and_taken_away(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    ticket_id = booked.ticket_ids[0]
    set_attention(stage.fair.store, STAFF.at(NOON), ticket_id, note="Needs a chair")
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, stage.fair.token(booked))
        await reads(pilot, "! ATTENTION  Needs a chair")
        await pilot.press("f7")
        await shown(pilot, TextQuestion)
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: screen.card.ticket and not screen.card.ticket.attention)


async def test_a_supervisor_lets_in_by_force_with_a_reason(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(SUPERVISOR) as (pilot, screen):
        await scanned(pilot, screen, token)
        assert screen.card.verdict.word == "Unpaid"
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await typed(pilot, "paid in cash")
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)
        await until(pilot, lambda: "By force, against: unpaid." in screen.card.verdict.details)


async def test_a_new_code_is_shown_and_the_old_one_refused(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    old = stage.fair.token(booked)
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, old)
        await pilot.press("ctrl+n")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        code = await shown(pilot, NewCode)
        assert code.token == stage.fair.token(booked) != old
        assert "▀" in page(pilot)
        await pilot.press("escape")

        answer = check_in(stage.fair.store, STAFF.at(NOON), _scan(stage, old))
        assert answer.outcome is Outcome.REVOKED


async def test_the_link_of_the_booking_on_show_is_shown(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    with noted_serving(stage.home, ("https://192.168.178.25:8443/",)):
        async with stage.desk_screen() as (pilot, screen):
            await scanned(pilot, screen, stage.fair.token(booked))
            await pilot.press("ctrl+b")
            dialog = await shown(pilot, LinkDialog)
            assert dialog.link.booking_id == booked.booking_id
            assert not dialog.check_action("renew", ())
            await pilot.press("escape")


async def test_the_link_is_printed_at_the_gate_of_the_desk(stage: Stage) -> None:
    booked, gate_id = stage.fair.sell("Grace Hopper"), stage.fair.gate.id
    set_up(stage.fair, "Elsewhere")
    set_up(stage.fair, "At the gate", "folder", gate_id)
    with noted_serving(stage.home, ("https://192.168.178.25:8443/",)):
        async with stage.desk_screen() as (pilot, screen):
            await scanned(pilot, screen, stage.fair.token(booked))
            await pilot.press("ctrl+b")
            dialog = await shown(pilot, LinkDialog)
            await reads(pilot, "P prints it")
            await pilot.press("p")
            await noted(pilot, "At the gate")
            jobs = claim_badges(stage.fair.store, SYSTEM.at(NOON), "courier")
            assert [job.badge.token for job in jobs if job.badge.is_link] == [dialog.encoded]


async def test_without_a_printer_here_the_key_says_so_and_queues_nothing(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    printer_id = set_up(stage.fair, "Off")
    enable_printer(stage.fair.store, SYSTEM.at(NOON), printer_id, enabled=False)
    with noted_serving(stage.home, ("https://192.168.178.25:8443/",)):
        async with stage.desk_screen() as (pilot, screen):
            await scanned(pilot, screen, stage.fair.token(booked))
            waiting = badge_queue(stage.fair.store, SYSTEM).waiting
            await pilot.press("ctrl+b")
            await shown(pilot, LinkDialog)
            await pilot.press("p")
            await noted(pilot, "No printer stands here.")
            assert badge_queue(stage.fair.store, SYSTEM).waiting == waiting


async def test_without_a_server_there_is_no_key_for_a_link(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, stage.fair.token(booked))
        await pilot.press("ctrl+b")
        assert pilot.app.screen is screen
        await pilot.press("f9")
        menu = await shown(pilot, DeskMenu)
        assert "link" not in {act.name for act in menu.acts}


@pytest.mark.parametrize("key", ["f7", "ctrl+n"])
async def test_a_key_that_needs_a_ticket_says_that_nobody_is_on_show(
    stage: Stage, key: str
) -> None:
    booked = stage.fair.sell("Grace Hopper")
    async with stage.desk_screen(SUPERVISOR) as (pilot, screen):
        await pilot.press(key)
        await noted(pilot, "Nobody is on show")
        await noted(pilot, "Scan a ticket, or look somebody up first.")
        pilot.app.clear_notifications()
        screen.card.show_ticket(booked.ticket_ids[0])
        await until(pilot, lambda: screen.card.ticket is not None)
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is not screen)
        assert not any("Nobody" in each.title for each in pilot.app._notifications)


async def test_acts_need_a_ticket_on_show(stage: Stage) -> None:
    async with stage.desk_screen(SUPERVISOR) as (pilot, screen):
        await pilot.press("f4", "f6", "f7", "f8", "f11", "ctrl+t", "ctrl+s", "ctrl+n", "ctrl+r")
        await pilot.pause()
        assert pilot.app.screen is screen


async def test_the_history_of_a_ticket_is_shown(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    token = stage.fair.token(booked)
    async with stage.desk_screen(size=(120, 30)) as (pilot, screen):
        await scanned(pilot, screen, token)
        send(pilot, f"{token}\r")
        await until(pilot, lambda: "✗ Already in" in text_of(screen, "#card-history"))
        assert "✓ Admitted" in text_of(screen, "#card-history")
        assert ticket_view(stage.fair.store, SYSTEM, booked.ticket_ids[0]).badges == 1


def audit(stage: Stage, verb: str) -> list[str]:
    entries, _total = list_audit(stage.fair.store, SYSTEM, search=verb, limit=20)
    return [entry.detail for entry in entries if entry.verb == verb]


def _scan(stage: Stage, token: str) -> Scan:
    return stage.fair.scan(token)
