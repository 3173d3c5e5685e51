"""What stands in the cells of a file, as values."""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import Money, read_money

YEARS: Final = range(1970, 2200)
_EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})(.*)")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(.*)")
_WORDED = re.compile(r"([a-z]{3})[a-z]* ([0-9]{1,2}),? ([0-9]{4}),?(.*)", re.IGNORECASE)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)? ?([ap]m)?", re.IGNORECASE)
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905
_SYMBOLS: Final = {
    "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "₹": ("INR",), "₽": ("RUB",),
    "₺": ("TRY",), "₩": ("KRW",), "₴": ("UAH",), "₪": ("ILS",), "₦": ("NGN",),
}  # fmt: skip


def is_email(text: str) -> bool:
    """Whether a text may be an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def read_price(text: str, currency: str, exponent: int) -> Money:
    """Read an amount with or without the sign of its currency.

    Raises:
        InvalidInputError: No amount, or not clear.
        ValueError: It is in another currency.
    """
    bare = text
    for sign in {sign for sign in text if unicodedata.category(sign) == "Sc"}:
        if sign in _SYMBOLS and currency not in _SYMBOLS[sign]:
            raise ValueError(f"{sign} is not {currency}")
        bare = bare.replace(sign, "")
    code = re.search(r"\b([A-Z]{3})\b", bare)
    if code is not None and code[1] != currency:
        raise ValueError(f"{code[1]} is not {currency}")
    return read_money(bare, currency, exponent)


def month_comes_first(dates: list[str]) -> bool | None:
    """How dates with slashes are meant, if some of them can be meant in one way only."""
    found = [match for text in dates if (match := _SLASHED.fullmatch(text.strip()))]
    day_first = any(int(match[1]) > 12 for match in found)
    month_first = any(int(match[2]) > 12 for match in found)
    return month_first if day_first != month_first else None


def read_booked_at(
    day: str, time_of_day: str, zone: ZoneInfo, month_first: bool | None
) -> datetime:
    """Read when something was booked, on the clock of the event where no offset is named.

    Raises:
        InvalidInputError: No date, or one that can be meant in two ways.
    """
    text = " ".join(day.split())
    iso = _iso(text)
    if iso is not None and (iso.tzinfo is not None or not time_of_day.strip()):
        moment = iso
    else:
        on, rest = (iso.date(), "") if iso is not None else _day(text, month_first)
        moment = datetime.combine(on, _time(rest.strip(" ,") or time_of_day.strip()))
    if moment.year not in YEARS:
        raise InvalidInputError("Please check the year.")
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return local.astimezone(UTC)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _day(text: str, month_first: bool | None) -> tuple[date, str]:
    try:
        if found := _DOTTED.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1])), found[4]
        if found := _WORDED.fullmatch(text):
            month = _MONTHS.index(found[1].lower()) + 1
            return date(int(found[3]), month, int(found[2])), found[4]
        if found := _SLASHED.fullmatch(text):
            if month_first is None:
                raise InvalidInputError(
                    "It is not clear which number is the month; say it for the whole file."
                )
            numbers = (int(found[1]), int(found[2]))
            return date(int(found[3]), *(numbers if month_first else numbers[::-1])), found[4]
    except ValueError:
        pass
    raise InvalidInputError("This is no date; write it such as 2026-06-01.")


def _time(text: str) -> time:
    if not text:
        return time()
    found = _TIME.fullmatch(text)
    try:
        if found is None:
            return time.fromisoformat(text)
        hour = int(found[1])
        if found[4]:
            hour = hour % 12 + (12 if found[4].lower() == "pm" else 0)
        return time(hour, int(found[2]), int(found[3] or 0))
    except ValueError as error:
        raise InvalidInputError("This is no time of day; write it such as 09:30.") from error
