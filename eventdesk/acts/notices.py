"""What people are told inside the program: written with what causes it, read once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, insert, select, update

from data.schema import EventRow, NoticeRow, ProfileRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.ids import new_id

KINDS = (
    *("booking", "offer", "change", "cancellation", "payment", "reminder", "announcement"),
    "account",
)
"""What a notice may be about; people may silence any but `account`."""


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


def notify(
    connection: Connection,
    account_id: UUID | None,
    kind: str,
    title: str,
    body: str = "",
    *,
    now: datetime,
    event_id: UUID | None = None,
    subject: tuple[str, UUID | None] = ("", None),
) -> None:
    """Tell a person something, inside the transaction that causes it.

    Nobody is told where there is no account, or where the person silenced this kind.
    """
    assert kind in KINDS
    if account_id is None:
        return
    silenced = connection.execute(_SILENCED, {"account": account_id}).scalar_one_or_none()
    if kind != "account" and kind in (silenced or ()):
        return
    connection.execute(
        _NOTICE,
        {
            "id": new_id(),
            "account_id": account_id,
            "event_id": event_id,
            "kind": kind,
            "title": title,
            "body": body,
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "created_at": now,
        },
    )


_NOTICE = insert(NoticeRow)
_SILENCED = select(ProfileRow.silenced).where(
    ProfileRow.account_id == bindparam("account", type_=ProfileRow.account_id.type)
)


@allowed(Permission.ATTEND)
def my_notices(
    store: Store, actor: Actor, *, offset: int = 0, limit: int = 50
) -> tuple[list[NoticeView], int]:
    """Read a page of one's own notices, the latest first, and how many there are.

    Raises:
        NotAllowedError: Nobody is signed in, or the account was closed.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        mine = NoticeRow.account_id == actor.id
        rows = connection.execute(
            select(
                NoticeRow.id,
                NoticeRow.kind,
                NoticeRow.title,
                NoticeRow.body,
                NoticeRow.event_id,
                func.coalesce(EventRow.name, ""),
                NoticeRow.subject_kind,
                NoticeRow.subject_id,
                NoticeRow.created_at,
                NoticeRow.read_at,
            )
            .outerjoin(EventRow, EventRow.id == NoticeRow.event_id)
            .where(mine)
            .order_by(NoticeRow.created_at.desc(), NoticeRow.id.desc())
            .limit(limit)
            .offset(offset)
        )
        views = [NoticeView(*tuple(row)) for row in rows]
        total = connection.execute(select(func.count()).where(mine)).scalar_one()
    return views, total


@allowed(Permission.ATTEND)
def unread_notices(store: Store, actor: Actor) -> int:
    """Count the notices a person has not read yet.

    Raises:
        NotAllowedError: Nobody is signed in, or the account was closed.
    """
    with store.read() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        return connection.execute(
            select(func.count()).where(
                NoticeRow.account_id == actor.id, NoticeRow.read_at.is_(None)
            )
        ).scalar_one()


@allowed(Permission.ATTEND)
def read_notices(
    store: Store, actor: Actor, *, notice_id: UUID | None = None, now: datetime
) -> int:
    """Mark one notice as read, or all of them; returns how many were unread before.

    Raises:
        NotAllowedError: Nobody is signed in, or the account was closed.
    """
    with store.write() as connection:
        need_here(connection, actor, None, Permission.ATTEND)
        unread = update(NoticeRow).where(
            NoticeRow.account_id == actor.id, NoticeRow.read_at.is_(None)
        )
        if notice_id is not None:
            unread = unread.where(NoticeRow.id == notice_id)
        return connection.execute(unread.values(read_at=now)).rowcount
