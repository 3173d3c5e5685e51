"""The screen of personal data: which of one's events still hold any, and when it goes."""

from textual.app import ComposeResult

from eventdesk.acts import Actor
from eventdesk.core.messages import msg
from screens.admin.privacy_part import PrivacyPart
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools


class PrivacyScreen(RoleScreen[None]):
    """Shows the part with the events that still name people."""

    ROLE = msg("Personal data")
    THINGS = ("store",)
    HELP = PrivacyPart.HELP
    AUTO_FOCUS = "PagedLines"

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor, self.heading = actor, actor.name

    def compose_body(self) -> ComposeResult:
        """Lay out the list."""
        yield PrivacyPart(self.tools, self.actor)

    async def re_read(self) -> None:
        """Read which events hold any."""
        await super().re_read()
        await self.query_one(PrivacyPart).re_read()
