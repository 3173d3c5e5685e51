"""A guest as the desk reads them: what is due, and what the list shows with each verdict."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import get_ident
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, insert

from data.schema import AnswerRow
from eventdesk.acts import SYSTEM
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money
from eventdesk.door import (
    Guest,
    UnpaidPolicy,
    age_on,
    as_new,
    change_check_in_list,
    check_in,
    doors_of_event,
    guest_at,
)
from eventdesk.exchange import duplicate_event
from eventdesk.sales import NewQuestion, QuestionKind, add_question, remove_question
from tests.build import NOON, STAFF, SUPERVISOR, Fair


def ask(fair: Fair, text: str, kind: QuestionKind = QuestionKind.TEXT) -> UUID:
    return add_question(fair.store, SUPERVISOR.at(NOON), fair.event.id, NewQuestion(text, kind))


def answer(fair: Fair, ticket_id: UUID, question_id: UUID, value: str) -> None:
    with fair.store.write() as connection:
        connection.execute(
            insert(AnswerRow).values(ticket_id=ticket_id, question_id=question_id, value=value)
        )


def read(fair: Fair, ticket_id: UUID, list_id: UUID | None = None) -> Guest:
    return guest_at(fair.store, STAFF.at(NOON), ticket_id, list_id or fair.door.id)


def test_a_list_tells_the_age_the_answers_and_what_else_was_bought(fair: Fair) -> None:
    born, diet, size = ask(fair, "Born on"), ask(fair, "Diet"), ask(fair, "Size")
    ticket_id, *_others = fair.sell_all(["Ada", "Bob", "Cy"]).ticket_ids
    for question_id, value in ((born, "2008-06-02"), (diet, "vegan"), (size, "L")):
        answer(fair, ticket_id, question_id, value)
    telling = fair.list(tell_answers=frozenset({diet}), tell_age=born, tell_bought=True)

    assert read(fair, ticket_id, telling.id).told == (
        ("Age", "17"),
        ("Diet", "vegan"),
        ("Also bought", "2 × Regular"),
    )
    assert read(fair, ticket_id).told == ()


def test_with_each_verdict_stand_at_most_four_answers(fair: Fair) -> None:
    asked = frozenset(ask(fair, f"Question {no}") for no in range(5))
    with pytest.raises(InvalidInputError, match="at most 4"):
        fair.list(tell_answers=asked)


def test_a_list_tells_no_answers_of_another_event(fair: Fair) -> None:
    other = duplicate_event(
        fair.store, SYSTEM.at(NOON), fair.event.id, starts_at=NOON, name="Again"
    )
    theirs = add_question(fair.store, SUPERVISOR.at(NOON), other.id, NewQuestion("Diet"))
    with pytest.raises(InvalidInputError, match="not one of this event"):
        fair.list(tell_answers=frozenset({theirs}))


def test_a_removed_question_is_told_no_more_and_the_list_can_still_be_changed(fair: Fair) -> None:
    diet, size = ask(fair, "Diet"), ask(fair, "Size")
    telling = fair.list(tell_answers=frozenset({diet, size}), tell_age=diet)
    remove_question(fair.store, SUPERVISOR.at(NOON), diet)

    listed = next(
        each
        for each in doors_of_event(fair.store, SYSTEM, fair.event.id).lists
        if each.id == telling.id
    )
    assert (listed.tell_answers, listed.tell_age) == (frozenset({size}), None)
    change_check_in_list(fair.store, SUPERVISOR.at(NOON), telling.id, as_new(listed))


def test_a_copy_of_the_event_tells_its_own_answers(fair: Fair) -> None:
    diet = ask(fair, "Diet")
    fair.list("Telling", tell_answers=frozenset({diet}), tell_age=diet, tell_bought=True)
    copy = duplicate_event(fair.store, SYSTEM.at(NOON), fair.event.id, starts_at=NOON, name="Again")

    setup = doors_of_event(fair.store, SYSTEM, copy.id)
    [asked] = [key for key, text in setup.questions if text == "Diet"]
    [told] = [each for each in setup.lists if each.name == "Telling"]
    assert (told.tell_answers, told.tell_age, told.tell_bought) == (frozenset({asked}), asked, True)
    assert asked != diet


def test_what_is_due_stands_with_the_lists_rule(fair: Fair) -> None:
    unpaid = fair.sell("Ada", paid=False).ticket_ids[0]
    settles = fair.list(unpaid_policy=UnpaidPolicy.SETTLE)

    here = read(fair, unpaid, settles.id)
    assert (here.due, here.unpaid) == (Money(12000, "EUR"), UnpaidPolicy.SETTLE)
    assert read(fair, fair.sell("Bob").ticket_ids[0]).due is None


def test_it_costs_a_check_in_no_statement_that_a_list_tells_something(fair: Fair) -> None:
    booked = fair.sell_all(["Ada", "Bob", "Cy", "Dee"])
    telling = fair.list(tell_answers=frozenset({ask(fair, "Diet")}), tell_bought=True)
    counts = []
    for place, list_id in enumerate((fair.door.id, telling.id) * 2):
        scan = fair.scan(fair.token(booked, place), list_id=list_id)
        with counted(fair) as statements:
            check_in(fair.store, STAFF.at(NOON), scan)
        counts.append(len(statements))
    assert counts[2] == counts[3]


def test_a_list_that_tells_nothing_asks_no_more(fair: Fair) -> None:
    ticket_id = fair.sell("Ada").ticket_ids[0]
    telling = fair.list(tell_answers=frozenset({ask(fair, "Diet")}), tell_bought=True)
    with counted(fair) as plain:
        read(fair, ticket_id)
    with counted(fair) as told:
        read(fair, ticket_id, telling.id)
    assert len(told) == len(plain) + 2


@contextmanager
def counted(fair: Fair) -> Iterator[list[str]]:
    """The statements of this thread inside the block."""
    statements: list[str] = []
    here = get_ident()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if get_ident() == here:
            statements.append(statement)

    engine = fair.store._file.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("typed", "age"),
    [
        ("17", 17),
        ("2008-06-01", 18),
        ("2008-06-02", 17),
        ("2.6.2008", 17),
        ("2030-01-01", None),
        ("32.1.2008", None),
        ("grown up", None),
        ("", None),
        ("20080601", 18),
        ("1.2.99999999999", None),
    ],
)
def test_an_age_is_read_off_a_number_or_a_date_of_birth(typed: str, age: int | None) -> None:
    assert age_on(typed, date(2026, 6, 1)) == age
