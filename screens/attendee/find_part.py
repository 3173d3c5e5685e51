"""The part with the events to find, by words, category, place, date and price."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import SYSTEM
from eventdesk.core.errors import NotFoundError
from eventdesk.core.formats import money
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken
from eventdesk.events import EventCard, event_detail
from eventdesk.programme import read_programme
from eventdesk.sales import browse, offers
from screens.attendee.event_blocks import event_blocks, offer_block, session_block
from screens.attendee.event_page import EventPage
from screens.core.part import Part
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import TextQuestion
from screens.widgets.detail import Block
from screens.widgets.form import Field, MomentField, MoneyField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters besides words; empty is everything."""

    category: str = ""
    place: str = ""
    date_from: datetime | None = None
    date_until: datetime | None = None
    most_minor: int | None = None

    def in_words(self) -> str:
        """The filters as the line above the list names them."""
        parts = [
            self.category and _("category {category}", category=self.category),
            self.place and _("in {place}", place=self.place),
            self.date_from and _("from {date:%Y-%m-%d}", date=self.date_from),
            self.date_until and _("until {date:%Y-%m-%d}", date=self.date_until),
            self.most_minor is not None and _("at most {price:.2f}", price=self.most_minor / 100),
        ]
        return ", ".join(part for part in parts if part)


class FindPart(Part):
    """Lists the events a person may see, the next one first."""

    HELP = "Type / and words to search; F filters by category, place, date and price."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Filter", tooltip="By category, place, date and price"),
        Binding("k", "type_code", "Code", tooltip="Open a private event by its code"),
    ]
    DEFAULT_CSS = """
    FindPart > #filters { height: auto; color: $warning; display: none; padding: 0 1; }
    FindPart.-filtered > #filters { display: block; }
    """

    table = getters.query_one(PagedTable)
    filters = Filters()

    def compose(self) -> ComposeResult:
        """Lay out the filters and the list."""
        yield Label("", id="filters", markup=False)
        yield PagedTable(
            self._read,
            Column(_("Event")),
            Column(_("When"), width=23),
            Column(_("Where"), width=24, least=90),
            Column(_("Category"), width=14, least=110),
            Column(_("From"), width=12, right=True),
            detail=self._detail,
            empty=_(
                "No events here. Press F to change what is shown, or K to type the code of a "
                "private event."
            ),
        )

    async def re_read(self) -> None:
        """Read the events again."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        cards, total = await self.desk.read(
            browse,
            text=search,
            category=self.filters.category,
            place=self.filters.place,
            date_from=self.filters.date_from,
            date_until=self.filters.date_until,
            most_minor=self.filters.most_minor,
            offset=offset,
            limit=limit,
        )
        return Window(tuple(map(_line, cards)), total)

    async def _detail(self, line: Line) -> list[Block]:
        detail = await self.desk.read(event_detail, line.key)
        offered = await self.tools.desk.read(offers, SYSTEM, line.key)
        programme = await self.desk.read(read_programme, line.key)
        facts, about = event_blocks(detail)
        sessions = session_block(programme.sessions, detail.time_zone)
        return [facts, offer_block(offered), about, sessions]

    @on(PagedTable.Chosen)
    def open_event(self, message: PagedTable.Chosen) -> None:
        """Look at an event."""
        self.app.push_screen(
            EventPage(self.tools, self.actor, message.line.key, name=message.line.cells[0])
        )

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_filter(self) -> None:
        """Ask what is to be shown."""
        fields = self._filter_fields()
        dialog = FormDialog(_("Which events?"), fields, self._filters_of, confirm=_("Show"))
        chosen = await self.app.push_screen_wait(dialog)
        if chosen is None:
            return
        self.filters = chosen
        words = chosen.in_words()
        self.set_class(bool(words), "-filtered")
        line = _("! Only {filters} (F changes it)", filters=words)
        self.query_one("#filters", Label).update(plain(line))
        await self.table.re_read()

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_type_code(self) -> None:
        """Open a private event by its code."""
        question = TextQuestion(
            _("Code of the event"), _("It stands in the invitation."), confirm=_p("verb", "Open")
        )
        typed = await self.app.push_screen_wait(question)
        if not typed:
            return
        cards, _total = await self.desk.read(browse, text=typed, limit=1)
        if not cards:
            raise NotFoundError(
                msg("No event has this code."), hint=msg("Type it as it stands in the invitation.")
            )
        self.app.push_screen(
            EventPage(self.tools, self.actor, cards[0].id, name=cards[0].name, access_code=typed)
        )

    def _filter_fields(self) -> list[Field[Any]]:
        now = self.filters
        return [
            TextField("category", _("Category"), value=now.category, help=_("Such as conference")),
            TextField("place", _("Place"), value=now.place, help=_("A town, a venue, or online")),
            MomentField("date_from", _("From"), zone="UTC", value=now.date_from),
            MomentField(
                "date_until", _("Until"), zone="UTC", value=now.date_until, after="date_from"
            ),
            MoneyField(
                "most_minor",
                _("Cheapest ticket at most"),
                currency="",
                value=now.most_minor,
                help=_("In the currency of each event"),
            ),
        ]

    async def _filters_of(self, values: dict[str, Any]) -> Filters:
        return replace(Filters(), **values)


def _line(card: EventCard) -> Line:
    price = ""
    if card.cheapest is not None:
        price = money(card.cheapest) if card.cheapest.minor else _("free")
    at = spoken(card.starts_at, card.time_zone)
    return Line(card.id, (card.name, at, card.place, card.category, price))
