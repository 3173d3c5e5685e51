"""The questions of a list, asked at the kiosk before it lets a guest in."""

import pytest
from textual.widgets import Button, Input

from eventdesk.door import DoorQuestion, NewCheckInList, change_check_in_list, recent_scans
from eventdesk.sales import QuestionKind
from screens.self_service.kiosk_questions import KioskQuestions
from tests.build import NOON, STAFF, SUPERVISOR
from tests.screens.stage import FakeScanner, Stage, page, reads, until

pytestmark = pytest.mark.long

WAIVER = DoorQuestion("q1", "Did you sign the waiver?", QuestionKind.YES_NO)
LUNCH = DoorQuestion("q2", "Which lunch?", QuestionKind.CHOICE, ("Vegan [new]", "Fish"))
BIB = DoorQuestion("q3", "Your bib number?", QuestionKind.NUMBER, required=False)


def asks(stage: Stage, *questions: DoorQuestion) -> None:
    new = NewCheckInList(stage.fair.door.name, questions=questions)
    change_check_in_list(stage.fair.store, SUPERVISOR.at(NOON), stage.fair.door.id, new)


async def test_questions_come_one_by_one_and_then_the_guest_is_in(stage: Stage) -> None:
    asks(stage, WAIVER, LUNCH, BIB)
    token = stage.fair.token(stage.fair.sell())
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        scanner.show(token)
        await reads(pilot, "Did you sign the waiver?")
        await reads(pilot, "Question 1 of 3")
        assert "Ada" not in page(pilot)
        await until(pilot, lambda: screen.query(".choice"))
        await pilot.click("#choice-0")
        await reads(pilot, "1  Vegan [new]")
        await pilot.press("2")
        await reads(pilot, "Your bib number?")
        await until(pilot, lambda: screen.query("#question-typed"))
        await pilot.press(*"four", "enter")
        await reads(pilot, "number")
        screen.query_one("#question-typed", Input).value = "42"
        await pilot.press("enter")
        await reads(pilot, "Welcome, Ada Lovelace")
    scans = recent_scans(stage.fair.store, STAFF, stage.fair.door.id)
    assert [scan.outcome for scan in scans] == ["admitted", "incomplete"]


async def test_what_is_not_required_may_be_skipped(stage: Stage) -> None:
    asks(stage, WAIVER, BIB)
    token = stage.fair.token(stage.fair.sell())
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        scanner.show(token)
        await until(pilot, lambda: screen.query(".choice"))
        assert not screen.query_one("#question-skip", Button).display
        await pilot.press("1")
        await until(pilot, lambda: screen.query_one("#question-skip", Button).display)
        await pilot.click("#question-skip")
        await reads(pilot, "Welcome, Ada Lovelace")


async def test_a_list_with_only_optional_questions_asks_them(stage: Stage) -> None:
    asks(stage, BIB)
    token = stage.fair.token(stage.fair.sell())
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        scanner.show(token)
        await reads(pilot, "Your bib number?")
        await until(pilot, lambda: screen.query_one("#question-skip", Button).display)
        await pilot.click("#question-skip")
        await reads(pilot, "Welcome, Ada Lovelace")


async def test_left_alone_or_given_up_it_forgets_and_nobody_is_in(stage: Stage) -> None:
    asks(stage, LUNCH)
    token = stage.fair.token(stage.fair.sell())
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        scanner.show(token)
        await reads(pilot, "Which lunch?")
        await pilot.press("escape")
        await until(pilot, lambda: screen.panes.current == "idle")
        assert not screen.query_one(KioskQuestions).query(".choice")
    scans = recent_scans(stage.fair.store, STAFF, stage.fair.door.id)
    assert [scan.outcome for scan in scans] == ["incomplete"]


async def test_the_next_guest_does_not_answer_for_the_last(stage: Stage) -> None:
    asks(stage, LUNCH)
    ada = stage.fair.token(stage.fair.sell())
    kay = stage.fair.token(stage.fair.sell("Kay McNulty"))
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        scanner.show(ada)
        await until(pilot, lambda: screen.query(".choice"))
        scanner.show(kay)
        await until(
            pilot, lambda: len(recent_scans(stage.fair.store, STAFF, stage.fair.door.id)) == 2
        )
        await until(pilot, lambda: screen.query(".choice"))
        await pilot.press("1")
        await reads(pilot, "Welcome, Kay McNulty")


async def test_the_own_code_does_not_begin_the_questions_anew(stage: Stage) -> None:
    asks(stage, WAIVER, LUNCH)
    ada = stage.fair.token(stage.fair.sell())
    kay = stage.fair.token(stage.fair.sell("Kay McNulty"))
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        scanner.show(ada)
        await until(pilot, lambda: screen.query(".choice"))
        scanner.show(ada)
        scanner.show(kay)
        await until(
            pilot, lambda: len(recent_scans(stage.fair.store, STAFF, stage.fair.door.id)) == 2
        )
    scans = recent_scans(stage.fair.store, STAFF, stage.fair.door.id)
    assert [scan.name for scan in scans] == ["Kay McNulty", "Ada Lovelace"]
