"""Team of an event: members, roles, permissions, owner."""

from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.accounts import (
    MAY,
    TEAM_ROLES,
    Added,
    TeamMember,
    add_member,
    change_member,
    list_team,
    remove_member,
    renew_code,
    transfer_event,
)
from eventdesk.acts import GRANTABLE, Permission, Role, Topic
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from screens.core.part import act
from screens.modals.form_dialog import FormDialog
from screens.organizer.events_shown import ROLES as ROLE_WORDS
from screens.organizer.tab import EventPart, act_on
from screens.organizer.way_in import WayIn
from screens.widgets.detail import Block
from screens.widgets.form import ChoiceField, EmailField, Field, SeveralField, TextField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of

ROLES: Final = {
    Role.ORGANIZER: msg("organizer: everything"),
    Role.COHOST: msg("co-host: what is ticked below"),
    Role.STAFF: msg("staff: checks people in"),
}
GRANTS: Final = {
    Permission.PROGRAMME: msg("Programme, speakers, sponsors"),
    Permission.TICKETS: msg("Tickets, seats, bookings, waitlist"),
    Permission.MONEY: msg("Payments, refunds, reports"),
    Permission.DOOR: msg("Check people in"),
    Permission.MESSAGES: msg("Announcements to guests"),
}


class TeamTab(EventPart):
    """Lists the team; what changes here holds at once, wherever somebody is signed in."""

    SHOWS = frozenset({Topic.ACCOUNTS, Topic.EVENTS})
    NEEDS = Permission.EVENT
    HELP = (
        "N adds somebody by e-mail address, Enter changes what they are, Del takes them out. I "
        "says how they get in, with a new code for who has not signed in yet. O hands the event "
        "over to the marked one."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "Add", tooltip="Add somebody to the team"),
        Binding("i", "way_in", "Way in", tooltip="How they get in, as text to hand on"),
        Binding("delete", "remove", "Remove", tooltip="Take them out of the team"),
        Binding("o", "hand_over", "Hand over", tooltip="Make them the owner of the event"),
    ]

    team: tuple[TeamMember, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Name")),
            Column(_("E-mail"), least=56),
            Column(_("Role"), 26),
            Column(_("May"), least=90),
            detail=self._detail,
            enter=_("Change"),
            empty=_("Nobody works for this event yet. Press N to add somebody."),
            searchable=False,
        )

    async def re_read(self) -> None:
        """Read the team."""
        self.team = tuple(await self.desk.read(list_team, self.event.id))
        await super().re_read()

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.team, offset, limit, _line)

    async def _detail(self, line: Line) -> list[Block]:
        member = view_of(line, TeamMember)
        if member is None or member.role is not Role.COHOST:
            return []
        may = [f"{'✓' if each in member.permissions else '✗'} {GRANTS[each]}" for each in GRANTABLE]
        return [Block([("", each) for each in may], _("A co-host may"))]

    @act
    async def action_add(self) -> None:
        """Ask whom to add, and show the code of a new person."""
        dialog = FormDialog(
            _("Add somebody to the team"),
            [
                EmailField("email", _("E-mail"), required=True),
                TextField("name", _("Name"), help=_("Needed for who has no account yet.")),
                *_role_fields(Role.STAFF, ()),
            ],
            self._submit_new,
            explanation=_(
                "Who has an account is told; who has none gets one, with a one-time code."
            ),
            confirm=_("Add"),
        )
        added = await self.ask(dialog)
        if added is None:
            return
        member = next(each for each in self.team if each.account_id == added.account_id)
        await self.app.push_screen_wait(WayIn(member, self.event.name, added.code))

    async def _submit_new(self, values: dict[str, Any]) -> Added:
        return await self.desk.write(add_member, self.event.id, **_checked(values))

    @on(PagedTable.Chosen)
    def _choose(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self.action_change()

    @act_on(TeamMember)
    async def action_change(self, member: TeamMember) -> None:
        """Ask what a member is from now on."""

        async def submit(values: dict[str, Any]) -> bool:
            await self.desk.write(
                change_member, self.event.id, member.account_id, **_checked(values)
            )
            return True

        dialog = FormDialog(
            _("What is {name}?", name=plain(member.name, limit=60)),
            _role_fields(member.role, member.permissions),
            submit,
            explanation=_("It holds at once, on every screen."),
        )
        await self.ask(dialog)

    @act_on(TeamMember)
    async def action_way_in(self, member: TeamMember) -> None:
        """Say again how a member gets in; who has no password yet gets a new code."""
        code = ""
        if member.waits:
            code = await self.desk.write(renew_code, self.event.id, member.account_id)
        await self.app.push_screen_wait(WayIn(member, self.event.name, code))

    @act_on(TeamMember)
    async def action_remove(self, member: TeamMember) -> None:
        """Take a member out, after a question."""
        title = _("Take {name} out of the team?", name=plain(member.name, limit=60))
        words = _("They stop working for this event at once. Their account stays.")
        if await self.sure(title, words, yes=_("Take out")):
            await self.do(remove_member, self.event.id, member.account_id)

    @act_on(TeamMember)
    async def action_hand_over(self, member: TeamMember) -> None:
        """Make a member the owner, after a question."""
        title = _("Hand the event over to {name}?", name=plain(member.name, limit=60))
        words = _("It is theirs then, with its sales; you stay an organizer.")
        if await self.sure(title, words, yes=_("Hand over")):
            await self.do(transfer_event, self.event.id, member.account_id)
            self.say(_("✓ The event is {name}'s now", name=plain(member.name, limit=400)))


def _role_fields(role: Role, permissions: Any) -> list[Field[Any]]:
    roles = [(each, ROLES[each]) for each in TEAM_ROLES]
    grants = [(each, GRANTS[each]) for each in GRANTABLE]
    return [
        ChoiceField("role", _("Role"), roles, value=role),
        SeveralField(
            "permissions", _("A co-host may"), grants, value=tuple(permissions),
            help=_("Counts for co-hosts only."),
        ),
    ]  # fmt: skip


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values; ticked permissions are dropped unless a co-host."""
    is_cohost = values["role"] is Role.COHOST
    return values | {"permissions": values["permissions"] if is_cohost else ()}


def _line(member: TeamMember) -> Line:
    tone: Tone
    role, tone = str(ROLE_WORDS.get(member.role, member.role)), ""
    if member.is_owner:
        role = _("owner")
    if member.is_banned:
        role, tone = _("✗ {role}, closed", role=role), "bad"
    elif member.waits:
        role, tone = _("! {role}, not signed in", role=role), "warning"
    elif not member.has_seen and not member.is_owner:
        role, tone = _("! {role}, not seen yet", role=role), "warning"
    may = ", ".join(str(MAY[each]) for each in GRANTABLE if each in member.permissions)
    if member.role is Role.ORGANIZER:
        may = _("everything")
    elif member.role is Role.STAFF:
        may = str(MAY[Permission.DOOR])
    return Line(member.account_id, (member.name, member.email, role, may), tone)
