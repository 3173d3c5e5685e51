"""The link of a booking without an account, to be scanned off the screen by who booked."""

from collections.abc import Iterable
from typing import ClassVar, Final
from uuid import UUID

from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label

from eventdesk.acts import Actor, Permission
from eventdesk.booking import BookingLink, booking_link, renew_link
from eventdesk.core.booking_links import link_address
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.printing import badge_place, print_booking_link
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools, served_at
from screens.modals.beside_code import BesideCode
from screens.modals.questions import YesNo

_NO_SERVER: Final = msg("No server runs in this home, so the link leads nowhere.")


class LinkDialog(BesideCode[None], AsActor, ShowsErrors):
    """Shows a booking's link as a QR code, as high as the smallest terminal, and prints it.

    Args:
        link: What is shown; the audit says that it was.
        gate_id: Whose printer prints it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space", "dismiss(None)", "Close"),
        Binding("p", "print", "Print", tooltip="Print it where the badges come out"),
        Binding("n", "renew", "New link", tooltip="Make the link anew; this one is void then"),
    ]

    def __init__(
        self, tools: Tools, actor: Actor, link: BookingLink, *, gate_id: UUID | None = None
    ) -> None:
        super().__init__()
        self.tools, self.actor, self.link, self.gate_id = tools, actor, link, gate_id

    @property
    def encoded(self) -> str:
        """What a browser opens; "" where no server runs."""
        base = served_at(self.tools)
        return link_address(base, self.link.link) if base else ""

    def words(self) -> Iterable[Widget]:
        """Give whose it is and what can be done."""
        yield Label(plain(self.link.name, limit=60), classes="name", markup=False)
        yield Label(_("Booking {code}", code=self.link.code), markup=False)
        yield Label("", id="told", markup=False)
        if self.check_action("renew", ()):
            yield Label(_("P prints it · N makes it anew · Esc closes"), markup=False)
        else:
            yield Label(_("P prints it · Esc closes"), markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Make it anew only by who manages the tickets."""
        if action == "renew":
            return self.actor.may(Permission.TICKETS)
        return super().check_action(action, parameters)

    def draw(self) -> bool:
        """Show the link as it is now, and what it is for."""
        fits, told = super().draw(), self.encoded
        if not told:
            told = str(_NO_SERVER)
        elif fits:
            told = _("Whoever booked scans this: with it they see, change and cancel the booking.")
        self.query_one("#told", Label).update(told)
        return fits

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_print(self) -> None:
        """Have it printed, and say where it comes out or why it waits."""
        base = served_at(self.tools)
        if not base:
            self.notify(str(_NO_SERVER), severity="warning", markup=False)
            return
        delivery_id = await self.desk.write(
            print_booking_link, self.link.booking_id, address=base, gate_id=self.gate_id
        )
        place = await self.desk.read(badge_place, delivery_id)
        if place.trouble:
            words = _("○ The link waits to be printed: {why}", why=plain(place.trouble))
            self.notify(words, severity="warning", markup=False)
        elif place.printer:
            words = _("✓ The link prints at {printer}", printer=plain(place.printer))
            self.notify(words, markup=False)
        else:
            self.notify(_("✓ The link is printing"), markup=False)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_renew(self) -> None:
        """Make the link anew after a yes."""
        question = YesNo(
            _("Make the link anew?"),
            _("The one that was given out before opens nothing any more."),
            yes=_("Make it anew"),
        )
        if await self.app.push_screen_wait(question):
            self.link = await self.desk.write(renew_link, self.link.booking_id)
            self.draw()
            self.notify(_("✓ This is the new link"), markup=False)


async def link_dialog(
    tools: Tools, actor: Actor, booking_id: UUID, *, gate_id: UUID | None = None
) -> LinkDialog:
    """Make the dialog with the link of a booking, which the audit notes.

    Raises:
        InvalidInputError: The booking is in an account, or its event is long over.
    """
    link = await tools.desk.write(booking_link, actor, booking_id)
    return LinkDialog(tools, actor, link, gate_id=gate_id)
