"""The dialogs for people who cannot sign in yet: sign-up, and a new secret with a one-time code."""

from typing import Any

from textual.app import App

from eventdesk.accounts import SIGN_UP_KINDS, set_secret, sign_up
from eventdesk.acts import SYSTEM, Actor
from eventdesk.core.errors import InvalidInputError, SignInError
from eventdesk.core.messages import _, msg
from screens.accounts.second_step import signed_in
from screens.core.station import Tools
from screens.modals.form_dialog import FormDialog
from screens.widgets.form import ChoiceField, EmailField, TextField


def sign_up_dialog(app: App[Any], tools: Tools, email: str) -> FormDialog[Actor]:
    """Ask who somebody is and make their account; dismissed with them, signed in."""

    async def submit(values: dict[str, Any]) -> Actor:
        secret = _the_same(values)
        await tools.desk.write(
            sign_up,
            SYSTEM,
            email=values["email"],
            name=values["name"],
            secret=secret,
            kind=values["kind"],
        )
        try:
            return await signed_in(app, tools, values["email"], secret)
        except SignInError as error:
            raise SignInError(
                msg("You cannot be signed in with this: {error}", error=error),
                hint=msg(
                    "If you have an account already, sign in with its own PIN or password, "
                    "or choose “Forgot” at the sign-in."
                ),
            ) from error

    return FormDialog(
        _("Sign up"),
        [
            TextField("name", _("Your name"), required=True),
            EmailField("email", _("E-mail"), value=email, required=True),
            ChoiceField(
                "kind", _("You"), [(key, str(words)) for key, words in SIGN_UP_KINDS], value="pin"
            ),
            TextField(
                "secret",
                _("PIN or password"),
                required=True,
                password=True,
                help=_("A PIN has 6 digits or more, a password 10 characters."),
            ),
            TextField("again", _("And again"), required=True, password=True),
        ],
        submit,
        explanation=_("One account for all events. You can change or erase it at any time."),
        confirm=_("Sign up"),
    )


def code_dialog(app: App[Any], tools: Tools, email: str) -> FormDialog[Actor]:
    """Ask for a one-time code and a new secret; dismissed with the person, signed in."""

    async def submit(values: dict[str, Any]) -> Actor:
        secret = _the_same(values)
        await tools.desk.write(
            set_secret, SYSTEM, email=values["email"], code=values["code"], secret=secret
        )
        return await signed_in(app, tools, values["email"], secret)

    return FormDialog(
        _("A new PIN or password"),
        [
            EmailField("email", _("E-mail"), value=email, required=True),
            TextField("code", _("One-time code"), required=True, max_length=20),
            TextField("secret", _("New PIN/password"), required=True, password=True),
            TextField("again", _("And again"), required=True, password=True),
        ],
        submit,
        explanation=_("An admin or the organizer gave you a code of eight letters and digits."),
        confirm=_("Set it"),
    )


def _the_same(values: dict[str, Any]) -> str:
    """The new secret, which must be typed the same twice."""
    if values["secret"] != values["again"]:
        raise InvalidInputError(
            msg("The two PINs or passwords differ."), hint=msg("Type the same twice.")
        )
    return str(values["secret"])
