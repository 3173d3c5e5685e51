"""The delivery queue: claimed and confirmed by one, never lost, marked when repeated."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import reissue, rename
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.messages import in_english, msg, reading
from eventdesk.door import check_in, reprint, ticket_view, undo
from eventdesk.door.reprints import REPRINT
from eventdesk.printing import (
    LAST_RETRY,
    LEASE,
    REPEATED,
    BadgeQueue,
    Lease,
    badge_queue,
    cancel_badge,
    claim_badges,
    give_up_badge,
    pass_on_badge,
    retry_badge,
    retry_badge_now,
    retry_failed,
    return_badges,
    sent_jobs,
    settle_job,
)
from tests.badge_jobs import confirm_badge
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair, make_fair

SECOND = timedelta(seconds=1)


def _admit(fair: Fair, name: str = "Ada Lovelace") -> UUID:
    """Let a guest in, and return the delivery of the badge."""
    scan = fair.scan(fair.token(fair.sell(name)))
    delivery_id = check_in(fair.store, STAFF.at(NOON), scan).delivery_id
    assert delivery_id is not None
    return delivery_id


def _state(store: Store, delivery_id: UUID) -> str:
    with store.read() as connection:
        return connection.execute(
            select(DeliveryRow.state).where(DeliveryRow.id == delivery_id)
        ).scalar_one()


def test_a_badge_says_what_the_ticket_says_now(fair: Fair) -> None:
    booked = fair.sell("Ada Lovelace", line_two="Engines", seat="A 1")
    check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    rename(fair.store, STAFF.at(NOON), booked.ticket_ids[0], name="Ada King", line_two="Lady")
    token = reissue(fair.store, STAFF.at(NOON), booked.ticket_ids[0], reason="lost")
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON), "one")
    badge = job.badge
    assert (badge.name, badge.line_two, badge.seat) == ("Ada King", "Lady", "A 1")
    assert (badge.ticket_type, badge.event, badge.mark) == ("Regular", "Demo Days", "")
    assert (badge.token, badge.ticket_code) == (token, booked.ticket_codes[0])


def test_a_claimed_badge_is_nobody_elses_until_the_lease_ends(fair: Fair) -> None:
    _admit(fair)
    assert len(claim_badges(fair.store, SYSTEM.at(NOON), "one")) == 1
    assert claim_badges(fair.store, SYSTEM.at(NOON + LEASE - SECOND), "two") == []
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON + LEASE), "two")
    assert (job.badge.mark, job.attempts) == (REPEATED, 2)


def test_only_who_holds_a_badge_may_say_what_came_of_it(fair: Fair) -> None:
    delivery_id = _admit(fair)
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    claim_badges(fair.store, SYSTEM.at(NOON + LEASE), "two")
    for courier in ("one", "three"):
        confirm_badge(
            fair.store, courier, delivery_id, attempts=1, confirmed=True, where="x", now=NOON
        )
        give_up_badge(fair.store, SYSTEM.at(NOON), courier, delivery_id, attempts=1, error="x")
        retry_badge(fair.store, SYSTEM.at(NOON), courier, delivery_id, attempts=1, error="x")
        assert _state(fair.store, delivery_id) == "leased"
    confirm_badge(fair.store, "two", delivery_id, attempts=2, confirmed=True, where="x", now=NOON)
    give_up_badge(fair.store, SYSTEM.at(NOON), "two", delivery_id, attempts=2, error="too late")
    assert _state(fair.store, delivery_id) == "printed"


def test_why_a_badge_failed_is_read_in_the_readers_language(fair: Fair) -> None:
    delivery_id = _admit(fair)
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    with reading("de"):
        why = msg("{path} is no regular file.", path="a.toml")
        give_up_badge(fair.store, SYSTEM.at(NOON), "one", delivery_id, attempts=1, error=why)
        assert badge_queue(fair.store, SYSTEM, now=NOON).last_error == str(why) != in_english(why)
    assert (
        badge_queue(fair.store, SYSTEM, now=NOON).last_error
        == str(why)
        == "a.toml is no regular file."
    )


def test_a_long_reason_is_cut_and_stays_english(fair: Fair) -> None:
    delivery_id = _admit(fair)
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    why = msg("{path} is no regular file.", path="x" * 2000)
    give_up_badge(fair.store, SYSTEM.at(NOON), "one", delivery_id, attempts=1, error=why)
    with reading("de"):
        assert badge_queue(fair.store, SYSTEM, now=NOON).last_error.endswith("xxx")


def test_a_badge_that_was_taken_and_not_begun_is_put_back_by_who_took_it(fair: Fair) -> None:
    delivery_id = _admit(fair)
    (former,) = claim_badges(fair.store, SYSTEM.at(NOON), "one")
    return_badges(fair.store, SYSTEM.at(NOON), "two", [Lease(former.delivery_id, former.attempts)])
    assert _state(fair.store, delivery_id) == "leased"
    return_badges(fair.store, SYSTEM.at(NOON), "one", [Lease(former.delivery_id, former.attempts)])
    assert _state(fair.store, delivery_id) == "queued"
    (present,) = claim_badges(fair.store, SYSTEM.at(NOON), "one")
    assert (present.badge.mark, present.attempts) == ("", 2)
    return_badges(fair.store, SYSTEM.at(NOON), "one", [Lease(former.delivery_id, former.attempts)])
    assert _state(fair.store, delivery_id) == "leased"


def test_what_comes_late_of_a_former_lease_says_nothing_of_the_present_one(fair: Fair) -> None:
    delivery_id = _admit(fair)
    (former,) = claim_badges(fair.store, SYSTEM.at(NOON), "one")
    (present,) = claim_badges(fair.store, SYSTEM.at(NOON + LEASE), "one")
    late = former.attempts
    confirm_badge(
        fair.store, "one", delivery_id, attempts=late, confirmed=True, where="x", now=NOON
    )
    give_up_badge(fair.store, SYSTEM.at(NOON), "one", delivery_id, attempts=late, error="x")
    retry_badge(fair.store, SYSTEM.at(NOON), "one", delivery_id, attempts=late, error="x")
    printer_id = UUID(int=1)
    pass_on_badge(
        fair.store,
        SYSTEM.at(NOON),
        "one",
        delivery_id,
        attempts=late,
        printer_id=printer_id,
        error="x",
    )
    assert _state(fair.store, delivery_id) == "leased"
    give_up_badge(
        fair.store, SYSTEM.at(NOON), "one", delivery_id, attempts=present.attempts, error="torn"
    )
    assert _state(fair.store, delivery_id) == "failed"


def test_a_job_of_the_same_number_at_another_printer_is_not_settled(fair: Fair) -> None:
    delivery_id = _admit(fair)

    def send(now: datetime) -> None:
        (job,) = claim_badges(fair.store, SYSTEM.at(now), "one")
        confirm_badge(
            fair.store,
            "one",
            delivery_id,
            attempts=job.attempts,
            confirmed=False,
            where="cups",
            now=now,
            job_ref="badges-1",
        )

    send(NOON)
    (asked,) = sent_jobs(fair.store, SYSTEM.at(NOON), None, "cups")
    retry_badge_now(fair.store, STAFF.at(NOON + SECOND), delivery_id)
    send(NOON + SECOND)
    settle_job(fair.store, SYSTEM.at(NOON + SECOND), asked, printed=True, error="")
    assert _state(fair.store, delivery_id) == "sent"
    (job,) = sent_jobs(fair.store, SYSTEM.at(NOON + SECOND), None, "cups")
    settle_job(fair.store, SYSTEM.at(NOON + SECOND), job, printed=True, error="")
    assert _state(fair.store, delivery_id) == "printed"


@pytest.mark.parametrize(("confirmed", "state"), [(True, "printed"), (False, "sent")])
def test_what_the_printer_cannot_confirm_is_only_sent(
    fair: Fair, confirmed: bool, state: str
) -> None:
    delivery_id = _admit(fair)
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    confirm_badge(
        fair.store, "one", delivery_id, attempts=1, confirmed=confirmed, where="tcp", now=NOON
    )
    assert _state(fair.store, delivery_id) == state
    assert claim_badges(fair.store, SYSTEM.at(NOON + timedelta(days=1)), "one") == []
    assert badge_queue(fair.store, SYSTEM) == BadgeQueue(0, 0)


def test_pauses_after_failures_double_up_to_a_minute(fair: Fair) -> None:
    delivery_id = _admit(fair)
    now, pauses = NOON, []
    for _ in range(9):
        (job,) = claim_badges(fair.store, SYSTEM.at(now), "one")
        assert job.badge.mark == ""
        due_at = retry_badge(
            fair.store, SYSTEM.at(now), "one", delivery_id, attempts=job.attempts, error="no paper"
        )
        assert claim_badges(fair.store, SYSTEM.at(due_at - SECOND / 10), "one") == []
        pauses.append((due_at - now).total_seconds())
        now = due_at
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert badge_queue(fair.store, SYSTEM) == BadgeQueue(1, 0, "no paper")
    assert LAST_RETRY.total_seconds() == 60


def test_a_badge_that_may_be_out_already_is_marked_when_repeated(fair: Fair) -> None:
    delivery_id = _admit(fair)
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    due_at = retry_badge(
        fair.store,
        SYSTEM.at(NOON),
        "one",
        delivery_id,
        attempts=1,
        error="broke off",
        may_be_out=True,
    )
    (job,) = claim_badges(fair.store, SYSTEM.at(due_at), "one")
    assert job.badge.mark == REPEATED


def test_a_badge_given_up_waits_for_a_person(fair: Fair) -> None:
    delivery_id = _admit(fair)
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    give_up_badge(
        fair.store, SYSTEM.at(NOON), "one", delivery_id, attempts=1, error="cannot be drawn"
    )
    assert claim_badges(fair.store, SYSTEM.at(NOON + timedelta(days=1)), "one") == []
    queue = badge_queue(fair.store, SYSTEM)
    assert (queue.waiting, queue.failed) == (0, 1)
    assert retry_failed(fair.store, STAFF.at(NOON), event_id=fair.event.id) == 1
    assert len(claim_badges(fair.store, SYSTEM.at(NOON), "one")) == 1


def test_the_oldest_go_first_and_a_few_at_a_time(fair: Fair) -> None:
    admitted = [_admit(fair, f"Guest {number}") for number in range(5)]
    first = [job.delivery_id for job in claim_badges(fair.store, SYSTEM.at(NOON), "one", limit=3)]
    rest = [job.delivery_id for job in claim_badges(fair.store, SYSTEM.at(NOON), "two", limit=3)]
    assert first + rest == admitted


def test_an_undone_scan_calls_its_badge_off_also_from_a_dead_or_failing_courier(fair: Fair) -> None:
    tokens = [fair.token(fair.sell(f"Guest {number}")) for number in range(3)]
    scans = [check_in(fair.store, STAFF.at(NOON), fair.scan(token)) for token in tokens]
    waiting, held, failing = (scan.delivery_id for scan in scans)
    assert waiting is not None
    assert held is not None
    assert failing is not None
    undo(fair.store, STAFF.at(NOON), scans[0].scan_id)
    assert [job.delivery_id for job in claim_badges(fair.store, SYSTEM.at(NOON), "one")] == [
        held,
        failing,
    ]
    for scan in scans[1:]:
        undo(fair.store, STAFF.at(NOON), scan.scan_id)
    retry_badge(fair.store, SYSTEM.at(NOON), "one", failing, attempts=1, error="no paper")
    assert claim_badges(fair.store, SYSTEM.at(NOON + LEASE), "two") == []
    states = [_state(fair.store, delivery_id) for delivery_id in (waiting, held, failing)]
    assert states == ["cancelled"] * 3
    assert badge_queue(fair.store, SYSTEM) == BadgeQueue(0, 0)


def test_a_badge_printed_although_its_scan_was_undone_is_noted_as_printed(fair: Fair) -> None:
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(fair.sell())))
    assert result.delivery_id is not None
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    undo(fair.store, STAFF.at(NOON), result.scan_id)
    confirm_badge(
        fair.store, "one", result.delivery_id, attempts=1, confirmed=True, where="x", now=NOON
    )
    assert _state(fair.store, result.delivery_id) == "printed"


def test_the_badge_after_an_undone_one_that_was_printed_is_marked(fair: Fair) -> None:
    token = fair.token(fair.sell())
    first = check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    assert first.delivery_id is not None
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    confirm_badge(
        fair.store, "one", first.delivery_id, attempts=1, confirmed=True, where="x", now=NOON
    )
    undo(fair.store, STAFF.at(NOON), first.scan_id)
    check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON), "one")
    assert job.badge.mark == REPEATED


def test_a_badge_of_an_undone_scan_that_never_got_out_leaves_no_mark(fair: Fair) -> None:
    token = fair.token(fair.sell())
    first = check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    assert first.delivery_id is not None
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    retry_badge(
        fair.store,
        SYSTEM.at(NOON),
        "one",
        first.delivery_id,
        attempts=1,
        error="no paper",
        at_once=True,
    )
    undo(fair.store, STAFF.at(NOON), first.scan_id)
    check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON), "one")
    assert job.badge.mark == ""


@pytest.mark.parametrize("may_be_out", ["its courier died", "it broke off", "called off"])
def test_the_badge_after_an_undone_one_that_may_be_out_is_marked(
    fair: Fair, may_be_out: str
) -> None:
    token = fair.token(fair.sell())
    first = check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    assert first.delivery_id is not None
    claim_badges(fair.store, SYSTEM.at(NOON), "one")
    later = NOON + LEASE
    if may_be_out == "it broke off":
        retry_badge(
            fair.store,
            SYSTEM.at(NOON),
            "one",
            first.delivery_id,
            attempts=1,
            error="",
            may_be_out=True,
        )
    if may_be_out == "called off":
        cancel_badge(fair.store, STAFF.at(later), first.delivery_id)
    undo(fair.store, STAFF.at(NOON), first.scan_id)
    assert claim_badges(fair.store, SYSTEM.at(later), "two") == []
    check_in(fair.store, STAFF.at(later), fair.scan(token))
    (job,) = claim_badges(fair.store, SYSTEM.at(later), "two")
    assert job.badge.mark == REPEATED


def test_a_badge_does_not_wait_for_a_clock_that_was_set_back(fair: Fair) -> None:
    delivery_id = _admit(fair)
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    assert claim_badges(fair.store, SYSTEM.at(NOON - minute), "one") == []
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON - hour), "one")
    assert (job.delivery_id, job.badge.mark) == (delivery_id, "")


def test_a_reprint_needs_a_reason_and_carries_a_mark(fair: Fair) -> None:
    booked = fair.sell()
    ticket_id = booked.ticket_ids[0]
    with pytest.raises(InvalidInputError, match="reason"):
        reprint(fair.store, STAFF.at(NOON), ticket_id, reason="  ")
    with pytest.raises(NotAllowedError):
        reprint(fair.store, ATTENDEE.at(NOON), ticket_id, reason="lost")
    with pytest.raises(NotFoundError, match="There is no such ticket"):
        reprint(fair.store, STAFF.at(NOON), uuid4(), reason="lost")
    delivery_id = reprint(fair.store, STAFF.at(NOON), ticket_id, reason="lost")
    (job,) = claim_badges(fair.store, SYSTEM.at(NOON), "one")
    assert (job.delivery_id, job.badge.mark) == (delivery_id, REPRINT)
    assert ticket_view(fair.store, SYSTEM, ticket_id).badges == 1


def test_each_event_counts_its_own_badges(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    _admit(fair)
    reprint(other.store, SUPERVISOR.at(NOON), other.sell().ticket_ids[0], reason="lost")
    _admit(other)
    assert badge_queue(fair.store, SYSTEM, fair.event.id).waiting == 1
    assert badge_queue(fair.store, SYSTEM, other.event.id).waiting == 2
    assert badge_queue(fair.store, SYSTEM).waiting == 3
