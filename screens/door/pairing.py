"""The dialog that pairs a phone, a desk or a kiosk: a QR code, its page and a code to type."""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Label
from textual.worker import Worker, WorkerState

from eventdesk.accounts import (
    DEVICE_ROLES,
    OFFERED_FOR,
    DeviceRole,
    DeviceView,
    PairingOffer,
    list_devices,
    offer_phone,
)
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.services import pages_address
from screens.core.failures import ShowsErrors
from screens.core.loading import load
from screens.core.messages import StoreChanged
from screens.core.station import AsActor, Place, Tools
from screens.modals.beside_code import BesideCode

AGAIN_S: Final = 1.0
"""Seconds after which the devices are read again where they could not be."""

Offers = Callable[[], Awaitable[PairingOffer]]
"""Makes an offer of pairing, and another one when its time is over."""


class PairDialog(BesideCode[DeviceView | None], AsActor, ShowsErrors):
    """Shows an offer of pairing while it holds; dismissed with the device that was paired.

    Args:
        offer: What is shown first.
        base: Where the pages of the house are found; "" where nothing serves them to others.
        again: Makes another offer.
        before: The devices that were there before.
        at: The desk whose phones are counted, and listed with L; None where none are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("n", "renew", "New code", tooltip="Offer to pair with another code"),
        Binding("l", "phones", "Phones", tooltip="List the phones of this desk, to end them"),
    ]

    DEFAULT_CSS = """
    PairDialog #words { width: 36; }
    """

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        offer: PairingOffer,
        base: str,
        again: Offers,
        *,
        before: frozenset[UUID] = frozenset(),
        at: Place | None = None,
    ) -> None:
        super().__init__()
        self.tools, self.actor, self.offer, self.base = tools, actor, offer, base
        self.again, self.before, self.at = again, before, at
        self.ends_s = time.monotonic() + OFFERED_FOR.total_seconds()

    @property
    def left_s(self) -> int:
        """Seconds for which the code still holds; by this machine's own measure of time."""
        return max(0, round(self.ends_s - time.monotonic()))

    @property
    def encoded(self) -> str:
        """The page that pairs; "" where nothing serves it, or the code is over."""
        return self.offer.page(self.base) if self.base and self.left_s else ""

    def words(self) -> Iterable[Widget]:
        """Give what is paired, how, and how long it can be."""
        yield Label(self._title(), classes="name", markup=False)
        yield Label("", id="told", markup=False)
        yield Label("", id="typed", classes="typed", markup=False)
        yield Label("", id="left", classes="waits", markup=False)
        if self.at is not None:
            yield Label("", id="phones", markup=False)
        yield Label(_("N makes a new code · Esc closes"), markup=False)

    def _title(self) -> str:
        role = str(DEVICE_ROLES[self.offer.profile.role])
        if self.at is None:
            return _("A new {device}", device=role)
        gate = self.at.gate.name if self.at.gate else ""
        where = " · ".join(filter(None, (self.at.check_in_list.name, gate)))
        return _("A phone helps at {door}", door=plain(where, limit=60))

    def on_mount(self) -> None:
        """Count down, and look for the device."""
        self.set_interval(1.0, self._count)
        self._follow()

    @on(StoreChanged)
    def look_again(self) -> None:
        """Look for the device when something changed."""
        self._follow()

    def on_screen_resume(self) -> None:
        """Look for a device that came while another screen was on top."""
        self._follow()

    def draw(self) -> bool:
        """Show the code, and say what is done with it."""
        fits = super().draw()
        told = _("The code is over. N makes a new one.")
        if self.left_s and not self.base:
            told = _(
                "Nothing serves pages to other devices yet: eventdesk serve --host 0.0.0.0 does. "
                "The code is typed there."
            )
        elif self.left_s and fits:
            told = _("Scan this with the camera of the device, or type this into its browser:")
        elif self.left_s:
            told = _("Type this into the browser of the device:")
        page = f"{self.base}/pair\n" if self.base else ""
        typed = page + _("Code: {code}", code=self.offer.code)
        self.query_one("#told", Label).update(told)
        self.query_one("#typed", Label).update(typed if self.left_s else "")
        self._say_left()
        return fits

    def _count(self) -> None:
        """Say how long the code still holds, and take it away when it is over."""
        if self.left_s:
            self._say_left()
        else:
            self.draw()

    def _say_left(self) -> None:
        minutes, seconds = divmod(self.left_s, 60)
        words = _("◌ holds for {minutes}:{seconds:02d}", minutes=minutes, seconds=seconds)
        self.query_one("#left", Label).update(words if self.left_s else "")

    @work(exclusive=True, group="follow", exit_on_error=False)
    async def _follow(self) -> None:
        """Look whether a device of this kind has come; a screen over this one is closed first."""
        devices = await self.desk.read(list_devices, self.offer.event_id)
        new = (each for each in devices if each.id not in self.before)
        ours = next((each for each in new if each.profile == self.offer.profile), None)
        self._say_phones(devices)
        if ours is not None and self.is_current:
            self.dismiss(ours)

    def _say_phones(self, devices: Sequence[DeviceView]) -> None:
        if self.at is not None:
            count = len(phones_at(self.at, devices))
            words = _n(
                "{count} phone helps here: L lists it",
                "{count} phones help here: L lists them",
                count,
            )
            self.query_one("#phones", Label).update(words if count else "")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Look again where it could not be read."""
        if event.state is WorkerState.ERROR and event.worker.group == "follow":
            self.set_timer(AGAIN_S, self._follow)
        else:
            super().on_worker_state_changed(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """List phones at a desk only."""
        if action == "phones":
            return self.at is not None
        return super().check_action(action, parameters)

    def action_close(self) -> None:
        """Close it; the code holds on until it is over."""
        self.dismiss(None)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_renew(self) -> None:
        """Offer with a new code."""
        self.offer = await self.again()
        self.ends_s = time.monotonic() + OFFERED_FOR.total_seconds()
        self.draw()

    def action_phones(self) -> None:
        """List the phones of this desk."""
        if self.at is not None:
            screen = load("screens.door.phones_screen:PhonesScreen")
            self.app.push_screen(screen(self.tools, self.at))


def phones_at(place: Place, devices: Sequence[DeviceView]) -> list[DeviceView]:
    """The phones among the devices of an event that help at one desk."""
    here = (DeviceRole.PHONE, place.check_in_list.id, place.gate_id)
    return [
        each
        for each in devices
        if (each.profile.role, each.profile.list_id, each.profile.gate_id) == here
    ]


async def pages_of(tools: Tools) -> str:
    """Say where other machines find the pages of the house; "" where they find none."""
    return tools.desk.hub or await tools.desk.read(pages_address, SYSTEM)


async def paired(
    app: App[Any],
    tools: Tools,
    actor: Actor,
    event_id: UUID,
    again: Offers,
    *,
    first: PairingOffer | None = None,
    at: Place | None = None,
) -> DeviceView | None:
    """Offer to pair a device until it has come, or the dialog is closed.

    Args:
        again: Makes an offer.
        first: The first one, where it is made already.
        at: The desk that a phone is to help at.

    Raises:
        EventDeskError: It cannot be offered.
    """
    before = frozenset(each.id for each in await tools.desk.read(list_devices, actor, event_id))
    offer, base = first or await again(), await pages_of(tools)
    dialog = PairDialog(tools, actor, offer, base, again, before=before, at=at)
    device = await app.push_screen_wait(dialog)
    if device is not None:
        app.notify(
            _("It checks people in from now on.")
            if device.profile.role is DeviceRole.PHONE
            else _("It works for this event from now on."),
            title=_("✓ {name} is paired", name=plain(device.name, limit=60)),
            markup=False,
        )
    return device


async def paired_phone(app: App[Any], tools: Tools, place: Place) -> DeviceView | None:
    """Offer to pair a phone with a desk; see `paired`."""

    async def again() -> PairingOffer:
        list_id, gate_id = place.check_in_list.id, place.gate_id
        return await tools.desk.write(offer_phone, place.actor, list_id, gate_id=gate_id)

    return await paired(app, tools, place.actor, place.event.id, again, at=place)
