"""Printer addresses of the settings, split into host, path or queue and options.

What cannot be used raises InvalidInputError.
"""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from badges.line import RAW_PORT, TcpLine
from badges.text_stream import USUAL, TextStyle
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, msg
from eventdesk.core.output_files import EXPORTS, need_outside_home

HINT: Final = msg(
    "Write folder, folder:PATH, folder+png, pdf:FOLDER, escpos+tcp://HOST, escpos:/dev/usb/lp0, "
    "zpl+tcp://HOST, zpl:/dev/usb/lp0, cups:QUEUE, tcp://HOST:9100, file:PATH, device:/dev/usb/lp0 "
    "or none. docs/printer-drivers.md lists the options behind ?."
)
BADGES: Final = "badges"
"""The folder of a home that takes badges."""

TEXT_OPTIONS: Final = ("encoding", "columns", "feed", "formfeed", "cut", "qr")

_QUEUE: Final = re.compile(r"[^\s/#?'\"\\\0-][^\s/#?'\"\\\0]{0,126}")
"""CUPS takes any printable character but these; a dash in front would be an option."""

_BAUDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


def unknown(spec: str, reason: Message) -> InvalidInputError:
    """Return the error for a text that names no printer."""
    return InvalidInputError(
        msg("{spec!r} is no printer: {reason}.", spec=spec, reason=reason), hint=HINT
    )


class Options:
    """The options of one printer, read as they are asked for."""

    def __init__(self, spec: str, text: str, known: Collection[str]) -> None:
        """Take them apart; one that this kind of printer has not is refused."""
        self._spec = spec
        try:
            pairs = parse_qsl(text, strict_parsing=True, keep_blank_values=True) if text else []
        except ValueError as error:
            raise unknown(
                spec, msg("the options {options!r} make no sense", options=text)
            ) from error
        self._given: Mapping[str, str] = dict(pairs)
        for option in self._given.keys() - set(known):
            takes = ", ".join(known)
            raise unknown(
                spec,
                msg("it has no option {option!r}; it takes {takes}", option=option, takes=takes),
            )

    def text(self, option: str, usual: str = "") -> str:
        """Return a text."""
        return self._given.get(option, usual)

    def number(self, option: str, usual: int, low: int, high: int) -> int:
        """Return a whole number between two bounds."""
        typed = self._given.get(option, str(usual))
        if not (typed.isascii() and typed.isdigit()) or not low <= int(typed[:9]) <= high:
            outside = msg(
                "{option} is a number from {low} to {high}, not {typed!r}",
                option=option,
                low=low,
                high=high,
                typed=typed,
            )
            raise unknown(self._spec, outside)
        return int(typed)

    def flag(self, option: str, *, usual: bool) -> bool:
        """Return whether an option is 1 and not 0."""
        return bool(self.number(option, int(usual), 0, 1))

    def baud(self) -> int | None:
        """Return the speed of a serial line; None where none is given."""
        if "baud" not in self._given:
            return None
        baud = self.number("baud", 9600, 0, _BAUDS[-1])
        if baud not in _BAUDS:
            bauds = ", ".join(map(str, _BAUDS))
            raise unknown(self._spec, msg("baud is one of {bauds}", bauds=bauds))
        return baud

    def style(self) -> TextStyle:
        """Return how a printer of text wants its badges."""
        return TextStyle(
            encoding=self.text("encoding", USUAL.encoding),
            columns=self.number("columns", USUAL.columns, 16, 200),
            feed=self.number("feed", USUAL.feed, 0, 100),
            form_feed=self.flag("formfeed", usual=False),
            cut=self.flag("cut", usual=False),
            qr=self.flag("qr", usual=True),
        )


def address(spec: str, rest: str) -> tuple[TcpLine, str]:
    """Read "//HOST[:PORT][?options]"."""
    try:
        parts = urlsplit(f"tcp:{rest}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise unknown(spec, msg("the address makes no sense")) from error
    if not host or not rest.startswith("//") or parts.path.strip("/") or port == 0:
        raise unknown(spec, msg("the address makes no sense"))
    return TcpLine(host, RAW_PORT if port is None else port), parts.query


def path(spec: str, rest: str) -> tuple[Path, str]:
    """Read "PATH[?options]"; "~" is a home folder.

    A part of eventdesk's own home folder that takes no badges is refused.
    """
    typed, _, options = rest.partition("?")
    if not typed or "\0" in typed:
        raise unknown(spec, msg("the path is missing"))
    if typed.startswith("~") and not os.path.expanduser(typed).startswith("/"):
        raise unknown(spec, msg("there is no such home folder"))
    place = Path(typed).expanduser()
    need_outside_home(place / "badge", but=(BADGES, EXPORTS))
    return place, options


def queue(spec: str, rest: str) -> tuple[str, str]:
    """Read "QUEUE[?options]"."""
    name, _, options = rest.partition("?")
    if not _QUEUE.fullmatch(name) or not name.isprintable():
        raise unknown(spec, msg("a queue's name has no spaces, quotes, '/', '#' or '?'"))
    return name, options
