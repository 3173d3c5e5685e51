"""What a check-in list is asked for in a form."""

from dataclasses import replace
from typing import Any, Final

from eventdesk.core.fields import filled
from eventdesk.door.check_in_list import (
    CHECK_IN_LIST,
    QUESTIONS_HELP,
    CheckInList,
    Direction,
    ListKind,
    NewCheckInList,
    as_new,
    question_line,
    read_question_lines,
)
from eventdesk.door.lists import DoorSetup
from screens.widgets.form import Field, NoteField
from screens.widgets.form.entity_fields import entity_fields

_A, _R, _C, _L = ListKind.ARRIVE, ListKind.ROOM, ListKind.COLLECT, ListKind.LEAVE
_B = ListKind.BADGE
ONLY_FOR: Final = {
    "session_id": (_A, _R),
    "room_id": (_R, _L),
    "capacity": (_A, _R),
    "item": (_C,),
    "item_question_id": (_C,),
    "entry_policy": (_A, _R, _C, _B),
    "max_entries": (_A, _R, _C, _B),
    "min_minutes_between": (_A, _R, _C, _B),
    "direction": (_A, _R),
    "exit_needs_entry": (_A, _R, _L),
    "unpaid_policy": (_A, _R, _C, _B),
    "print_policy": (_A,),
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
    offers = {
        "ticket_type_ids": setup.ticket_types,
        "room_id": setup.rooms,
        "session_id": setup.sessions,
        "item_question_id": setup.questions,
    }
    asked = "\n".join(map(question_line, one.questions))
    return [
        *entity_fields(CHECK_IN_LIST, one, zone=zone, offers=offers),
        NoteField("questions", "Ask guests", value=asked, height=3, help=QUESTIONS_HELP),
    ]


def list_of(values: dict[str, Any], listed: CheckInList | None) -> NewCheckInList:
    """Make the list that was typed; a question that stays keeps its id, and rules stay."""
    old = NewCheckInList("") if listed is None else as_new(listed)
    return replace(
        filled(CHECK_IN_LIST, old, values),
        direction=_way(values),
        questions=read_question_lines(values["questions"], old.questions),
    )


def _way(values: dict[str, Any]) -> Direction:
    """Which way people go; another kind than leaving is not out because it was once."""
    if values["kind"] is ListKind.LEAVE:
        return Direction.EXIT
    is_arriving = values["kind"] in (ListKind.ARRIVE, ListKind.ROOM)
    return values["direction"] if is_arriving else Direction.ENTRY
