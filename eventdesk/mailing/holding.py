"""Announcements held on their way: paused, let go on, or stopped; what is out stays out."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, update

from data.rows import AnyRow, update_row
from data.schema import AnnouncementRow, DeliveryRow
from eventdesk.acts import Act, Permission, Topic, event_of, writes
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.messages import msg
from eventdesk.events import AnnouncementHold
from eventdesk.mailing.queueing import PAUSED

WHO: Final = Permission.MESSAGES


@writes(WHO, about=event_of(AnnouncementRow, "announcement_id"))
def pause_announcement(act: Act, announcement_id: UUID) -> None:
    """Hold what is not out of an announcement, mails and notices; those at hand still go.

    Raises:
        InvalidInputError: It was stopped.
    """
    _hold(act, announcement_id, AnnouncementHold.PAUSED, ("queued",), {"state": PAUSED})


@writes(WHO, about=event_of(AnnouncementRow, "announcement_id"))
def resume_announcement(act: Act, announcement_id: UUID) -> None:
    """Let an announcement go on that was paused.

    Raises:
        InvalidInputError: It was stopped.
    """
    _hold(
        act,
        announcement_id,
        AnnouncementHold.NONE,
        (PAUSED,),
        {"state": "queued", "due_at": act.now},
    )


@writes(WHO, about=event_of(AnnouncementRow, "announcement_id"))
def stop_announcement(act: Act, announcement_id: UUID) -> None:
    """Let nothing more of an announcement go out, for good.

    Raises:
        InvalidInputError: It was stopped already.
    """
    ended = {"state": "cancelled", "finished_at": act.now}
    _hold(act, announcement_id, AnnouncementHold.STOPPED, ("queued", PAUSED), ended)
    update_row(act.connection, AnnouncementRow, announcement_id, finished_at=act.now)


def _hold(
    act: Act,
    announcement_id: UUID,
    hold: AnnouncementHold,
    states: tuple[str, ...],
    then: Mapping[str, Any],
) -> None:
    """Note what somebody did, and do it to the mails that are in some states."""
    row = _row(act, announcement_id)
    act.need(row.event_id, WHO)
    if row.hold == AnnouncementHold.STOPPED:
        raise InvalidInputError(
            msg("It was stopped."), hint=msg("Write to those again who did not get it.")
        )
    update_row(act.connection, AnnouncementRow, announcement_id, hold=hold.value)
    act.connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.announcement_id == announcement_id, DeliveryRow.state.in_(states))
        .values(**then)
    )
    act.record(
        "hold_announcement",
        ("announcement", announcement_id),
        event_id=row.event_id,
        hold=hold.value or "none",
    )
    act.touch(Topic.SERVICES, row.event_id)


def _row(act: Act, announcement_id: UUID) -> AnyRow:
    found = select(AnnouncementRow.event_id, AnnouncementRow.hold)
    row = act.connection.execute(found.where(AnnouncementRow.id == announcement_id)).one_or_none()
    return need_found(row, msg("There is no such announcement."))
