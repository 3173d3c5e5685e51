"""The shelf of layouts: opened, saved, duplicated, renamed, deleted, taken back.

Layouts are files of the installation, so that events can share them. Whoever changes one must
be allowed to change every event that uses it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select, update

from badges.layout_file import DEFAULT, check_layout, write_layout
from badges.layout_parts import Kind, Layout, Part
from badges.logo import MOST_BYTES, logo_problem
from data.schema import EventRow, PrinterRow
from data.store import Store
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.named_files import need_readable
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.plain_text import file_name
from eventdesk.core.private_file import replace_private
from eventdesk.printing import layout_files
from eventdesk.printing.badge_layouts import events_by_layout

LOGO_SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True, slots=True)
class OpenLayout:
    """A layout to be changed.

    Attributes:
        text: Its file as it was read; "" for a ready one. `save_layout` compares.
    """

    layout: Layout
    text: str


@allowed(Permission.EVENT)
def open_layout(store: Store, actor: Actor, event_id: UUID, name: str) -> OpenLayout:
    """Read a layout to change it.

    Raises:
        NotAllowedError: The actor may not change this event.
        NotFoundError: There is no such layout.
        InvalidInputError: Its file cannot be used; the sentence names the field.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
    found = layout_files.found(store.home, name or DEFAULT)
    text = layout_files.text_of(store.home, found.name)
    return OpenLayout(replace(found, folder=layout_files.folder_of(store.home)), text)


@allowed(Permission.EVENT)
def save_layout(
    store: Store,
    actor: Actor,
    event_id: UUID,
    layout: Layout,
    *,
    was: str | None = None,
    now: datetime,
) -> OpenLayout:
    """Write a layout to its file, whole; what stood there is kept as a former version.

    Args:
        store: Where events and layouts live.
        actor: Who saves it.
        event_id: The event it is saved for.
        layout: The layout; its `name` is that of its file.
        was: The text it was opened with, so that nobody's work is overwritten; None overwrites.
        now: The store's clock, aware UTC.

    Raises:
        NotAllowedError: It is used by an event the actor may not change.
        InvalidInputError: It is no sound layout, somebody else saved it meanwhile, or it cannot
            be written. The file is then as it was.
    """
    check_layout(layout)
    text = write_layout(layout)
    with layout_files.locked(store.home):
        _need_all_events(store, actor, event_id, layout.name)
        if was is not None and layout_files.text_of(store.home, layout.name) != was:
            raise InvalidInputError(
                f"Somebody else saved {layout.name!r} meanwhile.",
                hint="Save yours under another name, or open theirs.",
            )
        layout_files.put(store.home, layout.name, text)
    _note(store, actor, event_id, "save_layout", layout.name, now)
    return OpenLayout(replace(layout, folder=layout_files.folder_of(store.home)), text)


@allowed(Permission.EVENT)
def duplicate_layout(
    store: Store, actor: Actor, event_id: UUID, name: str, new_name: str, *, now: datetime
) -> None:
    """Copy a layout, one's own or a ready one, under a new name.

    Raises:
        NotAllowedError: The actor may not change this event.
        NotFoundError: There is no such layout.
        InvalidInputError: The new name cannot be one, or is taken.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
    layout = layout_files.found(store.home, name or DEFAULT)
    with layout_files.locked(store.home):
        _need_new(store.home, new_name)
        layout_files.put(store.home, new_name, write_layout(replace(layout, name=new_name)))
    _note(store, actor, event_id, "duplicate_layout", new_name, now, of=name)


@allowed(Permission.EVENT)
def rename_layout(
    store: Store, actor: Actor, event_id: UUID, name: str, new_name: str, *, now: datetime
) -> None:
    """Give one's own layout another name; events and printers that chose it go along.

    Raises:
        NotAllowedError: It is used by an event the actor may not change.
        NotFoundError: There is no such layout of one's own.
        InvalidInputError: The new name cannot be one, or is taken.
    """
    with layout_files.locked(store.home):
        _need_own(store.home, name)
        _need_new(store.home, new_name)
        text = layout_files.text_of(store.home, name)
        layout_files.put(store.home, new_name, text)
        with store.write() as connection:
            _need_events(connection, actor, event_id, name)
            for row, column in ((EventRow, EventRow.badge_layout), (PrinterRow, PrinterRow.layout)):
                connection.execute(update(row).where(column == name).values({column.key: new_name}))
            detail = {"name": new_name, "before": name}
            subject = ("layout", None)
            record(
                connection, actor, "rename_layout", subject, now=now, event_id=event_id, **detail
            )
        layout_files.take_away(store.home, name)


@allowed(Permission.EVENT)
def delete_layout(store: Store, actor: Actor, event_id: UUID, name: str, *, now: datetime) -> None:
    """Delete one's own layout; `undo_layout` brings it back.

    Raises:
        NotAllowedError: The actor may not change this event.
        NotFoundError: There is no such layout of one's own.
        InvalidInputError: An event or a printer uses it, and there is no ready one of that name.
    """
    with layout_files.locked(store.home):
        _need_own(store.home, name)
        _need_all_events(store, actor, event_id, name)
        with store.read() as connection:
            users = [*events_by_layout(connection).get(name, ()), *_printers(connection, name)]
        if users:
            raise InvalidInputError(
                f"{name!r} is used by {', '.join(users[:5])}.", hint="Choose another one there."
            )
        layout_files.take_away(store.home, name)
    _note(store, actor, event_id, "delete_layout", name, now)


@allowed(Permission.EVENT)
def undo_layout(store: Store, actor: Actor, event_id: UUID, name: str, *, now: datetime) -> None:
    """Take back the last saving or deleting of one's own layout.

    Raises:
        NotAllowedError: It is used by an event the actor may not change.
        NotFoundError: No former version is kept.
    """
    with layout_files.locked(store.home):
        layout_files.path_of(store.home, name)
        _need_all_events(store, actor, event_id, name)
        if not layout_files.take_back(store.home, name):
            raise NotFoundError(f"There is no former version of {name!r}.")
    _note(store, actor, event_id, "undo_layout", name, now)


@allowed(Permission.EVENT)
def add_logo(store: Store, actor: Actor, event_id: UUID, path: Path, *, now: datetime) -> str:
    """Copy a picture beside one's own layouts, and say what it is called there.

    A picture of the same name and other content is not replaced: the copy gets a number.

    Raises:
        NotAllowedError: The actor may not change this event, or the file is not for them.
        NotFoundError: There is no such file.
        InvalidInputError: It is no PNG or JPEG that can be printed.
    """
    with store.read() as connection:
        need_here(connection, actor, event_id, Permission.EVENT)
        need_readable(store, connection, actor, path)
    content, suffix = _picture(path), path.suffix.lower()
    stem = "".join(c for c in file_name(path.stem, fallback="logo") if c.isascii() and c.isalnum())
    folder = layout_files.folder_of(store.home)
    with layout_files.locked(store.home):
        names = (f"{stem or 'logo'}{f'-{no}' if no else ''}{suffix}" for no in range(1000))
        name = next(
            each
            for each in names
            if not (folder / each).exists() or (folder / each).read_bytes() == content
        )
        replace_private(folder / name, content)
    _note(store, actor, event_id, "add_logo", name, now)
    return name


def _printers(connection: Connection, layout: str) -> Collection[str]:
    query = select(PrinterRow.name).where(PrinterRow.layout == layout)
    return [f"printer {name}" for name in connection.execute(query).scalars()]


def _need_all_events(store: Store, actor: Actor, event_id: UUID, name: str) -> None:
    with store.read() as connection:
        _need_events(connection, actor, event_id, name)


def _need_events(connection: Connection, actor: Actor, event_id: UUID, name: str) -> None:
    """Let only those pass who may change this event and all others that chose the layout."""
    need_here(connection, actor, event_id, Permission.EVENT)
    others = select(EventRow.id, EventRow.name).where(
        EventRow.badge_layout == name, EventRow.id != event_id
    )
    for row in connection.execute(others):
        try:
            need_here(connection, actor, row.id, Permission.EVENT)
        except NotAllowedError as error:
            raise NotAllowedError(
                f"{name!r} is used by another event, {row.name}.",
                hint="Duplicate it, and change the copy.",
            ) from error


def _need_own(home: Path, name: str) -> None:
    if not layout_files.is_own(home, name):
        raise NotFoundError(
            f"There is no layout {name!r} of your own.",
            hint="A ready one stays as it is; duplicate it to change it.",
        )


def _need_new(home: Path, name: str) -> None:
    layout_files.path_of(home, name)
    if name in layout_files.names_in(home):
        raise InvalidInputError(f"There is a layout {name!r} already.", hint="Choose another name.")


def _note(
    store: Store, actor: Actor, event_id: UUID, verb: str, name: str, now: datetime, **detail: str
) -> None:
    """Write down what became of a file: afterwards, since a file cannot be rolled back."""
    with store.write() as connection:
        subject = ("layout", None)
        record(connection, actor, verb, subject, now=now, event_id=event_id, name=name, **detail)


def _picture(path: Path) -> bytes:
    if path.suffix.lower() not in LOGO_SUFFIXES:
        raise InvalidInputError(f"{path.name[:60]!r} is no PNG or JPEG.")
    if not path.is_file():
        raise NotFoundError(f"There is no file {str(path)[:200]!r}.", hint="Check the path.")
    part = Part(Kind.LOGO, file=path.name)
    problem = logo_problem(part, Layout("", "", 10, 10, ((part,),), folder=path.parent))
    if problem:
        raise InvalidInputError(problem)
    with path.open("rb") as file:
        return file.read(MOST_BYTES)
