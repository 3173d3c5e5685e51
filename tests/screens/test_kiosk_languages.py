"""The kiosk in the language of the guest who stands before it."""

import pytest

from eventdesk.core.messages import GUEST_LANGUAGES, reader
from screens.self_service import kiosk_screen
from screens.self_service.kiosk_screen import AIM
from screens.widgets.sentence import in_cells
from tests.screens.stage import FakeScanner, Stage, page, reads, until

pytestmark = pytest.mark.long

WELCOMES = {
    "de": "Willkommen, Grace Hopper",
    "fr": "Bienvenue, Grace Hopper",
    "es": "Hola, Grace Hopper",
    "ar": in_cells("مرحبا Grace Hopper"),
    "zh": "欢迎，Grace Hopper",
}


@pytest.mark.parametrize("language", WELCOMES)
async def test_a_guest_is_welcomed_in_the_language_they_chose(stage: Stage, language: str) -> None:
    camera = FakeScanner()
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.kiosk(camera) as (pilot, screen):
        await pilot.click(f"#language-{language}")
        await until(pilot, lambda: str(AIM) == screen.query_one("#aim").text)  # type: ignore[attr-defined]
        assert reader().language == language
        assert str(AIM) != AIM.text

        camera.show(token)
        await reads(pilot, WELCOMES[language])


async def test_the_choice_is_forgotten_with_the_guest(stage: Stage) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        await pilot.click("#language-fr")
        await reads(pilot, "Pas de code")
        await screen.forget()
        await reads(pilot, "No code at hand?")
        assert reader().language == "en"


async def test_the_next_guest_is_spoken_to_in_the_kiosks_language(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk_screen, "VERDICT_S", 0.2)
    monkeypatch.setattr(kiosk_screen, "NEXT_GUEST_S", 0.05)
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, _screen):
        await pilot.click("#language-fr")
        await reads(pilot, "Pas de code")
        camera.show(stage.fair.token(stage.fair.sell("Grace Hopper")))
        await reads(pilot, WELCOMES["fr"])
        await reads(pilot, "No code at hand?")


async def test_who_is_asked_something_is_spoken_to_as_before(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk_screen, "VERDICT_S", 0.05)
    camera = FakeScanner()
    async with stage.kiosk(camera) as (pilot, screen):
        await pilot.click("#language-fr")
        camera.show("nobody's ticket")
        await until(pilot, lambda: screen.verdict.answer is not None)
        await until(pilot, lambda: screen.verdict.answer is None)
        await pilot.press("f9")
        await until(pilot, lambda: screen.panes.current == "no-code")
        screen.greet_next()
        assert reader().language == "fr"


async def test_staff_choose_the_language_to_begin_with(stage: Stage) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        screen.usual_language = "es"
        await screen.forget()
        await reads(pilot, "¿Sin código a mano?")
        await reads(pilot, "✓Español")
    assert reader().language == "en"


async def test_arabic_is_turned_round_and_stands_at_the_right(stage: Stage) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, screen):
        await pilot.click("#language-ar")
        await until(pilot, lambda: screen.has_class("-from-right"))
        await reads(pilot, in_cells("ليس لديك رمز؟"))
        assert screen.query_one("#aim").styles.text_align == "right"


async def test_every_language_has_a_button_in_itself(stage: Stage) -> None:
    async with stage.kiosk(FakeScanner()) as (pilot, _screen):
        for name in GUEST_LANGUAGES.values():
            assert in_cells(name) in page(pilot)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Ada", "Ada"),
        ("abc 08:27", "abc 08:27"),
        ("אב 08:27", "08:27 בא"),
        ("אב (גד)", "(דג) בא"),
        ("אב Ada Lovelace גד", "דג Ada Lovelace בא"),
        ("Seat · אב גד B7", "Seat · דג בא B7"),
    ],
)
def test_a_line_is_given_to_the_terminal_in_the_order_it_is_seen(said: str, shown: str) -> None:
    assert in_cells(said) == shown
