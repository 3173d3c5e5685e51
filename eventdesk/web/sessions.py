"""Sessions of browsers: signing in sets a cookie, signing out takes it away.

`POST /api/v1/sessions` takes an address and a secret, or `begun` of the answer that asked for a
code, with the code; `GET /api/v1/sessions/current` says who is signed in; `DELETE` there ends it.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk.accounts import (
    LONGEST,
    NewWebSession,
    end_this_session,
    go_on_web_session,
    start_web_session,
    who_has_session,
)
from eventdesk.acts import VISITOR, Actor
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.desk import Desk
from eventdesk.web.api import NOTHING
from eventdesk.web.bodies import JSON, MOST_OF_NOBODY, body_of
from eventdesk.web.caller import Shown, cookie_name, need_no_other_page, need_signed_in
from eventdesk.web.last_uses import LastUses
from eventdesk.web.rates import Rates
from eventdesk.wire.addresses import ROOT
from eventdesk.wire.codec import adapter, unreadable

CREATED: Final = 201

Typed = Annotated[str, StringConstraints(max_length=1000)]


class SignIn(BaseModel):
    """What somebody signs in with: an address and a secret, or what was begun, and a code."""

    model_config = ConfigDict(extra="forbid")
    email: Typed = ""
    secret: Typed = ""
    begun: Annotated[str, StringConstraints(max_length=5000)] = ""
    code: Typed = ""


class Sessions:
    """The sessions of browsers, as a server begins, keeps and ends them.

    Attributes:
        uses: When they were used last.
    """

    def __init__(self, desk: Desk, rates: Rates, uses: LastUses) -> None:
        self._desk, self._rates, self.uses = desk, rates, uses

    def routes(self) -> list[At]:
        """Where the API has them."""
        return [
            At(f"{ROOT}/sessions", self._signed_in, methods=["POST"]),
            At(f"{ROOT}/sessions/current", self._current, methods=["GET"]),
            At(f"{ROOT}/sessions/current", self._signed_out, methods=["DELETE"]),
        ]

    async def begin(self, request: Request, email: str, secret: str, code: str) -> NewWebSession:
        """Sign somebody in; `set_cookie` tells the browser.

        Raises:
            SignInError: Wrong, locked for a while, or closed by an admin.
            CodeNeededError: The password is right, and a code is needed.
            TooManyCallsError: This address tries too often.
        """
        self._rates.count_costly(request, start_web_session.name)
        return await self._desk.write(
            start_web_session,
            VISITOR,
            email,
            secret,
            code=code,
            browser=request.headers.get("user-agent", ""),
            instead_of=Shown.by(request).cookie,
        )

    async def go_on(self, request: Request, begun: str, code: str) -> NewWebSession:
        """Sign in who was asked for a code; `set_cookie` tells the browser.

        Raises:
            SignInError: The code is wrong, it took too long, the account is locked or closed.
            TooManyCallsError: This address tries too often.
        """
        self._rates.count_costly(request, start_web_session.name)
        return await self._desk.write(
            go_on_web_session,
            VISITOR,
            begun,
            code,
            browser=request.headers.get("user-agent", ""),
            instead_of=Shown.by(request).cookie,
        )

    async def end(self, request: Request, answer: Response) -> None:
        """End the session that a browser shows, and take its cookie away."""
        cookie = Shown.by(request).cookie
        if cookie:
            await self._desk.write(end_this_session, VISITOR, cookie)
        forget_cookie(request, answer)

    async def _signed_in(self, request: Request) -> Response:
        need_no_other_page(request)
        body = await body_of(request, most=MOST_OF_NOBODY)
        try:
            said = SignIn.model_validate_json(body or b"{}")
        except ValidationError as error:
            raise unreadable(error) from None
        if said.begun and (said.email or said.secret):
            raise InvalidInputError(
                msg("This begins a sign-in and goes on with another."),
                hint=msg("Send the address and the secret, or `begun` and the code."),
            )
        if said.begun:
            new = await self.go_on(request, said.begun, said.code)
        else:
            new = await self.begin(request, said.email, said.secret, said.code)
        answer = Response(adapter(Actor).dump_json(new.actor), CREATED, media_type=JSON)
        set_cookie(request, answer, new.secret)
        return answer

    async def _current(self, request: Request) -> Response:
        shown = Shown("", Shown.by(request).cookie)

        def call(store: Store) -> Actor:
            actor = shown.actor(store)
            need_signed_in(actor)
            return actor

        actor = await self._desk.run_as(who_has_session, call)
        shown.note_known(request)
        await self.uses.note(shown)
        return Response(adapter(Actor).dump_json(actor), media_type=JSON)

    async def _signed_out(self, request: Request) -> Response:
        need_no_other_page(request)
        answer = Response(status_code=NOTHING)
        await self.end(request, answer)
        return answer


def set_cookie(request: Request, answer: Response, secret: str) -> None:
    """Give a browser the secret of its session, where no script and no other site sees it."""
    _say(request, answer, secret, int(LONGEST.total_seconds()))


def forget_cookie(request: Request, answer: Response) -> None:
    """Have a browser forget its session."""
    _say(request, answer, "", 0)


def _say(request: Request, answer: Response, value: str, max_age_s: int) -> None:
    answer.set_cookie(
        cookie_name(request),
        value,
        max_age=max_age_s,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
