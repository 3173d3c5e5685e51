"""Parts of an event's screen that note what becomes of them."""

import asyncio
from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Label

from eventdesk.acts import Permission
from eventdesk.core.errors import NotFoundError
from screens.organizer.tab import EventPart


class First(EventPart):
    """Counts how often it was read; its input is lost when the event is left."""

    NEEDS = Permission.EVENT
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f7", "fail", "Fail")]
    reads = 0

    def compose(self) -> ComposeResult:
        yield Label("This is the first part", markup=False)
        yield Input(id="typed")

    async def re_read(self) -> None:
        self.reads += 1

    def would_be_lost(self) -> str:
        return "The note is not saved." if self.query_one(Input).value else ""

    def action_fail(self) -> None:
        self.run_worker(self._fail(), exit_on_error=False)

    async def _fail(self) -> None:
        raise NotFoundError("There is no [b]such[/b] thing.", hint="Look\x1b[2J elsewhere.")


class Second(First):
    """Another one."""

    def compose(self) -> ComposeResult:
        yield Label("This is the second part", markup=False)
        yield Input(id="typed")


class Mute(EventPart):
    """Has nothing that takes the keyboard."""

    NEEDS = Permission.PROGRAMME
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f7", "shout", "Shout")]

    def compose(self) -> Iterator[Label]:
        yield Label("This part is mute", markup=False)

    def action_shout(self) -> None:
        self.query_one(Label).update("It can shout")


class Broken(EventPart):
    """Cannot be read."""

    NEEDS = Permission.EVENT

    async def re_read(self) -> None:
        raise NotFoundError("There is no such event any more.", hint="Go back.")


class Slow(First):
    """Is read only when the test lets it."""

    gate: ClassVar[asyncio.Event | None] = None

    async def re_read(self) -> None:
        if Slow.gate is not None:
            await Slow.gate.wait()
        await super().re_read()
