"""Calls of Stripe's interface, and what its answers say: https://docs.stripe.com/api."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from eventdesk.core.errors import GatewayRefusedError, GatewaySilentError
from eventdesk.core.messages import msg
from eventdesk.integrations.calls import Answer, Caller

VERSION: Final = "2026-10-28.endive"
"""The version of Stripe's interface that is asked for, whatever the account's own is."""

SAID: Final = frozenset({400, 402, 403, 404, 409})
"""Statuses with which Stripe says in JSON why it did not do something."""

OF_READERS: Final = "terminal_reader_"
"""What codes of errors about card readers begin with."""


class StripeLine:
    """Calls Stripe with one key.

    Args:
        key: The secret key.
        origin: Where Stripe answers.
    """

    def __init__(self, key: str, origin: str) -> None:
        self._origin = origin
        self._headers = {"Authorization": f"Bearer {key}", "Stripe-Version": VERSION}

    def call(self, method: str, path: str, **more: Any) -> Answer:
        """Call Stripe; a key that is in use by another call is like no answer."""
        with Caller(self._origin, service="Stripe", headers=self._headers) as caller:
            answer = caller.call(method, path, also=SAID, **more)
        is_of_reader = code_of(answer).startswith(OF_READERS)
        in_use = answer.status == 409 and not is_of_reader
        if in_use or _error(answer).get("type") == "idempotency_error":
            raise GatewaySilentError(msg("Stripe is at work on this already."))
        return answer

    def thing(self, place: str, reference: str, *, expand: str = "") -> dict[str, Any]:
        """Read something by its name at Stripe."""
        query = {"expand[]": expand} if expand else None
        return done(self.call("GET", f"{place}/{quote(reference, safe='')}", query=query))


def done(answer: Answer) -> dict[str, Any]:
    """What Stripe answered.

    Raises:
        GatewayRefusedError: That it will not.
    """
    if answer.status >= 400:
        raise GatewayRefusedError(msg("Stripe refused: {why}", why=why(answer)))
    return answer.members()


def why(answer: Answer) -> str:
    """Why Stripe did not do something, in its own words."""
    return str(_error(answer).get("message") or answer.status)[:160]


def code_of(answer: Answer) -> str:
    """Stripe's code of an error; "" where there is none: https://docs.stripe.com/error-codes."""
    return str(_error(answer).get("code") or "")


def _error(answer: Answer) -> Mapping[str, Any]:
    if answer.status < 400:
        return {}
    found = answer.members().get("error")
    return found if isinstance(found, dict) else {}
