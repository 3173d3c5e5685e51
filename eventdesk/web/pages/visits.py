"""Who opens a page: by the cookie of their session, or a visitor."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from eventdesk.accounts import who_has_session
from eventdesk.acts import VISITOR, Actor, ActorKind
from eventdesk.core.errors import SignInError
from eventdesk.desk import Desk
from eventdesk.web.caller import Shown, cookie_name
from eventdesk.web.sessions import Sessions

SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class Visit:
    """Who opens a page.

    Attributes:
        actor: They, as the store knows them now.
        is_over: Whether their browser shows a session that is over.
    """

    actor: Actor
    is_over: bool

    @property
    def is_known(self) -> bool:
        """Whether somebody is signed in."""
        return self.actor.kind is not ActorKind.VISITOR


async def visit(request: Request, desk: Desk, sessions: Sessions) -> Visit:
    """Ask the store who opens a page; only the cookie says so, as a browser sends no token."""
    shown = Shown("", request.cookies.get(cookie_name(request), ""))
    if not shown.cookie:
        return Visit(VISITOR, is_over=False)
    try:
        actor = await desk.run_as(who_has_session, shown.actor)
    except SignInError:
        return Visit(VISITOR, is_over=True)
    shown.note_known(request)
    await sessions.uses.note(shown)
    return Visit(actor, is_over=False)


def to_sign_in(onward: str) -> Response:
    """Lead a visitor to the sign-in, and on from there."""
    return RedirectResponse("/sign-in?" + urlencode({"next": onward}), SEE_OTHER)
