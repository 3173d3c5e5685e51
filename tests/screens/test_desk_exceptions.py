"""What is not the rule at the desk: each act counted in keys, and back to the same person."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets._footer import FooterKey

from eventdesk.model.bookings import NewBooking, NewTicket
from eventdesk.model.check_in_lists import Question
from eventdesk.model.door import UnpaidPolicy
from eventdesk.model.money import Money
from eventdesk.model.people import SYSTEM, Actor, Role
from eventdesk.model.questions import QuestionKind
from eventdesk.model.ticket_types import NewTicketType
from eventdesk.usecases.approvals import set_desk_pin
from eventdesk.usecases.bookings import find_booking
from eventdesk.usecases.cash import open_shift
from eventdesk.usecases.checkin import check_in
from eventdesk.usecases.companions import set_companion
from eventdesk.usecases.deliveries import badge_queue
from eventdesk.usecases.lists import NewCheckInList, change_check_in_list
from eventdesk.usecases.payment_views import payments_of
from eventdesk.usecases.payments import take_payment
from eventdesk.usecases.registration import book
from eventdesk.usecases.scans import counters, scans_of
from eventdesk.usecases.ticket_types import add_ticket_type
from eventdesk.usecases.tickets import set_attention, ticket_view
from eventdesk.usecases.vouchers import add_vouchers
from screens.cash_screen import CashScreen
from screens.desk_screen import ACTS, DeskScreen
from screens.modals.desk_menu import DeskMenu
from screens.modals.form_dialog import FormDialog
from screens.modals.group_dialog import GroupDialog, GroupResults
from screens.modals.list_questions import ListQuestions
from screens.modals.new_code import NewCode
from screens.modals.reason_dialog import ReasonDialog
from screens.modals.supervisor_pin import SupervisorPin
from screens.modals.take_money import TakeMoney
from screens.modals.walk_in_dialog import WalkInDialog
from screens.widgets.problem import Problem
from tests.build import NOON, OTHER_STAFF, STAFF
from tests.people import make_staff
from tests.screens.stage import Stage, noted, page, reads, send, shown, typed, until

PIN = "481516"
FOOD = Question("food", "What do you eat?", QuestionKind.CHOICE, ("Everything", "Vegan"))
PLATE = Question("plate", "Number plate of your car?", required=False)


def admitted(stage: Stage) -> int:
    return counters(stage.fair.store, stage.fair.door.id).admitted


def waits(stage: Stage, badges: int) -> bool:
    return badge_queue(stage.fair.store).waiting == badges


def door(stage: Stage, **given: Any) -> None:
    """Change the rules of the list."""
    new = NewCheckInList("Main entrance", **given)
    change_check_in_list(stage.fair.store, SYSTEM, stage.fair.door.id, new, now=NOON)
    given_float = Money(10000, "EUR")
    open_shift(
        stage.fair.store,
        STAFF,
        stage.fair.event.id,
        drawer="Desk 1",
        float_amount=given_float,
        now=NOON,
    )


@pytest.fixture
def boss(stage: Stage) -> Actor:
    boss = make_staff(stage.fair, Role.ORGANIZER, "Sue")
    set_desk_pin(stage.fair.store, boss, PIN, now=NOON)
    return boss


@pytest.fixture
def staff(stage: Stage) -> Actor:
    return make_staff(stage.fair)


class Keys:
    """Counts what is pressed."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot, self.count = pilot, 0

    async def press(self, *keys: str) -> None:
        self.count += len(keys)
        await self.pilot.press(*keys)


@contextmanager
def at_most(keys: Keys, most: int) -> Iterator[None]:
    """An act takes so many keys."""
    before = keys.count
    yield
    assert keys.count - before <= most


async def scanned(pilot: Pilot[None], screen: DeskScreen, token: str) -> None:
    send(pilot, f"{token}\r")
    await until(pilot, lambda: screen.card.answer is not None and screen.shown is not None)


# The footer and the menu


async def test_the_footer_names_the_keys_that_matter_at_80_columns(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        foot = page(pilot).splitlines()[-1]
        for words in ("F1 Help", "F2 Walk-in", "F3 Undo", "F4 Badge", "F5 Read", "F9 More",
                      "F10 Cash", "F11 Group"):  # fmt: skip
            assert words in foot
        keys = screen.query(FooterKey)
        assert max(key.region.right for key in keys) <= 80


async def test_every_act_has_a_key_of_its_own(stage: Stage) -> None:
    keys = [key for act in ACTS for key in act.keys.split(",")]
    assert len(keys) == len(set(keys))
    async with stage.desk_screen() as (_pilot, screen):
        for act in ACTS:
            assert hasattr(screen, f"action_{act.action}")


async def test_the_menu_lists_every_act_and_does_the_typed_one(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen(size=(120, 40)) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f9")
        await shown(pilot, DeskMenu)
        for act in ACTS:
            assert not act.listed or act.tooltip[:40] in page(pilot)
        await typed(pilot, "torn")
        await reads(pilot, "Nothing is called so")
        await pilot.press(*["backspace"] * 4)
        await typed(pilot, "badge again")
        await pilot.press("enter")
        await shown(pilot, ReasonDialog)


async def test_an_acts_own_key_works_in_the_menu_and_by_mouse_in_the_footer(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen() as (pilot, screen):
        await pilot.press("f9")
        await shown(pilot, DeskMenu)
        await pilot.press("f4")
        await reads(pilot, "Scan or find a ticket first")
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        await scanned(pilot, screen, token)
        await until(
            pilot, lambda: any(key.action == "print_again" for key in screen.query(FooterKey))
        )
        badge = next(key for key in screen.query(FooterKey) if key.action == "print_again")
        await pilot.click(badge)
        await shown(pilot, ReasonDialog)


# Questions


async def test_questions_are_answered_and_the_same_person_goes_in(stage: Stage) -> None:
    door(stage, questions=(FOOD, PLATE))
    booked = stage.fair.sell("Grace Hopper")
    async with stage.desk_screen() as (pilot, screen):
        keys = Keys(pilot)
        send(pilot, f"{stage.fair.token(booked)}\r")
        await shown(pilot, ListQuestions)
        assert "What do you eat?" in page(pilot)
        with at_most(keys, 3):
            await keys.press("2", "enter")
            await reads(pilot, "Number plate")
            await keys.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)
        await until(pilot, lambda: screen.shown and screen.shown.name == "Grace Hopper")
    [scan, _asked] = scans_of(stage.fair.store, STAFF, booked.ticket_ids[0])
    assert scan.outcome.passes


async def test_esc_keeps_what_was_answered_and_the_person(stage: Stage) -> None:
    door(stage, questions=(PLATE, FOOD))
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{stage.fair.token(stage.fair.sell('Grace Hopper'))}\r")
        dialog = await shown(pilot, ListQuestions)
        await pilot.press("b", "1", "enter")
        await pilot.press("enter")
        await reads(pilot, "Choose one of these")
        await pilot.press("escape")
        await until(pilot, lambda: dialog.line.value == "b1")
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        await until(pilot, lambda: screen.shown and screen.shown.name == "Grace Hopper")
        assert admitted(stage) == 0

        await pilot.press("ctrl+o")
        again = await shown(pilot, ListQuestions)
        assert again.line.value == "b1"
        await pilot.press("enter", "v", "enter")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_a_ticket_scanned_into_a_question_is_taken_afterwards(stage: Stage) -> None:
    door(stage, questions=(FOOD,))
    booked = stage.fair.sell_all(["Ada", "Grace"])
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{stage.fair.token(booked)}\r")
        await shown(pilot, ListQuestions)
        send(pilot, f"{stage.fair.token(booked, 1)}\r")
        await reads(pilot, "A ticket was scanned")
        await pilot.press("1", "enter")
        await until(pilot, lambda: admitted(stage) == 1)
        second = await shown(pilot, ListQuestions)
        assert second.guest == "Grace"
        await pilot.press("1", "enter")
        await until(pilot, lambda: admitted(stage) == 2)
        assert screen.shown is not None


async def test_a_burst_of_codes_is_taken_although_each_has_a_question(stage: Stage) -> None:
    door(stage, questions=(FOOD,))
    booked = stage.fair.sell_all([f"Guest {number}" for number in range(6)])
    tokens = [stage.fair.token(booked, index) for index in range(6)]
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "".join(f"{token}\r" for token in tokens))
        await shown(pilot, ListQuestions)
        await until(pilot, lambda: len(screen.scans) == 6)


async def test_after_a_burst_everybody_with_a_question_is_asked_in_turn(stage: Stage) -> None:
    door(stage, questions=(FOOD,), unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell_all(["Ada", "Bob"])
    owing = stage.fair.token(stage.fair.sell("Cy", paid=False))
    tokens = [stage.fair.token(booked), owing, stage.fair.token(booked, 1)]
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "".join(f"{token}\r" for token in tokens))
        first = await shown(pilot, ListQuestions)
        assert first.guest == "Ada"
        await pilot.press("1", "enter")
        await shown(pilot, TakeMoney)
        await reads(pilot, "Cy")
        await pilot.press("escape")
        last = await shown(pilot, ListQuestions)
        assert last.guest == "Bob"
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        assert admitted(stage) == 1
        # Nothing is lost: the one on show is asked again, though somebody else came later.
        await pilot.press("escape")
        await typed(pilot, "Cy")
        await until(pilot, lambda: screen.shown and screen.shown.name == "Cy")
        await pilot.press("ctrl+o")
        await shown(pilot, TakeMoney)


async def test_who_paid_elsewhere_meanwhile_goes_in_with_ctrl_o(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell("Ada", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(booked)}\r")
        await shown(pilot, TakeMoney)
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        booking_id = find_booking(stage.fair.store, booked.code)
        take_payment(stage.fair.store, STAFF, booking_id, method="cash", now=NOON)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_a_scan_during_an_act_waits_until_the_act_is_done(stage: Stage) -> None:
    door(stage, questions=(FOOD,))
    booked = stage.fair.sell_all(["Ada", "Bob"])
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "Ada")
        await until(pilot, lambda: screen.shown and screen.shown.name == "Ada")
        await pilot.press("ctrl+n")
        await shown(pilot, ReasonDialog)
        send(pilot, f"{stage.fair.token(booked, 1)}\r")
        await reads(pilot, "A ticket was scanned")
        await pilot.press("enter")
        await shown(pilot, NewCode)
        await until(pilot, lambda: any(scan.name == "Bob" for scan in screen.scans))
        assert isinstance(pilot.app.screen, NewCode)
        await pilot.press("escape")
        asked = await shown(pilot, ListQuestions)
        assert asked.guest == "Bob"


# Payment


async def test_what_is_due_is_taken_with_its_change_and_the_guest_goes_in(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell("Grace Hopper", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        keys = Keys(pilot)
        send(pilot, f"{stage.fair.token(booked)}\r")
        await shown(pilot, TakeMoney)
        assert "120.00 EUR are due" in page(pilot)
        with at_most(keys, 4):
            await keys.press("1", "5", "0")
            await reads(pilot, "Give back 30.00 EUR")
            await keys.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)
        await reads(pilot, "GIVE BACK 30.00 EUR")
    money = payments_of(stage.fair.store, SYSTEM, find_booking(stage.fair.store, booked.code))
    assert [str(each.amount) for each in money.payments] == ["120.00 EUR"]


async def test_exact_cash_is_one_key_and_a_card_its_slip(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    one = stage.fair.sell("Ada", paid=False)
    two = stage.fair.sell("Grace", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(one)}\r")
        await shown(pilot, TakeMoney)
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)
        send(pilot, f"{stage.fair.token(two)}\r")
        await shown(pilot, TakeMoney)
        await pilot.press("down", "enter")
        await reads(pilot, "Number of the slip, please")
        await pilot.press("7", "7", "enter")
        await until(pilot, lambda: admitted(stage) == 2)


async def test_a_part_is_asked_about_and_the_rest_taken_another_way(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell("Ada", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(booked)}\r")
        await shown(pilot, TakeMoney)
        await pilot.press("5", "0", "enter")
        await reads(pilot, "Enter again takes 50.00 EUR as a part")
        await pilot.press("enter")
        await reads(pilot, "70.00 EUR are due, ✓ 50.00 EUR are taken")
        assert admitted(stage) == 0
        await pilot.press("down", "9", "enter")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_a_voucher_pays_and_a_wrong_code_stays_to_be_corrected(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    value = Money(12000, "EUR")
    add_vouchers(stage.fair.store, SYSTEM, stage.fair.event.id, value=value, code="AHA", now=NOON)
    booked = stage.fair.sell("Ada", paid=False)
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(booked)}\r")
        dialog = await shown(pilot, TakeMoney)
        await pilot.press("down", "down", *"ohno", "enter")
        await until(pilot, lambda: dialog.query_one(Problem).display)
        assert dialog.line.value == "ohno"
        await pilot.press("ctrl+u", *"aha", "enter")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_f2_sells_to_a_walk_in_and_f10_opens_the_drawer(stage: Stage) -> None:
    door(stage)
    async with stage.desk_screen() as (pilot, screen):
        await pilot.press("f2")
        await shown(pilot, WalkInDialog)
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        await pilot.press("f10")
        await shown(pilot, CashScreen)
        await reads(pilot, "100.00 EUR")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)


async def test_a_list_that_refuses_takes_no_money(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Ada", paid=False))
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, token)
        assert pilot.app.screen is screen
        await pilot.press("ctrl+t")
        await noted(pilot, "No payment is taken here")
        assert pilot.app.screen is screen


async def test_esc_takes_nothing_and_ctrl_t_asks_again(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    token = stage.fair.token(stage.fair.sell("Ada", paid=False))
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, f"{token}\r")
        await shown(pilot, TakeMoney)
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        await until(pilot, lambda: screen.shown is not None)
        assert admitted(stage) == 0
        await pilot.press("ctrl+t")
        await shown(pilot, TakeMoney)
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)


# Attention, and who is in


async def test_a_note_cannot_be_missed(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    note = "Needs [b]a chair"
    set_attention(stage.fair.store, STAFF, booked.ticket_ids[0], note=note, now=NOON)
    async with stage.desk_screen() as (pilot, screen):
        await scanned(pilot, screen, stage.fair.token(booked))
        await reads(pilot, f"! ATTENTION  {note}")
        await pilot.press("escape")
        await until(pilot, lambda: "ATTENTION" not in page(pilot))


async def test_who_is_in_shows_when_where_and_by_whom(stage: Stage) -> None:
    booked = stage.fair.sell("Grace Hopper")
    scan = stage.fair.scan(stage.fair.token(booked), gate_id=stage.fair.gate.id)
    check_in(stage.fair.store, OTHER_STAFF, scan, now=NOON)
    async with stage.desk_screen(size=(120, 30)) as (pilot, _screen):
        await typed(pilot, "grace hopper")
        await reads(pilot, "✓ In since 12:00 at Gate A, by Olu Other")


# Groups


async def test_a_booking_goes_in_together_with_two_keys(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob", "Cy"])
    async with stage.desk_screen() as (pilot, _screen):
        keys = Keys(pilot)
        await typed(pilot, "Ada")
        await reads(pilot, "booking")
        with at_most(keys, 2):
            await keys.press("f11")
            dialog = await shown(pilot, GroupDialog)
            await reads(pilot, "3 of 3 are marked")
            await keys.press("enter")
        await shown(pilot, GroupResults)
        await reads(pilot, "3 of 3 are in")
        assert dialog.group.booking_code == booked.code
        await pilot.press("enter")
        await shown(pilot, DeskScreen)
    assert admitted(stage) == 3


async def test_chosen_members_go_in_and_others_stay_out(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob", "Cy"])
    check_in(stage.fair.store, STAFF, stage.fair.scan(stage.fair.token(booked)), now=NOON)
    async with stage.desk_screen() as (pilot, _screen):
        await typed(pilot, "Bob")
        await reads(pilot, "booking")
        await pilot.press("f11")
        await shown(pilot, GroupDialog)
        await reads(pilot, "2 of 3 are marked")
        assert "Already in" in page(pilot)
        await typed(pilot, "cy")
        await pilot.press("enter", "space")
        await reads(pilot, "1 of 3 are marked")
        await pilot.press("enter")
        await shown(pilot, GroupResults)
    inside = [
        ticket_view(stage.fair.store, each, list_id=stage.fair.door.id).inside
        for each in booked.ticket_ids
    ]
    assert inside == [True, True, False]


async def test_a_family_stands_together_and_a_child_stays_out_alone(stage: Stage) -> None:
    store, event_id = stage.fair.store, stage.fair.event.id
    kind = NewTicketType("Child", Money(0, "EUR"), accompanied=True)
    child = add_ticket_type(store, SYSTEM, event_id, kind, now=NOON)
    types = {"Kim": child, "Ada": stage.fair.regular, "Carl": stage.fair.regular}
    tickets = tuple(NewTicket(each, name) for name, each in types.items())
    booking = NewBooking("Ada", "ada@example.org", tickets, paid=True)
    (booked,) = book(store, SYSTEM, event_id, [booking], now=NOON)
    _kim, ada, carl = booked.ticket_ids
    set_companion(store, STAFF, carl, ada, now=NOON)
    async with stage.desk_screen() as (pilot, _screen):
        await typed(pilot, "Kim")
        await reads(pilot, "booking")
        await pilot.press("f11")
        dialog = await shown(pilot, GroupDialog)
        assert [each.name for each in dialog.group.members] == ["Ada", "Carl", "Kim"]
        assert "with Ada" in page(pilot)
        assert "needs company" in page(pilot)
        await reads(pilot, "3 of 3 are marked")
        await pilot.press("space", "down", "space")
        await reads(pilot, "1 of 3 are marked")
        await pilot.press("enter")
        await shown(pilot, GroupResults)
        await reads(pilot, "0 of 1 are in")
        await pilot.press("enter")
        await shown(pilot, DeskScreen)
        await pilot.press("f11")
        await shown(pilot, GroupDialog)
        await pilot.press("enter")
        await shown(pilot, GroupResults)
        await reads(pilot, "3 of 3 are in")
    assert admitted(stage) == 3


async def test_a_ticket_scanned_into_the_results_of_a_group_is_taken(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    other = stage.fair.token(stage.fair.sell("Cy"))
    async with stage.desk_screen() as (pilot, _screen):
        await typed(pilot, "Ada")
        await reads(pilot, "booking")
        await pilot.press("f11")
        dialog = await shown(pilot, GroupDialog)
        assert dialog.group.booking_code == booked.code
        await pilot.press("enter")
        await shown(pilot, GroupResults)
        send(pilot, f"{other}\r")
        await reads(pilot, "A ticket was scanned")
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 3)


# What takes a supervisor


async def test_staff_lets_in_by_force_with_a_supervisors_pin(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        keys = Keys(pilot)
        await scanned(pilot, screen, token)
        with at_most(keys, 10):
            await keys.press("f8")
            await shown(pilot, ReasonDialog)
            await keys.press("2", "enter")
            dialog = await shown(pilot, SupervisorPin)
            assert dialog.line.password
            await keys.press(*PIN, "enter")
        await until(pilot, lambda: admitted(stage) == 1)
        await reads(pilot, "By force, against: unpaid.")


async def test_a_wrong_pin_says_so_and_esc_changes_nothing(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        await shown(pilot, SupervisorPin)
        await pilot.press(*"999111", "enter")
        await reads(pilot, "This PIN is wrong")
        await pilot.press("escape")
        await shown(pilot, DeskScreen)
        assert admitted(stage) == 0


async def test_a_ticket_scanned_into_the_pin_is_taken_afterwards(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    owing = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    other = stage.fair.token(stage.fair.sell("Ada"))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, owing)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        await shown(pilot, SupervisorPin)
        send(pilot, f"{other}\r")
        await reads(pilot, "A ticket was scanned")
        await pilot.press("escape")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_without_any_desk_pin_it_says_who_helps(stage: Stage, staff: Actor) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper", paid=False))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f8")
        await shown(pilot, ReasonDialog)
        await pilot.press("enter")
        await noted(pilot, "none of this event has a desk PIN")


async def test_a_reprint_above_the_limit_asks_for_the_pin(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen(staff) as (pilot, screen):
        await scanned(pilot, screen, token)
        for waiting in (2, 3):
            await pilot.press("f4")
            await shown(pilot, ReasonDialog)
            await pilot.press("enter")
            if waiting == 3:
                await shown(pilot, SupervisorPin)
                assert "printed again once" in page(pilot)
                await pilot.press(*PIN, "enter")
            await until(pilot, partial(waits, stage, waiting))
            await shown(pilot, DeskScreen)


async def test_the_undo_of_somebody_elses_scan_asks_for_the_pin(
    stage: Stage, boss: Actor, staff: Actor
) -> None:
    scan = stage.fair.scan(stage.fair.token(stage.fair.sell("Ada")), gate_id=stage.fair.gate.id)
    check_in(stage.fair.store, OTHER_STAFF, scan, now=NOON)
    async with stage.desk_screen(staff) as (pilot, screen):
        await until(pilot, lambda: screen.scans)
        await pilot.press("f3", "enter")
        await shown(pilot, SupervisorPin)
        assert "Olu Other made this scan" in page(pilot)
        await pilot.press(*PIN, "enter")
        await until(pilot, lambda: admitted(stage) == 0)


async def test_money_goes_back_with_the_pin(stage: Stage, boss: Actor, staff: Actor) -> None:
    booked = stage.fair.sell("Ada", paid=False)
    booking_id = find_booking(stage.fair.store, booked.code)
    take_payment(stage.fair.store, staff, booking_id, method="cash", now=NOON)
    async with stage.desk_screen(staff, size=(100, 40)) as (pilot, _screen):
        await typed(pilot, "Ada")
        await reads(pilot, "booking")
        await pilot.press("ctrl+r")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["amount"].put(2000)
        dialog.form.fields["reason"].put("rain")
        await pilot.press("ctrl+s")
        await shown(pilot, SupervisorPin)
        await pilot.press(*PIN, "enter")
        await noted(pilot, "20.00 EUR go back")
    assert payments_of(stage.fair.store, SYSTEM, booking_id).balance.due.minor == 2000
