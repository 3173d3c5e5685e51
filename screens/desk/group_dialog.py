"""The dialogs of a group: who of a booking goes in, and the outcome of each."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.events import Key
from textual.message import Message
from textual.widgets import Label

from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import WORDING, BookingGroup, CheckInResult, Member, Outcome
from screens.desk.desk_dialog import DeskDialog
from screens.desk.scan_input import LineInput
from screens.desk.scan_log import STYLES, padded

NAME_CELLS = 24
WHAT_CELLS = 13


class GroupLine(LineInput):
    """A line in which the space bar marks whom the bar is on."""

    class SpacePressed(Message):
        """The space bar was pressed."""

    def on_key(self, event: Key) -> None:
        """Keep spaces out of the line: an input takes every key that can be typed."""
        if event.key == "space":
            event.stop()
            event.prevent_default()
            self.post_message(self.SpacePressed())


class GroupDialog(DeskDialog[tuple[Member, ...]]):
    """Offers the tickets of a booking; dismissed with those that are to go in.

    Whoever may enter is marked at first. Space marks or leaves the one under the bar, typing a
    name or a number jumps to it, Enter on an empty line checks the marked ones in.
    """

    KEYS = msg("Enter checks the marked in · Space marks · F2 all or none · Esc back")
    BINDINGS = [Binding("f2", "all", "All or none")]

    def __init__(self, group: BookingGroup) -> None:
        words = _n(
            "Booking {code} of {name}, {count} ticket",
            "Booking {code} of {name}, {count} tickets",
            len(group.members),
            code=group.booking_code,
            name=plain(group.name, limit=60),
        )
        if group.more:
            words = _(
                "{booking}; {more} more are checked in one by one", booking=words, more=group.more
            )
        super().__init__(_("Check in together"), words)
        self.group = group
        self.chosen = {each.ticket_id for each in group.members if each.may_enter or each.questions}

    def make_line(self) -> LineInput:
        """Make the line, in which a name jumps to its holder."""
        return GroupLine(max_length=300, placeholder=_("Enter checks them in, or type a name"))

    def on_mount(self) -> None:
        """Show everybody."""
        self._show(0)

    def end(self, text: str) -> object:
        """Check the marked ones in, or jump to a name or a number."""
        if text:
            self._jump(text)
            self.line.value = ""
        elif self.chosen:
            members = self.group.members
            self.dismiss(tuple(each for each in members if each.ticket_id in self.chosen))
        else:
            self.say(_("Nobody is marked. Space marks, F2 marks all."))
        return None

    def pick(self, place: int) -> object:
        """Mark whom somebody clicked, or leave them."""
        self.choices.highlighted = place
        self.action_turn()
        return None

    @on(GroupLine.SpacePressed)
    def action_turn(self) -> None:
        """Mark the one under the bar, or leave them."""
        place = self.marked
        if place is None:
            return
        self.chosen ^= {self.group.members[place].ticket_id}
        self._show(place)

    def action_all(self) -> None:
        """Mark everybody, or nobody when everybody is."""
        every = {each.ticket_id for each in self.group.members}
        self.chosen = set() if self.chosen == every else every
        self._show(self.marked or 0)

    def _jump(self, text: str) -> None:
        names = [each.name.casefold() for each in self.group.members]
        if text.isdecimal() and 0 < int(text) <= len(names):
            self.choices.highlighted = int(text) - 1
            return
        place = next((at for at, name in enumerate(names) if text.casefold() in name), None)
        if place is None:
            self.say(_("Nobody of this booking is called so."))
        else:
            self.choices.highlighted = place

    def _show(self, marked: int) -> None:
        members = self.group.members
        self.offer([self._line(each) for each in members], marked=marked)
        self.say("")
        self.tell(
            _("{marked} of {total} are marked", marked=len(self.chosen), total=len(members)), "good"
        )

    def _line(self, member: Member) -> Content:
        sign, outcome = "[x]" if member.ticket_id in self.chosen else "[ ]", member.outcome
        return Content.assemble(
            f"{sign} ",
            padded(plain(member.name), NAME_CELLS, gap=1),
            (padded(plain(member.ticket_type), WHAT_CELLS, gap=1), "$faint"),
            (_("○ may go in") if outcome.passes else _verdict(outcome), STYLES[outcome.tone]),
            (f"  {plain(member.company)}" if member.company else "", "$faint"),
        )


class GroupResults(DeskDialog[bool]):
    """Shows what came of each member of a group; Enter, Esc and the next guest's code close it."""

    ONLY_TELLS: ClassVar[bool] = True
    KEYS = msg("Enter closes")

    def __init__(self, results: Sequence[CheckInResult]) -> None:
        self.results = tuple(results)
        self.passed = sum(each.passes for each in self.results)
        super().__init__(
            _("{passed} of {total} are in", passed=self.passed, total=len(self.results))
        )

    def on_mount(self) -> None:
        """Show the answers; those that need somebody come first."""
        ordered = sorted(self.results, key=lambda each: each.passes)
        self.offer([_result(each) for each in ordered])
        all_in = self.passed == len(self.results)
        words = f"{'✓' if all_in else '!'} {self.heading}"
        title = Content.styled(words, "$success bold" if all_in else "$warning bold")
        self.query_one(".title", Label).update(title)

    def end(self, text: str) -> object:
        """Close it."""
        del text
        self.dismiss(True)
        return None


def _result(result: CheckInResult) -> Content:
    note = plain(result.reason or result.attention, limit=60)
    seat = _("seat {seat}", seat=plain(result.seat)) if result.seat and result.passes else ""
    return Content.assemble(
        (padded(_verdict(result.outcome), 18, gap=1), STYLES[result.outcome.tone]),
        padded(plain(result.name or ""), NAME_CELLS, gap=1),
        ("  ".join(filter(None, (seat, note))), "$faint"),
    )


def _verdict(outcome: Outcome) -> str:
    return f"{outcome.tone.sign} {WORDING[outcome].word}"
