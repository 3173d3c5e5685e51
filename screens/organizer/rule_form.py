"""What a rule of a check-in list is asked for in a form."""

from collections.abc import Callable
from typing import Any, Final

from eventdesk.core.day_times import read_days, read_spans
from eventdesk.core.errors import InvalidInputError
from eventdesk.door.check_in_list import MAX_MINUTES, Rule, RuleKind, sound_rule
from eventdesk.door.lists import DoorSetup
from screens.widgets.form import ChoiceField, Field, NumberField, SeveralField, TextField

KIND: Final = {
    RuleKind.PER_DAY: "at most so many entries a day",
    RuleKind.MOST: "at most so many entries altogether",
    RuleKind.MINUTES: "so many minutes between entries",
    RuleKind.TIMES: "only at some times or days",
    RuleKind.GATES: "only at some gates",
}
ONLY_FOR: Final = {
    "number": (RuleKind.PER_DAY, RuleKind.MOST, RuleKind.MINUTES),
    "times": (RuleKind.TIMES,),
    "days": (RuleKind.TIMES,),
    "gates": (RuleKind.GATES,),
}


def rule_fields(setup: DoorSetup, rule: Rule | None, first_day: str) -> list[Field[Any]]:
    """The fields of a new rule, or of one that is there.

    Args:
        setup: What there is at the doors of the event.
        rule: The rule that is changed.
        first_day: The first day of the event, as an example.
    """
    one = rule or Rule(RuleKind.PER_DAY, number=1)
    gates = [(gate.id, gate.name) for gate in setup.gates]
    kinds = {
        kind: words for kind, words in KIND.items() if kind is not RuleKind.GATES or setup.gates
    }
    fields: list[Field[Any]] = [
        ChoiceField("kind", "It says", [*kinds.items()], value=one.kind),
        NumberField("number", "How many", value=one.number or None, least=1, most=MAX_MINUTES),
        TextField(
            "times",
            "Times of the day",
            value=", ".join(f"{begin}-{end}" for begin, end in one.spans),
            check=_checked(read_spans),
            help="Such as: 10:00-12:00, 14:00-16:00. Empty: the whole day.",
        ),
        TextField(
            "days",
            "Days",
            value=", ".join(one.days),
            check=_checked(read_days),
            help=f"Such as: {first_day}. Empty: every day.",
        ),
        SeveralField("gates", "Gates", gates, value=tuple(one.gate_ids)),
        SeveralField(
            "types",
            "Only for these tickets",
            setup.ticket_types,
            value=tuple(one.ticket_type_ids),
            help="None ticked: for all.",
        ),
        TextField(
            "name",
            "Its name",
            value=one.name,
            max_length=80,
            help="As staff read it; empty: what it says.",
        ),
    ]
    offered: dict[str, Any] = {"gates": gates, "types": setup.ticket_types}
    return [field for field in fields if offered.get(field.key, True)]


def rule_of(values: dict[str, Any]) -> Rule:
    """The rule that was typed.

    Raises:
        InvalidInputError: It cannot be; the message says why.
    """
    return sound_rule(
        Rule(
            values["kind"],
            values["name"],
            frozenset(values.get("types", ())),
            values["number"] or 0,
            read_spans(values["times"] or ""),
            read_days(values["days"] or ""),
            frozenset(values.get("gates", ())),
        )
    )


def _checked(read: Callable[[str], Any]) -> Callable[[str], str]:
    """What is wrong with a text, as a sentence; "" when nothing."""

    def problem(text: str) -> str:
        try:
            read(text)
        except InvalidInputError as error:
            return f"{error} {error.hint}"
        return ""

    return problem
