"""Badges held back until their guest has looked at them, or half a minute has passed."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, update

from data.schema import DeliveryRow, EventRow, TicketRow
from eventdesk.acts import (
    Act,
    Permission,
    ReadingSteps,
    Topic,
    event_of,
    reads,
    reads_in_steps,
    writes,
)
from eventdesk.booking import TicketView, rename_in
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import msg

if TYPE_CHECKING:
    from PIL.Image import Image

PREVIEW_DPI = 150
"""Fine enough for a terminal's half blocks, and quick to draw."""


@dataclass(frozen=True, slots=True)
class BadgePicture:
    """A badge as it prints.

    Attributes:
        png: The picture as a PNG, in base64.
    """

    png: str

    @property
    def image(self) -> "Image":
        """The picture itself."""
        from PIL import Image

        return Image.open(BytesIO(b64decode(self.png)))


@reads(Permission.DOOR, about="event_id")
def may_correct_badges(act: Act, event_id: UUID) -> bool:
    """Whether guests of an event may look at their badge and correct it before it prints."""
    act.need(event_id, Permission.DOOR)
    may = act.connection.execute(
        select(EventRow.badge_correction).where(EventRow.id == event_id)
    ).scalar_one_or_none()
    return bool(may)


@reads_in_steps(Permission.DOOR, about=event_of(TicketRow, "ticket_id"))
def badge_picture(
    steps: ReadingSteps, ticket_id: UUID, *, name: str, line_two: str
) -> BadgePicture:
    """Draw a ticket's badge as it prints, with these words on it."""
    from badges.drawing import pages
    from badges.layout_file import layout_for
    from eventdesk.printing.ticket_badges import read_badge

    with steps.read() as act:
        act.need(steps.about, Permission.DOOR)
        badge = read_badge(act, ticket_id, name=name, line_two=line_two)
    drawn = BytesIO()
    pages(badge, layout_for(badge), dpi=PREVIEW_DPI)[0].save(drawn, "PNG", compress_level=1)
    return BadgePicture(b64encode(drawn.getvalue()).decode())


@writes(Permission.DOOR, about=event_of(DeliveryRow, "delivery_id"))
def release_badge(act: Act, delivery_id: UUID) -> bool:
    """Let a badge print that was held back for its guest.

    Returns:
        Whether it was still waiting; else it is on its way already, or was called off.
    """
    return _put_off(act, delivery_id, until=act.now)


@writes(Permission.DOOR, about=event_of(DeliveryRow, "delivery_id"))
def hold_badge(act: Act, delivery_id: UUID, *, held_s: float) -> bool:
    """Hold a badge back for `held_s` more seconds, as `release_badge`: its guest corrects it."""
    return _put_off(act, delivery_id, until=act.now + timedelta(seconds=max(0.0, held_s)))


def _put_off(act: Act, delivery_id: UUID, *, until: datetime) -> bool:
    event_id = act.connection.execute(
        select(DeliveryRow.event_id).where(DeliveryRow.id == delivery_id)
    ).scalar_one_or_none()
    if event_id is None:
        raise NotFoundError(msg("There is no such badge."), hint=msg("Ask at the desk."))
    act.need(event_id, Permission.DOOR)
    act.touch(Topic.PRINTING, event_id)
    held = act.connection.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.id == delivery_id,
            DeliveryRow.state == "queued",
            DeliveryRow.due_at > act.now,
        )
        .values(due_at=until)
    )
    return bool(held.rowcount)


@writes(Permission.DOOR, Permission.TICKETS, about=event_of(TicketRow, "ticket_id"))
def correct_badge(act: Act, ticket_id: UUID, *, name: str, line_two: str) -> TicketView:
    """Correct what a badge says, as guests may at the kiosk where the event allows it.

    Raises:
        InvalidInputError: The event does not allow it; no name, or too long.
    """
    row = act.connection.execute(
        select(EventRow.id, EventRow.badge_correction)
        .join(TicketRow, TicketRow.event_id == EventRow.id)
        .where(TicketRow.id == ticket_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(msg("There is no such ticket."))
    act.need(row.id, Permission.DOOR, Permission.TICKETS)
    if not row.badge_correction:
        raise InvalidInputError(
            msg("Badges of this event are printed as they were booked."),
            hint=msg("Ask at the desk to have the name corrected."),
        )
    return rename_in(act, ticket_id, name, line_two, verb="correct_badge")
