"""The doctor's screen: examines everything the doors need."""

from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Label

from eventdesk.acts import Actor
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import Tone
from eventdesk.keeping import SUBJECT_NAMES, SUBJECTS, Finding, Terminal, examine_one, worst
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools

COLOURS = {Tone.GOOD: "$success", Tone.CARE: "$warning", Tone.STOP: "$error"}
SUMMARY = {
    Tone.GOOD: msg("The doors can open."),
    Tone.CARE: msg("The doors can open; some things want a hand."),
    Tone.STOP: msg("Not ready: mend what is marked ✗, then press F5."),
}


class DoctorScreen(RoleScreen[None]):
    """Shows one line for each thing the door needs, and below it what to do."""

    ROLE = msg("Doctor")
    THINGS = ("store",)
    HELP = (
        "Each line is one thing the door needs: ✓ fine, ! wants a hand, ✗ must be mended before "
        "doors open. Below it stands what to do. F5 examines everything again."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "examine", "Examine again", id="examine", tooltip="Look at all of it again")
    ]
    DEFAULT_CSS = """
    DoctorScreen {
        & #doctor { padding: 1 2; }
        & #doctor Horizontal { height: auto; }
        & .subject { width: 13; }
        & .text { width: 1fr; height: auto; }
        & #doctor-summary { padding: 0 2; text-style: bold; height: 1; }
    }
    """

    lines = getters.query_one("#doctor", VerticalScroll)

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.heading = actor.name
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
                examine_one, self.tools.settings, subject, terminal=terminal
            )
            self.findings += found
            await self.lines.mount(*map(_labels, found))
        tone = worst(self.findings)
        self._say(f"{tone.sign} {SUMMARY[tone]}")
        self.examined = True

    def _say(self, text: str) -> None:
        self.query_one("#doctor-summary", Label).update(text)


def _labels(finding: Finding) -> Horizontal:
    """A finding: its subject, and beside it the text and the advice."""
    subject = Content.assemble(
        (f"{finding.tone.sign} ", f"bold {COLOURS[finding.tone]}"),
        (str(SUBJECT_NAMES[finding.subject]), "$faint"),
    )
    text = plain(finding.text, limit=300)
    if finding.advice:
        text = f"{text}\n→ {plain(finding.advice, limit=300)}"
    return Horizontal(
        Label(subject, classes="subject", markup=False), Label(text, classes="text", markup=False)
    )
