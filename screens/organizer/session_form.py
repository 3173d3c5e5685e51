"""The form of a session, which says while one types what would be at odds."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from textual import on
from textual.widgets import Static

from eventdesk.core.fields import filled
from eventdesk.core.ids import new_id
from eventdesk.core.plain_text import plain
from eventdesk.programme.programme import SESSION, NewSession, Programme, SessionSaved
from eventdesk.programme.session import Conflict, Session, conflicts
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import Field, Form, TextField
from screens.widgets.form.entity_fields import entity_fields


class SessionDialog(FormDialog[SessionSaved]):
    """Asks for a session and warns of conflicts at once; they do not forbid anything.

    Args:
        programme: What else there is.
        session: The one to be changed; None for a new one.
        save: Writes it.
        starts_at: Proposed for a new one.
        ends_at: Proposed for a new one.
    """

    DEFAULT_CSS = """
    SessionDialog {
        & .conflicts { display: none; width: 100%; max-height: 4; margin: 0; color: $warning; }
        & .conflicts.-some { display: block; }
    }
    """

    def __init__(
        self,
        programme: Programme,
        session: Session | None,
        save: Callable[[NewSession], Awaitable[SessionSaved]],
        *,
        starts_at: datetime,
        ends_at: datetime,
    ) -> None:
        self.programme, self.session, self.save = programme, session, save
        self.rooms = {room.id: room for room in programme.rooms}
        self.names = {speaker.id: speaker.name for speaker in programme.speakers}
        super().__init__(
            "Change a session" if session else "A new session",
            _fields(programme, session, starts_at, ends_at),
            self._save,
            confirm="Save" if session else "Add",
        )

    def on_mount(self) -> None:
        """Put the warnings between the form and the buttons."""
        warnings = Static("", classes="conflicts", markup=False)
        self.query_one(".form-dialog").mount(warnings, after=self.form)
        self.call_after_refresh(self.warn)

    @on(Form.Changed)
    def warn(self) -> None:
        """Say what would be at odds with what is typed."""
        typed = self._typed()
        found: tuple[Conflict, ...] = ()
        if typed is not None:
            found = conflicts(typed, self.programme.sessions, self.rooms, self.programme.event)
        for warnings in self.query(".conflicts").results(Static):
            warnings.update("\n".join(f"! {plain(one.text)}" for one in found))
            warnings.set_class(bool(found), "-some")
            # Its height is known only when it has been laid out.
            warnings.call_after_refresh(self.call_after_refresh, self._fit)

    def _typed(self) -> Session | None:
        """The session as it is being typed; None while its times are not known."""
        values = self.form.values
        if values["starts_at"] is None or values["ends_at"] is None:
            return None
        room = self.rooms.get(values["room_id"]) if values.get("room_id") else None
        before = self.session
        return Session(
            before.id if before else new_id(),
            values["title"] or "",
            values["starts_at"],
            values["ends_at"],
            room.id if room else None,
            room.name if room else "",
            capacity=values["capacity"],
            taken=before.taken if before else 0,
            cancelled_at=before.cancelled_at if before else None,
            speakers=tuple((one, self.names[one]) for one in values.get("speaker_ids", ())),
        )

    async def _save(self, values: dict[str, Any]) -> SessionSaved:
        typed = {**values, "tags": values["tags"].split(",")}
        typed["speaker_ids"] = _in_order(values.get("speaker_ids", ()), self.session)
        base = NewSession("", values["starts_at"], values["ends_at"])
        return await self.save(filled(SESSION, base, typed))


def _fields(
    programme: Programme, session: Session | None, starts_at: datetime, ends_at: datetime
) -> list[Field[Any]]:
    one = NewSession.like(session) if session else NewSession("", starts_at, ends_at)
    fields = entity_fields(
        SESSION,
        one,
        zone=programme.event.time_zone,
        offers={
            "room_id": [(room.id, room.name) for room in programme.rooms],
            "speaker_ids": [(speaker.id, speaker.name) for speaker in programme.speakers],
        },
    )
    tags = TextField("tags", "Tags", value=", ".join(one.tags), help="Apart by commas.")
    at = next(place for place, each in enumerate(fields) if each.key == "sign_up")
    return [*fields[:at], tags, *fields[at:]]


def _in_order(chosen: tuple[UUID, ...], before: Session | None) -> tuple[UUID, ...]:
    """Keep the order in which speakers were announced; new ones come after them."""
    announced = [speaker_id for speaker_id, _name in before.speakers] if before else []
    kept = [one for one in announced if one in chosen]
    return (*kept, *(one for one in chosen if one not in kept))
