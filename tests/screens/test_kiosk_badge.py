"""The badge at the kiosk: looked at, corrected, printed."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from textual.widgets import Input

from data.schema import AuditRow, DeliveryRow, EventRow
from eventdesk.acts.actor import SYSTEM
from eventdesk.door import CheckInResult, recent_scans, ticket_view
from eventdesk.printing import release_badge
from screens.door.answers import BADGE_WAITS
from screens.self_service.keyboard import BACKSPACE, SPACE, Keyboard
from screens.self_service.kiosk_badge import HELD_S, OUT_BEFORE
from screens.widgets.badge_preview import BadgePreview
from tests.build import NOON, STAFF
from tests.screens.stage import FakeScanner, Stage, page, reads, until

pytestmark = pytest.mark.long


def allow_correction(stage: Stage) -> None:
    with stage.fair.store.write() as connection:
        connection.execute(
            update(EventRow).where(EventRow.id == stage.fair.event.id).values(badge_correction=True)
        )


def due(stage: Stage) -> list[timedelta]:
    """How long after noon each badge prints."""
    with stage.fair.store.read() as connection:
        rows = connection.execute(select(DeliveryRow.due_at).order_by(DeliveryRow.id))
        return [at - NOON for at in rows.scalars()]


AT_ONCE, HELD = timedelta(0), timedelta(seconds=HELD_S)


async def test_a_badge_is_looked_at_and_prints(stage: Stage) -> None:
    allow_correction(stage)
    token = stage.fair.token(stage.fair.sell(line_two="Analytical Engines"))
    scanner = FakeScanner()
    async with stage.kiosk(scanner, size=(120, 40)) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(token)
        await reads(pilot, "Is your badge right?")
        await reads(pilot, "✓ Welcome, Ada Lovelace")
        assert due(stage) == [HELD]
        await until(pilot, lambda: screen.query_one(BadgePreview).picture is not None)
        assert "▀" in page(pilot) or "▄" in page(pilot)
        await pilot.press("enter")
        await reads(pilot, "Your badge is printing.")
    assert due(stage) == [AT_ONCE]


async def test_a_name_is_corrected_before_it_prints(stage: Stage) -> None:
    allow_correction(stage)
    booked = stage.fair.sell("Ada Lovelase")
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(stage.fair.token(booked))
        await reads(pilot, "Is your badge right?")
        await pilot.click("#badge-change")
        line = screen.query_one("#badge-name", Input)
        await until(pilot, lambda: line.has_focus)
        line.value = " "
        await pilot.press("ctrl+s")
        await reads(pilot, "name")
        assert due(stage) == [HELD]
        line.value = "Ada Lovelace"
        await pilot.press("ctrl+s")
        await reads(pilot, "Welcome, Ada Lovelace")
    store = stage.fair.store
    assert ticket_view(store, SYSTEM, booked.ticket_ids[0]).name == "Ada Lovelace"
    assert due(stage) == [AT_ONCE]
    with store.read() as connection:
        verbs = connection.execute(select(AuditRow.verb)).scalars().all()
    assert "correct_badge" in verbs


async def test_who_goes_away_gets_the_badge_as_it_was_booked(stage: Stage) -> None:
    allow_correction(stage)
    ada = stage.fair.token(stage.fair.sell())
    kay = stage.fair.token(stage.fair.sell("Kay McNulty"))
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(ada)
        await reads(pilot, "✓ Welcome, Ada Lovelace")
        scanner.show(kay)
        await reads(pilot, "✓ Welcome, Kay McNulty")
        assert "Ada" not in page(pilot)
        await until(pilot, lambda: due(stage) == [AT_ONCE, HELD])
        await pilot.press("escape")
        await until(pilot, lambda: due(stage) == [AT_ONCE, AT_ONCE])
        await until(pilot, lambda: screen.panes.current == "idle")


async def test_without_leave_of_the_event_badges_print_at_once(stage: Stage) -> None:
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, _screen):
        scanner.show(stage.fair.token(stage.fair.sell()))
        await reads(pilot, "Your badge is printing.")
    assert due(stage) == [AT_ONCE]


async def test_a_badge_is_let_go_once(stage: Stage) -> None:
    allow_correction(stage)
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(stage.fair.token(stage.fair.sell()))
        await reads(pilot, "Is your badge right?")
        with stage.fair.store.read() as connection:
            delivery_id = connection.execute(select(DeliveryRow.id)).scalar_one()
        actor, store = screen.place.actor, stage.fair.store
        assert release_badge(store, actor.at(NOON), delivery_id)
        assert not release_badge(store, actor.at(NOON), delivery_id)


async def test_a_name_is_typed_on_the_screen(stage: Stage) -> None:
    allow_correction(stage)
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(stage.fair.token(stage.fair.sell()))
        await reads(pilot, "Is your badge right?")
        await pilot.click("#badge-change")
        line = screen.query_one("#badge-name", Input)
        await until(pilot, lambda: line.has_focus)
        line.value = ""
        keyboard = screen.query_one("#badge-fields Keyboard", Keyboard)
        for key in "ada" + SPACE + "k" + BACKSPACE + "o'b":
            keyboard.post_message(Keyboard.Typed(key))
        await until(pilot, lambda: line.value == "Ada O'B")


async def test_the_own_code_is_no_next_guest(stage: Stage) -> None:
    allow_correction(stage)
    ada = stage.fair.token(stage.fair.sell())
    kay = stage.fair.token(stage.fair.sell("Kay McNulty"))
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(ada)
        await reads(pilot, "✓ Welcome, Ada Lovelace")
        scanner.show(ada)
        scanner.show(kay)
        await reads(pilot, "✓ Welcome, Kay McNulty")
    scans = recent_scans(stage.fair.store, STAFF, stage.fair.door.id)
    assert [scan.outcome for scan in scans] == ["admitted", "admitted"]


async def test_an_answer_that_comes_late_leaves_the_next_guest_alone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_correction(stage)
    ada = stage.fair.token(stage.fair.sell())
    kay = stage.fair.token(stage.fair.sell("Kay McNulty"))
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        where, told = screen.where, list[UUID | None]()

        async def late(delivery_id: UUID | None) -> str:
            scanner.show(kay)
            await reads(pilot, "✓ Welcome, Kay McNulty")
            told.append(delivery_id)
            return await where(delivery_id)

        monkeypatch.setattr(screen, "where", late)
        scanner.show(ada)
        await reads(pilot, "✓ Welcome, Ada Lovelace")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(told))
        await until(pilot, lambda: not any(w.group == "badge" for w in screen.workers))
        assert screen.verdict.answer is None
        assert screen.panes.current == "badge"
        assert "Kay McNulty" in page(pilot)


async def test_who_is_in_is_told_so_even_where_the_badge_is_not_found(stage: Stage) -> None:
    booked = stage.fair.sell()
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        scanner.show(stage.fair.token(booked))
        await reads(pilot, "Your badge is printing.")
        with stage.fair.store.write() as connection:
            delivery_id = connection.execute(select(DeliveryRow.id)).scalar_one()
            connection.execute(delete(DeliveryRow))
        assert await screen.where(delivery_id) == str(BADGE_WAITS)


async def test_who_types_has_time_for_it(stage: Stage) -> None:
    allow_correction(stage)
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(stage.fair.token(stage.fair.sell()))
        await reads(pilot, "Is your badge right?")
        with stage.fair.store.write() as connection:
            connection.execute(update(DeliveryRow).values(due_at=NOON + timedelta(seconds=1)))
        await pilot.click("#badge-change")
        screen.query_one("#badge-name", Input).value = "Ada King"
        await until(pilot, lambda: due(stage) == [HELD])


async def test_who_corrects_a_badge_that_is_out_is_told_so(stage: Stage) -> None:
    allow_correction(stage)
    booked = stage.fair.sell()
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(stage.fair.token(booked))
        await reads(pilot, "Is your badge right?")
        with stage.fair.store.write() as connection:
            connection.execute(update(DeliveryRow).values(state="printed"))
        screen.query_one("#badge-name", Input).value = "Ada King"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.verdict.answer is not None)
        assert screen.verdict.answer is not None
        assert str(OUT_BEFORE) in str(screen.verdict.answer)
    assert ticket_view(stage.fair.store, SYSTEM, booked.ticket_ids[0]).name == "Ada King"


async def test_a_long_name_that_nobody_touches_stays_as_it_was_booked(stage: Stage) -> None:
    allow_correction(stage)
    name = "Ada  " + "Lovelace" * 20
    booked = stage.fair.sell(name)
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        scanner.show(stage.fair.token(booked))
        await reads(pilot, "Is your badge right?")
        await pilot.press("enter")
        await until(pilot, lambda: due(stage) == [AT_ONCE])
    assert ticket_view(stage.fair.store, SYSTEM, booked.ticket_ids[0]).name == name


async def test_the_answer_to_the_one_before_never_covers_the_next_guest(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_correction(stage)
    token = stage.fair.token(stage.fair.sell())
    scanner = FakeScanner()
    async with stage.kiosk(scanner) as (pilot, screen):
        await until(pilot, lambda: screen.badge.holds)
        looked_up = asyncio.Event()

        async def while_the_next_one_comes(result: CheckInResult) -> str:
            screen.badge.result = replace(result, scan_id=UUID(int=1))
            looked_up.set()
            return ""

        scanner.show(token)
        await reads(pilot, "Is your badge right?")
        monkeypatch.setattr(screen, "first_session", while_the_next_one_comes)
        await pilot.press("enter")
        await until(pilot, looked_up.is_set)
        await pilot.pause()
        assert screen.panes.current == "badge"
        assert screen.verdict.answer is None
