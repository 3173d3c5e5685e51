"""A client of the API in Python, typed by the use cases themselves.

    with Client("https://desk.example.org", token=secret) as client:
        answer = client.call(check_in, Scan(text, list_id, nonce, seen_at))

A call is what the use case is on this machine: the same arguments, the same frozen answer, the same
errors. Each that changes something names itself by a key, and is sent again with it where the line
was cut: it is done once. What changes something and answers with a file is the exception: the house
keeps no file for a repeated call, so it is sent once.

A person signs in with `sign_in` in place of a token; what they are given renews itself.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from inspect import Signature, signature
from pathlib import Path
from typing import Any, Final, ParamSpec, Self, TypeVar
from uuid import uuid4

from eventdesk.acts import Changes, Position, Verb
from eventdesk.core.errors import AccessTokenError, HubAwayError, ServiceSilentError, SignInError
from eventdesk.core.messages import ENGLISH, msg
from eventdesk.integrations.calls import MAX_BYTES, TIMEOUT_S, Answer, Caller
from eventdesk.wire.addresses import ROOT, route_of
from eventdesk.wire.app_sessions import END, RENEW, SIGN_IN, AppSignIn, AppTokens, Renewal
from eventdesk.wire.codec import read_json, write_json
from eventdesk.wire.event_stream import changes_of
from eventdesk.wire.problem_members import MEDIA_TYPE, error_of

P = ParamSpec("P")
T = TypeVar("T")

PAUSES_S: Final = (0.1, 0.4, 1.0)
"""How long it is waited before a call is sent once more."""

PATIENCE_S: Final = 30.0
"""How long a call waits in all where the house asks to come back later, unless who asks says."""

EARLY_S: Final = 30.0
"""How long before its end an access token is renewed."""

SILENT_S: Final = 45.0
"""A stream that says nothing for so long is cut: the house says every 15 seconds that it lives."""

BACK_S: Final = 2.0
"""How soon a stream that ended is opened again."""

ANY_STATUS: Final = range(300, 600)
AWAY: Final = frozenset({502, 504})
"""What a proxy answers where the house itself does not."""

BUSY: Final = 429
"""What is answered where nothing was done, and the same may be asked again after a while."""

JSON: Final = {"Content-Type": "application/json"}


class Client:
    """Calls the use cases of a house elsewhere. Threads may share it; whoever makes it closes it.

    Args:
        url: Where the house is served.
        token: Of a person or a device; "" calls as a visitor until `sign_in`.
        refresh_token: Goes on with a sign-in of before, in place of a token.
        on_tokens: Told each time the sign-in was renewed, so that its refresh token can be kept:
            the one before is used up.
        language: What errors are told in.
        ca_file: The authority to trust in place of the system's.
        timeout_s: How long a call may take, each time it is sent.
        patience_s: How long a call waits in all where the house asks to come back later.

    Raises:
        InvalidInputError: The URL is no address, or a library is not installed.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        refresh_token: str = "",
        on_tokens: Callable[[AppTokens], None] = lambda _tokens: None,
        language: str = ENGLISH,
        ca_file: Path | None = None,
        timeout_s: float = TIMEOUT_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._caller = Caller(
            url.rstrip("/"),
            headers={"Accept-Language": language},
            ca_file=ca_file,
            timeout_s=timeout_s,
            max_bytes=4 * MAX_BYTES,
        )
        self._url, self._token, self._patience_s = url, token, patience_s
        self._refresh_token, self._on_tokens = refresh_token, on_tokens
        self._renew_at_s, self._renewing = 0.0, threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; a sign-in goes on."""
        self._caller.close()

    def call(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the house to do a use case.

        Raises:
            KeptInsideError: It is done on the machine of the house alone.
            HubAwayError: The house does not answer; it may have been done all the same.
            EventDeskError: Whatever the use case raises.
        """
        route = route_of(verb)
        request = route.request(_named(verb, args, kwargs))
        may_repeat = request.method == "GET" or not route.is_file
        headers = {} if request.method == "GET" else {"Idempotency-Key": uuid4().hex}
        answer = self._answer(
            request.method, request.target, request.body, headers, may_repeat=may_repeat
        )
        result: T = route.result(self._good(answer).body, answer.headers)
        return result

    def changes(
        self, last_id: Position | None = None, *, patience_s: float = PATIENCE_S
    ) -> Iterator[Changes]:
        """Follow what changes in the house, and go on where the line was cut.

        The first that is told says how far the changes have come, and that anything may have
        changed unless the house can tell what was touched since a position. `upto` of each is such
        a position: who keeps the last one misses nothing.

        Args:
            last_id: Where somebody has come before.
            patience_s: How long the house may be away before it is given up.

        Raises:
            SignInError: Who listens was shut out, or nobody is signed in.
            HubAwayError: The house was away for longer.
            EventDeskError: Whatever else it answers.
        """
        away_since_s = time.monotonic()
        while True:
            try:
                for told in self._listened(last_id):
                    last_id = told.upto or last_id
                    yield told
                    away_since_s = time.monotonic()
            except (ServiceSilentError, HubAwayError) as error:
                if time.monotonic() - away_since_s > patience_s:
                    raise self._away() from error
            time.sleep(min(BACK_S, patience_s))

    def sign_in(self, email: str, secret: str, *, code: str = "", name: str = "") -> AppTokens:
        """Sign a person in: calls are theirs from now on. It is sent once, for a code is good once.

        Args:
            secret: Their password or PIN.
            code: Of their app, or a recovery code, where a second step is set up.
            name: What this program calls itself, for the list of their sign-ins.

        Raises:
            SignInError: Wrong, locked for a while, or closed by an admin.
            CodeNeededError: The password is right, and a code is needed.
            HubAwayError: The house does not answer.
        """
        asked = write_json(AppSignIn, AppSignIn(email, secret, code, name))
        answer = self._sent("POST", SIGN_IN, asked, {}, may_repeat=False)
        with self._renewing:
            return self._took(answer)

    def sign_out(self) -> None:
        """End the sign-in, also in the house; calls are those of a visitor from now on.

        Raises:
            HubAwayError: The house does not answer.
        """
        with self._renewing:
            if self._refresh_token:
                body = write_json(Renewal, Renewal(self._refresh_token))
                self._good(self._sent("DELETE", END, body, {}))
            self._refresh_token = self._token = ""

    def _listened(self, last_id: Position | None) -> Iterator[Changes]:
        headers = self._who() | ({} if last_id is None else {"Last-Event-ID": str(last_id)})
        with self._caller.stream(f"{ROOT}/changes", headers=headers, silent_s=SILENT_S) as (
            answer,
            parts,
        ):
            ended = bool(self._refresh_token) and _is_over(answer)
            if ended:
                self._renew_at_s = 0.0
            if ended or answer.status == BUSY or answer.status >= 500:
                raise self._away()
            if answer.status != HTTPStatus.OK:
                self._good(answer)
            yield from changes_of(parts)

    def _answer(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str], *, may_repeat: bool
    ) -> Answer:
        """An answer to who is signed in; their access token is renewed where it ended early."""
        who = self._who()
        answer = self._sent(method, target, body, {**headers, **who}, may_repeat=may_repeat)
        if not (self._refresh_token and _is_over(answer)):
            return answer
        with self._renewing:
            if who == self._header():
                self._renew_at_s = 0.0
        return self._sent(method, target, body, {**headers, **self._who()}, may_repeat=may_repeat)

    def _who(self) -> dict[str, str]:
        """The header that says who calls."""
        with self._renewing:
            if self._refresh_token and time.monotonic() >= self._renew_at_s:
                body = write_json(Renewal, Renewal(self._refresh_token))
                try:
                    self._took(self._sent("POST", RENEW, body, {}))
                except SignInError:
                    self._refresh_token = self._token = ""
                    raise
            return self._header()

    def _header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _took(self, answer: Answer) -> AppTokens:
        """Go on with the tokens of an answer."""
        tokens: AppTokens = read_json(AppTokens, self._good(answer).body)
        self._token, self._refresh_token = tokens.access_token, tokens.refresh_token
        self._renew_at_s = time.monotonic() + tokens.expires_in - EARLY_S
        self._on_tokens(tokens)
        return tokens

    def _good(self, answer: Answer) -> Answer:
        """An answer that is what was asked for.

        Raises:
            HubAwayError: Something else answers in the place of the house.
            EventDeskError: What the house refuses.
        """
        if answer.status < min(ANY_STATUS):
            return answer
        if not _is_problem(answer):
            raise self._away()
        raise error_of(answer.members())

    def _sent(
        self,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        may_repeat: bool = True,
    ) -> Answer:
        """Send a request until it is answered, where that may be."""
        pauses_s = iter(PAUSES_S if may_repeat else ())
        patient_until_s = time.monotonic() + self._patience_s
        headers = {**headers, **JSON} if body else headers
        while True:
            try:
                answer = self._caller.call(
                    method, ROOT + target, content=body or None, headers=headers, also=ANY_STATUS
                )
            except ServiceSilentError as error:
                pause_s = next(pauses_s, None)
                if pause_s is None:
                    raise self._away() from error
            else:
                if answer.status in AWAY and not _is_problem(answer):
                    pause_s = next(pauses_s, None)
                else:
                    pause_s = _asked_to_wait_s(answer)
                    if pause_s is not None and time.monotonic() + pause_s > patient_until_s:
                        pause_s = None
                if pause_s is None:
                    return answer
            time.sleep(pause_s)

    def _away(self) -> HubAwayError:
        return HubAwayError(
            msg("The house at {url} does not answer.", url=self._url),
            hint=msg("Look whether it is served there, and whether this machine has a network."),
        )


def _is_problem(answer: Answer) -> bool:
    """Whether the house itself says what is wrong."""
    return answer.headers.get("content-type", "") == MEDIA_TYPE


def _is_over(answer: Answer) -> bool:
    """Whether nothing was done because an access token has ended."""
    is_problem = answer.status == HTTPStatus.UNAUTHORIZED and _is_problem(answer)
    return is_problem and answer.members().get("code") == AccessTokenError.code


def _asked_to_wait_s(answer: Answer) -> float | None:
    """After how long the same may be asked again; None where nothing says so (RFC 9110, 10.2.3)."""
    said = answer.headers.get("retry-after", "")
    if answer.status != BUSY or not (said.isascii() and said.isdecimal()):
        return None
    return float(said)


def _named(
    verb: Verb[..., Any], args: Sequence[object], kwargs: Mapping[str, object]
) -> dict[str, Any]:
    """The arguments of a call by the names of the parameters, which stand behind who acts."""
    given = _signature(verb).bind(None, *args, **kwargs).arguments
    return dict(list(given.items())[1:])


@cache
def _signature(verb: Verb[..., Any]) -> Signature:
    return signature(verb.body)
