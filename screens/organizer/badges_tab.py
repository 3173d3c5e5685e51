"""Badge layouts of an event: choose, copy, rename and delete them; corrections by guests."""

import asyncio
from typing import ClassVar
from uuid import NAMESPACE_OID, uuid5

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Label

from badges.badge import Badge
from badges.layout_file import DEFAULT, layout_or_default
from badges.layout_parts import Kind, Layout, Part
from badges.values import is_for, said
from eventdesk.acts import Permission, Topic
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.printing import (
    BadgeSettings,
    LayoutView,
    badge_settings,
    delete_layout,
    duplicate_layout,
    folder_of,
    open_layout,
    rename_layout,
    sample_badge,
    set_badges,
    undo_layout,
)
from screens.core.part import act
from screens.modals.questions import PickOne, TextQuestion
from screens.organizer.badge_sheets import BadgesInAdvance
from screens.organizer.layout_editor import LayoutEditor, drawn
from screens.organizer.tab import EventPart, act_on
from screens.widgets.badge_preview import BadgePreview
from screens.widgets.detail import Block
from screens.widgets.detail_pane import FROM_COLUMNS
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

NAME_HINT = msg("Small letters, digits, - and _, such as vip-card.")


class BadgesTab(EventPart, BadgesInAdvance):
    """Lists layouts; the event's own is marked. Enter edits one, U lets the event use it."""

    SHOWS = frozenset({Topic.PRINTING, Topic.EVENTS, Topic.SALES, Topic.PROGRAMME, Topic.BOOKING})
    NEEDS = Permission.EVENT
    HELP = (
        "U prints the badges of this event by the marked layout. Enter edits it; one that we ship "
        "is duplicated first. C lets guests correct name and second line at the kiosk. A prints "
        "badges in advance: many a sheet, with a look at the first one, into a PDF or on a printer."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "use", "Use", tooltip="Print this event's badges by the marked layout"),
        Binding("e", "edit", "Edit", key_display="Enter", tooltip="Edit the marked layout"),
        Binding("a", "in_advance", "In advance", tooltip="Print badges in advance, many a sheet"),
        Binding("n", "duplicate", "New", tooltip="Make a copy of the marked layout"),
        Binding("r", "rename", "Rename", tooltip="Give the marked layout another name"),
        Binding("delete", "delete", "Delete", tooltip="Delete the marked layout"),
        Binding("ctrl+z", "take_back", "Undo", tooltip="Take back the last saving or deleting"),
        Binding("c", "correction", "Correction", tooltip="Let guests correct their badge, or not"),
    ]
    DEFAULT_CSS = """
    BadgesTab {
        & #badges-said { width: 100%; padding: 0 1; height: auto; }
        & #badges-body { height: 1fr; }
        & #badges-layouts { width: 1fr; }
        & #badges-preview { display: none; width: 1fr; height: 100%; margin: 0 1; }
        &.-roomy #badges-preview { display: block; }
        &.-roomy #badges-layouts { width: 40; }
    }
    """

    said: BadgeSettings | None = None

    def compose(self) -> ComposeResult:
        """Lay out what the event says, the list, and the badge."""
        yield Label(_("Reading …"), id="badges-said", markup=False)
        with Horizontal(id="badges-body"):
            yield PagedTable(
                self._lines,
                Column(_("Layout"), 18),
                Column(_("Paper"), 16),
                Column(_("Whose"), 7, least=46),
                Column(_("Used by"), least=60),
                empty=_("Reading …"),
                searchable=False,
                detail=self._detail,
                headline=0,
                enter=_("Edit"),
                id="badges-layouts",
            )
            yield BadgePreview(id="badges-preview")

    def on_resize(self) -> None:
        """Show the badge beside the list where there is room."""
        self.set_class(self.app.size.width >= FROM_COLUMNS, "-roomy")
        self._draw()

    async def re_read(self) -> None:
        """Read the settings and the layouts."""
        self.said = await self.desk.read(badge_settings, self.event.id)
        chosen = self.said.layout or _("as the printer says, else {default}", default=DEFAULT)
        allowed = _("✓ allowed") if self.said.correction else _("✗ not allowed")
        self.query_one("#badges-said", Label).update(
            _(
                "Layout: {chosen}\nCorrection of name and second line at the kiosk: {allowed}",
                chosen=chosen,
                allowed=allowed,
            )
        )
        await self.table.re_read()
        self._draw()

    async def _lines(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.said.layouts if self.said else (), offset, limit, self._line)

    def _line(self, view: LayoutView) -> Line:
        key = uuid5(NAMESPACE_OID, view.name)
        return Line(key, self._cells(view), "" if view.sides else "bad")

    def _cells(self, view: LayoutView) -> tuple[str, ...]:
        chosen = self.said is not None and self.said.layout == view.name
        size = (
            _("{width:g} × {height:g} mm", width=view.width_mm, height=view.height_mm)
            if view.sides
            else _("✗ broken")
        )
        return (
            f"{'✓ ' if chosen else '  '}{view.name}",
            size,
            _("yours") if view.own else _p("layout", "ready"),
            view.problem or ", ".join(view.used_by),
        )

    @on(PagedTable.Marked, "#badges-layouts")
    def _draw_marked(self, message: PagedTable.Marked) -> None:
        message.stop()
        self._draw()

    async def _detail(self, line: Line) -> list[Block]:
        view = view_of(line, LayoutView)
        if view is None or not view.sides:
            return []
        folder = folder_of(self.tools.settings.home)
        layout = await asyncio.to_thread(layout_or_default, view.name, folder)
        badge = sample_badge(self.event.name)
        titles = (_("Front"), _("Back"))
        return [
            Block([_field(part, badge, layout) for part in side], title)
            for side, title in zip(layout.sides, titles, strict=False)
        ]

    @work(exclusive=True, group="draw", exit_on_error=False)
    async def _draw(self) -> None:
        preview = self.query_one("#badges-preview", BadgePreview)
        view = self.under_cursor(LayoutView)
        if view is None or not view.sides or not self.has_class("-roomy"):
            preview.picture = None
            return
        folder = folder_of(self.tools.settings.home)
        layout = await asyncio.to_thread(layout_or_default, view.name, folder)
        badge = sample_badge(self.event.name)
        preview.picture = await asyncio.to_thread(drawn, badge, layout, 0)

    # Choosing

    @act_on(LayoutView)
    async def action_use(self, view: LayoutView) -> None:
        """Print this event's badges by a layout; once more leaves it to the printer."""
        name = "" if self.said and self.said.layout == view.name else view.name
        await self.do(set_badges, self.event.id, layout=name)
        words = _("This event's badges print by what the printer says.")
        if name:
            words = _("This event's badges print by {name}.", name=name)
        self.say(words, title=_("Layout chosen"))

    @act
    async def action_correction(self) -> None:
        """Let guests correct their badge at the kiosk, or not any more."""
        if self.said is not None:
            await self.do(set_badges, self.event.id, correction=not self.said.correction)

    @act
    async def action_in_advance(self) -> None:
        """Print badges in advance, or go on with what was begun."""
        if self.said is not None:
            await self.print_in_advance(self.said.layouts)

    # Changing

    @on(PagedTable.Chosen, "#badges-layouts")
    def _edit_chosen(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self.action_edit()

    @act_on(LayoutView)
    async def action_edit(self, view: LayoutView) -> None:
        """Open a layout in the editor; a ready one is copied first."""
        name: str | None = view.name
        if not view.own:
            name = await self._copy(view, _("A ready layout stays as it is; this is your copy."))
        if name is not None:
            opened = await self.desk.read(open_layout, self.event.id, name)
            editor = LayoutEditor(self.tools, self.actor, self.event, opened)
            await self.app.push_screen_wait(editor)
            await self.re_read()

    @act_on(LayoutView)
    async def action_duplicate(self, view: LayoutView) -> None:
        """Make a copy of a layout."""
        await self._copy(view, str(NAME_HINT))

    async def _copy(self, view: LayoutView, words: str) -> str | None:
        """Copy a layout under a name that is asked for; None when given up."""
        assert self.said is not None
        taken = {each.name for each in self.said.layouts}
        free = next(n for n in range(2, 10_000) if f"{view.name}-{n}" not in taken)
        question = TextQuestion(_("Name of the copy"), words, value=f"{view.name}-{free}")
        name = await self.app.push_screen_wait(question)
        if name is not None:
            await self.do(duplicate_layout, self.event.id, view.name, name)
        return name

    @act_on(LayoutView)
    async def action_rename(self, view: LayoutView) -> None:
        """Give a layout another name."""
        question = TextQuestion(_("New name"), str(NAME_HINT), value=view.name, confirm=_("Rename"))
        name = await self.app.push_screen_wait(question)
        if name is not None and name != view.name:
            await self.do(rename_layout, self.event.id, view.name, name)

    @act_on(LayoutView)
    async def action_delete(self, view: LayoutView) -> None:
        """Delete a layout, after a question."""
        title = _("Delete {name}?", name=plain(view.name, limit=60))
        if await self.sure(title, _("Ctrl+Z brings it back."), yes=_("Delete")):
            await self.do(delete_layout, self.event.id, view.name)

    @act
    async def action_take_back(self) -> None:
        """Take back the last saving of the marked layout, or a deleting."""
        if self.said is None:
            return
        view, deleted = self.under_cursor(LayoutView), self.said.deleted
        saved = [view.name] if view is not None and view.undoable else []
        names = list(dict.fromkeys((*saved, *deleted)))
        if not names:
            self.say(_("There is nothing to take back."))
            return
        titles = [
            _("{name}: deleted", name=each)
            if each in deleted
            else _("{name}: last saving", name=each)
            for each in names
        ]
        chosen = await self.app.push_screen_wait(PickOne(_("Take back which?"), titles))
        if chosen is not None:
            await self.do(undo_layout, self.event.id, names[chosen])


def _field(part: Part, badge: Badge, layout: Layout) -> tuple[str, str]:
    """A part of a layout in clear: how large its letters are, what it says, and its place."""
    place = _(
        "{width:g} × {height:g} mm at {x:g}, {y:g}",
        width=part.width,
        height=part.height,
        x=part.x,
        y=part.y,
    )
    if part.kind is not Kind.TEXT:
        return part.title, place
    words = said(part.text, badge, layout) if is_for(part, badge) else ""
    size = _("{size:g} pt", size=part.size)
    return size, f"{words or _('(nothing for this guest)')}\n{place}"
