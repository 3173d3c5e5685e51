"""Forms of a badge layout: of a part, with a live preview, and of the paper."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from textual import on
from textual.app import ComposeResult

from badges.layout_check import KEYS
from badges.layout_parts import Align, Kind, Layout, Part, Plate, Valign
from badges.values import VALUES
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, _, msg
from screens.modals.form_dialog import FormDialog
from screens.widgets.badge_preview import BadgePreview
from screens.widgets.form import ChoiceField, Field, Form, NumberField, TextField, YesNoField

_NUMBERS: Final = {
    "x": msg("From the left, mm"),
    "y": msg("From above, mm"),
    "width": msg("Width, mm"),
    "height": msg("Height, mm"),
    "size": msg("Largest letters, pt"),
    "min_size": msg("Smallest letters, pt"),
    "tracking": msg("Spacing, % of size"),
    "radius": msg("Round corners, mm"),
    "thickness": msg("Thickness, mm"),
}
_TEXTS: Final[dict[str, tuple[Message, str | Message]]] = {
    "text": (msg("Says"), msg("Values: {names}", names=" ".join(f"{{{name}}}" for name in VALUES))),
    "file": (msg("File"), msg("A PNG or JPEG in the folder of layouts; L copies one there.")),
    "types": (msg("Only for types"), msg("Names of ticket types, apart by commas; empty is all.")),
    "not_types": (msg("Not for types"), ""),
    "when": (msg("When there is"), msg("A value, such as seat or answer.Diet.")),
    "unless": (msg("Unless there is"), ""),
}
_CHOICES: Final[dict[str, tuple[Message, dict[Any, str | Message]]]] = {
    "align": (
        msg("Align"),
        {Align.LEFT: msg("left"), Align.CENTER: msg("center"), Align.RIGHT: msg("right")},
    ),
    "valign": (
        msg("Up or down"),
        {Valign.TOP: msg("top"), Valign.MIDDLE: msg("middle"), Valign.BOTTOM: msg("bottom")},
    ),
    "plate": (
        msg("Plate"),
        {
            Plate.NONE: msg("none"),
            Plate.FULL: msg("white on black, whole place"),
            Plate.HUG: msg("white on black, around the words"),
        },
    ),
    "weight": (
        msg("Weight"),
        {400: msg("regular"), 500: msg("medium"), 600: msg("semibold"), 700: msg("bold")},
    ),
    "turn": (
        msg("Turn"),
        {0: msg("upright"), 90: msg("90° clockwise"), 180: msg("upside down"), 270: "270°"},
    ),
}
_YES_NO: Final = {
    "upper": msg("Capitals"),
    "dither": msg("Greys as dots"),
    "fill": msg("Black inside"),
}


class PartDialog(FormDialog[Part]):
    """Asks for everything about one part; where there is room, the badge is drawn meanwhile.

    Args:
        save: Takes the changed one; what it raises is shown.
        draw: Draws the badge with a part in the place of this one; None while it is not sound.
    """

    DEFAULT_CSS = """
    PartDialog {
        layout: horizontal;
        align: center middle;
        & #part-live { display: none; width: 1fr; height: 90%; margin-left: 2; }
        &.-wide #part-live { display: block; }
        &.-wide .form-dialog { width: 84; }
    }
    """

    def __init__(
        self,
        part: Part,
        save: Callable[[Part], Awaitable[None]],
        draw: Callable[[Part], Awaitable[Any]],
    ) -> None:
        async def submit(values: dict[str, Any]) -> Part:
            changed = part_of(part, values)
            await save(changed)
            return changed

        super().__init__(part.title or _("A part"), part_fields(part), submit)
        self.part, self.draw = part, draw

    def compose(self) -> ComposeResult:
        """Lay out the form, and the badge beside it."""
        yield from super().compose()
        yield BadgePreview(id="part-live")

    def on_mount(self) -> None:
        """Draw the badge as it is."""
        self._draw_soon()

    @on(Form.Changed)
    def _draw_soon(self) -> None:
        self.run_worker(self._draw(), exclusive=True, group="draw", exit_on_error=False)

    async def _draw(self) -> None:
        """Draw the badge with what was typed; while that is wrong it stays as it was."""
        if self.form.problems:
            return
        picture = await self.draw(part_of(self.part, self.form.values))
        if picture is not None:
            self.query_one(BadgePreview).picture = picture


def part_fields(part: Part) -> list[Field[Any]]:
    """Make the fields of a part's form."""
    return [_field(key, getattr(part, key)) for key in _in_order(part.kind)]


def part_of(part: Part, values: dict[str, Any]) -> Part:
    """Return the part with what stands in its form."""
    return replace(part, **{key: _meant(key, value) for key, value in values.items()})


def paper_fields(layout: Layout) -> list[Field[Any]]:
    """Make the fields of what concerns the whole layout."""
    return [
        TextField("title", _("Title"), value=layout.title, max_length=80),
        _number("width_mm", _("Width, mm"), layout.width_mm),
        _number("height_mm", _("Height, mm"), layout.height_mm),
        TextField(
            "language",
            _("Language"),
            value=layout.language,
            max_length=35,
            help=_("Of labels and ideographs, such as de or zh-Hant; empty is the guest's."),
        ),
        YesNoField(
            "turn_back",
            _("Back upside down"),
            value=layout.turn_back,
            help=_("For paper that is folded at the top."),
        ),
    ]


def paper_of(layout: Layout, values: dict[str, Any]) -> Layout:
    """Return the layout with what stands in the form of its paper."""
    lengths = {key: _length(values[key]) for key in ("width_mm", "height_mm")}
    return replace(layout, **(values | lengths))


def _in_order(kind: Kind) -> list[str]:
    """The keys of a part: its content first, then its place."""
    first = ("text", "file")
    return sorted(KEYS[kind], key=lambda key: (key not in first, key in ("turn", "types")))


def _field(key: str, value: Any) -> Field[Any]:
    if key in _TEXTS:
        label, help_ = _TEXTS[key]
        text = ", ".join(value) if isinstance(value, tuple) else value
        return TextField(key, label, value=text, max_length=400, help=help_)
    if key in _CHOICES:
        words, options = _CHOICES[key]
        choices = {**options, value: options.get(value, str(value))}
        return ChoiceField(key, words, [*choices.items()], value=value)
    if key in _YES_NO:
        return YesNoField(key, _YES_NO[key], value=value)
    if key == "lines":
        return NumberField(key, _("Most lines"), value=value, least=1, most=40, required=True)
    return _number(key, _NUMBERS[key], value)


def _number(key: str, label: str | Message, value: float) -> TextField:
    return TextField(key, label, value=f"{value:g}", required=True, max_length=8, check=_length)


def _length(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise InvalidInputError(msg("Please type a number, such as 12.5.")) from error


def _meant(key: str, value: Any) -> Any:
    if key in ("types", "not_types"):
        return tuple(filter(None, (each.strip() for each in (value or "").split(","))))
    if key in _NUMBERS:
        return _length(str(value))
    return "" if value is None else value
