"""What goes to services outside: deliveries claimed by senders, settled, tried again.

The delivery queue is one for badges and for all else; this is the part of it that no printer has a
hand in. A delivery is queued in the transaction that causes it, claimed with a lease, handed to
its service outside of any transaction, and what came of it is written down at once. What was
claimed by a program that died is claimed again when the lease ends: it may go out twice, so a
sender names each by its id, which a service that can does only once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, update

from data.rows import AnyRow, count_rows
from data.schema import BookingRow, DeliveryRow, NoticeRow, ServiceRow
from data.store import Store
from eventdesk.acts import Act, Permission, Topic, event_of, reads, writes
from eventdesk.core.errors import InvalidInputError, need_found
from eventdesk.core.messages import Message, kept_text, kept_texts, msg
from eventdesk.services.service import SetUp
from eventdesk.services.set_up import WHO

LEASE: Final = timedelta(minutes=2)
"""How long a sender may take over what it claimed."""

FIRST_RETRY, LAST_RETRY = timedelta(seconds=5), timedelta(hours=1)
"""Pauses after failed attempts double from the first to the last."""

MAX_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A claimed delivery.

    Attributes:
        payload: What was queued with it.
        attempts: How often it was claimed, this time included; above 1 it may be out already.
    """

    id: UUID
    kind: str
    event_id: UUID | None
    ticket_id: UUID | None
    account_id: UUID | None
    booking_id: UUID | None
    service_id: UUID | None
    payload: Mapping[str, Any]
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The service took it.

    Attributes:
        where: Where it went, as lists show it.
        reference: What the service calls it.
    """

    where: str = ""
    reference: str = ""
    fate: Literal["sent"] = "sent"


@dataclass(frozen=True, slots=True)
class Failed:
    """The service will not take it, whatever is tried; a person must look."""

    why: Message
    fate: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Later:
    """It is to be tried again.

    Attributes:
        wait_s: Seconds until then; None doubles the last pause.
    """

    why: Message
    wait_s: float | None = None
    fate: Literal["later"] = "later"


@dataclass(frozen=True, slots=True)
class Waits:
    """It was not tried, for its turn comes later; that tries nobody's patience.

    Attributes:
        wait_s: Seconds until then.
    """

    wait_s: float
    fate: Literal["waits"] = "waits"


@dataclass(frozen=True, slots=True)
class Dropped:
    """It needs not go any more: what it was about is over."""

    fate: Literal["dropped"] = "dropped"


@dataclass(frozen=True, slots=True)
class Held:
    """It waits until somebody lets it go on, as if it had not been tried."""

    fate: Literal["held"] = "held"


Fate: TypeAlias = Sent | Failed | Later | Waits | Dropped | Held
Told: TypeAlias = Callable[[UUID, Fate], None]


class Sender(Protocol):
    """What takes deliveries of one kind to services of one kind."""

    @property
    def kind(self) -> str:
        """The kind of its deliveries."""
        ...

    @property
    def service(self) -> str:
        """The kind of the services they go to."""
        ...

    @property
    def patience(self) -> timedelta:
        """How long a delivery is tried before it has failed."""
        ...

    @property
    def at_once(self) -> int:
        """Most deliveries that are claimed together, and so what a crash may leave in doubt."""
        ...

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Take deliveries to a service in their order, and tell each one's fate once it is known.

        No transaction is open. What it does not tell goes back, but for the first where it raises
        anything but these: that was over this one.

        Raises:
            ServiceSilentError: The service does not answer; it rests for a while.
        """
        ...


_OPEN: Final = text("delivery.state IN ('queued', 'leased')")
"""In these words, because SQLite uses the index only where they are repeated."""


def _due(kind: str, service: SetUp, now: datetime, *, own: bool) -> list[ColumnElement[bool]]:
    """Whether a delivery is due for a service; those that name none are any's of the house."""
    mine = DeliveryRow.service_id == service.id
    here = mine if own else or_(mine, DeliveryRow.service_id.is_(None))
    over = (DeliveryRow.state == "leased") & (DeliveryRow.leased_until <= now)
    waits = (DeliveryRow.state == "queued") & (DeliveryRow.due_at <= now)
    return [DeliveryRow.kind == kind, _OPEN, or_(waits, over), here]  # type: ignore[list-item]


@reads(internal=True)
def anything_due(act: Act, kind: str, service: SetUp) -> bool:
    """Whether `claim_outgoing` would find anything."""
    due = _due(kind, service, act.now, own=service.event_id is not None)
    return act.connection.execute(select(DeliveryRow.id).where(*due).limit(1)).first() is not None


@writes(internal=True)
def claim_outgoing(
    act: Act, courier: str, kind: str, service: SetUp, *, limit: int
) -> list[Outgoing]:
    """Take what is due for a service, oldest first, for as long as the lease lasts.

    Nothing is taken while the service rests, is switched off or gone.
    """
    on = select(ServiceRow.id).where(
        ServiceRow.id == service.id,
        ServiceRow.enabled.is_(True),
        or_(ServiceRow.rests_until.is_(None), ServiceRow.rests_until <= act.now),
    )
    if act.connection.execute(on).first() is None:
        return []
    due = _due(kind, service, act.now, own=service.event_id is not None)
    found = select(DeliveryRow.__table__).where(*due)
    rows = act.connection.execute(
        found.order_by(DeliveryRow.due_at, DeliveryRow.id).limit(limit)
    ).all()
    if rows:
        act.touch(Topic.SERVICES)
        act.connection.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id.in_([row.id for row in rows]))
            .values(
                state="leased",
                attempts=DeliveryRow.attempts + 1,
                leased_by=courier,
                leased_until=act.now + LEASE,
                service_id=service.id,
            )
        )
    return [_outgoing(row) for row in rows]


def _outgoing(row: AnyRow) -> Outgoing:
    return Outgoing(
        id=row.id,
        kind=row.kind,
        event_id=row.event_id,
        ticket_id=row.ticket_id,
        account_id=row.account_id,
        booking_id=row.booking_id,
        service_id=row.service_id,
        payload=row.payload,
        attempts=row.attempts + 1,
        created_at=row.created_at,
    )


@writes(internal=True)
def settle_outgoing(
    act: Act, courier: str, fates: Mapping[UUID, Fate], *, patience: timedelta
) -> None:
    """Write down what came of deliveries; one that another took over meanwhile is not touched."""
    act.touch(Topic.SERVICES)
    for delivery_id, fate in fates.items():
        row = act.connection.execute(
            select(DeliveryRow.attempts, DeliveryRow.created_at).where(
                DeliveryRow.id == delivery_id, *_leased_by(courier)
            )
        ).one_or_none()
        if row is not None:
            act.connection.execute(
                update(DeliveryRow)
                .where(DeliveryRow.id == delivery_id)
                .values(leased_by=None, leased_until=None, **_as_row(act, row, fate, patience))
            )


@writes(internal=True)
def return_outgoing(act: Act, courier: str, ids: Sequence[UUID]) -> None:
    """Put back what was claimed and never handed to its service: it waits as before."""
    act.touch(Topic.SERVICES)
    act.connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id.in_(ids), *_leased_by(courier))
        .values(
            state="queued", leased_by=None, leased_until=None, attempts=DeliveryRow.attempts - 1
        )
    )


def _leased_by(courier: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DeliveryRow.state == "leased", DeliveryRow.leased_by == courier


def _as_row(act: Act, row: AnyRow, fate: Fate, patience: timedelta) -> dict[str, Any]:
    """The columns that say what came of a delivery."""
    match fate:
        case Sent(where, reference):
            return {
                **{"state": "sent", "delivered_to": where[:MAX_ERROR], "job_ref": None},
                **{"sent_at": act.now, "finished_at": act.now, "last_error": None, "said": None},
                **({"mark": reference[:MAX_ERROR]} if reference else {}),
            }
        case Held():
            return {"state": "paused", "attempts": row.attempts - 1}
        case Dropped():
            return {"state": "cancelled", "finished_at": act.now}
        case Failed(why):
            return {"state": "failed", "finished_at": act.now, **_why(why)}
        case Waits(wait_s):
            due_at = act.now + timedelta(seconds=max(1.0, wait_s))
            return {"state": "queued", "due_at": due_at, "attempts": row.attempts - 1}
        case Later(why, wait_s):
            if act.now - row.created_at >= patience:
                return {"state": "failed", "finished_at": act.now, **_why(why)}
            pause = min(LAST_RETRY, FIRST_RETRY * (1 << max(0, min(row.attempts - 1, 20))))
            if wait_s is not None:
                pause = timedelta(seconds=max(1.0, min(wait_s, patience.total_seconds())))
            return {"state": "queued", "due_at": act.now + pause, **_why(why)}


def _why(error: Message) -> dict[str, Any]:
    kept = kept_texts(last_error=error)
    if len(kept["last_error"]) > MAX_ERROR:
        return {"last_error": kept["last_error"][:MAX_ERROR], "said": None}
    return kept


@dataclass(frozen=True, slots=True)
class OutgoingView:
    """A delivery to a service as lists show it.

    Attributes:
        what: What it is, where its kind has several: the verb of a webhook's event, what a mail
            is about, which folder it brings in step.
        state: queued, leased, sent, failed or cancelled.
        where: Where it went; "" until it did.
        reference: What the service calls it, or answered.
        error: Why the last attempt did not do; "" when nothing went wrong.
        due_at: When it is tried next, while it waits.
        booking: The code of the booking that it is about; "" is none.
    """

    id: UUID
    kind: str
    what: str
    event_id: UUID | None
    booking_id: UUID | None
    account_id: UUID | None
    state: str
    where: str
    reference: str
    error: str
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    booking: str = ""


@reads(*WHO, about=event_of(ServiceRow, "service_id"))
def service_deliveries(
    act: Act, service_id: UUID, *, state: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[OutgoingView], int]:
    """Read a page of what went to a service or waits for it, the latest first, and how many.

    Args:
        service_id: The service.
        state: Only those of this state; "" is all.
        offset: How many to skip.
        limit: Most to read.
    """
    _need_service(act, service_id)
    where = [DeliveryRow.service_id == service_id]
    if state:
        where.append(DeliveryRow.state == state)
    rows = act.connection.execute(
        select(DeliveryRow.__table__)
        .where(*where)
        .order_by(DeliveryRow.created_at.desc(), DeliveryRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return _with_bookings(act, rows.all()), count_rows(act.connection, *where)


def _with_bookings(act: Act, rows: Sequence[AnyRow]) -> list[OutgoingView]:
    """Deliveries with the bookings that they are about, and the notices that they bring."""
    ids = [UUID(hex=row.payload["notice"]) for row in rows if "notice" in row.payload]
    found = act.connection.execute(select(NoticeRow.__table__).where(NoticeRow.id.in_(ids)))
    notices = {row.id.hex: row for row in found}
    views = []
    for row in rows:
        view, notice = outgoing_view(row), notices.get(str(row.payload.get("notice", "")))
        if notice is not None:
            about = notice.subject_id if notice.subject_kind == "booking" else None
            view = replace(view, what=notice.kind, booking_id=view.booking_id or about)
        views.append(view)
    booked = select(BookingRow.id, BookingRow.code).where(
        BookingRow.id.in_({view.booking_id for view in views if view.booking_id is not None})
    )
    codes = {row.id: row.code for row in act.connection.execute(booked)}
    return [replace(view, booking=codes.get(view.booking_id, "")) for view in views]


def _what(payload: Mapping[str, Any]) -> str:
    """The verb of a webhook's event, what a mail is about, or which folder it is."""
    told = payload.get("type") or payload.get("mail") or payload.get("folder")
    return str(told or ("announcement" if "announcement" in payload else ""))


def outgoing_view(row: AnyRow) -> OutgoingView:
    """A delivery of a row with all its columns."""
    return OutgoingView(
        id=row.id,
        kind=row.kind,
        what=_what(row.payload),
        event_id=row.event_id,
        booking_id=row.booking_id,
        account_id=row.account_id,
        state=row.state,
        where=row.delivered_to or "",
        reference=row.mark,
        error=kept_text(row.said, "last_error", row.last_error or ""),
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        finished_at=row.finished_at,
    )


@writes(*WHO, about=event_of(ServiceRow, "service_id"))
def resend(act: Act, service_id: UUID, delivery_id: UUID) -> None:
    """Send a delivery once more that is out, failed or was called off.

    Raises:
        InvalidInputError: It waits already.
    """
    event_id = _need_service(act, service_id)
    row = act.connection.execute(
        select(DeliveryRow.state).where(
            DeliveryRow.id == delivery_id, DeliveryRow.service_id == service_id
        )
    ).one_or_none()
    row = need_found(row, msg("There is no such delivery any more."))
    if row.state in ("queued", "leased"):
        raise InvalidInputError(msg("It waits already."), hint=msg("It goes out by itself."))
    act.connection.execute(
        update(DeliveryRow)
        .where(DeliveryRow.id == delivery_id)
        .values(state="queued", due_at=act.now, created_at=act.now, attempts=0, finished_at=None)
    )
    act.record("resend", ("service", service_id), event_id=event_id, delivery=str(delivery_id))


def _need_service(act: Act, service_id: UUID) -> UUID | None:
    row = act.connection.execute(
        select(ServiceRow.event_id).where(ServiceRow.id == service_id)
    ).one_or_none()
    row = need_found(row, msg("There is no such service any more."))
    event_id: UUID | None = row.event_id
    if event_id is None:
        act.need(None, Permission.INSTALLATION)
    else:
        act.need(event_id, *WHO)
    return event_id
