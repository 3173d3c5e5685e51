"""The tables of an event, each after those it depends on, and which of their rows are its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, or_, select

from data.schema import (
    AccountRow,
    AdmissionRow,
    AnnouncementRow,
    AnswerRow,
    Base,
    BookingRow,
    CalendarEntryRow,
    CashMovementRow,
    CashShiftRow,
    CheckInListRow,
    CheckInListTypeRow,
    DeviceRow,
    DiscountRow,
    DiscountTypeRow,
    EventErasureRow,
    EventRoleRow,
    EventRow,
    GateRow,
    InvitationRow,
    InvoiceRow,
    LedgerRow,
    MailTextRow,
    OfflineScanRow,
    PaymentNoticeRow,
    PaymentRow,
    QuestionRow,
    QuestionTypeRow,
    QueueRequestRow,
    RefundRow,
    RefusalRow,
    RoomRow,
    ScanRow,
    ScanTimingRow,
    SeatRow,
    SeatSectionRow,
    SessionRow,
    SessionSpeakerRow,
    SignUpRow,
    SpeakerRow,
    SponsorRow,
    StatementLineRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
    TokenRevocationRow,
    VenueRow,
    VoucherRow,
    WaitlistEntryRow,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an event.

    Attributes:
        parent: The column that refers to a table with the event's id; "" where this table has it.
        order: The columns by which its rows are written.
        left_out: Columns that are not written, with their values in the other house.
        late: Columns that refer to later rows.
        strays: Columns that may refer to another event; they are emptied then.
    """

    row: type[Base]
    parent: str = ""
    order: tuple[str, ...] = ("id",)
    left_out: dict[str, Any] = field(default_factory=dict)
    late: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """The table."""
        table = self.row.__table__
        assert isinstance(table, Table)
        return table

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    def of(self, event_id: UUID) -> Select[Any]:
        """The query for the rows of an event."""
        columns = self.table.c
        return (
            select(self.table)
            .where(self.mine(event_id))
            .order_by(*(columns[name] for name in self.order))
        )

    def written(self, event_id: UUID) -> list[ColumnElement[Any]]:
        """The columns that are written."""
        return [
            self._kept(column, event_id) if column.name in self.strays else column
            for column in self.table.c
            if column.name not in self.left_out
        ]

    def _kept(self, column: Column[Any], event_id: UUID) -> ColumnElement[Any]:
        (key,) = column.foreign_keys
        target = key.column.table.alias()
        kept = select(target.c["id"]).where(
            target.c["id"] == column, target.c["event_id"] == event_id
        )
        return kept.scalar_subquery().label(column.name)

    def mine(self, event_id: UUID) -> ColumnElement[bool]:
        """The condition for rows of an event."""
        columns = self.table.c
        if self.row is EventRow:
            return columns["id"] == event_id
        if not self.parent:
            return columns["event_id"] == event_id
        (key,) = columns[self.parent].foreign_keys
        parents = key.column.table
        return columns[self.parent].in_(select(key.column).where(parents.c["event_id"] == event_id))


PARTS: Final = (
    Part(EventRow, left_out={"staff_pin_hash": None, "commission_bp": None}, late=("venue_id",)),
    Part(VenueRow),
    Part(RoomRow),
    Part(SessionRow),
    Part(CalendarEntryRow),
    Part(SpeakerRow),
    Part(SponsorRow),
    Part(SessionSpeakerRow, "session_id", ("session_id", "speaker_id")),
    Part(SeatSectionRow),
    Part(TicketTypeRow),
    Part(TicketTypeSessionRow, "ticket_type_id", ("ticket_type_id", "session_id")),
    Part(DiscountRow),
    Part(DiscountTypeRow, "discount_id", ("discount_id", "ticket_type_id")),
    Part(QuestionRow, late=("depends_on",)),
    Part(QuestionTypeRow, "question_id", ("question_id", "ticket_type_id")),
    Part(CheckInListRow),
    Part(CheckInListTypeRow, "list_id", ("list_id", "ticket_type_id")),
    Part(GateRow),
    Part(EventRoleRow, order=("account_id",)),
    Part(InvitationRow),
    Part(EventErasureRow, left_out={"log_read": 0}, order=("event_id",)),
    Part(AnnouncementRow),
    Part(MailTextRow, order=("kind", "language")),
    Part(BookingRow, order=("no", "id")),
    Part(TicketRow, order=("search_no",), late=("companion_of",)),
    Part(TokenRevocationRow, "ticket_id", ("ticket_id", "revision")),
    Part(AnswerRow, "ticket_id", ("ticket_id", "question_id")),
    Part(SeatRow, left_out={"held_by": None, "held_until": None}),
    Part(WaitlistEntryRow, order=("no",)),
    Part(QueueRequestRow, left_out={"said": None}, order=("no",)),
    Part(RefusalRow),
    Part(SignUpRow),
    Part(VoucherRow),
    Part(PaymentRow),
    Part(PaymentNoticeRow, "payment_id", ("provider", "notice")),
    Part(RefundRow),
    Part(LedgerRow, order=("no",)),
    Part(InvoiceRow),
    Part(StatementLineRow, left_out={"said": None}),
    # A ticket of another event may have been tried at this one's doors.
    Part(ScanRow, order=("no",), strays=("ticket_id",)),
    Part(AdmissionRow, "list_id"),
    Part(ScanTimingRow, "scan_id", ("scan_id",)),
    Part(OfflineScanRow, order=("scan_id",)),
    Part(CashShiftRow, order=("opened_at", "id"), late=("handed_to_id",)),
    Part(CashMovementRow, "shift_id", ("no",)),
)
"""All tables of an event; each refers only to those before it, but for its late columns."""

ACCOUNT_FIELDS: Final = ("id", "email", "name")
DEVICE_FIELDS: Final = ("id", "name", "created_at")


def references(part: Part, target: type[Base]) -> Iterator[str]:
    """The columns of a part that refer to another table."""
    for column in part.table.c:
        if any(key.column.table is target.__table__ for key in column.foreign_keys):
            yield column.name


def named_rows(
    event_id: UUID, target: type[AccountRow] | type[DeviceRow], fields: tuple[str, ...]
) -> Select[Any]:
    """The query for the accounts or devices that rows of an event refer to."""
    table = target.__table__
    mentions: list[ColumnElement[bool]] = []
    for part in PARTS:
        rows = part.of(event_id).order_by(None).subquery()
        mentions += [table.c["id"].in_(select(rows.c[name])) for name in references(part, target)]
    named = select(*(table.c[name] for name in fields)).where(or_(*mentions))
    return named.order_by(table.c["id"])
