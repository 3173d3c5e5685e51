"""Tickets that are scanned while something else than the desk has the keyboard."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.events import Key, Paste
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets.input import Selection

from eventdesk.core.token import TOKEN_LENGTH
from screens.desk.scan_input import LINE_ENDS, MAX_LINE, is_foreign_code, token_in

SCANNER_S: Final = 0.05
"""Characters that follow each other sooner than this come from a scanner."""

LEAST: Final = 6
"""So many of them are a code where nothing is typed into."""


@dataclass(frozen=True, slots=True)
class _Stroke:
    character: str
    at_s: float
    field: Input | None
    value: str
    selection: Selection


class StrayScans:
    """Tells a code that was scanned from what people type.

    Its characters go where they are typed, as nobody knows yet what they become. Once its end
    comes, that goes nowhere, and the field is again as it was before the code.
    """

    def __init__(self) -> None:
        self._strokes: deque[_Stroke] = deque(maxlen=MAX_LINE)
        self._ended_s = float("-inf")

    def heard(self, event: Key | Paste, focused: Widget | None) -> Sequence[str] | None:
        """The codes that a key or a paste ends; None where it is none of a scanner's."""
        if isinstance(event, Paste):
            codes = [token_in(line) for line in event.text.splitlines()]
            return codes if codes and all(codes) else None
        if event.is_printable and event.character:
            field = focused if isinstance(focused, Input) else None
            value, selection = (field.value, field.selection) if field else ("", Selection(0, 0))
            self._strokes.append(_Stroke(event.character, event.time, field, value, selection))
            return None
        strokes = [*self._strokes]
        self._strokes.clear()
        if event.key not in LINE_ENDS | {"tab"}:
            return None
        if not strokes:  # the second half of a line's end
            return () if event.time - self._ended_s < SCANNER_S else None
        code = _code_of(strokes, event.time, is_typed=isinstance(focused, Input))
        if not code:
            return None
        self._ended_s = event.time
        _take_back(strokes[-len(code) :])
        return (code,)


def _code_of(strokes: list[_Stroke], end_s: float, *, is_typed: bool) -> str:
    """The code at the end of what was typed; "" where there is none."""
    token = token_in("".join(each.character for each in strokes[-TOKEN_LENGTH:]))
    if token:
        return token
    burst = ""
    for each in reversed(strokes):
        if end_s - each.at_s > SCANNER_S:
            break
        burst, end_s = f"{each.character}{burst}", each.at_s
    is_code = is_foreign_code(burst) if is_typed else len(burst) >= LEAST
    return burst if is_code else ""


def _take_back(strokes: Sequence[_Stroke]) -> None:
    """Put the fields back to what stood in them, once they have taken every character."""
    first = {each.field: each for each in reversed(strokes) if each.field is not None}
    for field, before in first.items():
        field.call_later(_restore, field, before)


def _restore(field: Input, before: _Stroke) -> None:
    field.value = before.value
    field.selection = before.selection
