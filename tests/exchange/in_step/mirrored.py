"""An event here that is kept in step with one in pretix, and the time that passes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from data.schema import BookingRow, TicketRow, TicketTypeRow
from eventdesk.acts import SYSTEM
from eventdesk.door import Outcome, check_in
from eventdesk.exchange import allow_webhook_networks, keep_in_step
from eventdesk.services import ServiceView, add_service, list_services, service_deliveries
from tests.build import NOON, STAFF, Fair
from tests.exchange.in_step.pretix_shop import TOKEN, PretixEvent
from tests.integrations.chaos import Counterpart

ONE = "z3fsn8jyufm5kpk768q69gkbyr5f4h6w"
TWO = "hb3qx9swkf6mmd2vz4ta7n8rpu5c7e9g"
THREE = "q8wd5kxvhn3zjmt2rb6fcsy7g9pua4e5"
LOOPBACK = "127.0.0.0/8"


class Mirrored:
    """An event here, its pretix, and the time that passes."""

    def __init__(self, fair: Fair, shop: PretixEvent, line: Counterpart) -> None:
        self.fair, self.shop, self.line = fair, shop, line
        self.now = NOON
        allow_webhook_networks(fair.store, SYSTEM, [LOOPBACK])
        values = {"url": line.url, "organizer": "demo", "event": "days", "token": TOKEN}
        self.service = add_service(fair.store, SYSTEM, "pretix", values, event_id=fair.event.id)

    def turn(self, after: timedelta = timedelta(minutes=1)) -> int:
        """Let time pass, and what is due be done."""
        self.now += after
        return keep_in_step(self.fair.store, SYSTEM.at(self.now))

    def scan(self, code: str) -> Outcome:
        return check_in(self.fair.store, STAFF.at(NOON), self.fair.scan(code)).outcome

    def tickets(self) -> list[Any]:
        with self.fair.store.read() as connection:
            rows = connection.execute(
                select(
                    TicketRow.__table__,
                    TicketTypeRow.name.label("type_name"),
                    BookingRow.external_ref.label("order"),
                    BookingRow.state.label("booking_state"),
                )
                .join(BookingRow, BookingRow.id == TicketRow.booking_id)
                .join(TicketTypeRow, TicketTypeRow.id == TicketRow.ticket_type_id)
                .order_by(TicketRow.search_no)
            )
            return list(rows.all())

    def faults(self) -> dict[str, str]:
        found, _total = service_deliveries(self.fair.store, SYSTEM, self.service.id, state="failed")
        return {each.what: each.error for each in found}

    def health(self) -> ServiceView:
        [view] = list_services(self.fair.store, SYSTEM, event_id=self.fair.event.id)
        return view
