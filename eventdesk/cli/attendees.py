"""Commands on those who have a ticket of an event."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import AttendeeLine, list_attendees
from eventdesk.cli.command import Told, as_json, group, on_this_event
from eventdesk.cli.group import noted_now
from eventdesk.cli.state_words import state_word
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView

AT_ONCE: Final = 5_000
"""Attendees read at a time."""

attendee_command = group("attendee", "eventdesk attendee list HARBOR")


@attendee_command.command("list", "HARBOR --state paid --not-in", "HARBOR --search lovelace --json")
@on_this_event
@click.option("--search", default="", help="Only these: name (typos welcome), e-mail, code, seat.")
@click.option(
    "--state",
    type=click.Choice(["paid", "pending", "waiting", "cancelled", "expired"]),
    help="Only these; waiting is for approval.",
)
@click.option("--in/--not-in", "came", default=None, help="Only who was let in, or was not.")
@as_json()
def list_command(
    store: Store, event: EventView, search: str, state: str | None, came: bool | None
) -> Told:
    """List all who have a ticket, the newest first: code, state, in or not, name, type, seat."""
    people = list(_attendees(store, event, search, state or "", came))
    lines = [_line(one) for one in people]
    return Told(lines or [_("Nobody.")], lambda: [_facts(one) for one in people])


def _attendees(
    store: Store, event: EventView, search: str, state: str, came: bool | None
) -> Iterator[AttendeeLine]:
    """All of them, page by page; who gets a ticket meanwhile moves none into the list twice."""
    now, offset, total = noted_now(store), 0, 1
    seen: set[UUID] = set()
    while offset < total:
        page, total = list_attendees(
            store,
            SYSTEM.at(now),
            event.id,
            search=search,
            state=state,
            came=came,
            offset=offset,
            limit=AT_ONCE,
        )
        yield from (one for one in page if one.ticket_id not in seen)
        seen.update(one.ticket_id for one in page)
        offset += AT_ONCE


def _line(one: AttendeeLine) -> str:
    inside = _("✓ in") if one.came else ""
    seat = _("seat {seat}", seat=one.seat) if one.seat else ""
    blocked = _("✗ blocked") if one.blocked_note is not None else ""
    parts = (one.name, one.ticket_type, seat, blocked)
    words = " · ".join(plain(each, limit=60) for each in parts if each)
    return f"{one.code}  {state_word(one.state):9}  {inside:6}  {words}"


def _facts(one: AttendeeLine) -> dict[str, object]:
    return {
        "ticket": str(one.ticket_id),
        "code": one.code,
        "name": one.name,
        "email": one.email,
        "line_two": one.line_two,
        "type": one.ticket_type,
        "seat": one.seat,
        "state": one.state,
        "in": one.came,
        "blocked": one.blocked_note,
    }
