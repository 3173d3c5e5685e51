"""Finds texts that are too faint on what they are painted on."""

import re
from collections.abc import Iterator
from typing import Any, Final

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import Monochrome
from textual.screen import Screen
from textual.widget import Widget

from screens.widgets.block_letters import BlockLetters
from tests.crawl.painted import name_of

LEAST: Final = 4.5
LEAST_LARGE: Final = 3.0
"""WCAG 2.2, success criteria 1.4.3 and 1.4.11: text, and large letters made of blocks."""

BLOCKS: Final = re.compile(r"^[\s▀-▟]+$")
LINES: Final = re.compile(r"^[\s─-╿▀-▟⠀-⣿]*$")


def faint(screen: Screen[Any]) -> Iterator[tuple[str, str]]:
    """Where a text is too faint, in colours and without them, and the text.

    What cannot be used now may be as faint as large letters; what lies behind a dialog is veiled.
    """
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            has = min(ratio_of(segment), ratio_of(_without_colours(segment)))
            if has < LEAST and segment.text.strip():
                widget, _region = screen.get_widget_at(x, y)
                if has < least_of(segment.text, widget) and widget is not screen:
                    yield name_of(widget), f"{segment.text.strip()} has {has:.1f}:1"
            x += segment.cell_length


def least_of(text: str, widget: Widget) -> float:
    """The contrast that a text needs; lines, bars and pictures need none."""
    if LINES.match(text):
        return LEAST_LARGE if isinstance(widget, BlockLetters) and BLOCKS.match(text) else 0.0
    return LEAST_LARGE if widget.is_disabled or widget.has_class("-disabled") else LEAST


def _without_colours(segment: Segment) -> Segment:
    return Monochrome().apply([segment], Color(0, 0, 0))[0]


def ratio_of(segment: Segment) -> float:
    """The contrast of a painted segment, after WCAG 2.2; 21 where it has no colours."""
    style = segment.style or Style.null()
    if style.color is None or style.bgcolor is None or not segment.text.strip():
        return 21.0
    ink, ground = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    if style.dim:
        ink = ground.blend(ink, 0.5)
    return ratio(ink, ground)


def ratio(one: Color, other: Color) -> float:
    """The contrast of two colours, from 1 to 21.

    >>> round(ratio(Color.parse("#000000"), Color.parse("#FFFFFF")), 1)
    21.0
    """
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Color) -> float:
    """Relative luminance, after WCAG 2.2."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
