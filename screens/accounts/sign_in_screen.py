"""The sign-in screen, which on the very first start makes the first account."""

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Horizontal, Middle, Vertical, VerticalScroll
from textual.widgets import Button, Input, Label

from eventdesk.accounts import (
    WayElsewhere,
    ask_for_code,
    create_first_admin,
    needs_first_account,
    ways_elsewhere,
)
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.widgets.form import TextField
from screens.widgets.problem import Problem

FIELDS_BEFORE_OTHERS: Final = ("email", "new-name", "new-email", "new-secret")
"""Enter goes from these to the next one."""


class SignInScreen(RoleScreen[Actor | None]):
    """Asks who works here; dismissed with the actor. Keeps what was typed when it was wrong.

    Args:
        told: What is said at first, such as why somebody was signed out.
    """

    ROLE = msg("Sign-in")
    SOON = (
        "screens.accounts.getting_in",
        "screens.accounts.second_step",
        "screens.modals.questions",
    )
    THINGS = ("store",)
    HELP = (
        "Type your e-mail address and your PIN or password. After several wrong ones the "
        "account is locked for a while. New here: F3 signs you up. Forgot it: F4 asks an "
        "administrator for a one-time code, and takes the code. With a second step the code of "
        "your app is asked for after the password."
    )
    CSS_PATH = "../styles/sign_in.tcss"
    # Priority, so that what a password manager types in one go does not all land in the first
    # field, which is still busy with the letters before the Tab or Enter.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "next_field", show=False, priority=True),
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("f3", "sign_up", "Sign up", id="sign_up", tooltip="Make an account for yourself"),
        Binding("f4", "forgot", "Forgot", id="forgot", tooltip="A new PIN or password"),
        Binding("f6", "elsewhere", "Phone", id="elsewhere", tooltip="Sign in with a phone"),
    ]

    def __init__(self, tools: Tools, told: str = "") -> None:
        super().__init__(tools)
        self.ways: list[WayElsewhere] = []
        self.told = told

    def compose_body(self) -> ComposeResult:
        """Lay out both forms; the store says later which one is shown."""
        with VerticalScroll(id="sign-in-page"), Middle(), Center():
            with Vertical(id="sign-in", classes="card"):
                yield Label(_("Sign in"), classes="title")
                yield Label(_("to book, to organize, or to work at the door"), classes="hint")
                yield _line("email", _("E-mail"))
                yield _line("secret", _("PIN or password"), password=True)
                yield Problem(id="sign-in-problem")
                yield Button(_("Sign in"), variant="primary", id="go")
                with Horizontal(id="other-ways"):
                    yield Button(_("Sign up"), id="sign-up")
                    yield Button(_("Forgot PIN or password"), id="forgot")
                yield Button(_("Sign in with a phone"), id="elsewhere")
            with Vertical(id="first-admin", classes="card"):
                yield Label(_("Welcome to eventdesk"), classes="title")
                yield Label(_("Make the first account; it may do everything."), classes="hint")
                yield _line("new-name", _("Your name"))
                yield _line("new-email", _("E-mail"))
                yield _line("new-secret", _("Password"), password=True)
                yield _line("new-again", _("And again"), password=True)
                yield Problem(id="first-problem")
                yield Button(_("Create the account"), variant="primary", id="create")

    def on_mount(self) -> None:
        """Ask whether there is anybody who could sign in."""
        self.query_one("#elsewhere").display = False
        self.query_one("#sign-in-problem", Problem).say(plain(self.told, limit=400))
        self.look_for_accounts()

    @work(exit_on_error=False)
    async def look_for_accounts(self) -> None:
        """Show the form that fits."""
        is_first = await self.tools.desk.read(needs_first_account, SYSTEM)
        self.ways = await self.tools.desk.read(ways_elsewhere, SYSTEM)
        self.query_one("#elsewhere").display = bool(self.ways)
        self.set_class(is_first, "-first")
        self.add_class("-known")
        self.refresh_bindings()
        form, field = ("#first-admin", "#new-name") if is_first else ("#sign-in", "#email")
        if self.focused is None or self.query_one(form) not in self.focused.ancestors:
            self.query_one(field, Input).focus()

    def would_be_lost(self) -> str:
        """The first account, while it is half typed."""
        typed = any(field.value for field in self.query("#first-admin Input").results(Input))
        return _("The account you are typing is not created yet.") if typed else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is behind the sign-in, and at first there is one way in."""
        if action == "next_field":
            return self.focused is not None and self.focused.id in FIELDS_BEFORE_OTHERS
        is_first = self.has_class("-first") or not self.has_class("-known")
        if action == "elsewhere" and not self.ways:
            return False
        return action != "back" and not (is_first and action in ("sign_up", "forgot", "elsewhere"))

    def action_next_field(self) -> None:
        """Go on typing in the next field."""
        self.focus_next()

    @on(Input.Submitted, "#secret")
    @on(Button.Pressed, "#go")
    @work(exclusive=True, group="sign-in", exit_on_error=False)
    async def sign_in(self) -> None:
        """Check name and secret."""
        problem = self.query_one("#sign-in-problem", Problem)
        problem.say("")
        await self._all_is_typed()
        secret = self.query_one("#secret", Input)
        for field, words in (
            ("email", _("Type your e-mail address.")),
            ("secret", _("Type your PIN or password.")),
        ):
            if not self._typed(field):  # an empty field is a slip, not a try that counts
                problem.say(words)
                self.query_one(f"#{field}", Input).focus()
                return
        try:
            with self.waiting():
                actor = await self._proved(self._typed("email"), secret.value)
        except EventDeskError as error:
            problem.say(f"{error} {error.hint}".rstrip())
            secret.focus()
            secret.select_all()
            return
        self.dismiss(actor)

    async def _proved(self, email: str, secret: str) -> Actor:
        """Who it is; a code is asked for where one is needed."""
        from screens.accounts.second_step import signed_in

        return await signed_in(self.app, self.tools, email, secret)

    @on(Button.Pressed, "#sign-up")
    @work(exclusive=True, group="sign-in", exit_on_error=False)
    async def action_sign_up(self) -> None:
        """Make an account for oneself."""
        from screens.accounts.getting_in import sign_up_dialog

        actor = await self.app.push_screen_wait(
            sign_up_dialog(self.app, self.tools, self._typed("email"))
        )
        if actor is not None:
            self.dismiss(actor)

    @on(Button.Pressed, "#elsewhere")
    @work(exclusive=True, group="sign-in", exit_on_error=False)
    async def action_elsewhere(self) -> None:
        """Sign in by a provider, with a phone."""
        from screens.accounts.elsewhere import signed_in_elsewhere

        problem = self.query_one("#sign-in-problem", Problem)
        problem.say("")
        try:
            with self.waiting():
                actor = await signed_in_elsewhere(self.app, self.tools, self.ways)
        except EventDeskError as error:
            problem.say(f"{error} {error.hint}".rstrip())
            return
        if actor is not None:
            self.dismiss(actor)

    @on(Button.Pressed, "#forgot")
    @work(exclusive=True, group="sign-in", exit_on_error=False)
    async def action_forgot(self) -> None:
        """Ask for a code, or set a new secret with one."""
        from screens.accounts.getting_in import code_dialog
        from screens.modals.questions import PickOne

        ways = [_("I have a one-time code"), _("Ask the administrators for a code")]
        chosen = await self.app.push_screen_wait(PickOne(_("Forgot PIN or password"), ways))
        if chosen == 0:
            dialog = code_dialog(self.app, self.tools, self._typed("email"))
            actor = await self.app.push_screen_wait(dialog)
            if actor is not None:
                self.dismiss(actor)
        elif chosen == 1:
            await self._ask_for_code()

    async def _ask_for_code(self) -> None:
        from screens.modals.questions import TextQuestion

        question = TextQuestion(
            _("Ask for a one-time code"),
            _(
                "Your e-mail address. The code comes by mail where that is set up; else every "
                "administrator is told: go to one of them, who makes sure that it is you."
            ),
            value=self._typed("email"),
            confirm=_("Ask"),
        )
        email = await self.app.push_screen_wait(question)
        if email is not None:
            words = _("If there is an account with this address, the administrators were told.")
            if await self.tools.desk.write(ask_for_code, SYSTEM, email):
                words = _("If there is an account with this address, a code is on its way to it.")
            self.notify(words, title=_("Asked"), markup=False)

    @on(Input.Submitted, "#new-again")
    @on(Button.Pressed, "#create")
    @work(exclusive=True, group="sign-in", exit_on_error=False)
    async def create_first(self) -> None:
        """Create the first administrator and go on as that person."""
        problem = self.query_one("#first-problem", Problem)
        problem.say("")
        await self._all_is_typed()
        password = self.query_one("#new-secret", Input).value
        if password != self.query_one("#new-again", Input).value:
            problem.say(_("The two passwords differ. Type the same one twice."))
            return
        try:
            with self.waiting():
                actor = await self.tools.desk.write(
                    create_first_admin,
                    SYSTEM,
                    self._typed("new-email"),
                    self._typed("new-name"),
                    password,
                )
        except EventDeskError as error:
            problem.say(f"{error} {error.hint}".rstrip())
            return
        from screens.accounts.first_event import offer_first_event

        await offer_first_event(self.app, self.tools, actor)
        self.dismiss(actor)

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()

    async def _all_is_typed(self) -> None:
        """Wait for letters that are on their way to a field."""
        for field in self.query(Input).results(Input):
            taken = asyncio.Event()
            if field.call_later(taken.set):
                await taken.wait()


def _line(name: str, label: str, *, password: bool = False) -> TextField:
    """A field as all forms have them, whose editor goes by the name."""
    field = TextField(name, label, password=password)
    field.editor.id = name
    return field
