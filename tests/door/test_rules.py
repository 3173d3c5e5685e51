"""What the door says by the rules of lists, and what rules and questions are made of."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from eventdesk.core.day_times import at_time, last_daily, next_daily, read_days, read_spans
from eventdesk.core.errors import InvalidInputError
from eventdesk.door import (
    CheckInList,
    CheckInResult,
    Direction,
    DoorQuestion,
    EntryPolicy,
    ListKind,
    Outcome,
    Rule,
    RuleKind,
    moved_rules,
    question_line,
    read_question_lines,
    sound_rule,
)
from eventdesk.door.check_in_list import kept_questions, kept_rules, read_questions, read_rules
from eventdesk.door.decide import clean_answers, decide, entry_slot
from eventdesk.door.scan import History, Passage, TicketFacts, with_automatic_exits
from eventdesk.sales import QuestionKind
from tests.build import NOON
from tests.door.kind_cases import KIND_CASES
from tests.door.rule_cases import (
    AT_NORTH,
    BERLIN,
    CASES,
    CHILD,
    CHILDREN,
    EVENT,
    HALF_HOUR,
    LIST,
    MORNING,
    NIGHT,
    NORTH,
    REGULAR,
    SOUTH,
    THREE,
    TICKET,
    TWO_A_DAY,
    Case,
    berlin,
    history,
)


@pytest.mark.parametrize("case", CASES + KIND_CASES, ids=lambda case: case.name)
def test_the_table_of_cases(case: Case) -> None:
    decision = case.decide()
    assert (decision.outcome, str(decision.rule)) == (case.says, case.rule)
    assert decision.holds_at == case.holds_at
    assert decision.guest_sentence
    if case.reason:
        assert str(decision.reason) == case.reason
    if case.holds_at is not None:
        # What was told keeps its promise.
        later = replace(case, now=case.holds_at).decide()
        assert (later.outcome, str(later.rule)) != (case.says, case.rule)


def test_each_case_has_a_name_of_its_own() -> None:
    together = CASES + KIND_CASES
    assert len({case.name for case in together}) == len(together) > 60


# Automatic exits


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        ((2026, 3, 28), "23:00", "2026-03-28T22:00"),
        ((2026, 3, 29), "23:00", "2026-03-29T21:00"),
        ((2026, 3, 29), "02:30", "2026-03-29T01:30"),  # does not come: an hour later
        ((2026, 10, 25), "02:30", "2026-10-25T00:30"),  # comes twice: the first
        ((2026, 10, 25), "23:00", "2026-10-25T22:00"),
    ],
)
def test_a_time_of_day_is_one_instant_of_each_day(
    day: tuple[int, int, int], clock: str, instant: str
) -> None:
    zone = ZoneInfo(BERLIN)
    at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert at_time(datetime(*day, tzinfo=UTC).date(), clock, zone) == at
    assert last_daily(clock, zone, at) == at
    assert next_daily(clock, zone, at - timedelta(microseconds=1)) == at
    assert last_daily(clock, zone, at - timedelta(microseconds=1)) < at
    assert next_daily(clock, zone, at) > at
    assert timedelta(hours=22) < next_daily(clock, zone, at) - at < timedelta(hours=26)


def test_everybody_has_left_at_the_time_of_day() -> None:
    first, second = berlin("20:00"), berlin("10:00", 2)
    passages = history(first, second).passages
    night = berlin("23:00")
    seen = with_automatic_exits(passages[:1], "23:00", BERLIN, night - timedelta(seconds=1))
    assert seen == passages[:1]
    seen = with_automatic_exits(passages[:1], "23:00", BERLIN, night)
    assert seen[1:] == (Passage(Direction.EXIT, night, "", passages[0].scan_id, automatic=True),)
    seen = with_automatic_exits(passages, "23:00", BERLIN, berlin("11:00", 2))
    assert [each.automatic for each in seen] == [False, True, False]
    assert History(seen).inside
    assert with_automatic_exits(passages, "", BERLIN, berlin("11:00", 9)) == passages


def test_entries_after_automatic_exits_take_slots_of_their_own() -> None:
    door = CheckInList(LIST, EVENT, "Hall", entry_policy=EntryPolicy.AFTER_EXIT, time_zone=BERLIN)
    slots: set[str] = set()
    passages: tuple[Passage, ...] = ()
    for number in range(5):
        now = berlin("10:00", 1 + number)
        seen = History(with_automatic_exits(passages, "23:00", BERLIN, now))
        decision = decide(TicketFacts(TICKET, EVENT, REGULAR), door, seen, now, {})
        assert decision.outcome is Outcome.ADMITTED
        scan_id = UUID(int=1000 + number)
        slots.add(entry_slot(door, seen, now, scan_id, decision))
        passages = (*passages, Passage(Direction.ENTRY, now, "", scan_id))
    assert len(slots) == 5


# What rules are made of


def test_rules_are_kept_and_read_again() -> None:
    rules = tuple(
        replace(rule, name="A name", ticket_type_ids=CHILDREN)
        for rule in (TWO_A_DAY, THREE, HALF_HOUR, MORNING, NIGHT, AT_NORTH)
    )
    assert read_rules(kept_rules(rules)) == rules
    assert read_rules([]) == ()
    with pytest.raises(InvalidInputError, match="does not know"):
        read_rules([{"kind": "weather"}])


def test_rules_of_a_copied_event_name_its_own_gates_and_days() -> None:
    kept = kept_rules([replace(NIGHT, ticket_type_ids=CHILDREN), AT_NORTH])
    moved = moved_rules(kept, {NORTH: SOUTH, CHILD: REGULAR}, timedelta(days=30))
    night, gate = read_rules(moved)
    assert night.days == ("2026-07-01",)
    assert night.ticket_type_ids == {REGULAR}
    assert gate.gate_ids == {SOUTH}


@pytest.mark.parametrize(
    "wrong",
    [
        Rule(RuleKind.PER_DAY),
        Rule(RuleKind.MOST, number=-1),
        Rule(RuleKind.MINUTES, number=10**9),
        Rule(RuleKind.TIMES),
        Rule(RuleKind.TIMES, spans=(("25:00", "26:00"),)),
        Rule(RuleKind.TIMES, days=("yesterday",)),
        Rule(RuleKind.GATES),
        Rule(RuleKind.MOST, "x" * 500, number=1),
    ],
)
def test_what_is_no_rule_is_refused(wrong: Rule) -> None:
    with pytest.raises(InvalidInputError):
        sound_rule(wrong)


def test_times_and_days_are_read_as_they_are_typed() -> None:
    assert read_spans("9-12:30, 22.00 to 24:00") == (("09:00", "12:30"), ("22:00", "00:00"))
    assert read_spans(" ") == ()
    assert read_days("2026-06-02 2026-06-01,2026-06-02") == ("2026-06-01", "2026-06-02")
    for wrong in ("10", "10-25", "10:61-11", "24:01-3", "a-b", "1-2-3"):
        with pytest.raises(InvalidInputError):
            read_spans(wrong)
    with pytest.raises(InvalidInputError, match="'1' is no day"):
        read_days("1 June")


# Questions


SIZE = DoorQuestion("q1", "Which size?", QuestionKind.CHOICE, ("S", "M", "L"))
AGE = DoorQuestion("q2", "How old?", QuestionKind.NUMBER, required=False)
KNIVES = DoorQuestion("q3", "Any knives?", QuestionKind.YES_NO)
WISH = DoorQuestion("q4", "Any wish?", required=False)
ASKING = CheckInList(LIST, EVENT, "Door", questions=(SIZE, AGE, KNIVES, WISH))


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, Outcome.INCOMPLETE),
        ({"q1": "L"}, Outcome.INCOMPLETE),
        ({"q1": "L", "q3": " "}, Outcome.INCOMPLETE),
        ({"q1": "l", "q3": "N"}, Outcome.ADMITTED),
        ({"q1": "XL", "q3": "no"}, Outcome.INCOMPLETE),
        ({"q1": "L", "q3": "perhaps"}, Outcome.INCOMPLETE),
        ({"q1": "L", "q3": "no", "q2": "nine"}, Outcome.INCOMPLETE),
        ({"q1": "L", "q3": "no", "q2": "9", "q4": "More"}, Outcome.ADMITTED),
    ],
)
def test_only_what_must_be_answered_is_waited_for(answers: dict[str, str], says: Outcome) -> None:
    ticket = TicketFacts(TICKET, EVENT, REGULAR)
    for force in (False, True):
        decision = decide(ticket, ASKING, History(), NOON, answers, force=force)
        assert decision.outcome is says
        assert decision.overridden is None


ANSWERED = {"q1": "L", "q3": "no"}


@pytest.mark.parametrize(
    ("answers", "before", "says"),
    [
        (ANSWERED, History(), Outcome.INCOMPLETE),
        (ANSWERED | {"q2": "9"}, History(), Outcome.INCOMPLETE),
        (ANSWERED | {"q2": "9", "q4": "More"}, History(), Outcome.ADMITTED),
        (ANSWERED, history(NOON), Outcome.ALREADY_IN),
    ],
)
def test_who_may_enter_and_can_be_asked_is_asked_what_is_optional_too(
    answers: dict[str, str], before: History, says: Outcome
) -> None:
    ticket = TicketFacts(TICKET, EVENT, REGULAR)
    assert decide(ticket, ASKING, before, NOON, answers, asks=True).outcome is says
    unasked = Outcome.ADMITTED if says is Outcome.INCOMPLETE else says
    assert decide(ticket, ASKING, before, NOON, answers).outcome is unasked


def test_nobody_is_asked_on_the_way_out() -> None:
    ticket = TicketFacts(TICKET, EVENT, REGULAR)
    inside = history(NOON)
    out = decide(ticket, ASKING, inside, NOON, {}, direction=Direction.EXIT, asks=True)
    assert out.outcome is Outcome.EXITED


def test_a_wrong_answer_says_what_is_wrong() -> None:
    ticket = TicketFacts(TICKET, EVENT, REGULAR)
    decision = decide(ticket, ASKING, History(), NOON, {"q1": "XL"})
    assert str(decision.guest_sentence) == (
        "The answer to “Which size?” is not one of the choices. Choose: S, M, L."
    )
    assert clean_answers(ASKING, {"q1": " l", "q3": "Y", "other": "x"}) == {"q1": "L", "q3": "yes"}


def test_questions_are_kept_and_older_ones_still_read() -> None:
    questions = (SIZE, AGE, KNIVES, WISH)
    assert read_questions(kept_questions(questions)) == questions
    assert read_questions({"shirt": "Which?"}) == (DoorQuestion("shirt", "Which?"),)
    typed = "\n".join(map(question_line, questions))
    assert read_question_lines(typed, questions) == questions
    assert read_question_lines("\n A? \n\nA?\nB?") == (
        DoorQuestion("q1", "A?"),
        DoorQuestion("q2", "B?"),
    )


def test_results_stored_before_there_were_rules_still_read() -> None:
    kept = json.loads(
        CheckInResult(Outcome.INCOMPLETE, TICKET, LIST, "Main", "n", NOON, NOON).to_json()
    )
    for name in ("rule", "holds_at", "kind", "item", "choice", "inside", "capacity"):
        del kept[name]
    kept["questions"] = [{"id": "q1", "text": "Which?"}]
    old = json.dumps(kept)
    result = CheckInResult.from_json(old)
    assert result.questions == (DoorQuestion("q1", "Which?"),)
    assert (result.kind, result.inside, result.rule) == (ListKind.ARRIVE, None, "")
    assert CheckInResult.from_json(result.to_json()) == result
