"""What the store keeps of a scan is English, whatever language the desk reads."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from data.schema import AuditRow
from eventdesk.acts import SYSTEM
from eventdesk.core.messages import reading
from eventdesk.door import (
    DoorQuestion,
    EntryPolicy,
    NewCheckInList,
    Outcome,
    Rule,
    RuleKind,
    ScanSource,
    add_gate,
    change_check_in_list,
    check_in,
    recent_scans,
)
from eventdesk.events import cancel_event
from eventdesk.sales import QuestionKind
from tests.build import NOON, STAFF, SUPERVISOR, Fair


@pytest.mark.parametrize(
    ("rule", "english", "german"),
    [
        (Rule(RuleKind.GATES), "Only at Gate A or South.", "Nur hier: Gate A oder South."),
        (
            Rule(
                RuleKind.TIMES,
                spans=(("07:00", "08:00"), ("09:00", "10:00")),
                days=("2020-05-01", "2020-05-02"),
            ),
            "Only 07:00–08:00 and 09:00–10:00 on 1 May and 2 May; that is over.",
            "Nur 07:00–08:00 und 09:00–10:00 am 1. Mai und 2. Mai; das ist vorbei.",
        ),
    ],
    ids=["gates", "times"],
)
def test_a_scan_keeps_its_reason_in_english_whatever_the_desk_reads(
    fair: Fair, rule: Rule, english: str, german: str
) -> None:
    south = add_gate(fair.store, SYSTEM.at(NOON), fair.event.id, "South")
    if rule.kind is RuleKind.GATES:
        rule = replace(rule, gate_ids=frozenset({fair.gate.id, south.id}))
    new = NewCheckInList("Main", rules=(rule,), entry_policy=EntryPolicy.ANY)
    change_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id, new)
    scan = fair.scan(fair.sell().ticket_codes[0], source=ScanSource.TYPED)
    with reading("de"):
        refused = check_in(fair.store, STAFF.at(NOON), scan)
        forced = replace(scan, nonce="by force", force_reason="agreed")
        assert check_in(fair.store, SUPERVISOR.at(NOON), forced).overridden is Outcome.RULES
        assert check_in(fair.store, STAFF.at(NOON), scan) == refused
    assert check_in(fair.store, STAFF.at(NOON), scan) == refused
    assert refused.reason == german
    assert {each.reason for each in recent_scans(fair.store, STAFF, fair.door.id)} == {english}
    with fair.store.read() as connection:
        audit = select(AuditRow.detail).where(AuditRow.verb == "force")
        details = connection.execute(audit).scalar_one()
    assert details["rule"] == english.partition(";")[0].removesuffix(".")


def test_a_scan_keeps_in_english_why_an_answer_is_none(fair: Fair) -> None:
    asked = (DoorQuestion("size", "Size?", QuestionKind.CHOICE, ("S", "M")),)
    new = NewCheckInList(name="Main", questions=asked)
    change_check_in_list(fair.store, SUPERVISOR.at(NOON), fair.door.id, new)
    code = fair.sell().ticket_codes[0]
    scan = fair.scan(code, source=ScanSource.TYPED, answers={"size": "XXL"})
    refused = check_in(fair.store, STAFF.at(NOON), scan)
    with reading("de"):
        german = check_in(fair.store, STAFF.at(NOON), replace(scan, nonce="in German"))
    assert (refused.outcome, german.outcome) == (Outcome.INCOMPLETE, Outcome.INCOMPLETE)
    assert refused.reason != german.reason
    kept = {each.reason for each in recent_scans(fair.store, STAFF, fair.door.id)}
    assert kept == {refused.reason}


def test_a_guest_reads_in_german_that_the_event_was_cancelled(fair: Fair) -> None:
    scan = fair.scan(fair.token(fair.sell()))
    cancel_event(fair.store, SYSTEM.at(NOON), fair.event.id, reason="Storm.")
    with reading("de"):
        refused = check_in(fair.store, STAFF.at(NOON), scan)
    assert refused.guest_sentence == (
        "Diese Veranstaltung wurde abgesagt. Bitte gehen Sie zum Schalter."
    )
    kept = {each.reason for each in recent_scans(fair.store, STAFF, fair.door.id)}
    assert kept == {"The event was cancelled."}
