"""Which mails what people are told becomes: queued in the transaction that told them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import exists, func, insert, select

from data.schema import BookingRow, DeliveryRow, TicketRow
from eventdesk.acts import Act, Telling, Topic
from eventdesk.core.ids import new_id
from eventdesk.core.messages import kept_texts
from eventdesk.mailing.wording import DISPENSABLE, MailKind

MAIL: Final = "mail"
"""The kind of a delivery that is a mail."""

LINK: Final = "link"
"""The kind of a delivery that brings the link of a booking without an account."""


BULK: Final = "bulk_mail"
"""The kind of a delivery that is one of many mails, behind which no other waits."""

ALL: Final = (MAIL, LINK, BULK)
"""The kinds of deliveries that are mails."""


PAUSED: Final = "paused"
"""The state of a mail that waits until its announcement goes on."""


def queue_told(act: Act, told: Sequence[Telling]) -> None:
    """Queue the mails of what was told in an act: to accounts, to guests without, to holders."""
    rows = [row for telling in told for row in _mails(act, telling)]
    if rows:
        act.connection.execute(insert(DeliveryRow), rows)
        act.touch(Topic.SERVICES)


def _mails(act: Act, telling: Telling) -> Iterator[dict[str, Any]]:
    papers = {"papers": True} if telling.papers else {}
    kind, subject_id = telling.subject
    brings = {}
    if kind == "announcement" and subject_id is not None:
        brings["announcement_id"] = subject_id
    about = {"session": subject_id.hex} if kind == "session" and subject_id is not None else {}
    for account_id, notice_id in telling.notices:
        payload = {"notice": notice_id.hex, **papers, **about}
        yield _row(act, telling, payload, account_id=account_id, **brings)
    said = {"mail": telling.kind, **papers, **_said(telling)}
    if kind == "ticket" and subject_id is not None and not telling.notices:
        yield _row(act, telling, said, ticket_id=subject_id)
    if kind == "booking" and subject_id is not None:
        if not telling.notices and _needs_mail(act, telling, subject_id):
            yield _row(act, telling, said, booking_id=subject_id)
        if telling.papers:
            for ticket_id in _own_holders(act, BookingRow.id == subject_id):
                own = {"mail": MailKind.TICKET.value, "papers": True}
                yield _row(act, telling, own, ticket_id=ticket_id, booking_id=subject_id)
    if telling.to_guests and telling.event_id is not None:
        yield from _to_guests(act, telling, said)


def _to_guests(act: Act, telling: Telling, said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """To who booked without an account, and to holders whose address is not the booker's."""
    here = BookingRow.event_id == telling.event_id
    booked = select(BookingRow.id).where(
        here, BookingRow.account_id.is_(None), BookingRow.email != "", _OPEN
    )
    for booking_id in act.connection.execute(booked).scalars():
        yield _row(act, telling, said, booking_id=booking_id)
    for ticket_id in _own_holders(act, here):
        yield _row(act, telling, said, ticket_id=ticket_id)


def _own_holders(act: Act, where: Any) -> Iterable[UUID]:
    """A valid ticket of each holder with an address of their own and no account."""
    address = func.lower(TicketRow.holder_email).label("address")
    found = act.connection.execute(
        select(TicketRow.id, TicketRow.booking_id, address)
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .where(
            where,
            _OPEN,
            TicketRow.state == "valid",
            TicketRow.account_id.is_(None),
            TicketRow.holder_email != "",
            address != func.lower(BookingRow.email),
        )
    )
    return {(row.booking_id, row.address): row.id for row in found}.values()


def _needs_mail(act: Act, telling: Telling, booking_id: UUID) -> bool:
    """Whether a booking has no account, and its link does not tell the same in this act."""
    link = exists().where(
        DeliveryRow.booking_id == BookingRow.id,
        DeliveryRow.kind == LINK,
        DeliveryRow.created_at == act.now,
    )
    wanted = select(BookingRow.id).where(
        BookingRow.id == booking_id, BookingRow.account_id.is_(None), BookingRow.email != ""
    )
    if telling.kind == MailKind.BOOKING:
        wanted = wanted.where(~link)
    return act.connection.execute(wanted).first() is not None


def _said(telling: Telling) -> dict[str, Any]:
    return {"said": kept_texts(title=telling.title, body=telling.body)}


def _row(act: Act, telling: Telling, payload: dict[str, Any], **about: UUID) -> dict[str, Any]:
    row = mail_row(act, telling.event_id, payload, **about)
    many = telling.to_guests or telling.kind in DISPENSABLE
    return row | {"kind": BULK} if many else row


def mail_row(
    act: Act, event_id: UUID | None, payload: Mapping[str, Any], **about: UUID
) -> dict[str, Any]:
    """The row of a mail, with all its columns, so that many are written at once.

    Args:
        act: The act that queues it.
        event_id: The event it is about.
        payload: What it is made of.
        **about: Whom it is for: `account_id`, `booking_id`, `ticket_id`; which `announcement_id`
            it brings.
    """
    nobody = {"account_id": None, "booking_id": None, "ticket_id": None, "announcement_id": None}
    return {
        "id": new_id(),
        "kind": MAIL,
        "event_id": event_id,
        "state": "queued",
        "payload": payload,
        "reason": "",
        "mark": "",
        "attempts": 0,
        "due_at": act.now,
        "created_at": act.now,
        **nobody,
        **about,
    }


_OPEN: Final = BookingRow.state.in_(("pending", "paid"))
