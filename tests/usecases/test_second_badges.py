"""Second badges: called off where they should not be, marked where they may be."""

from sqlalchemy import select

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.model.clock import utc_now
from eventdesk.usecases.checkin import check_in, undo
from eventdesk.usecases.deliveries import (
    REPEATED,
    badge_queue,
    claim_badges,
    confirm_badge,
    give_up_badge,
    retry_badge,
    retry_failed,
)
from tests.build import STAFF, Fair


def admit(fair: Fair, name: str = "Ada Lovelace") -> None:
    scan = fair.scan(fair.token(fair.sell(name)))
    assert check_in(fair.store, STAFF, scan, now=utc_now()).delivery_id is not None


def states(store: Store) -> list[str]:
    with store.read() as connection:
        return list(
            connection.execute(select(DeliveryRow.state).order_by(DeliveryRow.created_at)).scalars()
        )


def marks(store: Store) -> list[str]:
    with store.read() as connection:
        return list(
            connection.execute(select(DeliveryRow.mark).order_by(DeliveryRow.created_at)).scalars()
        )


def test_a_badge_the_printer_may_have_taken_is_marked_when_it_is_tried_again(fair: Fair) -> None:
    admit(fair)
    (job,) = claim_badges(fair.store, "me", now=utc_now())
    retry_badge(
        fair.store,
        "me",
        job.delivery_id,
        attempts=1,
        error="reset",
        may_be_out=True,
        now=utc_now(),
    )
    assert marks(fair.store) == [REPEATED]


def test_undo_calls_off_a_badge_that_a_courier_brings_back(fair: Fair) -> None:
    now = utc_now()
    scan = fair.scan(fair.token(fair.sell()))
    first = check_in(fair.store, STAFF, scan, now=now)
    (job,) = claim_badges(fair.store, "me", now=now)
    undo(fair.store, STAFF, first.scan_id, now=now)
    due_at = retry_badge(fair.store, "me", job.delivery_id, attempts=1, error="off", now=now)
    assert claim_badges(fair.store, "me", now=due_at) == []
    assert states(fair.store) == ["cancelled"]


def test_a_badge_after_an_undone_one_that_was_printed_is_marked(fair: Fair) -> None:
    now = utc_now()
    token = fair.token(fair.sell())
    first = check_in(fair.store, STAFF, fair.scan(token), now=now)
    (job,) = claim_badges(fair.store, "me", now=now)
    confirm_badge(fair.store, "me", job.delivery_id, confirmed=True, where="x", now=now)
    undo(fair.store, STAFF, first.scan_id, now=now)
    check_in(fair.store, STAFF, fair.scan(token), now=now)
    (second,) = claim_badges(fair.store, "me", now=now)
    assert second.badge.mark == REPEATED


def test_a_failed_badge_says_why_and_can_be_queued_once_more(fair: Fair) -> None:
    admit(fair)
    (job,) = claim_badges(fair.store, "me", now=utc_now())
    give_up_badge(fair.store, "me", job.delivery_id, error="out of labels", now=utc_now())
    queue = badge_queue(fair.store)
    assert (queue.waiting, queue.failed, queue.last_error) == (0, 1, "out of labels")
    assert retry_failed(fair.store, STAFF, now=utc_now()) == 1
    assert len(claim_badges(fair.store, "me", now=utc_now())) == 1
