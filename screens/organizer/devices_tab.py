"""Paired devices of an event: phones, desks and kiosks, where each works, whether it is online."""

from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.accounts import (
    DEVICE_ROLES,
    DeviceProfile,
    DeviceRole,
    DeviceView,
    PairingOffer,
    change_device,
    list_devices,
    offer_pairing,
    revoke_device,
)
from eventdesk.acts import Permission, Topic
from eventdesk.core.messages import _, _n, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.door import doors_of_event, offline_conflicts
from eventdesk.printing import list_printers
from screens.core.loading import load
from screens.core.part import act
from screens.core.role_screen import RoleScreen
from screens.modals.form_dialog import FormDialog
from screens.organizer.tab import EventPart, act_on
from screens.widgets.detail import Block
from screens.widgets.form import ChoiceField, Field, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

SEEN_EVERY_S: Final = 10.0
"""How often it is read again who is online: that is no change of the store."""

ROLES: Final = {
    DeviceRole.PHONE: msg("phone: checks in at one list and gate"),
    DeviceRole.DESK: msg("desk: the registration desk"),
    DeviceRole.KIOSK: msg("kiosk: guests check themselves in"),
}


class DevicesTab(EventPart):
    """Lists paired devices; pairs, changes and revokes them."""

    SHOWS = frozenset({Topic.ACCOUNTS, Topic.EVENTS, Topic.DOOR, Topic.PRINTING})
    NEEDS = Permission.EVENT
    HELP = (
        "Phones, desks and kiosks that work for this event without an account. N pairs one: it "
        "scans the code that is shown. Enter changes what the marked one is for, Delete shuts it "
        "out at once. S settles what phones let in without the network."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "pair", "Pair", tooltip="Pair a phone, a desk or a kiosk by a QR code"),
        Binding("s", "settle", "Settle", tooltip="What phones let in alone and does not fit"),
        Binding("delete", "revoke", "Revoke", tooltip="Shut the marked device out at once"),
    ]
    ON_A_LINE = frozenset({"revoke"})
    DEFAULT_CSS = """
    DevicesTab {
        & #unsettled { display: none; width: 100%; padding: 0 2; color: $warning; }
        &.-unsettled #unsettled { display: block; }
    }
    """

    devices: tuple[DeviceView, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Name")),
            Column(_p("device", "What"), 8),
            Column(_("List"), 18, least=76),
            Column(_("Gate"), 14, least=56),
            Column(_("Printer"), 14, least=100),
            Column(_("Last contact"), 14),
            detail=self._detail,
            enter=_("Change"),
            empty=_(
                "No device is paired yet. Press N and scan the code with a phone: it checks people "
                "in then, without an account."
            ),
            searchable=False,
        )
        yield Label("", id="unsettled", markup=False)

    def on_mount(self) -> None:
        """Read again now and then who is online."""
        self.set_interval(SEEN_EVERY_S, self._look)

    def _look(self) -> None:
        if self.is_on_screen and isinstance(self.screen, RoleScreen) and self.screen.is_current:
            self.screen.read_soon()

    async def re_read(self) -> None:
        """Read the devices, and what is to be settled."""
        self.devices = tuple(await self.desk.read(list_devices, self.event.id))
        _some, unsettled = await self.desk.read(offline_conflicts, self.event.id, limit=1)
        words = _n(
            "! {count} admission without the network does not fit: S settles it",
            "! {count} admissions without the network do not fit: S settles them",
            unsettled,
        )
        self.query_one("#unsettled", Label).update(words if unsettled else "")
        self.set_class(bool(unsettled), "-unsettled")
        await super().re_read()

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.devices, offset, limit, self._line)

    def _line(self, device: DeviceView) -> Line:
        tone: Tone = "good" if device.online else ""
        role = str(DEVICE_ROLES[device.profile.role])
        cells = (device.name, role, device.list, device.gate, device.printer, self._seen(device))
        return Line(device.id, cells, tone, device)

    def _seen(self, device: DeviceView) -> str:
        return _("✓ online") if device.online else f"○ {self.at(device.seen_at)}"

    async def _detail(self, line: Line) -> list[Block]:
        device = view_of(line, DeviceView)
        if device is None:
            return []
        facts = [
            (_p("device", "What"), str(DEVICE_ROLES[device.profile.role])),
            (_("List"), device.list or _("as whoever works there chooses")),
            (_("Gate"), device.gate or _("none")),
            (_("Printer"), device.printer or _("as its gate has it")),
        ]
        paired = [
            (_("Paired by"), device.paired_by),
            (_p("fact", "When"), self.at(device.paired_at)),
            (_("Last contact"), self._seen(device)),
        ]
        return [Block(facts), Block(paired, _("Pairing"))]

    # Pairing, changing, revoking

    @act
    async def action_pair(self) -> None:
        """Ask what the device is for, and show the code that pairs it."""
        from screens.door.pairing import paired

        profile: DeviceProfile | None = None

        async def again() -> PairingOffer:
            assert profile is not None
            return await self.desk.write(offer_pairing, self.event.id, profile=profile)

        async def submit(values: dict[str, Any]) -> PairingOffer:
            nonlocal profile
            profile = DeviceProfile(**values)
            return await again()

        first = await self.app.push_screen_wait(
            FormDialog(
                _("Pair a device"),
                await self._fields(None),
                submit,
                explanation=_("It works for this event only, until it is revoked or that is over."),
                confirm=_("Show the code"),
            )
        )
        if first is not None:
            await paired(self.app, self.tools, self.actor, self.event.id, again, first=first)
            await self.re_read()

    @on(PagedTable.Chosen)
    def _choose(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self.action_change()

    @act_on(DeviceView)
    async def action_change(self, device: DeviceView) -> None:
        """Ask what a device is for from now on, and what it is called."""

        async def submit(values: dict[str, Any]) -> DeviceView:
            name = values.pop("name")
            return await self.desk.write(
                change_device, device.id, profile=DeviceProfile(**values), name=name
            )

        name = TextField("name", _("Name"), value=device.name, required=True)
        dialog = FormDialog(
            _("What is {name} for?", name=plain(device.name, limit=60)),
            [name, *await self._fields(device.profile)],
            submit,
            explanation=_("It holds at once, at the device itself."),
        )
        await self.ask(dialog)

    async def _fields(self, profile: DeviceProfile | None) -> list[Field[Any]]:
        setup = await self.desk.read(doors_of_event, self.event.id)
        printers = await self.desk.read(list_printers, event_id=self.event.id)
        lists = [(each.id, each.name) for each in setup.lists]
        if profile is None:
            only = lists[0][0] if len(lists) == 1 else None
            profile = DeviceProfile(DeviceRole.PHONE, only)
        chooses = (None, _("as whoever works there chooses"))
        return [
            ChoiceField("role", _p("device", "What"), list(ROLES.items()), value=profile.role),
            ChoiceField(
                "list_id", _("List"), [chooses, *lists], value=profile.list_id,
                help=_("A phone needs one."),
            ),
            ChoiceField(
                "gate_id",
                _("Gate"),
                [(None, _("none")), *((each.id, each.name) for each in setup.gates)],
                value=profile.gate_id,
            ),
            ChoiceField(
                "printer_id",
                _("Printer"),
                [(None, _("as its gate has it")), *((each.id, each.name) for each in printers)],
                value=profile.printer_id,
                help=_("Where its badges come out first."),
            ),
        ]  # fmt: skip

    @act_on(DeviceView)
    async def action_revoke(self, device: DeviceView) -> None:
        """Shut a device out, after a question."""
        title = _("Shut {name} out?", name=plain(device.name, limit=60))
        words = _("It does nothing for this event any more, at once. What it did stays.")
        if await self.sure(title, words, yes=_("Shut out")):
            await self.do(revoke_device, device.id)

    @act
    async def action_settle(self) -> None:
        """List what phones decided without the network and does not fit."""
        screen = load("screens.door.conflicts_screen:ConflictsScreen")
        await self.app.push_screen_wait(screen(self.tools, self.actor, self.event))
