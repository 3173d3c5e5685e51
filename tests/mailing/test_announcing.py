"""Announcements by mail: everybody the team wrote to gets one, with an account or without."""

from sqlalchemy import select

from data.schema import DeliveryRow
from eventdesk.acts import SYSTEM
from eventdesk.core.clock import utc_now
from eventdesk.events import (
    Audience,
    NewAnnouncement,
    announcement_reach,
    hand_out,
    send_announcement,
)
from eventdesk.mailing import list_mails, mail_announcements, send_mail_again
from tests.booking.test_guest_orders import buy
from tests.build import SUPERVISOR, Fair
from tests.integrations.mail.post_office import PostOffice
from tests.mailing.office import deliver, queued, sent_to
from tests.orders import order_for, person, set_type

WORDS = NewAnnouncement("Doors <open>", "At nine.\nBring a coat.")


def announce(fair: Fair, new: NewAnnouncement = WORDS) -> None:
    send_announcement(fair.store, SUPERVISOR.at(utc_now()), fair.event.id, new)
    hand_out(fair.store, SYSTEM)
    for _ in range(2):
        mail_announcements(fair.store, SYSTEM)


def test_everybody_gets_it_once(fair: Fair, office: PostOffice) -> None:
    set_type(fair, fair.regular, price_minor=0)
    order_for(fair, person(fair.store, "Ada"))
    buy(fair, "Zoe", "Kim")
    deliver(fair.store)
    office.letters.clear()
    announce(fair)
    deliver(fair.store)
    assert sorted(sent_to(office)) == ["ada@example.org", "zoe@example.org"]
    assert {each["Subject"] for each in office.letters} == {"Doors <open>"}
    assert all(each["List-Unsubscribe"] for each in office.letters)


def test_only_those_it_is_for_get_it(fair: Fair, office: PostOffice) -> None:
    buy(fair, ticket_type_id=fair.vip)
    buy(fair, email="kim@example.org")
    deliver(fair.store)
    office.letters.clear()
    announce(fair, NewAnnouncement("VIPs", "Come in.", Audience.TYPES, (fair.vip,)))
    deliver(fair.store)
    assert sent_to(office) == ["zoe@example.org"]


def test_before_it_goes_out_it_says_who_gets_it_by_mail(fair: Fair, office: PostOffice) -> None:
    buy(fair)
    _new, reach = announcement_reach(fair.store, SUPERVISOR, fair.event.id, WORDS)
    assert "They get it by mail" in reach.words


def test_each_mail_is_listed_with_what_became_of_it_and_sent_again(
    fair: Fair, office: PostOffice
) -> None:
    buy(fair, email="nobody@example.org")
    deliver(fair.store)
    (mail,), total = list_mails(fair.store, SUPERVISOR, fair.event.id)
    assert (mail.to, mail.state, total) == ("nobody@example.org", "failed", 1)
    assert "No such user" in mail.reason
    send_mail_again(fair.store, SUPERVISOR, mail.id)
    assert [row.state for row in queued(fair.store)] == ["failed", "queued"]
    assert list_mails(fair.store, SUPERVISOR, fair.event.id, search="nob")[1] == 2
    assert list_mails(fair.store, SUPERVISOR, fair.event.id, state="failed")[1] == 1
    assert list_mails(fair.store, SUPERVISOR, fair.event.id, search="zoe")[1] == 0


def test_a_mail_sent_again_is_another_mail(fair: Fair, office: PostOffice) -> None:
    buy(fair)
    deliver(fair.store)
    with fair.store.read() as connection:
        sent = connection.execute(select(DeliveryRow.id)).scalar_one()
    send_mail_again(fair.store, SUPERVISOR, sent)
    deliver(fair.store)
    assert len({each["Message-ID"] for each in office.letters}) == 2
