"""Logos of a layout, turned into black and white dots.

They are unfolded in a process of their own: a JPEG of a few megabytes can keep a decoder busy for
an hour, and nobody waits for a logo at a door.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from struct import Struct
from typing import Final

from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile

from badges.layout_parts import Layout, Part
from badges.line import reason
from eventdesk.core.confined import confined
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_PIXELS: Final = 16_000_000
MAX_ON_A_SIDE: Final = 16_000
"""A picture as wide as that is no logo, and takes seconds to be made smaller."""

_SIZE: Final = Struct(">II")
_KINDS: Final = ("PNG", "JPEG")
_INK_BELOW: Final = 140
"""Grey from which on nothing is printed, where a logo has no dots."""


def logo(part: Part, layout: Layout, width: int, height: int) -> Image.Image | None:
    """Return a logo as large as it fits, 1 bit, or None where its file cannot be used.

    A badge is worth more than its logo: the same problem is told by `logo_problem`, where
    somebody can do something about it.
    """
    drawn = _tried(part, layout, max(1, width), max(1, height))
    return None if isinstance(drawn, Message) else drawn


def logo_problem(part: Part, layout: Layout) -> Message:
    """Say why a logo cannot be printed; an empty message when it can."""
    drawn = _tried(part, layout, 8, 8)
    return drawn if isinstance(drawn, Message) else msg("")


def _tried(part: Part, layout: Layout, width: int, height: int) -> Image.Image | Message:
    try:
        path = _path(part, layout)
        return _drawn(path, path.stat().st_mtime_ns, part.dither, width, height)
    except InvalidInputError as error:
        return error.message
    except OSError as error:
        return msg("{file} cannot be read: {reason}.", file=part.file, reason=reason(error))


def small_png(path: Path, *, width: int, height: int) -> bytes:
    """Read a picture that may be hostile and return it as a PNG of at most this many pixels.

    Raises:
        InvalidInputError: It is no file, no PNG or JPEG, damaged, or too large.
    """
    if not path.is_file():
        raise InvalidInputError(
            msg("There is no file {path}.", path=path), hint=msg("Name a PNG or JPEG.")
        )
    _need_small(path, path.name)
    return confined(png_of, str(path), width, height)


def png_of(path: str, width: int, height: int) -> bytes:
    """Make a picture smaller; runs in a process of its own."""
    with _opened(Path(path)) as picture:
        coloured = picture.convert("RGBA")
    coloured.thumbnail((width, height), Image.Resampling.LANCZOS)
    content = BytesIO()
    coloured.save(content, "PNG", optimize=True)
    return content.getvalue()


def _need_small(path: Path, name: str) -> None:
    if path.stat().st_size > MAX_BYTES:
        raise InvalidInputError(
            msg(
                "{name} is larger than {most_bytes} MiB.",
                name=name,
                most_bytes=MAX_BYTES // 1024**2,
            )
        )


def _path(part: Part, layout: Layout) -> Path:
    path = (layout.folder or Path()) / part.file
    if layout.folder is None or not path.is_file():
        raise InvalidInputError(msg("There is no {file} beside the layout.", file=part.file))
    _need_small(path, part.file)
    return path


@lru_cache(maxsize=32)
def _drawn(
    path: Path, _changed_ns: int, dither: bool, width: int, height: int
) -> Image.Image | Message:
    """Read a picture that may be hostile, or say why it cannot be; either is kept."""
    try:
        dots = confined(dots_of, str(path), dither, width, height)
    except InvalidInputError as error:
        return error.message
    size = _SIZE.unpack_from(dots)
    return Image.frombytes("1", size, dots[_SIZE.size :])


def dots_of(path: str, dither: bool, width: int, height: int) -> bytes:
    """Draw a picture as large as it fits; runs in a process of its own.

    Returns:
        Width and height (`_SIZE`), then its dots as Pillow keeps those of a picture with 1 bit.
    """
    with _opened(Path(path)) as picture:
        picture.draft("L", (width, height))
        grey = _on_white(picture)
    scale = min(width / grey.width, height / grey.height)
    size = (max(1, int(grey.width * scale)), max(1, int(grey.height * scale)))
    fitted = grey.resize(size, Image.Resampling.LANCZOS)
    if dither:
        fitted = fitted.convert("1")
    else:
        fitted = fitted.point(lambda value: 255 if value >= _INK_BELOW else 0, mode="1")
    return _SIZE.pack(*fitted.size) + fitted.tobytes()


@contextmanager
def _opened(path: Path) -> Iterator[ImageFile]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=_KINDS) as picture:
                longest = max(picture.size)
                if longest > MAX_ON_A_SIDE or picture.width * picture.height > MAX_PIXELS:
                    raise InvalidInputError(
                        msg(
                            "{name} has {width} by {height} pixels.",
                            name=path.name,
                            width=picture.width,
                            height=picture.height,
                        ),
                        hint=msg("Make it smaller: 1000 by 1000 are plenty."),
                    )
                yield picture
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InvalidInputError(
            msg("{name} is no PNG or JPEG that can be used.", name=path.name)
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise InvalidInputError(msg("{name} is damaged.", name=path.name)) from error


def _on_white(picture: Image.Image) -> Image.Image:
    coloured = picture.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    return paper.convert("L")
