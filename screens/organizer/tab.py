"""Base of the parts of an event's screen: reading lists, acting on a line, exporting."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import ClassVar, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from textual import work
from textual.binding import Binding, BindingType
from textual.worker import Worker

from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import _
from eventdesk.events import EventView
from eventdesk.exchange import LISTINGS, Listing
from screens.core.part import Part, act
from screens.core.station import Tools
from screens.modals.export_dialog import exported_list
from screens.widgets.paged_table import Line, PagedTable, Source, Window, page_of, view_of

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound="EventPart")


def act_on(
    kind: type[T],
) -> Callable[
    [Callable[Concatenate[E, T, P], Coroutine[None, None, None]]],
    Callable[Concatenate[E, P], Worker[None]],
]:
    """Run an action on what the line under the cursor shows, where it shows one of this kind."""

    def made(
        method: Callable[Concatenate[E, T, P], Coroutine[None, None, None]],
    ) -> Callable[Concatenate[E, P], Worker[None]]:
        async def action(part: E, /, *args: P.args, **kwargs: P.kwargs) -> None:
            marked = part.under_cursor(kind)
            if marked is None:
                part.say(_("First mark a line that this can be done with."), warns=True)
            else:
                await method(part, marked, *args, **kwargs)

        action.__name__, action.__doc__ = method.__name__, method.__doc__
        return act(action)

    return made


def event_time(event: EventView, at: datetime | None) -> str:
    """Day and time in the zone of an event, 12 cells; "" for None."""
    zone = ZoneInfo(event.time_zone)
    return "" if at is None else _("{at:%d %b %H:%M}", at=at.astimezone(zone))


class EventPart(Part):
    """Base of the parts of an event's screen; `NEEDS` names what a person must be allowed.

    A part that shows a list names it in `EXPORTS`, and can then save it as a file.
    """

    NEEDS: ClassVar[Permission]
    EXPORTS: ClassVar[Listing | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+e", "export_list", "Export", id="export_list", tooltip="Save the whole list")
    ]

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools, actor)
        self.event = event

    async def re_read(self) -> None:
        """Read the lists again; a subclass reads before what they show."""
        for table in self.query(PagedTable):
            await table.re_read()

    def under_cursor(self, kind: type[T]) -> T | None:
        """What the line under the cursor shows; None where there is none of this kind."""
        return view_of(self.table.marked, kind)

    def source(
        self,
        verb: Callable[..., tuple[Sequence[T], int]],
        line_of: Callable[[T], Line],
        **asked: object,
    ) -> Source:
        """Read a list of this event page by page.

        Args:
            **asked: What else the use case is told; callables are called at each reading.
        """

        async def read(search: str, offset: int, limit: int) -> Window:
            told = {key: each() if callable(each) else each for key, each in asked.items()}
            if search:
                told["search"] = search
            views, total = await self.desk.read(
                verb, self.event.id, offset=offset, limit=limit, **told
            )
            return page_of(views, total, line_of)

        return read

    def at(self, at: datetime | None) -> str:
        """Day and time in the event's zone, 12 cells; "" for None."""
        return event_time(self.event, at)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a list can be exported, by those whom its use case lets."""
        if action != "export_list":
            return super().check_action(action, parameters)
        listing = self.EXPORTS
        return listing is not None and self.actor.may(LISTINGS[listing].permission)

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export_list(self) -> None:
        """Ask how and where the list is saved, and save it."""
        assert self.EXPORTS is not None
        await exported_list(self, self.actor, self.EXPORTS, self.event)
