"""What vouchers are asked for in a form."""

from typing import Any, Final

from eventdesk.core.money import Money
from eventdesk.money.event_money import EventMoney
from screens.widgets.form import Field, MomentField, MoneyField, NumberField, TextField

MAX_VOUCHERS: Final = 1000


def voucher_fields(money: EventMoney, zone: str) -> list[Field[Any]]:
    """The fields of new vouchers, in the currency of the event."""
    currency, exponent = money.currency, money.exponent
    return [
        MoneyField("value", "Value", currency=currency, exponent=exponent, required=True),
        NumberField("count", "How many", value=1, least=1, most=MAX_VOUCHERS, required=True),
        TextField("code", "Code", max_length=40, help="Of your own, for one; empty draws it."),
        MomentField("until", "Valid until", zone=zone),
        TextField("note", "Note"),
    ]


def vouchers_of(values: dict[str, Any], money: EventMoney) -> dict[str, Any]:
    """What `add_vouchers` is told of what was typed."""
    return {
        "value": Money(values["value"], money.currency, money.exponent),
        "count": values["count"],
        "code": values["code"],
        "note": values["note"],
        "valid_until": values["until"],
    }
