"""Commands on paired devices: a code for a new one, what there is, and what phones did alone."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from data.store import Store
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
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.command import Lines, Told, as_json, group, on_event
from eventdesk.cli.field_options import is_none
from eventdesk.cli.lists import gate_named
from eventdesk.core.errors import NotFoundError
from eventdesk.core.formats import when
from eventdesk.core.messages import _, in_english, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    DoorSetup,
    OfflineConflict,
    Passing,
    doors_of_event,
    offline_conflicts,
    settle_conflict,
)
from eventdesk.events import EventView
from eventdesk.printing import find_printer
from eventdesk.services import pages_address

_ROLE: Final = click.Choice([each.value for each in DeviceRole])
MOST: Final = 200
"""Conflicts that are listed at once."""

device_command = group(
    "device",
    'eventdesk device pair --list "Main entrance"',
    "eventdesk device list",
    'eventdesk device revoke "Phone 1"',
)


@device_command.command("pair", '--list "Main entrance" --gate "Gate A"', "--role desk")
@click.option("--role", type=_ROLE, default="phone", show_default=True, help="What it is.")
@click.option("--list", "listed", default="", help="Its check-in list; a phone needs one.")
@click.option("--gate", default="", help="Gate, by the beginning of its name; none without.")
@as_json()
@on_event
def pair(store: Store, event: EventView, role: str, listed: str, gate: str) -> Told:
    """Offer to pair one device within five minutes: a page, its QR code, and a code to type."""
    setup, kind = doors_of_event(store, SYSTEM, event.id), DeviceRole(role)
    needs_list = bool(listed) or kind is DeviceRole.PHONE
    profile = DeviceProfile(
        kind, _list_named(listed, setup) if needs_list else None, gate_named(gate, setup)
    )
    offer = offer_pairing(store, SYSTEM, event.id, profile=profile)
    base = pages_address(store, SYSTEM)
    page = offer.page(base) if base else ""
    return Told(_offered(offer, page, event), lambda: {**asdict(offer), "address": page or None})


def _offered(offer: PairingOffer, page: str, event: EventView) -> Lines:
    """The page, as text and as a QR code, the code to type, and how long it holds."""
    from badges.qr import half_blocks

    if page:
        yield _("Open this page on the device, or scan it there:")
        yield f"  {page}"
        yield from half_blocks(page, small=True)
    else:
        yield _("Nothing serves pages to other devices yet: eventdesk serve --host 0.0.0.0")
    until = _at(offer.expires_at, event, "%H:%M:%S")
    yield _("Code: {code}", code=offer.code)
    yield _("It pairs one device until {until}, five minutes from now.", until=until)


@device_command.command("list", '--event "Demo Days"')
@as_json()
@on_event
def list_all(store: Store, event: EventView) -> Told:
    """List the paired devices of an event: where each works, and when it was heard of last."""
    devices = list_devices(store, SYSTEM, event.id)
    lines = [_line(each, event) for each in devices]
    none = _("No device is paired yet: eventdesk device pair")
    return Told(lines or [none], lambda: [asdict(each) for each in devices])


def _line(one: DeviceView, event: EventView) -> str:
    seen = _("✓ online")
    if not one.online:
        seen = _("○ last heard of {at}", at=_at(one.seen_at, event))
    told = (one.name, str(DEVICE_ROLES[one.profile.role]), one.list, one.gate, one.printer)
    return "  ".join((str(one.id), *(plain(each) for each in told if each), seen))


@device_command.command("change", '"Phone 1" --gate "Gate B"', '"Desk 2" --name "Desk by the bar"')
@click.argument("named", metavar="DEVICE")
@click.option("--name", default="", help="Another name.")
@click.option("--role", type=_ROLE, default=None, help="What it is from now on.")
@click.option("--list", "listed", default=None, help='Another check-in list; "none" is none.')
@click.option("--gate", default=None, help='Another gate; "none" is none.')
@click.option("--printer", default=None, help='Where its badges come out first; "none" is none.')
@on_event
def change(
    store: Store,
    event: EventView,
    named: str,
    name: str,
    role: str | None,
    listed: str | None,
    gate: str | None,
    printer: str | None,
) -> str:
    """Change what DEVICE is for, and what it is called; the rest stays."""
    before = _device_named(store, event, named)
    setup = doors_of_event(store, SYSTEM, event.id)
    kept = before.profile

    def chosen(typed: str | None, old: UUID | None, find: Callable[[str], UUID]) -> UUID | None:
        if typed is None:
            return old
        return None if is_none(typed) or not typed.strip() else find(typed)

    profile = replace(
        kept,
        role=kept.role if role is None else DeviceRole(role),
        list_id=chosen(listed, kept.list_id, lambda typed: _list_named(typed, setup)),
        gate_id=kept.gate_id if gate is None else gate_named(gate, setup),
        printer_id=chosen(
            printer, kept.printer_id, lambda typed: find_printer(store, SYSTEM, typed).id
        ),
    )
    return _line(change_device(store, SYSTEM, before.id, profile=profile, name=name), event)


@device_command.command("revoke", '"Phone 1"')
@click.argument("named", metavar="DEVICE")
@on_event
def revoke(store: Store, event: EventView, named: str) -> str:
    """Shut DEVICE out at once, by its whole name or id; what it did stays."""
    device = _device_named(store, event, named, whole=True)
    revoke_device(store, SYSTEM, device.id)
    return _("✓ {name} is shut out.", name=plain(device.name))


@device_command.command("conflicts", "--settled")
@click.option("--settled", is_flag=True, help="Those that were settled, instead.")
@as_json()
@on_event
def conflicts(store: Store, event: EventView, settled: bool) -> Told:
    """List what phones did without the network and does not fit: who, where and when."""
    found, total = offline_conflicts(store, SYSTEM, event.id, settled=settled, limit=MOST)
    lines = [line for each in found for line in _conflict_lines(each, event)]
    if len(found) < total:
        lines.append(_("{some} of {total} are listed.", some=len(found), total=total))
    none = _("Nothing is to be settled.") if not settled else _("Nothing was settled yet.")
    return Told(lines or [none], lambda: [_described(each) for each in found])


def _conflict_lines(one: OfflineConflict, event: EventView) -> Sequence[str]:
    named = (plain(one.name) or _("no ticket"), one.ticket_code)
    head = "  ".join((str(one.scan_id), *filter(None, named), str(one.told)))
    lines = [head, *(f"    {_passing(each, event)}" for each in one.scans)]
    if one.settled_at is not None:
        found = _("Settled by {name}: {word}", name=plain(one.settled_by), word=plain(one.word))
        lines.append(f"    ✓ {found}")
    return lines


def _passing(one: Passing, event: EventView) -> str:
    told = (one.gate, one.operator, one.device)
    return " · ".join((_at(one.at, event), *(plain(each) for each in told if each)))


def _described(one: OfflineConflict) -> dict[str, object]:
    return {**asdict(one), "told": in_english(one.told)}


@device_command.command(
    "settle", '"Ada Lovelace" "The same person, scanned twice"', 'PGHXM3RT "One was sent away"'
)
@click.argument("named", metavar="CONFLICT")
@click.argument("word")
@on_event
def settle(store: Store, event: EventView, named: str, word: str) -> str:
    """Note what was found out about CONFLICT, by the id of its scan, its ticket's code or name."""
    found, total = offline_conflicts(store, SYSTEM, event.id, limit=MOST)
    if not total:
        raise NotFoundError(
            msg("Nothing is to be settled."), hint=msg("eventdesk device conflicts lists them.")
        )
    coded = [each for each in found if each.ticket_code and each.ticket_code == named.strip()]
    one = (
        coded[0]
        if len(coded) == 1
        else the_one_named(
            "conflict", named, found, lambda each: plain(each.name), id_of=lambda each: each.scan_id
        )
    )
    settle_conflict(store, SYSTEM, one.scan_id, word=word)
    return _("✓ Settled: {name}, {what}", name=plain(one.name) or _("no ticket"), what=one.told)


def _list_named(typed: str, setup: DoorSetup) -> UUID:
    """Find a list by its name or the beginning of it; "" is the only one."""
    return the_one_named("check-in list", typed, setup.lists, lambda each: plain(each.name)).id


def _device_named(store: Store, event: EventView, typed: str, *, whole: bool = False) -> DeviceView:
    """Find a paired device by its name or id."""
    devices = list_devices(store, SYSTEM, event.id)
    return the_one_named("device", typed, devices, lambda each: plain(each.name), whole=whole)


def _at(at: datetime, event: EventView, shape: str = "%Y-%m-%d %H:%M") -> str:
    return when(at.astimezone(ZoneInfo(event.time_zone)), shape)
