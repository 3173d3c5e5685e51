"""Pictures by kitty's graphics protocol: the bytes that send one, and the characters it stands on.

https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders
"""

from base64 import standard_b64encode
from collections.abc import Iterator
from typing import Final

CHUNK: Final = 4096
"""Characters of base64 in one command, at most; a multiple of 4."""

PLACEHOLDER: Final = "\U0010eeee"
"""Stands for one cell of a picture: marks say its row and column, the colour its number."""

MARKS: Final = (
    "\u0305\u030d\u030e\u0310\u0312\u033d\u033e\u033f\u0346\u034a\u034b\u034c\u0350\u0351\u0352"
    "\u0357\u035b\u0363\u0364\u0365\u0366\u0367\u0368\u0369\u036a\u036b\u036c\u036d\u036e\u036f"
    "\u0483\u0484\u0485\u0486\u0487\u0592\u0593\u0594\u0595\u0597\u0598\u0599\u059c\u059d\u059e"
    "\u059f\u05a0\u05a1\u05a8\u05a9\u05ab\u05ac\u05af\u05c4\u0610\u0611\u0612\u0613\u0614\u0615"
    "\u0616\u0617\u0657\u0658\u0659\u065a\u065b\u065d\u065e\u06d6\u06d7\u06d8\u06d9\u06da\u06db"
    "\u06dc\u06df\u06e0\u06e1\u06e2\u06e4\u06e7\u06e8\u06eb\u06ec\u0730\u0732\u0733\u0735\u0736"
    "\u073a\u073d\u073f\u0740\u0741\u0743\u0745\u0747\u0749\u074a\u07eb\u07ec\u07ed\u07ee\u07ef"
    "\u07f0\u07f1\u07f3\u0816\u0817\u0818\u0819\u081b\u081c\u081d\u081e\u081f\u0820\u0821\u0822"
    "\u0823\u0825\u0826\u0827\u0829\u082a\u082b\u082c\u082d"
)
"""The combining marks for 0, 1, 2, …: the first of the protocol's list, which goes on to 296."""

MAX_CELLS: Final = len(MARKS)
"""Columns and rows of a picture, at most."""

MAX_NUMBER: Final = 0xFFFFFF
"""Of a picture: as large as a colour can say."""


def sending(number: int, png: bytes, columns: int, rows: int) -> str:
    """Spell the commands that send a picture and fit it into so many cells.

    The terminal keeps its shape and centres it. It answers nothing (q=2): an answer would arrive
    among the keys.
    """
    text = standard_b64encode(png).decode()
    chunks = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    first = f"a=T,U=1,f=100,t=d,i={number},c={columns},r={rows},q=2,"
    return "".join(
        f"\x1b_G{'q=2,' if at else first}m={int(at < len(chunks) - 1)};{chunk}\x1b\\"
        for at, chunk in enumerate(chunks)
    )


def deleting(number: int) -> str:
    """Spell the command that takes a picture off the screen and out of the terminal's memory."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def placeholders(columns: int, rows: int) -> Iterator[str]:
    """Yield the characters of each row; their colour is to be the picture's number.

    Each cell says its row and column, so that any part of a row may be painted alone.
    """
    for down in MARKS[:rows]:
        yield "".join(f"{PLACEHOLDER}{down}{across}" for across in MARKS[:columns])
