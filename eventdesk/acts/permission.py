"""Permission: roles and grants as the store knows them now.

A role holds for its own event only, and a banned person is out at once, on whatever screen. Use
cases declare what they need (`eventdesk.acts.verbs`) and ask with `act.need`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from data.prepared import Prepared
from data.rows import AnyRow
from data.schema import AccountRow, BookingRow, DeviceRow, EventRoleRow, PairedDeviceRow
from eventdesk.acts.actor import GRANTABLE, Actor, ActorKind, Permission, Role
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.messages import msg

_STANDING = Prepared(
    select(
        AccountRow.is_admin,
        AccountRow.banned_at,
        AccountRow.erased_at,
        EventRoleRow.role,
        EventRoleRow.permissions,
    )
    .outerjoin(
        EventRoleRow,
        (EventRoleRow.account_id == AccountRow.id)
        & (EventRoleRow.event_id == bindparam("event_id", type_=EventRoleRow.event_id.type)),
    )
    .where(AccountRow.id == bindparam("account_id", type_=AccountRow.id.type))
)


def standing_at(connection: Connection, actor: Actor, event_id: UUID | None) -> Actor:
    """Say who an actor is at an event: the role there, as the store knows it now.

    An actor of whom the store knows no account is taken as it says: whoever makes actors vouches
    for them. That is the program alone, which makes them of accounts it has read; an account that
    is gone since, as after a restore, is refused by `accounts.who_am_i`, which screens ask after
    every change. What takes an actor from elsewhere has to ask `who_am_i` first.

    A paired device is staff of its own event, and nobody anywhere else; a phone as long as whoever
    paired it works there. Who has the link of a booking is its owner, and nobody else.

    Raises:
        NotAllowedError: The account was closed or erased, the device revoked, or the link is void.
    """
    if actor.kind is ActorKind.DEVICE:
        return _device_at(connection, actor, event_id)
    if actor.kind is ActorKind.GUEST:
        return _guest_at(connection, actor)
    if actor.kind is not ActorKind.ACCOUNT or actor.id is None:
        return actor
    row = _STANDING.one_or_none(connection, {"account_id": actor.id, "event_id": event_id})
    if row is None:
        return actor
    if row.erased_at is not None:
        raise NotAllowedError(msg("This account was erased."), hint=msg("Sign up for a new one."))
    if row.banned_at is not None:
        raise NotAllowedError(
            msg("The account of {name} was closed.", name=actor.name),
            hint=msg("Ask an administrator why."),
        )
    role = Role.ADMIN if row.is_admin else role_at_event(row.role)
    granted = granted_of(row.permissions) if role is Role.COHOST else None
    only = None if role is Role.ADMIN else event_id
    return Actor(actor.kind, actor.id, actor.name, role, actor.device_id, only, granted, actor.only)


def _device_at(connection: Connection, device: Actor, event_id: UUID | None) -> Actor:
    """Say what a paired device may do at an event: what staff may there, and nothing for itself.

    Raises:
        NotAllowedError: It was revoked, or was never paired, or whoever paired it is gone.
    """
    row = _PAIRED.one_or_none(connection, {"device_id": device.id})
    if row is None or row.revoked_at is not None or not is_vouched_for(connection, row):
        raise NotAllowedError(
            msg("The device {name} was revoked.", name=device.name),
            hint=msg("Ask an organizer for a new pairing code."),
        )
    is_here = event_id == row.event_id
    return replace(
        device,
        role=Role.STAFF if is_here else Role.ATTENDEE,
        event_id=row.event_id,
        only=OF_DEVICES if is_here else frozenset(),
    )


def is_vouched_for(connection: Connection, device: AnyRow) -> bool:
    """Whether who paired a phone still works at the door of its event; others need nobody.

    Args:
        device: Its row of `paired_device`.
    """
    if device.role != PHONE or device.paired_by is None:
        return True
    who = Actor(ActorKind.ACCOUNT, device.paired_by, "", Role.ATTENDEE)
    try:
        return standing_at(connection, who, device.event_id).may(Permission.DOOR)
    except NotAllowedError:
        return False


def _guest_at(connection: Connection, guest: Actor) -> Actor:
    """Say what who has a booking's link may do: what its owner may with it, and nothing besides.

    Raises:
        NotAllowedError: The link was made anew, or the booking belongs to an account by now.
    """
    row = _LINKED.one_or_none(connection, {"booking_id": guest.id})
    if row is None or row.link_no != guest.issue or row.account_id is not None:
        raise NotAllowedError(
            msg("This link is not valid any more."), hint=msg("Ask the organizer for a new one.")
        )
    return replace(guest, only=frozenset())


_LINKED = Prepared(
    select(BookingRow.link_no, BookingRow.account_id).where(
        BookingRow.id == bindparam("booking_id", type_=BookingRow.id.type)
    )
)


def owner_of(booking: AnyRow) -> UUID:
    """Whose a booking is: its account's, or without one its own, which is who has its link."""
    owner_id: UUID = booking.account_id or booking.id
    return owner_id


OF_DEVICES: Final = frozenset({Permission.DOOR})
"""What a device may do at its event; what people do for themselves, it does not."""

PHONE: Final = "phone"
"""The role of a device that is the phone of somebody who works at a desk."""

_PAIRED = Prepared(
    select(
        PairedDeviceRow.event_id,
        PairedDeviceRow.role,
        PairedDeviceRow.paired_by,
        DeviceRow.revoked_at,
    )
    .join(DeviceRow, DeviceRow.id == PairedDeviceRow.id)
    .where(PairedDeviceRow.id == bindparam("device_id", type_=PairedDeviceRow.id.type))
)


def role_at_event(written: str | None) -> Role:
    """The role a row of `event_role` gives: never admin, for that is of the account.

    Whatever else is written there gives none, so that it shuts nobody out elsewhere.
    """
    return _AT_EVENTS.get(written or "", Role.ATTENDEE)


def granted_of(written: Collection[str]) -> frozenset[Permission]:
    """What a row of `event_role` grants a co-host, as far as it can be granted."""
    return frozenset(each for each in GRANTABLE if each in written)


_AT_EVENTS = {role.value: role for role in Role if role is not Role.ADMIN}


TAKES_PART: Final = frozenset({Role.ADMIN, Role.ORGANIZER, Role.COHOST, Role.STAFF})
"""Who knows what there is at an event, also where they may not do something."""


def refusal(
    actor: Actor, permissions: Sequence[Permission], *, here: Actor | None = None
) -> NotAllowedError:
    """The error for who may not, which names the role that may.

    Args:
        actor: Who asked.
        permissions: Any one of which would have been enough.
        here: Who that is at the event, as the store knows them; None where it was not asked.
    """
    name = msg("a visitor") if actor.kind is ActorKind.VISITOR else actor.name
    if set(permissions) == {Permission.INSTALLATION}:
        return NotAllowedError(
            msg("{name} may not do that: it is for admins.", name=name),
            hint=msg("Ask an admin to do it."),
        )
    refused = NotAllowedError(
        msg("{name} may not do that here.", name=name),
        hint=msg("Ask an organizer of this event to do it, or to allow it."),
    )
    refused.of_stranger = here is not None and here.role not in TAKES_PART
    return refused
