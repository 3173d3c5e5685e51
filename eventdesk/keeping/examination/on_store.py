"""The store: there, whole, and with something in it."""

from collections.abc import Iterator

from data.sqlite.files import problems
from data.store import FILE_NAME
from eventdesk.acts.actor import SYSTEM
from eventdesk.events.events import list_events
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop
from eventdesk.keeping.progress import gone_back


def look(patient: Patient) -> Iterator[Finding]:
    """Check the file from beginning to end."""
    if patient.store is None:
        if (patient.settings.home / FILE_NAME).exists():
            return  # why it cannot be opened stands above
        yield care(
            "store",
            f"none in {patient.settings.home} yet",
            "Make one: eventdesk init; or try it out: eventdesk demo --size 500",
        )
        return
    path = patient.store.path
    found = problems(path)
    if found:
        yield stop("store", f"{path}: {found[0]}", "Bring back a backup: eventdesk restore")
        return
    lost = gone_back(patient.store)
    if lost is not None:
        yield stop("store", f"it went back: {lost.sentence}", lost.advice)
        return
    events = list_events(patient.store, SYSTEM.at(patient.now))
    tickets = sum(event.tickets for event in events)
    yield good("store", f"{path} is whole: {len(events)} events, {tickets:,} tickets")
