"""The dialogs about personal data of an event: when they go, and erasing them now."""

from typing import Any
from uuid import UUID

from eventdesk.acts import Actor
from eventdesk.core.formats import listed
from eventdesk.core.messages import _
from eventdesk.core.plain_text import plain
from eventdesk.keeping import (
    MAX_DAYS,
    ErasurePreview,
    PersonalDataHeld,
    erase_event,
    keep_personal_data,
    preview_event_erasure,
)
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import MomentField, NumberField, TextField


async def days_dialog(tools: Tools, actor: Actor, event_id: UUID) -> FormDialog[PersonalDataHeld]:
    """Ask how many days after the event its personal data go, or until when that is put off."""
    held = (await tools.desk.read(preview_event_erasure, actor, event_id)).held

    async def save(values: dict[str, Any]) -> PersonalDataHeld:
        return await tools.desk.write(
            keep_personal_data,
            actor,
            event_id,
            days=values["days"],
            not_before=values["not_before"],
        )

    return FormDialog(
        _("When personal data go"),
        [
            NumberField(
                "days",
                _("Days after the end"),
                value=held.days,
                most=MAX_DAYS,
                help=_("0 to {most}; empty keeps them until somebody erases them.", most=MAX_DAYS),
            ),
            MomentField(
                "not_before",
                _("Put off until"),
                value=held.not_before,
                zone=held.time_zone,
                help=_("Empty does not put it off."),
            ),
        ],
        save,
        explanation=_(
            "{event}: {held}. Goes: {when}.",
            event=plain(held.name, limit=60),
            held=held.words,
            when=held.when,
        ),
    )


async def erase_event_dialog(
    tools: Tools, actor: Actor, event_id: UUID
) -> FormDialog[PersonalDataHeld]:
    """Ask for the name of the event, after it was said what goes and what stays."""
    preview = await tools.desk.read(preview_event_erasure, actor, event_id)
    held = preview.held

    async def erase(values: dict[str, Any]) -> PersonalDataHeld:
        return await tools.desk.write(erase_event, actor, event_id, typed=values["typed"])

    return FormDialog(
        _("Erase the personal data of {event}?", event=plain(held.name, limit=60)),
        [TextField("typed", _("Type the name of the event"), required=True, max_length=200)],
        erase,
        explanation=_words(preview),
        confirm=_("Erase for ever"),
    )


def _words(preview: ErasurePreview) -> str:
    goes = _(
        "{held}. All of them lose names, addresses and typed answers, and their badges are "
        "deleted. This cannot be taken back.",
        held=preview.held.words,
    )
    stays = listed([plain(kept.what, limit=60) for kept in preview.kept])
    return f"{goes} {_('What stays: {stays}.', stays=stays)}"
