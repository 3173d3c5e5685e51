"""The sets of columns of one list: exported, made, changed, scheduled, renamed, deleted."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label

from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken as spoken_time
from eventdesk.events import EventView
from eventdesk.exchange import (
    EVERYTHING,
    LISTINGS,
    MAX_HOURS,
    MAX_KEPT,
    USUALLY_KEPT,
    WEEKDAYS,
    Every,
    Exported,
    ExportSet,
    Listing,
    NewExportSet,
    Schedule,
    change_export_set,
    export_columns,
    export_sets,
    read_minute,
    remove_export_set,
    save_export_set,
    schedule_export_set,
    spoken,
    spoken_schedule,
    time_of_day,
)
from eventdesk.tables.files import Form
from screens.core.failures import ShowsErrors
from screens.core.messages import StoreChanged
from screens.core.station import AsActor, Tools
from screens.modals.columns_dialog import ColumnsDialog
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion, YesNo
from screens.widgets.form import ChoiceField, NumberField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

WHOLE: Final = uuid4()
"""The key of the line that stands for the whole list."""

Ask = Callable[[ExportSet | None], Awaitable[Exported | None]]
"""Asks where a set, or the whole list, is saved, and saves it."""


class ExportSets(ModalScreen[Exported | None], ShowsErrors, AsActor):
    """Lists the whole list and its sets; Enter exports one, and is answered with the file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New set", tooltip="Choose columns and rows, and keep them by name"),
        Binding("e", "change", "Columns", tooltip="Change columns, rows and order of the set"),
        Binding("s", "schedule", "Schedule", tooltip="Have the set exported by itself"),
        Binding("r", "rename", "Rename", tooltip="Give the set another name"),
        Binding("delete", "remove", "Delete", tooltip="Forget the set; its files stay"),
        Binding("escape", "leave", "Back"),
    ]
    CSS = """
    ExportSets > .dialog { width: 96%; max-width: 130; height: 90%; max-height: 90%; }
    ExportSets #set-words { width: 100%; height: auto; max-height: 5; padding: 1 0; }
    """

    table = getters.query_one(PagedTable)

    def __init__(
        self, tools: Tools, actor: Actor, event: EventView, listing: Listing, ask: Ask
    ) -> None:
        super().__init__()
        self.tools, self.actor, self.event, self.listing = tools, actor, event, listing
        self.ask_and_save = ask
        self.sets: tuple[ExportSet, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the list, what the marked one takes, and the keys."""
        with Vertical(classes="dialog"):
            title = _("Export: {title}", title=LISTINGS[self.listing].title)
            yield Label(title, classes="title", markup=False)
            yield PagedTable(
                self._read,
                Column(_("What")),
                Column(_("Columns"), 12, least=60),
                Column(_("Written"), 18),
                Column(_("Next"), 22, least=90),
                empty=_("Reading …"),
                searchable=False,
            )
            yield Label("", id="set-words", markup=False)
            keys = _("Enter exports · Esc back")
            if self.actor.may(Permission.EVENT):
                keys = _(
                    "Enter exports · N makes a set of columns and rows · E changes them\n"
                    "S schedule · R rename · Del delete · Esc back"
                )
            yield Label(keys, classes="hint", markup=False)

    @work(group="feed", exit_on_error=False)
    async def on_mount(self) -> None:
        """Read what is there."""
        await self._re_read()
        self.table.focus()

    @on(StoreChanged)
    @work(exclusive=True, group="feed", exit_on_error=False)
    async def _follow(self) -> None:
        await self._re_read()

    async def _re_read(self) -> None:
        await self.table.re_read()
        self._tell()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        self.sets = await self.desk.read(export_sets, self.event.id, listing=self.listing)
        whole: tuple[ExportSet | None, ...] = (None, *self.sets)
        return rows_of(whole, offset, limit, self._line)

    def _line(self, kept: ExportSet | None) -> Line:
        if kept is None:
            return Line(WHOLE, (_("The whole list"), _("all"), "", ""))
        columns = kept.selection.columns
        written = str(spoken_schedule(kept.schedule))
        if kept.problem:
            written = _("✗ failed")
        next_at = "" if kept.due_at is None else spoken_time(kept.due_at, self.event.time_zone)
        cells = (kept.name, str(len(columns)) if columns else _("all"), written, next_at)
        return Line(kept.id, cells, "bad" if kept.problem else "")

    @property
    def marked(self) -> ExportSet | None:
        """The set under the cursor; None for the whole list."""
        return view_of(self.table.marked, ExportSet)

    @on(PagedTable.Marked)
    def _tell(self) -> None:
        """Say what the marked set takes, when it is written, and what went wrong."""
        self.query_one("#set-words", Label).update(self._words(self.marked))

    def _words(self, kept: ExportSet | None) -> str:
        if kept is None:
            return _("All rows and columns. No cell is ever run as a formula.")
        zone = self.event.time_zone
        words = [plain(str(spoken(kept.selection)), limit=300)]
        if kept.schedule is not None:
            folder = plain(f"exports/{kept.folder}")
            said = str(spoken_schedule(kept.schedule))
            kept_files = kept.schedule.keep
            words.append(
                _(
                    "{when}, into {folder}; the last {count} files stay.",
                    when=said[:1].upper() + said[1:],
                    folder=folder,
                    count=kept_files,
                )
            )
            words.append(
                _("Next {at}.", at=spoken_time(kept.due_at, zone))
                if kept.due_at is not None
                else _("The event ends before the next.")
            )
        if kept.problem:
            at = spoken_time(kept.try_at, zone) if kept.try_at is not None else "–"
            problem = plain(kept.problem, limit=300)
            words.append(_("✗ {problem} It is tried again {at}.", problem=problem, at=at))
        return "\n".join(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sets are the organizers' to make and change."""
        if action in {"add", "change", "schedule", "rename", "remove"}:
            return self.actor.may(Permission.EVENT)
        return super().check_action(action, parameters)

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="act", exit_on_error=False)
    async def export(self) -> None:
        """Export the marked one."""
        done = await self.ask_and_save(self.marked)
        if done is not None:
            self.dismiss(done)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_add(self) -> None:
        """Choose columns and rows, and keep them under a name."""
        heading = await self.desk.read(export_columns, self.event.id, self.listing)
        dialog = ColumnsDialog(_("Columns and rows of the new set"), heading, EVERYTHING)
        selection = await self.app.push_screen_wait(dialog)
        if selection is None:
            return
        name = await self.app.push_screen_wait(
            TextQuestion(
                _("Save this set as …"),
                _("A name such as Mail list; it is offered at each export."),
                confirm=_("Save"),
            )
        )
        if name is not None:
            new = NewExportSet(name, self.listing, Form.CSV, selection)
            set_id = await self.desk.write(save_export_set, self.event.id, new)
            await self._re_read()
            self._mark(set_id)

    def _mark(self, set_id: UUID) -> None:
        ids = [None, *(each.id for each in self.sets)]
        if set_id in ids:
            self.table.lines.move_to(ids.index(set_id))

    async def _changed(self, kept: ExportSet, **changes: Any) -> None:
        new = NewExportSet(kept.name, kept.listing, kept.form, kept.selection)
        await self.desk.write(change_export_set, kept.id, replace(new, **changes))
        await self._re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_change(self) -> None:
        """Choose other columns and rows for the marked set."""
        kept = self._set_or_hint()
        if kept is None:
            return
        heading = await self.desk.read(export_columns, self.event.id, self.listing)
        title = _("Columns and rows of {name}", name=plain(kept.name))
        selection = await self.app.push_screen_wait(ColumnsDialog(title, heading, kept.selection))
        if selection is not None:
            await self._changed(kept, selection=selection)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_rename(self) -> None:
        """Give the marked set another name."""
        kept = self._set_or_hint()
        if kept is None:
            return
        words = _("Files that were written stay where they are.")
        question = TextQuestion(_("New name"), words, value=kept.name, confirm=_("Rename"))
        name = await self.app.push_screen_wait(question)
        if name is not None and name != kept.name:
            await self._changed(kept, name=name)

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_remove(self) -> None:
        """Forget the marked set, after a question."""
        kept = self._set_or_hint()
        if kept is None:
            return
        title = _("Delete the set {name}?", name=plain(kept.name, limit=60))
        words = _("Its schedule ends with it. Files that it wrote stay.")
        if await self.app.push_screen_wait(YesNo(title, words, yes=_("Delete"))):
            await self.desk.write(remove_export_set, kept.id)
            await self._re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_schedule(self) -> None:
        """Ask when the marked set is written by itself."""
        kept = self._set_or_hint()
        if kept is None:
            return

        async def save(values: dict[str, Any]) -> bool:
            form = Form(values["form"])
            if form is not kept.form:
                await self._changed(kept, form=form)
            await self.desk.write(schedule_export_set, kept.id, _schedule(values))
            return True

        if await self.app.push_screen_wait(self._schedule_dialog(kept, save)):
            await self._re_read()

    def _schedule_dialog(
        self, kept: ExportSet, save: Callable[[dict[str, Any]], Awaitable[bool]]
    ) -> FormDialog[bool]:
        now = kept.schedule or Schedule(Every.DAY)
        kind = kept.schedule.every if kept.schedule is not None else None
        days = [(place, str(name)) for place, name in enumerate(WEEKDAYS)]
        every = [(None, _("by hand only")), *((each, str(EVERY[each])) for each in Every)]
        keep = now.keep if kept.schedule else USUALLY_KEPT
        return FormDialog(
            _("When is {name} written?", name=plain(kept.name, limit=60)),
            [
                ChoiceField("kind", _("How often"), every, value=kind),
                ChoiceField("weekday", _("Day"), days, value=now.weekday),
                TextField(
                    "time",
                    _("Time at the event"),
                    value=time_of_day(now.minute),
                    max_length=5,
                    check=read_minute,
                ),
                NumberField("hours", _("Hours between"), value=now.hours, least=1, most=MAX_HOURS),
                ChoiceField("form", _("Form"), [(f, f.upper()) for f in Form], value=kept.form),
                NumberField("keep", _("Files that stay"), value=keep, least=1, most=MAX_KEPT),
            ],
            save,
            explanation=_(
                "Until the event ends, while a desk or another program is open on this store."
            ),
            only_for={
                "weekday": (Every.WEEK,),
                "time": (Every.DAY, Every.WEEK),
                "hours": (Every.HOURS,),
                "keep": tuple(Every),
            },
        )

    def _set_or_hint(self) -> ExportSet | None:
        """The marked set; where there is none, say how one is made."""
        if self.marked is None:
            words = _("This is the whole list. N makes a set of columns and rows.")
            self.notify(words, severity="warning", markup=False)
        return self.marked

    def action_leave(self) -> None:
        """Go back; nothing was exported."""
        self.dismiss(None)


EVERY: Final = {
    Every.DAY: msg("every day"),
    Every.WEEK: msg("every week"),
    Every.HOURS: msg("every few hours"),
}


def _schedule(values: dict[str, Any]) -> Schedule | None:
    if values["kind"] is None:
        return None
    return Schedule(
        values["kind"],
        minute=read_minute(values["time"]),
        weekday=values["weekday"],
        hours=values["hours"] or 1,
        keep=values["keep"] or USUALLY_KEPT,
    )
