"""Services outside, on the screens of admins and of an event."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from eventdesk.acts import SYSTEM, Actor, Role, Steps
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.exchange import webhook_networks, webhook_secret
from eventdesk.integrations.kinds import KINDS
from eventdesk.integrations.service import Value
from eventdesk.integrations.webhook.kind import new_secret
from eventdesk.services import Failed as FailedFate
from eventdesk.services import (
    SetUp,
    add_service,
    claim_outgoing,
    list_services,
    service_deliveries,
    service_of,
    settle_outgoing,
)
from screens.accounts.sign_in_screen import SignInScreen
from screens.admin.admin_screen import AdminScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.organizer.event_screen import EventScreen
from screens.services.deliveries_screen import DeliveriesScreen
from screens.widgets.paged_table import PagedTable
from tests.build import NOON
from tests.people import make_admin, make_staff
from tests.screens.stage import Stage, noted, page, reads, shown, until
from tests.services.counterpart import LINES, LineServer

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(KINDS):
        monkeypatch.delitem(KINDS, name)
    monkeypatch.setitem(KINDS, "counterpart", "tests.services.counterpart:COUNTERPART")


@pytest.fixture
def counterpart() -> Iterator[LineServer]:
    server = LineServer()
    yield server
    server.close()


@asynccontextmanager
async def opened(stage: Stage, who: Actor | None = None) -> AsyncIterator[Pilot[None]]:
    """The part of an event's organizer, or of an admin where nobody else is named."""
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await shown(pilot, SignInScreen)
        if who is None:
            screen: AdminScreen | EventScreen = AdminScreen(app.tools, make_admin(stage.fair.store))
        else:
            screen = EventScreen(app.tools, who, stage.fair.event)
        app.push_screen(screen)
        await shown(pilot, type(screen))
        screen.open_part("services", enter=True)
        await until(pilot, lambda: screen.query("#tab-services PagedTable"))
        table = screen.query_one("#tab-services PagedTable", PagedTable)
        await until(pilot, lambda: table.pages.answered is not None and table.lines.has_focus)
        yield pilot


async def test_a_service_is_set_up_and_tried_at_once(stage: Stage, counterpart: LineServer) -> None:
    async with opened(stage) as pilot:
        await reads(pilot, "Nothing is set up yet. Press N to see what there is.")
        await pilot.press("n")
        await shown(pilot, PickOne)
        await reads(pilot, "Counterpart: Takes lines of tests.")
        pilot.app.screen.query_one(OptionList).focus()
        await pilot.press("enter")
        form = await shown(pilot, FormDialog)
        form.form.fields["port"].put(counterpart.port)
        form.form.fields["password"].put("a word")
        await pilot.press("ctrl+s")
        await reads(pilot, "✓ works")
    assert counterpart.came == ["hello a word"]


async def test_what_is_wrong_is_said_and_a_secret_is_neither_shown_nor_lost(
    stage: Stage, counterpart: LineServer
) -> None:
    given: dict[str, int | str] = {"port": counterpart.port, "password": "never to be seen"}
    add_service(stage.fair.store, SYSTEM, "counterpart", dict(given))
    counterpart.answers["hello"] = "no"
    async with opened(stage) as pilot:
        await pilot.press("enter")
        form = await shown(pilot, FormDialog)
        assert form.form.values["password"] == ""
        await reads(pilot, "It is kept; empty leaves it as it is.")
        form.form.fields["user"].put("ada")
        await pilot.press("ctrl+s")
        await reads(pilot, "✗ in trouble")
        await reads(pilot, "It refuses the password. Type it again.")
    found = service_of(stage.fair.store, SYSTEM, "counterpart")
    assert found is not None
    assert (found.values["user"], found.values["password"]) == ("ada", "never to be seen")


async def test_it_is_switched_off_and_removed_after_a_question(
    stage: Stage, counterpart: LineServer
) -> None:
    store = stage.fair.store
    add_service(store, SYSTEM, "counterpart", {"port": counterpart.port})
    async with opened(stage) as pilot:
        await pilot.press("o")
        await reads(pilot, "switched off")
        await pilot.press("delete")
        await shown(pilot, YesNo)
        await pilot.press("left", "enter")
        await reads(pilot, "Nothing is set up yet")
    assert list_services(store, SYSTEM) == []


async def test_an_admin_allows_addresses_inside_one_a_line(stage: Stage) -> None:
    store = stage.fair.store
    async with opened(stage) as pilot:
        await pilot.press("i")
        form = await shown(pilot, FormDialog)
        await reads(pilot, "routers, printers, databases")
        form.form.fields["networks"].put("10.0.0.7\n10.0.0.0/8 # office")
        await pilot.press("ctrl+s")
        await reads(pilot, "This is no network: 10.0.0.0/8 # office")
        assert webhook_networks(store, SYSTEM) == []
        form.form.fields["networks"].put("10.0.0.7\n\n 192.168.1.0/24 ")
        await pilot.press("ctrl+s")
        await noted(pilot, "✓ Saved")
        assert webhook_networks(store, SYSTEM) == ["10.0.0.7/32", "192.168.1.0/24"]
        await pilot.press("i")
        form = await shown(pilot, FormDialog)
        assert form.form.values["networks"] == "10.0.0.7/32\n192.168.1.0/24"
        form.form.fields["networks"].put("")
        await pilot.press("ctrl+s")
        await noted(pilot, "✓ None is allowed: all lead outside only")
    assert webhook_networks(store, SYSTEM) == []


async def test_an_organizer_allows_none(stage: Stage) -> None:
    olu = make_staff(stage.fair, Role.ORGANIZER, "Olu")
    async with opened(stage, olu) as pilot:
        assert "Network" not in page(pilot)
        await pilot.press("i")
        assert not isinstance(pilot.app.screen, FormDialog)


async def test_an_organizer_has_those_of_the_event(stage: Stage, counterpart: LineServer) -> None:
    fair = stage.fair
    olga = make_staff(fair, Role.ORGANIZER, "Olga")
    given = {"port": counterpart.port}
    add_service(fair.store, SYSTEM, "counterpart", dict(given), name="Of the house")
    add_service(fair.store, olga, "counterpart", dict(given), event_id=fair.event.id, name="Own")
    async with opened(stage, olga) as pilot:
        await reads(pilot, "Counterpart Own")
        assert "Of the house" not in page(pilot)


async def test_the_secret_of_a_webhook_is_shown_and_renewed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "webhook", "eventdesk.integrations.webhook.kind:WEBHOOK")
    store = stage.fair.store
    secret = new_secret()
    given: dict[str, Value] = {"url": "https://example.org", "events": ["book"], "secret": secret}
    service = add_service(store, SYSTEM, "webhook", given)
    async with opened(stage) as pilot:
        assert secret not in page(pilot)
        await pilot.press("s")
        await shown(pilot, PickOne)
        await pilot.press("enter")
        await reads(pilot, secret)
        await pilot.press("escape", "s")
        await shown(pilot, PickOne)
        await pilot.press("down", "enter")
        await reads(pilot, "whsec_")
    assert webhook_secret(store, SYSTEM, service.id) != secret


async def test_what_failed_is_sent_once_more(stage: Stage, counterpart: LineServer) -> None:
    store, delivery_id = stage.fair.store, new_id()
    add_service(store, SYSTEM, "counterpart", {"port": counterpart.port})
    service = service_of(store, SYSTEM, "counterpart")
    assert isinstance(service, SetUp)
    with Steps(store, SYSTEM.at(NOON)).write() as act:
        act.deliver("line", delivery_id, event_id=None, payload={"word": "a"})
    assert claim_outgoing(store, SYSTEM.at(NOON), "x", "line", service, limit=1)
    fates = {delivery_id: FailedFate(msg("It said never."))}
    settle_outgoing(store, SYSTEM.at(NOON), "x", fates, patience=LINES.patience)
    async with opened(stage) as pilot:
        await pilot.press("b")
        await shown(pilot, DeliveriesScreen)
        await reads(pilot, "✗ failed")
        await reads(pilot, "It said never.")
        await pilot.press("enter")
        await reads(pilot, "○ waits")
    [line], _total = service_deliveries(store, SYSTEM, service.id)
    assert line.state == "queued"
