"""Paintings of the wall: its panels and figures as content for the terminal."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from textual.content import Content

from eventdesk.charts.big import HEIGHTS, big
from eventdesk.charts.cells import Line, Run, chart_lines
from eventdesk.core.cells import cell_width, cut_cells
from eventdesk.core.messages import _, _p
from eventdesk.core.plain_text import plain
from eventdesk.figures import Panel, Standing

LOOKS: Final = {
    "faint": "$faint",
    "figure": "bold $foreground",
    "title": "bold $primary",
    "series-0": "$primary",
    "series-1": "$warning",
    "part-0": "$primary",
    "part-1": "$faint",
    "part-2": "$faint",
    "part-3": "$warning",
}
"""How what a chart calls its parts looks; the patterns differ as well."""

WIDE: Final = 120
"""From so many columns on two panels stand beside each other."""


def figures_of(standing: Standing) -> tuple[tuple[str, str], ...]:
    """The figures at the top, each with its word."""
    total = standing.total
    expected = "–" if total.expected is None else f"{total.expected:,}"
    return (
        (_("Expected"), expected),
        (_p("figure", "In"), f"{total.came:,}"),
        (_("Inside now"), f"{total.inside:,}"),
        (_p("figure", "Out"), f"{total.out:,}"),
        (_("A minute"), f"{standing.served_lately:.1f}"),
    )


def figures_content(standing: Standing, width: int, height: int) -> Content:
    """Draw the figures beside each other, as large as all of them fit alike."""
    figures = figures_of(standing)
    for high in reversed(HEIGHTS):
        drawn = [big(text, width, high) for _word, text in figures]
        needed = [
            max(len(lines[0]), len(word)) + 2
            for lines, (word, _text) in zip(drawn, figures, strict=True)
        ]
        alike = high == 1 or all(len(lines) == high for lines in drawn)
        if high < height and alike and sum(needed) <= width:
            break
    spare = max(0, width - sum(needed)) // len(figures)
    parts: list[Content | tuple[str, str]] = []
    for row in range(len(drawn[0])):
        for place, lines in enumerate(drawn):
            look = "bold $primary" if place == 2 else "bold $foreground"
            parts.append((lines[row].ljust(needed[place] + spare), look))
        parts.append(("\n", ""))
    for place, (word, _text) in enumerate(figures):
        parts.append((word.ljust(needed[place] + spare), "$faint"))
    return Content.assemble(*parts)


def panel_content(panel: Panel, width: int, height: int, *, named: bool = False) -> Content:
    """Draw a panel with its title.

    Args:
        named: Whether its name stands above already: a title that says no more is left out.
    """
    if named and panel.chart.title == panel.title:
        return content_of(chart_lines(panel.chart, width, height))
    title = (Run(cut_cells(plain(panel.chart.title, limit=400), width), "title"),)
    return content_of([title, *chart_lines(panel.chart, width, height - 1)])


def content_of(lines: Sequence[Line]) -> Content:
    """Lines of a chart as content; no text of it is ever taken for markup."""
    parts: list[tuple[str, str]] = []
    for place, line in enumerate(lines):
        if place:
            parts.append(("\n", ""))
        parts += [(run.text, LOOKS.get(run.look, "")) for run in line]
    return Content.assemble(*parts)


def names_around(names: Sequence[str], at: int, cells: int) -> str:
    """As many whole names as fit beside the one at a place, which is always told.

    >>> names_around(["Arrivals", "[Gates]", "Sales", "Sessions"], 1, 28)
    'Arrivals  [Gates]  Sales  …'
    """
    first, end = 0, len(names)
    while True:
        told = "  ".join(["…"] * (first > 0) + [*names[first:end]] + ["…"] * (end < len(names)))
        if cell_width(told) <= cells or end - first <= 1:
            return told
        if end - 1 - at >= at - first:
            end -= 1
        else:
            first += 1


def foot_of(
    panels: Sequence[Panel], shown: Sequence[Panel], standing: Standing, cycle: str, width: int
) -> Content:
    """Say which panels are on show, what is looked at, and whether they come round."""
    titles = [f"[{panel.title}]" if panel in shown else panel.title for panel in panels]
    at = next((place for place, panel in enumerate(panels) if panel in shown), 0)
    local = standing.at.astimezone(ZoneInfo(standing.time_zone))
    right = f"{cycle}  {local:%H:%M:%S}"
    room = width - cell_width(right) - 2
    looked_at = f"{plain(standing.choice_words)}  ·  "
    names = names_around(titles, at, room - cell_width(looked_at))
    left = cut_cells(looked_at + names, room)
    gap = " " * max(1, width - cell_width(left) - cell_width(right))
    return Content.assemble((left, "$faint"), gap, (right, "bold $foreground"))
