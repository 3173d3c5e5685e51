"""The program as a wall: it opens the statistics of one event and ends with them."""

from typing import Any

from textual import work

from eventdesk.acts import SYSTEM
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from eventdesk.events import EventView
from eventdesk.figures import Choice
from screens.app import EventDeskApp
from screens.core.loading import load
from screens.core.role_screen import RoleScreen
from screens.wall.wall_screen import WallScreen


class WallApp(EventDeskApp):
    """Shows one event to whoever owns this machine's files; nobody signs in."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        event: EventView,
        *,
        choice: Choice,
        cycle_s: float,
        bare: bool = False,
        hall: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(desk, settings, **more)
        self._wall = (event, choice, cycle_s, bare)
        self._hall = hall

    @work(group="shift")
    async def work_a_shift(self, told: str = "") -> None:
        """Show the wall until it is left, then end."""
        event, choice, cycle_s, bare = self._wall
        wall: RoleScreen[None]
        if self._hall:
            wall = load("screens.wall.hall_screen:HallScreen")(
                self.tools, SYSTEM, event, page_s=cycle_s
            )
        else:
            wall = WallScreen(self.tools, SYSTEM, event, choice=choice, cycle_s=cycle_s)
        wall.set_class(bare, "-bare")
        await self.push_screen_wait(wall)
        self.exit()
