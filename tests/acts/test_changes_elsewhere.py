"""What another process changes holds from the very next scan on, whatever a door remembers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from data.store import Store
from eventdesk.accounts import ban, remove_member
from eventdesk.acts import SYSTEM
from eventdesk.booking import reissue
from eventdesk.core.errors import NotAllowedError
from eventdesk.door import (
    CheckInList,
    Outcome,
    Rule,
    RuleKind,
    as_new,
    change_check_in_list,
    check_in,
    list_at_door,
    remove_gate,
    rename_gate,
)
from tests.build import NOON, STAFF, Fair
from tests.people import make_staff


@pytest.fixture
def elsewhere(fair: Fair) -> Iterator[Store]:
    """The same home, opened a second time, with connections and keys of its own."""
    with Store(fair.store.home) as store:
        yield store


def seen_at(store: Store, fair: Fair) -> CheckInList:
    with store.read() as connection:
        return list_at_door(connection, fair.door.id)


def warm(fair: Fair) -> None:
    """Let a few guests in, so that whatever a door remembers is remembered."""
    booked = fair.sell_all(["One", "Two", "Three"])
    for index in range(3):
        scan = fair.scan(fair.token(booked, index), gate_id=fair.gate.id)
        assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED


def next_outcome(fair: Fair, **ticket: object) -> Outcome:
    scan = fair.scan(fair.token(fair.sell("Next", **ticket)))
    return check_in(fair.store, STAFF.at(NOON), scan).outcome


def test_a_list_closed_elsewhere_is_closed_at_the_next_scan_and_open_again_after(
    fair: Fair, elsewhere: Store
) -> None:
    warm(fair)
    as_it_was = as_new(seen_at(elsewhere, fair))
    closed = replace(as_it_was, closes_at=NOON - timedelta(hours=1))
    for new, outcome in (
        (closed, Outcome.LIST_CLOSED),
        (as_it_was, Outcome.ADMITTED),
        (closed, Outcome.LIST_CLOSED),
    ):
        change_check_in_list(elsewhere, SYSTEM.at(NOON), fair.door.id, new)
        assert next_outcome(fair) is outcome


def test_a_list_changed_by_the_same_desk_is_changed_at_the_next_scan(fair: Fair) -> None:
    warm(fair)
    closed = replace(as_new(seen_at(fair.store, fair)), closes_at=NOON - timedelta(hours=1))
    change_check_in_list(fair.store, SYSTEM.at(NOON), fair.door.id, closed)
    assert next_outcome(fair) is Outcome.LIST_CLOSED


def test_a_ticket_type_taken_off_a_list_elsewhere_is_refused_at_the_next_scan(
    fair: Fair, elsewhere: Store
) -> None:
    both = replace(
        as_new(seen_at(elsewhere, fair)), ticket_type_ids=frozenset({fair.regular, fair.vip})
    )
    change_check_in_list(elsewhere, SYSTEM.at(NOON), fair.door.id, both)
    warm(fair)
    one = replace(both, ticket_type_ids=frozenset({fair.vip}))
    change_check_in_list(elsewhere, SYSTEM.at(NOON), fair.door.id, one)
    assert next_outcome(fair) is Outcome.WRONG_LIST
    assert next_outcome(fair, ticket_type_id=fair.vip) is Outcome.ADMITTED


def test_a_gate_of_a_rule_that_was_renamed_elsewhere_has_its_new_name_at_once(
    fair: Fair, elsewhere: Store
) -> None:
    warm(fair)
    rule = Rule(RuleKind.GATES, gate_ids=frozenset({fair.gate.id}))
    ruled = replace(as_new(seen_at(elsewhere, fair)), rules=(rule,))
    change_check_in_list(elsewhere, SYSTEM.at(NOON), fair.door.id, ruled)
    for name in ("North", "South"):
        rename_gate(elsewhere, SYSTEM.at(NOON), fair.gate.id, name)
        scan = fair.scan(fair.token(fair.sell()))
        answer = check_in(fair.store, STAFF.at(NOON), scan)
        assert answer.outcome is Outcome.RULES
        assert name in answer.reason + answer.guest_sentence + answer.rule


def test_a_gate_removed_elsewhere_is_none_at_the_next_scan(fair: Fair, elsewhere: Store) -> None:
    remove_gate(elsewhere, SYSTEM.at(NOON), fair.gate.id)
    scan = fair.scan(fair.token(fair.sell()), gate_id=fair.gate.id)
    assert check_in(fair.store, STAFF.at(NOON), scan).outcome is Outcome.ADMITTED


@pytest.mark.parametrize("banned", [True, False])
def test_an_account_closed_or_sent_away_elsewhere_is_refused_at_the_next_scan(
    fair: Fair, elsewhere: Store, banned: bool
) -> None:
    sam = make_staff(fair)
    assert sam.id is not None
    booked = fair.sell_all(["One", "Two"])
    first, second = (fair.scan(fair.token(booked, index)) for index in range(2))
    assert check_in(fair.store, sam.at(NOON), first).outcome is Outcome.ADMITTED
    if banned:
        ban(elsewhere, SYSTEM.at(NOON), sam.id, reason="gone")
    else:
        remove_member(elsewhere, SYSTEM.at(NOON), fair.event.id, sam.id)
    with pytest.raises(NotAllowedError):
        check_in(fair.store, sam.at(NOON), second)
    # Not even an answer that was given already is given again.
    with pytest.raises(NotAllowedError):
        check_in(fair.store, sam.at(NOON), first)


def test_keys_rotated_elsewhere_open_the_next_ticket_and_the_last_one(
    fair: Fair, elsewhere: Store
) -> None:
    warm(fair)
    booked = fair.sell_all(["Old", "New"])
    old = fair.token(booked)
    known = fair.store.keys.token_keys
    elsewhere.keys = elsewhere.keys.rotate(NOON)
    new = reissue(elsewhere, STAFF.at(NOON), booked.ticket_ids[1], reason="phone lost")
    assert fair.store.keys.token_keys is known
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(new)).outcome is Outcome.ADMITTED
    assert check_in(fair.store, STAFF.at(NOON), fair.scan(old)).outcome is Outcome.ADMITTED


def test_a_list_that_is_not_changed_is_not_made_again(fair: Fair, elsewhere: Store) -> None:
    assert seen_at(fair.store, fair) is seen_at(fair.store, fair)
    rename = replace(as_new(seen_at(elsewhere, fair)), name="Side entrance")
    change_check_in_list(elsewhere, SYSTEM.at(NOON), fair.door.id, rename)
    assert seen_at(fair.store, fair).name == "Side entrance"
