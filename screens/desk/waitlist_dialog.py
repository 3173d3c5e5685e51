"""The waitlist at the desk: people are found by name, moved up or offered a free place."""

from uuid import UUID

from textual import on, work
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input

from eventdesk.acts import Verb
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.waiting import EntryState, EntryView, list_waitlist, move_up, offer_by_hand
from screens.core.station import Place, Tools
from screens.desk.desk_dialog import DeskDialog
from screens.desk.scan_input import LineInput
from screens.desk.scan_log import padded

MAX_LISTED = 20
NAME_CELLS = 26


class WaitlistDialog(DeskDialog[str]):
    """Shows who waits, found by name; dismissed with a sentence about what was done."""

    KEYS = msg("Enter moves to the front · F2 offers a free place now · Esc back")
    BINDINGS = [Binding("f2", "offer", "Offer a place")]

    def __init__(self, tools: Tools, place: Place, entries: list[EntryView], total: int) -> None:
        super().__init__(
            _("The waitlist"),
            _("{total:,} wait at {name}.", total=total, name=plain(place.event.name, limit=60)),
        )
        self.tools, self.place = tools, place
        self.entries = entries

    def make_line(self) -> LineInput:
        """Make the line for a name."""
        return LineInput(max_length=100, placeholder=_("Part of the name or e-mail"))

    def on_mount(self) -> None:
        """Show who waits."""
        self._show()

    @on(Input.Changed)
    @work(exclusive=True, group="search", exit_on_error=False)
    async def search(self, message: Input.Changed) -> None:
        """Show those who are called so."""
        self.entries, _total = await self.tools.desk.read(
            list_waitlist,
            self.place.actor,
            self.place.event.id,
            search=message.value,
            limit=MAX_LISTED,
        )
        self._show()

    def end(self, text: str) -> object:
        """Move the marked one to the front."""
        del text
        entry = self._entry()
        if entry is not None and entry.state is EntryState.OFFERED:
            self.say(_("A place is offered to them already: they take it under My waitlists."))
        elif entry is not None:
            self._do(
                entry, move_up, _("{name} is next for {what}", name=entry.name, what=entry.what)
            )
        return None

    def pick(self, place: int) -> object:
        """Only mark whom somebody clicked."""
        self.choices.highlighted = place
        return None

    def action_offer(self) -> None:
        """Offer the marked one a free place."""
        entry = self._entry()
        if entry is not None:
            self._do(
                entry,
                offer_by_hand,
                _("{name} is offered a place: {what}", name=entry.name, what=entry.what),
            )

    def _entry(self) -> EntryView | None:
        if not self.entries or self.marked is None:
            return None
        return self.entries[self.marked]

    @work(exclusive=True, group="act", exit_on_error=False)
    async def _do(self, entry: EntryView, verb: Verb[[UUID], EntryView], words: str) -> None:
        try:
            await self.tools.desk.write(verb, self.place.actor, entry.id)
        except EventDeskError as error:
            self.say_error(error)
            return
        self.dismiss(words)

    def _show(self) -> None:
        self.offer([_line(each) for each in self.entries])
        self.say("" if self.entries else _("Nobody who waits is called so."))


def _line(entry: EntryView) -> Content:
    place = _("offered") if entry.place is None else f"{entry.place}."
    return Content.assemble(
        (f"{place:<8}", "bold"),
        padded(plain(entry.name), NAME_CELLS, gap=1),
        (plain(entry.what, limit=24), "$faint"),
        (f"  {entry.party}" if entry.party else "", "bold"),
        (f"  {entry.rank}" if entry.rank else "", "$warning"),
    )
