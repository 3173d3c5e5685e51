"""Styles that are kept are those that matching all rules again gives."""

from typing import Any

import pytest
from textual.css import stylesheet
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from screens.accounts.sign_in_screen import SignInScreen
from screens.core.stylesheet import KeptStylesheet
from screens.core.themes import THEMES
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import TextField
from tests.screens.stage import Stage, shown


async def take(values: dict[str, Any]) -> None:
    """Take what was typed."""


def dialog(*names: str) -> FormDialog[None]:
    return FormDialog("Add a place", [TextField(each, each, required=True) for each in names], take)


async def show(pilot: Pilot[None], shows: FormDialog[None], *keys: str) -> None:
    """Open a dialog, press keys and leave it."""
    pilot.app.push_screen(shows)
    await shown(pilot, FormDialog)
    await pilot.press(*keys)
    shows.dismiss()
    await shown(pilot, SignInScreen)


def rules(screen: Widget) -> list[dict[str, Any]]:
    """What each widget of a screen, and each part of one, was given."""
    nodes = list(screen.walk_children(Widget, with_self=True))
    parts = [part for each in nodes for part in each._component_styles.values()]
    return [dict(each.base.get_rules()) for each in (*(node.styles for node in nodes), *parts)]


class Matching(KeptStylesheet):
    """The stylesheet without what it keeps."""

    def apply(self, node: DOMNode, **given: Any) -> None:
        Stylesheet.apply(self, node, **given)


def kinds_of_lines(sheet: KeptStylesheet) -> set[tuple[Any, ...]]:
    """The lines of dialogs that the stylesheet tells apart."""
    kinds = sheet._matched.keys()
    return {
        kind
        for kind in kinds
        if len(kind) > 2 and kind[1][0] is FormDialog and kind[-1][0] is Input
    }


async def test_kept_styles_are_those_of_matching_again(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test() as pilot:
        await shown(pilot, SignInScreen)
        for keys in ((), ("enter",), ("ctrl+s",), ("f2",)):
            app.push_screen(dialog("name", "street", "town"))
            screen = await shown(pilot, FormDialog)
            await pilot.press(*keys)
            kept = rules(screen)
            app.stylesheet.__class__ = Matching
            app.stylesheet.update(screen)
            assert rules(screen) == kept
            app.stylesheet.__class__ = KeptStylesheet
            screen.dismiss()
            await shown(pilot, SignInScreen)


async def test_lines_that_are_alike_are_matched_once(stage: Stage) -> None:
    app = stage.app()
    sheet = app.stylesheet
    assert isinstance(sheet, KeptStylesheet)
    async with app.run_test() as pilot:
        await shown(pilot, SignInScreen)
        await show(pilot, dialog("name", "street"))
        matched = kinds_of_lines(sheet)
        assert matched
        await show(pilot, dialog("name", "street", "town", "country"))
        assert kinds_of_lines(sheet) == matched


async def test_the_styles_of_a_widget_wait_until_it_is_mounted(stage: Stage) -> None:
    app = stage.app()
    async with app.run_test() as pilot:
        await shown(pilot, SignInScreen)
        field = TextField("name", "Name")
        assert not field.editor.styles.base.get_rules()
        await app.screen.mount(field)
        assert field.editor.styles.base.get_rules()


async def test_a_theme_that_was_shown_before_is_parsed_no_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = stage.app()
    async with app.run_test() as pilot:
        await shown(pilot, SignInScreen)
        for _ in THEMES:
            await pilot.press("f2")
        first = rules(app.screen)
        monkeypatch.setattr(stylesheet, "parse", pytest.fail)
        for _ in list(THEMES)[1:]:
            await pilot.press("f2")
            assert rules(app.screen) != first
        await pilot.press("f2")
        assert rules(app.screen) == first
