"""Finds texts that are cut, or that nothing brings into sight."""

import re
from collections.abc import Iterator
from typing import Any, Final

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, Label, OptionList, Static
from textual.widgets._footer import FooterKey
from textual.widgets._toggle_button import ToggleButton

from screens.widgets.paged_lines import ColumnTitles
from tests.crawl.painted import leaves, name_of

FRAMES: Final = re.compile(r"[\s─-▟]")
"""What is no letter of a text: spaces, lines of frames and blocks."""


def cuts(screen: Screen[Any]) -> Iterator[tuple[str, str]]:
    """The widgets whose text is not wholly to be read, and the text.

    A text that ends in an ellipsis is one of them, unless a tooltip tells the whole. What lies
    outside a list that scrolls is not.
    """
    for widget in leaves(screen):
        for text in texts_of(widget):
            if not bare(text):
                continue
            if _is_clipped(screen, widget):
                yield name_of(widget), f"out of sight: {text}"
            elif widget.tooltip is None and bare(text) not in bare(painted(widget)):
                yield name_of(widget), text
    for widget in screen.walk_children(Widget):
        title = str(widget.border_title or "")
        if title and widget.region and len(title) > widget.outer_size.width - 4:
            yield name_of(widget), f"title: {title}"


def texts_of(widget: Widget) -> Iterator[str]:
    """What a widget has to say, by itself."""
    if isinstance(widget, FooterKey):
        yield f"{widget.key_display} {widget.description}"
    elif isinstance(widget, Button | ToggleButton):
        yield str(widget.label)
    elif isinstance(widget, Input):
        yield "" if widget.value else str(widget.placeholder)
    elif isinstance(widget, OptionList):
        yield from (str(option.prompt) for option in widget.options)
    elif isinstance(widget, ColumnTitles):
        lines = widget._lines
        shown = zip(lines.columns, lines.taken, strict=True)
        yield from " ".join(str(column.title) for column, width in shown if width).split()
    elif isinstance(widget, Label | Static):
        yield widget.visual.plain if isinstance(widget.visual, Content) else ""


def painted(widget: Widget) -> str:
    """The characters a widget paints; those of a list that scrolls all of them."""
    height = widget.outer_size.height
    lines = range(height)
    if isinstance(widget, OptionList):
        lines = range(-widget.scroll_offset.y, widget.virtual_size.height - widget.scroll_offset.y)
    strips = [widget.render_line(y) for y in lines]
    return "".join(segment.text for strip in strips for segment in strip)


def bare(text: str) -> str:
    """A text without spaces, breaks and frames."""
    return FRAMES.sub("", text)


def _is_clipped(screen: Screen[Any], widget: Widget) -> bool:
    """Whether a part of a widget lies where nobody can scroll to."""
    geometry = screen._compositor.full_map.get(widget)
    if geometry is None:
        return True
    region = geometry.region
    seen = region.intersection(geometry.clip).intersection(screen.size.region)
    if seen == region:
        return False
    down, across = seen.height < region.height, seen.width < region.width
    return not any(
        (each.is_scrollable and each is not screen)
        and (not down or each.max_scroll_y > 0)
        and (not across or each.max_scroll_x > 0)
        for each in widget.ancestors
        if isinstance(each, Widget)
    )
