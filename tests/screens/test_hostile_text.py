"""Names that try to be commands."""

import unicodedata

from textual.widgets import Static

from screens.desk.on_show import Verdict
from screens.desk.reason_dialog import ReasonDialog
from screens.desk.verdict_banner import VerdictBanner
from screens.modals.questions import NameQuestion
from tests.screens.stage import FakeScanner, Stage, page, reads, send, shown, text_of, typed, until

NAMES = (
    "[/b] Mallory",
    "[@click=app.quit]Quit[/]",
    "[bold red]Red[/]",
    "\x1b[2J\x1b]0;owned\x07Esc",
    "\u202egnal\u202d Right",
    "Nu\x01l\r\nLine",
    "محمد علی",
    "ราชกิจ",
    "A" * 200,
    "$primary",
    "👩‍👩‍👧‍👦 Family",
)


def is_harmless(shown: str) -> bool:
    return not any(
        unicodedata.category(sign) in {"Cc", "Cs"} or sign in "\u202e\u202d\u2066\u2069"
        for sign in shown.replace("\n", "")
    )


async def test_hostile_names_are_shown_as_text_at_the_desk(stage: Stage) -> None:
    tokens = [
        stage.fair.token(stage.fair.sell(name, line_two=name[::-1], seat="[b]1")) for name in NAMES
    ]
    async with stage.desk_screen(size=(140, 45)) as (pilot, screen):
        send(pilot, "".join(f"{token}\r" for token in tokens))
        await until(pilot, lambda: len(screen.scan_log.scans) == len(NAMES))
        await until(pilot, lambda: "[/b] Mallory" in text_of(screen, "#log Static"))
        assert is_harmless(page(pilot))

        await typed(pilot, "mallory")
        await until(pilot, lambda: screen.card.ticket and "Mallory" in screen.card.ticket.name)
        assert "[/b] Mallory" in page(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(pilot.app.screen, NameQuestion))
        await pilot.press("escape", "f4")
        await shown(pilot, ReasonDialog)
        await typed(pilot, "[/] x")
        await pilot.press("enter")
        await reads(pilot, "The badge is printing again")
        assert is_harmless(page(pilot))


async def test_hostile_words_of_a_verdict_are_text_under_the_mouse_too(stage: Stage) -> None:
    note = "[/b] Mallory"
    async with stage.desk_screen() as (pilot, screen):
        screen.query_one(VerdictBanner).verdict = Verdict(details=(note,))
        await reads(pilot, note)
        under = Static(screen.query_one("#verdict-details").tooltip or "")
        assert str(under.visual) == note


async def test_hostile_names_are_shown_as_text_at_the_kiosk(stage: Stage) -> None:
    camera = FakeScanner()
    tokens = [stage.fair.token(stage.fair.sell(name, seat="[b]1")) for name in NAMES]
    async with stage.kiosk(camera) as (pilot, screen):
        for token in tokens:
            screen.verdict.answer = None
            camera.show(token)
            await until(pilot, lambda: screen.verdict.answer is not None)
            await pilot.pause()
            assert "Welcome, " in page(pilot)
            assert is_harmless(page(pilot))
