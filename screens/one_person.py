"""The screens of one person who has signed in elsewhere: they end when the person signs out."""

from dataclasses import replace

from textual import work
from textual.events import AppBlur, Event

from eventdesk.acts import Actor
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.messages import _
from eventdesk.core.settings import Settings
from eventdesk.desk import Desk
from screens.app import EventDeskApp
from screens.core.station import Choice, Workplace


class OnePersonApp(EventDeskApp):
    """What a person sees after signing in, and nothing of anybody else.

    Args:
        actor: Who has signed in.
    """

    def __init__(self, desk: Desk, settings: Settings, actor: Actor) -> None:
        super().__init__(desk, settings, actor=actor)

    @work(group="shift")
    async def work_a_shift(self, told: str = "") -> None:
        """Go to what the person does here; there is no sign-in to come back to."""
        if self.actor is not None and not told:
            await self._serve(self.actor)
        self.exit()

    async def on_event(self, event: Event) -> None:
        """Stay ready for keys: a page that nobody looks at gets none anyway."""
        if not isinstance(event, AppBlur):
            await super().on_event(event)

    def _put_out(self, closed: NotAllowedError) -> None:
        """Leave every screen, whatever is open."""
        self.actor = None
        self.exit(message=str(closed))

    async def _work_at(self, choice: Choice) -> None:
        """Open a desk, also in place of a kiosk: the camera here is none of the person's."""
        if choice.workplace is Workplace.KIOSK:
            if not await self._takes_the_desk():
                return
            choice = replace(choice, workplace=Workplace.DESK)
        await super()._work_at(choice)

    async def _takes_the_desk(self) -> bool:
        from screens.modals.questions import YesNo

        told = _("A kiosk needs a machine of its own, with a camera: eventdesk kiosk.")
        question = YesNo(_("Open the desk?"), told, yes=_("Open the desk"))
        return await self.push_screen_wait(question)
