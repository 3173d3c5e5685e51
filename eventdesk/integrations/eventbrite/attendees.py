"""The attendees of an event at Eventbrite (https://www.eventbrite.com/platform/api#/reference)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, timedelta
from types import TracebackType
from typing import Final, Self

from eventdesk.core.clock import utc_now
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import Answer, Caller
from eventdesk.integrations.service import Values
from eventdesk.integrations.shop import (
    OrderElsewhere,
    ShopPage,
    Standing,
    TicketElsewhere,
    instant,
    members_of,
    text_of,
)

SERVICE: Final = "Eventbrite"
ORIGIN: Final = "https://www.eventbriteapi.com"

OVERLAP: Final = timedelta(minutes=5)
"""So much is asked for twice: an attendee who was being written when a page was made."""

_GONE: Final = frozenset({"not attending", "deleted", "transferred"})
_UNPAID: Final = "unpaid"


class EventbriteShop:
    """An open line to an event at Eventbrite."""

    def __init__(self, values: Values) -> None:
        token = {"Authorization": f"Bearer {values.get('token') or ''}"}
        self._caller = Caller(ORIGIN, service=SERVICE, headers=token)
        self._base = f"/v3/events/{values.get('event') or ''}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._caller.close()

    def page(self, since: str, more: str) -> ShopPage:
        """Ask for a page of attendees that changed; orders come with those of them alone."""
        query = {
            **({"changed_since": since} if since else {}),
            **({"continuation": more} if more else {}),
        }
        answer = self._caller.call("GET", f"{self._base}attendees/", query=query)
        content = answer.members()
        found = members_of(content, "attendees", service=SERVICE)
        pages = content.get("pagination")
        goes_on = isinstance(pages, dict) and pages.get("has_more_items") is True
        orders: dict[str, list[dict[str, object]]] = defaultdict(list)
        for attendee in found:
            orders[text_of(attendee, "order_id")].append(attendee)
        return ShopPage(
            [_order(code, some, whole=False) for code, some in orders.items()],
            text_of(pages, "continuation") if goes_on else "",
            _since(answer),
        )

    def order(self, code: str) -> OrderElsewhere | None:
        """Ask for one order with all its attendees."""
        if not (code.isascii() and code.isdigit()):
            return None
        answer = self._caller.call(
            "GET", f"/v3/orders/{code}/", query={"expand": "attendees"}, also=(404,)
        )
        if answer.status == 404:
            return None
        return _order(code, members_of(answer.members(), "attendees", service=SERVICE), whole=True)

    def name(self) -> str:
        """Ask what the event is called."""
        return text_of(self._caller.call("GET", self._base).members(), "name", "text")


def _since(answer: Answer) -> str:
    """What the next changes are asked for with: by the clock of Eventbrite, as it writes times."""
    ahead = answer.clock_ahead()
    if ahead is None:
        return ""
    return (utc_now() + ahead - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _order(code: str, attendees: Iterable[dict[str, object]], *, whole: bool) -> OrderElsewhere:
    """An order in the shape of all shops; Eventbrite keeps its state with each attendee."""
    some = list(attendees)
    first = some[0] if some else {}
    tickets = tuple(map(_ticket, some))
    unpaid = any(_status(each) == _UNPAID for each in some)
    return OrderElsewhere(
        code,
        _name(first, code),
        text_of(first, "profile", "email"),
        Standing.OPEN if unpaid else Standing.PAID,
        tickets,
        text_of(first, "costs", "gross", "currency"),
        instant(first.get("created")),
        whole=whole,
    )


def _ticket(attendee: dict[str, object]) -> TicketElsewhere:
    number = text_of(attendee, "id")
    barcodes = attendee.get("barcodes")
    first = barcodes[0] if isinstance(barcodes, list) and barcodes else {}
    ended = attendee.get("cancelled") is True or attendee.get("refunded") is True
    return TicketElsewhere(
        number,
        _name(attendee, number),
        text_of(attendee, "ticket_class_name") or SERVICE,
        text_of(first, "barcode"),
        text_of(attendee, "costs", "gross", "major_value") or "0",
        text_of(attendee, "profile", "email"),
        text_of(attendee, "profile", "company"),
        gone=ended or _status(attendee) in _GONE,
    )


def _status(attendee: dict[str, object]) -> str:
    return text_of(attendee, "status").lower()


def _name(attendee: dict[str, object], otherwise: str) -> str:
    whole = text_of(attendee, "profile", "name")
    parts = (text_of(attendee, "profile", f"{part}_name") for part in ("first", "last"))
    return whole or " ".join(filter(None, parts)) or otherwise


def probe(values: Values) -> Message:
    """Read the event and a page of its attendees, and say what is there.

    Raises:
        ServiceError: It cannot be read.
    """
    with EventbriteShop(values) as shop:
        name = plain(shop.name(), limit=80)
        shop.page("", "")
    return msg("{name} is readable, with its attendees.", name=name)
