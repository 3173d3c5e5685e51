"""Events on screens: words for states, visibility and place, and the base of their forms."""

from collections.abc import Mapping
from typing import Final, TypeVar

from textual import on

from eventdesk.core.formats import money, number
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.tone import Tone
from eventdesk.events import Check, EventDetail, EventState, Visibility
from eventdesk.figures import EventFigures
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import Form, MomentField

T = TypeVar("T")

STATES: Final[Mapping[EventState, tuple[Message, Tone]]] = {
    EventState.DRAFT: (msg("✎ draft"), ""),
    EventState.WAITING: (msg("… waiting"), "warning"),
    EventState.PUBLISHED: (msg("✓ published"), "good"),
    EventState.OVER: (msg("■ over"), "faint"),
    EventState.CANCELLED: (msg("✗ cancelled"), "bad"),
    EventState.ARCHIVED: (msg("▽ archived"), "faint"),
}
"""Sign and word of a state, and the tone of its line in a table."""

VISIBILITY: Final[Mapping[Visibility, Message]] = {
    Visibility.PUBLIC: msg("public"),
    Visibility.PRIVATE: msg("by code"),
    Visibility.INVITED: msg("by invitation"),
}


ROLES: Final[Mapping[str, Message]] = {
    "admin": msg("admin"),
    "organizer": msg("organizer"),
    "co-host": msg("co-host"),
    "staff": msg("staff"),
}


def place_of(event: EventDetail) -> str:
    """Venue, address and online address in one line; "" for none."""
    parts = []
    if event.venue is not None:
        parts = [event.venue.name, *event.venue.address.splitlines()]
    if event.online_url:
        parts.append(event.online_url)
    return ", ".join(part for part in parts if part)


def check_words(check: Check) -> str:
    """An item of the checklist of an event, with its sign."""
    if check.done:
        return f"✓ {check.text}"
    return f"✗ {check.text}" if check.needed else f"! {check.text}"


def figure_facts(event: EventDetail, figures: EventFigures) -> list[tuple[str, str]]:
    """How an event stands: figures, and what they count."""
    taken = _("places are taken")
    if event.capacity:
        taken = _("of {capacity:,} places are taken", capacity=event.capacity)
    paid = _("bookings are paid, {pending:,} are not yet", pending=figures.pending)
    facts = [
        (number(figures.taken), taken),
        (number(figures.paid), paid),
        (number(figures.waiting), _("people wait for a place")),
    ]
    if figures.sign_ups:
        facts.append((number(figures.sign_ups), _("places in sessions are taken")))
    if figures.revenue is not None and figures.due is not None:
        paid = _("paid, {due} to come", due=figures.due)
        facts.append((money(figures.revenue), paid))
    return facts


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
