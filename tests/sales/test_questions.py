"""Questions of an event: set up, kept sensible, answered and corrected."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from data.schema import AnswerRow
from eventdesk.acts import SYSTEM
from eventdesk.booking import answers_of, correct_answers
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.sales import (
    NewQuestion,
    QuestionKind,
    add_question,
    ask_again,
    asked_questions,
    change_question,
    list_questions,
    move_question,
    remove_question,
)
from tests.build import ATTENDEE, NOON, STAFF, SUPERVISOR, Fair

DINNER = NewQuestion("Do you come to the dinner?", QuestionKind.YES_NO, required=True)
MENU = NewQuestion("Which menu?", QuestionKind.CHOICE, choices=("Meat", "Vegan", "Meat"))


def _ask(fair: Fair, new: NewQuestion) -> UUID:
    return add_question(fair.store, SUPERVISOR.at(NOON), fair.event.id, new)


def _texts(fair: Fair, ticket_type_id: UUID | None = None) -> list[str]:
    return [
        each.text
        for each in asked_questions(
            fair.store, SYSTEM, fair.event.id, ticket_type_id=ticket_type_id
        )
    ]


def test_questions_are_asked_in_their_order_and_by_ticket_type(fair: Fair) -> None:
    dinner = _ask(fair, DINNER)
    _ask(fair, replace(MENU, depends_on=dinner, depends_value="Y"))
    _ask(fair, NewQuestion("Your driver's name", ticket_type_ids=frozenset({fair.vip})))
    assert _texts(fair, fair.regular) == ["Do you come to the dinner?", "Which menu?"]
    assert _texts(fair, fair.vip)[-1] == "Your driver's name"
    menu = list_questions(fair.store, STAFF, fair.event.id)[1]
    assert menu.question.choices == ("Meat", "Vegan")
    assert (menu.question.depends_value, menu.depends_text) == ("yes", DINNER.text)


@pytest.mark.parametrize(
    "wrong",
    [NewQuestion("  "), replace(MENU, choices=("Only one", "Only one")), NewQuestion("x" * 1001)],
)
def test_a_question_that_makes_no_sense_is_refused(fair: Fair, wrong: NewQuestion) -> None:
    with pytest.raises(InvalidInputError, match=r"A question has 1 to|There must be something"):
        _ask(fair, wrong)
    assert _texts(fair) == []


def test_a_question_depends_only_on_an_earlier_one_and_a_possible_answer(fair: Fair) -> None:
    dinner = _ask(fair, DINNER)
    with pytest.raises(InvalidInputError, match="neither yes nor no"):
        _ask(fair, replace(MENU, depends_on=dinner, depends_value="perhaps"))
    with pytest.raises(InvalidInputError, match="which answer"):
        _ask(fair, replace(MENU, depends_on=dinner))
    with pytest.raises(NotFoundError, match="There is no such earlier question at this event"):
        _ask(fair, replace(MENU, depends_on=uuid4(), depends_value="yes"))
    with pytest.raises(NotFoundError, match="There is no such ticket type at this event"):
        _ask(fair, replace(MENU, ticket_type_ids=frozenset({uuid4()})))
    menu = _ask(fair, replace(MENU, depends_on=dinner, depends_value="yes"))
    later = replace(DINNER, depends_on=menu, depends_value="Vegan")
    with pytest.raises(InvalidInputError, match="asked before"):
        change_question(fair.store, SUPERVISOR.at(NOON), dinner, later)
    with pytest.raises(InvalidInputError, match="would come after"):
        move_question(fair.store, SUPERVISOR.at(NOON), menu, -1)
    with pytest.raises(InvalidInputError, match="Which menu"):
        remove_question(fair.store, SUPERVISOR.at(NOON), dinner)
    with pytest.raises(InvalidInputError, match="is asked after"):
        change_question(fair.store, SUPERVISOR.at(NOON), dinner, MENU)


def test_questions_change_places(fair: Fair) -> None:
    ids = [_ask(fair, NewQuestion(text)) for text in ("One", "Two", "Three")]
    move_question(fair.store, SUPERVISOR.at(NOON), ids[2], -2)
    assert _texts(fair) == ["Three", "One", "Two"]
    move_question(fair.store, SUPERVISOR.at(NOON), ids[2], 9)
    assert _texts(fair) == ["One", "Two", "Three"]


def test_an_unanswered_question_disappears_an_answered_one_is_kept_unasked(fair: Fair) -> None:
    question, other = _ask(fair, DINNER), _ask(fair, MENU)
    booked = fair.sell("Ada Lovelace")
    ticket_id = booked.ticket_ids[0]
    correct_answers(fair.store, STAFF.at(NOON), ticket_id, {question: "yes"})
    assert remove_question(fair.store, SUPERVISOR.at(NOON), other)
    assert not remove_question(fair.store, SUPERVISOR.at(NOON), question)
    assert _texts(fair) == []
    (view,) = list_questions(fair.store, SUPERVISOR, fair.event.id)
    assert (view.question.active, view.answers) == (False, 1)
    assert [each.value for each in answers_of(fair.store, STAFF, ticket_id)] == ["yes"]
    ask_again(fair.store, SUPERVISOR.at(NOON), question)
    assert _texts(fair) == [DINNER.text]


def test_an_answered_question_keeps_its_kind_and_what_was_chosen(fair: Fair) -> None:
    menu = _ask(fair, MENU)
    ticket_id = fair.sell("Ada Lovelace").ticket_ids[0]
    correct_answers(fair.store, STAFF.at(NOON), ticket_id, {menu: "vegan"})
    with pytest.raises(InvalidInputError, match="another kind"):
        change_question(fair.store, SUPERVISOR.at(NOON), menu, DINNER)
    fewer = replace(MENU, choices=("Meat", "Fish"))
    with pytest.raises(InvalidInputError, match="Somebody chose “Vegan”"):
        change_question(fair.store, SUPERVISOR.at(NOON), menu, fewer)
    change_question(fair.store, SUPERVISOR.at(NOON), menu, replace(MENU, text="Menu"))
    assert _texts(fair) == ["Menu"]


def test_holders_correct_their_own_answers_in_full_and_staff_those_of_all(fair: Fair) -> None:
    dinner = _ask(fair, DINNER)
    menu = _ask(fair, replace(MENU, required=True, depends_on=dinner, depends_value="yes"))
    with fair.store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO account (id, email, name, is_admin, secret_kind, secret_hash, created_at)"
            " VALUES (?, 'ann@example.org', 'Ann', 0, 'pin', '', 0)",
            (ATTENDEE.id.bytes if ATTENDEE.id else b"",),
        )
    mine = fair.sell("Ann Attendee", account_id=ATTENDEE.id)
    ticket_id = mine.ticket_ids[0]
    other = fair.sell("Ada Lovelace").ticket_ids[0]
    with pytest.raises(InvalidInputError, match="Which menu"):
        correct_answers(fair.store, ATTENDEE.at(NOON), ticket_id, {dinner: "yes"})
    correct_answers(fair.store, STAFF.at(NOON), ticket_id, {dinner: "yes"})
    both = {dinner: "yes", menu: "meat"}
    correct_answers(fair.store, ATTENDEE.at(NOON), ticket_id, both)
    assert [each.value for each in answers_of(fair.store, ATTENDEE, ticket_id)] == ["yes", "Meat"]
    correct_answers(fair.store, ATTENDEE.at(NOON), ticket_id, both | {dinner: "no"})
    with fair.store.read() as connection:
        assert connection.execute(select(AnswerRow.value)).scalars().all() == ["no"]
    with pytest.raises(NotAllowedError):
        answers_of(fair.store, ATTENDEE, other)
    with pytest.raises(NotAllowedError):
        correct_answers(fair.store, ATTENDEE.at(NOON), other, both)


def test_only_who_sets_tickets_up_asks_questions(fair: Fair) -> None:
    for actor in (STAFF, ATTENDEE):
        with pytest.raises(NotAllowedError):
            add_question(fair.store, actor.at(NOON), fair.event.id, DINNER)
    question = add_question(fair.store, SYSTEM.at(NOON), fair.event.id, DINNER)
    for verb in (remove_question, ask_again):
        with pytest.raises(NotAllowedError):
            verb(fair.store, STAFF.at(NOON), question)
    with pytest.raises(NotFoundError, match="There is no such question"):
        remove_question(fair.store, SUPERVISOR.at(NOON), uuid4())
