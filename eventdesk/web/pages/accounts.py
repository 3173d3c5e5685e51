"""Making an account, and a new PIN or password with a code: alike for every address."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as At

from eventdesk.accounts import (
    MAX_EMAIL,
    address_of,
    ask_for_code,
    check_secret,
    kind_of,
    name_of,
    set_secret,
    sign_up,
)
from eventdesk.acts import VISITOR
from eventdesk.core.error_status import again_after_s, status_of
from eventdesk.core.errors import EventDeskError, InvalidInputError, SignInError, TooManyCallsError
from eventdesk.core.messages import msg
from eventdesk.desk import Desk
from eventdesk.web.pages.forms import NOT_TAKEN, Wrong, form_of, own_path
from eventdesk.web.pages.rendering import page
from eventdesk.web.pages.visits import SEE_OTHER, visit
from eventdesk.web.rates import Rates
from eventdesk.web.sessions import Sessions

LONGEST: Final = 1000
"""Characters of a field that are looked at: a secret is hashed, and that takes its time."""

SIGN_UP, FORGOTTEN, NEW_SECRET = "/sign-up", "/forgotten", "/new-secret"

TEMPLATES: Final = {
    SIGN_UP: "sign_up.html",
    FORGOTTEN: "forgotten.html",
    NEW_SECRET: "new_secret.html",
}


class AccountPages:
    """The pages where people make an account, or get into theirs again."""

    def __init__(self, desk: Desk, sessions: Sessions, rates: Rates) -> None:
        self._desk, self._sessions, self._rates = desk, sessions, rates

    def routes(self) -> list[At]:
        """Where they are."""
        sent = {SIGN_UP: self._signed_up, FORGOTTEN: self._asked_code, NEW_SECRET: self._set}
        return [
            *(At(path, self._shown, methods=["GET"]) for path in TEMPLATES),
            *(At(path, answer, methods=["POST"]) for path, answer in sent.items()),
        ]

    async def _shown(self, request: Request) -> Response:
        who = await visit(request, self._desk, self._sessions)
        if who.is_known:
            return RedirectResponse("/me", SEE_OTHER)
        return _form(request, {"next": request.query_params.get("next", "/")}, Wrong())

    async def _signed_up(self, request: Request) -> Response:
        said, wrong = await _said(request), Wrong()
        email, name, secret = said["email"], said["name"], said["secret"]
        wrong.need("name", lambda: name_of(name))
        wrong.need("email", lambda: address_of(email))
        wrong.need("secret", lambda: check_secret(kind_of(secret), secret))
        if wrong:
            return _form(request, said, wrong)
        try:
            self._rates.count_costly(request, sign_up.name)
            who = {"email": email, "name": name}
            await self._desk.take_steps(
                sign_up, VISITOR, **who, secret=secret, kind=kind_of(secret)
            )
        except (InvalidInputError, TooManyCallsError) as error:
            return _form(request, said, wrong, error)
        return _to_sign_in(said["next"])

    async def _asked_code(self, request: Request) -> Response:
        said, wrong = await _said(request), Wrong()
        wrong.need("email", lambda: address_of(said["email"]))
        if wrong:
            return _form(request, said, wrong)
        try:
            self._rates.count_costly(request, ask_for_code.name)
            by_mail = await self._desk.take_steps(ask_for_code, VISITOR, said["email"])
        except (SignInError, TooManyCallsError) as error:
            return _form(request, said, wrong, error)
        asked = urlencode({"asked": "mail" if by_mail else "admins"})
        return RedirectResponse(f"{NEW_SECRET}?{asked}", SEE_OTHER)

    async def _set(self, request: Request) -> Response:
        said, wrong = await _said(request), Wrong()
        email, code, secret = said["email"], said["code"], said["secret"]
        wrong.need("email", lambda: address_of(email))
        wrong.need("secret", lambda: check_secret(kind_of(secret), secret))
        if not code.strip():
            wrong.say(msg("Type the code."), name="code")
        if wrong:
            return _form(request, said, wrong)
        try:
            self._rates.count_costly(request, set_secret.name)
            await self._desk.take_steps(set_secret, VISITOR, email=email, code=code, secret=secret)
        except (SignInError, InvalidInputError, TooManyCallsError) as error:
            return _form(request, said, wrong, error)
        return _to_sign_in("/")


async def _said(request: Request) -> dict[str, str]:
    form = await form_of(request)
    return {each: form.get(each, "")[:LONGEST] for each in _FIELDS}


_FIELDS: Final = ("email", "name", "secret", "code", "next")


def _to_sign_in(onward: str) -> Response:
    asked = urlencode({"new": 1, "next": own_path(onward)})
    return RedirectResponse(f"/sign-in?{asked}", SEE_OTHER)


def _form(
    request: Request, said: Mapping[str, str], wrong: Wrong, refused: EventDeskError | None = None
) -> Response:
    """A form with what was typed, but for secrets and codes."""
    status = NOT_TAKEN if wrong or refused else 200
    if refused is not None:
        wrong.say(refused)
        status = status_of(refused) if isinstance(refused, TooManyCallsError) else NOT_TAKEN
    answer = page(
        request,
        TEMPLATES[request.url.path],
        status=status,
        email=said.get("email", ""),
        typed_name=said.get("name", ""),
        onward=own_path(said.get("next", "/")),
        asked=request.query_params.get("asked", ""),
        wrong=wrong,
        most_email=MAX_EMAIL,
    )
    wait_s = again_after_s(refused) if refused is not None else None
    if wait_s is not None:
        answer.headers["retry-after"] = str(wait_s)
    return answer
