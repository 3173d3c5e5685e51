"""Importing attendees and bookings: choose a file, say what its columns are, check, import."""

import asyncio
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from typing import Any, ClassVar, Final

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Label, ProgressBar

from eventdesk.acts.actor import Permission
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.plain_text import how_many, plain
from eventdesk.exchange.imports.dry_run import check_import
from eventdesk.exchange.imports.file_look import Look, look_at
from eventdesk.exchange.imports.importing import Imported, run_import
from eventdesk.exchange.imports.plan import LABELS, DryRun, ImportPlan
from eventdesk.tables.files import READERS
from screens.modals.questions import PickOne, YesNo
from screens.organizer.import_forms import TypesDialog, WaysDialog
from screens.organizer.import_words import column_lines, meaning, problem_lines, question, summary
from screens.organizer.tab import EventPart
from screens.widgets.paged_table import Column, PagedTable, Window, window_of
from screens.widgets.path_suggester import PathSuggester, typed_path

STOPPED: Final = "stopped"


class ImportTab(EventPart):
    """Takes a file in, step by step; nothing changes before the last one."""

    NEEDS = Permission.TICKETS
    HELP = (
        "Type the name of a CSV, XLSX or JSON file (the right arrow completes it) and press Enter. "
        "What its columns are is guessed; Enter on a column corrects it. Below stands what would "
        "be imported, or every row that cannot be and why. Nothing is imported unless all rows "
        "can be, and importing a file twice doubles nothing."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "import", "Import", tooltip="Import all rows"),
        Binding("t", "types", "Types", tooltip="Say which ticket types the file means"),
        Binding("o", "ways", "Options", tooltip="Characters, unpaid rows, dates, quotas"),
        Binding("c", "check", "Check", tooltip="Read the file and check it again"),
        Binding("escape", "stop", "Stop", tooltip="Stop the import; nothing stays of it"),
    ]
    DEFAULT_CSS = """
    ImportTab {
        & #import-file { height: 1; margin: 0 2; }
        & #import-file Label { width: 6; color: $faint; }
        & #import-state { height: auto; width: 100%; padding: 0 2; }
        & #import-state.-good { color: $success; }
        & #import-state.-bad { color: $error; }
        & #import-bar { display: none; width: 100%; height: 1; padding: 0 2; }
        & #import-bar Bar { width: 1fr; }
        &.-importing #import-bar { display: block; }
        & #columns { height: 1fr; }
        & #problems { height: 1fr; }
        & #problem { height: auto; max-height: 3; width: 100%; padding: 0 2; color: $faint; }
        & .part-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
    }
    """

    file = getters.query_one("#file", Input)

    look: Look | None = None
    plan: ImportPlan | None = None
    checked: DryRun | None = None
    imported: Imported | None = None
    """What the last import did; None before."""

    def compose(self) -> ComposeResult:
        """Lay out the file, its columns, and what came of checking it."""
        with Horizontal(id="import-file", classes="flat-line"):
            yield Label("File", markup=False)
            yield Input(
                placeholder="orders.csv, guests.xlsx …",
                suggester=PathSuggester(tuple(READERS)),
                id="file",
                max_length=1000,
                compact=True,
            )
        yield Label("", id="import-state", markup=False)
        yield ProgressBar(id="import-bar", show_eta=False)
        yield Label("Columns of the file", classes="part-title")
        yield PagedTable(
            self._columns,
            Column("Column", 18),
            Column("Is", 22),
            Column("First rows"),
            empty="Type the name of a file above and press Enter.",
            searchable=False,
            id="columns",
        )
        yield Label("Rows that cannot be imported", classes="part-title")
        yield PagedTable(
            self._problems,
            Column("Row", 7, right=True),
            Column("Problem", 24),
            Column("What stands there", 16),
            Column("What to do", least=100),
            empty="None so far.",
            searchable=False,
            id="problems",
        )
        yield Label("", id="problem", markup=False)

    def on_mount(self) -> None:
        """Begin without anything to stop."""
        self._checking = Flag()
        self._stop = Flag()

    async def re_read(self) -> None:
        """Show both tables again; the file is read on demand only."""
        for table in self.query(PagedTable):
            await table.re_read()

    def enter(self) -> None:
        """Give the keyboard to the file, or to its columns once there are some."""
        (self.file if self.look is None else self.query_one("#columns", PagedTable)).focus()

    def would_be_lost(self) -> str:
        """An import that goes on."""
        return "The import has not finished." if self.has_class("-importing") else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with the file as it is."""
        importing = self.has_class("-importing")
        if action == "stop":
            return importing
        if action in ("types", "ways", "check"):
            return self.look is not None and not importing
        if action == "import":
            possible = self.checked is not None and self.checked.possible
            return possible and not importing
        return super().check_action(action, parameters)

    # The file and its columns

    @on(Input.Submitted, "#file")
    @work(exclusive=True, group="look", exit_on_error=False)
    async def choose(self, message: Input.Submitted) -> None:
        """Look at the file that was typed, and check it as it is guessed."""
        path = typed_path(message.value)
        if path is None or self.has_class("-importing"):
            return
        await self._look(path, ImportPlan(()))

    async def _look(self, path: Path, plan: ImportPlan) -> None:
        """Look at a file, and check it as it is guessed.

        Args:
            path: The file.
            plan: What holds besides its columns.
        """
        self._checking.set()
        self.look = self.plan = self.checked = None
        self._say("Reading …")
        try:
            look = await self.tools.desk.read(
                look_at, self.actor, self.event.id, path, encoding=plan.encoding
            )
        except EventDeskError as error:
            self._say(f"✗ {error} {error.hint}", "-bad")
            await self.re_read()
            return
        self.look, self.plan = look, replace(plan, columns=look.columns)
        self.query_one("#columns", PagedTable).focus()
        await self._check()

    async def _columns(self, text: str, offset: int, limit: int) -> Window:
        if self.look is None or self.plan is None:
            return Window((), 0)
        return window_of(column_lines(self.look, self.plan), offset, limit)

    @on(PagedTable.Chosen, "#columns")
    @work(exclusive=True, group="column", exit_on_error=False)
    async def correct(self, message: PagedTable.Chosen) -> None:
        """Say what a column is."""
        if self.look is None or self.plan is None or self.has_class("-importing"):
            return
        place = message.line.key.int - 1
        targets: list[Any] = [None, *LABELS, *(each for each, _ in self.look.questions)]
        names = [meaning(self.look, target) for target in targets]
        now = self.plan.columns[place]
        title = f"What is “{plain(self.look.heading[place], limit=40)}”?"
        chosen = await self.app.push_screen_wait(
            PickOne(title, names, marked=targets.index(now) if now in targets else 0)
        )
        if chosen is None or targets[chosen] == now:
            return
        target = targets[chosen]
        columns = [None if target and each == target else each for each in self.plan.columns]
        columns[place] = target
        self.plan = replace(self.plan, columns=tuple(columns))
        await self._check()

    @work(exclusive=True, group="types", exit_on_error=False)
    async def action_types(self) -> None:
        """Say which ticket types are meant by names nobody knows."""
        if self.look is None or self.plan is None or self.checked is None:
            return
        unknown = self.checked.unknown_types
        if not unknown:
            self.notify("Every ticket type of the file is known.", markup=False)
            return
        answer = await self.app.push_screen_wait(TypesDialog(self.look.types, unknown))
        if answer is not None:
            types = {**self.plan.types, **{fold(name): kind for name, kind in answer.types.items()}}
            self.plan = replace(
                self.plan,
                types=types,
                create_types=self.plan.create_types or answer.create,
                default_type=answer.default or self.plan.default_type,
            )
            await self._check()

    @work(exclusive=True, group="ways", exit_on_error=False)
    async def action_ways(self) -> None:
        """Ask what holds where the file does not say."""
        if self.plan is not None:
            if self.look is None:
                return
            plan = await self.app.push_screen_wait(WaysDialog(self.plan, self.look))
            if plan is None:
                return
            if plan.encoding not in ("", self.look.encoding.name):
                await self._look(self.look.path, plan)
            else:
                # The guess is confirmed with the import, not with an option beside it.
                self.plan = replace(plan, encoding=self.plan.encoding)
                await self._check()

    # Checking

    @work(exclusive=True, group="check", exit_on_error=False)
    async def action_check(self) -> None:
        """Check the file again, as it is now."""
        await self._check()

    async def _check(self) -> None:
        """Check the file with what its columns mean now; an older check that goes on is stopped."""
        look, plan = self.look, self.plan
        if look is None or plan is None:
            return
        self._checking.set()
        self._checking = mine = Flag()
        loop = asyncio.get_running_loop()

        def tell(done: int) -> None:
            if mine.is_set():
                raise InvalidInputError(STOPPED)
            loop.call_soon_threadsafe(self._say, f"◌ Checking … {done:,} rows")

        self._say("◌ Checking …")
        try:
            checked = await self.tools.desk.read(
                check_import, self.actor, self.event.id, look.path, plan, on_progress=tell
            )
        except EventDeskError as error:
            if not mine.is_set():
                self._say(f"✗ {error} {error.hint}", "-bad")
            return
        if mine.is_set() or not self.is_attached:
            return
        self.checked = checked
        await self.re_read()
        self._say(*summary(checked))
        self.refresh_bindings()

    async def _problems(self, text: str, offset: int, limit: int) -> Window:
        if self.checked is None:
            return Window((), 0)
        return window_of(problem_lines(self.checked), offset, limit)

    @on(PagedTable.Marked, "#problems")
    def _explain(self, message: PagedTable.Marked) -> None:
        """Say what to do about the marked problem, where the list has no room for it."""
        place = message.line.key.int - 1 if message.line is not None else -1
        problems = self.checked.problems if self.checked is not None else ()
        words = problems[place].text if 0 <= place < len(problems) else ""
        self.query_one("#problem", Label).update(plain(words, limit=300))

    # Importing

    @work(exclusive=True, group="import", exit_on_error=False)
    async def action_import(self) -> None:
        """Import all rows after a yes; a bar shows how far it is."""
        look, plan, checked = self.look, self.plan, self.checked
        if look is None or plan is None or checked is None or not checked.possible:
            return
        if not await self.app.push_screen_wait(
            YesNo("Import them?", question(checked), yes="Import")
        ):
            return
        if checked.encoding.guessed:
            plan = replace(plan, encoding=checked.encoding.name)
        self._set_importing(True)
        try:
            done = await self._import(look.path, plan)
        except EventDeskError as error:
            self._say(f"✗ {error} {error.hint}", "-bad")
            return
        finally:
            self._set_importing(False)
        self.imported = done
        self._say(
            f"✓ {how_many(done.tickets, 'ticket')} in {how_many(done.bookings, 'booking')} "
            f"{'was' if done.tickets == 1 else 'were'} imported, {done.already:,} were here already"
            + (f", {done.renewed:,} got the code of the file." if done.renewed else "."),
            "-good",
        )
        self.checked = None
        self.refresh_bindings()

    async def _import(self, path: Path, plan: ImportPlan) -> Imported:
        loop = asyncio.get_running_loop()
        self._stop = stop = Flag()

        def tell(done: int, total: int) -> None:
            loop.call_soon_threadsafe(self._tell, done, total)

        # Most of it is reading the file; the store's own lock takes care of the writing.
        return await self.tools.desk.read(
            run_import, self.actor, self.event.id, path, plan, on_progress=tell, stop=stop
        )

    def action_stop(self) -> None:
        """Stop the import; nothing stays of it."""
        self._stop.set()
        self._say("Stopping …")

    def _tell(self, done: int, total: int) -> None:
        if not self.is_attached or not self.has_class("-importing") or self._stop.is_set():
            return
        self.query_one("#import-bar", ProgressBar).update(total=total or None, progress=done)
        what = f"{done:,} of {total:,} bookings" if total else f"{done:,} rows read"
        self._say(f"◌ Importing … {what}. Esc stops, and nothing stays of it.")

    def _set_importing(self, importing: bool) -> None:
        self.set_class(importing, "-importing")
        self.file.disabled = importing
        self.refresh_bindings()

    def _say(self, words: str, tone: str = "") -> None:
        state = self.query_one("#import-state", Label)
        state.set_class(tone == "-good", "-good")
        state.set_class(tone == "-bad", "-bad")
        state.update(plain(words, limit=600))
