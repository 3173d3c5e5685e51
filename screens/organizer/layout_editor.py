"""Editor of a badge layout: its parts in a list, the badge as it prints beside them."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from badges.badge import Badge
from badges.layout_parts import Kind, Layout, Part
from eventdesk.acts import Actor, Topic
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.printing import (
    OpenLayout,
    add_logo,
    badge_preview,
    print_sample,
    printers_to_try,
    sample_badge,
    sample_tickets,
    save_layout,
)
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, TextQuestion, YesNo
from screens.organizer.layout_draft import NEW, LayoutDraft
from screens.organizer.layout_forms import PartDialog, paper_fields, paper_of
from screens.widgets.badge_preview import BadgePreview

if TYPE_CHECKING:
    from PIL import Image

DPI: Final = 203
"""Resolution of the preview: that of a receipt printer."""

LOST: Final = msg("Changes of this layout are not saved yet.")


class PartsList(OptionList):
    """The parts of the side on show; arrows with Ctrl move the marked one on the paper."""


class LayoutEditor(RoleScreen[None], AsActor):
    """Edits one layout; the preview is the badge of a sample or of a real ticket.

    Args:
        event: The event whose tickets are the samples.
        opened: The layout, as `open_layout` read it; its name is the file's.
    """

    SHOWS = frozenset({Topic.PRINTING, Topic.EVENTS, Topic.SALES})
    ROLE = msg("Organizer")
    THINGS = ("store",)
    HELP = (
        "Up and Down mark a part, Enter changes it. Tab goes to the badge: there the arrows move "
        "the marked part by a millimetre, with Shift they make it larger or smaller, with Ctrl "
        "they move it by a tenth. Everything can be taken back with Ctrl+Z until you leave."
    )
    CSS_PATH = Path(__file__).parent.parent / "styles" / "layout_editor.tcss"
    AUTO_FOCUS = "#layout-parts"
    HORIZONTAL_BREAKPOINTS = [(0, "-normal"), (120, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", "Change", tooltip="Change the marked part"),
        Binding("a", "add", "Add", tooltip="Add a part"),
        Binding("ctrl+s", "save", "Save", tooltip="Write the layout to its file"),
        Binding("d", "duplicate", "Copy", tooltip="Add another one like it"),
        Binding("delete", "remove", "Remove", tooltip="Remove the marked part"),
        Binding("b", "turn_over", "Back/front", tooltip="Show the other side"),
        Binding("ctrl+z", "undo", "Undo", tooltip="Take the last step back"),
        Binding("ctrl+y", "redo", "Redo", show=False, tooltip="Do it again"),
        Binding("z", "zoom", "Zoom", show=False, tooltip="Show the marked part larger"),
        Binding("s", "sample", "Sample", show=False, tooltip="Choose whose badge is shown"),
        Binding("p", "paper", "Paper", show=False, tooltip="Change title, size and language"),
        Binding("l", "logo", "Logo", show=False, tooltip="Copy a picture beside the layouts"),
        Binding("t", "test_print", "Test print", show=False, tooltip="Print this badge"),
    ]

    parts = getters.query_one("#layout-parts", PartsList)
    preview = getters.query_one("#layout-preview", BadgePreview)

    def __init__(self, tools: Tools, actor: Actor, event: EventView, opened: OpenLayout) -> None:
        super().__init__(tools)
        self.actor, self.event = actor, event
        self.draft = LayoutDraft(opened.layout)
        self.text = opened.text
        self.heading = opened.layout.name
        self.badge: Badge = sample_badge(event.name)

    def compose_body(self) -> ComposeResult:
        """Lay out the list at the left and the badge at the right."""
        with Horizontal(id="layout-editor"):
            with Vertical(id="layout-left"):
                yield Label("", id="layout-side", markup=False)
                yield PartsList(id="layout-parts", markup=False)
                yield Label("", id="layout-place", markup=False)
            preview = BadgePreview(id="layout-preview")
            preview.can_focus = True
            yield preview

    def on_mount(self) -> None:
        """Show the layout."""
        self._show()

    # What is shown

    def _show(self) -> None:
        """Show list, place and badge as the draft is now."""
        draft = self.draft
        with self.prevent(OptionList.OptionHighlighted):
            self.parts.clear_options()
            self.parts.add_options(Option(_listed(part)) for part in draft.parts)
            self.parts.highlighted = draft.marked if draft.parts else None
        sides = len(draft.layout.sides)
        side = _("Front") if draft.side == 0 else _("Back")
        star = " · " + _("not saved") if draft.changed else ""
        size = _(
            "{width:g} × {height:g} mm", width=draft.layout.width_mm, height=draft.layout.height_mm
        )
        none = "" if draft.side < sides else " · " + _("none yet, A adds to it")
        self.query_one("#layout-side", Label).update(f"{side} · {size}{none}{star}")
        self._show_place()
        self._draw()

    def _show_place(self) -> None:
        part = self.draft.part
        words = _("Nothing here yet. Press A to add a part.")
        self.preview.mark = None
        if part is not None:
            width, height = self.draft.layout.width_mm, self.draft.layout.height_mm
            self.preview.mark = (
                part.x / width,
                part.y / height,
                (part.x + part.width) / width,
                (part.y + part.height) / height,
            )
            words = _(
                "x {x:g}  y {y:g}\n{width:g} × {height:g} mm",
                x=part.x,
                y=part.y,
                width=part.width,
                height=part.height,
            )
        self.query_one("#layout-place", Label).update(words)

    @work(exclusive=True, group="draw", exit_on_error=False)
    async def _draw(self) -> None:
        """Draw the badge in a thread; a later drawing replaces it."""
        self.preview.picture = await asyncio.to_thread(
            drawn, self.badge, self.draft.layout, self.draft.side
        )

    @on(OptionList.OptionHighlighted, "#layout-parts")
    def mark(self, message: OptionList.OptionHighlighted) -> None:
        """Show where the marked part is."""
        if message.option_index < len(self.draft.parts):
            self.draft.marked = message.option_index
            self._show_place()

    # Moving

    def on_key(self, event: Any) -> None:
        """Move or stretch the marked part while the badge has the keyboard."""
        if self.preview.has_focus and event.key in _MOVES:
            event.stop()
            event.prevent_default()
            across, down, stretches = _MOVES[event.key]
            (self.draft.stretch if stretches else self.draft.move)(across, down)
            self._show()

    # Changing

    @on(OptionList.OptionSelected, "#layout-parts")
    def action_change(self) -> None:
        """Change the marked part in a form."""
        part = self.draft.part
        if part is not None:
            self._change(part)

    @work(exclusive=True, group="change", exit_on_error=False)
    async def _change(self, part: Part) -> None:
        async def save(changed: Part) -> None:
            self.draft.change(changed)

        async def draw(changed: Part) -> "Image.Image | None":
            trial = LayoutDraft(self.draft.layout)
            trial.side, trial.marked = self.draft.side, self.draft.marked
            try:
                trial.change(changed)
            except InvalidInputError:
                return None
            return await asyncio.to_thread(drawn, self.badge, trial.layout, trial.side)

        if await self.app.push_screen_wait(PartDialog(part, save, draw)) is not None:
            self._show()

    @work(exclusive=True, group="change", exit_on_error=False)
    async def action_add(self) -> None:
        """Add a part of a kind that is chosen."""
        kinds = list(Kind)
        names = [_("Text"), _("QR code"), _("Logo"), _("Line"), _("Box")]
        chosen = await self.app.push_screen_wait(PickOne(_("Add which?"), names))
        if chosen is not None:
            self.draft.add(NEW[kinds[chosen]])
            self._show()

    def action_duplicate(self) -> None:
        """Add another part like the marked one, a little below it."""
        part = self.draft.part
        if part is not None:
            self.draft.add(replace(part, x=part.x + 2, y=part.y + 2))
            self._show()

    def action_remove(self) -> None:
        """Remove the marked part; Ctrl+Z brings it back."""
        if self.draft.remove():
            self.notify(_("Ctrl+Z brings it back."), title=_("Removed"))
        else:
            self.notify(_("A layout needs something on its front."), severity="warning")
        self._show()

    def action_turn_over(self) -> None:
        """Show the other side."""
        self.draft.turn_over()
        self._show()

    def action_undo(self) -> None:
        """Take the last step back."""
        if not self.draft.undo():
            self.notify(_("There is nothing to take back."))
        self._show()

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self.draft.redo()
        self._show()

    @work(exclusive=True, group="change", exit_on_error=False)
    async def action_paper(self) -> None:
        """Change title, size and language."""

        async def save(values: dict[str, Any]) -> bool:
            self.draft.take(paper_of(self.draft.layout, values))
            return True

        dialog = FormDialog(_("The paper"), paper_fields(self.draft.layout), save)
        if await self.app.push_screen_wait(dialog):
            self._show()

    @work(exclusive=True, group="change", exit_on_error=False)
    async def action_logo(self) -> None:
        """Copy a picture beside the layouts, and put it into the marked logo or a new one."""
        question = TextQuestion(_("A logo"), _("Path of a PNG or JPEG on this machine."))
        path = await self.app.push_screen_wait(question)
        if not path:
            return
        name = await self.desk.write(add_logo, self.event.id, Path(path).expanduser())
        part = self.draft.part
        if part is not None and part.kind is Kind.LOGO:
            self.draft.change(replace(part, file=name))
        else:
            self.draft.add(replace(NEW[Kind.LOGO], file=name))
        self._show()

    # Looking

    def action_zoom(self) -> None:
        """Show the marked part larger, or the whole badge again."""
        self.preview.zoomed = not self.preview.zoomed

    @work(exclusive=True, group="change", exit_on_error=False)
    async def action_sample(self) -> None:
        """Choose whose badge is shown: the sample, or one of the event's tickets."""
        tickets: list[tuple[UUID, str]] = await self.tools.desk.read(
            sample_tickets, self.actor, self.event.id
        )
        names = [_("Sample with a long name"), *(plain(name, limit=60) for _, name in tickets)]
        chosen = await self.app.push_screen_wait(PickOne(_("Whose badge?"), names))
        if chosen is None:
            return
        self.badge = (
            await self.tools.desk.read(badge_preview, self.actor, tickets[chosen - 1][0])
            if chosen
            else sample_badge(self.event.name)
        )
        self._show()

    @work(exclusive=True, group="print", exit_on_error=False)
    async def action_test_print(self) -> None:
        """Print the badge on show, as it is now, on a printer that is chosen."""
        desk = self.tools.desk
        printers = await desk.read(printers_to_try, self.actor, self.event.id)
        if not printers:
            self.notify(
                _("No printer is set up. An admin adds one."),
                title=_("No printer"),
                severity="warning",
            )
            return
        names = [plain(name, limit=60) for _, name in printers]
        chosen = await self.app.push_screen_wait(PickOne(_("Print where?"), names))
        if chosen is None:
            return
        with self.waiting():
            paper = await desk.take_steps(
                print_sample,
                self.actor,
                self.event.id,
                printers[chosen][0],
                layout=self.draft.layout,
                badge=self.badge,
            )
        word = _("Printed") if paper.confirmed else _("Sent")
        self.notify(plain(paper.where, limit=200), title=word, markup=False)

    # Saving

    @work(exclusive=True, group="save", exit_on_error=False)
    async def action_save(self) -> None:
        """Write the layout to its file; what stood there is kept."""
        await self._save()

    async def _save(self) -> None:
        saved = await self.desk.write(save_layout, self.event.id, self.draft.layout, was=self.text)
        self.text = saved.text
        self.draft.note_saved(saved.layout)
        self._show()
        self.notify(_("The former version can be taken back."), title=_("Saved"))

    def action_back(self) -> None:
        """Leave; ask first when something is not saved."""
        self._leave()

    @work(exclusive=True, group="back", exit_on_error=False)
    async def _leave(self) -> None:
        if not self.draft.changed or await self.app.push_screen_wait(
            YesNo(_("Leave it?"), str(LOST), yes=_("Leave"))
        ):
            self.dismiss(None)


_MOVES: Final[dict[str, tuple[float, float, bool]]] = {
    f"{held}{key}": (across * step, down * step, held == "shift+")
    for held, step in (("", 1.0), ("shift+", 1.0), ("ctrl+", 0.1))
    for key, across, down in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
}
"""Across and down in millimetres, and whether the part is stretched instead."""


def _listed(part: Part) -> str:
    kind = "" if part.kind is not Kind.TEXT else "“"
    end = "" if part.kind is not Kind.TEXT else "”"
    return f"{kind}{plain(part.title, limit=40)}{end}"


def drawn(badge: Badge, layout: Layout, side: int) -> "Image.Image":
    """Draw one side of a badge; white paper for a side that is not there yet."""
    from PIL import Image

    from badges.drawing import dots, pages

    if side < len(layout.sides):
        return pages(badge, layout, dpi=DPI)[side]
    return Image.new("1", (dots(layout.width_mm, DPI), dots(layout.height_mm, DPI)), 1)
