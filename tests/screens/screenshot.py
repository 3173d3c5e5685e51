"""Screenshots as pixels: what a camera would see of a terminal."""

import re
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray
from textual.app import App

CELL = (8, 16)
"""Width and height of a painted cell, in pixels."""

_SVG = "{http://www.w3.org/2000/svg}"
_STYLE = re.compile(r"\.([\w-]+) \{[^}]*?fill: (#[0-9a-fA-F]{6})")
_HALVES = {"▀": (0.0, 0.5), "▄": (0.5, 1.0), "█": (0.0, 1.0)}


def pixels(app: App[None]) -> NDArray[np.uint8]:
    """Paint the blocks of a screenshot of the app; letters are left out.

    Returns:
        Rows x columns of grey, 0 black to 255 white.
    """
    svg = app.export_screenshot()
    root = ElementTree.fromstring(svg)
    inks = dict(_STYLE.findall(svg))
    width, height = app.size
    grey = np.zeros((height * CELL[1], width * CELL[0]), np.uint8)
    texts = [text for text in root.iter(f"{_SVG}text") if "clip-path" in text.attrib]
    cell_width = _cell_width(texts)
    line_height = _line_height(texts)
    for rect in root.iter(f"{_SVG}rect"):
        if rect.get("shape-rendering") == "crispEdges":
            left = round(float(rect.attrib["x"]) / cell_width)
            cells = round(float(rect.attrib["width"]) / cell_width)
            row = round((float(rect.attrib["y"]) - 1.5) / line_height)
            _fill(grey, row, left, cells, (0.0, 1.0), _grey(rect.attrib["fill"]))
    for text in texts:
        row = _row_of(text)
        left = round(float(text.attrib["x"]) / cell_width)
        for offset, sign in enumerate(text.text or ""):
            if sign in _HALVES:
                ink = _grey(inks[text.attrib["class"]])
                _fill(grey, row, left + offset, 1, _HALVES[sign], ink)
    return grey


def _cell_width(texts: list[ElementTree.Element]) -> float:
    longest = max(texts, key=lambda text: len(text.text or ""))
    return float(longest.attrib["textLength"]) / len(longest.text or " ")


def _line_height(texts: list[ElementTree.Element]) -> float:
    ys = {_row_of(text): float(text.attrib["y"]) for text in texts}
    first, last = min(ys), max(ys)
    return (ys[last] - ys[first]) / (last - first)


def _row_of(text: ElementTree.Element) -> int:
    number = re.search(r"line-(\d+)\)", text.attrib["clip-path"])
    assert number is not None
    return int(number.group(1))


def _grey(colour: str) -> int:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return round(0.299 * red + 0.587 * green + 0.114 * blue)


def _fill(
    grey: NDArray[np.uint8], row: int, left: int, cells: int, part: tuple[float, float], ink: int
) -> None:
    top, bottom = (round((row + share) * CELL[1]) for share in part)
    grey[top:bottom, left * CELL[0] : (left + cells) * CELL[0]] = ink
