"""The statistics wall of one event: large figures, charts that come round, live."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from eventdesk.acts import Actor, Permission
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import EventView
from eventdesk.figures import (
    Choice,
    Forecast,
    Pace,
    Panel,
    PanelForm,
    Span,
    Standing,
    Standings,
    advice_words,
    door_basis,
    door_panels,
    first_door,
    forecast_of,
    revenue_report,
    sales_panels,
    save_panel,
    session_panel,
    session_report,
    standing,
)
from screens.core.event_shown import EventShown
from screens.core.loading import load
from screens.core.station import AsActor, Tools
from screens.modals.export_dialog import SaveDialog
from screens.modals.form_dialog import FormDialog
from screens.wall.painting import WIDE, figures_content, foot_of
from screens.wall.wall_panel import WallPanel
from screens.widgets.form import ChoiceField, Field, SeveralField

CYCLE_S: Final = 15.0
"""How long a panel stays when they come round by themselves."""

LOOK_S: Final = 5.0
"""Time passes also where nothing is scanned: what is "a minute", and who is taken to have left."""

AROUND, AROUND_BARE = 6, 3
"""Lines that are neither figures nor panels: header, margin, advice, foot, status, keys."""

AHEAD_S: Final = 30.0
"""Trying schedules of lanes takes a second of the processor, and advice changes slowly."""

REPORTS_S: Final = 60.0
"""Sessions and sales are counted anew so often: they do not change by the second."""


class WallScreen(EventShown, AsActor):
    """Shows how an event stands.

    Args:
        cycle_s: Seconds a panel stays; 0 leaves it to the keys.
    """

    ROLE = msg("Wall")
    THINGS = ("store",)
    AUTO_FOCUS = ""
    HELP = (
        "How the event stands, live. Left and Right turn to other panels, Space lets them come "
        "round by themselves or stops it. T changes between the last 3 hours and the whole day, L "
        "chooses check-in lists and a gate, S saves the panel on show as a picture or its figures "
        "as CSV, P plans lanes, H is the screen for guests in the hall, W takes away all but the "
        "figures. No guest's name is ever shown."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,pageup", "turn(-1)", "Before", show=False, tooltip="The panel before"),
        Binding("right,pagedown", "turn(1)", "Next", key_display="→", tooltip="The next panel"),
        Binding("space", "pause", "Cycle", tooltip="Panels come round, or stay"),
        Binding("t", "span", "3 h/day", tooltip="The last 3 hours, or the whole day"),
        Binding("l", "choose", "Lists", tooltip="Choose check-in lists and a gate"),
        Binding("s", "save", "Save", tooltip="Save the panel as SVG, PNG, PDF or CSV"),
        Binding("p", "plan", "Plan", tooltip="Guests, lanes and seconds each: how long they wait"),
        Binding("h", "hall", "Hall", tooltip="What guests in the hall may see"),
        Binding("w", "bare", "Bare", show=False, tooltip="Only figures and charts, for a wall"),
    ]
    DEFAULT_CSS = """
    WallScreen {
        & #wall-figures { padding: 0 1; margin: 1 0 0 0; }
        & #wall-advice { height: 1; padding: 0 1; width: 100%; }
        & #wall-advice.-care { color: $warning; text-style: bold; }
        & #wall-panels { height: 1fr; padding: 0 1; }
        & .wall-panel { width: 1fr; height: 100%; }
        & #wall-second { display: none; padding: 0 0 0 2; border-left: vkey $line; }
        & #wall-foot { height: 1; padding: 0 1; width: 100%; background: $surface; }
        &.-two #wall-second { display: block; }
        &.-bare StatusLine { display: none; }
        &.-bare Footer { display: none; }
        &.-bare #wall-figures { margin: 0; }
    }
    """

    def __init__(
        self,
        tools: Tools,
        actor: Actor,
        event: EventView,
        *,
        choice: Choice | None = None,
        cycle_s: float = CYCLE_S,
    ) -> None:
        super().__init__(tools)
        self.actor, self.event, self.cycle_s = actor, event, cycle_s
        self.heading = event.name
        self.choice = choice or Choice()
        self.span = Span.HOURS
        self.rounds = cycle_s > 0
        self.standing: Standing | None = None
        self.kept = Standings(event.id)
        self.key = "arrivals"
        self._reports: tuple[Panel, ...] = ()
        self._pace: Pace | None = None
        self._ahead: Forecast | None = None
        self._stop = Flag()
        self._reading = False
        self._read_once = False

    def compose_body(self) -> ComposeResult:
        """Lay out figures, advice, panels and what is on show."""
        yield Static("", id="wall-figures", markup=False)
        yield Static("", id="wall-advice", markup=False)
        with Horizontal(id="wall-panels"):
            yield WallPanel(id="wall-first", classes="wall-panel")
            yield WallPanel(id="wall-second", classes="wall-panel")
        yield Static("", id="wall-foot", markup=False)

    def on_mount(self) -> None:
        """Follow the store and the clock."""
        self._say(_("Reading …"))
        self.set_interval(LOOK_S, self.action_re_read)
        self.set_interval(AHEAD_S, self._look_ahead)
        self.set_interval(REPORTS_S, self._count_reports)
        if self.cycle_s > 0:
            self.set_interval(self.cycle_s, self._come_round)

    async def re_read(self) -> None:
        """Read what changed since, and paint it."""
        await super().re_read()
        if self._stop.is_set():
            return
        self._reading = True
        try:
            self.standing = await self.desk.read(
                standing, self.event.id, self.choice, kept=self.kept, on_progress=self._teller()
            )
        except ReadingStoppedError as stopped:
            self._say(f"! {stopped} {stopped.hint}")
        except NotFoundError:
            # A list or the gate that was chosen is gone; the event is shown as a whole.
            if self.choice == Choice():
                raise
            self.choice = Choice()
            self.read_soon()
        except NotAllowedError as refused:
            self.standing = None
            self._say(f"✗ {refused} {refused.hint}")
            raise
        else:
            self.paint()
            if not self._read_once:
                self._read_once = True
                self._count_reports()
        finally:
            self._reading = False

    def _teller(self) -> Callable[[int, int], None]:
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            if self._stop.is_set():
                raise ReadingStoppedError(
                    msg(
                        "Reading was stopped at {done:,} of {total:,} scans.",
                        done=done,
                        total=total,
                    ),
                    hint=msg("F5 goes on, Esc leaves."),
                )
            loop.call_soon_threadsafe(
                self._say,
                _("◌ Reading scans: {done:,} of {total:,}. Esc stops.", done=done, total=total),
            )

        return tell

    def _say(self, sentence: str) -> None:
        for panel in self.query("#wall-first").results(WallPanel):
            panel.say(Content(plain(sentence, limit=400)))

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels this person may see, in their order."""
        if self.standing is None:
            return ()
        return (*door_panels(self.standing, self.span, self._ahead), *self._reports)

    def paint(self) -> None:
        """Show the figures and the panels as they are now."""
        now, size = self.standing, self.size
        if now is None or not self.is_mounted or size.width < 20:
            return
        self.set_class(size.width >= WIDE, "-two")
        width = size.width - 2
        high = 8 if size.height >= 36 else 5 if size.height >= 20 else 2
        figures = figures_content(now, width, high)
        rows = figures.plain.count("\n") + 1
        # The sizes are known here, so that a figure that changes lays nothing out anew.
        above = self.query_one("#wall-figures", Static)
        above.styles.height = rows
        above.update(figures, layout=False)
        self._paint_advice(now)
        panels = self.panels
        shown = self.shown(panels)
        bare = self.has_class("-bare")
        around = AROUND_BARE if bare else AROUND
        height = max(5, size.height - around - rows)
        each = (width - 4) // 2 if len(shown) > 1 else width
        for name, panel in zip(("#wall-first", "#wall-second"), shown, strict=False):
            self.query_one(name, WallPanel).show(panel, each, height)
        cycle = _("● each {cycle_s:.0f} s", cycle_s=self.cycle_s) if self.rounds else _("‖ stays")
        foot = foot_of(panels, shown, now, cycle, width)
        self.query_one("#wall-foot", Static).update(foot, layout=False)

    def shown(self, panels: tuple[Panel, ...]) -> tuple[Panel, ...]:
        """The panels on show: one, or where there is room that one and the next."""
        keys = [panel.key for panel in panels]
        place = keys.index(self.key) if self.key in keys else 0
        if self.size.width < WIDE or len(panels) < 2:
            return (panels[place],)
        after = [panel for panel in (*panels[place + 1 :], *panels[:place]) if panel.public]
        return panels[place], after[0]

    def _paint_advice(self, now: Standing) -> None:
        line = self.query_one("#wall-advice", Static)
        words = (
            advice_words(now, self._ahead, self.size.width - 2) if self._ahead is not None else ""
        )
        line.set_class(words.startswith("!"), "-care")
        line.update(Content(words), layout=False)

    @work(exclusive=True, group="reports", exit_on_error=False)
    async def _count_reports(self) -> None:
        """Count sessions and sales, for those who may see them, and learn the curve of the door."""
        panels: list[Panel] = []
        read = self.tools.desk.read
        if self.actor.may(Permission.PROGRAMME):
            panels.append(session_panel(await read(session_report, self.actor, self.event.id)))
        if self.actor.may(Permission.MONEY):
            report = await read(revenue_report, self.actor, self.event.id)
            panels += sales_panels(report)
        self._reports = tuple(panels)
        door = self._door()
        if door is not None and self.actor.may(Permission.DOOR):
            basis = await read(
                door_basis, self.actor, door, curve=self._pace.curve if self._pace else None
            )
            self._pace = Pace.of(basis)
        self.paint()
        self._look_ahead()

    @work(exclusive=True, group="ahead", exit_on_error=False)
    async def _look_ahead(self) -> None:
        """Forecast beside the figures, which do not wait for it."""
        if self.standing is not None:
            self._ahead = await asyncio.to_thread(forecast_of, self.standing, self._pace)
            self.paint()

    def _door(self) -> UUID | None:
        """The first list by which people arrive, of those looked at."""
        return None if self.standing is None else first_door(self.standing, self.choice)

    @on(Resize)
    def _fit(self) -> None:
        self.call_after_refresh(self.paint)

    def action_turn(self, step: int) -> None:
        """Turn to another panel; who turns by hand reads, so they no longer come round."""
        self.rounds = False
        self._turn(step, [panel.key for panel in self.panels])

    def _come_round(self) -> None:
        if self.rounds and self.app.screen is self:
            step = 2 if self.size.width >= WIDE else 1
            self._turn(step, [panel.key for panel in self.panels if panel.public])

    def _turn(self, step: int, keys: list[str]) -> None:
        if keys:
            place = keys.index(self.key) if self.key in keys else 0
            self.key = keys[(place + step) % len(keys)]
            self.paint()

    def action_pause(self) -> None:
        """Let the panels come round, or stay."""
        self.rounds = not self.rounds and self.cycle_s > 0
        self.paint()

    def action_span(self) -> None:
        """Change between the last 3 hours and the whole day."""
        self.span = Span.DAY if self.span is Span.HOURS else Span.HOURS
        self.paint()

    @work(exclusive=True, group="hall", exit_on_error=False)
    async def action_hall(self) -> None:
        """Show what guests in the hall may see, until it is left."""
        hall = load("screens.wall.hall_screen:HallScreen")
        await self.app.push_screen_wait(hall(self.tools, self.actor, self.event))

    def action_bare(self) -> None:
        """Take away what only who sits before it needs, or bring it back."""
        self.toggle_class("-bare")
        self.call_after_refresh(self.paint)

    def action_re_read(self) -> None:
        """Read again; goes on where reading was stopped."""
        self.read_soon()

    async def key_f5(self) -> None:
        """Go on with a reading that was stopped."""
        self._stop.clear()
        self.action_re_read()

    def action_back(self) -> None:
        """Stop a long reading, else leave."""
        if self.standing is None and self._reading and not self._stop.is_set():
            self._stop.set()
        else:
            self.dismiss(None)

    @work(exclusive=True, group="choose", exit_on_error=False)
    async def action_choose(self) -> None:
        """Ask for lists and a gate."""
        if self.standing is None:
            return
        chosen = await self.app.push_screen_wait(WallChoice(self.standing))
        if chosen is not None:
            self.choice = chosen
            self.read_soon()

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def action_plan(self) -> None:
        """Go to the planner of the door."""
        door = self._door()
        if door is None:
            self.notify(_("Choose a check-in list for arriving first (L)."), severity="warning")
            return
        planner = load("screens.door.planner_screen:PlannerScreen")
        await self.app.push_screen_wait(planner(self.tools, self.actor, door))

    @work(exclusive=True, group="save", exit_on_error=False)
    async def action_save(self) -> None:
        """Save the panel that was turned to, as it is shown now."""
        now, panels = self.standing, self.panels
        if now is None or not panels:
            return
        panel = self.shown(panels)[0]

        async def save(
            form: str, path: Path | None, overwrite: bool, _tell: Callable[[int], None]
        ) -> Path:
            # Only files are written, which is no work for the store's writer.
            return await self.desk.read(
                save_panel, now, panel, form=PanelForm(form), path=path, overwrite=overwrite
            )

        title = _("Save: {title}", title=panel.title)
        anywhere = self.actor.may(Permission.INSTALLATION)
        saved = await self.app.push_screen_wait(
            SaveDialog(title, list(PanelForm), save, anywhere=anywhere)
        )
        if saved is not None:
            self.notify(plain(str(saved), limit=400), title=_("Saved"), markup=False)


class ReadingStoppedError(InvalidInputError):
    """Somebody stopped the first reading."""

    code = "reading_stopped"


class WallChoice(FormDialog[Choice]):
    """Asks for lists and a gate; none of either is all."""

    def __init__(self, standing: Standing) -> None:
        lists = [(each.id, each.name) for each in standing.all_lists]
        gates = [(None, _("All gates")), *((each.id, each.name) for each in standing.all_gates)]
        fields: list[Field[Any]] = []
        if lists:
            fields.append(
                SeveralField(
                    "lists", _("Check-in lists"), lists, value=tuple(standing.choice.list_ids)
                )
            )
        fields.append(ChoiceField("gate", _("Gate"), gates, value=standing.choice.gate_id))
        super().__init__(
            _("What the wall shows"),
            fields,
            self._choose,
            explanation=_("Without a list ticked it shows all by which people arrive and leave."),
            confirm=_("Show"),
        )

    async def _choose(self, values: dict[str, Any]) -> Choice:
        return Choice(frozenset(values.get("lists", ())), values["gate"])
