"""Something of each kind at an event, by the names of the parameters that take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import insert, select, update

from badges.layout_file import ready_layout
from data.schema import (
    AppSessionRow,
    DeliveryRow,
    LinkedIdentityRow,
    NoticeRow,
    PasskeyRow,
    QueueRequestRow,
    RefundRow,
    SettingRow,
    SignUpRow,
    WebSessionRow,
)
from eventdesk.accounts import (
    DeviceProfile,
    DeviceRole,
    Profile,
    make_token,
    offer_pairing,
    offer_phone,
    pair_device,
)
from eventdesk.acts import SYSTEM, VISITOR, Actor, ActorKind, Permission, Role, Steps
from eventdesk.booking import NewBooking, NewTicket
from eventdesk.core.ids import new_id
from eventdesk.core.money import Money
from eventdesk.door import (
    NewCheckInList,
    OfflineScan,
    WalkIn,
    add_gate,
    check_in,
    deliver_offline_scans,
)
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
    send_announcement,
)
from eventdesk.exchange import (
    Every,
    Field,
    FirstEvent,
    ImportPlan,
    Listing,
    NewExportSet,
    Schedule,
    export_tickets,
    save_export_set,
)
from eventdesk.figures import PanelForm
from eventdesk.integrations.kinds import KINDS
from eventdesk.integrations.service import Value
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.keeping import make_backup
from eventdesk.mailing import MailKind
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
from eventdesk.printing import (
    NewPrinter,
    Wanted,
    add_printer,
    duplicate_layout,
    layout_files,
    plan_badges,
)
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
from eventdesk.services import add_service
from eventdesk.tables.files import Form
from eventdesk.waiting import join
from eventdesk.waiting.queue import wish_of
from eventdesk.waiting.ticketing import ticket_of
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
    schedule = folder / f"schedule-{event_id}.xml"
    schedule.write_text("<schedule/>")
    fees = folder / f"fees-{event_id}.csv"
    fees.write_text("Currency,Fee,Transaction ID,Custom Number\nEUR,-0.89,9KM1,nothing we know\n")
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
    set_event(fair, venue_id=venue.id, own_badges=True)
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
    told = [OfflineScan(f"twice-{fair.event.id}", fair.token(guest), NOON.isoformat(), "admitted")]
    [twice] = deliver_offline_scans(store, SYSTEM.at(EARLY), fair.door.id, told)
    quiet = add_gate(store, SYSTEM.at(EARLY), event_id, "Quiet gate")
    request_id, named_id, notice_id, failed_id = uuid4(), uuid4(), uuid4(), uuid4()
    wish = NewBooking("Kim", "kim@example.org", (NewTicket(fair.regular, "Kim"),))
    with Steps(store, SYSTEM.at(EARLY)).write() as act:
        drawn = {"key": order_key(event_id), "value": BY_LOT}  # the longer way of taking requests
        act.connection.execute(insert(SettingRow).values(drawn))
        no = len(act.connection.execute(select(QueueRequestRow.no)).all()) + 1
        asked = {
            "event_id": event_id,
            "priority": 0,
            "wish": wish_of(wish, partly=False),
            "state": "waiting",
            "reason": "",
            "created_at": NOON,
        }
        requests = [(request_id, no, owner_id), (named_id, no + 1, None)]
        act.connection.execute(
            insert(QueueRequestRow),
            [{"id": each, "no": at, "account_id": who, **asked} for each, at, who in requests],
        )
        named_ticket = ticket_of(named_id, no + 1)
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
    listed_columns = NewExportSet("Guests", Listing.ATTENDEES)
    set_id = save_export_set(store, SYSTEM.at(EARLY), event_id, listed_columns)
    in_advance = Wanted(without_badge=False, paid=False)
    news = NewAnnouncement("Doors open", "Come in")
    announcement_id = send_announcement(store, SYSTEM.at(EARLY), event_id, news).id
    token = make_token(store, owner.at(EARLY), "A program", frozenset({Permission.ATTEND})).token
    session_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(WebSessionRow).values(
                id=session_id,
                account_id=owner_id,
                secret_hash=str(session_id),
                browser="A browser",
                created_at=EARLY,
                used_at=EARLY,
                expires_at=LATER,
            )
        )
    app_session_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(AppSessionRow).values(
                id=app_session_id,
                account_id=owner_id,
                name="An app",
                renewals=0,
                created_at=EARLY,
                used_at=EARLY,
                expires_at=LATER,
            )
        )
    link_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(LinkedIdentityRow).values(
                id=link_id,
                account_id=owner_id,
                issuer="https://login.example.org",
                subject=str(link_id),
                email="",
                linked_at=EARLY,
            )
        )
    passkey_id = uuid4()
    with store.write() as connection:
        connection.execute(
            insert(PasskeyRow).values(
                id=passkey_id,
                account_id=owner_id,
                name="A passkey",
                credential_id=passkey_id.bytes,
                public_key=b"",
                host="desk.example.org",
                counter=0,
                made_at=EARLY,
            )
        )
    offer = offer_pairing(store, SYSTEM.at(EARLY), event_id)
    device_id = pair_device(store, VISITOR.at(EARLY), offer.code).device.id
    offer = offer_phone(store, SYSTEM.at(EARLY), fair.door.id)
    phone_id = pair_device(store, VISITOR.at(EARLY), offer.code).device.id
    KINDS.setdefault("counterpart", "tests.services.counterpart:COUNTERPART")
    port: dict[str, Value] = {"port": 9}
    service = add_service(store, SYSTEM.at(EARLY), "counterpart", port, event_id=event_id)
    hook: dict[str, Value] = {"url": "https://example.org/hooks", "events": ["book"]}
    webhook = add_service(store, SYSTEM.at(EARLY), "webhook", hook, event_id=event_id)
    outgoing_id = new_id()
    with Steps(store, SYSTEM.at(EARLY)).write() as act:
        act.deliver("line", outgoing_id, event_id=event_id, service_id=service.id)
        act.connection.execute(
            update(DeliveryRow).where(DeliveryRow.id == outgoing_id).values(state="failed")
        )
    mail_id = new_id()
    with Steps(store, SYSTEM.at(EARLY)).write() as act:
        act.deliver("mail", mail_id, event_id=event_id, payload={"mail": "change"})
        act.connection.execute(
            update(DeliveryRow).where(DeliveryRow.id == mail_id).values(state="failed")
        )
    batch_id = plan_badges(store, SYSTEM.at(EARLY), event_id, in_advance)
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
        "address": "https://desk.example.org/",
        "scan_id": scanned.scan_id,
        "delivery_id": scanned.delivery_id,
        "printer_id": printer.id,
        "payment_id": payment_id,
        "refund_id": refund_id,
        "reader": "tmr_1",
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
        "verdicts": [(scanned.scan_id, 40.0)],
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
        "announcement_id": announcement_id,
        "set_id": set_id,
        "batch_id": batch_id,
        "token_id": token.id,
        "device_id": device_id,
        "service_id": service.id,
        "permissions": frozenset({Permission.ATTEND}),
        "wanted": Wanted(without_badge=False, paid=False),
        "first": 1,
        "first_event": FirstEvent("Harbour Fair"),
        "last": 1,
        "came_out": True,
        "schedule": Schedule(Every.HOURS, hours=1),
    }
    unprinted = fair.sell("Una", account_id=owner_id)
    code = fair.event.code.lower()
    logo, written = folder / f"logo-{code}.png", folder / f"written-{code}.csv"
    Image.new("1", (8, 8)).save(logo)
    backup = make_backup(store, SYSTEM.at(EARLY))
    TestDeskGateway(store.home).enable()
    special: dict[str, dict[str, Any]] = {
        "web_sessions": {"session_id": session_id},
        "app_sessions": {"session_id": app_session_id},
        "elsewhere": {"link_id": link_id},
        "passkeys": {"passkey_id": passkey_id},
        "own_badges": {"ticket_id": unprinted.ticket_ids[0]},
        "badge_layouts": {"name": layout, "new_name": f"other-{code}", "was": None},
        "badge_layouts.add_logo": {"path": logo},
        "set_up": {"kind": "counterpart", "values": port, "name": "Another"},
        "webhook_set_up": {"service_id": webhook.id, "networks": ["10.0.0.0/8"]},
        "outgoing.resend": {"delivery_id": outgoing_id},
        "mails.send_mail_again": {"delivery_id": mail_id},
        "texts": {"kind": MailKind.BOOKING, "language": "en", "subject": "Hi", "text": "You"},
        "undelivered.retry_delivery": {"delivery_id": failed_id},
        "exporting": {"path": None},
        "badge_batches": {"path": None},
        "export_sets": {"new": NewExportSet("Another", Listing.ATTENDEES), "named": "Guests"},
        "saving": {"path": None},
        "saving.save_panel": {"path": None, "form": PanelForm.CSV},
        "packing": {"path": written},
        "backups.check_backup": {"path": backup.path},
        "transfers.claim_booking": {"code": guest.code, "email": "cleo@example.org"},
        "team": {"account_id": clerk_id},
        "events.create_event": {"event": NewEvent("Another", NOON, NOON + timedelta(days=1))},
        "badge_layouts.set_badges": {"layout": "label-62"},
        "printers.try_printer": {"layout": "label-62"},
        "device_printers.plug_in_printer": {"layout": "label-62"},
        "printers": {"new": NewPrinter("Another printer", "folder")},
        "statements": {"path": statement},
        "provider_fees": {"path": fees, "provider": "paypal"},
        "schedule_import": {"path": schedule},
        "drawers.find_shift": {"named": "Till"},
        "people.person": {"named": owner_id},
        "invoices.export_document": {"form": "txt"},
        "invoices.document_file": {"form": "txt"},
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
        "ticketing.give_back": {"ticket": named_ticket},
        "own waitlist.join": {"name": "", "email": ""},
        "approvals.set_desk_pin": {"account_id": people[Role.ORGANIZER]},
        "own_programme.leave_session": {"session_id": workshop.id},
        "resets.change_secret": {"new": "battery staple horse"},
        "statements.assign_line": {"code": booked.code},
        "phone_scans": {"scans": told},
        "phone_conflicts": {"scan_id": twice.scan_id, "word": "The same person"},
        "gates.remove_gate": {"gate_id": quiet.id},
        "answers.correct_answers": {"answers": {question_id: "L"}},
        "profiles": {"new": Profile("Another name")},
        "devices": {"profile": DeviceProfile(DeviceRole.KIOSK)},
        "devices.end_phone": {"device_id": phone_id},
        "guests": {"asked": guest.code},
        "find.booking_tickets": {"booking_code": booked.code},
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
        "checkin.check_in": (Variant({"scan": seen}, (Permission.DOOR,)),),
        "exporting.export_tickets": (Variant({"path": written}, admins),),
        "saving.save_report": (Variant({"path": written}, admins),),
        "file_look.look_at": (Variant({"path": exported}, tickets),),
    }
    return Subjects(known, special, layout_files.text_of(store.home, layout), variants)
