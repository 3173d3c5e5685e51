"""Mails that came back: marked with their reason, and sent again to the right address."""

from base64 import b64encode
from collections.abc import Iterator
from uuid import UUID

import pytest

from eventdesk.acts import SYSTEM, Permission
from eventdesk.booking import list_attendees, transfer_ticket
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.core.ids import new_id
from eventdesk.mailing import hear_bounces, last_mail, list_mails, read_bounces, send_mail_again
from eventdesk.services import ServiceHealth, list_services
from tests.booking.test_guest_orders import buy
from tests.booking.test_links import holder
from tests.build import SUPERVISOR, Fair
from tests.integrations.mail.mailbox_server import PASSWORD, USER, Mailbox, mailbox_server
from tests.integrations.mail.post_office import PostOffice, post_office
from tests.integrations.mail.reports import report
from tests.mailing.office import deliver, queued, sent_to, set_mail_up, states
from tests.orders import EARLY, order_for, person, set_type
from tests.people import make_cohost

SECRET = "a secret of notices"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mailbox_server() as mailbox:
        yield mailbox


@pytest.fixture
def office(fair: Fair, mailbox: Mailbox) -> Iterator[PostOffice]:
    with post_office() as office:
        given = {"bounce_host": "127.0.0.1", "bounce_port": mailbox.port, "bounce_security": "none"}
        box = {"bounce_user": USER, "bounce_password": PASSWORD, "notice_secret": SECRET}
        set_mail_up(fair.store, office.port, **given, **box)
        yield office


def sent_letter(fair: Fair, office: PostOffice) -> UUID:
    deliver(fair.store)
    return UUID(office.letters[-1]["Message-ID"].partition("@")[0].removeprefix("<"))


def told(letter_id: UUID) -> bytes:
    return b'{"message_id": "<%s@example.org>", "reason": "550 gone"}' % str(letter_id).encode()


def test_a_report_in_the_mailbox_marks_its_mail_once(
    fair: Fair, office: PostOffice, mailbox: Mailbox
) -> None:
    buy(fair)
    buy(fair, email="kim@example.org")
    mailbox.put(report(sent_letter(fair, office)))
    mailbox.put(mailbox.mails[1])
    assert [read_bounces(fair.store, SYSTEM) for _ in range(2)] == [1, 0]
    assert sorted(states(fair.store)) == ["bounced", "sent"]
    mails, _total = list_mails(fair.store, SUPERVISOR, fair.event.id, state="bounced")
    assert [each.words for each in mails] == ["✗ bounced"]
    assert mails[0].reason == "It came back: 550 5.1.1 …: No such user here"


def test_a_report_of_what_was_never_sent_marks_nothing(
    fair: Fair, office: PostOffice, mailbox: Mailbox
) -> None:
    buy(fair)
    (waits,) = queued(fair.store)
    for letter_id in (waits.id, new_id(), fair.event.id):
        mailbox.put(report(letter_id))
    assert read_bounces(fair.store, SYSTEM) == 0
    assert states(fair.store) == ["queued"]


def test_the_attendee_shows_it_and_the_mail_goes_out_to_the_right_address(
    fair: Fair, office: PostOffice, mailbox: Mailbox
) -> None:
    bought = buy(fair, email="zeo@example.org")
    mailbox.put(report(sent_letter(fair, office)))
    read_bounces(fair.store, SYSTEM)
    (ticket_id,) = bought.booked.ticket_ids
    lost = last_mail(fair.store, SUPERVISOR, ticket_id)
    assert lost is not None
    assert lost.is_lost
    send_mail_again(fair.store, SUPERVISOR, lost.id, to="zoe@example.org")
    deliver(fair.store)
    assert sent_to(office) == ["zeo@example.org", "zoe@example.org"]
    after = last_mail(fair.store, SUPERVISOR, ticket_id)
    assert after is not None
    assert (after.state, after.to) == ("sent", "zoe@example.org")
    (line,), _total = list_attendees(fair.store, SUPERVISOR, fair.event.id, search="zoe@example")
    assert line.ticket_id == ticket_id


def test_the_address_of_an_account_is_its_owners(fair: Fair, office: PostOffice) -> None:
    order_for(fair, person(fair.store, "Ada"))
    sent_letter(fair, office)
    (mail,) = queued(fair.store)
    with pytest.raises(InvalidInputError, match="its address is its owner's"):
        send_mail_again(fair.store, SUPERVISOR, mail.id, to="eve@example.org")


def test_who_may_only_write_messages_corrects_no_address(fair: Fair, office: PostOffice) -> None:
    set_type(fair, fair.regular, price_minor=0)
    bought = buy(fair, "Zoe", "Kim")
    mine, kim = holder(fair, bought.link), bought.booked.ticket_ids[1]
    transfer_ticket(fair.store, mine.at(EARLY), kim, name="Lee", email="lee@example.org")
    deliver(fair.store)
    writer = make_cohost(fair, Permission.MESSAGES)
    of_booking, _told, of_ticket = queued(fair.store)[:3]
    assert (of_booking.booking_id, of_ticket.ticket_id) == (bought.booked.booking_id, kim)
    for mail in (of_booking, of_ticket):
        with pytest.raises(NotAllowedError):
            send_mail_again(fair.store, writer, mail.id, to="eve@example.org")
        send_mail_again(fair.store, writer, mail.id)
    send_mail_again(fair.store, SUPERVISOR, of_ticket.id, to="leo@example.org")
    deliver(fair.store)
    assert "leo@example.org" in sent_to(office)
    assert "eve@example.org" not in sent_to(office)


def test_a_mailbox_that_is_away_is_trouble_of_the_service_until_it_is_back(
    fair: Fair, office: PostOffice, mailbox: Mailbox
) -> None:
    read_bounces(fair.store, SYSTEM)
    assert list_services(fair.store, SYSTEM)[0].health is ServiceHealth.UNKNOWN
    mailbox.claims = -1
    mailbox.put(b"x")
    read_bounces(fair.store, SYSTEM)
    (service,) = list_services(fair.store, SYSTEM)
    assert service.health is ServiceHealth.TROUBLE
    assert service.health_text.startswith("Bounces are not read: ")
    mailbox.claims = 0
    read_bounces(fair.store, SYSTEM)
    assert list_services(fair.store, SYSTEM)[0].health is ServiceHealth.GOOD


def test_a_provider_that_knows_the_secret_is_heard(fair: Fair, office: PostOffice) -> None:
    buy(fair)
    buy(fair)
    body = told(sent_letter(fair, office))
    assert hear_bounces(fair.store, SYSTEM, f"Bearer {SECRET}", body) == 1
    basic = b64encode(f"us:{SECRET}".encode()).decode()
    assert hear_bounces(fair.store, SYSTEM, f"Basic {basic}", body) == 0
    assert sorted(states(fair.store)) == ["bounced", "sent"]


@pytest.mark.parametrize("proof", ["", "Bearer ", "Bearer wrong", "Basic x", "Basic eDo=", "x"])
def test_who_does_not_know_it_is_not(fair: Fair, office: PostOffice, proof: str) -> None:
    buy(fair)
    with pytest.raises(NotAllowedError):
        hear_bounces(fair.store, SYSTEM, proof, told(sent_letter(fair, office)))
    assert states(fair.store) == ["sent"]


def test_without_a_secret_nobody_is_heard(fair: Fair) -> None:
    with post_office() as office:
        set_mail_up(fair.store, office.port)
        for proof in ("", "Bearer ", "Basic eDo="):
            with pytest.raises(NotAllowedError):
                hear_bounces(fair.store, SYSTEM, proof, b"{}")
