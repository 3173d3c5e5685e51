"""How the badges of an event look: the layout chosen, previews, corrections, a sample on paper."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, update

from badges.badge import Badge
from badges.layout_parts import Kind, Layout
from badges.logo import logo_problem
from badges.paper import Paper
from badges.printers import open_printer
from data.schema import EventRow, PrinterRow, TicketRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.event_row import event_row
from eventdesk.acts.permission import allowed, need_here
from eventdesk.booking.ticket import TicketView
from eventdesk.booking.tickets import rename_in
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.settings import Settings
from eventdesk.printing import layout_files
from eventdesk.printing.printer_care import printer_here
from eventdesk.printing.ticket_badges import ticket_badge

BADGES_FOLDER = "badges"
"""Folder below the home folder that a printer of kind `folder` writes to."""


@dataclass(frozen=True, slots=True)
class LayoutView:
    """One layout as a list shows it.

    Attributes:
        own: Whether it is a file of one's own; else it is one of those that we ship.
        problem: Why it cannot be used; "" when it can.
        used_by: Names of the events that chose it.
        undoable: Whether a former version is kept.
    """

    name: str
    title: str
    width_mm: float
    height_mm: float
    sides: int
    own: bool
    problem: str = ""
    used_by: tuple[str, ...] = ()
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class BadgeSettings:
    """What an event says of its badges, and the layouts there are.

    Attributes:
        layout: Name of the chosen layout; "" is the printer's own, else the usual one.
        correction: Whether guests may correct name and second line at the kiosk.
        deleted: Layouts that were deleted and can be taken back.
    """

    layout: str
    correction: bool
    layouts: tuple[LayoutView, ...]
    deleted: tuple[str, ...] = ()


@allowed(Permission.EVENT)
def badge_settings(store: Store, actor: Actor, event_id: UUID) -> BadgeSettings:
    """Read how the badges of an event are set, with all layouts and what is wrong with them.

    Raises:
        NotAllowedError: The actor may not change this event.
        NotFoundError: There is no such event.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        row = event_row(connection, event_id)
        used = events_by_layout(connection)
    return BadgeSettings(
        row.badge_layout,
        row.badge_correction,
        all_layouts(store, used),
        tuple(layout_files.deleted_names(store.home)),
    )


def all_layouts(
    store: Store, used: dict[str, tuple[str, ...]] | None = None
) -> tuple[LayoutView, ...]:
    """List one's own layouts, then the ready ones; a file that cannot be used says why."""
    if used is None:
        with store.read() as connection:
            used = events_by_layout(connection)
    return tuple(_view(store.home, name, used) for name in layout_files.names_in(store.home))


@allowed(Permission.EVENT)
def set_badges(
    store: Store,
    actor: Actor,
    event_id: UUID,
    *,
    layout: str | None = None,
    correction: bool | None = None,
    now: datetime,
) -> None:
    """Choose the layout of an event's badges, or whether guests may correct them.

    Args:
        store: Where the event lives.
        actor: Who chooses.
        event_id: The event.
        layout: Name of a layout that can be used; "" is the printer's own; None leaves it.
        correction: Whether names may be corrected at the kiosk; None leaves it.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: The actor may not change this event.
        NotFoundError: There is no such event or layout.
        InvalidInputError: The layout's file cannot be used; the sentence names the field.
    """
    values: dict[str, str | bool] = {}
    if layout is not None:
        if layout:
            layout_files.found(store.home, layout)
        values["badge_layout"] = layout
    if correction is not None:
        values["badge_correction"] = correction
    with store.write() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        event_row(connection, event_id)
        if values:
            connection.execute(update(EventRow).where(EventRow.id == event_id).values(**values))
            subject = ("event", event_id)
            record(connection, actor, "set_badges", subject, now=now, event_id=event_id, **values)


def sample_badge(event: str = "", *, language: str = "") -> Badge:
    """Make the badge of somebody with a long name who has everything a layout can show."""
    return Badge(
        name="Maximiliane Wołoszańska-Featherstonehaugh",
        line_two="Head of Public Programmes, Harbour Museum",
        ticket_type="Regular",
        event=event or "The Event of the Year",
        token="S" * 61,
        ticket_code="K7QM-2X9P",
        seat="A-12",
        sponsors="Supported by the Friends of the Harbour",
        pronouns="she/her",
        organization="Harbour Museum",
        session="Opening · Hall 1",
        sessions="09:30  Opening, Hall 1\n11:00  Workshop, Room 4\n16:30  Panel, Hall 1",
        language=language,
    )


def badge_preview(
    store: Store, ticket_id: UUID, *, name: str | None = None, line_two: str | None = None
) -> Badge:
    """Read what a ticket's badge would say, with another name or second line if given.

    Raises:
        NotFoundError: There is no such ticket.
    """
    badge = ticket_badge(store, ticket_id)
    if name is not None:
        badge = replace(badge, name=name)
    return badge if line_two is None else replace(badge, line_two=line_two)


@allowed(Permission.DOOR, Permission.TICKETS)
def correct_badge(
    store: Store, actor: Actor, ticket_id: UUID, *, name: str, line_two: str, now: datetime
) -> TicketView:
    """Correct what a badge says, as guests may at the kiosk where the event allows it.

    Raises:
        NotAllowedError: The actor does not work at the door.
        NotFoundError: There is no such ticket.
        InvalidInputError: The event does not allow it; no name, or too long.
    """
    with store.write() as connection:
        row = connection.execute(
            select(EventRow.id, EventRow.badge_correction)
            .join(TicketRow, TicketRow.event_id == EventRow.id)
            .where(TicketRow.id == ticket_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError("There is no such ticket.")
        need_here(connection, actor, row.id, Permission.DOOR, Permission.TICKETS)
        if not row.badge_correction:
            raise InvalidInputError(
                "Badges of this event are printed as they were booked.",
                hint="Ask at the desk to have the name corrected.",
            )
        return rename_in(
            connection, actor, ticket_id, name, line_two, verb="correct_badge", now=now
        )


@allowed(Permission.EVENT)
def print_sample(
    store: Store,
    actor: Actor,
    event_id: UUID,
    printer_id: UUID | None,
    *,
    layout: Layout,
    badge: Badge,
) -> Paper:
    """Print one badge by a layout, saved or not, whatever waits for the printer.

    It takes as long as the printer does; nothing is written down. Where a printer is, only whoever
    sets it up says: an address may name any file of this machine.

    Args:
        store: Where printers live.
        actor: Who tries the layout.
        event_id: The event whose badges it is for.
        printer_id: A printer that is set up; None is the one in the settings of this home.
        layout: How the badge looks.
        badge: What is on it.

    Raises:
        NotAllowedError: The actor may not change this event.
        NotFoundError: There is no such printer.
        InvalidInputError: It is at another machine, or its address names no printer.
        PrinterError: The printer does not answer, or would not take it.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        spec = (
            Settings.load(store.home).printer
            if printer_id is None
            else printer_here(connection, store, printer_id).spec
        )
    printer = open_printer(spec, badges_folder=store.home / BADGES_FOLDER, layout=layout)
    if printer is None:
        raise InvalidInputError("'none' prints nothing.", hint="Choose a printer.")
    return printer.send(replace(badge, mark="TEST"), job=f"layout-{new_id().hex}")


def printers_to_try(store: Store) -> list[tuple[UUID | None, str]]:
    """Name the printers a sample can go to: those set up for here, and the settings' (None)."""
    query = (
        select(PrinterRow.id, PrinterRow.spec, PrinterRow.name)
        .where(
            PrinterRow.enabled.is_(True),
            or_(PrinterRow.device_id.is_(None), PrinterRow.device_id == store.device_id),
        )
        .order_by(PrinterRow.position)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
    found: list[tuple[UUID | None, str]] = [(row.id, row.name) for row in rows]
    spec = Settings.load(store.home).printer
    known = {row.spec for row in rows}
    return found if spec in known or spec == "none" else [*found, (None, f"This desk's: {spec}")]


def missing_logos(layout: Layout) -> list[str]:
    """Say which logos of a layout cannot be printed, and why."""
    logos = (part for side in layout.sides for part in side if part.kind is Kind.LOGO)
    return [problem for part in logos if (problem := logo_problem(part, layout))]


def _view(home: Path, name: str, used: dict[str, tuple[str, ...]]) -> LayoutView:
    own = layout_files.is_own(home, name)
    undoable = bool(layout_files.formers(home, name))
    users = used.get(name, ())
    try:
        found = layout_files.found(home, name)
    except (InvalidInputError, NotFoundError) as error:
        return LayoutView(name, name, 0, 0, 0, own, str(error), users, undoable)
    return LayoutView(
        name,
        found.title or name,
        found.width_mm,
        found.height_mm,
        len(found.sides),
        own,
        " ".join(missing_logos(found)),
        users,
        undoable,
    )


def events_by_layout(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Name the events that chose each layout."""
    used: dict[str, tuple[str, ...]] = {}
    query = select(EventRow.badge_layout, EventRow.name).where(EventRow.badge_layout != "")
    for row in connection.execute(query.order_by(EventRow.name)):
        used[row.badge_layout] = (*used.get(row.badge_layout, ()), row.name)
    return used


def sample_tickets(store: Store, event_id: UUID, *, limit: int = 50) -> list[tuple[UUID, str]]:
    """Name some tickets of an event for previews, the longest names first."""
    query = (
        select(TicketRow.id, TicketRow.holder_name)
        .where(TicketRow.event_id == event_id, TicketRow.state == "valid")
        .order_by(TicketRow.search_no)
        .limit(2000)
        .subquery()
    )
    longest = select(query.c.id, query.c.holder_name).order_by(
        func.length(query.c.holder_name).desc()
    )
    with store.read() as connection:
        return [(row.id, row.holder_name) for row in connection.execute(longest.limit(limit))]
