"""The part of the audit log: list, search, verify."""

from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.core.formats import when
from eventdesk.core.messages import _, _p
from eventdesk.core.plain_text import plain
from eventdesk.keeping import AuditEntry, check_audit, list_audit
from screens.core.part import Part
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.paged_table import Column, Line, PagedTable, Window


class LogPart(Part):
    """Lists all entries, the latest first; V verifies them."""

    HELP = "Type / to search for a person, an act or a word. V checks that the log is whole."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "verify", "Verify", tooltip="Check that no entry was changed or taken out")
    ]
    DEFAULT_CSS = """
    LogPart > #verdict { width: 100%; height: auto; max-height: 6; padding: 0 2; display: none; }
    LogPart > #verdict.-shown { display: block; }
    LogPart > #verdict.-good { color: $success; }
    LogPart > #verdict.-bad { color: $error; }
    LogPart > #detail { width: 100%; height: 2; padding: 0 2; color: $faint; }
    """

    table = getters.query_one(PagedTable)

    def compose(self) -> ComposeResult:
        """Lay out the verdict, the list, and the marked entry."""
        yield Label("", id="verdict", markup=False)
        yield PagedTable(
            self._read,
            Column(_p("number", "No"), 8, right=True, least=80),
            Column(_("When (UTC)"), 19),
            Column(_("Who"), 18),
            Column(_("What"), 22),
            Column(_("Event"), 20, least=110),
            Column(_("Detail"), least=90),
            headline=3,
            enter="",
            empty=_("Nothing was changed yet."),
        )
        yield Label("", id="detail", classes=SAID_BELOW, markup=False)

    async def re_read(self) -> None:
        """Read the log again."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        entries, total = await self.desk.read(list_audit, search=search, offset=offset, limit=limit)
        return Window(tuple(map(_line, entries)), total)

    @on(PagedTable.Marked)
    def show_detail(self, message: PagedTable.Marked) -> None:
        """Show the marked entry."""
        cells = message.line.cells if message.line is not None else ()
        words = " · ".join(filter(None, (cells[3], cells[4], cells[5]))) if cells else ""
        self.query_one("#detail", Label).update(plain(words, limit=300))

    @work(exclusive=True, group="verify", exit_on_error=False)
    async def action_verify(self) -> None:
        """Verify the whole log."""
        self._say(_("◌ Checking …"), "")
        report = await self.desk.read(check_audit)
        if report.problems:
            first = "\n".join(f"✗ {plain(problem)}" for problem in report.problems[:4])
            more = len(report.problems) - 4
            if more > 0:
                first += "\n" + _("… and {more} more", more=more)
            self._say(first, "-bad")
        else:
            count = report.entries + report.unsealed
            sound = _("✓ {count:,} entries, all as they were written.", count=count)
            rest = _("Rows that no seal covers, such as holders of tickets, are not looked at.")
            self._say(f"{sound}\n{rest}", "-good")

    def _say(self, words: str, look: str) -> None:
        verdict = self.query_one("#verdict", Label)
        verdict.update(words)
        verdict.set_classes(f"-shown {look}".split())


def _line(entry: AuditEntry) -> Line:
    verb = entry.verb.replace("_", " ")
    at = when(entry.at, "%Y-%m-%d %H:%M:%S")
    return Line(
        entry.id, (str(entry.seq), at, entry.actor_name, verb, entry.event_name, entry.detail)
    )
