"""The hall's screen: the welcome, what is on now and next, and announcements to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize

from eventdesk.acts import Actor, Permission, Topic
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import AnnouncementView, Audience, EventView, list_announcements
from eventdesk.programme import Session, read_programme
from screens.core.event_shown import EventShown
from screens.core.station import AsActor, Tools
from screens.widgets.block_letters import HIGH, WIDE, BlockLetters
from screens.widgets.sentence import Sentence

PAGE_S: Final = 12.0
"""How long a page stays."""

LOOK_S: Final = 20.0
"""Sessions begin and end also where nobody changes anything."""

NEWS: Final = timedelta(hours=12)
"""Older announcements are of another day."""

SOON: Final = timedelta(hours=3)
"""What begins later is not next."""


@dataclass(frozen=True, slots=True)
class HallLine:
    """One thing on a page.

    Attributes:
        head: When and where, or the title.
        text: What takes place, or what is announced.
        foot: How full it is; "" where nobody counts.
    """

    head: str
    text: str
    foot: str = ""


@dataclass(frozen=True, slots=True)
class HallPage:
    """What is on show at a time."""

    title: str
    lines: tuple[HallLine, ...] = ()


def hall_pages(
    event: EventView,
    sessions: Sequence[Session],
    news: Sequence[AnnouncementView],
    *,
    now: datetime,
    most: int,
) -> tuple[HallPage, ...]:
    """The pages there are now: the welcome first, none that is empty.

    Args:
        most: Lines that fit on a page.
    """
    zone = ZoneInfo(event.time_zone)
    on_stage = [each for each in sessions if each.cancelled_at is None]
    current = [_session(each, zone) for each in on_stage if each.starts_at <= now < each.ends_at]
    coming = [_session(each, zone) for each in on_stage if now < each.starts_at <= now + SOON]
    told = [
        HallLine(plain(each.title, limit=120), plain(each.text, limit=400))
        for each in news
        if each.audience is Audience.ALL and now - each.sent_at <= NEWS
    ]
    pages = [HallPage(plain(event.name, limit=120))]
    for title, lines in ((_("Now"), current), (_("Next"), coming), (_("Announcements"), told)):
        pages += [
            HallPage(title, tuple(lines[at : at + most])) for at in range(0, len(lines), most)
        ]
    return tuple(pages)


def _session(session: Session, zone: ZoneInfo) -> HallLine:
    at = session.starts_at.astimezone(zone).strftime("%H:%M")
    head = f"{at}  {plain(session.room, limit=60)}".rstrip()
    foot = ""
    if session.sign_up and session.capacity:
        left = max(0, session.capacity - session.taken)
        foot = _("{left:,} of {capacity:,} places left", left=left, capacity=session.capacity)
        if not left:
            foot = _("All places are taken")
    return HallLine(head, plain(session.title, limit=120), foot)


class HallScreen(EventShown, AsActor):
    """Shows the guests in the hall what takes place; nothing on it is for the staff alone.

    Args:
        page_s: Seconds a page stays; 0 leaves it to the keys.
    """

    ROLE = msg("Hall")
    THINGS = ("store",)
    AUTO_FOCUS = ""
    SHOWS = frozenset({Topic.EVENTS, Topic.PROGRAMME, Topic.WAITING})
    HELP = (
        "What guests in the hall may see: the welcome, sessions now and next with their rooms, and "
        "announcements to everybody. Pages turn by themselves; Left and Right turn them, Space "
        "lets them stay, W takes keys and status away."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,pageup", "turn(-1)", "Before", show=False, tooltip="The page before"),
        Binding("right,pagedown", "turn(1)", "Next", key_display="→", tooltip="The next page"),
        Binding("space", "pause", "Cycle", tooltip="Pages come round, or stay"),
        Binding("w", "bare", "Bare", tooltip="Without keys and status"),
    ]
    DEFAULT_CSS = """
    HallScreen {
        & #hall { height: 1fr; padding: 1 4; align: center middle; overflow: hidden; }
        & Sentence { text-align: center; }
        & BlockLetters.-drawn { margin-bottom: 1; }
        & .hall-title { color: $primary; margin-bottom: 1; }
        & .hall-head { color: $primary; }
        & .hall-foot { color: $faint; margin-bottom: 1; }
        & #hall-foot { height: 1; padding: 0 2; background: $surface; color: $faint; }
        &.-bare StatusLine, &.-bare Footer, &.-bare RoleHeader { display: none; }
    }
    """

    def __init__(
        self, tools: Tools, actor: Actor, event: EventView, *, page_s: float = PAGE_S
    ) -> None:
        super().__init__(tools)
        self.actor, self.event, self.page_s = actor, event, page_s
        self.heading = event.name
        self.rounds = page_s > 0
        self.pages: tuple[HallPage, ...] = ()
        self.at = 0
        self._sessions: Sequence[Session] = ()
        self._news: Sequence[AnnouncementView] = ()

    def compose_body(self) -> ComposeResult:
        """Lay out the page above what says which one it is."""
        yield Vertical(id="hall")
        yield Sentence(id="hall-foot")

    def on_mount(self) -> None:
        """Follow the clock, and turn pages."""
        self.set_interval(LOOK_S, self.repage)
        if self.page_s > 0:
            self.set_interval(self.page_s, self._come_round)

    async def re_read(self) -> None:
        """Read sessions and announcements."""
        await super().re_read()
        programme = await self.tools.desk.read(read_programme, self.actor, self.event.id)
        self._sessions = programme.sessions
        if self.actor.may(Permission.MESSAGES):
            self._news, _total = await self.desk.read(list_announcements, self.event.id, limit=20)
        self.repage()

    @on(Resize)
    def _fit(self) -> None:
        self.call_after_refresh(self.repage)

    def repage(self) -> None:
        """Make the pages anew, for the time and the size there are now."""
        large = self.size.width >= WIDE and self.size.height >= HIGH
        most = max(1, (self.size.height - 12) // (14 if large else 4))
        pages = hall_pages(self.event, self._sessions, self._news, now=self.tools.now(), most=most)
        if pages != self.pages:
            self.pages = pages
            self.at %= len(pages)
            self._show_page()

    @work(exclusive=True, group="page")
    async def _show_page(self) -> None:
        page = self.pages[self.at]
        body = self.query_one("#hall", Vertical)
        async with self.batch():
            await body.remove_children()
            await body.mount_all(_parts(page))
        pages = _("{place} of {total}", place=self.at + 1, total=len(self.pages))
        stays = "" if self.rounds else "‖ "
        self.query_one("#hall-foot", Sentence).text = f"{stays}{pages}   {self.clock()}"

    def action_turn(self, step: int) -> None:
        """Turn to another page; who turns by hand reads, so they no longer come round."""
        self.rounds = False
        self._turn(step)

    def _come_round(self) -> None:
        if self.rounds and self.app.screen is self:
            self._turn(1)

    def _turn(self, step: int) -> None:
        if self.pages:
            self.at = (self.at + step) % len(self.pages)
            self._show_page()

    def action_pause(self) -> None:
        """Let the pages come round, or stay."""
        self.rounds = not self.rounds and self.page_s > 0
        self._turn(0)

    def action_bare(self) -> None:
        """Take away what only who sits before it needs, or bring it back."""
        self.toggle_class("-bare")


def _parts(page: HallPage) -> list[Sentence]:
    """The widgets of a page."""
    if not page.lines:
        return [
            BlockLetters(_("Welcome!"), rows=7, lines=1),
            BlockLetters(page.title, rows=9, classes="hall-title"),
        ]
    parts: list[Sentence] = [BlockLetters(page.title, rows=5, lines=1, classes="hall-title")]
    for line in page.lines:
        parts.append(BlockLetters(line.head, rows=5, lines=1, classes="hall-head"))
        parts.append(BlockLetters(line.text, rows=5, lines=1))
        parts.append(Sentence(line.foot, classes="hall-foot"))
    return parts
