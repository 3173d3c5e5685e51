"""The page of an event for people who may want to come."""

from collections.abc import Iterable
from itertools import groupby
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.markdown import Markdown
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from eventdesk.acts import BEFORE_THE_DAY, SYSTEM, Actor
from eventdesk.booking import Booked
from eventdesk.core.booking_states import PAID
from eventdesk.core.formats import when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken_period, zone_note
from eventdesk.events import EventDetail, event_detail
from eventdesk.programme import Session, Speaker, Sponsor, read_programme
from eventdesk.sales import Offer, in_full, left_in_words, offers
from screens.attendee.book_screen import BookScreen
from screens.attendee.logos import Logos
from screens.attendee.tones import TONES
from screens.booking.booking_screen import BookingScreen
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools


def programme_lines(sessions: Iterable[Session], time_zone: str) -> Content:
    """Sessions by day: their times, titles, rooms and speakers."""
    zone = ZoneInfo(time_zone)
    on = [each for each in sessions if each.cancelled_at is None]
    lines: list[Content] = []
    for day, that_day in groupby(on, key=lambda each: each.starts_at.astimezone(zone).date()):
        lines.append(Content.assemble((when(day, "%A, %d %B"), "bold")))
        lines.extend(_session(each, zone) for each in that_day)
    return Content("\n").join(lines)


def speaker_lines(speakers: Iterable[Speaker]) -> Content:
    """Speakers, with their organizations and biographies."""
    lines = []
    for each in speakers:
        whose = f", {plain(each.organization)}" if each.organization else ""
        line = Content.assemble((plain(each.name), "bold"), whose)
        if each.biography:
            about = plain(" ".join(each.biography.split()), limit=400)
            line = Content.assemble(line, "\n  ", (about, "$faint"))
        lines.append(line)
    return Content("\n").join(lines)


def sponsor_lines(sponsors: Iterable[Sponsor]) -> Content:
    """Sponsors, the highest level first."""
    return Content("\n").join(
        Content.assemble(
            (f"{plain(each.level)} " if each.level else "", "$faint"),
            (plain(each.name), "bold"),
            f"  {plain(each.line)}" if each.line else "",
            (f"  {plain(each.link)}" if each.link else "", "$faint"),
        )
        for each in sponsors
    )


def _session(session: Session, zone: ZoneInfo) -> Content:
    begin, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    who = ", ".join(plain(name) for _id, name in session.speakers)
    details = " · ".join(part for part in (plain(session.room), who) if part)
    return Content.assemble(
        (f"  {begin:%H:%M}–{end:%H:%M}  ", "$faint"),
        plain(session.title),
        (f"\n                 {details}" if details else "", "$faint"),
    )


PARTS = {"programme": msg("Programme"), "speakers": msg("Speakers"), "sponsors": msg("Sponsors")}
"""The parts below the tickets, shown where there is anything in them."""


class EventPage(RoleScreen[None], AsActor):
    """Shows an event and leads to booking."""

    SHOWS = BEFORE_THE_DAY
    ROLE = msg("Event")
    THINGS = ("store",)
    HELP = "B books tickets or puts you on the waitlist; the arrow keys scroll."
    CSS_PATH = "../styles/attendee.tcss"
    AUTO_FOCUS = "#event-page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b,enter", "book", "Book", tooltip="Choose tickets and book them")
    ]

    def __init__(
        self, tools: Tools, actor: Actor, event_id: UUID, *, name: str = "", access_code: str = ""
    ) -> None:
        super().__init__(tools)
        self.actor, self.event_id, self.access_code = actor, event_id, access_code
        self.heading = name
        self.detail: EventDetail | None = None

    def compose_body(self) -> ComposeResult:
        """Lay out the page."""
        with VerticalScroll(id="event-page"):
            yield Label("", id="event-name", classes="title", markup=False)
            yield Static("", id="event-facts", markup=False)
            yield Static("", id="event-description", markup=False)
            yield Label(_("Tickets"), classes="part-title")
            yield Static("", id="event-offers", markup=False)
            for part, title in PARTS.items():
                yield Label(str(title), id=f"title-{part}", classes="part-title -more")
                yield Static("", id=f"part-{part}", markup=False)
            yield Logos(id="sponsor-logos")

    async def re_read(self) -> None:
        """Read the event and what is sold."""
        detail = await self.desk.read(event_detail, self.event_id, code=self.access_code)
        offered = await self.tools.desk.read(offers, SYSTEM, self.event_id)
        self.query_one("#event-name", Label).update(plain(detail.name))
        self.query_one("#event-facts", Static).update(_facts(detail))
        self.query_one("#event-offers", Static).update(offers_table(offered))
        programme = await self.desk.read(read_programme, self.event_id, code=self.access_code)
        self._show("programme", programme_lines(programme.sessions, detail.time_zone))
        self._show("speakers", speaker_lines(programme.speakers))
        self._show("sponsors", sponsor_lines(programme.sponsors))
        await self.query_one(Logos).show([(each.name, each.logo) for each in programme.sponsors])
        if self.detail is None or self.detail.description != detail.description:
            self.query_one("#event-description", Static).update(_formatted(detail.description))
        self.detail = detail

    def clock(self) -> str:
        """The time of day at the event."""
        if self.detail is None:
            return ""
        return self.tools.now().astimezone(ZoneInfo(self.detail.time_zone)).strftime("%H:%M")

    def _show(self, part: str, lines: Content) -> None:
        """Show a part of the page, or leave it out when there is nothing in it."""
        self.query_one(f"#title-{part}").display = bool(lines)
        self.query_one(f"#part-{part}", Static).update(lines)

    @work(exclusive=True, group="book", exit_on_error=False)
    async def action_book(self) -> None:
        """Book tickets of this event."""
        if self.detail is not None:
            booked = await self.app.push_screen_wait(
                BookScreen(self.tools, self.actor, self.detail, access_code=self.access_code)
            )
            if booked is not None:
                self._show_booked(booked)

    def _show_booked(self, booked: Booked) -> None:
        """Show what was booked, and what is to be done now; how it is paid the screen asks."""
        words = ""
        if booked.state == PAID:
            words = _("Your tickets are under “My tickets”.")
        elif not booked.approved:
            words = _("The organizer looks at it; a notice tells you.")
        screen = BookingScreen(self.tools, self.actor, booked.booking_id, pay_first=True)
        self.app.push_screen(screen)
        if words:
            self.notify(words, title=_("Booked: {code}", code=booked.code), markup=False)


def offers_table(offered: list[Offer]) -> Content:
    """The tickets that are sold, one line each: name, full price, places left and description."""
    if not offered:
        return Content(_("No tickets are sold here yet."))
    widest = max(len(plain(each.name)) for each in offered)
    lines = []
    for each in offered:
        name = plain(each.name).ljust(min(widest, 30))
        left, tone = left_in_words(each)
        line = Content.assemble(name, "  ", (in_full(each), "bold"), "  ", (left, TONES[tone]))
        if each.description:
            line = Content.assemble(line, "\n  ", (plain(each.description, limit=300), "$faint"))
        lines.append(line)
    return Content("\n").join(lines)


def _facts(detail: EventDetail) -> Content:
    when = spoken_period(detail.starts_at, detail.ends_at, detail.time_zone)
    parts = [when + zone_note(detail.starts_at, detail.time_zone)]
    if detail.venue is not None:
        where = " · ".join(each for each in (detail.venue.name, detail.venue.address) if each)
        parts.append(plain(where))
    if detail.online_url:
        parts.append(_("online: {address}", address=plain(detail.online_url)))
    about = " · ".join(plain(each) for each in (detail.category, detail.language) if each)
    if about:
        parts.append(about)
    return Content("\n".join(parts))


def _formatted(markdown: str) -> Markdown:
    """Markdown in one piece, without signs that a terminal would obey.

    Textual's own widget takes 220 MB and a minute for a list of 20,000 characters.
    """
    clean = "\n".join(plain(line, limit=2000) for line in markdown.splitlines())
    return Markdown(clean, code_theme="ansi_dark", hyperlinks=False)
