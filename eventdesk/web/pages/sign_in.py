"""Signing in and out with forms: an address and a secret, and a code where one is asked for."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as At

from eventdesk.accounts import NewWebSession
from eventdesk.core.error_status import again_after_s, status_of
from eventdesk.core.errors import CodeNeededError, EventDeskError, SignInError, TooManyCallsError
from eventdesk.core.messages import Message, msg
from eventdesk.desk import Desk
from eventdesk.web.pages.forms import NOT_TAKEN, form_of, own_path
from eventdesk.web.pages.rendering import page
from eventdesk.web.pages.visits import SEE_OTHER, visit
from eventdesk.web.sessions import Sessions, forget_cookie, set_cookie

LONGEST: Final = 1000
"""Characters of a field that are looked at: a secret is hashed, and that takes its time."""


class SignInPages:
    """The pages where people sign in and out."""

    def __init__(self, desk: Desk, sessions: Sessions) -> None:
        self._desk, self._sessions = desk, sessions

    def routes(self) -> list[At]:
        """Where they are."""
        return [
            At("/sign-in", self._asked, methods=["GET"]),
            At("/sign-in", self._sent, methods=["POST"]),
            At("/sign-out", self._signed_out, methods=["POST"]),
        ]

    async def _asked(self, request: Request) -> Response:
        onward = own_path(request.query_params.get("next", "/"))
        who = await visit(request, self._desk, self._sessions)
        if who.is_known:
            return RedirectResponse(onward, SEE_OTHER)
        answer = _first_form(request, onward, over=who.is_over)
        if who.is_over:
            forget_cookie(request, answer)
        return answer

    async def _sent(self, request: Request) -> Response:
        said = await form_of(request)
        onward = own_path(said.get("next", "/"))
        begun = said.get("begun", "")
        email, secret, code = (said.get(name, "")[:LONGEST] for name in ("email", "secret", "code"))
        if not begun and not (email.strip() and secret):
            return _first_form(request, onward, email=email, missing=_missing(email, secret))
        if begun and not code.strip():
            return _code_form(request, onward, begun, error=msg("Type the code."))
        try:
            if begun:
                new = await self._sessions.go_on(request, begun, code)
            else:
                new = await self._sessions.begin(request, email, secret, "")
        except CodeNeededError as error:
            return _code_form(request, onward, error.begun)
        except (SignInError, TooManyCallsError) as error:
            if begun:
                return _code_form(request, onward, begun, error=error.whole, refused=error)
            return _first_form(request, onward, email=email, refused=error)
        return _signed_in(request, onward, new)

    async def _signed_out(self, request: Request) -> Response:
        await form_of(request)
        answer = RedirectResponse("/", SEE_OTHER)
        await self._sessions.end(request, answer)
        return answer


def _signed_in(request: Request, onward: str, new: NewWebSession) -> Response:
    answer = RedirectResponse(onward, SEE_OTHER)
    set_cookie(request, answer, new.secret)
    return answer


def _missing(email: str, secret: str) -> dict[str, Message]:
    """What is to be typed yet, by field."""
    missing = {}
    if not email.strip():
        missing["email"] = msg("Type your e-mail address.")
    if not secret:
        missing["secret"] = msg("Type your PIN or password.")
    return missing


def _first_form(
    request: Request,
    onward: str,
    *,
    email: str = "",
    missing: dict[str, Message] | None = None,
    refused: EventDeskError | None = None,
    over: bool = False,
) -> Response:
    answer = page(
        request,
        "sign_in.html",
        status=_status(refused, is_wrong=bool(missing)),
        onward=onward,
        email=email,
        missing={name: str(said) for name, said in (missing or {}).items()},
        problem=str(refused.whole) if refused is not None else "",
        over=over,
        is_new="new" in request.query_params,
    )
    return _with_pause(answer, refused)


def _code_form(
    request: Request,
    onward: str,
    begun: str,
    *,
    error: Message | None = None,
    refused: EventDeskError | None = None,
) -> Response:
    answer = page(
        request,
        "sign_in_code.html",
        status=_status(refused, is_wrong=error is not None),
        onward=onward,
        begun=begun,
        problem=str(error) if error is not None else "",
    )
    return _with_pause(answer, refused)


def _status(refused: EventDeskError | None, *, is_wrong: bool) -> int:
    """The status of a form; 401 would ask a browser for another way of signing in."""
    if isinstance(refused, TooManyCallsError):
        return status_of(refused)
    return NOT_TAKEN if refused is not None or is_wrong else 200


def _with_pause(answer: Response, refused: EventDeskError | None) -> Response:
    wait_s = again_after_s(refused) if refused is not None else None
    if wait_s is not None:
        answer.headers["retry-after"] = str(wait_s)
    return answer
