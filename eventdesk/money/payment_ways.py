"""Ways to pay a booking, for whoever asks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from data.schema import ProfileRow
from eventdesk.acts import Act, Permission, event_row, overdue_ids, owner_of, reads
from eventdesk.core.booking_states import EXPIRED
from eventdesk.core.messages import _, msg
from eventdesk.core.paying import Balance, Method
from eventdesk.core.transfer_code import transfer_code
from eventdesk.money.booking_balances import balance, booking_row
from eventdesk.money.gateways import gateway_titles
from eventdesk.money.payments import AT_THE_DESK


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay a booking.

    Attributes:
        provider: The gateway; "" for the other methods.
    """

    method: Method
    provider: str
    title: str


@dataclass(frozen=True, slots=True)
class WaysToPay:
    """What is due for a booking, until when, and how it may be paid.

    Attributes:
        ways: Those of the person who asks; the first is proposed.
        bank: The organizer's bank details, in lines.
        transfer_code: What a QR code for banks' apps says of the transfer; "" where there is none.
    """

    booking_id: UUID
    code: str
    state: str
    time_zone: str
    balance: Balance
    expires_at: datetime | None
    ways: tuple[Way, ...]
    bank: tuple[str, ...]
    transfer_code: str = ""


TITLES = {
    Method.CASH: msg("Cash"),
    Method.TERMINAL: msg("Card terminal"),
    Method.TRANSFER: msg("Bank transfer"),
    Method.VOUCHER: msg("Voucher"),
    Method.FREE: msg("Let off what is due"),
}


@reads(Permission.MONEY, Permission.DOOR, own=True)
def ways_to_pay(act: Act, booking_id: UUID) -> WaysToPay:
    """Say what is due for a booking, and how the one who asks may pay it.

    The team takes money at the desk; who booked pays through a gateway or with a voucher, or reads
    where to send a transfer. The way a person prefers stands first.

    Raises:
        NotFoundError: There is no such booking.
    """
    booking = booking_row(act.connection, booking_id)
    act.need(booking.event_id, Permission.MONEY, Permission.DOOR, owner_id=owner_of(booking))
    here = act.known_at(booking.event_id)
    event = event_row(act.connection, booking.event_id)
    preferred = act.connection.execute(
        select(ProfileRow.payment_method).where(ProfileRow.account_id == booking.account_id)
    ).scalar_one_or_none()
    stands = balance(act.connection, booking_id)
    over = booking_id in overdue_ids(act.connection, act.now)
    bank = tuple(line for line in event.bank_details.splitlines() if line.strip())
    team = here.may(Permission.MONEY, Permission.DOOR)
    methods = [*AT_THE_DESK] if team else [Method.VOUCHER]
    if not team and bank:
        methods.append(Method.TRANSFER)
    if here.may(Permission.MONEY):
        methods.append(Method.FREE)
    online = [Way(Method.GATEWAY, name, title) for name, title in gateway_titles(act.store).items()]
    own = [Way(method, "", str(TITLES[method])) for method in methods]
    ways = [*own, *online] if team else [*online, *own]
    ways.sort(key=lambda way: way.method != preferred)
    purpose = _("Purpose: {code}", code=booking.code)
    return WaysToPay(
        booking_id,
        booking.code,
        EXPIRED if over else booking.state,
        event.time_zone,
        stands,
        booking.expires_at,
        tuple(ways),
        (*bank, purpose) if bank else (),
        transfer_code(bank, stands.due, booking.code),
    )
