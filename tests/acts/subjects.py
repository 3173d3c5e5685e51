"""Something of each kind at an event, by the names of the parameters that take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import insert, select, update

from badges.layout_file import ready_layout
from data.schema import DeliveryRow, NoticeRow, QueueRequestRow, RefundRow, SettingRow, SignUpRow
from eventdesk.accounts import Profile
from eventdesk.acts import SYSTEM, Actor, ActorKind, Permission, Role, Steps
from eventdesk.booking import NewBooking, NewTicket
from eventdesk.core.money import Money
from eventdesk.door import NewCheckInList, WalkIn, add_gate, check_in
from eventdesk.events import (
    BY_LOT,
    NewAnnouncement,
    NewEvent,
    NewRoom,
    NewVenue,
    add_room,
    add_venue,
    invite,
    order_key,
)
from eventdesk.exchange import Field, ImportPlan, Listing, export_tickets
from eventdesk.figures import PanelForm
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.keeping import make_backup
from eventdesk.money import (
    add_vouchers,
    import_statement,
    issue_receipt,
    list_statement_lines,
    move,
    open_shift,
    refund,
    take_payment,
)
from eventdesk.printing import NewPrinter, add_printer, duplicate_layout, layout_files
from eventdesk.programme import (
    NewSession,
    NewSpeaker,
    NewSponsor,
    add_session,
    add_speaker,
    add_sponsor,
)
from eventdesk.sales import (
    NewDiscount,
    NewQuestion,
    NewTicketType,
    add_discount,
    add_question,
    add_ticket_type,
)
from eventdesk.seating import NewRows
from eventdesk.tables.files import Form
from eventdesk.waiting import join
from eventdesk.waiting.queue import wish_of
from tests.build import NOON, Fair
from tests.orders import EARLY, add_seats, set_event

STATEMENT = "Date,Amount,Currency,Payer,Purpose\n2026-05-30,12.00,EUR,Zoe,nothing we know\n"
GUESTS = "Name,E-mail,Ticket type\nKim,kim@example.org,Regular\n"
PASSPHRASE = "a long enough passphrase"
AFTER = NOON + timedelta(hours=1)
LATER = EARLY + timedelta(hours=1)


@dataclass(frozen=True)
class Variant:
    """A use case asked for more than it needs its ordinary permission for.

    Attributes:
        given: What it is tried with.
        permissions: What that needs.
    """

    given: Mapping[str, Any]
    permissions: tuple[Permission, ...]


@dataclass(frozen=True)
class Subjects:
    """What use cases are tried with.

    Attributes:
        known: Values by the names of parameters and fields.
        special: Values for single use cases, by module and verb, where a name means another thing.
        variants: What needs another permission, by module and verb.
        layout_text: What the event's own layout holds.
    """

    known: dict[str, Any]
    special: dict[str, dict[str, Any]]
    layout_text: str
    variants: Mapping[str, tuple[Variant, ...]]

    def of(self, module: str, verb: str, *, own: bool = False) -> dict[str, Any]:
        """What one use case is tried with; `own` is for whoever does it with what is theirs."""
        names = (module, f"{module}.{verb}", *((f"own {module}.{verb}",) if own else ()))
        given = dict(self.known)
        for name in names:
            given |= self.special.get(name, {})
        return given


def make_subjects(fair: Fair, people: Mapping[Role, UUID]) -> Subjects:
    """Make something of each kind.

    Args:
        fair: The event; half-made acts are finished with its store.
        people: An account for each role; the booking, the ticket, the document and the waiting are
            the attendee's, the drawer is of the staff.
    """
    store, event_id = fair.store, fair.event.id
    owner_id, clerk_id = people[Role.ATTENDEE], people[Role.STAFF]
    folder = store.home.parent
    owner = Actor(ActorKind.ACCOUNT, owner_id, "The owner", Role.ATTENDEE)
    booked = fair.sell_all(["Ada", "Grace"], paid=False, account_id=owner_id)
    paid = fair.sell_all(["Ben"], paid=False, account_id=owner_id)
    take_payment(store, SYSTEM.at(EARLY), paid.booking_id, method="cash")
    refund(store, SYSTEM.at(EARLY), paid.booking_id, amount=Money(500, "EUR"), reason="rain")
    with store.write() as connection:
        connection.execute(
            update(RefundRow).where(RefundRow.event_id == event_id).values(state="failed")
        )
        here = select(RefundRow.id, RefundRow.payment_id).where(RefundRow.event_id == event_id)
        refund_id, payment_id = connection.execute(here).one()
    receipt = issue_receipt(store, SYSTEM.at(EARLY), payment_id)
    statement = folder / f"statement-{event_id}.csv"
    statement.write_text(STATEMENT)
    guests = folder / f"guests-{event_id}.csv"
    guests.write_text(GUESTS)
    import_statement(store, SYSTEM.at(EARLY), event_id, statement)
    [voucher] = add_vouchers(store, SYSTEM.at(EARLY), event_id, value=Money(1000, "EUR"), count=1)
    none = Money(0, "EUR")
    shift = open_shift(
        store, SYSTEM.at(EARLY), event_id, drawer="Till", float_amount=none, operator_id=clerk_id
    )
    moved = move(
        store, SYSTEM.at(EARLY), shift.id, kind="in", amount=Money(100, "EUR"), reason="change"
    )
    venue = add_venue(store, SYSTEM.at(EARLY), event_id, NewVenue("Hall"))
    room = add_room(store, SYSTEM.at(EARLY), event_id, NewRoom(venue.id, "Room 1"))
    set_event(fair, venue_id=venue.id)
    session = add_session(
        store,
        SYSTEM.at(EARLY),
        event_id,
        NewSession("Talk", NOON, NOON + timedelta(hours=1), sign_up=True, capacity=5),
    ).session
    workshop = add_session(
        store, SYSTEM.at(EARLY), event_id, NewSession("Workshop", NOON, AFTER, sign_up=True)
    ).session
    speaker = add_speaker(store, SYSTEM.at(EARLY), event_id, NewSpeaker("Sid"))
    sponsor = add_sponsor(store, SYSTEM.at(EARLY), event_id, NewSponsor("Acme"))
    question_id = add_question(store, SYSTEM.at(EARLY), event_id, NewQuestion("Which size?"))
    discount = add_discount(
        store, SYSTEM.at(EARLY), event_id, NewDiscount("SAVE10", "percent", 1000)
    )
    section_id, seat_ids = add_seats(fair, 3)
    scarce = add_ticket_type(
        store, SYSTEM.at(EARLY), event_id, NewTicketType("Scarce", Money(1000, "EUR"), quota=1)
    )
    fair.sell("The only one", ticket_type_id=scarce)
    entry = join(store, owner.at(EARLY), event_id, ticket_type_id=scarce)
    invite(store, SYSTEM.at(EARLY), event_id, ["ada@example.org"])
    spec = NewPrinter(f"Printer {fair.event.code}", "folder")
    printer = add_printer(store, SYSTEM.at(EARLY), spec)
    layout = f"mine-{fair.event.code.lower()}"
    duplicate_layout(store, SYSTEM.at(EARLY), event_id, "label-62", layout)
    guest = fair.sell("Cleo", email="cleo@example.org")
    seen = fair.scan(fair.token(guest))
    scanned = check_in(store, SYSTEM.at(EARLY), seen)
    quiet = add_gate(store, SYSTEM.at(EARLY), event_id, "Quiet gate")
    request_id, notice_id, failed_id = uuid4(), uuid4(), uuid4()
    wish = NewBooking("Kim", "kim@example.org", (NewTicket(fair.regular, "Kim"),))
    with Steps(store, SYSTEM.at(EARLY)).write() as act:
        drawn = {"key": order_key(event_id), "value": BY_LOT}  # the longer way of taking requests
        act.connection.execute(insert(SettingRow).values(drawn))
        no = len(act.connection.execute(select(QueueRequestRow.no)).all()) + 1
        act.connection.execute(
            insert(QueueRequestRow).values(
                id=request_id,
                no=no,
                event_id=event_id,
                account_id=owner_id,
                priority=0,
                wish=wish_of(wish, partly=False),
                state="waiting",
                reason="",
                created_at=NOON,
            )
        )
        act.deliver(
            "badge", failed_id, event_id=event_id, ticket_id=guest.ticket_ids[0], scan_id=None
        )
        act.connection.execute(
            update(DeliveryRow).where(DeliveryRow.id == failed_id).values(state="failed")
        )
        act.connection.execute(
            insert(SignUpRow),
            [
                {
                    "id": uuid4(),
                    "event_id": event_id,
                    "session_id": workshop.id,
                    "account_id": each,
                    "created_at": EARLY,
                }
                for each in people.values()
            ],
        )
        act.connection.execute(
            insert(NoticeRow).values(
                id=notice_id,
                account_id=owner_id,
                event_id=event_id,
                kind="event",
                title="News",
                body="",
                subject_kind="event",
                subject_id=event_id,
                created_at=NOON,
            )
        )
    [line, *_], _total = list_statement_lines(store, SYSTEM, event_id)
    amount, ticket_id = Money(100, "EUR"), booked.ticket_ids[0]
    listed = NewCheckInList("Another door")
    known = {
        "event_id": event_id,
        "now": EARLY,
        "booking_id": booked.booking_id,
        "ticket_id": ticket_id,
        "ticket_a": booked.ticket_ids[0],
        "ticket_b": booked.ticket_ids[1],
        "of_ticket_id": booked.ticket_ids[1],
        "ticket_ids": list(booked.ticket_ids[1:]),
        "ticket_type_id": fair.vip,
        "type_id": fair.vip,
        "type_ids": [fair.vip, fair.regular, scarce],
        "list_id": fair.door.id,
        "listed": fair.door.id,
        "gate_id": quiet.id,
        "gate_ids": [fair.gate.id],
        "scan_id": scanned.scan_id,
        "delivery_id": scanned.delivery_id,
        "printer_id": printer.id,
        "payment_id": payment_id,
        "refund_id": refund_id,
        "document_id": receipt.id,
        "line_id": line.id,
        "voucher_id": voucher.id,
        "shift_id": shift.id,
        "movement_id": moved.id,
        "venue_id": venue.id,
        "room_id": room.id,
        "session_id": session.id,
        "speaker_id": speaker.id,
        "sponsor_id": sponsor.id,
        "question_id": question_id,
        "discount_id": discount.id,
        "section_id": section_id,
        "seat_id": seat_ids[0],
        "seat_ids": seat_ids[:1],
        "row_names": ["H"],
        "holder_id": owner_id,
        "entry_id": entry.id,
        "request_id": request_id,
        "notice_id": notice_id,
        "account_id": owner_id,
        "to_id": clerk_id,
        "what": "force",
        "role": Role.STAFF,
        "pin": "271828",
        "secret": "battery staple",
        "email": "somebody@example.org",
        "emails": ["somebody@example.org"],
        "reason": "A reason",
        "amount": amount,
        "value": amount,
        "counts": {100: 1},
        "kind": "in",
        "at": NOON,
        "scan": fair.scan(fair.token(booked, 1)),
        "scans": [fair.scan(fair.token(booked, 1))],
        "bookings": [wish],
        "booking": wish,
        "sale": WalkIn("Kim", fair.regular, fair.door.id, "a sale", NOON),
        "layout": ready_layout("label-62"),
        "spec": "folder",
        "path": guests,
        "plan": ImportPlan((Field.NAME, Field.EMAIL, Field.TICKET_TYPE)),
        "form": Form.CSV,
        "listing": Listing.ATTENDEES,
        "passphrase": PASSPHRASE,
        "ends_at": LATER,
        "starts_at": NOON + timedelta(days=30),
        "until": LATER,
        "queue_from": EARLY,
        "queue_until": LATER,
        "folder": folder / "mirror",
        "provider": "test-desk",
        "typed": "Ada",
        "time_zone": "Europe/Berlin",
    }
    code = fair.event.code.lower()
    logo, written = folder / f"logo-{code}.png", folder / f"written-{code}.csv"
    Image.new("1", (8, 8)).save(logo)
    backup = make_backup(store, SYSTEM.at(EARLY))
    TestDeskGateway(store.home).enable()
    special: dict[str, dict[str, Any]] = {
        "badge_layouts": {"name": layout, "new_name": f"other-{code}", "was": None},
        "badge_layouts.add_logo": {"path": logo},
        "undelivered.retry_delivery": {"delivery_id": failed_id},
        "exporting": {"path": None},
        "saving": {"path": None},
        "saving.save_panel": {"path": None, "form": PanelForm.CSV},
        "packing": {"path": written},
        "backups.check_backup": {"path": backup.path},
        "transfers.claim_booking": {"code": guest.code, "email": "cleo@example.org"},
        "team": {"account_id": clerk_id},
        "events.create_event": {"event": NewEvent("Another", NOON, NOON + timedelta(days=1))},
        "badge_layouts.set_badges": {"layout": "label-62"},
        "printers.try_printer": {"layout": "label-62"},
        "printers": {"new": NewPrinter("Another printer", "folder")},
        "statements": {"path": statement},
        "drawers.find_shift": {"named": "Till"},
        "people.person": {"named": owner_id},
        "invoices.export_document": {"form": "txt"},
        "lists": {"new": listed},
        "programme": {"new": NewSession("Another talk", NOON, AFTER)},
        "speakers": {"new": NewSpeaker("Sue")},
        "sponsors": {"new": NewSponsor("Another")},
        "venues.add_venue": {"new": NewVenue("Barn")},
        "venues.change_venue": {"new": NewVenue("Barn")},
        "venues.add_room": {"new": NewRoom(venue.id, "Room 2")},
        "venues.change_room": {"new": NewRoom(venue.id, "Room 2")},
        "questions": {"new": NewQuestion("Which colour?")},
        "discounts": {"new": NewDiscount("SAVE20", "percent", 2000)},
        "ticket_types": {"kind": NewTicketType("Kids", amount)},
        "seating_plans.make_rows": {"new": NewRows("K", 3)},
        "waitlist.join": {"ticket_type_id": scarce, "session_id": None, "name": "Zoe"},
        "own waitlist.join": {"name": "", "email": ""},
        "approvals.set_desk_pin": {"account_id": people[Role.ORGANIZER]},
        "own_programme.leave_session": {"session_id": workshop.id},
        "resets.change_secret": {"new": "battery staple horse"},
        "statements.assign_line": {"code": booked.code},
        "gates.remove_gate": {"gate_id": quiet.id},
        "answers.correct_answers": {"answers": {question_id: "L"}},
        "profiles": {"new": Profile("Another name")},
        "guests": {"asked": guest.code},
        "announcements": {"new": NewAnnouncement("News", "All of it")},
        "seats.move_seat": {"seat_id": seat_ids[1]},
        "payments.take_payment": {"method": "voucher", "amount": None, "reference": voucher.code},
    }
    exported = export_tickets(
        store, SYSTEM.at(EARLY), Listing.ATTENDEES, Form.CSV, event_id=event_id
    ).path
    published = NewEvent("Another", NOON, NOON + timedelta(days=1), published=True)
    tickets, admins = (Permission.TICKETS,), (Permission.INSTALLATION,)
    variants = {
        "cancellations.cancel_booking": (Variant({"waive_fee": True}, tickets),),
        "registration.book": (Variant({"force": True}, tickets),),
        "team_registration.register": (Variant({"force": True}, tickets),),
        "events.create_event": (Variant({"event": published}, admins),),
        "event_settings.change_event": (Variant({"changes": {"commission_bp": 1}}, admins),),
        "lists.try_rule": (Variant({"listed": listed}, (Permission.EVENT,)),),
        "seats.release_seats": (
            Variant({"holder_id": None}, (Permission.TICKETS, Permission.DOOR)),
        ),
        "checkin.check_in": (Variant({"scan": seen}, (Permission.DOOR,)),),
        "exporting.export_tickets": (Variant({"path": written}, admins),),
        "saving.save_report": (Variant({"path": written}, admins),),
        "file_look.look_at": (Variant({"path": exported}, tickets),),
    }
    return Subjects(known, special, layout_files.text_of(store.home, layout), variants)
