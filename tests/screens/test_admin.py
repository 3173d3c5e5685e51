"""The admin's screen: people, approvals, what failed, the log, backups, commission."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList

from data.schema import AuditRow, DeliveryRow, EventRow
from eventdesk.accounts import (
    add_passkey,
    begin_passkey,
    find_people,
    my_passkeys,
    person,
    set_secret,
    sign_in,
)
from eventdesk.acts import SYSTEM, Actor, seal_audit
from eventdesk.core.messages import reading
from eventdesk.core.recovery import secret_of
from eventdesk.door import reprint
from eventdesk.keeping import events_holding_data, list_backups
from eventdesk.money import import_provider_fees, usual_commission
from eventdesk.printing import badge_queue
from screens.accounts.shown_once import ShownOnce
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.admin_screen import AdminScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, TextQuestion, YesNo
from screens.money.import_preview import ImportPreview
from screens.widgets.paged_table import PagedTable
from tests.accounts.soft_device import ORIGIN, Device
from tests.build import NOON, SUPERVISOR
from tests.money.test_provider_fees import HEADS as FEE_HEADS
from tests.money.test_provider_fees import ROWS, paid
from tests.payments import accounts
from tests.people import PASSWORD, PIN, make_admin, make_guest
from tests.screens.stage import Stage, noted, page, reads, shown, text_of, typed, until

pytestmark = pytest.mark.long


@pytest.fixture
def admin(stage: Stage) -> Actor:
    return make_admin(stage.fair.store)


@asynccontextmanager
async def opened(
    stage: Stage, admin: Actor, part: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], AdminScreen]]:
    """Open one part, with the keyboard in it."""
    app = stage.app()
    async with app.run_test(size=size) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(AdminScreen(app.tools, admin))
        screen = await shown(pilot, AdminScreen)
        screen.open_part(part, enter=True)
        await until(pilot, lambda: screen.tab is not None and screen.tab.query(PagedTable))
        table = screen.query_one(f"#tab-{part} PagedTable", PagedTable)
        await until(pilot, lambda: table.pages.answered is not None and table.lines.has_focus)
        yield pilot, screen


async def test_a_person_is_found_and_gets_a_code_that_works(stage: Stage, admin: Actor) -> None:
    for name in ("Zoë Żuk", "Paul [b]P[/b]", "Gus"):
        make_guest(stage.fair.store, name)
    async with opened(stage, admin, "people") as (pilot, _screen):
        await reads(pilot, "Paul [b]P[/b]")
        await pilot.press("slash")
        await typed(pilot, "zoe z")
        await reads(pilot, "1 found")
        await pilot.press("enter", "enter")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        code = (await shown(pilot, ShownOnce)).secret.replace(" ", "")
        assert f"{code[:4]} {code[4:]}" in page(pilot)
        await pilot.press("escape")
        await shown(pilot, AdminScreen)
    set_secret(
        stage.fair.store, SYSTEM.at(NOON), email="zoë@example.org", code=code, secret=PASSWORD
    )


async def test_a_reset_asks_first(stage: Stage, admin: Actor) -> None:
    make_guest(stage.fair.store, "Gus")
    async with opened(stage, admin, "people") as (pilot, _screen):
        await pilot.press("down", "r")
        await reads(pilot, "Make a one-time code for Gus?")
        await pilot.press("escape")
        await shown(pilot, AdminScreen)
    with stage.fair.store.read() as connection:
        verbs = connection.execute(select(AuditRow.verb)).scalars().all()
    assert "make_code" not in verbs


async def test_passkeys_of_who_lost_a_device_are_removed_after_a_question(
    stage: Stage, admin: Actor
) -> None:
    store, gus = stage.fair.store, make_guest(stage.fair.store, "Gus")
    async with opened(stage, admin, "people") as (pilot, _screen):
        await pilot.press("down", "enter")
        acts = await shown(pilot, PickOne)
        assert "Remove their passkeys" not in acts.names
        await pilot.press("escape")
        for name in ("phone", "laptop"):
            asked = begin_passkey(store, gus, PIN, name=name, origin=ORIGIN)
            add_passkey(store, gus, asked.note, Device().make(asked))
        await _ask_to_remove_passkeys(pilot)
        await pilot.press("escape")
        await _ask_to_remove_passkeys(pilot)
        assert len(my_passkeys(store, gus)) == 2
        await pilot.press("enter")
        await until(pilot, lambda: my_passkeys(store, gus) == [])
        await noted(pilot, "✓ No passkey signs Gus in any more")


async def _ask_to_remove_passkeys(pilot: Pilot[None]) -> None:
    """Choose it for the marked person, up to the question."""
    await shown(pilot, AdminScreen)
    await pilot.press("enter")
    acts = await shown(pilot, PickOne)
    acts.query_one(OptionList).highlighted = acts.names.index("Remove their passkeys")
    await pilot.press("enter")
    await shown(pilot, YesNo)
    await reads(pilot, "Remove all passkeys of Gus?")


async def test_a_ban_needs_a_reason_and_is_taken_back(stage: Stage, admin: Actor) -> None:
    guest = make_guest(stage.fair.store)
    assert guest.id is not None
    async with opened(stage, admin, "people") as (pilot, _screen):
        await pilot.press("down", "b")
        question = await shown(pilot, TextQuestion)
        await pilot.press("enter")
        await reads(pilot, "Please type something first.")
        question.query_one("#answer", Input).value = "Sold [red]copies"
        await pilot.press("enter")
        await reads(pilot, "✗ closed")
        assert person(stage.fair.store, admin, guest.id).ban_reason == "Sold [red]copies"
        await pilot.press("b")
        await shown(pilot, YesNo)
        assert "Sold [red]copies" in page(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "✗ closed" not in page(pilot))


async def test_what_cannot_be_done_says_why(stage: Stage, admin: Actor) -> None:
    make_guest(stage.fair.store)
    async with opened(stage, admin, "people") as (pilot, _screen):
        await pilot.press("b")
        question = await shown(pilot, TextQuestion)
        question.query_one("#answer", Input).value = "Tired of it"
        await pilot.press("enter")
        await noted(pilot, "Nobody closes their own account")
        await pilot.press("down", "m")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await noted(pilot, "an admin needs a password")


async def test_an_account_is_made_with_a_code(stage: Stage, admin: Actor) -> None:
    async with opened(stage, admin, "people") as (pilot, _screen):
        await pilot.press("n")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["name"].put("Newt")
        dialog.form.fields["email"].put("admin@example.org")
        await pilot.press("ctrl+s")
        await reads(pilot, "already")
        dialog.form.fields["email"].put("newt@example.org")
        await pilot.press("ctrl+s")
        code = (await shown(pilot, ShownOnce)).secret.replace(" ", "")
        await pilot.press("enter")
        await reads(pilot, "newt@example.org")
    set_secret(
        stage.fair.store, SYSTEM.at(NOON), email="newt@example.org", code=code, secret=PASSWORD
    )
    assert sign_in(stage.fair.store, SYSTEM.at(NOON), "newt@example.org", PASSWORD).name == "Newt"


async def test_erasing_asks_for_the_address(stage: Stage, admin: Actor) -> None:
    make_guest(stage.fair.store)
    async with opened(stage, admin, "people") as (pilot, _screen):
        await pilot.press("down", "enter")
        await shown(pilot, PickOne)
        await pilot.press("end", "enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["email"].put("other@example.org")
        await pilot.press("ctrl+s")
        await reads(pilot, "Nothing was changed")
        dialog.form.fields["email"].put("gus@example.org")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "gus@example.org" not in page(pilot))
    assert find_people(stage.fair.store, admin)[1] == 1


async def test_an_event_is_approved_or_sent_back(stage: Stage, admin: Actor) -> None:
    event_id = stage.fair.event.id

    def put(state: str) -> None:
        with stage.fair.store.write() as connection:
            connection.execute(update(EventRow).where(EventRow.id == event_id).values(state=state))

    def state() -> tuple[str, str]:
        with stage.fair.store.read() as connection:
            row = connection.execute(
                EventRow.__table__.select().where(EventRow.id == event_id)
            ).one()
        return row.state, row.refusal

    put("waiting")
    async with opened(stage, admin, "approvals") as (pilot, _screen):
        await reads(pilot, "Demo Days")
        await pilot.press("r")
        question = await shown(pilot, TextQuestion)
        question.query_one("#answer", Input).value = "No description"
        await pilot.press("enter")
        await reads(pilot, "No event waits for approval")
        assert state() == ("draft", "No description")
        put("waiting")
        await until(pilot, lambda: "Demo Days" in text_on_line(pilot, 3))
        await pilot.press("a")
        await shown(pilot, YesNo)
        await pilot.press("enter")
        await reads(pilot, "No event waits for approval")
        assert state() == ("published", "")


async def test_approvals_say_whose_an_event_is_and_what_they_say_of_it(
    stage: Stage, admin: Actor
) -> None:
    ada = make_guest(stage.fair.store, "Ada [b]L[/b]")
    with stage.fair.store.write() as connection:
        connection.execute(
            update(EventRow).values(
                state="waiting", owner_id=ada.id, description="Two days\n**by [red]the** water"
            )
        )
    async with opened(stage, admin, "approvals") as (pilot, _screen):
        await reads(pilot, "Owner: Ada [b]L[/b] · ada")
        await reads(pilot, "**by [red]the** water")


def text_on_line(pilot: Pilot[None], line: int) -> str:
    return page(pilot).splitlines()[line]


async def test_what_failed_says_why_and_is_tried_again(stage: Stage, admin: Actor) -> None:
    for name in ("Ada", "Grace"):
        booked = stage.fair.sell(name)
        reprint(stage.fair.store, SUPERVISOR.at(NOON), booked.ticket_ids[0], reason="lost")
    with stage.fair.store.write() as connection:
        connection.execute(
            update(DeliveryRow).values(state="failed", finished_at=NOON, last_error="No [b]paper")
        )
    async with opened(stage, admin, "failed") as (pilot, _screen):
        await reads(pilot, "✗ No [b]paper")
        await pilot.press("enter")
        await reads(pilot, "1 found")
        assert badge_queue(stage.fair.store, SYSTEM).waiting == 1
        await pilot.press("a")
        await reads(pilot, "Nothing failed")
        assert badge_queue(stage.fair.store, SYSTEM).waiting == 2


async def test_when_something_failed_is_whole_in_german(stage: Stage, admin: Actor) -> None:
    booked = stage.fair.sell("Ada")
    reprint(stage.fair.store, SUPERVISOR.at(NOON), booked.ticket_ids[0], reason="lost")
    at = NOON.replace(month=9, day=12)
    with stage.fair.store.write() as connection:
        values = {"state": "failed", "finished_at": at, "last_error": "No paper"}
        connection.execute(update(DeliveryRow).values(values))
    with reading("de"):
        async with opened(stage, admin, "failed") as (pilot, _screen):
            await reads(pilot, f"12. Sept. {at:%H:%M}")


async def test_the_log_is_searched_and_a_change_in_it_is_found(stage: Stage, admin: Actor) -> None:
    seal_audit(stage.fair.store, SYSTEM)
    async with opened(stage, admin, "log") as (pilot, screen):
        await reads(pilot, "create first admin")
        await pilot.press("v")
        await reads(pilot, "all as they were written")
        await pilot.press("slash")
        await typed(pilot, "gate a")
        await reads(pilot, "1 found")
        await until(pilot, lambda: "name: Gate A" in text_of(screen, "#detail"))
        with stage.fair.store.write() as connection:
            connection.execute(update(AuditRow).where(AuditRow.seq == 2).values(verb="nothing"))
        await pilot.press("enter", "v")
        await reads(pilot, "✗ Entry 2 was changed")


async def test_entries_of_the_log_are_numbered_in_german(stage: Stage, admin: Actor) -> None:
    with reading("de"):
        async with opened(stage, admin, "log", (120, 30)) as (pilot, screen):
            await reads(pilot, "create first admin")
            table = screen.query_one("#tab-log PagedTable", PagedTable)
            assert str(table.columns[0].title) == "Nr."


async def test_a_backup_is_made_checked_and_found_damaged(stage: Stage, admin: Actor) -> None:
    async with opened(stage, admin, "backups") as (pilot, _screen):
        await reads(pilot, "No backup yet")
        assert "eventdesk restore" in " ".join(page(pilot).split())
        await pilot.press("n")
        await reads(pilot, "✓ sound")
        stage.clock[0] = NOON + timedelta(hours=1)
        [backup] = list_backups(stage.fair.store.home)
        content = bytearray(backup.path.read_bytes())
        content[5000:90000] = bytes(85000)
        backup.path.write_bytes(content)
        await pilot.press("enter")
        await until(pilot, lambda: "✗" in text_on_line(pilot, 2))


async def test_no_scan_waits_for_a_backup(stage: Stage, admin: Actor) -> None:
    scan_is_written = threading.Event()
    async with opened(stage, admin, "backups") as (pilot, screen):
        try:
            screen.tools.desk._writer.submit(scan_is_written.wait)
            await pilot.press("n")
            await reads(pilot, "✓ sound")
        finally:
            scan_is_written.set()


async def test_shares_are_agreed_on(stage: Stage, admin: Actor) -> None:
    async with opened(stage, admin, "commission") as (pilot, _screen):
        await reads(pilot, "The usual share is 0 %")
        await pilot.press("u")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["share"].put(20_000)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert pilot.app.screen is dialog
        dialog.form.fields["share"].put(450)
        await pilot.press("ctrl+s")
        await reads(pilot, "The usual share is 4.5 %")
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["share"].put(200)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "2 %" in text_on_line(pilot, 5))
    assert usual_commission(stage.fair.store, SYSTEM) == 450


async def test_the_figures_of_all_events_are_shown_and_saved(stage: Stage, admin: Actor) -> None:
    stage.fair.sell("Ada")
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(AdminScreen(app.tools, admin))
        screen = await shown(pilot, AdminScreen)
        screen.open_part("figures", enter=True)
        await reads(pilot, "Revenue in EUR")
        assert "Demo Days" in page(pilot)
        assert "Together" in page(pilot)
        await pilot.press("s")
        await shown(pilot, FormDialog)
        await pilot.press("ctrl+s")
        exports = stage.home / "exports"
        await until(pilot, lambda: any(exports.glob("*Platform*")))


async def test_fees_of_a_provider_are_looked_at_and_posted(
    stage: Stage, admin: Actor, tmp_path: Path
) -> None:
    store = stage.fair.store
    owed, payment_id = paid(store, stage.fair, "stripe")
    file = tmp_path / "payout.csv"
    file.write_text(f"{FEE_HEADS['stripe']}\n{ROWS['stripe'].format(payment=payment_id)}\n")
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(AdminScreen(app.tools, admin))
        (await shown(pilot, AdminScreen)).open_part("figures", enter=True)
        await reads(pilot, "Revenue in EUR")
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["path"].put(str(tmp_path / "other.csv"))
        await pilot.press("ctrl+s")
        await reads(pilot, "no file")
        dialog.form.fields["path"].put(str(file))
        await pilot.press("ctrl+s")
        await shown(pilot, ImportPreview)
        await reads(pilot, "1 would be posted (3.25 EUR)")
        await reads(pilot, owed.code)
        assert "provider_fees" not in accounts(store)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: accounts(store).get("provider_fees") == 325)
        await noted(pilot, "1 are posted (3.25 EUR)")
        assert accounts(store)["bank"] == 11675


async def test_a_payout_says_what_of_it_is_strange_and_is_posted_only_where_there_is_something_to(
    stage: Stage, admin: Actor, tmp_path: Path
) -> None:
    store = stage.fair.store
    _owed, payment_id = paid(store, stage.fair, "stripe")
    late, _payment_id = paid(store, stage.fair, "stripe", 5000)
    file = tmp_path / "payout.csv"
    strange = "po_1,txn_2,eur,10.00,0.50,9.50,Shop,"
    rows = (FEE_HEADS["stripe"], ROWS["stripe"].format(payment=payment_id), strange)
    file.write_text("\n".join(rows) + "\n")
    import_provider_fees(store, SYSTEM.at(NOON), file, provider="stripe")
    before = accounts(store)
    app = stage.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(AdminScreen(app.tools, admin))
        (await shown(pilot, AdminScreen)).open_part("figures", enter=True)
        await reads(pilot, "Revenue in EUR")
        await pilot.press("i")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["path"].put(str(file))
        await pilot.press("ctrl+s")
        preview = await shown(pilot, ImportPreview)
        await reads(pilot, "9.50 of others")
        await reads(pilot, late.code)
        assert "in no payout yet" in page(pilot)
        assert preview.query_one("#book", Button).disabled
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert pilot.app.screen is preview
        await pilot.press("escape")
        await shown(pilot, AdminScreen)
    assert accounts(store) == before


async def test_personal_data_of_an_event_go_by_its_name(stage: Stage, admin: Actor) -> None:
    stage.fair.sell("Zebulon Quark")
    stage.clock[0] = NOON + timedelta(days=30)
    async with opened(stage, admin, "privacy") as (pilot, _screen):
        await reads(pilot, "never by itself")
        await pilot.press("enter")
        dialog = await shown(pilot, FormDialog)
        dialog.form.fields["days"].put("90")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "never by itself" not in page(pilot))
        await pilot.press("x")
        dialog = await shown(pilot, FormDialog)
        await reads(pilot, "tickets: 1")
        await typed(pilot, "Demo Days")
        await pilot.press("ctrl+s")
        await reads(pilot, "No event holds personal data")
    assert events_holding_data(stage.fair.store, SYSTEM) == ([], 0)


async def test_an_admin_makes_the_recovery_phrase_and_sees_it_once(
    stage: Stage, admin: Actor
) -> None:
    kept = stage.fair.store.home / "keys" / "recovery.key"
    async with opened(stage, admin, "backups") as (pilot, _screen):
        await pilot.press("p")
        dialog = await shown(pilot, ShownOnce)
        assert bytes.fromhex(kept.read_text()) == secret_of(dialog.secret)
        await pilot.press("escape")
        await pilot.press("p")
        await shown(pilot, YesNo)
        await pilot.press("escape")
        assert bytes.fromhex(kept.read_text()) == secret_of(dialog.secret)
