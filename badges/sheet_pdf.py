"""A PDF of pictures in black and white, page by page (ISO 32000-1, sections 7.5 and 8.9)."""

from collections.abc import Iterable
from typing import BinaryIO, Final

POINTS_PER_MM: Final = 72 / 25.4


def write_pages(
    file: BinaryIO,
    pages: Iterable[bytes],
    *,
    size_mm: tuple[float, float],
    size_dots: tuple[int, int],
) -> int:
    """Write a PDF; returns its pages.

    Args:
        file: Takes it.
        pages: Each a picture of one bit a dot, 1 is white, its rows in whole bytes, in zlib's form.
        size_mm: Width and height of a page.
        size_dots: Width and height of a picture.
    """
    return _Pdf(file, size_mm, size_dots).write(pages)


class _Pdf:
    """A file being written, with the places of its objects."""

    def __init__(
        self, file: BinaryIO, size_mm: tuple[float, float], size_dots: tuple[int, int]
    ) -> None:
        self._file, self._dots = file, size_dots
        self._points = tuple(f"{side * POINTS_PER_MM:.3f}" for side in size_mm)
        self._places: dict[int, int] = {}

    def write(self, pages: Iterable[bytes]) -> int:
        """Write all of it: 1 is the catalogue, 2 the list of pages, then three objects a page."""
        self._file.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        kids = []
        for count, picture in enumerate(pages):
            first = 3 + 3 * count
            kids.append(f"{first} 0 R")
            self._page(first, picture)
        self._object(2, f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>")
        self._object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        self._end()
        return len(kids)

    def _page(self, first: int, picture: bytes) -> None:
        wide, high = self._points
        self._object(
            first,
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide} {high}] /Contents {first + 1} 0 R "
            f"/Resources << /XObject << /I {first + 2} 0 R >> >> >>",
        )
        self._stream(first + 1, "", f"{wide} 0 0 {high} 0 0 cm /I Do".encode())
        across, down = self._dots
        kind = "/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 1"
        says = f"{kind} /Width {across} /Height {down} /Filter /FlateDecode"
        self._stream(first + 2, says, picture)

    def _stream(self, number: int, says: str, content: bytes) -> None:
        head = f"<< {says} /Length {len(content)} >>\nstream\n".encode()
        self._object(number, head + content + b"\nendstream")

    def _object(self, number: int, content: str | bytes) -> None:
        self._places[number] = self._file.tell()
        text = content.encode() if isinstance(content, str) else content
        self._file.write(f"{number} 0 obj\n".encode() + text + b"\nendobj\n")

    def _end(self) -> None:
        at, size = self._file.tell(), len(self._places) + 1
        rows = [f"{self._places[number]:010} 00000 n \n" for number in range(1, size)]
        self._file.write(f"xref\n0 {size}\n0000000000 65535 f \n{''.join(rows)}".encode())
        self._file.write(
            f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n".encode()
        )
