"""The part of archives: whole events as files, made, checked and taken in."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import number, when
from eventdesk.core.messages import _, _n, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import all_events
from eventdesk.exchange import (
    SUFFIX,
    ArchiveFile,
    ArchiveLook,
    archives_here,
    bring_event,
    look_into_archive,
    pack_event,
)
from screens.core.part import Part
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.widgets.form import ChoiceField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of
from screens.widgets.path_suggester import typed_path


class ArchivesPart(Part):
    """Lists the archives among the exports; Enter checks one and says what is in it."""

    HELP = (
        "An archive is a whole event in one file, with its tickets and keys. N makes one, Enter "
        "checks the marked one, I takes its event in after it was checked and you said yes. O "
        "checks a file that lies elsewhere."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "make", "New archive", tooltip="Write an event into a file"),
        Binding("e", "look", "Check", key_display="Enter", tooltip="Check it, say what is in it"),
        Binding("i", "bring", "Take in", tooltip="Take the event of the marked archive in"),
        Binding("o", "other", "Other file", tooltip="Check a file that lies elsewhere"),
    ]
    ON_A_LINE = frozenset({"look", "bring"})
    DEFAULT_CSS = """
    ArchivesPart > #archive { height: auto; max-height: 50%; padding: 1 1 0 1; }
    ArchivesPart > #archive Label { width: 100%; }
    """

    table = getters.query_one(PagedTable)

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools, actor)
        self.archives: tuple[ArchiveFile, ...] = ()
        self.looked: dict[Path, ArchiveLook] = {}

    def compose(self) -> ComposeResult:
        """Lay out the list, and what is in the marked one below it."""
        yield PagedTable(
            self._read,
            Column(_p("file", "Archive")),
            Column(_("Written (UTC)"), 16, least=70),
            Column(_("Size"), 12, right=True, least=80),
            Column(_("Checked"), 24),
            empty=_(
                "No archive among the exports. Press N to write an event into one, O to look at a "
                "file from elsewhere."
            ),
            searchable=False,
        )
        yield VerticalScroll(Label("", markup=False), id="archive", can_focus=False)

    async def re_read(self) -> None:
        """Read which archives there are."""
        self.archives = await self.desk.read(archives_here)
        await self.table.re_read()
        self._tell()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        return rows_of(self.archives, offset, limit, self._line)

    def _line(self, archive: ArchiveFile) -> Line:
        look = self.looked.get(archive.path)
        said = _("not yet: Enter checks")
        if look is not None:
            said = _("✓ whole: {name}", name=look.event_name)
        cells = (
            archive.path.name.removesuffix(f".{SUFFIX}"),
            when(archive.made_at, "%Y-%m-%d %H:%M"),
            number(archive.size),
            said,
        )
        return Line(uuid5(NAMESPACE_URL, str(archive.path)), cells, "" if look is None else "good")

    @property
    def marked(self) -> ArchiveFile | None:
        """The archive under the cursor."""
        return view_of(self.table.marked, ArchiveFile)

    @on(PagedTable.Marked)
    def _tell(self) -> None:
        """Say what is in the marked archive, once it was checked."""
        look = self.looked.get(self.marked.path) if self.marked is not None else None
        words = ""
        if look is not None:
            words = _words(look)
        elif self.marked is not None:
            words = _("Enter checks it: whether it is whole, and what is in it.")
        self.query_one("#archive Label", Label).update(words)

    @on(PagedTable.Chosen)
    def _look_chosen(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self.action_look()

    @work(exclusive=True, group="archive", exit_on_error=False)
    async def action_look(self) -> None:
        """Check the marked archive."""
        if self.marked is not None:
            await self._check(self.marked.path)

    @work(exclusive=True, group="archive", exit_on_error=False)
    async def action_other(self) -> None:
        """Check a file that lies elsewhere, and offer to take it in."""
        question = TextQuestion(
            _("Which file?"),
            _("The path of an archive, such as /media/usb/fair.eventdesk.zip"),
            confirm=_("Check"),
        )
        typed = await self.app.push_screen_wait(question)
        path = typed_path(typed) if typed else None
        if path is not None:
            await self._bring(path)

    @work(exclusive=True, group="archive", exit_on_error=False)
    async def action_bring(self) -> None:
        """Take the event of the marked archive in, after a look and a question."""
        if self.marked is None:
            self.say(_("Mark an archive first, or press O for a file from elsewhere."), warns=True)
            return
        await self._bring(self.marked.path)

    async def _check(self, path: Path) -> tuple[ArchiveLook, str] | None:
        """Ask for the passphrase and check a file; returns what is in it, and the passphrase."""

        async def look(values: dict[str, Any]) -> tuple[ArchiveLook, str]:
            passphrase = values["passphrase"]
            found = await self.desk.read(look_into_archive, path, passphrase=passphrase)
            return found, passphrase

        dialog: FormDialog[tuple[ArchiveLook, str]] = FormDialog(
            _("Check {name}", name=plain(path.name, limit=60)),
            [TextField("passphrase", _("Passphrase"), password=True, required=True)],
            look,
            explanation=_("The one it was written with. Nothing is changed."),
            confirm=_("Check"),
        )
        checked = await self.app.push_screen_wait(dialog)
        if checked is not None:
            self.looked[path] = checked[0]
            await self.re_read()
        return checked

    async def _bring(self, path: Path) -> None:
        checked = await self._check(path)
        if checked is None:
            return
        look, passphrase = checked
        name = plain(look.event_name, limit=60)
        if not look.fits:
            self.say(_obstacle(look), title=_("It cannot be taken in"), warns=True)
            return
        question = YesNo(_("Take {name} in?", name=name), _words(look), yes=_("Take it in"))
        if not await self.app.push_screen_wait(question):
            return
        self.say(_("◌ Taking it in …"))
        done = await self.desk.write(bring_event, path, passphrase=passphrase)
        words = _n(
            "✓ {name} with {count} ticket is here.",
            "✓ {name} with {count} tickets is here.",
            done.tickets,
            name=name,
        )
        if done.new_codes:
            old, new = done.new_codes[0]
            told = _("The code {old} was taken here; it is {new} now.", old=plain(old), new=new)
            words = f"{words} {told}"
        self.say(words)
        self.looked.pop(path, None)
        await self.re_read()

    @work(exclusive=True, group="archive", exit_on_error=False)
    async def action_make(self) -> None:
        """Write an event into an archive."""
        events = await self.desk.read(all_events)
        if not events:
            self.say(_("There is no event yet."), warns=True)
            return
        loop, names = asyncio.get_running_loop(), [(each.id, each.name) for each in events]

        def tell(done: int) -> None:
            loop.call_soon_threadsafe(dialog.tell_done, done)

        async def pack(values: dict[str, Any]) -> Any:
            if values["passphrase"] != values["again"]:
                raise InvalidInputError(
                    msg("The two passphrases differ."), hint=msg("Type it twice alike.")
                )
            typed = values["path"].strip()
            path = typed_path(typed) if typed else None
            # Reading for a while, with short notes in the store: no work for its writer.
            return await self.desk.take_steps(
                pack_event,
                values["event"],
                passphrase=values["passphrase"],
                path=path,
                on_progress=tell,
            )

        dialog = PackDialog(
            _("Write an event into an archive"),
            [
                ChoiceField("event", _("Event"), names, value=events[0].id),
                TextField("passphrase", _("Passphrase"), password=True, required=True),
                TextField("again", _("Once more"), password=True, required=True),
                TextField(
                    "path",
                    _("File"),
                    max_length=1000,
                    help=_("Left empty, it gets a name of its own among the exports."),
                ),
            ],
            pack,
            explanation=_(
                "All of it: tickets, bookings, scans and the keys that open its tickets. Keep the "
                "passphrase: without it nobody opens the file, and who has both can make tickets."
            ),
            confirm=_("Write it"),
        )

        packed = await self.app.push_screen_wait(dialog)
        if packed is not None:
            self.say(plain(_("✓ Written: {path}", path=packed.path), limit=400))
            await self.re_read()


class PackDialog(FormDialog[Any]):
    """Asks for an event and a passphrase; says how far the writing is."""

    def tell_done(self, done: int) -> None:
        """Say how many rows are written."""
        if self.is_attached and self.busy:
            self._say(_("{done:,} rows are written.", done=done))


def _words(look: ArchiveLook) -> str:
    """What is in an archive, and what taking it in would do."""
    lines = [
        _(
            "{name}, written {at:%Y-%m-%d %H:%M} UTC",
            name=plain(look.event_name, limit=80),
            at=look.made_at,
        ),
        _(
            "{tickets:,} tickets, {bookings:,} bookings, {scans:,} scans, {people:,} people",
            tickets=look.tickets,
            bookings=look.rows.get("booking", 0),
            scans=look.rows.get("scan", 0),
            people=look.rows.get("account", 0),
        ),
    ]
    if look.fits:
        lines.append(
            _(
                "Not here yet: I takes it in, with its codes; {count} people get a new account.",
                count=look.new_people,
            )
        )
    else:
        lines.append(_obstacle(look))
    return "\n".join(lines)


def _obstacle(look: ArchiveLook) -> str:
    if look.is_newer:
        return _("! A newer eventdesk wrote it. Install that one here to take it in.")
    return _(
        "! {name} is in this house already; an archive does not bring an event up to date.",
        name=plain(look.here_as, limit=60),
    )
