"""Everybody's own page: who they are, what they are told, and what is held about them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.accounts import (
    PAYMENT_METHODS,
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
from eventdesk.core.plain_text import plain
from eventdesk.events import events_of_team
from eventdesk.keeping import erase_account, export_personal_data
from screens.accounts.erasing import stays
from screens.core.role_screen import RoleScreen
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.widgets.form import ChoiceField, Field, NoteField, SeveralField, TextField

MAX_TEAMS: Final = 100
METHODS: Final = {
    "": "no matter which",
    "cash": "cash",
    "terminal": "card at the desk",
    "transfer": "bank transfer",
    "voucher": "voucher",
    "gateway": "online",
}
NOTICES: Final = {
    "booking": "My bookings",
    "offer": "Places offered from a waitlist",
    "change": "Changes of an event",
    "cancellation": "Cancellations",
    "payment": "Payments and refunds",
    "reminder": "Reminders",
    "announcement": "Announcements of organizers",
}
DESK_PIN: Final = "Desk PIN"
FACTS: Final = (
    "Name",
    "E-mail",
    "Signs in with",
    "Pronouns",
    "Organization",
    "Line on the badge",
    "Interests",
    "Language",
    "I eat",
    "I need",
    "I like to pay",
    "I am told about",
)
"""What is shown, from top to bottom."""


class ProfileScreen(RoleScreen[None], AsActor):
    """Shows a person's own profile and what they can do with it.

    Args:
        tools: Store, settings, clock and sounds.
        actor: Whose page it is.
    """

    ROLE = "Profile"
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
        self.acts: dict[str, tuple[str, Callable[[ProfileView], Awaitable[None]]]] = {
            "change": ("Change my profile", self._change),
            "notices": ("Choose what I am told", self._choose_notices),
            "secret": ("New PIN or password", self._change_secret),
            "export": ("Save my data in a file", self._export),
            "leave": ("Leave a team", self._leave_team),
            "erase": ("Erase me", self._erase),
            "desk_pin": (DESK_PIN, self._set_desk_pin),
        }

    def compose_body(self) -> ComposeResult:
        """Lay out what can be done, and beside it what is known."""
        with Vertical(id="profile"):
            yield Label("Your profile", classes="title")
            with Horizontal():
                shown = (each for each in self.acts.items() if each[0] != "desk_pin")
                lines = (Option(title, id=name) for name, (title, _) in shown)
                yield OptionList(*lines, id="acts", markup=False)
                with VerticalScroll(id="about"):
                    for name in FACTS:
                        with Horizontal(classes="fact-line"):
                            yield Label(name, classes="fact-name", markup=False)
                            yield Label("", classes="fact", markup=False)

    async def re_read(self) -> None:
        """Read the profile again."""
        self.view = await self.desk.read(profile)
        self._offer_desk_pin(self.view)
        shown = zip(self.query(".fact").results(Label), _facts(self.view).values(), strict=True)
        for label, value in shown:
            words = plain(value, limit=400)
            label.update(words or "not told")
            label.set_class(not words, "-empty")

    def _offer_desk_pin(self, view: ProfileView) -> None:
        """Offer supervisors their PIN; nobody else has one."""
        acts = self.query_one("#acts", OptionList)
        is_offered = any(option.id == "desk_pin" for option in acts.options)
        if view.approves and not is_offered:
            acts.add_option(Option(DESK_PIN, id="desk_pin"))
        if view.approves:
            title = f"{DESK_PIN}: {'chosen' if view.has_desk_pin else 'none'}"
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
            "Your profile",
            _fields(view.profile),
            self._submit_profile,
            explanation="Only the name is needed.",
        )
        if await self.app.push_screen_wait(dialog) is not None:
            self._say("✓ Your profile is saved")
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

        options = [(kind, NOTICES[kind]) for kind in SILENCEABLE]
        dialog = FormDialog(
            "What do you want to be told?",
            [SeveralField("wanted", "Tell me about", options, value=wanted)],
            submit,
            explanation="Notices about your account itself are always given.",
        )
        if await self.app.push_screen_wait(dialog) is not None:
            self._say("✓ Saved")
            await self.re_read()

    async def _change_secret(self, view: ProfileView) -> None:
        async def submit(values: dict[str, Any]) -> bool:
            if values["new"] != values["again"]:
                raise InvalidInputError("The two new ones differ.", hint="Type the same twice.")
            await self.desk.write(change_secret, old=values["old"], new=values["new"])
            return True

        kind = "PIN" if view.secret_kind == "pin" else "password"
        dialog = FormDialog(
            "A new PIN or password",
            [
                TextField("old", f"The {kind} you have", required=True, password=True),
                TextField("new", "The new one", required=True, password=True),
                TextField("again", "And again", required=True, password=True),
            ],
            submit,
            explanation="Six digits or more are a PIN, ten characters or more a password. Who "
            "works for an event needs a password.",
        )
        if await self.app.push_screen_wait(dialog):
            self._say("✓ From now on the new one is needed")
            await self.re_read()

    async def _set_desk_pin(self, view: ProfileView) -> None:
        async def submit(values: dict[str, Any]) -> str:
            pin = values["pin"]
            if pin != values["again"]:
                raise InvalidInputError("The two PINs differ.", hint="Type the same twice.")
            await self.desk.write(set_desk_pin, pin)
            return "✓ You approve at desks with it" if pin else "✓ You have no desk PIN any more"

        dialog = FormDialog(
            "Your PIN to approve at desks",
            [
                TextField("pin", "PIN", password=True, help="Six digits or more; empty is none."),
                TextField("again", "And again", password=True),
            ],
            submit,
            explanation="For organizers and admins: with it you approve one act at somebody "
            "else's desk. It is not what you sign in with, and nobody but you should know it.",
        )
        said = await self.app.push_screen_wait(dialog)
        if said is not None:
            self._say(said)
            await self.re_read()

    async def _export(self, view: ProfileView) -> None:
        with self.waiting():
            path = await self.desk.write(export_personal_data)
        self._say(f"✓ {path}", title="Everything held about you is in this file")

    async def _leave_team(self, view: ProfileView) -> None:
        events, _total = await self.desk.read(events_of_team, limit=MAX_TEAMS)
        mine = [event for event in events if event.role != "admin"]
        if not mine:
            self._say("You are in no team.")
            return
        names = [f"{event.name} ({event.role})" for event in mine]
        chosen = await self.app.push_screen_wait(PickOne("Which team do you leave?", names))
        if chosen is None or self.actor.id is None:
            return
        event = mine[chosen]
        question = f"Leave the team of {plain(event.name, limit=60)}?"
        words = "You no longer work for it; an organizer can add you again."
        if await self.app.push_screen_wait(YesNo(question, words, yes="Leave")):
            await self.desk.write(remove_member, event.id, self.actor.id)
            self._say(f"✓ You left the team of {event.name}")

    async def _erase(self, view: ProfileView) -> None:
        would = await self.desk.write(erase_account, preview=True)

        async def submit(values: dict[str, Any]) -> bool:
            if values["email"].casefold() != view.email:
                raise InvalidInputError(
                    "This is not your e-mail address.", hint="Nothing was changed."
                )
            await self.desk.write(erase_account)
            return True

        dialog = FormDialog(
            "Erase your account for ever?",
            [TextField("email", "Your e-mail", required=True, max_length=254)],
            submit,
            explanation="Your bookings stay as figures without a name, everything else about you "
            f"goes. This cannot be taken back. Type {view.email} to go on.{stays(would)}",
            confirm="Erase me",
        )
        if await self.app.push_screen_wait(dialog):
            self.dismiss(None)

    def _say(self, words: str, title: str = "") -> None:
        self.notify(plain(words, limit=400), title=title, markup=False)


def _fields(now: Profile) -> list[Field[Any]]:
    """What is asked for, in the order of the form."""
    methods = [(name, METHODS[name]) for name in ("", *PAYMENT_METHODS)]
    return [
        TextField("name", "Name", value=now.name, required=True),
        TextField("pronouns", "Pronouns", value=now.pronouns),
        TextField("organization", "Organization", value=now.organization),
        TextField("badge_line", "Line on the badge", value=now.badge_line),
        TextField(
            "interests", "Interests", value=", ".join(now.interests), max_length=1000,
            help="Words with commas between them.",
        ),
        TextField("language", "Language", value=now.language, help="Such as en, de or pt-BR."),
        NoteField("dietary", "I eat", value=now.dietary, height=2, max_length=1000),
        NoteField("access_needs", "I need", value=now.access_needs, height=2, max_length=1000,
                  help="Such as a seat without stairs."),
        ChoiceField("payment_method", "I like to pay", methods, value=now.payment_method),
        TextField("payment_reference", "By", value=now.payment_reference,
                  help="A name you know it by, such as: company account. Never a card's number."),
    ]  # fmt: skip


def _facts(view: ProfileView) -> dict[str, str]:
    """What is known, by the labels of `FACTS`."""
    now = view.profile
    told = ", ".join(NOTICES[kind] for kind in SILENCEABLE if kind not in now.silenced)
    method = METHODS[now.payment_method]
    values = (
        now.name,
        view.email,
        "a PIN" if view.secret_kind == "pin" else "a password",
        now.pronouns,
        now.organization,
        now.badge_line,
        ", ".join(now.interests),
        now.language,
        now.dietary,
        now.access_needs,
        f"{method} ({now.payment_reference})" if now.payment_reference else method,
        (told or "nothing but my account") if now.silenced else "everything",
    )
    return dict(zip(FACTS, values, strict=True))
