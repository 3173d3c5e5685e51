"""The check-in contract, point by point."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from data.schema import AdmissionRow, DeliveryRow, ScanRow
from data.store import Store
from eventdesk.accounts import ban, remove_member
from eventdesk.acts import SYSTEM
from eventdesk.booking import block, cancel_booking, reissue, set_attention
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.token import seal
from eventdesk.door import (
    CheckInResult,
    Direction,
    DoorQuestion,
    EntryPolicy,
    Outcome,
    PrintPolicy,
    ScanSource,
    UnpaidPolicy,
    check_in,
    check_in_group,
    counters,
    recent_scans,
    scans_of,
    undo,
)
from tests.build import ATTENDEE, NOON, OTHER_STAFF, STAFF, SUPERVISOR, Fair, make_fair
from tests.people import make_staff


def rows(store: Store, table: type) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_lets_a_ticket_in_and_says_who_it_is(fair: Fair) -> None:
    booked = fair.sell("Ada Lovelace", line_two="Analytical Engines", seat="A 12")
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.outcome is Outcome.ADMITTED
    assert (result.name, result.line_two, result.seat) == (
        "Ada Lovelace",
        "Analytical Engines",
        "A 12",
    )
    assert result.ticket_type == "Regular"
    assert result.ticket_code == booked.ticket_codes[0]
    assert result.first_admitted_at == NOON
    assert result.delivery_id is not None


def test_the_second_scan_is_already_in_and_names_time_and_gate(fair: Fair) -> None:
    token = fair.token(fair.sell())
    check_in(fair.store, STAFF.at(NOON), fair.scan(token, gate_id=fair.gate.id))
    again = check_in(fair.store, STAFF.at(NOON + timedelta(minutes=3)), fair.scan(token))
    assert again.outcome is Outcome.ALREADY_IN
    assert again.reason == "In since 12:00 at Gate A."
    assert again.guest_sentence.startswith("This ticket was used at 12:00.")
    assert again.first_admitted_at == NOON
    assert rows(fair.store, AdmissionRow) == 1


def test_a_repeated_nonce_answers_byte_for_byte_and_writes_nothing(fair: Fair) -> None:
    token = fair.token(fair.sell())
    scan = fair.scan(token, nonce="n-1")
    first = check_in(fair.store, STAFF.at(NOON), scan)
    later = NOON + timedelta(hours=1)
    cancelled = fair.scan("something else", nonce="n-1")
    assert check_in(fair.store, STAFF.at(later), cancelled).to_json() == first.to_json()
    assert rows(fair.store, ScanRow) == 1
    assert CheckInResult.from_json(first.to_json()) == first


def test_a_repeated_nonce_is_answered_at_the_door_of_another_event_too(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    scan = fair.scan(fair.token(fair.sell()), nonce="n-1")
    first = check_in(fair.store, SUPERVISOR.at(NOON), scan)
    elsewhere = replace(scan, list_id=other.door.id)
    assert check_in(fair.store, SUPERVISOR.at(NOON), elsewhere) == first


def test_nonces_of_two_devices_are_two_scans(fair: Fair) -> None:
    booked = fair.sell()
    scan = fair.scan(fair.token(booked), nonce="same")
    check_in(fair.store, STAFF.at(NOON), scan)
    with fair.store.write() as connection:
        other = uuid4()
        connection.exec_driver_sql(
            "INSERT INTO device (id, name, created_at) VALUES (?, 'other', 0)", (other.bytes,)
        )
    elsewhere = OTHER_STAFF.__class__(
        OTHER_STAFF.kind, OTHER_STAFF.id, OTHER_STAFF.name, OTHER_STAFF.role, other
    )
    assert check_in(fair.store, elsewhere.at(NOON), scan).outcome is Outcome.ALREADY_IN


def test_the_code_on_the_ticket_can_be_typed(fair: Fair) -> None:
    code = fair.sell().ticket_codes[0]
    typed = f" {code[:4].lower()}-{code[4:].lower()} "
    scan = fair.scan(typed, source=ScanSource.TYPED)
    assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED


def test_the_code_on_the_ticket_drawn_as_qr_code_is_no_ticket(fair: Fair) -> None:
    scan = fair.scan(fair.sell().ticket_codes[0], source=ScanSource.CAMERA)
    assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("text", ["", "hello", "\x00", "🎟", "A" * 100_000, "'; DROP TABLE scan;--"])
def test_unknown_text_is_refused_and_logged(fair: Fair, text: str) -> None:
    result = check_in(fair.store, STAFF.at(NOON), fair.scan(text))
    assert result.outcome is Outcome.UNKNOWN
    assert result.ticket_code is None
    assert recent_scans(fair.store, STAFF, fair.door.id)[0].outcome is Outcome.UNKNOWN


def test_a_changed_token_is_forged(fair: Fair) -> None:
    token = fair.token(fair.sell())
    forged = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(forged)).outcome is Outcome.FORGED


def test_a_ticket_of_another_event_says_so(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    booked = other.sell("Grace Hopper")
    for text in (other.token(booked), booked.ticket_codes[0]):
        scan = fair.scan(text, source=ScanSource.TYPED)
        assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.WRONG_EVENT
    own_door = check_in(other.store, STAFF.at(NOON), other.scan(other.token(booked)))
    assert own_door.outcome is Outcome.ADMITTED


def test_of_a_ticket_of_another_event_nothing_is_told_or_kept(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    booked = other.sell("Grace Hopper", line_two="Navy", attention="Guest of honour")
    for text in (other.token(booked), booked.ticket_codes[0]):
        scan = fair.scan(text, source=ScanSource.TYPED)
        result = check_in(fair.store, STAFF.at(NOON), scan)
        assert (result.ticket_id, result.ticket_code, result.name) == (None, None, None)
        assert (result.line_two, result.attention, result.ticket_type) == ("", "", "")
        with fair.store.read() as connection:
            kept = connection.execute(
                select(ScanRow.ticket_id, ScanRow.scanned, ScanRow.result).where(
                    ScanRow.id == result.scan_id
                )
            ).one()
        assert (kept.ticket_id, kept.scanned) == (None, "")
        assert "Grace" not in kept.result
    assert scans_of(fair.store, STAFF, booked.ticket_ids[0]) == []


def test_a_stored_answer_is_for_who_may_still_work_here(fair: Fair) -> None:
    sam = make_staff(fair)
    scan = fair.scan(fair.token(fair.sell()))
    first = check_in(fair.store, sam.at(NOON), scan)
    assert check_in(fair.store, sam.at(NOON), scan) == first
    elsewhere = make_staff(make_fair(fair.store, "Another event"), name="Olu")
    with pytest.raises(NotAllowedError):
        check_in(fair.store, elsewhere.at(NOON), scan)
    assert sam.id is not None
    ban(fair.store, SYSTEM.at(NOON), sam.id, reason="gone")
    with pytest.raises(NotAllowedError):
        check_in(fair.store, sam.at(NOON), scan)
    with pytest.raises(NotAllowedError):
        check_in_group(fair.store, sam.at(NOON), [scan])


def test_who_lost_the_role_gets_no_stored_answer(fair: Fair) -> None:
    sam = make_staff(fair)
    assert sam.id is not None
    scan = fair.scan(fair.token(fair.sell()))
    check_in(fair.store, sam.at(NOON), scan)
    remove_member(fair.store, SYSTEM.at(NOON), fair.event.id, sam.id)
    with pytest.raises(NotAllowedError):
        check_in(fair.store, sam.at(NOON), scan)


def test_a_reissued_ticket_revokes_the_old_code_with_the_reason(fair: Fair) -> None:
    booked = fair.sell()
    old = fair.token(booked)
    new = reissue(fair.store, STAFF.at(NOON), booked.ticket_ids[0], reason="phone lost")
    refused = check_in(fair.store, STAFF.at(NOON), fair.scan(old))
    assert (refused.outcome, refused.reason) == (Outcome.REVOKED, "Replaced: phone lost")
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(new)).outcome is Outcome.ADMITTED


def test_an_old_code_says_why_it_was_replaced_whatever_keys_came_since(fair: Fair) -> None:
    booked = fair.sell()
    old = fair.token(booked)
    for reason in ("phone lost", "phone lost again"):
        fair.store.keys = fair.store.keys.rotate(NOON)
        new = reissue(fair.store, STAFF.at(NOON), booked.ticket_ids[0], reason=reason)
    refused = check_in(fair.store, STAFF.at(NOON), fair.scan(old))
    assert (refused.outcome, refused.reason) == (Outcome.REVOKED, "Replaced: phone lost")
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(new)).outcome is Outcome.ADMITTED


def test_a_ticket_is_opened_by_no_key_but_its_own(fair: Fair) -> None:
    older = fair.store.keys.active
    fair.store.keys = fair.store.keys.rotate(NOON)
    booked = fair.sell()
    (ticket_id,) = booked.ticket_ids
    made = seal(older, ticket_id=ticket_id, revision=1, event_id=fair.event.id)
    forged = check_in(fair.store, STAFF.at(NOON), fair.scan(made))
    assert (forged.outcome, forged.ticket_code) == (Outcome.FORGED, None)
    scan = fair.scan(fair.token(booked))
    assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED


def test_a_code_made_for_another_event_than_its_ticket_is_forged(fair: Fair) -> None:
    other = make_fair(fair.store, "Another event")
    (ticket_id,) = other.sell("Grace Hopper").ticket_ids
    made = seal(fair.store.keys.active, ticket_id=ticket_id, revision=1, event_id=fair.event.id)
    for door in (fair, other):
        result = check_in(fair.store, STAFF.at(NOON), door.scan(made))
        assert result.outcome is Outcome.FORGED


def test_cancelled_blocked_unapproved_and_unpaid_tickets_stay_out(fair: Fair) -> None:
    cancelled, blocked = fair.sell(), fair.sell()
    cancel_booking(fair.store, STAFF.at(NOON), cancelled.booking_id, reason="ill")
    block(fair.store, SUPERVISOR.at(NOON), blocked.ticket_ids[0], note="stolen card")
    cases = {
        Outcome.CANCELLED: cancelled,
        Outcome.BLOCKED: blocked,
        Outcome.UNAPPROVED: fair.sell(approved=False),
        Outcome.UNPAID: fair.sell(paid=False),
        Outcome.NOT_YET_VALID: fair.sell(valid_from=NOON + timedelta(seconds=1)),
        Outcome.EXPIRED: fair.sell(valid_until=NOON),
    }
    for outcome, booked in cases.items():
        result = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(booked)))
        assert result.outcome is outcome
    assert rows(fair.store, AdmissionRow) == 0
    assert rows(fair.store, DeliveryRow) == 0


def test_an_unpaid_ticket_passes_where_the_list_admits_it(store: Store) -> None:
    fair = make_fair(store, unpaid_policy=UnpaidPolicy.ADMIT)
    token = fair.token(fair.sell(paid=False))
    assert check_in(store, STAFF.at(NOON), fair.scan(token)).outcome is Outcome.ADMITTED


def test_a_list_takes_its_ticket_types_and_its_hours_only(fair: Fair) -> None:
    vips = fair.list(
        "VIP lounge",
        ticket_type_ids=frozenset({fair.vip}),
        opens_at=NOON,
        closes_at=NOON + timedelta(hours=1),
    )
    regular = fair.token(fair.sell())
    vip = fair.token(fair.sell(ticket_type_id=fair.vip))

    def outcome(text: str, minutes: int) -> Outcome:
        scan = fair.scan(text, list_id=vips.id)
        return check_in(fair.store, STAFF.at(NOON + timedelta(minutes=minutes)), scan).outcome

    assert outcome(regular, 0) is Outcome.WRONG_LIST
    assert outcome(vip, -1) is Outcome.LIST_CLOSED
    assert outcome(vip, 60) is Outcome.LIST_CLOSED
    assert outcome(vip, 0) is Outcome.ADMITTED


def test_lists_are_independent_of_each_other(fair: Fair) -> None:
    token = fair.token(fair.sell())
    lunch = fair.list("Lunch", print_policy=PrintPolicy.NEVER)
    for list_id in (fair.door.id, lunch.id):
        scan = fair.scan(token, list_id=list_id)
        assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED


def test_once_per_day_follows_the_calendar_of_the_event(store: Store) -> None:
    fair = make_fair(store, entry_policy=EntryPolicy.ONCE_PER_DAY)
    token = fair.token(fair.sell())
    midnight_in_berlin = NOON.replace(hour=22)
    times = [NOON, midnight_in_berlin - timedelta(seconds=1), midnight_in_berlin]
    outcomes = [check_in(store, STAFF.at(at), fair.scan(token)).outcome for at in times]
    assert outcomes == [Outcome.ADMITTED, Outcome.ALREADY_IN, Outcome.ADMITTED]


def test_after_an_exit_a_ticket_may_come_back(store: Store) -> None:
    fair = make_fair(store, entry_policy=EntryPolicy.AFTER_EXIT)
    token = fair.token(fair.sell())
    ways = [Direction.EXIT, None, None, Direction.EXIT, Direction.EXIT, None]
    outcomes = [
        check_in(store, STAFF.at(NOON), fair.scan(token, direction=way)).outcome for way in ways
    ]
    assert outcomes == [
        Outcome.ALREADY_OUT,
        Outcome.ADMITTED,
        Outcome.ALREADY_IN,
        Outcome.EXITED,
        Outcome.ALREADY_OUT,
        Outcome.ADMITTED,
    ]
    count = counters(store, SYSTEM, fair.door.id)
    assert (count.expected, count.admitted, count.inside, count.out) == (1, 1, 1, 0)


def test_an_exit_list_may_record_exits_without_entry(store: Store) -> None:
    fair = make_fair(store, direction=Direction.EXIT, exit_needs_entry=False)
    result = check_in(store, STAFF.at(NOON), fair.scan(fair.token(fair.sell())))
    assert result.outcome is Outcome.EXITED
    count = counters(store, SYSTEM, fair.door.id)
    assert (count.admitted, count.inside, count.out) == (0, 0, 0)


def test_minutes_between_entries_and_most_entries_are_kept(store: Store) -> None:
    fair = make_fair(store, entry_policy=EntryPolicy.ANY, min_minutes_between=10, max_entries=2)
    token = fair.token(fair.sell())
    minutes = [0, 9, 10, 60]
    results = [
        check_in(store, STAFF.at(NOON + timedelta(minutes=m)), fair.scan(token)) for m in minutes
    ]
    assert [result.outcome for result in results] == [
        Outcome.ADMITTED,
        Outcome.RULES,
        Outcome.ADMITTED,
        Outcome.RULES,
    ]
    assert "12:10" in results[1].guest_sentence
    assert "All 2 entries" in results[3].guest_sentence


def test_questions_are_answered_first_and_nothing_but_the_scan_is_stored(store: Store) -> None:
    question = DoorQuestion("shirt", "Which T-shirt?")
    fair = make_fair(store, questions=(question,))
    token = fair.token(fair.sell())
    asked = check_in(store, STAFF.at(NOON), fair.scan(token))
    assert (asked.outcome, asked.questions) == (Outcome.INCOMPLETE, (question,))
    assert rows(store, AdmissionRow) == 0
    answered = fair.scan(token, answers={"shirt": "L"})
    assert check_in(store, STAFF.at(NOON), answered).outcome is Outcome.ADMITTED


def test_optional_questions_are_asked_where_somebody_can_be_asked(store: Store) -> None:
    question = DoorQuestion("wish", "Any wish?", required=False)
    fair = make_fair(store, questions=(question,))
    tokens = [fair.token(fair.sell()) for _ in range(2)]
    asked = check_in(store, STAFF.at(NOON), fair.scan(tokens[0], asks=True))
    assert (asked.outcome, asked.questions) == (Outcome.INCOMPLETE, (question,))
    assert check_in(store, STAFF.at(NOON), fair.scan(tokens[0])).passes
    answered = fair.scan(tokens[1], asks=True, answers={"wish": "Tea"})
    assert check_in(store, STAFF.at(NOON), answered).passes


def test_the_print_policy_decides_about_badges(store: Store) -> None:
    expected = {PrintPolicy.NEVER: 0, PrintPolicy.FIRST_ENTRY: 1, PrintPolicy.EVERY_ENTRY: 3}
    for policy, badges in expected.items():
        fair = make_fair(store, str(policy), entry_policy=EntryPolicy.ANY, print_policy=policy)
        token = fair.token(fair.sell())
        before = rows(store, DeliveryRow)
        for _ in range(3):
            check_in(store, STAFF.at(NOON), fair.scan(token))
        assert rows(store, DeliveryRow) - before == badges


def test_force_is_for_supervisors_and_marked_only_where_it_overrode(fair: Fair) -> None:
    token = fair.token(fair.sell())
    forced = fair.scan(token, force_reason="lost the first badge")
    with pytest.raises(NotAllowedError):
        check_in(fair.store, STAFF.at(NOON), forced)
    first = check_in(fair.store, SUPERVISOR.at(NOON), forced)
    assert (first.outcome, first.overridden) == (Outcome.ADMITTED, None)
    again = fair.scan(token, force_reason="lost the first badge")
    second = check_in(fair.store, SUPERVISOR.at(NOON), again)
    assert (second.outcome, second.overridden) == (Outcome.ADMITTED, Outcome.ALREADY_IN)
    assert [scan.forced for scan in recent_scans(fair.store, STAFF, fair.door.id)] == [True, False]


def test_force_opens_no_door_for_forged_codes(fair: Fair) -> None:
    fair.sell()
    scan = fair.scan("A" * 61, force_reason="please")
    assert not check_in(fair.store, SUPERVISOR.at(NOON), scan).passes


def test_undo_frees_the_ticket_and_keeps_the_scan(fair: Fair) -> None:
    booked = fair.sell()
    token = fair.token(booked)
    first = check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    undone = undo(fair.store, STAFF.at(NOON), first.scan_id, reason="wrong person")
    assert undone.annulled
    assert counters(fair.store, SYSTEM, fair.door.id).admitted == 0
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(token)).outcome is Outcome.ADMITTED
    history = scans_of(fair.store, STAFF, booked.ticket_ids[0])
    assert [scan.annulled for scan in history] == [False, True]


def test_undo_calls_off_a_badge_that_has_not_left(fair: Fair) -> None:
    first = check_in(fair.store, STAFF.at(NOON), fair.scan(fair.token(fair.sell())))
    undo(fair.store, STAFF.at(NOON), first.scan_id)
    with fair.store.read() as connection:
        assert connection.execute(select(DeliveryRow.state)).scalar_one() == "cancelled"


def test_undo_is_for_the_same_operator_within_minutes_or_a_supervisor(fair: Fair) -> None:
    token = fair.token(fair.sell())
    first = check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    with pytest.raises(NotAllowedError, match="Sam Staff"):
        undo(fair.store, OTHER_STAFF.at(NOON), first.scan_id)
    with pytest.raises(NotAllowedError, match="older"):
        undo(fair.store, STAFF.at(NOON + timedelta(minutes=6)), first.scan_id)
    undo(fair.store, SUPERVISOR.at(NOON + timedelta(hours=6)), first.scan_id)
    with pytest.raises(InvalidInputError, match="already"):
        undo(fair.store, SUPERVISOR.at(NOON), first.scan_id)


def test_a_refusal_cannot_be_undone(fair: Fair) -> None:
    refused = check_in(fair.store, STAFF.at(NOON), fair.scan("nonsense"))
    with pytest.raises(InvalidInputError, match="This scan let nobody through; there is nothing"):
        undo(fair.store, SUPERVISOR.at(NOON), refused.scan_id)
    with pytest.raises(NotFoundError, match="There is no such scan"):
        undo(fair.store, SUPERVISOR.at(NOON), uuid4())


def test_attendees_do_not_check_in(fair: Fair) -> None:
    with pytest.raises(NotAllowedError):
        check_in(fair.store, ATTENDEE.at(NOON), fair.scan("x"))


def test_an_empty_nonce_is_an_error(fair: Fair) -> None:
    with pytest.raises(InvalidInputError, match="A scan needs a nonce of 1 to 100 characters"):
        check_in(fair.store, STAFF.at(NOON), fair.scan("x", nonce=""))


def test_notes_reach_staff_with_the_admission(store: Store) -> None:
    fair = make_fair(store, attention="Hand out the bag")
    booked = fair.sell()
    set_attention(store, STAFF.at(NOON), booked.ticket_ids[0], note="Speaker, call Tim")
    result = check_in(store, STAFF.at(NOON), fair.scan(fair.token(booked)))
    assert result.attention == "Speaker, call Tim\nHand out the bag"


def test_a_clock_that_is_off_is_recorded(fair: Fair) -> None:
    scan = fair.scan(fair.token(fair.sell()), seen_at=NOON - timedelta(seconds=90))
    assert check_in(fair.store, STAFF.at(NOON), scan).clock_skew_s == -90


def test_counters_say_why_scans_were_refused(fair: Fair) -> None:
    token = fair.token(fair.sell())
    for text in (token, token, token, "nonsense"):
        check_in(fair.store, STAFF.at(NOON), fair.scan(text))
    fair.sell("Somebody else")
    count = counters(fair.store, SYSTEM, fair.door.id)
    assert (count.expected, count.admitted, count.to_come) == (2, 1, 1)
    assert count.refused == {Outcome.ALREADY_IN: 2, Outcome.UNKNOWN: 1}


def test_a_role_at_one_event_opens_no_door_of_another(fair: Fair) -> None:
    elsewhere = replace(SUPERVISOR, event_id=uuid4())
    with pytest.raises(NotAllowedError):
        check_in(fair.store, elsewhere.at(NOON), fair.scan(fair.token(fair.sell())))
    at_home = replace(SUPERVISOR, event_id=fair.event.id)
    assert check_in(fair.store, at_home.at(NOON), fair.scan(fair.token(fair.sell()))).passes


def test_a_reason_of_blanks_forces_nothing(fair: Fair) -> None:
    token = fair.token(fair.sell())
    check_in(fair.store, STAFF.at(NOON), fair.scan(token))
    again = check_in(fair.store, SUPERVISOR.at(NOON), fair.scan(token, force_reason="  "))
    assert again.outcome is Outcome.ALREADY_IN
