"""Badges of tickets: what they say of the ticket, its holder's profile, answers and sessions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from badges.badge import Badge
from data.rows import AnyRow
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
    SponsorRow,
    TicketRow,
    TicketTypeRow,
    TicketTypeSessionRow,
)
from eventdesk.acts import Act, Permission, event_of, reads
from eventdesk.booking import TOKEN_FACTS, sealed
from eventdesk.core.errors import need_found
from eventdesk.core.folding import fold
from eventdesk.core.messages import Message, _, msg, reading
from eventdesk.printing.layout_files import layout_ref

MAX_SESSIONS = 40


@dataclass(frozen=True, slots=True)
class BadgeFacts:
    """What a badge can say beyond its ticket; texts are as typed, "" is missing."""

    ticket_type_id: UUID
    pronouns: str
    organization: str
    badge_line: str
    language: str
    session: str
    sessions: str
    layout: str
    """Name of a ready layout, or the path of one's own."""
    extra: dict[str, str]


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


def _holder(row: AnyRow) -> UUID | None:
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
    .limit(MAX_SESSIONS)
)


def _signed_up(connection: Connection, row: AnyRow, account_id: UUID | None) -> list[Any]:
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


def _in_words(session: AnyRow) -> str:
    return f"{session.title} · {session.room}" if session.room else str(session.title)


def _with_time(session: AnyRow, zone: str) -> str:
    at: datetime = session.starts_at
    room = f", {session.room}" if session.room else ""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}  {session.title}{room}"


BADGE_FACTS: Final = (
    TOKEN_FACTS.add_columns(
        TicketRow.holder_name,
        TicketRow.line_two,
        TicketRow.code,
        TicketRow.seat,
        TicketTypeRow.name.label("ticket_type"),
        EventRow.name.label("event_name"),
    )
    .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
    .join(EventRow, EventRow.id == TicketRow.event_id)
)
"""What stands on the badges of tickets."""


SAMPLE_TOKEN: Final = "S" * 61
"""What stands in the code of a badge that nobody comes in with."""


@reads(internal=True)
def ticket_badge(act: Act, ticket_id: UUID) -> Badge:
    """Read what a ticket's badge or picture says.

    Raises:
        NotFoundError: There is no such ticket.
    """
    return read_badge(act, ticket_id)


@reads(Permission.EVENT, about=event_of(TicketRow, "ticket_id"))
def badge_preview(act: Act, ticket_id: UUID) -> Badge:
    """Read what a ticket's badge would say, to look at it in a layout.

    Its code is made up: who sets up badges need not be able to hold up those of guests.
    """
    event_id = act.connection.execute(
        select(TicketRow.event_id).where(TicketRow.id == ticket_id)
    ).scalar_one_or_none()
    act.need(need_found(event_id, _missing()), Permission.EVENT)
    return replace(read_badge(act, ticket_id), token=SAMPLE_TOKEN)


def read_badge(
    act: Act, ticket_id: UUID, *, name: str | None = None, line_two: str | None = None
) -> Badge:
    """Read what a ticket's badge says, with another name or second line if given.

    Raises:
        NotFoundError: There is no such ticket.
    """
    found = act.connection.execute(BADGE_FACTS.where(TicketRow.id == ticket_id)).one_or_none()
    row = need_found(found, _missing())
    sponsors = sponsor_lines(act.connection, [row.event_id]).get(row.event_id, "")
    facts = facts_of(act.connection, act.store.home, [ticket_id])[ticket_id]
    badge = badge_of(act, row, facts=facts, sponsors=sponsors)
    if name is not None:
        badge = replace(badge, name=name)
    return badge if line_two is None else replace(badge, line_two=line_two)


def _missing() -> Message:
    return msg("There is no such ticket.")


def badge_of(act: Act, row: AnyRow, *, facts: BadgeFacts, sponsors: str, mark: str = "") -> Badge:
    """Make the badge of a row with the ticket's facts, its type's and its event's name."""
    return Badge(
        name=row.holder_name,
        line_two=row.line_two or facts.badge_line,
        ticket_type=row.ticket_type,
        event=row.event_name,
        token=sealed(act, row),
        ticket_code=row.code,
        seat=row.seat,
        mark=mark,
        sponsors=sponsors,
        pronouns=facts.pronouns,
        organization=facts.organization,
        session=facts.session,
        sessions=facts.sessions,
        language=facts.language,
        ticket_type_id=str(facts.ticket_type_id),
        layout=facts.layout,
        extra=facts.extra,
    )


def sponsor_lines(connection: Connection, event_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The sponsors that each event's badges thank, as a line in the event's language."""
    names: dict[tuple[UUID, str], list[str]] = {}
    for row in connection.execute(
        select(SponsorRow.event_id, SponsorRow.name, EventRow.language)
        .join(EventRow, EventRow.id == SponsorRow.event_id)
        .where(SponsorRow.event_id.in_(set(event_ids)), SponsorRow.on_badges.is_(True))
        .order_by(SponsorRow.position, SponsorRow.name)
    ):
        names.setdefault((row.event_id, row.language), []).append(row.name)
    lines = {}
    for (event_id, language), those in names.items():
        with reading(language):
            lines[event_id] = _("Supported by {names}", names=", ".join(those))
    return lines
