"""Rows of a file, read as tickets, with their problems."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from eventdesk.booking import MAX_EMAIL, MAX_NAME
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.messages import _, msg
from eventdesk.core.money import Money, read_money
from eventdesk.core.plain_text import plain
from eventdesk.exchange.imports.names import STANDINGS
from eventdesk.exchange.imports.plan import (
    MAX_LISTED,
    Field,
    ImportPlan,
    Problem,
    Reason,
    Standing,
    Target,
)
from eventdesk.tables.files import Table

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
        InvalidInputError: It is no amount, or ambiguous.
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
    """Whether the month comes first in dates with slashes; None where the dates do not tell."""
    found = [match for text in dates if (match := _SLASHED.fullmatch(text.strip()))]
    day_first = any(int(match[1]) > 12 for match in found)
    month_first = any(int(match[2]) > 12 for match in found)
    return month_first if day_first != month_first else None


def read_booked_at(
    day: str, time_of_day: str, zone: ZoneInfo, month_first: bool | None
) -> datetime:
    """Read the time of a booking, on the event's clock where it has no offset.

    Raises:
        InvalidInputError: It is no date, or ambiguous.
    """
    text = " ".join(day.split())
    iso = _iso(text)
    if iso is not None and (iso.tzinfo is not None or not time_of_day.strip()):
        moment = iso
    else:
        on, rest = (iso.date(), "") if iso is not None else _day(text, month_first)
        moment = datetime.combine(on, _time(rest.strip(" ,") or time_of_day.strip()))
    if moment.year not in YEARS:
        raise InvalidInputError(msg("Please check the year."))
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
                    msg("It is not clear which number is the month; say it for the whole file.")
                )
            numbers = (int(found[1]), int(found[2]))
            return date(int(found[3]), *(numbers if month_first else numbers[::-1])), found[4]
    except ValueError:
        pass
    raise InvalidInputError(msg("This is no date; write it such as 2026-06-01."))


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
        raise InvalidInputError(msg("This is no time of day; write it such as 09:30.")) from error


MAX_TOGETHER = 100
"""Most tickets of one row."""

MAX_TEXT = 1000
"""Longest note, seat, line or code, in characters."""

STEP = 500

_FREE = (Field.NOTE, Field.ATTENTION)
"""Fields that may have several lines, as answers may."""

_BROKEN = re.compile("[\x00-\x08\n-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Line breaks, control characters but the tab, surrogates."""

_NEVER = re.compile("[\x00\ud800-\udfff]")

_KEPT_SHORT = (Field.LINE_TWO, Field.SEAT, Field.NOTE, Field.ATTENTION, Field.ORDER, Field.POSITION)


@dataclass(slots=True)
class Problems:
    """Problems of a file: all counted, the first `MAX_LISTED` kept."""

    listed: list[Problem] = field(default_factory=list)
    counts: Counter[Reason] = field(default_factory=Counter)

    def add(self, row: int, reason: Reason, text: str, value: str = "") -> None:
        """Add a problem."""
        self.counts[reason] += 1
        if len(self.listed) < MAX_LISTED:
            self.listed.append(Problem(row, reason, text, plain(value, limit=80)))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of tickets; "" stands where the file does not say.

    Attributes:
        order: The booking's code in the file, or a digest of the row.
        own_order: Whether the file has that code.
        code: The content of the ticket's QR code in the system that sold it.
        price_minor: The price of a ticket; None where the file does not say.
        rest_minor: What remains when the row's total is divided among its tickets.
    """

    number: int
    order: str
    own_order: bool
    position: str
    code: str
    name: str
    email: str
    buyer: str
    buyer_email: str
    type_name: str
    price_minor: int | None
    rest_minor: int
    standing: Standing
    booked_at: datetime | None
    count: int
    line_two: str
    seat: str
    note: str
    attention: str
    answers: Mapping[UUID, str]


def read_rows(
    table: Table,
    plan: ImportPlan,
    problems: Problems,
    *,
    currency: str,
    exponent: int,
    time_zone: str,
    on_progress: Callable[[int], None],
) -> Iterator[Row]:
    """Read a file row by row; rows with problems are read as far as possible.

    Args:
        currency, exponent, time_zone: Those of the event.

    Raises:
        InvalidInputError: The file cannot be read, or the plan does not fit it.
    """
    if len(plan.columns) != len(table.heading):
        raise InvalidInputError(
            msg("The file has other columns now."), hint=msg("Choose it once more.")
        )
    reader = _Reader(table, plan, problems, currency, exponent, ZoneInfo(time_zone))
    for done, (number, cells) in enumerate(table.rows(), 1):
        yield reader.row(number, cells)
        if done % STEP == 0:
            on_progress(done)


class _Reader:
    """Reads rows by a plan."""

    def __init__(
        self,
        table: Table,
        plan: ImportPlan,
        problems: Problems,
        currency: str,
        exponent: int,
        zone: ZoneInfo,
    ) -> None:
        self._plan, self._problems = plan, problems
        self._currency, self._exponent, self._zone = currency, exponent, zone
        self._width = len(table.heading)
        self._quoting = table.csv is not None
        self._places = {
            target: place for place, target in enumerate(plan.columns) if target is not None
        }
        self._questions = [target for target in self._places if isinstance(target, UUID)]
        self._month_first = plan.month_first
        if plan.month_first is None and Field.BOOKED_ON in self._places:
            place = self._places[Field.BOOKED_ON]
            self._month_first = month_comes_first([cells[place] for _, cells in table.rows()])

    def row(self, number: int, cells: Sequence[str]) -> Row:
        """Read one row."""

        def text(target: Field) -> str:
            place = self._places.get(target)
            return "" if place is None else cells[place].strip()

        def wrong(reason: Reason, sentence: str, value: str = "") -> None:
            self._problems.add(number, reason, sentence, value)

        if any(cell.strip() for cell in cells[self._width :]):
            wrong(
                Reason.TOO_MANY_CELLS,
                _("It has more cells than there are columns; look for a cell that was cut in two."),
                cells[self._width],
            )
        for target, place in self._places.items():
            self._need_one_line(target, cells[place].strip(), wrong)
        for long in (text(target) for target in _KEPT_SHORT if len(text(target)) > MAX_TEXT):
            wrong(Reason.TOO_LONG, _("Shorten it to {most} characters.", most=MAX_TEXT), long)
        buyer = text(Field.BUYER) or _joined(text(Field.BUYER_GIVEN), text(Field.BUYER_FAMILY))
        named = _joined(text(Field.GIVEN_NAME), text(Field.FAMILY_NAME)) or text(Field.NAME)
        name = named or buyer
        standing = self._standing(text(Field.STATE), wrong)
        if standing is not Standing.GONE:
            if not name:
                wrong(Reason.NO_NAME, _("It has no name; a ticket needs its holder's."))
            elif len(name) > MAX_NAME:
                said = _("Shorten the name to {most} characters.", most=MAX_NAME)
                wrong(Reason.TOO_LONG, said, name)
        emails = [self._email(text(target), wrong) for target in (Field.EMAIL, Field.BUYER_EMAIL)]
        count = self._count(text(Field.COUNT), wrong)
        price, rest = self._price(text, standing, count, wrong)
        order = text(Field.ORDER)
        return Row(
            number=number,
            order=order or _digest(cells),
            own_order=bool(order),
            position=text(Field.POSITION),
            code=text(Field.TICKET_CODE),
            name=name,
            email=emails[0],
            buyer=buyer,
            buyer_email=emails[1],
            type_name=_joined(text(Field.TICKET_TYPE), text(Field.VARIATION), " – "),
            price_minor=price,
            rest_minor=rest,
            standing=standing,
            booked_at=self._booked_at(text, wrong),
            count=count,
            line_two=text(Field.LINE_TWO),
            seat=text(Field.SEAT),
            note=text(Field.NOTE),
            attention=text(Field.ATTENTION),
            answers={
                question: cells[self._places[question]]
                for question in self._questions
                if cells[self._places[question]].strip()
            },
        )

    def _need_one_line(self, target: Target, cell: str, wrong: Callable[..., None]) -> None:
        """Note line breaks and odd characters, as a missing quotation mark leaves them."""
        free = target in _FREE or isinstance(target, UUID)
        found = (_NEVER if free else _BROKEN).search(cell)
        if found is not None:
            what = _("a line break") if found[0] in "\n\r\u2028\u2029" else f"U+{ord(found[0]):04X}"
            said = _(
                "There is {what} in it; look for a quotation mark that is not closed.", what=what
            )
            wrong(Reason.NOT_ONE_LINE, said, cell)
        elif self._quoting and not free and cell.count('"') % 2:
            wrong(Reason.NOT_ONE_LINE, _("Its quotation mark has no second one."), cell)

    def _standing(self, typed: str, wrong: Callable[..., None]) -> Standing:
        if not typed:
            return Standing.PAID if self._plan.paid else Standing.PENDING
        standing = STANDINGS.get(fold(typed))
        if standing is None:
            wrong(Reason.BAD_STATE, _("Write paid, pending or cancelled."), typed)
            return Standing.PENDING
        return standing

    def _email(self, typed: str, wrong: Callable[..., None]) -> str:
        if typed and (len(typed) > MAX_EMAIL or not is_email(typed)):
            wrong(Reason.BAD_EMAIL, _("This is no e-mail address; such as ada@example.org."), typed)
            return ""
        return typed

    def _count(self, typed: str, wrong: Callable[..., None]) -> int:
        if not typed:
            return 1
        if typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= MAX_TOGETHER:
            return int(typed)
        wrong(Reason.BAD_COUNT, _("Write a number from 1 to {most}.", most=MAX_TOGETHER), typed)
        return 1

    def _price(
        self,
        text: Callable[[Field], str],
        standing: Standing,
        count: int,
        wrong: Callable[..., None],
    ) -> tuple[int | None, int]:
        """The price of a ticket, and what remains when the row's total is divided."""
        other = _("This event is in {currency}.", currency=self._currency)
        code = text(Field.CURRENCY).upper()
        if code and code != self._currency:
            wrong(Reason.OTHER_CURRENCY, other, code)
            return None, 0
        total, price = text(Field.TOTAL), text(Field.PRICE)
        shared = bool(total) and (standing is Standing.PAID or not price)
        typed = total if shared else price
        if not typed:
            return None, 0
        try:
            minor = read_price(typed, self._currency, self._exponent).minor
        except InvalidInputError as error:
            wrong(Reason.BAD_PRICE, f"{error} {error.hint}", typed)
            return None, 0
        except ValueError:
            wrong(Reason.OTHER_CURRENCY, other, typed)
            return None, 0
        return (minor // count, minor % count) if shared else (minor, 0)

    def _booked_at(
        self, text: Callable[[Field], str], wrong: Callable[..., None]
    ) -> datetime | None:
        day, time_of_day = text(Field.BOOKED_ON), text(Field.BOOKED_AT)
        if not day:
            return None
        try:
            return read_booked_at(day, time_of_day, self._zone, self._month_first)
        except InvalidInputError as error:
            wrong(Reason.BAD_DATE, str(error), f"{day} {time_of_day}".strip())
            return None


def without_twins(rows: Sequence[Row], problems: Problems) -> list[Row]:
    """Note duplicate rows, and number the rows of a booking that have no position."""
    first: dict[tuple[str, str], int] = {}
    numbers: Counter[str] = Counter()
    kept: list[Row] = []
    for row in rows:
        if row.own_order and not row.position:
            numbers[row.order] += 1
            row = replace(row, position=f"#{numbers[row.order]}")
        before = first.setdefault((row.order, row.position), row.number)
        if before != row.number:
            said = _("The same stands in row {before}; take one of them out.", before=before)
            problems.add(row.number, Reason.DUPLICATE, said, row.name)
        else:
            kept.append(row)
    return kept


def _joined(one: str, other: str, between: str = " ") -> str:
    return f"{one}{between}{other}" if one and other else one or other


def _digest(cells: Sequence[str]) -> str:
    """The code of a row without one, by which it is known when the file comes again."""
    content = "\x1f".join(cell.strip() for cell in cells).rstrip("\x1f")
    return f"row:{hashlib.sha256(content.encode(errors='replace')).hexdigest()[:32]}"
