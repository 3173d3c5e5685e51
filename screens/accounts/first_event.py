"""The dialog of an empty house: a first event with ticket types, a check-in list and guests."""

from collections.abc import Callable
from typing import Any

from textual.app import App

from eventdesk.acts import Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import list_events
from eventdesk.exchange import (
    Begun,
    DryRun,
    FirstEvent,
    begin_event,
    check_import,
    read_types,
    run_import,
)
from screens.accounts.shown_once import ShownOnce
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import TextField
from screens.widgets.path_suggester import typed_path


async def offer_first_event(app: App[Any], tools: Tools, actor: Actor) -> None:
    """Offer a first event to who made the first account, where there is none yet."""
    if await tools.desk.read(list_events, actor):
        return
    made: list[Begun] = []
    await app.push_screen_wait(first_event_dialog(tools, actor, made.append))
    for begun in made:
        if begun.staff_pin:
            await app.push_screen_wait(_pin_shown(begun))


def _pin_shown(begun: Begun) -> ShownOnce:
    title = _("Staff PIN of {event}", event=plain(begun.event.name, limit=60))
    words = _(
        "It closes the kiosk of this event. Note it: it is not shown again. `eventdesk staff-pin` "
        "sets another."
    )
    return ShownOnce(title, begun.staff_pin, words)


def first_event_dialog(
    tools: Tools, actor: Actor, made: Callable[[Begun], object]
) -> FormDialog[Begun]:
    """Ask for the little that an event needs.

    Args:
        made: Hears of what was made, as soon as it is: it stays, though something may be wrong with
            the guests, and is used again when they are mended.
    """

    async def submit(values: dict[str, Any]) -> Begun:
        wanted = FirstEvent(
            values["name"], read_types(values["types"]), guests=typed_path(values["guests"])
        )
        begun = await tools.desk.take_steps(begin_event, actor.at(tools.now()), wanted)
        made(begun)
        if wanted.guests is not None and begun.plan is not None:
            where = (begun.event.id, wanted.guests, begun.plan)
            _need_possible(await tools.desk.read(check_import, actor, *where))
            await tools.desk.take_steps(run_import, actor, *where)
        return begun

    return FormDialog(
        _("Your first event"),
        [
            TextField("name", _("Name"), required=True),
            TextField(
                "types",
                _("Ticket types"),
                max_length=2000,
                check=read_types,
                help=_("Name, how many, @ price: Regular 120@25.00, Student 40"),
            ),
            TextField(
                "guests",
                _("File of guests"),
                max_length=4000,
                help=_("CSV, XLSX or JSON with their names; can come later."),
            ),
        ],
        submit,
        explanation=_(
            "Today from 09:00, with a check-in list and a PIN for the kiosk. All of it can be "
            "changed afterwards."
        ),
        confirm=_("Make it"),
        give_up=_("Later"),
    )


def _need_possible(checked: DryRun) -> None:
    """Refuse a file of which something cannot be taken in, or of whose letters one cannot be sure.

    Raises:
        InvalidInputError: With the first thing that is wrong.
    """
    if checked.encoding.guessed:
        raise InvalidInputError(
            checked.encoding.sentence,
            hint=msg("Save the file as UTF-8, or import it in the event's Import part."),
        )
    if not checked.possible:
        first = next(iter(checked.problems), None)
        words = "" if first is None else _("Row {row}: {text}", row=first.row, text=first.text)
        value = "" if first is None else first.value
        count = sum(checked.counts.values())
        raise InvalidInputError(
            _n("{count} row cannot be taken in.", "{count} rows cannot be taken in.", count),
            hint=plain(f"{words} {value}", limit=300),
        )
