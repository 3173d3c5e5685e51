"""A label printer that prints into memory; see `simulated_printers`."""

import re
from dataclasses import dataclass, field

from PIL import Image

from tests.badges.simulated_printers import Simulated

_COMMAND = re.compile(r"\^(GF|XA|XZ|PW|LL|LH|FO|FS|PQ)([^^~]*)")


@dataclass
class ZplSimulated(Simulated):
    """A label printer: Zebra's ZPL II guide, the commands a picture needs."""

    works_for: int = 1
    """How often it is asked how it is until a label it was sent is printed."""

    answer: bytes = b""
    """What it says instead of its status."""

    _heard: str = ""
    _formats: list[str] = field(default_factory=list)
    _work: int = 0

    def feed(self, heard: bytes) -> bytes:
        self._heard += heard.decode("ascii", "replace")
        said = b""
        while found := re.search(r"~HS|~JA|\^XA.*?\^XZ", self._heard, re.DOTALL):
            before, self._heard = self._heard[: found.start()], self._heard[found.end() :]
            if before.strip():
                self.unknown.append(before.encode())
            if found[0] == "~HS":
                said += self._status()
            elif found[0] == "~JA":
                self._formats.clear()
            else:
                self._formats.append(found[0])
                self._work = self.works_for
        return said

    def refill(self) -> None:
        """Put a new roll in; it prints what it still holds."""
        self.faults.clear()
        self._work = 0
        self._print()

    def _status(self) -> bytes:
        self._print()
        if self.answer:
            return self.answer
        out, paused, head, ribbon = (
            int(fault in self.faults)
            for fault in ("paper_out", "paused", "cover_open", "ribbon_out")
        )
        waiting = len(self._formats)
        host = f"030,{out},{paused},0591,{waiting:03},0,0,0,000,0,0,0"
        label = f"000,0,{head},{ribbon},0,2,4,0,00000000,1,000"
        return b"".join(f"\x02{text}\x03\r\n".encode() for text in (host, label, "1234,0"))

    def _print(self) -> None:
        while self._formats and not self.is_blocked:
            if self._work > 0:
                self._work -= 1
                return
            self.printed.append(self._label(self._formats.pop(0)))
            if self.rows_left is not None:
                self.rows_left -= self.printed[-1].height
                self.faults |= {"paper_out"} if self.rows_left <= 0 else set()

    def _label(self, text: str) -> Image.Image:
        commands = dict(_COMMAND.findall(text))
        self.unknown += [piece.encode() for piece in _COMMAND.sub("", text).split()]
        page = Image.new("1", (int(commands["PW"]), int(commands["LL"])), 1)
        left, top = map(int, commands["FO"].split(","))
        kind, total, used, across, data = commands["GF"].split(",", 4)
        assert (kind, total) == ("A", used)
        dots = unpacked(data, int(across), int(total))
        size = (int(across) * 8, int(total) // int(across))
        page.paste(Image.frombytes("1", size, bytes(255 - byte for byte in dots)), (left, top))
        return page


def unpacked(data: str, across: int, total: int) -> bytes:
    """Undo the short writing of hexadecimal digits in a ^GFA field."""
    rows: list[str] = []
    row, count = "", 0
    for sign in data:
        if sign in "0123456789ABCDEF":
            row += sign * max(1, count)
            count = 0
        elif "G" <= sign <= "Y":
            count += ord(sign) - ord("G") + 1
        elif "g" <= sign <= "z":
            count += (ord(sign) - ord("g") + 1) * 20
        else:
            fillers = {",": "0", "!": "F"}
            whole = rows[-1] if sign == ":" else row.ljust(across * 2, fillers[sign])
            rows.append(whole)
            row = ""
        if len(row) == across * 2:
            rows.append(row)
            row = ""
    dots = bytes.fromhex("".join(rows))
    assert (len(dots), row, count) == (total, "", 0)
    return dots
