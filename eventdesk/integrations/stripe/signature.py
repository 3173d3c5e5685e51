"""The signature of Stripe's notices: https://docs.stripe.com/webhooks#verify-manually."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from eventdesk.core.errors import NoticeRefusedError
from eventdesk.core.messages import msg

TOLERANCE: Final = timedelta(minutes=5)
"""How far the clocks of both may be apart; what is older could be a recording."""


def need_signed(header: str, body: bytes, *, secret: str, now: datetime) -> None:
    """See that Stripe sent this a moment ago.

    Args:
        header: The value of `Stripe-Signature`: `t=SECONDS,v1=HEX`, with `v1` once for each secret
            while secrets are changed.
        body: The body as it came, byte for byte.
        secret: The signing secret of the webhook.
        now: The house's clock.

    Raises:
        NoticeRefusedError: It did not, or a clock is wrong.
    """
    parts = [part.partition("=")[::2] for part in header.split(",")]
    at = next((value for name, value in parts if name.strip() == "t"), "")
    given = [value for name, value in parts if name.strip() == "v1"]
    if not secret or not at.isascii() or not at.isdecimal() or len(at) > 12 or not given:
        raise NoticeRefusedError(msg("This notice is not signed by Stripe."))
    meant = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(meant.encode(), each.encode()) for each in given):
        raise NoticeRefusedError(
            msg("The signature of this notice is wrong."),
            hint=msg("Copy the signing secret of the webhook from Stripe once more."),
        )
    apart = abs(now.timestamp() - int(at))
    if apart > TOLERANCE.total_seconds():
        raise NoticeRefusedError(
            msg(
                "This notice was signed {minutes} minutes away from now.", minutes=int(apart // 60)
            ),
            hint=msg("Set the clock of this machine; Stripe sends it again."),
        )
