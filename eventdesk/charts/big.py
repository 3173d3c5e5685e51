"""Large figures drawn with half blocks, to be read across a hall."""

from typing import Final

_GLYPHS: Final = {
    "0": ("####", "#..#", "#..#", "#..#", "#..#", "#..#", "####"),
    "1": (".##.", "..#.", "..#.", "..#.", "..#.", "..#.", ".###"),
    "2": ("####", "...#", "...#", "####", "#...", "#...", "####"),
    "3": ("####", "...#", "...#", ".###", "...#", "...#", "####"),
    "4": ("#..#", "#..#", "#..#", "####", "...#", "...#", "...#"),
    "5": ("####", "#...", "#...", "####", "...#", "...#", "####"),
    "6": ("####", "#...", "#...", "####", "#..#", "#..#", "####"),
    "7": ("####", "...#", "...#", "..#.", "..#.", "..#.", "..#."),
    "8": ("####", "#..#", "#..#", "####", "#..#", "#..#", "####"),
    "9": ("####", "#..#", "#..#", "####", "...#", "...#", "####"),
    ",": ("..", "..", "..", "..", "..", ".#", "#."),
    ".": (".", ".", ".", ".", ".", ".", "#"),
    "–": ("...", "...", "...", "###", "...", "...", "..."),
    " ": ("..", "..", "..", "..", "..", "..", ".."),
}

HEIGHTS: Final = (1, 4, 7)
"""Lines a figure takes, small to large."""


def big(text: str, width: int, height: int) -> list[str]:
    """Draw a figure as large as it fits into so many cells, in lines of one width.

    What is more than digits, commas and points, or has only room for letters, is written as it is.
    """
    if all(sign in _GLYPHS for sign in text):
        rows = [".".join(_GLYPHS[sign][row] for sign in text) for row in range(7)]
        if height >= 7 and 2 * len(rows[0]) <= width:
            return ["".join("██" if dot == "#" else "  " for dot in row) for row in rows]
        if height >= 4 and len(rows[0]) <= width:
            rows = ["." * len(rows[0]), *rows]
            return [
                "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
                for upper, lower in zip(rows[::2], rows[1::2], strict=True)
            ]
    return [text]


_HALVES: Final = {("#", "#"): "█", ("#", "."): "▀", (".", "#"): "▄", (".", "."): " "}
