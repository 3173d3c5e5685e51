"""Values of a walk-in sale: the wish, the offers, and what was sold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from eventdesk.core.money import Money
from eventdesk.core.paying import Method
from eventdesk.door.scan import CheckInResult
from eventdesk.sales import Question

DOOR_METHODS = (Method.CASH, Method.TERMINAL, Method.VOUCHER, Method.FREE, Method.GATEWAY)
"""How a walk-in pays; `free` is for what costs nothing, `gateway` is at a card reader."""


@dataclass(frozen=True, slots=True)
class WalkIn:
    """One ticket to be sold at the door, and everything that comes with it.

    Attributes:
        method: One of `DOOR_METHODS`; of no matter where the ticket costs nothing.
        reference: The terminal's slip, or the voucher's code.
        given: What was handed over in cash; None is exactly the price.
        rest_method: How what a voucher does not cover is paid: cash or terminal; "" refuses it.
        rest_reference: The terminal's slip for the rest.
        list_id: The check-in list by which the guest is let in.
        nonce: Unique for this sale, so that a retry sells nothing twice.
        seat_id: A seat of the plan; None is the best free one where the type has a section.
        code: A discount code as it was typed, or "".
        answers: To the questions of the event, by question.
        open_answers: Whether required questions of the event may stay open.
        list_answers: To the questions of the check-in list.
        asks: Whether the guest can be asked and was not yet what the list asks beside that.
        enter: Whether the guest goes in at once; else the ticket is only sold.
        force_reason: Why a supervisor sells or lets in against the rules; "" breaks none.
        chosen_minor: What the guest wants to pay, where the type leaves it to them.
    """

    name: str
    ticket_type_id: UUID
    list_id: UUID
    nonce: str
    seen_at: datetime
    email: str = ""
    line_two: str = ""
    seat_id: UUID | None = None
    method: str = "cash"
    reference: str = ""
    given: Money | None = None
    rest_method: str = ""
    rest_reference: str = ""
    gate_id: UUID | None = None
    account_id: UUID | None = None
    code: str = ""
    answers: Mapping[UUID, str] = field(default_factory=dict)
    open_answers: bool = False
    list_answers: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False
    enter: bool = True
    force_reason: str = ""
    chosen_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """A walk-in sale that was made.

    Attributes:
        paid: What the ticket cost, in full.
        change: What is given back of what was handed over.
        check_in: The answer of the door; None where the ticket was only sold.
        method: How it was paid; `free` where it cost nothing. What is paid at a card reader is
            held for it, and has yet to be paid.
        drawer: The drawer the cash went into; "" where none was open, or it was no cash.
    """

    booking_code: str
    ticket_id: UUID
    ticket_code: str
    paid: Money
    change: Money
    check_in: CheckInResult | None
    method: str = "cash"
    drawer: str = ""
    seat: str = ""
    booking_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DoorOffer:
    """A ticket type as the desk sells it.

    Attributes:
        price: What one ticket costs in full, with tax, fee and the code's discount.
        tax: Contained in the price.
        fee: Contained in the price.
        left: Places left for everybody; None is no limit.
        here: Whether the check-in list takes it.
        waitlist: Whether a guest may be put on its waitlist now, once it is sold out.
        section_id: Where its holders sit; None where they sit nowhere.
        questions: What its holders are asked.
        coded: Whether the discount code that was typed is for it; the price is with it then.
        chosen_minor: What the price is worked out from where the guest names it; None where it
            is fixed.
    """

    ticket_type_id: UUID
    name: str
    price: Money
    tax: Money
    fee: Money
    left: int | None
    here: bool
    waitlist: bool
    section_id: UUID | None = None
    questions: tuple[Question, ...] = ()
    coded: bool = False
    chosen_minor: int | None = None

    @property
    def sold_out(self) -> bool:
        """Whether nothing is left of it for everybody."""
        return self.left == 0


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody who has an account or booked before.

    Attributes:
        email: In full where it was typed in full; else only enough to tell two people apart.
        address: The address a booking gets; "" where nobody typed it and it is an account's.
        account_id: The account; None where it is only known from a booking.
        here: Whether they hold a valid ticket of this event already.
    """

    name: str
    email: str
    address: str
    account_id: UUID | None
    line_two: str = ""
    here: bool = False
