"""Signing in with another device: a code and a QR code for the phone, asked until it is done."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label

from eventdesk.accounts import (
    Arrival,
    Arrived,
    DeviceOffer,
    WayElsewhere,
    ask_device,
    offer_device,
    sign_in_elsewhere,
)
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import CodeNeededError, EventDeskError, ServiceSilentError
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from screens.core.station import Tools
from screens.modals.beside_code import BesideCode
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne
from screens.widgets.form import TextField


async def signed_in_elsewhere(
    app: App[Any], tools: Tools, ways: list[WayElsewhere]
) -> Actor | None:
    """Sign somebody in with another device; None where they gave up.

    Raises:
        ServiceError: The provider does not answer, or refuses.
        SignInError: Who came back is not let in.
    """
    came = await came_elsewhere(app, tools, ways)
    return None if came is None else await _let_in(app, tools, came)


async def came_elsewhere(app: App[Any], tools: Tools, ways: list[WayElsewhere]) -> Arrival | None:
    """Say who somebody is with another device; None where they gave up.

    Raises:
        ServiceError: The provider does not answer, or refuses.
    """
    chosen: int | None = 0
    if len(ways) > 1:
        names = [way.name for way in ways]
        chosen = await app.push_screen_wait(PickOne(_("Sign in with a phone"), names))
    if chosen is None:
        return None
    way = ways[chosen]
    offer = await tools.desk.take_steps(offer_device, SYSTEM, way.id)
    return await app.push_screen_wait(DeviceDialog(tools, way, offer))


async def _let_in(app: App[Any], tools: Tools, came: Arrival) -> Actor | None:
    """Let in who came back; the owner of an account is asked for its password once."""
    if came.who is not Arrived.KNOWN:
        try:
            return await tools.desk.write(sign_in_elsewhere, SYSTEM, came.note)
        except CodeNeededError:
            pass

    async def submit(values: dict[str, Any]) -> Actor:
        return await tools.desk.write(sign_in_elsewhere, SYSTEM, came.note, **values)

    fields = [TextField("code", _("Code"), max_length=20)]
    explanation = _("The six digits your app shows now, or one of your recovery codes.")
    if came.who is Arrived.KNOWN:
        secret = TextField("secret", _("PIN or password"), required=True, password=True)
        fields = [secret, *fields]
        explanation = _(
            "There is an account with the address {email}. Say its password or PIN once, and the "
            "code of your app if you have one; from then on {provider} signs you in.",
            email=came.email,
            provider=came.provider,
        )
    dialog = FormDialog(
        came.provider, fields, submit, explanation=explanation, confirm=_("Sign in")
    )
    return await app.push_screen_wait(dialog)


class DeviceDialog(BesideCode[Arrival | None]):
    """Shows what is typed or scanned with the phone; dismissed with who signed in there.

    Args:
        tools: Asks the provider.
        way: The provider.
        offer: What is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, tools: Tools, way: WayElsewhere, offer: DeviceOffer) -> None:
        super().__init__()
        self.tools, self.way, self.offer = tools, way, offer

    @property
    def encoded(self) -> str:
        """What a phone opens."""
        return self.offer.scanned

    def words(self) -> Iterable[Widget]:
        """Give what is typed, and how long it holds."""
        yield Label(_("Sign in with {name}", name=self.way.name), markup=False)
        yield Label(_("Scan this with your phone, or open there:"))
        yield Label(plain(self.offer.address, limit=200), classes="typed", markup=False)
        yield Label(_("and type:"))
        yield Label(plain(self.offer.typed, limit=40), classes="name typed", markup=False)
        yield Label("", id="device-told", markup=False)
        yield Label(_("Esc gives up"))

    def on_mount(self) -> None:
        """Ask again and again whether it was done."""
        self._ends_at(self.offer.expires_at)
        self._asking = self.set_interval(self.offer.interval_s, self._ask)

    def _ends_at(self, until: datetime) -> None:
        minutes = max(1, round((until - self.tools.now()).total_seconds() / 60))
        self._say(_n("It holds for {count} minute.", "It holds for {count} minutes.", minutes))

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _ask(self) -> None:
        """Ask whether it was done; a provider that is silent is asked again."""
        try:
            came = await self.tools.desk.take_steps(ask_device, SYSTEM, self.offer.note)
        except ServiceSilentError as silent:
            self._say(f"{silent} {silent.hint}")
            return
        except EventDeskError as error:
            self._asking.stop()
            self._say(f"✗ {error} {error.hint}")
            return
        if came is not None and self.is_current:
            self.dismiss(came)

    def _say(self, words: str) -> None:
        self.query_one("#device-told", Label).update(plain(words, limit=300))
