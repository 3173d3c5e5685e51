"""Discount codes as values: what they take off, for which types, and whether they hold."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, MOMENT, NUMBER, SEVERAL, Field, cleaned
from eventdesk.core.messages import msg
from eventdesk.core.money import MAX_BP, MAX_MINOR
from eventdesk.core.plain_text import plain
from eventdesk.sales.price import Discount, DiscountKind

MAX_CODE = 40
"""Longest code, in characters."""

MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class NewDiscount:
    """A discount code as an organizer sets it.

    Attributes:
        code: As people type it; case and spaces do not matter.
        kind: `percent`, `amount` (of each ticket), or `unlock`, which only shows hidden types.
        value: Basis points or minor units; 0 for `unlock`.
        most_tickets: How many tickets it is good for; None is no limit.
        type_ids: The ticket types it is for; none means all that are not hidden. A code that
            names a hidden type unlocks it.
        note: For the team: who got it.
    """

    code: str
    kind: DiscountKind
    value: int = 0
    most_tickets: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    type_ids: frozenset[UUID] = frozenset()
    note: str = ""

    @property
    def discount(self) -> Discount:
        """The discount on a ticket."""
        return Discount(self.kind, self.value)


def _uses(number: int | None) -> int | None:
    if number is not None and number < 1:
        raise InvalidInputError(msg("A code is good for one ticket at least."))
    return number


def _note(typed: str) -> str:
    if len(typed) > MAX_NOTE:
        raise InvalidInputError(msg("A note has at most {most} characters.", most=MAX_NOTE))
    return typed.strip()


DISCOUNT: Final = (
    Field(
        "most_tickets",
        NUMBER,
        "Good for so many tickets",
        "How many tickets it is good for.",
        "Empty: no limit.",
        option="--most",
        least=1,
        check=_uses,
    ),
    Field(
        "type_ids",
        SEVERAL,
        "Only for these",
        "Only for this ticket type; repeat it.",
        "None: all that are not hidden. It unlocks hidden ones that are ticked.",
        what="ticket type",
        option="--type",
    ),
    Field(
        "valid_from", MOMENT, "Good from", 'Good from, such as "2026-06-01 09:30".', option="--from"
    ),
    Field("valid_until", MOMENT, "Good until", option="--until", after="valid_from"),
    Field(
        "note", LINE, "Note for the team", "For the team: who got it.", most=MAX_NOTE, check=_note
    ),
)
"""The fields of a discount code, in the order of its form; what it takes off is typed apart."""


@dataclass(frozen=True, slots=True)
class DiscountView:
    """A discount code and how often it was used."""

    id: UUID
    event_id: UUID
    about: NewDiscount
    active: bool
    used: int
    created_at: datetime

    def state(self, now: datetime) -> str:
        """Its state: `good`, `ended`, `not yet`, `over` or `used up`."""
        about = self.about
        if not self.active:
            return "ended"
        if about.valid_from is not None and now < about.valid_from:
            return "not yet"
        if about.valid_until is not None and now >= about.valid_until:
            return "over"
        if about.most_tickets is not None and self.used >= about.most_tickets:
            return "used up"
        return "good"


@dataclass(frozen=True, slots=True)
class UsableCode:
    """A code that holds now, as a price is worked out with it."""

    id: UUID
    code: str
    discount: Discount
    type_ids: frozenset[UUID]
    left: int | None
    """Tickets that may still use it; None is no limit."""

    def is_for(self, type_id: UUID, *, hidden: bool) -> bool:
        """Whether it takes something off a ticket type, or unlocks it."""
        return type_id in self.type_ids if self.type_ids else not hidden


def fold_code(typed: str) -> str:
    """Spell a typed code in capitals, without spaces.

    >>> fold_code(" early  bird ")
    'EARLYBIRD'
    """
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()


def sound(new: NewDiscount) -> NewDiscount:
    """Check a new code, and spell it as `fold_code` does.

    Raises:
        InvalidInputError: Something about it cannot be; the message says what.
    """
    code = fold_code(new.code)
    if not code or len(code) > MAX_CODE or plain(code) != code:
        raise InvalidInputError(
            msg("A code has 1 to {most} letters, digits and signs.", most=MAX_CODE),
            hint=msg("Such as EARLYBIRD."),
        )
    most = {"percent": MAX_BP, "amount": MAX_MINOR, "unlock": 0}.get(new.kind)
    if most is None:
        raise InvalidInputError(msg("There is no kind of code {kind!r}.", kind=new.kind))
    if not 0 <= new.value <= most or (new.kind != "unlock" and not new.value):
        raise InvalidInputError(
            msg("This is nothing a code can take off."),
            hint=msg("Take off up to 100 %, or an amount."),
        )
    if new.kind == "unlock" and not new.type_ids:
        raise InvalidInputError(
            msg("A code that unlocks has to say which ticket types."),
            hint=msg("Choose at least one."),
        )
    if new.valid_from and new.valid_until and new.valid_until <= new.valid_from:
        raise InvalidInputError(
            msg("The code is over before it begins."), hint=msg("Check both times.")
        )
    return cleaned(DISCOUNT, replace(new, code=code))
