"""The sender of what Google's wallets are told: passes of tickets and events that changed."""

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking.wallet_passes import GOOGLE, google_event, google_pass
from eventdesk.core.errors import EventDeskError, ServiceSilentError, StoreError
from eventdesk.services import Dropped, Failed, Fate, Outgoing, Sent, SetUp, Told

if TYPE_CHECKING:
    from eventdesk.integrations.google_wallet.passes import Passes


class GooglePasses:
    """Changes passes over one line; an event that changed is told once for all that wait."""

    kind: Final = GOOGLE
    service: Final = GOOGLE
    patience: Final = timedelta(days=3)
    at_once: Final = 50

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Change passes one by one, each to what its ticket is now.

        Where the account may not change them all wait: somebody invites it tomorrow.

        Raises:
            ServiceSilentError: Google did not take one, for what is no fault of the pass.
        """
        from eventdesk.integrations.google_wallet.passes import Passes

        events: dict[str, Fate] = {}
        try:
            with closing(Passes(service.values)) as line:
                for job in jobs:
                    event = str(job.payload.get("event") or "")
                    fate = events.get(event) or _fate(store, line, job)
                    if event:
                        events[event] = fate
                    told(job.id, fate)
        except (ServiceSilentError, StoreError):
            raise
        except EventDeskError as error:
            raise ServiceSilentError(error.message, hint=error.advice) from error


def _fate(store: Store, line: "Passes", job: Outgoing) -> Fate:
    from eventdesk.integrations.google_wallet.passes import PassRefusedError

    event, name = str(job.payload.get("event") or ""), str(job.payload.get("device") or "")
    if (event or name).partition(".")[0] != line.issuer.number:
        return Dropped()  # of who issued before, for whom Google takes nothing from this account
    if event:
        ticket, change = google_event(store, SYSTEM, job.event_id), line.change_event
    else:
        ticket, change = google_pass(store, SYSTEM, name, job.ticket_id), line.change
    if ticket is None:
        return Dropped()
    try:
        is_known = change(event or name, ticket)
    except PassRefusedError as error:
        return Failed(error.whole)
    return Sent("Google Wallet", event or name) if is_known else Dropped()


SENDER: Final = GooglePasses()
