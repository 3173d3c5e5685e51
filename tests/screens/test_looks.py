"""Themes, help, palette and sounds."""

import re
from pathlib import Path

import pytest
from textual.color import Color

import screens
from eventdesk.door import Tone
from screens.core.sounds import Sounds
from screens.core.themes import THEMES
from screens.modals.help_screen import HelpScreen
from screens.self_service.verdict import SIGNS
from tests.looks.contrast import LEAST, ratio
from tests.screens.stage import FakeScanner, Stage, page, reads, shown, text_of, typed, until

SCREENS = Path(screens.__file__).parent


@pytest.mark.parametrize("key", ["ctrl+f2", "f2"])
async def test_f2_goes_through_all_themes(stage: Stage, key: str) -> None:
    # At the desk F2 sells; Ctrl+F2 is the same everywhere.
    opened = stage.desk_screen() if key == "ctrl+f2" else stage.app().run_test()
    async with opened as entered:
        pilot = entered[0] if isinstance(entered, tuple) else entered
        seen = [pilot.app.theme]
        for _ in range(3):
            await pilot.press(key)
            seen.append(pilot.app.theme)
        assert seen == [theme.name for theme in (*THEMES.values(), THEMES["dark"])]


def test_every_theme_names_the_same_colours() -> None:
    names = {frozenset(theme.variables) for theme in THEMES.values()}
    assert len(names) == 1


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_can_be_read(name: str) -> None:
    theme = THEMES[name]
    least = 7.0 if name == "contrast" else 4.5
    pairs = [(theme.variables[f"{tone}-foreground"], theme.variables[f"{tone}-background"])
             for tone in Tone]  # fmt: skip
    for colour in (theme.foreground, theme.primary, theme.success, theme.warning, theme.error,
                   theme.variables["faint"]):  # fmt: skip
        pairs.append((str(colour), str(theme.background)))
    for ground in (theme.surface, theme.panel, theme.variables["block-cursor-background"]):
        pairs += [(str(text), str(ground)) for text in (theme.foreground, theme.primary,
                  theme.success, theme.warning, theme.error, theme.variables["faint"])]  # fmt: skip
    for part in ("block-cursor", "input-cursor"):
        pairs.append((theme.variables[f"{part}-foreground"], theme.variables[f"{part}-background"]))
    for part in ("key", "description"):
        footer = theme.variables["footer-background"]
        pairs.append((theme.variables[f"footer-{part}-foreground"], footer))
    pairs.append((str(theme.background), str(theme.primary)))  # the button that Enter presses
    for text, ground in pairs:
        assert ratio(Color.parse(text), Color.parse(ground)) >= least, (text, ground)


@pytest.mark.parametrize("name", THEMES)
def test_signs_and_faint_words_can_be_read_on_a_marked_line(name: str) -> None:
    theme = THEMES[name]
    ground = Color.parse(theme.variables["block-cursor-background"])
    for colour in (theme.foreground, theme.primary, theme.success, theme.warning, theme.error,
                   theme.variables["faint"]):  # fmt: skip
        assert ratio(Color.parse(str(colour)), ground) >= LEAST, colour


def test_stylesheets_name_no_colour_of_their_own() -> None:
    sheets = [*SCREENS.rglob("*.tcss"), *SCREENS.rglob("*.py")]
    assert len(sheets) > 5
    for sheet in sheets:
        styles = sheet.read_text(encoding="utf-8")
        named = re.findall(
            r"(?:color|background|tint|border\S*):[^;$\n]*(?:#[0-9a-f]{3}|rgb)", styles
        )
        assert not named, sheet.name


async def test_answers_differ_without_colour(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    camera = FakeScanner()
    token = stage.fair.token(stage.fair.sell("Grace Hopper"))
    async with stage.kiosk(camera) as (pilot, screen):
        assert pilot.app.no_color
        for sign in ("✓  ADMITTED", "✗  ALREADY IN"):
            screen.verdict.answer = None
            camera.show(token)
            await reads(pilot, sign)
    assert len(set(SIGNS.values())) == len(Tone)


async def test_help_names_every_key_and_what_the_screen_is_for(stage: Stage) -> None:
    # On the smallest terminal: what does not fit at once is read by paging on.
    async with stage.desk_screen(size=(80, 24)) as (pilot, _screen):
        await pilot.press("f1")
        await shown(pilot, HelpScreen)
        pages = [page(pilot)]
        for _ in range(4):
            await pilot.press("pagedown")
            pages.append(page(pilot))
        for part in ("Scan a ticket", "F3, Ctrl+Z", "F4", "F9", "Ctrl+Q", "F2", "F5"):
            assert any(part in each for each in pages), part
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, HelpScreen)


async def test_the_palette_offers_what_the_keys_do(stage: Stage) -> None:
    async with stage.desk_screen() as (pilot, screen):
        offered = {command.title for command in pilot.app.get_system_commands(screen)}
        assert {"Help", "Undo", "Theme", "Quit"} <= offered
        await pilot.press("ctrl+p")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await typed(pilot, "theme")
        await reads(pilot, "Dark, light")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.theme == "eventdesk-light")


async def test_the_layout_holds_in_every_size(stage: Stage) -> None:
    stage.fair.sell("Ada Lovelace")
    async with stage.desk_screen() as (pilot, screen):
        await typed(pilot, "ada")
        await until(pilot, lambda: screen.card.ticket is not None)
        for size in ((1, 1), (10, 3), (40, 12), (80, 24), (160, 48)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert "Ada Lovelace" in page(pilot)
        assert "✓ store ready" in text_of(screen, "#health-store")


def test_each_tone_has_its_own_number_of_strokes() -> None:
    strokes: list[str] = []
    sounds = Sounds(lambda: strokes.append("ring"), lambda _s, ring: ring(), on=True)
    heard = []
    for tone in Tone:
        strokes.clear()
        sounds.play(tone)
        heard.append(len(strokes))
    assert heard == [1, 2, 3]


def test_no_sound_when_sounds_are_off() -> None:
    strokes: list[str] = []
    Sounds(lambda: strokes.append("ring"), lambda _s, ring: ring(), on=False).play(Tone.STOP)
    assert not strokes


def test_a_sound_command_is_told_the_tone(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    script = tmp_path / "sound"
    script.write_text(f'#!/bin/sh\necho "$1" > "{heard}.part" && mv "{heard}.part" "{heard}"\n')
    script.chmod(0o755)
    sounds = Sounds(lambda: None, lambda _s, _ring: None, on=True, command=str(script))
    thread = sounds.play(Tone.CARE)
    assert thread is not None
    thread.join(10)
    assert heard.read_text() == "care\n"


def test_a_sound_command_that_is_missing_leaves_it_to_the_bell() -> None:
    strokes: list[str] = []
    sounds = Sounds(
        lambda: strokes.append("ring"), lambda _s, _ring: None, on=True, command="no-such-thing"
    )
    sounds.play(Tone.GOOD)
    assert strokes == ["ring"]
