"""Who got an announcement, and who has read it."""

from textual.app import ComposeResult
from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import AnnouncementView, EventView, ToldView, list_told
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.organizer.tab import event_time
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of


class ReadersScreen(RoleScreen[None], AsActor):
    """Lists the people of one announcement: first who read it, the latest first."""

    ROLE = msg("Organizer")
    THINGS = ("store",)
    HELP = "Type / and the beginning of a name to see whether somebody has read it."
    AUTO_FOCUS = "PagedTable"
    DEFAULT_CSS = """
    ReadersScreen {
        & #readers-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
        & PagedTable { padding: 0 2; }
    }
    """

    def __init__(
        self, tools: Tools, actor: Actor, event: EventView, announcement: AnnouncementView
    ) -> None:
        super().__init__(tools)
        self.actor, self.event, self.announcement = actor, event, announcement
        self.heading = event.name

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield Label(plain(self.announcement.title), id="readers-title", markup=False)
        yield PagedTable(
            self._page,
            Column(_p("column", "Read"), 12),
            Column(_("Name")),
            Column(_("E-mail"), 30, least=64),
            empty=_("Nobody has got it yet."),
        )

    async def re_read(self) -> None:
        """Read the list again."""
        await super().re_read()
        await self.query_one(PagedTable).re_read()

    async def _page(self, text: str, offset: int, limit: int) -> Window:
        told, total = await self.desk.read(
            list_told, self.announcement.id, search=text, offset=offset, limit=limit
        )
        return page_of(told, total, self._line)

    def _line(self, view: ToldView) -> Line:
        if view.read_at is None:
            return Line(view.id, (_("not yet"), view.name, view.email))
        at = event_time(self.event, view.read_at)
        return Line(view.id, (f"✓ {at}", view.name, view.email), "good")
