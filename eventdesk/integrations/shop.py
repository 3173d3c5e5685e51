"""Orders of ticket shops outside, in the one shape that events are kept in step with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Final, Protocol, Self
from unicodedata import category
from urllib.parse import urlsplit

from eventdesk.core.errors import InvalidInputError, ServiceSilentError
from eventdesk.core.messages import msg
from eventdesk.integrations.calls import MAX_BYTES, Caller, checked_origin
from eventdesk.integrations.service import Values
from eventdesk.integrations.webhook.inside import may_reach, read_networks
from eventdesk.integrations.webhook.kind import NETWORKS

RULES: Final = (NETWORKS,)
"""What the house says of all addresses that organizers type: which inside may be called."""

MAX_ADDRESS: Final = 500

_ODD: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that no line of text holds."""


class Standing(StrEnum):
    """How an order stands in its shop."""

    PAID = "paid"
    OPEN = "open"
    LAPSED = "lapsed"
    """Not paid in time; it may be paid late all the same."""

    GONE = "gone"


@dataclass(frozen=True, slots=True)
class TicketElsewhere:
    """A ticket as its shop has it.

    Attributes:
        position: What tells it from the others of its order.
        code: What its QR code or barcode says.
        price: As the shop writes it, such as 23.00.
        gone: Whether it was cancelled by itself.
        blocked: Whether the shop wants nobody let in with it now.
    """

    position: str
    name: str
    type_name: str
    code: str
    price: str = "0"
    email: str = ""
    line_two: str = ""
    seat: str = ""
    attention: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    gone: bool = False
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class OrderElsewhere:
    """An order as its shop has it.

    Attributes:
        code: Its number, as the buyer knows it.
        currency: What its prices are in; "" where the shop does not say.
        whole: Whether these are all its tickets; else others of it stay as they are.
    """

    code: str
    name: str
    email: str
    standing: Standing
    tickets: tuple[TicketElsewhere, ...]
    currency: str = ""
    booked_at: datetime | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True)
class ShopPage:
    """Some of what changed in a shop.

    Attributes:
        more: What the next page is asked for with; "" where this is the last one.
        since: What changes are asked for with the next time, by the clock of the shop.
    """

    orders: Sequence[OrderElsewhere]
    more: str
    since: str


class Shop(Protocol):
    """An open line to a shop."""

    def page(self, since: str, more: str) -> ShopPage:
        """Ask for a page of what changed.

        Args:
            since: What `ShopPage.since` said last; "" is everything.
            more: What `ShopPage.more` said; "" is the first page.

        Raises:
            ServiceError: The shop did not answer, or refuses.
        """
        ...

    def order(self, code: str) -> OrderElsewhere | None:
        """Ask for one order; None where the shop has none of this number."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def shop_address(typed: object) -> str:
    """Check the address of a service that organizers name themselves, and trim it.

    Raises:
        InvalidInputError: It is none.
    """
    text = str(typed or "").strip().rstrip("/")
    checked_origin(text)
    if len(text) > MAX_ADDRESS or urlsplit(text).query or urlsplit(text).fragment:
        raise InvalidInputError(
            msg("This is not the address of a service: {origin}", origin=text[:80]),
            hint=msg("It begins with https:// and the name of a machine."),
        )
    return text


def shop_caller(
    origin: str, values: Values, *, service: str, token: str = "", max_bytes: int = MAX_BYTES
) -> Caller:
    """What calls an address that organizers typed.

    It leads outside, or to networks inside that an admin allowed; without TLS to those alone.

    Args:
        origin: The address.
        values: What was typed, with the rule of the house about networks.
        service: What it is called in errors.
        token: What opens it, as its header has it; "" is none.
        max_bytes: The longest answer.
    """
    allowed = read_networks(str(values.get(NETWORKS) or "").split())
    return Caller(
        origin,
        service=service,
        headers={"Authorization": token} if token else {},
        max_bytes=max_bytes,
        may_reach=may_reach(allowed, only_allowed=urlsplit(origin).scheme != "https"),
    )


def instant(said: object) -> datetime | None:
    """An instant as shops write it, aware; None where it is none."""
    try:
        at = datetime.fromisoformat(str(said or ""))
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def text_of(holder: object, *names: str) -> str:
    """The text at a path inside an answer, in one line; "" where there is none."""
    for name in names:
        holder = holder.get(name) if isinstance(holder, dict) else None
    if holder is None or isinstance(holder, dict | list):
        return ""
    return "".join(" " if category(each) in _ODD else each for each in str(holder)).strip()


def members_of(holder: object, name: str, *, service: str) -> list[dict[str, object]]:
    """The objects of a list inside an answer.

    Raises:
        ServiceSilentError: There is no such list: something else answers.
    """
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ServiceSilentError(msg("The answer of {service} makes no sense.", service=service))
    return found
