"""How a sale at the door is said while it is typed."""

from typing import Final

from textual.content import Content

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.money import read_money
from eventdesk.core.paying import Method
from eventdesk.core.plain_text import plain
from eventdesk.door.walk_in import DoorOffer, KnownPerson

WAY_WORDS: Final = {
    Method.CASH: ("Cash", "what is handed over; empty is exactly the price"),
    Method.TERMINAL: ("Card", "the number on the terminal's slip"),
    Method.VOUCHER: ("Voucher", "its code"),
}


def due_words(
    offer: DoorOffer, way: Method, typed: str, seat: str, *, enters: bool, code: str = ""
) -> str:
    """What is due, what is given back, where the guest sits, and whether they go in.

    Args:
        offer: The ticket type.
        way: How it is paid.
        typed: What was handed over, as far as it is typed.
        seat: The seat that was picked; "" is none.
        enters: Whether the guest goes in at once.
        code: What is said of a discount code; "" where none is typed.
    """
    parts = [f"{offer.price} due" if offer.price.minor else "Free of charge"]
    if code:
        parts.append(code)
    if way is Method.CASH and typed.strip() and offer.price.minor:
        parts.append(change_words(offer, typed))
    if offer.section_id is not None:
        parts.append(f"seat {plain(seat)}" if seat else "best free seat")
    if not enters:
        parts.append("! only sold, not let in")
    elif not offer.here:
        parts.append("! not let in by this list: F9 only sells")
    return "   ".join(parts)


def change_words(offer: DoorOffer, typed: str) -> str:
    """What is given back of what was handed over, or what is missing."""
    money = offer.price
    try:
        given = read_money(typed, money.currency, money.exponent)
    except InvalidInputError as error:
        return f"✗ {error}"
    if given.minor < money.minor:
        return f"✗ {money - given} missing"
    return f"change {given - money}"


def offer_line(offer: DoorOffer) -> Content:
    """A ticket type with its price, ✓ where that is with a code, and what is left of it."""
    left = "" if offer.left is None else f"{offer.left:,} left"
    state = "✗ sold out" if offer.sold_out else left
    if not offer.here:
        state = f"– not at this door {state}"
    price = str(offer.price) if offer.price.minor else "free"
    price = f"✓ {price}" if offer.coded else price
    return Content.assemble(f"{plain(offer.name, limit=28):<28} {price:>16}  ", (state, "$faint"))


def person_line(person: KnownPerson) -> Content:
    """Somebody who is known, and from where."""
    where = "account" if person.account_id else "booked before"
    note = " ! has a ticket" if person.here else ""
    return Content.assemble(
        plain(person.name, limit=40), (f"  {plain(person.email)}  {where}", "$faint"), note
    )


def sold_out_words(offer: DoorOffer) -> str:
    """What to do where a type is sold out."""
    way = "F7 puts the guest on the waitlist, " if offer.waitlist else ""
    return f"{plain(offer.name)} is sold out. {way}F8 goes over with a supervisor."


def no_waitlist_words(offer: DoorOffer) -> str:
    """Why nobody is put on the waitlist of a type now."""
    name = plain(offer.name)
    if offer.sold_out:
        return f"{name} has no waitlist now."
    return f"{name} is not sold out: sell it instead."
