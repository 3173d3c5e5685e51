"""A detail: what is known of the marked row of a list, as names and values that wrap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from eventdesk.core.cells import cell_width, wrap_cells
from eventdesk.core.plain_text import plain

MAX_VALUE: Final = 4_000
"""Characters of a value on show."""

MAX_NAMES: Final = 16
"""Most cells of the names beside the values."""

TONES: Final = {"✓": "$success", "!": "$warning", "✗": "$error"}
"""Colours of values by the sign they begin with."""


@dataclass(frozen=True, slots=True)
class Block:
    """Facts that belong together.

    Attributes:
        facts: Names and values. One without a name takes the whole width, one without a value
            is left out, and lines of a value stay lines.
        title: "" for what continues the block before.
    """

    facts: Sequence[tuple[str, str]]
    title: str = ""

    @property
    def told(self) -> list[tuple[str, str]]:
        """The facts that there are, harmless to show."""
        return [(plain(name), value) for name, value in self.facts if value.strip(" –")]


def once(blocks: Sequence[Block], headline: str) -> list[Block]:
    """Leave out what the headline says, or what was said before under the same name."""
    known, kept = set[tuple[str, str]](), []
    for block in blocks:
        told = [
            fact
            for fact in block.told
            if not fact[0] or (fact not in known and fact[1] != headline)
        ]
        known.update(told)
        kept.append(Block(told, block.title))
    return kept


def painted(blocks: Sequence[Block], width: int) -> Content:
    """Set blocks below each other into so many cells."""
    told = [block for block in blocks if block.told]
    names = [cell_width(name) for block in told for name, _value in block.told if name]
    beside = min(max(names, default=0), MAX_NAMES, max(4, width // 3))
    lines: list[Content] = []
    for block in told:
        if block.title:
            lines += [Content(""), Content.styled(plain(block.title), "bold $primary")]
        for name, value in block.told:
            lines += _fact(name, value, beside, width)
    return Content("\n").join(lines)


def _fact(name: str, value: str, beside: int, width: int) -> Iterator[Content]:
    names = wrap_cells(name, beside) if name else []
    indent = beside + 2 if name else 0
    values = _wrapped(value, max(8, width - indent))
    tone = TONES.get(value.strip()[:1], "$foreground")
    for row in range(max(len(names), len(values))):
        left = "".join(names[row : row + 1])
        gap = " " * max(0, indent - cell_width(left))
        right = "".join(values[row : row + 1])
        yield Content.assemble((left + gap, "$faint"), (right, tone))


def _wrapped(value: str, width: int) -> list[str]:
    lines = value.strip()[:MAX_VALUE].split("\n")
    clean = (plain(line, limit=MAX_VALUE) for line in lines)
    return [part for line in clean for part in wrap_cells(line, width) or [""]]
