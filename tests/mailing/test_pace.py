"""The pace of mails, where a provider takes only so many a minute."""

import threading
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from eventdesk.acts import SYSTEM
from eventdesk.mailing.pace import Pace
from eventdesk.mailing.queueing import LINK
from eventdesk.mailing.sender import MailSender
from eventdesk.services import services_of
from eventdesk.spooler.senders import ServiceCourier
from tests.booking.test_guest_orders import buy
from tests.build import Fair
from tests.integrations.mail.post_office import post_office
from tests.mailing.office import deliver, queued, set_mail_up, states
from tests.orders import EARLY

NAMES = ("zoe", "kim", "lee", "pat", "ida")


class Clock:
    """The time of a test, which waiting moves on."""

    def __init__(self, fair: Fair) -> None:
        self.now_s = 0.0
        fair.store.clock = lambda: EARLY + timedelta(seconds=self.now_s)

    def read(self) -> float:
        """The seconds since the test began."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.now_s += seconds


def sent_at(fair: Fair, clock: Clock, *, until_s: float) -> list[float]:
    """Take mails to a server, looking every second; when each was out."""
    (service,) = services_of(fair.store, SYSTEM, "mail")
    sender = MailSender(LINK, Pace(clock.read), clock.sleep)
    courier = ServiceCourier(fair.store, sender, service, threading.Event())
    while "queued" in states(fair.store) and clock.now_s < until_s:
        if not courier.turn():
            clock.sleep(1.0)
    sent = (row.sent_at for row in queued(fair.store) if row.sent_at is not None)
    return sorted((each - EARLY).total_seconds() for each in sent)


def test_mails_go_one_after_the_other_at_their_pace() -> None:
    now_s = [0.0]
    pace, service = Pace(lambda: now_s[0]), uuid4()
    assert [pace.wait_s(service, 60, most_s=9) for _ in range(3)] == [0.0, 1.0, 2.0]
    now_s[0] = 10.0
    assert pace.wait_s(service, 60, most_s=9) == 0.0
    assert pace.wait_s(uuid4(), 60, most_s=9) == 0.0
    assert [pace.wait_s(service, 0, most_s=9) for _ in range(3)] == [0.0, 0.0, 0.0]


def test_a_turn_that_is_too_far_off_is_left_to_others() -> None:
    pace, service = Pace(lambda: 0.0), uuid4()
    assert [pace.wait_s(service, 20, most_s=2) for _ in range(3)] == [0.0, 3.0, 3.0]


def test_what_is_too_many_for_now_waits_in_the_queue(fair: Fair) -> None:
    with post_office() as office:
        set_mail_up(fair.store, office.port, per_minute=1)
        Clock(fair)
        for name in NAMES[:2]:
            buy(fair, email=f"{name}@example.org")
        deliver(fair.store)
    assert len(office.letters) == 1
    (waits,) = [row for row in queued(fair.store) if row.state == "queued"]
    assert waits.due_at > fair.store.clock() + timedelta(seconds=30)


@pytest.mark.parametrize("per_minute", [1, 10, 20, 29, 30, 60])
def test_every_mail_goes_out_at_the_pace_that_was_set(fair: Fair, per_minute: int) -> None:
    apart_s = 60 / per_minute
    with post_office() as office:
        set_mail_up(fair.store, office.port, per_minute=per_minute)
        clock = Clock(fair)
        for name in NAMES:
            buy(fair, email=f"{name}@example.org")
        out = sent_at(fair, clock, until_s=20 * apart_s)
    assert len(office.letters) == len(NAMES)
    gaps = [after - before for before, after in pairwise(out)]
    assert min(gaps) >= apart_s - 1.1  # a courier that looks late makes up for it
    assert out[-1] <= (len(NAMES) - 1) * apart_s + 2


def test_waiting_for_its_turn_tries_nobodys_patience(fair: Fair) -> None:
    set_mail_up(fair.store, 9, per_minute=1)
    buy(fair)
    fair.store.clock = lambda: EARLY + MailSender.patience * 2
    (service,) = services_of(fair.store, SYSTEM, "mail")
    pace = Pace(lambda: 0.0)
    pace.wait_s(service.id, 1, most_s=0)  # another one's turn comes first
    sender = MailSender(LINK, pace)
    ServiceCourier(fair.store, sender, service, threading.Event()).turn()
    (mail,) = queued(fair.store)
    assert (mail.state, mail.attempts, mail.last_error) == ("queued", 0, None)
    assert mail.due_at > fair.store.clock() + timedelta(seconds=30)
