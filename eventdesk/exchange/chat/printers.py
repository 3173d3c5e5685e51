"""Rooms told that a printer is down, and that it works again."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select

from data.schema import EventRow, GateRow
from eventdesk.acts import SYSTEM, Steps, steps
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.core.printing import Health
from eventdesk.exchange.chat.noted import Notice, Seen, is_wanted, moves, noted
from eventdesk.integrations.chat.kind import PRINTER
from eventdesk.printing import PrinterView, list_printers

AFTER: Final = timedelta(minutes=3)
"""How long a printer is down before it is told: a roll is changed in less."""

BEFORE: Final = timedelta(hours=12)
"""So long before it begins an event is set up, and printers without gates matter to its team."""


@steps(internal=True)
def tell_of_printers(steps: Steps) -> int:
    """Queue for rooms which printers are down or work again; returns how many messages."""
    printers = []
    if is_wanted(steps, PRINTER):
        printers = list_printers(steps.store, SYSTEM.at(steps.now))
    events = _events(steps, printers) if printers else {}
    seen = [_seen(each, events.get(each.id, frozenset())) for each in printers if each.enabled]
    return noted(steps, PRINTER, lambda act, notes: moves(seen, notes, act.now, after=AFTER))


def _seen(printer: PrinterView, events: frozenset[UUID]) -> Seen:
    health = printer.status.health
    is_known = printer.driven and (health is not Health.UNKNOWN or printer.checked_at is not None)
    return Seen(
        str(printer.id),
        not health.prints if is_known else None,
        partial(_down, printer, events),
        partial(_again, printer, events),
    )


def _down(printer: PrinterView, events: frozenset[UUID], since: datetime) -> Notice:
    at = since.astimezone()
    text = msg("No badge comes out since {at:%H:%M}.", at=at)
    if printer.status.text:
        text = msg("No badge comes out since {at:%H:%M}: {why}.", at=at, why=printer.status.text)
    title = msg("Printer {name} is down", name=plain(printer.name))
    return Notice(PRINTER, title, text, events)


def _again(printer: PrinterView, events: frozenset[UUID], since: datetime) -> Notice:
    title = msg("Printer {name} works again", name=plain(printer.name))
    text = msg("It was down since {at:%H:%M}.", at=since.astimezone())
    return Notice(PRINTER, title, text, events)


def _events(steps: Steps, printers: list[PrinterView]) -> dict[UUID, frozenset[UUID]]:
    """The events that each printer is for: of its gates, or without any those that are on."""
    with steps.read() as act:
        gates = dict(act.connection.execute(select(GateRow.id, GateRow.event_id)).all())
        on = select(EventRow.id).where(
            EventRow.state == "published",
            EventRow.starts_at <= act.now + BEFORE,
            EventRow.ends_at > act.now,
        )
        now_on = frozenset(act.connection.execute(on).scalars())
    return {
        each.id: frozenset(gates[gate] for gate, _name in each.gates if gate in gates)
        if each.gates
        else now_on
        for each in printers
    }
