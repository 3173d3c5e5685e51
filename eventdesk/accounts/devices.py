"""Paired devices: desks, kiosks and phones that work through this house.

An organizer offers a pairing: a short code that pairs one device within five minutes. The device
gets a secret, which is shown once and kept as a hash, and acts as staff of its event from then on,
until it is revoked or its event is over.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, delete, func, select, true, update

from data.prepared import Prepared
from data.rows import AnyRow, insert_row, update_row
from data.schema import (
    AccountRow,
    CheckInListRow,
    DeviceRow,
    EventRow,
    GateRow,
    PairedDeviceRow,
    PairingOfferRow,
    PrinterRow,
)
from data.touched import UNSEEN, note_touched
from eventdesk.accounts.api_tokens import hash_of
from eventdesk.acts import (
    SYSTEM,
    Act,
    Actor,
    ActorKind,
    Permission,
    Role,
    Topic,
    device_goes,
    device_moves,
    event_of,
    event_row,
    is_vouched_for,
    reads,
    writes,
)
from eventdesk.core.errors import InvalidInputError, NotAllowedError, SignInError, need_found
from eventdesk.core.ids import new_code, new_id, read_code
from eventdesk.core.messages import msg, msg_p
from eventdesk.core.remedies import Remedy, advise
from eventdesk.core.typed_text import line

DEVICE_SECRET: Final = "edd_"
"""What secrets begin with, so that scanners of leaked secrets know them."""

OFFERED_FOR: Final = timedelta(minutes=5)
AFTER_EVENT: Final = timedelta(days=3)
"""How long a device works on when its event is over: badges are looked for, money is counted."""

ONLINE_FOR: Final = timedelta(seconds=30)
"""A device that was heard of so long ago is online; an open one is heard of every few seconds."""

MOST: Final = 200
"""Devices an event may have."""

LONGEST_NAME: Final = 60


class DeviceRole(StrEnum):
    """What a device is."""

    DESK = "desk"
    KIOSK = "kiosk"
    PHONE = "phone"
    """Of one desk: it checks in at that desk's list and gate only."""


DEVICE_ROLES: Final = {
    DeviceRole.DESK: msg_p("device", "desk"),
    DeviceRole.KIOSK: msg_p("device", "kiosk"),
    DeviceRole.PHONE: msg_p("device", "phone"),
}
"""What each is called."""


@dataclass(frozen=True, slots=True)
class DeviceProfile:
    """What a device is for.

    Attributes:
        list_id: The check-in list it works at; None asks whoever works there.
        gate_id: Where it stands.
        printer_id: Where its badges come out first; None is as its gate has it.
    """

    role: DeviceRole = DeviceRole.DESK
    list_id: UUID | None = None
    gate_id: UUID | None = None
    printer_id: UUID | None = None


A_DESK: Final = DeviceProfile()


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """A pairing that waits for its device.

    Attributes:
        code: What is typed at the device; it is not shown again.
        expires_at: Until when it pairs one, aware UTC.
    """

    code: str
    expires_at: datetime
    event_id: UUID
    event: str
    profile: DeviceProfile

    def page(self, base: str) -> str:
        """Give the address of the page that pairs the device which opens it.

        The code stands behind a #, so that no browser sends it and no server logs it.

        Args:
            base: Where the pages of the house are found.
        """
        return f"{base}/pair#{self.code}"


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A paired device, as lists show it and as it sees itself.

    Attributes:
        list: Name of its list; "" where it has none, as with the others.
        paired_by: Who offered the pairing.
        seen_at: About when it was heard of last, aware UTC.
        online: Whether it was heard of just now.
    """

    id: UUID
    name: str
    event_id: UUID
    event: str
    profile: DeviceProfile
    list: str
    gate: str
    printer: str
    paired_by: str
    paired_at: datetime
    seen_at: datetime
    online: bool


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device that has just been paired.

    Attributes:
        secret: What it sends as `Authorization: Bearer …`; it is not shown again.
    """

    device: DeviceView
    secret: str


@dataclass(frozen=True, slots=True)
class DeviceCount:
    """How many devices are paired, and how many of them are online."""

    paired: int
    online: int


RUNS: Final = Permission.EVENT
WATCH: Final = (Permission.EVENT, Permission.DOOR)


@writes(RUNS, about="event_id")
def offer_pairing(act: Act, event_id: UUID, *, profile: DeviceProfile = A_DESK) -> PairingOffer:
    """Offer to pair a device: a code that pairs one within five minutes.

    Args:
        profile: What the device is for.

    Raises:
        NotFoundError: The list or gate is not of this event, or there is no such printer.
        InvalidInputError: The event has too many devices already.
    """
    return _offered(act, act.need(event_id, RUNS), event_id, profile)


def _offered(act: Act, who: Actor, event_id: UUID, profile: DeviceProfile) -> PairingOffer:
    event = event_row(act.connection, event_id)
    _need_there(act, event_id, profile)
    _need_room(act, event_id)
    code, until = new_code(), act.now + OFFERED_FOR
    act.connection.execute(delete(PairingOfferRow).where(PairingOfferRow.expires_at <= act.now))
    insert_row(
        act.connection,
        PairingOfferRow,
        code_hash=_code_hash(code),
        event_id=event_id,
        offered_by=who.id if who.kind is ActorKind.ACCOUNT else None,
        expires_at=until,
        **_columns(profile),
    )
    act.record("offer_pairing", ("device", None), event_id=event_id, role=profile.role)
    return PairingOffer(f"{code[:4]}-{code[4:]}", until, event_id, event.name, profile)


@writes(Permission.DOOR, about=event_of(CheckInListRow, "list_id"))
def offer_phone(act: Act, list_id: UUID, *, gate_id: UUID | None = None) -> PairingOffer:
    """Offer to pair a phone with a desk: it checks in at that desk's list and gate only.

    Raises:
        NotFoundError: There is no such list, or the gate is not of its event.
        NotAllowedError: The actor does not work at this door, or is such a phone.
        InvalidInputError: The event has too many devices already.
    """
    row = act.connection.execute(
        select(CheckInListRow.event_id).where(CheckInListRow.id == list_id)
    ).one_or_none()
    row = need_found(row, msg("There is no such check-in list."), hint=advise(Remedy.READ_AGAIN))
    event_id: UUID = row.event_id
    who = act.need(event_id, Permission.DOOR)
    _need_no_phone(act)
    return _offered(act, who, event_id, DeviceProfile(DeviceRole.PHONE, list_id, gate_id))


@writes(public=True)
def pair_device(act: Act, code: str, *, name: str = "") -> NewDevice:
    """Pair a device with the code that was offered; a code pairs one device.

    Args:
        code: As typed; spaces, dashes and case do not matter.
        name: How the device is to be called; "" calls it by what it is.

    Raises:
        SignInError: No such code is offered, it was used, or its five minutes are over.
        InvalidInputError: The name is too long.
    """
    called = line(name, msg("A name"), most=LONGEST_NAME)
    offer = act.connection.execute(
        select(PairingOfferRow.__table__).where(PairingOfferRow.code_hash == _code_hash(code))
    ).one_or_none()
    if offer is None or offer.expires_at <= act.now or offer.device_id is not None:
        raise SignInError(
            msg("This pairing code is wrong, was used already, or its five minutes are over."),
            hint=msg("Ask an organizer for a new one; a code pairs one device."),
        )
    _need_room(act, offer.event_id)
    secret, device_id = DEVICE_SECRET + secrets.token_urlsafe(32), new_id()
    insert_row(
        act.connection,
        DeviceRow,
        id=device_id,
        name=_free_name(act, offer, called),
        created_at=act.now,
    )
    insert_row(
        act.connection,
        PairedDeviceRow,
        id=device_id,
        event_id=offer.event_id,
        secret_hash=hash_of(secret),
        paired_by=offer.offered_by,
        paired_at=act.now,
        seen_at=act.now,
        **_columns(_profile(offer)),
    )
    act.connection.execute(
        update(PairingOfferRow)
        .where(PairingOfferRow.code_hash == offer.code_hash)
        .values(device_id=device_id)
    )
    device = _device(act, device_id)
    subject = ("device", device_id)
    act.record("pair_device", subject, event_id=offer.event_id, device=device.name)
    return NewDevice(device, secret)


@reads(internal=True)
def who_is_device(act: Act, secret: str) -> Actor:
    """Say which paired device calls; it is staff of its event.

    Raises:
        SignInError: There is none with this secret, it was revoked, its event is over, or it is a
            phone and whoever paired it works there no longer.
    """
    row = _BEARER.one_or_none(act.connection, {"secret_hash": hash_of(secret)})
    if row is None:
        raise SignInError(
            msg("This device is not paired with this house."), hint=advise(Remedy.PAIR_DEVICE)
        )
    if row.revoked_at is not None or not is_vouched_for(act.connection, row):
        raise SignInError(
            msg("The device {name} was revoked.", name=row.name),
            hint=msg("Ask an organizer for a new pairing code."),
        )
    if row.ends_at + AFTER_EVENT <= act.now:
        raise SignInError(
            msg("The event of the device {name} is over.", name=row.name),
            hint=msg("Pair it with the next event: an organizer shows a code for it."),
        )
    return Actor(ActorKind.DEVICE, row.id, row.name, Role.STAFF, row.id, row.event_id)


@reads(devices=True)
def this_device(act: Act) -> DeviceView:
    """Read the profile of the paired device that asks.

    Raises:
        NotAllowedError: Somebody else asks, or the device was revoked.
    """
    if act.actor.kind is not ActorKind.DEVICE or act.actor.id is None:
        raise NotAllowedError(
            msg("This is what paired devices ask for themselves."),
            hint=msg("Organizers list the devices of an event."),
        )
    act.known_at(act.actor.event_id)
    return _device(act, act.actor.id)


@reads(*WATCH, about="event_id")
def list_devices(act: Act, event_id: UUID) -> list[DeviceView]:
    """List the devices of an event that were not revoked, by name."""
    act.need(event_id, *WATCH)
    query = _DEVICES.where(PairedDeviceRow.event_id == event_id, DeviceRow.revoked_at.is_(None))
    rows = act.connection.execute(query.order_by(func.lower(DeviceRow.name), DeviceRow.id))
    return [_view(row, act.now) for row in rows]


@writes(RUNS, about=event_of(PairedDeviceRow, "device_id"))
def change_device(
    act: Act, device_id: UUID, *, profile: DeviceProfile, name: str = ""
) -> DeviceView:
    """Change what a device is for, and what it is called; "" leaves its name.

    Raises:
        NotFoundError: There is no such device, or the list, gate or printer is not there.
        InvalidInputError: The name is too long, or another device has it.
    """
    before = _need_device(act, device_id)
    called = line(name, msg("A name"), most=LONGEST_NAME) or before.name
    if called.casefold() in _names(act, before.event_id, but=device_id):
        raise InvalidInputError(
            msg("There is a device {name!r} already.", name=called),
            hint=msg("Give it another name."),
        )
    _need_there(act, before.event_id, profile)
    update_row(act.connection, DeviceRow, device_id, name=called)
    update_row(act.connection, PairedDeviceRow, device_id, **_columns(profile))
    if profile.gate_id != before.profile.gate_id:
        device_moves(act, device_id, profile.gate_id)
    subject = ("device", device_id)
    act.record("change_device", subject, event_id=before.event_id, device=called, role=profile.role)
    act.touch(Topic.PRINTING)
    return _device(act, device_id)


@writes(RUNS, about=event_of(PairedDeviceRow, "device_id"))
def revoke_device(act: Act, device_id: UUID) -> None:
    """Shut a device out at once; what it did stays.

    The printers that are plugged in there go with it, and their badges to the others.

    Raises:
        NotFoundError: There is no such device.
    """
    _shut_out(act, _need_device(act, device_id))


@writes(Permission.DOOR, about=event_of(PairedDeviceRow, "device_id"))
def end_phone(act: Act, device_id: UUID) -> None:
    """Shut the phone of a desk out at once; what it did stays.

    Raises:
        NotFoundError: There is no such phone.
        NotAllowedError: The actor does not work at this door, or is such a phone.
    """
    phone = _need_device(act, device_id, Permission.DOOR)
    if phone.profile.role is not DeviceRole.PHONE:
        raise NotAllowedError(
            msg("Only organizers shut this device out."), hint=msg("Ask one of this event.")
        )
    _need_no_phone(act)
    _shut_out(act, phone)


def _shut_out(act: Act, before: DeviceView) -> None:
    device_id = before.id
    update_row(act.connection, DeviceRow, device_id, revoked_at=act.now)
    device_goes(act, device_id)
    subject = ("device", device_id)
    act.record("revoke_device", subject, event_id=before.event_id, device=before.name)
    act.touch(Topic.ACCOUNTS)  # what it has open ends


def its_door(act: Act) -> tuple[UUID | None, UUID | None] | None:
    """The list and the gate to which whoever asks is kept; None where they are no desk's phone.

    A phone whose list was removed since has none.
    """
    if act.actor.kind is not ActorKind.DEVICE:
        return None
    row = _PLACE.one_or_none(act.connection, {"device_id": act.actor.id})
    if row is None or row.role != DeviceRole.PHONE:
        return None
    return row.list_id, row.gate_id


def need_its_door(act: Act, list_id: UUID, gate_id: UUID | None) -> None:
    """Keep the phone of a desk to the list and the gate of that desk; everybody else passes.

    Raises:
        NotAllowedError: It is such a phone, and this is another door.
    """
    its = its_door(act)
    if its is not None and its != (list_id, gate_id):
        raise NotAllowedError(
            msg("This phone checks in at its desk only."),
            hint=msg("Choose the list and the gate of the desk that it was paired with."),
        )


def _need_no_phone(act: Act) -> None:
    if its_door(act) is not None:
        raise NotAllowedError(
            msg("A phone pairs no other, and ends none."), hint=msg("Do it at the desk.")
        )


def forget_devices(act: Act, event_id: UUID) -> None:
    """Delete the devices of an event that is deleted, and their printers."""
    its_own = PairedDeviceRow.event_id == event_id
    devices = act.connection.execute(select(PairedDeviceRow.id).where(its_own)).scalars().all()
    for device_id in devices:
        device_goes(act, device_id)
    offers = PairingOfferRow.event_id == event_id
    act.connection.execute(delete(PairingOfferRow).where(offers))
    act.connection.execute(delete(PairedDeviceRow).where(its_own))
    act.connection.execute(delete(DeviceRow).where(DeviceRow.id.in_(devices)))


@writes(internal=True)
def note_devices_seen(act: Act, ages_s: Mapping[UUID, float]) -> None:
    """Note how many seconds ago devices were heard of; asked seldom, for all of them at once."""
    note_touched(act.connection, [UNSEEN])
    if ages_s:
        seen = ages_s.items()
        at = [{"device": each, "at": act.now - timedelta(seconds=age_s)} for each, age_s in seen]
        act.connection.execute(_SEEN, at)


@reads(*WATCH, about="event_id")
def count_devices(act: Act, event_id: UUID) -> DeviceCount:
    """Count the devices of an event that were not revoked, and those of them that are online."""
    act.need(event_id, *WATCH)
    return _counted(act, PairedDeviceRow.event_id == event_id)


@reads(internal=True)
def count_all_devices(act: Act) -> DeviceCount:
    """Count the devices of the whole house."""
    return _counted(act, true())


def _counted(act: Act, which: ColumnElement[bool]) -> DeviceCount:
    online = func.count(case((PairedDeviceRow.seen_at > act.now - ONLINE_FOR, 1)))
    query = select(func.count(), online).select_from(PairedDeviceRow).join(DeviceRow)
    paired, seen = act.connection.execute(query.where(DeviceRow.revoked_at.is_(None), which)).one()
    return DeviceCount(paired, seen)


def _code_hash(code: str) -> str:
    return hash_of("pairing:" + read_code(code))


def _need_there(act: Act, event_id: UUID, profile: DeviceProfile) -> None:
    """See that a list and a gate are of the event, and that the printer is there."""
    for table, row_id, why in (
        (CheckInListRow, profile.list_id, msg("There is no such check-in list at this event.")),
        (GateRow, profile.gate_id, msg("There is no such gate at this event.")),
    ):
        if row_id is not None:
            columns = table.__table__.c
            of_event = select(columns.id).where(columns.id == row_id, columns.event_id == event_id)
            need_found(
                act.connection.execute(of_event).one_or_none(), why, hint=advise(Remedy.READ_AGAIN)
            )
    if profile.role is DeviceRole.PHONE and profile.list_id is None:
        raise InvalidInputError(
            msg("The phone of a desk has the list of that desk."), hint=msg("Choose its list.")
        )
    if profile.printer_id is not None:
        known = select(PrinterRow.id).where(PrinterRow.id == profile.printer_id)
        need_found(
            act.connection.execute(known).one_or_none(),
            msg("There is no such printer any more."),
            hint=advise(Remedy.READ_AGAIN),
        )


def _need_room(act: Act, event_id: UUID) -> None:
    if _counted(act, PairedDeviceRow.event_id == event_id).paired >= MOST:
        raise InvalidInputError(
            msg("There are {most} devices already.", most=MOST),
            hint=msg("Revoke one that is not needed any more."),
        )


def _need_device(act: Act, device_id: UUID, needs: Permission = RUNS) -> DeviceView:
    """The device that somebody who may look after it names.

    Raises:
        NotFoundError: There is none, or it was revoked.
        NotAllowedError: They may not.
    """
    row = act.connection.execute(
        _DEVICES.where(PairedDeviceRow.id == device_id, DeviceRow.revoked_at.is_(None))
    ).one_or_none()
    row = need_found(row, msg("There is no such device any more."), hint=advise(Remedy.READ_AGAIN))
    act.need(row.event_id, needs)
    return _view(row, act.now)


def _columns(profile: DeviceProfile) -> dict[str, Any]:
    return {
        "role": str(profile.role),
        "list_id": profile.list_id,
        "gate_id": profile.gate_id,
        "printer_id": profile.printer_id,
    }


def _profile(row: AnyRow) -> DeviceProfile:
    return DeviceProfile(DeviceRole(row.role), row.list_id, row.gate_id, row.printer_id)


def _free_name(act: Act, offer: AnyRow, called: str) -> str:
    """A name that no other device of the event has, with a number where it is needed.

    A device that brings none is called by its gate, or by what it is.
    """
    taken = _names(act, offer.event_id)
    if called and called.casefold() not in taken:
        return called
    gate = select(GateRow.name).where(GateRow.id == offer.gate_id)
    first = called or act.connection.execute(gate).scalar_one_or_none() or offer.role.capitalize()
    first = first[: LONGEST_NAME - 4].rstrip()
    numbered = (f"{first} {number}" for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each.casefold() not in taken)


def _names(act: Act, event_id: UUID, *, but: UUID | None = None) -> set[str]:
    """The names of an event's devices, and that of the program, whose drawers are told by name."""
    query = select(DeviceRow.id, DeviceRow.name).join(
        PairedDeviceRow, PairedDeviceRow.id == DeviceRow.id
    )
    of_event = query.where(PairedDeviceRow.event_id == event_id, DeviceRow.revoked_at.is_(None))
    names = {row.name.casefold() for row in act.connection.execute(of_event) if row.id != but}
    return names | {SYSTEM.name.casefold()}


def _device(act: Act, device_id: UUID) -> DeviceView:
    row = act.connection.execute(_DEVICES.where(PairedDeviceRow.id == device_id)).one()
    return _view(row, act.now)


def _view(row: AnyRow, now: datetime) -> DeviceView:
    return DeviceView(
        row.id,
        row.name,
        row.event_id,
        row.event,
        _profile(row),
        list=row.list or "",
        gate=row.gate or "",
        printer=row.printer or "",
        paired_by=row.paired_by_name or "eventdesk",
        paired_at=row.paired_at,
        seen_at=row.seen_at,
        online=row.seen_at > now - ONLINE_FOR,
    )


_DEVICES: Final = (
    select(
        PairedDeviceRow.__table__,
        DeviceRow.name,
        EventRow.name.label("event"),
        CheckInListRow.name.label("list"),
        GateRow.name.label("gate"),
        PrinterRow.name.label("printer"),
        AccountRow.name.label("paired_by_name"),
    )
    .select_from(PairedDeviceRow)
    .join(DeviceRow, DeviceRow.id == PairedDeviceRow.id)
    .join(EventRow, EventRow.id == PairedDeviceRow.event_id)
    .outerjoin(CheckInListRow, CheckInListRow.id == PairedDeviceRow.list_id)
    .outerjoin(GateRow, GateRow.id == PairedDeviceRow.gate_id)
    .outerjoin(PrinterRow, PrinterRow.id == PairedDeviceRow.printer_id)
    .outerjoin(AccountRow, AccountRow.id == PairedDeviceRow.paired_by)
)
_SEEN: Final = (
    update(PairedDeviceRow)
    .where(PairedDeviceRow.id == bindparam("device", type_=PairedDeviceRow.id.type))
    .values(seen_at=bindparam("at", type_=PairedDeviceRow.seen_at.type))
)
_PLACE: Final = Prepared(
    select(PairedDeviceRow.role, PairedDeviceRow.list_id, PairedDeviceRow.gate_id).where(
        PairedDeviceRow.id == bindparam("device_id", type_=PairedDeviceRow.id.type)
    )
)
_BEARER: Final = Prepared(
    select(
        PairedDeviceRow.id,
        PairedDeviceRow.event_id,
        PairedDeviceRow.role,
        PairedDeviceRow.paired_by,
        DeviceRow.name,
        DeviceRow.revoked_at,
        EventRow.ends_at,
    )
    .join(DeviceRow, DeviceRow.id == PairedDeviceRow.id)
    .join(EventRow, EventRow.id == PairedDeviceRow.event_id)
    .where(
        PairedDeviceRow.secret_hash
        == bindparam("secret_hash", type_=PairedDeviceRow.secret_hash.type)
    )
)
