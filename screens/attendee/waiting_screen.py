"""The screen with one's own waitlists, which a notice leads to."""

from uuid import UUID

from textual.app import ComposeResult

from eventdesk.acts import BEFORE_THE_DAY, Actor
from eventdesk.core.messages import msg
from screens.attendee.waiting_part import WaitingPart
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools


class WaitingScreen(RoleScreen[None]):
    """Shows the part with one's own waitlists."""

    SHOWS = BEFORE_THE_DAY
    ROLE = msg("Waitlist")
    THINGS = ("store",)
    HELP = "Enter takes an offered place; Del leaves the marked waitlist."
    AUTO_FOCUS = "PagedLines"

    def __init__(self, tools: Tools, actor: Actor, entry_id: UUID) -> None:
        super().__init__(tools)
        self.actor, self.heading, self.entry_id = actor, actor.name, entry_id

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield WaitingPart(self.tools, self.actor)

    async def re_read(self) -> None:
        """Read what the person waits for."""
        await super().re_read()
        await self.query_one(WaitingPart).re_read()
