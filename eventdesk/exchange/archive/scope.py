"""Which rows of which tables are one event, and in which order they depend on each other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, select

from data.schema import (
    AccountRow,
    AdmissionRow,
    AnnouncementRow,
    AnswerRow,
    Base,
    BookingRow,
    CashMovementRow,
    CashShiftRow,
    CheckInListRow,
    CheckInListTypeRow,
    DeviceRow,
    DiscountRow,
    DiscountTypeRow,
    EventRoleRow,
    EventRow,
    GateRow,
    InvitationRow,
    InvoiceRow,
    LedgerRow,
    PaymentNoticeRow,
    PaymentRow,
    QuestionRow,
    QuestionTypeRow,
    QueueRequestRow,
    RefundRow,
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
        parent: The column that leads to a table whose rows name the event; "" where they do.
        order: The columns its rows are written in the order of.
        left_out: Columns that stay in their house, with what they are elsewhere.
        late: Columns that point at rows which come later.
        strays: Columns that may name what is another event's; elsewhere they name nothing then.
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
        """The question for the rows of an event, in order."""
        columns = self.table.c
        return (
            select(self.table)
            .where(self.mine(event_id))
            .order_by(*(columns[name] for name in self.order))
        )

    def written(self, event_id: UUID) -> list[ColumnElement[Any]]:
        """The columns that go with an event, in order."""
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
        """Which of its rows are of an event."""
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
    Part(AnnouncementRow),
    Part(BookingRow, order=("no", "id")),
    Part(TicketRow, order=("search_no",), late=("companion_of",)),
    Part(TokenRevocationRow, "ticket_id", ("ticket_id", "revision")),
    Part(AnswerRow, "ticket_id", ("ticket_id", "question_id")),
    Part(SeatRow, left_out={"held_by": None, "held_until": None}),
    Part(WaitlistEntryRow, order=("no",)),
    Part(QueueRequestRow, left_out={"said": None}, order=("no",)),
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
    Part(CashShiftRow, order=("opened_at", "id"), late=("handed_to_id",)),
    Part(CashMovementRow, "shift_id", ("no",)),
)
"""All tables of an event; each needs only those before it, but for its late columns."""

HOUSE_TABLES: Final = frozenset(
    {
        "account",
        "audit",
        "audit_link",
        "delivery",
        "device",
        "name_word",
        "notice",
        "one_time_code",
        "printer",
        "printer_gate",
        "profile",
        "setting",
        "token_key",
        "touched",
        "wrong_try",
    }
)
"""Tables of the house; of accounts and devices only what an event's rows name goes with it."""

ACCOUNT_FIELDS: Final = ("id", "email", "name")
DEVICE_FIELDS: Final = ("id", "name", "created_at")


def references(part: Part, target: type[Base]) -> Iterator[str]:
    """Name the columns of a part that point at rows of another table."""
    for column in part.table.c:
        if any(key.column.table is target.__table__ for key in column.foreign_keys):
            yield column.name


def named_rows(
    event_id: UUID, target: type[AccountRow] | type[DeviceRow], fields: tuple[str, ...]
) -> Select[Any]:
    """The question for the accounts or devices that rows of an event name."""
    table = target.__table__
    mentions: list[ColumnElement[bool]] = []
    for part in PARTS:
        rows = part.of(event_id).order_by(None).subquery()
        mentions.extend(
            table.c["id"].in_(select(rows.c[name])) for name in references(part, target)
        )
    either = mentions[0]
    for mention in mentions[1:]:
        either = either | mention
    return select(*(table.c[name] for name in fields)).where(either).order_by(table.c["id"])
