"""The installation, for those who keep order in it."""

from typing import Final

from eventdesk.acts import Actor, Permission
from screens.core.parts_screen import PartSpec, PartsScreen
from screens.core.station import Tools

_INSTALLATION = Permission.INSTALLATION

PARTS: Final = (
    PartSpec("people", "People", "screens.admin.people_part:PeoplePart", _INSTALLATION),
    PartSpec("approvals", "Approvals", "screens.admin.approvals_part:ApprovalsPart", _INSTALLATION),
    PartSpec("printers", "Printers", "screens.admin.printers_part:PrintersPart", _INSTALLATION),
    PartSpec("failed", "Failed", "screens.admin.failed_part:FailedPart", _INSTALLATION),
    PartSpec("log", "Log", "screens.admin.log_part:LogPart", _INSTALLATION),
    PartSpec("backups", "Backups", "screens.admin.backups_part:BackupsPart", _INSTALLATION),
    PartSpec("figures", "Figures", "screens.admin.figures_part:FiguresPart", _INSTALLATION),
    PartSpec(
        "commission", "Commission", "screens.admin.commission_part:CommissionPart", _INSTALLATION
    ),
)
"""The parts from top to bottom."""


class AdminScreen(PartsScreen):
    """Shows the parts of the installation."""

    ROLE = "Admin"

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools, actor, PARTS)
        self.heading = actor.name
