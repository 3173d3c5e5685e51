"""Bookings, attendees and questions as an organizer works with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import (
    booking_detail,
    correct_answers,
    list_attendees,
    list_bookings,
    note_booking,
    who_has_link,
)
from eventdesk.core.serving import noted_serving
from eventdesk.documents.document import DocumentSeries
from eventdesk.door import Outcome, check_in
from eventdesk.money import documents_of
from eventdesk.sales import NewQuestion, QuestionKind, add_question, list_questions
from screens.accounts.sign_in_screen import SignInScreen
from screens.booking.booking_screen import BookingScreen
from screens.booking.link_dialog import LinkDialog
from screens.booking.new_code import NewCode
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.money.paper_screen import PaperScreen
from screens.money.payment_dialog import PaymentDialog, PaymentOutcome
from screens.organizer.event_screen import EventScreen
from tests.build import NOON, STAFF, SUPERVISOR
from tests.orders import EARLY, booking_of, order_for, person, set_event, set_type
from tests.screens.stage import Stage, noted, page, reads, shown, typed, until

pytestmark = pytest.mark.long

WIDE = (160, 48)


@asynccontextmanager
async def part_of(
    stage: Stage, part: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], EventScreen]]:
    """Open a part of the event's screen, with the keyboard in it."""
    async with stage.app().run_test(size=size) as pilot:
        await shown(pilot, SignInScreen)
        pilot.app.push_screen(EventScreen(pilot.app.tools, SUPERVISOR, stage.fair.event))  # type: ignore[attr-defined]
        screen = await shown(pilot, EventScreen)
        screen.open_part(part, enter=True)
        await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)
        yield pilot, screen


@asynccontextmanager
async def booking_shown(
    stage: Stage, booking_id: UUID, actor: Actor = SUPERVISOR
) -> AsyncIterator[tuple[Pilot[None], BookingScreen]]:
    """Open one booking."""
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        pilot.app.push_screen(BookingScreen(pilot.app.tools, actor, booking_id))  # type: ignore[attr-defined]
        screen = await shown(pilot, BookingScreen)
        await until(pilot, lambda: screen.detail is not None and screen.table.marked is not None)
        yield pilot, screen


async def test_a_booking_is_found_by_typing_and_opened(stage: Stage) -> None:
    stage.fair.sell_all([f"Guest {number}" for number in range(3)])
    ada = stage.fair.sell("Ada Lovelace")
    async with part_of(stage, "bookings") as (pilot, _):
        await reads(pilot, "Guest 0")
        await pilot.press("slash")
        await typed(pilot, "lovelcae")
        await until(pilot, lambda: "Guest 0" not in page(pilot))
        assert ada.code in page(pilot)
        await pilot.press("enter", "enter")
        screen = await shown(pilot, BookingScreen)
        await reads(pilot, "120.00 EUR")
        assert screen.booking_id == ada.booking_id
        await pilot.press("escape")
        await shown(pilot, EventScreen)


async def test_many_people_are_registered_at_once_and_a_wrong_line_keeps_the_form(
    stage: Stage,
) -> None:
    async with part_of(stage, "bookings") as (pilot, _):
        await reads(pilot, "No bookings here")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        people = dialog.query_one(TextArea)
        people.text = "Ada Lovelace, ada@example.org\nbroken@\n"
        await pilot.press("ctrl+s")
        await reads(pilot, "Line 2 has no e-mail address")
        people.text = "Ada Lovelace, ada@example.org\nGrace [/b] Hopper\n"
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
        await reads(pilot, "Grace [/b] Hopper")
    lines, total = list_bookings(stage.fair.store, STAFF.at(EARLY), stage.fair.event.id)
    assert (total, {line.state for line in lines}, lines[0].source) == (2, {"pending"}, "organizer")


async def test_who_does_not_fit_is_put_on_the_waitlist_and_named(stage: Stage) -> None:
    set_event(stage.fair, starts_at=stage.clock[0] + timedelta(days=30))
    set_type(stage.fair, stage.fair.regular, quota=1)
    async with part_of(stage, "bookings") as (pilot, _):
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        people = dialog.query_one(TextArea)
        people.text = "Ada, ada@example.org\nBob, bob@example.org\n"
        await pilot.press("ctrl+s")
        await reads(pilot, "Regular has 1 left")
        dialog.form.fields["waitlist"].put(True)
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
        await noted(pilot, "On the waitlist: Bob")


async def test_who_has_a_ticket_and_who_does_not_fit_are_named(stage: Stage) -> None:
    set_event(stage.fair, starts_at=stage.clock[0] + timedelta(days=30))
    set_type(stage.fair, stage.fair.regular, quota=2)
    stage.fair.sell("Ada")
    async with part_of(stage, "bookings") as (pilot, _):
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        dialog.query_one(TextArea).text = "Ada, ada@example.org\nBob\nCid\n"
        dialog.form.fields["partly"].put(True)
        await pilot.press("ctrl+s")
        await shown(pilot, EventScreen)
        await noted(pilot, "With a ticket already: Ada. No place for: Cid")


async def test_what_waits_for_approval_is_said_and_approved_or_refused(stage: Stage) -> None:
    fair = stage.fair
    set_type(fair, fair.vip, needs_approval=True, price_minor=0)
    ann = person(fair.store, "Ann")
    first = order_for(fair, ann, ticket_type_id=fair.vip)
    second = order_for(fair, ann, ticket_type_id=fair.vip)
    async with part_of(stage, "bookings") as (pilot, screen):
        await reads(pilot, "2 wait for approval")
        await pilot.press("f")
        await reads(pilot, "Bookings that wait for approval")
        await pilot.press("enter")
        await shown(pilot, BookingScreen)
        await reads(pilot, "! to approve")
        await pilot.press("r")
        await shown(pilot, TextQuestion)
        await typed(pilot, "The house is full")
        await pilot.press("enter")
        await until(pilot, lambda: booking_of(fair.store, second.booking_id).state == "cancelled")
        await reads(pilot, "✗ cancelled")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await until(pilot, lambda: second.code not in page(pilot))
        await pilot.press("enter")
        await shown(pilot, BookingScreen)
        await pilot.press("y")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: booking_of(fair.store, first.booking_id).approved)


async def test_what_a_cancellation_costs_is_shown_before_it_is_done(stage: Stage) -> None:
    set_event(stage.fair, cancel_fee_bp=1000)
    booked = stage.fair.sell_all(["Ada", "Bob"])
    async with booking_shown(stage, booked.booking_id) as (pilot, _):
        await pilot.press("c")
        await shown(pilot, FormDialog)
        await reads(pilot, "1 ticket is cancelled. 12.00 EUR are kept as a fee. 108.00 EUR")
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
        assert booking_of(stage.fair.store, booked.booking_id).total_minor == 24000
        await pilot.press("x")
        dialog = await shown(pilot, FormDialog)
        await reads(pilot, "2 tickets are cancelled. 24.00 EUR are kept")
        dialog.form.fields["waive"].editor.turn(True)
        await pilot.press("ctrl+s")
        await shown(pilot, BookingScreen)
        await reads(pilot, "✗ cancelled")
    row = booking_of(stage.fair.store, booked.booking_id)
    assert (row.state, row.kept_minor) == ("cancelled", 0)


async def test_a_booking_is_paid_from_its_screen(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada"], paid=False)
    async with booking_shown(stage, booked.booking_id) as (pilot, screen):
        await reads(pilot, "due 120.00 EUR")
        await pilot.press("p")
        await shown(pilot, PaymentDialog)
        await pilot.press("ctrl+s")
        await shown(pilot, PaymentOutcome)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await reads(pilot, "✓ paid")
        assert not screen.check_action("pay", ())


async def test_a_ticket_is_handed_on_and_its_new_code_shown(stage: Stage) -> None:
    booked = stage.fair.sell_all(["Ada", "Bob"])
    async with booking_shown(stage, booked.booking_id) as (pilot, screen):
        await pilot.press("down", "h")
        await shown(pilot, FormDialog)
        await typed(pilot, "Grace Hopper")
        await pilot.press("ctrl+s")
        await shown(pilot, NewCode)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await reads(pilot, "Grace Hopper")
    detail = booking_detail(stage.fair.store, STAFF.at(EARLY), booked.booking_id)
    assert [ticket.name for ticket in detail.tickets] == ["Ada", "Grace Hopper"]


async def test_another_type_is_offered_with_its_difference(stage: Stage) -> None:
    booked = stage.fair.sell("Ada")
    async with booking_shown(stage, booked.booking_id) as (pilot, _):
        await pilot.press("u")
        await shown(pilot, FormDialog)
        await reads(pilot, "VIP: +170.00 EUR")
        await pilot.press("ctrl+s")
        await shown(pilot, BookingScreen)
        await reads(pilot, "due 170.00 EUR")
        await reads(pilot, "VIP")


async def test_time_to_pay_is_extended_and_a_note_left(stage: Stage) -> None:
    fair = stage.fair
    booked = order_for(fair, person(fair.store, "Ann"))
    stage.clock[0] = EARLY
    async with booking_shown(stage, booked.booking_id) as (pilot, screen):
        await pilot.press("d")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["until"].put(EARLY + timedelta(days=1))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is screen)
        later = EARLY + timedelta(days=1)
        await until(pilot, lambda: booking_of(fair.store, booked.booking_id).expires_at == later)
        await pilot.press("t")
        await shown(pilot, FormDialog)
        await typed(pilot, "calls back")
        await pilot.press("ctrl+s")
        await reads(pilot, "Note: calls back")


async def test_who_booked_sees_fewer_keys_and_cancels_by_the_rules(stage: Stage) -> None:
    fair = stage.fair
    ann = person(fair.store, "Ann")
    booked = order_for(fair, ann)
    stage.clock[0] = EARLY
    async with booking_shown(stage, booked.booking_id, ann) as (pilot, screen):
        for act in ("approve", "refuse", "deadline", "note", "rename"):
            assert not screen.check_action(act, ())
        await pilot.press("x")
        await shown(pilot, FormDialog)
        await reads(pilot, "Nothing was paid, so nothing goes")
        await pilot.press("ctrl+s")
        await shown(pilot, BookingScreen)
        await reads(pilot, "✗ cancelled")


async def test_attendees_are_searched_opened_renamed_and_their_answers_corrected(
    stage: Stage,
) -> None:
    fair = stage.fair
    question = NewQuestion("Any allergies?")
    add_question(fair.store, SUPERVISOR.at(NOON), fair.event.id, question)
    fair.sell_all(["Ada Lovelace", "Grace Hopper"], line_two="Navy")
    async with part_of(stage, "attendees") as (pilot, screen):
        await reads(pilot, "Ada Lovelace")
        await pilot.press("slash")
        await typed(pilot, "grace")
        await until(pilot, lambda: "Ada Lovelace" not in page(pilot))
        await pilot.press("enter", "a")
        dialog = await shown(pilot, FormDialog)
        await typed(pilot, "nuts")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("e")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["name"].put("Grace Murray Hopper")
        await pilot.press("ctrl+s")
        await reads(pilot, "Grace Murray Hopper")
        await pilot.press("enter")
        await shown(pilot, BookingScreen)
        await reads(pilot, "Ada Lovelace")
        await pilot.press("down")
        await reads(pilot, "Any allergies? nuts")
    lines, total = list_attendees(fair.store, STAFF.at(EARLY), fair.event.id)
    assert (total, lines[0].name, lines[0].line_two) == (2, "Grace Murray Hopper", "Navy")


async def test_an_attendees_ticket_is_blocked_with_a_note_and_taken_again(stage: Stage) -> None:
    fair = stage.fair
    token = fair.token(fair.sell("[b] Mallory"))
    async with part_of(stage, "attendees") as (pilot, screen):
        await reads(pilot, "[b] Mallory")
        await pilot.press("b")
        await shown(pilot, TextQuestion)
        await typed(pilot, "[i] stolen card")
        await pilot.press("enter")
        await reads(pilot, "✗ blocked")
        refused = check_in(fair.store, STAFF.at(NOON), fair.scan(token))
        assert (refused.outcome, refused.reason) == (Outcome.BLOCKED, "[i] stolen card")
        await pilot.press("b")
        await shown(pilot, YesNo)
        await reads(pilot, "Blocked: [i] stolen card")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("b")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "✓ paid")
        assert check_in(fair.store, STAFF.at(NOON), fair.scan(token)).passes


async def test_questions_are_asked_changed_moved_and_removed(stage: Stage) -> None:
    fair, store = stage.fair, stage.fair.store
    first = add_question(
        store, SUPERVISOR.at(NOON), fair.event.id, NewQuestion("Dinner?", QuestionKind.YES_NO)
    )
    async with part_of(stage, "questions", WIDE) as (pilot, screen):
        await reads(pilot, "Dinner?")
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        fields = dialog.form.fields
        await typed(pilot, "Which menu?")
        fields["kind"].put(QuestionKind.CHOICE)
        fields["depends_on"].put(first)
        fields["depends_value"].put("yes")
        await pilot.press("ctrl+s")
        await reads(pilot, "something to choose from")
        fields["choices"].put("Meat\nVegan")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("down")
        await reads(pilot, "yes: Dinner?")
        await pilot.press("shift+up")
        await reads(pilot, "Dinner?")
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["text"].put("Which of these?")
        await pilot.press("ctrl+s")
        await reads(pilot, "Which of these?")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await until(pilot, lambda: "Which of these?" not in page(pilot))
    (view,) = list_questions(store, STAFF, fair.event.id)
    assert view.question.text == "Dinner?"


HOSTILE = "\x1b[31m[/b]Mallory\x1b]0;pwn\x07"


async def test_whatever_people_typed_is_shown_as_text(stage: Stage) -> None:
    fair, store = stage.fair, stage.fair.store
    question = add_question(store, SUPERVISOR.at(NOON), fair.event.id, NewQuestion(HOSTILE))
    booked = fair.sell(HOSTILE, email=f"{HOSTILE}@x.org", line_two=HOSTILE, seat=HOSTILE)
    note_booking(store, STAFF.at(NOON), booked.booking_id, note=HOSTILE)
    correct_answers(store, STAFF.at(NOON), booked.ticket_ids[0], {question: HOSTILE})
    async with part_of(stage, "questions") as (pilot, screen):
        for part in ("questions", "bookings", "attendees"):
            screen.open_part(part, enter=True)
            await until(pilot, lambda: screen.tab is not None and screen.tab.has_focus_within)
            await reads(pilot, "[/b]Mallory")
            assert "\x1b" not in page(pilot)
    async with booking_shown(stage, booked.booking_id) as (pilot, booking):
        await reads(pilot, "Note: [/b]Mallory")
        for key in ("c", "x", "h", "u", "a", "e", "t"):
            await pilot.press(key)
            await shown(pilot, FormDialog)
            assert "\x1b" not in page(pilot)
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is booking)


async def test_an_invoice_without_tax_leaves_what_was_paid_too_much(stage: Stage) -> None:
    fair = stage.fair
    set_type(fair, fair.regular, price_minor=11900, tax_bp=1900)
    set_event(fair, invoice_sender="House\nVAT ID DE123456789", reverse_charge=True)
    booked = fair.sell("Ada Lovelace")
    async with booking_shown(stage, booked.booking_id) as (pilot, _):
        await reads(pilot, "Total 119.00 EUR")
        assert "too much" not in page(pilot)
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        await reads(pilot, "Elsewhere in the EU it owes the")
        dialog.form.fields["vat_id"].put("FR12345678901")
        await pilot.press("ctrl+s")
        await shown(pilot, PaperScreen)
        await pilot.press("escape")
        await shown(pilot, BookingScreen)
        await reads(pilot, "Total 100.00 EUR · paid 119.00 EUR · 19.00 EUR too much")


async def test_an_invoice_is_issued_shown_and_written(stage: Stage) -> None:
    fair = stage.fair
    booked = fair.sell("Ada Lovelace")
    async with booking_shown(stage, booked.booking_id) as (pilot, _):
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        recipient = dialog.form.fields["recipient"]
        assert recipient.read() == "Ada Lovelace"
        recipient.put("\n".join(f"Line {number}" for number in range(9)))
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ A recipient has at most 8 lines.")
        recipient.put("Analytical [b]Engines[/b] Ltd\n1 Dorset Street")
        await pilot.press("ctrl+s")
        await shown(pilot, PaperScreen)
        await reads(pilot, "Analytical [b]Engines[/b] Ltd")
        [issued] = documents_of(fair.store, SUPERVISOR, booked.booking_id)
        assert issued.series is DocumentSeries.INVOICE
        await pilot.press("e")
        path = fair.store.home / "exports" / f"invoice-{issued.name}.pdf"
        await until(pilot, path.exists)
        await shown(pilot, BookingScreen)
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        assert dialog.form.fields["recipient"].read() == (
            "Analytical [b]Engines[/b] Ltd\n1 Dorset Street"
        )
        await reads(pilot, f"{issued.name} is issued.")
        await pilot.press("ctrl+s")
        await shown(pilot, PaperScreen)
    assert documents_of(fair.store, SUPERVISOR, booked.booking_id) == [issued]


async def test_a_guest_without_an_account_is_saved_and_erased(stage: Stage) -> None:
    fair = stage.fair
    fair.sell("Wally Walker")
    lines, _ = list_attendees(fair.store, STAFF.at(EARLY), fair.event.id)
    set_event(fair, state="cancelled")
    async with part_of(stage, "attendees") as (pilot, screen):
        await reads(pilot, "Wally Walker")
        await pilot.press("d")
        await noted(pilot, "Saved")
        await pilot.press("delete")
        await shown(pilot, FormDialog)
        await reads(pilot, "Erase Wally Walker for ever?")
        await typed(pilot, "WRONG")
        await pilot.press("ctrl+s")
        await reads(pilot, "This is another code.")
        await pilot.press(*["backspace"] * 5)
        await typed(pilot, lines[0].code)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: pilot.app.screen is screen)
        await reads(pilot, "Erased person")
    assert list((fair.store.home / "exports").glob("*.json")) == []


async def test_the_link_of_a_booking_is_shown_and_made_anew(stage: Stage) -> None:
    booked = stage.fair.sell("Ada")
    with noted_serving(stage.home, ("https://192.168.178.25:8443/",)):
        async with booking_shown(stage, booked.booking_id) as (pilot, screen):
            await pilot.press("l")
            dialog = await shown(pilot, LinkDialog)
            code = dialog.query_one("#code")
            await until(pilot, lambda: code.display and 0 < code.region.bottom <= 24)
            first = dialog.encoded
            link = first.rpartition("/")[2]
            owner = who_has_link(stage.fair.store, SYSTEM.at(NOON), link)
            assert owner.id == booked.booking_id
            await pilot.press("n")
            await shown(pilot, YesNo)
            await pilot.press("enter")
            await until(pilot, lambda: dialog.encoded != first)
            await pilot.press("escape")
            await until(pilot, lambda: pilot.app.screen is screen)


async def test_without_a_server_no_link_is_offered_for_it_would_lead_nowhere(stage: Stage) -> None:
    booked = stage.fair.sell("Ada")
    async with booking_shown(stage, booked.booking_id) as (pilot, screen):
        await pilot.press("l")
        assert pilot.app.screen is screen
        assert "Link" not in page(pilot)
