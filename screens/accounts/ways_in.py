"""What calls and signs in as a person: passkeys, tokens, browsers, apps, to look at and to end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from textual.app import App

from eventdesk.accounts import (
    TOKEN_USES,
    NewToken,
    WayElsewhere,
    end_app_session,
    end_link,
    end_passkey,
    end_token,
    end_web_session,
    link_elsewhere,
    make_token,
    my_app_sessions,
    my_links,
    my_passkeys,
    my_tokens,
    my_web_sessions,
    short_browser,
    ways_elsewhere,
)
from eventdesk.acts import Actor, Verb
from eventdesk.core.messages import Message, _, msg
from eventdesk.core.plain_text import plain
from screens.accounts.shown_once import ShownOnce
from screens.core.station import Tools, served_at
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne, YesNo
from screens.widgets.form import NumberField, SeveralField, TextField

USUAL_DAYS: Final = 90
MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class WayIn:
    """A token, or a sign-in that is not over.

    Attributes:
        line: How it is shown.
        name: What it is called.
        end: The use case that ends it.
    """

    id: UUID
    line: str
    name: str
    end: Verb[[UUID], None]


class WaysIn:
    """Shows what is a person's, makes tokens, and ends what is not needed.

    Args:
        app: Shows the dialogs.
        tools: Ask the store, and providers elsewhere.
        actor: The person.
        say: Says what was done.
    """

    def __init__(
        self, app: App[Any], tools: Tools, actor: Actor, say: Callable[[str], None]
    ) -> None:
        self._app, self._tools, self._actor, self._say = app, tools, actor, say
        self._desk = tools.desk.of(actor)

    async def show(self) -> None:
        """Show them, until somebody goes back."""
        while True:
            there = await self._there()
            ways = await self._desk.read(ways_elsewhere)
            more: list[tuple[str, Callable[[], Awaitable[None]]]] = []
            if served_at(self._tools):
                more.append((_("+ Make a token for a program"), self._make))
            if ways:
                words = _("+ Sign in elsewhere with a phone, too")
                more.append((words, partial(self._link, ways)))
            lines = [*(words for words, _act in more), *(each.line for each in there)]
            if not lines:
                self._say(_("Nothing signs in as you but your e-mail and your PIN or password."))
                return
            title = _("Tokens and sign-ins: Enter ends one")
            chosen = await self._app.push_screen_wait(PickOne(title, lines))
            if chosen is None:
                return
            if chosen >= len(more):
                await self._end(there[chosen - len(more)])
            else:
                await more[chosen][1]()

    async def _there(self) -> list[WayIn]:
        tokens = [each for each in await self._desk.read(my_tokens) if not each.ended]
        browsers = await self._desk.read(my_web_sessions)
        apps = await self._desk.read(my_app_sessions)
        links = await self._desk.read(my_links)
        passkeys = await self._desk.read(my_passkeys)
        return [
            *(
                _way(each.id, msg("Passkey"), each.name, each.used_at, end_passkey)
                for each in passkeys
            ),
            *(_way(each.id, msg("Link"), each.issuer, each.used_at, end_link) for each in links),
            *(_way(each.id, msg("Token"), each.name, each.used_at, end_token) for each in tokens),
            *(
                _way(
                    each.id,
                    msg("Browser"),
                    short_browser(each.browser),
                    each.used_at,
                    end_web_session,
                )
                for each in browsers
            ),
            *(_way(each.id, msg("App"), each.name, each.used_at, end_app_session) for each in apps),
        ]

    async def _end(self, way: WayIn) -> None:
        question = _("End {name} now?", name=way.name)
        words = _("What calls with it is refused from now on.")
        if await self._app.push_screen_wait(YesNo(question, words, yes=_("End it"))):
            await self._desk.write(way.end, way.id)
            self._say(_("✓ {name} is over", name=way.name))

    async def _link(self, ways: list[WayElsewhere]) -> None:
        """Link who somebody is at a provider, once they said that it is them."""
        from screens.accounts.elsewhere import came_elsewhere

        came = await came_elsewhere(self._app, self._tools, ways)
        if came is None:
            return
        words = _(
            "You came back as {name} {email}. Whoever signs in so there is you here.",
            name=came.name,
            email=f"<{came.email}>" if came.email else "",
        )
        question = _("Sign in with {provider} from now on?", provider=came.provider)
        if await self._app.push_screen_wait(YesNo(question, words, yes=_("Link it"))):
            await self._desk.write(link_elsewhere, came.note)
            self._say(_("✓ {provider} signs you in from now on", provider=came.provider))

    async def _make(self) -> None:
        async def submit(values: dict[str, Any]) -> NewToken:
            may = frozenset(values["may"])
            return await self._desk.write(make_token, values["name"], may, days=values["days"])

        offered = [
            (each, str(words)) for each, words in TOKEN_USES.items() if self._actor.may(each)
        ]
        dialog = FormDialog(
            _("A token for a program"),
            [
                TextField("name", _("Name"), required=True, help=_("Such as: door app.")),
                SeveralField("may", _("It may"), offered),
                NumberField(
                    "days", _("Days"), value=USUAL_DAYS, least=1, most=MOST_DAYS, required=True
                ),
            ],
            submit,
            explanation=_("With it a program calls in your name, and never may more than you."),
        )
        made = await self._app.push_screen_wait(dialog)
        if made is not None:
            await self._app.push_screen_wait(
                ShownOnce(
                    _("Token for {name}", name=plain(made.token.name, limit=40)),
                    made.secret,
                    _("Give it to the program now: it is not shown again."),
                )
            )


def _way(
    id: UUID, kind: Message, name: str, used_at: datetime | None, end: Verb[[UUID], None]
) -> WayIn:
    called = plain(name, limit=30) or _("without a name")
    used = _("never used") if used_at is None else _("used {day}", day=f"{used_at:%Y-%m-%d}")
    return WayIn(id, f"{kind}: {called} · {used}", called, end)
