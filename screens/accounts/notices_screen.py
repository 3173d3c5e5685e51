"""The notices of a person: a list, the unread marked, each leading to what it is about."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from eventdesk.accounts import NEWS
from eventdesk.acts import NOTICE_SIGNS, Actor, NoticeView, my_notices, read_notices
from eventdesk.core.formats import when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.widgets.paged_table import Column, Line, PagedTable, Window, page_of, view_of

LEADS: Final[Mapping[str, str]] = {
    "booking": "screens.booking.booking_screen:BookingScreen",
    "event": "screens.attendee.event_page:EventPage",
    "waitlist_entry": "screens.attendee.waiting_part:WaitingScreen",
}
"""The screen of a notice, by what it is about; made with tools, actor and the subject's id."""


class NoticesScreen(RoleScreen[None], AsActor):
    """Lists the notices of a person, the latest first."""

    ROLE = msg("Notices")
    THINGS = ("store",)
    HELP = "Enter reads the marked notice and goes to what it is about; A marks all as read."
    AUTO_FOCUS = "PagedLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "read", "Read", tooltip="Mark this notice as read"),
        Binding("a", "read_all", "All read", tooltip="Mark all notices as read"),
    ]
    DEFAULT_CSS = """
    NoticesScreen {
        & #notice { height: auto; max-height: 6; padding: 0 2; border-top: hkey $line; }
    }
    """

    table = getters.query_one(PagedTable)

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor, self.heading = actor, actor.name

    def compose_body(self) -> ComposeResult:
        """Lay out the list, and the marked notice in full below."""
        yield PagedTable(
            self._read,
            Column("", 1),
            Column(_("When"), 12),
            Column(_("About"), 11, least=60),
            Column(_("Notice")),
            Column(_("Event"), 26, least=100),
            empty=_("No notices yet. What happens with your bookings is told here."),
            searchable=False,
        )
        yield Static("", id="notice", markup=False)

    async def re_read(self) -> None:
        """Read the notices on show."""
        await super().re_read()
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        views, total = await self.desk.read(my_notices, offset=offset, limit=limit)
        return page_of(views, total, lambda view: _line(view, self.tools.now()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim the keys that have nothing to mark as read."""
        if action in ("read", "read_all") and self.is_mounted:
            view = view_of(self.table.marked, NoticeView)
            if view is None or (action == "read" and view.read_at is not None):
                return None
        return super().check_action(action, parameters)

    @on(PagedTable.Marked)
    def _show(self, message: PagedTable.Marked) -> None:
        view = view_of(message.line, NoticeView)
        body = f"{view.title}\n{view.body}" if view else ""
        self.query_one("#notice", Static).update(
            "\n".join(plain(line, limit=400) for line in body.split("\n"))
        )
        self.refresh_bindings()

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="notice", exit_on_error=False)
    async def follow(self, message: PagedTable.Chosen) -> None:
        """Mark a notice as read and go to what it is about, where there is a way."""
        view = view_of(message.line, NoticeView)
        if view is None:
            return
        await self._mark(view.id)
        kind, subject_id = view.subject_kind, view.subject_id
        if kind in ("announcement", NEWS):
            kind, subject_id = "event", view.event_id
        target = LEADS.get(kind)
        if target is not None and subject_id is not None:
            await self.app.push_screen_wait(load(target)(self.tools, self.actor, subject_id))
            await self.table.re_read()

    @work(exclusive=True, group="notice", exit_on_error=False)
    async def action_read(self) -> None:
        """Mark the notice under the cursor as read."""
        marked = self.table.marked
        if marked is not None:
            await self._mark(marked.key)

    @work(exclusive=True, group="notice", exit_on_error=False)
    async def action_read_all(self) -> None:
        """Mark all notices as read."""
        await self._mark(None)

    async def _mark(self, notice_id: UUID | None) -> None:
        await self.desk.write(read_notices, notice_id=notice_id)
        await self.re_read()


def _line(view: NoticeView, now: datetime) -> Line:
    local = view.created_at.astimezone()  # the clock of whoever reads
    today = local.date() == now.astimezone().date()
    at = when(local, "%H:%M" if today else "%d %b %H:%M")
    sign = "" if view.read_at else "●"
    cells = (sign, at, str(NOTICE_SIGNS.get(view.kind, view.kind)), view.title, view.event_name)
    return Line(view.id, cells, "faint" if view.read_at else "")
