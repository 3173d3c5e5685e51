"""What a check-in list is asked for in a form, and in which words its rules are said."""

from dataclasses import replace
from typing import Any, Final

from eventdesk.core.day_times import read_time
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.typed_text import MOST_PEOPLE
from eventdesk.door.check_in_list import (
    MOST_ENTRIES,
    MOST_MINUTES,
    QUESTIONS_HELP,
    CheckInList,
    Direction,
    EntryPolicy,
    ListKind,
    NewCheckInList,
    PrintPolicy,
    UnpaidPolicy,
    as_new,
    question_line,
    read_question_lines,
)
from eventdesk.door.lists import DoorSetup
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
KIND: Final = {
    ListKind.ARRIVE: "arrive, and get a badge",
    ListKind.ROOM: "enter a room",
    ListKind.COLLECT: "collect something",
    ListKind.BADGE: "pick up their badge",
    ListKind.LEAVE: "leave",
}
_A, _R, _C, _L = ListKind.ARRIVE, ListKind.ROOM, ListKind.COLLECT, ListKind.LEAVE
_B = ListKind.BADGE
ONLY_FOR: Final = {
    "session": (_A, _R),
    "room": (_R, _L),
    "capacity": (_A, _R),
    "item": (_C,),
    "item_question": (_C,),
    "entry": (_A, _R, _C, _B),
    "most": (_A, _R, _C, _B),
    "minutes": (_A, _R, _C, _B),
    "way": (_A, _R),
    "checked": (_A, _R, _L),
    "unpaid": (_A, _R, _C, _B),
    "print": (_A,),
    "auto_exit": (_A, _R, _L),
    "ends_stays": (_R,),
    "questions": (_A, _R, _C, _B),
}
"""Fields that only some kinds of lists have."""


def list_fields(setup: DoorSetup, zone: str, listed: CheckInList | None) -> list[Field[Any]]:
    """The fields of a new check-in list, or of one that is there.

    Args:
        setup: What there is at the doors of the event.
        zone: Time zone of the event.
        listed: The list that is changed.
    """
    one = NewCheckInList("") if listed is None else as_new(listed)
    asked = "\n".join(map(question_line, one.questions))
    none = (None, "none")
    fields: list[Field[Any]] = [
        TextField("name", "Name", value=one.name, required=True, help="Such as: Main entrance."),
        ChoiceField("kind", "People come to", [*KIND.items()], value=one.kind),
        ChoiceField("room", "Room", [none, *setup.rooms], value=one.room_id),
        ChoiceField(
            "session",
            "Only for the session",
            [none, *setup.sessions],
            value=one.session_id,
            help="With sign-up only who has a place is let in.",
        ),
        NumberField(
            "capacity",
            "Most inside at once",
            value=one.capacity,
            least=1,
            most=MOST_PEOPLE,
            help="Empty: what the room holds.",
        ),
        TextField("item", "They get", value=one.item, max_length=80, help="Such as: T-shirt."),
        ChoiceField(
            "item_question",
            "Which one says",
            [none, *setup.questions],
            value=one.item_question_id,
            help="The answer is shown behind it: T-shirt L.",
        ),
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
        TextField(
            "auto_exit",
            "All have left at",
            value=one.auto_exit,
            max_length=5,
            check=_no_time,
            help="A time of every day, such as 23:00; empty: only who is scanned out.",
        ),
        YesNoField(
            "ends_stays",
            "Ends other stays",
            value=one.ends_stays,
            help="Who enters here has left the other rooms; nobody has to scan them out there.",
        ),
        ChoiceField("unpaid", "Unpaid tickets", [*UNPAID.items()], value=one.unpaid_policy),
        ChoiceField("print", "Badges print", [*PRINT.items()], value=one.print_policy),
        TextField(
            "attention", "Staff reads", value=one.attention, help="Shown with every admission."
        ),
        NoteField("questions", "Ask guests", value=asked, height=3, help=QUESTIONS_HELP),
    ]
    offered = {
        "types": setup.ticket_types,
        "room": setup.rooms,
        "session": setup.sessions,
        "item_question": setup.questions,
    }
    return [field for field in fields if offered.get(field.key, True)]


def list_of(values: dict[str, Any], listed: CheckInList | None) -> NewCheckInList:
    """Make the list that was typed; a question that stays keeps its id, and rules stay."""
    old = NewCheckInList("") if listed is None else as_new(listed)
    return replace(
        old,
        name=values["name"],
        kind=values["kind"],
        ticket_type_ids=frozenset(values.get("types", ())),
        opens_at=values["opens"],
        closes_at=values["closes"],
        entry_policy=values["entry"],
        direction=_way(values),
        unpaid_policy=values["unpaid"],
        print_policy=values["print"],
        exit_needs_entry=values["checked"],
        min_minutes_between=values["minutes"] or 0,
        max_entries=values["most"],
        attention=values["attention"],
        questions=read_question_lines(values["questions"], old.questions),
        room_id=values.get("room", old.room_id),
        session_id=values.get("session", old.session_id),
        capacity=values["capacity"],
        item=values["item"],
        item_question_id=values.get("item_question", old.item_question_id),
        auto_exit=values["auto_exit"] or "",
        ends_stays=values["ends_stays"],
    )


def _way(values: dict[str, Any]) -> Direction:
    """Which way people go; another kind than leaving is not out because it was once."""
    if values["kind"] is ListKind.LEAVE:
        return Direction.EXIT
    is_arriving = values["kind"] in (ListKind.ARRIVE, ListKind.ROOM)
    return values["way"] if is_arriving else Direction.ENTRY


def _no_time(text: str) -> str:
    try:
        read_time(text)
    except InvalidInputError as error:
        return f"{error} {error.hint}"
    return ""
