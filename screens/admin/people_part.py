"""The part of people: find, add, ban, restore, make admins, export and erase."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from eventdesk.accounts import (
    Added,
    Person,
    ban,
    end_admin,
    find_people,
    make_account,
    make_admin,
    make_code,
    person,
    remove_passkeys,
    reset_second_step,
    restore_account,
)
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.keeping import erase_account, export_personal_data
from screens.accounts.erasing import stays
from screens.accounts.shown_once import ShownOnce
from screens.core.part import Part
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, TextQuestion, YesNo
from screens.widgets.detail import Block
from screens.widgets.form import EmailField, TextField, YesNoField
from screens.widgets.paged_table import Column, Line, PagedTable, Window


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a person."""

    title: str
    run: Callable[[Person], Awaitable[None]]


class PeoplePart(Part):
    """Lists all accounts by name; Enter offers acts."""

    HELP = (
        "Type / and the beginning of a name or an e-mail address. Enter shows what can be done "
        "with a person: a one-time code for a new PIN, closing the account, and more."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "act('code')", "Reset", tooltip="Make a one-time code for a new PIN"),
        Binding("b", "act('ban')", "Ban/restore", tooltip="Close the account or open it again"),
        Binding("m", "act('admin')", "Admin", tooltip="Make an admin of them, or no longer"),
        Binding("n", "add", "New", tooltip="Make an account for somebody"),
    ]

    table = getters.query_one(PagedTable)

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Name")),
            Column(_("E-mail")),
            Column(_("Signs in with"), 13, least=86),
            Column(_("State"), 18),
            Column(_("Since"), 10, least=100),
            detail=self._detail,
            enter=_("Acts"),
            empty=_("Nobody yet. Press N to make an account."),
        )

    async def re_read(self) -> None:
        """Read the people again."""
        await self.table.re_read()

    async def _read(self, search: str, offset: int, limit: int) -> Window:
        people, total = await self.desk.read(find_people, search=search, offset=offset, limit=limit)
        return Window(tuple(map(_line, people)), total)

    async def _detail(self, line: Line) -> list[Block]:
        whom = await self._person(line.key)
        closed = "" if whom.banned_at is None else when(whom.banned_at, "%Y-%m-%d %H:%M")
        acts = [("", act.title) for act in self._acts(whom).values()]
        return [
            Block([(_("Closed"), closed), (_("Why"), whom.ban_reason)]),
            Block(
                [
                    (_("Second step"), _("✓ on") if whom.has_second_step else ""),
                    (_("Passkeys"), str(whom.passkeys or "")),
                ]
            ),
            Block(acts, _("Enter offers")),
        ]

    @on(PagedTable.Chosen)
    @work(exclusive=True, group="act", exit_on_error=False)
    async def offer_acts(self, message: PagedTable.Chosen) -> None:
        """Ask for an act."""
        whom = await self._person(message.line.key)
        acts = [*self._acts(whom).values()]
        title = f"{_called(whom)} · {plain(whom.email, limit=60)}"
        chosen = await self.app.push_screen_wait(PickOne(title, [act.title for act in acts]))
        if chosen is not None:
            await acts[chosen].run(whom)
            await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_act(self, name: str) -> None:
        """Do an act with the marked person."""
        line = self.table.marked
        if line is None:
            return
        whom = await self._person(line.key)
        await self._acts(whom)[name].run(whom)
        await self.re_read()

    @work(exclusive=True, group="act", exit_on_error=False)
    async def action_add(self) -> None:
        """Make an account, with a one-time code for its secret."""
        dialog = FormDialog(
            _("Make an account"),
            [
                TextField("name", _("Name"), required=True),
                EmailField("email", _("E-mail"), required=True),
                YesNoField(
                    "is_admin", _("Admin"), help=_("May do everything in this installation.")
                ),
            ],
            self._submit_account,
            explanation=_("They choose their PIN or password with a one-time code."),
            confirm=_("Make it"),
        )
        added = await self.app.push_screen_wait(dialog)
        if added is not None:
            await self.app.push_screen_wait(ShownOnce.one_time_code(added.name, added.code))
            await self.re_read()

    async def _submit_account(self, values: dict[str, Any]) -> Added:
        return await self.desk.write(make_account, **values)

    async def _person(self, account_id: UUID) -> Person:
        return await self.desk.read(person, account_id)

    def _acts(self, whom: Person) -> dict[str, Act]:
        """The acts for a person, by the names that keys use."""
        opens = whom.banned_at is not None
        steps = {
            "second_step": Act(_("Switch their second step at sign-in off"), self._end_second_step)
        }
        passkeys = {"passkeys": Act(_("Remove their passkeys"), self._remove_passkeys)}
        return {
            "code": Act(_("Make a one-time code for a new PIN or password"), self._make_code),
            "ban": Act(
                _("Open the account again") if opens else _("Close the account"),
                self._restore if opens else self._ban,
            ),
            "admin": Act(
                _("Take away what an admin may") if whom.is_admin else _("Make an admin of them"),
                self._end_admin if whom.is_admin else self._make_admin,
            ),
            **(steps if whom.has_second_step else {}),
            **(passkeys if whom.passkeys else {}),
            "export": Act(_("Save everything held about them in a file"), self._export),
            "erase": Act(_("Erase them for ever"), self._erase),
        }

    async def _make_code(self, whom: Person) -> None:
        title = _("Make a one-time code for {name}?", name=_called(whom))
        words = _(
            "With it they choose a new PIN or password. Codes made before open nothing any more; "
            "what they sign in with now still does until then."
        )
        if not await self.app.push_screen_wait(YesNo(title, words, yes=_("Make the code"))):
            return
        code = await self.desk.write(make_code, whom.id)
        await self.app.push_screen_wait(ShownOnce.one_time_code(whom.name, code))

    async def _ban(self, whom: Person) -> None:
        question = TextQuestion(
            _("Close the account of {name}?", name=_called(whom)),
            _("They are out at once, on every screen. Why? They are told it when they sign in."),
            confirm=_("Close it"),
        )
        reason = await self.app.push_screen_wait(question)
        if reason is not None:
            await self.desk.write(ban, whom.id, reason=reason)
            self._say(_("✗ The account of {name} is closed", name=whom.name))

    async def _restore(self, whom: Person) -> None:
        because = _("It was closed because: {reason}", reason=plain(whom.ban_reason))
        title = _("Open the account of {name} again?", name=_called(whom))
        if await self.app.push_screen_wait(YesNo(title, because, yes=_("Open it"))):
            await self.desk.write(restore_account, whom.id)
            self._say(_("✓ The account of {name} is open again", name=whom.name))

    async def _end_second_step(self, whom: Person) -> None:
        title = _("Switch the second step of {name} off?", name=_called(whom))
        words = _("For who has lost the app and the recovery codes: make sure that it is them.")
        if await self.app.push_screen_wait(YesNo(title, words, yes=_("Switch it off"))):
            await self.desk.write(reset_second_step, whom.id)
            self._say(_("✓ {name} signs in without a code again", name=whom.name))

    async def _remove_passkeys(self, whom: Person) -> None:
        title = _("Remove all passkeys of {name}?", name=_called(whom))
        words = _(
            "For who has lost a device: they sign in with their password from then on, and are "
            "told. Where somebody else may have it, close the account, too."
        )
        if await self.app.push_screen_wait(YesNo(title, words, yes=_("Remove them"))):
            await self.desk.write(remove_passkeys, whom.id)
            self._say(_("✓ No passkey signs {name} in any more", name=whom.name))

    async def _make_admin(self, whom: Person) -> None:
        title = _("Let {name} do everything?", name=_called(whom))
        words = _("They see all people and all events, and can make more admins.")
        if await self.app.push_screen_wait(YesNo(title, words, yes=_("Make admin"))):
            await self.desk.write(make_admin, whom.id)
            self._say(_("✓ {name} is an admin now", name=whom.name))

    async def _end_admin(self, whom: Person) -> None:
        title = _("Take it away from {name}?", name=_called(whom))
        words = _("They keep their account and their roles at events.")
        if await self.app.push_screen_wait(YesNo(title, words, yes=_("Take away"))):
            await self.desk.write(end_admin, whom.id)
            self._say(_("✓ {name} is no longer an admin", name=whom.name))

    async def _export(self, whom: Person) -> None:
        path = await self.desk.write(export_personal_data, whom.id)
        self._say(_("✓ Saved: {path}", path=path))

    async def _erase(self, whom: Person) -> None:
        would = await self.desk.write(erase_account, whom.id, preview=True)

        async def erase(values: dict[str, Any]) -> bool:
            if values["email"].casefold() != whom.email:
                raise InvalidInputError(
                    msg("This is another address."), hint=msg("Nothing was changed.")
                )
            await self.desk.write(erase_account, whom.id)
            return True

        dialog = FormDialog(
            _("Erase {name} for ever?", name=_called(whom)),
            [EmailField("email", _("Their e-mail"), required=True)],
            erase,
            explanation=_(
                "Bookings stay as figures without a name. This cannot be taken back. Type "
                "{email} to go on.",
                email=whom.email,
            )
            + stays(would),
            confirm=_("Erase"),
        )
        if await self.app.push_screen_wait(dialog):
            self._say(_("✓ {name} was erased", name=whom.name))

    def _say(self, words: str) -> None:
        self.notify(plain(words, limit=400), markup=False)


def _called(whom: Person) -> str:
    return plain(whom.name, limit=60)


def _line(one: Person) -> Line:
    tone: Tone
    state, tone = "", ""
    if one.banned_at is not None:
        state, tone = _("✗ closed"), "bad"
    elif one.is_admin:
        state, tone = _("✓ admin"), "good"
    return Line(
        one.id,
        (
            one.name,
            one.email,
            _("PIN") if one.secret_kind == "pin" else _("password"),
            state,
            when(one.created_at, "%Y-%m-%d"),
        ),
        tone,
    )
