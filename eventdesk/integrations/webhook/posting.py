"""Events posted to a program elsewhere, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self
from urllib.parse import urlsplit

from eventdesk.core.clock import utc_now
from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import ALLOW, Answer, Caller, error_of
from eventdesk.integrations.service import Values
from eventdesk.integrations.webhook.inside import Network, may_reach, read_networks
from eventdesk.integrations.webhook.kind import NETWORKS

TIMEOUT_S: Final = 15.0
"""Standard Webhooks, "Delivery": 15 to 30 seconds are usual."""

MAX_BYTES: Final = 65_536
"""An answer is thrown away but for its status; a short page is read, so that the line is kept."""

TOLERANCE: Final = timedelta(minutes=4)
"""Receivers refuse what was signed more than five minutes ago, or in five minutes."""

FORMER_FOR: Final = timedelta(days=1)
"""How long a secret that was renewed still signs beside the new one."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook leads.

    Attributes:
        secrets: What signs, the newest first.
        networks: Networks inside that may be reached.
    """

    url: str
    secrets: tuple[str, ...] = field(repr=False)
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, values: Values, *, now: datetime) -> Self:
        """The target that a webhook was set up with."""
        secrets = [str(values.get("secret") or "")]
        until = str(values.get("former_until") or "")
        if until and now < datetime.fromisoformat(until):
            secrets.append(str(values.get("former_secret") or ""))
        allowed = str(values.get(NETWORKS) or "")
        return cls(
            str(values.get("url") or ""),
            tuple(filter(None, secrets)),
            read_networks(allowed.split()),
        )

    @property
    def host(self) -> str:
        """Its machine, for people: an address may carry a key."""
        return plain(urlsplit(self.url).hostname or "")

    def caller(self) -> Caller:
        """What calls it. Without TLS it leads inside only: no name or amount goes out in the open.

        Raises:
            InvalidInputError: It is no address.
        """
        parts = urlsplit(self.url)
        return Caller(
            f"{parts.scheme}://{parts.netloc}",
            service=self.host,
            timeout_s=TIMEOUT_S,
            max_bytes=MAX_BYTES,
            cut=True,
            may_reach=may_reach(self.networks, only_allowed=parts.scheme != "https"),
        )

    @property
    def path(self) -> str:
        """Path and query, as they were typed."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def post(caller: Caller, target: Target, message_id: str, body: bytes) -> Answer:
    """Post a message; the same id again is the same message, which receivers take once.

    Raises:
        ServiceSilentError: No answer, or one that says to come again.
        ServiceRefusedError: Another answer than 200 to 299, or an address that must not be called.
    """
    headers = {
        "Content-Type": "application/json",
        **signed(target.secrets, message_id, body, now=utc_now()),
    }
    answer = caller.call("POST", target.path, content=body, headers=headers, also=range(100, 600))
    if 200 <= answer.status < 300:
        return answer
    apart = answer.clock_ahead()
    if apart is not None and abs(apart) > TOLERANCE and 400 <= answer.status < 500:
        raise ServiceSilentError(
            msg(
                "{host} refuses it ({status}): its clock and the one here are {minutes} min apart.",
                host=target.host,
                status=answer.status,
                minutes=round(abs(apart).total_seconds() / 60),
            ),
            hint=msg("Set the clock of this machine. It goes out by itself then."),
        )
    raise error_of(answer)


def signed(
    secrets: tuple[str, ...], message_id: str, body: bytes, *, now: datetime
) -> Mapping[str, str]:
    """The headers that prove who sent a message, and when: a signature for each secret."""
    from standardwebhooks import Webhook

    signatures = [Webhook(each).sign(message_id, now, body.decode()) for each in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def message(kind: str, at: datetime, data: Mapping[str, object]) -> bytes:
    """The body of a message (Standard Webhooks, "Payload structure")."""
    told = {"type": kind, "timestamp": at.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def probe(values: Values) -> Message:
    """Post an event of the type `test`, and say what was answered.

    Raises:
        ServiceError: It was not taken.
    """
    now = utc_now()
    target = Target.of(values, now=now)
    with target.caller() as caller:
        try:
            answer = post(caller, target, f"msg_{new_id().hex}", message("test", now, {}))
        except ServiceRefusedError as error:
            raise _advised(error, target) from None
    return msg("{host} took a test event ({status}).", host=target.host, status=answer.status)


def _advised(error: ServiceRefusedError, target: Target) -> ServiceRefusedError:
    """Say what to do about an address that must not be called."""
    if error.status is not None or urlsplit(target.url).scheme == "https":
        return error
    return ServiceRefusedError(
        error.message,
        hint=msg(
            "Without https:// only addresses are called that an admin allowed, under Services or "
            "by {command}",
            command=ALLOW,
        ),
    )
