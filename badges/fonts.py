"""Fonts of this machine, and which of them can write a given piece of text.

Fonts come, in this order, from the package manimgx-fonts (Noto for all scripts but Chinese,
Japanese and Korean, and plain emoji), from manimgx-fonts-cjk where it is installed, from the
system's font folders, and from Pillow, whose own font has the signs of ASCII and no others.
"""

import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

from badges.cmap import coverage

_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
_FOLDERS = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": (r"C:\Windows\Fonts", r"~\AppData\Local\Microsoft\Windows\Fonts"),
}
_UNIX_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")

# File names in the order they are tried: upright, sans serif, bold where there is a choice.
_WANTED = (
    "NotoSans[[]*wght].ttf", "NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf",
    "arialbd.ttf", "Arial Bold.ttf",
    "NotoSans*[[]*wght].ttf", "NotoSans*-Bold.ttf", "NotoSans*-Regular.ttf", "NotoSansCJK-*.ttc",
    "NotoSans[A-Z]*-Bold.otf", "DejaVuSans.ttf", "FreeSansBold.ttf",
    "DroidSansFallback*.ttf", "wqy-*.ttc", "ipag*.ttf", "nanum*Bold.ttf", "unifont*.otf",
    "NotoEmoji*.ttf", "Symbola*.ttf", "seguisym.ttf", "seguiemj.ttf",
    "msyhbd.ttc", "malgunbd.ttf", "LeelUIsb.ttf", "Nirmala*.tt?", "PingFang.ttc",
    "Arial Unicode.ttf", "Apple Symbols.ttf",
)  # fmt: skip

REGULAR, BOLD = 400, 700
"""Weights of letters, as OpenType counts: from 100, thin, to 900, black."""

# Noto Sans CJK holds one font a region, in this order, because the languages write some
# ideographs in different ways (https://github.com/notofonts/noto-cjk, "Sans").
_REGIONS = {"ja": 0, "ko": 1, "zh": 2, "zh-hans": 2, "zh-hant": 3, "zh-tw": 3, "zh-hk": 4}
_CHINESE = 2


@dataclass(frozen=True, slots=True)
class Face:
    """One font."""

    path: Path | None
    """Its file; None for the one in Pillow."""

    index: int = 0
    """Its place in a collection of fonts."""

    def draws(self, text: str) -> bool:
        """Whether it has a glyph for every character of `text` that needs one."""
        return _code_points(self.path).issuperset(map(ord, text))

    def at(self, size: int, weight: int = BOLD) -> ImageFont.FreeTypeFont:
        """Return the font at `size` dots, as near to `weight` as it varies."""
        return _font(self.path, self.index, size, weight)

    def for_region(self, text: str, language: str) -> "Face":
        """Return the font of the region whose ideographs `text` is written in.

        Japanese and Korean letters say it themselves; else the language does, and without one it
        is simplified Chinese.
        """
        if self.path is None or "NotoSansCJK" not in self.path.name or self.path.suffix != ".ttc":
            return self
        return replace(self, index=_region(text, language.casefold()))


BUILT_IN = Face(None)
"""Pillow's own font: ASCII, typographic quotes and dashes."""


@lru_cache(maxsize=1)
def system_faces() -> tuple[Face, ...]:
    """Return the faces of this machine in the order to try them; searched once."""
    folders = _FOLDERS.get(sys.platform, _UNIX_FOLDERS)
    packaged = faces_in(_packaged())
    return (*packaged[:-1], *faces_in(Path(folder).expanduser() for folder in folders))


def faces_in(folders: Iterable[Path]) -> tuple[Face, ...]:
    """Return the wanted fonts below `folders`, the built-in one last."""
    files = [path for folder in folders for path in sorted(folder.rglob("*.[to]t[fc]"))]
    upright = [path for path in files if "Italic" not in path.name]
    wanted = (path for name in _WANTED for path in upright if fnmatch(path.name, name))
    return (*map(Face, dict.fromkeys(wanted)), BUILT_IN)


def _packaged() -> Iterator[Path]:
    """Find the folders of font packages without importing them."""
    for name in _PACKAGES:
        package = importlib.util.find_spec(name)
        if package is not None and package.origin is not None:
            yield Path(package.origin).parent


def _region(text: str, language: str) -> int:
    for char in text:
        if "\u3040" <= char <= "\u30ff":
            return _REGIONS["ja"]
        if "\u1100" <= char <= "\u11ff" or "\uac00" <= char <= "\ud7a3":
            return _REGIONS["ko"]
    while language and language not in _REGIONS:
        language = language.rpartition("-")[0]
    return _REGIONS.get(language, _CHINESE)


@lru_cache(maxsize=512)
def _font(path: Path | None, index: int, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = _built_in(size) if path is None else ImageFont.truetype(path, size, index=index)
    try:
        axes = font.get_variation_axes()
    except OSError:
        return font
    font.set_variation_by_axes([_weighted(axis, weight) for axis in axes])
    return font


def _weighted(axis: ImageFont.Axis, weight: int) -> float:
    """Return the weight for its axis and the designer's choice for any other."""
    if axis["name"] != b"Weight":
        return float(axis["default"] or 0)
    return float(max(axis["minimum"] or 0, min(weight, axis["maximum"] or weight)))


def _built_in(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


@cache
def _code_points(path: Path | None) -> frozenset[int]:
    try:
        return coverage(_built_in(16).font_bytes if path is None else path.read_bytes())
    except OSError:
        return frozenset()
