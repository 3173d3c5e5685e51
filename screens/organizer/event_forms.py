"""Forms of a new event: an empty one, or a copy."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from textual import on

from eventdesk.core import typed_text
from eventdesk.core.messages import _
from eventdesk.core.money import read_currency
from eventdesk.events import EventView
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import Field, Form, MomentField, TextField

T = TypeVar("T")


class EventDialog(FormDialog[T]):
    """A form of an event; its times follow its time zone."""

    @on(Form.Changed)
    def follow_zone(self, message: Form.Changed) -> None:
        """Read the times in the zone that was typed."""
        fields = message.form.fields
        zone = fields["time_zone"].value if message.name == "time_zone" else None
        if not zone:
            return
        for field in fields.values():
            if isinstance(field, MomentField):
                field.zone = zone
                field.note_change()


def new_event_dialog(
    submit: Callable[[dict[str, Any]], Awaitable[EventView]], zone: str
) -> EventDialog[EventView]:
    """The form of an empty event."""
    fields: list[Field[Any]] = [
        TextField("name", _("Title"), required=True),
        TextField(
            "time_zone",
            _("Time zone"),
            value=zone,
            required=True,
            check=typed_text.time_zone,
            help=_("Such as Europe/Berlin or America/New_York."),
        ),
        MomentField("starts", _("Begins"), zone=zone, required=True),
        MomentField("ends", _("Ends"), zone=zone, required=True),
        TextField(
            "currency",
            _("Currency"),
            value="EUR",
            required=True,
            check=read_currency,
            help=_("Three letters. It can be changed until somebody books."),
        ),
    ]
    return EventDialog(
        _("A new event"),
        fields,
        submit,
        explanation=_("It begins as a draft that only you see."),
        confirm=_("Make it"),
    )


def duplicate_dialog(
    submit: Callable[[dict[str, Any]], Awaitable[EventView]],
    name: str,
    starts_at: datetime,
    zone: str,
) -> EventDialog[EventView]:
    """The form of a copy: its name and beginning."""
    fields: list[Field[Any]] = [
        TextField("name", _("Title"), value=name, required=True),
        MomentField("starts", _("Begins"), zone=zone, value=starts_at, required=True),
    ]
    return EventDialog(
        _("Duplicate this event"),
        fields,
        submit,
        explanation=_(
            "Programme, tickets, codes, questions, seats, lists and rules come along and "
            "move with the beginning. Nobody's bookings do."
        ),
        confirm=_("Duplicate"),
    )
