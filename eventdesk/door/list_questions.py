"""Questions of a check-in list as they are typed: one a line, behind it what may be answered."""

import re
from collections.abc import Sequence

from eventdesk.door.check_in_lists import Question
from eventdesk.sales.question import QuestionKind

HELP = "One a line. Behind it: [S | M | L], [number], [yes/no], (optional)."

_LINE = re.compile(r"(?P<text>.*?)\s*(?:\[(?P<kind>[^\[\]]*)\])?\s*(?P<open>\(optional\))?", re.I)
_KINDS = {"number": QuestionKind.NUMBER, "yes/no": QuestionKind.YES_NO}


def read_lines(typed: str, before: Sequence[Question] = ()) -> tuple[Question, ...]:
    """Read questions, one a line; one whose text stays keeps its id.

    >>> read_lines("Which size? [S | M] (optional)")[0].choices
    ('S', 'M')
    """
    ids = {question.text: question.id for question in before}
    taken = set(ids.values())
    lines = [line for line in map(str.strip, typed.split("\n")) if line]
    free = (key for no in range(1, len(lines) + len(taken) + 1) if (key := f"q{no}") not in taken)
    found: dict[str, Question] = {}
    for line in lines:
        question = _read(line)
        if question.text and question.text not in found:
            key = ids.get(question.text) or next(free)
            found[question.text] = Question(
                key, question.text, question.kind, question.choices, question.required
            )
    return tuple(found.values())


def written_line(question: Question) -> str:
    """Write a question as it may be typed again.

    >>> written_line(Question("q1", "Age?", QuestionKind.NUMBER, required=False))
    'Age? [number] (optional)'
    """
    words = {kind: word for word, kind in _KINDS.items()}
    kind = words.get(question.kind, " | ".join(question.choices))
    parts = (question.text, f"[{kind}]" if kind else "", "" if question.required else "(optional)")
    return " ".join(filter(None, parts))


def _read(line: str) -> Question:
    parts = _LINE.fullmatch(line)
    if parts is None:
        return Question("", line)
    inner = parts["kind"]
    required = parts["open"] is None
    if inner is None:
        return Question("", parts["text"], required=required)
    kind = _KINDS.get("".join(inner.casefold().split()))
    if kind is not None:
        return Question("", parts["text"], kind, required=required)
    choices = tuple(dict.fromkeys(filter(None, map(str.strip, re.split(r"[|/,;]", inner)))))
    return Question("", parts["text"], QuestionKind.CHOICE, choices, required)
