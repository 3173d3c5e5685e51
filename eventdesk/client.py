"""A client of the API in Python, typed by the use cases themselves.

    with Client("https://desk.example.org", token=secret) as client:
        answer = client.call(check_in, Scan(text, list_id, nonce, seen_at))

A call is what the use case is on this machine: the same arguments, the same frozen answer, the same
errors. Each that changes something names itself by a key, and is sent again with it where the line
was cut: it is done once.
"""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from inspect import Signature, signature
from pathlib import Path
from typing import Any, Final, ParamSpec, Self, TypeVar
from uuid import uuid4

from eventdesk.acts import Verb
from eventdesk.core.errors import HubAwayError, ServiceSilentError
from eventdesk.core.messages import ENGLISH, msg
from eventdesk.integrations.calls import MAX_BYTES, TIMEOUT_S, Answer, Caller
from eventdesk.wire.addresses import ROOT, route_of
from eventdesk.wire.problem_members import MEDIA_TYPE, error_of

P = ParamSpec("P")
T = TypeVar("T")

PAUSES_S: Final = (0.1, 0.4, 1.0)
"""How long it is waited before a call is sent once more."""

ANY_STATUS: Final = range(300, 600)
AWAY: Final = frozenset({502, 504})
"""What a proxy answers where the house itself does not."""


class Client:
    """Calls the use cases of a house elsewhere. Threads may share it; whoever makes it closes it.

    Args:
        url: Where the house is served.
        token: Of a person or a device; "" calls as a visitor.
        language: What errors are told in.
        ca_file: The authority to trust in place of the system's.
        timeout_s: How long a call may take, each time it is sent.

    Raises:
        InvalidInputError: The URL is no address, or a library is not installed.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        language: str = ENGLISH,
        ca_file: Path | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        headers = {"Accept-Language": language}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._caller = Caller(
            url.rstrip("/"),
            headers=headers,
            ca_file=ca_file,
            timeout_s=timeout_s,
            max_bytes=4 * MAX_BYTES,
        )
        self._url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
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
        headers = {} if request.method == "GET" else {"Idempotency-Key": uuid4().hex}
        if request.body:
            headers["Content-Type"] = "application/json"
        answer = self._answer(request.method, ROOT + request.target, request.body, headers)
        if answer.status < min(ANY_STATUS):
            result: T = route.result(answer.body, answer.headers)
            return result
        if answer.headers.get("content-type", "") != MEDIA_TYPE:
            raise self._away()
        raise error_of(answer.members())

    def _answer(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        for pause_s in (*PAUSES_S, None):
            try:
                answer = self._caller.call(
                    method, target, content=body or None, headers=headers, also=ANY_STATUS
                )
            except ServiceSilentError as error:
                if pause_s is None:
                    raise self._away() from error
            else:
                if answer.status not in AWAY or pause_s is None:
                    return answer
            time.sleep(pause_s or 0)
        raise AssertionError("The last try returns or raises.")

    def _away(self) -> HubAwayError:
        return HubAwayError(
            msg("The house at {url} does not answer.", url=self._url),
            hint=msg("Look whether it is served there, and whether this machine has a network."),
        )


def _named(
    verb: Verb[..., Any], args: Sequence[object], kwargs: Mapping[str, object]
) -> dict[str, Any]:
    """The arguments of a call by the names of the parameters, which stand behind who acts."""
    given = _signature(verb).bind(None, *args, **kwargs).arguments
    return dict(list(given.items())[1:])


@cache
def _signature(verb: Verb[..., Any]) -> Signature:
    return signature(verb.body)
