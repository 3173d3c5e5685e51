"""The badge at the kiosk: where it comes out, and what its guest may correct before it prints."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from textual import on, work

from eventdesk.acts.actor import SYSTEM
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import msg
from eventdesk.door.scan import CheckInResult
from eventdesk.printing.badge_holds import (
    badge_picture,
    hold_badge,
    may_correct_badges,
    release_badge,
)
from eventdesk.printing.badge_places import badge_place
from screens.answers import BADGE_WAITS, Answer, for_guest
from screens.kiosk_camera import CameraScreen
from screens.station import Place
from screens.widgets.badge_preview import BadgePreview
from screens.widgets.kiosk_badge import KioskBadge

HELD_S: Final = 30.0
"""A badge on show prints after so long by itself, also when the kiosk is gone by then."""

OUT_BEFORE: Final = msg(
    "It was printing already, as it was booked. Ask for another one at the desk."
)
"""To who corrected a badge for so long that the old words are on it."""


class BadgeAtKiosk(CameraScreen):
    """A kiosk that shows badges before they print, where the event wants it."""

    place: Place
    holds_badges = False

    async def re_read(self) -> None:
        """Read also whether guests may look at their badge first."""
        await super().re_read()
        event_id = self.place.event.id
        self.holds_badges = await self.tools.desk.read(may_correct_badges, event_id)

    @property
    def badge_held_s(self) -> float:
        """Seconds for which a badge waits for its guest."""
        return HELD_S if self.holds_badges else 0.0

    async def offer_rest(self, result: CheckInResult) -> None:
        """Offer to let the others of the guest's booking through; the screen says how."""
        raise NotImplementedError

    async def where(self, delivery_id: UUID | None) -> str:
        """Where the guest's badge comes out, in a sentence; "" where none does."""
        if delivery_id is None:
            return ""
        try:
            place = await self.tools.desk.read(badge_place, SYSTEM, delivery_id)
        except EventDeskError:
            # The guest is in; what became of the badge must not keep the answer back.
            return str(BADGE_WAITS)
        # Without printers that are set up, only the last error tells how the one there is does.
        return place.sentence if place.printer or self.printer.well else str(BADGE_WAITS)

    def offer_badge(self, result: CheckInResult) -> None:
        """Let who was admitted look at the badge; it prints by itself when nobody does."""
        self.hide_verdict()
        self.start_over_below()
        self.panes.current = "badge"
        self.query_one(KioskBadge).offer(result)
        self.tools.sounds.play(result.outcome.tone)
        self.wait_for_quiet()

    @on(KioskBadge.Changed)
    @work(exclusive=True, group="badge-picture", exit_on_error=False)
    async def draw_badge(self, message: KioskBadge.Changed) -> None:
        """Draw the badge with the words that stand there now; who types has time for it."""
        result, name, line_two = message.result, message.name, message.line_two
        if result.ticket_id is None:
            return
        read, delivery_id = self.tools.desk.read, result.delivery_id
        if message.corrected and delivery_id is not None:
            actor = self.place.actor
            await self.tools.desk.write(hold_badge, actor, delivery_id, held_s=HELD_S)
        picture = await read(badge_picture, result.ticket_id, name=name, line_two=line_two)
        if self.query_one(KioskBadge).result is result:
            self.query_one(BadgePreview).picture = picture

    @on(KioskBadge.Right)
    @work(exclusive=True, group="badge", exit_on_error=False)
    async def print_badge(self, message: KioskBadge.Right) -> None:
        """Print the badge as it stands, corrected first where it was changed."""
        result, desk = message.result, self.tools.desk
        ticket_id, delivery_id = result.ticket_id, result.delivery_id
        if ticket_id is None or delivery_id is None:
            return
        if message.corrected:
            from eventdesk.printing.badge_holds import correct_badge  # it brings pictures

            words = {"name": message.name, "line_two": message.line_two}
            actor = self.place.actor
            try:
                ticket = await desk.write(correct_badge, actor, ticket_id, **words)
            except EventDeskError as error:
                if self._shows(message.result):
                    self.query_one(KioskBadge).refuse(f"{error} {error.hint}".rstrip())
                return
            result = replace(result, name=ticket.name, line_two=ticket.line_two)
        held = await desk.write(release_badge, self.place.actor, delivery_id)
        badge = await self.where(delivery_id)
        if message.corrected and not held and not await self._waits(delivery_id):
            badge = str(OUT_BEFORE)
        if self._shows(message.result):
            self.show(for_guest(result, badge=badge))
            await self.offer_rest(result)

    async def _waits(self, delivery_id: UUID) -> bool:
        """Whether a badge is still going to be made, with the words that stand there then."""
        try:
            place = await self.tools.desk.read(badge_place, SYSTEM, delivery_id)
        except EventDeskError:
            return True
        return place.state == "queued"

    def _shows(self, result: CheckInResult) -> bool:
        """Whether this badge is still on show, and not the next guest's."""
        return self.query_one(KioskBadge).result is result

    def let_go(self) -> None:
        """Print the badge that is on show, if one is: its guest has gone on."""
        shown = self.query_one(KioskBadge).result
        if shown is not None and shown.delivery_id is not None:
            self.start_over_below()
            self._release(shown.delivery_id)

    @work(group="badge-release", exit_on_error=False)
    async def _release(self, delivery_id: UUID) -> None:
        await self.tools.desk.write(release_badge, self.place.actor, delivery_id)

    # What the kiosk itself does

    def show(self, answer: Answer) -> None:
        """Show an answer over everything."""
        raise NotImplementedError

    def hide_verdict(self) -> None:
        """Show what is below the answer."""
        raise NotImplementedError

    def start_over_below(self) -> None:
        """Forget what was opened and typed."""
        raise NotImplementedError

    def wait_for_quiet(self) -> None:
        """Begin to count how long nobody touches anything."""
        raise NotImplementedError
