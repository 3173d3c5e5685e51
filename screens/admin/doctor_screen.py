"""The doctor's screen: examines everything the doors need."""

from dataclasses import dataclass
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Label

from eventdesk.accounts import at_event
from eventdesk.acts import Actor
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import Tone
from eventdesk.events import event_view
from eventdesk.keeping import SUBJECT_NAMES, SUBJECTS, Finding, Terminal, examine_one, worst
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools

COLOURS = {Tone.GOOD: "$success", Tone.CARE: "$warning", Tone.STOP: "$error"}
SUMMARY = {
    Tone.GOOD: msg("The doors can open."),
    Tone.CARE: msg("The doors can open; some things want a hand."),
    Tone.STOP: msg("Not ready: mend what is marked ✗, then press F5."),
}


class FindingLine(Horizontal, can_focus=True):
    """A finding: its subject, and beside it the text and what to do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Mend it", tooltip="Go where the marked line is mended"),
        Binding("down", "app.focus_next", "Next line", show=False),
        Binding("up", "app.focus_previous", "Line before", show=False),
    ]
    DEFAULT_CSS = """
    FindingLine {
        height: auto;
        &:focus { background: $block-cursor-background; }
        & .subject { width: 13; }
        & .text { width: 1fr; height: auto; }
    }
    """

    @dataclass
    class Opened(Message):
        """Somebody wants to go where it is mended."""

        finding: Finding

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding

    def compose(self) -> ComposeResult:
        """Lay out the two columns."""
        finding = self.finding
        subject = Content.assemble(
            (f"{finding.tone.sign} ", f"bold {COLOURS[finding.tone]}"),
            (str(SUBJECT_NAMES[finding.subject]), "$faint"),
        )
        text = plain(finding.text, limit=300)
        if finding.advice:
            text = f"{text}\n→ {plain(finding.advice, limit=300)}"
        if finding.part:
            text = _("{text} Enter goes there.", text=text)
        yield Label(subject, classes="subject", markup=False)
        yield Label(text, classes="text", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is mended in the event can be opened."""
        return action != "open" or bool(self.finding.part)

    def action_open(self) -> None:
        """Ask the screen to go there."""
        self.post_message(self.Opened(self.finding))

    def on_click(self) -> None:
        """Go there, where there is a way."""
        if self.finding.part:
            self.action_open()


class DoctorScreen(RoleScreen[None], AsActor):
    """Shows one line for each thing the door needs, and below it what to do."""

    ROLE = msg("Doctor")
    THINGS = ("store",)
    HELP = (
        "Each line is one thing the door needs: ✓ fine, ! wants a hand, ✗ must be mended before "
        "doors open. Below it stands what to do; Enter goes to the part of the event where it is "
        "done. F5 examines everything again."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "examine", "Examine again", id="examine", tooltip="Look at all of it again")
    ]
    DEFAULT_CSS = """
    DoctorScreen {
        & #doctor { padding: 1 2; }
        & #doctor-summary { padding: 0 2; text-style: bold; height: 1; }
    }
    """

    lines = getters.query_one("#doctor", VerticalScroll)

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor, self.heading = actor, actor.name
        self.findings: list[Finding] = []
        self.examined = False
        """Whether everything has been looked at since it was last asked for."""

    def compose_body(self) -> ComposeResult:
        """Lay out the summary and the lines."""
        yield Label("", id="doctor-summary", markup=False)
        yield VerticalScroll(id="doctor")

    def on_mount(self) -> None:
        """Examine at once."""
        self.action_examine()
        self.lines.focus()

    def action_examine(self) -> None:
        """Look at everything again."""
        self.look()

    @work(exclusive=True, group="examination", exit_on_error=False)
    async def look(self) -> None:
        """Examine one thing after the other, and show each line as soon as it is known."""
        self.findings, self.examined = [], False
        await self.lines.remove_children()
        size = self.app.size
        here = Terminal.here()
        terminal = Terminal(size.width, size.height, here.kind, here.true_colour, here.no_colour)
        for place, subject in enumerate(SUBJECTS):
            self._say(
                _(
                    "◌ {place} of {total}: looking at {subject} …",
                    place=place,
                    total=len(SUBJECTS),
                    subject=SUBJECT_NAMES[subject],
                )
            )
            found = await self.tools.desk.read(
                examine_one, self.actor, self.tools.settings, subject, terminal=terminal
            )
            self.findings += found
            await self.lines.mount(*map(FindingLine, found))
            if self.focused in (None, self.lines):
                self.lines.query(FindingLine).first().focus()
        tone = worst(self.findings)
        self._say(f"{tone.sign} {SUMMARY[tone]}")
        self.examined = True
        self._mark_what_is_mended_here()

    def _mark_what_is_mended_here(self) -> None:
        """Give the keyboard to the first line that leads somewhere, unless somebody moved on."""
        lines = list(self.lines.query(FindingLine))
        leading = next((line for line in lines if line.finding.part), None)
        if leading is not None and self.focused is lines[0]:
            leading.focus()

    @on(FindingLine.Opened)
    @work(exclusive=True, group="mend", exit_on_error=False)
    async def mend(self, message: FindingLine.Opened) -> None:
        """Go to the part of the event where a finding is mended, and examine again afterwards."""
        finding = message.finding
        assert finding.event_id is not None
        there = await self.desk.read(at_event, finding.event_id)
        event = await self.desk.read(event_view, finding.event_id)
        screen = load("screens.organizer.event_screen:EventScreen")(self.tools, there, event)
        if finding.part not in [spec.id for spec in screen.specs]:
            self.notify(_("Ask an organizer of this event."), title=_("That is not for you here."))
            return
        await self.app.push_screen(screen, lambda _left: self.action_examine())
        screen.open_part(finding.part, enter=True)

    def _say(self, text: str) -> None:
        self.query_one("#doctor-summary", Label).update(text)
