"""The speakers of an event."""

from typing import Any
from uuid import UUID

from eventdesk.core.fields import filled, like
from eventdesk.programme.programme import Programme
from eventdesk.programme.speakers import (
    SPEAKER,
    NewSpeaker,
    add_speaker,
    change_speaker,
    remove_speaker,
)
from screens.modals.form_dialog import FormDialog
from screens.organizer.parts_of_programme import ProgrammeList
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line


class SpeakersList(ProgrammeList):
    """Lists who speaks, and in how many sessions."""

    COLUMNS = (
        Column("Name"),
        Column("Organization", least=60),
        Column("E-mail", least=90),
        Column("Sessions", 8, right=True),
    )
    EMPTY = "No speakers yet. Press N to add the first."
    REMOVE = "A speaker who speaks in a session is taken out of it first."

    def lines(self, programme: Programme) -> list[Line]:
        """All speakers by name."""
        return [
            Line(one.id, (one.name, one.organization, one.email, str(one.sessions)))
            for one in programme.speakers
        ]

    def ask(self, programme: Programme, key: UUID | None) -> FormDialog[Any] | None:
        """Make the form of a speaker."""
        speaker = next((one for one in programme.speakers if one.id == key), None)
        if key is not None and speaker is None:
            return None
        one = NewSpeaker("") if speaker is None else like(NewSpeaker, speaker)

        async def save(values: dict[str, Any]) -> bool:
            new = filled(SPEAKER, one, values)
            write = self.tools.desk.write
            if speaker is None:
                await write(add_speaker, self.actor, self.event_id, new)
            else:
                await write(change_speaker, self.actor, speaker.id, new)
            return True

        fields = entity_fields(SPEAKER, one)
        return FormDialog("A speaker", fields, save, confirm="Save" if speaker else "Add")

    async def take_away(self, key: UUID) -> None:
        """Remove a speaker."""
        await self.tools.desk.write(remove_speaker, self.actor, key)
