"""German is complete where guests and staff meet it first, and has room."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from eventdesk.core.fields import cleaned, filled
from eventdesk.core.messages import ENGLISH, use_language
from eventdesk.core.money import Money
from eventdesk.sales import TICKET_TYPE, NewTicketType
from screens.accounts.sign_in_screen import SignInScreen
from screens.modals.form_dialog import FormDialog
from screens.widgets.form.entity_fields import entity_fields
from tests.screens.stage import FakeScanner, Stage, page, reads, shown, until


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    use_language("de_DE")
    yield
    use_language(ENGLISH)


async def test_a_kiosk_speaks_german_to_its_guests(stage: Stage) -> None:
    token = stage.fair.token(stage.fair.sell("Ada Lovelace"))
    camera = FakeScanner()
    app = stage.app(start="kiosk", gate_id=stage.fair.gate.id, scanner_factory=lambda: camera)
    async with app.run_test(size=(80, 24)) as pilot:
        await reads(pilot, "Halten Sie den QR-Code")
        await reads(pilot, "Ohne Code")
        camera.show(token)
        await reads(pilot, "Willkommen, Ada Lovelace")
        assert "EINGELASSEN" in page(pilot)


async def test_a_refusal_says_in_german_what_to_do(stage: Stage) -> None:
    camera = FakeScanner()
    app = stage.app(start="kiosk", gate_id=stage.fair.gate.id, scanner_factory=lambda: camera)
    async with app.run_test(size=(80, 24)) as pilot:
        await reads(pilot, "Halten Sie den QR-Code")
        camera.show("nobody's ticket")
        await reads(pilot, "UNBEKANNT")
        await until(pilot, lambda: "Dieses Ticket kennen wir nicht" in page(pilot))


async def test_the_sign_in_speaks_german_and_its_errors_do(stage: Stage) -> None:
    async with stage.app().run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        await reads(pilot, "Willkommen bei eventdesk")
        await reads(pilot, "Legen Sie das erste Konto an")
        await pilot.press("f1")
        await reads(pilot, "Geben Sie E-Mail-Adresse und PIN oder Passwort ein")


async def test_the_form_of_an_entity_speaks_german_and_what_it_refuses_does(stage: Stage) -> None:
    new = NewTicketType("", Money(0, "EUR"))

    async def save(values: dict[str, Any]) -> NewTicketType:
        return cleaned(TICKET_TYPE, replace(filled(TICKET_TYPE, new, values), priority=10**6))

    async with stage.app().run_test(size=(80, 24)) as pilot:
        await shown(pilot, SignInScreen)
        dialog = FormDialog("Neue Ticketart", entity_fields(TICKET_TYPE, new), save)
        pilot.app.push_screen(dialog)
        await shown(pilot, FormDialog)
        await reads(pilot, "Etwa: Frühbucher.")
        fields = dialog.form.fields.values()
        said = {text for each in fields for text in (each.label, each.help)}
        assert said & {text for one in TICKET_TYPE for text in (one.label, one.hint)} <= {
            "",
            "Name",
        }
        await pilot.press("F", "ctrl+s")
        await reads(pilot, "Ein Vorrang: eine Zahl von -")
