"""Tells devices that a pass changed; they ask for the newest version by themselves.

By Apple's “Adding a Web Service to Update Passes” and “Sending notification requests to APNs”: an
empty notification to each device, over HTTP/2, proven by the certificate that signs the passes.
"""

from datetime import datetime
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.apple_wallet.signer import signer_of
from eventdesk.integrations.calls import Answer, Caller, error_of
from eventdesk.integrations.service import Values

PUSH_AT = "https://api.push.apple.com"

TIMEOUT_S = 20.0

SERVICE: Final = "Apple's push service"

GONE: Final = frozenset(
    {"BadDeviceToken", "DeviceTokenNotForTopic", "Unregistered", "ExpiredToken"}
)
"""Why Apple does not know a device any more."""


class DeviceBusyError(ServiceSilentError):
    """Apple wants fewer notifications to this one device for a while."""


class Pushes:
    """A line to Apple's push service.

    Args:
        values: How passes are set up.
        now: The instant at which the certificate has to be valid.

    Raises:
        ServiceRefusedError: The certificate or key cannot be used; the message says why.
    """

    def __init__(self, values: Values, now: datetime) -> None:
        signer = signer_of(values, now)
        self._topic = signer.pass_type
        self._caller = Caller(
            PUSH_AT, service=SERVICE, timeout_s=TIMEOUT_S, client=signer.as_client, http2=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._caller.close()

    def push(self, token: str, push_id: UUID) -> bool:
        """Tell a device that it is to ask; returns False where Apple knows it no more.

        Args:
            token: What the device gave to be told by.
            push_id: What the notification is called, the same each time it is sent.

        Raises:
            DeviceBusyError: This device was told too often; others may be told.
            ServiceSilentError: Apple does not answer, is out of order, or does not take
                the certificate.
            ServiceRefusedError: Apple does not take this notification.
        """
        headers = {"apns-topic": self._topic, "apns-id": str(push_id)}
        answer = self._caller.call(
            "POST", f"/3/device/{token}", json={}, headers=headers, also=(400, 403, 410, 429)
        )
        if answer.status == 200:
            return True
        reason = _reason(answer)
        if answer.status == 410 or reason in GONE:
            return False
        if answer.status == 429:
            raise DeviceBusyError(msg("Apple wants fewer notifications to a device for a while."))
        raise _refused(answer, reason)


def _reason(answer: Answer) -> str:
    try:
        return str(answer.members().get("reason") or "")
    except ServiceSilentError:
        return ""


def _refused(answer: Answer, reason: str) -> ServiceRefusedError | ServiceSilentError:
    if answer.status == 403 or "Certificate" in reason or "Topic" in reason:
        return ServiceSilentError(
            msg(
                "Apple does not take the certificate for notifications ({why}).", why=plain(reason)
            ),
            hint=msg("Make a new one for the pass type at Apple; check the clock, too."),
        )
    return error_of(answer)
