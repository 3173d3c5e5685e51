"""The services that events are kept in step with; each is loaded when one is set up."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol, TypeAlias

from eventdesk.integrations.service import named
from eventdesk.integrations.shop import Shop
from eventdesk.services import SetUp


class Page(Protocol):
    """Some of what changed at a service; see `ShopPage`."""

    @property
    def more(self) -> str:
        """What the next page is asked for with; "" where this is the last one."""
        ...

    @property
    def since(self) -> str:
        """What changes are asked for with the next time."""
        ...


class Line(Protocol):
    """An open line to a service, which gives pages."""

    def page(self, since: str, more: str, /) -> Page:
        """Ask for a page of what changed; see `Shop.page`."""
        ...


Bring: TypeAlias = Callable[..., int]
"""Brings an event to how a page of its line has it, and returns how much changed; it takes the
steps, the service and the page."""

SHOPS: Final = {
    "eventbrite": "eventdesk.integrations.eventbrite.attendees:EventbriteShop",
    "pretix": "eventdesk.integrations.pretix.orders:PretixShop",
}
"""Where the line to each shop is, by the kind of its service: `module:NAME`."""

FOLLOWED: Final = {
    **dict.fromkeys(SHOPS, "eventdesk.exchange.in_step.orders:bring_page"),
    "pretalx": "eventdesk.exchange.in_step.talks:bring_page",
}
"""What brings a page of each kind in: `module:name`."""

_LINES: Final = {**SHOPS, "pretalx": "eventdesk.integrations.pretalx.line:ScheduleLine"}


def open_shop(service: SetUp) -> Shop:
    """Open a line to the shop of a service; whoever opens it closes it."""
    shop: Shop = named(SHOPS[service.kind])(service.values)
    return shop


def open_line(service: SetUp) -> AbstractContextManager[Line]:
    """Open a line to any service that is followed."""
    line: AbstractContextManager[Line] = named(_LINES[service.kind])(service.values)
    return line


def bring_page_of(service: SetUp) -> Bring:
    """What brings in the pages of a service."""
    bring: Bring = named(FOLLOWED[service.kind])
    return bring
