"""The lists of an event as columns and rows, of any number: sold, paid, scanned, waited for.

Instants are written on the event's clock, with its offset. Amounts stand in a column of their own
beside their currency.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, case, func, literal, null, select, union_all

from data.schema import (
    AccountRow,
    AdmissionRow,
    AnswerRow,
    BookingRow,
    CheckInListRow,
    EventRoleRow,
    EventRow,
    GateRow,
    PaymentRow,
    QuestionRow,
    QueueRequestRow,
    RefundRow,
    RoomRow,
    ScanRow,
    SessionRow,
    SessionSpeakerRow,
    SignUpRow,
    SpeakerRow,
    TicketRow,
    TicketTypeRow,
    VenueRow,
    WaitlistEntryRow,
)
from eventdesk.acts import Act, booking_state, offer_lapsed, overdue, takes_place, ticket_state
from eventdesk.booking import by_a_door
from eventdesk.core.booking_states import CANCELLED, EXPIRED
from eventdesk.core.money import Money
from eventdesk.door import answers_told
from eventdesk.events import RequestState
from eventdesk.tables.cells import Cell
from eventdesk.waiting import EntryState

PAGE: Final = 500
"""Rows read at a time."""


Rows: TypeAlias = tuple[tuple[str, ...], Iterator[Sequence[Cell]]]
"""The names of columns, and rows that are read as they are taken."""

Columns = Sequence[tuple[str, Callable[[Any, Any], Cell]]]
"""Names of columns, each with what of a row stands in it."""


def streamed(connection: Connection, event: Any, query: Select[Any], columns: Columns) -> Rows:
    """Read a list row by row."""

    def rows() -> Iterator[Sequence[Cell]]:
        for row in connection.execute(query, execution_options={"yield_per": PAGE}):
            yield [value(row, event) for _, value in columns]

    return tuple(name for name, _ in columns), rows()


def as_it_is(name: str) -> Callable[[Any, Any], Cell]:
    """The column of this name as it is."""
    return lambda row, event: getattr(row, name)


def at(name: str) -> Callable[[Any, Any], Cell]:
    """An instant on the clock of the event."""

    def local(row: Any, event: Any) -> Cell:
        at: datetime | None = getattr(row, name)
        return None if at is None else at.astimezone(ZoneInfo(event.time_zone))

    return local


def on_its_clock(name: str) -> Callable[[Any, Any], Cell]:
    """An instant on the clock of the row's own event."""
    return lambda row, event: getattr(row, name).astimezone(ZoneInfo(row.time_zone))


def amount(name: str) -> Callable[[Any, Any], Cell]:
    """An amount in the row's own currency."""
    return lambda row, event: Money(getattr(row, name), row.currency, row.currency_exponent)


def events(act: Act, team: UUID | None) -> Rows:
    """All events of the house, or those whose team an account is in."""
    tickets = (
        select(func.count())
        .where(TicketRow.event_id == EventRow.id, takes_place(act.now))
        .scalar_subquery()
        .label("tickets")
    )
    query = (
        select(
            *EventRow.__table__.c,
            VenueRow.name.label("venue"),
            AccountRow.email.label("owner"),
            tickets,
        )
        .outerjoin(VenueRow, VenueRow.id == EventRow.venue_id)
        .outerjoin(AccountRow, AccountRow.id == EventRow.owner_id)
        .order_by(EventRow.starts_at, EventRow.id)
    )
    if team is not None:
        mine = select(EventRoleRow.event_id).where(
            EventRoleRow.account_id == team, EventRoleRow.role != "attendee"
        )
        query = query.where(EventRow.id.in_(mine))
    return streamed(
        act.connection,
        None,
        query,
        (
            ("code", as_it_is("code")),
            ("name", as_it_is("name")),
            ("state", as_it_is("state")),
            ("category", as_it_is("category")),
            ("starts", on_its_clock("starts_at")),
            ("ends", on_its_clock("ends_at")),
            ("time zone", as_it_is("time_zone")),
            ("venue", as_it_is("venue")),
            ("online", as_it_is("online_url")),
            ("visibility", as_it_is("visibility")),
            ("capacity", as_it_is("capacity")),
            ("tickets", as_it_is("tickets")),
            ("currency", as_it_is("currency")),
            ("owner", as_it_is("owner")),
        ),
    )


def sessions(act: Act, event: Any) -> Rows:
    """The programme by time."""
    signed_up = select(func.count()).where(SignUpRow.session_id == SessionRow.id).scalar_subquery()
    waiting = (
        select(func.count())
        .where(
            WaitlistEntryRow.session_id == SessionRow.id,
            WaitlistEntryRow.state.in_(("waiting", "offered")),
            ~offer_lapsed(act.now),
        )
        .scalar_subquery()
    )
    query = (
        select(
            *SessionRow.__table__.c,
            RoomRow.name.label("room"),
            signed_up.label("signed_up"),
            waiting.label("waiting"),
        )
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(SessionRow.event_id == event.id)
        .order_by(SessionRow.starts_at, SessionRow.id)
    )
    speakers: dict[UUID, list[str]] = {}
    for session_id, name in act.connection.execute(
        select(SessionSpeakerRow.session_id, SpeakerRow.name)
        .join(SpeakerRow, SpeakerRow.id == SessionSpeakerRow.speaker_id)
        .where(SpeakerRow.event_id == event.id)
        .order_by(SessionSpeakerRow.position)
    ):
        speakers.setdefault(session_id, []).append(name)
    return streamed(
        act.connection,
        event,
        query,
        (
            ("title", as_it_is("title")),
            ("speakers", lambda row, _: ", ".join(speakers.get(row.id, ()))),
            ("room", as_it_is("room")),
            ("starts", at("starts_at")),
            ("ends", at("ends_at")),
            ("tags", lambda row, _: ", ".join(row.tags)),
            ("capacity", as_it_is("capacity")),
            ("needs sign-up", as_it_is("sign_up")),
            ("signed up", as_it_is("signed_up")),
            ("waiting", as_it_is("waiting")),
            ("cancelled at", at("cancelled_at")),
            ("description", as_it_is("description")),
        ),
    )


def waitlist(act: Act, event: Any) -> Rows:
    """All who ever waited, in the order in which they joined."""
    query = (
        select(
            *WaitlistEntryRow.__table__.c,
            case(
                (offer_lapsed(act.now), EntryState.EXPIRED.value), else_=WaitlistEntryRow.state
            ).label("state_now"),
            TicketTypeRow.name.label("ticket_type"),
            SessionRow.title.label("session"),
            TicketRow.code.label("ticket"),
        )
        .outerjoin(TicketTypeRow, TicketTypeRow.id == WaitlistEntryRow.ticket_type_id)
        .outerjoin(SessionRow, SessionRow.id == WaitlistEntryRow.session_id)
        .outerjoin(TicketRow, TicketRow.id == WaitlistEntryRow.ticket_id)
        .where(WaitlistEntryRow.event_id == event.id)
        .order_by(WaitlistEntryRow.no)
    )
    return streamed(
        act.connection,
        event,
        query,
        (
            ("number", as_it_is("no")),
            ("name", as_it_is("name")),
            ("email", as_it_is("email")),
            ("ticket type", as_it_is("ticket_type")),
            ("session", as_it_is("session")),
            ("priority", as_it_is("priority")),
            ("state", as_it_is("state_now")),
            ("joined at", at("created_at")),
            ("offered at", at("offered_at")),
            ("offer until", at("offer_until")),
            ("ticket", as_it_is("ticket")),
        ),
    )


def scans(act: Act, event: Any) -> Rows:
    """Every attempt at every door, in the order in which the store wrote it down."""
    query = (
        select(
            *ScanRow.__table__.c,
            CheckInListRow.name.label("list_name"),
            CheckInListRow.questions,
            GateRow.name.label("gate"),
            TicketRow.code.label("ticket"),
            TicketRow.holder_name,
            TicketTypeRow.name.label("ticket_type"),
        )
        .join(CheckInListRow, CheckInListRow.id == ScanRow.list_id)
        .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
        .outerjoin(TicketRow, TicketRow.id == ScanRow.ticket_id)
        .outerjoin(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(ScanRow.list_id.in_(
            select(CheckInListRow.id).where(CheckInListRow.event_id == event.id)
        ))
        .order_by(ScanRow.no)
    )  # fmt: skip
    return streamed(
        act.connection,
        event,
        query,
        (
            ("number", as_it_is("no")),
            ("recorded at", at("recorded_at")),
            ("seen at", at("seen_at")),
            ("list", as_it_is("list_name")),
            ("gate", as_it_is("gate")),
            ("direction", as_it_is("direction")),
            ("outcome", as_it_is("outcome")),
            ("reason", as_it_is("reason")),
            ("ticket", as_it_is("ticket")),
            ("name", as_it_is("holder_name")),
            ("ticket type", as_it_is("ticket_type")),
            ("by", as_it_is("actor_name")),
            ("source", as_it_is("source")),
            ("forced", as_it_is("forced")),
            ("forced because", as_it_is("force_reason")),
            ("undone at", at("annulled_at")),
            ("undone by", as_it_is("annulled_by")),
            ("approved by", as_it_is("approved_by")),
            ("answers", lambda row, event: "; ".join(answers_told(row.answers, row.questions))),
        ),
    )


def bookings(act: Act, event: Any) -> Rows:
    """Bookings in the order in which they were made."""
    mine = TicketRow.booking_id == BookingRow.id
    tickets = select(func.count()).where(mine, takes_place(act.now)).scalar_subquery()
    ended = BookingRow.id.in_(overdue(act.now))
    total = case((ended, BookingRow.kept_minor), else_=BookingRow.total_minor)
    paid = (
        select(func.coalesce(func.sum(PaymentRow.amount_minor), 0))
        .where(PaymentRow.booking_id == BookingRow.id, PaymentRow.state == "paid")
        .scalar_subquery()
    )
    back = (
        select(func.coalesce(func.sum(RefundRow.amount_minor), 0))
        .where(RefundRow.booking_id == BookingRow.id, RefundRow.state == "paid")
        .scalar_subquery()
    )
    query = (
        select(
            *BookingRow.__table__.c,
            tickets.label("tickets"),
            paid.label("paid_minor"),
            back.label("refunded_minor"),
            (total - paid + back).label("due_minor"),
            total.label("total_now"),
            booking_state(act.now).label("state_now"),
        )
        .where(BookingRow.event_id == event.id)
        .order_by(BookingRow.no, BookingRow.id)
    )
    return streamed(
        act.connection,
        event,
        query,
        (
            ("code", as_it_is("code")),
            ("state", as_it_is("state_now")),
            ("approved", as_it_is("approved")),
            ("name", as_it_is("name")),
            ("email", as_it_is("email")),
            ("tickets", as_it_is("tickets")),
            ("total", amount("total_now")),
            ("paid", amount("paid_minor")),
            ("refunded", amount("refunded_minor")),
            ("due", amount("due_minor")),
            ("fees kept", amount("kept_minor")),
            ("currency", as_it_is("currency")),
            ("discount code", as_it_is("discount_code")),
            ("booked at", at("created_at")),
            ("pay until", at("expires_at")),
            ("cancelled at", at("cancelled_at")),
            ("source", as_it_is("source")),
            ("external reference", as_it_is("external_ref")),
            ("note", as_it_is("note")),
        ),
    )


def attendees(act: Act, event: Any) -> Rows:
    """Tickets with their holders, the answers to each question in a column of its own."""
    first_in = (
        select(func.min(AdmissionRow.admitted_at))
        .where(AdmissionRow.ticket_id == TicketRow.id, by_a_door())
        .scalar_subquery()
    )
    query = (
        select(
            *TicketRow.__table__.c,
            BookingRow.code.label("booking"),
            ticket_state(act.now).label("state_now"),
            booking_state(act.now).label("booking_state"),
            BookingRow.currency,
            BookingRow.currency_exponent,
            TicketTypeRow.name.label("ticket_type"),
            first_in.label("admitted_at"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.event_id == event.id)
        .order_by(TicketRow.search_no)
    )
    columns: Columns = (
        ("code", as_it_is("code")),
        ("booking", as_it_is("booking")),
        ("name", as_it_is("holder_name")),
        ("email", as_it_is("holder_email")),
        ("second line", as_it_is("line_two")),
        ("ticket type", as_it_is("ticket_type")),
        ("seat", as_it_is("seat")),
        ("state", as_it_is("state_now")),
        ("booking state", as_it_is("booking_state")),
        ("price", amount("price_minor")),
        ("discount", amount("discount_minor")),
        ("tax", amount("tax_minor")),
        ("fee", amount("fee_minor")),
        ("currency", as_it_is("currency")),
        ("checked in at", at("admitted_at")),
        ("valid from", at("valid_from")),
        ("valid until", at("valid_until")),
        ("note for the door", as_it_is("attention")),
        ("blocked because", as_it_is("blocked_note")),
        ("booked at", at("created_at")),
        ("external reference", as_it_is("external_ref")),
    )
    questions = act.connection.execute(
        select(QuestionRow.id, QuestionRow.text)
        .where(QuestionRow.event_id == event.id)
        .order_by(QuestionRow.position, QuestionRow.id)
    ).all()
    taken = {name for name, _ in columns}
    asked = {}
    for question in questions:
        name = question.text
        while name in taken:
            name += " (answer)"
        taken.add(name)
        asked[question.id] = name

    def rows() -> Iterator[Sequence[Cell]]:
        result = act.connection.execute(query, execution_options={"yield_per": PAGE})
        for page in result.partitions(PAGE):
            answers = _answers(act.connection, [row.id for row in page]) if asked else {}
            for row in page:
                given = answers.get(row.id, {})
                yield [
                    *(value(row, event) for _, value in columns),
                    *(given.get(question) for question in asked),
                ]

    return (*(name for name, _ in columns), *asked.values()), rows()


def _answers(connection: Connection, ticket_ids: Sequence[UUID]) -> Mapping[UUID, dict[UUID, str]]:
    found: dict[UUID, dict[UUID, str]] = {}
    rows = connection.execute(
        select(AnswerRow.ticket_id, AnswerRow.question_id, AnswerRow.value).where(
            AnswerRow.ticket_id.in_(ticket_ids)
        )
    )
    for ticket_id, question_id, value in rows:
        found.setdefault(ticket_id, {})[question_id] = value
    return found


def money_moved(event: Any) -> tuple[Any, Any]:
    """The payments of an event, and what was given back of them; what went out is negative."""
    came = select(
        literal("payment").label("kind"),
        PaymentRow.id,
        PaymentRow.booking_id,
        PaymentRow.method,
        PaymentRow.provider,
        PaymentRow.reference,
        PaymentRow.amount_minor,
        PaymentRow.currency,
        PaymentRow.currency_exponent,
        PaymentRow.state,
        null().label("reason"),
        PaymentRow.error,
        PaymentRow.actor_name,
        PaymentRow.created_at,
        PaymentRow.settled_at,
    ).where(PaymentRow.event_id == event.id)
    went = (
        select(
            literal("refund"),
            RefundRow.id,
            RefundRow.booking_id,
            PaymentRow.method,
            PaymentRow.provider,
            RefundRow.reference,
            -RefundRow.amount_minor,
            PaymentRow.currency,
            PaymentRow.currency_exponent,
            RefundRow.state,
            RefundRow.reason,
            RefundRow.error,
            RefundRow.actor_name,
            RefundRow.created_at,
            RefundRow.settled_at,
        )
        .join(PaymentRow, PaymentRow.id == RefundRow.payment_id)
        .where(RefundRow.event_id == event.id)
    )
    return came, went


def payments(act: Act, event: Any) -> Rows:
    """Payments and what was given back of them, in the order of time."""
    both = union_all(*money_moved(event)).subquery()
    query = (
        select(*both.c, BookingRow.code.label("booking"), BookingRow.name.label("buyer"))
        .join(BookingRow, BookingRow.id == both.c.booking_id)
        .order_by(both.c.created_at, both.c.id)
    )
    return streamed(act.connection, event, query, MONEY_COLUMNS)


MONEY_COLUMNS: Columns = (
    ("at", at("created_at")),
    ("kind", as_it_is("kind")),
    ("booking", as_it_is("booking")),
    ("buyer", as_it_is("buyer")),
    ("method", as_it_is("method")),
    ("provider", as_it_is("provider")),
    ("reference", as_it_is("reference")),
    ("amount", amount("amount_minor")),
    ("currency", as_it_is("currency")),
    ("state", as_it_is("state")),
    ("reason", as_it_is("reason")),
    ("error", as_it_is("error")),
    ("by", as_it_is("actor_name")),
    ("settled at", at("settled_at")),
)


_WAITING = "waiting"


def requests(act: Act, event: Any) -> Rows:
    """Requests of the hour of opening: the decided ones in their order, then those that wait."""
    wish = QueueRequestRow.wish
    query = (
        select(
            QueueRequestRow.no,
            wish["name"].as_string().label("name"),
            wish["email"].as_string().label("email"),
            func.json_array_length(wish, "$.tickets").label("tickets"),
            QueueRequestRow.priority,
            _state(act.now).label("state"),
            QueueRequestRow.reason,
            BookingRow.code.label("booking"),
            QueueRequestRow.created_at,
            QueueRequestRow.decided_at,
        )
        .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
        .where(QueueRequestRow.event_id == event.id)
        .order_by(
            QueueRequestRow.decided_at.is_(None),
            QueueRequestRow.decided_at,
            QueueRequestRow.priority.desc(),
            QueueRequestRow.no,
        )
    )
    columns: Columns = (
        ("number", as_it_is("no")),
        ("name", as_it_is("name")),
        ("email", as_it_is("email")),
        ("tickets", as_it_is("tickets")),
        ("priority", as_it_is("priority")),
        ("state", as_it_is("state")),
        ("reason", as_it_is("reason")),
        ("booking", as_it_is("booking")),
        ("asked at", at("created_at")),
        ("decided at", at("decided_at")),
    )
    return streamed(act.connection, event, query, columns)


def transactions(act: Act, event: Any) -> Rows:
    """Payments, refunds and decided requests in the order of time.

    A request is confirmed, sold out, cancelled (taken back, or its booking was cancelled),
    expired (its booking was not paid in time) or failed.
    """
    decided = (
        select(
            literal("request").label("kind"),
            QueueRequestRow.id,
            QueueRequestRow.booking_id,
            null().label("method"),
            null().label("provider"),
            null().label("reference"),
            func.coalesce(BookingRow.total_minor, 0).label("amount_minor"),
            literal(event.currency).label("currency"),
            literal(event.currency_exponent).label("currency_exponent"),
            _state(act.now).label("state"),
            QueueRequestRow.reason,
            null().label("error"),
            null().label("actor_name"),
            QueueRequestRow.created_at,
            QueueRequestRow.decided_at.label("settled_at"),
            QueueRequestRow.wish["name"].as_string().label("asked_by"),
        )
        .outerjoin(BookingRow, BookingRow.id == QueueRequestRow.booking_id)
        .where(
            QueueRequestRow.event_id == event.id,
            QueueRequestRow.state != RequestState.WAITING.value,
        )
    )
    came, went = money_moved(event)
    nobody = null().label("asked_by")
    everything = union_all(decided, came.add_columns(nobody), went.add_columns(nobody)).subquery()
    query = (
        select(
            *everything.c,
            BookingRow.code.label("booking"),
            func.coalesce(BookingRow.name, everything.c.asked_by).label("buyer"),
        )
        .outerjoin(BookingRow, BookingRow.id == everything.c.booking_id)
        .order_by(everything.c.created_at, everything.c.id)
    )
    return streamed(act.connection, event, query, MONEY_COLUMNS)


def _state(now: datetime) -> Any:
    """How a request stands, with what became of its booking."""
    of_booking = booking_state(now)
    return case(
        (QueueRequestRow.state == RequestState.SOLD_OUT.value, "sold out"),
        (of_booking.in_((CANCELLED, EXPIRED)), of_booking),
        else_=QueueRequestRow.state,
    )
