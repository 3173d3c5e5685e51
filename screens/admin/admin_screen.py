"""The screen of admins: the parts of the installation."""

from typing import Final

from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import msg
from screens.core.parts_screen import PartSpec, PartsScreen
from screens.core.station import Tools

_TITLES: Final = {
    "people": msg("People"),
    "approvals": msg("Approvals"),
    "printers": msg("Printers"),
    "services": msg("Services"),
    "failed": msg("Failed"),
    "log": msg("Log"),
    "privacy": msg("Personal data"),
    "backups": msg("Backups"),
    "archives": msg("Archives"),
    "figures": msg("Figures"),
    "commission": msg("Commission"),
}

PARTS: Final = tuple(
    PartSpec(part, title, f"screens.admin.{part}_part:{part.title()}Part", Permission.INSTALLATION)
    for part, title in _TITLES.items()
)
"""The parts from top to bottom."""


class AdminScreen(PartsScreen):
    """Shows the parts of the installation."""

    ROLE = msg("Admin")

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools, actor, PARTS)
        self.heading = actor.name
