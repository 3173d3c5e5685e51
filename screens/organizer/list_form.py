"""What a check-in list is asked for in a form, and in which words its rules are said."""

from typing import Any, Final

from eventdesk.model.door import (
    CheckInList,
    Direction,
    EntryPolicy,
    PrintPolicy,
    Question,
    UnpaidPolicy,
)
from eventdesk.usecases.door_setup import DoorSetup
from eventdesk.usecases.lists import NewCheckInList
from screens.widgets.form import (
    ChoiceField,
    Field,
    MomentField,
    NoteField,
    NumberField,
    SeveralField,
    TextField,
    YesNoField,
)

ENTRY: Final = {
    EntryPolicy.ONCE: "once",
    EntryPolicy.ONCE_PER_DAY: "once a day",
    EntryPolicy.AFTER_EXIT: "again after leaving",
    EntryPolicy.ANY: "any number of times",
}
DIRECTION: Final = {Direction.ENTRY: "in", Direction.EXIT: "out"}
UNPAID: Final = {
    UnpaidPolicy.REFUSE: "refused",
    UnpaidPolicy.SETTLE: "may pay at the desk",
    UnpaidPolicy.ADMIT: "let in",
}
PRINT: Final = {
    PrintPolicy.FIRST_ENTRY: "at the first entry",
    PrintPolicy.EVERY_ENTRY: "at every entry",
    PrintPolicy.NEVER: "never",
}
MOST_ENTRIES: Final = 10_000
MOST_MINUTES: Final = 7 * 24 * 60


def list_fields(setup: DoorSetup, zone: str, listed: CheckInList | None) -> list[Field[Any]]:
    """The fields of a new check-in list, or of one that is there.

    Args:
        setup: What there is at the doors of the event.
        zone: Time zone of the event.
        listed: The list that is changed.
    """
    one = listed or NewCheckInList("")
    attention = listed.attention_text if listed else ""
    asked = "\n".join(question.text for question in one.questions)
    fields: list[Field[Any]] = [
        TextField("name", "Name", value=one.name, required=True, help="Such as: Main entrance."),
        SeveralField(
            "types", "Only for these tickets", setup.ticket_types, value=tuple(one.ticket_type_ids)
        ),
        MomentField("opens", "Opens", zone=zone, value=one.opens_at),
        MomentField("closes", "Closes", zone=zone, value=one.closes_at),
        ChoiceField("entry", "A ticket enters", [*ENTRY.items()], value=one.entry_policy),
        NumberField(
            "most", "At most so many times", value=one.max_entries, least=1, most=MOST_ENTRIES
        ),
        NumberField(
            "minutes", "Minutes between two", value=one.min_minutes_between, most=MOST_MINUTES
        ),
        ChoiceField("way", "People go", [*DIRECTION.items()], value=one.direction),
        YesNoField("checked", "Leaving needs an entry", value=one.exit_needs_entry),
        ChoiceField("unpaid", "Unpaid tickets", [*UNPAID.items()], value=one.unpaid_policy),
        ChoiceField("print", "Badges print", [*PRINT.items()], value=one.print_policy),
        TextField("attention", "Staff reads", value=attention, help="Shown with every admission."),
        NoteField("questions", "Ask guests", value=asked, height=3, help="One question a line."),
    ]
    return fields if setup.ticket_types else [fields[0], *fields[2:]]


def list_of(values: dict[str, Any], listed: CheckInList | None) -> NewCheckInList:
    """Make the list that was typed; a question that stays keeps its id."""
    return NewCheckInList(
        values["name"],
        ticket_type_ids=frozenset(values.get("types", ())),
        opens_at=values["opens"],
        closes_at=values["closes"],
        entry_policy=values["entry"],
        direction=values["way"],
        unpaid_policy=values["unpaid"],
        print_policy=values["print"],
        exit_needs_entry=values["checked"],
        min_minutes_between=values["minutes"] or 0,
        max_entries=values["most"],
        attention=values["attention"],
        questions=_questions(values["questions"], listed.questions if listed else ()),
    )


def _questions(typed: str, before: tuple[Question, ...]) -> tuple[Question, ...]:
    texts = dict.fromkeys(filter(None, map(str.strip, typed.split("\n"))))
    ids = {question.text: question.id for question in before}
    taken = set(ids.values())
    free = (key for no in range(1, len(texts) + len(taken) + 1) if (key := f"q{no}") not in taken)
    return tuple(Question(ids.get(text) or next(free), text) for text in texts)
