"""The printers on the screens: set up with a test badge, looked after, and their badges moved."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from eventdesk.accounts import at_event
from eventdesk.acts import SYSTEM, Actor, Role
from eventdesk.core.messages import msg
from eventdesk.core.printing import Health, Status
from eventdesk.printing import list_printers, note_health, take_printers
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.admin_screen import AdminScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.organizer.event_screen import EventScreen
from screens.printing.printer_badges import PrinterBadges
from screens.widgets.paged_table import PagedTable
from tests.badge_jobs import admit, set_up, state_of
from tests.build import NOON
from tests.people import make_admin
from tests.screens.stage import Stage, noted, page, reads, shown, typed, until

pytestmark = pytest.mark.long

OUT = Status(Health.PAPER_OUT, msg("it is out of paper"))


@pytest.fixture
def admin(stage: Stage) -> Actor:
    return make_admin(stage.fair.store)


@asynccontextmanager
async def opened(
    stage: Stage, actor: Actor, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Pilot[None]]:
    """Open the admin's printers, with the keyboard in them."""
    app = stage.app()
    async with app.run_test(size=size, notifications=True) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(AdminScreen(app.tools, actor))
        screen = await shown(pilot, AdminScreen)
        screen.open_part("printers", enter=True)
        await until(pilot, lambda: screen.tab is not None and screen.tab.query(PagedTable))
        table = screen.query_one("#tab-printers PagedTable", PagedTable)
        await until(pilot, lambda: table.pages.answered is not None and table.lines.has_focus)
        yield pilot


@contextmanager
def network_printer() -> Iterator[tuple[int, list[bytes]]]:
    """A printer in the network of this machine, and what it got."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as stream:
                    received.append(stream.read())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], received
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


async def _fill(pilot: Pilot[None], field: str, text: str) -> None:
    line = pilot.app.screen.query_one(f"#field-{field} Input", Input)
    line.value = text
    await pilot.pause()


async def test_a_printer_is_set_up_with_a_test_badge(stage: Stage, admin: Actor) -> None:
    with network_printer() as (port, received):
        async with opened(stage, admin) as pilot:
            assert "No printer yet. F finds printers, N takes an address." in page(pilot)
            await pilot.press("n")
            dialog = await shown(pilot, FormDialog)
            await _fill(pilot, "name", "Desk [b]A[/b]")
            await _fill(pilot, "spec", f"tcp://127.0.0.1:{port}")
            await _fill(pilot, "labels", "300")
            await pilot.press("ctrl+s")
            await until(pilot, lambda: pilot.app.screen is not dialog)
            await reads(pilot, "Desk [b]A[/b]")
            await reads(pilot, "everywhere" if pilot.app.size.width > 110 else "300")
    assert any(b"Test print" in content for content in received)
    (printer,) = list_printers(stage.fair.store, SYSTEM.at(NOON))
    assert (printer.spec, printer.labels_left) == (f"tcp://127.0.0.1:{port}", 300)


async def test_a_test_badge_that_does_not_come_out_keeps_what_was_typed(
    stage: Stage, admin: Actor
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with opened(stage, admin) as pilot:
        await pilot.press("n")
        await shown(pilot, FormDialog)
        await _fill(pilot, "name", "Desk A")
        await _fill(pilot, "spec", f"tcp://127.0.0.1:{port}")
        await pilot.press("ctrl+s")
        await reads(pilot, "did not come out")
        assert pilot.app.screen.query_one("#field-name Input", Input).value == "Desk A"
    assert list_printers(stage.fair.store, SYSTEM.at(NOON)) == []


async def test_a_printer_in_trouble_says_what_to_do(stage: Stage, admin: Actor) -> None:
    printer_id = set_up(stage.fair, "Desk A")
    take_printers(stage.fair.store, SYSTEM.at(NOON), "here")
    note_health(stage.fair.store, SYSTEM.at(NOON), printer_id, OUT)
    async with opened(stage, admin) as pilot:
        await reads(pilot, "✗ paper out")
        await reads(pilot, "Put paper in.")
        note_health(stage.fair.store, SYSTEM.at(NOON), printer_id, Status(Health.READY))
        await reads(pilot, "✓ ready")


async def test_badges_of_a_printer_are_tried_again_moved_and_called_off(
    stage: Stage, admin: Actor
) -> None:
    fair = stage.fair
    first, _second = set_up(fair, "Desk A"), set_up(fair, "Desk B")
    ada, grace = admit(fair, "Ada"), admit(fair, "Grace")
    note_health(fair.store, SYSTEM.at(NOON), first, OUT)
    take_printers(fair.store, SYSTEM.at(NOON), "nobody")
    async with opened(stage, admin) as pilot:
        await reads(pilot, "Desk B")
        await pilot.press("down", "b")
        await shown(pilot, PrinterBadges)
        await reads(pilot, "Ada (")
        await pilot.press("enter")
        await noted(pilot, "Tried again: Ada")
        await pilot.press("m")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await noted(pilot, "Moved to Desk A")
        await shown(pilot, PrinterBadges)
        await reads(pilot, "Grace (")
        table = pilot.app.screen.query_one(PagedTable)
        while table.marked is None or "Grace" not in table.marked.cells[0]:
            await pilot.press("down")
            await pilot.pause()
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await until(pilot, lambda: state_of(fair.store, grace) == "cancelled")
        await shown(pilot, PrinterBadges)
        await pilot.press("escape")
        await shown(pilot, AdminScreen)
    assert state_of(fair.store, ada) == "queued"


async def test_printers_are_ordered_switched_refilled_and_removed(
    stage: Stage, admin: Actor
) -> None:
    store = stage.fair.store
    set_up(stage.fair, "Desk A")
    set_up(stage.fair, "Desk B")

    def names() -> list[str]:
        return [each.name for each in list_printers(store, SYSTEM.at(NOON))]

    async with opened(stage, admin) as pilot:
        await reads(pilot, "Desk B")
        await pilot.press("plus")
        await until(pilot, lambda: names() == ["Desk B", "Desk A"])
        await pilot.press("o")
        await reads(pilot, "○ off")
        await pilot.press("l")
        await shown(pilot, FormDialog)
        await _fill(pilot, "labels", "12")
        await pilot.press("ctrl+s")
        await shown(pilot, AdminScreen)
        await until(
            pilot, lambda: [p.labels_left for p in list_printers(store, SYSTEM.at(NOON))][1] == 12
        )
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.click("#yes")
        await until(pilot, lambda: names() == ["Desk B"])


async def test_the_team_assigns_printers_to_the_gates_of_its_event(
    stage: Stage, admin: Actor
) -> None:
    fair = stage.fair
    set_up(fair, "Desk A")
    here = at_event(fair.store, admin, fair.event.id)
    assert here.role is Role.ADMIN
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await shown(pilot, SignInScreen)
        app.push_screen(EventScreen(app.tools, here, fair.event))
        screen = await shown(pilot, EventScreen)
        screen.open_part("printers", enter=True)
        await reads(pilot, "Desk A")
        table = screen.query_one("#tab-printers PagedTable", PagedTable)
        await until(pilot, lambda: table.lines.has_focus)
        await pilot.press("g")
        await shown(pilot, FormDialog)
        await reads(pilot, "[ ] Gate A")
        await pilot.press("space", "ctrl+s")
        await shown(pilot, EventScreen)
        await reads(pilot, "Gate A")
    (printer,) = list_printers(fair.store, SYSTEM.at(NOON))
    assert [name for _, name in printer.gates] == ["Gate A"]


async def test_finding_printers_offers_what_is_there_and_an_address(
    stage: Stage, admin: Actor, tmp_path: Path
) -> None:
    with network_printer() as (port, _received):
        async with opened(stage, admin) as pilot:
            await pilot.press("f")
            await shown(pilot, FormDialog)
            await _fill(pilot, "hosts", f"127.0.0.1:{port}")
            await pilot.press("ctrl+s")
            await shown(pilot, PickOne)
            await reads(pilot, "Type its address")
            await pilot.press("end", "enter")
            await shown(pilot, FormDialog)
            await typed(pilot, "Desk A")
            await pilot.press("escape")


async def test_the_desk_says_what_is_wrong_with_its_printer(stage: Stage) -> None:
    fair = stage.fair
    first = set_up(fair, "Desk A", "folder", fair.gate.id)
    set_up(fair, "Desk B", labels_left=9, labels_warn=10)
    take_printers(fair.store, SYSTEM.at(NOON), "here")
    async with stage.desk_screen(size=(160, 48)) as (pilot, _screen):
        await reads(pilot, "✓ printer Desk A ready")
        note_health(fair.store, SYSTEM.at(NOON), first, OUT)
        await reads(pilot, "! Badges go to Desk B. Desk A: it is out of paper. Put paper in.")
        admit(fair, "Ada", fair.gate.id)
        await reads(pilot, "(1 badge waiting)")
