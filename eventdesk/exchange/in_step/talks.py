"""A programme brought in step with a schedule, at an address or in a file.

What was read of each session is kept beside the place, so that only what changed there changes
here: capacities, sign-up, and what was corrected by hand stay until then. Nothing is removed; what
is no longer in the schedule is called off, and people who signed up are told.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from data.rows import put_setting, setting
from data.store import Store
from eventdesk.acts import SYSTEM, Actor, Asked, Steps
from eventdesk.core.errors import EventDeskError, InvalidInputError, StoreError
from eventdesk.core.folding import fold
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.core.plain_text import plain
from eventdesk.exchange.in_step.faults import note_faults, together
from eventdesk.exchange.in_step.place import KEY, event_of
from eventdesk.integrations.pretalx.line import ScheduleLine, SchedulePage
from eventdesk.integrations.pretalx.talk import Person, Talk
from eventdesk.programme import (
    NewSession,
    NewSpeaker,
    Programme,
    Session,
    add_session,
    add_speaker,
    cancel_session,
    change_session,
    read_programme,
    restore_session,
)
from eventdesk.services import Failed, Outgoing, Sent, SetUp, Told

GONE: Final = "gone"
"""In the place of what was read: the session was called off because the schedule has it no more."""

MAX_NAME: Final = 200
MAX_DESCRIPTION: Final = 20_000

Known = dict[str, tuple[str, str]]
"""The session of each guid, and a digest of what was read of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a schedule comes from.

    Attributes:
        event_id: The event it is brought into.
        key: The setting that keeps what was read of it.
        asked: Who brings it in.
        service: The service it comes from; None is a file.
    """

    event_id: UUID
    key: str
    asked: Actor | Asked
    service: SetUp | None = None

    @classmethod
    def of(cls, steps: Steps, service: SetUp) -> "Source":
        """That of a service."""
        key = f"{KEY}{service.id.hex}_talks"
        return cls(event_of(service), key, SYSTEM.at(steps.now), service)

    def known(self, steps: Steps) -> Known:
        """What was read of it before."""
        with steps.read() as act:
            kept = json.loads(setting(act.connection, self.key) or "{}")
        return {guid: (session_id, digest) for guid, (session_id, digest) in kept.items()}


class TalkFate(StrEnum):
    """What becomes of a session of a schedule."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    """It is as when it was read last."""
    REMOVED = "removed"
    """It was removed here, and stays so."""
    OFF = "off"
    """The schedule has it no more: it is called off."""


@dataclass(frozen=True, slots=True)
class TalkLine:
    """A session of a schedule, and what becomes of it.

    Attributes:
        fault: What of it does not fit here; "" is nothing.
    """

    title: str
    starts_at: datetime
    room: str
    fate: TalkFate
    fault: str = ""


def bring_page(steps: Steps, service: SetUp, page: SchedulePage) -> int:
    """Bring in a schedule where it changed; returns how many sessions are otherwise."""
    return 0 if page.talks is None else bring_talks(steps, service, page.talks)


def bring_talks(steps: Steps, service: SetUp, talks: Sequence[Talk]) -> int:
    """Bring the programme of an event to a schedule; returns how many sessions are otherwise.

    Raises:
        InvalidInputError: The schedule has none of the sessions that it had before.
    """
    return bring_all(steps, service, talks).changed


def bring_all(steps: Steps, service: SetUp, talks: Sequence[Talk]) -> "Bringing":
    """Bring the programme of an event to a schedule, and say what came of it; see `bring_talks`."""
    source = Source.of(steps, service)
    known = source.known(steps)
    if known and is_another(known, talks):
        raise InvalidInputError(
            msg("The schedule has none of the sessions it had."),
            hint=msg("Nothing was called off. If it is another one, remove it here and add it."),
        )
    bringing = Bringing(steps, source, known)
    bringing.bring_all(talks)
    return bringing


def is_another(known: Known, talks: Sequence[Talk]) -> bool:
    """Whether a schedule has none of the sessions that are known."""
    return not known.keys() & {talk.guid for talk in talks}


class Bringing:
    """One schedule being brought in.

    Attributes:
        changed: How many sessions are otherwise since.
        faults: What does not fit, by the titles of sessions.
    """

    def __init__(self, steps: Steps, source: Source, known: Known) -> None:
        self._steps, self._source, self._known = steps, source, known
        self._event_id, self._asked = source.event_id, source.asked
        self._read()
        self.changed = 0
        self.faults: dict[str, Message] = {}

    def lines(self, talks: Sequence[Talk]) -> Iterator[TalkLine]:
        """What would become of each session; nothing is changed."""
        for talk in talks:
            session_id, before = self._known.get(talk.guid, ("", ""))
            session, fate = self._session(talk, session_id), TalkFate.CHANGED
            if before == _digest(talk):
                fate = TalkFate.SAME
            elif session is None:
                fate = TalkFate.REMOVED if session_id else TalkFate.NEW
            changes = fate in (TalkFate.NEW, TalkFate.CHANGED)
            fault = self._room(talk)[1] if changes else None
            yield TalkLine(talk.title, talk.starts_at, talk.room, fate, str(fault or ""))
        for _guid, gone in self._gone({talk.guid for talk in talks}):
            yield TalkLine(gone.title, gone.starts_at, gone.room, TalkFate.OFF)

    def bring_all(self, talks: Sequence[Talk]) -> None:
        """Bring the programme to a schedule."""
        for talk in talks:
            self._bring(talk)
        self._call_off({talk.guid for talk in talks})

    def _read(self) -> None:
        programme: Programme = read_programme(self._steps.store, self._asked, self._event_id)
        self._sessions = {each.id: each for each in programme.sessions}
        self._speakers = {fold(each.name): each.id for each in programme.speakers}
        self._rooms = {fold(each.name): each.id for each in programme.rooms}

    def _bring(self, talk: Talk) -> None:
        """Bring one session in, where it is otherwise than when it was read last."""
        digest = _digest(talk)
        session_id, before = self._known.get(talk.guid, ("", ""))
        if before == digest:
            return
        faults: list[Message] = []
        try:
            session = self._session(talk, session_id)
            if session_id and session is None:
                return  # removed here
            self._put(talk, session, faults)
            self.changed += 1
        except StoreError:
            raise
        except EventDeskError as error:
            faults.append(error.whole)
        service = self._source.service
        with self._steps.write() as act:
            if talk.guid in self._known:
                # A file is read again once what did not fit is mended; a service is asked for it.
                read = digest if service is not None or not faults else ""
                self._known[talk.guid] = self._known[talk.guid][0], read
                put_setting(act.connection, self._source.key, json.dumps(self._known))
            if service is not None:
                note_faults(act, service, talk.title or talk.guid, faults)
        if fault := together(faults):
            self.faults[talk.title or talk.guid] = fault

    def _session(self, talk: Talk, session_id: str) -> Session | None:
        """The session that a talk is: the known one, else one of its id, or of title and time."""
        with suppress(ValueError):
            found = self._sessions.get(UUID(session_id or talk.guid))
            if found is not None or session_id:
                return found
        alike = fold(talk.title), talk.starts_at
        return next(
            (
                each
                for each in self._sessions.values()
                if (fold(each.title), each.starts_at) == alike
            ),
            None,
        )

    def _put(self, talk: Talk, session: Session | None, faults: list[Message]) -> None:
        """Add a session, or change it; what schedules do not know of stays."""
        room_id, fault = self._room(talk)
        faults += [] if fault is None else [fault]
        new = NewSession(
            talk.title[:MAX_NAME],
            talk.starts_at,
            talk.ends_at,
            room_id,
            talk.description[:MAX_DESCRIPTION],
            (talk.track[:MAX_NAME],) if talk.track else (),
            session.capacity if session else None,
            session.sign_up if session else False,
            [self._speaker(each) for each in talk.persons],
        )
        store = self._steps.store
        if session is None:
            saved = add_session(store, self._asked, self._event_id, new)
            self._sessions[saved.session.id] = saved.session
            session_id = saved.session.id
        else:
            session_id = session.id
            change_session(store, self._asked, session_id, new)
            if self._known.get(talk.guid, ("", ""))[1] == GONE and session.cancelled_at:
                restore_session(store, self._asked, session_id)
        self._known[talk.guid] = str(session_id), ""

    def _room(self, talk: Talk) -> tuple[UUID | None, Message | None]:
        """The room of a session, and that it is not here."""
        room_id = self._rooms.get(fold(talk.room)) if talk.room else None
        if not talk.room or room_id is not None:
            return room_id, None
        return None, msg("There is no room {room} here.", room=plain(talk.room, limit=60))

    def _speaker(self, person: Person) -> UUID:
        """The speaker of a name, added where there is none."""
        name = person.name[:MAX_NAME]
        if fold(name) not in self._speakers:
            new = NewSpeaker(name, biography=person.biography[:MAX_DESCRIPTION])
            added = add_speaker(self._steps.store, self._asked, self._event_id, new)
            self._speakers[fold(name)] = added.id
        return self._speakers[fold(name)]

    def _gone(self, guids: Collection[str]) -> Iterator[tuple[str, Session]]:
        """The sessions to come that the schedule has no more, by their guids."""
        for guid, (session_id, before) in list(self._known.items()):
            session = self._sessions.get(UUID(session_id))
            if guid in guids or before == GONE or session is None:
                continue
            if session.cancelled_at is None and session.starts_at > self._steps.now:
                yield guid, session

    def _call_off(self, guids: Collection[str]) -> None:
        """Call off the sessions to come that the schedule has no more."""
        reason = in_english(msg("It is no longer in the programme."))
        for guid, session in self._gone(guids):
            cancel_session(self._steps.store, self._asked, session.id, reason=reason)
            self.changed += 1
            self._known[guid] = str(session.id), GONE
            with self._steps.write() as act:
                put_setting(act.connection, self._source.key, json.dumps(self._known))


@dataclass(frozen=True, slots=True)
class ScheduleAgain:
    """Reads a schedule again because somebody says so of what did not fit."""

    kind: str = "pretalx"
    service: str = "pretalx"
    patience: timedelta = timedelta(days=1)
    at_once: int = 50

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Read the whole schedule once for all.

        Raises:
            ServiceSilentError: It cannot be reached.
        """
        steps = Steps(store, SYSTEM)
        with ScheduleLine(service.values) as line:
            talks = line.page("", "").talks or []
        names = {str(job.payload.get("type", "")) for job in jobs}
        _forget(
            steps, Source.of(steps, service), {each.guid for each in talks if each.title in names}
        )
        faults = bring_all(steps, service, talks).faults
        for job in jobs:
            fault = faults.get(str(job.payload.get("type", "")))
            told(job.id, Sent() if fault is None else Failed(fault))


AGAIN: Final = ScheduleAgain()


def _forget(steps: Steps, source: Source, guids: Collection[str]) -> None:
    """Forget what was read of some sessions, so that they are read again."""
    known = source.known(steps)
    again = {guid: (each[0], "" if guid in guids else each[1]) for guid, each in known.items()}
    with steps.write() as act:
        put_setting(act.connection, source.key, json.dumps(again))


def _digest(talk: Talk) -> str:
    return hashlib.sha256(repr(talk).encode(errors="replace")).hexdigest()[:16]
