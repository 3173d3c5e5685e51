"""Base of a part of a `PartsScreen`: dialogs, writing, reading again."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Concatenate, Literal, ParamSpec, TypeVar

from textual import work
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from eventdesk.acts import Actor, Topic
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools
from screens.modals.questions import YesNo

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

    A subclass lays itself out in `compose` and reads the store in `re_read`. Its keys are shown
    while something in it has the keyboard.
    """

    HELP = ""
    SHOWS: ClassVar[frozenset[Topic] | None] = None
    """What it reads again when it changes; None is everything."""

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__()
        self.tools, self.actor = tools, actor

    def enter(self) -> None:
        """Give the keyboard to the first thing here that takes it."""
        for widget in self.query(Widget):
            if widget.focusable:
                widget.focus()
                return
        self.can_focus = True
        self.focus()

    def would_be_lost(self) -> str:
        """What leaving now would lose, as a sentence; "" when nothing."""
        return ""
