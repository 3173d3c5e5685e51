"""What an organizer does with ticket types and codes, by the keys they press."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from eventdesk.acts import Actor, ActorKind, Permission, Role
from eventdesk.core.money import Money
from eventdesk.sales import (
    DiscountView,
    NewDiscount,
    NewTicketType,
    TicketTypeView,
    add_discount,
    add_ticket_type,
    change_ticket_type,
    list_discounts,
    list_ticket_types,
)
from screens.modals.form_dialog import FormDialog
from screens.organizer.event_screen import EventScreen, tabs_for
from screens.widgets.paged_table import PagedTable
from tests.build import NOON, SUPERVISOR
from tests.screens.stage import Stage, page, reads, shown, typed, until

pytestmark = pytest.mark.long


@asynccontextmanager
async def tab_of(
    stage: Stage, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], EventScreen]]:
    app = stage.app(actor=SUPERVISOR)
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = EventScreen(app.tools, SUPERVISOR, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, EventScreen)
        screen.open_part("tickets", enter=True)
        await reads(pilot, "Buyer pays")
        yield pilot, screen


def types(stage: Stage) -> dict[str, TicketTypeView]:
    views = list_ticket_types(stage.fair.store, SUPERVISOR.at(NOON), stage.fair.event.id)
    return {view.about.name: view for view in views}


def codes(stage: Stage) -> dict[str, DiscountView]:
    views, _ = list_discounts(stage.fair.store, SUPERVISOR.at(NOON), stage.fair.event.id)
    return {view.about.code: view for view in views}


def add_code(stage: Stage, code: str) -> None:
    new = NewDiscount(code, "percent", 1000, most_tickets=5)
    add_discount(stage.fair.store, SUPERVISOR.at(NOON), stage.fair.event.id, new)


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_a_type_is_added_while_the_form_says_what_the_buyer_pays(stage: Stage) -> None:
    async with tab_of(stage) as (pilot, _):
        await press(pilot, "n")
        await shown(pilot, FormDialog)
        await typed(pilot, "Early bird")
        await press(pilot, "tab")
        await typed(pilot, "100")
        await press(pilot, "tab")
        await typed(pilot, "19")
        await press(pilot, "tab")
        await typed(pilot, "2.5")
        await reads(pilot, "The buyer pays 102.50 EUR, with 15.97 EUR tax and 2.50 EUR service")
        await press(pilot, "ctrl+s")
        await reads(pilot, "Early bird")
        await reads(pilot, "102.50 EUR")
    about = types(stage)["Early bird"].about
    assert (about.price, about.tax_bp, about.fee_bp) == (Money(10000, "EUR"), 1900, 250)
    assert about.quota is None


async def test_what_cannot_be_sold_is_said_and_nothing_typed_is_lost(stage: Stage) -> None:
    async with tab_of(stage) as (pilot, _):
        await press(pilot, "n")
        await shown(pilot, FormDialog)
        await typed(pilot, "VIP")
        await press(pilot, "tab")
        await typed(pilot, "10")
        await press(pilot, "ctrl+s")
        await reads(pilot, "There is a ticket type VIP already")
        assert "The buyer pays 10.00 EUR" in page(pilot)
        await press(pilot, "shift+tab")
        await typed(pilot, "VIP 2")
        await press(pilot, "ctrl+s")
        await reads(pilot, "VIP 2")
    assert types(stage)["VIP 2"].about.price.minor == 1000


async def test_enter_changes_the_marked_type_and_keeps_what_was_not_touched(stage: Stage) -> None:
    before = replace(
        types(stage)["VIP"].about,
        description="Front row",
        sales_until=NOON + timedelta(hours=5),
        hidden=True,
    )
    store = stage.fair.store
    change_ticket_type(store, SUPERVISOR.at(NOON), stage.fair.vip, before)
    async with tab_of(stage) as (pilot, _):
        await reads(pilot, "VIP")
        await press(pilot, "down", "enter")
        await shown(pilot, FormDialog)
        await reads(pilot, "Change VIP")
        await press(pilot, "tab")
        await press(pilot, *["backspace"] * 8)
        await typed(pilot, "300")
        await press(pilot, "ctrl+s")
        await reads(pilot, "300.00 EUR")
    assert types(stage)["VIP"].about == replace(before, price=Money(30000, "EUR"))


async def test_types_are_ordered_switched_off_and_removed_after_a_yes(stage: Stage) -> None:
    async with tab_of(stage) as (pilot, _):
        await reads(pilot, "VIP")
        await press(pilot, "down", "shift+up")
        await until(pilot, lambda: list(types(stage)) == ["VIP", "Regular"])
        await reads(pilot, "▸ VIP")
        await press(pilot, "o")
        await reads(pilot, "– off")
        assert not types(stage)["VIP"].active
        await press(pilot, "o")
        await until(pilot, lambda: types(stage)["VIP"].active)
        await press(pilot, "delete")
        await reads(pilot, "Remove VIP?")
        await press(pilot, "escape", "delete")
        await reads(pilot, "Remove VIP?")
        await press(pilot, "enter")
        await until(pilot, lambda: list(types(stage)) == ["Regular"])


async def test_what_was_booked_is_not_removed_and_the_reason_is_said(stage: Stage) -> None:
    stage.fair.sell("Ada")
    async with tab_of(stage) as (pilot, _):
        await reads(pilot, "▸ Regular")
        await press(pilot, "delete")
        await reads(pilot, "Switch it off instead")
    assert "Regular" in types(stage)


async def test_sales_are_shown_by_sign_and_word(stage: Stage) -> None:
    store, event_id, later = stage.fair.store, stage.fair.event.id, NOON + timedelta(hours=1)
    for kind in (
        NewTicketType("Full", Money(100, "EUR"), quota=0),
        NewTicketType("Soon", Money(100, "EUR"), sales_from=later),
        NewTicketType("Past", Money(100, "EUR"), sales_until=NOON),
    ):
        add_ticket_type(store, SUPERVISOR.at(NOON), event_id, kind)
    async with tab_of(stage) as (pilot, _):
        await reads(pilot, "Past")
        lines = page(pilot).splitlines()
        for name, sign in (
            ("Regular", "✓ on sale"),
            ("Full", "✗ sold out"),
            ("Soon", "◌ not yet"),
            ("Past", "– over"),
        ):
            assert sign in next(line for line in lines if name in line)


async def test_without_types_the_tab_says_what_to_do(stage: Stage) -> None:
    async with tab_of(stage) as (pilot, _):
        await reads(pilot, "▸ Regular")
        for _ in range(2):
            await press(pilot, "delete")
            await reads(pilot, "It is gone then")
            await press(pilot, "enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, EventScreen))
        await reads(pilot, "No ticket types yet. Press N")


async def test_a_code_is_added_changed_ended_and_taken_again(stage: Stage) -> None:
    async with tab_of(stage) as (pilot, screen):
        await reads(pilot, "No codes yet")
        await press(pilot, "c")
        await shown(pilot, FormDialog)
        await typed(pilot, "early bird")
        await press(pilot, "tab", "tab")
        await typed(pilot, "10")
        await reads(pilot, "With the code Regular costs 108.00 EUR instead of 120.00 EUR.")
        await press(pilot, "ctrl+s")
        await reads(pilot, "EARLYBIRD")
        screen.query_one("#codes", PagedTable).focus()
        await press(pilot, "enter")
        await shown(pilot, FormDialog)
        await reads(pilot, "Change EARLYBIRD")
        await press(pilot, "tab", "tab", "backspace", "backspace")
        await typed(pilot, "25")
        await press(pilot, "ctrl+s")
        await reads(pilot, "25 %")
        await press(pilot, "o")
        await reads(pilot, "– ended")
        await press(pilot, "o")
        await reads(pilot, "✓ good")
    assert codes(stage)["EARLYBIRD"].about.value == 2500


async def test_many_codes_are_made_and_found_by_their_beginning(stage: Stage) -> None:
    add_code(stage, "ALPHA")
    async with tab_of(stage) as (pilot, screen):
        await reads(pilot, "ALPHA")
        await press(pilot, "m")
        await shown(pilot, FormDialog)
        await typed(pilot, "guest-")
        await press(pilot, "tab")
        await typed(pilot, "30")
        await press(pilot, "tab", "tab")
        await typed(pilot, "100")
        await press(pilot, "ctrl+s")
        await reads(pilot, "30 codes are made")
        await reads(pilot, "31 found")
        screen.query_one("#codes", PagedTable).focus()
        await press(pilot, "slash")
        await typed(pilot, "gue st")
        await reads(pilot, "30 found")
    made = [view for code, view in codes(stage).items() if code.startswith("GUEST-")]
    assert {view.about.most_tickets for view in made} == {1}


async def test_a_code_that_cannot_be_is_said_in_the_form(stage: Stage) -> None:
    add_code(stage, "EARLY")
    async with tab_of(stage) as (pilot, _):
        await reads(pilot, "EARLY")
        await press(pilot, "c")
        await shown(pilot, FormDialog)
        await typed(pilot, "early")
        await press(pilot, "ctrl+s")
        await reads(pilot, "This is nothing a code can take off")
        await press(pilot, "tab", "tab")
        await typed(pilot, "5")
        await press(pilot, "ctrl+s")
        await reads(pilot, "There is a code EARLY already")


async def test_names_that_people_typed_are_never_markup(stage: Stage) -> None:
    kind = NewTicketType("[/b]\x1b[31mRed", Money(100, "EUR"))
    add_ticket_type(stage.fair.store, SUPERVISOR.at(NOON), stage.fair.event.id, kind)
    async with tab_of(stage) as (pilot, _):
        await reads(pilot, "[/b]Red")
        await press(pilot, "end", "enter")
        await shown(pilot, FormDialog)
        await reads(pilot, "Change [/b]Red")


async def test_only_who_may_sell_sees_what_is_sold() -> None:
    def cohost(permission: Permission) -> Actor:
        granted = frozenset({permission})
        return Actor(ActorKind.ACCOUNT, None, "Cora", Role.COHOST, granted=granted)

    def seen(actor: Actor) -> set[str]:
        return {spec.id for spec in tabs_for(actor)} & {"tickets", "seats"}

    assert seen(cohost(Permission.TICKETS)) == {"tickets", "seats"}
    assert seen(cohost(Permission.MESSAGES)) == set()
