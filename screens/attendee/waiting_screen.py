"""What a person waits for, where a notice leads to it."""

from uuid import UUID

from textual.app import ComposeResult

from eventdesk.acts import BEFORE_THE_DAY, Actor
from screens.attendee.waiting_part import WaitingPart
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools


class WaitingScreen(RoleScreen[None]):
    """What a person waits for, as a screen of its own.

    Args:
        tools: Store, settings, clock and sounds.
        actor: Who waits.
        entry_id: The entry that led here.
    """

    SHOWS = BEFORE_THE_DAY
    ROLE = "Waitlist"
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
