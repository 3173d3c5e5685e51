"""Base of a part of a `PartsScreen`: dialogs, writing, reading again."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Concatenate, Final, Literal, ParamSpec, TypeVar

from textual import on, work
from textual.containers import Vertical
from textual.events import DescendantFocus
from textual.screen import Screen
from textual.walk import walk_depth_first
from textual.widget import Widget
from textual.worker import Worker

from eventdesk.acts import Actor, Topic
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools
from screens.modals.questions import YesNo
from screens.widgets.paged_table import PagedTable

HERE: Final = "-here"
"""Class of the title of what has the keyboard."""

P = ParamSpec("P")
T = TypeVar("T")


def act(method: Callable[P, Coroutine[None, None, T]]) -> Callable[P, Worker[T]]:
    """Run an action beside the screen: the newer one ends an older one, errors are shown."""
    return work(method, exclusive=True, group="act", exit_on_error=False)


class Acting(ShowsErrors, AsActor):
    """Mixin of what shows the store: dialogs, writing as one actor, reading again."""

    async def re_read(self) -> None:
        """Read again what is on show; called when it is opened, on F5, and after changes.

        Raises:
            EventDeskError: It could not be read; the status line says why.
        """

    async def ask(self, dialog: Screen[T]) -> T:
        """Show a dialog and wait for its answer; one that is not None or False is read again."""
        answer = await self.app.push_screen_wait(dialog)
        if answer is not None and answer is not False:
            await self.re_read()
        return answer

    async def sure(self, title: str, explanation: str, *, yes: str) -> bool:
        """Ask before something that cannot be taken back easily."""
        return await self.app.push_screen_wait(YesNo(title, explanation, yes=yes))

    async def do(
        self, verb: Callable[Concatenate[Any, Actor, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that changes things, and read again."""
        done = await self.desk.write(verb, *args, **kwargs)
        await self.re_read()
        return done

    def say(self, words: str, *, title: str = "", warns: bool = False) -> None:
        """Show a notice; its words may hold what people typed."""
        severity: Literal["information", "warning"] = "warning" if warns else "information"
        self.notify(words, title=title, severity=severity, markup=False)


class Part(Vertical, Acting):
    """Base of the parts of a `PartsScreen`.

    A subclass lays itself out in `compose` and reads the store in `re_read`. Its keys, and those of
    its `entry`, work wherever the keyboard is on the screen.
    """

    HELP = ""
    SHOWS: ClassVar[frozenset[Topic] | None] = None
    """What it reads again when it changes; None is everything."""

    ON_A_LINE: ClassVar[frozenset[str]] = frozenset()
    """Actions on the marked line of `table`; their keys are dimmed while it has no line."""

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__()
        self.tools, self.actor = tools, actor
        self._dims = False

    @property
    def table(self) -> PagedTable:
        """The list that has the keyboard, else the first."""
        tables = self.query(PagedTable)
        return next((table for table in tables if table.has_focus_within), tables.first())

    @property
    def has_no_line(self) -> bool:
        """Whether there is nothing that could be marked."""
        return bool(self.query(PagedTable)) and self.table.is_empty

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim what needs a line where there is none."""
        if action in self.ON_A_LINE and self.has_no_line:
            return None
        return super().check_action(action, parameters)

    @on(PagedTable.Shown)
    def _dim(self) -> None:
        """Dim the keys again, or light them, when the list became empty or has lines."""
        if self.ON_A_LINE and self.has_no_line != self._dims:
            self._dims = not self._dims
            self.refresh_bindings()

    @property
    def entry(self) -> Widget | None:
        """What gets the keyboard first; None where nothing here takes it."""
        within = walk_depth_first(self, Widget, with_root=False)
        return next((each for each in within if each.focusable), None)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Mark the title above what has the keyboard."""
        above: Widget | None = None
        for each in self.query(Widget):
            if each.has_class("part-title"):
                each.remove_class(HERE)
                above = each
            elif each is event.widget and above is not None:
                above.add_class(HERE)
                above = None

    def on_descendant_blur(self) -> None:
        """Mark no title while the keyboard is elsewhere."""
        for each in self.query(f".part-title.{HERE}"):
            each.remove_class(HERE)

    def enter(self) -> None:
        """Give the keyboard to what gets it first, or to the part itself."""
        entry = self.entry
        self.can_focus = self.can_focus or entry is None
        self.screen.set_focus(entry or self)

    def would_be_lost(self) -> str:
        """What leaving now would lose, as a sentence; "" when nothing."""
        return ""
