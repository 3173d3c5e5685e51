"""Status line: health of store, camera and printer."""

from dataclasses import dataclass
from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label

from eventdesk.core.cells import cell_width
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.printing import BadgeQueue


@dataclass(frozen=True, slots=True)
class Health:
    """The health of one thing.

    Attributes:
        well: Whether nobody has to do anything.
        word: Its state in a word or two; a sentence that names the thing when it is not well.
        care: Whether it works and somebody should see to it soon.
    """

    well: bool
    word: str
    care: bool = False


NOTHING: Final = Health(True, "")
"""Of a thing that is not there, and so not shown."""


def printer_health(queue: BadgeQueue) -> Health:
    """The health of a printer, from its queue of badges."""
    waiting = _n("{count} badge waiting", "{count} badges waiting", queue.waiting)
    if queue.failed:
        return Health(
            False,
            _n(
                "{count} badge failed: {last_error}",
                "{count} badges failed: {last_error}",
                queue.failed,
                last_error=plain(queue.last_error),
            ),
        )
    if queue.last_error:
        return Health(False, f"{waiting}: {plain(queue.last_error)}")
    if queue.care:
        counted = f" ({waiting})" if queue.waiting else ""
        return Health(bool(queue.printer), f"{plain(queue.care)}{counted}", care=True)
    word = waiting if queue.waiting else _("ready")
    return Health(True, f"{plain(queue.printer, limit=24)} {word}" if queue.printer else word)


THINGS = {
    "camera": msg("camera"),
    "store": msg("store"),
    "hub": msg("hub"),
    "printer": msg("printer"),
    "devices": msg("devices"),
}
"""The names of the things of a status line."""


class StatusLine(Horizontal):
    """Shows a `Health` for each thing it was made for."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        padding: 0 2;
        background: $background;
        & Label { width: auto; margin-right: 3; color: $faint; }
        & Label.-wrong, & Label.-care {
            color: $error; text-style: bold;
            width: 1fr; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & Label.-care { color: $warning; }
    }
    """

    def __init__(self, *things: str, at_hub: bool = False) -> None:
        """Make it.

        Args:
            things: What it speaks of.
            at_hub: Whether the store is that of a hub.
        """
        super().__init__()
        self._things, self._at_hub = things, at_hub
        self._told: dict[str, Health] = {}

    def compose(self) -> ComposeResult:
        """Lay out one label a thing."""
        for thing in self._things:
            yield Label("", id=f"health-{thing}", markup=False)

    def tell(self, thing: str, health: Health) -> None:
        """Show how `thing` is; a thing this line was not made for is passed over."""
        if self._told.get(thing) == health:
            return
        self._told[thing] = health
        for label in self.query(f"#health-{thing}").results(Label):
            called = "hub" if self._at_hub and thing == "store" else thing
            words, before = _words(called, health), str(label.content)
            label.update(words, layout=cell_width(words) != cell_width(before))
            label.set_class(not health.well, "-wrong")
            label.set_class(health.well and health.care, "-care")


def _words(thing: str, health: Health) -> str:
    if health == NOTHING:
        return ""
    if not health.well:
        return f"✗ {health.word}"
    return f"! {health.word}" if health.care else f"✓ {THINGS.get(thing, thing)} {health.word}"
