"""Prices that who books names: pay what you want, from a least amount on."""

from typing import Final

from data.rows import AnyRow
from eventdesk.core.errors import PriceNamedError
from eventdesk.core.messages import msg
from eventdesk.core.money import Money
from eventdesk.core.plain_text import plain

MAX_CHOSEN: Final = 10**9
"""Most that who books may name, in minor units, so that no sum of bookings is more than fits."""


def price_named(kind: AnyRow, named: int | None, least: Money) -> int:
    """The list price of a ticket whose price may be named, in minor units.

    Args:
        kind: The row of its type.
        named: What who books wants to pay; None is what is suggested, or else the least.
        least: The price of the type.

    Raises:
        PriceNamedError: The price is fixed, or the amount is none that can be paid.
    """
    name = plain(kind.name)
    if not kind.price_chosen:
        if named is not None:
            raise PriceNamedError(
                msg("The price of {name} is fixed.", name=name),
                ticket_type_id=kind.id,
                hint=msg("Leave the amount out."),
            )
        return least.minor
    if named is None:
        named = least.minor if kind.suggested_minor is None else int(kind.suggested_minor)
    if type(named) is not int or named < 0:
        raise PriceNamedError(
            msg("The amount for {name} is no amount of money.", name=name),
            ticket_type_id=kind.id,
            hint=msg("Name a whole number of the currency's smallest unit, zero or more."),
        )
    if named < least.minor:
        raise PriceNamedError(
            msg("{name} costs at least {least}.", name=name, least=least),
            ticket_type_id=kind.id,
            hint=msg("Name {least} or more.", least=least),
        )
    if named > MAX_CHOSEN:
        raise PriceNamedError(
            msg("This is more than can be paid for {name}.", name=name),
            ticket_type_id=kind.id,
            hint=msg("Check the digits."),
        )
    return named
