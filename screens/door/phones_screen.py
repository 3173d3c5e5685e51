"""The phones that help at a desk, with an end for each."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.accounts import DeviceView, end_phone, list_devices
from eventdesk.acts import Topic
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from screens.core.part import act
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Place, Tools
from screens.door.pairing import phones_at
from screens.modals.questions import YesNo
from screens.organizer.tab import event_time
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

SEEN_EVERY_S = 10.0
"""How often it is read again who is online: that is no change of the store."""


class PhonesScreen(RoleScreen[None], AsActor):
    """Lists the phones of one desk; Delete shuts the marked one out."""

    ROLE = msg("Desk")
    SHOWS = frozenset({Topic.ACCOUNTS})
    THINGS = ("store",)
    HELP = (
        "The phones that check in at this list and gate, with when each was heard of last. Delete "
        "shuts the marked one out at once; what it did stays. A lost phone is ended here."
    )
    AUTO_FOCUS = "PagedLines"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete", "end", "End", tooltip="Shut the marked phone out at once")
    ]
    DEFAULT_CSS = """
    PhonesScreen {
        & #phones-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
        & PagedTable { padding: 0 2; }
    }
    """

    def __init__(self, tools: Tools, place: Place) -> None:
        super().__init__(tools, place)
        self.at, self.actor = place, place.actor
        self.phones: list[DeviceView] = []

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield Label(_("Phones that help at this desk"), id="phones-title", markup=False)
        yield PagedTable(
            self._page,
            Column(_("Name")),
            Column(_("Paired by"), 20, least=56),
            Column(_("Last contact"), 14),
            empty=_("No phone helps here. Esc goes back to the code that pairs one."),
            searchable=False,
        )

    def on_mount(self) -> None:
        """Read again now and then who is online."""
        self.set_interval(SEEN_EVERY_S, self.read_soon)

    async def re_read(self) -> None:
        """Read the phones again."""
        await super().re_read()
        devices = await self.desk.read(list_devices, self.at.event.id)
        self.phones = phones_at(self.at, devices)
        await self.query_one(PagedTable).re_read()

    async def _page(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.phones, offset, limit, self._line)

    def _line(self, phone: DeviceView) -> Line:
        at = event_time(self.at.event, phone.seen_at)
        seen = _("✓ online") if phone.online else f"○ {at}"
        tone: Tone = "good" if phone.online else ""
        return Line(phone.id, (phone.name, phone.paired_by, seen), tone, phone)

    @act
    async def action_end(self) -> None:
        """Shut the marked phone out, after a question."""
        phone = view_of(self.query_one(PagedTable).marked, DeviceView)
        if phone is None:
            return
        question = YesNo(
            _("Shut {name} out?", name=plain(phone.name, limit=60)),
            _("It checks nobody in any more, at once. What it did stays."),
            yes=_("Shut out"),
        )
        if await self.app.push_screen_wait(question):
            await self.desk.write(end_phone, phone.id)
            await self.re_read()
