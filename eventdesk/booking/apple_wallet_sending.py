"""The sender of what Apple's wallets are told: devices that are to ask for a newer pass."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking.wallet_passes import APPLE, forget_push, push_token_of
from eventdesk.core.clock import utc_now
from eventdesk.core.errors import (
    EventDeskError,
    ServiceRefusedError,
    ServiceSilentError,
    StoreError,
)
from eventdesk.services import Dropped, Failed, Fate, Later, Outgoing, Sent, SetUp, Told

if TYPE_CHECKING:
    from eventdesk.integrations.apple_wallet.push import Pushes


class ApplePushes:
    """Tells devices over one line."""

    kind: Final = APPLE
    service: Final = APPLE
    patience: Final = timedelta(days=3)
    at_once: Final = 100

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Tell devices one by one.

        Where the certificate is not taken all wait: a new one is entered tomorrow.

        Raises:
            ServiceSilentError: Apple did not take one, for what is no fault of the device.
        """
        from eventdesk.integrations.apple_wallet.push import Pushes

        try:
            with Pushes(service.values, utc_now()) as line:
                for job in jobs:
                    told(job.id, _fate(store, line, job))
        except (ServiceSilentError, StoreError):
            raise
        except EventDeskError as error:
            raise ServiceSilentError(error.message, hint=error.advice) from error


def _fate(store: Store, line: "Pushes", job: Outgoing) -> Fate:
    from eventdesk.integrations.apple_wallet.push import SERVICE, DeviceBusyError

    device = str(job.payload.get("device") or "")
    token = push_token_of(store, SYSTEM, device, job.ticket_id)
    if not token:
        return Dropped()
    try:
        is_known = line.push(token, job.id)
    except DeviceBusyError as error:
        return Later(error.whole)
    except ServiceRefusedError as error:
        return Failed(error.whole)
    if is_known:
        return Sent(SERVICE)
    forget_push(store, SYSTEM, device, token)
    return Dropped()


SENDER: Final = ApplePushes()
