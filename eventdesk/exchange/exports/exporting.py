"""Export of lists into files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
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
    reads,
    steps,
)
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.made_file import MadeFile
from eventdesk.core.messages import Message, in_english, msg
from eventdesk.core.plain_text import file_name
from eventdesk.exchange.exports import lists
from eventdesk.exchange.exports.lists import Rows
from eventdesk.exchange.exports.selection import EVERYTHING, Selection, selected
from eventdesk.exchange.exports.transactions import transactions
from eventdesk.tables.files import MEDIA_TYPES, Form, free_path, save_table


class Listing(StrEnum):
    """The lists that can be exported."""

    ATTENDEES = "attendees"
    BOOKINGS = "bookings"
    SCANS = "scans"
    WAITLIST = "waitlist"
    QUEUE = "queue"
    PAYMENTS = "payments"
    TRANSACTIONS = "transactions"
    SESSIONS = "sessions"
    EVENTS = "events"


Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """A written list.

    Attributes:
        is_kept: Whether it lies among the exports of the home.
    """

    path: Path
    rows: int
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class _Saving:
    """What of a list is written, and where."""

    path: Path | None
    overwrite: bool
    selection: Selection
    on_progress: Progress


@steps(Permission.TICKETS, local=True, about="event_id")
def export_tickets(
    steps: Steps,
    listing: Listing,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    selection: Selection = EVERYTHING,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the attendees, bookings, check-ins or waitlist of an event into a file.

    Args:
        path: A place that `place_for` lets this actor use; None is the home's folder for exports.
        selection: Which columns and rows of the list.

    Raises:
        InvalidInputError: It cannot be written, is no list of tickets, or lacks a column.
    """
    spec = LISTINGS[listing]
    if spec.permission is not Permission.TICKETS:
        raise InvalidInputError(msg("{title} are no list of tickets.", title=spec.title))
    saving = _Saving(path, overwrite, selection, on_progress)
    return _export(steps, listing, form, event_id, saving)


@steps(Permission.MONEY, local=True, about="event_id")
def export_payments(
    steps: Steps,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    selection: Selection = EVERYTHING,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the payments and refunds of an event into a file; as `export_tickets`.

    Raises:
        FileTakenError: There is such a file already.
        InvalidInputError: Nothing may be written there.
    """
    return _export(
        steps, Listing.PAYMENTS, form, event_id, _Saving(path, overwrite, selection, on_progress)
    )


@steps(Permission.MONEY, local=True, about="event_id")
def export_transactions(
    steps: Steps,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    selection: Selection = EVERYTHING,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write requests, bookings, cancellations, payments and refunds; as `export_tickets`.

    Raises:
        FileTakenError: There is such a file already.
        InvalidInputError: Nothing may be written there.
    """
    saving = _Saving(path, overwrite, selection, on_progress)
    return _export(steps, Listing.TRANSACTIONS, form, event_id, saving)


@steps(Permission.PROGRAMME, local=True, about="event_id")
def export_sessions(
    steps: Steps,
    form: Form,
    *,
    event_id: UUID,
    path: Path | None = None,
    overwrite: bool = False,
    selection: Selection = EVERYTHING,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the sessions of an event into a file; as `export_tickets`.

    Raises:
        FileTakenError: There is such a file already.
        InvalidInputError: Nothing may be written there.
    """
    return _export(
        steps, Listing.SESSIONS, form, event_id, _Saving(path, overwrite, selection, on_progress)
    )


@steps(Permission.ATTEND, local=True)
def export_events(
    steps: Steps,
    form: Form,
    *,
    path: Path | None = None,
    overwrite: bool = False,
    selection: Selection = EVERYTHING,
    on_progress: Progress = lambda done: None,
) -> Exported:
    """Write the events whose team the actor is in into a file; for an admin, all events.

    Raises:
        FileTakenError: There is such a file already.
        InvalidInputError: Nothing may be written there.
    """
    return _export(
        steps, Listing.EVENTS, form, None, _Saving(path, overwrite, selection, on_progress)
    )


@reads(Permission.TICKETS, about="event_id")
def tickets_file(act: Act, event_id: UUID, listing: Listing, *, form: Form = Form.CSV) -> MadeFile:
    """Give the attendees, bookings, check-ins, waitlist or queue of an event as a file.

    Raises:
        InvalidInputError: It is no list of tickets, or the form's library is not installed.
    """
    return _made(act, event_id, listing, form, Permission.TICKETS)


@reads(Permission.MONEY, about="event_id")
def money_file(act: Act, event_id: UUID, listing: Listing, *, form: Form = Form.CSV) -> MadeFile:
    """Give the payments or transactions of an event as a file.

    Raises:
        InvalidInputError: It is no list of money, or the form's library is not installed.
    """
    return _made(act, event_id, listing, form, Permission.MONEY)


def _made(
    act: Act, event_id: UUID, listing: Listing, form: Form, permission: Permission
) -> MadeFile:
    """Make a list, where who asks may see lists of its kind."""
    act.need(event_id, permission)
    spec = LISTINGS[listing]
    if spec.permission is not permission:
        raise InvalidInputError(msg("{title} are not among these lists.", title=spec.title))
    event = event_row(act.connection, event_id)
    heading, lines = spec.read(act, event)
    title = in_english(spec.title)
    with TemporaryDirectory(prefix="eventdesk-") as folder:
        draft = Path(folder) / f"list.{form}"
        save_table(draft, form, heading, lines, title=title)
        content = draft.read_bytes()
    stem = file_name(f"{event.name} {title}", fallback="export")
    return MadeFile(f"{stem}.{form}", MEDIA_TYPES[form], content)


def _export(
    steps: Steps, listing: Listing, form: Form, event_id: UUID | None, saving: _Saving
) -> Exported:
    """Write one list, and record the export."""
    spec = LISTINGS[listing]
    with steps.read() as act:
        act.need(event_id, spec.permission)
        event = None if event_id is None else event_row(act.connection, event_id)
        heading, lines = selected(spec.read(act, event), saving.selection)
        place = place_for(act, act.store.home, saving.path, overwrite=saving.overwrite)
        is_kept = place is None
        title = in_english(spec.title)  # files and sheets keep their names, as scripts know them
        if place is None:
            of = f"{event.name} {title}" if event else title
            place = free_path(steps.store.home, f"{of} {steps.now:%Y-%m-%d}", form)
        rows = save_table(
            place,
            form,
            heading,
            lines,
            title=title,
            overwrite=saving.overwrite,
            on_progress=saving.on_progress,
        )
    with steps.write() as act:
        act.record(
            EXPORTED,
            ("event", event_id),
            event_id=event_id,
            list=listing,
            file=place.name,
            rows=rows,
            **{"needs": spec.permission} if is_kept else {},
        )
    return Exported(place, rows, is_kept)


def _team_events(act: Act, _: Any) -> Rows:
    """The events whose team the actor is in; for an admin, all events."""
    if act.actor.kind is ActorKind.ACCOUNT and not act.actor.may(Permission.INSTALLATION):
        return lists.events(act, act.actor.id)
    act.need(None, Permission.INSTALLATION)
    return lists.events(act, None)


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list that can be exported; `read` takes the row of its event."""

    listing: Listing
    title: Message
    permission: Permission
    read: Callable[[Act, Any], Rows]

    def write(
        self,
        store: Store,
        actor: Actor | Asked,
        form: Form,
        *,
        event_id: UUID | None,
        path: Path | None = None,
        overwrite: bool = False,
        selection: Selection = EVERYTHING,
        on_progress: Progress = lambda done: None,
    ) -> Exported:
        """Write the list into a file, with its use case; only that of events needs no event.

        Raises:
            NotAllowedError: The actor may not take this list out.
        """
        given: dict[str, Any] = {
            "path": path,
            "overwrite": overwrite,
            "selection": selection,
            "on_progress": on_progress,
        }
        if self.listing is Listing.EVENTS:
            return export_events(store, actor, form, **given)
        if event_id is None:
            raise InvalidInputError(msg("{title} are those of an event.", title=self.title))
        match self.listing:
            case Listing.PAYMENTS:
                return export_payments(store, actor, form, event_id=event_id, **given)
            case Listing.TRANSACTIONS:
                return export_transactions(store, actor, form, event_id=event_id, **given)
            case Listing.SESSIONS:
                return export_sessions(store, actor, form, event_id=event_id, **given)
            case _:
                return export_tickets(store, actor, self.listing, form, event_id=event_id, **given)


LISTINGS: Final[Mapping[Listing, ListSpec]] = {
    spec.listing: spec
    for spec in (
        ListSpec(Listing.ATTENDEES, msg("Attendees"), Permission.TICKETS, lists.attendees),
        ListSpec(Listing.BOOKINGS, msg("Bookings"), Permission.TICKETS, lists.bookings),
        ListSpec(Listing.SCANS, msg("Check-ins"), Permission.TICKETS, lists.scans),
        ListSpec(Listing.WAITLIST, msg("Waitlist"), Permission.TICKETS, lists.waitlist),
        ListSpec(Listing.QUEUE, msg("Requests"), Permission.TICKETS, lists.requests),
        ListSpec(Listing.PAYMENTS, msg("Payments"), Permission.MONEY, lists.payments),
        ListSpec(Listing.TRANSACTIONS, msg("Transactions"), Permission.MONEY, transactions),
        ListSpec(Listing.SESSIONS, msg("Sessions"), Permission.PROGRAMME, lists.sessions),
        ListSpec(Listing.EVENTS, msg("Events"), Permission.ATTEND, _team_events),
    )
}
"""The lists in the order in which they are offered."""
