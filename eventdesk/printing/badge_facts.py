"""What layouts may say beyond the ticket: profile, answers, sessions, the chosen layout."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from badges.layout_file import SUFFIX, is_name
from data.schema import (
    AccountRow,
    AnswerRow,
    BookingRow,
    EventRow,
    ProfileRow,
    QuestionRow,
    RoomRow,
    SessionRow,
    SignUpRow,
    TicketRow,
    TicketTypeSessionRow,
)
from eventdesk.core.folding import fold

LAYOUTS_FOLDER = "layouts"
"""Folder of one's own layouts below the home folder."""

MOST_SESSIONS = 40


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """What a badge can say beyond its ticket; texts are as typed, "" is missing."""

    ticket_type_id: UUID | None = None
    pronouns: str = ""
    organization: str = ""
    badge_line: str = ""
    language: str = ""
    session: str = ""
    sessions: str = ""
    layout: str = ""
    """Name of a ready layout, or the path of one's own."""
    extra: dict[str, str] = field(default_factory=dict)


def facts_of(
    connection: Connection, home: Path, ticket_ids: Collection[UUID]
) -> dict[UUID, BadgeFacts]:
    """Read the facts of some tickets, a few statements for all of them.

    The profile is the holder's: of the account the ticket was given to, or of the one that booked
    where the names agree. Sessions are those the holder signed up for; without any, the ones the
    ticket type is for.
    """
    rows = connection.execute(_TICKETS.where(TicketRow.id.in_(ticket_ids))).all()
    answers = _answers(connection, ticket_ids)
    account_of = {row.id: _holder(row) for row in rows}
    profiles = _profiles(connection, {each for each in account_of.values() if each is not None})
    facts = {}
    of_types: dict[UUID, list[Any]] = {}
    for row in rows:
        profile = profiles.get(account_of[row.id])
        sessions = _signed_up(connection, row, account_of[row.id])
        if not sessions:
            if row.ticket_type_id not in of_types:
                of_types[row.ticket_type_id] = _of_type(connection, row.ticket_type_id)
            sessions = of_types[row.ticket_type_id]
        facts[row.id] = BadgeFacts(
            ticket_type_id=row.ticket_type_id,
            pronouns=getattr(profile, "pronouns", ""),
            organization=getattr(profile, "organization", ""),
            badge_line=getattr(profile, "badge_line", ""),
            language=getattr(profile, "language", "") or row.language,
            session=_in_words(sessions[0]) if sessions else "",
            sessions="\n".join(_with_time(each, row.time_zone) for each in sessions),
            layout=layout_ref(home, row.badge_layout),
            extra=answers.get(row.id, {}),
        )
    return facts


def layout_ref(home: Path, name: str) -> str:
    """Name a layout so that it is found without the home folder: one's own file by its path."""
    own = home / LAYOUTS_FOLDER / f"{name}{SUFFIX}"
    return str(own) if is_name(name) and own.is_file() else name


_TICKETS = (
    select(
        TicketRow.id,
        TicketRow.event_id,
        TicketRow.ticket_type_id,
        TicketRow.holder_name,
        TicketRow.account_id,
        BookingRow.account_id.label("booker_id"),
        AccountRow.name.label("booker_name"),
        EventRow.language,
        EventRow.time_zone,
        EventRow.badge_layout,
    )
    .join(BookingRow, BookingRow.id == TicketRow.booking_id)
    .join(EventRow, EventRow.id == TicketRow.event_id)
    .outerjoin(AccountRow, AccountRow.id == BookingRow.account_id)
)


def _holder(row: Any) -> UUID | None:
    account_id: UUID | None = row.account_id
    if account_id is None and row.booker_name and fold(row.booker_name) == fold(row.holder_name):
        account_id = row.booker_id
    return account_id


def _profiles(connection: Connection, accounts: Collection[UUID]) -> dict[UUID | None, Any]:
    if not accounts:
        return {}
    query = select(
        ProfileRow.account_id,
        ProfileRow.pronouns,
        ProfileRow.organization,
        ProfileRow.badge_line,
        ProfileRow.language,
    ).where(ProfileRow.account_id.in_(accounts))
    return {row.account_id: row for row in connection.execute(query)}


def _answers(connection: Connection, tickets: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    query = (
        select(AnswerRow.ticket_id, QuestionRow.text, AnswerRow.value)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(AnswerRow.ticket_id.in_(tickets))
        .order_by(QuestionRow.position)
    )
    answers: dict[UUID, dict[str, str]] = {}
    for row in connection.execute(query):
        answers.setdefault(row.ticket_id, {})[row.text] = row.value
    return answers


_SESSIONS = (
    select(SessionRow.title, SessionRow.starts_at, func.coalesce(RoomRow.name, "").label("room"))
    .outerjoin(RoomRow, RoomRow.id == SessionRow.room_id)
    .where(SessionRow.cancelled_at.is_(None))
    .order_by(SessionRow.starts_at)
    .limit(MOST_SESSIONS)
)


def _signed_up(connection: Connection, row: Any, account_id: UUID | None) -> list[Any]:
    if account_id is None:
        return []
    signed_up = _SESSIONS.join(SignUpRow, SignUpRow.session_id == SessionRow.id).where(
        SignUpRow.account_id == account_id, SignUpRow.event_id == row.event_id
    )
    return list(connection.execute(signed_up))


def _of_type(connection: Connection, ticket_type_id: UUID) -> list[Any]:
    of_type = _SESSIONS.join(
        TicketTypeSessionRow, TicketTypeSessionRow.session_id == SessionRow.id
    ).where(TicketTypeSessionRow.ticket_type_id == ticket_type_id)
    return list(connection.execute(of_type))


def _in_words(session: Any) -> str:
    return f"{session.title} · {session.room}" if session.room else str(session.title)


def _with_time(session: Any, zone: str) -> str:
    at: datetime = session.starts_at
    room = f", {session.room}" if session.room else ""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}  {session.title}{room}"
