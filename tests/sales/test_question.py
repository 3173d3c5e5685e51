"""What is asked after which answer, and what an answer may be."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventdesk.core.errors import InvalidInputError
from eventdesk.sales import Question, QuestionKind, asked, check_answers

CHOICE, NUMBER, TEXT, YES_NO = (
    QuestionKind.CHOICE,
    QuestionKind.NUMBER,
    QuestionKind.TEXT,
    QuestionKind.YES_NO,
)
DINNER = Question(UUID(int=1), "Do you come to the dinner?", YES_NO, required=True, position=1)
MENU = Question(
    UUID(int=2),
    "Which menu?",
    CHOICE,
    required=True,
    choices=("Meat", "Végétarien", "Vegan"),
    position=2,
    depends_on=DINNER.id,
    depends_value="yes",
)
ALLERGY = Question(
    UUID(int=3), "Any allergies?", position=3, depends_on=MENU.id, depends_value="Vegan"
)
SIZE = Question(UUID(int=4), "Shoe size", NUMBER, position=4)
ALL = (SIZE, ALLERGY, MENU, DINNER)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (YES_NO, " YES ", "yes"),
        (YES_NO, "Nein", "no"),
        (YES_NO, "0", "no"),
        (CHOICE, "vegetarien", "Végétarien"),
        (CHOICE, "  Meat ", "Meat"),
        (NUMBER, "007,50", "7.5"),
        (NUMBER, "-3", "-3"),
        (NUMBER, "-0.0", "0"),
        (NUMBER, ".5", "0.5"),
        (TEXT, "  two\nlines ", "two\nlines"),
        (TEXT, "   ", ""),
    ],
)
def test_an_answer_is_kept_in_one_spelling(kind: QuestionKind, typed: str, kept: str) -> None:
    assert Question(UUID(int=9), "?", kind, choices=MENU.choices).clean(typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (YES_NO, "perhaps"),
        (CHOICE, "Fish"),
        (NUMBER, "three"),
        (NUMBER, "1e9"),
        (NUMBER, "1.2.3"),
        (NUMBER, "."),
        (NUMBER, "9" * 40),
        (NUMBER, "NaN"),
        (TEXT, "x" * 1001),
    ],
)
def test_what_is_no_answer_is_refused_with_the_question_named(
    kind: QuestionKind, typed: str
) -> None:
    question = Question(UUID(int=9), "What then?", kind, choices=MENU.choices)
    with pytest.raises(InvalidInputError, match="What then"):
        question.clean(typed)


def test_a_question_is_asked_only_after_the_answer_it_depends_on() -> None:
    assert asked(ALL, {}) == [DINNER, SIZE]
    assert asked(ALL, {DINNER.id: "yes"}) == [DINNER, MENU, SIZE]
    assert asked(ALL, {DINNER.id: "yes", MENU.id: "vegan"}) == [DINNER, MENU, ALLERGY, SIZE]
    assert asked(ALL, {DINNER.id: "no", MENU.id: "vegan"}) == [DINNER, SIZE]
    assert asked([MENU, SIZE], {DINNER.id: "yes"}) == [SIZE]


def test_what_is_not_asked_need_not_be_answered_and_is_not_kept() -> None:
    given = {DINNER.id: "n", MENU.id: "Vegan", SIZE.id: "41"}
    assert check_answers(ALL, given) == {DINNER.id: "no", SIZE.id: "41"}


def test_what_is_required_is_named_when_it_is_missing() -> None:
    with pytest.raises(InvalidInputError, match="dinner"):
        check_answers(ALL, {})
    with pytest.raises(InvalidInputError, match="menu"):
        check_answers(ALL, {DINNER.id: "yes"})
    assert check_answers(ALL, {}, complete=False) == {}


words = st.sampled_from(["", "yes", "no", "Vegan", "meat", "12", "x", "\x1b[2J"]) | st.text(
    max_size=5
)
answers = st.dictionaries(st.sampled_from([each.id for each in ALL]), words)


@given(given=answers, complete=st.booleans())
def test_checked_answers_are_answers_to_what_is_asked_and_stay_as_they_are(
    given: dict[UUID, str], complete: bool
) -> None:
    try:
        kept = check_answers(ALL, given, complete=complete)
    except InvalidInputError:
        return
    shown = asked(ALL, kept)
    assert set(kept) <= {question.id for question in shown}
    assert check_answers(ALL, kept, complete=complete) == kept
    if complete:
        assert {each.id for each in shown if each.required} <= set(kept)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-9999, max_value=9999)
)
def test_a_number_keeps_its_value(number: Decimal) -> None:
    question = Question(UUID(int=9), "How many?", NUMBER)
    kept = question.clean(str(number))
    assert Decimal(kept) == number
    assert question.clean(kept) == kept
