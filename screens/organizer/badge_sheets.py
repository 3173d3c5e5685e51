"""Badges in advance: whose, how they lie on sheets, a look at the first, and printing."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, ProgressBar

from badges.sheets import PaperSize, Sheet
from eventdesk.acts import Actor, Permission
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.printing import (
    CUPS,
    ORDERS,
    Batch,
    BatchDone,
    BatchPreview,
    LayoutView,
    Order,
    Wanted,
    drop_badges,
    folder_of,
    list_batches,
    list_printers,
    plan_badges,
    preview_badges,
    print_badges,
    reprint_sheets,
    settle_sheets,
)
from eventdesk.sales import list_ticket_types
from screens.core.failures import ShowsErrors
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.widgets.badge_preview import BadgePreview
from screens.widgets.form import (
    ChoiceField,
    Field,
    NumberField,
    SeveralField,
    TextField,
    YesNoField,
)
from screens.widgets.path_suggester import typed_path

if TYPE_CHECKING:
    from PIL.Image import Image

LOOK_DPI: Final = 75
MAX_NAMES: Final = 40
FILE: Final = ""
"""Stands for a PDF among the printers."""


class SheetLook(ModalScreen[bool]):
    """Shows the first sheet and how many there are; dismissed with whether to print."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "print", "Print"),
        Binding("enter", "print", "Print", show=False),
        Binding("escape", "refuse", "Back"),
    ]
    CSS = """
    SheetLook > .dialog { width: 96%; max-width: 130; height: 96%; max-height: 96%; }
    SheetLook > .dialog > Horizontal { height: 1fr; }
    SheetLook #sheet { width: 1fr; height: 100%; }
    SheetLook #sheet-names { width: 40%; padding-left: 2; }
    SheetLook #sheet-words { width: 100%; height: auto; }
    """

    def __init__(self, preview: BatchPreview, picture: "Image") -> None:
        super().__init__()
        self.preview, self.picture = preview, picture

    def compose(self) -> ComposeResult:
        """Lay out the counts, the sheet and the keys."""
        with Vertical(classes="dialog"):
            told = _n("{count} badge in advance", "{count} badges in advance", self.preview.badges)
            yield Label(told, classes="title", markup=False)
            yield Label(_sheet_words(self.preview), id="sheet-words", markup=False)
            with Horizontal():
                yield BadgePreview(id="sheet")
                yield Label(self._names(), id="sheet-names", markup=False)
            keys = _("Enter prints · Esc back; nothing is printed yet")
            yield Label(keys, classes="hint", markup=False)

    def _names(self) -> str:
        """Whose badges are on the first sheet, in order."""
        names = [f"{no:>2} {plain(one.name)}" for no, one in enumerate(self.preview.first, 1)]
        return "\n".join([_("The first sheet:"), *names[:MAX_NAMES]])

    def on_mount(self) -> None:
        """Show the sheet."""
        self.query_one(BadgePreview).picture = self.picture

    def action_print(self) -> None:
        """Go on."""
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Back to what was chosen."""
        self.dismiss(False)


def _sheet_words(preview: BatchPreview) -> str:
    words = _n(
        "{count} sheet with up to {places} badges, by the layout {layout}.",
        "{count} sheets with up to {places} badges each, by the layout {layout}.",
        preview.sheets,
        places=preview.places,
        layout=plain(preview.layout),
    )
    if preview.parts > 1:
        words += " " + _n(
            "They go into {count} file.", "They go into {count} files.", preview.parts
        )
    return words


class SheetProgress(ModalScreen[BatchDone | None], ShowsErrors, AsActor):
    """Prints a batch and shows how far it is; Esc stops behind what is out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stop", "Stop")]

    def __init__(self, tools: Tools, actor: Actor, batch_id: UUID, badges: int) -> None:
        super().__init__()
        self.tools, self.actor, self.batch_id, self.badges = tools, actor, batch_id, badges
        self.stopped = Flag()

    def compose(self) -> ComposeResult:
        """Lay out the bar."""
        with Vertical(classes="dialog"):
            yield Label(_("Printing badges"), classes="title")
            yield ProgressBar(total=self.badges, show_eta=False)
            yield Label(_("Drawing …"), id="sheet-count", markup=False)
            hint = _("Esc stops. What is finished stays, and the rest can be printed later.")
            yield Label(hint, classes="hint", markup=False)

    @work(group="print", exit_on_error=False)
    async def on_mount(self) -> None:
        """Print."""
        loop = asyncio.get_running_loop()

        def tell(done: int) -> None:
            if self.stopped.is_set():
                raise InvalidInputError(
                    msg("It was stopped."), hint=msg("What is finished stays; A goes on.")
                )
            loop.call_soon_threadsafe(self._tell, done)

        try:
            # Drawing for minutes, with a short note after each part: no work for the writer.
            done = await self.desk.take_steps(print_badges, self.batch_id, on_progress=tell)
        except EventDeskError as error:
            self.app.notify(
                plain(error.hint, limit=300) or " ",
                title=plain(str(error), limit=300),
                severity="warning",
                markup=False,
            )
            self.dismiss(None)
            return
        self.dismiss(done)

    def _tell(self, done: int) -> None:
        if self.is_attached:
            self.query_one(ProgressBar).update(progress=done)
            said = _("{done:,} of {total:,} badges are drawn.", done=done, total=self.badges)
            self.query_one("#sheet-count", Label).update(said)

    def action_stop(self) -> None:
        """Stop behind the sheet that is being drawn."""
        self.stopped.set()
        self.query_one("#sheet-count", Label).update(_("◌ It stops in a moment …"))


class BadgesInAdvance(ShowsErrors, AsActor):
    """Mixin of the part of badges: printing in advance from its dialogs."""

    event: EventView

    async def print_in_advance(self, layouts: Sequence[LayoutView]) -> None:
        """Begin, or go on with what was begun; then say where the badges are."""
        batches = await self.desk.read(list_batches, self.event.id)
        half = next((each for each in batches if each.state == "open"), None)
        if half is not None:
            await self._go_on(half)
        elif batches and await self._wants_again(batches[0]):
            await self._print_again(batches[0])
        else:
            await self._begin(layouts)

    async def _wants_again(self, last: Batch) -> bool:
        """Whether sheets of what was printed last are wanted once more."""
        choices = [
            _("Print badges in advance"),
            _("Print sheets again of the last {count}", count=last.sheets),
        ]
        chosen = await self.app.push_screen_wait(PickOne(_("Badges in advance"), choices))
        if chosen is None:
            raise asyncio.CancelledError
        return chosen == 1

    async def _begin(self, layouts: Sequence[LayoutView]) -> None:
        kinds = await self.desk.read(list_ticket_types, self.event.id)
        targets = await self._targets()

        async def plan(values: dict[str, Any]) -> UUID | None:
            wanted = _wanted(values)
            preview = await self.desk.read(preview_badges, self.event.id, wanted)
            if not preview.badges:
                raise InvalidInputError(
                    msg("There is nobody to print a badge for."),
                    hint=msg("Take more ticket types, or also unpaid ones or those with a badge."),
                )
            picture = await asyncio.to_thread(self._drawn, preview, wanted.sheet)
            if not await self.app.push_screen_wait(SheetLook(preview, picture)):
                raise InvalidInputError(msg("Nothing was printed."))
            return await self.desk.write(
                plan_badges,
                self.event.id,
                wanted,
                path=self._path(values["path"]),
                printer=values["printer"],
            )

        types = [(each.id, each.about.name) for each in kinds]
        dialog: FormDialog[UUID | None] = FormDialog(
            _("Print badges in advance"),
            _fields(types, [each.name for each in layouts if each.sides], targets),
            plan,
            explanation=_("Who gets one here gets none at the first entry."),
            confirm=_("Look at it"),
        )
        batch_id = await self.app.push_screen_wait(dialog)
        if batch_id is not None:
            batches = await self.desk.read(list_batches, self.event.id)
            await self._print(next(each for each in batches if each.id == batch_id))

    async def _targets(self) -> list[tuple[str, str]]:
        """A PDF, and the printers that print sheets, where the actor may see printers."""
        targets = [(FILE, _("a PDF file"))]
        if self.actor.may(Permission.INSTALLATION):
            for each in await self.desk.read(list_printers):
                if each.spec.startswith(CUPS):
                    targets.append((each.spec, each.name))
        return targets

    def _drawn(self, preview: BatchPreview, sheet: Sheet) -> "Image":
        from badges.layout_file import layout_or_default
        from badges.sheets import draw_sheet

        layout = layout_or_default(preview.layout, folder_of(self.tools.settings.home))
        return draw_sheet(preview.first, layout, sheet, dpi=LOOK_DPI)

    def _path(self, typed: str) -> Path | None:
        text = typed.strip()
        if not text:
            return None
        return typed_path(text) if self.actor.may(Permission.INSTALLATION) else Path(text)

    async def _go_on(self, half: Batch) -> None:
        left = half.badges - half.done
        if half.is_running:
            words = _("Another program prints them just now.")
            self.notify(words, title=_("Badges in advance"), markup=False)
            return
        if half.at_printer:
            question = YesNo(
                _("Did the last sheets come out?"),
                _(
                    "{count} badges were sent to the printer when the program ended. Look at the "
                    "printer: No prints them again.",
                    count=half.at_printer,
                ),
                yes=_("They came out"),
            )
            came_out = await self.app.push_screen_wait(question)
            await self.desk.write(settle_sheets, half.id, came_out=came_out)
            left -= half.at_printer if came_out else 0
            if not left:
                return
        choices = [
            _n("Print {count} more badge", "Print {count} more badges", left),
            _("Print no more of them"),
        ]
        title = _("{done} of {total} badges are out", done=half.badges - left, total=half.badges)
        chosen = await self.app.push_screen_wait(PickOne(title, choices))
        if chosen == 0:
            await self._print(half)
        elif chosen == 1:
            await self.desk.write(drop_badges, half.id)
            self.notify(_("✓ Nothing more is printed."), markup=False)

    async def _print(self, batch: Batch) -> None:
        progress = SheetProgress(self.tools, self.actor, batch.id, batch.badges)
        self._say(await self.app.push_screen_wait(progress))

    async def _print_again(self, last: Batch) -> None:
        targets = await self._targets()

        async def again(values: dict[str, Any]) -> BatchDone:
            return await self.desk.take_steps(
                reprint_sheets,
                last.id,
                values["first"],
                values["last"] or values["first"],
                path=self._path(values["path"]),
                printer=values["printer"],
            )

        sheets = last.sheets
        dialog: FormDialog[BatchDone] = FormDialog(
            _("Print sheets again"),
            [
                NumberField("first", _("From sheet"), value=1, least=1, most=sheets, required=True),
                NumberField("last", _("To sheet"), value=1, least=1, most=sheets),
                *_places(targets),
            ],
            again,
            explanation=_n("There is {count} sheet.", "There are {count} sheets.", sheets),
            confirm=_("Print"),
        )
        self._say(await self.app.push_screen_wait(dialog))

    def _say(self, done: BatchDone | None) -> None:
        if done is None:
            return
        words = _n("{count} badge is out.", "{count} badges are out.", done.badges)
        if done.files:
            words += " " + plain(str(done.files[0]), limit=300)
        if len(done.files) > 1:
            words += " " + _("and {count} more files", count=len(done.files) - 1)
        self.notify(words, title=_("Badges in advance"), markup=False)


def _fields(
    types: list[tuple[UUID, str]], layouts: list[str], targets: list[tuple[str, str]]
) -> list[Field[Any]]:
    orders = [(each, str(ORDERS[each])) for each in Order]
    papers = [(PaperSize.A4, "A4"), (PaperSize.LETTER, "Letter")]
    names = [("", _("the event's")), *((name, name) for name in layouts)]
    return [
        SeveralField("types", _("Ticket types"), types, help=_("None ticked is all.")),
        TextField("search", _("Search"), help=_("A name, code or e-mail; empty is everybody.")),
        YesNoField("without", _("Only those without a badge"), value=True),
        YesNoField("paid", _("Only those who paid"), value=True),
        ChoiceField("order", _("Sorted by"), orders, value=Order.NAME),
        ChoiceField("layout", _("Layout"), names, value=""),
        ChoiceField("paper", _("Paper"), papers, value=PaperSize.A4),
        NumberField("margin", _("White edge, mm"), value=5, least=0, most=50),
        NumberField("gap", _("Gap, mm"), value=0, least=0, most=50),
        YesNoField("marks", _("Crop marks"), value=True),
        *_places(targets),
    ]


def _places(targets: list[tuple[str, str]]) -> list[Field[Any]]:
    """Where it goes: a file, or a printer where there is one of sheets."""
    return [
        ChoiceField("printer", _("To"), targets, value=FILE),
        TextField(
            "path",
            _("File"),
            max_length=1000,
            help=_("Left empty, it gets a name of its own among the exports."),
        ),
    ]


def _wanted(values: dict[str, Any]) -> Wanted:
    return Wanted(
        type_ids=tuple(values["types"]),
        search=values["search"],
        without_badge=values["without"],
        paid=values["paid"],
        order=values["order"],
        layout=values["layout"],
        sheet=Sheet(
            values["paper"],
            float(values["margin"] or 0),
            float(values["gap"] or 0),
            values["marks"],
        ),
    )
