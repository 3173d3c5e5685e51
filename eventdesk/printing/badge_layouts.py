"""Badge layouts of events: chosen, previewed, edited, saved and taken back.

Layouts are files of the installation, so that events can share them. Whoever changes one must
be allowed to change every event that uses it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, update

from badges.badge import Badge
from badges.layout_file import DEFAULT, check_layout, write_layout
from badges.layout_parts import Kind, Layout, Part
from badges.logo import MAX_BYTES, logo_problem
from badges.paper import PrintedBadge
from badges.printers import open_printer
from data.rows import update_row
from data.schema import EventRow, PrinterRow, TicketRow
from eventdesk.acts import Act, Permission, Steps, event_row, need_readable, reads, steps, writes
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import file_name
from eventdesk.core.private_file import replace_private
from eventdesk.core.settings import Settings
from eventdesk.printing import layout_files
from eventdesk.printing.layout_files import BADGES_FOLDER
from eventdesk.printing.printers import printer_here
from eventdesk.printing.ticket_badges import SAMPLE_TOKEN


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
    """The badges of an event as they are set, and the layouts there are.

    Attributes:
        layout: Name of the chosen layout; "" is the printer's own, else the usual one.
        correction: Whether guests may correct name and second line at the kiosk.
        deleted: Layouts that were deleted and can be taken back.
    """

    layout: str
    correction: bool
    layouts: tuple[LayoutView, ...]
    deleted: tuple[str, ...] = ()


@reads(Permission.EVENT, about="event_id")
def badge_settings(act: Act, event_id: UUID) -> BadgeSettings:
    """Read how the badges of an event are set, with all layouts and what is wrong with them."""
    act.need(event_id, Permission.EVENT)
    row = event_row(act.connection, event_id)
    return BadgeSettings(
        row.badge_layout,
        row.badge_correction,
        _layouts(act),
        tuple(layout_files.deleted_names(act.store.home)),
    )


@reads(internal=True)
def all_layouts(act: Act) -> tuple[LayoutView, ...]:
    """List one's own layouts, then the ready ones; a file that cannot be used says why."""
    return _layouts(act)


def _layouts(act: Act) -> tuple[LayoutView, ...]:
    used, home = events_by_layout(act.connection), act.store.home
    return tuple(_view(home, name, used) for name in layout_files.names_in(home))


@writes(Permission.EVENT, about="event_id")
def set_badges(
    act: Act, event_id: UUID, *, layout: str | None = None, correction: bool | None = None
) -> None:
    """Choose the layout of an event's badges, or whether guests may correct them.

    None leaves either as it is; the layout "" is the printer's own.

    Raises:
        NotFoundError, InvalidInputError: The layout cannot be used.
    """
    act.need(event_id, Permission.EVENT)
    event_row(act.connection, event_id)
    values: dict[str, str | bool] = {}
    if layout is not None:
        if layout:
            layout_files.found(act.store.home, layout)
        values["badge_layout"] = layout
    if correction is not None:
        values["badge_correction"] = correction
    if values:
        update_row(act.connection, EventRow, event_id, **values)
        act.record("set_badges", ("event", event_id), event_id=event_id, **values)


def sample_badge(event: str = "", *, language: str = "") -> Badge:
    """Make the badge of somebody with a long name who has everything a layout can show."""
    return Badge(
        name="Maximiliane Wołoszańska-Featherstonehaugh",
        line_two=_("Head of Public Programmes, Harbour Museum"),
        ticket_type=_("Regular"),
        event=event or _("The Event of the Year"),
        token=SAMPLE_TOKEN,
        ticket_code="K7QM-2X9P",
        seat="A-12",
        sponsors=_("Supported by the Friends of the Harbour"),
        pronouns="she/her",
        organization=_("Harbour Museum"),
        session=_("Opening · Hall 1"),
        sessions=_("09:30  Opening, Hall 1\n11:00  Workshop, Room 4\n16:30  Panel, Hall 1"),
        language=language,
    )


@steps(Permission.EVENT, about="event_id")
def print_sample(
    steps: Steps, event_id: UUID, printer_id: UUID | None, *, layout: Layout, badge: Badge
) -> PrintedBadge:
    """Print one badge by a layout, saved or not, whatever waits for the printer.

    The printer is one that is set up, or None: that of the settings. Its address is not asked for
    here: it may name any file of this machine. Pictures are read of the house's own folder alone,
    whatever folder the layout says.

    Raises:
        InvalidInputError: It is at another machine, its address names no printer, or the layout is
            not sound.
        PrinterError: The printer does not answer, or would not take it.
    """
    with steps.read() as act:
        act.need(event_id, Permission.EVENT)
        spec = (
            Settings.load(act.store.home).printer
            if printer_id is None
            else printer_here(act, printer_id).spec
        )
    check_layout(layout)
    layout = replace(layout, folder=layout_files.folder_of(steps.store.home))
    printer = open_printer(spec, badges_folder=steps.store.home / BADGES_FOLDER, layout=layout)
    if printer is None:
        raise InvalidInputError(msg("'none' prints nothing."), hint=msg("Choose a printer."))
    return printer.send(replace(badge, mark="TEST"), job=f"layout-{new_id().hex}")


@reads(Permission.EVENT, local=True, about="event_id")
def printers_to_try(act: Act, event_id: UUID) -> list[tuple[UUID | None, str]]:
    """Name the printers a sample can go to: those set up for here, and the settings' (None)."""
    act.need(event_id, Permission.EVENT)
    query = (
        select(PrinterRow.id, PrinterRow.spec, PrinterRow.name)
        .where(
            PrinterRow.enabled.is_(True),
            or_(PrinterRow.device_id.is_(None), PrinterRow.device_id == act.store.device_id),
        )
        .order_by(PrinterRow.position)
    )
    rows = act.connection.execute(query).all()
    found: list[tuple[UUID | None, str]] = [(row.id, row.name) for row in rows]
    spec = Settings.load(act.store.home).printer
    known = {row.spec for row in rows}
    if spec in known or spec == "none":
        return found
    return [*found, (None, _("This desk's: {spec}", spec=spec))]


def missing_logos(layout: Layout) -> list[Message]:
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
        " ".join(map(str, missing_logos(found))),
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


@reads(Permission.EVENT, about="event_id")
def sample_tickets(act: Act, event_id: UUID, *, limit: int = 50) -> list[tuple[UUID, str]]:
    """Name some tickets of an event for previews, the longest names first."""
    act.need(event_id, Permission.EVENT)
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
    return [(row.id, row.holder_name) for row in act.connection.execute(longest.limit(limit))]


LOGO_SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True, slots=True)
class OpenLayout:
    """A layout to be changed, and the text of its file as it was read; "" for a ready one."""

    layout: Layout
    text: str


@reads(Permission.EVENT, about="event_id")
def open_layout(act: Act, event_id: UUID, name: str) -> OpenLayout:
    """Read a layout to change it.

    Raises:
        NotFoundError, InvalidInputError: It cannot be used.
    """
    act.need(event_id, Permission.EVENT)
    home = act.store.home
    found = layout_files.found(home, name or DEFAULT)
    text = layout_files.text_of(home, found.name)
    return OpenLayout(replace(found, folder=layout_files.folder_of(home)), text)


@steps(Permission.EVENT, about="event_id")
def save_layout(
    steps: Steps, event_id: UUID, layout: Layout, *, was: str | None = None
) -> OpenLayout:
    """Write a layout to its file, whole; what stood there is kept as a former version.

    Args:
        event_id: The event it is saved for.
        layout: The layout; its `name` is that of its file.
        was: The text it was opened with, so that nobody's work is overwritten; None overwrites.

    Raises:
        NotAllowedError: It is used by an event the actor may not change.
        InvalidInputError: It is not sound, somebody else saved it, or it cannot be written.
    """
    check_layout(layout)
    text = write_layout(layout)
    with layout_files.locked(steps.store.home):
        _need_all_events(steps, event_id, layout.name)
        if was is not None and layout_files.text_of(steps.store.home, layout.name) != was:
            raise InvalidInputError(
                msg("Somebody else saved {name!r} meanwhile.", name=layout.name),
                hint=msg("Save yours under another name, or open theirs."),
            )
        layout_files.put(steps.store.home, layout.name, text)
    _note(steps, event_id, "save_layout", layout.name)
    return OpenLayout(replace(layout, folder=layout_files.folder_of(steps.store.home)), text)


@steps(Permission.EVENT, about="event_id")
def duplicate_layout(steps: Steps, event_id: UUID, name: str, new_name: str) -> None:
    """Copy a layout, one's own or a ready one, under a new name.

    Raises:
        InvalidInputError: The new name cannot be one, or is taken.
    """
    with steps.read() as act:
        act.need(event_id, Permission.EVENT)
    layout = layout_files.found(steps.store.home, name or DEFAULT)
    with layout_files.locked(steps.store.home):
        _need_new(steps.store.home, new_name)
        layout_files.put(steps.store.home, new_name, write_layout(replace(layout, name=new_name)))
    _note(steps, event_id, "duplicate_layout", new_name, of=name)


@steps(Permission.EVENT, about="event_id")
def rename_layout(steps: Steps, event_id: UUID, name: str, new_name: str) -> None:
    """Give one's own layout another name; events and printers that chose it go along.

    Raises:
        NotAllowedError: It is used by an event the actor may not change.
        InvalidInputError: The new name cannot be one, or is taken.
    """
    with layout_files.locked(steps.store.home):
        _need_all_events(steps, event_id, name)
        _need_own(steps.store.home, name)
        _need_new(steps.store.home, new_name)
        text = layout_files.text_of(steps.store.home, name)
        layout_files.put(steps.store.home, new_name, text)
        with steps.write() as act:
            _need_events(act, event_id, name)
            for row, column in ((EventRow, EventRow.badge_layout), (PrinterRow, PrinterRow.layout)):
                act.connection.execute(
                    update(row).where(column == name).values({column.key: new_name})
                )
            act.record(
                "rename_layout", ("layout", None), event_id=event_id, name=new_name, before=name
            )
        layout_files.take_away(steps.store.home, name)


@steps(Permission.EVENT, about="event_id")
def delete_layout(steps: Steps, event_id: UUID, name: str) -> None:
    """Delete one's own layout that no event and no printer uses; `undo_layout` brings it back.

    Raises:
        InvalidInputError: It is in use, or comes with eventdesk.
    """
    with layout_files.locked(steps.store.home):
        _need_all_events(steps, event_id, name)
        _need_own(steps.store.home, name)
        with steps.read() as act:
            users = [
                *events_by_layout(act.connection).get(name, ()),
                *_printers(act.connection, name),
            ]
        if users:
            raise InvalidInputError(
                msg("{name!r} is used by {users}.", name=name, users=", ".join(users[:5])),
                hint=msg("Choose another one there."),
            )
        layout_files.take_away(steps.store.home, name)
    _note(steps, event_id, "delete_layout", name)


@steps(Permission.EVENT, about="event_id")
def undo_layout(steps: Steps, event_id: UUID, name: str) -> None:
    """Take back the last saving or deleting of one's own layout.

    Raises:
        InvalidInputError: A layout cannot be called so.
    """
    with layout_files.locked(steps.store.home):
        layout_files.path_of(steps.store.home, name)
        _need_all_events(steps, event_id, name)
        if not layout_files.take_back(steps.store.home, name):
            raise NotFoundError(msg("There is no former version of {name!r}.", name=name))
    _note(steps, event_id, "undo_layout", name)


@steps(Permission.EVENT, local=True, about="event_id")
def add_logo(steps: Steps, event_id: UUID, path: Path) -> str:
    """Copy a picture beside one's own layouts, and say what it is called there.

    A picture of the same name and other content is not replaced: the copy gets a number.

    Raises:
        NotFoundError: There is no such file.
        InvalidInputError: It is no PNG or JPEG that can be printed.
    """
    with steps.read() as act:
        act.need(event_id, Permission.EVENT)
        need_readable(act, path)
    content, suffix = _picture(path), path.suffix.lower()
    stem = "".join(c for c in file_name(path.stem, fallback="logo") if c.isascii() and c.isalnum())
    folder = layout_files.folder_of(steps.store.home)
    with layout_files.locked(steps.store.home):
        names = (f"{stem or 'logo'}{f'-{no}' if no else ''}{suffix}" for no in range(1000))
        name = next(
            each
            for each in names
            if not (folder / each).exists() or (folder / each).read_bytes() == content
        )
        replace_private(folder / name, content)
    _note(steps, event_id, "add_logo", name)
    return name


def _printers(connection: Connection, layout: str) -> Collection[str]:
    query = select(PrinterRow.name).where(PrinterRow.layout == layout)
    return [_("printer {name}", name=name) for name in connection.execute(query).scalars()]


def _need_all_events(steps: Steps, event_id: UUID, name: str) -> None:
    with steps.read() as act:
        _need_events(act, event_id, name)


def _need_events(act: Act, event_id: UUID, name: str) -> None:
    """Let only those pass who may change this event and all others that chose the layout."""
    act.need(event_id, Permission.EVENT)
    others = select(EventRow.id, EventRow.name).where(
        EventRow.badge_layout == name, EventRow.id != event_id
    )
    for row in act.connection.execute(others):
        try:
            act.need(row.id, Permission.EVENT)
        except NotAllowedError as error:
            raise NotAllowedError(
                msg("{name!r} is used by another event, {event}.", name=name, event=row.name),
                hint=msg("Duplicate it, and change the copy."),
            ) from error


def _need_own(home: Path, name: str) -> None:
    if not layout_files.is_own(home, name):
        raise NotFoundError(
            msg("There is no layout {name!r} of your own.", name=name),
            hint=msg("A ready one stays as it is; duplicate it to change it."),
        )


def _need_new(home: Path, name: str) -> None:
    layout_files.path_of(home, name)
    if name in layout_files.names_in(home):
        raise InvalidInputError(
            msg("There is a layout {name!r} already.", name=name), hint=msg("Choose another name.")
        )


def _note(steps: Steps, event_id: UUID, verb: str, name: str, **detail: str) -> None:
    """Write down what became of a file: afterwards, since a file cannot be rolled back."""
    with steps.write(about=event_id) as act:
        act.record(verb, ("layout", None), event_id=event_id, name=name, **detail)


def _picture(path: Path) -> bytes:
    if path.suffix.lower() not in LOGO_SUFFIXES:
        raise InvalidInputError(msg("{name!r} is no PNG or JPEG.", name=path.name[:60]))
    if not path.is_file():
        raise NotFoundError(
            msg("There is no file {path!r}.", path=str(path)[:200]), hint=msg("Check the path.")
        )
    part = Part(Kind.LOGO, file=path.name)
    problem = logo_problem(part, Layout("", "", 10, 10, ((part,),), folder=path.parent))
    if problem:
        raise InvalidInputError(problem)
    with path.open("rb") as file:
        return file.read(MAX_BYTES)
