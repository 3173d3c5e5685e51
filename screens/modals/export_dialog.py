"""Saving a list or a report as a file: in which form, and where."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from threading import Event as Flag
from typing import Any, Final

from textual import work

from eventdesk.acts import Actor, Permission
from eventdesk.core.errors import FileTakenError, InvalidInputError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.reports import Report
from eventdesk.events import EventView
from eventdesk.exchange import EVERYTHING, LISTINGS, Exported, ExportSet, Listing, spoken
from eventdesk.figures import ReportForm, save_report
from eventdesk.tables.files import Form
from screens.core.part import Part
from screens.core.role_screen import RoleScreen
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import YesNo
from screens.widgets.form import ChoiceField, Field, TextField
from screens.widgets.path_suggester import typed_path

FORMS: Final = {
    "csv": msg("CSV, for every spreadsheet"),
    "xlsx": msg("XLSX, for Excel"),
    "json": msg("JSON, for programs"),
    "pdf": msg("PDF, for paper"),
    "svg": msg("SVG, a drawing for every browser"),
    "png": msg("PNG, a picture"),
}


ANYWHERE: Final = msg("Left empty, it goes to the home folder's exports under a name of its own.")
AMONG_EXPORTS: Final = msg(
    "A name; it goes to the home folder's exports. Left empty, it gets one of its own."
)

Save = Callable[[str, Path | None, bool, Callable[[int], None]], Awaitable[Any]]
"""Saves: in which form, where or None, whether over a file, and what to tell how far it is."""


class SaveDialog(FormDialog[Any]):
    """Asks for a form and a place, and saves; Esc stops it while it writes.

    Args:
        anywhere: Whether the actor may save outside of the exports.
    """

    def __init__(
        self,
        title: str,
        forms: Sequence[StrEnum],
        save: Save,
        *,
        anywhere: bool,
        explanation: str = "",
    ) -> None:
        self.save_as, self.anywhere = save, anywhere
        self.stopped = Flag()
        fields: list[Field[Any]] = [
            ChoiceField(
                "form", _("Form"), [(str(f), str(FORMS[f])) for f in forms], value=str(forms[0])
            ),
            TextField(
                "path",
                _("File"),
                max_length=1000,
                help=str(ANYWHERE if anywhere else AMONG_EXPORTS),
            ),
        ]
        super().__init__(title, fields, self._save, explanation=explanation, confirm=_("Save"))

    @work(exclusive=True, group="stop")
    async def action_give_up(self) -> None:
        """Leave; what is being written is stopped, and no file is left."""
        if self.busy:
            self.stopped.set()
        else:
            self.dismiss(None)

    async def _save(self, values: dict[str, Any]) -> Any:
        self.stopped.clear()
        typed = values["path"].strip()
        path = (typed_path(typed) if self.anywhere else Path(typed)) if typed else None
        if path is not None and path.name and not path.suffix:
            path = path.with_name(f"{path.name}.{values['form']}")
        loop = asyncio.get_running_loop()

        def tell(done: int) -> None:
            if self.stopped.is_set():
                raise InvalidInputError(msg("It was stopped."), hint=msg("No file was left."))
            loop.call_soon_threadsafe(self._tell, done)

        try:
            return await self.save_as(values["form"], path, False, tell)
        except FileTakenError as error:
            if not self.anywhere:
                raise
            question = YesNo(_("Replace it?"), plain(str(error), limit=400), yes=_("Replace"))
            if not await self.app.push_screen_wait(question):
                raise
        return await self.save_as(values["form"], path, True, tell)

    def _tell(self, done: int) -> None:
        if self.is_attached and self.busy:
            self._say(_("{done:,} rows are written. Esc stops.", done=done))


async def exported_list(
    owner: RoleScreen[Any] | Part, actor: Actor, listing: Listing, event: EventView | None
) -> None:
    """Ask which set of columns is exported, how and where; save it, and say where it is.

    Args:
        owner: The screen or part that shows the list.
        actor: Who takes it out.
        listing: Which list.
        event: Of which event; None for the list of events, which has no sets.
    """

    async def ask(kept: ExportSet | None) -> Exported | None:
        dialog = _saving(owner, actor, listing, event, kept)
        done: Exported | None = await owner.app.push_screen_wait(dialog)
        return done

    if event is None:
        done = await ask(None)
    else:
        from screens.modals.export_sets import ExportSets

        sets = ExportSets(owner.tools, actor, event, listing, ask)
        done = await owner.app.push_screen_wait(sets)
    if done is not None:
        path = plain(str(done.path), limit=400)
        words = _n("{count} row is in {path}", "{count} rows are in {path}", done.rows, path=path)
        owner.notify(words, title=_("Exported"), markup=False)


def _saving(
    owner: RoleScreen[Any] | Part,
    actor: Actor,
    listing: Listing,
    event: EventView | None,
    kept: ExportSet | None,
) -> SaveDialog:
    """The dialog that saves a list, or a set of its columns and rows."""
    spec, desk = LISTINGS[listing], owner.tools.desk
    selection = kept.selection if kept is not None else EVERYTHING

    async def save(
        form: str, path: Path | None, overwrite: bool, tell: Callable[[int], None]
    ) -> Exported:
        # Reading and writing files, with one short note in the store: no work for its writer.
        return await desk.take_steps(
            spec.write,
            actor,
            Form(form),
            event_id=event.id if event is not None else None,
            path=path,
            overwrite=overwrite,
            selection=selection,
            on_progress=tell,
        )

    title = _("Export: {title}", title=plain(kept.name) if kept is not None else spec.title)
    told = _("All rows, whatever is searched for. No cell is ever run as a formula.")
    if kept is not None:
        told = plain(str(spoken(selection)), limit=300)
    forms = sorted(Form, key=lambda form: kept is not None and form is not kept.form)
    anywhere = actor.may(Permission.INSTALLATION)
    return SaveDialog(title, forms, save, anywhere=anywhere, explanation=told)


async def saved_report(part: Part, report: Report) -> None:
    """Ask how and where a report on show is saved, save it, and say where it is."""
    tools, actor = part.tools, part.actor

    async def save(
        form: str, path: Path | None, overwrite: bool, _tell: Callable[[int], None]
    ) -> list[Path]:
        # Only files are written, which is no work for the store's writer.
        return await tools.desk.read(
            save_report, actor, report, form=form, path=path, overwrite=overwrite
        )

    title, anywhere = _("Save: {title}", title=report.title), actor.may(Permission.INSTALLATION)
    dialog = SaveDialog(title, list(ReportForm), save, anywhere=anywhere)
    files = await part.app.push_screen_wait(dialog)
    if files:
        words = plain(str(files[0]), limit=400)
        if len(files) > 1:
            words = _("{path} and {total} more", path=words, total=len(files) - 1)
        part.notify(words, title=_("Saved"), markup=False)
