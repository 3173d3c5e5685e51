"""Printers opened by their address in the settings; each driver is imported when it is named."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from badges.folder_printer import FolderPrinter, PdfPrinter
from badges.line import DeviceLine, Line
from badges.paper import Printer
from badges.path_printer import PathPrinter
from badges.spec import TEXT_OPTIONS, Options, address, path, queue, unknown
from eventdesk.core.messages import msg

if TYPE_CHECKING:
    from badges.cups_printer import CupsPrinter
    from badges.layout_parts import Layout
    from badges.talking_printer import TalkingPrinter, Tongue

_ESCPOS: Final = ("width", "dpi", "cut", "feed", "status")
_ZPL: Final = ("dpi", "status")
_TONGUES: Final = {"escpos": _ESCPOS, "zpl": _ZPL}


def open_printer(
    spec: str, *, badges_folder: Path, layout: "Layout | None" = None
) -> Printer | None:
    """Return the printer `spec` names; nothing is opened or connected before the first badge.

    * `none`: no printer, which is None.
    * `folder`, `folder:PATH`: a text file a badge; `folder+png` adds the picture beside it.
    * `pdf:FOLDER`: a PDF a badge.
    * `escpos+tcp://HOST[:PORT]`, `escpos:DEVICE`: a receipt printer; `?width=576&dpi=203&cut=1`.
    * `zpl+tcp://HOST[:PORT]`, `zpl:DEVICE`: a label printer; `?dpi=203`.
    * `cups:QUEUE`: a queue of CUPS; `?format=pdf`, or `?format=raw&language=zpl`.
    * `file:PATH`, `device:PATH`, `tcp://HOST[:PORT]`: a stream of text. An address ends with
      options if need be: `?encoding=cp437&columns=48&feed=3&formfeed=1&cut=1&qr=0`.

    Args:
        spec: As typed in the settings or on the command line.
        badges_folder: Where `folder` without a path goes.
        layout: How a badge looks on printers of pictures; None is as its event chose.

    Raises:
        InvalidInputError: The text names no printer.
    """
    kind, _, rest = spec.strip().partition(":")
    match kind:
        case "none" if not rest:
            return None
        case "folder" | "folder+png":
            folder = path(spec, rest)[0] if rest else badges_folder
            return FolderPrinter(folder, with_picture=kind == "folder+png", layout=layout)
        case "pdf":
            folder, text = path(spec, rest)
            dpi = Options(spec, text, ("dpi",)).number("dpi", 300, 72, 1200)
            return PdfPrinter(folder, layout, dpi)
        case "file" | "device":
            target, options = path(spec, rest)
            style = Options(spec, options, TEXT_OPTIONS).style()
            return PathPrinter(target, style, create=kind == "file")
        case "tcp":
            from badges.tcp_printer import TcpPrinter

            line, options = address(spec, rest)
            return TcpPrinter(line, Options(spec, options, TEXT_OPTIONS).style())
        case "escpos" | "escpos+tcp" | "zpl" | "zpl+tcp":
            return _talking(spec, kind, rest, layout)
        case "cups":
            return _cups(spec, rest, layout)
        case _:
            raise unknown(spec, msg("it is of no kind that is known"))


def _talking(spec: str, kind: str, rest: str, layout: "Layout | None") -> "TalkingPrinter":
    from badges.talking_printer import TalkingPrinter

    language, _, over_net = kind.partition("+")
    line: Line
    if over_net:
        line, text = address(spec, rest)
        options = Options(spec, text, _TONGUES[language])
    elif rest.startswith("//"):
        raise unknown(
            spec, msg("an address on the network begins with {language}+tcp://", language=language)
        )
    else:
        device, text = path(spec, rest)
        options = Options(spec, text, (*_TONGUES[language], "baud"))
        line = DeviceLine(device, options.baud())
    return TalkingPrinter(
        line, _tongue(language, options), layout, asks=options.flag("status", usual=True)
    )


def _tongue(language: str, options: Options) -> "Tongue":
    dpi = options.number("dpi", 203, 100, 1200)
    if language == "zpl":
        from badges.zpl_printer import Zpl

        return Zpl(dpi)
    from badges.escpos_printer import Escpos

    return Escpos(
        width=options.number("width", 576, 64, 4096) // 8 * 8,
        dpi=dpi,
        cut=options.flag("cut", usual=True),
        feed=options.number("feed", 4, 0, 100),
    )


def _cups(spec: str, rest: str, layout: "Layout | None") -> "CupsPrinter":
    from badges.cups_printer import CupsPrinter

    name, text = queue(spec, rest)
    known = ("format", "language", "media", *_ESCPOS[:4], *TEXT_OPTIONS)
    options = Options(spec, text, tuple(dict.fromkeys(known)))
    media = options.text("media")
    if not all(char.isalnum() or char in "._-" for char in media):
        raise unknown(spec, msg("media is a name without spaces, as `lpoptions -l` lists it"))
    printer = CupsPrinter(name, layout, media=media)
    match options.text("format", "pdf"), options.text("language", "zpl"):
        case "pdf", _:
            return replace(printer, dpi=options.number("dpi", 300, 72, 1200))
        case "raw", "text":
            return replace(printer, raw=options.style())
        case "raw", "zpl" | "escpos" as language:
            return replace(printer, raw=_tongue(language, options))
        case _:
            raise unknown(spec, msg("format is pdf or raw, and language is zpl, escpos or text"))
