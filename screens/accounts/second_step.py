"""The second step at sign-in: asked for, set up and switched off."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Button, Label

from eventdesk.accounts import (
    NewSecondStep,
    begin_second_step,
    confirm_second_step,
    end_second_step,
    my_second_step,
    sign_in,
)
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import CodeNeededError
from eventdesk.core.formats import when
from eventdesk.core.messages import _, _n
from eventdesk.desk import ActorsDesk
from screens.accounts.shown_once import ShownOnce
from screens.core.station import Tools
from screens.modals.beside_code import BesideCode
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne
from screens.widgets.form import TextField


async def signed_in(app: App[Any], tools: Tools, email: str, secret: str) -> Actor:
    """Sign somebody in; where a code is needed, too, it is asked for.

    Raises:
        SignInError: Wrong, locked for a while, or closed by an admin.
        CodeNeededError: They gave up typing a code.
    """
    try:
        return await tools.desk.write(sign_in, SYSTEM, email, secret)
    except CodeNeededError as needed:

        async def submit(values: dict[str, Any]) -> Actor:
            return await tools.desk.write(sign_in, SYSTEM, email, secret, code=values["code"])

        dialog = FormDialog(
            _("Your code"),
            [TextField("code", _("Code"), required=True, max_length=20)],
            submit,
            explanation=_("The six digits your app shows now, or one of your recovery codes."),
            confirm=_("Sign in"),
        )
        actor = await app.push_screen_wait(dialog)
        if actor is None:
            raise needed
        return actor


class SecondStepSetUp:
    """Sets the second step of who is signed in up, or switches it off.

    Args:
        app: Shows the dialogs.
        desk: Of the person.
    """

    def __init__(self, app: App[Any], desk: ActorsDesk) -> None:
        self._app, self._desk = app, desk

    async def show(self) -> str:
        """Offer what can be done; returns what was done, in words, or ""."""
        now = await self._desk.read(my_second_step)
        if now.since is None:
            return await self._begin()
        left = _n("{count} recovery code left", "{count} recovery codes left", now.codes_left)
        since = _("On since {day}", day=when(now.since, "%Y-%m-%d"))
        title = f"{since} · {left}"
        if await self._app.push_screen_wait(PickOne(title, [_("Switch it off")])) is None:
            return ""
        return await self._end()

    async def _begin(self) -> str:
        async def submit(values: dict[str, Any]) -> NewSecondStep:
            return await self._desk.write(begin_second_step, values["secret"])

        dialog = FormDialog(
            _("Second step at sign-in"),
            [TextField("secret", _("Your password"), required=True, password=True)],
            submit,
            explanation=_(
                "Whoever learns your password cannot sign in without your phone: an app on it "
                "shows codes, also without a network."
            ),
            confirm=_("Set it up"),
        )
        new = await self._app.push_screen_wait(dialog)
        if new is None or not await self._app.push_screen_wait(KeyForApp(new)):
            return ""
        return await self._confirm()

    async def _confirm(self) -> str:
        async def submit(values: dict[str, Any]) -> list[str]:
            return await self._desk.write(confirm_second_step, values["code"])

        dialog = FormDialog(
            _("Second step at sign-in"),
            [TextField("code", _("Code"), required=True, max_length=20)],
            submit,
            explanation=_("The six digits your app shows now."),
            confirm=_("Switch it on"),
        )
        codes = await self._app.push_screen_wait(dialog)
        if codes is None:
            return ""
        halves = [f"{code[:5]}-{code[5:]}" for code in codes]
        pairs = zip(halves[::2], halves[1::2], strict=True)
        words = _("Write these down: without the app each signs you in once. Not shown again.")
        lines = "\n".join("   ".join(pair) for pair in pairs)
        await self._app.push_screen_wait(ShownOnce(_("Your recovery codes"), lines, words))
        return _("✓ From now on your sign-in asks for a code of your app")

    async def _end(self) -> str:
        async def submit(values: dict[str, Any]) -> bool:
            await self._desk.write(end_second_step, secret=values["secret"], code=values["code"])
            return True

        dialog = FormDialog(
            _("Switch the second step off"),
            [
                TextField("secret", _("Your password"), required=True, password=True),
                TextField("code", _("Code"), required=True, max_length=20),
            ],
            submit,
            explanation=_("A code of your app, or one of your recovery codes."),
            confirm=_("Switch it off"),
        )
        if not await self._app.push_screen_wait(dialog):
            return ""
        return _("✓ Your sign-in needs no code any more")


class KeyForApp(BesideCode[bool]):
    """Shows what an app for codes is to know, as a QR code and as text; True to go on.

    Args:
        new: What is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "Cancel"),
        Binding("enter", "dismiss(True)", "Go on"),
    ]

    def __init__(self, new: NewSecondStep) -> None:
        super().__init__()
        self.new = new

    @property
    def encoded(self) -> str:
        """What the app reads."""
        return self.new.address

    def words(self) -> Iterable[Widget]:
        """Give the key and what to do."""
        key = " ".join(self.new.key[at : at + 4] for at in range(0, len(self.new.key), 4))
        yield Label(_("Scan this with the app, or type the key into it:"))
        yield Label(key, classes="typed", markup=False)
        yield Label(_("It is not shown again."))
        yield Button(_("Then type its code"), variant="primary", id="on")

    def on_button_pressed(self) -> None:
        """Go on to the code."""
        self.dismiss(True)
