"""Who sees which event: the team always, others once it is published and meant for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, or_, select

from data.schema import AccountRow, BookingRow, InvitationRow, TicketRow
from eventdesk.acts.actor import Actor, ActorKind, Role
from eventdesk.acts.event_row import event_row, no_such_event
from eventdesk.acts.permission import at
from eventdesk.core.ids import read_code
from eventdesk.events.event import Visibility


def need_visible(
    connection: Connection,
    actor: Actor | None,
    event_id: UUID,
    *,
    access_code: str = "",
    now: datetime,
) -> None:
    """Let only those go on who may know of this event.

    The team always may. Others may once it was published: everybody where it is public, whoever
    has its access code, was invited or has a ticket where it is private, and only the invited
    and those with a ticket where it is by invitation.

    Args:
        connection: The transaction that goes on.
        actor: Who asks; None for somebody who is not signed in.
        event_id: The event.
        access_code: What was typed or came with a link.
        now: The store's clock.

    Raises:
        NotFoundError: There is none, or it is not for them; nothing tells the two apart.
        NotAllowedError: The account was closed.
    """
    row = event_row(connection, event_id)
    if is_team(connection, actor, event_id):
        return
    ended = row.state in ("cancelled", "archived") and row.published_at is not None
    was_published = row.state == "published" or ended
    meant = row.visibility == Visibility.PUBLIC or _has_code(row, access_code)
    if not was_published or not (meant or _expected(connection, actor, event_id)):
        raise no_such_event()


def is_team(connection: Connection, actor: Actor | None, event_id: UUID) -> bool:
    """Whether somebody works for this event, or for the whole installation.

    Raises:
        NotAllowedError: The account was closed.
    """
    if actor is None:
        return False
    here = at(connection, actor, event_id)
    return here.role is not Role.ATTENDEE and here.event_id in (None, event_id)


def email_of(connection: Connection, actor: Actor) -> str | None:
    """The e-mail address of whoever acts; None for devices and the program itself."""
    if actor.kind is not ActorKind.ACCOUNT:
        return None
    return connection.execute(
        select(AccountRow.email).where(AccountRow.id == actor.id)
    ).scalar_one_or_none()


def _has_code(row: Any, typed: str) -> bool:
    return bool(
        row.visibility == Visibility.PRIVATE
        and row.access_code
        and read_code(typed[:100]) == row.access_code
    )


def _expected(connection: Connection, actor: Actor | None, event_id: UUID) -> bool:
    """Whether somebody was invited or has a ticket."""
    if actor is None or actor.kind is not ActorKind.ACCOUNT:
        return False
    return _invited(connection, actor, event_id) or _books(connection, actor, event_id)


def _invited(connection: Connection, actor: Actor, event_id: UUID) -> bool:
    email = email_of(connection, actor)
    invited = select(func.count()).where(
        InvitationRow.event_id == event_id, InvitationRow.email == email
    )
    return connection.execute(invited).scalar_one() > 0


def _books(connection: Connection, actor: Actor, event_id: UUID) -> bool:
    """Whether somebody booked here, or holds a ticket that another booked."""
    booked = select(BookingRow.id).where(
        BookingRow.account_id == actor.id, BookingRow.event_id == event_id
    )
    holds = select(TicketRow.id).where(
        TicketRow.account_id == actor.id, TicketRow.event_id == event_id
    )
    return connection.execute(select(or_(booked.exists(), holds.exists()))).scalar_one()
