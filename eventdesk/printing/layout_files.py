"""Files of one's own layouts: written whole, with their former versions kept."""

from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from badges.layout_file import (
    MAX_BYTES,
    SUFFIX,
    find_layout,
    gallery,
    is_name,
    need_name,
    read_text,
)
from badges.layout_parts import Kind, Layout
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.private_file import folder_lock, replace_private

BADGES_FOLDER = "badges"
"""Folder below the home folder that a printer of kind `folder` writes to."""

LAYOUTS_FOLDER = "layouts"
"""Folder of one's own layouts below the home folder."""

MAX_LOGO: Final = 4 * 1024 * 1024
FORMER_FOLDER: Final = ".former"
MAX_FORMER: Final = 30
"""Former versions kept of each layout; the oldest goes."""


def folder_of(home: Path) -> Path:
    """Where one's own layouts lie."""
    return home / LAYOUTS_FOLDER


def names_in(home: Path) -> list[str]:
    """Name one's own layouts and the ready ones they do not stand in front of."""
    own = [path.stem for path in folder_of(home).glob(f"*{SUFFIX}") if is_name(path.stem)]
    ready = [layout.name for layout in gallery() if layout.name not in own]
    return [*sorted(own), *ready]


def is_own(home: Path, name: str) -> bool:
    """Whether there is a file of one's own with this name."""
    return is_name(name) and path_of(home, name).is_file()


def path_of(home: Path, name: str) -> Path:
    """Where a layout of one's own lies or would lie; refuses what cannot be a name."""
    need_name(name)
    return folder_of(home) / f"{name}{SUFFIX}"


def layout_ref(home: Path, name: str) -> str:
    """Name a layout so that it is found without the home folder: one's own file by its path."""
    return str(path_of(home, name)) if is_own(home, name) else name


@dataclass(frozen=True, slots=True)
class SentLayout:
    """A layout of one's own with its logos, for a machine that does not have the files.

    Attributes:
        mark: Alike for files that are alike.
        text: Of its file; "" where the other machine has it already.
        logos: The files beside it by their names, as base64.
    """

    name: str
    mark: str
    text: str = ""
    logos: Mapping[str, str] = field(default_factory=dict)


def sent_layout(home: Path, name: str, known: Collection[str]) -> SentLayout | None:
    """The files of a layout, for another machine; None where it is a ready one.

    Args:
        home: Where the house's own layouts lie.
        name: Of the layout, or the path of its file.
        known: The marks of the layouts that the other machine has.
    """
    name = Path(name).stem
    if not is_own(home, name):
        return None
    text = text_of(home, name)
    logos = dict(_logos(home, name))
    parts = [
        text.encode(),
        *(part for each in logos.items() for part in (each[0].encode(), each[1])),
    ]
    mark = sha256(b"".join(len(each).to_bytes(4, "big") + each for each in parts)).hexdigest()
    if mark in known:
        return SentLayout(name, mark)
    return SentLayout(name, mark, text, {each: b64encode(logos[each]).decode() for each in logos})


def _logos(home: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """The files of a layout's logos that are there, by name."""
    try:
        sides = found(home, name).sides
    except EventDeskError:
        return  # the printer says what is wrong with it
    files = {part.file for side in sides for part in side if part.kind is Kind.LOGO and part.file}
    for file in sorted(files):
        path = folder_of(home) / file
        with suppress(OSError):
            if Path(file).name == file and path.stat().st_size <= MAX_LOGO:
                yield file, path.read_bytes()


def text_of(home: Path, name: str) -> str:
    """Read the text of one's own layout; "" when there is none."""
    return read_text(path_of(home, name)) if is_own(home, name) else ""


def found(home: Path, name: str) -> Layout:
    """Find a layout by name; see `badges.layout_file.find_layout`."""
    return find_layout(name, folder_of(home))


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Let nobody else change the layouts meanwhile; refuses a folder that cannot be written."""
    try:
        folder_of(home).mkdir(mode=0o700, exist_ok=True)
        with folder_lock(folder_of(home)):
            yield
    except OSError as error:
        raise InvalidInputError(
            msg("The folder of layouts cannot be written: {strerror}.", strerror=error.strerror),
            hint=msg(
                "Give {folder_of} room and write permission. What was there is as it was.",
                folder_of=folder_of(home),
            ),
        ) from error


def put(home: Path, name: str, text: str) -> None:
    """Write a layout whole, if it is not too long; what stood there is kept as a former version."""
    content = text.encode("utf-8", "replace")
    if len(content) > MAX_BYTES:
        raise InvalidInputError(
            msg("The layout is larger than {max_bytes} KiB.", max_bytes=MAX_BYTES // 1024)
        )
    _keep(home, name)
    replace_private(path_of(home, name), content)


def take_away(home: Path, name: str) -> None:
    """Remove a layout; it is kept as a former version."""
    _keep(home, name)
    path_of(home, name).unlink(missing_ok=True)


def formers(home: Path, name: str) -> list[Path]:
    """Return the former versions of a layout, the latest last."""
    return sorted((folder_of(home) / FORMER_FOLDER).glob(f"{name}.[0-9]*{SUFFIX}"))


def take_back(home: Path, name: str) -> bool:
    """Put the latest former version in the place of the present one; whether there was any."""
    kept = formers(home, name)
    if kept:
        kept[-1].replace(path_of(home, name))
    return bool(kept)


def deleted_names(home: Path) -> list[str]:
    """Name the layouts of which only former versions are left."""
    kept = (folder_of(home) / FORMER_FOLDER).glob(f"*{SUFFIX}")
    stems = {path.stem.rpartition(".")[0] for path in kept}
    return sorted(name for name in stems if is_name(name) and not is_own(home, name))


def _keep(home: Path, name: str) -> None:
    before = path_of(home, name)
    if not before.is_file():
        return
    kept = formers(home, name)
    last = int(kept[-1].stem.rpartition(".")[2]) if kept else 0
    former = folder_of(home) / FORMER_FOLDER / f"{name}.{last + 1:06}{SUFFIX}"
    former.parent.mkdir(mode=0o700, exist_ok=True)
    replace_private(former, before.read_bytes())
    for old in kept[: max(0, len(kept) + 1 - MAX_FORMER)]:
        old.unlink(missing_ok=True)
