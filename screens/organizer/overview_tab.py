"""Overview of an event: state, facts, figures, checklist, and its steps from draft to archive."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, ProgressBar, Static
from textual.widgets.option_list import Option

from eventdesk.acts import Permission
from eventdesk.booking import cancel_event_bookings
from eventdesk.core.messages import _, _n
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_period
from eventdesk.door import LooseEnd
from eventdesk.events import (
    Change,
    Check,
    EventDetail,
    EventState,
    cancel_event,
    submit_event,
    withdraw_event,
)
from eventdesk.exchange import archive_event, delete_event, unarchive_event
from eventdesk.figures import EventFigures, Overview, event_overview
from screens.core.part import act
from screens.core.parts_screen import PartsScreen
from screens.modals.form_dialog import FormDialog
from screens.organizer.event_charts import EventCharts
from screens.organizer.events_shown import STATES, VISIBILITY, figure_facts, place_of
from screens.organizer.tab import EventPart
from screens.widgets.detail_pane import FROM_COLUMNS
from screens.widgets.form import NoteField
from screens.widgets.hint import MARK, WAITING_MARK

LEADS_TO: Final = {
    "settings": "settings",
    "tickets": "tickets",
    "programme": "programme",
    "doors": "lists",
    "team": "team",
    "conflicts": "lists",
}
"""The part of the screen where each item of the checklist is done, where it is called otherwise."""

_ACTS: Final = {
    "submit": Change.SUBMIT,
    "withdraw": Change.WITHDRAW,
    "cancel_event": Change.CANCEL,
    "delete_event": Change.DELETE,
    "archive": Change.ARCHIVE,
    "unarchive": Change.UNARCHIVE,
}


class Checklist(OptionList):
    """What an event needs; the marked line bears a sign, and Enter goes where it is done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Go there", tooltip="Go where the marked line is done")
    ]

    def __init__(self) -> None:
        classes = "block flat-list needs"
        super().__init__(id="checklist", classes=classes, markup=False, compact=True)
        self._needed: Sequence[Check | LooseEnd] = ()

    def show(self, needed: Sequence[Check | LooseEnd]) -> None:
        """Show what is needed; at first the first line is marked that is not done."""
        marked = self.highlighted
        if marked is None:
            marked = next((at for at, each in enumerate(needed) if not _is_done(each)), 0)
        self._needed = needed
        self.clear_options()
        if needed:
            self.add_options([Option(self._line(at)) for at in range(len(needed))])
            self.highlighted = min(marked, len(needed) - 1)
        else:
            nothing = Content.assemble(("✓ ", "$success"), (_("Nothing is missing."), "$faint"))
            self.add_option(Option(nothing, disabled=True))

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show whether the marked line has the keyboard."""
        super().watch_has_focus(has_focus)
        self._show_mark()

    @on(OptionList.OptionHighlighted)
    def _show_mark(self) -> None:
        for at in range(len(self._needed)):
            self.replace_option_prompt_at_index(at, self._line(at))

    def _line(self, at: int) -> Content:
        mark = MARK if self.has_focus else WAITING_MARK
        return Content(mark if at == self.highlighted else "  ") + _needed_line(self._needed[at])


class OverviewTab(EventPart):
    """The first page of an event."""

    NEEDS = Permission.ATTEND
    HELP = (
        "What the event still needs, and what of it does not meet, is listed with a sign; Enter "
        "goes where it is done. When all "
        "that is needed is there, U submits it: public events wait for an admin, others are "
        "published at once. A draft can be deleted; an event that is over or cancelled can be "
        "archived: it leaves the lists, and everything of it is kept."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "submit", "Submit", tooltip="Hand it in: for approval, or to be published"),
        Binding("b", "withdraw", "Take back", tooltip="Make a draft of it again"),
        Binding("x", "cancel_event", "Cancel event", tooltip="Call the event off"),
        Binding("delete", "delete_event", "Delete", tooltip="Delete the draft for ever"),
        Binding("a", "archive", "Archive", tooltip="Take it off the lists; everything is kept"),
        Binding("b", "unarchive", "Bring back", tooltip="Put it back on the lists"),
        Binding("g", "give_back", "Give back", tooltip="Cancel all bookings, refund what was paid"),
        Binding("p", "pause", "Pause", tooltip="Stop giving back; G goes on with it"),
    ]
    DEFAULT_CSS = """
    OverviewTab {
        & VerticalScroll { width: 1fr; padding: 0 2; scrollbar-size-vertical: 1; }
        & .block { height: auto; margin-bottom: 1; }
        & #event-state { text-style: bold; }
        & #event-state.-good { color: $success; }
        & #event-state.-warning { color: $warning; }
        & #event-state.-bad { color: $error; }
        & ProgressBar { display: none; margin-bottom: 1; }
        &.-giving ProgressBar { display: block; }
        &.-ended .needs { display: none; }
        & .part-title { height: 1; color: $primary; text-style: bold; }
    }
    """

    checks = getters.query_one("#checklist", Checklist)

    overview: Overview | None = None
    on_list: Sequence[Check | LooseEnd] = ()
    giving_back = False

    def compose(self) -> ComposeResult:
        """Lay out state, facts, figures and the list of what it needs."""
        with Horizontal(), VerticalScroll():
            yield Static("", id="event-state", classes="block", markup=False)
            yield ProgressBar(show_eta=False)
            yield Static("", id="event-facts", classes="block", markup=False)
            yield Static(_("What it needs"), classes="part-title needs")
            yield Checklist()
            yield Static(_("How it stands"), classes="part-title")
            yield Static("", id="event-figures", classes="block", markup=False)

    def on_resize(self) -> None:
        """Draw charts beside it where there is room."""
        roomy = self.app.size.width >= FROM_COLUMNS
        if roomy and not self.query(EventCharts):
            charts = EventCharts(self.tools, self.actor, self.event)
            self.query_one(Horizontal).mount(charts)
            charts.read()
        for charts in self.query(EventCharts):
            charts.display = roomy

    async def re_read(self) -> None:
        """Read the event."""
        self.overview = overview = await self.desk.read(event_overview, self.event.id)
        event = overview.event
        state = self.query_one("#event-state", Static)
        state.update(_state_line(event, overview.checks))
        for tone in ("good", "warning", "bad"):
            state.set_class(STATES[event.state][1] == tone, f"-{tone}")
        self.query_one("#event-facts", Static).update(_facts(event))
        self.query_one("#event-figures", Static).update(_figures(event, overview.figures))
        self._show_checks(overview)
        self.refresh_bindings()
        for charts in self.query(EventCharts):
            if charts.display:
                charts.read()

    @property
    def entry(self) -> Widget:
        """The list, or the page where there is none."""
        return self.query_one(VerticalScroll) if self.has_class("-ended") else self.checks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only the steps that the state of the event allows this person."""
        if action in ("give_back", "pause"):
            return self._may_give_back() and (action == "pause") == self.giving_back
        if action not in _ACTS:
            return super().check_action(action, parameters)
        if self.overview is None or not self.actor.may(Permission.EVENT):
            return False
        return self.overview.event.allows(_ACTS[action])

    def _may_give_back(self) -> bool:
        overview = self.overview
        return (
            overview is not None
            and overview.event.state is EventState.CANCELLED
            and self.actor.may(Permission.EVENT)
            and bool(overview.figures.paid or overview.figures.pending)
        )

    def _show_checks(self, overview: Overview) -> None:
        """List all items for a draft, later only the missing ones, none once it has ended."""
        ended = (EventState.OVER, EventState.CANCELLED, EventState.ARCHIVED)
        state = overview.event.state
        self.set_class(state in ended, "-ended")
        is_draft = state in (EventState.DRAFT, EventState.WAITING)
        checks = [check for check in overview.checks if is_draft or not check.done]
        self.on_list = [*checks, *overview.loose_ends]
        self.checks.show(self.on_list)

    @on(OptionList.OptionSelected, "#checklist")
    def go_there(self, message: OptionList.OptionSelected) -> None:
        """Open the part where the item is done, if the person may see it."""
        message.stop()
        needed = self.on_list[message.option_index]
        part = LEADS_TO.get(needed.place, needed.place)
        screen = self.screen
        assert isinstance(screen, PartsScreen)
        places = [spec.id for spec in screen.specs]
        if part not in places:
            self.notify(_("Ask an organizer of this event."), title=_("That is not for you here."))
            return
        screen.open_part(part, enter=True)
        screen.parts.highlighted = places.index(part)

    # Steps

    @act
    async def action_submit(self) -> None:
        """Hand the event in."""
        done = await self.do(submit_event, self.event.id)
        words = _("It can be booked from now on.")
        if done.state is EventState.WAITING:
            words = _("An admin looks at it now.")
        self.say(words, title=str(STATES[done.state][0]))

    @act
    async def action_withdraw(self) -> None:
        """Make a draft of it, after a question."""
        words = _("Nobody but the team sees it then, until it is submitted again.")
        if await self.sure(_("Take it back?"), words, yes=_("Take back")):
            await self.do(withdraw_event, self.event.id)

    @act
    async def action_cancel_event(self) -> None:
        """Call it off, with a reason."""

        async def cancel(values: dict[str, Any]) -> EventDetail:
            return await self.desk.write(cancel_event, self.event.id, reason=values["reason"])

        dialog = FormDialog(
            _("Cancel this event?"),
            [NoteField("reason", _("Why"), height=3, help=_("Everybody who booked reads this."))],
            cancel,
            explanation=_(
                "Nothing can be booked any more, and this cannot be taken back. Bookings and "
                "payments stay until you give the money back, with G."
            ),
            confirm=_("Cancel the event"),
        )
        await self.ask(dialog)

    @act
    async def action_delete_event(self) -> None:
        """Delete the draft after a question, and leave its screen."""
        title = _("Delete {name}?", name=plain(self.event.name))
        words = _(
            "Everything that was set up for it is gone then: ticket types, seats, programme, "
            "lists, team. This cannot be taken back."
        )
        if await self.sure(title, words, yes=_("Delete")):
            name = plain(await self.desk.write(delete_event, self.event.id))
            title = _("{name} is deleted.", name=name)
            self.app.notify(_("It is gone."), title=title, markup=False)
            self.screen.dismiss(None)

    @act
    async def action_archive(self) -> None:
        """Take it off the lists."""
        await self.do(archive_event, self.event.id)
        self.say(_("S in the list of events shows the archived ones."), title=_("Archived."))

    @act
    async def action_unarchive(self) -> None:
        """Put it back on the lists."""
        await self.do(unarchive_event, self.event.id)

    @act
    async def action_give_back(self) -> None:
        """Cancel the bookings of the cancelled event, some at a time, until none is left."""
        assert self.overview is not None
        left = total = self.overview.figures.paid + self.overview.figures.pending
        words = _(
            "Everybody is told, and refunds begin for all that was paid. This cannot be taken "
            "back. It can be paused."
        )
        title = _("Cancel {total:,} bookings?", total=total)
        if not await self.sure(title, words, yes=_("Give back")):
            return
        bar = self.query_one(ProgressBar)
        bar.update(total=total, progress=0)
        self._set_giving(True)
        try:
            while left and self.giving_back:
                left = (await self.desk.write(cancel_event_bookings, self.event.id)).left
                bar.update(progress=total - left)
        finally:
            self._set_giving(False)
        await self.re_read()
        words = _("Refunds are under way.")
        if left:
            words = _("{left:,} are left; G goes on.", left=left)
        done = _n("{count} booking is cancelled.", "{count} bookings are cancelled.", total - left)
        self.say(words, title=done)

    def action_pause(self) -> None:
        """Stop after those that are being cancelled."""
        self.giving_back = False

    def _set_giving(self, giving: bool) -> None:
        self.giving_back = giving
        self.set_class(giving, "-giving")
        self.refresh_bindings()


def _state_line(event: EventDetail, checks: Sequence[Check]) -> str:
    line = f"{STATES[event.state][0]} · {VISIBILITY[event.visibility]}"
    if event.access_code:
        line += " · " + _("code {code}", code=event.access_code)
    if event.reason:
        reason = plain(event.reason, limit=600)
        if event.state is EventState.CANCELLED:
            line += "\n" + _("Cancelled: {reason}", reason=reason)
        else:
            line += "\n" + _("Sent back: {reason}", reason=reason)
    if event.state is EventState.DRAFT and all(one.done for one in checks if one.needed):
        line += "\n" + _("All that is needed is there: U submits it.")
    return line


def _facts(event: EventDetail) -> str:
    facts = (
        (
            _("When"),
            f"{spoken_period(event.starts_at, event.ends_at, event.time_zone)} ({event.time_zone})",
        ),
        (_("Where"), plain(place_of(event)) or _("not said yet")),
        (_("Category"), plain(event.category) or _("none")),
        (_("Owner"), plain(event.owner_name) or _("nobody")),
        (_("Code"), event.code),
    )
    return "\n".join(f"{name:<10}{value}" for name, value in facts)


def _figures(event: EventDetail, figures: EventFigures) -> str:
    facts = figure_facts(event, figures)
    width = max(9, *(len(figure) for figure, _words in facts))
    return "\n".join(f"{figure:>{width}}  {words}" for figure, words in facts)


def _is_done(needed: Check | LooseEnd) -> bool:
    return isinstance(needed, Check) and needed.done


def _needed_line(needed: Check | LooseEnd) -> Content:
    return _check_line(needed) if isinstance(needed, Check) else _loose_line(needed)


def _loose_line(end: LooseEnd) -> Content:
    sign = ("✗ ", "$error") if end.stops else ("! ", "$warning")
    return Content.assemble(sign, end.text, ("\n    → " + end.advice, "$faint"))


def _check_line(check: Check) -> Content:
    if check.done:
        return Content.assemble(("✓ ", "$success"), (check.text, "$faint"))
    if check.needed:
        return Content.assemble(("✗ ", "$error"), check.text, ("  " + _("needed"), "$error"))
    return Content.assemble(("! ", "$warning"), check.text, ("  " + _("missing"), "$faint"))
