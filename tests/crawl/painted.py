"""What the widgets of a screen paint."""

from collections.abc import Iterator
from typing import Any

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Label, OptionList, TextArea

from screens.admin.log_part import LogPart
from screens.widgets.paged_lines import PagedLines


def leaves(screen: Screen[Any]) -> Iterator[Widget]:
    """The widgets on show that paint text themselves, but for the log, which is kept in English."""
    for widget in screen.walk_children(Widget):
        if isinstance(widget, PagedLines | Label) and any(
            isinstance(each, LogPart) for each in widget.ancestors
        ):
            continue
        if widget.region and all(each.display for each in widget.ancestors_with_self):
            if isinstance(widget, Input | TextArea) and str(getattr(widget, "value", "") or ""):
                continue  # what somebody typed
            if not widget.displayed_children:
                yield widget


def text_of(widget: Widget) -> str:
    """The characters that a widget paints.

    A table cuts cells with an ellipsis by design and tells the whole of a line in its tooltip, so
    its cells are taken whole.
    """
    if isinstance(widget, PagedLines) and widget.pages.total:
        seen = range(widget.top, widget.top + widget.room.height)
        lines = (widget.pages.line(index) for index in seen)
        return "\n".join(cell for line in lines if line is not None for cell in line.cells)
    strips = widget.render_lines(Region(0, 0, *widget.outer_size))
    if isinstance(widget, OptionList):  # all its lines: where it scrolls, none is cut
        top = widget.scroll_offset.y
        strips = [widget.render_line(y - top) for y in range(widget.virtual_size.height)]
    return "\n".join(
        "".join(segment.text for segment in strip).rstrip() for strip in strips
    ).strip()


def name_of(widget: Widget) -> str:
    """What a widget is called in a report."""
    return f"{type(widget).__name__}{f'#{widget.id}' if widget.id else ''}"
