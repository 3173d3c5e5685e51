"""Taking a programme in from a file: ask for it, show what it would do, and do it."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.core.formats import when
from eventdesk.core.messages import _
from eventdesk.core.tone import Tone
from eventdesk.exchange import (
    FATE_WORDS,
    ScheduleReport,
    TalkFate,
    TalkLine,
    import_schedule,
    preview_schedule,
)
from screens.modals.form_dialog import FormDialog
from screens.money.import_preview import ImportPreview
from screens.organizer.tab import EventPart
from screens.widgets.form import TextField
from screens.widgets.paged_table import Column, Line

_SIGNS: Final[dict[TalkFate, tuple[str, Tone]]] = {
    TalkFate.NEW: ("✓", "good"),
    TalkFate.CHANGED: ("✓", "good"),
    TalkFate.SAME: ("–", "faint"),
    TalkFate.REMOVED: ("–", "faint"),
    TalkFate.OFF: ("✗", "bad"),
}
"""The sign of what becomes of a session, and its tone."""

_DOES: Final = (TalkFate.NEW, TalkFate.CHANGED, TalkFate.OFF)
"""What there is to be done for."""


async def import_programme(part: EventPart) -> ScheduleReport | None:
    """Take a schedule in after a yes; None is given up. Called in a worker of the part."""
    event = part.event

    async def look(values: dict[str, Any]) -> tuple[Path, ScheduleReport]:
        path = Path(values["path"]).expanduser()
        return path, await part.desk.take_steps(preview_schedule, event.id, path)

    dialog = FormDialog(
        _("Programme from a file"),
        [
            TextField(
                "path",
                _("File"),
                required=True,
                help=_("schedule.xml or JSON, as pretalx, frab and others write it."),
            )
        ],
        look,
        explanation=_("What a file before it had and this one has no more is called off."),
        confirm=_("Look at it"),
    )
    looked = await part.app.push_screen_wait(dialog)
    if looked is None:
        return None
    path, report = looked
    if not await part.app.push_screen_wait(_preview(report, event.time_zone)):
        return None
    done = await part.tools.desk.take_steps(import_schedule, part.actor, event.id, path)
    await part.re_read()
    return done


def _preview(report: ScheduleReport, time_zone: str) -> ImportPreview:
    columns = (
        Column("", 14),
        Column(_("When"), 12),
        Column(_("Title")),
        Column(_("Room"), 16, least=90),
    )
    zone = ZoneInfo(time_zone)
    return ImportPreview(
        report.sentence,
        columns,
        [_line(number, line, zone) for number, line in enumerate(report.lines)],
        confirm=_("Take it in"),
        empty=_("The file has no sessions."),
        can_book=any(report.count(fate) for fate in _DOES),
    )


def _line(number: int, line: TalkLine, zone: ZoneInfo) -> Line:
    sign, tone = _SIGNS[line.fate]
    if line.fault:
        sign, tone = "!", "warning"
    at = when(line.starts_at.astimezone(zone), "%d %b %H:%M")
    title = f"{line.title}: {line.fault}" if line.fault else line.title
    cells = f"{sign} {FATE_WORDS[line.fate]}", at, title, line.room
    return Line(UUID(int=number), cells, tone)
