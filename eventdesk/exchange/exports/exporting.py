"""Writing lists into files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from data.store import Store
from eventdesk.acts import (
    EXPORTED,
    Act,
    Actor,
    ActorKind,
    Asked,
    Permission,
    Steps,
    event_row,
    place_for,
    steps,
)
from eventdesk.core.errors import InvalidInputError
from eventdesk.exchange.exports import (
    lists as event_lists,
)
from eventdesk.exchange.exports import (
    lists as ticket_lists,
)
from eventdesk.exchange.exports import (
    lists as transactions,
)
from eventdesk.exchange.exports.lists import Rows
from eventdesk.tables.files import Form, free_path, save_table


class Listing(StrEnum):
    """What can be exported."""

    ATTENDEES = "attendees"
    BOOKINGS = "bookings"
    SCANS = "scans"
    WAITLIST = "waitlist"
    QUEUE = "queue"
    PAYMENTS = "payments"
    TRANSACTIONS = "transactions"
    SESSIONS = "sessions"
    EVENTS = "events"


TITLES: Final[Mapping[Listing, str]] = {
    Listing.ATTENDEES: "Attendees",
    Listing.BOOKINGS: "Bookings",
    Listing.SCANS: "Check-ins",
    Listing.WAITLIST: "Waitlist",
    Listing.QUEUE: "Requests",
    Listing.PAYMENTS: "Payments",
    Listing.TRANSACTIONS: "Transactions",
    Listing.SESSIONS: "Sessions",
    Listing.EVENTS: "Events",
}
"""How people call the lists, in the order in which they are offered."""

_OF_TICKETS: Final = {
    Listing.ATTENDEES: ticket_lists.attendees,
    Listing.BOOKINGS: ticket_lists.bookings,
    Listing.SCANS: event_lists.scans,
    Listing.WAITLIST: event_lists.waitlist,
    Listing.QUEUE: transactions.requests,
}

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """A list that was written.

    Attributes:
        path: The file.
        rows: How many rows are in it.
        is_kept: Whether it lies among the exports of the home.
    """

    path: Path
    rows: int
    is_kept: bool = False


@steps(Permission.TICKETS, about="event_id")
def export_tickets(
    steps: Steps,
    listing: Listing,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the attendees, bookings, check-ins or waitlist of an event into a file.

    The list is as it is at this instant, and taken row by row.

    Args:
        listing: Which list.
        form: How it is written.
        event_id: The event.
        path: Where, as `place_for` lets this actor; None is the home's folder for exports.
        overwrite: Whether a file that is there is replaced.
        on_progress: Told how many rows are written.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: It cannot be written, or is no list of tickets.
    """
    with steps.read() as act:
        act.need(event_id, Permission.TICKETS)
        if listing not in _OF_TICKETS:
            raise InvalidInputError(f"{TITLES[listing]} are no list of tickets.")
        event = event_row(act.connection, event_id)
        rows = _OF_TICKETS[listing](act, event)
        place = place_for(act, act.store.home, path, overwrite=overwrite)
        done = _written(steps, rows, listing, form, event, place, overwrite, on_progress)
    _note(steps, listing, done, event_id)
    return done


@steps(Permission.MONEY, about="event_id")
def export_payments(
    steps: Steps,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the payments and refunds of an event into a file; as `export_tickets`.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: It cannot be written.
    """
    return _export_one(
        steps,
        Listing.PAYMENTS,
        Permission.MONEY,
        ticket_lists.payments,
        form,
        event_id,
        path,
        overwrite,
        on_progress,
    )


@steps(Permission.MONEY, about="event_id")
def export_transactions(
    steps: Steps,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write payments, refunds and decided requests of an event into a file; as `export_tickets`.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: It cannot be written.
    """
    return _export_one(
        steps,
        Listing.TRANSACTIONS,
        Permission.MONEY,
        transactions.transactions,
        form,
        event_id,
        path,
        overwrite,
        on_progress,
    )


@steps(Permission.PROGRAMME, about="event_id")
def export_sessions(
    steps: Steps,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the sessions of an event into a file; as `export_tickets`.

    Raises:
        NotFoundError: There is no such event.
        InvalidInputError: It cannot be written.
    """
    return _export_one(
        steps,
        Listing.SESSIONS,
        Permission.PROGRAMME,
        event_lists.sessions,
        form,
        event_id,
        path,
        overwrite,
        on_progress,
    )


@steps(Permission.ATTEND)
def export_events(
    steps: Steps,
    form: Form,
    *,
    path: Path | None = None,
    overwrite: bool = False,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the events whose team the actor is in into a file; for an admin, all events.

    Raises:
        InvalidInputError: It cannot be written.
    """
    with steps.read() as act:
        act.need(None, Permission.ATTEND)
        everything = act.actor.kind is not ActorKind.ACCOUNT or act.actor.may(
            Permission.INSTALLATION
        )
        if everything:
            act.need(None, Permission.INSTALLATION)
        rows = event_lists.events(act, None if everything else act.actor.id)
        place = place_for(act, act.store.home, path, overwrite=overwrite)
        done = _written(steps, rows, Listing.EVENTS, form, None, place, overwrite, on_progress)
    _note(steps, Listing.EVENTS, done, None)
    return done


def _export_one(
    steps: Steps,
    listing: Listing,
    permission: Permission,
    read: Callable[[Act, Any], Rows],
    form: Form,
    event_id: UUID,
    path: Path | None,
    overwrite: bool,
    on_progress: Progress,
) -> Exported:
    with steps.read() as act:
        act.need(event_id, permission)
        event = event_row(act.connection, event_id)
        rows = read(act, event)
        place = place_for(act, act.store.home, path, overwrite=overwrite)
        done = _written(steps, rows, listing, form, event, place, overwrite, on_progress)
    _note(steps, listing, done, event_id)
    return done


def _written(
    steps: Steps,
    rows: Rows,
    listing: Listing,
    form: Form,
    event: Any,
    path: Path | None,
    overwrite: bool,
    on_progress: Progress,
) -> Exported:
    title = TITLES[listing]
    is_kept = path is None
    if path is None:
        stem = (
            f"{event.name} {title} {steps.now:%Y-%m-%d}"
            if event
            else f"{title} {steps.now:%Y-%m-%d}"
        )
        path = free_path(steps.store.home, stem, form)
    heading, lines = rows
    count = save_table(
        path, form, heading, lines, title=title, overwrite=overwrite, on_progress=on_progress
    )
    return Exported(path, count, is_kept)


def _note(steps: Steps, listing: Listing, done: Exported, event_id: UUID | None) -> None:
    """Write down that personal data or money left the house."""
    with steps.write() as act:
        act.record(
            EXPORTED,
            ("event", event_id),
            event_id=event_id,
            list=listing,
            file=done.path.name,
            rows=done.rows,
            **{"needs": LISTINGS[listing].permission} if done.is_kept else {},
        )


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list that can be exported.

    Attributes:
        title: As people call it.
        permission: What its use case asks for.
    """

    listing: Listing
    title: str
    permission: Permission

    def write(
        self,
        store: Store,
        actor: Actor | Asked,
        form: Form,
        *,
        event_id: UUID | None,
        path: Path | None = None,
        overwrite: bool = False,
        on_progress: Progress = lambda done: None,
    ) -> Exported:
        """Write the list into a file, with the use case that is for it.

        Only the list of events is of no event.

        Raises:
            NotAllowedError: The actor may not take this list out.
            NotFoundError: There is no such event.
            InvalidInputError: It cannot be written.
        """
        given: dict[str, Any] = {"path": path, "overwrite": overwrite, "on_progress": on_progress}
        if event_id is None:
            if self.listing is not Listing.EVENTS:
                raise InvalidInputError(f"{self.title} are those of an event.")
            return export_events(store, actor, form, **given)
        match self.listing:
            case Listing.EVENTS:
                return export_events(store, actor, form, **given)
            case Listing.PAYMENTS:
                return export_payments(store, actor, form, event_id=event_id, **given)
            case Listing.TRANSACTIONS:
                return export_transactions(store, actor, form, event_id=event_id, **given)
            case Listing.SESSIONS:
                return export_sessions(store, actor, form, event_id=event_id, **given)
            case _:
                return export_tickets(store, actor, self.listing, form, event_id=event_id, **given)


_OTHER_NEEDS: Final = {
    Listing.PAYMENTS: Permission.MONEY,
    Listing.TRANSACTIONS: Permission.MONEY,
    Listing.SESSIONS: Permission.PROGRAMME,
    Listing.EVENTS: Permission.ATTEND,
}

LISTINGS: Final[Mapping[Listing, ListSpec]] = {
    listing: ListSpec(listing, title, _OTHER_NEEDS.get(listing, Permission.TICKETS))
    for listing, title in TITLES.items()
}
"""All lists, in the order in which they are offered."""
