"""Settings of an event in groups, and its invitations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Permission
from eventdesk.core import formats
from eventdesk.core.fields import Offers
from eventdesk.core.formats import listed
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.money import Money, percent
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import spoken, spoken_period
from eventdesk.events import (
    CATEGORIES,
    EVENT,
    REMINDER_WORDS,
    TOLD_LATER,
    Change,
    EventChanges,
    EventDetail,
    Invitation,
    Invited,
    Venue,
    Visibility,
    change_event,
    changes_of,
    invite,
    list_invitations,
    uninvite,
)
from eventdesk.programme import Programme, read_programme
from screens.accounts.event_data import days_dialog, erase_event_dialog
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.events_shown import VISIBILITY, EventDialog, place_of
from screens.organizer.making import Maker
from screens.organizer.tab import EventPart
from screens.widgets.detail import Block
from screens.widgets.entity_facts import entity_facts
from screens.widgets.form import Field, NoteField, YesNoField
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of


@dataclass(frozen=True, slots=True)
class Group:
    """Some settings that belong together.

    Attributes:
        change: Which sort of change they are; the state of the event may forbid it.
        says: What they say now, in a line.
        names: The fields of the event that it is about.
    """

    title: Message
    change: Change
    says: Callable[[EventDetail], str]
    names: tuple[str, ...]
    explanation: Message | str = ""

    def fields(self, event: EventDetail, venues: Sequence[Venue], maker: Maker) -> list[Field[Any]]:
        """The form, filled with what the event is now."""
        categories = dict.fromkeys(("", *CATEGORIES, event.category))
        offers: Offers = {
            "category": [(one, one or _("none")) for one in categories],
            "venue_id": [(None, _("none")), *((venue.id, venue.name) for venue in venues)],
        }
        fields, nothing = [_FIELDS[name] for name in self.names], _nothing(event)
        return entity_fields(
            fields,
            event.setting,
            zone=event.time_zone,
            nothing=nothing,
            offers=offers,
            makings={"venue_id": maker.venue()},
        )

    def facts(self, event: EventDetail, venues: Sequence[Venue]) -> list[tuple[str, str]]:
        """The same to read."""
        fields, nothing = [_FIELDS[name] for name in self.names], _nothing(event)
        offers = {"venue_id": [(venue.id, venue.name) for venue in venues]}
        return entity_facts(
            fields, event.setting, zone=event.time_zone, nothing=nothing, offers=offers
        )

    def changes(self, typed: Mapping[str, Any]) -> EventChanges:
        """What was typed, as changes of an event."""
        return changes_of(
            {name: _FIELDS[name].empty if value is None else value for name, value in typed.items()}
        )


def _nothing(event: EventDetail) -> Money:
    return Money(0, event.currency, event.currency_exponent)


_FIELDS: Final = {one.name: one for one in EVENT}


def _says_rules(event: EventDetail) -> str:
    rules = event.rules
    fee = Money(rules.cancel_fee_minor, event.currency, event.currency_exponent)
    kept = [f"{percent(rules.cancel_fee_bp)} %"] if rules.cancel_fee_bp else []
    kept += [formats.money(fee)] if rules.cancel_fee_minor else []
    return _(
        "held {minutes} min · cancel until {cancel}, keeping {kept} · hand on until {hand_on}",
        minutes=rules.hold_minutes,
        cancel=_until(rules.cancel_until, event),
        kept=listed(kept) or _("nothing"),
        hand_on=_until(rules.transfer_until, event),
    )


def _says_waiting(event: EventDetail) -> str:
    rules = event.rules
    said = _("offered for {minutes} min", minutes=rules.offer_minutes)
    if rules.waitlist_auto:
        said = _("given at once")
    if rules.queue_from is None or rules.queue_until is None:
        return said
    period = spoken_period(rules.queue_from, rules.queue_until, event.time_zone)
    return f"{said} · {_('requests {period}', period=period)}"


def _says_badges(event: EventDetail) -> str:
    limit = event.rules.reprint_limit
    times = {
        0: _("printed again never without a supervisor"),
        1: _("printed again once without a supervisor"),
        2: _("printed again twice without a supervisor"),
    }.get(limit) or _("printed again {limit} times without a supervisor", limit=limit)
    said = _("corrected by guests") if event.rules.badge_correction else _("as booked")
    own = [_("printed by guests too")] if event.rules.own_badges else []
    return " · ".join((times, said, *own))


def _says_invoices(event: EventDetail) -> str:
    said = _(
        "{sender} · bank: {bank}",
        sender=_first_line(event.invoice_sender),
        bank=_first_line(event.bank_details),
    )
    return f"{said} · {_('reverse charge')}" if event.rules.reverse_charge else said


def _says_place(event: EventDetail) -> str:
    place = place_of(event) or _("not said yet")
    return f"{place} · {_('{count:,} people', count=event.capacity)}" if event.capacity else place


def _says_visibility(event: EventDetail) -> str:
    seen = str(VISIBILITY[event.visibility])
    return f"{seen} · {_('code {code}', code=event.access_code)}" if event.access_code else seen


def _until(at: datetime | None, event: EventDetail) -> str:
    return _("it begins") if at is None else spoken(at, event.time_zone)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or _("not said yet")


GROUPS: Final = (
    Group(
        msg("Words"),
        Change.WORDS,
        lambda event: " · ".join(filter(None, (event.name, event.category, event.language))),
        ("name", "category", "language", "description"),
    ),
    Group(
        msg("Times"),
        Change.TIMES,
        lambda event: (
            f"{spoken_period(event.starts_at, event.ends_at, event.time_zone)} ({event.time_zone})"
        ),
        ("time_zone", "starts_at", "ends_at"),
        msg("Everybody who booked is told of other times."),
    ),
    Group(msg("Place"), Change.WORDS, _says_place, ("venue_id", "online_url", "capacity")),
    Group(msg("Who sees it"), Change.VISIBILITY, _says_visibility, ("visibility", "access_code")),
    Group(
        msg("Cancelling"),
        Change.RULES,
        _says_rules,
        ("hold_minutes", "cancel_until", "cancel_fee_bp", "cancel_fee_minor", "transfer_until"),
    ),
    Group(
        msg("Waitlist"),
        Change.RULES,
        _says_waiting,
        ("waitlist_auto", "offer_minutes", "queue_from", "queue_until"),
    ),
    Group(msg("Currency"), Change.CURRENCY, lambda event: event.currency, ("currency",)),
    Group(
        msg("Tax"),
        Change.RULES,
        lambda event: (
            _("included in prices") if event.rules.prices_include_tax else _("comes on top")
        ),
        ("prices_include_tax",),
    ),
    Group(
        msg("Badges"),
        Change.RULES,
        _says_badges,
        ("reprint_limit", "badge_correction", "own_badges"),
    ),
    Group(
        msg("Reminders"),
        Change.RULES,
        lambda event: str(REMINDER_WORDS[event.rules.reminders]),
        ("reminders",),
    ),
    Group(
        msg("Invoices"),
        Change.MONEY,
        _says_invoices,
        ("invoice_sender", "reverse_charge", "bank_details"),
    ),
)
"""From top to bottom."""

COMMISSION: Final = Group(
    msg("Commission"),
    Change.MONEY,
    lambda event: (
        _("as agreed with the owner")
        if event.commission_bp is None
        else f"{percent(event.commission_bp)} %"
    ),
    ("commission_bp",),
)
"""For admins only."""


class SettingsTab(EventPart):
    """Lists groups of settings as they are; Enter changes one. Below, the invitations."""

    NEEDS = Permission.EVENT
    HELP = (
        "Enter changes the marked settings. What the state of the event forbids is told when it "
        "is saved. P says when personal data go, X erases them. I invites people to an event by "
        "invitation, Delete takes one off the list."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        # The list takes Enter itself; here stands what it does.
        Binding("e", "change", "Change", key_display="Enter", tooltip="Change the marked settings"),
        Binding("p", "days", "Data", tooltip="Say when the personal data of this event go"),
        Binding("x", "erase", "Erase", tooltip="Erase the personal data of this event now"),
        Binding("i", "invite", "Invite", tooltip="Put people on the list of invitations"),
        Binding("delete", "uninvite", "Off the list", tooltip="Take the marked one off the list"),
    ]
    DEFAULT_CSS = """
    SettingsTab {
        & .part-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
        & PagedTable { height: 1fr; }
        & .invitations { display: none; }
        &.-invited .invitations { display: block; }
    }
    """

    programme: Programme | None = None

    def compose(self) -> ComposeResult:
        """Lay out both lists."""
        yield PagedTable(
            self._groups,
            Column(_("Setting"), 12),
            Column(_("As it is")),
            empty=_("Reading …"),
            searchable=False,
            detail=self._detail,
            headline=0,
            enter=_("Change"),
            id="settings",
        )
        yield Label(_("Invitations"), classes="part-title invitations")
        table = PagedTable(
            self.source(list_invitations, _invited),
            Column(_("E-mail")),
            Column(_("Name"), least=60),
            Column(_("VIP"), 5),
            empty=_("Nobody is invited yet. Press I to invite people."),
            id="invitations",
        )
        table.add_class("invitations")
        yield table

    async def re_read(self) -> None:
        """Read the event and its invitations."""
        self.programme = await self.desk.read(read_programme, self.event.id)
        self.set_class(self._is_invited, "-invited")
        for table in self.query(PagedTable):
            if table.id == "settings" or self._is_invited:
                await table.re_read()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Invitations are for events by invitation only."""
        if action in ("invite", "uninvite"):
            return self._is_invited
        return super().check_action(action, parameters)

    @property
    def _is_invited(self) -> bool:
        event = self.programme.event if self.programme is not None else None
        return event is not None and event.visibility is Visibility.INVITED

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups this person may change."""
        is_admin = self.actor.may(Permission.INSTALLATION)
        return (*GROUPS, COMMISSION) if is_admin else GROUPS

    async def _groups(self, text: str, offset: int, limit: int) -> Window:
        if self.programme is None:
            return Window((), 0)
        event = self.programme.event
        lines = [
            Line(
                UUID(int=place),
                (str(group.title), group.says(event)),
                "" if event.allows(group.change) else "faint",
            )
            for place, group in enumerate(self.groups, 1)
        ]
        return window_of(lines, offset, limit)

    async def _detail(self, line: Line) -> list[Block]:
        if self.programme is None:
            return []
        group, event = self.groups[line.key.int - 1], self.programme.event
        facts = group.facts(event, self.programme.venues)
        why = "" if event.allows(group.change) else _("The state of the event does not allow it.")
        return [Block([("", f"! {why}" if why else "")]), Block(facts)]

    # Changing

    @on(PagedTable.Chosen, "#settings")
    def change(self, message: PagedTable.Chosen) -> None:
        """Ask for what the marked group says."""
        message.stop()
        self._change(self.groups[message.line.key.int - 1])

    def action_change(self) -> None:
        """Ask for what the marked group says, as Enter does."""
        table = self.query_one("#settings", PagedTable)
        if table.marked is not None:
            self._change(self.groups[table.marked.key.int - 1])

    @act
    async def _change(self, group: Group) -> None:
        if self.programme is None:
            return
        event = self.programme.event

        async def save(values: dict[str, Any]) -> EventDetail:
            return await self.desk.write(change_event, event.id, group.changes(values))

        dialog = EventDialog[EventDetail](
            str(group.title),
            group.fields(event, self.programme.venues, Maker(self.desk, self.app, event)),
            save,
            explanation=str(group.explanation),
        )
        await self.ask(dialog)

    # Personal data

    @act
    async def action_days(self) -> None:
        """Ask when the personal data of the event go."""
        await self.ask(await days_dialog(self.tools, self.actor, self.event.id))

    @act
    async def action_erase(self) -> None:
        """Erase the personal data of the event, after its name was typed."""
        done = await self.ask(await erase_event_dialog(self.tools, self.actor, self.event.id))
        if done is not None:
            self.say(_("✓ Nobody who booked or came is named any more."))

    # Inviting

    @act
    async def action_invite(self) -> None:
        """Ask for addresses and put them on the list."""

        async def save(values: dict[str, Any]) -> Invited:
            return await self.desk.write(
                invite, self.event.id, [values["emails"]], vip=values["vip"]
            )

        dialog = FormDialog(
            _("Invite people"),
            [
                NoteField(
                    "emails",
                    _("E-mail addresses"),
                    max_length=1_000_000,
                    help=_(
                        "One a line, or apart by commas; names before <an address> are left away."
                    ),
                ),
                YesNoField("vip", _("VIP"), help=_("They go before others on a waitlist.")),
            ],
            save,
            confirm=_("Invite"),
        )
        done = await self.ask(dialog)
        if done is not None:
            added, known = done.added, done.known
            said = _("{added:,} added, {known:,} were on the list.", added=added, known=known)
            if done.told_later:
                said += f" {TOLD_LATER}"
            self.say(said, title=_("Invited"))

    @act
    async def action_uninvite(self) -> None:
        """Take the marked address off the list, after a question."""
        marked = self.query_one("#invitations", PagedTable).marked
        if marked is None:
            return
        email = marked.cells[0]
        if await self.sure(
            _("Take {email} off the list?", email=plain(email, limit=60)),
            _("They cannot see the event any more; what they booked stays."),
            yes=_("Take off"),
        ):
            await self.do(uninvite, self.event.id, [email])


def _invited(one: Invitation) -> Line:
    return Line(one.id, (one.email, one.name, _("★ yes") if one.vip else ""))
