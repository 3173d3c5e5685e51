"""The form of a session, which says while one types what would be at odds."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from textual import on
from textual.widgets import Static

from eventdesk.core.ids import new_id
from eventdesk.core.plain_text import plain
from eventdesk.programme.programme import NewSession, Programme, SessionSaved
from eventdesk.programme.session import Conflict, Session, conflicts
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import (
    ChoiceField,
    Field,
    Form,
    MomentField,
    NoteField,
    NumberField,
    SeveralField,
    TextField,
    YesNoField,
)

MAX_PEOPLE = 1_000_000


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
        if values["starts"] is None or values["ends"] is None:
            return None
        room = self.rooms.get(values["room"]) if values.get("room") else None
        before = self.session
        return Session(
            before.id if before else new_id(),
            values["title"] or "",
            values["starts"],
            values["ends"],
            room.id if room else None,
            room.name if room else "",
            capacity=values["capacity"],
            taken=before.taken if before else 0,
            cancelled_at=before.cancelled_at if before else None,
            speakers=tuple((one, self.names[one]) for one in values.get("speakers", ())),
        )

    async def _save(self, values: dict[str, Any]) -> SessionSaved:
        return await self.save(
            NewSession(
                values["title"],
                values["starts"],
                values["ends"],
                values.get("room"),
                values["description"],
                values["tags"].split(","),
                values["capacity"],
                values["sign_up"],
                _in_order(values.get("speakers", ()), self.session),
            )
        )


def _fields(
    programme: Programme, session: Session | None, starts_at: datetime, ends_at: datetime
) -> list[Field[Any]]:
    zone = programme.event.time_zone
    one = session or Session(new_id(), "", starts_at, ends_at)
    rooms = [(None, "no room"), *((room.id, room.name) for room in programme.rooms)]
    fields: list[Field[Any]] = [
        TextField("title", "Title", value=one.title, required=True),
        MomentField("starts", "Begins", zone=zone, value=one.starts_at, required=True),
        MomentField("ends", "Ends", zone=zone, value=one.ends_at, required=True),
    ]
    if programme.rooms:
        fields.append(ChoiceField("room", "Room", rooms, value=one.room_id))
    if programme.speakers:
        chosen = [speaker_id for speaker_id, _name in one.speakers]
        names = [(speaker.id, speaker.name) for speaker in programme.speakers]
        fields.append(SeveralField("speakers", "Speakers", names, value=chosen))
    return [
        *fields,
        TextField("tags", "Tags", value=", ".join(one.tags), help="Apart by commas."),
        YesNoField("sign_up", "People sign up", value=one.sign_up),
        NumberField("capacity", "Most people", value=one.capacity, least=1, most=MAX_PEOPLE),
        NoteField("description", "Description", value=one.description, height=4),
    ]


def _in_order(chosen: tuple[UUID, ...], before: Session | None) -> tuple[UUID, ...]:
    """Keep the order in which speakers were announced; new ones come after them."""
    announced = [speaker_id for speaker_id, _name in before.speakers] if before else []
    kept = [one for one in announced if one in chosen]
    return (*kept, *(one for one in chosen if one not in kept))
