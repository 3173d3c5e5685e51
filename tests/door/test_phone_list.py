"""The list of a phone without the network: who gets it, what is in it, and what it decides."""

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, update

from data.schema import AuditRow, BookingRow, TicketRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import cancel_booking, reissue
from eventdesk.core.errors import InvalidInputError, NotAllowedError
from eventdesk.door import (
    DoorQuestion,
    EntryPolicy,
    ListKind,
    Outcome,
    Rule,
    RuleKind,
    UnpaidPolicy,
    check_in,
    event_loose_ends,
    offline_list,
    offline_terms,
)
from eventdesk.door.phone_list import LABEL, digest_of
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair
from tests.door.phone import NEEDS_HOUSE, decide_alone, fetched, found, unspelled
from tests.door.phone_vectors import VECTORS, vectors

LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def door(fair: Fair) -> UUID:
    return fair.list("Field", offline=True).id


def says(payload: dict[str, Any], text: str, at: Any = NOON, *, typed: bool = False) -> str:
    row = found(payload, text, typed=typed)
    return decide_alone(payload, row, round(at.timestamp() * 1000))


def test_no_list_is_given_out_that_the_organizer_did_not_allow(fair: Fair) -> None:
    assert not offline_terms(fair.store, STAFF.at(NOON), fair.door.id).allowed
    with pytest.raises(InvalidInputError):
        offline_list(fair.store, STAFF.at(NOON), fair.door.id)


def test_the_audit_tells_who_allowed_it_and_for_how_long(fair: Fair) -> None:
    listed = fair.list("Field", offline=True, offline_hours=6)
    with fair.store.read() as connection:
        found = select(AuditRow.detail).where(AuditRow.subject_id == listed.id)
        assert connection.execute(found).scalar_one()["offline_hours"] == 6


@pytest.mark.parametrize("verb", [offline_list, offline_terms])
def test_only_who_may_scan_gets_it(fair: Fair, door: UUID, verb: Any) -> None:
    verb(fair.store, STAFF.at(NOON), door)
    with pytest.raises(NotAllowedError):
        verb(fair.store, ATTENDEE.at(NOON), door)
    elsewhere = replace(STAFF, event_id=UUID(int=77))
    with pytest.raises(NotAllowedError):
        verb(fair.store, elsewhere.at(NOON), door)


def test_what_is_not_as_the_house_signed_it_is_found_out(fair: Fair, door: UUID) -> None:
    terms = offline_terms(fair.store, STAFF.at(NOON), door)
    listed = offline_list(fair.store, STAFF.at(NOON), door)
    key = Ed25519PublicKey.from_public_bytes(unspelled(terms.public_key))
    mark = unspelled(listed.signature)
    key.verify(mark, f"{LABEL}\0{listed.payload}".encode())
    for text in (f"{LABEL}\0{listed.payload} ", listed.payload):
        with pytest.raises(InvalidSignature):
            key.verify(mark, text.encode())


def test_the_key_of_the_house_stays_when_those_of_tickets_change(fair: Fair, door: UUID) -> None:
    one = offline_terms(fair.store, STAFF.at(NOON), door)
    fair.store.keys.rotate(NOON)
    fair.store.reread_keys()
    assert offline_terms(fair.store, STAFF.at(NOON), door) == one
    assert (len(one.key_id), len(unspelled(one.public_key))) == (16, 32)


def test_a_ticket_is_found_by_its_code_and_holds_no_more_than_the_verdict_needs(
    fair: Fair, door: UUID
) -> None:
    ada = fair.sell("Ada Lovelace", email="ada@example.org", attention="wheelchair")
    listed = offline_list(fair.store, STAFF.at(NOON), door)
    payload = json.loads(listed.payload)
    token = fair.token(ada)
    assert payload["tickets"] == [[digest_of(token), ada.ticket_codes[0], 0]]
    assert says(payload, token) == "admitted"
    assert says(payload, f" {token} ") == "admitted"
    for secret in (token, "Lovelace", "ada@example.org", "wheelchair"):
        assert secret not in listed.payload


def test_a_typed_code_counts_and_before_a_camera_it_does_not(fair: Fair, door: UUID) -> None:
    code = fair.sell("Ada").ticket_codes[0]
    payload = fetched(fair.store, STAFF, door, NOON)
    spaced = f" {code[:4].lower()}-{code[4:]}"
    assert says(payload, spaced, typed=True) == "admitted"
    assert says(payload, code) == "unknown"


def test_the_code_of_another_system_counts_whatever_its_case(fair: Fair, door: UUID) -> None:
    fair.sell("Ada", foreign_code="z3fsn8JYUFM5kpk7")
    payload = fetched(fair.store, STAFF, door, NOON)
    assert says(payload, "Z3FSN8JYUFM5KPK7 ") == "admitted"


def test_what_stands_against_a_ticket_is_said(fair: Fair, door: UUID) -> None:
    names = ("Blocked", "Cancelled", "Replaced", "Imported", "In", "Child")
    sold = {name: fair.sell(name) for name in names if name != "Imported"}
    sold["Imported"] = fair.sell("Imported", foreign_code="from-elsewhere")
    unpaid = fair.sell_all(["Una"], paid=False)
    unapproved = fair.sell_all(["Ulf"], approved=False)
    old = {name: fair.token(each) for name, each in sold.items()}
    with fair.store.write() as connection:
        connection.execute(
            update(TicketRow)
            .where(TicketRow.id == sold["Blocked"].ticket_ids[0])
            .values(blocked_note="a note")
        )
    cancel_booking(fair.store, SYSTEM.at(NOON), sold["Cancelled"].booking_id, reason="ill")
    for name in ("Replaced", "Imported"):
        reissue(fair.store, SYSTEM.at(NOON), sold[name].ticket_ids[0], reason="lost")
    check_in(fair.store, STAFF.at(NOON), fair.scan(old["In"], list_id=door))
    payload = fetched(fair.store, STAFF, door, LATER)
    answers = {name: says(payload, token, LATER) for name, token in old.items()}
    assert answers == {
        "Blocked": "blocked",
        "Cancelled": "cancelled",
        "Replaced": "revoked",
        "Imported": "revoked",
        "In": "already_in",
        "Child": "admitted",
    }
    assert says(payload, "from-elsewhere", LATER) == "revoked"
    assert says(payload, fair.token(sold["Replaced"]), LATER) == "admitted"
    assert says(payload, fair.token(unpaid), LATER) == "unpaid"
    assert says(payload, fair.token(unapproved), LATER) == "unapproved"
    assert says(payload, "nothing we know", LATER) == "unknown"
    assert "Cancelled" not in json.dumps(payload)


def test_a_list_is_good_for_the_hours_that_the_organizer_chose(fair: Fair) -> None:
    door = fair.list("Field", offline=True, offline_hours=2).id
    token = fair.token(fair.sell("Ada"))
    payload = fetched(fair.store, STAFF, door, NOON)
    just = NOON + timedelta(hours=2)
    assert says(payload, token, just - timedelta(seconds=1)) == "admitted"
    assert says(payload, token, just) == NEEDS_HOUSE
    assert says(payload, token, NOON - timedelta(minutes=6)) == NEEDS_HOUSE


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"entry_policy": EntryPolicy.AFTER_EXIT}, "policy"),
        ({"capacity": 5}, "capacity"),
        ({"questions": (DoorQuestion("q1", "Any knives?"),)}, "questions"),
        ({"questions": (DoorQuestion("q1", "Any knives?", required=False),)}, ""),
        ({"kind": ListKind.ROOM, "ends_stays": True}, "stays"),
        ({"unpaid_policy": UnpaidPolicy.ADMIT}, ""),
        ({"kind": ListKind.COLLECT, "item": "T-shirt"}, ""),
    ],
)
def test_what_is_not_plain_needs_the_house(fair: Fair, given: Any, why: str) -> None:
    door = fair.list("Field", offline=True, **given).id
    token = fair.token(fair.sell("Ada"))
    payload = fetched(fair.store, STAFF, door, NOON)
    assert payload["needs_hub"] == offline_terms(fair.store, STAFF.at(NOON), door).needs_hub == why
    ends = event_loose_ends(fair.store, SUPERVISOR.at(NOON), fair.event.id)
    warned = [end.text for end in ends if "without the network at list Field" in end.text]
    assert len(warned) == bool(why)
    assert len(payload["tickets"]) == (0 if why else 1)
    assert says(payload, token) == (NEEDS_HOUSE if why else "admitted")


def test_a_rule_makes_only_those_wait_for_the_house_whom_it_is_for(fair: Fair) -> None:
    rule = Rule(RuleKind.MOST, number=3, ticket_type_ids=frozenset({fair.vip}))
    door = fair.list("Field", offline=True, rules=(rule,)).id
    regular, vip = fair.sell("Ada"), fair.sell("Vera", ticket_type_id=fair.vip)
    payload = fetched(fair.store, STAFF, door, NOON)
    assert says(payload, fair.token(regular)) == "admitted"
    assert says(payload, fair.token(vip)) == NEEDS_HOUSE


def test_whoever_may_fall_due_unpaid_needs_the_house(fair: Fair) -> None:
    door = fair.list("Field", offline=True, unpaid_policy=UnpaidPolicy.ADMIT).id
    una = fair.sell_all(["Una"], paid=False)
    with fair.store.write() as connection:
        connection.execute(update(BookingRow).values(expires_at=LATER))
    payload = fetched(fair.store, STAFF, door, NOON)
    assert says(payload, fair.token(una)) == NEEDS_HOUSE


def test_once_a_day_is_a_day_of_the_event(fair: Fair) -> None:
    door = fair.list(
        "Field", offline=True, offline_hours=48, entry_policy=EntryPolicy.ONCE_PER_DAY
    ).id
    token = fair.token(fair.sell("Ada"))
    check_in(fair.store, STAFF.at(NOON), fair.scan(token, list_id=door))
    payload = fetched(fair.store, STAFF, door, LATER)
    midnight = NOON + timedelta(hours=12)  # of Berlin
    assert says(payload, token, midnight - timedelta(seconds=1)) == "already_in"
    assert says(payload, token, midnight) == "admitted"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_a_phone_says_what_the_house_says_or_waits_for_it(vector: dict[str, Any]) -> None:
    row = found(vector["payload"], vector["text"], typed=vector["typed"])
    assert decide_alone(vector["payload"], row, vector["now"]) == vector["says"]


def test_the_vectors_for_the_page_are_those_of_the_table_of_cases() -> None:
    page = Path(__file__).with_name("vectors.json")
    lines = (json.dumps(vector, ensure_ascii=False) for vector in vectors())
    made = "[\n" + ",\n".join(lines) + "\n]\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        page.write_text(made, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == made, "UPDATE_SNAPSHOTS=1 writes it anew"
    said = {vector["says"] for vector in vectors()}
    assert said >= {"admitted", "already_in", "unpaid", "blocked", "expired", "error", "unknown"}
    assert {each.value for each in Outcome} >= said
