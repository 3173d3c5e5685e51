"""Selling to a walk-in from the desk: few keys, the change in large figures, nothing lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Digits, Input, OptionList

from data.schema import (
    AdmissionRow,
    BookingRow,
    CashMovementRow,
    PaymentRow,
    ScanRow,
    WaitlistEntryRow,
)
from data.store import Store
from eventdesk.acts import SYSTEM, Actor, Role
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult
from eventdesk.money import add_vouchers, open_shift
from eventdesk.sales import NewQuestion, QuestionKind, add_question
from screens.desk.desk_screen import DeskScreen
from screens.desk.event_questions import EventQuestions
from screens.desk.list_questions import ListQuestions
from screens.desk.walk_in import SoldDialog, WalkInDialog, sell_walk_in
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, TextQuestion
from screens.modals.seat_picker import SeatPicker
from screens.money.cash_screen import CashScreen
from tests.build import NOON, STAFF
from tests.orders import add_seats, set_event, set_type
from tests.payments import eur
from tests.people import make_known, make_staff
from tests.screens.exceptions import PLATE, door
from tests.screens.stage import Stage, noted, page, reads, shown, text_of, typed, until

pytestmark = pytest.mark.long


class Keys:
    """Presses keys and counts them, with those that were pressed before."""

    def __init__(self, pilot: Pilot[None], count: int) -> None:
        self.pilot, self.count = pilot, count

    async def press(self, *keys: str) -> None:
        self.count += len(keys)
        await self.pilot.press(*keys)


def rows(store: Store, kind: Any) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(kind)).scalar_one()


def with_drawer(stage: Stage, actor: Actor = STAFF) -> None:
    fair = stage.fair
    make_known(fair, actor)
    open_shift(fair.store, actor.at(NOON), fair.event.id, drawer="Desk 1", float_amount=eur(10000))


@asynccontextmanager
async def selling(
    stage: Stage, actor: Actor = STAFF, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], WalkInDialog]]:
    """Open the desk and its sale to walk-ins."""
    async with stage.desk_screen(actor, size) as (pilot, screen):
        await walk_in(screen)
        dialog = await shown(pilot, WalkInDialog)
        await until(pilot, lambda: dialog.focused is dialog.guest)
        yield pilot, dialog


async def walk_in(screen: DeskScreen) -> None:
    """Do what F2 does at the desk."""
    screen.run_worker(sell_walk_in(screen, screen.tools, screen.place))


def problem(dialog: Screen[Any]) -> str:
    return text_of(dialog, "#walk-in-problem")


async def test_a_known_type_is_sold_in_four_keys_beside_the_name(stage: Stage) -> None:
    with_drawer(stage)
    async with stage.desk_screen() as (pilot, screen):
        keys = Keys(pilot, 1)
        await walk_in(screen)
        dialog = await shown(pilot, WalkInDialog)
        await typed(pilot, "Wally Walker")
        await keys.press("enter")
        await until(pilot, lambda: dialog.focused is dialog.types)
        await keys.press("enter")
        await until(pilot, lambda: dialog.focused is dialog.given)
        await keys.press("enter")
        await shown(pilot, SoldDialog)
        assert keys.count == 4
        await reads(pilot, "✓ Wally Walker is in")
        await reads(pilot, "120.00 EUR in cash, drawer Desk 1")
        await keys.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, SoldDialog))
    assert rows(stage.fair.store, AdmissionRow) == 1
    assert rows(stage.fair.store, CashMovementRow) == 2


async def test_another_type_paid_with_a_note_takes_at_most_ten_keys(stage: Stage) -> None:
    with_drawer(stage)
    async with stage.desk_screen() as (pilot, screen):
        keys = Keys(pilot, 1)
        await walk_in(screen)
        dialog = await shown(pilot, WalkInDialog)
        await typed(pilot, "Vera VIP")
        await keys.press("enter", "down", "enter")
        await until(pilot, lambda: dialog.focused is dialog.given)
        await keys.press("3", "0", "0")
        await reads(pilot, "change 10.00 EUR")
        await keys.press("enter")
        sold = await shown(pilot, SoldDialog)
        assert keys.count <= 10
        assert sold.query_one(Digits).value == "10.00"


async def test_a_card_with_a_slip_of_four_figures_takes_at_most_ten_keys(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        keys = Keys(pilot, 1)
        await walk_in(screen)
        dialog = await shown(pilot, WalkInDialog)
        await typed(pilot, "Carla Card")
        await keys.press("enter", "enter")
        await until(pilot, lambda: dialog.focused is dialog.given)
        await keys.press("down", "0", "0", "1", "7", "enter")
        await shown(pilot, SoldDialog)
        assert keys.count <= 10
        await reads(pilot, "by card")
        await keys.press("enter")
        # The next guest pays as the last one did, with the type that was sold last.
        await walk_in(screen)
        again = await shown(pilot, WalkInDialog)
        assert text_of(again, "#way").startswith("Card")


async def test_a_free_ticket_skips_the_payment(stage: Stage) -> None:
    set_type(stage.fair, stage.fair.regular, price_minor=0)
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "Fred Free")
        await pilot.press("enter")
        await until(pilot, lambda: dialog.focused is dialog.types)
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
        await reads(pilot, "Free of charge")
    assert rows(stage.fair.store, PaymentRow) == 0


async def test_errors_keep_what_was_typed(stage: Stage) -> None:
    with_drawer(stage)
    async with selling(stage) as (pilot, dialog):
        await pilot.press("enter")
        await until(pilot, lambda: "Type the guest's name" in problem(dialog))
        await typed(pilot, "[red]Mallory")
        await pilot.press("enter", "enter", "5", "0")
        await reads(pilot, "✗ 70.00 EUR missing")
        await pilot.press("enter")
        await until(pilot, lambda: "70.00 EUR are missing" in problem(dialog))
        assert (dialog.guest.value, dialog.given.value) == ("[red]Mallory", "50")
        assert rows(stage.fair.store, BookingRow) == 0
        dialog.given.value = "x"
        await pilot.press("enter")
        await until(pilot, lambda: "no number" in problem(dialog))
        dialog.given.value = ""
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
        await reads(pilot, "[red]Mallory is in")


async def test_sold_out_says_what_to_do_and_a_supervisor_goes_over(stage: Stage) -> None:
    sue = make_staff(stage.fair, Role.ORGANIZER, "Sue")
    set_type(stage.fair, stage.fair.regular, quota=0)
    set_type(stage.fair, stage.fair.vip, quota=0)
    with_drawer(stage, sue)
    async with selling(stage, sue) as (pilot, dialog):
        await reads(pilot, "✗ sold out")
        await typed(pilot, "Late Larry")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "F8 goes over with a supervisor" in problem(dialog))
        await pilot.press("f8")
        await shown(pilot, TextQuestion)
        await typed(pilot, "the mayor")
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
    assert rows(stage.fair.store, AdmissionRow) == 1


async def test_the_waitlist_has_a_key_only_where_a_guest_may_wait(stage: Stage) -> None:
    set_type(stage.fair, stage.fair.regular, quota=0)

    def offered(dialog: WalkInDialog) -> bool:
        return any(each.binding.action == "waitlist" for each in dialog.active_bindings.values())

    async with selling(stage) as (pilot, dialog):  # the event has begun
        dialog.types.highlighted = 0
        await typed(pilot, "Late Larry")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "is sold out" in problem(dialog))
        assert "F7" not in problem(dialog)
        assert not offered(dialog)
        await pilot.press("f7")
        await until(pilot, lambda: "Regular has no waitlist now" in problem(dialog))
    set_event(stage.fair, starts_at=NOON.replace(hour=20))
    async with selling(stage) as (pilot, dialog):
        dialog.types.highlighted = 0
        await until(pilot, lambda: offered(dialog))
        dialog.types.highlighted = 1
        await until(pilot, lambda: not offered(dialog))
        await pilot.press("f7")
        await until(pilot, lambda: "VIP is not sold out" in problem(dialog))


async def test_a_guest_is_put_on_the_waitlist(stage: Stage) -> None:
    set_type(stage.fair, stage.fair.regular, quota=0)
    set_event(stage.fair, starts_at=NOON.replace(hour=20))
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "Late Larry")
        dialog.types.highlighted = 0
        await pilot.press("f7")
        await until(pilot, lambda: "needs a name and an e-mail" in problem(dialog))
        await typed(pilot, "larry@example.org")
        await pilot.press("f7")
        await until(pilot, lambda: not isinstance(pilot.app.screen, WalkInDialog))
    assert rows(stage.fair.store, WaitlistEntryRow) == 1


async def test_a_known_person_is_offered_while_typing(stage: Stage) -> None:
    stage.fair.sell("Grace Hopper", email="grace@example.org")
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "grace")
        await reads(pilot, "g…@example.org")
        await reads(pilot, "! has a ticket")
        await pilot.press("down")
        await until(pilot, lambda: dialog.focused is dialog.known)
        await pilot.press("enter")
        await until(pilot, lambda: dialog.guest.value == "Grace Hopper")
        assert dialog.query_one("#email", Input).value == "grace@example.org"
        assert "already" in problem(dialog)


async def test_the_desk_asks_for_a_drawer_once_and_says_when_there_is_none(stage: Stage) -> None:
    async with selling(stage) as (pilot, _dialog):
        await typed(pilot, "One")
        await pilot.press("enter", "enter", "enter")
        asked = await shown(pilot, PickOne)
        assert "no cash drawer" in page(pilot)
        asked.query_one(OptionList).highlighted = 1
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
        await reads(pilot, "! The cash is booked in no drawer")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, SoldDialog))
        desk = pilot.app.screen
        assert isinstance(desk, DeskScreen)
        await walk_in(desk)
        await shown(pilot, WalkInDialog)
        await typed(pilot, "Two")
        await pilot.press("enter", "enter", "enter")
        await shown(pilot, SoldDialog)
    assert rows(stage.fair.store, CashMovementRow) == 0


async def test_the_drawer_is_opened_on_the_way(stage: Stage) -> None:
    async with selling(stage) as (pilot, _dialog):
        await typed(pilot, "One")
        await pilot.press("enter", "enter", "enter")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        form = await shown(pilot, FormDialog)
        form.form.fields["float"].put(5000)
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)
        await reads(pilot, "in cash, drawer Gate A")
    assert rows(stage.fair.store, CashMovementRow) == 2


async def test_required_questions_of_the_event_are_asked(stage: Stage) -> None:
    fair = stage.fair
    add_question(
        fair.store,
        SYSTEM.at(NOON),
        fair.event.id,
        NewQuestion("Your diet?", QuestionKind.TEXT, required=True),
    )
    with_drawer(stage)
    async with selling(stage) as (pilot, _dialog):
        await typed(pilot, "Quinn")
        await pilot.press("enter", "enter", "enter")
        await shown(pilot, EventQuestions)
        await pilot.press("ctrl+s")
        await reads(pilot, "Please fill this in")
        await typed(pilot, "vegan")
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)


async def test_an_optional_question_of_the_list_is_asked_once_and_may_stay_open(
    stage: Stage,
) -> None:
    door(stage, questions=(PLATE,))
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "Quinn")
        await pilot.press("enter", "enter", "enter")
        await shown(pilot, ListQuestions)
        await reads(pilot, "Number plate of your car?")
        await reads(pilot, "Enter alone leaves it open")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is dialog and not dialog.busy)
        assert rows(stage.fair.store, BookingRow) == 0
        assert dialog.guest.value == "Quinn"
        await pilot.press("ctrl+s")
        await shown(pilot, ListQuestions)
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
        await reads(pilot, "✓ Quinn is in")
    assert rows(stage.fair.store, AdmissionRow) == 1


async def test_an_answer_to_an_optional_question_of_the_list_is_kept_with_the_scan(
    stage: Stage,
) -> None:
    door(stage, questions=(PLATE,))
    async with selling(stage) as (pilot, _dialog):
        await typed(pilot, "Quinn")
        await pilot.press("enter", "enter", "enter")
        await shown(pilot, ListQuestions)
        await typed(pilot, "HH-ED 1815")
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
    with stage.fair.store.read() as connection:
        answers = connection.execute(
            select(ScanRow.answers).where(ScanRow.outcome == "admitted")
        ).scalar_one()
    assert "HH-ED 1815" in str(answers)


async def test_a_voucher_that_is_too_small_asks_for_the_rest(stage: Stage) -> None:
    fair = stage.fair
    add_vouchers(fair.store, SYSTEM.at(NOON), fair.event.id, value=eur(10000), code="THANKS")
    with_drawer(stage)
    async with selling(stage) as (pilot, dialog):
        await typed(pilot, "Vic")
        await pilot.press("enter", "enter", "up")
        await reads(pilot, "its code")
        await typed(pilot, "thanks")
        assert dialog.way == "voucher"
        await pilot.press("enter")
        await shown(pilot, PickOne)
        await reads(pilot, "20.00 EUR in cash")
        await pilot.press("down", "down", "enter")
        await shown(pilot, TextQuestion)
        await typed(pilot, "0042")
        await pilot.press("enter")
        await shown(pilot, SoldDialog)
    assert rows(fair.store, PaymentRow) == 2


async def test_the_drawer_is_named_where_the_rest_of_a_voucher_was_cash(stage: Stage) -> None:
    fair = stage.fair
    add_vouchers(fair.store, SYSTEM.at(NOON), fair.event.id, value=eur(10000), code="THANKS")
    with_drawer(stage)
    async with selling(stage) as (pilot, _dialog):
        await typed(pilot, "Vic")
        await pilot.press("enter", "enter", "up")
        await reads(pilot, "its code")
        await typed(pilot, "thanks")
        await pilot.press("enter")
        asked = await shown(pilot, PickOne)
        await pilot.press("enter")  # a doubled one: nobody chose a way yet
        assert pilot.app.screen is asked
        await pilot.press("down", "enter")
        await shown(pilot, SoldDialog)
        await reads(pilot, "120.00 EUR with a voucher, drawer Desk 1")


async def test_a_seat_is_picked_on_the_plan(stage: Stage) -> None:
    sam = make_staff(stage.fair)
    section_id, _ = add_seats(stage.fair, 3)
    set_type(stage.fair, stage.fair.regular, section_id=section_id)
    with_drawer(stage, sam)
    async with selling(stage, sam) as (pilot, _dialog):
        await reads(pilot, "best free seat")
        await typed(pilot, "Sid")
        await pilot.press("f6")
        await shown(pilot, SeatPicker)
        await pilot.press("space")
        await reads(pilot, "1 of 1 seats")
        await pilot.press("ctrl+s")
        await shown(pilot, WalkInDialog)
        await reads(pilot, "seat H-")
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)
        await reads(pilot, "Seat H-")


async def test_a_ticket_is_sold_without_letting_in(stage: Stage) -> None:
    with_drawer(stage)
    async with selling(stage) as (pilot, _dialog):
        await pilot.press("f9")
        await reads(pilot, "! only sold, not let in")
        await typed(pilot, "Tom Tomorrow")
        await pilot.press("ctrl+s")
        await shown(pilot, SoldDialog)
        await reads(pilot, "not let in yet")
    assert rows(stage.fair.store, AdmissionRow) == 0


async def test_the_desk_opens_sale_and_drawer_by_their_keys(stage: Stage) -> None:
    with_drawer(stage)
    async with stage.desk_screen() as (pilot, desk):
        keys = Keys(pilot, 0)
        await keys.press("f2")
        dialog = await shown(pilot, WalkInDialog)
        await typed(pilot, "Wally Walker")
        await keys.press("enter", "enter")
        await until(pilot, lambda: dialog.focused is dialog.given)
        await keys.press("enter")
        await shown(pilot, SoldDialog)
        await keys.press("enter")
        await until(pilot, lambda: pilot.app.screen is desk)
        assert keys.count == 5
        await reads(pilot, "Wally Walker")
        await pilot.press("f10")
        await shown(pilot, CashScreen)
        await reads(pilot, "+ sale")
        await until(pilot, lambda: pilot.app.screen.query_one(Digits).value == "220.00")


async def test_where_nothing_is_sold_the_desk_says_so(stage: Stage) -> None:
    for kind in (stage.fair.regular, stage.fair.vip):
        set_type(stage.fair, kind, active=False)
    async with stage.desk_screen() as (pilot, screen):
        await walk_in(screen)
        await noted(pilot, "Nothing is sold here")


async def test_giving_up_sells_nothing(stage: Stage) -> None:
    answers: list[CheckInResult | None] = []
    async with stage.desk_screen() as (pilot, screen):

        async def run() -> None:
            answers.append(await sell_walk_in(screen, screen.tools, screen.place))

        screen.run_worker(run())
        await shown(pilot, WalkInDialog)
        await pilot.press("escape")
        await until(pilot, lambda: answers == [None])
    assert rows(stage.fair.store, BookingRow) == 0


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_the_dialog_fits_its_screen(stage: Stage, size: tuple[int, int]) -> None:
    async with selling(stage, size=size) as (pilot, dialog):
        await typed(pilot, "Wally Walker")
        box = dialog.query_one("#walk-in")
        assert box.region.bottom <= size[1]
        for words in ("Name", "Regular", "120.00 EUR due", "Cancel", "Only sell"):
            await reads(pilot, words)
        assert plain(page(pilot))
