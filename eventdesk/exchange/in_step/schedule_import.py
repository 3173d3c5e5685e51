"""A programme from a file: schedule.xml or JSON, shown first, and brought in as from an address.

What was read of each session is kept with the event: the same file again changes nothing, and a
newer one what changed in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

from eventdesk.acts import Permission, Steps, need_readable, steps
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import Message, _, msg
from eventdesk.exchange.in_step.talks import Bringing, Source, TalkFate, TalkLine, is_another
from eventdesk.integrations.pretalx.line import MAX_BYTES
from eventdesk.integrations.pretalx.reading import read_schedule
from eventdesk.integrations.pretalx.talk import Talk

FATE_WORDS: Final[Mapping[TalkFate, Message]] = {
    TalkFate.NEW: msg("new"),
    TalkFate.CHANGED: msg("changes"),
    TalkFate.SAME: msg("as it was"),
    TalkFate.REMOVED: msg("removed here"),
    TalkFate.OFF: msg("called off"),
}
"""What people read of a session."""


@dataclass(frozen=True, slots=True)
class ScheduleReport:
    """The sessions of a file, what became of each, and whether they were brought in."""

    lines: Sequence[TalkLine]
    done: bool

    def count(self, fate: TalkFate) -> int:
        """How many sessions came to this."""
        return sum(line.fate is fate for line in self.lines)

    @property
    def sentence(self) -> str:
        """What became of them, or would."""
        counts = {
            "new": self.count(TalkFate.NEW),
            "changed": self.count(TalkFate.CHANGED),
            "off": self.count(TalkFate.OFF),
            "faults": sum(bool(line.fault) for line in self.lines),
        }
        if self.done:
            return _(
                "New: {new}, changed: {changed}, called off: {off}. What does not fit: {faults}.",
                **counts,
            )
        return _(
            "New: {new}, would change: {changed}, would be called off: {off}. What does not fit: "
            "{faults}.",
            **counts,
        )


@steps(Permission.PROGRAMME, local=True, about="event_id")
def preview_schedule(steps: Steps, event_id: UUID, path: Path) -> ScheduleReport:
    """Say what bringing a schedule from a file in would do; nothing is changed.

    Raises:
        InvalidInputError: It is no schedule.
    """
    bringing, talks = _opened(steps, event_id, path)
    return ScheduleReport(list(bringing.lines(talks)), done=False)


@steps(Permission.PROGRAMME, local=True, about="event_id")
def import_schedule(steps: Steps, event_id: UUID, path: Path) -> ScheduleReport:
    """Bring the programme of an event to a schedule in a file.

    Sessions of the file before that are no longer in it are called off, unless none of them is:
    then it is another schedule, which comes beside that one.

    Raises:
        InvalidInputError: It is no schedule; nothing was changed.
    """
    bringing, talks = _opened(steps, event_id, path)
    lines = list(bringing.lines(talks))
    bringing.bring_all(talks)
    found = {title: str(fault) for title, fault in bringing.faults.items()}
    return ScheduleReport([replace(each, fault=found.get(each.title, "")) for each in lines], True)


def _opened(steps: Steps, event_id: UUID, path: Path) -> tuple[Bringing, list[Talk]]:
    """Read a file, and make ready to bring it in."""
    with steps.read() as act:
        act.need(event_id, Permission.PROGRAMME)
        need_readable(act, path)
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise InvalidInputError(
                msg("{name} is no file, or too large.", name=path.name), hint=msg("Check the path.")
            )
        talks = read_schedule(path.read_bytes())
    except OSError as error:
        raise InvalidInputError(
            msg("{path} cannot be read: {strerror}.", path=path, strerror=error.strerror or error),
            hint=msg("Check the path."),
        ) from error
    # The name ends as those of all settings that go with their event.
    source = Source(event_id, f"schedule_file/{event_id}", steps.asked)
    known = source.known(steps)
    return Bringing(steps, source, {} if is_another(known, talks) else known), talks
