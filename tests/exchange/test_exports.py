"""Lists in files: who may take them out, and that every row is there as the store has it."""

import csv
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import insert, select

from data.schema import (
    AnswerRow,
    AuditRow,
    EventRoleRow,
    PaymentRow,
    QuestionRow,
    RefundRow,
    SessionRow,
    SignUpRow,
    WaitlistEntryRow,
)
from eventdesk.acts import SYSTEM, Actor, ActorKind, Permission, Role
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import reading
from eventdesk.door import check_in
from eventdesk.exchange import LISTINGS, Listing, export_tickets
from eventdesk.exchange.exports.exporting import export_events
from eventdesk.tables.files import Form, open_table
from tests.build import NOON, STAFF, Fair, make_fair
from tests.events.organizing import person


def exported(fair: Fair, listing: Listing, form: Form = Form.CSV, **given: Any) -> Path:
    spec = LISTINGS[listing]
    return spec.write(fair.store, SYSTEM.at(NOON), form, event_id=fair.event.id, **given).path


def read(path: Path) -> list[dict[str, str]]:
    table = open_table(path)
    return [dict(zip(table.heading, cells, strict=True)) for _, cells in table.rows()]


def add_more(fair: Fair) -> None:
    """An answer, a refund, somebody on the waitlist, a session somebody signed up for."""
    question, session, account = new_id(), new_id(), new_id()
    event_id = fair.event.id
    booked = fair.sell("Grace Hopper", email="grace@example.org")
    with fair.store.write() as connection:
        connection.execute(
            insert(QuestionRow).values(
                id=question, event_id=event_id, text="name", kind="text", required=False,
                choices=[], position=1, depends_value="", active=True,
            )
        )  # fmt: skip
        connection.execute(
            insert(AnswerRow).values(
                ticket_id=booked.ticket_ids[0], question_id=question, value="=Amazing Grace"
            )
        )
        payment = connection.execute(
            select(PaymentRow.id).where(PaymentRow.booking_id == booked.booking_id)
        ).scalar_one()
        connection.execute(
            insert(RefundRow).values(
                id=new_id(), event_id=event_id, booking_id=booked.booking_id, payment_id=payment,
                amount_minor=2000, state="paid", reason="late", reference="", error="",
                actor_name="Sue", created_at=NOON, settled_at=NOON,
            )
        )  # fmt: skip
        connection.execute(
            insert(WaitlistEntryRow).values(
                id=new_id(), no=1, event_id=event_id, ticket_type_id=fair.vip, name="Wanda",
                email="w@example.org", priority=1, state="waiting", created_at=NOON,
            )
        )  # fmt: skip
        connection.execute(
            insert(SessionRow).values(
                id=session, event_id=event_id, title="Keynote", description="", starts_at=NOON,
                ends_at=NOON, tags=["one", "two"], capacity=5, sign_up=True,
            )
        )  # fmt: skip
    signed = person(fair.store, "Signed")
    with fair.store.write() as connection:
        connection.execute(
            insert(SignUpRow).values(
                id=account, event_id=event_id, session_id=session, account_id=signed.id,
                created_at=NOON,
            )
        )  # fmt: skip


@pytest.mark.parametrize("form", list(Form))
def test_attendees_come_with_money_times_and_answers(fair: Fair, form: Form) -> None:
    ada = fair.sell("Ada Lovelace")
    add_more(fair)
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(ada)))
    first, second = read(exported(fair, Listing.ATTENDEES, form))
    assert (first["name"], first["ticket type"], first["booking state"]) == (
        "Ada Lovelace",
        "Regular",
        "paid",
    )
    assert first["checked in at"] == "2026-06-01 12:00:00+02:00"
    assert float(first["price"]) == 120.0
    assert first["currency"] == "EUR"
    assert second["name (answer)"] == "=Amazing Grace"


def test_an_answer_that_is_a_formula_is_text_in_the_file(fair: Fair) -> None:
    add_more(fair)
    with exported(fair, Listing.ATTENDEES).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name (answer)"] == "'=Amazing Grace"


def test_bookings_say_what_is_paid_and_due(fair: Fair) -> None:
    fair.sell_all(["Kay", "Kim"], paid=False)
    add_more(fair)
    first, second = read(exported(fair, Listing.BOOKINGS))
    assert [first[name] for name in ("state", "tickets", "total", "paid", "due")] == [
        "pending", "2", "240.00", "0.00", "240.00",
    ]  # fmt: skip
    assert [second[name] for name in ("total", "paid", "refunded", "due")] == [
        "120.00", "120.00", "20.00", "20.00",
    ]  # fmt: skip


def test_payments_and_refunds_stand_in_one_list(fair: Fair) -> None:
    add_more(fair)
    rows = read(exported(fair, Listing.PAYMENTS))
    assert [(row["kind"], row["amount"], row["reason"]) for row in rows] == [
        ("payment", "120.00", ""),
        ("refund", "-20.00", "late"),
    ]


def test_scans_waitlist_and_sessions_have_their_lists(fair: Fair) -> None:
    add_more(fair)
    check_in(fair.store, STAFF.at(NOON), fair.scan("NO SUCH"))
    (scan,) = read(exported(fair, Listing.SCANS))
    assert (scan["outcome"], scan["list"], scan["by"]) == ("unknown", "Main entrance", STAFF.name)
    (entry,) = read(exported(fair, Listing.WAITLIST))
    assert (entry["name"], entry["ticket type"], entry["state"]) == ("Wanda", "VIP", "waiting")
    (session,) = read(exported(fair, Listing.SESSIONS))
    assert (session["title"], session["signed up"], session["tags"]) == ("Keynote", "1", "one, two")


def test_an_organizer_takes_out_the_events_of_the_team_only(fair: Fair) -> None:
    make_fair(fair.store, "Another fair")
    organizer = person(fair.store, "Olga")
    with fair.store.write() as connection:
        connection.execute(
            insert(EventRoleRow).values(
                event_id=fair.event.id, account_id=organizer.id, role=Role.ORGANIZER
            )
        )
    path = export_events(fair.store, organizer.at(NOON), Form.CSV).path
    assert [row["name"] for row in read(path)] == [fair.event.name]
    everything = export_events(fair.store, SYSTEM.at(NOON), Form.CSV).path
    assert len(read(everything)) == 2


def test_nobody_takes_out_what_is_not_theirs_to_see(fair: Fair) -> None:
    for listing, spec in LISTINGS.items():
        if listing is not Listing.EVENTS:
            with pytest.raises(NotAllowedError):
                spec.write(fair.store, STAFF.at(NOON), Form.CSV, event_id=fair.event.id)
    money = Actor(
        ActorKind.ACCOUNT, new_id(), "Co", Role.COHOST, granted=frozenset({Permission.MONEY})
    )
    with pytest.raises(NotAllowedError):
        export_tickets(
            fair.store, money.at(NOON), Listing.ATTENDEES, Form.CSV, event_id=fair.event.id
        )


def test_files_lie_among_the_exports_under_a_safe_new_name(fair: Fair) -> None:
    first, second = (exported(fair, Listing.ATTENDEES) for _ in range(2))
    assert first.parent == fair.store.home / "exports"
    assert first.name == "Demo Days Attendees 2026-06-01.csv"
    assert second.name == "Demo Days Attendees 2026-06-01-2.csv"


def test_files_and_sheets_are_called_alike_in_every_language(fair: Fair) -> None:
    with reading("de"):
        path = exported(fair, Listing.ATTENDEES, Form.XLSX)
    assert path.name == "Demo Days Attendees 2026-06-01.xlsx"
    with ZipFile(path) as packed:
        assert b'<sheet name="Attendees"' in packed.read("xl/workbook.xml")


def test_the_audit_says_that_a_list_left_the_house(fair: Fair) -> None:
    fair.sell()
    exported(fair, Listing.ATTENDEES)
    with fair.store.read() as connection:
        detail = connection.execute(
            select(AuditRow.detail).where(AuditRow.verb == "export_list")
        ).scalar_one()
    assert (detail["list"], detail["rows"]) == ("attendees", 1)


def test_many_rows_are_read_page_by_page_and_told(fair: Fair) -> None:
    fair.sell_all([f"Guest {n}" for n in range(1203)])
    told: list[int] = []
    path = exported(fair, Listing.ATTENDEES, Form.JSON, on_progress=told.append)
    assert [row["name"] for row in read(path)] == [f"Guest {n}" for n in range(1203)]
    assert told == [500, 1000, 1203]
