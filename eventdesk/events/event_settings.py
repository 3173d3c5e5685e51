"""Changing an event: every field has its check, and the state says which may change."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, update

from data.schema import CashShiftRow, DiscountRow, EventRow, TicketTypeRow, VenueRow, VoucherRow
from eventdesk.acts import Act, Permission, event_row, writes
from eventdesk.core.errors import InvalidInputError, NotAllowedError, NotFoundError
from eventdesk.core.ids import new_code
from eventdesk.core.money import read_currency
from eventdesk.core.plain_text import plain
from eventdesk.events.event import EVENT, Change, EventDetail, Visibility, event_state, need_change
from eventdesk.events.event_notices import tell_guests
from eventdesk.events.event_states import is_booked
from eventdesk.events.events import learn_event, places_taken, read_detail
from eventdesk.events.opening_hour import need_window

EventChanges = dict[str, Any]
"""What is to be changed, by the names of the fields of `EVENT`; what is not named stays. An access
code of "" draws a new one; the commission is for admins only, and None asks the owner's terms."""

_FIELDS: Final = {one.name: one for one in EVENT}


@writes(Permission.EVENT, about="event_id")
def change_event(act: Act, event_id: UUID, changes: EventChanges) -> EventDetail:
    """Change fields of an event; guests are told of new times and another place.

    Raises:
        NotFoundError: There is no such event or venue.
        InvalidInputError: Something typed cannot be used, or its state does not allow the change.
    """
    cleaned = {field: _FIELDS[field].clean(value) for field, value in changes.items()}
    act.need(event_id, Permission.EVENT)
    row = event_row(act.connection, event_id)
    changed = {field: v for field, v in cleaned.items() if v != getattr(row, field)}
    state = event_state(row.state, row.ends_at, act.now)
    for field in changed:
        need_change(state, Change(_FIELDS[field].sort or Change.RULES))
    _need_sound(act, row, changed)
    _need_admin_for(act, row, changed)
    changed |= _follow_ups(row, changed)
    if changed:
        act.connection.execute(update(EventRow).where(EventRow.id == event_id).values(**changed))
        learn_event(act.connection, event_id)
        _tell_of(act, row, changed)
        subject, values = ("event", event_id), _for_audit(changed)
        act.record("change_event", subject, event_id=event_id, **values)
    return read_detail(act, event_id, team=True)


def _need_sound(act: Act, row: Any, changed: Mapping[str, Any]) -> None:
    """Check what depends on more than one field, or on what is in the store."""

    def later(field: str) -> Any:
        return changed.get(field, getattr(row, field))

    if later("ends_at") <= later("starts_at"):
        raise InvalidInputError("The event ends before it starts.", hint="Check both times.")
    if changed.keys() & {"queue_from", "queue_until", "starts_at"}:
        is_over = row.queue_until is not None and row.queue_until <= act.now
        if not is_over or changed.keys() & {"queue_from", "queue_until"}:
            need_window(
                later("queue_from"), later("queue_until"), starts_at=later("starts_at"), now=act.now
            )
    if "capacity" in changed and changed["capacity"] is not None:
        taken = places_taken(act, row.id)
        if changed["capacity"] < taken:
            raise InvalidInputError(
                f"{taken} places are taken already.", hint=f"Choose a capacity of {taken} or more."
            )
    if changed.keys() & {"cancel_until", "cancel_fee_bp", "cancel_fee_minor"}:
        _need_kinder_rules(act.connection, row, changed)
    if "currency" in changed:
        _need_other_currency(act.connection, row, changed["currency"])
    if changed.get("venue_id") is not None:
        _need_venue(act.connection, row.id, changed["venue_id"])


def _need_kinder_rules(connection: Connection, row: Any, changed: Mapping[str, Any]) -> None:
    """Hold the team to what people booked under: what it costs to cancel, and until when.

    Nothing of that is kept with each booking, so that the event's rules bind those that are there
    already. They may become kinder, whoever changes them.

    Raises:
        InvalidInputError: Somebody booked, and a fee is higher or the deadline earlier.
    """
    higher = any(
        changed.get(fee, getattr(row, fee)) > getattr(row, fee)
        for fee in ("cancel_fee_bp", "cancel_fee_minor")
    )
    # Without one of its own, cancelling ends when the event begins, at whatever time that is.
    begins = changed.get("starts_at", row.starts_at)
    earlier = (changed.get("cancel_until", row.cancel_until) or begins) < (
        row.cancel_until or begins
    )
    if (higher or earlier) and is_booked(connection, row.id):
        raise InvalidInputError(
            "Somebody booked under these rules already.",
            hint="Lower the fees only." if higher else "Let people cancel longer only.",
        )


def _need_other_currency(connection: Connection, row: Any, currency: str) -> None:
    if is_booked(connection, row.id):
        raise InvalidInputError(
            f"Somebody paid or booked in {row.currency} already.",
            hint="Duplicate the event to sell it in another currency.",
        )
    in_drawers = select(CashShiftRow.drawer).where(
        CashShiftRow.event_id == row.id, CashShiftRow.closed_at.is_(None)
    )
    drawer = connection.execute(in_drawers.limit(1)).scalar_one_or_none()
    if drawer is not None:
        raise InvalidInputError(
            f"{plain(drawer)} is open with money in {row.currency}.",
            hint="Close the cash drawers first.",
        )
    for promised, what in (
        (select(VoucherRow.id).where(VoucherRow.event_id == row.id), "Vouchers"),
        (
            select(DiscountRow.id).where(
                DiscountRow.event_id == row.id, DiscountRow.kind == "amount"
            ),
            "Codes of an amount",
        ),
    ):
        if connection.execute(promised.limit(1)).first() is not None:
            raise InvalidInputError(
                f"{what} of this event are in {row.currency}.",
                hint="Duplicate the event to sell it in another currency.",
            )
    priced = select(func.count()).where(
        TicketTypeRow.event_id == row.id, TicketTypeRow.price_minor + TicketTypeRow.fee_minor > 0
    )
    _code, exponent = read_currency(currency)
    if exponent != row.currency_exponent and connection.execute(priced).scalar_one():
        raise InvalidInputError(
            f"Prices typed in {row.currency} mean something else in {currency}.",
            hint="Set the prices and fees to 0 first, and type them anew afterwards.",
        )


def _need_venue(connection: Connection, event_id: UUID, venue_id: UUID) -> None:
    mine = select(func.count()).where(VenueRow.id == venue_id, VenueRow.event_id == event_id)
    if not connection.execute(mine).scalar_one():
        raise NotFoundError("There is no such venue at this event.")


def _need_admin_for(act: Act, row: Any, changed: Mapping[str, Any]) -> None:
    """Keep for admins what decides over the installation's money and what the public sees."""
    opened = row.state == "published" and changed.get("visibility") == Visibility.PUBLIC
    if not opened and "commission_bp" not in changed:
        return
    if act.known_at(None).may(Permission.INSTALLATION):
        return
    if opened:
        raise NotAllowedError(
            "An event becomes public only with an admin's approval.",
            hint="Take it back, change who sees it, and submit it.",
        )
    raise NotAllowedError("Only an admin may change the commission.", hint="Ask an admin.")


def _follow_ups(row: Any, changed: Mapping[str, Any]) -> dict[str, Any]:
    """What changes along: the exponent of a currency, the code of an event made private."""
    more: dict[str, Any] = {}
    if "currency" in changed:
        more["currency_exponent"] = read_currency(changed["currency"])[1]
    private = changed.get("visibility", row.visibility) == Visibility.PRIVATE
    if changed.get("access_code") == "" or (
        private and not changed.get("access_code", row.access_code)
    ):
        more["access_code"] = new_code(8)
    return more


def _tell_of(act: Act, row: Any, changed: Mapping[str, Any]) -> None:
    if row.state != "published" or row.ends_at <= act.now:
        return
    times = {"starts_at", "ends_at", "time_zone"} & changed.keys()
    if not times and not {"venue_id", "online_url"} & changed.keys():
        return
    after = event_row(act.connection, row.id)
    zone = ZoneInfo(after.time_zone)
    start, end = (one.astimezone(zone) for one in (after.starts_at, after.ends_at))
    if times:
        title = f"{after.name} has other times"
        body = f"It is now from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} ({zone.key})."
    else:
        title, body = f"{after.name} is at another place", "Look at the event for where it is."
    tell_guests(act, row.id, "change", title, body)


def _for_audit(changed: Mapping[str, Any]) -> dict[str, Any]:
    plain = str | int | bool | None
    return {
        field: (value[:200] if isinstance(value, str) else value)
        if isinstance(value, plain)
        else str(value)
        for field, value in changed.items()
    }


def checked_setting(field: str, value: Any) -> Any:
    """Check the value of a field of an event as if it was typed; other fields pass as they are.

    Raises:
        InvalidInputError: It cannot be.
    """
    return _FIELDS[field].clean(value) if field in _FIELDS else value
