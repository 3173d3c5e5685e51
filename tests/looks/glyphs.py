"""Finds signs that the fonts of terminals lack, which show as an empty box."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

IN_THE_FONT: Final = """
    20-7E A0-1C3 1CD-1E3 1E6-1F0 1F4-1F6 1F8-1F9 1FC-221 224-241 243-245 24C-24D 2010-2023 2026
    202F-2037 2039-203A 203C-203F 2045-2049 204B 205F 2070-2071 2074-208E 2090-209C 20A0-20B5
    20B8-20BA 20BD 2102 2105 210D-210F 2115-2117 2119-211A 211D 2122 2124 2126 212A-212B 212E
    2148 2150-2151 2153-215F 2189 2190-2213 2215 2217-2220 2223 2227-222D 2234-223D 2241-2269
    226D-228B 228D-22A5 22B2-22B5 22B8 22C2-22C6 22CD-22D1 22DA-22E9 22EF 2300-2306 2308-2315
    2318-2319 231C-2321 2325-2328 232B 2335-237A 237D 2380-2383 2388-238B 2395 239B-23AE
    23CE-23CF 2423 2500-262F 2638-268B 2690-269C 26A0-26A1 26B0-26B1 2701-2704 2706-2709
    270C-2727 2729-274B 274D 274F-2752 2756 2758-275E 2761-2775 2794 2798-27AF 27B1-27BE
    606-607 609-60A 60C 615 61B 61F 621-63A 640-655 65A 660-66D FE70-FE74 FE76-FEFC
    3001-3002 4E00-9FFF FF01-FF5E
"""
"""The code points of Latin and Arabic letters and of signs that DejaVu Sans Mono 2.37 has.

It stands for the fonts of terminals: what it has, they have or borrow from another font in the
same width. Chinese is always borrowed, in two cells. What people typed is in any script, and is
not asked for here.
"""


@cache
def known() -> frozenset[str]:
    """The signs that are in the font."""
    ranges = (each.partition("-") for each in IN_THE_FONT.split())
    return frozenset(
        chr(code)
        for first, _, last in ranges
        for code in range(int(first, 16), int(last or first, 16) + 1)
    )


def missing(text: str, data: Iterable[str]) -> Iterator[str]:
    """The signs of a text that are neither in the font nor data, each with its code.

    >>> list(missing("✓ 🎫", ()))
    ['🎫 U+1F3AB']
    """
    for sign in sorted(set(text) - known() - set(data) - {"\n"}):
        yield f"{sign} U+{ord(sign):04X}"
