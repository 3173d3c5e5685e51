"""The part of backups: list, make, check, and how to restore one."""

from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.formats import number, when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.keeping import (
    Backup,
    back_up,
    backups_here,
    check_backup,
    has_recovery_phrase,
    make_recovery_phrase,
)
from screens.accounts.shown_once import ShownOnce
from screens.core.part import Part
from screens.core.station import Tools
from screens.modals.questions import YesNo
from screens.widgets.detail import Block
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of

RESTORING = msg(
    "To put one back, close every program that has this store open, then type on the "
    "command line: eventdesk restore FILE. What is there now is set aside."
)


class BackupsPart(Part):
    """Lists the backups, the last one made first; Enter checks one."""

    HELP = (
        "N makes a backup now, Enter checks the marked one. One is made every hour by itself. "
        "P makes the phrase that opens the backups that are kept elsewhere."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "make", "New backup", tooltip="Make a backup now"),
        Binding("p", "phrase", "Phrase", tooltip="Make the phrase for backups kept elsewhere"),
    ]
    DEFAULT_CSS = """
    BackupsPart > #restoring { width: 100%; height: auto; padding: 0 2; color: $faint; }
    """

    table = getters.query_one(PagedTable)

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools, actor)
        self.backups: list[Backup] = []
        self.found: dict[str, tuple[str, Tone]] = {}

    def compose(self) -> ComposeResult:
        """Lay out the list, and how to restore one."""
        yield PagedTable(
            self._read,
            Column(_("Made (UTC)"), 19),
            Column(_("Size"), 12, right=True),
            Column(_("File"), 24, least=76),
            Column(_("Checked")),
            detail=self._detail,
            headline=0,
            enter=_("Check"),
            empty=_("No backup yet. Press N to make one; the desk makes one every hour as well."),
            searchable=False,
        )
        yield Label(str(RESTORING), id="restoring", markup=False)

    async def re_read(self) -> None:
        """Read the backups."""
        self.backups = await self.desk.read(backups_here)
        await self.table.re_read()

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        return window_of([self._line(each) for each in self.backups], offset, limit)

    def _line(self, backup: Backup) -> Line:
        words, tone = self.found.get(backup.path.name, (_("not yet: Enter checks"), ""))
        cells = (
            when(backup.made_at, "%Y-%m-%d %H:%M:%S"),
            number(backup.size),
            backup.path.name,
            words,
        )
        return Line(uuid5(NAMESPACE_URL, str(backup.path)), cells, tone)

    async def _detail(self, line: Line) -> list[Block]:
        path = next((each.path for each in self.backups if self._line(each).key == line.key), None)
        return [Block([(_("Folder"), str(path.parent))] if path else [])]

    @work(exclusive=True, group="backup", exit_on_error=False)
    async def action_make(self) -> None:
        """Make a backup."""
        # A large store is copied for a minute, and a scan must not wait.
        backup = await self.desk.take_steps(back_up)
        self.found[backup.path.name] = (_("✓ sound"), "good")
        self.notify(
            f"✓ {plain(str(backup.path))}", title=_("Backup made and checked"), markup=False
        )
        await self.re_read()

    @work(exclusive=True, group="backup", exit_on_error=False)
    async def action_phrase(self) -> None:
        """Make the recovery phrase, after a yes where there is one, and show it once."""
        question = YesNo(
            _("Make another phrase?"),
            _("Backups that are elsewhere already open with the one before."),
            yes=_("Make another"),
        )
        there = await self.desk.read(has_recovery_phrase)
        if there and not await self.app.push_screen_wait(question):
            return
        phrase = await self.desk.take_steps(make_recovery_phrase)
        words = _(
            "Write it down, and keep it away from this machine: it is not shown again. With it, "
            "backups that are kept elsewhere open on an empty machine."
        )
        self.app.push_screen(ShownOnce(_("Recovery phrase"), phrase, words))

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="backup", exit_on_error=False)
    async def check(self, message: PagedTable.Chosen) -> None:
        """Check the marked backup."""
        backup = next(
            (each for each in self.backups if self._line(each).key == message.line.key), None
        )
        if backup is None:
            return
        self.found[backup.path.name] = ("◌ checking …", "")
        await self.table.re_read()
        report = await self.desk.read(check_backup, backup.path)
        if report.problems:
            self.found[backup.path.name] = (f"✗ {plain(report.problems[0], limit=120)}", "bad")
        else:
            self.found[backup.path.name] = (_("✓ sound, its keys open it"), "good")
        await self.table.re_read()
