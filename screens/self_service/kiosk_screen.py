"""The kiosk screen: it checks in whoever shows a code, with no staff beside it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import UUID, uuid4

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button, ContentSwitcher

from eventdesk.acts import AT_THE_DOOR
from eventdesk.core.errors import EventDeskError, StoreBusyError
from eventdesk.core.messages import _, msg, speak_to_guest
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult, Outcome, Scan, ScanSource
from eventdesk.printing import badge_place
from screens.core.messages import Touched
from screens.core.role_screen import RoleScreen
from screens.core.station import Place, Tools
from screens.door.answers import (
    BADGE_WAITS,
    Answer,
    could_not,
    for_group,
    for_guest,
    offered,
    those_of,
)
from screens.door.checking_in import check_in_patiently, check_in_together
from screens.self_service.camera import Camera
from screens.self_service.guest_words import LanguageButtons, SaysWords, is_from_the_right, say
from screens.self_service.kiosk_badge import KioskBadge
from screens.self_service.kiosk_questions import KioskQuestions
from screens.self_service.no_code import NoCodeForm, TicketChoice
from screens.self_service.touch import TouchButton, TouchPause
from screens.self_service.verdict import Verdict
from screens.widgets.block_letters import BlockLetters
from screens.widgets.key_footer import KeyFooter
from screens.widgets.problem import Problem
from screens.widgets.role_header import RoleHeader
from screens.widgets.sentence import Sentence
from screens.widgets.status_line import Health

if TYPE_CHECKING:
    from kiosk.scanner import Scanner

log = logging.getLogger(__name__)

VERDICT_S: Final = 4.0
"""How long an answer stays when nobody comes after."""

OFFER_S: Final = 12.0
"""How long an answer stays that offers to let the others of the booking through."""

NEXT_GUEST_S: Final = 3.0
"""Untouched for so long after an answer, the kiosk speaks its own language to the next guest."""

FORGET_S: Final = 20.0
"""Untouched for so long, the kiosk forgets everything typed."""

BUSY = msg("Our computer is busy. Please show your ticket again in a moment, or go to the desk.")
BROKEN = msg("Something went wrong here. Please go to the desk.")

BUSY_HERE = msg("Please finish here first, or touch “Start over”.")

AIM = msg("Hold your ticket's QR code up to the camera")
AIM_HINT = msg("Flat, and about a hand's width away.")
NO_CAMERA = msg("The camera has no picture right now")
NO_CAMERA_HINT = msg("You can still check in without a code, or at the desk.")


class KioskScreen(RoleScreen[None]):
    """Shows the camera's picture and answers every code; only the staff PIN leaves it.

    Args:
        scanner_factory: Makes the camera's scanner; None makes it from the settings.
    """

    ROLE = msg("Kiosk")
    LOCKS = True
    SHOWS = AT_THE_DOOR
    SOON = (
        "eventdesk.door.groups",
        "eventdesk.printing.badge_layouts",
        "screens.self_service.staff_menu",
    )
    THINGS = ("camera", "store", "printer")
    CSS_PATH = "../styles/kiosk.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (64, "-normal"), (120, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9", "no_code", "No code at hand", id="no_code"),
        Binding("f8", "let_all", "Let all in", id="let_all"),
        Binding("escape", "start_over", "Start over", id="start_over"),
        Binding("f10", "staff", "Staff", id="staff"),
    ]

    verdict = getters.query_one(Verdict)
    panes = getters.query_one(ContentSwitcher)

    def __init__(
        self, tools: Tools, place: Place, scanner_factory: "Callable[[], Scanner] | None" = None
    ) -> None:
        super().__init__(tools, place)
        self.place: Place = place
        self.camera = Camera(tools.settings, scanner_factory)
        self.badge = KioskBadge(tools, place.actor, place.event.id, id="badge")
        self.touches = TouchPause()
        self._one_by_one = asyncio.Lock()
        self._back_to_idle: Timer | None = None
        self._forgetting: Timer | None = None
        self._greeting: Timer | None = None
        self._asked: Scan | None = None
        self._served = ""
        self._by_code = False
        self._spoken = self.usual_language = ""
        self._rest: tuple[Scan, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Lay out picture and invitation, the way in without a code, and the answer."""
        with ContentSwitcher(initial="idle"):
            with Vertical(id="idle"):
                with Horizontal(id="door"):
                    yield self.camera
                    with Vertical(id="invitation"):
                        yield BlockLetters(
                            plain(self.place.event.name), rows=5, lines=2, id="event-name"
                        )
                        yield BlockLetters(rows=5, lines=4, id="aim")
                        yield Sentence(id="aim-hint")
                        yield TouchButton("", id="no-code-button")
                yield LanguageButtons()
            yield NoCodeForm(id="no-code")
            yield TicketChoice(id="tickets")
            yield KioskQuestions(id="questions")
            yield self.badge
        yield Verdict()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep the keys of the staff's screens from guests, and the offer's while there is none."""
        if action == "let_all" and not self._rest:
            return False
        return action not in {"help", "re_read", "back", "maximize", "minimize"}

    def on_mount(self) -> None:
        """Invite the first guest."""
        self._invite()
        say(self.query_one("#no-code-button"), _("No code at hand?"))

    async def re_read(self) -> None:
        """Read also whether guests may look at their badge first."""
        await super().re_read()
        await self.badge.re_read()

    # The camera

    def on_screen_resume(self) -> None:
        """Open the camera whenever the screen comes to the front, once it is painted there."""
        self.call_after_refresh(self._open_camera)

    # The words

    def say(self) -> None:
        """Say everything on show, also what waits behind it, in the language there is now."""
        self.set_class(is_from_the_right(), "-from-right")
        self._invite()
        self.query_one("#event-name", BlockLetters).draw()
        say(self.query_one("#no-code-button"), _("No code at hand?"))
        for part in self.query("*"):
            if isinstance(part, SaysWords):
                part.say()
        self.query_one(KeyFooter).refresh(recompose=True)

    def _invite(self) -> None:
        sees = not self.has_class("-no-camera")
        self.query_one("#aim", Sentence).text = str(AIM if sees else NO_CAMERA)
        self.query_one("#aim-hint", Sentence).text = str(AIM_HINT if sees else NO_CAMERA_HINT)

    @on(LanguageButtons.Chosen)
    def speak_to_guest(self, message: LanguageButtons.Chosen) -> None:
        """Speak another language, for as long as this guest stands here."""
        message.stop()
        self.speak(message.language)

    def speak(self, language: str) -> None:
        """Speak a language from now on; "" is that of the program."""
        if language != self._spoken:
            self._spoken = language
            speak_to_guest(language)
            self.say()

    def on_unmount(self) -> None:
        """Give the program its own language back."""
        speak_to_guest("")

    def _open_camera(self) -> None:
        if self.is_current:
            self.camera.follow()

    def on_screen_suspend(self) -> None:
        """Release the camera while something else is in front."""
        self.camera.close()

    @on(Camera.IsNow)
    def tell_of_camera(self, message: Camera.IsNow) -> None:
        """Say how the camera is, and what to do without it."""
        well = message.health.well
        self.tell("camera", message.health)
        self.set_class(not well, "-no-camera")
        self._invite()

    @on(Camera.Seen)
    def sighted(self, message: Camera.Seen) -> None:
        """Check a code in, but for that of the guest who answers or looks at the badge."""
        sighting = message.sighting
        if self.panes.current in ("questions", "badge") and sighting.text == self._served:
            return
        if self._is_typing():
            self.query_one(f"#{self.panes.current} Problem", Problem).say(str(BUSY_HERE))
            return
        seen, nonce = sighting.seen_at, sighting.nonce
        scan = self.place.scan(sighting.text, source=ScanSource.CAMERA, seen_at=seen, nonce=nonce)
        self.admit(scan)

    def _is_typing(self) -> bool:
        """Whether somebody says who they are: a code seen meanwhile may be another guest's."""
        form = self.panes.current == "no-code" and self.query_one(NoCodeForm).has_begun
        return form or self.panes.current == "tickets"

    # The answer

    @work(group="check_in", exit_on_error=False)
    async def admit(self, scan: Scan) -> None:
        """Check one scan in and show the answer; scans are answered in the order they came."""
        async with self._one_by_one:
            with self.waiting():
                await self._admit(scan)

    async def _admit(self, scan: Scan) -> None:
        self.let_go()
        self._served, self._by_code = scan.text, scan.source is ScanSource.CAMERA
        scan = replace(scan, badge_held_s=self.badge.held_s)
        try:
            result = await check_in_patiently(self.tools, self.place, scan)
        except EventDeskError as error:
            self._could_not(error)
        else:
            if result.outcome is Outcome.FORGED:
                gate = self.place.gate.name if self.place.gate else "no gate"
                log.warning("forged code at %s, scan %s", gate, result.scan_id)
            if result.outcome is Outcome.INCOMPLETE and scan.asks:
                self._ask(scan, result)
            elif result.delivery_id is not None and scan.badge_held_s:
                self.offer_badge(result)
            else:
                self.show(await self.answer_to(result))
                await self.offer_rest(result)

    def _ask(self, scan: Scan, result: CheckInResult) -> None:
        """Ask what the list wants to know before it lets the guest in."""
        self.hide_verdict()
        self.start_over_below()
        self._asked = scan
        self.panes.current = "questions"
        self.touches.begin()
        self.query_one(KioskQuestions).ask(result.questions)
        self.tools.sounds.play(result.outcome.tone)
        self.wait_for_quiet()

    @on(KioskQuestions.Answered)
    def go_on(self, message: KioskQuestions.Answered) -> None:
        """Check the guest in with the answers: a scan of its own, of the same code."""
        message.stop()
        if self._asked is not None:
            now = self.tools.now()
            answered = replace(self._asked, answers=message.answers, asks=False)
            self.admit(replace(answered, nonce=uuid4().hex, seen_at=now))

    # The badge

    async def where(self, delivery_id: UUID | None) -> str:
        """Where the guest's badge comes out, in a sentence; "" where none does."""
        if delivery_id is None:
            return ""
        try:
            place = await self.tools.desk.read(badge_place, self.place.actor, delivery_id)
        except EventDeskError:
            # The guest is in; what became of the badge must not keep the answer back.
            return str(BADGE_WAITS)
        # Without printers that are set up, only the last error tells how the one there is does.
        return place.sentence if place.printer or self.printer.well else str(BADGE_WAITS)

    async def answer_to(self, result: CheckInResult, *, badge: str | None = None) -> Answer:
        """The answer to a guest, with where badge and first session are."""
        if badge is None:
            badge = await self.where(result.delivery_id)
        return for_guest(result, badge=badge, session=await self.first_session(result))

    async def first_session(self, result: CheckInResult) -> str:
        """What the guest signed up for first, when and where; "" where that is nothing."""
        if result.outcome is not Outcome.ADMITTED or result.ticket_id is None:
            return ""
        from eventdesk.waiting import coming_session

        try:
            session = await self.tools.desk.read(
                coming_session, self.place.actor, result.ticket_id, now=self.tools.now()
            )
        except EventDeskError:
            return ""  # The guest is in; the programme hangs at the wall too.
        if session is None:
            return ""
        at, title = self.place.clock(session.starts_at), plain(session.title, limit=60)
        if session.room:
            return _("{at} {title} · {room}", at=at, title=title, room=plain(session.room))
        return f"{at} {title}"

    def offer_badge(self, result: CheckInResult) -> None:
        """Let who was admitted look at the badge; it prints by itself when nobody does."""
        self.hide_verdict()
        self.start_over_below()
        self.panes.current = "badge"
        self.touches.begin()
        self.badge.offer(result)
        self.tools.sounds.play(result.outcome.tone)
        self.wait_for_quiet()

    @on(KioskBadge.Printed)
    @work(exclusive=True, group="badge", exit_on_error=False)
    async def go_on_after_badge(self, message: KioskBadge.Printed) -> None:
        """Say where the badge comes out, unless the next guest is there already."""
        result = message.result
        answer = await self.answer_to(result, badge=message.note or None)
        shown = self.badge.result
        if shown is not None and shown.scan_id == result.scan_id:
            self.show(answer)
            await self.offer_rest(result)

    def let_go(self) -> None:
        """Print the badge that is on show, if one is: its guest has gone on."""
        if self.badge.let_go():
            self.start_over_below()

    # Showing and going back

    def show(self, answer: Answer) -> None:
        """Show the answer over everything, with its sound, and forget what was typed."""
        self.verdict.answer = answer
        self.touches.begin()
        self.tools.sounds.play(answer.tone)
        self._rest = ()
        self.refresh_bindings()
        self.start_over_below()
        self._show_for(VERDICT_S)

    def _could_not(self, error: EventDeskError) -> None:
        """Show the guest that nothing was decided, and the staff why."""
        is_busy = isinstance(error, StoreBusyError)
        self.tell("store", Health(False, str(error) if is_busy else f"{error} {error.hint}"))
        self.show(could_not(str(BUSY if is_busy else BROKEN)))

    def _show_for(self, seconds: float) -> None:
        if self._back_to_idle is not None:
            self._back_to_idle.stop()
        self._back_to_idle = self.set_timer(seconds, self.take_answer_away)

    @on(Verdict.Dismissed)
    def dismiss_verdict(self) -> None:
        """Take the answer away at a touch, unless it has only just appeared."""
        if self.touches.counts():
            self.take_answer_away()

    def take_answer_away(self) -> None:
        """Invite whoever comes now, soon in the kiosk's own language."""
        self.hide_verdict()
        self._stop_greeting()
        self._greeting = self.set_timer(NEXT_GUEST_S, self.greet_next)

    def greet_next(self) -> None:
        """Speak the kiosk's own language again, unless somebody is served."""
        if self.is_current and self.panes.current == "idle" and self.verdict.answer is None:
            self.speak(self.usual_language)

    def _stop_greeting(self) -> None:
        if self._greeting is not None:
            self._greeting.stop()

    def hide_verdict(self) -> None:
        """Show what is below the answer."""
        self.verdict.answer = None
        self.touches.begin()
        self._rest = ()
        self.refresh_bindings()

    # The others of a booking

    async def offer_rest(self, result: CheckInResult) -> None:
        """Offer to let the others of the guest's booking through, by number and type alone."""
        if not (result.passes and self._by_code) or result.ticket_id is None:
            return
        from eventdesk.door import rest_of_booking

        place, shown = self.place, self.verdict.answer
        try:
            rest = await self.tools.desk.read(
                rest_of_booking, place.actor, result.ticket_id, result.list_id
            )
        except EventDeskError:
            return  # The guest is in; nobody else is kept from showing a code.
        if not rest.together or self.verdict.answer is not shown or shown is None:
            return
        self.verdict.answer = replace(shown, details=(*shown.details, those_of(rest)))
        self._rest = tuple(
            place.scan(each.code, source=ScanSource.TYPED, seen_at=self.tools.now(), asks=False)
            for each in rest.together
        )
        self.verdict.offer(f"{offered(rest, result.kind)} (F8)")
        self.refresh_bindings()
        self._show_for(OFFER_S)

    @on(Verdict.MoreAsked)
    @work(group="check_in", exit_on_error=False)
    async def action_let_all(self) -> None:
        """Check the offered ones in with one transaction, once however often it is pressed."""
        scans, self._rest = self._rest, ()
        if not scans:
            return
        async with self._one_by_one:
            with self.waiting():
                try:
                    results = await check_in_together(self.tools, self.place, scans)
                except EventDeskError as error:
                    self._could_not(error)
                else:
                    badges = [each.delivery_id for each in results if each.delivery_id]
                    badge = await self.where(badges[0]) if badges else ""
                    self.show(for_group(results, badge=badge))

    # Without a code

    @on(Button.Pressed, "#no-code-button")
    def action_no_code(self) -> None:
        """Ask the guest who they are."""
        self.hide_verdict()
        self.panes.current = "no-code"
        self.query_one(NoCodeForm).begin()

    @on(NoCodeForm.Asked)
    @work(exclusive=True, group="no-code", exit_on_error=False)
    async def find_tickets(self, message: NoCodeForm.Asked) -> None:
        """Look for the guest's tickets and offer them."""
        from eventdesk.door import booking_tickets, guest_tickets

        desk, event_id = self.tools.desk, self.place.event.id
        try:
            with self.waiting():
                if message.booking:
                    tickets = await desk.write(
                        booking_tickets, self.place.actor, event_id, message.booking
                    )
                else:
                    who = {"email": message.email, "pin": message.pin}
                    tickets = await desk.write(guest_tickets, self.place.actor, event_id, **who)
        except EventDeskError as error:
            self.query_one(NoCodeForm).refuse(f"{error} {error.hint}".rstrip())
            return
        if self.panes.current == "no-code":
            self.panes.current = "tickets"
            self.touches.begin()
            self.query_one(TicketChoice).offer(tickets)

    @on(TicketChoice.Chosen)
    def check_in_chosen(self, message: TicketChoice.Chosen) -> None:
        """Check the chosen ticket in, as if its code had been shown."""
        if not self.touches.counts():
            return
        code, now = message.ticket.code, self.tools.now()
        self.admit(self.place.scan(code, source=ScanSource.TYPED, seen_at=now))

    # Starting over

    @on(Touched)
    def wait_for_quiet(self) -> None:
        """Begin anew to count how long nobody touches anything; who does is still here."""
        self._stop_greeting()
        if self._forgetting is not None:
            self._forgetting.stop()
        self._forgetting = self.set_timer(FORGET_S, self.forget)

    async def forget(self) -> None:
        """Close what was opened here, empty what was typed, and invite the next guest."""
        while self.app.screen is not self:
            await self.app.screen.dismiss(None)
        self.action_start_over()
        self.speak(self.usual_language)

    @on(Button.Pressed, "#no-code-back, #tickets-back, #questions-back")
    def action_start_over(self) -> None:
        """Go back to the camera; a badge on show prints."""
        self.let_go()
        self.hide_verdict()
        self.start_over_below()

    def start_over_below(self) -> None:
        """Forget what was opened and typed, below the answer if one is on show."""
        # Only where something changes: each change of focus draws the footer anew.
        if self.panes.current != "idle":
            # Tickets that are still looked for are not the next guest's.
            self.workers.cancel_group(self, "no-code")
            self.panes.current = "idle"
            self.query_one(NoCodeForm).forget()
            self.query_one(TicketChoice).forget()
            self.query_one(KioskQuestions).forget()
            self.badge.forget()
            self._asked = None
        if self.focused is not None:
            self.set_focus(None)

    # The staff

    @work(exclusive=True, group="staff", exit_on_error=False)
    async def action_staff(self) -> None:
        """Offer the staff menu to whoever knows the PIN."""
        from screens.self_service.staff_menu import Entry, KioskMenu

        self.action_start_over()
        self.speak("")
        menu = KioskMenu(self.app, self.tools, self.place)
        match await menu.ask():
            case Entry.CAMERA:
                source = await menu.camera(self.camera.source_name)
                if source is not None:
                    self.camera.use(source)
            case Entry.CHECK_IN_LIST:
                self._stand_at(await menu.check_in_list())
            case Entry.GATE:
                self._stand_at(await menu.gate())
            case Entry.PRINTER:
                await menu.printer()
            case Entry.LANGUAGE:
                self.usual_language = await menu.language(self.usual_language)
            case Entry.CLOSE:
                self.dismiss(None)
                return
        self.speak(self.usual_language)

    def _stand_at(self, place: Place) -> None:
        self.place = place
        self.query_one(RoleHeader).place = place
