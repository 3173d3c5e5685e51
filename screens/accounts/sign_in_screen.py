"""The sign-in screen, which on the very first start makes the first account."""

import asyncio
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Horizontal, Middle, Vertical, VerticalScroll
from textual.widgets import Button, Input, Label

from eventdesk.accounts import ask_for_code, create_first_admin, needs_first_account, sign_in
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from screens.core.role_screen import RoleScreen
from screens.core.station import Tools
from screens.widgets.problem import Problem

FIELDS_BEFORE_OTHERS: Final = ("email", "new-name", "new-email", "new-secret")
"""Enter goes from these to the next one."""


class SignInScreen(RoleScreen[Actor | None]):
    """Asks who works here; dismissed with the actor. Keeps what was typed when it was wrong.

    Args:
        told: What is said at first, such as why somebody was signed out.
    """

    ROLE = msg("Sign-in")
    SOON = ("screens.accounts.getting_in", "screens.modals.questions")
    THINGS = ("store",)
    HELP = (
        "Type your e-mail address and your PIN or password. After several wrong ones the "
        "account is locked for a while. New here: F3 signs you up. Forgot it: F4 asks an "
        "administrator for a one-time code, and takes the code."
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
    ]

    def __init__(self, tools: Tools, told: str = "") -> None:
        super().__init__(tools)
        self.told = told

    def compose_body(self) -> ComposeResult:
        """Lay out both forms; the store says later which one is shown."""
        with VerticalScroll(id="sign-in-page"), Middle(), Center():
            with Vertical(id="sign-in", classes="card"):
                yield Label(_("Sign in"), classes="title")
                yield Label(_("to book, to organize, or to work at the door"), classes="hint")
                yield Input(placeholder=_("E-mail"), id="email", max_length=200)
                yield Input(
                    placeholder=_("PIN or password"), password=True, id="secret", max_length=200
                )
                yield Problem(id="sign-in-problem")
                yield Button(_("Sign in"), variant="primary", id="go")
                with Horizontal(id="other-ways"):
                    yield Button(_("Sign up"), id="sign-up")
                    yield Button(_("Forgot PIN or password"), id="forgot")
            with Vertical(id="first-admin", classes="card"):
                yield Label(_("Welcome to eventdesk"), classes="title")
                yield Label(_("Make the first account; it may do everything."), classes="hint")
                yield Input(placeholder=_("Your name"), id="new-name", max_length=200)
                yield Input(placeholder=_("E-mail"), id="new-email", max_length=200)
                with Horizontal(id="new-secrets"):
                    for field, words in (("secret", _("Password")), ("again", _("And again"))):
                        yield Input(
                            placeholder=words, password=True, id=f"new-{field}", max_length=200
                        )
                yield Problem(id="first-problem")
                yield Button(_("Create the account"), variant="primary", id="create")

    def on_mount(self) -> None:
        """Ask whether there is anybody who could sign in."""
        self.query_one("#sign-in-problem", Problem).say(plain(self.told, limit=400))
        self.look_for_accounts()

    @work(exit_on_error=False)
    async def look_for_accounts(self) -> None:
        """Show the form that fits."""
        is_first = await self.tools.desk.read(needs_first_account)
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
        return action != "back" and not (is_first and action in ("sign_up", "forgot"))

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
                actor = await self.tools.desk.write(
                    sign_in, SYSTEM, self._typed("email"), secret.value
                )
        except EventDeskError as error:
            problem.say(f"{error} {error.hint}".rstrip())
            secret.focus()
            secret.select_all()
            return
        self.dismiss(actor)

    @on(Button.Pressed, "#sign-up")
    @work(exclusive=True, group="sign-in", exit_on_error=False)
    async def action_sign_up(self) -> None:
        """Make an account for oneself."""
        from screens.accounts.getting_in import sign_up_dialog

        actor = await self.app.push_screen_wait(sign_up_dialog(self.tools, self._typed("email")))
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
            actor = await self.app.push_screen_wait(code_dialog(self.tools, self._typed("email")))
            if actor is not None:
                self.dismiss(actor)
        elif chosen == 1:
            await self._ask_for_code()

    async def _ask_for_code(self) -> None:
        from screens.modals.questions import TextQuestion

        question = TextQuestion(
            _("Ask for a one-time code"),
            _(
                "Your e-mail address; every administrator is told. Go to one of them: they "
                "make sure that it is you and give you the code."
            ),
            value=self._typed("email"),
            confirm=_("Ask"),
        )
        email = await self.app.push_screen_wait(question)
        if email is not None:
            await self.tools.desk.write(ask_for_code, SYSTEM, email)
            words = _("If there is an account with this address, the administrators were told.")
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
        self.dismiss(actor)

    def _typed(self, field: str) -> str:
        return self.query_one(f"#{field}", Input).value.strip()

    async def _all_is_typed(self) -> None:
        """Wait for letters that are on their way to a field."""
        for field in self.query(Input).results(Input):
            taken = asyncio.Event()
            if field.call_later(taken.set):
                await taken.wait()
