"""Services that events are kept in step with, asked at a pace for what changed.

A reading goes page by page; how far it came is written down behind each page, so that one that was
cut off goes on there. Once a day everything is read anew.
"""

import logging
import time
from typing import Final

from data.house_lock import sending
from eventdesk.acts import SYSTEM, Steps, steps
from eventdesk.core.errors import EventDeskError, ServiceSilentError, StoreError
from eventdesk.core.messages import msg
from eventdesk.exchange.in_step.place import Place, events_erased, forget_places, stale_places
from eventdesk.exchange.in_step.shops import FOLLOWED, Line, bring_page_of, open_line
from eventdesk.services import SetUp, list_services, met_service, services_on

log = logging.getLogger(__name__)

PACE_S: Final = 0.25
"""Between two pages: shops count calls by the minute."""

PAGES: Final = 100
"""Pages of one turn; the others come in the next one, after those of other events."""


@steps(internal=True)
def keep_in_step(steps: Steps) -> int:
    """Bring events in step with the services that are due; returns how much changed.

    One program of a home does it at a time; the others leave it to that one.
    """
    services = _followed(steps)
    changed = 0
    for service in services:
        with sending(steps.store.home, f"in-step-{service.id}") as mine:
            if mine:
                changed += _follow(steps, service)
    _forget(steps)
    return changed


def _followed(steps: Steps) -> list[SetUp]:
    """The services that are followed: not those of events whose people were erased."""
    with steps.read() as act:
        erased = events_erased(act.connection)
    services = services_on(steps.store, SYSTEM, FOLLOWED)
    return [service for service in services if service.event_id not in erased]


def _follow(steps: Steps, service: SetUp) -> int:
    """Bring one event in step, as far as a turn goes."""
    with steps.read() as act:
        place = Place.read(act.connection, service, steps.now)
    if not place.is_due(steps.now):
        return 0
    try:
        with open_line(service) as line:
            place, changed = _read_pages(steps, service, line, place)
    except StoreError:
        raise
    except EventDeskError as error:
        return _rest(steps, service, error)
    except Exception:
        log.exception("What comes from %s met an unexpected error", service.kind)
        unknown = msg("It met an unexpected error; the log says which.")
        return _rest(steps, service, ServiceSilentError(unknown))
    if not place.more:
        _say_in_step(steps, service)
    return changed


def _rest(steps: Steps, service: SetUp, error: EventDeskError) -> int:
    """Write down that a service failed, and leave it alone for a while."""
    with steps.write() as act:
        place = Place.read(act.connection, service, steps.now).resting(error, steps.now)
        place.write(act.connection, service.id)
    met_service(steps.store, SYSTEM.at(steps.now), service.id, trouble=error.whole)
    return 0


def _read_pages(steps: Steps, service: SetUp, line: Line, place: Place) -> tuple[Place, int]:
    """Read pages and bring their orders in, writing the place down behind each."""
    bring, changed = bring_page_of(service), 0
    for number in range(PAGES):
        if number:
            time.sleep(PACE_S)
        page = line.page(place.since, place.more)
        changed += bring(steps, service, page)
        place = place.after(page, steps.now)
        with steps.write() as act:
            place.write(act.connection, service.id)
        if not page.more:
            break
    return place, changed


def _say_in_step(steps: Steps, service: SetUp) -> None:
    """Write down how well it stands, unless what waits to go there has more to say."""
    views = list_services(steps.store, SYSTEM.at(steps.now), event_id=service.event_id)
    view = next((view for view in views if view.id == service.id), None)
    if view is None or (view.waiting and view.rests_until is not None):
        return
    said = msg("In step.")
    if view.failed:
        said = msg(
            "In step. What does not fit: {failed}. Its deliveries say why.", failed=view.failed
        )
    met_service(steps.store, SYSTEM.at(steps.now), service.id, trouble=None, said=said)


def _forget(steps: Steps) -> None:
    """Forget the places of services that were removed; one that is switched off keeps its own."""
    with steps.read() as act:
        stale = stale_places(act.connection)
    if stale:
        with steps.write() as act:
            forget_places(act.connection, stale)
