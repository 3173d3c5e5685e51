"""The dialog for a supervisor's PIN, which approves one act at somebody else's desk."""

from typing import Any

from textual import work
from textual.app import App

from eventdesk.accounts import approve, has_desk_pins
from eventdesk.acts import Approval
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from screens.core.station import Place, Tools
from screens.desk.desk_dialog import DeskDialog
from screens.desk.scan_input import LineInput


async def approval_for(
    app: App[Any], tools: Tools, place: Place, *, act: str, words: str
) -> Approval | None:
    """Let a supervisor approve one act here; call it in a worker.

    Args:
        act: One of `approvals.ACTS`.
        words: What is to be approved, in a sentence.

    Returns None when it was given up, or nobody here could give it.
    """
    if not await can_approve(app, tools, place):
        return None
    return await app.push_screen_wait(SupervisorPin(tools, place, act=act, words=words))


async def can_approve(app: App[Any], tools: Tools, place: Place) -> bool:
    """Whether a supervisor of this event has a desk PIN; it says so where none has."""
    if await tools.desk.read(has_desk_pins, place.actor, place.event.id):
        return True
    app.notify(
        _("Supervisors choose one under Profile, or with `eventdesk account desk-pin`."),
        title=_("This takes a supervisor, and none of this event has a desk PIN"),
        severity="error",
        markup=False,
    )
    return False


class SupervisorPin(DeskDialog[Approval]):
    """Asks for a supervisor's PIN for one act; dismissed with the approval."""

    KEYS = msg("Enter approves this one act · Esc gives up")

    def __init__(self, tools: Tools, place: Place, *, act: str, words: str) -> None:
        super().__init__(_("A supervisor's PIN"), words)
        self.tools, self.place, self.act = tools, place, act

    def make_line(self) -> LineInput:
        """Make the line, which shows dots only."""
        return LineInput(password=True, max_length=300, placeholder=_("PIN"), id="desk-pin")

    def end(self, text: str) -> object:
        """Have the PIN checked."""
        if text:
            self.check(text)
        else:
            self.say(_("The supervisor types their PIN here."))
        return None

    @work(exclusive=True, group="check", exit_on_error=False)
    async def check(self, pin: str) -> None:
        """Take the approval if the PIN is right; the line is empty again if not."""
        self.line.clear()
        self.say("")
        self.tell(_("◌ One moment …"))
        try:
            approval = await self.tools.desk.take_steps(
                approve, self.place.actor, self.place.event.id, pin, what=self.act
            )
        except EventDeskError as error:
            self.tell("")
            self.say_error(error)
            return
        self.dismiss(approval)
