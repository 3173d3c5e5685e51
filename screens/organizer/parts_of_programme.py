"""What the lists of a programme have in common: a table, and keys to add, change and remove."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.worker import Worker

from eventdesk.acts.actor import Actor
from eventdesk.core.folding import fold
from eventdesk.core.plain_text import plain
from eventdesk.programme.programme import Programme
from screens.failures import failure_of
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.station import Tools
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


class ProgrammeList(Vertical):
    """Base of one list: `lines` says what is in it, `ask` how a line is made or changed.

    Args:
        tools: Store, settings, clock and sounds.
        actor: Who works here.
        event_id: The event.
        re_read: Reads the whole programme again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New", tooltip="Add one"),
        Binding("delete", "remove", "Remove", tooltip="Remove the marked one"),
    ]
    COLUMNS: ClassVar[Sequence[Column]] = ()
    EMPTY: ClassVar[str] = ""
    REMOVE: ClassVar[str] = "It is gone then."
    """What the question before removing says."""

    table = getters.query_one(PagedTable)

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        event_id: UUID,
        re_read: Callable[[], Awaitable[None]],
        *,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self.tools, self.actor, self.event_id = tools, actor, event_id
        self.re_read_all = re_read
        self.programme: Programme | None = None

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        yield PagedTable(self._read, *self.COLUMNS, empty=self.EMPTY)

    async def show(self, programme: Programme) -> None:
        """Show what was read."""
        self.programme = programme
        await self.table.re_read()

    def lines(self, programme: Programme) -> list[Line]:
        """All lines of the list."""
        raise NotImplementedError

    def ask(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form for a new one, or for the one of this key; None when there is none."""
        raise NotImplementedError

    async def take_away(self, key: UUID) -> None:
        """Remove one from the store."""
        raise NotImplementedError

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        if self.programme is None:
            return Window((), 0)
        words = fold(text).split()
        found = [
            line
            for line in self.lines(self.programme)
            if all(word in fold(" ".join(line.cells)) for word in words)
        ]
        return window_of(found, offset, limit)

    @on(PagedTable.Chosen)
    def _change(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self._ask_for(message.line.key)

    def action_add(self) -> None:
        """Ask for a new one."""
        self._ask_for(None)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _ask_for(self, key: UUID | None) -> None:
        if self.programme is None:
            return
        dialog = self.ask(self.programme, key)
        if dialog is not None and await self.app.push_screen_wait(dialog) is not None:
            await self.re_read_all()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_remove(self) -> None:
        """Remove the marked one, after a question."""
        marked = self.table.marked
        if marked is None:
            return
        question = YesNo(f"Remove {self.called(marked)}?", self.REMOVE, yes="Remove")
        if await self.app.push_screen_wait(question):
            await self.take_away(marked.key)
            await self.re_read_all()

    def called(self, line: Line) -> str:
        """What a line is called in a question."""
        return plain(line.cells[0], limit=60)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong and what to do."""
        error = failure_of(event, self)
        if error is not None:
            hint = plain(error.hint, limit=400) or " "
            title = plain(str(error), limit=400)
            self.notify(hint, title=title, severity="error", markup=False)
