"""Figures, money and dates as the reader writes them.

In English they are as `format` writes them. Other locales are those of CLDR, through Babel, which
is loaded when the first one is asked for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING, Any, Final, Literal

from eventdesk.core.messages import ENGLISH, PSEUDO, Count, Message, reader
from eventdesk.core.money import Money

if TYPE_CHECKING:
    from babel import Locale

DATES: Final = {
    "%Y-%m-%d": "yMMdd",
    "%d %b": "MMMd",
    "%d %B": "MMMMd",
    "%d.%m.": "MMdd",
    "%a %d %b": "MMMEd",
    "%A, %d %B": "EEEE, MMMMd",
    "%A, %Y-%m-%d": "EEEE, yMMdd",
    "%a %d %b %Y": "yMMMEd",
    "%a": "EEE",
    "%A": "EEEE",
    "%b": "MMM",
    "%B": "MMMM",
    "%B %Y": "yMMMM",
}
"""The dates we write, as `strftime` has them, and what CLDR calls the same (UTS 35, skeletons)."""

TIMES: Final = ("%H:%M:%S", "%H:%M")
"""The times of day we write; all clocks at a door count to 24."""


def number(figure: float | Decimal, specification: str = ",") -> str:
    """Write a figure.

    The specification is that of `format`; left out, thousands are set apart.

    >>> number(1200), number(0.25, ".1%")
    ('1,200', '25.0%')
    """
    written = format(figure, specification)
    locale = _locale()
    if locale is None:
        return written
    if specification == ",":
        from babel.numbers import format_decimal

        return str(format_decimal(figure, locale=locale, decimal_quantization=False))
    return written.translate(_signs(locale))


def money(amount: Money) -> str:
    """Write an amount with its currency.

    >>> money(Money(12050, "EUR"))
    '120.50 EUR'
    """
    locale = _locale()
    if locale is None:
        return str(amount)
    from babel.numbers import format_currency, format_decimal, get_currency_precision

    value = Decimal(amount.minor).scaleb(-amount.exponent)
    if get_currency_precision(amount.currency) == amount.exponent:
        return str(format_currency(value, amount.currency, locale=locale))
    digits = "0" * amount.exponent
    pattern = f"#,##0.{digits}" if digits else "#,##0"
    return f"{format_decimal(value, pattern, locale=locale)} {amount.currency}"


def without_currency(amount: Money) -> str:
    """Write an amount where its currency stands beside it.

    >>> from eventdesk.core.money import Money
    >>> without_currency(Money(-12050, "EUR"))
    '-120.50'
    """
    return number(Decimal(amount.minor).scaleb(-amount.exponent), f".{amount.exponent}f")


def when(at: date | time, specification: str) -> str:
    """Write a date, a time of day, or both.

    Args:
        at: In the zone it is to be shown in.
        specification: As of `strftime`: one of `DATES`, one of `TIMES`, or both with a space
            between. A day or month stands without a zero before it where it stands with a name.

    >>> when(datetime(2026, 6, 1, 9, 30), "%a %d %b %Y %H:%M"), when(date(2026, 6, 1), "%Y-%m-%d")
    ('Mon 1 Jun 2026 09:30', '2026-06-01')
    >>> when(date(2026, 6, 1), "%A, %Y-%m-%d")
    'Monday, 2026-06-01'
    """
    locale = _locale()
    day, clock = _parts(specification)
    if locale is None or day is None or not isinstance(at, date):
        english = specification
        if isinstance(at, date) and re.search("%[abAB]", specification):
            english = re.sub("(?<!-)%d", str(at.day), specification)
        return at.strftime(english)
    written = ", ".join(_written(part, at, locale) for part in DATES[day].split(", "))
    return f"{written} {at.strftime(clock)}" if clock else written


def first_weekday() -> int:
    """Return the day a week begins with in calendars, 0 for Monday as `date.weekday` has it."""
    locale = _locale()
    return 0 if locale is None else int(locale.first_week_day)


def listed(parts: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """Write several things in a row, with the word for "and" before the last.

    >>> listed(["Ada"]), listed(["Ada", "Grace", "Alan"]), listed(["cash", "card"], "or")
    ('Ada', 'Ada, Grace and Alan', 'cash or card')
    """
    locale = _locale()
    if locale is not None and len(parts) > 1:
        from babel.lists import format_list

        return str(format_list(list(parts), style=style, locale=locale))
    *first, last = parts or [""]
    word = "or" if style == "or" else "and"
    return f"{', '.join(first)} {word} {last}" if first else last


@dataclass(frozen=True, slots=True)
class Listed:
    """Several things in a message, which `listed` writes for whoever reads it.

    Attributes:
        parts: What is listed, in words or as days.
    """

    parts: tuple[str | date, ...]
    style: Literal["standard", "or"] = "standard"

    def __str__(self) -> str:
        words = [each if isinstance(each, str) else when(each, "%d %b") for each in self.parts]
        return listed(words, self.style)


def filled(words: str, values: Mapping[str, object]) -> str:
    """Put values into words, each as the reader of another language than English writes it."""
    return _LocalFormatter().vformat(words, (), values)


class _LocalFormatter(Formatter):
    """Puts figures, money and dates into words as the reader writes them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value."""
        if isinstance(value, bool | str | Message):
            return format(value, format_spec)
        if isinstance(value, int | float | Decimal):
            figure = float(value) if isinstance(value, Decimal) else value
            return number(figure, format_spec or ("," if isinstance(value, Count) else ""))
        if isinstance(value, datetime | date | time) and "%" in format_spec:
            return when(value, format_spec)
        if isinstance(value, Money):
            return format(money(value), format_spec)
        return format(value, format_spec)


def _written(skeleton: str, at: date, locale: "Locale") -> str:
    """Write a name of a day or month alone, or what CLDR makes of a skeleton."""
    from babel.dates import format_date, format_skeleton

    if len(set(skeleton)) == 1:
        return str(format_date(at, skeleton, locale=locale))
    return str(format_skeleton(skeleton, at, fuzzy=True, locale=locale))


def _parts(specification: str) -> tuple[str | None, str]:
    """The day and the time in a specification; None is a day that is none of ours."""
    for clock in TIMES:
        day = specification.removesuffix(clock).rstrip()
        if day != specification and (day in DATES or not day):
            return day or None, clock
    return (specification, "") if specification in DATES else (None, "")


def _locale() -> "Locale | None":
    """The reader's locale; None is English, and the language of nobody, which has no dates."""
    current = reader()
    return None if current.language in (ENGLISH, PSEUDO) else _known(current.locale)


def language_name(code: str) -> str:
    """A language in the language of who reads; the code itself, where it has no name."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code, sep="-").get_display_name(_locale() or "en") or code
    except (UnknownLocaleError, ValueError):
        return code


@lru_cache
def _known(name: str) -> "Locale":
    """The locale of a name, or that of its language where there is none of the region."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(name.partition("_")[0])


@lru_cache
def _signs(locale: "Locale") -> dict[int, str]:
    """What stands for the comma and the point in figures."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
