"""The address of one's subscribed calendar: to be scanned off the screen, made anew, or ended."""

from collections.abc import Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.calendar_links import calendar_address
from eventdesk.core.messages import _
from eventdesk.waiting import end_calendar_link, make_calendar_link
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools, served_at
from screens.modals.beside_code import BesideCode
from screens.modals.questions import YesNo


class CalendarDialog(BesideCode[None], AsActor, ShowsErrors):
    """Shows the address of a person's calendar as a QR code and as text.

    Args:
        link: What stands at its end; "" where there is none yet.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("n", "make", "New address", tooltip="Make it; the one before is void then"),
        Binding("e", "end", "End it", tooltip="The address opens nothing any more"),
    ]

    def __init__(self, tools: Tools, actor: Actor, link: str) -> None:
        super().__init__()
        self.tools, self.actor, self.link = tools, actor, link

    @property
    def encoded(self) -> str:
        """Where calendar programs ask; "" where there is none, or no server runs."""
        base = served_at(self.tools)
        return calendar_address(base, self.link) if base and self.link else ""

    def words(self) -> Iterable[Widget]:
        """Give what it is and what can be done."""
        yield Label(_("Subscribed calendar"), classes="name", markup=False)
        yield Label("", id="told", markup=False)
        yield Label("", id="address", markup=False)
        yield Label("", id="keys", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without an address there is nothing to end."""
        if action == "end":
            return bool(self.link)
        return super().check_action(action, parameters)

    def draw(self) -> bool:
        """Show the address as it is now, and what can be done with it."""
        fits = super().draw()
        self.query_one("#told", Label).update(self._told())
        address = self.query_one("#address", Label)
        address.display = bool(self.encoded)
        address.update(self.encoded)
        keys = _("N makes the address · Esc closes")
        if self.link:
            keys = _("N makes it anew · E ends it · Esc closes")
        self.query_one("#keys", Label).update(keys)
        self.refresh_bindings()
        return fits

    def _told(self) -> str:
        if not self.link:
            return _("Your calendar can ask here by itself for your events and sessions.")
        if not self.encoded:
            return _("No server runs in this home, so the link leads nowhere.")
        return _("Subscribe to this address. Whoever has it sees where you will be.")

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_make(self) -> None:
        """Make the address; one that is there is made anew after a yes."""
        question = YesNo(
            _("Make the address anew?"),
            _("The one before opens nothing any more; subscribe to the new one everywhere."),
            yes=_("Make it anew"),
        )
        if self.link and not await self.app.push_screen_wait(question):
            return
        self.link = await self.desk.write(make_calendar_link)
        self.draw()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_end(self) -> None:
        """End the address after a yes."""
        question = YesNo(
            _("End the subscribed calendar?"),
            _("Its address opens nothing any more. You can make a new one at any time."),
            yes=_("End it"),
        )
        if await self.app.push_screen_wait(question):
            await self.desk.write(end_calendar_link)
            self.link = ""
            self.draw()
