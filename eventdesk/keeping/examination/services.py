"""What the doctor finds of services outside: how each was met last, without asking it again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from eventdesk.acts import SYSTEM
from eventdesk.core.formats import when
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.keeping.examination.finding import Finding, Patient, care, good
from eventdesk.keeping.replica import replica_state
from eventdesk.services import ServiceHealth, ServiceView, switched_on_services

BEHIND: Final = timedelta(minutes=3)
"""A replica that was not up to date for so long is told of."""


def look_at_services(patient: Patient) -> Iterator[Finding]:
    """One line for each that is in trouble, and one for all others."""
    store = patient.store
    services = [] if store is None else switched_on_services(store, SYSTEM.at(patient.now))
    for each in services:
        if each.health is ServiceHealth.TROUBLE:
            yield _trouble(each)
        elif each.failed:
            yield care(
                _n(
                    "{name} would not take {count} delivery",
                    "{name} would not take {count} deliveries",
                    each.failed,
                    name=_called(each),
                ),
                _("See its deliveries under Services, mend the cause, and send them again."),
            )
    yield from _replica(patient)
    fine = sum(each.health is not ServiceHealth.TROUBLE and not each.failed for each in services)
    if not services:
        yield good(_("none is set up"))
    elif fine:
        yield good(_n("{count} without trouble", "{count} without trouble", fine))


def _replica(patient: Patient) -> Iterator[Finding]:
    """How the replica stands, where there ever was one."""
    state = replica_state(patient.settings.home)
    if state is None:
        return
    stands = _("the replica was never up to date")
    if state.at is not None:
        at = when(state.at, "%Y-%m-%d %H:%M:%S")
        stands = _("the replica stands at {at} UTC", at=at)
    if state.trouble:
        said = plain(state.trouble.rstrip("."), limit=200)
        told = _("{stands}: {said}", stands=stands, said=said)
        yield care(told, _("It is tried again by itself while eventdesk replicate runs."))
    elif state.at is None or patient.now - state.at > BEHIND:
        more = _("Start it again: eventdesk replicate. Or delete the folder replica of the home.")
        yield care(stands, more)
    else:
        yield good(stands)


def _trouble(service: ServiceView) -> Finding:
    since = service.failing_since
    said = plain(service.health_text.rstrip("."), limit=200)
    text = f"{_called(service)}: {said}"
    if since is not None:
        text = _("{text} (since {at} UTC)", text=text, at=when(since, "%Y-%m-%d %H:%M"))
    if service.waiting:
        text = _("{text}; {count} wait", text=text, count=service.waiting)
    return care(text, _("It is tried again by itself; nothing is lost. Test it under Services."))


def _called(service: ServiceView) -> str:
    return plain(f"{service.title} {service.name}".strip(), limit=60)
