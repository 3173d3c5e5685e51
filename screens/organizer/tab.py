"""What every part of an event's screen has in common."""

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from eventdesk.acts import Actor, Permission
from eventdesk.core.messages import _
from eventdesk.events import EventView
from eventdesk.exchange import LISTINGS, Listing
from screens.core.part import Part
from screens.core.station import Tools
from screens.modals.export_dialog import ExportDialog, saved_words


class EventPart(Part):
    """Base of the parts of an event's screen; `NEEDS` names what a person must be allowed.

    A part that shows a list names it in `EXPORTS`, and can then save it as a file.
    """

    NEEDS: ClassVar[Permission]
    EXPORTS: ClassVar[Listing | None] = None
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+e", "export_list", "Export", id="export_list", tooltip="Save the whole list")
    ]

    def __init__(self, tools: Tools, actor: Actor, event: EventView) -> None:
        super().__init__(tools, actor)
        self.event = event

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a list can be exported, by those whom its use case lets."""
        if action != "export_list":
            return super().check_action(action, parameters)
        listing = self.EXPORTS
        return listing is not None and self.actor.may(LISTINGS[listing].permission)

    @work(exclusive=True, group="export", exit_on_error=False)
    async def action_export_list(self) -> None:
        """Ask how and where the list is saved, and save it."""
        assert self.EXPORTS is not None
        dialog = ExportDialog(self.tools, self.actor, self.EXPORTS, self.event)
        done = await self.app.push_screen_wait(dialog)
        if done is not None:
            self.notify(saved_words(done), title=_("Exported"), markup=False)
