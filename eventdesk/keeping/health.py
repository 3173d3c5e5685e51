"""How the house is, for who looks from elsewhere: what the doctor finds by the store alone."""

from typing import Final

from eventdesk.acts import Permission, ReadingSteps, reads_in_steps
from eventdesk.core.settings import Settings
from eventdesk.keeping.examination import Finding, Patient, findings_on

FROM_ELSEWHERE: Final = (
    "log",
    "keys",
    "https",
    "files",
    "backups",
    "disk",
    "clock",
    "services",
    "event",
)
"""Subjects that take neither long nor a camera, a printer or a terminal."""


@reads_in_steps(Permission.INSTALLATION)
def house_health(steps: ReadingSteps) -> list[Finding]:
    """Examine the house that serves; it changes nothing."""
    with steps.read() as act:
        act.need(None, Permission.INSTALLATION)
        now = act.now
    patient = Patient(Settings(home=steps.store.home), steps.store, now)
    return [finding for subject in FROM_ELSEWHERE for finding in findings_on(subject, patient)]
