"""Signing in with an app: an access token for ten minutes, and a token that renews it once.

What is asked and answered is JSON, as everywhere; these addresses are no use cases by themselves
because what they give is made of two: the sign-in, and a token that is not kept anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as At

from data.store import Store
from eventdesk.accounts import (
    NewAppSession,
    end_app_session_by,
    end_this_app_session,
    renew_app_session,
    start_app_session,
)
from eventdesk.acts import VISITOR
from eventdesk.core.app_keys import looks_like_access
from eventdesk.core.errors import SignInError
from eventdesk.core.messages import msg
from eventdesk.desk import AnyDesk
from eventdesk.web.access_tokens import access_token, session_of
from eventdesk.web.api import NOTHING
from eventdesk.web.bodies import JSON, MOST_OF_NOBODY, body_of
from eventdesk.web.caller import Shown
from eventdesk.web.rates import Rates
from eventdesk.wire.addresses import ROOT
from eventdesk.wire.app_sessions import END, RENEW, SIGN_IN, AppSignIn, AppTokens, Renewal
from eventdesk.wire.codec import read_json, write_json
from eventdesk.wire.limits import need_sane

MADE: Final = 201


@dataclass(frozen=True, slots=True)
class AppSessions:
    """The addresses at which apps sign in, go on and sign out."""

    desk: AnyDesk
    rates: Rates

    def routes(self) -> list[At]:
        """Where they are."""
        return [
            At(ROOT + SIGN_IN, self.start, methods=["POST"]),
            At(ROOT + RENEW, self.renew, methods=["POST"]),
            At(ROOT + END, self.end, methods=["DELETE"]),
        ]

    async def start(self, request: Request) -> Response:
        """Sign a person in.

        Raises:
            SignInError: Wrong, locked for a while, or closed by an admin.
            CodeNeededError: The password is right, and a code is needed.
            TooManyCallsError: Too many sign in from this address.
        """
        self.rates.count_costly(request, start_app_session.name)
        asked: AppSignIn = read_json(AppSignIn, await body_of(request, most=MOST_OF_NOBODY))
        need_sane(asked, "body")

        def call(store: Store) -> AppTokens:
            began = start_app_session(
                store, VISITOR, asked.email, asked.secret, code=asked.code, name=asked.name
            )
            return _tokens(store, began)

        told = await self.desk.run_as(start_app_session, call)
        return Response(write_json(AppTokens, told), MADE, media_type=JSON)

    async def renew(self, request: Request) -> Response:
        """Give new tokens for a refresh token, which is used up by that.

        Raises:
            SignInError: It is none of ours, the sign-in is over, or it was used before.
        """
        asked: Renewal = read_json(Renewal, await body_of(request, most=MOST_OF_NOBODY))

        def call(store: Store) -> AppTokens:
            return _tokens(store, renew_app_session(store, VISITOR, asked.refresh_token))

        told = await self.desk.run_as(renew_app_session, call)
        return Response(write_json(AppTokens, told), media_type=JSON)

    async def end(self, request: Request) -> Response:
        """End the sign-in that an access token, or the refresh token of a body, is of.

        Raises:
            SignInError: What is shown is none of ours.
        """
        body = await body_of(request, most=MOST_OF_NOBODY)
        if body:
            asked: Renewal = read_json(Renewal, body)
            call: Callable[[Store], None] = _ending_by(asked.refresh_token)
        else:
            call = _ending(Shown.by(request).token)
        await self.desk.run_as(end_this_app_session, call)
        return Response(status_code=NOTHING)


def _ending(token: str) -> Callable[[Store], None]:
    if not looks_like_access(token):
        raise SignInError(
            msg("This needs somebody who signed in with an app."),
            hint=msg("Send: Authorization: Bearer, and an access token."),
        )

    def call(store: Store) -> None:
        end_this_app_session(store, VISITOR, session_of(store, token))

    return call


def _ending_by(refresh_token: str) -> Callable[[Store], None]:
    def call(store: Store) -> None:
        end_app_session_by(store, VISITOR, refresh_token)

    return call


def _tokens(store: Store, session: NewAppSession) -> AppTokens:
    token, until = access_token(store, session.id)
    return AppTokens(
        access_token=token,
        expires_in=max(0, int((until - store.clock()).total_seconds())),
        refresh_token=session.refresh_token,
        refresh_until=session.expires_at,
        session_id=session.id,
        name=session.actor.name,
    )
