"""The profile screen: who a person is, what they are told, and what is held about them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.accounts import (
    METHOD_WORDS,
    NOTICE_WORDS,
    PAYMENT_METHODS,
    PROFILE_FACTS,
    SILENCEABLE,
    Profile,
    ProfileView,
    change_profile,
    change_secret,
    profile,
    remove_member,
    set_desk_pin,
)
from eventdesk.acts import Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import events_of_team
from eventdesk.keeping import erase_account, export_personal_data
from screens.accounts.erasing import stays
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.widgets.form import ChoiceField, EmailField, Field, NoteField, SeveralField, TextField

MAX_TEAMS: Final = 100
ROLES: Final = {"organizer": msg("organizer"), "co-host": msg("co-host"), "staff": msg("staff")}


class ProfileScreen(RoleScreen[None], AsActor):
    """Shows a person's own profile and what they can do with it."""

    ROLE = msg("Profile")
    THINGS = ("store",)
    HELP = (
        "Choose with the arrow keys; Enter goes on. What you tell here is used for your own "
        "bookings and badges, and organizers see it only with your tickets."
    )
    CSS_PATH = "../styles/profile.tcss"
    AUTO_FOCUS = "#acts"
    HORIZONTAL_BREAKPOINTS = [(0, "-normal"), (120, "-wide")]

    def __init__(self, tools: Tools, actor: Actor) -> None:
        super().__init__(tools)
        self.actor = actor
        self.view: ProfileView | None = None
        acts: dict[str, tuple[str, Callable[[ProfileView], Awaitable[None]]]] = {
            "change": (_("Change my profile"), self._change),
            "notices": (_("Choose what I am told"), self._choose_notices),
            "secret": (_("New PIN or password"), self._change_secret),
            "second_step": (_("Second step at sign-in"), self._second_step),
            "ways_in": (_("Tokens and sign-ins"), self._show_ways_in),
            "export": (_("Save my data in a file"), self._export),
            "leave": (_("Leave a team"), self._leave_team),
            "erase": (_("Erase me"), self._erase),
            "desk_pin": ("", self._set_desk_pin),
        }
        self.acts = acts

    def compose_body(self) -> ComposeResult:
        """Lay out what can be done, and beside it what is known."""
        with Vertical(id="profile"):
            yield Label(_("Your profile"), classes="title")
            with Horizontal():
                lines = (
                    Option(title, id=name) for name, (title, _act) in self.acts.items() if title
                )
                yield OptionList(*lines, id="acts", markup=False)
                with VerticalScroll(id="about"):
                    for name, _value in PROFILE_FACTS:
                        with Horizontal(classes="fact-line"):
                            yield Label(str(name), classes="fact-name", markup=False)
                            yield Label("", classes="fact", markup=False)

    async def re_read(self) -> None:
        """Read the profile again."""
        self.view = await self.desk.read(profile)
        self._offer_desk_pin(self.view)
        for label, (_name, value) in zip(
            self.query(".fact").results(Label), PROFILE_FACTS, strict=True
        ):
            words = plain(value(self.view), limit=400)
            label.update(words or _("not told"))
            label.set_class(not words, "-empty")

    def _offer_desk_pin(self, view: ProfileView) -> None:
        """Offer supervisors their PIN; nobody else has one."""
        acts = self.query_one("#acts", OptionList)
        is_offered = any(option.id == "desk_pin" for option in acts.options)
        title = _("Desk PIN: chosen") if view.has_desk_pin else _("Desk PIN: none")
        if view.approves and not is_offered:
            acts.add_option(Option(title, id="desk_pin"))
        elif view.approves:
            acts.replace_option_prompt("desk_pin", title)

    @on(OptionList.OptionSelected, "#acts")
    @work(exclusive=True, group="act", exit_on_error=False)
    async def act(self, message: OptionList.OptionSelected) -> None:
        """Do what was chosen."""
        if self.view is not None:
            _title, run = self.acts[message.option_id or ""]
            await run(self.view)

    async def _change(self, view: ProfileView) -> None:
        dialog = FormDialog(
            _("Your profile"),
            _fields(view.profile),
            self._submit_profile,
            explanation=_("Only the name is needed."),
        )
        if await self.app.push_screen_wait(dialog) is not None:
            self._say(_("✓ Your profile is saved"))
            await self.re_read()

    async def _submit_profile(self, values: dict[str, Any]) -> ProfileView:
        assert self.view is not None
        typed = values | {"interests": tuple(values["interests"].split(","))}
        new = Profile(**typed, silenced=self.view.profile.silenced)
        return await self.desk.write(change_profile, new)

    async def _choose_notices(self, view: ProfileView) -> None:
        wanted = [kind for kind in SILENCEABLE if kind not in view.profile.silenced]

        async def submit(values: dict[str, Any]) -> ProfileView:
            silenced = frozenset(SILENCEABLE).difference(values["wanted"])
            new = replace(view.profile, silenced=silenced)
            return await self.desk.write(change_profile, new)

        options = [(kind, str(NOTICE_WORDS[kind])) for kind in SILENCEABLE]
        dialog = FormDialog(
            _("What do you want to be told?"),
            [SeveralField("wanted", _("Tell me about"), options, value=wanted)],
            submit,
            explanation=_("Notices about your account itself are always given."),
        )
        if await self.app.push_screen_wait(dialog) is not None:
            self._say(_("✓ Saved"))
            await self.re_read()

    async def _change_secret(self, view: ProfileView) -> None:
        async def submit(values: dict[str, Any]) -> bool:
            if values["new"] != values["again"]:
                raise InvalidInputError(
                    msg("The two new ones differ."), hint=msg("Type the same twice.")
                )
            await self.desk.write(change_secret, old=values["old"], new=values["new"])
            return True

        old = _("The password you have")
        if view.secret_kind == "pin":
            old = _("The PIN you have")
        dialog = FormDialog(
            _("A new PIN or password"),
            [
                TextField("old", old, required=True, password=True),
                TextField("new", _("The new one"), required=True, password=True),
                TextField("again", _("And again"), required=True, password=True),
            ],
            submit,
            explanation=_(
                "Six digits or more are a PIN, ten characters or more a password. Who works "
                "for an event needs a password."
            ),
        )
        if await self.app.push_screen_wait(dialog):
            self._say(_("✓ From now on the new one is needed"))
            await self.re_read()

    async def _set_desk_pin(self, view: ProfileView) -> None:
        async def submit(values: dict[str, Any]) -> str:
            pin = values["pin"]
            if pin != values["again"]:
                raise InvalidInputError(
                    msg("The two PINs differ."), hint=msg("Type the same twice.")
                )
            await self.desk.write(set_desk_pin, pin)
            if pin:
                return _("✓ You approve at desks with it")
            return _("✓ You have no desk PIN any more")

        dialog = FormDialog(
            _("Your PIN to approve at desks"),
            [
                TextField(
                    "pin", _("PIN"), password=True, help=_("Six digits or more; empty is none.")
                ),
                TextField("again", _("And again"), password=True),
            ],
            submit,
            explanation=_(
                "For organizers and admins: with it you approve one act at somebody else's "
                "desk. It is not what you sign in with, and nobody but you should know it."
            ),
        )
        said = await self.app.push_screen_wait(dialog)
        if said is not None:
            self._say(said)
            await self.re_read()

    async def _second_step(self, view: ProfileView) -> None:
        from screens.accounts.second_step import SecondStepSetUp

        if said := await SecondStepSetUp(self.app, self.desk).show():
            self._say(said)

    async def _show_ways_in(self, view: ProfileView) -> None:
        from screens.accounts.ways_in import WaysIn

        await WaysIn(self.app, self.tools, self.actor, self._say).show()

    async def _export(self, view: ProfileView) -> None:
        with self.waiting():
            path = await self.desk.write(export_personal_data)
        self._say(f"✓ {path}", title=_("Everything held about you is in this file"))

    async def _leave_team(self, view: ProfileView) -> None:
        events, _total = await self.desk.read(events_of_team, limit=MAX_TEAMS)
        mine = [event for event in events if event.role != "admin"]
        if not mine:
            self._say(_("You are in no team."))
            return
        names = [f"{event.name} ({ROLES.get(event.role, event.role)})" for event in mine]
        chosen = await self.app.push_screen_wait(PickOne(_("Which team do you leave?"), names))
        if chosen is None or self.actor.id is None:
            return
        event = mine[chosen]
        question = _("Leave the team of {name}?", name=plain(event.name, limit=60))
        words = _("You no longer work for it; an organizer can add you again.")
        if await self.app.push_screen_wait(YesNo(question, words, yes=_("Leave"))):
            await self.desk.write(remove_member, event.id, self.actor.id)
            self._say(_("✓ You left the team of {name}", name=event.name))

    async def _erase(self, view: ProfileView) -> None:
        would = await self.desk.write(erase_account, preview=True)

        async def submit(values: dict[str, Any]) -> bool:
            if values["email"].casefold() != view.email:
                raise InvalidInputError(
                    msg("This is not your e-mail address."), hint=msg("Nothing was changed.")
                )
            await self.desk.write(erase_account)
            return True

        dialog = FormDialog(
            _("Erase your account for ever?"),
            [EmailField("email", _("Your e-mail"), required=True)],
            submit,
            explanation=_(
                "Your bookings stay as figures without a name, everything else about you "
                "goes. This cannot be taken back. Type {email} to go on.{stays}",
                email=view.email,
                stays=stays(would),
            ),
            confirm=_("Erase me"),
        )
        if await self.app.push_screen_wait(dialog):
            self.dismiss(None)

    def _say(self, words: str, title: str = "") -> None:
        self.notify(plain(words, limit=400), title=title, markup=False)


def _fields(now: Profile) -> list[Field[Any]]:
    """The fields of a profile, in the order of the form."""
    methods = [(name, str(METHOD_WORDS[name])) for name in ("", *PAYMENT_METHODS)]
    commas = _("Words with commas between them.")
    such = _("Such as en, de or pt-BR.")
    stairs = _("Such as a seat without stairs.")
    by = _("A name you know it by, such as: company account. Never a card's number.")
    long: dict[str, Any] = {"height": 2, "max_length": 1000}
    return [
        TextField("name", _("Name"), value=now.name, required=True),
        TextField("pronouns", _("Pronouns"), value=now.pronouns),
        TextField("organization", _("Organization"), value=now.organization),
        TextField("badge_line", _("Line on the badge"), value=now.badge_line),
        TextField("interests", _("Interests"), value=", ".join(now.interests), max_length=1000,
                  help=commas),
        TextField("language", _("Language"), value=now.language, help=such),
        NoteField("dietary", _("I eat"), value=now.dietary, **long),
        NoteField("access_needs", _("I need"), value=now.access_needs, help=stairs, **long),
        ChoiceField("payment_method", _("I like to pay"), methods, value=now.payment_method),
        TextField("payment_reference", _p("to pay", "By"), value=now.payment_reference, help=by),
    ]  # fmt: skip
