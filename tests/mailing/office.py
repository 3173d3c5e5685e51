"""A house with a mail service, and its mails taken to a server by others."""

import threading
from typing import Any

from sqlalchemy import select

from data.schema import DeliveryRow
from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.mailing import BULK_MAILS, LINKS, MAILS
from eventdesk.mailing.queueing import ALL
from eventdesk.services import ServiceView, add_service, services_of
from eventdesk.spooler.senders import ServiceCourier
from tests.integrations.mail.post_office import PostOffice

PAGES = "https://desk.example.org"


def set_mail_up(store: Store, port: int, **values: Any) -> ServiceView:
    """Set the mail service of a house up."""
    given: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "none"}
    given |= {"sender": "desk@example.org", "pages": PAGES, **values}
    return add_service(store, SYSTEM, "mail", given)


def deliver(store: Store) -> int:
    """Send what is due, once; returns how many were tried."""
    (service,) = services_of(store, SYSTEM, "mail")
    stop = threading.Event()
    return sum(
        ServiceCourier(store, each, service, stop).turn() for each in (MAILS, LINKS, BULK_MAILS)
    )


def queued(store: Store) -> list[Any]:
    """The mails of a house, in the order in which they were queued."""
    with store.read() as connection:
        mails = select(DeliveryRow.__table__).where(DeliveryRow.kind.in_(ALL))
        return list(connection.execute(mails.order_by(DeliveryRow.created_at, DeliveryRow.id)))


def states(store: Store) -> list[str]:
    """What became of the mails of a house."""
    return [row.state for row in queued(store)]


def sent_to(office: PostOffice) -> list[str]:
    """The addresses that letters came to."""
    return [letter["To"].addresses[0].addr_spec for letter in office.letters]
