"""The mails of an event: to whom each goes, what became of it, and sending it once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from data.rows import AnyRow, begins
from data.schema import AccountRow, BookingRow, DeliveryRow, NoticeRow, TicketRow
from eventdesk.acts import Act, Permission, event_of, reads, writes
from eventdesk.booking import correct_booking_address, correct_ticket_address
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, kept_text, msg
from eventdesk.mailing.bouncing import BOUNCED
from eventdesk.mailing.queueing import ALL, LINK, PAUSED
from eventdesk.mailing.wording import KIND_NAMES, MailKind
from eventdesk.services import OutgoingView

WHO: Final = (Permission.MESSAGES, Permission.TICKETS)

STATES: Final[Mapping[str, Message]] = {
    "queued": msg("… waits"),
    "leased": msg("… is sent"),
    "sent": msg("✓ accepted"),
    "failed": msg("✗ failed"),
    BOUNCED: msg("✗ bounced"),
    PAUSED: msg("! paused"),
    "cancelled": msg("- called off"),
}
"""What became of a mail, with a sign."""

LOST: Final = ("failed", BOUNCED)
"""The states of mails that nobody got."""


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail as its list shows it.

    Attributes:
        about: What it is about, in its first words.
        to: The address; "" where it was erased.
        state: A key of `STATES`.
        reason: Why it failed or waits, or what the server said.
        due_at: When it is tried next, while it waits.
        of_account: Whether it goes to an account, whose address only its owner changes.
    """

    id: UUID
    kind: MailKind
    about: str
    to: str
    name: str
    state: str
    reason: str
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    of_account: bool = False

    @property
    def is_lost(self) -> bool:
        """Whether nobody got it, so that its address may be wrong."""
        return self.state in LOST

    @property
    def words(self) -> str:
        """What became of it."""
        return str(STATES[self.state])

    @property
    def kind_words(self) -> str:
        """What it is about, in a word."""
        return str(KIND_NAMES[self.kind])


def delivery_words(one: OutgoingView) -> str:
    """What a delivery is in words, with the code of the booking that it is about."""
    what = MailKind.LINK.value if one.kind == LINK else one.what
    names = {kind.value: words for kind, words in KIND_NAMES.items()}
    words = names.get(what, what) if one.kind in ALL else what
    return f"{words or one.kind} {one.booking}".strip()


@reads(*WHO, about="event_id")
def list_mails(
    act: Act, event_id: UUID, *, state: str = "", search: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[MailView], int]:
    """Read a page of the mails of an event, the latest first, and how many there are.

    Args:
        event_id: The event.
        state: Only those of this state; "" is all, "lost" those that nobody got.
        search: The beginning of an address.
        offset: How many to skip.
        limit: Most to read.
    """
    act.need(event_id, *WHO)
    where: list[ColumnElement[bool]] = [DeliveryRow.event_id == event_id, _IS_MAIL]
    if state:
        where.append(DeliveryRow.state.in_(LOST if state == "lost" else (state,)))
    if search:
        where.append(begins(func.lower(_ADDRESS), search.strip().casefold()))
    mails = _mails(*where)
    total = act.connection.execute(select(func.count()).select_from(mails.subquery())).scalar_one()
    rows = act.connection.execute(mails.order_by(*_LATEST).limit(limit).offset(offset)).all()
    notices = _notices(act, rows)
    return [_view(row, notices) for row in rows], total


@reads(*WHO, about=event_of(TicketRow, "ticket_id"))
def last_mail(act: Act, ticket_id: UUID) -> MailView | None:
    """Read the last mail to whoever holds a ticket, or booked it for them; None is no mail.

    One that waits is read only where none went out before it.

    Raises:
        NotFoundError: There is no such ticket.
    """
    found = act.connection.execute(
        select(
            TicketRow.booking_id,
            BookingRow.event_id,
            func.coalesce(TicketRow.account_id, BookingRow.account_id).label("account_id"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(TicketRow.id == ticket_id)
    ).one_or_none()
    row = need_found(found, msg("There is no such ticket."))
    act.need(row.event_id, *WHO)
    booked = (DeliveryRow.booking_id == row.booking_id) & DeliveryRow.ticket_id.is_(None)
    theirs = [DeliveryRow.ticket_id == ticket_id, booked]
    if row.account_id is not None:
        theirs.append(DeliveryRow.account_id == row.account_id)
    here = DeliveryRow.event_id == row.event_id
    mails = act.connection.execute(
        _mails(here, _IS_MAIL, or_(*theirs)).order_by(_WAITS, *_LATEST).limit(1)
    ).all()
    return _view(mails[0], _notices(act, mails)) if mails else None


@writes(*WHO, about=event_of(DeliveryRow, "delivery_id"))
def send_mail_again(act: Act, delivery_id: UUID, *, to: str = "") -> None:
    """Send a mail once more, as it would read now; it is a mail of its own.

    Args:
        delivery_id: The mail.
        to: The right address of a guest without an account, which is corrected in the booking or
            ticket first; "" leaves it as it is there.

    Raises:
        NotAllowedError: Who looks after no tickets corrects no addresses.
        NotFoundError: There is no such mail.
        InvalidInputError: It waits already, or the address is none, or an account's.
    """
    found = select(DeliveryRow.__table__).where(DeliveryRow.id == delivery_id, _IS_MAIL)
    row = need_found(
        act.connection.execute(found).one_or_none(), msg("There is no such mail any more.")
    )
    act.need(row.event_id, *WHO)
    if row.state in ("queued", "leased", PAUSED):
        raise InvalidInputError(msg("It waits already."), hint=msg("It goes out by itself."))
    if to.strip():
        _correct(act, row, to)
    act.deliver(
        row.kind,
        new_id(),
        event_id=row.event_id,
        ticket_id=row.ticket_id,
        account_id=row.account_id,
        booking_id=row.booking_id,
        payload=row.payload,
    )
    act.record("send_mail_again", ("mail", delivery_id), event_id=row.event_id)


def _correct(act: Act, row: AnyRow, email: str) -> None:
    """Correct the address that a mail goes to."""
    if row.account_id is None and row.ticket_id is not None:
        correct_ticket_address(act, row.ticket_id, email)
    elif row.account_id is None and row.booking_id is not None:
        correct_booking_address(act, row.booking_id, email)
    else:
        raise InvalidInputError(
            msg("This mail goes to an account; its address is its owner's."),
            hint=msg("Send it again as it is."),
        )


def _mails(*where: ColumnElement[bool]) -> Select[Any]:
    """Mails with whom each goes to."""
    name = func.coalesce(AccountRow.name, TicketRow.holder_name, BookingRow.name, "")
    return (
        select(DeliveryRow.__table__, _ADDRESS.label("address"), name.label("name"))
        .outerjoin(AccountRow, AccountRow.id == DeliveryRow.account_id)
        .outerjoin(TicketRow, TicketRow.id == DeliveryRow.ticket_id)
        .outerjoin(BookingRow, BookingRow.id == DeliveryRow.booking_id)
        .where(*where)
    )


def _notices(act: Act, rows: Sequence[AnyRow]) -> Mapping[str, AnyRow]:
    ids = [UUID(hex=row.payload["notice"]) for row in rows if "notice" in row.payload]
    if not ids:
        return {}
    found = act.connection.execute(select(NoticeRow.__table__).where(NoticeRow.id.in_(ids)))
    return {row.id.hex: row for row in found}


def _view(row: AnyRow, notices: Mapping[str, AnyRow]) -> MailView:
    kind, about = _about(row, notices)
    return MailView(
        id=row.id,
        kind=kind,
        about=about,
        to=row.address,
        name=row.name,
        state=row.state,
        reason=kept_text(row.said, "last_error", row.last_error or "") or row.mark,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
        of_account=row.account_id is not None,
    )


def _about(row: AnyRow, notices: Mapping[str, AnyRow]) -> tuple[MailKind, str]:
    payload: Mapping[str, Any] = row.payload
    if row.kind == LINK:
        return MailKind.LINK, ""
    notice = notices.get(str(payload.get("notice", "")))
    if notice is not None:
        return MailKind(notice.kind), kept_text(notice.said, "title", notice.title)
    if "announcement" in payload:
        return MailKind.ANNOUNCEMENT, ""
    said = payload.get("said")
    kind = MailKind(str(payload.get("mail", MailKind.ACCOUNT)))
    return kind, kept_text(said.get("said"), "title", said["title"]) if said else ""


_ADDRESS: Final = func.coalesce(AccountRow.email, TicketRow.holder_email, BookingRow.email, "")
_LATEST: Final = (DeliveryRow.created_at.desc(), DeliveryRow.id.desc())
_WAITS: Final = DeliveryRow.state.in_(("queued", "leased", PAUSED))
_IS_MAIL: Final = DeliveryRow.kind.in_(ALL)
