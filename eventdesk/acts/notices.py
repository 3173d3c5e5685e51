"""Notices: list them, count the unread, mark them read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update

from data.rows import columns_of, count_rows, view_from
from data.schema import EventRow, NoticeRow
from eventdesk.acts.act import Act
from eventdesk.acts.actor import Permission
from eventdesk.acts.changes import Topic
from eventdesk.acts.verbs import reads, writes
from eventdesk.core.messages import Message, kept_text, msg, msg_p

NOTICE_SIGNS: Final[Mapping[str, Message]] = {
    "booking": msg("booking"),
    "offer": msg("! offer"),
    "change": msg("change"),
    "cancellation": msg("✗ cancelled"),
    "payment": msg("payment"),
    "reminder": msg("reminder"),
    "announcement": msg_p("a notice", "message"),
    "account": msg("account"),
}
"""What kinds of notices are called, with a sign where something is to be done."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as its reader sees it.

    Attributes:
        event_name: The event it is about; "" where it is about none.
        subject_kind: What it leads to: booking, event, waitlist_entry, session, …; "" nowhere.
    """

    id: UUID
    kind: str
    title: str
    body: str
    event_id: UUID | None
    event_name: str
    subject_kind: str
    subject_id: UUID | None
    created_at: datetime
    read_at: datetime | None


@reads(Permission.ATTEND)
def my_notices(act: Act, *, offset: int = 0, limit: int = 50) -> tuple[list[NoticeView], int]:
    """Read a page of one's own notices, the latest first, and how many there are."""
    act.need(None, Permission.ATTEND)
    mine = NoticeRow.account_id == act.actor.id
    rows = act.connection.execute(
        select(
            *columns_of(NoticeRow, NoticeView, but=("event_name",)),
            func.coalesce(EventRow.name, "").label("event_name"),
            NoticeRow.said,
        )
        .outerjoin(EventRow, EventRow.id == NoticeRow.event_id)
        .where(mine)
        .order_by(NoticeRow.created_at.desc(), NoticeRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    views = [
        view_from(
            NoticeView,
            row,
            title=kept_text(row.said, "title", row.title),
            body=kept_text(row.said, "body", row.body),
        )
        for row in rows
    ]
    return views, count_rows(act.connection, mine)


@reads(Permission.ATTEND)
def unread_notices(act: Act) -> int:
    """Count the notices a person has not read yet."""
    act.need(None, Permission.ATTEND)
    return count_rows(
        act.connection, NoticeRow.account_id == act.actor.id, NoticeRow.read_at.is_(None)
    )


@writes(Permission.ATTEND)
def read_notices(act: Act, *, notice_id: UUID | None = None) -> int:
    """Mark one notice as read, or all of them; returns how many were unread before."""
    act.need(None, Permission.ATTEND)
    act.touch(Topic.ACCOUNTS)
    unread = update(NoticeRow).where(
        NoticeRow.account_id == act.actor.id, NoticeRow.read_at.is_(None)
    )
    if notice_id is not None:
        unread = unread.where(NoticeRow.id == notice_id)
    return act.connection.execute(unread.values(read_at=act.now)).rowcount
