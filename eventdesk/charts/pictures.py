"""Charts as SVG, PNG and PDF files."""

import io
import math
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from eventdesk.charts.chart import Chart
from eventdesk.charts.drawing import HEIGHT, WIDTH, Box, Sheet, Stroke, Words, drawing

PNG_SCALE: Final = 2
"""Pixels a point: sharp on a slide."""


class PictureForm(StrEnum):
    """Forms of a picture."""

    SVG = "svg"
    PNG = "png"
    PDF = "pdf"


def picture(chart: Chart, form: PictureForm, *, heading: str = "") -> bytes:
    """Draw a chart as a file.

    Raises:
        InvalidInputError: The library that writes PDF is not installed.
    """
    sheet = drawing(chart, heading=heading)
    match form:
        case PictureForm.SVG:
            return _svg(sheet).encode()
        case PictureForm.PNG:
            return _png(sheet)
        case PictureForm.PDF:
            return _pdf(sheet)


def _svg(sheet: Sheet) -> str:
    """All text is escaped, nothing is a script or a link, and no font is fetched."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'width="{WIDTH:g}" height="{HEIGHT:g}" role="img" font-family="sans-serif">\n'
        f"<title>{escape(sheet.title)}</title>\n<desc>{escape(sheet.summary)}</desc>\n"
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#FFFFFF"/>\n'
    ]
    for mark in sheet.marks:
        match mark:
            case Words():
                parts.append(_svg_words(mark))
            case Stroke():
                points = " ".join(f"{x:.1f},{y:.1f}" for x, y in mark.points)
                dash = f' stroke-dasharray="{mark.dash:g}"' if mark.dash else ""
                parts.append(
                    f'<polyline points="{points}" fill="none" stroke="{mark.colour}" '
                    f'stroke-width="{mark.width:g}" stroke-linejoin="round"{dash}/>\n'
                )
            case Box():
                outline = f' stroke="{mark.outline}" stroke-width="0.5"' if mark.outline else ""
                parts.append(
                    f'<rect x="{mark.x:.1f}" y="{mark.y:.1f}" width="{mark.width:.1f}" '
                    f'height="{mark.height:.1f}" fill="{mark.fill or "none"}"{outline}/>\n'
                )
    return "".join([*parts, "</svg>\n"])


def _svg_words(words: Words) -> str:
    if not words.text:
        return ""
    turned = f' transform="rotate(-90 {words.x:.1f} {words.y:.1f})"' if words.upright else ""
    weight = ' font-weight="bold"' if words.bold else ""
    return (
        f'<text x="{words.x:.1f}" y="{words.y:.1f}" font-size="{words.size:g}" '
        f"text-anchor={quoteattr(words.anchor)} fill={quoteattr(words.colour)}{weight}{turned}>"
        f"{escape(words.text)}</text>\n"
    )


def _png(sheet: Sheet) -> bytes:
    from PIL import Image, ImageDraw

    size = (round(WIDTH * PNG_SCALE), round(HEIGHT * PNG_SCALE))
    image = Image.new("RGB", size, "#FFFFFF")
    page = ImageDraw.Draw(image)
    for mark in sheet.marks:
        match mark:
            case Words():
                _png_words(image, mark)
            case Stroke():
                points = [(x * PNG_SCALE, y * PNG_SCALE) for x, y in mark.points]
                for run in dashes(points, mark.dash * PNG_SCALE):
                    wide = max(1, round(mark.width * PNG_SCALE))
                    page.line(run, fill=mark.colour, width=wide, joint="curve")
            case Box():
                corners = [
                    (mark.x * PNG_SCALE, mark.y * PNG_SCALE),
                    ((mark.x + mark.width) * PNG_SCALE, (mark.y + mark.height) * PNG_SCALE),
                ]
                page.rectangle(corners, fill=mark.fill or None, outline=mark.outline or None)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _png_words(image: Any, words: Words) -> None:
    """Letter by the hand that letters badges: every script, whatever fonts the machine has."""
    from PIL import Image, ImageDraw, ImageOps

    from eventdesk.documents.writing import letters

    if not words.text:
        return
    lettering, dots = letters(bold=words.bold), round(words.size * PNG_SCALE)
    wide = max(1, math.ceil(lettering.width(words.text) * dots))
    above, below = round(1.2 * dots), round(0.5 * dots)
    stencil = Image.new("L", (wide + dots, above + below), 255)
    lettering.write(ImageDraw.Draw(stencil), 0, above, words.text, dots)
    mask = ImageOps.invert(stencil)
    before = {"start": 0.0, "middle": wide / 2, "end": float(wide)}[words.anchor]
    x, y = words.x * PNG_SCALE, words.y * PNG_SCALE
    if words.upright:
        mask = mask.rotate(90, expand=True)
        corner = (round(x - above), round(y + before - mask.height))
    else:
        corner = (round(x - before), round(y - above))
    image.paste(words.colour, (*corner, corner[0] + mask.width, corner[1] + mask.height), mask)


def _pdf(sheet: Sheet) -> bytes:
    from eventdesk.documents.writing import library, width, write

    file = io.BytesIO()
    page = library("pdfgen.canvas").Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    colour = library("lib.colors").HexColor
    page.setTitle(sheet.title)
    page.setSubject(sheet.summary)
    page.setCreator("eventdesk")
    for mark in sheet.marks:
        match mark:
            case Words():
                page.saveState()
                page.setFillColor(colour(mark.colour))
                page.translate(mark.x, HEIGHT - mark.y)
                if mark.upright:
                    page.rotate(90)
                long = width(mark.text, size=mark.size, bold=mark.bold)
                before = {"start": 0.0, "middle": long / 2, "end": long}[mark.anchor]
                write(page, -before, 0, mark.text, size=mark.size, bold=mark.bold)
                page.restoreState()
            case Stroke():
                page.setStrokeColor(colour(mark.colour))
                page.setLineWidth(mark.width)
                page.setDash([mark.dash] if mark.dash else [])
                path = page.beginPath()
                path.moveTo(mark.points[0][0], HEIGHT - mark.points[0][1])
                for x, y in mark.points[1:]:
                    path.lineTo(x, HEIGHT - y)
                page.drawPath(path)
                page.setDash([])
            case Box():
                page.setFillColor(colour(mark.fill or "#FFFFFF"))
                page.setStrokeColor(colour(mark.outline or mark.fill))
                page.setLineWidth(0.5)
                lower = HEIGHT - mark.y - mark.height
                page.rect(mark.x, lower, mark.width, mark.height, fill=int(bool(mark.fill)))
    page.save()
    return file.getvalue()


def dashes(points: list[tuple[float, float]], dash: float) -> list[list[tuple[float, float]]]:
    """Cut a line into dashes as long as their gaps; one piece where `dash` is 0.

    >>> dashes([(0.0, 0.0), (6.0, 0.0)], 2.0)
    [[(0.0, 0.0), (2.0, 0.0)], [(4.0, 0.0), (6.0, 0.0)]]
    """
    if not dash:
        return [points]
    pieces: list[list[tuple[float, float]]] = [[points[0]]]
    left, drawn = dash, True
    for (x, y), end in pairwise(points):
        long = math.dist((x, y), end)
        gone = 0.0
        while long - gone > 1e-9:
            step = min(left, long - gone)
            gone += step
            left -= step
            at = (x + (end[0] - x) * gone / long, y + (end[1] - y) * gone / long)
            if drawn:
                pieces[-1].append(at)
            if left <= 1e-9:
                drawn, left = not drawn, dash
                if drawn:
                    pieces.append([at])
    return [piece for piece in pieces if len(piece) > 1]
