"""The badge at the kiosk before it prints: its picture, and the two lines a guest may correct."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final
from uuid import UUID

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Button, Input

from eventdesk.acts import Actor
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import CheckInResult
from eventdesk.printing import (
    badge_picture,
    badge_place,
    hold_badge,
    may_correct_badges,
    release_badge,
)
from screens.core.failures import ShowsErrors
from screens.core.station import Tools
from screens.self_service.guest_words import SaysWords
from screens.self_service.keyboard import WORDS, Keyboard
from screens.self_service.touch import TouchButton
from screens.widgets.badge_preview import BadgePreview
from screens.widgets.problem import Problem
from screens.widgets.sentence import Sentence

PAUSE_S: Final = 0.3
"""Typing that pauses for so long is drawn."""

MAX_LINE: Final = 120

HELD_S: Final = 30.0
"""A badge on show prints after so long by itself, also when the kiosk is gone by then."""

OUT_BEFORE: Final = msg(
    "It was printing already, as it was booked. Ask for another one at the desk."
)
"""To who corrected a badge for so long that the old words are on it."""


class KioskBadge(Vertical, SaysWords, ShowsErrors):
    """Shows the badge of who was just let in, with the two lines that may be corrected.

    Attributes:
        holds: Whether guests of this event may look at their badge before it prints.
        result: Whose badge is on show; None where nobody's is.
    """

    WORDS: ClassVar = {
        "#badge-question": msg("Is your badge right?"),
        "#badge-name": msg("Name"),
        "#badge-line-two": msg("Second line"),
        "#badge-print": msg("Print it"),
        "#badge-change": msg("Change"),
    }
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "print", show=False)]
    DEFAULT_CSS = """
    KioskBadge {
        padding: 0 4;
        max-width: 130;
        & #badge-welcome { text-style: bold; color: $text-success; margin: 1 0 0 0; }
        & #badge-rows { height: 1fr; }
        & BadgePreview { width: 1fr; height: 100%; margin-right: 2; }
        & #badge-fields { width: 1fr; height: 100%; }
        & #badge-fields Keyboard { display: none; margin-top: 0; }
        &.-typing #badge-fields Keyboard { display: block; }
        & .buttons { height: 3; }
        & .buttons Button { margin-right: 2; }
    }
    """

    @dataclass
    class Printed(Message):
        """The badge of a guest prints; `note` is what must be said of it."""

        result: CheckInResult
        note: str

    def __init__(self, tools: Tools, actor: Actor, event_id: UUID, *, id: str) -> None:
        super().__init__(id=id)
        self._tools, self._actor, self._event_id = tools, actor, event_id
        self.holds = False
        self.result: CheckInResult | None = None
        self._soon: Timer | None = None

    @property
    def held_s(self) -> float:
        """Seconds for which a badge waits for its guest."""
        return HELD_S if self.holds else 0.0

    async def re_read(self) -> None:
        """Read whether guests may look at their badge first."""
        self.holds = await self._tools.desk.read(may_correct_badges, self._actor, self._event_id)

    def compose(self) -> ComposeResult:
        """Lay out the picture beside its two lines."""
        yield Sentence(id="badge-welcome")
        with Horizontal(id="badge-rows"):
            yield BadgePreview()
            with Vertical(id="badge-fields"):
                yield Sentence(id="badge-question", classes="title")
                yield Input(id="badge-name", max_length=MAX_LINE)
                yield Input(id="badge-line-two", max_length=MAX_LINE)
                yield Keyboard(WORDS)
        yield Problem(id="badge-problem")
        with Horizontal(classes="buttons"):
            yield TouchButton("", variant="primary", id="badge-print")
            yield TouchButton("", id="badge-change")

    def offer(self, result: CheckInResult) -> None:
        """Show the badge of who was let in."""
        self.result = result
        self.remove_class("-typing")
        self.query_one("#badge-welcome", Sentence).text = _(
            "✓ Welcome, {name}", name=plain(result.name or "", limit=80)
        )
        self.query_one(Problem).say("")
        with self.prevent(Input.Changed):
            self._line("#badge-name").value = plain(result.name or "", limit=MAX_LINE)
            self._line("#badge-line-two").value = plain(result.line_two, limit=MAX_LINE)
        self.query_one("#badge-print", Button).focus()
        self.draw()

    def forget(self) -> None:
        """Show nobody's badge."""
        self.result = None
        self.query_one(BadgePreview).picture = None
        self.query_one("#badge-welcome", Sentence).text = ""
        with self.prevent(Input.Changed):
            for line in self.query(Input):
                line.clear()

    @on(Button.Pressed, "#badge-change")
    def _change(self, message: Button.Pressed) -> None:
        message.stop()
        self.add_class("-typing")
        self._line("#badge-name").focus()

    @on(Button.Pressed, "#badge-print")
    def _print(self, message: Button.Pressed) -> None:
        message.stop()
        self.action_print()

    @on(Input.Submitted)
    def _go_on(self, message: Input.Submitted) -> None:
        message.stop()
        if message.input.id == "badge-name":
            self._line("#badge-line-two").focus()
        else:
            self.query_one("#badge-print", Button).focus()

    @on(Input.Changed)
    def _draw_soon(self, message: Input.Changed) -> None:
        message.stop()
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(PAUSE_S, self.draw)

    def _words(self, result: CheckInResult) -> tuple[str, str]:
        """Name and line as they stand now.

        What only had to be shown shorter or plainer than it was booked is no correction.
        """
        booked = (result.name or "", result.line_two)
        typed = (self._line("#badge-name").value, self._line("#badge-line-two").value)
        name, line_two = (
            before if each == plain(before, limit=MAX_LINE) else each.strip()
            for each, before in zip(typed, booked, strict=True)
        )
        return name, line_two

    @work(exclusive=True, group="badge-picture", exit_on_error=False)
    async def draw(self) -> None:
        """Draw the badge with the words that stand there now; who types has time for it."""
        result, desk = self.result, self._tools.desk
        if result is None or result.ticket_id is None:
            return
        name, line_two = self._words(result)
        if (name, line_two) != (result.name or "", result.line_two) and result.delivery_id:
            await desk.write(hold_badge, self._actor, result.delivery_id, held_s=HELD_S)
        drawn = await desk.read(
            badge_picture, self._actor, result.ticket_id, name=name, line_two=line_two
        )
        if self.result is result:
            self.query_one(BadgePreview).picture = drawn.image

    @work(exclusive=True, group="badge", exit_on_error=False)
    async def action_print(self) -> None:
        """Print the badge as it stands, corrected first where it was changed."""
        shown, desk = self.result, self._tools.desk
        if shown is None or shown.ticket_id is None or shown.delivery_id is None:
            return
        name, line_two = self._words(shown)
        corrected, result = (name, line_two) != (shown.name or "", shown.line_two), shown
        if corrected:
            from eventdesk.printing import correct_badge

            try:
                ticket = await desk.write(
                    correct_badge, self._actor, shown.ticket_id, name=name, line_two=line_two
                )
            except EventDeskError as error:
                if self.result is shown:
                    self.query_one(Problem).say(f"{error} {error.hint}".rstrip())
                return
            result = replace(shown, name=ticket.name, line_two=ticket.line_two)
        held = await desk.write(release_badge, self._actor, shown.delivery_id)
        out = corrected and not held and not await self._waits(shown.delivery_id)
        if self.result is shown:
            self.post_message(self.Printed(result, str(OUT_BEFORE) if out else ""))

    async def _waits(self, delivery_id: UUID) -> bool:
        """Whether a badge is still going to be made, with the words that stand there then."""
        try:
            place = await self._tools.desk.read(badge_place, self._actor, delivery_id)
        except EventDeskError:
            return True
        return place.state == "queued"

    def let_go(self) -> bool:
        """Print the badge that is on show, as its guest has gone on; say whether one was."""
        shown = self.result
        if shown is None or shown.delivery_id is None:
            return False
        self._release(shown.delivery_id)
        return True

    @work(group="badge-release", exit_on_error=False)
    async def _release(self, delivery_id: UUID) -> None:
        await self._tools.desk.write(release_badge, self._actor, delivery_id)

    @on(Keyboard.Typed)
    def _type_key(self, message: Keyboard.Typed) -> None:
        message.stop()
        line = self.screen.focused
        if not isinstance(line, Input):
            line = self._line("#badge-name")
            line.focus()
        Keyboard.type_into(line, message.key, capitals=True)

    def _line(self, selector: str) -> Input:
        return self.query_one(selector, Input)
