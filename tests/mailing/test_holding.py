"""Announcements by mail: how far they are, held on their way, and never in front of others."""

import threading

import pytest
from sqlalchemy import insert

from data.schema import DeliveryRow
from eventdesk.accounts import ask_for_code
from eventdesk.acts import SYSTEM, VISITOR, Steps
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import InvalidInputError, StoreBusyError
from eventdesk.events import (
    AnnouncementView,
    NewAnnouncement,
    list_announcements,
    send_announcement,
)
from eventdesk.mailing import (
    MAILS,
    mail_announcements,
    pause_announcement,
    resume_announcement,
    stop_announcement,
)
from eventdesk.mailing.pace import Pace
from eventdesk.mailing.queueing import BULK, mail_row
from eventdesk.mailing.sender import BULK_MAILS, MailSender
from eventdesk.services import services_of
from eventdesk.spooler.senders import ServiceCourier
from tests.booking.test_guest_orders import buy
from tests.build import SUPERVISOR, Fair
from tests.integrations.mail.post_office import PostOffice
from tests.mailing.office import deliver, queued, sent_to
from tests.mailing.test_announcing import announce
from tests.orders import person

NAMES = ("zoe", "kim", "lee")


@pytest.fixture
def told(fair: Fair, office: PostOffice) -> list[str]:
    """An announcement to guests without an account that waits in the queue."""
    for name in NAMES:
        buy(fair, email=f"{name}@example.org")
    deliver(fair.store)
    office.letters.clear()
    announce(fair)
    return sorted(f"{name}@example.org" for name in NAMES)


def announcement(fair: Fair) -> AnnouncementView:
    (view,), _total = list_announcements(fair.store, SUPERVISOR, fair.event.id)
    return view


def bulk_states(fair: Fair) -> list[str]:
    return [row.state for row in queued(fair.store) if row.kind == BULK]


def test_it_says_how_many_of_its_mails_are_out(
    fair: Fair, office: PostOffice, told: list[str]
) -> None:
    assert announcement(fair).progress == "… 0 of 3"
    assert announcement(fair).goes_out
    deliver(fair.store)
    assert announcement(fair).progress == "✓ 3 of 3"
    assert not announcement(fair).goes_out
    assert sorted(sent_to(office)) == told


def test_a_paused_one_waits_and_goes_on(fair: Fair, office: PostOffice, told: list[str]) -> None:
    shown = announcement(fair)
    pause_announcement(fair.store, SUPERVISOR, shown.id)
    assert deliver(fair.store) == 0
    assert announcement(fair).progress == "! paused, 0 of 3"
    resume_announcement(fair.store, SUPERVISOR, shown.id)
    deliver(fair.store)
    assert sorted(sent_to(office)) == told


def test_a_stopped_one_goes_to_nobody_else(fair: Fair, office: PostOffice, told: list[str]) -> None:
    shown = announcement(fair)
    stop_announcement(fair.store, SUPERVISOR, shown.id)
    assert deliver(fair.store) == 0
    assert bulk_states(fair) == ["cancelled"] * 3
    assert announcement(fair).progress == "- stopped, 3 of 3"
    with pytest.raises(InvalidInputError, match="It was stopped"):
        resume_announcement(fair.store, SUPERVISOR, shown.id)


def test_one_that_is_paused_before_its_mails_are_queued_becomes_none(
    fair: Fair, office: PostOffice
) -> None:
    buy(fair)
    new = NewAnnouncement("Doors open", "At nine.")
    sent = send_announcement(fair.store, SUPERVISOR.at(utc_now()), fair.event.id, new)
    pause_announcement(fair.store, SUPERVISOR, sent.id)
    assert mail_announcements(fair.store, SYSTEM) == 0
    resume_announcement(fair.store, SUPERVISOR, sent.id)
    assert mail_announcements(fair.store, SYSTEM) == 1


def test_what_is_at_hand_when_it_is_paused_waits_too(
    fair: Fair, office: PostOffice, told: list[str]
) -> None:
    shown = announcement(fair)

    def pause() -> None:
        office.taken = lambda: None
        pause_announcement(fair.store, SUPERVISOR, shown.id)

    office.taken = pause
    deliver(fair.store)
    assert sorted(bulk_states(fair)) == ["paused", "paused", "sent"]
    resume_announcement(fair.store, SUPERVISOR, shown.id)
    deliver(fair.store)
    assert sorted(sent_to(office)) == told
    assert {row.attempts for row in queued(fair.store)} == {1}


@pytest.mark.long
def test_a_code_is_not_behind_ten_thousand_mails_of_an_announcement(
    fair: Fair, office: PostOffice, told: list[str]
) -> None:
    shown = announcement(fair)
    person(fair.store, "Ada")
    with Steps(fair.store, SYSTEM).write() as act:
        booking_id = queued(fair.store)[0].booking_id
        about = {"booking_id": booking_id, "announcement_id": shown.id}
        payload = {"announcement": shown.id.hex}
        row = mail_row(act, fair.event.id, payload, **about) | {"kind": BULK}
        many = [row | {"id": mail_row(act, None, {})["id"]} for _ in range(10_000)]
        act.connection.execute(insert(DeliveryRow), many)

    def ask() -> None:
        office.taken = lambda: None
        ask_for_code(fair.store, VISITOR, "ada@example.org")

    office.taken = ask
    urgent: list[float] = []

    def others_go(seconds: float) -> None:
        urgent.append(seconds)
        (service,) = services_of(fair.store, SYSTEM, "mail")
        ServiceCourier(fair.store, MAILS, service, threading.Event()).turn()

    (service,) = services_of(fair.store, SYSTEM, "mail")
    sender = MailSender(BULK, Pace(), lambda seconds: others_go(seconds) if seconds else None)
    ServiceCourier(fair.store, sender, service, threading.Event()).turn()
    assert sent_to(office)[1] == "ada@example.org"
    assert len(urgent) == 1
    assert len(office.letters) == 21


def test_while_another_mail_waits_for_its_turn_none_of_many_takes_it(
    fair: Fair, office: PostOffice, told: list[str]
) -> None:
    buy(fair, email="pat@example.org")
    slept: list[float] = []
    sender = MailSender(BULK, Pace(), slept.append)
    (service,) = services_of(fair.store, SYSTEM, "mail")
    ServiceCourier(fair.store, sender, service, threading.Event()).turn()
    assert office.letters == []
    assert sum(slept) == pytest.approx(2.0)
    assert set(bulk_states(fair)) == {"queued"}
    assert {row.attempts for row in queued(fair.store) if row.kind == BULK} == {0}


def test_what_a_busy_store_kept_from_being_sent_is_due_at_once(
    fair: Fair, office: PostOffice, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_values: object) -> bool:
        raise StoreBusyError("The store is busy.")

    monkeypatch.setattr("eventdesk.mailing.sender.is_held", busy)
    (service,) = services_of(fair.store, SYSTEM, "mail")
    courier = ServiceCourier(fair.store, BULK_MAILS, service, threading.Event())
    with pytest.raises(StoreBusyError):
        courier.turn()
    assert set(bulk_states(fair)) == {"queued"}
