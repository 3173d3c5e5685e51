"""Visibility of events: the team sees its own, others what is published and meant for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from data.rows import AnyRow, count_rows
from data.schema import AccountRow, BookingRow, InvitationRow, TicketRow, WaitlistEntryRow
from eventdesk.acts import Act, ActorKind, Role, event_row, no_such_event
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.ids import read_code
from eventdesk.core.messages import msg
from eventdesk.events.event import Visibility


def need_visible(act: Act, event_id: UUID, *, access_code: str = "") -> None:
    """Require somebody who may know of this event.

    The team always may. Others may once it was published: everybody where it is public, whoever
    has its access code, was invited, waits or has a ticket where it is private, and only the
    invited, those who wait and those with a ticket where it is by invitation.
    """
    row = event_row(act.connection, event_id)
    if is_team(act, event_id):
        return
    ended = row.state in ("cancelled", "archived") and row.published_at is not None
    was_published = row.state == "published" or ended
    has_code = row.access_code and read_code(access_code[:100]) == row.access_code
    meant = row.visibility == Visibility.PUBLIC or (
        row.visibility == Visibility.PRIVATE and has_code
    )
    if not was_published or not (meant or _expected(act, event_id)):
        raise no_such_event()


def closed_at(event: AnyRow) -> datetime | None:
    """Since when an event, cancelled or archived, lets nobody in, aware UTC; None while it does.

    Args:
        event: A row with its state, its end and when it was cancelled.
    """
    if event.state not in ("cancelled", "archived"):
        return None
    since: datetime = event.cancelled_at or event.ends_at
    return since


def need_not_closed(event: AnyRow) -> None:
    """Require an event that was neither cancelled nor archived.

    Raises:
        InvalidInputError: It was; nobody gets a ticket or a badge for it.
    """
    if event.state == "cancelled":
        raise InvalidInputError(
            msg("This event was cancelled."),
            hint=msg("Nobody gets a ticket or a badge for it any more."),
        )
    if event.state == "archived":
        raise InvalidInputError(
            msg("This event is over and archived."), hint=msg("Bring it back first.")
        )


def need_guests_book(event: AnyRow) -> None:
    """Require an event at which people book without an account.

    Raises:
        NotAllowedError: It asks for one.
    """
    if not event.guest_bookings:
        raise NotAllowedError(
            msg("This event is booked with an account."), hint=msg("Sign up, or sign in.")
        )


def is_team(act: Act, event_id: UUID) -> bool:
    """Whether somebody works for this event, or for the whole installation."""
    if act.actor.kind is ActorKind.VISITOR:
        return False
    here = act.known_at(event_id)
    return here.role is not Role.ATTENDEE and here.event_id in (None, event_id)


def email_of(act: Act) -> str | None:
    """The e-mail address of whoever acts; None for devices and the program itself."""
    if act.actor.kind is not ActorKind.ACCOUNT:
        return None
    return act.connection.execute(
        select(AccountRow.email).where(AccountRow.id == act.actor.id)
    ).scalar_one_or_none()


def _expected(act: Act, event_id: UUID) -> bool:
    """Whether somebody was invited, booked or waits here, or holds what another booked."""
    if act.actor.kind is ActorKind.GUEST:
        here = (BookingRow.id == act.actor.id) & (BookingRow.event_id == event_id)
        return count_rows(act.connection, here) > 0
    if act.actor.kind is not ActorKind.ACCOUNT:
        return False
    invited = select(InvitationRow.id).where(
        InvitationRow.event_id == event_id, InvitationRow.email == email_of(act)
    )
    booked = select(BookingRow.id).where(
        BookingRow.account_id == act.actor.id, BookingRow.event_id == event_id
    )
    holds = select(TicketRow.id).where(
        TicketRow.account_id == act.actor.id, TicketRow.event_id == event_id
    )
    waits = select(WaitlistEntryRow.id).where(
        WaitlistEntryRow.account_id == act.actor.id, WaitlistEntryRow.event_id == event_id
    )
    any_of_them = or_(invited.exists(), booked.exists(), holds.exists(), waits.exists())
    return act.connection.execute(select(any_of_them)).scalar_one()
