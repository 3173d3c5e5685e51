"""An order that did not fit, asked for and brought in once more because somebody says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from data.store import Store
from eventdesk.acts import SYSTEM, Steps
from eventdesk.exchange.in_step.orders import bring_again
from eventdesk.exchange.in_step.shops import open_shop
from eventdesk.services import Dropped, Failed, Outgoing, Sent, SetUp, Told


@dataclass(frozen=True, slots=True)
class OrderAgain:
    """Asks a shop for orders again.

    Attributes:
        kind: The kind of its deliveries, which is that of the shop.
    """

    kind: str
    patience: timedelta = timedelta(days=1)
    at_once: int = 5

    @property
    def service(self) -> str:
        """The kind of the services they go to."""
        return self.kind

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Ask for each order and bring it in.

        Raises:
            ServiceSilentError: The shop does not answer.
        """
        with open_shop(service) as shop:
            for job in jobs:
                order = shop.order(str(job.payload.get("type", "")))
                if order is None:
                    told(job.id, Dropped())
                    continue
                fault = bring_again(Steps(store, SYSTEM), service, order)
                told(job.id, Sent() if fault is None else Failed(fault))


EVENTBRITE: Final = OrderAgain("eventbrite")
PRETIX: Final = OrderAgain("pretix")
