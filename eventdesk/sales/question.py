"""Questions of an event as values: which are asked, and what an answer may be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.messages import msg

MAX_TEXT = 1000
"""Longest question, choice or answer, in characters."""

MAX_CHOICES = 200
MAX_DIGITS = 15

YES, NO = "yes", "no"
_YES = frozenset({"yes", "y", "true", "1", "ja", "j", "oui", "si", "x"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non"})


class QuestionKind(StrEnum):
    """Kinds of answers that a question takes."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an event.

    Attributes:
        choices: What may be chosen; empty but for `CHOICE`.
        position: Its place; questions are asked in this order.
        depends_on: An earlier question; None where it is asked of everyone.
        depends_value: The answer to that one which makes this one be asked.
        active: Whether it is still asked; one that was answered is kept for its answers.
        ticket_type_ids: The types it is asked for; empty is all of them.
    """

    id: UUID
    text: str
    kind: QuestionKind = QuestionKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    position: int = 0
    depends_on: UUID | None = None
    depends_value: str = ""
    active: bool = True
    ticket_type_ids: frozenset[UUID] = frozenset()

    def is_for(self, ticket_type_id: UUID) -> bool:
        """Whether holders of this ticket type are asked."""
        return not self.ticket_type_ids or ticket_type_id in self.ticket_type_ids

    def clean(self, answer: str) -> str:
        """Spell an answer as it is kept; "" is none.

        Raises:
            InvalidInputError: It is no answer to this question; the message names it.
        """
        typed = " ".join(answer.split()) if self.kind is not QuestionKind.TEXT else answer.strip()
        if not typed:
            return ""
        if len(typed) > MAX_TEXT:
            raise InvalidInputError(
                msg("The answer to “{text}” is too long.", text=self.text),
                hint=msg("Use at most {most} characters.", most=MAX_TEXT),
            )
        match self.kind:
            case QuestionKind.CHOICE:
                return self._chosen(typed)
            case QuestionKind.NUMBER:
                return self._number(typed)
            case QuestionKind.YES_NO:
                return self._yes_or_no(typed)
            case QuestionKind.TEXT:
                return typed

    def _chosen(self, typed: str) -> str:
        if typed in self.choices:
            return typed
        alike = [choice for choice in self.choices if fold(choice) == fold(typed)]
        if len(alike) != 1:
            raise InvalidInputError(
                msg("The answer to “{text}” is not one of the choices.", text=self.text),
                hint=msg("Choose: {choices}.", choices=", ".join(self.choices)),
            )
        return alike[0]

    def _number(self, typed: str) -> str:
        """A decimal number with a point or a comma; without needless zeros."""
        plain = typed.replace(",", ".").replace("\u2212", "-")
        digits = plain.lstrip("+-").replace(".", "", 1)
        try:
            if not (digits.isascii() and digits.isdigit()) or len(digits) > MAX_DIGITS:
                raise InvalidOperation
            number = Decimal(plain)
        except InvalidOperation:
            raise InvalidInputError(
                msg("The answer to “{text}” is no number.", text=self.text),
                hint=msg("Type digits, such as 3 or 2.5."),
            ) from None
        text = format(number, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text in ("-0", "") else text

    def _yes_or_no(self, typed: str) -> str:
        word = fold(typed)
        if word in _YES:
            return YES
        if word in _NO:
            return NO
        raise InvalidInputError(
            msg("The answer to “{text}” is neither yes nor no.", text=self.text),
            hint=msg("Answer yes or no."),
        )


def asked(questions: Iterable[Question], answers: Mapping[UUID, str]) -> list[Question]:
    """The questions asked after these answers, in their order.

    A dependent one is asked when the earlier one is asked and was answered with its value.
    """
    shown: dict[UUID, Question] = {}
    for question in sorted(questions, key=lambda each: each.position):
        if not question.active:
            continue
        if question.depends_on is not None:
            earlier = shown.get(question.depends_on)
            given = answers.get(question.depends_on, "")
            if earlier is None or not _same(earlier, given, question.depends_value):
                continue
        shown[question.id] = question
    return list(shown.values())


def check_answers(
    questions: Sequence[Question], answers: Mapping[UUID, str], *, complete: bool = True
) -> dict[UUID, str]:
    """Check the answers given for one ticket; return those that are kept, as they are spelled.

    Args:
        questions: Those of the ticket's type.
        answers: By question; what is not asked after the other answers is left out.
        complete: Whether what is required must be there; staff may register people without.

    Raises:
        InvalidInputError: An answer is missing or wrong; the message names the question.
    """
    cleaned: dict[UUID, str] = {}
    seen: set[UUID] = set()
    while True:
        # An answer decides what is asked next, so each is cleaned before the next is looked for.
        left = [each for each in asked(questions, cleaned) if each.id not in seen]
        if not left:
            return cleaned
        for question in left:
            seen.add(question.id)
            value = question.clean(answers.get(question.id, ""))
            if value:
                cleaned[question.id] = value
            elif question.required and complete:
                raise InvalidInputError(
                    msg("“{text}” must be answered.", text=question.text),
                    hint=msg("Answer it and try again."),
                )


def _same(question: Question, given: str, wanted: str) -> bool:
    """Whether an answer is the wanted one, however it is spelled."""
    if not given.strip():
        return False
    try:
        return question.clean(given) == question.clean(wanted)
    except InvalidInputError:
        return fold(given) == fold(wanted)
