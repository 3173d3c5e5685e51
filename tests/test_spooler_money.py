"""What the spooler does for money: gateways are heard, refunds asked for, late payments revived."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from data.store import Store
from eventdesk.acts import Steps
from eventdesk.core.clock import utc_now
from eventdesk.integrations.test_desk import TestDeskGateway
from eventdesk.money import refund_due, start_payment
from eventdesk.spooler import Spooler
from tests.build import SUPERVISOR, Fair
from tests.payments import balance_of, cancel_tickets, eur, owe, state_of

DEADLINE_S = 20.0


def wait_for(holds: Callable[[], bool]) -> None:
    waiting, deadline_s = threading.Event(), time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline_s, "it never came to hold"
        waiting.wait(0.02)


def test_a_late_answer_revives_and_a_promised_refund_goes_out(store: Store, fair: Fair) -> None:
    gateway = TestDeskGateway(store.home)
    gateway.enable()
    owed = owe(fair, 12000, expires_at=utc_now() + timedelta(minutes=15))
    payment = start_payment(store, SUPERVISOR, owed.booking_id, provider=gateway.name)
    cancel_tickets(store, owed, owed.ticket_ids, state="expired")
    gateway.answer(payment.reference, "paid")
    spooler = Spooler(store, None, backups=False)
    spooler.start()
    try:
        wait_for(lambda: state_of(store, owed.booking_id) == "paid")
        with Steps(store, SUPERVISOR).write() as act:
            refund_due(act, owed.booking_id, 500, reason="")
        wait_for(lambda: balance_of(store, owed.booking_id).refunded == eur(500))
    finally:
        spooler.stop()
