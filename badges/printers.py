"""From a line in the settings to a printer."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from badges.folder_printer import FolderPrinter
from badges.paper import Paper, Printer
from badges.path_printer import PathPrinter
from badges.tcp_printer import RAW_PORT, TcpPrinter
from badges.text_stream import USUAL, TextStyle
from eventdesk.errors import InvalidInputError

__all__ = ["Paper", "Printer", "open_printer"]

_HINT = (
    "Write folder, folder:PATH, folder+png, file:PATH, device:/dev/usb/lp0, tcp://HOST:9100 or "
    "none; the last four kinds take ?encoding=cp437&columns=48&feed=3&formfeed=1&cut=1&qr=0."
)


def open_printer(spec: str, *, badges_folder: Path) -> Printer | None:
    """Return the printer `spec` names. Nothing is opened or connected before the first badge.

    * `none`: no printer.
    * `folder`, `folder:PATH`: a text file a badge; `folder+png` adds the picture beside it.
    * `file:PATH`, `device:PATH`, `tcp://HOST[:PORT]`: a stream of text. An address ends with
      options if need be: `?encoding=cp437&columns=48&feed=3&formfeed=1&cut=1&qr=0`.

    Args:
        spec: As typed in the settings or on the command line.
        badges_folder: Where `folder` without a path goes.

    Returns:
        The printer, or None for `none`.

    Raises:
        InvalidInputError: The text names no printer.
    """
    kind, _, rest = spec.strip().partition(":")
    if rest.startswith("~") and not os.path.expanduser(rest).startswith("/"):
        raise _unknown(spec, "there is no such home folder")
    match kind:
        case "none" if not rest:
            return None
        case "folder" | "folder+png":
            folder = Path(rest).expanduser() if rest else badges_folder
            return FolderPrinter(folder, with_picture=kind == "folder+png")
        case "file" | "device":
            path, style = _path(spec, rest)
            return PathPrinter(path, style, create=kind == "file")
        case "tcp":
            return _tcp(spec)
        case _:
            raise _unknown(spec, "it is of no kind that is known")


def _path(spec: str, rest: str) -> tuple[Path, TextStyle]:
    path, _, options = rest.partition("?")
    if not path or "\0" in path:
        raise _unknown(spec, "the path is missing")
    return Path(path).expanduser(), _style(spec, options)


def _tcp(spec: str) -> TcpPrinter:
    try:
        address = urlsplit(spec.strip())
        host, port = address.hostname, address.port
    except ValueError as error:
        raise _unknown(spec, "the address makes no sense") from error
    if not host or not spec.strip().startswith("tcp://") or address.path.strip("/") or port == 0:
        raise _unknown(spec, "the address makes no sense")
    return TcpPrinter(host, RAW_PORT if port is None else port, _style(spec, address.query))


def _style(spec: str, options: str) -> TextStyle:
    try:
        given = dict(parse_qsl(options, strict_parsing=True, keep_blank_values=True))
        return _read_style(given) if options else USUAL
    except (ValueError, KeyError) as error:
        raise _unknown(spec, f"the options {options!r} make no sense") from error


def _read_style(given: Mapping[str, str]) -> TextStyle:
    unknown = given.keys() - {"encoding", "columns", "feed", "formfeed", "cut", "qr"}
    if unknown:
        raise KeyError(unknown)
    return TextStyle(
        encoding=given.get("encoding", "utf-8"),
        columns=_between(16, 200, given.get("columns", "32")),
        feed=_between(0, 100, given.get("feed", "5")),
        form_feed=bool(_between(0, 1, given.get("formfeed", "0"))),
        cut=bool(_between(0, 1, given.get("cut", "0"))),
        qr=bool(_between(0, 1, given.get("qr", "1"))),
    )


def _between(low: int, high: int, typed: str) -> int:
    number = int(typed)
    if not low <= number <= high:
        raise ValueError(typed)
    return number


def _unknown(spec: str, reason: str) -> InvalidInputError:
    return InvalidInputError(f"{spec!r} is no printer: {reason}.", hint=_HINT)
