"""What is not the rule at the desk: each act counted in keys, and back to the same person."""

import pytest
from textual.widgets._footer import FooterKey

from eventdesk.acts import SYSTEM
from eventdesk.booking import find_booking
from eventdesk.core.money import Money
from eventdesk.door import UnpaidPolicy, scans_of
from eventdesk.money import add_vouchers, payments_of, take_payment
from screens.booking.new_code import NewCode
from screens.desk.desk_menu import DeskMenu
from screens.desk.desk_screen import ACTS, DeskScreen
from screens.desk.list_questions import ListQuestions
from screens.desk.reason_dialog import ReasonDialog
from screens.desk.walk_in import WalkInDialog
from screens.money.cash_screen import CashScreen
from screens.money.take_money import TakeMoney
from screens.widgets.problem import Problem
from tests.build import NOON, STAFF
from tests.screens.exceptions import FOOD, PLATE, Keys, admitted, at_most, door, scanned
from tests.screens.stage import Stage, by_hand, noted, page, reads, send, shown, typed, until

pytestmark = pytest.mark.long

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
            assert act.name in screen.acts or hasattr(screen, f"action_{act.name}")


async def test_the_menu_lists_every_act_and_does_the_typed_one(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.desk_screen(size=(120, 40)) as (pilot, screen):
        await scanned(pilot, screen, token)
        await pilot.press("f9")
        menu = await shown(pilot, DeskMenu)
        unlisted = {act.name for act in ACTS if act not in menu.acts and act.listed}
        assert unlisted == {"link", "settle"}  # there is no server, and nothing to settle
        for act in menu.acts:
            assert str(act.tooltip)[:40] in page(pilot)
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
            pilot,
            lambda: any(key.action == "act('print_again')" for key in screen.query(FooterKey)),
        )
        badge = next(key for key in screen.query(FooterKey) if key.action == "act('print_again')")
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
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Grace Hopper")
    [scan, _asked] = scans_of(stage.fair.store, STAFF, booked.ticket_ids[0])
    assert scan.outcome.passes


async def test_a_list_with_only_optional_questions_asks_them_once(stage: Stage) -> None:
    door(stage, questions=(PLATE,))
    async with stage.desk_screen() as (pilot, _screen):
        send(pilot, f"{stage.fair.token(stage.fair.sell('Grace Hopper'))}\r")
        await shown(pilot, ListQuestions)
        assert admitted(stage) == 0
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)


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
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Grace Hopper")
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
        await noted(pilot, "A ticket was scanned")
        await pilot.press("1", "enter")
        await until(pilot, lambda: admitted(stage) == 1)
        second = await shown(pilot, ListQuestions)
        assert second.guest == "Grace"
        await pilot.press("1", "enter")
        await until(pilot, lambda: admitted(stage) == 2)
        assert screen.card.ticket is not None


async def test_a_burst_of_codes_is_taken_although_each_has_a_question(stage: Stage) -> None:
    door(stage, questions=(FOOD,))
    booked = stage.fair.sell_all([f"Guest {number}" for number in range(6)])
    tokens = [stage.fair.token(booked, index) for index in range(6)]
    async with stage.desk_screen() as (pilot, screen):
        send(pilot, "".join(f"{token}\r" for token in tokens))
        await shown(pilot, ListQuestions)
        await until(pilot, lambda: len(screen.scan_log.scans) == 6)


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
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Cy")
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
        booking_id = find_booking(stage.fair.store, SYSTEM, booked.code)
        take_payment(stage.fair.store, STAFF.at(NOON), booking_id, method="cash")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: admitted(stage) == 1)


async def test_a_scan_during_an_act_waits_until_the_act_is_done(stage: Stage) -> None:
    door(stage, questions=(FOOD,))
    booked = stage.fair.sell_all(["Ada", "Bob"])
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "Ada")
        await until(pilot, lambda: screen.card.ticket and screen.card.ticket.name == "Ada")
        await pilot.press("ctrl+n")
        await shown(pilot, ReasonDialog)
        send(pilot, f"{stage.fair.token(booked, 1)}\r")
        await noted(pilot, "A ticket was scanned")
        await by_hand(pilot, "enter")
        await shown(pilot, NewCode)
        await until(pilot, lambda: any(scan.name == "Bob" for scan in screen.scan_log.scans))
        assert isinstance(pilot.app.screen, NewCode)
        await pilot.press("escape")
        asked = await shown(pilot, ListQuestions)
        assert asked.guest == "Bob"


# Payment


async def test_what_is_due_is_taken_with_its_change_and_the_guest_goes_in(stage: Stage) -> None:
    door(stage, unpaid_policy=UnpaidPolicy.SETTLE)
    booked = stage.fair.sell("Grace Hopper", paid=False)
    async with stage.desk_screen() as (pilot, screen):
        keys = Keys(pilot)
        send(pilot, f"{stage.fair.token(booked)}\r")
        await shown(pilot, TakeMoney)
        assert "120.00 EUR are due" in page(pilot)
        with at_most(keys, 4):
            await keys.press("1", "5", "0")
            await reads(pilot, "Give back 30.00 EUR")
            await keys.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)
        told = "Paid 120.00 EUR. GIVE BACK 30.00 EUR."
        await until(pilot, lambda: told in screen.card.verdict.details)
    money = payments_of(
        stage.fair.store, SYSTEM, find_booking(stage.fair.store, SYSTEM, booked.code)
    )
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
    add_vouchers(stage.fair.store, SYSTEM.at(NOON), stage.fair.event.id, value=value, code="AHA")
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
        await until(pilot, lambda: screen.card.ticket is not None)
        assert admitted(stage) == 0
        await pilot.press("ctrl+t")
        await shown(pilot, TakeMoney)
        await pilot.press("enter")
        await until(pilot, lambda: admitted(stage) == 1)
