"""The log of scans at the desk, one line each: when, the outcome, who, and where."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from eventdesk.core.cells import cell_width, cut_cells
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult, ScanView, Tone, said

STYLES = {Tone.GOOD: "$success", Tone.CARE: "$warning", Tone.STOP: "$error"}
LINES_A_PIECE: Final = 10
PIECES: Final = 5
"""Lines stand in pieces, of which only those in sight are drawn; the last takes what is left."""

NOTHING = msg("No scans here yet. The first one appears by itself.")


class ScanLog(VerticalScroll, can_focus=False):
    """Shows the newest scans, the newest on top, and knows which were made at this desk."""

    DEFAULT_CSS = """
    ScanLog {
        scrollbar-size-vertical: 1;
        & Static { display: none; height: auto; text-wrap: nowrap; text-overflow: ellipsis; }
        & Static.-filled { display: block; }
    }
    """

    def __init__(self, clock: Callable[[datetime], str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock
        self.scans: list[ScanView] = []
        self._own: list[UUID] = []
        self._drawn: dict[ScanView, Content] = {}
        self._as_high: list[int] = [0] * PIECES

    def compose(self) -> ComposeResult:
        """Lay out the pieces."""
        for _piece in range(PIECES):
            yield Static("", markup=False)

    def show(self, scans: list[ScanView]) -> None:
        """Show these scans."""
        self.scans = scans
        known, self._drawn = self._drawn, {}
        for scan in scans:
            self._drawn[scan] = known.get(scan) or scan_line(scan, self._clock)
        lines = list(self._drawn.values()) or [Content.styled(str(NOTHING), "$faint")]
        for place, piece in enumerate(self.query(Static)):
            last = len(lines) if place == PIECES - 1 else (place + 1) * LINES_A_PIECE
            within = lines[place * LINES_A_PIECE : last]
            # As many lines as before find their place as before.
            piece.update(Content("\n").join(within), layout=len(within) != self._as_high[place])
            piece.set_class(bool(within), "-filled")
            self._as_high[place] = len(within)

    def note_own(self, *results: CheckInResult) -> None:
        """Note what was admitted here and can be undone."""
        own = (each.scan_id for each in results if each.passes)
        self._own.extend(each for each in own if each not in self._own)

    def forget_own(self, scan_id: UUID) -> None:
        """Forget a scan that was undone."""
        self._own = [each for each in self._own if each != scan_id]

    @property
    def last_act(self) -> ScanView | None:
        """The newest own act, or else the newest of this gate, that is not undone."""
        open_scans = [each for each in self.scans if each.outcome.passes and not each.annulled]
        own = [each for each in open_scans if self._own and each.id == self._own[-1]]
        return next(iter(own or open_scans), None)


def scan_line(
    scan: ScanView, clock: Callable[[datetime], str], *, with_name: bool = True
) -> Content:
    """Write one scan as a line; an undone one is struck through and says so."""
    tone = scan.outcome.tone
    word = padded(f"{tone.sign} {said(scan.outcome, scan.kind).word}", 16)
    note = _("undone") if scan.annulled else _("by force") if scan.forced else ""
    who = padded(plain(scan.name) or "—", 26) if with_name else ""
    where = " · ".join(
        plain(part)
        for part in (scan.ticket_type if with_name else "", scan.gate, scan.operator, *scan.answers)
        if part
    )
    return Content.assemble(
        (f"{clock(scan.recorded_at)}  ", "$faint"),
        (word, "$faint strike" if scan.annulled else STYLES[tone]),
        who,
        (note and f"{note}  ", "$warning"),
        (where, "$faint"),
    )


def padded(text: str, cells: int, *, gap: int = 2) -> str:
    """Cut or fill a text to the cells of a column, with a gap behind it."""
    cut = cut_cells(text, cells - gap)
    return cut + " " * (cells - cell_width(cut))
