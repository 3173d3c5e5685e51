"""The orders of an event in pretix (https://docs.pretix.eu/dev/api/resources/orders.html)."""

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from eventdesk.integrations.calls import Caller
from eventdesk.integrations.pretix.kind import USUAL
from eventdesk.integrations.service import Values
from eventdesk.integrations.shop import (
    OrderElsewhere,
    ShopPage,
    Standing,
    TicketElsewhere,
    instant,
    members_of,
    shop_caller,
    text_of,
)

SERVICE: Final = "pretix"

OVERLAP: Final = timedelta(minutes=2)
"""So much is asked for twice: an order that was being written when a page was made."""

MAX_PRODUCT_PAGES: Final = 50

_STANDINGS: Final = {
    "p": Standing.PAID,
    "n": Standing.OPEN,
    "e": Standing.LAPSED,
    "c": Standing.GONE,
}


class PretixShop:
    """An open line to an event in pretix."""

    def __init__(self, values: Values) -> None:
        self._caller = caller_of(values)
        self._base = event_path(values)
        self._subevent = values.get("subevent")
        self._products: dict[str, _Product] | None = None
        self._currency = ""

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
        """Ask for a page of orders that changed, in the order in which they were made.

        pretix lists by the time of the order, which never changes: who is behind stays behind,
        and a new order moves others to a later page, where they come once more.
        """
        query = {
            "testmode": "false",
            "include_canceled_positions": "true",
            "page": more or "1",
            **({"modified_since": since} if since else {}),
        }
        answer = self._caller.call("GET", f"{self._base}orders/", query=query)
        content = answer.members()
        orders = [self._read(each) for each in members_of(content, "results", service=SERVICE)]
        made = instant(answer.headers.get("x-page-generated"))
        return ShopPage(
            orders,
            str(int(more or "1") + 1) if content.get("next") else "",
            "" if made is None else (made - OVERLAP).isoformat(),
        )

    def order(self, code: str) -> OrderElsewhere | None:
        """Ask for one order."""
        path = f"{self._base}orders/{quote(code, safe='')}/"
        query = {"include_canceled_positions": "true"}
        answer = self._caller.call("GET", path, query=query, also=(404,))
        if answer.status == 404:
            return None
        found = answer.members()
        return None if found.get("testmode") else self._read(found)

    def about(self) -> Mapping[str, object]:
        """Ask for the event itself."""
        return self._caller.call("GET", self._base).members()

    def _read(self, order: dict[str, object]) -> OrderElsewhere:
        """An order in the shape of all shops, without what is no admission or of another date."""
        products = self._known_products()
        address = order.get("invoice_address")
        buyer = text_of(address, "name") or text_of(address, "company") or text_of(order, "email")
        positions = members_of(order, "positions", service=SERVICE)
        names = {text_of(each, "id"): text_of(each, "attendee_name") for each in positions}
        tickets = []
        for each in positions:
            product = products.get(text_of(each, "item"), _Product("pretix", {}, admits=True))
            other = self._subevent and each.get("subevent") != self._subevent
            if product.admits and not other:
                name = names[text_of(each, "id")] or names.get(text_of(each, "addon_to"), "")
                tickets.append(_ticket(order, each, product, name or buyer))
        code = text_of(order, "code")
        return OrderElsewhere(
            code,
            buyer or code,
            text_of(order, "email"),
            _STANDINGS.get(text_of(order, "status"), Standing.OPEN),
            tuple(tickets),
            self._currency,
            instant(order.get("datetime")),
        )

    def _known_products(self) -> "dict[str, _Product]":
        """The products by their number, asked for once a line."""
        if self._products is None:
            self._currency = text_of(self.about(), "currency")
            found: dict[str, _Product] = {}
            for page in range(1, MAX_PRODUCT_PAGES):
                answer = self._caller.call("GET", f"{self._base}items/", query={"page": str(page)})
                content = answer.members()
                for item in members_of(content, "results", service=SERVICE):
                    found[text_of(item, "id")] = _Product.of(item)
                if not content.get("next"):
                    break
            self._products = found
        return self._products


class _Product:
    """What is sold: its name, and those of its variations by their number."""

    def __init__(self, name: str, variations: Mapping[str, str], *, admits: bool) -> None:
        self.name, self.variations, self.admits = name, variations, admits

    @classmethod
    def of(cls, item: dict[str, object]) -> Self:
        some = item.get("variations")
        known = [each for each in some if isinstance(each, dict)] if isinstance(some, list) else []
        return cls(
            spoken(item.get("name")) or "pretix",
            {text_of(each, "id"): spoken(each.get("value")) for each in known},
            admits=item.get("admission") is not False,
        )

    def called(self, variation: str) -> str:
        """The name with a variation, as imports of files write it."""
        name = self.variations.get(variation, "")
        return f"{self.name} – {name}" if name else self.name


def _ticket(
    order: dict[str, object], position: dict[str, object], product: _Product, name: str
) -> TicketElsewhere:
    number = text_of(position, "positionid")
    return TicketElsewhere(
        number,
        name or text_of(order, "code"),
        product.called(text_of(position, "variation")),
        text_of(position, "secret"),
        text_of(position, "price") or "0",
        text_of(position, "attendee_email"),
        text_of(position, "company"),
        text_of(position, "seat", "name"),
        text_of(order, "checkin_text"),
        instant(position.get("valid_from")),
        instant(position.get("valid_until")),
        gone=position.get("canceled") is True,
        blocked=bool(position.get("blocked")),
    )


def spoken(name: object) -> str:
    """A name that pretix keeps by languages: in English, else in the first there is."""
    if isinstance(name, dict):
        some = [name.get("en"), *name.values()]
        return next((str(each).strip() for each in some if each and str(each).strip()), "")
    return str(name or "").strip()


def caller_of(values: Values) -> Caller:
    """What calls pretix as it was set up."""
    url, token = str(values.get("url") or USUAL), str(values.get("token") or "")
    return shop_caller(url, values, service=SERVICE, token=f"Token {token}")


def organizer_path(values: Values) -> str:
    """Where what belongs to the organizer begins."""
    return f"/api/v1/organizers/{values.get('organizer') or ''}/"


def event_path(values: Values) -> str:
    """Where what belongs to the event begins."""
    return f"{organizer_path(values)}events/{values.get('event') or ''}/"
