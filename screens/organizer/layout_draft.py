"""A badge layout being edited: the marked part, undo and redo."""

from dataclasses import replace
from typing import Final

from badges.layout_file import check_layout
from badges.layout_parts import Kind, Layout, Part, Side

MAX_STEPS: Final = 200

NEW: Final = {
    Kind.TEXT: Part(Kind.TEXT, width=30, height=8, text="{name}", size=18, weight=600),
    Kind.QR: Part(Kind.QR, width=25, height=25),
    Kind.LOGO: Part(Kind.LOGO, width=20, height=12, file="logo.png"),
    Kind.LINE: Part(Kind.LINE, width=30, thickness=0.4),
    Kind.BOX: Part(Kind.BOX, width=30, height=10, thickness=0.4),
}
"""What a new part of each kind looks like."""


class LayoutDraft:
    """Holds a layout, its marked part and its history.

    Attributes:
        side: The side on show, 0 or 1.
        marked: Place of the marked part on it.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.side = self.marked = 0
        self._saved = layout
        self._before: list[tuple[Layout, int, int]] = []
        self._after: list[tuple[Layout, int, int]] = []

    @property
    def changed(self) -> bool:
        """Whether something differs from what was opened or saved last."""
        return self.layout != self._saved

    @property
    def parts(self) -> Side:
        """The parts of the side on show."""
        sides = self.layout.sides
        return sides[self.side] if self.side < len(sides) else ()

    @property
    def part(self) -> Part | None:
        """The marked part."""
        return self.parts[self.marked] if 0 <= self.marked < len(self.parts) else None

    def note_saved(self, layout: Layout) -> None:
        """Note that this layout is what the file holds now."""
        self.layout = self._saved = layout

    def take(self, layout: Layout) -> None:
        """Put another layout in the place of this one, as a step that can be taken back.

        Raises:
            InvalidInputError: It is not sound; nothing changed.
        """
        check_layout(layout)
        self._step(layout)

    def change(self, part: Part) -> None:
        """Put a part in the place of the marked one.

        Raises:
            InvalidInputError: It is not sound; nothing changed.
        """
        self.take(self._with(_put(self.parts, self.marked, part)))

    def move(self, across_mm: float, down_mm: float) -> None:
        """Move the marked part, at most to the edges of the paper."""
        part = self.part
        if part is not None:
            x = _within(part.x + across_mm, self.layout.width_mm - part.width)
            y = _within(part.y + down_mm, self.layout.height_mm - part.height)
            self._step(self._with(_put(self.parts, self.marked, replace(part, x=x, y=y))))

    def stretch(self, wider_mm: float, higher_mm: float) -> None:
        """Make the marked part's place larger or smaller, at most to the edges of the paper."""
        part = self.part
        if part is None:
            return
        width = _within(part.width + wider_mm, self.layout.width_mm - part.x)
        height = _within(part.height + higher_mm, self.layout.height_mm - part.y)
        if part.kind is Kind.LINE:
            width, height = (width, 0.0) if part.width else (0.0, height)
        if max(width, height) >= 1 and (part.kind is Kind.LINE or min(width, height) >= 1):
            sized = replace(part, width=width, height=height)
            self._step(self._with(_put(self.parts, self.marked, sized)))

    def add(self, part: Part) -> None:
        """Add a part above the others, and mark it; on the second side it makes one."""
        inside = replace(
            part,
            width=min(part.width, self.layout.width_mm),
            height=min(part.height, self.layout.height_mm),
        )
        x = _within(inside.x, self.layout.width_mm - inside.width)
        y = _within(inside.y, self.layout.height_mm - inside.height)
        parts = (*self.parts, replace(inside, x=x, y=y))
        self._step(self._with(parts))
        self.marked = len(parts) - 1

    def remove(self) -> bool:
        """Remove the marked part, but not the last one of the front; True if removed."""
        if self.part is None or (self.side == 0 and len(self.parts) == 1):
            return False
        self._step(self._with((*self.parts[: self.marked], *self.parts[self.marked + 1 :])))
        self.marked = max(0, min(self.marked, len(self.parts) - 1))
        return True

    def turn_over(self) -> None:
        """Show the other side."""
        self.side, self.marked = 1 - self.side, 0

    def undo(self) -> bool:
        """Undo the last step; False if there is none."""
        return self._go(self._before, self._after)

    def redo(self) -> bool:
        """Redo the last undone step; False if there is none."""
        return self._go(self._after, self._before)

    def _go(
        self, there: list[tuple[Layout, int, int]], back: list[tuple[Layout, int, int]]
    ) -> bool:
        if not there:
            return False
        back.append((self.layout, self.side, self.marked))
        self.layout, self.side, self.marked = there.pop()
        return True

    def _step(self, layout: Layout) -> None:
        if layout == self.layout:
            return
        self._before.append((self.layout, self.side, self.marked))
        del self._before[:-MAX_STEPS]
        self._after.clear()
        self.layout = layout

    def _with(self, parts: Side) -> Layout:
        front = parts if self.side == 0 else self.layout.sides[0]
        back = parts if self.side == 1 else (*self.layout.sides, ())[1]
        return replace(self.layout, sides=(front, back) if back else (front,))


def _put(parts: Side, place: int, part: Part) -> Side:
    return (*parts[:place], part, *parts[place + 1 :])


def _within(value: float, most: float) -> float:
    return round(max(0.0, min(value, most)), 2)
