"""The doctor: examines what the doors need, and says what to do. It changes nothing."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

from data.store import FILE_NAME, Store
from eventdesk.acts import ReadingSteps, reads_in_steps
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message, _, msg_p
from eventdesk.core.settings import Settings
from eventdesk.door import Tone
from eventdesk.keeping.examination import doors, home, machine, services
from eventdesk.keeping.examination.finding import Examination, Finding, Patient, Terminal, stop

__all__ = [
    "SUBJECTS",
    "SUBJECT_NAMES",
    "Finding",
    "Patient",
    "Terminal",
    "examine",
    "examine_one",
    "worst",
]

log = logging.getLogger(__name__)

EXAMINATIONS: Final[Mapping[str, Examination]] = {
    "python": machine.look_at_python,
    "sqlite": machine.look_at_sqlite,
    "store": home.look_at_store,
    "log": home.look_at_log,
    "keys": home.look_at_keys,
    "https": home.look_at_authority,
    "files": home.look_at_files,
    "backups": home.look_at_backups,
    "disk": machine.look_at_disk,
    "clock": machine.look_at_clock,
    "decoder": machine.look_at_decoder,
    "camera": machine.look_at_camera,
    "printers": doors.look_at_printers,
    "services": services.look_at_services,
    "fonts": machine.look_at_fonts,
    "terminal": machine.look_at_terminal,
    "event": doors.look_at_event,
}

SUBJECTS: Final = tuple(EXAMINATIONS)
"""The subjects, in their order."""

SUBJECT_NAMES: Final[Mapping[str, Message]] = {
    "python": msg_p("doctor", "python"),
    "sqlite": msg_p("doctor", "sqlite"),
    "store": msg_p("doctor", "store"),
    "log": msg_p("doctor", "log"),
    "keys": msg_p("doctor", "keys"),
    "https": msg_p("doctor", "https"),
    "files": msg_p("doctor", "files"),
    "backups": msg_p("doctor", "backups"),
    "disk": msg_p("doctor", "disk"),
    "clock": msg_p("doctor", "clock"),
    "decoder": msg_p("doctor", "decoder"),
    "camera": msg_p("doctor", "camera"),
    "printers": msg_p("doctor", "printers"),
    "services": msg_p("doctor", "services"),
    "fonts": msg_p("doctor", "fonts"),
    "terminal": msg_p("doctor", "terminal"),
    "event": msg_p("doctor", "event"),
}
"""What people read for a subject."""


def examine(
    settings: Settings,
    *,
    event: str = "",
    print_test: bool = False,
    only: tuple[str, ...] = SUBJECTS,
    terminal: Terminal | None = None,
) -> Iterator[Finding]:
    """Examine subjects in turn.

    Args:
        event: Code, id or name of the event; "" is the next one.
        terminal: None is this process's.
    """
    with ExitStack() as open_store:
        store: Store | None = None
        try:
            if (settings.home / FILE_NAME).exists():
                store = open_store.enter_context(Store(settings.home))
        except EventDeskError as error:
            yield replace(stop(str(error), error.hint), subject="store")
        patient = Patient(
            settings, store, utc_now(), event, print_test, terminal or Terminal.here()
        )
        for subject in only:
            yield from findings_on(subject, patient)


@reads_in_steps(local=True)
def examine_one(
    steps: ReadingSteps, settings: Settings, subject: str, *, terminal: Terminal
) -> list[Finding]:
    """Examine one subject of an open store."""
    patient = Patient(settings, steps.store, steps.now, terminal=terminal)
    return list(findings_on(subject, patient))


def findings_on(subject: str, patient: Patient) -> Iterator[Finding]:
    """Examine one subject; an error becomes a finding."""
    try:
        for finding in EXAMINATIONS[subject](patient):
            yield replace(finding, subject=subject)
        return
    except EventDeskError as error:
        broken = stop(str(error), error.hint or _("Examine it again."))
    except Exception as error:
        log.info("The examination of %s broke", subject, exc_info=True)
        broken = stop(
            _("the examination itself broke: {error}", error=error),
            _("Tell whoever keeps this machine; the log has the rest."),
        )
    yield replace(broken, subject=subject)


def worst(findings: list[Finding]) -> Tone:
    """The worst tone."""
    tones = {finding.tone for finding in findings}
    return next((tone for tone in (Tone.STOP, Tone.CARE) if tone in tones), Tone.GOOD)
