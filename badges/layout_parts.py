"""The parts of a badge layout; lengths are millimetres, sizes of letters points."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from eventdesk.core.messages import _


class Kind(StrEnum):
    """Kinds of parts."""

    TEXT = "text"
    QR = "qr"
    LOGO = "logo"
    LINE = "line"
    BOX = "box"


class Align(StrEnum):
    """Horizontal alignment in a place."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Valign(StrEnum):
    """Vertical alignment in a place."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Plate(StrEnum):
    """The background of a text: none, or black with white letters."""

    NONE = "none"
    FULL = "full"
    """The whole place is black."""
    HUG = "hug"
    """Only as much as the words take."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing on a side of a badge, with the place it must stay in.

    Attributes:
        x: Left edge of its place.
        y: Upper edge of its place.
        width: Of its place. A line of no height is horizontal, one of no width vertical.
        turn: Degrees it is turned clockwise inside its place: 0, 90, 180 or 270.
        text: Words, with {values} in braces; for `TEXT`.
        size: Largest size of the letters; they shrink until the words fit.
        min_size: Smallest size; what is then too long is cut with an ellipsis.
        lines: Most lines the words are wrapped into.
        weight: From 100, thin, to 900, black; 400 is regular, as far as the font goes.
        upper: Whether the words are set in capitals.
        tracking: Room between letters on top of the usual, in hundredths of the size.
        radius: Of the corners of a plate or a box.
        file: Name of a PNG or JPEG beside the layout's own file; for `LOGO`.
        dither: Whether greys of a logo become dots, as suits a photograph.
        thickness: Of a line, or of the outline of a box.
        fill: Whether a box is black.
        types: Ticket types it is for, by name; none is all.
        not_types: Ticket types it is not for.
        when: Name of a value that has to be there.
        unless: Name of a value that must not be there.
    """

    kind: Kind
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    turn: int = 0
    text: str = ""
    size: float = 12
    min_size: float = 6
    lines: int = 1
    align: Align = Align.LEFT
    valign: Valign = Valign.MIDDLE
    weight: int = 400
    upper: bool = False
    tracking: float = 0
    plate: Plate = Plate.NONE
    radius: float = 0
    file: str = ""
    dither: bool = False
    thickness: float = 0.3
    fill: bool = False
    types: tuple[str, ...] = ()
    not_types: tuple[str, ...] = ()
    when: str = ""
    unless: str = ""

    @property
    def title(self) -> str:
        """The name of the part in a list."""
        match self.kind:
            case Kind.TEXT:
                return self.text
            case Kind.QR:
                return _("QR code")
            case Kind.LOGO:
                return _("Logo {file}", file=self.file).strip()
            case Kind.LINE:
                return _("Line")
            case Kind.BOX:
                return _("Box")


Side = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The look of badges: one or two sides of paper, and the parts on them.

    Attributes:
        name: Stem of its file; "" for one that is in no file yet.
        title: What people call it.
        width_mm: Width of what can be printed on.
        sides: The front, and the back where there is one.
        language: Of labels, and of ideographs that languages write differently; "" is the guest's.
        words: Labels by language and name, over those that are built in; "" is any language.
        turn_back: Whether the back is printed upside down, for paper that is folded at the top.
        folder: Where its logos lie.
    """

    name: str
    title: str
    width_mm: float
    height_mm: float
    sides: tuple[Side, ...]
    language: str = ""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    turn_back: bool = False
    folder: Path | None = field(default=None, compare=False)


LIMITS: Mapping[str, tuple[float, float]] = {
    "paper": (10, 320),
    "x": (0, 320),
    "y": (0, 320),
    "width": (0, 320),
    "height": (0, 320),
    "size": (4, 400),
    "min_size": (4, 400),
    "lines": (1, 40),
    "weight": (100, 900),
    "tracking": (0, 100),
    "radius": (0, 100),
    "thickness": (0.1, 20),
    "parts": (0, 60),
    "text": (0, 400),
}
"""Least and most of every number in a layout; an A3 sheet is 297 mm wide."""
