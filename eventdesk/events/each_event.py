"""Chores over all events, where one that fails keeps no other waiting."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select

from data.schema import EventRow, NoticeRow
from eventdesk.acts import Steps
from eventdesk.core.errors import StoreError
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.events.event_notices import tell_admins

log = logging.getLogger(__name__)

TELL_AGAIN: Final = timedelta(days=1)
"""How long admins are not told again about the same chore of the same event."""

_told: dict[tuple[Path, UUID | None, str], datetime] = {}
"""When this process said so last, by home, event and chore."""


def each_by_itself(
    steps: Steps, event_ids: Iterable[UUID], do: Callable[[UUID], int], *, chore: Message
) -> int:
    """Do something for each event; a failure is logged, told to admins, and keeps no other waiting.

    Args:
        event_ids: The events.
        do: Does it in transactions of its own; returns how many things it did.
        chore: What it is, in words that fit "The … of an event fails".

    Returns:
        How many things were done in all.

    Raises:
        StoreError: The store cannot be used.
    """
    done = 0
    for event_id in event_ids:
        try:
            done += do(event_id)
        except StoreError:
            raise
        except Exception as error:
            _note_failed(steps, event_id, chore=chore, error=error)
    return done


def those_that_need(event_ids: Iterable[UUID], asked: Callable[[UUID], bool]) -> list[UUID]:
    """The events of which something is true, or where asking fails: it is told where it is done."""
    found = []
    for event_id in event_ids:
        try:
            needed = asked(event_id)
        except StoreError:
            raise
        except Exception:
            log.debug("An event cannot tell whether there is something to do", exc_info=True)
            needed = True
        if needed:
            found.append(event_id)
    return found


def _note_failed(steps: Steps, event_id: UUID | None, *, chore: Message, error: Exception) -> None:
    """Log that a chore failed for an event, and tell all admins, once a day."""
    key = (steps.store.home, event_id, chore.text)
    last = _told.get(key)
    if last is not None and steps.now - last < TELL_AGAIN:
        log.debug("The %s of event %s fails still: %s", chore.text, event_id, error)
        return
    _told[key] = steps.now
    log.error("The %s of event %s failed; others go on", chore.text, event_id, exc_info=error)
    if event_id is None:
        return
    title = msg("The {chore} of an event fails", chore=chore)
    with steps.write() as act:
        name = act.connection.execute(
            select(EventRow.name).where(EventRow.id == event_id)
        ).scalar_one_or_none()
        before = exists().where(
            NoticeRow.event_id == event_id,
            NoticeRow.title == in_english(title),
            NoticeRow.created_at > act.now - TELL_AGAIN,
        )
        if name is None or act.connection.execute(select(before)).scalar_one():
            return
        body = msg(
            "{event}: {kind}: {why}. Other events go on; the log says more.",
            event=name,
            kind=type(error).__name__,
            why=getattr(error, "message", None) or str(error)[:200],
        )
        tell_admins(act, event_id, ("account", title, body))
