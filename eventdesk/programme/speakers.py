"""Speakers: adding, changing, removing and reading them."""

from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from data.rows import delete_row, insert_row, update_row, view_from
from data.schema import SessionRow, SessionSpeakerRow, SpeakerRow
from eventdesk.acts import Act, Permission, event_of, writes
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, PAGE, Field, cleaned
from eventdesk.core.ids import new_id
from eventdesk.core.messages import msg
from eventdesk.events import need_part, need_programme
from eventdesk.programme.session import Speaker


@dataclass(frozen=True, slots=True)
class NewSpeaker:
    """A speaker to be added, or new values; the biography is Markdown."""

    name: str
    organization: str = ""
    biography: str = ""
    email: str = ""
    link: str = ""


def _address(typed: str) -> str:
    return typed_text.address(typed) if typed.strip() else ""


def _link(typed: str) -> str:
    return typed_text.link(typed, msg("The link"))


_NO_SPEAKER: Final = msg("There is no such speaker any more.")

LINK: Final = Field("link", LINE, "Page", "Address of a page.", check=_link, most=2000)

SPEAKER: Final = (
    Field("name", LINE, "Name", "What they are called from now on.", what="A name", needed=True),
    Field(
        "organization", LINE, "Organization", "Company, university, town.", what="An organization"
    ),
    Field("email", LINE, "E-mail", "For the team only.", "Only the team sees it.", check=_address),
    LINK,
    Field("biography", PAGE, "Biography", "Some sentences.", what="A biography", lines=5),
)
"""The fields of a speaker."""


@writes(Permission.PROGRAMME, about="event_id")
def add_speaker(act: Act, event_id: UUID, new: NewSpeaker) -> Speaker:
    """Add a speaker.

    Raises:
        InvalidInputError: No name, something typed cannot be used, or the event is cancelled.
    """
    kept = cleaned(SPEAKER, new)
    speaker = Speaker(new_id(), **asdict(kept))
    need_programme(act, event_id)
    insert_row(act.connection, SpeakerRow, id=speaker.id, event_id=event_id, **asdict(kept))
    act.record("add_speaker", ("speaker", speaker.id), event_id=event_id, name=kept.name)
    return speaker


@writes(Permission.PROGRAMME, about=event_of(SpeakerRow, "speaker_id"))
def change_speaker(act: Act, speaker_id: UUID, new: NewSpeaker) -> None:
    """Change a speaker.

    Raises:
        InvalidInputError: No name, something typed cannot be used, or the event is cancelled.
    """
    kept = cleaned(SPEAKER, new)
    event_id = need_part(act, SpeakerRow, speaker_id, _NO_SPEAKER).id
    update_row(act.connection, SpeakerRow, speaker_id, **asdict(kept))
    act.record("change_speaker", ("speaker", speaker_id), event_id=event_id, name=kept.name)


@writes(Permission.PROGRAMME, about=event_of(SpeakerRow, "speaker_id"))
def remove_speaker(act: Act, speaker_id: UUID) -> None:
    """Remove a speaker who speaks in no session.

    Raises:
        InvalidInputError: They speak in a session, or the event is cancelled.
    """
    event_id = need_part(act, SpeakerRow, speaker_id, _NO_SPEAKER).id
    title = act.connection.execute(
        select(SessionRow.title)
        .join(SessionSpeakerRow, SessionSpeakerRow.session_id == SessionRow.id)
        .where(SessionSpeakerRow.speaker_id == speaker_id)
        .limit(1)
    ).scalar_one_or_none()
    if title is not None:
        raise InvalidInputError(
            msg("They speak in “{title}”.", title=title),
            hint=msg("Take them out of their sessions first."),
        )
    delete_row(act.connection, SpeakerRow, speaker_id)
    act.record("remove_speaker", ("speaker", speaker_id), event_id=event_id)


def read_speakers(connection: Connection, event_id: UUID, *, team: bool) -> list[Speaker]:
    """Read the speakers of an event by name; their addresses only for its team."""
    sessions = (
        select(SessionSpeakerRow.speaker_id, func.count().label("sessions"))
        .join(SessionRow, SessionRow.id == SessionSpeakerRow.session_id)
        .where(SessionRow.event_id == event_id, SessionRow.cancelled_at.is_(None))
        .group_by(SessionSpeakerRow.speaker_id)
        .subquery()
    )
    rows = connection.execute(
        select(SpeakerRow.__table__, func.coalesce(sessions.c.sessions, 0).label("sessions"))
        .outerjoin(sessions, sessions.c.speaker_id == SpeakerRow.id)
        .where(SpeakerRow.event_id == event_id)
        .order_by(SpeakerRow.name)
    )
    return [view_from(Speaker, row, email=row.email if team else "") for row in rows]
