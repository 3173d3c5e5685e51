"""The fields of an event as they are typed on a command line."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import read_money, read_percent
from eventdesk.core.wall_clock import read_moment
from eventdesk.events.event import EventDetail
from eventdesk.events.event_settings import EventChanges


def read_change(field: str, value: str, event: EventDetail) -> EventChanges:
    """Read a field and its value as they are typed.

    Args:
        field: Its name, with dashes or underscores; some have a short one.
        value: As typed; "none" where there need be none.
        event: The event it is of: its time zone and currency say what is meant.

    Raises:
        InvalidInputError: There is no such field, or the value cannot be read.
    """
    name = field.replace("-", "_")
    column = _SHORT.get(name, name)
    if column not in _READ:
        raise InvalidInputError(
            f"An event has no field {field[:40]!r}.", hint=f"Fields: {', '.join(sorted(_READ))}."
        )
    return cast("EventChanges", {column: _READ[column](value, event)})


def _text(value: str, _event: EventDetail) -> str:
    return value


def _when(value: str, event: EventDetail) -> datetime | None:
    return None if value.strip().casefold() in ("", "none") else read_moment(value, event.time_zone)


def _number(value: str, _event: EventDetail) -> int | None:
    if value.strip().casefold() in ("", "none"):
        return None
    if not value.strip().isdecimal():
        raise InvalidInputError(f"{value[:20]!r} is no whole number.")
    return int(value)


def _yes(value: str, _event: EventDetail) -> bool:
    answers = {"yes": True, "no": False}
    if value.strip().casefold() not in answers:
        raise InvalidInputError("Say yes or no.")
    return answers[value.strip().casefold()]


def _share(value: str, _event: EventDetail) -> int:
    return read_percent(value)


def _amount(value: str, event: EventDetail) -> int:
    return read_money(value, event.currency, event.currency_exponent).minor


_READ: Final[Mapping[str, Callable[[str, EventDetail], Any]]] = {
    **dict.fromkeys(("name", "description", "category", "language", "online_url"), _text),
    **dict.fromkeys(("time_zone", "currency", "visibility", "access_code"), _text),
    **dict.fromkeys(("invoice_sender", "bank_details"), _text),
    **dict.fromkeys(("starts_at", "ends_at", "cancel_until", "transfer_until"), _when),
    **dict.fromkeys(("queue_from", "queue_until"), _when),
    **dict.fromkeys(("capacity", "hold_minutes", "offer_minutes", "reprint_limit"), _number),
    **dict.fromkeys(("waitlist_auto", "prices_include_tax", "badge_correction"), _yes),
    **dict.fromkeys(("cancel_fee_bp", "commission_bp"), _share),
    "cancel_fee_minor": _amount,
}
"""How the value of each field is read."""

_SHORT: Final = {
    "starts": "starts_at",
    "ends": "ends_at",
    "online": "online_url",
    "cancel_fee": "cancel_fee_bp",
    "cancel_amount": "cancel_fee_minor",
    "commission": "commission_bp",
}
