"""Lists to export: events, sessions, waitlist, scans, bookings, attendees, payments, requests.

A list is a query whose labels are the headings of its columns; labels that begin with `_` are
read and not written. Instants are written on the event's clock, with its offset. Amounts stand in
columns of their own beside their currency.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Case,
    Connection,
    RowMapping,
    Select,
    case,
    func,
    literal,
    null,
    select,
    union_all,
)

from data.rows import AnyRow
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
from eventdesk.core.booking_states import CANCELLED, EXPIRED
from eventdesk.core.money import Money
from eventdesk.door import answers_told
from eventdesk.events import RequestState, by_a_door
from eventdesk.tables.cells import Cell
from eventdesk.waiting import EntryState

PAGE: Final = 500
"""Rows read at a time."""

Rows: TypeAlias = tuple[tuple[str, ...], Iterator[Sequence[Cell]]]
"""The headings of a list, and its rows, which are read as they are taken."""


Writer: TypeAlias = Callable[[Any, RowMapping], Cell]
"""Writes a value of a row."""


class Listed:
    """A query as a list.

    Args:
        query: The query, as the head of this module tells it.
        zone: The zone its instants are written in; "" is that of the row's column `time zone`.
        amounts: Columns with minor units of the row's `currency` and `_exponent`.
        written: How the values of other columns are written.
    """

    def __init__(
        self,
        query: Select[*tuple[Any, ...]],
        zone: str = "",
        amounts: Collection[str] = (),
        written: Mapping[str, Writer] = {},
    ) -> None:
        self.query, self._zone = query, zone
        names = query.selected_columns.keys()
        self.heading = tuple(name for name in names if not name.startswith("_"))
        self._writers: dict[str, Writer] = {
            **dict.fromkeys(self.heading, self._plain),
            **dict.fromkeys(amounts, _amount),
            **written,
        }

    def cells(self, row: RowMapping) -> list[Cell]:
        """Write a row."""
        return [write(row[name], row) for name, write in self._writers.items()]

    def rows(self, connection: Connection) -> Rows:
        """Read the list row by row."""
        found = connection.execute(self.query, execution_options={"yield_per": PAGE}).mappings()
        return self.heading, map(self.cells, found)

    def _plain(self, value: Any, row: RowMapping) -> Cell:
        if isinstance(value, datetime):
            return value.astimezone(ZoneInfo(self._zone or row["time zone"]))
        cell: Cell = value
        return cell


def _amount(minor: int, row: RowMapping) -> Money:
    return Money(minor, row["currency"], row["_exponent"])


def events(act: Act, team: UUID | None) -> Rows:
    """All events of the house, or those whose team an account is in."""
    tickets = select(func.count()).where(TicketRow.event_id == EventRow.id, takes_place(act.now))
    query = (
        select(
            EventRow.code,
            EventRow.name,
            EventRow.state,
            EventRow.category,
            EventRow.starts_at.label("starts"),
            EventRow.ends_at.label("ends"),
            EventRow.time_zone.label("time zone"),
            VenueRow.name.label("venue"),
            EventRow.online_url.label("online"),
            EventRow.visibility,
            EventRow.capacity,
            tickets.scalar_subquery().label("tickets"),
            EventRow.currency,
            AccountRow.email.label("owner"),
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
    return Listed(query).rows(act.connection)


def sessions(act: Act, event: AnyRow) -> Rows:
    """The programme by time."""
    signed_up = select(func.count()).where(SignUpRow.session_id == SessionRow.id)
    waiting = select(func.count()).where(
        WaitlistEntryRow.session_id == SessionRow.id,
        WaitlistEntryRow.state.in_(("waiting", "offered")),
        ~offer_lapsed(act.now),
    )
    speakers: dict[UUID, list[str]] = {}
    for session_id, name in act.connection.execute(
        select(SessionSpeakerRow.session_id, SpeakerRow.name)
        .join(SpeakerRow, SpeakerRow.id == SessionSpeakerRow.speaker_id)
        .where(SpeakerRow.event_id == event.id)
        .order_by(SessionSpeakerRow.position)
    ):
        speakers.setdefault(session_id, []).append(name)
    query = (
        select(
            SessionRow.title,
            SessionRow.id.label("speakers"),
            RoomRow.name.label("room"),
            SessionRow.starts_at.label("starts"),
            SessionRow.ends_at.label("ends"),
            SessionRow.tags,
            SessionRow.capacity,
            SessionRow.sign_up.label("needs sign-up"),
            signed_up.scalar_subquery().label("signed up"),
            waiting.scalar_subquery().label("waiting"),
            SessionRow.cancelled_at.label("cancelled at"),
            SessionRow.description,
        )
        .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
        .where(SessionRow.event_id == event.id)
        .order_by(SessionRow.starts_at, SessionRow.id)
    )
    written: dict[str, Writer] = {
        "speakers": lambda session_id, _row: ", ".join(speakers.get(session_id, ())),
        "tags": lambda tags, _row: ", ".join(tags),
    }
    return Listed(query, event.time_zone, written=written).rows(act.connection)


def waitlist(act: Act, event: AnyRow) -> Rows:
    """All who ever waited, in the order in which they joined."""
    lapsed = (offer_lapsed(act.now), EntryState.EXPIRED.value)
    query = (
        select(
            WaitlistEntryRow.no.label("number"),
            WaitlistEntryRow.name,
            WaitlistEntryRow.email,
            TicketTypeRow.name.label("ticket type"),
            SessionRow.title.label("session"),
            WaitlistEntryRow.priority,
            WaitlistEntryRow.places,
            WaitlistEntryRow.least.label("fewest that will do"),
            WaitlistEntryRow.passed.label("places that went past"),
            case(lapsed, else_=WaitlistEntryRow.state).label("state"),
            WaitlistEntryRow.created_at.label("joined at"),
            WaitlistEntryRow.offered_at.label("offered at"),
            WaitlistEntryRow.offer_until.label("offer until"),
            TicketRow.code.label("ticket"),
        )
        .outerjoin(TicketTypeRow, TicketTypeRow.id == WaitlistEntryRow.ticket_type_id)
        .outerjoin(SessionRow, SessionRow.id == WaitlistEntryRow.session_id)
        .outerjoin(TicketRow, TicketRow.id == WaitlistEntryRow.ticket_id)
        .where(WaitlistEntryRow.event_id == event.id)
        .order_by(WaitlistEntryRow.no)
    )
    return Listed(query, event.time_zone).rows(act.connection)


def scans(act: Act, event: AnyRow) -> Rows:
    """Every attempt at every door, in the order in which the store wrote it down."""
    lists = select(CheckInListRow.id).where(CheckInListRow.event_id == event.id)
    query = (
        select(
            ScanRow.no.label("number"),
            ScanRow.recorded_at.label("recorded at"),
            ScanRow.seen_at.label("seen at"),
            CheckInListRow.name.label("list"),
            GateRow.name.label("gate"),
            ScanRow.direction,
            ScanRow.outcome,
            ScanRow.reason,
            TicketRow.code.label("ticket"),
            TicketRow.holder_name.label("name"),
            TicketTypeRow.name.label("ticket type"),
            ScanRow.actor_name.label("by"),
            ScanRow.source,
            ScanRow.forced,
            ScanRow.force_reason.label("forced because"),
            ScanRow.annulled_at.label("undone at"),
            ScanRow.annulled_by.label("undone by"),
            ScanRow.approved_by.label("approved by"),
            ScanRow.answers,
            CheckInListRow.questions.label("_questions"),
        )
        .join(CheckInListRow, CheckInListRow.id == ScanRow.list_id)
        .outerjoin(GateRow, GateRow.id == ScanRow.gate_id)
        .outerjoin(TicketRow, TicketRow.id == ScanRow.ticket_id)
        .outerjoin(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(ScanRow.list_id.in_(lists))
        .order_by(ScanRow.no)
    )
    answers: dict[str, Writer] = {
        "answers": lambda given, row: "; ".join(answers_told(given, row["_questions"]))
    }
    return Listed(query, event.time_zone, written=answers).rows(act.connection)


def bookings(act: Act, event: AnyRow) -> Rows:
    """Bookings in the order in which they were made."""
    tickets = select(func.count()).where(
        TicketRow.booking_id == BookingRow.id, takes_place(act.now)
    )
    ended = BookingRow.id.in_(overdue(act.now))
    total = case((ended, BookingRow.kept_minor), else_=BookingRow.total_minor)
    paid, back = (
        select(func.coalesce(func.sum(table.amount_minor), 0))
        .where(table.booking_id == BookingRow.id, table.state == "paid")
        .scalar_subquery()
        for table in (PaymentRow, RefundRow)
    )
    query = (
        select(
            BookingRow.code,
            booking_state(act.now).label("state"),
            BookingRow.approved,
            BookingRow.name,
            BookingRow.email,
            tickets.scalar_subquery().label("tickets"),
            total.label("total"),
            paid.label("paid"),
            back.label("refunded"),
            (total - paid + back).label("due"),
            BookingRow.kept_minor.label("fees kept"),
            BookingRow.currency,
            BookingRow.discount_code.label("discount code"),
            BookingRow.created_at.label("booked at"),
            BookingRow.expires_at.label("pay until"),
            BookingRow.cancelled_at.label("cancelled at"),
            BookingRow.source,
            BookingRow.external_ref.label("external reference"),
            BookingRow.note,
            BookingRow.currency_exponent.label("_exponent"),
        )
        .where(BookingRow.event_id == event.id)
        .order_by(BookingRow.no, BookingRow.id)
    )
    amounts = ("total", "paid", "refunded", "due", "fees kept")
    return Listed(query, event.time_zone, amounts).rows(act.connection)


def attendee_query(now: datetime, event: AnyRow) -> Select[*tuple[Any, ...]]:
    """Tickets with their holders; the columns are labelled as headings."""
    first_in = select(func.min(AdmissionRow.admitted_at)).where(
        AdmissionRow.ticket_id == TicketRow.id, by_a_door()
    )
    return (
        select(
            TicketRow.code,
            BookingRow.code.label("booking"),
            TicketRow.holder_name.label("name"),
            TicketRow.holder_email.label("email"),
            TicketRow.line_two.label("second line"),
            TicketTypeRow.name.label("ticket type"),
            TicketRow.seat,
            ticket_state(now).label("state"),
            booking_state(now).label("booking state"),
            TicketRow.price_minor.label("price"),
            TicketRow.discount_minor.label("discount"),
            TicketRow.tax_minor.label("tax"),
            TicketRow.fee_minor.label("fee"),
            BookingRow.currency,
            first_in.scalar_subquery().label("checked in at"),
            TicketRow.valid_from.label("valid from"),
            TicketRow.valid_until.label("valid until"),
            TicketRow.attention.label("note for the door"),
            TicketRow.blocked_note.label("blocked because"),
            TicketRow.created_at.label("booked at"),
            TicketRow.external_ref.label("external reference"),
            BookingRow.currency_exponent.label("_exponent"),
            TicketRow.id.label("_id"),
        )
        .join(BookingRow, BookingRow.id == TicketRow.booking_id)
        .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
        .where(TicketRow.event_id == event.id)
        .order_by(TicketRow.search_no)
    )


def questions_asked(
    connection: Connection, event: AnyRow, heading: Sequence[str]
) -> dict[UUID, str]:
    """The questions of an event in their order, each with a heading that no other column has."""
    questions = connection.execute(
        select(QuestionRow.id, QuestionRow.text)
        .where(QuestionRow.event_id == event.id)
        .order_by(QuestionRow.position, QuestionRow.id)
    ).all()
    asked: dict[UUID, str] = {}
    for question in questions:
        name = question.text
        while name in (*heading, *asked.values()):
            name += " (answer)"
        asked[question.id] = name
    return asked


def attendees(act: Act, event: AnyRow) -> Rows:
    """Tickets with their holders, the answers to each question in a column of its own."""
    query = attendee_query(act.now, event)
    listed = Listed(query, event.time_zone, ("price", "discount", "tax", "fee"))
    asked = questions_asked(act.connection, event, listed.heading)

    def rows() -> Iterator[Sequence[Cell]]:
        result = act.connection.execute(query, execution_options={"yield_per": PAGE}).mappings()
        for page in result.partitions(PAGE):
            answers = _answers(act.connection, [row["_id"] for row in page]) if asked else {}
            for row in page:
                given = answers.get(row["_id"], {})
                yield [*listed.cells(row), *map(given.get, asked)]

    return (*listed.heading, *asked.values()), rows()


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


def money_moved(event: AnyRow) -> tuple[Any, Any]:
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
            literal("refund").label("kind"),
            RefundRow.id,
            RefundRow.booking_id,
            PaymentRow.method,
            PaymentRow.provider,
            RefundRow.reference,
            (-RefundRow.amount_minor).label("amount_minor"),
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


def payments(act: Act, event: AnyRow) -> Rows:
    """Payments and what was given back of them, in the order of time."""
    money = union_all(*money_moved(event)).subquery()
    query = (
        select(
            money.c.created_at.label("at"),
            money.c.kind,
            BookingRow.code.label("booking"),
            BookingRow.name.label("buyer"),
            money.c.method,
            money.c.provider,
            money.c.reference,
            money.c.amount_minor.label("amount"),
            money.c.currency,
            money.c.state,
            money.c.reason,
            money.c.error,
            money.c.actor_name.label("by"),
            money.c.settled_at.label("settled at"),
            money.c.currency_exponent.label("_exponent"),
        )
        .join(BookingRow, BookingRow.id == money.c.booking_id)
        .order_by(money.c.created_at, money.c.id)
    )
    return Listed(query, event.time_zone, ("amount",)).rows(act.connection)


def requests(act: Act, event: AnyRow) -> Rows:
    """Requests of the hour of opening: the decided ones in their order, then those that wait."""
    wish = QueueRequestRow.wish
    of_event = select(TicketTypeRow.id, TicketTypeRow.name)
    types = {
        str(row.id): row.name
        for row in act.connection.execute(of_event.where(TicketTypeRow.event_id == event.id))
    }

    def named(value: Mapping[str, Any], _row: RowMapping) -> str:
        wanted = dict.fromkeys(each["type"] for each in value.get("tickets", ()))
        return ", ".join(types.get(each, each) for each in wanted)

    query = (
        select(
            QueueRequestRow.no.label("number"),
            wish["name"].as_string().label("name"),
            wish["email"].as_string().label("email"),
            func.json_array_length(wish, "$.tickets").label("tickets"),
            wish.label("ticket types"),
            QueueRequestRow.priority,
            request_state(act.now).label("state"),
            QueueRequestRow.reason,
            BookingRow.code.label("booking"),
            QueueRequestRow.created_at.label("asked at"),
            QueueRequestRow.decided_at.label("decided at"),
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
    return Listed(query, event.time_zone, written={"ticket types": named}).rows(act.connection)


def request_state(now: datetime) -> Case[Any]:
    """How a request stands, with what became of its booking."""
    of_booking = booking_state(now)
    return case(
        (QueueRequestRow.state == RequestState.SOLD_OUT.value, "sold out"),
        (of_booking.in_((CANCELLED, EXPIRED)), of_booking),
        else_=QueueRequestRow.state,
    )
