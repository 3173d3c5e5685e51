"""Mails of what people are told: who gets one, what is in it, what became of it."""

import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import cv2
import numpy as np
import zxingcpp
from sqlalchemy import update

from data.rows import insert_row
from data.schema import BookingRow, DeliveryRow, TicketRow, TicketTypeSessionRow
from eventdesk.accounts import change_profile, profile
from eventdesk.acts import SYSTEM, Actor
from eventdesk.booking import (
    Booked,
    NewBooking,
    NewTicket,
    ask_for_links,
    cancel_booking,
    hear_gateways,
    order,
    queue_links,
    transfer_ticket,
)
from eventdesk.core.clock import utc_now
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.keeping import erase_guest
from eventdesk.mailing import MailKind, change_mail_text, delivery_words
from eventdesk.money import start_payment, take_payment
from eventdesk.programme import NewSession, add_session
from eventdesk.services import keep_pages_address, list_services, service_deliveries
from eventdesk.waiting import accept, join, sweep
from tests.booking.test_guest_orders import buy
from tests.booking.test_links import holder
from tests.build import SUPERVISOR, Fair
from tests.integrations.mail.post_office import PostOffice, post_office
from tests.mailing.office import PAGES, deliver, queued, sent_to, set_mail_up, states
from tests.orders import EARLY, order_for, person, set_type


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def files_of(letter: EmailMessage) -> dict[str | None, Any]:
    return {part.get_filename(): part.get_content() for part in letter.iter_attachments()}


def codes_shown(letter: EmailMessage) -> list[str]:
    """What the pictures in the text of a letter say to a reader of QR codes."""
    found = []
    for part in letter.walk():
        if part.get_content_type() == "image/png":
            content = np.frombuffer(part.get_payload(decode=True), np.uint8)  # type: ignore[arg-type]  # bytes, as decoded
            picture = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE)
            found += [each.text for each in zxingcpp.read_barcodes(picture)]
    return found


def test_nothing_is_queued_where_no_mail_service_is_set_up(fair: Fair) -> None:
    order_for(fair, person(fair.store, "Ada"))
    assert queued(fair.store) == []


def test_a_free_booking_is_confirmed_with_its_tickets(fair: Fair, office: PostOffice) -> None:
    set_type(fair, fair.regular, price_minor=0)
    ada = person(fair.store, "Ada")
    booked = order_for(fair, ada, "Ada", "Kim")
    deliver(fair.store)
    assert sent_to(office) == ["ada@example.org"]
    (letter,) = office.letters
    assert booked.code in letter["Subject"]
    assert "Demo Days" in text_of(letter)
    assert sorted(codes_shown(letter)) == sorted(fair.token(booked, each) for each in (0, 1))
    (pdf, calendar) = files_of(letter)
    assert pdf is not None
    assert calendar is not None
    assert pdf.endswith(".pdf")
    assert calendar.endswith(".ics")
    assert states(fair.store) == ["sent"]


def test_what_is_to_be_paid_comes_without_tickets_and_the_payment_brings_them(
    fair: Fair, office: PostOffice
) -> None:
    ada = person(fair.store, "Ada")
    booked = order_for(fair, ada)
    deliver(fair.store)
    assert codes_shown(office.letters[0]) == []
    take_payment(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, method="cash")
    deliver(fair.store)
    assert codes_shown(office.letters[1]) == [fair.token(booked)]


def test_each_holder_gets_the_own_ticket_and_no_other(fair: Fair, office: PostOffice) -> None:
    set_type(fair, fair.regular, price_minor=0)
    bought = buy(fair, "Zoe", "Kim")
    kim = bought.booked.ticket_ids[1]
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow).where(TicketRow.id == kim).values(holder_email="kim@example.org")
        )
        connection.execute(update(DeliveryRow).values(state="cancelled"))
    transfer_ticket(
        fair.store, holder(fair, bought.link).at(EARLY), kim, name="Lee", email="lee@example.org"
    )
    deliver(fair.store)
    to_lee = [each for each in office.letters if each["To"].addresses[0].username == "lee"]
    assert len(to_lee) == 1
    assert codes_shown(to_lee[0]) == [fair.token(bought.booked, 1)]


def test_who_books_without_an_account_gets_one_mail_with_the_link(
    fair: Fair, office: PostOffice
) -> None:
    set_type(fair, fair.regular, price_minor=0)
    bought = buy(fair)
    deliver(fair.store)
    assert sent_to(office) == ["zoe@example.org"]
    assert f"{PAGES}/booking/{bought.link}" in text_of(office.letters[0])
    assert codes_shown(office.letters[0]) == [fair.token(bought.booked)]


def test_without_an_address_of_its_own_a_mail_leads_to_where_the_house_is_found(fair: Fair) -> None:
    set_type(fair, fair.regular, price_minor=0)
    keep_pages_address(fair.store, SYSTEM, "https://tickets.example.org")
    with post_office() as office:
        set_mail_up(fair.store, office.port, pages="")
        bought = buy(fair)
        deliver(fair.store)
    assert f"https://tickets.example.org/booking/{bought.link}" in text_of(office.letters[0])


def test_who_books_without_an_account_reads_what_is_to_be_paid_and_until_when(
    fair: Fair, office: PostOffice
) -> None:
    buy(fair)
    deliver(fair.store)
    assert re.search(r"To pay: [0-9.]+ EUR\s+At the latest: \S", text_of(office.letters[0]))


def test_the_list_of_deliveries_says_what_a_mail_is_about(fair: Fair, office: PostOffice) -> None:
    booked = order_for(fair, person(fair.store, "Ada"))
    bought = buy(fair)
    deliver(fair.store)
    [service] = list_services(fair.store, SYSTEM)
    found, _total = service_deliveries(fair.store, SYSTEM, service.id)
    assert {delivery_words(each) for each in found} == {
        f"booking {booked.code}",
        f"booking without an account {bought.booked.code}",
    }


def test_the_links_somebody_asks_for_arrive(fair: Fair, office: PostOffice) -> None:
    bought = buy(fair)
    deliver(fair.store)
    later = SYSTEM.at(EARLY + timedelta(minutes=11))
    ask_for_links(fair.store, later, "zoe@example.org")
    queue_links(fair.store, later)
    deliver(fair.store)
    assert [bought.link in text_of(each) for each in office.letters] == [True, True]


def test_a_ticket_handed_on_to_an_account_is_in_no_mail_to_who_booked(
    fair: Fair, office: PostOffice
) -> None:
    set_type(fair, fair.regular, price_minor=0)
    person(fair.store, "Bob")
    bought = buy(fair, "Zoe", "Kim")
    given = bought.booked.ticket_ids[0]
    mine = holder(fair, bought.link).at(EARLY)
    transfer_ticket(fair.store, mine, given, name="Bob", email="bob@example.org")
    deliver(fair.store)
    office.letters.clear()
    later = SYSTEM.at(EARLY + timedelta(minutes=11))
    ask_for_links(fair.store, later, "zoe@example.org")
    queue_links(fair.store, later)
    deliver(fair.store)
    (letter,) = office.letters
    assert codes_shown(letter) == [fair.token(bought.booked, 1)]


def test_a_ticket_that_was_handed_on_is_in_no_mail_to_the_account_that_booked(
    fair: Fair, office: PostOffice
) -> None:
    set_type(fair, fair.regular, price_minor=0)
    ada = person(fair.store, "Ada")
    person(fair.store, "Bob")
    booked = order_for(fair, ada, "Ada", "Kim")
    given = booked.ticket_ids[0]
    transfer_ticket(fair.store, ada.at(EARLY), given, name="Bob", email="bob@example.org")
    deliver(fair.store)
    to_ada = [each for each in office.letters if each["To"].addresses[0].username == "ada"]
    assert {code for each in to_ada for code in codes_shown(each)} == {fair.token(booked, 1)}


def test_a_ticket_handed_on_to_an_address_is_in_no_mail_to_who_booked(
    fair: Fair, office: PostOffice
) -> None:
    set_type(fair, fair.regular, price_minor=0)
    bought = buy(fair, "Zoe", "Kim")
    given = bought.booked.ticket_ids[0]
    mine = holder(fair, bought.link).at(EARLY)
    transfer_ticket(fair.store, mine, given, name="Lee", email="lee@example.org")
    deliver(fair.store)
    to_zoe = [each for each in office.letters if each["To"].addresses[0].username == "zoe"]
    assert {code for each in to_zoe for code in codes_shown(each)} == {fair.token(bought.booked, 1)}


def test_who_gets_a_place_of_the_waitlist_reads_until_when(fair: Fair, office: PostOffice) -> None:
    set_type(fair, fair.regular, quota=1)
    taken = order_for(fair, person(fair.store, "Ada"))
    bob = person(fair.store, "Bob")
    join(fair.store, bob.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), taken.booking_id, reason="ill")
    deliver(fair.store)
    (offer,) = [each for each in office.letters if each["To"].addresses[0].username == "bob"]
    assert "Regular" in offer["Subject"] + text_of(offer)
    assert "until" in text_of(offer).casefold()


def test_a_text_depends_on_the_sessions_of_who_reads_it(fair: Fair, office: PostOffice) -> None:
    words = "{% if 'Keynote' in sessions %}Hall A at nine.{% else %}At ten.{% endif %} {{ types }}"
    for kind in (MailKind.BOOKING, MailKind.REMINDER):
        change_mail_text(fair.store, SUPERVISOR, fair.event.id, kind, "en", "Hi", words)
    saved = add_session(
        fair.store,
        SUPERVISOR,
        fair.event.id,
        NewSession("Keynote", starts_at=fair.event.starts_at, ends_at=fair.event.ends_at),
    )
    with fair.store.write() as connection:
        insert_row(
            connection, TicketTypeSessionRow, ticket_type_id=fair.vip, session_id=saved.session.id
        )
    order_for(fair, person(fair.store, "Ada"), ticket_type_id=fair.vip)
    order_for(fair, person(fair.store, "Bob"))
    deliver(fair.store)
    said = {each["To"].addresses[0].username: text_of(each).strip() for each in office.letters}
    assert said == {"ada": "Hall A at nine. VIP", "bob": "At ten. Regular"}


def test_a_cancellation_is_told_without_an_account_too(fair: Fair, office: PostOffice) -> None:
    bought = buy(fair)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), bought.booked.booking_id, reason="ill")
    deliver(fair.store)
    assert [each["Subject"] for each in office.letters if "cancel" in each["Subject"]]


def test_a_mail_is_written_in_the_language_of_who_reads_it(fair: Fair, office: PostOffice) -> None:
    ada = person(fair.store, "Ada")
    mine = profile(fair.store, ada).profile
    change_profile(fair.store, ada, replace(mine, language="de"))
    order_for(fair, ada)
    deliver(fair.store)
    assert "Guten Tag Ada" in text_of(office.letters[0])
    assert "zu bezahlen" in office.letters[0]["Subject"]
    assert office.letters[0]["Content-Language"] == "de"


def test_who_silenced_a_kind_gets_no_mail_of_it(fair: Fair, office: PostOffice) -> None:
    ada = person(fair.store, "Ada")
    mine = profile(fair.store, ada).profile
    change_profile(fair.store, ada, replace(mine, silenced=frozenset({"booking"})))
    order_for(fair, ada)
    assert queued(fair.store) == []


def test_a_mail_of_somebody_who_was_erased_goes_nowhere(fair: Fair, office: PostOffice) -> None:
    buy(fair)
    with fair.store.write() as connection:
        connection.execute(update(BookingRow).values(email=""))
    deliver(fair.store)
    assert office.letters == []
    assert states(fair.store) == ["cancelled"]


def test_what_was_erased_from_the_queue_goes_nowhere(fair: Fair, office: PostOffice) -> None:
    bought = buy(fair)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), bought.booked.booking_id, reason="Zoe is ill")
    erase_guest(fair.store, SUPERVISOR.at(EARLY), fair.event.id, "zoe@example.org")
    assert not any("ill" in str(row.payload) for row in queued(fair.store))
    deliver(fair.store)
    assert office.letters == []
    assert set(states(fair.store)) == {"cancelled"}


def test_a_refused_mail_has_failed_with_its_reason_and_the_others_go_on(
    fair: Fair, office: PostOffice
) -> None:
    buy(fair, email="nobody@example.org")
    buy(fair, email="kim@example.org")
    deliver(fair.store)
    failed, sent = queued(fair.store)
    assert (failed.state, sent.state) == ("failed", "sent")
    assert "550 5.1.1 No such user here" in failed.last_error
    assert "nobody@" not in failed.last_error


def test_a_mail_that_cannot_be_written_has_failed_alone(fair: Fair, office: PostOffice) -> None:
    buy(fair, email="zoe@example.org")
    buy(fair, email="kim@example.org")
    first = queued(fair.store)[0].id
    with fair.store.write() as connection:
        broken = update(DeliveryRow).where(DeliveryRow.id == first)
        connection.execute(broken.values(payload={"booking": "of another release"}))
    deliver(fair.store)
    assert states(fair.store) == ["failed", "sent"]
    assert sent_to(office) == ["kim@example.org"]


def test_a_mail_put_off_waits_and_a_server_that_is_away_loses_none(
    fair: Fair, office: PostOffice
) -> None:
    buy(fair, email="greylisted@example.org")
    office.drops = 2
    buy(fair, email="kim@example.org")
    with fair.store.write() as connection:
        connection.execute(update(DeliveryRow).values(created_at=utc_now()))
    deliver(fair.store)
    assert [row.state for row in queued(fair.store)] == ["queued", "queued"]


def test_a_hostile_name_adds_no_address(fair: Fair, office: PostOffice) -> None:
    bought = buy(fair)
    with fair.store.write() as connection:
        name = 'Zoe\r\nBcc: eve@example.org\r\n" <eve@example.org>, {{ 7*7 }} <b>'
        connection.execute(update(BookingRow).values(name=name))
    deliver(fair.store)
    (letter,) = office.letters
    assert letter["Bcc"] is None
    assert sent_to(office) == ["zoe@example.org"]
    html = letter.get_body(("html",))
    assert html is not None
    assert "<b>" not in html.get_content()
    assert "{{ 7*7 }}" in text_of(letter)
    assert bought.booked.code in letter["Subject"]


def test_the_service_says_how_many_mails_wait(fair: Fair, office: PostOffice) -> None:
    buy(fair)
    (service,) = list_services(fair.store, SYSTEM)
    assert service.waiting == 1
    deliver(fair.store)
    (service,) = list_services(fair.store, SYSTEM)
    assert (service.waiting, service.failed) == (0, 0)


def three(fair: Fair, ann: Actor) -> Booked:
    """Book for three people with addresses of their own."""
    names = ("kim", "lee", "max")
    guests = tuple(NewTicket(fair.regular, name, f"{name}@example.org") for name in names)
    return order(fair.store, ann.at(EARLY), fair.event.id, NewBooking("Ann", "", guests))


def pay(fair: Fair, booked: Booked) -> None:
    take_payment(fair.store, SUPERVISOR.at(EARLY), booked.booking_id, method="cash")


def test_who_silenced_a_kind_gets_the_tickets_all_the_same_and_so_do_holders(
    fair: Fair, office: PostOffice
) -> None:
    ann = person(fair.store, "Ann")
    mine = profile(fair.store, ann).profile
    change_profile(fair.store, ann, replace(mine, silenced=frozenset({"booking", "payment"})))
    pay(fair, three(fair, ann))
    deliver(fair.store)
    to = sorted(sent_to(office))
    assert to == [f"{name}@example.org" for name in ("ann", "kim", "lee", "max")]
    assert all(codes_shown(letter) for letter in office.letters)


def test_a_ticket_that_is_handed_on_goes_to_its_new_holder_and_no_other(
    fair: Fair, office: PostOffice
) -> None:
    ann, _bob = person(fair.store, "Ann"), person(fair.store, "Bob")
    booked = three(fair, ann)
    pay(fair, booked)
    deliver(fair.store)
    office.letters.clear()
    given = booked.ticket_ids[0]
    transfer_ticket(fair.store, ann.at(EARLY), given, name="Bob", email="bob@example.org")
    deliver(fair.store)
    assert sorted(sent_to(office)) == ["ann@example.org", "bob@example.org"]
    (to_bob,) = [each for each in office.letters if each["To"].addresses[0].username == "bob"]
    assert codes_shown(to_bob) == [fair.token(booked)]


def test_a_booking_that_was_paid_late_brings_its_tickets_once(
    fair: Fair, office: PostOffice
) -> None:
    ann = person(fair.store, "Ann")
    booked = three(fair, ann)
    gateway = TestDeskGateway(fair.store.home)
    gateway.enable()
    begun = start_payment(fair.store, ann.at(EARLY), booked.booking_id, provider="test-desk")
    late = SYSTEM.at(EARLY + timedelta(days=1))
    sweep(fair.store, late)
    gateway.answer(begun.reference, "paid")
    hear_gateways(fair.store, late)
    deliver(fair.store)
    codes = [code for letter in office.letters for code in codes_shown(letter)]
    held = [fair.token(booked, place) for place in range(3)]
    assert sorted(codes) == sorted(held * 2)  # to who booked, and to each holder


def test_free_places_of_the_waitlist_bring_their_tickets(fair: Fair, office: PostOffice) -> None:
    set_type(fair, fair.regular, price_minor=0, quota=1)
    sold = fair.sell("Zed")
    ann = person(fair.store, "Ann")
    entry = join(fair.store, ann.at(EARLY), fair.event.id, ticket_type_id=fair.regular)
    cancel_booking(fair.store, SUPERVISOR.at(EARLY), sold.booking_id, reason="ill")
    booked = accept(fair.store, ann.at(EARLY), entry.id)
    deliver(fair.store)
    codes = [code for letter in office.letters for code in codes_shown(letter)]
    assert codes == [fair.token(booked)]
