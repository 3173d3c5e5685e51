"""What importing a bank's statement would do, line by line, before it is done."""

from typing import ClassVar
from uuid import UUID

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Label

from eventdesk.core.messages import _
from eventdesk.money.statements import Match, StatementLine, StatementReport
from screens.organizer.money_lists import MATCHES
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


class StatementPreview(ModalScreen[bool]):
    """Shows a dry run; dismissed with whether it is to be booked.

    Args:
        report: What the dry run said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", "Cancel"),
        Binding("ctrl+s", "leave(True)", "Book", priority=True),
    ]
    AUTO_FOCUS = "PagedLines"
    DEFAULT_CSS = """
    StatementPreview {
        align: center middle;
        & .preview {
            width: 96%; max-width: 140; height: 90%; padding: 0 1;
            border: round $primary; background: $surface;
        }
        & .title { text-style: bold; color: $primary; }
        & .guess { width: 100%; color: $warning; }
        & .buttons { height: 3; align-horizontal: right; }
        & .buttons Button { margin-left: 2; background: $surface; }
    }
    """

    def __init__(self, report: StatementReport) -> None:
        super().__init__()
        self.report = report

    def compose(self) -> ComposeResult:
        """Lay out the lines between what they come to and the buttons."""
        books = self.report.count(Match.PAID, Match.PART, Match.OVER)
        looks, known = self.report.count(Match.OPEN), self.report.count(Match.KNOWN)
        with Vertical(classes="preview"):
            yield Label(
                _(
                    "{books} will be booked, {looks} need a look, {known} were known. "
                    "Nothing is changed yet.",
                    books=books,
                    looks=looks,
                    known=known,
                ),
                classes="title",
                markup=False,
            )
            if self.report.encoding.guessed:
                yield Label(self.report.encoding.sentence, classes="guess", markup=False)
            yield PagedTable(
                self._read,
                Column(_("Row"), 5, right=True),
                Column(_("Day"), 10, least=70),
                Column(_("Amount"), 14, right=True),
                Column("", 12),
                Column(_("Payer"), 20, least=100),
                Column(_("What")),
                empty=_("The statement has no lines."),
                searchable=False,
            )
            with Horizontal(classes="buttons"):
                yield Button(_("Book"), variant="primary", id="book")
                yield Button(_("Cancel"), id="cancel")

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        return window_of([_line(line) for line in self.report.lines], offset, limit)

    @on(Button.Pressed, "#book")
    def _book(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(False)

    def action_leave(self, book: bool) -> None:
        """Book it or not."""
        self.dismiss(book)


def _line(line: StatementLine) -> Line:
    sign, tone = MATCHES[line.match]
    what = line.problem or (
        _("booking {booking_code}", booking_code=line.booking_code)
        if line.booking_code
        else line.purpose
    )
    cells = (str(line.row), line.booked_on, str(line.amount), sign, line.payer, what)
    return Line(UUID(int=line.row), cells, tone)
