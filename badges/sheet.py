"""The paper a badge or a ticket is drawn on."""

from dataclasses import dataclass

__all__ = ["BADGE", "LANDSCAPE_BADGE", "RECEIPT", "TICKET", "Sheet", "dots"]

_MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printable area in dots; landscape when it is wider than high."""

    width: int
    height: int

    @classmethod
    def of_mm(cls, width_mm: float, height_mm: float, dpi: int) -> "Sheet":
        """Return the area of a label.

        Raises:
            ValueError: A length is negative or the resolution is not positive.
        """
        return cls(dots(width_mm, dpi), dots(height_mm, dpi))


def dots(length_mm: float, dpi: int) -> int:
    """Convert a length on paper to whole printer dots, rounded: at 203 dpi within 0.063 mm.

    Args:
        length_mm: Millimetres, zero or more.
        dpi: Dots per inch of the printer; label printers have 203 or 300.

    Raises:
        ValueError: The length is negative or the resolution is not positive.

    >>> dots(25.4, 203)
    203
    """
    if length_mm < 0 or dpi <= 0:
        raise ValueError(f"no such length: {length_mm} mm at {dpi} dpi")
    return round(length_mm / _MM_PER_INCH * dpi)


BADGE = Sheet.of_mm(62, 100, 300)
"""A piece of 62 mm endless label, the most common badge of desk label printers."""

LANDSCAPE_BADGE = Sheet.of_mm(101.6, 76.2, 203)
"""A 4 by 3 inch name badge."""

RECEIPT = Sheet(384, 736)
"""58 mm receipt paper: 48 mm of it are printed on, 384 dots at 8 a millimetre."""

TICKET = Sheet(600, 800)
"""A picture for a phone or a mail; its QR code has 11 pixels a module."""
