"""Who holds seats while they book: an account, a cart that this house signed, or the team.

An account holds for itself. Who has none is given a cart, whose id the house signs; carts cost
nothing, so what all of them hold at an event has a limit of its own.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists

from data.rows import count_rows
from data.schema import AccountRow, DeviceRow, SeatRow
from eventdesk.acts import Act, ActorKind, Permission, reads
from eventdesk.core.cart_ids import is_cart_id, make_cart_id
from eventdesk.core.errors import InvalidInputError, LimitError, NotAllowedError
from eventdesk.core.messages import msg
from eventdesk.events import MAX_WAIT_MINUTES

TEAM = (Permission.TICKETS, Permission.DOOR)
"""Permissions of which one is needed to seat other people."""

MAX_HOLD = timedelta(minutes=MAX_WAIT_MINUTES)
"""Longest hold; one that ends later was made by a clock that was ahead, and is void."""

MAX_HELD = 50
"""Most seats one holder may hold at an event."""

SHARE_OF_VISITORS: Final = 2
"""Visitors together hold one in so many of the seats that are not sold, `MAX_HELD` at least."""


@reads(public=True)
def new_cart(act: Act) -> UUID:
    """Make a cart for somebody without an account; its id is the holder of what it holds."""
    return make_cart_id(act.store.keys)


def need_own_hold(act: Act, event_id: UUID, holder_id: UUID) -> None:
    """Require one's own account or a cart of this house, unless the actor is of the team.

    Raises:
        NotAllowedError: It is somebody else's account, or no cart of this house.
    """
    here = act.known_at(event_id)
    if holder_id == here.id or here.may(*TEAM) or is_cart_id(act.store.keys, holder_id):
        return
    raise NotAllowedError(
        msg("{name} may not use the seats of somebody else.", name=act.actor.name),
        hint=msg("Hold your own, as your account or in a cart of this house."),
    )


def need_own_name(act: Act, event_id: UUID, holder_id: UUID) -> None:
    """Require a holder that the actor may give more seats to: an account uses no cart.

    Raises:
        NotAllowedError: It is somebody else's account, no cart of this house, or a cart although
            the actor has an account.
    """
    need_own_hold(act, event_id, holder_id)
    here = act.known_at(event_id)
    if here.kind is ActorKind.ACCOUNT and holder_id != here.id and not here.may(*TEAM):
        raise NotAllowedError(
            msg("{name} holds seats as an account, not in a cart.", name=act.actor.name),
            hint=msg("Leave the cart out, or sign out first."),
        )


def need_few(count: int) -> None:
    """Require a number of seats that one holder may hold.

    Raises:
        InvalidInputError: None, or more than `MAX_HELD`.
    """
    if not 1 <= count <= MAX_HELD:
        raise InvalidInputError(
            msg("{count} seats cannot be held at once.", count=count),
            hint=msg("Take 1 to {most}.", most=MAX_HELD),
        )


def need_room_for_visitors(act: Act, event_id: UUID) -> None:
    """Require that visitors together hold no more than their share, what was just held counted.

    Raises:
        LimitError: They would; nothing of it stays when the act ends with this.
    """
    here = act.known_at(event_id)
    if here.kind in (ActorKind.ACCOUNT, ActorKind.DEVICE) or here.may(*TEAM):
        return
    on_sale = SeatRow.ticket_id.is_(None), SeatRow.blocked.is_(False)
    unsold = count_rows(act.connection, SeatRow.event_id == event_id, *on_sale)
    most = max(MAX_HELD, unsold // SHARE_OF_VISITORS)
    of_visitors = (
        ~exists().where(AccountRow.id == SeatRow.held_by),
        ~exists().where(DeviceRow.id == SeatRow.held_by),
    )
    held = SeatRow.event_id == event_id, is_held(act.now)
    if count_rows(act.connection, *held, *of_visitors) > most:
        raise LimitError(
            msg("Visitors hold as many seats of this event as they may together."),
            most=most,
            hint=msg("Sign in, or try again in a few minutes."),
        )


def is_held(now: datetime) -> ColumnElement[bool]:
    """Whether somebody holds a `SeatRow`."""
    lasts = SeatRow.held_until.between(now + timedelta(microseconds=1), now + MAX_HOLD)
    return SeatRow.held_by.is_not(None) & lasts
